//! Honesty: whatever goes wrong at whatever step, a run is never completed while anything is open.
//!
//! Each action below is refused, done without an answer, lost on its way, answered without effect and
//! throttled for an hour; once and always. They are the actions of these of the 26 steps of a complete
//! offboarding:
//!
//! | steps | actions |
//! |:--|:--|
//! | 1 | `ad.disable`, `ad.move` |
//! | 2, 3 | `graph.block-sign-in`, `graph.revoke-sessions` |
//! | 4 | `ad.reset-password`, `graph.reset-password` (where the request wants it) |
//! | 5 | `graph.remove-sign-in-methods` |
//! | 6 | `ad.remove-from-groups`, `graph.remove-from-groups`, `exchange.leave-distribution-groups` |
//! | 7 | `graph.remove-directory-roles`, `graph.remove-eligible-roles` |
//! | 8, 9 | `graph.remove-app-assignments`, `graph.remove-oauth-grants` |
//! | 11, 12 | `graph.retire-managed-devices`, `graph.disable-devices` |
//! | 13 | `exchange.remove-mobile-devices`, `exchange.remove-inbox-rules`, `graph.cancel-meetings` |
//! | 14, 15, 16 | `exchange.set-out-of-office`, `exchange.set-forwarding`, `exchange.set-litigation-hold` |
//! | 17, 18 | `exchange.convert-to-shared`, `exchange.hide-from-address-list` |
//! | 19 | `exchange.grant-access`, `exchange.drop-rights-elsewhere` |
//! | 20 | `graph.hand-over-drive`, `graph.stop-sharing` |
//! | 22 | `graph.remove-licences` |
//! | 23 | `ocserv.block`, `openvpn.block`, `radius.block` |
//! | 24 | `scim.deactivate` |
//! | 25 | `graph.delete-user` (the playbook `offboarding-delete`) |
//! | 26 | every reading of `leavers.prove` |
//!
//! No machine acts in step 10 (what the person owns is listed and given to a person) and 21 (a
//! telephone number: Graph has no call for it outside its beta). What nobody can ask (24) is a question to its owner.
//! What a client has not, or does not want, is not in this world.

use std::sync::Arc;

use kompel_runtime::{NoAudit, RunStatus, Story, clock::SimulatedClock};
use serde_json::{Value, json};

use super::{
    office::{Dies, Office, Site, folder, is_completed, tenant},
    world::{Account, Mishap, Often, World},
};

const CONNECTIONS: [(&str, &str); 5] = [
    ("corp", "ad"),
    ("saas", "scim"),
    ("tunnel", "openvpn"),
    ("vpn", "ocserv"),
    ("wifi", "radius"),
];

const CLOUD: [(&str, &str); 2] = [("m365", "graph"), ("post", "exchange")];

/// Every action that closes something.
const CLOSES: [&str; 8] = [
    "ad.disable",
    "ad.reset-password",
    "ad.remove-from-groups",
    "ad.move",
    "ocserv.block",
    "openvpn.block",
    "radius.block",
    "scim.deactivate",
];

/// Every action that closes something in Microsoft 365, or does there what the client wants.
const CLOSES_CLOUD: [&str; 15] = [
    "graph.block-sign-in",
    "graph.revoke-sessions",
    "graph.reset-password",
    "graph.remove-sign-in-methods",
    "graph.remove-from-groups",
    "graph.remove-directory-roles",
    "graph.remove-eligible-roles",
    "graph.remove-app-assignments",
    "graph.remove-oauth-grants",
    "graph.disable-devices",
    "graph.retire-managed-devices",
    "graph.hand-over-drive",
    "graph.stop-sharing",
    "graph.cancel-meetings",
    "graph.remove-licences",
];

/// Every action that closes something of a mailbox, or does with it what the client wants; but for
/// the hold, which keeps others from being done.
const CLOSES_MAILBOX: [&str; 9] = [
    "exchange.convert-to-shared",
    "exchange.remove-inbox-rules",
    "exchange.remove-mobile-devices",
    "exchange.leave-distribution-groups",
    "exchange.hide-from-address-list",
    "exchange.set-forwarding",
    "exchange.set-out-of-office",
    "exchange.grant-access",
    "exchange.drop-rights-elsewhere",
];

/// What hangs on an account in Microsoft 365.
const HELD: [&str; 13] = [
    "group:Team",
    "method:1",
    "role:1",
    "eligible:1",
    "application:1",
    "grant:1",
    "device:1",
    "managed:1",
    "drive:orphaned",
    "shared:folder",
    "meeting:weekly",
    "licence:1",
    "password:old",
];

/// What is to be done with a mailbox.
const MAILBOX: [&str; 9] = [
    "mailbox:user",
    "rule:forward",
    "telephone:1",
    "list:sales",
    "listed:yes",
    "forwarded:jan@home.test",
    "silent:yes",
    "orphaned:yes",
    "right:boss",
];

/// Every action that looks.
const LOOKS: [&str; 6] = [
    "ad.find-user",
    "ad.inventory",
    "ocserv.find-user",
    "openvpn.find-user",
    "radius.find-user",
    "scim.find-user",
];

/// Every action that looks in Microsoft 365, but for those whose refusal a person is asked about
/// instead (devices that Intune manages: not every client has it).
const LOOKS_CLOUD: [&str; 9] = [
    "graph.find-user",
    "graph.list-memberships",
    "graph.list-eligible-roles",
    "graph.list-sign-in-methods",
    "graph.list-app-assignments",
    "graph.list-oauth-grants",
    "graph.list-devices",
    "exchange.find-mailbox",
    "exchange.find-rights-elsewhere",
];

fn world() -> Arc<World> {
    let world = Arc::new(World::default());
    let mut jan = Account::new(0, "jan", "Jan Janssen", Some("jan@acme.test"));
    jan.groups = ["VPN".to_owned(), "Staff".to_owned(), "password:old".to_owned()].into();
    world.add("corp", "guid-1", jan.clone());
    world.add("corp", "guid-2", Account::new(1, "piet", "Piet Peeters", Some("piet@acme.test")));
    jan.groups.clear();
    jan.sessions = 1;
    world.add("vpn", "jan", jan.clone());
    jan.sessions = 0;
    world.add("wifi", "jan", jan.clone());
    world.add("tunnel", "jan", jan.clone());
    "jan@acme.test".clone_into(&mut jan.login);
    world.add("saas", "u7", jan);
    world
}

/// The same with Microsoft 365, where the client wants everything done that can be.
pub(super) fn cloud_world() -> Arc<World> {
    let world = Arc::new(World::default());
    let mut jan = Account::new(0, "jan@acme.test", "Jan Janssen", Some("jan@acme.test"));
    jan.groups = HELD.map(str::to_owned).into();
    jan.sessions = 1;
    world.add("m365", "g-1", jan.clone());
    (jan.enabled, jan.sessions) = (false, 0);
    jan.groups = MAILBOX.map(str::to_owned).into();
    world.add("post", "jan@acme.test", jan);
    world
}

fn premises() -> Site {
    Site { connections: CONNECTIONS.into(), unconnected: vec!["Payroll"], policy: json!({}) }
}

pub(super) fn cloud() -> Site {
    let policy = json!({
        "retire_devices": true, "cancel_meetings": true, "stop_sharing": true, "out_of_office": "{name} is gone", "hand_over_to": "an@acme.test",
    });
    Site { connections: CLOUD.into(), unconnected: Vec::new(), policy }
}

/// The request, which wants everything that a request may.
fn wanted() -> Value {
    json!({"person": {"mails": ["jan@acme.test"]}, "resetPassword": true})
}

pub(super) async fn offboarded(world: Arc<World>, site: &Site) -> Story {
    let office = Office::at(&world, site);
    let run = office.begin_with(wanted()).await;
    office.settle(&run).await;
    office.runtime.show(&tenant(), &run).unwrap()
}

#[tokio::test]
async fn where_nothing_goes_wrong_everything_is_closed() {
    for (world, site) in [(world(), premises()), (cloud_world(), cloud())] {
        let story = offboarded(Arc::clone(&world), &site).await;
        assert!(is_completed(&story), "{:?}", story.status);
        assert_eq!(world.open_of(0), Vec::<String>::new());
        assert!(world.open_of(1).iter().all(|one| one == "corp guid-2"), "nobody else is touched");
    }
}

#[tokio::test]
async fn no_failure_at_any_step_that_closes_is_ever_called_completed() {
    for action in CLOSES {
        fails_honestly(action, world, &premises()).await;
    }
}

#[tokio::test]
async fn no_failure_at_any_step_in_the_cloud_is_ever_called_completed() {
    for action in CLOSES_CLOUD {
        fails_honestly(action, cloud_world, &cloud()).await;
    }
}

#[tokio::test]
async fn no_failure_at_any_step_of_a_mailbox_is_ever_called_completed() {
    for action in CLOSES_MAILBOX {
        fails_honestly(action, cloud_world, &cloud()).await;
    }
}

#[tokio::test]
async fn a_hold_that_fails_is_told_and_nothing_is_converted() {
    let (action, mut site) = ("exchange.set-litigation-hold", cloud());
    site.policy["litigation_hold"] = true.into();
    let world = || {
        let world = cloud_world();
        for account in world.accounts.lock().unwrap().values_mut() {
            // Where it is held, the licence stays.
            account.groups.remove("licence:1");
            if account.groups.contains("mailbox:user") {
                account.groups.insert("unheld:yes".to_owned());
            }
        }
        world
    };
    fails_honestly(action, world, &site).await;
    let refused = world();
    refused.goes_wrong(action, Mishap::Refused, Often::Always);
    offboarded(Arc::clone(&refused), &site).await;
    let mailbox = &refused.seen()[&("post".to_owned(), "jan@acme.test".to_owned())];
    assert_eq!(Vec::from_iter(&mailbox.groups), ["mailbox:user", "unheld:yes"]);
}

/// Whatever goes wrong with this action is told, or passes and is waited for.
async fn fails_honestly(action: &str, world: impl Fn() -> Arc<World>, site: &Site) {
    use Mishap::{AnswerLost, NoEffect, Refused, RequestLost, Throttled};
    for mishap in [Refused, AnswerLost, RequestLost, NoEffect, Throttled] {
        for often in [Often::Once, Often::Always] {
            let world = world();
            world.goes_wrong(action, mishap, often);
            let story = offboarded(Arc::clone(&world), site).await;
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
        stays_unseen(action, world(), premises()).await;
    }
    for action in LOOKS_CLOUD {
        stays_unseen(action, cloud_world(), cloud()).await;
    }
}

/// Once the approver is asked, nobody sees anything by this action.
async fn stays_unseen(action: &str, world: Arc<World>, site: Site) {
    let before = world.seen();
    for mishap in [Mishap::Gone, Mishap::Refused, Mishap::Throttled, Mishap::AnswerLost] {
        let world = Arc::new(World::default());
        *world.accounts.lock().unwrap() = before.clone();
        let office = Office::at(&world, &site);
        let run = office.begin_with(wanted()).await;
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
async fn killed_after_every_commit_of_the_journal_everything_is_closed_after_the_restart() {
    let mut site = premises();
    site.connections.extend(CLOUD);
    site.policy = cloud().policy;
    for commits in 1.. {
        let (world, folder) = (world(), Arc::new(folder()));
        world.accounts.lock().unwrap().extend(cloud_world().seen());
        let clock = SimulatedClock::new("2026-03-02T09:00:00Z".parse().unwrap());
        let dies = Dies::after(commits);
        let office = Office::in_folder(&folder, &clock, &world, &site, Arc::clone(&dies) as _);
        let run = office.begin_with(wanted()).await;
        let ended = office.settle_unless(&run, || dies.is_dead()).await;
        drop(office);
        let office = Office::in_folder(&folder, &clock, &world, &site, Arc::new(NoAudit));
        let status = office.runtime.status(&tenant(), &run).unwrap();
        let open = world.open_of(0);
        assert!(status != RunStatus::Completed || open.is_empty(), "{commits}: {open:?}");
        office.settle(&run).await;
        let status = office.runtime.status(&tenant(), &run).unwrap();
        assert_eq!((status, world.open_of(0)), (RunStatus::Completed, vec![]), "{commits}");
        assert_eq!(world.open_of(1), ["corp guid-2"], "{commits}: somebody else is touched");
        if ended {
            assert!(commits > 40, "only {commits} commits: the run is too short to show anything");
            return;
        }
    }
}
