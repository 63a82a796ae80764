//! A small company to work in: Active Directory, two VPN gateways, RADIUS, a service with SCIM, mail
//! and Microsoft 365's stand-in, one person with an account in each, and Kompel's workspace.
//!
//! Owns the servers and what they tell of Jan; each test brings its own playbooks.

use kompel_peers::{
    Cookies, FreeRadius, MailServer, Microsoft365, Ocserv, OpenVpn, OpenVpnClient, SambaAd,
    Scim2Server, VpnClient, guid, wait_until,
};
use serde_json::Value;

use crate::{
    desk::{Acme, Clock, Desk, ended, this_login},
    wires::{Wires, joins},
};

/// The servers, what they know, and Kompel's workspace.
pub(crate) struct Company {
    pub(crate) ad: SambaAd,
    pub(crate) vpn: Ocserv,
    pub(crate) field: OpenVpn,
    pub(crate) radius: FreeRadius,
    pub(crate) saas: Scim2Server,
    pub(crate) cloud: Microsoft365,
    pub(crate) mail: MailServer,
    pub(crate) desk: Desk,
}

/// Where the staff's accounts are.
pub(crate) const STAFF: &str = "OU=Staff,DC=corp,DC=test";
/// Where those of leavers go.
pub(crate) const LEAVERS: &str = "OU=Leavers,DC=corp,DC=test";
/// Jan's password in the directory.
pub(crate) const PASSWORD: &str = "Zomer-2026-x";
/// Jan Janssen's login everywhere: the gateway's own account has it too.
pub(crate) const JAN: &str = Ocserv::USER.0;
/// A colleague's, whom nothing may touch.
pub(crate) const PIET: &str = "ppeeters";
/// Jan in Microsoft 365.
pub(crate) const JAN_THERE: u32 = 11;

/// Jan's live sessions.
pub(crate) struct Sessions {
    office: VpnClient,
    cookie: String,
    field: OpenVpnClient,
}

impl Acme for Company {
    fn desk(&self) -> &Desk {
        &self.desk
    }

    fn secrets(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("AD", SambaAd::PASSWORD),
            ("FIELD", OpenVpn::PASSWORD),
            ("WIFI", FreeRadius::SECRET),
            ("SAAS", Scim2Server::TOKEN),
            ("GRAPH", Microsoft365::CLIENT.1),
            ("POST", MailServer::PASSWORD),
        ]
    }
}

impl Company {
    /// `None` where a server is not installed.
    pub(crate) fn start(playbooks: &[&str]) -> Option<Self> {
        let company = Self {
            ad: SambaAd::start()?,
            vpn: Ocserv::start(Cookies::Guarded)?,
            field: OpenVpn::start()?,
            radius: FreeRadius::start()?,
            saas: Scim2Server::start()?,
            cloud: Microsoft365::start(),
            mail: MailServer::start(None)?,
            desk: Desk::new(),
        };
        company.people();
        company.workspace(playbooks);
        for name in playbooks {
            company.desk.answer(&["playbook", "new", name]);
        }
        Some(company)
    }

    fn people(&self) {
        staff(&self.ad, &self.saas);
        // Synchronised, as most companies have it: blocked here alone, it would come back.
        self.cloud.change(|world| {
            world.add_user(JAN_THERE, &format!("{JAN}@corp.test"), "Jan Janssen", true);
            world.user(JAN_THERE)["onPremisesSyncEnabled"] = true.into();
            world.user(JAN_THERE)["onPremisesSamAccountName"] = JAN.into();
        });
    }

    fn workspace(&self, playbooks: &[&str]) {
        let login = this_login();
        let people = format!(
            r#"
[tenant.acme.system.Payroll]
owner = "petra"
[tenant.acme.people.xander]
name = "Xander Peeters"
roles = ["offboarding-approver", "security", "security-lead", "service-desk-lead"]
logins = [{login:?}]
[tenant.acme.people.petra]
name = "Petra Claes"
logins = [{login:?}]
[tenant.acme.people.an]
name = "An Peeters"
logins = [{login:?}]
[tenant.acme.people.jan]
name = "Jan Janssen"
manager = "an"
"#
        );
        let scheduled = playbooks.iter().filter(|name| **name == "offboarding-recheck");
        let scheduled: Vec<_> = scheduled.collect();
        let tenant = format!(
            "language = \"en\"\n[tenant.acme]\nname = \"Acme NV\"\ndomains = [\"corp.test\"]\n\
             scheduled = {scheduled:?}\n"
        );
        let config = tenant + &self.systems() + &people;
        self.desk.write("kompel.toml", &config);
    }

    /// The configuration of what is connected.
    fn systems(&self) -> String {
        let wires = Wires("acme");
        [
            "[tenant.acme.limits]\nper_minute = 1000\n".to_owned(),
            wires.directory(&self.ad, None),
            wires.service(&self.saas),
            wires.cloud(&self.cloud),
            wires.mail("post", &self.mail),
            wires.gateway(&self.vpn),
            wires.field(&self.field),
            wires.wifi(&self.radius),
        ]
        .concat()
    }

    /// Drives the run on, each time a day later, until it has ended; how it stands then.
    pub(crate) fn ends_later(&self, clock: &Clock, run: &str) -> (String, Value) {
        let is_open = |state: &str| ["waiting", "running"].contains(&state);
        for days in 1..12 {
            let (state, story) = self.state(run);
            if !is_open(&state) {
                return (state, story);
            }
            let later = Desk::command_later(&self.desk.path(""), clock, days);
            ended(self.dressed(later, &["resume", run]).output().unwrap());
        }
        panic!("it does not end: {}", self.run(&["show", run]).out);
    }

    /// Starts a run, as somebody who may not approve it, until it waits for a person; gives it.
    pub(crate) fn starts(&self, playbook: &str, input: &Value) -> String {
        self.desk.write("input.json", &input.to_string());
        let started =
            self.run(&["run", playbook, "--input", "input.json", "--as", "jan", "--json"]);
        assert_eq!(started.code, 11, "it waits for a person: {}{}", started.out, started.err);
        let story: Value = serde_json::from_str(&started.out).unwrap();
        story["start"]["run"].as_str().unwrap().to_owned()
    }

    /// The questions that are open to this person in this run.
    pub(crate) fn asked(&self, run: &str, person: &str) -> Vec<String> {
        let all = self.json(&["runs"]);
        let open = all["approvals"].as_array().unwrap().iter();
        let theirs = open
            .filter(|ask| ask["run"] == run)
            .filter(|ask| ask["people"].as_array().unwrap().iter().any(|asked| *asked == person));
        theirs.map(|ask| ask["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The only question that is open to this person in this run is answered yes.
    pub(crate) fn approves(&self, run: &str, person: &str, why: &str) {
        let asked = self.asked(run, person);
        let [id] = asked.as_slice() else { panic!("{person} is asked {asked:?}") };
        let said = self.run(&["approve", id, "--as", person, "--why", why]);
        assert!([0, 11].contains(&said.code), "{}{}", said.out, said.err);
    }

    /// How the run stands, in a word; its story with it.
    pub(crate) fn state(&self, run: &str) -> (String, Value) {
        let story = self.json(&["show", run]);
        (story["status"]["state"].as_str().unwrap().to_owned(), story)
    }

    /// Jan signs in to both gateways.
    pub(crate) fn jan_dials_in(&self) -> Sessions {
        let cookie = self.vpn.sign_in().expect("the gateway lets Jan in");
        let mut office = self.vpn.connect(&cookie);
        assert!(office.runs(), "{}", office.said());
        let field = self.field.connect(JAN);
        assert_eq!(field.connections(), 1, "{}", field.said());
        Sessions { office, cookie, field }
    }

    /// What the directory has of this account, in an order of its own.
    pub(crate) fn entry(&self, account: &str) -> String {
        let read = self.ad.read(
            &format!("(sAMAccountName={account})"),
            &["userAccountControl", "memberOf", "pwdLastSet"],
        );
        let mut lines: Vec<_> = read.lines().collect();
        lines.sort_unstable();
        lines.join("\n")
    }

    /// Whether this person's account of the service is active; `None` if there is none.
    pub(crate) fn is_active(&self, mail: &str) -> Option<bool> {
        let users: Value = serde_json::from_str(&self.saas.ask("GET", "/Users", "")).unwrap();
        let mut all = users["Resources"].as_array().unwrap().iter();
        all.find(|user| user["userName"] == mail).and_then(|user| user["active"].as_bool())
    }

    /// By the servers' own word: Jan is out.
    pub(crate) fn jan_is_out(&self, mut sessions: Sessions) {
        let bind = self.ad.bind(&format!("{JAN}@corp.test"), PASSWORD).unwrap_err();
        assert!(bind.contains("data 533"), "{bind}");
        let ticket = self.ad.kinit(JAN, PASSWORD).unwrap_err();
        assert!(ticket.contains("revoked"), "{ticket}");
        wait_until("the session has ended", || !sessions.office.runs());
        assert_eq!(self.vpn.sign_in(), None, "the gateway takes the password");
        let mut again = self.vpn.connect(&sessions.cookie);
        wait_until("the cookie is refused", || !again.runs());
        // The client of OpenVPN 2.6 fails its own assertion now and then when it is cut.
        wait_until("the client is cut", || !sessions.field.runs());
        assert_eq!(sessions.field.connections(), 1, "{}", sessions.field.said());
        let again = self.field.connect(JAN);
        assert_eq!(again.connections(), 0, "{}", again.said());
        assert!(again.said().contains("AUTH_FAILED"), "{}", again.said());
        assert!(!self.radius.accepts(JAN, FreeRadius::USER.1));
        assert_eq!(self.is_active(&format!("{JAN}@corp.test")), Some(false));
        assert_eq!(self.cloud.world().users[&guid(JAN_THERE)]["accountEnabled"], false);
    }

    /// By the servers' own word: Jan can work.
    pub(crate) fn jan_is_in(&self) {
        assert_eq!(self.ad.bind(&format!("{JAN}@corp.test"), PASSWORD), Ok(()));
        assert_eq!(self.ad.kinit(JAN, PASSWORD), Ok(()));
        drop(self.jan_dials_in());
        assert!(self.radius.accepts(JAN, FreeRadius::USER.1));
        assert_eq!(self.is_active(&format!("{JAN}@corp.test")), Some(true));
        assert_eq!(self.cloud.world().users[&guid(JAN_THERE)]["accountEnabled"], true);
    }

    /// Everybody else works on as before.
    pub(crate) fn others_are_in(&self) {
        assert_eq!(self.ad.bind(&format!("{PIET}@corp.test"), PASSWORD), Ok(()));
        assert!(self.radius.accepts("gone", FreeRadius::USER.1));
        assert_eq!(self.is_active(&format!("{PIET}@corp.test")), Some(true));
        assert_eq!(self.cloud.world().users[&guid(1)]["accountEnabled"], true);
    }
}

/// Jan and Piet in the directory, with their groups, and in the service.
pub(crate) fn staff(ad: &SambaAd, saas: &Scim2Server) {
    ad.ldif(&format!("dn: {STAFF}\nobjectClass: organizationalUnit\n\n"));
    let (jan, piet) = (format!("CN=Jan Janssen,{STAFF}"), format!("CN=Piet Peeters,{STAFF}"));
    ad.user(&jan, JAN, "Jan Janssen", PASSWORD);
    ad.user(&piet, PIET, "Piet Peeters", PASSWORD);
    for (group, members) in [
        ("VPN", format!("member: {jan}\nmember: {piet}\n")),
        ("Sales", format!("member: {piet}\n")),
    ] {
        ad.ldif(&format!(
            "dn: CN={group},{STAFF}\nobjectClass: group\nsAMAccountName: {group}\n{members}\n"
        ));
    }
    for (login, name) in [(JAN, "Jan Janssen"), (PIET, "Piet Peeters")] {
        joins(saas, &format!("{login}@corp.test"), name);
    }
}
