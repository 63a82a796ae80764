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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use kompel_model::{EventLog, Ticket, Timestamp};

    use super::super::{
        calendar::Calendar,
        fixture::{at, facts, log, message, nature_of, ticket},
    };
    use crate::Country;

    const START: &str = "2025-01-06T08:00:00Z";

    /// A small generator (SplitMix64), so that arrivals are the same everywhere.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    /// Arrivals by chance in the working hours of so many days, without holidays.
    fn arrivals(per_year: f64, days: i64, seed: u64) -> Vec<Timestamp> {
        let calendar = Calendar::new(chrono_tz::UTC, Country::Be);
        let mut dice = Dice(seed);
        let a_day = per_year / 250.0;
        let mut out = Vec::new();
        for day in 0..days {
            let morning = at(START) + TimeDelta::days(day);
            if !calendar.is_working_day(morning.date_naive()) {
                continue;
            }
            let mut clock = -(1.0 - dice.roll()).ln() / a_day;
            while clock < 1.0 {
                out.push(morning + TimeDelta::minutes((clock * 500.0) as i64));
                clock += -(1.0 - dice.roll()).ln() / a_day;
            }
        }
        out
    }

    fn tickets(times: &[Timestamp]) -> Vec<Ticket> {
        times.iter().enumerate().map(|(n, at)| ticket(n, *at)).collect()
    }

    /// The group's tickets first, then the rest of a source that is busy for so many days.
    fn within(mut group: Vec<Ticket>, days: i64) -> (EventLog, usize) {
        let own = group.len();
        let rest = arrivals(2_000.0, days, 99);
        group.extend(rest.iter().enumerate().map(|(n, at)| ticket(100_000 + n, *at)));
        (log(group, vec![]), own)
    }

    fn per_year(times: &[Timestamp], days: i64) -> f64 {
        let (log, own) = within(tickets(times), days);
        let rate = facts(&log, own).rate;
        assert_eq!(rate.months.iter().map(|m| m.runs).sum::<u32>(), rate.counted);
        rate.per_year.unwrap()
    }

    #[track_caller]
    fn near(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() <= 0.1, "{found} instead of {expected}");
    }

    #[test]
    fn rates_come_out_whatever_the_rhythm() {
        let start = at(START);
        let every = |n: i64, days: i64| -> Vec<Timestamp> {
            (0..n).map(|k| start + TimeDelta::days(k * days)).collect()
        };
        near(per_year(&every(78, 7), 546), 52.0);
        near(per_year(&every(273, 2), 546), 182.0);
        let by_chance = arrivals(150.0, 546, 7);
        near(per_year(&by_chance, 546), by_chance.len() as f64 * 365.0 / 546.0);
        near(by_chance.len() as f64 * 365.0 / 546.0, 150.0);
    }

    #[test]
    fn a_batch_on_the_first_of_each_month_counts_in_full() {
        let times: Vec<Timestamp> = (0..18)
            .flat_map(|month| {
                let day = format!("20{}-{:02}-01T06:00:00Z", 25 + month / 12, month % 12 + 1);
                (0..12).map(move |n| at(&day) + TimeDelta::seconds(20 * n))
            })
            .filter(|time| *time > at(START))
            .collect();
        near(per_year(&times, 540), times.len() as f64 * 365.0 / 540.0);
    }

    #[test]
    fn a_process_that_begins_halfway_is_measured_by_all_the_time() {
        let late: Vec<Timestamp> = arrivals(200.0, 546, 5)
            .into_iter()
            .filter(|t| *t > at("2025-10-06T00:00:00Z"))
            .collect();
        near(per_year(&late, 546), late.len() as f64 * 365.0 / 546.0);
    }

    #[test]
    fn an_outage_counts_once_and_an_import_not_at_all() {
        let usual = arrivals(100.0, 546, 3);
        let expected = usual.len() as f64 * 365.0 / 546.0;
        let storm = at("2025-09-16T07:00:00Z");
        let mut all = usual.clone();
        all.extend((0..70).map(|n| storm + TimeDelta::minutes(2 * n)));
        near(per_year(&all, 546), expected);

        let mut loaded = tickets(&usual);
        let night = at("2025-09-16T21:00:00Z");
        loaded.extend((0..400).map(|n| {
            let mut record = ticket(5_000 + n, night + TimeDelta::seconds(5 * n as i64));
            record.reporter = Some(super::super::fixture::person("migrator"));
            record.assignee = None;
            record.labels = vec!["migration".into()];
            record
        }));
        let (log, own) = within(loaded, 546);
        near(facts(&log, own).rate.per_year.unwrap(), expected);
    }

    #[test]
    fn a_group_that_is_one_outage_is_known_as_such() {
        let storm = at("2025-09-16T07:00:00Z");
        let mut times: Vec<Timestamp> =
            (0..70).map(|n| storm + TimeDelta::minutes(2 * n)).collect();
        times.push(at("2025-03-03T09:00:00Z"));
        let nature = nature_of(&log(tickets(&times), vec![]));
        assert_eq!((nature.burst, nature.of), (70, 71));
    }

    #[test]
    fn a_long_thin_head_does_not_thin_the_rate() {
        let thin: Vec<Timestamp> =
            (0..39).map(|week| at("2024-04-08T09:00:00Z") + TimeDelta::days(7 * week)).collect();
        let busy = arrivals(300.0, 91, 11);
        let mut own = thin.clone();
        own.extend(&busy);
        let mut all = tickets(&own);
        let rest = arrivals(4_000.0, 91, 12);
        let count = all.len();
        all.extend(rest.iter().enumerate().map(|(n, at)| ticket(9_000 + n, *at)));
        near(facts(&log(all, vec![]), count).rate.per_year.unwrap(), busy.len() as f64 * 4.0);
    }

    #[test]
    fn chat_about_a_ticket_is_no_second_run() {
        let times: Vec<Timestamp> = (0..40).map(|n| at(START) + TimeDelta::days(7 * n)).collect();
        let chat: Vec<_> = (0..40)
            .map(|n| {
                let when = (times[n] + TimeDelta::hours(3)).to_rfc3339();
                message(
                    &format!("{n}.1"),
                    &when,
                    "worker",
                    "Kan iemand het VPN wachtwoord resetten?",
                    None,
                )
            })
            .collect();
        let found = facts(&log(tickets(&times), chat.clone()), 40);
        assert_eq!((found.runs, found.chat.asks.of), (40, 40));
        let alone = facts(&log(vec![], chat), 0);
        assert_eq!(alone.runs, 40);
        near(alone.rate.per_year.unwrap(), 40.0 * 365.0 / 274.0);
    }

    #[test]
    fn the_order_of_records_changes_nothing() {
        let times = arrivals(120.0, 300, 21);
        let (mut log, own) = within(tickets(&times), 300);
        let before = facts(&log, own);
        log.tickets[..own].reverse();
        assert_eq!(facts(&log, own), before);
    }
}
