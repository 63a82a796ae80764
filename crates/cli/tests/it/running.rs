//! Runs as people meet them: asked by mail and answered with what the mail says, started and woken
//! by events over a socket, drafted from what a hunt found.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use kompel_peers::{MailServer, wait_until};
use mail_parser::MessageParser;
use serde_json::Value;

use crate::desk::{Desk, Ended, ended};

const ACME: &str = "
[tenant.acme.people.jan]
name = 'Jan Janssen'
manager = 'an'
[tenant.acme.people.an]
name = 'An Peeters'
mail = 'an@acme.test'
[tenant.acme.people.sofie]
name = 'Sofie Maes'
mail = 'sofie@acme.test'
roles = ['security']
[tenant.acme.people.lena]
name = 'Lena Smet'
roles = ['service-desk-lead', 'security-lead']
";

/// A workspace with a folder of lists and a way to send mail.
fn office(mail: &MailServer) -> Desk {
    let desk = Desk::new();
    fs::create_dir_all(desk.path("lists/groups")).unwrap();
    desk.write("lists/groups/vpn.txt", "emma\n");
    let address = mail.address;
    let post = format!(
        "language = 'en'\n[tenant.acme.connection.lists]\nconnector = 'files'\nfolder = {:?}\n\
         [tenant.acme.connection.post]\nconnector = 'mail'\nhost = '{}'\nport = {}\ntls = 'none'\n\
         username = '{}'\npassword = 'secret://post'\nfrom = 'Kompel <kompel@msp.test>'\n{ACME}",
        desk.path("lists"),
        address.ip(),
        address.port(),
        MailServer::LOGIN,
    );
    desk.write("kompel.toml", &post);
    desk.answer(&["playbook", "new", "access-request"]);
    desk
}

fn with_secret(desk: &Desk, arguments: &[&str]) -> Ended {
    let mut command = Desk::command(&desk.path(""));
    command.env("KOMPEL_SECRET_ACME__POST", MailServer::PASSWORD);
    ended(command.args(arguments).output().unwrap())
}

/// Who was asked, and the command that says yes, as the mail has it.
fn invitation(mail: &Value) -> (String, Vec<String>) {
    let data = mail["data"].as_str().unwrap();
    let message = MessageParser::default().parse(data).unwrap();
    let text = message.body_text(0).unwrap().into_owned();
    let yes = text.lines().find(|line| line.trim().starts_with("kompel approve ")).unwrap();
    let words = yes.split_whitespace().skip(1).map(str::to_owned).collect();
    (mail["to"][0].as_str().unwrap().to_owned(), words)
}

fn answer(desk: &Desk, words: &[String]) -> Ended {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    with_secret(desk, &words)
}

#[test]
fn people_are_asked_by_mail_and_the_mail_says_how_to_answer() {
    let Some(mail) = MailServer::start(None) else { return };
    let desk = office(&mail);
    let request = [
        "run",
        "access-request",
        "--tenant",
        "acme",
        "--as",
        "jan",
        "--set",
        "person=jan",
        "--set",
        "group=vpn",
        "--set",
        "reason=works from home",
    ];
    let run = with_secret(&desk, &request);
    assert_eq!(run.code, 11, "it waits for a person: {}{}", run.out, run.err);
    let mails = mail.mails();
    assert_eq!(mails.len(), 1, "{mails:?}");
    let (to, yes) = invitation(&mails[0]);
    assert_eq!(to, "an@acme.test");
    // The code is the manager's: nobody else's name goes with it, and no other code with hers.
    for (place, other) in [("--as", "sofie"), ("--as", "jan"), ("--code", "0000-0000")] {
        let mut forged = yes.clone();
        let at = forged.iter().position(|word| word == place).unwrap() + 1;
        other.clone_into(&mut forged[at]);
        assert_eq!(answer(&desk, &forged).code, 12, "{forged:?}");
    }
    let said = answer(&desk, &yes);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(answer(&desk, &yes).code, 12, "an answer counts once");
    let mails = mail.mails();
    assert_eq!(mails.len(), 2, "{mails:?}");
    let (to, yes) = invitation(&mails[1]);
    assert_eq!(to, "sofie@acme.test");
    assert_eq!(fs::read_to_string(desk.path("lists/groups/vpn.txt")).unwrap(), "emma\n");
    let said = answer(&desk, &yes);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(fs::read_to_string(desk.path("lists/groups/vpn.txt")).unwrap(), "emma\njan\n");
    let runs = with_secret(&desk, &["runs", "--tenant", "acme", "--json"]);
    let runs: Value = serde_json::from_str(&runs.out).unwrap();
    assert_eq!(runs["runs"][0]["state"], "completed", "{runs}");
    // Neither a code nor the password of the mail server is in what is kept.
    let kept = desk.database();
    let code = &yes[yes.iter().position(|word| word == "--code").unwrap() + 1];
    for secret in [code.as_str(), MailServer::PASSWORD] {
        assert!(!kept.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret} is kept");
    }
}

const WOKEN: &str = "
document: {dsl: '1.0.3', namespace: kompel, name: woken, version: '1.0.0'}
schedule: {on: {one: {with: {type: test.began}}}}
do:
  - order:
      listen: {to: {one: {with: {type: test.paid, subject: '${ . == $workflow.input[0].data.order }'}}}}
  - done: {set: {paid: '${ .[0].data.amount }'}}
";

/// `kompel serve`, stopped as systemd stops it.
struct Served(Child, String);

impl Served {
    fn start(desk: &Desk) -> Self {
        let mut child = Desk::command(&desk.path(""))
            .env("KOMPEL_SECRET_ACME__GATE", TOKEN)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let mut words = line.split(|c: char| c.is_whitespace() || c == '/');
        let address = words.find(|word| word.starts_with("127.0.0.1:")).unwrap().to_owned();
        Self(child, address.trim_end_matches(['.', ',']).to_owned())
    }

    /// The status of the answer, and its body.
    fn post(&self, tenant: &str, token: &str, event: &Value) -> (u16, Value) {
        let body = event.to_string();
        let mut stream = TcpStream::connect(&self.1).unwrap();
        let head = format!(
            "POST /events/{tenant} HTTP/1.0\r\nHost: kompel\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/cloudevents+json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    fn stop(mut self) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.0.wait().unwrap().success(), "it ends in order");
    }
}

const TOKEN: &str = "a token for bringing events";

fn event(kind: &str, id: &str, subject: &str, data: &Value) -> Value {
    serde_json::json!({
        "specversion": "1.0", "id": id, "source": "/shop", "type": kind, "subject": subject,
        "data": data,
    })
}

#[test]
fn events_over_http_start_and_wake_runs_once() {
    let desk = Desk::new();
    desk.write(
        "kompel.toml",
        "language = 'en'\n[tenant.acme]\nscheduled = ['woken']\nevents = 'secret://gate'\n\
         [tenant.other]\nscheduled = ['woken']\n",
    );
    fs::create_dir_all(desk.path("playbooks/woken")).unwrap();
    desk.write("playbooks/woken/playbook.yaml", WOKEN);
    desk.answer(&["playbook", "check", "woken"]);
    let served = Served::start(&desk);
    let began = event("test.began", "1", "", &serde_json::json!({"order": "o-7"}));
    for (tenant, token) in
        [("acme", "another token"), ("other", TOKEN), ("nobody", TOKEN), ("..", TOKEN)]
    {
        let (status, _) = served.post(tenant, token, &began);
        assert!(status == 401 || status == 404, "{tenant}: {status}");
    }
    let (status, _) = served.post("acme", TOKEN, &serde_json::json!({"type": "test.began"}));
    assert_eq!(status, 400, "an event needs its id and source");
    let (status, answer) = served.post("acme", TOKEN, &began);
    assert_eq!((status, answer["runs"].as_array().unwrap().len()), (202, 1), "{answer}");
    let run = answer["runs"][0].as_str().unwrap().to_owned();
    assert_eq!(served.post("acme", TOKEN, &began).0, 200, "the same again changes nothing");
    let state = || {
        let runs = desk.json(&["runs", "--tenant", "acme"]);
        assert_eq!(runs["runs"].as_array().unwrap().len(), 1, "{runs}");
        runs["runs"][0]["state"].as_str().unwrap().to_owned()
    };
    wait_until("the run listens", || state() == "waiting");
    let paid = |id, subject| event("test.paid", id, subject, &serde_json::json!({"amount": 12}));
    assert_eq!(served.post("acme", TOKEN, &paid("2", "o-8")).0, 202);
    assert_eq!(state(), "waiting", "another order is paid");
    assert_eq!(served.post("acme", TOKEN, &paid("3", "o-7")).0, 202);
    wait_until("the run ends", || state() == "completed");
    served.stop();
    let story = desk.answer(&["show", &run, "--tenant", "acme"]);
    assert!(story.contains("/shop"), "{story}");
    assert_eq!(desk.json(&["runs", "--tenant", "other"])["runs"], serde_json::json!([]));
}

#[test]
fn a_candidate_becomes_a_playbook_that_passes_its_own_case() {
    let desk = Desk::new();
    desk.write("export.csv", &crate::desk::export(&crate::desk::rows()));
    desk.answer(&["hunt", "tickets", "export.csv"]);
    let found = desk.json(&["candidates"]);
    let id = found["candidates"][0]["id"].as_str().unwrap();
    desk.answer(&["playbook", "new", "resets", "--from", id]);
    desk.answer(&["playbook", "check", "resets"]);
    desk.answer(&["playbook", "test", "resets"]);
    let text = fs::read_to_string(desk.path("playbooks/resets/playbook.yaml")).unwrap();
    assert!(text.contains("could be: ad."), "the directory's actions are proposed: {text}");
    let readme = fs::read_to_string(desk.path("playbooks/resets/README.md")).unwrap();
    assert!(readme.contains("OPS-"), "the map's evidence goes with it: {readme}");
}

#[test]
fn who_is_added_as_a_leaver_from_many_shells_at_once_leaves_once() {
    let desk = Desk::new();
    let people = "language = 'en'\n[tenant.acme]\n[tenant.acme.people.hr]\nname = 'Hilde Roels'\n\
                  [tenant.acme.people.an]\nname = 'An Peeters'\nroles = ['offboarding-approver']\n";
    desk.write("kompel.toml", people);
    desk.answer(&["playbook", "new", "offboarding"]);
    let jan = ["leavers", "add", "--name", "Jan Janssen", "--login", "jan", "--by", "hr"];
    let add = || {
        let mut command = Desk::command(&desk.path(""));
        command.args(jan).args(["--tenant", "acme", "--json"]).stdout(Stdio::piped());
        command.spawn().unwrap()
    };
    let shells: Vec<Child> = (0..4).map(|_| add()).collect();
    let told = shells.into_iter().map(|shell| {
        let ended = ended(shell.wait_with_output().unwrap());
        assert_eq!(ended.code, 11, "{}{}", ended.out, ended.err);
        serde_json::from_str::<Value>(&ended.out).unwrap()
    });
    let told: Vec<Value> = told.collect();
    let started = told.iter().filter(|one| one["started"] == true).count();
    assert!(started == 1 && told.iter().all(|one| one["run"] == told[0]["run"]), "{told:?}");
    let runs = desk.json(&["runs", "--tenant", "acme"]);
    assert_eq!(runs["runs"].as_array().unwrap().len(), 1, "{runs}");
}

#[test]
fn serve_says_that_the_files_are_no_longer_what_it_serves() {
    let desk = Desk::new();
    desk.write("kompel.toml", "language = 'en'\n[tenant.acme]\n");
    let mut served = Served::start(&desk);
    desk.write("kompel.toml", "language = 'en'\n[tenant.acme]\nname = 'Acme NV'\n");
    let mut line = String::new();
    BufReader::new(served.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("has changed since"), "{line}");
    served.stop();
}
