//! Frequency: does it run weekly, or often enough a year?
//!
//! Counted runs decide. Only where no run could be counted do people's answers speak, and the
//! reason says so. A short observation can show that something runs often, never that it is rare.

use kompel_mining::{Candidate, RateFacts};
use kompel_model::{MemberRef, Phrase};

use super::{percent, pick, round};
use crate::{Criterion, Policy, Verdict};

/// Runs a year, to one decimal as shown; of the records, or of the answers if none was counted.
pub(crate) fn runs_a_year(rate: &RateFacts) -> Option<f64> {
    let known =
        if rate.counted > 0 { rate.per_year } else { rate.claimed_per_year.or(rate.per_year) };
    known.filter(|value| value.is_finite() && *value >= 0.0).map(|value| round(value, 1))
}

/// True if the runs a year are what people said and not counted.
pub(crate) fn is_claimed(rate: &RateFacts) -> bool {
    rate.counted == 0 && runs_a_year(rate).is_some()
}

pub(super) fn judge(candidate: &Candidate, policy: &Policy) -> Criterion {
    let rate = &candidate.rate;
    let limits = &policy.frequency;
    let Some(per_year) = runs_a_year(rate) else {
        return Criterion {
            verdict: Verdict::Unknown,
            reason: Phrase::new("frequency-unknown"),
            evidence: evidence(candidate),
        };
    };
    let often = per_year >= limits.per_year;
    let claimed = is_claimed(rate);
    let short = !claimed && rate.weeks_observed < limits.minimum_weeks;
    let weekly = !claimed && !short && weekly_share(rate) >= limits.weekly_share;
    let (verdict, id) = match (often, weekly, claimed, short) {
        (true, _, true, _) => (Verdict::Met, "frequency-met-claimed"),
        (true, _, false, true) => (Verdict::Met, "frequency-met-short"),
        (true, _, false, false) => (Verdict::Met, "frequency-met"),
        (false, true, ..) => (Verdict::Met, "frequency-met-weekly"),
        (false, false, true, _) => (Verdict::NotMet, "frequency-not-met-claimed"),
        (false, false, false, true) => (Verdict::Unknown, "frequency-unknown-short"),
        (false, false, false, false) => (Verdict::NotMet, "frequency-not-met"),
    };
    let answers = u32::try_from(candidate.answers.len()).unwrap_or(u32::MAX);
    let reason = Phrase::new(id)
        .number("per_year", per_year)
        .number("threshold", limits.per_year)
        .number("runs", rate.counted)
        .number("days", rate.days)
        .number("weeks", rate.weeks_observed)
        .number("weeks_with_run", rate.weeks_with_run)
        .number("weekly_threshold", percent(limits.weekly_share))
        .number("minimum_weeks", limits.minimum_weeks)
        .number("answers", answers);
    Criterion { verdict, reason, evidence: evidence(candidate) }
}

fn weekly_share(rate: &RateFacts) -> f64 {
    if rate.weeks_observed == 0 {
        return 0.0;
    }
    f64::from(rate.weeks_with_run) / f64::from(rate.weeks_observed)
}

fn evidence(candidate: &Candidate) -> Vec<MemberRef> {
    if is_claimed(&candidate.rate) {
        return pick(candidate.answers.iter().map(|answer| &answer.what.of), 5);
    }
    let starts = candidate.triggers.iter().flat_map(|trigger| &trigger.seen.examples);
    pick(starts.chain(&candidate.members), 5)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixture;

    fn check(rate: RateFacts, verdict: Verdict, reason: &str) {
        let candidate = Candidate { rate: rate.clone(), ..fixture::rich() };
        let found = judge(&candidate, &Policy::default());
        assert_eq!((found.verdict, found.reason.id.as_str()), (verdict, reason), "{rate:?}");
    }

    fn counted(per_year: f64, runs: u32, weeks: u32, with_run: u32) -> RateFacts {
        RateFacts {
            per_year: Some(per_year),
            counted: runs,
            days: weeks * 7,
            weeks_observed: weeks,
            weeks_with_run: with_run,
            ..RateFacts::default()
        }
    }

    #[test]
    fn fifty_a_year_is_met_and_just_under_is_not() {
        check(counted(50.0, 50, 52, 20), Verdict::Met, "frequency-met");
        check(counted(49.96, 50, 52, 20), Verdict::Met, "frequency-met");
        check(counted(49.9, 50, 52, 20), Verdict::NotMet, "frequency-not-met");
    }

    #[test]
    fn a_run_in_four_of_five_weeks_is_weekly() {
        check(counted(41.6, 40, 50, 40), Verdict::Met, "frequency-met-weekly");
        check(counted(41.6, 40, 50, 39), Verdict::NotMet, "frequency-not-met");
    }

    #[test]
    fn a_short_observation_shows_often_but_never_seldom() {
        check(counted(120.0, 16, 7, 7), Verdict::Met, "frequency-met-short");
        check(counted(20.0, 3, 7, 7), Verdict::Unknown, "frequency-unknown-short");
        check(counted(20.0, 3, 8, 3), Verdict::NotMet, "frequency-not-met");
    }

    #[test]
    fn answers_speak_only_where_no_run_was_counted() {
        let claim = |claimed| RateFacts { claimed_per_year: Some(claimed), ..RateFacts::default() };
        check(claim(52.0), Verdict::Met, "frequency-met-claimed");
        check(claim(12.0), Verdict::NotMet, "frequency-not-met-claimed");
        let both = RateFacts { claimed_per_year: Some(300.0), ..counted(20.0, 20, 52, 15) };
        check(both, Verdict::NotMet, "frequency-not-met");
    }

    #[test]
    fn without_times_and_claims_it_is_unknown() {
        check(RateFacts::default(), Verdict::Unknown, "frequency-unknown");
        check(
            RateFacts { per_year: Some(f64::NAN), counted: 3, ..RateFacts::default() },
            Verdict::Unknown,
            "frequency-unknown",
        );
    }

    fn height(verdict: Verdict) -> u8 {
        match verdict {
            Verdict::NotMet => 0,
            Verdict::Unknown => 1,
            Verdict::Met => 2,
        }
    }

    proptest! {
        #[test]
        fn more_runs_never_lower_the_verdict(
            weeks in 1u32..160, runs in 1u32..400, more in 0u32..400, share in 0.0f64..1.0
        ) {
            let rate = |runs: u32| {
                let most = weeks.min(runs);
                // The share of weeks with a run grows, or stays, with the runs.
                let with_run = (f64::from(most) * share).round() as u32;
                counted(f64::from(runs) / (f64::from(weeks) * 7.0 / 365.25), runs, weeks, with_run)
            };
            let of = |runs| {
                let candidate = Candidate { rate: rate(runs), ..fixture::rich() };
                height(judge(&candidate, &Policy::default()).verdict)
            };
            prop_assert!(of(runs + more) >= of(runs));
        }
    }
}
