//! A day and a week later.

use std::sync::Arc;

use kompel_runtime::{RunRow, RunStatus};
use serde_json::json;

use super::{
    office::{Office, is_completed, tenant},
    world::{Account, World},
};

/// The runs of this playbook, the newest first.
pub(super) fn runs(office: &Office, name: &str) -> Vec<RunRow> {
    let all = office.runtime.runs(&tenant(), 100).unwrap();
    all.into_iter().filter(|run| run.name == name).collect()
}

#[tokio::test]
async fn an_account_that_came_back_leaves_the_recheck_incomplete_and_is_closed_again() {
    for (hours, comes_back) in [(24, true), (24 * 7, true), (24 * 7, false)] {
        let world = Arc::new(World::default());
        let jan = Account::new(0, "jan", "Jan Janssen", Some("jan@acme.test"));
        world.add("corp", "guid-1", jan);
        let office = Office::open(&world, &[("corp", "ad")], &[]);
        let story = office.offboard(json!({"mails": ["jan@acme.test"]})).await;
        assert!(is_completed(&story), "{:?}", story.status);
        office.runtime.run_until_idle().await.unwrap();
        let recheck = runs(&office, "offboarding-recheck")[0].id.clone();
        if hours > 24 {
            office.later(24);
            office.runtime.run_until_idle().await.unwrap();
            office.later(hours - 24 - 1);
        } else {
            office.later(hours - 1);
        }
        office.runtime.run_until_idle().await.unwrap();
        let status = office.runtime.status(&tenant(), &recheck).unwrap();
        assert!(!status.is_ended(), "{hours}: {status:?}");
        if comes_back {
            // As a directory sync does that knows nothing of the offboarding.
            for account in world.accounts.lock().unwrap().values_mut() {
                account.enabled = true;
            }
        }
        office.later(1);
        office.runtime.run_until_idle().await.unwrap();
        let status = office.runtime.status(&tenant(), &recheck).unwrap();
        if !comes_back {
            assert_eq!(status, RunStatus::Completed);
            assert_eq!(runs(&office, "offboarding").len(), 1);
            continue;
        }
        let RunStatus::Incomplete { open } = status else { panic!("{hours}: {status:?}") };
        assert!(open[0].because.contains("corp: jan can sign in"), "{open:?}");
        // Whose turn it is: an approver is asked, by the new offboarding.
        let newest = runs(&office, "offboarding")[0].id.clone();
        let asked = office.runtime.approvals(&tenant()).unwrap();
        assert_eq!(
            (asked[0].run.as_str(), asked[0].people.as_slice()),
            (newest.as_str(), &["xander".to_owned()][..])
        );
        office.settle(&newest).await;
        assert_eq!(office.runtime.status(&tenant(), &newest).unwrap(), RunStatus::Completed);
        assert_eq!(world.open_of(0), Vec::<String>::new());
    }
}
