//! Bursts: records that are no runs of a process: one outage's reports, bulk imports, a robot's
//! rounds.
//!
//! Works on times and makers alone; what a run is belongs to `runs`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Timelike;
use kompel_model::{PersonId, Timestamp};

use super::calendar::Calendar;
use crate::{Burst, BurstKind};

/// One record on the line of time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark<'a> {
    /// When it was made.
    pub(crate) at: Timestamp,
    /// Who made the record.
    pub(crate) maker: Option<&'a PersonId>,
    /// Who asked.
    pub(crate) asker: Option<&'a PersonId>,
    /// True if the maker is known as a robot.
    pub(crate) robot: bool,
    /// True if a person's hand is seen on it after its making.
    pub(crate) handled: bool,
    /// True if a label or its words speak of an import.
    pub(crate) imported: bool,
}

/// What the marks were found to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Found {
    /// The peaks, in order of time.
    pub(crate) bursts: Vec<Burst>,
    /// For each mark the peak it belongs to.
    pub(crate) of: Vec<Option<usize>>,
}

/// Fewest records of an import or an outage.
const LEAST: usize = 10;

/// Fewest records of an import that says so itself.
const LEAST_SAID: usize = 5;

/// Fewest records by which a robot is known from its times.
const LEAST_ROBOT: usize = 20;

/// Fewest days by which a robot's rounds are known.
const LEAST_ROBOT_DAYS: i64 = 14;

/// Seconds between two records of one import.
const IMPORT_GAP: i64 = 300;

/// Windows (hours) an outage is looked for in, with how much denser than the average an ordinary
/// stretch of so many hours may be, as work is not spread over day and night.
const OUTAGE_WINDOWS: [(i64, f64); 3] = [(4, 5.0), (24, 2.0), (72, 1.5)];

/// Longest outage, in hours.
const LONGEST_OUTAGE: i64 = 96;

/// A chance below this is no chance.
const UNLIKELY: f64 = 1e-7;

/// Finds the peaks among marks in order of time, in so many observed weeks.
pub(crate) fn find(marks: &[Mark<'_>], weeks: u32, calendar: &Calendar) -> Found {
    let mut of: Vec<Option<BurstKind>> = vec![None; marks.len()];
    let mut spans: Vec<(BurstKind, Vec<usize>)> = Vec::new();
    let dates_only = are_dates_only(marks, calendar);
    let usual = usual_per_hour(marks, weeks);
    for (kind, span) in robots(marks, dates_only, calendar) {
        take(&mut of, &mut spans, kind, span);
    }
    for (kind, span) in imports(marks, &of, usual, dates_only) {
        take(&mut of, &mut spans, kind, span);
    }
    if !dates_only {
        for (kind, span) in outages(marks, &of, usual) {
            take(&mut of, &mut spans, kind, span);
        }
    }
    settle(marks, spans)
}

fn take(
    of: &mut [Option<BurstKind>],
    spans: &mut Vec<(BurstKind, Vec<usize>)>,
    kind: BurstKind,
    span: Vec<usize>,
) {
    for place in &span {
        of[*place] = Some(kind);
    }
    spans.push((kind, span));
}

fn settle(marks: &[Mark<'_>], mut spans: Vec<(BurstKind, Vec<usize>)>) -> Found {
    spans.retain(|(_, span)| !span.is_empty());
    spans.sort_by_key(|(kind, span)| (marks[span[0]].at, *kind));
    let mut of = vec![None; marks.len()];
    let mut bursts = Vec::with_capacity(spans.len());
    for (kind, span) in spans {
        for place in &span {
            of[*place] = Some(bursts.len());
        }
        bursts.push(Burst {
            kind,
            from: marks[span[0]].at,
            to: marks[span[span.len() - 1]].at,
            records: u32::try_from(span.len()).unwrap_or(u32::MAX),
        });
    }
    Found { bursts, of }
}

/// True if the source gives dates without times of day.
fn are_dates_only(marks: &[Mark<'_>], calendar: &Calendar) -> bool {
    let midnight = |mark: &&Mark<'_>| {
        mark.at.num_seconds_from_midnight() == 0
            || calendar.local(mark.at).num_seconds_from_midnight() == 0
    };
    marks.iter().filter(midnight).count() * 10 >= marks.len() * 8
}

/// The group's records an hour in an ordinary week: the mean without the fullest weeks.
fn usual_per_hour(marks: &[Mark<'_>], weeks: u32) -> f64 {
    let mut by_week: BTreeMap<i64, u32> = BTreeMap::new();
    for mark in marks {
        *by_week.entry(mark.at.timestamp().div_euclid(7 * 86_400)).or_default() += 1;
    }
    let weeks = (weeks as usize).max(by_week.len()).max(1);
    let mut counts: Vec<u32> = by_week.into_values().collect();
    counts.sort_unstable();
    // An outage touches two calendar weeks at most.
    let dropped = (weeks / 20).max(2);
    let kept = &counts[..counts.len().saturating_sub(dropped)];
    let sum: f64 = kept.iter().map(|n| f64::from(*n)).sum();
    sum / (weeks.saturating_sub(dropped).max(1) as f64) / 168.0
}

/// An upper bound of the chance of so many or more where so few are expected (Chernoff).
fn chance(count: usize, expected: f64) -> f64 {
    let (count, expected) = (count as f64, expected.max(0.05));
    if count <= expected {
        return 1.0;
    }
    (count - expected - count * (count / expected).ln()).exp()
}

/// Robots' rounds: by makers on whose records hardly any person's hand is seen.
fn robots(
    marks: &[Mark<'_>],
    dates_only: bool,
    calendar: &Calendar,
) -> Vec<(BurstKind, Vec<usize>)> {
    let mut by_maker: BTreeMap<&PersonId, Vec<usize>> = BTreeMap::new();
    for (place, mark) in marks.iter().enumerate() {
        if let Some(maker) = mark.maker {
            by_maker.entry(maker).or_default().push(place);
        }
    }
    let mut out = Vec::new();
    for places in by_maker.into_values() {
        let loose: Vec<usize> = places.iter().copied().filter(|p| !marks[*p].handled).collect();
        if loose.len() * 10 < places.len() * 8 {
            continue;
        }
        let known = places.iter().all(|p| marks[*p].robot);
        if known || (!dates_only && keeps_rounds(marks, &loose, calendar)) {
            out.push((BurstKind::Robot, loose));
        }
    }
    out
}

/// True if the records come round the clock at fixed intervals.
fn keeps_rounds(marks: &[Mark<'_>], places: &[usize], calendar: &Calendar) -> bool {
    let Some((first, last)) = places.first().zip(places.last()) else { return false };
    let days = (marks[*last].at - marks[*first].at).num_days();
    if places.len() < LEAST_ROBOT || days < LEAST_ROBOT_DAYS {
        return false;
    }
    let away = places.iter().filter(|p| !calendar.at_work(marks[**p].at)).count();
    if away * 2 < places.len() {
        return false;
    }
    let mut gaps: Vec<i64> = places
        .windows(2)
        .map(|pair| (marks[pair[1]].at - marks[pair[0]].at).num_seconds())
        .collect();
    gaps.sort_unstable();
    let median = gaps[gaps.len() / 2].max(1);
    let fixed = gaps
        .iter()
        .filter(|gap| {
            // A round may be missed: small multiples of the interval keep it too.
            let rounds = ((**gap as f64) / (median as f64)).round().max(1.0);
            rounds <= 4.0 && ((**gap as f64) - rounds * (median as f64)).abs() < median as f64 * 0.1
        })
        .count();
    fixed * 2 >= gaps.len()
}

/// Bulk imports: dense runs by one maker, or within one minute, that nobody worked on after.
fn imports(
    marks: &[Mark<'_>],
    of: &[Option<BurstKind>],
    usual: f64,
    dates_only: bool,
) -> Vec<(BurstKind, Vec<usize>)> {
    let mut by_maker: BTreeMap<Option<&PersonId>, Vec<usize>> = BTreeMap::new();
    for (place, mark) in marks.iter().enumerate() {
        if of[place].is_none() {
            by_maker.entry(mark.maker).or_default().push(place);
        }
    }
    let mut dense: Vec<Vec<usize>> = Vec::new();
    for (maker, places) in by_maker {
        let gap = if maker.is_some() { IMPORT_GAP } else { 60 };
        let near = |a: usize, b: usize| (marks[b].at - marks[a].at).num_seconds() <= gap;
        for run in places.chunk_by(|a, b| near(*a, *b)) {
            if is_import(marks, run, usual, dates_only) {
                dense.push(run.to_vec());
            }
        }
    }
    dense.sort();
    if are_regular(dense.iter().map(|run| marks[run[0]].at)) {
        return Vec::new();
    }
    dense.into_iter().map(|run| (BurstKind::Import, run)).collect()
}

fn is_import(marks: &[Mark<'_>], run: &[usize], usual: f64, dates_only: bool) -> bool {
    let count = |test: fn(&Mark<'_>) -> bool| run.iter().filter(|p| test(&marks[**p])).count();
    let said = count(|mark| mark.imported) * 2 >= run.len();
    let untouched = count(|mark| !mark.handled) * 10 >= run.len() * 8;
    let least = if said { LEAST_SAID } else { LEAST };
    if run.len() < least || !(said || (untouched && !dates_only)) {
        return false;
    }
    let span = (marks[run[run.len() - 1]].at - marks[run[0]].at).num_seconds().max(60);
    let expected = usual * 5.0 * (span as f64) / 3_600.0;
    (run.len() as f64) > 5.0 * expected && (said || chance(run.len(), expected) < UNLIKELY)
}

/// Outages: many more reports in a few hours than the group ever has, by different people.
fn outages(
    marks: &[Mark<'_>],
    of: &[Option<BurstKind>],
    usual: f64,
) -> Vec<(BurstKind, Vec<usize>)> {
    let places: Vec<usize> = (0..marks.len()).filter(|p| of[*p].is_none()).collect();
    let mut peaked = vec![false; places.len()];
    for (hours, factor) in OUTAGE_WINDOWS {
        let expected = usual * hours as f64 * factor;
        let mut from = 0;
        for to in 0..places.len() {
            while (marks[places[to]].at - marks[places[from]].at).num_hours() >= hours {
                from += 1;
            }
            let count = to + 1 - from;
            let many = count >= LEAST && count as f64 >= 5.0 * expected;
            if many && chance(count, expected) < UNLIKELY {
                // Only the new end needs marking if the one before was marked already.
                let begin = if to > from && peaked[to - 1] && peaked[from] { to } else { from };
                peaked[begin..=to].fill(true);
            }
        }
    }
    let runs = joined(marks, &places, &peaked);
    let runs: Vec<Vec<usize>> = runs
        .into_iter()
        .filter(|run| is_outage(marks, run) && !has_equals(marks, &places, run))
        .collect();
    if are_regular(runs.iter().map(|run| marks[run[0]].at)) {
        return Vec::new();
    }
    runs.into_iter().map(|run| (BurstKind::Outage, run)).collect()
}

fn joined(marks: &[Mark<'_>], places: &[usize], peaked: &[bool]) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut open = false;
    for (place, peak) in places.iter().zip(peaked) {
        if !*peak {
            open = false;
            continue;
        }
        let near = |run: &Vec<usize>| {
            let last = run[run.len() - 1];
            (marks[*place].at - marks[last].at).num_hours() < 24
        };
        match runs.last_mut() {
            Some(run) if open && near(run) => run.push(*place),
            _ => runs.push(vec![*place]),
        }
        open = true;
    }
    runs
}

fn is_outage(marks: &[Mark<'_>], run: &[usize]) -> bool {
    let hours = (marks[run[run.len() - 1]].at - marks[run[0]].at).num_hours();
    if run.len() < LEAST || hours > LONGEST_OUTAGE {
        return false;
    }
    let askers: BTreeSet<&PersonId> = run.iter().filter_map(|p| marks[*p].asker).collect();
    let known = run.iter().filter(|p| marks[**p].asker.is_some()).count();
    let by_robot = run.iter().filter(|p| marks[**p].robot).count() * 2 > run.len();
    by_robot || known * 2 < run.len() || askers.len() * 2 >= known
}

/// True if several other stretches of three days are about as full: a batch among batches.
fn has_equals(marks: &[Mark<'_>], places: &[usize], run: &[usize]) -> bool {
    let (from, to) = (marks[run[0]].at, marks[run[run.len() - 1]].at);
    let mut by_days: BTreeMap<i64, usize> = BTreeMap::new();
    for mark in places.iter().map(|p| &marks[*p]).filter(|m| m.at < from || m.at > to) {
        *by_days.entry(mark.at.timestamp().div_euclid(3 * 86_400)).or_default() += 1;
    }
    by_days.values().filter(|count| **count * 3 >= run.len()).count() >= 3
}

/// True for four or more moments at about equal intervals of days: a batch that recurs is work.
fn are_regular(moments: impl Iterator<Item = Timestamp>) -> bool {
    let mut days: Vec<i64> = moments.map(|at| at.timestamp().div_euclid(86_400)).collect();
    days.sort_unstable();
    days.dedup_by(|b, a| *b - *a <= 1);
    if days.len() < 4 {
        return false;
    }
    let mut gaps: Vec<i64> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable();
    let median = gaps[gaps.len() / 2];
    let slack = (median / 5).max(2);
    let regular = gaps.iter().filter(|gap| (**gap - median).abs() <= slack).count();
    regular * 4 >= gaps.len() * 3
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn people(count: usize) -> Vec<PersonId> {
        (0..count).map(|n| PersonId::new(&format!("p-{n:08x}"))).collect()
    }

    fn mark<'a>(at: Timestamp, who: &'a PersonId, handled: bool) -> Mark<'a> {
        Mark { at, maker: Some(who), asker: Some(who), robot: false, handled, imported: false }
    }

    fn shares(mut marks: Vec<Mark<'_>>) -> Vec<(BurstKind, u32)> {
        marks.sort_by_key(|m| m.at);
        let calendar = Calendar::new(chrono_tz::Europe::Brussels, crate::Country::Be);
        find(&marks, 52, &calendar).bursts.iter().map(|b| (b.kind, b.records)).collect()
    }

    fn background(people: &[PersonId]) -> Vec<Mark<'_>> {
        let start = at("2025-01-06T09:00:00Z");
        let time = |n: i64| start + TimeDelta::hours(n * 24 * 7 / 2 + n % 5);
        (0..104).map(|n| mark(time(n), &people[n as usize % people.len()], true)).collect()
    }

    #[test]
    fn an_ordinary_year_has_no_peak() {
        let people = people(40);
        assert_eq!(shares(background(&people)), []);
    }

    #[test]
    fn an_outage_is_one_peak() {
        let people = people(80);
        let mut marks = background(&people);
        let start = at("2025-06-10T07:30:00Z");
        marks.extend(
            (0..60).map(|n| mark(start + TimeDelta::minutes(3 * n), &people[n as usize], true)),
        );
        let found = shares(marks);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, BurstKind::Outage);
        assert!((59..=62).contains(&found[0].1), "{found:?}");
    }

    #[test]
    fn a_batch_by_one_person_that_people_work_on_is_no_peak() {
        let people = people(40);
        let mut marks = background(&people);
        let start = at("2025-06-10T07:30:00Z");
        marks.extend((0..14).map(|n| mark(start + TimeDelta::minutes(2 * n), &people[3], true)));
        assert_eq!(shares(marks), []);
    }

    #[test]
    fn a_monthly_batch_is_no_peak() {
        let people = people(40);
        let mut marks = Vec::new();
        for month in 1..=12 {
            let start = at(&format!("2025-{month:02}-01T06:00:00Z"));
            marks.extend(
                (0..12).map(|n| mark(start + TimeDelta::seconds(n), &people[n as usize], false)),
            );
        }
        assert_eq!(shares(marks), []);
    }

    #[test]
    fn one_batch_that_falls_closer_together_than_the_others_is_no_peak() {
        let people = people(40);
        let mut marks = Vec::new();
        for month in 1..=12 {
            let start = at(&format!("2025-{month:02}-01T06:00:00Z"));
            let apart = if month == 7 { 1 } else { 300 };
            let time = |n: i64| start + TimeDelta::minutes(apart * n);
            marks.extend((0..10).map(|n| mark(time(n), &people[n as usize], true)));
        }
        assert_eq!(shares(marks), []);
    }

    #[test]
    fn an_import_that_nobody_touched_is_one_peak() {
        let people = people(40);
        let mut marks = background(&people);
        let start = at("2025-06-10T20:00:00Z");
        marks.extend((0..300).map(|n| mark(start + TimeDelta::seconds(7 * n), &people[5], false)));
        assert_eq!(shares(marks), [(BurstKind::Import, 300)]);
    }

    #[test]
    fn a_shared_mailbox_that_makes_every_ticket_is_no_import() {
        let people = people(1);
        let start = at("2025-01-06T08:00:00Z");
        let marks = (0..30_000).map(|n| {
            let day = n / 120;
            mark(
                start + TimeDelta::days(day / 5 * 7 + day % 5) + TimeDelta::minutes(4 * (n % 120)),
                &people[0],
                false,
            )
        });
        assert_eq!(shares(marks.collect()), []);
    }

    #[test]
    fn a_poller_round_the_clock_is_a_robot() {
        let people = people(1);
        let start = at("2025-01-06T08:00:00Z");
        let marks = |handled| {
            (0..700).map(move |n| (start + TimeDelta::hours(12 * n), handled)).collect::<Vec<_>>()
        };
        let polled = marks(false).into_iter().map(|(at, h)| mark(at, &people[0], h)).collect();
        assert_eq!(shares(polled), [(BurstKind::Robot, 700)]);
        let worked = marks(true).into_iter().map(|(at, h)| mark(at, &people[0], h)).collect();
        assert_eq!(shares(worked), []);
    }
}
