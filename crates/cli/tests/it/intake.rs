//! Requests that come by mail, by Request Tracker and by Jira: the real binary on a real mailbox and a
//! real ticket system, and on a stub of Jira that says in its header what it can't prove. A plain request starts an offboarding, once; a
//! stranger's, a forged or a doubtful one starts none.

use std::fs;

use kompel_peers::{Dovecot, Jira, MailServer, RequestTracker, Scim2Server, wait_until};
use serde_json::json;

use crate::{
    desk::{Acme, Desk, this_login},
    wires::{Wires, joins},
};

/// A client with one system, in which Jan Janssen has an account.
struct Office {
    _saas: Scim2Server,
    desk: Desk,
}

impl Acme for Office {
    fn desk(&self) -> &Desk {
        &self.desk
    }

    fn secrets(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("MAIL", Dovecot::USER.1),
            ("POST", MailServer::PASSWORD),
            ("JIRA", Jira::USER.1),
            ("RT", RequestTracker::USER.1),
            ("SAAS", Scim2Server::TOKEN),
        ]
    }
}

impl Office {
    /// With this way in, and its playbook in which `empty` was replaced by `own`; `None` where a
    /// server is not installed.
    fn start(connection: &str, playbook: &str, (empty, own): (&str, &str)) -> Option<Self> {
        let saas = Scim2Server::start()?;
        joins(&saas, "jan@corp.test", "Jan Janssen");
        let desk = Desk::new();
        let login = this_login();
        desk.write(
            "kompel.toml",
            &format!(
                r#"
language = "en"
[tenant.acme]
name = "Acme NV"
domains = ["corp.test", "client.test"]
scheduled = [{playbook:?}, "offboarding"]
[tenant.acme.connection.from]
{connection}
{service}
[tenant.acme.people.xander]
name = "Xander Peeters"
roles = ["offboarding-approver"]
logins = [{login:?}]
"#,
                service = Wires("acme").service(&saas),
            ),
        );
        for name in [playbook, "offboarding"] {
            desk.answer(&["playbook", "new", name]);
        }
        let book = desk.path(&format!("playbooks/{playbook}/playbook.yaml"));
        let text = fs::read_to_string(&book).unwrap();
        let changed = text.replace(empty, own);
        assert_ne!(text, changed);
        fs::write(book, changed).unwrap();
        Some(Self { _saas: saas, desk })
    }

    /// The open question of this playbook's one run: its id, and the question.
    fn asked(&self, playbook: &str) -> Option<(String, String)> {
        let run = self.runs(playbook).pop()?;
        let all = self.json(&["runs"]);
        let open = all["approvals"].as_array().unwrap();
        let ask = open.iter().find(|ask| ask["run"] == *run)?;
        let text = |name: &str| ask[name].as_str().unwrap_or_default().to_owned();
        Some((text("id"), ask.to_string()))
    }
}

/// Puts a mail into the mailbox; `found` is what the mail server found by DMARC.
fn receives(mail: &Dovecot, from: &str, subject: &str, text: &str, found: &str) {
    let message = format!(
        "Authentication-Results: mx.corp.test; dmarc={found} header.from={from}\r\n\
         From: HR <{from}>\r\nSubject: {subject}\r\nMessage-ID: <{found}.{}@{from}>\r\n\r\n\
         {text}\r\n",
        subject.replace(' ', "-"),
    );
    mail.deliver(message.as_bytes(), "02-Mar-2026 09:30:00 +0100");
}

#[test]
fn a_mail_of_hr_starts_one_offboarding_and_a_strangers_a_forged_or_a_doubtful_one_starts_none() {
    let Some(mail) = Dovecot::start() else { return };
    let connection = format!(
        "connector = 'imap'\nhost = '127.0.0.1'\nport = {}\ntls = 'none'\nusername = '{}'\n\
         password = 'secret://mail'\nauthserv = 'mx.corp.test'",
        mail.address.port(),
        Dovecot::USER.0,
    );
    // As its README says to.
    let named = (".senders // []", r#".senders // ["hr@corp.test"]"#);
    let started = Office::start(&connection, "leaver-intake-mail", named);
    let Some(office) = started else { return };
    let plain = "Jan Janssen gaat per direct uit dienst. Graag alles sluiten.";
    receives(&mail, "hr@corp.test", "Offboarding Jan Janssen", plain, "pass");
    receives(&mail, "hr@evil.test", "Offboarding Jan Janssen", plain, "pass");
    receives(&mail, "hr@corp.test", "Offboarding Jan Janssen", plain, "fail");
    receives(&mail, "hr@corp.test", "Offboarding", "Er vertrekt iemand op 31/03/2026.", "pass");

    let serving = office.serve();
    let mut question = (String::new(), String::new());
    wait_until("the offboarding waits for its approver", || {
        question = office.asked("offboarding").unwrap_or_default();
        !question.0.is_empty()
    });
    assert!(question.1.contains("Close every account of Jan Janssen (1 open)"), "{}", question.1);
    wait_until("the doubt is asked", || {
        question = office.asked("leaver-intake-mail").unwrap_or_default();
        !question.0.is_empty()
    });
    assert!(question.1.contains("nobody is named as leaving"), "{}", question.1);
    let said = office.run(&["approve", &question.0, "--as", "xander", "--why", "it was a test"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let first = office.runs("leaver-intake-mail").pop().unwrap();
    wait_until("the first look has ended", || {
        office.json(&["show", &first])["status"]["state"] == "completed"
    });
    drop(serving);
    let flags = mail.flags();
    let flagged: Vec<bool> = flags.iter().map(|line| line.contains("\\Flagged")).collect();
    assert_eq!(flagged, [false, true, true, true], "{flags:?}");
    assert!(flags.iter().all(|line| line.contains("\\Seen")), "{flags:?}");

    // A second look finds nothing; a third finds the same mail again, as if it had never been read.
    for unread in [false, true] {
        if unread {
            mail.ask(&[b"SELECT INBOX", b"UID STORE 1 -FLAGS (\\Seen)"]);
        }
        let again = office.run(&["run", "leaver-intake-mail"]);
        assert_eq!(again.code, 0, "{}{}", again.out, again.err);
        let shown = office.json(&["show", &office.runs("leaver-intake-mail")[0]]);
        let took = shown.to_string().contains("imap.mark");
        assert_eq!(took, unread, "{shown}");
        assert_eq!(office.runs("offboarding").len(), 1, "one mail, one run");
    }
    assert!(mail.flags()[0].contains("\\Seen"));
    assert_eq!(office.run(&["audit", "verify"]).code, 0);
}

#[test]
fn a_doubt_in_a_mail_is_asked_of_who_sent_it_and_their_answer_starts_one_offboarding() {
    let Some(mail) = Dovecot::start() else { return };
    let Some(post) = MailServer::start(None) else { return };
    let connection = format!(
        "connector = 'imap'\nhost = '127.0.0.1'\nport = {}\ntls = 'none'\nusername = '{}'\n\
         password = 'secret://mail'\nauthserv = 'mx.corp.test'\n\
         [tenant.acme.connection.post]\nconnector = 'mail'\nhost = '127.0.0.1'\nport = {}\n\
         tls = 'none'\nfrom = 'Kompel <kompel@corp.test>'\nusername = '{}'\n\
         password = 'secret://post'",
        mail.address.port(),
        Dovecot::USER.0,
        post.address.port(),
        MailServer::LOGIN,
    );
    let named = (".senders // []", r#".senders // ["hr@corp.test"]"#);
    let Some(office) = Office::start(&connection, "leaver-intake-mail", named) else { return };
    let vague = "Er vertrekt iemand op 31/03/2026.";
    receives(&mail, "hr@corp.test", "Offboarding", vague, "pass");
    // Neither a forger nor a program is written to.
    receives(&mail, "hr@corp.test", "Offboarding", vague, "fail");
    let away = "Auto-Submitted: auto-replied\r\nAuthentication-Results: mx.corp.test; dmarc=pass\r\n\
                From: hr@corp.test\r\nSubject: Offboarding\r\nMessage-ID: <away@corp.test>\r\n\r\nWeg.\r\n";
    mail.deliver(away.as_bytes(), "02-Mar-2026 09:30:00 +0100");
    let look = |runs: usize| {
        let ended =
            office.run(&["run", "leaver-intake-mail", "--set", "ask=true", "--as", "schedule"]);
        assert!(matches!(ended.code, 0 | 11), "{}{}", ended.out, ended.err);
        assert_eq!(office.runs("offboarding").len(), runs, "{}", ended.out);
        let sent = post.mails();
        assert_eq!(sent.len(), 1, "asked once: {sent:?}");
        assert_eq!(sent[0]["to"], json!(["hr@corp.test"]));
        sent[0]["data"].as_str().unwrap().to_owned()
    };
    let asked = look(0);
    let asked = mail_parser::MessageParser::default().parse(asked.as_bytes()).unwrap();
    let text = asked.body_text(0).unwrap();
    assert!(text.contains("- nobody is named as leaving"), "{text}");
    assert_eq!(asked.in_reply_to().as_text(), Some("pass.Offboarding@hr@corp.test"));

    let quoted: String = text.lines().map(|line| format!("> {line}\r\n")).collect();
    let answer = format!(
        "Authentication-Results: mx.corp.test; dmarc=pass\r\nFrom: hr@corp.test\r\n\
         Subject: Re: Offboarding\r\nMessage-ID: <answer@corp.test>\r\nIn-Reply-To: <{}>\r\n\r\n\
         Jan Janssen gaat per direct uit dienst.\r\n\r\n\
         Op ma 2 mrt. 2026 om 09:31 schreef Kompel <kompel@corp.test>:\r\n{quoted}",
        asked.message_id().unwrap(),
    );
    mail.deliver(answer.as_bytes(), "03-Mar-2026 09:30:00 +0100");
    look(1);
    // Read again, as if nobody had read them: nobody is asked twice, and nothing begins twice.
    mail.ask(&[b"SELECT INBOX", b"UID STORE 1:4 -FLAGS (\\Seen)"]);
    look(1);
    let run = office.runs("offboarding").pop().unwrap();
    let shown = office.json(&["show", &run]);
    let reason = shown["start"]["input"][0]["data"]["reason"].as_str().unwrap();
    assert!(reason.contains("answer@corp.test of hr@corp.test"), "{reason}");
}

#[test]
fn a_jira_issue_starts_one_offboarding_and_a_doubtful_one_gets_a_question_once() {
    let jira = Jira::start();
    let text = json!({"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": "Er vertrekt iemand."}]},
    ]});
    assert_eq!(jira.add("Offboarding", text), "HR-2");
    let (user, url) = (Jira::USER.0, jira.url());
    let connection =
        format!("connector = 'jira'\nurl = '{url}'\nuser = '{user}'\ntoken = 'secret://jira'");
    // The stub knows no search for words.
    let query = (
        ".query // \"statusCategory",
        ".query // \"project = \\\"HR\\\" AND status = \\\"To Do\\\"\" // \"statusCategory",
    );
    let Some(office) = Office::start(&connection, "leaver-intake-jira", query) else { return };
    let mut after = json!([]);
    for look in ["first", "second"] {
        let ended = office.run(&["run", "leaver-intake-jira"]);
        assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
        assert_eq!(office.runs("offboarding").len(), 1, "{look}: {}", ended.out);
        let now = jira.snapshot();
        if look == "first" {
            after = now;
        } else {
            assert_eq!(now, after, "the second look changed something");
        }
    }
    for (issue, says) in
        [(0, "Kompel has begun the offboarding"), (1, "nobody is named as leaving")]
    {
        let issue = &after[issue];
        assert_eq!(issue["status"], "In Progress");
        let comments = issue["comments"].as_array().unwrap();
        assert_eq!(comments.len(), 1, "{issue}");
        assert!(comments[0].as_str().unwrap().contains(says), "{issue}");
    }
    // Found again, the issue starts nothing more.
    let look = |set: &str| {
        let ended = office.run(&["run", "leaver-intake-jira", "--set", set]);
        assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    };
    look("query=project = \"HR\"");
    assert_eq!(office.runs("offboarding").len(), 1);

    // How it ended is told on the issue.
    let serving = office.serve();
    let mut question = (String::new(), String::new());
    wait_until("the offboarding waits for its approver", || {
        question = office.asked("offboarding").unwrap_or_default();
        !question.0.is_empty()
    });
    let said = office.run(&["approve", &question.0, "--as", "xander", "--why", "agreed"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    wait_until("the issue tells the end", || {
        jira.snapshot()[0].to_string().contains("Every account of Jan Janssen is closed")
    });
    drop(serving);

    read_again_once_answered(&office, &jira, look);
}

/// The doubtful issue is read again once somebody answered, and once only.
fn read_again_once_answered(office: &Office, jira: &Jira, look: impl Fn(&str)) {
    let answered = "answered=project = \"HR\" AND status = \"In Progress\"";
    jira.says(1, "Dank u.");
    look(answered);
    assert_eq!(office.runs("offboarding").len(), 1, "nobody answered");
    jira.says(2, "Jan Janssen gaat per direct uit dienst.");
    let comments = || jira.snapshot()[1]["comments"].as_array().unwrap().clone();
    let before = comments().len();
    for _ in 0..2 {
        look(answered);
        assert_eq!(office.runs("offboarding").len(), 2);
        // Jan's accounts are closed by now, so it ends at once, and that is told here too.
        assert_eq!(comments().len(), before + 2, "{:#?}", comments());
    }
    for (comment, says) in comments()[before..].iter().zip([
        "Kompel has begun the offboarding",
        "Every account of Jan Janssen was closed already",
    ]) {
        assert!(comment.to_string().contains(says), "{comment}");
    }
}

#[test]
fn an_unclear_ticket_is_read_again_once_somebody_answered_on_it() {
    let Some(tickets) = RequestTracker::start() else { return };
    let connection = format!(
        "connector = 'rt'\nurl = '{}'\nuser = '{}'\npassword = 'secret://rt'",
        tickets.url(),
        RequestTracker::USER.0,
    );
    let as_it_is = ("title: Leavers' tickets", "title: Tickets of leavers");
    let Some(office) = Office::start(&connection, "leaver-intake", as_it_is) else { return };
    let hr = ("hr@corp.test", "s3cret-of-hr");
    tickets.colleague(hr);
    let told = |what: &str| {
        let rows = tickets.rows("SELECT Content FROM Attachments ORDER BY id");
        rows.iter().filter(|text| text.starts_with(what)).count()
    };
    let look = |runs: usize, asked: usize, begun: usize| {
        let ended = office.run(&["run", "leaver-intake"]);
        assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
        assert_eq!(office.runs("offboarding").len(), runs);
        assert_eq!(told("Kompel has begun nothing"), asked);
        assert_eq!(told("Kompel has begun the offboarding"), begun);
    };
    let says = |how: &str, text: &str| {
        let body = json!({"Content": text, "ContentType": "text/plain"});
        tickets.ask_as(hr, "POST", &format!("/ticket/1/{how}"), &body.to_string());
    };
    let ticket = json!({
        "Queue": "General", "Subject": "Offboarding", "Content": "Er vertrekt iemand.",
        "ContentType": "text/plain", "Requestor": hr.0,
    });
    tickets.ask("POST", "/ticket", &ticket.to_string());
    look(0, 1, 0);
    look(0, 1, 0);
    // What leaves it as unclear is asked about again, once.
    says(
        "comment",
        "Iemand van de verkoop, denk ik.\n> Kompel has begun nothing\n> - Jan Janssen?",
    );
    look(0, 2, 0);
    look(0, 2, 0);
    says("correspond", "Jan Janssen gaat per direct uit dienst.");
    look(1, 2, 1);
    says("comment", "Dank u.");
    look(1, 2, 1);
}
