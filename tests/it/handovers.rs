//! Hand-overs and ping-pong in logs whose answers are known, read as any other table.

use std::{collections::BTreeMap, path::Path};

use kompel_mining::{Concurrency, handovers, ping_pongs, transitions};
use kompel_model::{Activity, Ticket};

use crate::shared;

const SET: &str = "waiting-time-handoff-logs";

fn cases(path: &Path) -> Vec<Ticket> {
    let cases = shared::reading_of(path).1.log.tickets;
    assert!(cases.iter().all(|case| !case.activities.is_empty()), "{}", path.display());
    cases
}

#[test]
fn ping_pongs_are_counted_as_the_file_names_say() {
    for (name, known) in [
        ("ping_pong_case.csv", 1),
        ("ping_pong_case_fake.csv", 0),
        ("double_ping_pong_case.csv", 2),
        ("two_ping_pongs_case.csv", 2),
    ] {
        let Some(path) = shared::file(SET, name) else { continue };
        let found: u32 = cases(&path).iter().map(|case| ping_pongs(&case.activities)).sum();
        assert_eq!(found, known, "{name}");
    }
}

#[test]
fn a_case_with_a_known_hand_over_has_it() {
    // Kim to Karel and back twice, then eleven others in turn.
    let Some(path) = shared::file(SET, "ping_pong_case.csv") else { return };
    let cases = cases(&path);
    let [case] = cases.as_slice() else { panic!("{} cases", cases.len()) };
    let people: Vec<_> = case.activities.iter().map(|a| a.resource.as_ref()).collect();
    let turns = people.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert_eq!(handovers(&case.activities) as usize, turns);
}

type Work = (String, String, String, String);

/// How often one activity by one person enabled another, over all cases of a log.
fn enabled(cases: &[Ticket]) -> BTreeMap<Work, u32> {
    let activities: Vec<&[Activity]> = cases.iter().map(|case| &case.activities[..]).collect();
    let beside = Concurrency::of(&activities);
    let mut found = BTreeMap::new();
    for case in activities {
        for step in transitions(case, &beside) {
            let (from, to) = (step.from, step.to);
            let who = |person: Option<&str>| person.unwrap_or("NA").to_owned();
            let key = (from.0.to_owned(), who(from.1), to.0.to_owned(), who(to.1));
            *found.entry(key).or_default() += 1;
        }
    }
    found
}

/// The table that the logs' authors computed.
fn expected(path: &Path) -> BTreeMap<Work, u32> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let cell = |i: usize| row[i].to_owned();
        ((cell(0), cell(1), cell(2), cell(3)), row[4].parse::<f64>().unwrap() as u32)
    });
    rows.collect()
}

#[test]
fn what_enabled_what_is_as_the_authors_computed_it() {
    for log in [
        "handoff-test",
        "manual_log_1",
        "manual_log_2",
        "manual_log_3",
        "manual_log_4",
        "manual_log_5",
    ] {
        let events = shared::file(SET, &format!("icpm__handoff-logs__{log}.csv"));
        let known = shared::file(SET, &format!("icpm__handoff-logs__{log}_expected.csv"));
        let (Some(events), Some(known)) = (events, known) else { continue };
        assert_eq!(enabled(&cases(&events)), expected(&known), "{log}");
    }
}
