//! Stories of calls, told as their entries; together they visit every transition.

use std::collections::BTreeSet;

use kompel_model::{ActionEffect, Plan, PlanHash, PlannedChange, Repeat, Timestamp};
use serde_json::{Value, json};

use super::{
    Act, ActRecord, ApprovalRecord, Closing, Command, Decision, Outcome, Phase, Policy, Refusal,
    RefusalKind, RetryHint, Seen, TRANSITIONS, Terms,
};

fn start() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn write(repeat: Repeat) -> ActRecord {
    let undo = "peer.undo".parse().unwrap();
    ActRecord::Began(Terms { effect: ActionEffect::Reversible { undo }, repeat, connection: None })
}

fn read() -> ActRecord {
    ActRecord::Began(Terms {
        effect: ActionEffect::Read,
        repeat: Repeat::Natural,
        connection: None,
    })
}

fn planned(changes: usize) -> ActRecord {
    let change = PlannedChange {
        object: "jan".to_owned(),
        property: "enabled".to_owned(),
        from: json!(true),
        to: json!(false),
        irreversible: false,
    };
    let plan =
        Plan { changes: vec![change; changes], predicted: json!("predicted"), remarks: vec![] };
    ActRecord::Planned { plan, hash: PlanHash::of(&json!(changes)) }
}

fn allowed() -> ActRecord {
    ActRecord::Allowed { approval: None }
}

fn sent(number: u32) -> ActRecord {
    ActRecord::Attempting { number, key: "r-1/step".to_owned() }
}

fn answered() -> ActRecord {
    ActRecord::Answered { output: json!("real") }
}

fn refused(retry: RetryHint) -> ActRecord {
    let (kind, detail) = (RefusalKind::Unexpected, "peer fell over".to_owned());
    ActRecord::Refused { refusal: Refusal { kind, retry, detail, code: None } }
}

fn unknown() -> ActRecord {
    ActRecord::Unknown { because: "no answer".to_owned() }
}

fn verified() -> ActRecord {
    ActRecord::Verified { found: json!({}) }
}

fn closed(how: Closing) -> ActRecord {
    ActRecord::Approval(ApprovalRecord::Closed {
        id: "a-1".to_owned(),
        how,
        because: "an: no".to_owned(),
    })
}

fn decided(decision: Decision) -> ActRecord {
    ActRecord::Decided { by: "an".to_owned(), decision, why: "asked the peer's owner".to_owned() }
}

fn policy() -> Policy {
    Policy { most_refusals: 3, most_unknown: 2, most_not_yet: 2, ..Policy::default() }
}

/// Where the story ends: `done <output>`, `failed <type's last word> <status>`, `dropped`, or what
/// is wanted.
fn tell(records: &[ActRecord]) -> (String, BTreeSet<(Phase, Phase, String)>) {
    let (mut act, mut visited, mut now) = (Act::default(), BTreeSet::new(), start());
    for record in records {
        let before = act.phase();
        if let Some(turn) = act.turn(&policy(), record)
            && let Some(after) = before.after(turn)
        {
            visited.insert((before, after, format!("{turn:?}")));
        }
        if let Command::Wait { until } = act.step(&policy(), now, record) {
            now = until;
        }
    }
    let told = match act.wanted(now) {
        Command::Finish(Outcome::Done(Value::String(output))) => format!("done {output}"),
        Command::Finish(Outcome::Done(output)) => format!("done {output}"),
        Command::Finish(Outcome::Failed(fault)) => {
            format!("failed {} {}", fault.kind.rsplit('/').next().unwrap(), fault.status)
        }
        Command::Finish(Outcome::Dropped) => "dropped".to_owned(),
        Command::Attempt { number } => format!("attempt {number}"),
        other => format!("{other:?}").split([' ', '{']).next().unwrap().to_lowercase(),
    };
    (told, visited)
}

#[expect(clippy::too_many_lines, reason = "a table, one row a story")]
fn stories() -> Vec<(&'static str, Vec<ActRecord>, &'static str)> {
    use Repeat::{Keyed, Look, Natural, Never};
    use RetryHint::{AfterSeconds, Never as ForGood, Soon};
    let upto = |repeat, rest: &[ActRecord]| {
        let mut all = vec![write(repeat), planned(1), allowed(), sent(1)];
        all.extend_from_slice(rest);
        all
    };
    let looked = |seen| ActRecord::Looked { seen };
    let cannot = || looked(Seen::CannotTell { because: "no trace".to_owned() });
    let seen_done = || looked(Seen::Done { output: json!("seen") });
    let differs = || ActRecord::Differs { found: json!({}), because: "still on".to_owned() };
    let not_yet = || ActRecord::NotYet { seconds: 5 };
    let said_done = || decided(Decision::Done { output: None });
    vec![
        ("nothing yet", vec![], "begin"),
        ("no such action", vec![refused(ForGood)], "failed communication 500"),
        ("dropped at once", vec![ActRecord::Abandoned], "dropped"),
        ("a read", vec![read(), answered()], "done real"),
        ("a read again", vec![read(), refused(Soon), answered()], "done real"),
        ("a read refused", vec![read(), refused(ForGood)], "failed communication 500"),
        ("a read timed out", vec![read(), unknown(), answered()], "done real"),
        ("a read timed out twice", vec![read(), unknown(), unknown()], "failed timeout 408"),
        ("asked, refused", vec![read(), closed(Closing::Rejected)], "failed rejected 403"),
        ("a read dropped", vec![read(), ActRecord::Abandoned], "dropped"),
        ("already so", vec![write(Natural), planned(0), verified()], "done predicted"),
        ("plan refused", vec![write(Natural), refused(ForGood)], "failed communication 500"),
        ("plan again", vec![write(Natural), refused(Soon)], "plan"),
        ("plan dropped", vec![write(Natural), ActRecord::Abandoned], "dropped"),
        ("gate", vec![write(Natural), planned(1)], "gate"),
        ("gate dropped", vec![write(Natural), planned(1), ActRecord::Abandoned], "dropped"),
        ("held, approved", vec![write(Natural), planned(1), closed(Closing::Approved)], "plan"),
        (
            "held, refused",
            vec![write(Natural), planned(1), closed(Closing::Rejected)],
            "failed rejected 403",
        ),
        (
            "held, no answer",
            vec![write(Natural), planned(1), closed(Closing::NoAnswer)],
            "failed no-answer 408",
        ),
        ("ready", vec![write(Natural), planned(1), allowed()], "attempt 1"),
        (
            "dropped when ready",
            vec![write(Natural), planned(1), allowed(), ActRecord::Abandoned],
            "dropped",
        ),
        ("done and verified", upto(Never, &[answered(), verified()]), "done real"),
        ("again after a refusal", upto(Never, &[refused(Soon)]), "attempt 2"),
        ("again when told", upto(Never, &[refused(AfterSeconds(90))]), "attempt 2"),
        (
            "told to wait too long",
            upto(Never, &[refused(AfterSeconds(90_000))]),
            "failed communication 500",
        ),
        ("refused for good", upto(Never, &[refused(ForGood)]), "failed communication 500"),
        (
            "refused too often",
            upto(Never, &[refused(Soon), sent(2), refused(Soon), sent(3), refused(Soon)]),
            "failed communication 500",
        ),
        ("unknown, natural", upto(Natural, &[unknown()]), "attempt 2"),
        ("unknown, keyed", upto(Keyed, &[unknown()]), "attempt 2"),
        ("unknown twice", upto(Keyed, &[unknown(), sent(2), unknown()]), "askperson"),
        ("unknown, look", upto(Look, &[unknown()]), "look"),
        ("unknown, never", upto(Never, &[unknown()]), "askperson"),
        ("looked: done", upto(Look, &[unknown(), seen_done(), verified()]), "done seen"),
        ("looked: not done", upto(Look, &[unknown(), looked(Seen::NotDone)]), "attempt 2"),
        (
            "looked: not done, for ever",
            upto(
                Look,
                &[unknown(), looked(Seen::NotDone), sent(2), unknown(), looked(Seen::NotDone)],
            ),
            "askperson",
        ),
        ("looked: can't tell", upto(Look, &[unknown(), cannot()]), "askperson"),
        ("look refused", upto(Look, &[unknown(), refused(Soon)]), "look"),
        ("look refused for good", upto(Look, &[unknown(), refused(ForGood)]), "askperson"),
        ("differs", upto(Natural, &[answered(), differs()]), "failed not-verified 409"),
        ("not yet", upto(Natural, &[answered(), not_yet(), verified()]), "done real"),
        (
            "never visible",
            upto(Natural, &[answered(), not_yet(), not_yet(), not_yet()]),
            "failed not-verified 409",
        ),
        ("verify refused", upto(Natural, &[answered(), refused(Soon), verified()]), "done real"),
        (
            "verify refused for good",
            upto(Natural, &[answered(), refused(ForGood)]),
            "failed not-verified 409",
        ),
        ("said done", upto(Never, &[unknown(), said_done(), verified()]), "done predicted"),
        ("said not done", upto(Never, &[unknown(), decided(Decision::NotDone)]), "attempt 2"),
        ("given up", upto(Never, &[unknown(), decided(Decision::GiveUp)]), "failed given-up 409"),
        (
            "dropped after it was sent",
            upto(Natural, &[ActRecord::Abandoned, answered(), ActRecord::Abandoned, verified()]),
            "done real",
        ),
        (
            "dropped and lost: not sent again",
            upto(Natural, &[ActRecord::Abandoned, unknown()]),
            "dropped",
        ),
        (
            "dropped while looking",
            upto(Look, &[unknown(), ActRecord::Abandoned, looked(Seen::NotDone)]),
            "dropped",
        ),
        (
            "dropped while a person is asked",
            upto(Never, &[unknown(), ActRecord::Abandoned]),
            "askperson",
        ),
        ("what makes no sense changes nothing", vec![read(), sent(1), verified()], "read"),
    ]
}

#[test]
fn each_story_ends_as_it_should() {
    for (name, records, ending) in stories() {
        assert_eq!(tell(&records).0, ending, "{name}");
    }
}

#[test]
fn every_transition_is_visited_and_the_diagram_is_of_the_table() {
    let visited: BTreeSet<_> =
        stories().iter().flat_map(|(_, records, _)| tell(records).1).collect();
    let mut diagram = String::from("stateDiagram-v2\n");
    for (from, turn, to) in TRANSITIONS {
        assert!(
            visited.contains(&(*from, *to, format!("{turn:?}"))),
            "no story goes from {from:?} by {turn:?} to {to:?}"
        );
        diagram.push_str(&format!("    {from:?} --> {to:?}: {turn:?}\n"));
    }
    assert_eq!(visited.len(), TRANSITIONS.len());
    insta::assert_snapshot!(diagram);
}

/// Each kind of refusal of a write, with the advice usual for it, under each repeat rule.
#[test]
fn what_a_refusal_leads_to_depends_on_its_kind_and_on_the_repeat_rule() {
    use RefusalKind as K;
    let usual = |kind| match kind {
        K::Limited | K::Unreachable | K::OutcomeUnknown | K::Unexpected => RetryHint::Soon,
        _ => RetryHint::Never,
    };
    for kind in [
        K::Denied,
        K::Absent,
        K::Conflict,
        K::Limited,
        K::Invalid,
        K::Unsupported,
        K::Unreachable,
        K::OutcomeUnknown,
        K::Unexpected,
        K::Configuration,
    ] {
        for repeat in [Repeat::Natural, Repeat::Keyed, Repeat::Look, Repeat::Never] {
            let refusal = Refusal { kind, retry: usual(kind), detail: String::new(), code: None };
            let records =
                [write(repeat), planned(1), allowed(), sent(1), ActRecord::Refused { refusal }];
            let expected = match (kind, repeat) {
                (K::OutcomeUnknown, Repeat::Look) => "look",
                (K::OutcomeUnknown, Repeat::Never) => "askperson",
                (K::OutcomeUnknown | K::Limited | K::Unreachable | K::Unexpected, _) => "attempt 2",
                (K::Denied, _) => "failed authorization 403",
                (K::Absent, _) => "failed communication 404",
                (K::Conflict, _) => "failed communication 409",
                (K::Invalid, _) => "failed validation 400",
                (K::Unsupported, _) => "failed communication 501",
                (K::Configuration, _) => "failed configuration 400",
            };
            assert_eq!(tell(&records).0, expected, "{kind:?} {repeat:?}");
        }
    }
}

#[test]
fn waits_grow_and_never_undercut_what_the_peer_asked() {
    for (refusals, retry, seconds) in [
        (0, RetryHint::Soon, 1),
        (1, RetryHint::Soon, 10),
        (0, RetryHint::AfterSeconds(90), 90),
        (1, RetryHint::AfterSeconds(5), 10),
    ] {
        let mut act = Act::default();
        act.step(&policy(), start(), &read());
        let mut command = Command::Begin;
        for _ in 0..refusals {
            act.step(&policy(), start(), &refused(RetryHint::Soon));
        }
        command = match act.step(&policy(), start(), &refused(retry)) {
            Command::Wait { until } => {
                assert_eq!((until - start()).num_seconds(), seconds);
                act.wanted(until)
            }
            _ => command,
        };
        assert_eq!(command, Command::Read);
    }
}

#[test]
fn an_attempt_that_the_program_did_not_survive_is_an_unknown_outcome() {
    let mut act = Act::default();
    for record in [write(Repeat::Look), planned(1), allowed(), sent(1)] {
        act.step(&policy(), start(), &record);
    }
    // Loading the journal again gives `Send`; whoever did not send it itself journals `Unknown`.
    assert_eq!(act.wanted(start()), Command::Send);
    assert_eq!(act.step(&policy(), start(), &unknown()), Command::Look);
}

#[test]
fn the_state_survives_saving_and_equals_the_fold() {
    for (name, records, _) in stories() {
        for cut in 0..=records.len() {
            let (mut whole, mut saved) = (Act::default(), Act::default());
            for (at, record) in records.iter().enumerate() {
                whole.step(&policy(), start(), record);
                saved.step(&policy(), start(), record);
                if at + 1 == cut {
                    let text = serde_json::to_string(&saved).unwrap();
                    saved = serde_json::from_str(&text).unwrap();
                }
            }
            assert_eq!(whole, saved, "{name} cut at {cut}");
        }
    }
}
