//! The client's retention after everything was closed: approved, deleted, and only what was closed.

use std::sync::Arc;

use kompel_runtime::RunStatus;
use serde_json::json;

use super::{
    again::runs,
    office::{Office, Site, is_completed, tenant},
    world::{Account, Mishap, Often, World},
};

/// An office that keeps closed accounts for ninety days, and the run that waits for them.
async fn closed() -> (Arc<World>, Office, String) {
    let world = Arc::new(World::default());
    let jan = Account::new(0, "jan@acme.test", "Jan Janssen", Some("jan@acme.test"));
    world.add("m365", "g-1", jan);
    let piet = Account::new(1, "piet@acme.test", "Piet Peeters", Some("piet@acme.test"));
    world.add("m365", "g-2", piet);
    let (connections, policy) = (vec![("m365", "graph")], json!({"delete_after_days": 90}));
    let office = Office::at(&world, &Site { connections, unconnected: Vec::new(), policy });
    let story = office.offboard(json!({"mails": ["jan@acme.test"]})).await;
    assert!(is_completed(&story), "{:?}", story.status);
    office.runtime.run_until_idle().await.unwrap();
    let deletion = runs(&office, "offboarding-delete")[0].id.clone();
    (world, office, deletion)
}

fn is_there(world: &World) -> bool {
    let seen = world.seen();
    assert!(seen.contains_key(&("m365".to_owned(), "g-2".to_owned())), "somebody else's");
    seen.contains_key(&("m365".to_owned(), "g-1".to_owned()))
}

#[tokio::test]
async fn an_account_is_deleted_on_the_day_that_was_agreed_and_not_before() {
    let (world, office, deletion) = closed().await;
    office.later(24 * 90 - 1);
    office.runtime.run_until_idle().await.unwrap();
    assert!(office.runtime.approvals(&tenant()).unwrap().is_empty() && is_there(&world));
    office.later(2);
    office.runtime.run_until_idle().await.unwrap();
    let asked = office.runtime.approvals(&tenant()).unwrap();
    assert_eq!((asked.len(), asked[0].run.as_str()), (1, deletion.as_str()));
    assert!(is_there(&world), "nobody said yes");
    office.settle(&deletion).await;
    assert_eq!(office.runtime.status(&tenant(), &deletion).unwrap(), RunStatus::Completed);
    assert!(!is_there(&world));
}

#[tokio::test]
async fn who_came_back_or_leaves_again_meanwhile_keeps_the_account() {
    for leaves_again in [false, true] {
        let (world, office, deletion) = closed().await;
        office.later(24 * 60);
        let key = ("m365".to_owned(), "g-1".to_owned());
        world.accounts.lock().unwrap().get_mut(&key).unwrap().enabled = true;
        if leaves_again {
            office.offboard(json!({"mails": ["jan@acme.test"]})).await;
            office.runtime.run_until_idle().await.unwrap();
            let status = office.runtime.status(&tenant(), &deletion).unwrap();
            assert_eq!(status, RunStatus::Completed, "another run waits for the second time");
            assert_eq!(runs(&office, "offboarding-delete").len(), 2);
        }
        office.later(24 * 31);
        office.runtime.run_until_idle().await.unwrap();
        let status = office.runtime.status(&tenant(), &deletion).unwrap();
        assert_eq!(status, RunStatus::Completed);
        assert!(is_there(&world));
        let asked = office.runtime.approvals(&tenant()).unwrap();
        assert!(asked.iter().all(|asked| asked.run != deletion), "{asked:?}");
    }
}

#[tokio::test]
async fn an_account_that_could_not_be_deleted_is_told() {
    use Mishap::{AnswerLost, NoEffect, Refused, RequestLost, Throttled};
    for mishap in [Refused, AnswerLost, RequestLost, NoEffect, Throttled] {
        for often in [Often::Once, Often::Always] {
            let (world, office, deletion) = closed().await;
            world.goes_wrong("graph.delete-user", mishap, often);
            office.settle(&deletion).await;
            let status = office.runtime.status(&tenant(), &deletion).unwrap();
            let passes = often == Often::Once && !matches!(mishap, Refused | NoEffect);
            assert_eq!(status == RunStatus::Completed, passes, "{mishap:?} {often:?}: {status:?}");
            assert!(status != RunStatus::Completed || !is_there(&world), "{mishap:?} {often:?}");
        }
    }
}
