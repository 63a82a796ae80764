//! Every call of the store, tried as another tenant: a call that is not in the table fails the test.

use std::collections::{BTreeMap, BTreeSet};

use kompel_model::{CandidateId, EventLog, PersonId, SourceKind, TenantId, Ticket};
use serde_json::json;

use super::*;
use crate::{
    Key,
    audit::{AuditEvent, AuditKey},
};

/// A call that reads, and what it gives a tenant, as text.
type Read = (&'static str, fn(&mut Scope<'_>, &Key) -> String);

/// Calls that read. A new one needs a line here.
const READS: &[Read] = &[
    ("read_log", |scope, _| format!("{:?}", scope.read_log(&|_| ()).unwrap())),
    ("record_counts", |scope, _| present(scope.record_counts().unwrap().len())),
    ("identity", |scope, key| format!("{:?}", scope.identity(&PersonId::new(MARK), key))),
    ("identity_count", |scope, _| present(scope.identity_count().unwrap())),
    ("identities", |scope, key| format!("{:?}", scope.identities(key))),
    ("last_hunt", |scope, _| format!("{:?}", scope.last_hunt().unwrap())),
    ("read_discovery", |scope, _| format!("{:?}", scope.read_discovery().unwrap())),
    ("read_answers", |scope, _| format!("{:?}", scope.read_answers().unwrap())),
    ("previous_candidates", |scope, _| format!("{:?}", scope.previous_candidates().unwrap())),
    ("decisions", |scope, _| format!("{:?}", scope.decisions().unwrap())),
    ("reveals", |scope, _| format!("{:?}", scope.reveals().unwrap())),
    ("form_link_of", |scope, _| format!("{:?}", scope.form_link_of(&ticket(0), noon()).unwrap())),
    ("form_asker", |scope, _| format!("{:?}", scope.form_asker(&ticket(2), noon()).unwrap())),
    ("form_links", |scope, _| format!("{:?}", scope.form_links(noon()).unwrap())),
    ("audit_entries", |scope, _| format!("{:?}", scope.audit_entries(100).unwrap())),
    ("audit_of_run", |scope, _| {
        let trail = scope.audit_of_run(MARK).unwrap();
        present(trail.map_or(0, |trail| trail.entries.len()))
    }),
    ("export_audit", |scope, _| {
        let mut bytes = Vec::new();
        scope.export_audit(&AuditKey::from_seed([1; 32]), &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }),
];

/// Calls that write; `fill` makes each of them.
const WRITES: &[&str] = &[
    "write_log",
    "write_identities",
    "begin_hunt",
    "write_hunt_input",
    "write_discovery",
    "decide",
    "write_reveal",
    "make_form_link",
    "open_form_link",
    "close_form",
    "revoke_form_links",
    "audit",
];

/// Where the calls are. A new file of calls needs a line here.
const SOURCES: &[&str] = &[
    include_str!("decisions.rs"),
    include_str!("discoveries.rs"),
    include_str!("forms.rs"),
    include_str!("hunts.rs"),
    include_str!("people.rs"),
    include_str!("records.rs"),
    include_str!("../audit/trail.rs"),
    include_str!("../audit/of_run.rs"),
];

/// What stands in everything of the one tenant and must not reach the other.
const MARK: &str = "only-acme-knows";

/// A number of things that are there or not, in the terms of the test.
fn present(count: usize) -> String {
    if count == 0 { String::new() } else { MARK.to_owned() }
}

fn noon() -> kompel_model::Timestamp {
    "2026-01-01T12:00:00Z".parse().unwrap()
}

fn ticket(number: u32) -> kompel_model::Secret {
    kompel_model::Secret::new(format!("ticket {number}"))
}

fn fill_forms(scope: &mut Scope<'_>) {
    let (at, end) = (noon(), "2026-02-01T00:00:00Z".parse().unwrap());
    for (person, link) in [(MARK, 0), (MARK, 1), (MARK, 3), ("els", 5)] {
        scope.make_form_link(person, &ticket(link), at, end).unwrap();
    }
    scope.open_form_link(&ticket(1), &ticket(2), at).unwrap().unwrap();
    scope.open_form_link(&ticket(3), &ticket(4), at).unwrap().unwrap();
    scope.close_form(&ticket(4), at).unwrap();
    assert_eq!(scope.revoke_form_links("els", at).unwrap(), 1);
}

fn fill(scope: &mut Scope<'_>, key: &Key) {
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    let mut ticket = Ticket::new(SourceKind::Jira, MARK);
    MARK.clone_into(&mut ticket.title);
    let member = ticket.id.clone();
    let answer = json!({"id": {"source": "survey", "ref": MARK}, "what": MARK});
    let answers = vec![serde_json::from_value(answer).unwrap()];
    let log = EventLog { tickets: vec![ticket], answers, ..EventLog::default() };
    scope.write_log(&log, &|_| ()).unwrap();
    let names = BTreeMap::from([(PersonId::new(MARK), MARK.to_owned())]);
    scope.write_identities(&names, key).unwrap();
    let hunt = scope.begin_hunt(at).unwrap();
    let input = HuntInput {
        name: MARK.to_owned(),
        format: MARK.to_owned(),
        sha256: MARK.to_owned(),
        counts: json!(MARK),
        findings: json!(MARK),
    };
    scope.write_hunt_input(hunt, &input).unwrap();
    let candidate = CandidateId(MARK.to_owned());
    let kept = KeptCandidate { id: candidate.clone(), members: vec![member], body: json!(MARK) };
    scope.write_discovery(&KeptDiscovery { body: json!(MARK), candidates: vec![kept] }).unwrap();
    let (by, why) = (MARK.to_owned(), MARK.to_owned());
    scope.decide(&NewDecision { candidate, yes: true, by, why }, at).unwrap();
    scope.write_reveal(&PersonId::new(MARK), MARK, at).unwrap();
    fill_forms(scope);
    let event = AuditEvent::new("step.done", at).by(MARK).of_run(MARK).text("note", MARK);
    scope.audit(&event.detail("what", MARK)).unwrap();
}

#[test]
fn no_call_gives_a_tenant_anything_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("kompel.db")).unwrap();
    let key = Key::create(&folder.path().join("kompel.key")).unwrap();
    fill(&mut store.tenant("acme".parse().unwrap()), &key);
    for (name, read) in READS {
        let own = read(&mut store.tenant("acme".parse().unwrap()), &key);
        assert!(own.contains(MARK), "{name} must be seen to work: {own}");
        for other in ["globex", "default", "Acme", "acme2", "acm"] {
            let seen = read(&mut store.tenant(other.parse::<TenantId>().unwrap()), &key);
            assert!(!seen.contains(MARK), "{name} as {other}: {seen}");
        }
    }
}

#[test]
fn every_call_of_the_store_is_in_the_table() {
    let known: BTreeSet<&str> =
        READS.iter().map(|(name, _)| *name).chain(WRITES.iter().copied()).collect();
    let mut found = BTreeSet::new();
    for source in SOURCES {
        let scopes = source.split("\nimpl Scope<'_> {").skip(1);
        for block in scopes.map(|rest| rest.split("\n}\n").next().unwrap_or(rest)) {
            let names = block.split("    pub fn ").skip(1);
            found.extend(names.map(|rest| rest.split(['(', '<']).next().unwrap_or(rest)));
        }
    }
    assert_eq!(found, known);
}
