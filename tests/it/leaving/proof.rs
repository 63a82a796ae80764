//! What the proof reads again: not what the steps before it said, but what every system says now.

use kompel_runtime::RunStatus;
use serde_json::json;

use super::{
    again::runs,
    honesty::{cloud, cloud_world, offboarded},
    office::{Office, is_completed, tenant},
};

const ACCOUNT: (&str, &str) = ("m365", "g-1");

/// What may hang on an account: where, what, and how the proof names it.
const HELD: [((&str, &str), &str, &str); 8] = [
    (ACCOUNT, "method:late", "sign-in method method:late"),
    (ACCOUNT, "application:late", "application application:late"),
    (ACCOUNT, "grant:late", "grant grant:late"),
    (ACCOUNT, "device:late", "device device:late"),
    (ACCOUNT, "managed:late", "managed device managed:late"),
    (ACCOUNT, "eligible:late", "may take up role eligible:late"),
    (ACCOUNT, "group:late", "member of group:late"),
    (("post", "jan@acme.test"), "right:boss", "FullAccess in mailbox boss"),
];

#[tokio::test]
async fn what_is_given_between_the_last_step_and_the_proof_is_named_by_it() {
    for (account, held, named) in HELD {
        let world = cloud_world();
        world.comes_back(account, "graph.remove-licences", held);
        let story = offboarded(world, &cloud()).await;
        let RunStatus::Incomplete { open } = &story.status else { panic!("{held}") };
        let [open] = &open[..] else { panic!("{held}: {open:?}") };
        assert_eq!(open.action.as_str(), "leavers.prove", "{held}");
        assert!(open.because.contains(named), "{held}: {}", open.because);
    }
}

#[tokio::test]
async fn what_is_given_within_a_day_is_named_by_the_recheck_and_taken_away_again() {
    for (account, held, named) in HELD {
        let (world, site) = (cloud_world(), cloud());
        let office = Office::at(&world, &site);
        let story = office.offboard(json!({"mails": ["jan@acme.test"]})).await;
        assert!(is_completed(&story), "{held}: {:?}", story.status);
        office.runtime.run_until_idle().await.unwrap();
        let recheck = runs(&office, "offboarding-recheck")[0].id.clone();
        let key = (account.0.to_owned(), account.1.to_owned());
        let give = |account: &mut super::world::Account| account.groups.insert(held.to_owned());
        world.accounts.lock().unwrap().get_mut(&key).map(give).unwrap();
        office.later(24);
        office.runtime.run_until_idle().await.unwrap();
        let status = office.runtime.status(&tenant(), &recheck).unwrap();
        let RunStatus::Incomplete { open } = status else { panic!("{held}: {status:?}") };
        assert!(open[0].because.contains(named), "{held}: {open:?}");
        // The offboarding that begins again does not take it for closed already.
        let newest = runs(&office, "offboarding")[0].id.clone();
        office.settle(&newest).await;
        assert_eq!(office.runtime.status(&tenant(), &newest).unwrap(), RunStatus::Completed);
        assert!(!world.seen()[&key].groups.contains(held), "{held}");
    }
}
