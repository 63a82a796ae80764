//! Single runs: done once, verified, asked about, taken back.

use kompel_connect::ErrorKind;
use kompel_engine::{CallId, act::Decision};
use kompel_model::TenantId;
use serde_json::{Value, json};

use super::{
    bench::{Bench, call, work},
    peer::Mishap,
};
use crate::{RunStatus, Waiting};

const WRITES: [&str; 4] = ["peer.natural", "peer.keyed", "peer.look", "peer.never"];

#[tokio::test]
async fn a_run_of_reads_and_writes_completes_with_every_write_done_once_and_verified() {
    let bench = Bench::new();
    let tasks = json!([
        call("look", "peer.read", "a", 0),
        call("one", "peer.natural", "a", 1),
        call("two", "peer.keyed", "b", 2),
        call("three", "peer.look", "c", 3),
        call("four", "peer.never", "d", 4),
        call("five", "peer.final", "e", 5),
        call("six", "peer.tell", "f", 6),
    ]);
    let (runtime, run, status) = bench.run(&tasks).await;
    assert_eq!(status, RunStatus::Completed);
    assert_eq!((bench.peer.count("do "), bench.peer.count("verify ")), (6, 6));
    assert_eq!(bench.peer.most_done(), 1);
    let story = runtime.show(&TenantId::default(), &run).unwrap();
    assert_eq!(story.steps.len(), 7);
    assert!(story.steps[1..].iter().all(|step| step.verified && step.attempts == 1));
    assert!(story.ended.is_some());
    assert_eq!(bench.audited("run.started").len(), 1);
    assert_eq!(bench.audited("run.ended").len(), 1);
    assert_eq!(bench.audited("act.attempting").len(), 6);
}

#[tokio::test]
async fn what_is_already_so_is_not_done_again_but_verified() {
    let bench = Bench::new();
    bench.peer.set("a", json!(1));
    let (_runtime, _, status) = bench.run(&json!([call("one", "peer.never", "a", 1)])).await;
    assert_eq!(status, RunStatus::Completed);
    assert_eq!((bench.peer.count("do "), bench.peer.count("verify ")), (0, 1));
}

/// Each mishap with each repeat rule: never done twice, never forgotten.
#[tokio::test]
async fn whatever_goes_wrong_nothing_is_done_twice_and_nothing_forgotten() {
    use Mishap::{CannotTell, Differ, LoseAnswer, LoseRequest, NotYet, Panic, Refuse, RefuseFor};
    for action in WRITES {
        let unknown = match action {
            "peer.never" => "waiting",
            _ => "completed",
        };
        for (what, mishaps, ends) in [
            ("plan a", vec![Refuse(ErrorKind::Unreachable)], "completed"),
            ("plan a", vec![Refuse(ErrorKind::Denied)], "failed"),
            ("do a", vec![Refuse(ErrorKind::Unreachable); 3], "completed"),
            ("do a", vec![Refuse(ErrorKind::Unexpected); 9], "failed"),
            ("do a", vec![Refuse(ErrorKind::Conflict)], "failed"),
            ("do a", vec![RefuseFor(90)], "completed"),
            ("do a", vec![LoseAnswer], unknown),
            ("do a", vec![LoseRequest], unknown),
            ("do a", vec![Panic], unknown),
            ("do a", vec![LoseRequest; 9], "waiting"),
            ("verify a", vec![NotYet(30), NotYet(30)], "completed"),
            ("verify a", vec![Refuse(ErrorKind::Unreachable)], "completed"),
            ("verify a", vec![Differ], "failed"),
        ] {
            let bench = Bench::new();
            bench.peer.goes_wrong(what, &mishaps);
            let (_runtime, _, status) = bench.run(&json!([call("one", action, "a", 1)])).await;
            assert_eq!(status.word(), ends, "{action}: {what} {mishaps:?}: {status:?}");
            let done = bench.peer.most_done();
            if action != "peer.natural" {
                assert!(done <= 1, "{action}: {what} {mishaps:?}: done {done} times");
            }
            if ends == "completed" {
                assert_eq!(bench.peer.object("a"), json!(1), "{action}: {what}");
            }
        }
    }
    let bench = Bench::new();
    bench.peer.goes_wrong("do a", &[LoseAnswer]);
    bench.peer.goes_wrong("look a", &[CannotTell]);
    let (_runtime, _, status) = bench.run(&json!([call("one", "peer.look", "a", 1)])).await;
    assert_eq!(status.word(), "waiting");
}

#[tokio::test]
async fn a_peer_that_names_a_time_is_not_asked_before_it() {
    let bench = Bench::new();
    bench.peer.goes_wrong("do a", &[Mishap::RefuseFor(3_600)]);
    let runtime = bench.open();
    bench.start(&runtime, &json!([call("one", "peer.keyed", "a", 1)])).await;
    let next = runtime.run_until_idle().await.unwrap().unwrap();
    assert_eq!((next - super::bench::start_of_tests()).num_seconds(), 3_600);
    bench.later(3_599);
    runtime.run_until_idle().await.unwrap();
    assert_eq!(bench.peer.count("do "), 1);
    bench.later(1);
    runtime.run_until_idle().await.unwrap();
    assert_eq!(bench.peer.count("do "), 2);
}

#[tokio::test]
async fn a_person_says_what_became_of_an_attempt_that_nobody_can_tell_of() {
    let done = Decision::Done { output: None };
    for (mishap, decision, ends, times) in [
        (Mishap::LoseAnswer, done, "completed", 1),
        (Mishap::LoseRequest, Decision::NotDone, "completed", 1),
        (Mishap::LoseAnswer, Decision::GiveUp, "failed", 1),
    ] {
        let bench = Bench::new();
        bench.peer.goes_wrong("do a", &[mishap]);
        let (runtime, run, status) = bench.run(&json!([call("one", "peer.never", "a", 1)])).await;
        let RunStatus::Waiting { on } = &status else { panic!("{status:?}") };
        assert!(matches!(on[..], [Waiting::Decision { .. }]), "{on:?}");
        let tenant = TenantId::default();
        let question = runtime.questions(&tenant).unwrap().remove(0);
        assert_eq!(question.run, run);
        let call = (CallId(question.call), None);
        let told =
            runtime.decide_open_call((&tenant, &run), call, "an", decision.clone(), "saw it");
        assert_eq!(told.await.unwrap(), crate::Outcome::Taken);
        bench.settle(&runtime).await;
        assert_eq!(runtime.status(&tenant, &run).unwrap().word(), ends, "{decision:?}");
        assert_eq!(bench.peer.most_done(), times);
        assert!(runtime.questions(&tenant).unwrap().is_empty());
        let again = runtime.decide_open_call((&tenant, &run), call, "an", decision, "again");
        assert!(matches!(again.await.unwrap(), crate::Outcome::Refused(_)));
    }
}

fn undone_when(fails: Value) -> Value {
    json!([{"all": {
        "try": [
            call("one", "peer.natural", "a", 1),
            call("two", "peer.look", "b", 2),
            call("three", "peer.final", "c", 3),
            fails,
        ],
        "catch": {"do": [{"back": {"call": "undo.all", "with": {}}}]},
    }}])
}

#[tokio::test]
async fn undo_takes_back_the_last_write_first_and_says_what_remains() {
    let bench = Bench::new();
    bench.peer.set("a", json!(7));
    bench.peer.goes_wrong("do d", &[Mishap::Refuse(ErrorKind::Denied)]);
    let tasks = undone_when(call("four", "peer.never", "d", 4));
    let (runtime, run, status) = bench.run(&tasks).await;
    let undone: Vec<_> = bench
        .peer
        .asked
        .lock()
        .unwrap()
        .iter()
        .filter(|asked| asked.starts_with("do peer.restore"))
        .cloned()
        .collect();
    assert_eq!(undone, ["do peer.restore b", "do peer.restore a"]);
    assert_eq!((bench.peer.object("a"), bench.peer.object("c")), (json!(7), json!(3)));
    // The fourth was to be done and was not: that stays open though it was caught.
    let RunStatus::Incomplete { open } = status else { panic!("{status:?}") };
    assert_eq!(open.len(), 1, "{open:?}");
    let story = runtime.show(&TenantId::default(), &run).unwrap();
    assert_eq!(story.steps.iter().filter(|step| step.undone).count(), 2);
}

#[tokio::test]
async fn what_was_done_but_is_not_as_promised_is_taken_back_too() {
    let bench = Bench::new();
    bench.peer.goes_wrong("verify d", &[Mishap::Differ]);
    let (_runtime, _, status) = bench.run(&undone_when(call("four", "peer.keyed", "d", 4))).await;
    assert_eq!(bench.peer.object("d"), Value::Null);
    assert_eq!(status, RunStatus::Completed, "everything is taken back or verified");
}

#[tokio::test]
async fn an_undo_that_fails_leaves_the_run_incomplete_or_failed_and_is_named() {
    let bench = Bench::new();
    bench.peer.goes_wrong("do d", &[Mishap::Refuse(ErrorKind::Denied)]);
    bench.peer.goes_wrong("plan a", &[]);
    bench.peer.goes_wrong("verify b", &[Mishap::Differ, Mishap::Differ]);
    let tasks = json!([{"all": {
        "try": [call("two", "peer.natural", "a", 2), call("four", "peer.never", "d", 4)],
        "catch": {"do": [{"back": {"call": "undo.step", "with": {"step": "two"}}}]},
    }}]);
    bench.peer.goes_wrong("verify a", &[]);
    let runtime = bench.open();
    let run = bench.start(&runtime, &tasks).await;
    // The undo is the second `do` on `a`.
    bench.peer.goes_wrong("do a", &[Mishap::RefuseFor(1), Mishap::LoseAnswer]);
    bench.settle(&runtime).await;
    let status = runtime.status(&TenantId::default(), &run).unwrap();
    assert!(status.is_ended(), "{status:?}");
    assert_eq!(bench.peer.object("a"), Value::Null);
}

#[tokio::test]
async fn a_call_without_its_connection_says_what_to_write() {
    let bench = Bench::new();
    let tasks = json!([
        {"one": {"call": "peer.read", "with": {"connection": "other", "object": "a"}}},
    ]);
    let (_runtime, _, status) = bench.run(&tasks).await;
    let RunStatus::Failed { fault, .. } = status else { panic!("{status:?}") };
    assert!(fault.kind.ends_with("/configuration"), "{}", fault.kind);
    assert!(fault.detail.unwrap().contains("[tenant.default.connection.other]"));
}

#[tokio::test]
async fn an_input_that_does_not_fit_never_reaches_the_peer() {
    let bench = Bench::new();
    let tasks = json!([{"one": {"call": "peer.never", "with": {"to": 1}}}]);
    let (_runtime, _, status) = bench.run(&tasks).await;
    assert_eq!(status.word(), "failed");
    assert!(bench.peer.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_cancelled_run_says_what_was_done_and_sends_nothing_more() {
    let bench = Bench::new();
    let tasks = json!([
        call("one", "peer.keyed", "a", 1),
        {"rest": {"wait": {"seconds": 3600}}},
        call("two", "peer.keyed", "b", 2),
    ]);
    let runtime = bench.open();
    let run = bench.start(&runtime, &tasks).await;
    runtime.run_until_idle().await.unwrap();
    let tenant = TenantId::default();
    runtime.cancel(&tenant, &run, "an", "wrong client").await.unwrap();
    bench.settle(&runtime).await;
    let status = runtime.status(&tenant, &run).unwrap();
    let RunStatus::Cancelled { by, done, .. } = status else { panic!("{status:?}") };
    assert_eq!((by.as_str(), done.len()), ("an", 1));
    assert_eq!(bench.peer.object("b"), Value::Null);
}

#[tokio::test]
async fn a_rehearsal_plans_everything_and_changes_nothing() {
    let bench = Bench::new();
    let runtime = bench.open();
    let tasks = json!([
        call("zero", "peer.read", "a", 0),
        call("one", "peer.natural", "a", 1),
        {"rest": {"wait": {"seconds": 86400}}},
        {"ask": {"call": "approval.ask", "with": {"who": {"people": ["an"]}}}},
        call("two", "peer.never", "b", 2),
    ]);
    let plan = runtime.rehearse(work(&tasks)).await.unwrap();
    assert!(plan.whole);
    let steps: Vec<_> = plan.steps.iter().map(|step| step.action.as_str()).collect();
    assert_eq!(steps, ["peer.natural", "peer.never"]);
    assert_eq!((bench.peer.count("do "), bench.peer.count("read ")), (0, 1));
    assert!(bench.peer.done.lock().unwrap().is_empty());
    assert!(runtime.runs(&TenantId::default(), 10).unwrap().is_empty());
    assert!(bench.mail.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_run_in_a_run_ends_before_it_and_gives_its_output() {
    let bench = Bench::new();
    bench
        .library
        .0
        .lock()
        .unwrap()
        .insert("inner".to_owned(), json!([call("deep", "peer.keyed", "a", 1)]));
    let inner = |name: &str| {
        json!({"inner": {"run": {"workflow": {
        "namespace": "test", "name": name, "version": "latest"}}}})
    };
    let (runtime, run, status) =
        bench.run(&json!([inner("inner"), call("after", "peer.keyed", "b", 2)])).await;
    assert_eq!(status, RunStatus::Completed);
    let asked = bench.peer.asked.lock().unwrap().join("\n");
    assert!(asked.find("do peer.keyed a") < asked.find("do peer.keyed b"), "{asked}");
    let story = runtime.show(&TenantId::default(), &run).unwrap();
    assert_eq!(story.children.len(), 1);
    drop(runtime);
    let (_runtime, _, status) = bench.run(&json!([inner("nowhere")])).await;
    assert_eq!(status.word(), "failed");
}

#[tokio::test]
async fn a_run_leaves_an_audit_trail_that_holds_and_names_no_secret() {
    use kompel_model::Secret;

    use crate::{Runtime, Store, TrailSink, secrets::Scrubber};
    let bench = Bench::new();
    let mut parts = bench.parts();
    let secret = Secret::new("hunter2-hunter2".to_owned());
    parts.audit = std::sync::Arc::new(TrailSink::new(Scrubber::new([&secret])));
    let runtime = Runtime::open(parts).unwrap();
    let tasks = json!([
        call("one", "peer.keyed", "a", 1),
        {"rest": {"wait": {"seconds": 3600}}},
    ]);
    let run = bench.start(&runtime, &tasks).await;
    runtime.run_until_idle().await.unwrap();
    let tenant = TenantId::default();
    runtime.cancel(&tenant, &run, "an", "it was hunter2-hunter2").await.unwrap();
    drop(runtime);
    let mut store = Store::open(&bench.folder.path().join("kompel.db")).unwrap();
    let entries = store.tenant(tenant).audit_entries(100).unwrap();
    let told = format!("{entries:?}");
    for kind in ["run.started", "act.attempting", "act.answered", "act.verified", "run.ended"] {
        assert!(told.contains(kind), "{kind}: {told}");
    }
    assert!(!told.contains("hunter2"), "{told}");
}
