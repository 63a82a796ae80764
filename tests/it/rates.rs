//! The frequency trap: logs that hold a few months fully and a year or two of stragglers.
//!
//! Runs a year are runs over the time that was really observed, not over the span of dates.

use chrono::{NaiveDate, TimeDelta};
use kompel_model::SourceKind;

use crate::{hunt::Hunt, shared};

/// First and last day on which a ticket or a case began.
fn span(hunt: &Hunt) -> TimeDelta {
    let began = hunt.log.tickets.iter().filter_map(|t| t.created);
    let days: Vec<NaiveDate> = began.map(|at| at.date_naive()).collect();
    *days.iter().max().unwrap() - *days.iter().min().unwrap()
}

/// Checks the observed window, and every large candidate's rate against the naive one.
///
/// `times` is by how much the naive rate understates; bursts are left out of a rate, so that
/// members that count stand for it.
fn check(hunt: &Hunt, source: SourceKind, observed_days: (u32, u32), times: (f64, f64)) {
    let window = hunt.discovery.sources.iter().find(|w| w.source == source).unwrap();
    eprintln!(
        "{source}: {} to {}, {} days of {}",
        window.from,
        window.to,
        window.days,
        span(hunt).num_days()
    );
    let (least, most) = observed_days;
    assert!((least..=most).contains(&window.days), "{} days observed", window.days);
    let naive_years = span(hunt).num_days() as f64 / 365.25;
    let mut seen = 0;
    for candidate in hunt.discovery.candidates.iter().filter(|c| c.members.len() >= 30) {
        let said = candidate.rate.per_year.unwrap();
        let naive = f64::from(candidate.rate.counted) / naive_years;
        let factor = said / naive;
        assert!(
            (times.0..=times.1).contains(&factor),
            "{}: {said:.0} a year, naively {naive:.0}: {factor:.1} times",
            candidate.title
        );
        seen += 1;
    }
    assert!(seen >= 3, "too few large candidates");
}

#[test]
fn a_year_of_stragglers_after_three_months_is_three_months() {
    // 98 % were opened from March to May 2016, the rest until February 2017.
    for (name, incidents) in
        [("incident_event_log_restored.csv.gz", 24_918), ("incident_event_log.zip", 24_918)]
    {
        let Some(path) = shared::file("uci-incident-event-log", name) else { continue };
        let (_, reading) = shared::reading_of(&path);
        assert_eq!(reading.log.tickets.len(), incidents, "{name}");
        check(&Hunt::of(reading.log), SourceKind::ServiceNow, (85, 105), (3.0, 4.5));
    }
}

#[test]
fn two_files_with_the_same_incidents_count_them_once() {
    let set = "uci-incident-event-log";
    let Some(path) = shared::file(set, "IT_Incident_Data_first119998.zip") else { return };
    let (_, reading) = shared::reading_of(&path);
    let mut keys: Vec<_> = reading.log.tickets.iter().map(|t| &t.id).collect();
    let records = keys.len();
    keys.dedup();
    assert_eq!(keys.len(), records, "an incident stands in the log twice");
    assert_eq!(records, 20_769);
}

#[test]
fn two_years_of_stragglers_before_two_busy_weeks_are_two_weeks() {
    // 6,665 of 7,554 cases began in the two weeks from 23 April 2012.
    let Some(path) = shared::file("pm4py-logs", "07_bpic2013_incidents.xes.gz") else { return };
    let (_, reading) = shared::reading_of(&path);
    check(&Hunt::of(reading.log), SourceKind::Xes, (14, 40), (20.0, 60.0));
}
