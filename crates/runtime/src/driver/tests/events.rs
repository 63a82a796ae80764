//! Events, schedules, tenants, fairness.

use kompel_model::TenantId;
use serde_json::json;

use super::{
    bench::{Bench, call, document, start_of_tests, work},
    peer::Mishap,
};
use crate::{EventOutcome, Limits, NewWork, Rule, RunStatus, Scheduled, Source, clock::Clock as _};

fn event(id: &str) -> serde_json::Value {
    json!({"specversion": "1.0", "source": "/desk", "id": id, "type": "ticket.closed"})
}

fn listening() -> serde_json::Value {
    json!([
        call("one", "peer.keyed", "a", 1),
        {"closed": {"listen": {"to": {"one": {"with": {"type": "ticket.closed"}}}}}},
        call("two", "peer.keyed", "b", 2),
    ])
}

#[tokio::test]
async fn an_event_wakes_who_waits_once_whenever_it_came() {
    for early in [true, false] {
        let bench = Bench::new();
        let tenant = TenantId::default();
        let runtime = bench.open();
        let run = bench.start(&runtime, &listening()).await;
        if !early {
            runtime.run_until_idle().await.unwrap();
            assert_eq!(runtime.status(&tenant, &run).unwrap().word(), "waiting");
        }
        let first = runtime.publish(&tenant, event("1")).await.unwrap();
        assert!(matches!(first, EventOutcome::New { .. }));
        assert_eq!(runtime.publish(&tenant, event("1")).await.unwrap(), EventOutcome::Known);
        bench.settle(&runtime).await;
        assert_eq!(runtime.status(&tenant, &run).unwrap(), RunStatus::Completed, "{early}");
    }
}

#[tokio::test]
async fn an_event_of_another_tenant_wakes_nobody() {
    let bench = Bench::new();
    let runtime = bench.open();
    let run = bench.start(&runtime, &listening()).await;
    runtime.run_until_idle().await.unwrap();
    let acme: TenantId = "acme".parse().unwrap();
    let outcome = runtime.publish(&acme, event("1")).await.unwrap();
    assert_eq!(outcome, EventOutcome::New { runs: vec![] });
    bench.settle(&runtime).await;
    let tenant = TenantId::default();
    assert_eq!(runtime.status(&tenant, &run).unwrap().word(), "waiting");
    // Nor does the other tenant see or touch the run.
    assert!(runtime.show(&acme, &run).is_err());
    assert!(runtime.cancel(&acme, &run, "an", "x").await.is_err());
    assert!(runtime.runs(&acme, 10).unwrap().is_empty());
}

#[tokio::test]
async fn an_event_that_a_run_emits_reaches_another_once() {
    let bench = Bench::new();
    let runtime = bench.open();
    let waits = bench.start(&runtime, &listening()).await;
    runtime.run_until_idle().await.unwrap();
    let tells = json!([{"tell": {"emit": {"event": {"with":
        {"source": "/kompel", "type": "ticket.closed"}}}}}]);
    bench.start(&runtime, &tells).await;
    bench.settle(&runtime).await;
    let status = runtime.status(&TenantId::default(), &waits).unwrap();
    assert_eq!(status, RunStatus::Completed);
}

fn scheduled(rule: Option<Rule>) -> Scheduled {
    let tasks = json!([call("one", "peer.tell", "a", 1)]);
    Scheduled {
        tenant: TenantId::default(),
        source: Source::new("test", "weekly", "1.0.0", document("weekly", &tasks)),
        rule,
        on: vec![json!({"type": "ticket.closed"}).as_object().cloned().unwrap()],
        requester: "schedule".to_owned(),
        grace: chrono::TimeDelta::hours(1),
    }
}

#[tokio::test]
async fn a_schedule_fires_on_time_makes_up_for_one_missed_time_and_records_the_rest() {
    let mut bench = Bench::new();
    let rule = Rule::cron("0 * * * *", chrono_tz::Europe::Brussels).unwrap();
    bench.schedules.add(scheduled(Some(rule)));
    let tenant = TenantId::default();
    let runtime = bench.open();
    let next = runtime.run_until_idle().await.unwrap().unwrap();
    assert_eq!((next - start_of_tests()).num_minutes(), 60);
    bench.clock.advance_to(next);
    runtime.run_until_idle().await.unwrap();
    assert_eq!(runtime.runs(&tenant, 10).unwrap().len(), 1);
    // Asked again at the same time: once.
    runtime.run_until_idle().await.unwrap();
    assert_eq!(runtime.runs(&tenant, 10).unwrap().len(), 1);
    drop(runtime);
    // Down for four and a half hours: 11:00 to 14:00 passed; 14:00 is made up for.
    bench.later(4 * 3600 + 1800);
    let runtime = bench.open();
    runtime.run_until_idle().await.unwrap();
    assert_eq!(runtime.runs(&tenant, 10).unwrap().len(), 2);
    let missed = runtime.missed(&tenant, start_of_tests()).unwrap();
    assert_eq!(missed.len(), 3);
    assert!(missed.iter().all(|one| one.playbook == "test/weekly"), "{missed:?}");
    assert_eq!(runtime.missed(&tenant, missed[0].at).unwrap(), missed[..1]);
    assert_eq!(runtime.missed(&"other".parse().unwrap(), start_of_tests()).unwrap(), []);
    let next = runtime.run_until_idle().await.unwrap().unwrap();
    assert!(next > bench.clock.now());
}

#[tokio::test]
async fn an_event_starts_the_playbooks_that_listen_for_it() {
    let mut bench = Bench::new();
    bench.schedules.add(scheduled(None));
    let tenant = TenantId::default();
    let runtime = bench.open();
    for (id, runs) in [("1", 1), ("1", 1), ("2", 2)] {
        runtime.publish(&tenant, event(id)).await.unwrap();
        bench.settle(&runtime).await;
        assert_eq!(runtime.runs(&tenant, 10).unwrap().len(), runs);
    }
}

#[tokio::test]
async fn an_event_that_a_run_emits_starts_the_playbooks_that_listen_for_it_once() {
    let mut bench = Bench::new();
    bench.schedules.add(scheduled(None));
    let tenant = TenantId::default();
    let runtime = bench.open();
    let tells = json!([{"tell": {"emit": {"event": {"with":
        {"source": "/desk", "id": "ticket-7", "type": "ticket.closed"}}}}}]);
    for runs in [2, 3] {
        bench.start(&runtime, &tells).await;
        bench.settle(&runtime).await;
        let all = runtime.runs(&tenant, 10).unwrap();
        assert_eq!(all.len(), runs, "the second to tell the same starts nothing");
        let started: Vec<_> = all.iter().filter(|run| run.name == "weekly").collect();
        assert_eq!(started.len(), 1);
        assert_eq!(runtime.status(&tenant, &started[0].id).unwrap(), RunStatus::Completed);
    }
    runtime.publish(&tenant, event("1")).await.unwrap();
    bench.settle(&runtime).await;
    let all = runtime.runs(&tenant, 10).unwrap();
    assert_eq!(all.iter().filter(|run| run.name == "weekly").count(), 2);
}

/// An event that asks for something to be done to this person.
fn about(id: &str, whom: &str) -> serde_json::Value {
    let mut event = event(id);
    event["data"] = json!({"whom": whom});
    event
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_is_asked_for_by_many_at_once_gets_one_run_and_the_others_become_notes_on_it() {
    let mut bench = Bench::new();
    let mut waits = scheduled(None);
    waits.source = Source::new("test", "weekly", "1.0.0", document("weekly", &listening()));
    bench.schedules.add(waits.clone());
    let tenant = TenantId::default();
    let open = [bench.open(), bench.open(), bench.open()].map(std::sync::Arc::new);
    let asked = (0..24).map(|at| {
        let (runtime, tenant) = (std::sync::Arc::clone(&open[at % 3]), tenant.clone());
        let source = waits.source.clone();
        let whom = if at < 12 { "jan" } else { "an" };
        let event = about(&format!("ticket-{at}"), whom);
        tokio::spawn(async move {
            if at % 2 == 0 {
                let EventOutcome::New { runs } = runtime.publish(&tenant, event).await.unwrap()
                else {
                    panic!("no event is known")
                };
                return (whom, runs[0].clone(), None);
            }
            let (requester, trigger) = ("els".to_owned(), "form".to_owned());
            let input = json!([event]);
            let work = NewWork { tenant, source, input, requester, trigger };
            let begun = runtime.start_once(work).await.unwrap();
            (whom, begun.run, Some(begun.new))
        })
    });
    let asked: Vec<_> = futures::future::join_all(asked.collect::<Vec<_>>())
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let runs = open[0].runs(&tenant, 99).unwrap();
    assert_eq!(runs.len(), 2, "one for each person");
    for (whom, run, _) in &asked {
        let theirs = asked.iter().filter(|(other, ..)| other == whom);
        assert!(theirs.clone().all(|(_, other, _)| other == run), "{asked:?}");
        let new = theirs.filter(|(_, _, new)| *new == Some(true)).count();
        assert!(new <= 1, "{asked:?}");
    }
    let notes = bench.audited("run.asked-again");
    assert_eq!(notes.len(), 22);
    assert!(notes.iter().all(|note| runs.iter().any(|run| Some(&run.id) == note.run.as_ref())));
    let words = notes.iter().flat_map(|note| &note.texts).map(|(_, text)| text.as_str());
    assert!(words.clone().any(|text| text.contains("jan")), "what was asked is kept");

    // Once it has ended, who is asked for again gets a run again; the same event gets none.
    bench.settle(&open[0]).await;
    for (id, count) in [("late", 1), ("late", 0), ("later", 0)] {
        let before = open[0].runs(&tenant, 99).unwrap().len();
        open[0].publish(&tenant, about(id, "jan")).await.unwrap();
        assert_eq!(open[0].runs(&tenant, 99).unwrap().len(), before + count, "{id}");
    }
}

#[tokio::test]
async fn what_others_call_their_events_takes_nothing_from_what_a_run_emits() {
    let mut bench = Bench::new();
    bench.schedules.add(scheduled(None));
    let tenant = TenantId::default();
    let runtime = bench.open();
    let mut taken = event("ticket-7");
    for kind in ["other", "ticket.closed"] {
        taken["type"] = json!(kind);
        runtime.publish(&tenant, taken.clone()).await.unwrap();
    }
    let tells = json!([{"tell": {"emit": {"event": {"with":
        {"source": "/desk", "id": "ticket-7", "type": "ticket.closed"}}}}}]);
    bench.start(&runtime, &tells).await;
    bench.settle(&runtime).await;
    let all = runtime.runs(&tenant, 10).unwrap();
    assert_eq!(all.iter().filter(|run| run.name == "weekly").count(), 1);
    taken["type"] = json!("be.kompel.leaver.given-back");
    taken["id"] = json!("8");
    assert!(runtime.publish(&tenant, taken).await.is_err());
}

#[tokio::test]
async fn a_tenant_with_many_runs_does_not_hold_up_another() {
    let mut bench = Bench::new();
    bench.limits = Limits { runs: 2, runs_of_tenant: 1, ..Limits::default() };
    let runtime = bench.open();
    let tasks = json!([call("one", "peer.tell", "a", 1)]);
    for _ in 0..10 {
        bench.start(&runtime, &tasks).await;
    }
    // All ten are due before the one of the other tenant.
    bench.later(1);
    let acme: TenantId = "acme".parse().unwrap();
    let other = json!([call("one", "peer.tell", "acme", 1)]);
    let start = NewWork { tenant: acme.clone(), ..work(&other) };
    runtime.start(start).await.unwrap();
    bench.settle(&runtime).await;
    let asked = bench.peer.asked.lock().unwrap().clone();
    let place = asked.iter().position(|asked| asked == "do peer.tell acme").unwrap();
    let before = asked[..place].iter().filter(|asked| *asked == "do peer.tell a").count();
    assert!(before <= 3, "{before} of the other tenant's runs came first");
}

#[tokio::test]
async fn a_peer_that_never_answers_does_not_hold_up_the_run_for_ever() {
    let mut bench = Bench::new();
    bench.limits.answer_within = std::time::Duration::from_millis(20);
    bench.peer.goes_wrong("do a", &[Mishap::Hang]);
    let (_runtime, _, status) = bench.run(&json!([call("one", "peer.look", "a", 1)])).await;
    assert_eq!(status, RunStatus::Completed);
    assert_eq!((bench.peer.count("look "), bench.peer.count("do ")), (1, 2));
}

#[tokio::test]
async fn only_one_drives_and_others_say_what_they_want_through_the_database() {
    let bench = Bench::new();
    let driver = bench.open();
    let other = bench.open();
    assert!(driver.is_driver() && !other.is_driver());
    let run = bench.start(&other, &listening()).await;
    assert!(other.run_until_idle().await.is_err());
    driver.run_until_idle().await.unwrap();
    let tenant = TenantId::default();
    other.publish(&tenant, event("1")).await.unwrap();
    driver.run_until_idle().await.unwrap();
    assert_eq!(other.status(&tenant, &run).unwrap(), RunStatus::Completed);
}
