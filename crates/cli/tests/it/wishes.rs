//! What a client wants where somebody leaves, from its table in `kompel.toml` to Microsoft 365's
//! stand-in: that the playbook gives every action what it takes.

use kompel_peers::{How, Microsoft365, guid};
use serde_json::{Value, json};

use crate::{
    desk::{Desk, Ended, this_login},
    wires::Wires,
};

/// A client with Microsoft 365 and nothing else.
pub(crate) struct Client {
    pub(crate) desk: Desk,
    pub(crate) cloud: Microsoft365,
}

impl Client {
    pub(crate) fn new(wishes: &str) -> Self {
        let (cloud, wires) = (Microsoft365::start(), Wires("default"));
        let (login, connections) = (this_login(), wires.cloud(&cloud) + &wires.mailboxes(&cloud));
        let desk = Desk::new();
        desk.write(
            "kompel.toml",
            &format!(
                "language = \"en\"\n[tenant.default]\nname = \"Acme NV\"\n\
                 scheduled = [\"offboarding-delete\"]\n\
                 [tenant.default.leavers]\n{wishes}\n{connections}\
                 [tenant.default.people.xander]\nname = \"Xander Peeters\"\n\
                 logins = [{login:?}]\nroles = [\"offboarding-approver\"]\n\
                 [tenant.default.people.boss]\nname = \"Jan Janssens\"\n\
                 mail = \"jan.janssens@contoso.test\"\n\
                 [tenant.default.people.jan]\nname = \"Jan Janssen\"\n\
                 mail = \"jan@contoso.test\"\nmanager = \"boss\"\n\
                 [tenant.default.people.hr]\nname = \"Hilde Roels\"\n",
            ),
        );
        desk.secret("graph", Microsoft365::CLIENT.1);
        for playbook in ["offboarding", "offboarding-delete"] {
            desk.answer(&["playbook", "new", playbook]);
        }
        Self { desk, cloud }
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        self.desk.run(arguments)
    }

    /// Offboards Jan, with a yes to whatever is asked; the questions, and the story as people read it.
    pub(crate) fn offboarded(&self) -> (Vec<String>, Value, String) {
        let person = "person.mails=[\"jan@contoso.test\"]";
        let begun = self.run(&["run", "offboarding", "--set", person, "--as", "hr", "--json"]);
        let story: Value = serde_json::from_str(&begun.out).expect(&begun.err);
        let run = story["start"]["run"].as_str().unwrap().to_owned();
        let mut asked = Vec::new();
        loop {
            let runs: Value = serde_json::from_str(&self.run(&["runs", "--json"]).out).unwrap();
            let Some(open) = runs["approvals"].as_array().unwrap().first().cloned() else { break };
            assert!(asked.len() < 4, "asked without an end: {asked:?}");
            asked.push(open["question"].as_str().unwrap().to_owned());
            let yes = self.run(&["approve", &run, "--as", "xander", "--why", "CHG-12"]);
            assert_eq!(yes.code, 0, "{}{}", yes.out, yes.err);
        }
        let story = self.run(&["show", &run, "--json"]).out;
        (asked, serde_json::from_str(&story).unwrap(), self.run(&["show", &run]).out)
    }
}

/// How an action ended.
fn phase<'a>(story: &'a Value, action: &str) -> &'a Value {
    let steps = story["steps"].as_array().unwrap();
    &steps.iter().find(|step| step["action"] == action).expect(action)["phase"]
}

#[test]
fn everything_that_a_client_may_want_is_done_and_read_back() {
    let client = Client::new(
        "litigation_hold = true\nretire_devices = true\ncancel_meetings = true\n\
         stop_sharing = true\nout_of_office = \"{name} is gone.\"\nforward_to = \"manager\"\n\
         hand_over_to = \"manager\"\ndelete_after_days = 90",
    );
    let (asked, story, told) = client.offboarded();
    assert_eq!(story["status"]["state"], "completed", "{told}");
    let [plan, kept] = asked.as_slice() else { panic!("asked again: {asked:?}") };
    assert!(plan.starts_with("Close every account of jan@contoso.test"), "{plan}");
    for says in [
        "group Everybody (a rule decides who is in this group)",
        "eligible role Helpdesk Administrator (it comes from a group",
        "owned application Nightly export (give it another owner",
        "licence of the mailbox (it is on hold)",
        "telephone number +31 20 1234567",
    ] {
        assert!(kept.contains(says), "{says}: {kept}");
    }
    assert!(!kept.contains("News"), "Exchange took them out of that one: {kept}");
    for action in ["graph.retire-managed-devices", "graph.cancel-meetings"] {
        assert_eq!(phase(&story, action), "done", "{told}");
    }
    let order = ["set-litigation-hold", "set-forwarding", "grant-access", "convert-to-shared"];
    let places: Vec<_> = order.iter().map(|action| told.find(action).expect(action)).collect();
    assert!(places.is_sorted(), "{told}");

    let world = client.cloud.world();
    let mailbox = &world.mailboxes[&guid(1)];
    assert_eq!(mailbox["LitigationHoldEnabled"], true);
    assert_eq!(mailbox["RecipientTypeDetails"], "SharedMailbox");
    let forwarded = mailbox["ForwardingSmtpAddress"].as_str().unwrap();
    assert!(forwarded.ends_with("jan.janssens@contoso.test"), "{forwarded}");
    assert_eq!(mailbox["reply"]["AutoReplyState"], "Enabled");
    assert_eq!(mailbox["reply"]["ExternalMessage"], "Jan Janssen is gone.");
    assert!(world.rights.iter().any(|(of, _, right)| *of == guid(1) && right == "FullAccess"));
    assert!(world.eligibilities.values().all(|role| role["memberType"] == "Group"));
    let piet = |(_, permission): &&(String, Value)| permission.to_string().contains(&guid(2));
    assert_eq!(world.shares.iter().filter(piet).count(), 0, "no longer shared with Piet");
    assert_ne!(world.users[&guid(1)]["assignedLicenses"], json!([]), "the hold needs a licence");
    assert_eq!(client.cloud.world().users[&guid(5)]["accountEnabled"], true, "the namesake");
}

#[test]
fn a_client_who_wants_nothing_gets_nothing_but_what_closes() {
    let client = Client::new("");
    client.cloud.change(|world| {
        world.without_pim = true;
        let mailbox = world.mailboxes.get_mut(&guid(1)).unwrap();
        mailbox["ForwardingSmtpAddress"] = "smtp:jan@home.test".into();
    });
    let (asked, story, told) = client.offboarded();
    assert_eq!(story["status"]["state"], "completed", "{told}");
    let kept = asked.last().unwrap();
    assert!(kept.contains("eligible role to take up (PIM) (the client's licence"), "{kept}");
    for action in ["litigation-hold", "retire-managed", "out-of-office", "grant-access", "drive"] {
        assert!(!told.contains(action), "{action}: {told}");
    }
    let world = client.cloud.world();
    assert_eq!(world.mailboxes[&guid(1)]["ForwardingSmtpAddress"], Value::Null);
    assert_eq!(world.users[&guid(1)]["assignedLicenses"], json!([]));
}

#[test]
fn what_a_run_left_open_is_closed_by_the_next_although_no_inventory_shows_it() {
    let client = Client::new("");
    let assigned = format!("DELETE /v1.0/users/{}/appRoleAssignments", guid(1));
    client.cloud.trouble(&assigned, How::Refused, 1);
    let theirs = || {
        let world = client.cloud.world();
        world.app_assignments.values().filter(|one| one["principalId"] == guid(1)).count()
    };
    let (_, story, told) = client.offboarded();
    assert_eq!((story["status"]["state"].as_str(), theirs()), (Some("incomplete"), 1), "{told}");
    let (asked, story, told) = client.offboarded();
    assert!(
        asked[0].contains("(0 open; run r-") && asked[0].contains("left something"),
        "{asked:?}"
    );
    assert_eq!((story["status"]["state"].as_str(), theirs()), (Some("completed"), 0), "{told}");
    let (asked, story, told) = client.offboarded();
    assert_eq!((story["status"]["state"].as_str(), asked), (Some("completed"), vec![]), "{told}");
}
