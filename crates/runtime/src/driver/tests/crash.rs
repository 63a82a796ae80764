//! The program dies after every commit of a run's journal and is started again.

use kompel_engine::{CallId, act::Decision};
use kompel_model::TenantId;
use serde_json::{Value, json};

use super::bench::{Bench, call};
use crate::{JournalError, NoAudit, RunStatus, journal::Journal};

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
            let decision =
                if done { Decision::Done { output: None } } else { Decision::NotDone };
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
    let (run, _) = until_it_dies(&bench, 6).await;
    let path = bench.folder.path().join("kompel.db-wal");
    let whole = std::fs::read(&path).unwrap();
    let entries = || {
        let journal = Journal::open(&bench.folder.path().join("copy.db"), std::sync::Arc::new(NoAudit));
        let reader = journal.unwrap().reader().unwrap();
        reader.entries(&crate::RunKey::new(&TenantId::default(), &run))
    };
    let mut counts = Vec::new();
    for cut in (0..=whole.len()).rev().step_by(whole.len() / 12) {
        for (name, bytes) in [
            ("copy.db", std::fs::read(bench.folder.path().join("kompel.db")).unwrap()),
            ("copy.db-wal", whole[..cut].to_vec()),
        ] {
            std::fs::write(bench.folder.path().join(name), bytes).unwrap();
        }
        let _ = std::fs::remove_file(bench.folder.path().join("copy.db-shm"));
        match entries() {
            Ok(entries) => {
                assert!((0..).zip(&entries).all(|(seq, entry)| entry.seq == seq), "cut at {cut}");
                counts.push(entries.len());
            }
            Err(JournalError::NoRun(_)) => counts.push(0),
            Err(error) => panic!("cut at {cut}: {error}"),
        }
        let _ = std::fs::remove_file(bench.folder.path().join("copy.db-wal"));
    }
    assert!(counts[0] > 3 && counts.is_sorted_by(|a, b| a >= b), "{counts:?}");
}

#[tokio::test]
async fn a_full_or_read_only_disk_stops_the_run_before_anything_is_done() {
    let bench = Bench::new();
    let runtime = bench.open();
    let run = bench.start(&runtime, &json!([call("one", "peer.never", "a", 1)])).await;
    // SQLite's own limit stands for the disk: it refuses with the same error.
    let shrink = |pages: u32| {
        let journal = runtime.world.journal.clone();
        async move {
            journal
                .write(move |transaction, _| {
                    let used: u32 = transaction.pragma_query_value(None, "page_count", |r| r.get(0))?;
                    transaction.pragma_update(None, "max_page_count", used + pages)?;
                    transaction.execute_batch(
                        "CREATE TABLE IF NOT EXISTS ballast (body TEXT)")?;
                    Ok(())
                })
                .await
                .unwrap();
            let filled = journal.write(|transaction, _| {
                transaction.execute(
                    "INSERT INTO ballast VALUES (hex(zeroblob(40000000)))", [])?;
                Ok(())
            });
            assert!(matches!(filled.await, Err(JournalError::Full(_))));
        }
    };
    shrink(0).await;
    let fill = |bytes: u32| {
        let journal = runtime.world.journal.clone();
        async move {
            journal
                .write(move |transaction, _| {
                    transaction.execute("INSERT INTO ballast VALUES (hex(zeroblob(?1)))", [bytes])?;
                    Ok(())
                })
                .await
                .is_ok()
        }
    };
    while fill(500).await {}
    runtime.run_until_idle().await.unwrap();
    assert_eq!(bench.peer.count("do "), 0, "nothing is done without its entry");
    assert_eq!(runtime.troubles().await.len(), 1);
    runtime
        .world
        .journal
        .write(|transaction, _| Ok(transaction.pragma_update(None, "max_page_count", 1_000_000)?))
        .await
        .unwrap();
    bench.settle(&runtime).await;
    assert_eq!(runtime.status(&TenantId::default(), &run).unwrap(), RunStatus::Completed);
    assert_eq!(bench.peer.count("do "), 1);
}
