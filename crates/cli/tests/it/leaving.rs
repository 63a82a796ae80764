//! A leaver, from the ticket to the report: the real binary, and the real servers of a small company
//! with Active Directory, a VPN gateway with a live session, RADIUS, a service with SCIM and a ticket
//! system. What came of it is read from the servers by their own tools.

use std::fs;

use kompel_peers::{
    Cookies, FreeRadius, Ocserv, RequestTracker, SambaAd, Scim2Server, VpnClient, wait_until,
};
use serde_json::{Value, json};

use crate::{
    company::{JAN, LEAVERS, PASSWORD, PIET, staff},
    desk::{Acme, Desk, this_login},
    wires::Wires,
};

/// The servers, what they know, and Kompel's workspace.
struct Company {
    ad: SambaAd,
    vpn: Ocserv,
    radius: FreeRadius,
    saas: Scim2Server,
    tickets: RequestTracker,
    desk: Desk,
}

impl Acme for Company {
    fn desk(&self) -> &Desk {
        &self.desk
    }

    fn secrets(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("AD", SambaAd::PASSWORD),
            ("WIFI", FreeRadius::SECRET),
            ("SAAS", Scim2Server::TOKEN),
            ("RT", RequestTracker::USER.1),
        ]
    }
}

impl Company {
    /// `None` where a server is not installed.
    fn start() -> Option<Self> {
        let company = Self {
            ad: SambaAd::start()?,
            vpn: Ocserv::start(Cookies::Guarded)?,
            radius: FreeRadius::start()?,
            saas: Scim2Server::start()?,
            tickets: RequestTracker::start()?,
            desk: Desk::new(),
        };
        company.people();
        company.workspace();
        Some(company)
    }

    fn people(&self) {
        let ad = &self.ad;
        staff(ad, &self.saas);
        ad.ldif(&format!("dn: {LEAVERS}\nobjectClass: organizationalUnit\n\n"));
        assert_eq!(ad.bind(&format!("{JAN}@corp.test"), PASSWORD), Ok(()));
        assert_eq!(ad.kinit(JAN, PASSWORD), Ok(()));
        assert!(self.radius.accepts(JAN, FreeRadius::USER.1));
    }

    fn workspace(&self) {
        let login = this_login();
        let people = format!(
            r#"
[tenant.acme.system.Payroll]
owner = "petra"
[tenant.acme.people.xander]
name = "Xander Peeters"
roles = ["offboarding-approver"]
logins = [{login:?}]
[tenant.acme.people.petra]
name = "Petra Claes"
logins = [{login:?}]
"#
        );
        self.desk.write("kompel.toml", &(self.systems() + &people));
        for name in ["leaver-intake", "offboarding", "offboarding-recheck"] {
            self.desk.answer(&["playbook", "new", name]);
        }
    }

    /// The configuration of what is connected.
    fn systems(&self) -> String {
        let (wires, (rt_user, _)) = (Wires("acme"), RequestTracker::USER);
        let tickets = format!(
            "[tenant.acme.connection.rt]\nconnector = \"rt\"\nurl = {:?}\nuser = \"{rt_user}\"\n\
             password = \"secret://rt\"\n",
            self.tickets.url(),
        );
        let tenant = r#"
language = "en"
[tenant.acme]
name = "Acme NV"
domains = ["corp.test"]
scheduled = ["leaver-intake", "offboarding", "offboarding-recheck"]
[tenant.acme.limits]
per_minute = 1000
"#;
        [
            tenant.to_owned(),
            wires.directory(&self.ad, Some(LEAVERS)),
            wires.gateway(&self.vpn),
            wires.wifi(&self.radius),
            wires.service(&self.saas),
            tickets,
        ]
        .concat()
    }

    /// Waits until the run waits for this person, and says yes for them.
    fn approves(&self, run: &str, person: &str, why: &str) {
        let mut id = String::new();
        wait_until(&format!("{person} is asked"), || {
            let all = self.json(&["runs"]);
            let open = all["approvals"].as_array().unwrap().iter();
            let mut theirs = open.filter(|ask| ask["run"] == run).filter(|ask| {
                ask["people"].as_array().unwrap().iter().any(|asked| *asked == person)
            });
            id = theirs.next().map_or("", |ask| ask["id"].as_str().unwrap()).to_owned();
            !id.is_empty()
        });
        let said = self.run(&["approve", &id, "--as", person, "--why", why]);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    }

    /// A live session of Jan's, and the cookie that it came with.
    fn dials_in(&self) -> (VpnClient, String) {
        let cookie = self.vpn.sign_in().expect("the gateway lets Jan in");
        let mut session = self.vpn.connect(&cookie);
        assert!(session.runs(), "{}", session.said());
        (session, cookie)
    }

    /// Everything that an offboarding may change, as the servers tell it.
    fn state(&self) -> Value {
        let of = |account: &str| {
            self.ad.read(
                &format!("(sAMAccountName={account})"),
                &["uSNChanged", "userAccountControl", "memberOf", "pwdLastSet"],
            )
        };
        let restarts = fs::read_to_string(self.radius.folder().join("log")).unwrap();
        json!({
            "jan": of(JAN), "piet": of(PIET), "group": of("VPN"),
            "accounts": fs::read_to_string(self.vpn.password_file()).unwrap(),
            "blocked": fs::read_to_string(self.radius.block_file()).unwrap(),
            "restarts": restarts.matches("Ready to process").count(),
            "saas": serde_json::from_str::<Value>(&self.saas.ask("GET", "/Users", "")).unwrap(),
            "tickets": self.tickets.rows("SELECT count(*) FROM Transactions"),
        })
    }

    /// By the servers' own word: Jan is out, for good, and Piet is not.
    fn jan_is_out(&self, mut session: VpnClient, cookie: &str) {
        let bind = self.ad.bind(&format!("{JAN}@corp.test"), PASSWORD).unwrap_err();
        assert!(bind.contains("data 533"), "{bind}");
        let ticket = self.ad.kinit(JAN, PASSWORD).unwrap_err();
        assert!(ticket.contains("revoked"), "{ticket}");
        let entry = self.ad.read(&format!("(sAMAccountName={JAN})"), &["memberOf"]);
        assert!(entry.contains(LEAVERS) && !entry.contains("memberOf"), "{entry}");

        wait_until("the session has ended", || !session.runs());
        assert_eq!(self.vpn.sign_in(), None, "the gateway takes the password");
        let mut again = self.vpn.connect(cookie);
        wait_until("the cookie is refused", || !again.runs());

        assert!(!self.radius.accepts(JAN, FreeRadius::USER.1));
        let users: Value = serde_json::from_str(&self.saas.ask("GET", "/Users", "")).unwrap();
        let active = |login: &str| {
            let mut all = users["Resources"].as_array().unwrap().iter();
            let mail = format!("{login}@corp.test");
            all.find(|user| user["userName"] == *mail).unwrap()["active"].clone()
        };
        assert_eq!((active(JAN), active(PIET)), (false.into(), true.into()));
        assert_eq!(self.ad.bind("ppeeters@corp.test", PASSWORD), Ok(()));
        assert!(self.radius.accepts("gone", FreeRadius::USER.1));
    }

    /// The second to fifth time: nothing is changed, nobody is asked, and it says so.
    fn nothing_changes_any_more(&self) {
        let before = self.state();
        for time in 2..=5 {
            let person = format!("person.mails=[\"{JAN}@corp.test\"]");
            let again = self.run(&["run", "offboarding", "--set", &person, "--as", "hr"]);
            assert_eq!(again.code, 0, "time {time}: {}{}", again.out, again.err);
            assert!(again.out.contains("was closed already: nothing was changed"), "{}", again.out);
            let newest = &self.runs("offboarding")[0];
            let shown = self.json(&["show", newest]);
            let steps = shown["steps"].as_array().unwrap();
            assert!(steps.iter().all(|step| step["action"] == "leavers.inventory"), "{shown}");
        }
        assert_eq!(self.state(), before, "the second to fifth time changed something");
    }
}

#[test]
fn from_the_ticket_to_the_report_everything_is_closed_and_four_more_times_nothing_changes() {
    let Some(company) = Company::start() else { return };
    let (session, cookie) = company.dials_in();
    let ticket = json!({
        "Queue": "General", "Subject": "Offboarding Jan Janssen", "Requestor": "hr@corp.test",
        "Content": "Jan gaat per direct uit dienst. Graag alles sluiten.\nGroeten, HR",
        "ContentType": "text/plain",
    });
    company.tickets.ask("POST", "/ticket", &ticket.to_string());

    let serving = company.serve();
    let mut run = String::new();
    wait_until("the ticket has started a run", || {
        run = company.runs("offboarding").pop().unwrap_or_default();
        !run.is_empty()
    });
    company.approves(&run, "xander", "agreed with HR");
    company.approves(&run, "petra", "screenshot PAY-7");
    wait_until("the run has ended", || {
        let shown = company.json(&["show", &run]);
        shown["status"]["state"] != "waiting" && shown["status"]["state"] != "running"
    });
    let shown = company.json(&["show", &run]);
    assert_eq!(shown["status"]["state"], "completed", "{}", company.run(&["show", &run]).out);
    company.jan_is_out(session, &cookie);

    let report = company.run(&["show", &run]).out;
    for says in [
        "ad.disable",
        "ad.remove-from-groups",
        "ad.move",
        "ocserv.block",
        "radius.block",
        "scim.deactivate",
        "screenshot PAY-7",
        "leavers.prove",
        "Every account of Jan Janssen is closed and was read again.",
    ] {
        assert!(report.contains(says), "{says} is missing in\n{report}");
    }
    let told = company.tickets.rows(
        "SELECT Content FROM Attachments WHERE Content LIKE 'Every account of Jan Janssen is closed%'",
    );
    assert_eq!(told.len(), 1, "the ticket is told once");
    assert_eq!(company.tickets.rows("SELECT Status FROM Tickets WHERE id = 1"), ["open"]);
    assert_eq!(company.runs("offboarding").len(), 1, "one ticket, one run");
    assert_eq!(
        company.json(&["show", &company.runs("offboarding-recheck")[0]])["status"]["state"],
        "waiting"
    );
    drop(serving);

    company.nothing_changes_any_more();
    assert_eq!(company.run(&["audit", "verify"]).code, 0);
}
