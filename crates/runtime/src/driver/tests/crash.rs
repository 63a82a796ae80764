//! The program dies after every commit of a run's journal and is started again.

use kompel_engine::{CallId, act::Decision};
use kompel_model::TenantId;
use serde_json::{Value, json};

use super::bench::{Bench, call};
use crate::{JournalError, NoAudit, RunKey, RunStatus, journal::Journal};

fn tasks() -> Value {
    json!([
        call("zero", "peer.read", "a", 0),
        call("one", "peer.natural", "a", 1),
        call("two", "peer.keyed", "b", 2),
        call("three", "peer.look", "c", 3),
        {"rest": {"wait": {"seconds": 60}}},
        call("four", "peer.never", "d", 4),
        call("five", "peer.tell", "e", 5),
    ])
}

/// Drives until the journal stops; gives false if the run was over before.
async fn until_it_dies(bench: &Bench, commits: u64) -> (String, bool) {
    let runtime = bench.open();
    let run = bench.start(&runtime, &tasks()).await;
    runtime.world.journal.stop_after(commits);
    for _ in 0..20 {
        match runtime.run_until_idle().await {
            Ok(Some(next)) => bench.clock.advance_to(next),
            Ok(None) | Err(_) => break,
        }
    }
    let died = runtime.world.journal.counts().0 >= commits;
    (run, died)
}

#[tokio::test]
async fn killed_after_every_commit_no_run_is_lost_and_nothing_done_twice_or_forgotten() {
    let tenant = TenantId::default();
    let (mut commits, mut asked_people) = (1, 0);
    loop {
        let bench = Bench::new();
        let (run, died) = until_it_dies(&bench, commits).await;
        let runtime = bench.open();
        bench.settle(&runtime).await;
        // Only the write of which nobody can tell may need a person; the peer knows the truth.
        for question in runtime.questions(&tenant).unwrap() {
            assert_eq!(question.action, "peer.never", "after {commits} commits");
            asked_people += 1;
            let done = bench.peer.object("d") == json!(4);
            let decision = if done { Decision::Done { output: None } } else { Decision::NotDone };
            let call = (CallId(question.call), None);
            runtime.decide_open_call((&tenant, &run), call, "an", decision, "x").await.unwrap();
            bench.settle(&runtime).await;
        }
        let status = runtime.status(&tenant, &run).unwrap();
        assert_eq!(status, RunStatus::Completed, "after {commits} commits");
        for (object, value) in [("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5)] {
            assert_eq!(bench.peer.object(object), json!(value), "after {commits} commits");
        }
        for (key, times) in bench.peer.done.lock().unwrap().iter() {
            // The first is by nature repeatable; all others are done once.
            assert!(key.contains("one") || *times == 1, "{key}: {times} after {commits} commits");
        }
        if !died {
            break;
        }
        commits += 1;
    }
    assert!(commits > 15, "only {commits} commits: the run is too short to show anything");
    assert!(asked_people > 0, "no crash fell between the attempt and its answer");
}

#[tokio::test]
async fn a_journal_that_is_cut_off_loses_nothing_that_was_acknowledged() {
    let bench = Bench::new();
    let runtime = bench.open();
    let run = bench.start(&runtime, &tasks()).await;
    bench.settle(&runtime).await;
    let read = |name: &str| std::fs::read(bench.folder.path().join(name)).unwrap();
    let (whole, database) = (read("kompel.db-wal"), read("kompel.db"));
    let written = runtime.world.reader.entries(&RunKey::new(&TenantId::default(), &run));
    let written = written.unwrap().len();
    let mut counts = Vec::new();
    for cut in (0..=whole.len()).rev().step_by(whole.len() / 23) {
        // As after a power cut: the end of the file never reached the disk.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kompel.db");
        std::fs::write(&path, &database).unwrap();
        std::fs::write(folder.path().join("kompel.db-wal"), &whole[..cut]).unwrap();
        let journal = Journal::open(&path, std::sync::Arc::new(NoAudit)).unwrap();
        match journal.reader().unwrap().entries(&RunKey::new(&TenantId::default(), &run)) {
            Ok(entries) => {
                assert!((0..).zip(&entries).all(|(seq, entry)| entry.seq == seq), "cut at {cut}");
                counts.push(entries.len());
            }
            Err(JournalError::NoRun(_)) => counts.push(0),
            Err(error) => panic!("cut at {cut}: {error}"),
        }
    }
    assert_eq!(counts[0], written);
    assert!(counts.is_sorted_by(|a, b| a >= b), "{counts:?}");
}

#[tokio::test]
async fn a_full_or_read_only_disk_stops_the_run_before_anything_is_done() {
    let usual = 1_000_000;
    for (fault, pragma) in [("full", "max_page_count"), ("read-only", "query_only")] {
        let bench = Bench::new();
        let runtime = bench.open();
        let large = "x".repeat(40_000);
        let tasks = json!([
            {"one": {"call": "peer.never", "with": {"object": "a", "to": large}}},
        ]);
        let run = bench.start(&runtime, &tasks).await;
        let set = |value: Option<u32>| {
            runtime.world.journal.write(move |transaction, _| {
                let used: u32 = transaction.pragma_query_value(None, "page_count", |r| r.get(0))?;
                // SQLite's own limit stands for the disk: it refuses with the same error.
                let tight = if pragma == "query_only" { 1 } else { used };
                Ok(transaction.pragma_update(None, pragma, value.unwrap_or(tight))?)
            })
        };
        set(None).await.unwrap();
        runtime.run_until_idle().await.unwrap();
        assert_eq!(bench.peer.count("do "), 0, "{fault}: nothing is done without its entry");
        let troubles = runtime.troubles().await;
        assert_eq!(troubles.len(), 1, "{fault}");
        let runtime = if fault == "full" {
            set(Some(usual)).await.unwrap();
            runtime
        } else {
            drop(runtime);
            bench.open()
        };
        bench.settle(&runtime).await;
        let status = runtime.status(&TenantId::default(), &run).unwrap();
        assert_eq!(status, RunStatus::Completed, "{fault}");
        assert_eq!(bench.peer.count("do "), 1, "{fault}");
    }
}
