//! `kompel serve` killed at random moments while it offboards people: a real directory, Microsoft
//! 365's stand-in, a service with SCIM, a gateway with a live session and a system that somebody closes by hand. After
//! the last start everything is closed, nobody was asked twice, and no request went out that does not
//! stand in a journal first.

#![expect(clippy::disallowed_methods, reason = "kills at random moments")]

use std::{
    collections::BTreeMap,
    process::{Child, Stdio},
    thread::sleep,
    time::Duration,
};

use kompel_peers::{Cookies, Microsoft365, Ocserv, SambaAd, Scim2Server, guid, wait_until};
use serde_json::{Value, json};

use crate::{
    company::{LEAVERS, PASSWORD, STAFF},
    crash::{database, is_up, journals, kill, serve, wanted},
    desk::{Desk, this_login},
    wires::{Wires, joins},
};

/// The peers, and the workspace.
struct Office {
    desk: Desk,
    ad: SambaAd,
    cloud: Microsoft365,
    saas: Scim2Server,
    vpn: Ocserv,
}

/// The account of this leaver in Microsoft 365.
fn number(leaver: u32) -> u32 {
    100_000 + leaver
}

/// The first has the gateway's account too.
fn login(leaver: u32) -> String {
    if leaver == 0 { Ocserv::USER.0.to_owned() } else { format!("leaver{leaver}") }
}

fn mail(leaver: u32) -> String {
    format!("{}@corp.test", login(leaver))
}

impl Office {
    /// `None` where a server is not installed.
    fn open() -> Option<Self> {
        let office = Self {
            ad: SambaAd::start()?,
            saas: Scim2Server::start()?,
            vpn: Ocserv::start(Cookies::Guarded)?,
            cloud: Microsoft365::start(),
            desk: Desk::new(),
        };
        office.desk.write("kompel.toml", &(office.systems() + &people()));
        // So that a kill finds something under way.
        office.cloud.latency(Duration::from_millis(20));
        for unit in [STAFF, LEAVERS] {
            office.ad.ldif(&format!("dn: {unit}\nobjectClass: organizationalUnit\n\n"));
        }
        let group = format!("dn: CN=VPN,{STAFF}\nobjectClass: group\nsAMAccountName: VPN\n\n");
        office.ad.ldif(&group);
        office.desk.secret("ad", SambaAd::PASSWORD);
        office.desk.secret("saas", Scim2Server::TOKEN);
        office.desk.secret("graph", Microsoft365::CLIENT.1);
        for playbook in ["offboarding", "offboarding-recheck"] {
            office.desk.answer(&["playbook", "new", playbook]);
        }
        Some(office)
    }

    fn systems(&self) -> String {
        let wires = Wires("default");
        let tenant = r#"
language = "en"
[tenant.default]
scheduled = ["offboarding-recheck"]
[tenant.default.limits]
per_minute = 1000000
"#;
        [
            tenant.to_owned(),
            wires.directory(&self.ad, Some(LEAVERS)),
            wires.service(&self.saas),
            wires.gateway(&self.vpn),
            wires.cloud(&self.cloud),
            wires.mailboxes(&self.cloud),
        ]
        .concat()
    }

    /// Somebody leaves: their accounts, and the run that closes them.
    fn leaves(&self, leaver: u32) -> String {
        let (login, mail) = (login(leaver), mail(leaver));
        let dn = format!("CN={login},{STAFF}");
        self.ad.user(&dn, &login, &format!("Leaver Number{leaver}"), PASSWORD);
        self.ad.ldif(&format!(
            "dn: CN=VPN,{STAFF}\nchangetype: modify\nadd: member\nmember: {dn}\n\n"
        ));
        joins(&self.saas, &mail, &format!("Leaver Number{leaver}"));
        self.cloud.change(|world| {
            world.add_user(number(leaver), &mail, &format!("Leaver Number{leaver}"), true);
        });
        let person = format!("person={}", json!({"mails": [mail]}));
        let run = ["run", "offboarding", "--set", &person, "--as", "hr", "--detach"];
        let started = self.desk.json(&run);
        started["run"].as_str().unwrap().to_owned()
    }

    /// Says yes to an open question, as somebody who is asked; gives the question with it.
    fn answer(&self) -> Option<(String, Child)> {
        let all = self.desk.json(&["runs", "--most", "1000"]);
        let ask = all["approvals"].as_array().unwrap().first()?;
        let (id, who) = (ask["id"].as_str().unwrap(), ask["people"][0].as_str().unwrap());
        let mut command = Desk::command(&self.desk.path(""));
        let command = command.args(["approve", id, "--as", who, "--why", "done, OPS-7"]);
        let answering = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Some((id.to_owned(), answering))
    }

    /// True if this question is no longer open.
    fn is_answered(&self, approval: &str) -> bool {
        let sql = "SELECT closed IS NOT NULL FROM approvals WHERE id = ?1";
        database(&self.desk).query_row(sql, [approval], |row| row.get(0)).unwrap()
    }

    /// A step that was cut off too often is a person's to judge: it is safe to do again.
    fn judge(&self) -> usize {
        let all = self.desk.json(&["runs", "--most", "1000"]);
        let questions = all["questions"].as_array().unwrap();
        for asked in questions {
            let (run, step) = (asked["run"].as_str().unwrap(), asked["call"].to_string());
            assert_eq!(asked["because"], "the program stopped before the answer came", "{asked}");
            let journal = &journals(&self.desk)[run];
            let cut = count(journal, ["\"unknown\"", &format!("\"call\":{step},")]);
            assert!(cut >= CUT_TOO_OFTEN, "asked after {cut} cuts: {asked}");
            let judged = ["--it-was", "not-done", "--why", "it is read once more"];
            let said = self.desk.run(&[&["retry", run, "--step", &step], &judged[..]].concat());
            assert!([0, 11].contains(&said.code), "{}{}", said.out, said.err);
        }
        questions.len()
    }

    /// The runs of this playbook, with their states.
    fn runs(&self, playbook: &str) -> BTreeMap<String, String> {
        let all = self.desk.json(&["runs", "--most", "1000"]);
        let text = |run: &Value, name: &str| run[name].as_str().unwrap().to_owned();
        let runs = all["runs"].as_array().unwrap().iter().filter(|run| run["name"] == playbook);
        runs.map(|run| (text(run, "id"), text(run, "state"))).collect()
    }

    /// Nobody who left has an account that can be used.
    fn all_are_out(&self, leavers: u32) {
        let users: Value = serde_json::from_str(&self.saas.ask("GET", "/Users", "")).unwrap();
        let users = users["Resources"].as_array().unwrap();
        let cloud = self.cloud.world().users;
        for leaver in 0..leavers {
            let mail = mail(leaver);
            let there = users.iter().find(|user| user["userName"] == *mail).unwrap();
            assert_eq!(there["active"], false, "{mail}");
            assert_eq!(cloud[&guid(number(leaver))]["accountEnabled"], false, "{mail}");
            let bind = self.ad.bind(&mail, PASSWORD).unwrap_err();
            assert!(bind.contains("data 533"), "{mail}: {bind}");
            let filter = format!("(sAMAccountName={})", login(leaver));
            let entry = self.ad.read(&filter, &["memberOf"]);
            assert!(entry.contains(LEAVERS) && !entry.contains("memberOf"), "{entry}");
        }
        assert_eq!(cloud[&guid(1)]["accountEnabled"], true, "somebody who stays");
    }

    /// How often the sessions of this leaver were ended.
    fn revoked(&self, leaver: u32) -> usize {
        let path = format!("/users/{}/revokeSignInSessions", guid(number(leaver)));
        self.cloud.exchanges().iter().filter(|exchange| exchange.target.contains(&path)).count()
    }
}

/// True if an offboarding has neither ended nor waits for anybody.
fn is_under_way(desk: &Desk) -> bool {
    let sql = "SELECT EXISTS (SELECT 1 FROM runs WHERE name = 'offboarding' AND ended IS NULL AND
                   NOT EXISTS (SELECT 1 FROM approvals WHERE run = runs.id AND closed IS NULL))";
    database(desk).query_row(sql, [], |row| row.get(0)).unwrap()
}

fn people() -> String {
    let login = this_login();
    format!(
        r#"
[tenant.default.system]
Payroll = {{ owner = "petra" }}
[tenant.default.people]
xander = {{ name = "Xander Peeters", roles = ["offboarding-approver"], logins = [{login:?}] }}
petra = {{ name = "Petra Claes", logins = [{login:?}] }}
hr = {{ name = "Hilde Roels" }}
"#
    )
}

/// How many entries of the journal say this.
fn count(journal: &[String], says: [&str; 2]) -> usize {
    journal.iter().filter(|body| says.iter().all(|part| body.contains(part))).count()
}

#[test]
fn killed_at_any_moment_of_an_offboarding_it_closes_everything_and_asks_nobody_twice() {
    let Some(office) = Office::open() else { return };
    let cookie = office.vpn.sign_in().expect("the gateway lets them in");
    let mut session = office.vpn.connect(&cookie);
    let ((kills, mut dice), mut started) = (wanted(USUAL_KILLS), Vec::new());
    let mut interrupted = 0;
    for _ in 0..kills {
        let mut child = serve(&office.desk);
        is_up(&mut child);
        if started.len() < MOST_LEAVERS && dice.below(2) == 0 {
            started.push(office.leaves(u32::try_from(started.len()).unwrap()));
        }
        // Mostly killed while it does what a yes allows, and whoever brings the yes too.
        let answering = office.answer();
        if let Some((approval, _)) = answering.as_ref().filter(|_| dice.below(4) > 0) {
            wait_until("the yes has come", || office.is_answered(approval));
        }
        sleep(Duration::from_micros(dice.below(400_000)));
        kill(child);
        answering.into_iter().for_each(|(_, answering)| kill(answering));
        interrupted += usize::from(is_under_way(&office.desk));
    }
    let mut last = serve(&office.desk);
    is_up(&mut last);
    let mut judged = 0;
    wait_until("every offboarding has ended", || {
        judged += office.judge();
        let answered = office.answer().map(|(_, mut answering)| answering.wait().unwrap());
        assert!(answered.is_none_or(|answered| answered.success()), "a yes does not count");
        let runs = office.runs("offboarding");
        !runs.values().any(|state| ["running", "waiting"].contains(&state.as_str()))
    });
    let leavers = u32::try_from(started.len()).unwrap();
    wait_until("every leaver is to be looked at again", || {
        office.runs("offboarding-recheck").len() >= started.len()
    });
    kill(last);

    office.all_are_out(leavers);
    wait_until("the session has ended", || !session.runs());
    assert_eq!(office.vpn.sign_in(), None, "the gateway takes the password");
    assert_eq!(office.runs("offboarding-recheck").len(), started.len(), "one event a leaver");
    let (runs, journals) = (office.runs("offboarding"), journals(&office.desk));
    assert_eq!(runs.len(), started.len(), "runs that nobody started");
    for (leaver, run) in started.iter().enumerate() {
        let leaver = u32::try_from(leaver).unwrap();
        let story = || office.desk.run(&["show", run, "--all"]).out;
        assert_eq!(runs[run], "completed", "{}", story());
        let asked = count(&journals[run], ["\"approval\":\"asked\"", ""]);
        assert_eq!(asked, 2, "the approver and the owner, once each: {}", story());
        let attempts = count(&journals[run], ["\"attempting\"", "/revokeSessions#"]);
        let revoked = office.revoked(leaver);
        assert!((1..=attempts).contains(&revoked), "{revoked} of {attempts}: {}", story());
    }
    println!(
        "{kills} kills, {interrupted} with runs under way; {leavers} leavers, all out; {judged} \
         steps were cut off too often and judged by a person"
    );
    assert!(interrupted > 0, "no kill fell into a run: this shows nothing");
    let verified = office.desk.run(&["audit", "verify"]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
}

const USUAL_KILLS: u64 = 16;
/// How often a step that may be repeated is cut off before a person is asked.
const CUT_TOO_OFTEN: usize = 3;
const MOST_LEAVERS: usize = 40;
