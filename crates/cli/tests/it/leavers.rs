//! `kompel leavers` against two real SCIM services: added once, closed, reported, audited, taken back.

use std::process::Command;

use kompel_peers::{Microsoft365, Scim2Server, guid};
use serde_json::{Value, json};

use crate::desk::{Desk, Ended, ended};

/// A tenant with two services and a system that nobody can ask, and the people who answer.
struct Client {
    desk: Desk,
    wiki: Scim2Server,
    saas: Scim2Server,
}

fn account(server: &Scim2Server, mail: &str, name: &str) -> String {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": mail, "displayName": name, "active": true,
        "emails": [{"value": mail, "primary": true}],
    });
    let made: Value =
        serde_json::from_str(&server.ask("POST", "/Users", &body.to_string())).unwrap();
    made["id"].as_str().unwrap().to_owned()
}

fn set_active(server: &Scim2Server, id: &str, active: bool) {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "active", "value": active}],
    });
    server.ask("PATCH", &format!("/Users/{id}"), &body.to_string());
}

fn is_active(server: &Scim2Server, id: &str) -> bool {
    let user: Value =
        serde_json::from_str(&server.ask("GET", &format!("/Users/{id}"), "")).unwrap();
    user["active"].as_bool().unwrap()
}

impl Client {
    fn new() -> Option<Self> {
        let (wiki, saas) = (Scim2Server::start()?, Scim2Server::start()?);
        let login = Command::new("id").arg("-un").output().unwrap();
        let login = String::from_utf8(login.stdout).unwrap();
        let login = login.trim();
        let desk = Desk::new();
        let token = Scim2Server::TOKEN;
        desk.write(
            "kompel.toml",
            &format!(
                "language = \"en\"\n\
                 [tenant.acme]\nname = \"Acme NV\"\n\
                 [tenant.acme.connection.saas]\nconnector = \"scim\"\nurl = \"{}\"\n\
                 token = \"secret://scim\"\n\
                 [tenant.acme.connection.wiki]\nconnector = \"scim\"\nurl = \"{}\"\n\
                 token = \"secret://scim\"\n\
                 [tenant.acme.system.Payroll]\nowner = \"petra\"\n\
                 [tenant.acme.people.xander]\nname = \"Xander Peeters\"\nlogins = [\"{login}\"]\n\
                 roles = [\"offboarding-approver\", \"security\"]\n\
                 [tenant.acme.people.petra]\nname = \"Petra Claes\"\nlogins = [\"{login}\"]\n\
                 [tenant.acme.people.hr]\nname = \"Hilde Roels\"\n",
                saas.url(),
                wiki.url(),
            ),
        );
        let client = Self { desk, wiki, saas };
        client.secret("scim", token);
        for playbook in ["offboarding", "emergency-block", "emergency-unblock"] {
            client.desk.answer(&["playbook", "new", playbook]);
        }
        Some(client)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Desk::command(&self.desk.path(""));
        command.args(arguments).args(["--tenant", "acme"]);
        command
    }

    fn secret(&self, name: &str, value: &str) {
        let mut set = self.command(&["secret", "set", name, "--quiet"]);
        let set = set.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::null());
        let mut set = set.spawn().unwrap();
        std::io::Write::write_all(&mut set.stdin.take().unwrap(), value.as_bytes()).unwrap();
        assert!(set.wait().unwrap().success());
    }

    /// Adds to the configuration.
    fn configure(&self, more: &str) {
        let config = std::fs::read_to_string(self.desk.path("kompel.toml")).unwrap();
        self.desk.write("kompel.toml", &format!("{config}{more}"));
    }

    /// Begins an emergency block, which then waits for an approval; gives the run.
    fn block(&self, mail: &str) -> String {
        let person = format!("person.mails=[\"{mail}\"]");
        let (story, code) = self.json(&[
            "run",
            "emergency-block",
            "--set",
            &person,
            "--set",
            "reason=laptop stolen",
            "--as",
            "hr",
        ]);
        assert_eq!(code, 11, "{story}");
        story["start"]["run"].as_str().unwrap().to_owned()
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.command(arguments).output().unwrap())
    }

    /// The answer as JSON, and the exit code.
    fn json(&self, arguments: &[&str]) -> (Value, i32) {
        let ended = self.run(&[arguments, &["--json"]].concat());
        let told = format!("{arguments:?}: {}{}", ended.out, ended.err);
        (serde_json::from_str(&ended.out).expect(&told), ended.code)
    }

    fn add(&self, rest: &[&str]) -> (Value, i32) {
        let jan = [
            "leavers",
            "add",
            "--name",
            "Jan Janssen",
            "--mail",
            "jan@acme.test",
            "--by",
            "hr",
            "--reason",
            "contract ends",
        ];
        self.json(&[&jan[..], rest].concat())
    }

    /// The only open approval is answered yes by this person.
    fn approve(&self, run: &str, person: &str, why: &str) {
        let ended = self.run(&["approve", run, "--as", person, "--why", why]);
        assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    }

    /// Jan's cells, by the system's id.
    fn standing(&self, id: &str) -> String {
        let (matrix, _) = self.json(&["leavers"]);
        let cells = matrix["leavers"][0]["cells"].as_array().unwrap();
        let cell = cells.iter().find(|cell| cell["id"] == id).unwrap();
        cell["standing"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_leaver_is_added_once_closed_everywhere_and_reported() {
    let Some(client) = Client::new() else { return };
    let jan = account(&client.saas, "jan@acme.test", "Jan Janssen");
    let an = account(&client.saas, "an@acme.test", "An Maes");
    account(&client.wiki, "an@acme.test", "An Maes");

    let (started, code) = client.add(&[]);
    assert_eq!((&started["started"], code), (&json!(true), 11), "{started}");
    let run = started["run"].as_str().unwrap();
    let (again, code) = client.add(&[]);
    assert_eq!((&again["started"], &again["run"], code), (&json!(false), &json!(run), 11));

    assert_eq!(client.standing("saas"), "open");
    assert_eq!(client.standing("wiki"), "not_there");
    assert_eq!(client.standing("Payroll"), "open_by_hand");
    let told = client.run(&["leavers"]);
    assert!(told.out.contains("Xander Peeters"), "whose turn: {}", told.out);
    let (early, _) = client.json(&["leavers", "report", run]);
    assert_eq!(early["all_closed"], false);

    client.approve(run, "xander", "as agreed");
    assert!(!is_active(&client.saas, &jan) && is_active(&client.saas, &an));
    assert_eq!(client.standing("Payroll"), "open_by_hand");
    client.approve(run, "petra", "screenshot in PAY-7");

    for (id, standing) in [("saas", "closed"), ("wiki", "not_there"), ("Payroll", "closed_by_hand")]
    {
        assert_eq!(client.standing(id), standing, "{id}");
    }
    let (done, code) = client.add(&[]);
    assert_eq!((&done["started"], &done["state"], code), (&json!(false), &json!("completed"), 0));
    told_in_the_report(&client, run, &jan);
    client.desk.answer(&["leavers", "--tenant", "acme", "--lang", "nl"]);
}

fn told_in_the_report(client: &Client, run: &str, jan: &str) {
    let (report, _) = client.json(&["leavers", "report", "Jan@acme.test"]);
    assert_eq!(report["run"]["id"], run);
    assert_eq!((&report["all_closed"], &report["open"]), (&json!(true), &json!([])));
    assert_eq!(report["run"]["requester"]["name"], "Hilde Roels");
    let account = &report["accounts"][0];
    assert_eq!((&account["id"], &account["before"]["enabled"]), (&json!(jan), &json!(true)));
    assert_eq!(account["after"]["enabled"], false);
    let deed = &account["deeds"][0];
    assert_eq!((&deed["action"], &deed["state"]), (&json!("scim.deactivate"), &json!("verified")));
    assert!(deed["read_back"].is_string());
    let approval = &report["approvals"][0];
    assert_eq!(report["approvals"].as_array().unwrap().len(), 1, "{report}");
    assert_eq!(deed["approval"], approval["id"]);
    assert_eq!(approval["answers"][0]["who"]["id"], "xander");
    assert_eq!(approval["plan_hash"].as_str().unwrap().len(), 64);
    let by_hand = &report["by_hand"][0];
    assert_eq!(by_hand["owner"]["name"], "Petra Claes");
    assert_eq!(by_hand["answer"]["why"], "screenshot in PAY-7");
    let kinds: Vec<_> = report["trail"]["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap())
        .collect();
    assert_eq!((kinds[0], kinds[kinds.len() - 1]), ("run.started", "run.ended"), "{kinds:?}");

    // The PDF carries the hash of exactly the JSON beside it, which is what `--json` prints.
    let printed = client.run(&["leavers", "report", run, "--json"]).out;
    let (wrote, _) = client.json(&["leavers", "report", run, "--pdf", "jan.pdf"]);
    assert_eq!(std::fs::read_to_string(client.desk.path("jan.json")).unwrap(), printed);
    let bytes = std::fs::read(client.desk.path("jan.pdf")).unwrap();
    assert!(bytes.starts_with(b"%PDF"));
    let sum = Command::new("sha256sum").arg(client.desk.path("jan.json")).output().unwrap();
    let sum = String::from_utf8(sum.stdout).unwrap();
    assert_eq!(sum.split(' ').next().unwrap(), wrote["sha256"]);
    client.json(&["leavers", "report", run, "--pdf", "again.pdf"]);
    assert_eq!(std::fs::read(client.desk.path("again.pdf")).unwrap(), bytes);
}

#[test]
fn an_account_that_came_back_is_found_by_the_audit() {
    let Some(client) = Client::new() else { return };
    let jan = account(&client.saas, "jan@acme.test", "Jan Janssen");
    let old = account(&client.wiki, "old@acme.test", "Old Hand");
    let (started, _) = client.add(&[]);
    let run = started["run"].as_str().unwrap();
    client.approve(run, "xander", "");
    client.approve(run, "petra", "done");

    let (audit, code) = client.json(&["leavers", "audit"]);
    assert_eq!((code, &audit["open"], &audit["closed"]), (0, &json!([]), &json!(1)), "{audit}");
    assert_eq!(audit["not_connected"], json!(["Payroll"]));
    set_active(&client.saas, &jan, true);
    client.desk.write("left.csv", "Naam;E-mail;Uit dienst\nOld Hand;old@acme.test;01/02/2024\n");
    let (audit, code) = client.json(&["leavers", "audit", "--from", "left.csv"]);
    assert_eq!(code, 13, "{audit}");
    let open = audit["open"].as_array().unwrap();
    let found: Vec<_> = open.iter().map(|it| (&it["connection"], &it["login"])).collect();
    let (saas, wiki) = (json!("saas"), json!("wiki"));
    let (jans, olds) = (json!("jan@acme.test"), json!("old@acme.test"));
    assert_eq!(found, [(&wiki, &olds), (&saas, &jans)], "the oldest first");
    assert!(open[0]["days"].as_i64().unwrap() > 365);
    assert!(is_active(&client.wiki, &old), "an audit only reads");

    client.desk.write("left.csv", "mail,last day\nold@acme.test,soon\n");
    set_active(&client.saas, &jan, false);
    let (audit, code) = client.json(&["leavers", "audit", "--from", "left.csv"]);
    assert_eq!((code, &audit["unusable"][0]["because"]), (13, &json!("no_date")), "{audit}");
}

#[test]
fn a_mistaken_offboarding_is_taken_back_and_no_longer_asked_after() {
    let Some(client) = Client::new() else { return };
    let jan = account(&client.saas, "jan@acme.test", "Jan Janssen");
    let (started, _) = client.add(&[]);
    let run = started["run"].as_str().unwrap();
    client.approve(run, "xander", "");
    client.approve(run, "petra", "done");
    assert!(!is_active(&client.saas, &jan));
    client.desk.write(
        "back.json",
        &json!({"person": {"mails": ["jan@acme.test"]}, "reason": "wrong Jan",
            "accounts": [{"connection": "saas", "id": jan}]})
        .to_string(),
    );
    let undo = ["run", "emergency-unblock", "--input", "back.json", "--as", "hr", "--json"];
    let story: Value = serde_json::from_str(&client.run(&undo).out).unwrap();
    let back = story["start"]["run"].as_str().unwrap().to_owned();
    client.approve(&back, "xander", "");
    assert!(is_active(&client.saas, &jan));
    let (matrix, _) = client.json(&["leavers"]);
    assert_eq!(matrix["leavers"][0]["taken_back"], true);
    assert_eq!(matrix["leavers"][0]["open"], json!([]));
    let (audit, code) = client.json(&["leavers", "audit"]);
    assert_eq!((code, &audit["people"]), (0, &json!([])), "{audit}");
}

#[test]
fn an_emergency_blocks_everything_that_answers_and_tells_what_does_not() {
    let Some(client) = Client::new() else { return };
    let jan = account(&client.saas, "jan@acme.test", "Jan Janssen");
    let jan_too = account(&client.wiki, "jan@acme.test", "Jan Janssen");
    let an = account(&client.wiki, "an@acme.test", "An Maes");
    let config = std::fs::read_to_string(client.desk.path("kompel.toml")).unwrap();
    client.configure(
        "[tenant.acme.connection.gone]\nconnector = \"scim\"\n\
         url = \"http://127.0.0.1:9/v2\"\ntoken = \"secret://scim\"\n",
    );
    let run = client.block("jan@acme.test");
    assert!(is_active(&client.saas, &jan), "nothing before the yes");
    client.approve(&run, "xander", "go");
    assert!(!is_active(&client.saas, &jan) && !is_active(&client.wiki, &jan_too));
    assert!(is_active(&client.wiki, &an));
    client.approve(&run, "petra", "badge withdrawn");
    let (story, _) = client.json(&["show", &run]);
    assert_eq!(story["status"]["state"], "waiting", "one system did not answer: {story}");
    client.approve(&run, "xander", "their network is cut off");
    let (story, _) = client.json(&["show", &run]);
    assert_eq!(story["status"]["state"], "incomplete", "a word is no reading: {story}");
    let open = story["status"]["open"].as_array().unwrap().last().unwrap().to_string();
    assert!(open.contains("gone: no answer"), "{open}");

    client.desk.write("kompel.toml", &config);
    let run = client.block("jan@acme.test");
    client.approve(&run, "xander", "again");
    client.approve(&run, "petra", "still withdrawn");
    let (story, _) = client.json(&["show", &run]);
    assert_eq!(story["status"]["state"], "completed", "{story}");
}

#[test]
fn an_emergency_blocks_sign_in_and_sessions_in_the_cloud_too() {
    let Some(client) = Client::new() else { return };
    let stub = Microsoft365::start();
    account(&client.saas, "piet@contoso.test", "Piet Pieters");
    client.secret("graph", Microsoft365::CLIENT.1);
    client.configure(&format!(
        "[tenant.acme.connection.cloud]\nconnector = \"graph\"\ndirectory = \"{}\"\n\
         client_id = \"{}\"\nclient_secret = \"secret://graph\"\n\
         login_url = \"{url}\"\ngraph_url = \"{url}\"\n",
        Microsoft365::DIRECTORY,
        Microsoft365::CLIENT.0,
        url = stub.url(),
    ));
    let before = stub.world().user(2)["signInSessionsValidFromDateTime"].clone();
    let run = client.block("piet@contoso.test");
    client.approve(&run, "xander", "go");
    client.approve(&run, "petra", "badge withdrawn");
    let (story, _) = client.json(&["show", &run]);
    assert_eq!(story["status"]["state"], "completed", "{story}");
    let piet = stub.world().user(2).clone();
    assert_eq!(piet["accountEnabled"], false);
    assert_ne!(piet["signInSessionsValidFromDateTime"], before);
    assert_eq!(stub.world().user(1)["accountEnabled"], true, "nobody else");

    let undo = [
        "run",
        "emergency-unblock",
        "--set",
        "person.mails=[\"piet@contoso.test\"]",
        "--set",
        "reason=found again",
        "--as",
        "hr",
    ];
    let (story, _) = client.json(&undo);
    client.approve(story["start"]["run"].as_str().unwrap(), "xander", "");
    assert_eq!(stub.world().user(2)["accountEnabled"], true);
}

#[test]
fn an_offboarding_closes_microsoft_365_in_its_order_and_tells_what_stays() {
    let Some(client) = Client::new() else { return };
    let stub = Microsoft365::start();
    let right = |of, who: &str, right: &str| (guid(of), who.to_owned(), right.to_owned());
    let others = right(1, "piet@contoso.test", "FullAccess");
    stub.change(|world| {
        let jan = "jan@contoso.test";
        world.rights.extend([right(4, jan, "FullAccess"), right(2, jan, "SendOnBehalf")]);
        world.rights.push(others.clone());
    });
    client.secret("graph", Microsoft365::CLIENT.1);
    let way_in = format!(
        "directory = \"{}\"\nclient_id = \"{}\"\nclient_secret = \"secret://graph\"\n\
         login_url = \"{url}\"\n",
        Microsoft365::DIRECTORY,
        Microsoft365::CLIENT.0,
        url = stub.url(),
    );
    client.configure(&format!(
        "[tenant.acme.connection.cloud]\nconnector = \"graph\"\ngraph_url = \"{url}\"\n{way_in}\
         [tenant.acme.connection.post]\nconnector = \"exchange\"\nexchange_url = \"{url}\"\n{way_in}",
        url = stub.url(),
    ));
    let person = "person.mails=[\"jan@contoso.test\"]";
    let (story, code) = client.json(&["run", "offboarding", "--set", person, "--as", "hr"]);
    assert_eq!(code, 11, "{story}");
    let run = story["start"]["run"].as_str().unwrap().to_owned();
    let (asked, _) = client.json(&["show", &run]);
    for planned in ["mailbox Closed Person", "mailbox Piet Pieters"] {
        assert!(asked.to_string().contains(planned), "the plan shows whose mailboxes: {asked}");
    }
    client.approve(&run, "xander", "agreed with HR");
    let (story, _) = client.json(&["show", &run]);
    let asked = story["steps"].as_array().unwrap().last().unwrap().to_string();
    for kept in ["Synced (Active Directory masters", "Everybody (a rule decides", "Board (Active"] {
        assert!(asked.contains(kept), "a person hears what Microsoft keeps: {asked}");
    }
    client.approve(&run, "xander", "taken out where they are mastered, CHG-12");
    client.approve(&run, "petra", "screenshot PAY-7");
    let told = client.run(&["show", &run]).out;
    let (story, _) = client.json(&["show", &run]);
    assert_eq!(story["status"]["state"], "completed", "{told}");
    let order = ["block-sign-in", "revoke-sessions", "convert-to-shared", "remove-licences"];
    let places: Vec<_> = order.iter().map(|action| told.find(action).expect(action)).collect();
    assert!(places.is_sorted(), "{told}");

    let mut world = stub.world();
    let jan = world.user(1).clone();
    let id = jan["id"].as_str().unwrap();
    assert_eq!(jan["accountEnabled"], false);
    assert_eq!(jan["assignedLicenses"].as_array().unwrap().len(), 0, "{jan}");
    assert_eq!(world.mailboxes[id]["RecipientTypeDetails"], "SharedMailbox");
    assert_eq!(world.mailboxes[id]["HiddenFromAddressListsEnabled"], true);
    let theirs = |all: &[(String, Value)]| all.iter().filter(|(of, _)| of == id).count();
    assert_eq!((theirs(&world.rules), theirs(&world.mobiles)), (0, 0));
    assert_eq!(world.rights, [others], "what others may do in the mailbox stays");
    assert_eq!(theirs(&world.methods), 1, "the password alone");
    assert!(world.role_assignments.is_empty() && world.grants.is_empty());
    assert!(world.devices.values().all(|device| device["accountEnabled"] == false));
    assert_eq!(world.user(5)["accountEnabled"], true, "the namesake");
}
