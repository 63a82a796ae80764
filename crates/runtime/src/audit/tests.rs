//! The trail as an attacker with a hex editor meets it.

use std::io::BufReader;

use kompel_model::{TenantId, Timestamp};
use proptest::prelude::*;

use super::{note, *};
use crate::{Error, Store};

/// A trail in a store, with its key.
struct Bench {
    folder: tempfile::TempDir,
    store: Store,
    key: AuditKey,
}

fn at(second: u64) -> Timestamp {
    Timestamp::from_timestamp(1_770_000_000 + second.cast_signed(), 0).unwrap()
}

fn tenant(name: &str) -> TenantId {
    name.parse().unwrap()
}

fn event(number: u64) -> AuditEvent {
    AuditEvent::new("step.done", at(number))
        .by("Xander")
        .of_run("r-1")
        .detail("number", number)
        .text("why", format!("because of {number}"))
}

impl Bench {
    /// A trail of this many entries, by turns of `acme` and `globex`.
    fn new(entries: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("kompel.db")).unwrap();
        let mut bench = Self { folder, store, key: AuditKey::from_seed([5; 32]) };
        let transaction = bench.store.connection.transaction().unwrap();
        for number in 0..entries {
            let whose = tenant(if number % 3 == 1 { "globex" } else { "acme" });
            Trail::append(&transaction, &whose, &event(number)).unwrap();
        }
        transaction.commit().unwrap();
        bench
    }

    fn add(&mut self, whose: &str, number: u64) {
        self.store.tenant(tenant(whose)).audit(&event(number)).unwrap();
    }

    fn export(&mut self, whose: Option<&str>) -> Vec<u8> {
        let mut bytes = Vec::new();
        match whose {
            Some(name) => self.store.tenant(tenant(name)).export_audit(&self.key, &mut bytes),
            None => self.store.trail().export(&self.key, &mut bytes),
        }
        .unwrap();
        bytes
    }

    fn verify(&self, bytes: &[u8], kept: Option<&str>) -> Report {
        verify(&mut BufReader::new(bytes), self.key.verifier(), kept).unwrap()
    }

    fn checkpoint(&self) -> String {
        self.store.trail().checkpoint(&self.key, at(0)).unwrap()
    }

    fn troubles(&self, bytes: &[u8], kept: Option<&str>) -> Vec<Trouble> {
        self.verify(bytes, kept).problems.into_iter().map(|problem| problem.trouble).collect()
    }

    /// Runs SQL on the database as someone would who has the file and drops the triggers.
    fn tamper(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.folder.path().join("kompel.db")).unwrap();
        let triggers: Vec<String> = connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        for trigger in triggers {
            connection.execute(&format!("DROP TRIGGER {trigger}"), []).unwrap();
        }
        connection.execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}")).unwrap();
    }
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

#[test]
fn an_export_is_sound_and_shows_a_tenant_only_its_own() {
    let mut bench = Bench::new(20);
    let whole = bench.export(None);
    let report = bench.verify(&whole, Some(&bench.checkpoint()));
    assert!(report.is_sound(), "{:?}", report.problems);
    assert_eq!((report.size, report.shown, report.hidden, report.kept), (20, 20, 0, Some(20)));
    let part = bench.export(Some("globex"));
    let report = bench.verify(&part, None);
    assert!(report.is_sound(), "{:?}", report.problems);
    assert_eq!((report.size, report.shown, report.hidden), (20, 7, 13));
    assert_eq!(report.tenant.as_deref(), Some("globex"));
    let text = String::from_utf8(part).unwrap();
    assert!(text.contains("because of 1\"") && !text.contains("acme"));
    assert!(!text.contains("because of 0\""));
    let nobody = bench.export(Some("nobody"));
    assert!(bench.verify(&nobody, None).is_sound());
    assert!(bench.store.trail().check(bench.key.verifier(), None).unwrap().is_sound());
}

#[test]
fn every_bit_of_an_export_matters() {
    let mut bench = Bench::new(3);
    for whose in [None, Some("globex")] {
        let bytes = bench.export(whose);
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!bench.verify(&changed, None).is_sound(), "bit {bit} of {}", bytes.len() * 8);
        }
    }
}

#[test]
fn a_deleted_line_is_found_and_so_is_any_end_cut_off() {
    let mut bench = Bench::new(12);
    for whose in [None, Some("globex")] {
        let bytes = bench.export(whose);
        let all = lines(&bytes);
        for gone in 0..all.len() {
            let rest = [&all[..gone], &all[gone + 1..]].concat().concat();
            assert!(!bench.verify(&rest, None).is_sound(), "line {gone} deleted");
            let cut = all[..gone].concat();
            assert!(bench.troubles(&cut, None).contains(&Trouble::CutOff), "cut at {gone}");
        }
        for cut in 0..bytes.len() {
            assert!(!bench.verify(&bytes[..cut], None).is_sound(), "cut after {cut} bytes");
        }
        let doubled = [bytes.as_slice(), all[3]].concat();
        assert_eq!(bench.troubles(&doubled, None), [Trouble::Trailing]);
    }
}

#[test]
fn any_two_lines_swapped_are_found() {
    let mut bench = Bench::new(10);
    for whose in [None, Some("globex")] {
        let bytes = bench.export(whose);
        let all = lines(&bytes);
        for one in 0..all.len() {
            for other in one + 1..all.len() {
                let mut swapped = all.clone();
                swapped.swap(one, other);
                assert!(!bench.verify(&swapped.concat(), None).is_sound(), "{one} and {other}");
            }
        }
    }
}

/// Without the seal, as if its signature proved nothing: the tree alone must find it.
#[test]
fn the_tree_finds_what_was_changed_even_if_the_seal_were_forged() {
    let mut bench = Bench::new(12);
    let bytes = bench.export(None);
    let text = String::from_utf8(bytes).unwrap();
    let forged = |change: &dyn Fn(&mut Vec<String>)| {
        let mut all: Vec<String> = text.lines().map(|line| format!("{line}\n")).collect();
        all.pop();
        change(&mut all);
        let hash = <sha2::Sha256 as sha2::Digest>::new_with_prefix(all.concat());
        let seal = note::sign(&export::seal_text(bench.key.verifier(), hash), &bench.key);
        let line = kompel_model::canonical_json(&serde_json::json!({"seal": seal}));
        all.push(line + "\n");
        bench.troubles(all.concat().as_bytes(), None)
    };
    assert!(forged(&|_| ()).is_empty());
    assert!(
        forged(&|all| all[5] = all[5].replace("\"number\":4", "\"number\":5"))
            .contains(&Trouble::WrongLeaf)
    );
    assert!(
        forged(&|all| all[5] = all[5].replace("because of 4", "because of 5"))
            .contains(&Trouble::WrongText)
    );
    assert!(forged(&|all| drop(all.remove(5))).contains(&Trouble::WrongPlace { expected: 4 }));
    assert!(forged(&|all| all.swap(5, 6)).contains(&Trouble::WrongPlace { expected: 4 }));
    assert!(forged(&|all| drop(all.remove(12))).contains(&Trouble::WrongSize { expected: 12 }));
    let rewritten = forged(&|all| {
        let mut line: serde_json::Value = serde_json::from_str(&all[5]).unwrap();
        line["event"]["details"]["number"] = 99.into();
        let leaf = tree::leaf_hash(kompel_model::canonical_json(&line["event"]).as_bytes());
        line["leaf"] = crate::key::to_hex(&leaf).into();
        all[5] = kompel_model::canonical_json(&line) + "\n";
    });
    assert_eq!(rewritten, [Trouble::WrongRoot]);
}

#[test]
fn a_log_cut_short_and_signed_anew_does_not_fit_a_kept_checkpoint() {
    let mut bench = Bench::new(9);
    let kept = bench.checkpoint();
    let mut younger = Bench::new(0);
    for number in 0..8 {
        younger.add(if number % 3 == 1 { "globex" } else { "acme" }, number);
    }
    let cut = younger.export(None);
    assert!(younger.verify(&cut, None).is_sound(), "by itself it can't be told");
    assert_eq!(younger.troubles(&cut, Some(&kept)), [Trouble::ShorterThanKept]);
    younger.add("acme", 8);
    younger.add("acme", 9);
    let rewritten = younger.export(None);
    assert_eq!(younger.troubles(&rewritten, Some(&kept)), [Trouble::OtherThanKept]);
    bench.add("acme", 9);
    let grown = bench.export(None);
    assert!(bench.verify(&grown, Some(&kept)).is_sound(), "a log may grow");
    let other = AuditKey::from_seed([6; 32]);
    let foreign = bench.store.trail().edge(9).map(|edge| Checkpoint::of(&edge).sign(&other));
    let export = bench.export(None);
    assert_eq!(bench.troubles(&export, Some(&foreign.unwrap())), [Trouble::BadKept]);
    let wrong_key = verify(&mut BufReader::new(export.as_slice()), other.verifier(), None);
    assert!(wrong_key.unwrap().problems.iter().any(|p| p.trouble == Trouble::OtherKey));
}

#[test]
fn the_database_itself_is_checked() {
    for (sql, trouble) in [
        (
            "UPDATE audit_entries SET body = replace(body, 'Xander', 'Xandra') WHERE place = 4",
            Some(Trouble::WrongLeaf),
        ),
        ("DELETE FROM audit_entries WHERE place = 4", Some(Trouble::WrongPlace { expected: 4 })),
        ("DELETE FROM audit_entries WHERE place = 11", Some(Trouble::ShorterThanKept)),
        ("UPDATE audit_texts SET text = 'x' WHERE place = 4", Some(Trouble::WrongText)),
        ("UPDATE audit_entries SET tenant = 'other' WHERE place = 4", None),
        ("UPDATE audit_nodes SET hash = zeroblob(32) WHERE level = 1 AND position = 1", None),
        ("UPDATE audit_checkpoints SET note = replace(note, '12', '11')", None),
    ] {
        let bench = Bench::new(12);
        bench.checkpoint();
        bench.tamper(sql);
        let report = bench.store.trail().check(bench.key.verifier(), None).unwrap();
        assert!(!report.is_sound(), "{sql}");
        let found = report.problems.iter().any(|problem| Some(problem.trouble) == trouble);
        assert!(trouble.is_none() || found, "{sql}: {:?}", report.problems);
    }
}

#[test]
fn a_bent_log_is_not_signed_again() {
    let mut bench = Bench::new(12);
    bench.checkpoint();
    bench.add("acme", 12);
    bench.tamper("UPDATE audit_nodes SET hash = zeroblob(32) WHERE level = 3 AND position = 0");
    let refused = bench.store.trail().checkpoint(&bench.key, at(1));
    assert!(matches!(refused, Err(Error::UnsoundTrail)));
}

#[test]
fn an_erased_text_is_gone_and_the_log_still_verifies() {
    let mut bench = Bench::new(6);
    let kept = bench.checkpoint();
    let erase = |bench: &mut Bench, whose: &str| {
        let transaction = bench.store.connection.transaction().unwrap();
        let event = AuditEvent::new("text.erased", at(9)).by("operator");
        let gone = Trail::erase(&transaction, &tenant(whose), 3, "why", event).unwrap();
        transaction.commit().unwrap();
        gone
    };
    assert!(!erase(&mut bench, "globex"), "another tenant's text stays");
    assert!(erase(&mut bench, "acme"));
    assert!(!erase(&mut bench, "acme"), "once");
    let bytes = bench.export(None);
    let report = bench.verify(&bytes, Some(&kept));
    assert!(report.is_sound(), "{:?}", report.problems);
    assert_eq!((report.size, report.erased), (7, 1));
    assert!(!String::from_utf8(bytes).unwrap().contains("because of 3"));
    let entries = bench.store.tenant(tenant("acme")).audit_entries(9).unwrap();
    assert_eq!(entries[2].texts["why"], None);
    assert_eq!(entries.last().unwrap().kind, "text.erased");
    assert!(bench.store.trail().check(bench.key.verifier(), None).unwrap().is_sound());
}

#[test]
fn the_trail_can_only_grow() {
    let bench = Bench::new(3);
    bench.checkpoint();
    for table in ["audit_entries", "audit_nodes", "audit_checkpoints"] {
        let rowid = if table == "audit_nodes" { "level = level" } else { "rowid = rowid" };
        for sql in [format!("UPDATE {table} SET {rowid}"), format!("DELETE FROM {table}")] {
            assert!(bench.store.connection.execute(&sql, []).is_err(), "{sql}");
        }
    }
    let update = bench.store.connection.execute("UPDATE audit_texts SET text = ''", []);
    assert!(update.is_err());
}

#[test]
fn an_event_whose_transaction_is_dropped_never_was() {
    let mut bench = Bench::new(5);
    let transaction = bench.store.connection.transaction().unwrap();
    assert_eq!(Trail::append(&transaction, &tenant("acme"), &event(5)).unwrap(), 5);
    drop(transaction);
    assert_eq!(bench.store.trail().size().unwrap(), 5);
    bench.add("acme", 5);
    assert!(bench.store.trail().check(bench.key.verifier(), None).unwrap().is_sound());
}

#[test]
fn processes_take_turns() {
    let bench = Bench::new(0);
    let path = bench.folder.path().join("kompel.db");
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let path = &path;
            scope.spawn(move || {
                let mut store = Store::open(path).unwrap();
                for number in 0..25 {
                    store.tenant(tenant(&format!("t{writer}"))).audit(&event(number)).unwrap();
                }
            });
        }
    });
    let report = bench.store.trail().check(bench.key.verifier(), None).unwrap();
    assert!(report.is_sound(), "{:?}", report.problems);
    assert_eq!(report.size, 100);
}

#[test]
fn garbage_is_a_problem_and_no_panic() {
    let bench = Bench::new(0);
    for bytes in [&b""[..], b"\n", b"{}\n", b"[1]\n{}\n", &[0xff; 300], &[b'['; 10_000]] {
        assert!(!bench.verify(bytes, Some("x")).is_sound());
    }
    let endless = vec![b' '; 6 << 20];
    assert!(!bench.verify(&endless, None).is_sound());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_random_bit_of_a_larger_export_matters(
        size in 1u64..60,
        bits in prop::collection::vec(any::<prop::sample::Index>(), 1..40),
        own in any::<bool>(),
    ) {
        let mut bench = Bench::new(size);
        let bytes = bench.export(own.then_some("acme"));
        prop_assert!(bench.verify(&bytes, None).is_sound());
        for bit in bits {
            let bit = bit.index(bytes.len() * 8);
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!bench.verify(&changed, None).is_sound(), "bit {}", bit);
        }
    }
}
