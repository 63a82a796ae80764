//! Windows: over which time each source was really observed.
//!
//! The span from the first to the last date deceives: exports carry long thin heads, tails and
//! holes. A window is the days on which the source as a whole was really active.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use kompel_model::{EventLog, SourceKind, Ticket, Timestamp};

use super::calendar::Calendar;
use crate::SourceWindow;

/// A week below this share of a busy week was not really observed.
const THIN: f64 = 0.12;

/// Weeks on either side that a week is judged with, so that Christmas is no gap.
const NEIGHBOURS: usize = 2;

/// Fewest thin weeks on end that make a gap.
const GAP_WEEKS: usize = 4;

/// Empty weeks make a gap only where the usual rate would have made so many records in them.
const EXPECTED_IN_GAP: f64 = 15.0;

/// Weeks of a source longer than this are not looked at one by one.
const LONGEST_WEEKS: i64 = 5_300;

/// The time over which one source was observed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Observed {
    /// Stretches of days, both ends included, in order, disjoint.
    pub(crate) stretches: Vec<(NaiveDate, NaiveDate)>,
    /// Records with a time.
    pub(crate) records: u64,
}

impl Observed {
    /// Days observed.
    pub(crate) fn days(&self) -> u32 {
        let days: i64 = self.stretches.iter().map(|(from, to)| (*to - *from).num_days() + 1).sum();
        u32::try_from(days).unwrap_or(u32::MAX)
    }

    /// First and last day.
    pub(crate) fn ends(&self) -> Option<(NaiveDate, NaiveDate)> {
        Some((self.stretches.first()?.0, self.stretches.last()?.1))
    }

    /// True if the day was observed.
    pub(crate) fn holds(&self, day: NaiveDate) -> bool {
        self.stretches.iter().any(|(from, to)| (*from..=*to).contains(&day))
    }

    /// The Mondays of the whole ISO weeks observed.
    pub(crate) fn weeks(&self) -> Vec<NaiveDate> {
        let mut out = Vec::new();
        for (from, to) in &self.stretches {
            let ahead = (7 - from.weekday().num_days_from_monday()) % 7;
            let mut monday = *from + Days::new(u64::from(ahead));
            while monday + Days::new(6) <= *to {
                out.push(monday);
                monday = monday + Days::new(7);
            }
        }
        out
    }

    /// Both observed times together.
    pub(crate) fn union(&self, other: &Self) -> Self {
        let mut all: Vec<_> = self.stretches.iter().chain(&other.stretches).copied().collect();
        all.sort_unstable();
        let mut stretches: Vec<(NaiveDate, NaiveDate)> = Vec::new();
        for (from, to) in all {
            match stretches.last_mut() {
                Some(last) if from <= last.1 + Days::new(1) => last.1 = last.1.max(to),
                _ => stretches.push((from, to)),
            }
        }
        Self { stretches, records: self.records + other.records }
    }
}

/// The observed time of every source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Windows {
    by: BTreeMap<SourceKind, Observed>,
}

impl Windows {
    /// Looks at a log.
    pub(crate) fn of(log: &EventLog, calendar: &Calendar) -> Self {
        let mut times: BTreeMap<SourceKind, Vec<Timestamp>> = BTreeMap::new();
        for ticket in &log.tickets {
            if let Some(at) = start(ticket) {
                times.entry(ticket.id.source).or_default().push(at);
            }
        }
        for message in &log.messages {
            times.entry(message.id.source).or_default().push(message.at);
        }
        let by = times.into_iter().map(|(kind, at)| (kind, observe(&at, calendar))).collect();
        Self { by }
    }

    /// One source's.
    pub(crate) fn get(&self, kind: SourceKind) -> Option<&Observed> {
        self.by.get(&kind)
    }

    /// All, as facts.
    pub(crate) fn facts(&self) -> Vec<SourceWindow> {
        self.by
            .iter()
            .filter_map(|(kind, observed)| {
                let (from, to) = observed.ends()?;
                let gaps = observed
                    .stretches
                    .windows(2)
                    .map(|pair| (pair[0].1 + Days::new(1), pair[1].0 - Days::new(1)))
                    .collect();
                let (days, records) = (observed.days(), observed.records);
                Some(SourceWindow { source: *kind, from, to, days, gaps, records })
            })
            .collect()
    }
}

/// When a case began: the ticket's making, or its first activity, or its first comment.
pub(crate) fn start(ticket: &Ticket) -> Option<Timestamp> {
    let activity = || ticket.activities.first().map(|a| a.started.unwrap_or(a.at));
    let comment = || ticket.comments.iter().find_map(|c| c.at);
    ticket.created.or_else(activity).or_else(comment).or(ticket.resolved).or(ticket.updated)
}

/// The time in which records with these moments were really observed.
pub(crate) fn observe(times: &[Timestamp], calendar: &Calendar) -> Observed {
    let mut minutes: Vec<i64> = times.iter().map(|at| at.timestamp().div_euclid(60)).collect();
    minutes.sort_unstable();
    let records = times.len() as u64;
    let (Some(first), Some(last)) = (times.iter().min(), times.iter().max()) else {
        return Observed::default();
    };
    let (first, last) = (calendar.day(*first), calendar.day(*last));
    let whole = Observed { stretches: vec![(first, last)], records };
    let monday = first - Days::new(u64::from(first.weekday().num_days_from_monday()));
    let span = (last - monday).num_days() / 7 + 1;
    if !(6..=LONGEST_WEEKS).contains(&span) {
        return whole;
    }
    let mut volume = vec![0_u32; usize::try_from(span).unwrap_or_default()];
    for minute in volumes(&minutes) {
        let at = Timestamp::from_timestamp(minute * 60, 0).unwrap_or_default();
        let week = usize::try_from((calendar.day(at) - monday).num_days() / 7).unwrap_or_default();
        if let Some(count) = volume.get_mut(week) {
            *count += 1;
        }
    }
    let stretches = observed_weeks(&volume)
        .into_iter()
        .map(|(from, to)| {
            let day = |weeks: usize| monday + Days::new(7 * weeks as u64);
            (day(from).max(first), (day(to) + Days::new(6)).min(last))
        })
        .collect();
    Observed { stretches, records }
}

/// Each minute counts once, so that an import weighs as little as it took; where times are dates
/// only, each record counts.
fn volumes(minutes: &[i64]) -> Vec<i64> {
    let mut distinct = minutes.to_vec();
    distinct.dedup();
    let dates_only = distinct.len() * 10 < minutes.len() * 3
        && distinct.windows(2).all(|pair| pair[1] - pair[0] >= 12 * 60);
    if dates_only { minutes.to_vec() } else { distinct }
}

/// Stretches of weeks (first and last place) that are not thin.
fn observed_weeks(volume: &[u32]) -> Vec<(usize, usize)> {
    let busy = busy_level(volume);
    let mean = volume.iter().map(|n| f64::from(*n)).sum::<f64>() / volume.len() as f64;
    let least = GAP_WEEKS.max((EXPECTED_IN_GAP / mean.max(0.01)).ceil() as usize);
    let mut thin = thin_runs(volume, THIN * busy);
    thin.retain(|(from, to)| to - from + 1 >= least);
    let mut out = Vec::new();
    let mut next = 0;
    for (from, to) in thin {
        if from > next {
            out.push((next, from - 1));
        }
        next = to + 1;
    }
    if next < volume.len() {
        out.push((next, volume.len() - 1));
    }
    if out.is_empty() { vec![(0, volume.len() - 1)] } else { out }
}

/// The volume of the week in which the middle record falls, weeks sorted by volume.
fn busy_level(volume: &[u32]) -> f64 {
    let mut sorted = volume.to_vec();
    sorted.sort_unstable();
    let total: u64 = sorted.iter().map(|n| u64::from(*n)).sum();
    let mut seen = 0;
    for count in sorted {
        seen += u64::from(count);
        if seen * 2 >= total {
            return f64::from(count);
        }
    }
    0.0
}

/// Stretches of weeks whose neighbourhood is below the level.
fn thin_runs(volume: &[u32], level: f64) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    for week in 0..volume.len() {
        let from = week.saturating_sub(NEIGHBOURS);
        let to = (week + NEIGHBOURS + 1).min(volume.len());
        let mut near = volume[from..to].to_vec();
        near.sort_unstable();
        if f64::from(near[near.len() / 2]) >= level.max(f64::MIN_POSITIVE) {
            continue;
        }
        match out.last_mut() {
            Some(last) if last.1 + 1 == week => last.1 = week,
            _ => out.push((week, week)),
        }
    }
    // A thin stretch ends where the source is busy, whatever the smoothing says.
    for (from, to) in &mut out {
        while *from < *to && f64::from(volume[*from]) >= level && volume[*from] > 0 {
            *from += 1;
        }
        while *to > *from && f64::from(volume[*to]) >= level && volume[*to] > 0 {
            *to -= 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn calendar() -> Calendar {
        Calendar::new(chrono_tz::Europe::Brussels, crate::Country::Be)
    }

    /// So many records a week, spread over the working week, for each of the weeks.
    fn weeks(counts: &[u32]) -> Vec<Timestamp> {
        let monday: Timestamp = "2025-01-06T08:00:00Z".parse().unwrap();
        let mut out = Vec::new();
        for (week, count) in counts.iter().enumerate() {
            for n in 0..*count {
                let minutes =
                    7 * 24 * 60 * week as i64 + i64::from(n) * 5 * 24 * 60 / i64::from(*count);
                out.push(monday + TimeDelta::minutes(minutes));
            }
        }
        out
    }

    fn days(counts: &[u32]) -> u32 {
        observe(&weeks(counts), &calendar()).days()
    }

    #[test]
    fn a_long_thin_tail_is_not_observed() {
        let mut counts = vec![600; 13];
        counts.extend([5; 39]);
        let found = days(&counts);
        assert!((80..=100).contains(&found), "{found}");
    }

    #[test]
    fn a_long_thin_head_is_not_observed() {
        let mut counts = vec![1; 60];
        counts.extend([150; 6]);
        let found = days(&counts);
        assert!((35..=55).contains(&found), "{found}");
    }

    #[test]
    fn holidays_are_no_gap() {
        let mut counts = vec![50; 51];
        counts.extend([3, 0]);
        counts.extend([50; 20]);
        counts[30..33].fill(18);
        let found = observe(&weeks(&counts), &calendar());
        assert_eq!(found.stretches.len(), 1);
        assert!(found.days() > 73 * 7 - 7);
    }

    #[test]
    fn a_hole_of_months_is_a_gap() {
        let mut counts = vec![40; 20];
        counts.extend([0; 16]);
        counts.extend([40; 20]);
        let found = observe(&weeks(&counts), &calendar());
        assert_eq!(found.stretches.len(), 2);
        assert!((270..=290).contains(&found.days()), "{}", found.days());
    }

    #[test]
    fn a_small_source_keeps_its_span() {
        let counts: Vec<u32> = (0..60).map(|week| u32::from(week % 5 == 0)).collect();
        assert_eq!(observe(&weeks(&counts), &calendar()).stretches.len(), 1);
        assert_eq!(days(&[1]), 1);
        assert_eq!(observe(&[], &calendar()), Observed::default());
    }

    #[test]
    fn one_import_does_not_make_the_rest_thin() {
        let mut times = weeks(&[20; 50]);
        let start: Timestamp = "2025-05-20T20:00:00Z".parse().unwrap();
        times.extend((0..4_000).map(|n| start + TimeDelta::seconds(n)));
        let found = observe(&times, &calendar());
        assert!(found.days() > 340, "{}", found.days());
    }

    #[test]
    fn whole_weeks_only_are_weeks() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        let observed =
            Observed { stretches: vec![(date("2025-01-08"), date("2025-01-26"))], records: 1 };
        assert_eq!(observed.weeks(), [date("2025-01-13"), date("2025-01-20")]);
    }

    #[test]
    fn the_year_of_a_real_log_is_three_months() {
        let Some(folder) = super::super::fixture::shared("uci-incident-event-log") else { return };
        let file = std::fs::File::open(folder.join("incident_event_log_restored.csv.gz")).unwrap();
        let mut reader = csv::Reader::from_reader(flate2::read::GzDecoder::new(file));
        let headers = reader.headers().unwrap().clone();
        let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
        let (number, opened) = (column("number"), column("opened_at"));
        let mut cases = BTreeMap::new();
        for row in reader.records().map(|row| row.unwrap()) {
            let local = chrono::NaiveDateTime::parse_from_str(&row[opened], "%d/%m/%Y %H:%M");
            cases.insert(row[number].to_owned(), calendar().moment(local.unwrap()));
        }
        let times: Vec<Timestamp> = cases.into_values().collect();
        let found = observe(&times, &calendar());
        assert!((80..=105).contains(&found.days()), "{found:?}");
        let held = times.iter().filter(|at| found.holds(calendar().day(**at))).count();
        assert!(held * 100 >= times.len() * 97);
    }
}
