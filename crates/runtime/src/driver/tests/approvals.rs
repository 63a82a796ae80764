//! Approvals: the plan that was approved is done, any other is asked again, and whoever answers
//! wrongly changes nothing but the audit trail.

use kompel_connect::ErrorKind;
use kompel_engine::act::AskReason;
use kompel_model::TenantId;
use serde_json::{Value, json};

use super::{
    bench::{Bench, answer, call},
    peer::Mishap,
};
use crate::{Outcome, Proof, RunStatus, Waiting};

fn asking(with: Value) -> Value {
    json!([
        {"ask": {"call": "approval.ask", "with": with}},
        call("one", "peer.keyed", "a", 1),
        call("tell", "peer.tell", "t", 9),
        call("two", "peer.never", "b", 2),
    ])
}

fn two_of_security() -> Value {
    json!({"who": {"role": "security"}, "count": 2, "within": "PT4H", "question": "Open the port?"})
}

#[tokio::test]
async fn what_was_approved_is_done_and_nothing_before_enough_people_said_so() {
    let bench = Bench::new();
    let (runtime, run, status) = bench_asking(&bench, two_of_security()).await;
    let RunStatus::Waiting { on } = status else { panic!("{status:?}") };
    assert!(matches!(&on[0], Waiting::Approval { people, .. } if people == &["an", "bo"]));
    let tenant = TenantId::default();
    let invitation = bench.mail.0.lock().unwrap()[0].clone();
    let plan = invitation.plan.unwrap();
    assert_eq!(plan.steps.len(), 3);
    let approval = bench.approval();
    let yes = |who: &str| runtime.approve(&tenant, &approval, answer(who, &bench.code(who)));
    assert_eq!(yes("an").await.unwrap(), Outcome::Taken);
    runtime.run_until_idle().await.unwrap();
    assert_eq!(bench.peer.count("do "), 0);
    assert_eq!(yes("bo").await.unwrap(), Outcome::Taken);
    bench.settle(&runtime).await;
    assert_eq!(runtime.status(&tenant, &run).unwrap(), RunStatus::Completed);
    assert_eq!(bench.mail.0.lock().unwrap().len(), 2, "nobody is asked twice");
    let story = runtime.show(&tenant, &run).unwrap();
    let under: Vec<_> = story.steps.iter().map(|step| step.approval.is_some()).collect();
    assert_eq!(under, [false, true, false, true], "a notice needs none");
}

/// Drives until the approval is asked; the clock stands still.
async fn bench_asking(bench: &Bench, with: Value) -> (crate::Runtime, String, RunStatus) {
    let runtime = bench.open();
    let run = bench.start(&runtime, &asking(with)).await;
    runtime.run_until_idle().await.unwrap();
    let status = runtime.status(&TenantId::default(), &run).unwrap();
    (runtime, run, status)
}

#[tokio::test]
async fn a_wrong_answer_changes_nothing_and_is_on_record() {
    let tenant = TenantId::default();
    for (name, says) in [
        ("wrong person", "not asked"),
        ("self-approval", "own request"),
        ("forged code", "code"),
        ("another's code", "code"),
        ("no login of theirs", "code"),
        ("second use", "already"),
        ("other plan", "another plan"),
        ("too little of the plan's hash", "another plan"),
        ("too late", "too late"),
    ] {
        let bench = Bench::new();
        let (runtime, run, _) = bench_asking(&bench, two_of_security()).await;
        let approval = bench.approval();
        let mut given = answer("an", &bench.code("an"));
        match name {
            "wrong person" => given.who = "mia".to_owned(),
            "self-approval" => given.who = "rik".to_owned(),
            "forged code" => given.proof = Proof::Code("0000-0000-0000-0000".to_owned()),
            "another's code" => given.proof = Proof::Code(bench.code("bo")),
            "no login of theirs" => given.proof = Proof::Login("bo-login".to_owned()),
            "second use" => {
                let first = runtime.approve(&tenant, &approval, given.clone()).await.unwrap();
                assert_eq!(first, Outcome::Taken);
            }
            "other plan" => given.plan_hash = Some("0".repeat(64)),
            "too little of the plan's hash" => given.plan_hash = Some(String::new()),
            "too late" => bench.later(4 * 3600 + 1),
            other => panic!("{other}"),
        }
        let before = runtime.show(&tenant, &run).unwrap().steps[0].approvals[0].answers.clone();
        let outcome = runtime.approve(&tenant, &approval, given).await.unwrap();
        let Outcome::Refused(why) = outcome else { panic!("{name}: {outcome:?}") };
        assert!(why.contains(says), "{name}: {why}");
        let after = runtime.show(&tenant, &run).unwrap().steps[0].approvals[0].answers.clone();
        assert_eq!(before, after, "{name}");
        assert_eq!(bench.peer.count("do "), 0, "{name}");
        assert_eq!(bench.audited("approval.refused-answer").len(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_login_of_the_person_proves_them_without_a_code() {
    let bench = Bench::new();
    let with = json!({"who": {"managerOf": "rik"}});
    let (runtime, run, _) = bench_asking(&bench, with).await;
    let mut given = answer("mia", "");
    given.proof = Proof::Login("mia-login".to_owned());
    let tenant = TenantId::default();
    // The beginning of the hash, as people copy it, says which plan they saw.
    let asked = runtime.show(&tenant, &run).unwrap().steps[0].approvals[0].ask.plan_hash.clone();
    given.plan_hash = asked.as_str().get(..12).map(str::to_owned);
    assert_eq!(runtime.approve(&tenant, &bench.approval(), given).await.unwrap(), Outcome::Taken);
    bench.settle(&runtime).await;
    assert_eq!(runtime.status(&tenant, &run).unwrap(), RunStatus::Completed);
}

#[tokio::test]
async fn a_no_ends_the_run_as_rejected_and_nothing_is_done() {
    let bench = Bench::new();
    let (runtime, run, _) = bench_asking(&bench, two_of_security()).await;
    let tenant = TenantId::default();
    let mut no = answer("bo", &bench.code("bo"));
    no.why = "not this week".to_owned();
    assert_eq!(runtime.reject(&tenant, &bench.approval(), no).await.unwrap(), Outcome::Taken);
    bench.settle(&runtime).await;
    let status = runtime.status(&tenant, &run).unwrap();
    let RunStatus::Rejected { because, done } = status else { panic!("{status:?}") };
    assert_eq!((because.as_str(), done.len()), ("bo: not this week", 0));
    let late = runtime.approve(&tenant, &bench.approval(), answer("an", &bench.code("an"))).await;
    assert!(matches!(late.unwrap(), Outcome::Refused(_)));
    assert_eq!(bench.peer.count("do "), 0);
}

#[tokio::test]
async fn whoever_does_not_answer_is_passed_over_and_in_the_end_nobody_has_answered() {
    let bench = Bench::new();
    let with = json!({"who": {"people": ["an"]}, "within": "PT4H",
        "escalate": [{"after": "PT2H", "to": {"people": ["mia"]}}]});
    let (runtime, run, _) = bench_asking(&bench, with.clone()).await;
    bench.later(2 * 3600);
    runtime.run_until_idle().await.unwrap();
    let asked: Vec<_> = bench.mail.0.lock().unwrap().iter().map(|m| m.person.clone()).collect();
    assert_eq!(asked, ["an", "mia"]);
    let tenant = TenantId::default();
    bench.settle(&runtime).await;
    let RunStatus::Failed { fault, .. } = runtime.status(&tenant, &run).unwrap() else { panic!() };
    assert!(fault.kind.ends_with("/no-answer"), "{fault:?}");
    drop(runtime);
    let bench = Bench::new();
    let (runtime, run, _) = bench_asking(&bench, with).await;
    bench.later(2 * 3600);
    runtime.run_until_idle().await.unwrap();
    let yes = answer("mia", &bench.code("mia"));
    runtime.approve(&tenant, &bench.approval(), yes).await.unwrap();
    bench.settle(&runtime).await;
    assert_eq!(runtime.status(&tenant, &run).unwrap(), RunStatus::Completed);
}

#[tokio::test]
async fn a_plan_that_changed_is_asked_again_before_anything_of_it_is_done() {
    let bench = Bench::new();
    let with = json!({"who": {"people": ["an"]}, "within": "PT4H"});
    let (runtime, run, _) = bench_asking(&bench, with).await;
    let first = bench.approval();
    // What would be changed is no longer what the people saw.
    bench.peer.set("b", json!(77));
    let tenant = TenantId::default();
    runtime.approve(&tenant, &first, answer("an", &bench.code("an"))).await.unwrap();
    runtime.run_until_idle().await.unwrap();
    assert_eq!((bench.peer.object("a"), bench.peer.object("b")), (json!(1), json!(77)));
    let again = bench.mail.0.lock().unwrap().last().cloned().unwrap();
    assert_ne!(again.approval, first);
    assert_eq!(again.reason, AskReason::PlanChanged);
    assert_eq!(again.plan.unwrap().steps[0].plan.changes[0].from, json!(77));
    let old = runtime.approve(&tenant, &first, answer("an", &bench.code("an"))).await.unwrap();
    assert!(matches!(old, Outcome::Refused(_)), "the first is over");
    let yes = answer("an", &bench.code("an"));
    assert_eq!(runtime.approve(&tenant, &again.approval, yes).await.unwrap(), Outcome::Taken);
    bench.settle(&runtime).await;
    assert_eq!(runtime.status(&tenant, &run).unwrap(), RunStatus::Completed);
    assert_eq!(bench.peer.object("b"), json!(2));
}

#[tokio::test]
async fn who_approves_is_told_which_write_is_not_in_the_plan() {
    let bench = Bench::new();
    bench.peer.goes_wrong("plan b", &[Mishap::Refuse(ErrorKind::Invalid)]);
    bench_asking(&bench, json!({"who": {"people": ["an"]}, "within": "PT4H"})).await;
    let plan = bench.mail.0.lock().unwrap()[0].plan.clone().unwrap();
    let remark = &plan.remarks[0];
    assert!(remark.contains("is not planned, peer.never refuses: refused by the test"), "{remark}");
}

#[tokio::test]
async fn who_cannot_be_asked_is_said_and_the_requester_never_counts() {
    for (with, says) in [
        (json!({"who": {"people": ["rik"]}}), "requester never counts"),
        (json!({"who": {"people": ["an"]}, "count": 2}), "only 1 can be asked"),
        (json!({"who": {"role": "boss"}}), "nobody has the role"),
        (json!({"who": {"people": ["an"]}, "within": "soon"}), "ISO 8601"),
        (json!({"who": {"people": ["an"]}, "whom": 1}), "approval.ask"),
    ] {
        let bench = Bench::new();
        let (_runtime, _, status) = bench_asking(&bench, with.clone()).await;
        let RunStatus::Failed { fault, .. } = status else { panic!("{with}: {status:?}") };
        assert!(fault.detail.as_ref().unwrap().contains(says), "{with}: {fault:?}");
        assert_eq!(bench.peer.count("do "), 0);
    }
}

#[tokio::test]
async fn an_invitation_that_a_crash_swallowed_is_sent_again_with_a_new_code() {
    let bench = Bench::new();
    let runtime = bench.open();
    let run = bench.start(&runtime, &asking(json!({"who": {"people": ["an"]}}))).await;
    let tenant = TenantId::default();
    let mut commits = 2;
    drop(runtime);
    loop {
        let runtime = bench.open();
        runtime.world.journal.stop_after(commits);
        let _ = runtime.run_until_idle().await;
        let mailed = bench.mail.0.lock().unwrap().len();
        drop(runtime);
        if mailed > 0 {
            break;
        }
        commits += 1;
        assert!(commits < 50);
    }
    let old = bench.code("an");
    let runtime = bench.open();
    runtime.run_until_idle().await.unwrap();
    let new = bench.code("an");
    let approval = bench.approval();
    if old != new {
        let stale = runtime.approve(&tenant, &approval, answer("an", &old)).await.unwrap();
        assert!(matches!(stale, Outcome::Refused(_)));
    }
    runtime.approve(&tenant, &approval, answer("an", &new)).await.unwrap();
    bench.settle(&runtime).await;
    assert_eq!(runtime.status(&tenant, &run).unwrap(), RunStatus::Completed);
    // Codes are nowhere on disk.
    for entry in std::fs::read_dir(bench.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(new.len()).any(|window| window == new.as_bytes()));
    }
}
