//! Honesty: whatever goes wrong at whatever step, a run is never completed while anything is open.

use std::sync::Arc;

use kompel_runtime::{NoAudit, RunStatus, Story, clock::SimulatedClock};
use serde_json::json;

use super::{
    office::{Dies, Office, folder, is_completed, tenant},
    world::{Account, Mishap, Often, World},
};

const CONNECTIONS: [(&str, &str); 4] =
    [("corp", "ad"), ("saas", "scim"), ("vpn", "ocserv"), ("wifi", "radius")];

/// Every action that closes something.
const CLOSES: [&str; 6] = [
    "ad.disable",
    "ad.remove-from-groups",
    "ad.move",
    "ocserv.block",
    "radius.block",
    "scim.deactivate",
];

/// Every action that closes something in Microsoft 365.
const CLOSES_CLOUD: [&str; 14] = [
    "graph.block-sign-in",
    "graph.revoke-sessions",
    "graph.remove-sign-in-methods",
    "graph.remove-from-groups",
    "graph.remove-directory-roles",
    "graph.remove-app-assignments",
    "graph.remove-oauth-grants",
    "graph.disable-devices",
    "graph.remove-licences",
    "exchange.convert-to-shared",
    "exchange.remove-inbox-rules",
    "exchange.remove-mobile-devices",
    "exchange.leave-distribution-groups",
    "exchange.hide-from-address-list",
];

/// What hangs on an account in Microsoft 365.
const HELD: [&str; 7] =
    ["group:Team", "method:1", "role:1", "application:1", "grant:1", "device:1", "licence:1"];

/// Every action that looks.
const LOOKS: [&str; 5] =
    ["ad.find-user", "ad.inventory", "ocserv.find-user", "radius.find-user", "scim.find-user"];

fn world() -> Arc<World> {
    let world = Arc::new(World::default());
    let mut jan = Account::new(0, "jan", "Jan Janssen", Some("jan@acme.test"));
    jan.groups = ["VPN".to_owned(), "Staff".to_owned()].into();
    world.add("corp", "guid-1", jan.clone());
    world.add("corp", "guid-2", Account::new(1, "piet", "Piet Peeters", Some("piet@acme.test")));
    jan.groups.clear();
    jan.sessions = 1;
    world.add("vpn", "jan", jan.clone());
    jan.sessions = 0;
    world.add("wifi", "jan", jan.clone());
    "jan@acme.test".clone_into(&mut jan.login);
    world.add("saas", "u7", jan);
    world
}

async fn offboarded(world: &Arc<World>) -> Story {
    let office = Office::open(world, &CONNECTIONS, &["Payroll"]);
    office.offboard(json!({"mails": ["jan@acme.test"]})).await
}

#[tokio::test]
async fn where_nothing_goes_wrong_everything_is_closed() {
    let world = world();
    let story = offboarded(&world).await;
    assert!(is_completed(&story), "{:?}", story.status);
    assert_eq!(world.open_of(0), Vec::<String>::new());
    assert_eq!(world.open_of(1), ["corp guid-2"], "nobody else is touched");
}

#[tokio::test]
async fn no_failure_at_any_step_that_closes_is_ever_called_completed() {
    let offboarded = async |world: Arc<World>| {
        let office = Office::open(&world, &CONNECTIONS, &["Payroll"]);
        office.offboard(json!({"mails": ["jan@acme.test"]})).await
    };
    for action in CLOSES {
        fails_honestly(action, world, offboarded).await;
    }
}

#[tokio::test]
async fn no_failure_at_any_step_in_the_cloud_is_ever_called_completed() {
    let world = || {
        let world = Arc::new(World::default());
        let mut jan = Account::new(0, "jan@acme.test", "Jan Janssen", Some("jan@acme.test"));
        jan.groups = HELD.map(str::to_owned).into();
        jan.sessions = 1;
        world.add("m365", "g-1", jan.clone());
        (jan.enabled, jan.sessions) = (false, 0);
        let mailbox = ["mailbox:user", "rule:forward", "telephone:1", "list:sales", "listed:yes"];
        jan.groups = mailbox.map(str::to_owned).into();
        world.add("post", "jan@acme.test", jan);
        world
    };
    let offboarded = async |world: Arc<World>| {
        let office = Office::open(&world, &[("m365", "graph"), ("post", "exchange")], &[]);
        office.offboard(json!({"mails": ["jan@acme.test"]})).await
    };
    for action in CLOSES_CLOUD {
        fails_honestly(action, world, offboarded).await;
    }
}

/// Whatever goes wrong with this action is told, or passes and is waited for.
async fn fails_honestly(
    action: &str,
    world: impl Fn() -> Arc<World>,
    offboarded: impl AsyncFn(Arc<World>) -> Story,
) {
    use Mishap::{AnswerLost, NoEffect, Refused, RequestLost, Throttled};
    for mishap in [Refused, AnswerLost, RequestLost, NoEffect, Throttled] {
        for often in [Often::Once, Often::Always] {
            let world = world();
            world.goes_wrong(action, mishap, often);
            let story = offboarded(Arc::clone(&world)).await;
            let says = format!("{action} {mishap:?} {often:?}: {:?}", story.status);
            let open = world.open_of(0);
            assert!(!is_completed(&story) || open.is_empty(), "{says}, open: {open:?}");
            assert!(story.status.is_ended(), "{says}");
            // What passes is waited for; what does not is told.
            let passes = often == Often::Once && !matches!(mishap, Refused | NoEffect);
            assert_eq!(is_completed(&story), passes, "{says}");
            let told = match &story.status {
                RunStatus::Completed => passes,
                RunStatus::Incomplete { open } => {
                    open.iter().any(|left| left.action.as_str() == action)
                }
                _ => false,
            };
            assert!(told, "{says}");
            // One system that fails does not keep the others open; but a mailbox keeps its licence.
            let most = if action.starts_with("exchange.") { 2 } else { 1 };
            assert!(open.len() <= most, "{says}, open: {open:?}");
        }
    }
}

#[tokio::test]
async fn a_system_that_stops_answering_at_any_look_is_never_taken_for_closed() {
    for action in LOOKS {
        for mishap in [Mishap::Gone, Mishap::Refused, Mishap::Throttled, Mishap::AnswerLost] {
            let world = world();
            let office = Office::open(&world, &CONNECTIONS, &[]);
            let run = office.begin(json!({"mails": ["jan@acme.test"]})).await;
            // The inventory goes well, the approver is asked; from then on nobody sees anything.
            office.runtime.run_until_idle().await.unwrap();
            world.goes_wrong(action, mishap, Often::Always);
            office.settle(&run).await;
            let story = office.runtime.show(&tenant(), &run).unwrap();
            assert!(
                matches!(story.status, RunStatus::Incomplete { .. }),
                "{action} {mishap:?}: {:?}",
                story.status
            );
        }
    }
}

#[tokio::test]
async fn the_second_to_fifth_time_change_nothing_and_ask_nobody() {
    let world = world();
    let office = Office::open(&world, &CONNECTIONS, &[]);
    let person = || json!({"name": "Jan Janssen"});
    assert!(is_completed(&office.offboard(person()).await));
    let (seen, changes) = (world.seen(), *world.changes.lock().unwrap());
    for _ in 2..=5 {
        let story = office.offboard(person()).await;
        assert!(is_completed(&story), "{:?}", story.status);
        assert_eq!((world.seen(), *world.changes.lock().unwrap()), (seen.clone(), changes));
        let asked: Vec<_> = story.steps.iter().map(|step| step.action.to_string()).collect();
        assert_eq!(asked, ["leavers.inventory"]);
    }
}

#[tokio::test]
async fn killed_at_every_entry_of_the_trail_everything_is_closed_after_the_restart() {
    for facts in 1.. {
        let world = world();
        let folder = Arc::new(folder());
        let clock = SimulatedClock::new("2026-03-02T09:00:00Z".parse().unwrap());
        let systems: (&[_], &[_]) = (&CONNECTIONS, &["Payroll"]);
        let dies = Dies::after(facts);
        let office = Office::in_folder(&folder, &clock, &world, systems, Arc::clone(&dies) as _);
        let run = office.begin(json!({"mails": ["jan@acme.test"]})).await;
        let ended = office.settle_unless(&run, || dies.is_dead()).await;
        drop(office);
        let office = Office::in_folder(&folder, &clock, &world, systems, Arc::new(NoAudit));
        let status = office.runtime.status(&tenant(), &run).unwrap();
        let open = world.open_of(0);
        assert!(status != RunStatus::Completed || open.is_empty(), "{facts}: {open:?}");
        office.settle(&run).await;
        let status = office.runtime.status(&tenant(), &run).unwrap();
        assert_eq!((status, world.open_of(0)), (RunStatus::Completed, vec![]), "{facts}");
        assert_eq!(world.open_of(1), ["corp guid-2"], "{facts}: somebody else is touched");
        if ended {
            assert!(facts > 20, "only {facts} entries: the run is too short to show anything");
            return;
        }
    }
}
