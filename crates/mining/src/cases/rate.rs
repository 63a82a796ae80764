//! Rate: how often the process runs over the time it was really observed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, Months, NaiveDate};

use super::{Group, Knowledge, median, runs::Run, window::Observed};
use crate::{Burst, MonthCount, RateFacts};

/// Days of a year.
const YEAR: f64 = 365.0;

/// Months shown at most.
const LONGEST_MONTHS: usize = 1_200;

/// Counts the runs inside the observed time. The months add up to `counted`.
///
/// A process that begins in the middle of the observed time is measured by all of it.
pub(crate) fn rate(
    counted: &[&Run<'_>],
    bursts: &[Burst],
    observed: &Observed,
    group: &Group<'_>,
    knowledge: &Knowledge<'_>,
) -> RateFacts {
    let mut claims: Vec<f64> = group.answers.iter().filter_map(|a| a.per_year).collect();
    claims.retain(|claim| claim.is_finite() && *claim >= 0.0);
    let claimed_per_year = median(claims);
    let days: Vec<NaiveDate> = counted
        .iter()
        .filter_map(|run| Some(knowledge.calendar.day(run.at?)))
        .filter(|day| observed.holds(*day))
        .collect();
    let bursts = bursts.to_vec();
    let Some((from, to)) = observed.ends() else {
        return RateFacts {
            per_year: claimed_per_year,
            claimed_per_year,
            bursts,
            ..RateFacts::default()
        };
    };
    let weeks = observed.weeks();
    let busy: BTreeSet<NaiveDate> = days.iter().map(|day| monday(*day)).collect();
    let length = observed.days();
    // Records without any time say nothing of the rate.
    let known = !days.is_empty() || counted.is_empty();
    RateFacts {
        per_year: known.then(|| days.len() as f64 * YEAR / f64::from(length.max(1))),
        from: Some(from),
        to: Some(to),
        days: length,
        weeks_observed: count(weeks.len()),
        weeks_with_run: count(weeks.iter().filter(|week| busy.contains(week)).count()),
        counted: count(days.len()),
        months: months(&days, from, to),
        bursts,
        claimed_per_year,
    }
}

fn months(days: &[NaiveDate], from: NaiveDate, to: NaiveDate) -> Vec<MonthCount> {
    let first = |day: NaiveDate| day - Days::new(u64::from(day.day0()));
    let mut by: BTreeMap<NaiveDate, u32> = BTreeMap::new();
    for day in days {
        *by.entry(first(*day)).or_default() += 1;
    }
    let mut out = Vec::new();
    let mut month = first(from);
    while month <= to && out.len() < LONGEST_MONTHS {
        out.push(MonthCount { month, runs: by.get(&month).copied().unwrap_or_default() });
        let Some(next) = month.checked_add_months(Months::new(1)) else { break };
        month = next;
    }
    out
}

fn monday(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(day.weekday().num_days_from_monday()))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
