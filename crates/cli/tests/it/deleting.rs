//! The end of a leaver's account: the client's retention passes for the real `kompel serve`, which is
//! told another date by libfaketime, at Microsoft 365's stand-in.

use kompel_peers::{guid, wait_until};
use serde_json::{Value, json};

use crate::{
    desk::{Clock, Desk, Ended, Served, ended},
    wishes::Client,
};

/// A client who keeps closed accounts for ninety days; Jan's is closed today.
struct Closed {
    client: Client,
    clock: Clock,
    /// The run that waits for the ninety days.
    deletion: String,
}

impl Closed {
    /// `None` where the date can't be moved.
    fn today() -> Option<Self> {
        let clock = Clock::find()?;
        let client = Client::new("delete_after_days = 90");
        let (_, story, told) = client.offboarded();
        assert_eq!(story["status"]["state"], "completed", "{told}");
        let deletion = newest(&client, "offboarding-delete");
        let closed = Self { client, clock, deletion };
        assert_eq!(closed.state(), "waiting");
        Some(closed)
    }

    /// Runs the binary so many days from now.
    fn on_day(&self, days: u32, arguments: &[&str]) -> Ended {
        let folder = self.client.desk.path("");
        let mut command = Desk::command_later(&folder, &self.clock, days);
        ended(command.args(arguments).output().unwrap())
    }

    /// `kompel serve` so many days from now.
    fn serves_on_day(&self, days: u32) -> Served {
        let folder = self.client.desk.path("");
        let mut command = Desk::command_later(&folder, &self.clock, days);
        command.arg("serve");
        Served::by(command)
    }

    fn story(&self) -> Value {
        self.client.desk.json(&["show", &self.deletion])
    }

    fn state(&self) -> String {
        self.story()["status"]["state"].as_str().unwrap().to_owned()
    }

    /// Questions that the run of the deletion has open.
    fn asked(&self) -> Vec<Value> {
        let all = self.client.desk.json(&["runs"]);
        let open = all["approvals"].as_array().unwrap().iter();
        open.filter(|ask| ask["run"] == *self.deletion).cloned().collect()
    }

    fn jan_is_there(&self) -> bool {
        let world = self.client.cloud.world();
        assert!(world.users.contains_key(&guid(5)), "the namesake");
        world.users.contains_key(&guid(1))
    }

    /// The report that HR gets, in JSON.
    fn report(&self) -> Value {
        self.client.desk.json(&["leavers", "report", "jan@contoso.test"])
    }
}

fn newest(client: &Client, playbook: &str) -> String {
    let all = client.desk.json(&["runs"]);
    let mut runs = all["runs"].as_array().unwrap().iter();
    let found = runs.find(|run| run["name"] == playbook);
    found.unwrap_or_else(|| panic!("no {playbook}: {all}"))["id"].as_str().unwrap().to_owned()
}

#[test]
fn an_account_is_deleted_after_the_retention_with_a_yes_and_the_report_says_so() {
    let Some(closed) = Closed::today() else { return };
    // The day before, it waits on.
    let early = closed.on_day(89, &["resume", &closed.deletion]);
    assert_eq!(early.code, 11, "{}{}", early.out, early.err);
    assert!(closed.asked().is_empty() && closed.jan_is_there());

    let serving = closed.serves_on_day(91);
    wait_until("the approver is asked", || !closed.asked().is_empty());
    let asked = closed.asked();
    let [ask] = asked.as_slice() else { panic!("{asked:?}") };
    let question = ask["question"].as_str().unwrap();
    for says in ["Delete the cloud accounts of jan@contoso.test", "closed 90 days ago"] {
        assert!(question.contains(says), "{question}");
    }
    assert!(closed.jan_is_there(), "nobody said yes");
    let id = ask["id"].as_str().unwrap();
    let yes = closed.on_day(91, &["approve", id, "--as", "xander", "--why", "CHG-90"]);
    assert_eq!(yes.code, 0, "{}{}", yes.out, yes.err);
    wait_until("the run has ended", || closed.state() != "waiting" && closed.state() != "running");
    drop(serving);

    let told = closed.client.desk.answer(&["show", &closed.deletion]);
    assert_eq!(closed.state(), "completed", "{told}");
    assert!(told.contains("Deleted: jan@contoso.test."), "{told}");
    assert!(!closed.jan_is_there());
    assert!(closed.client.cloud.world().deleted.contains_key(&guid(1)), "as Microsoft deletes");
    assert_eq!(closed.client.desk.run(&["audit", "verify"]).code, 0);
    let report = closed.report();
    assert_eq!((&report["all_closed"], &report["open"]), (&json!(true), &json!([])), "{report:#}");
    let account = &report["accounts"][0];
    assert_eq!(
        (&account["standing"], &account["after"]["found"]),
        (&json!("closed"), &json!(false))
    );
    let deed = account["deeds"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&deed["action"], &deed["state"]),
        (&json!("graph.delete-user"), &json!("verified"))
    );
    let approvals = report["approvals"].as_array().unwrap();
    assert!(approvals.iter().any(|one| one["id"] == deed["approval"]), "{report:#}");
}

#[test]
fn who_came_back_before_the_retention_was_over_is_kept_and_the_report_says_so() {
    let Some(closed) = Closed::today() else { return };
    closed.client.cloud.change(|world| world.user(1)["accountEnabled"] = true.into());
    let before = closed.client.cloud.world();
    let serving = closed.serves_on_day(91);
    wait_until("the run has ended", || closed.state() != "waiting" && closed.state() != "running");
    drop(serving);

    let told = closed.client.desk.answer(&["show", &closed.deletion]);
    assert_eq!(closed.state(), "completed", "{told}");
    assert!(told.contains("came back, nothing is deleted"), "{told}");
    assert_eq!(closed.asked(), Vec::<Value>::new(), "nobody is asked");
    assert_eq!(closed.client.cloud.world(), before);
    let report = closed.report();
    assert_eq!(report["all_closed"], json!(false));
    let open = report["open"].as_array().unwrap();
    assert!(open.iter().any(|one| one["what"] == "account"), "{report:#}");
}
