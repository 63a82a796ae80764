//! Gain: the hours a month that automating would save, with every factor and its origin.
//!
//! hours = runs a year ÷ 12 × (touch minutes + share redone × redo minutes) ÷ 60 × automatable.

use kompel_mining::{Candidate, Effort, EffortBasis, Spread};
use kompel_model::Phrase;

use crate::criteria::{is_claimed, round, runs_a_year};
use crate::{Factor, Gain, Policy};

/// The gain of a candidate.
pub(crate) fn estimate(candidate: &Candidate, policy: &Policy) -> Gain {
    let runs = runs_factor(candidate);
    let touch = touch_factor(&candidate.effort, policy);
    let redone = redone_factor(candidate);
    let redo = redo_factor(&candidate.effort, policy);
    let automatable = Factor {
        name: "factor-automatable".to_owned(),
        value: Some(ordered(policy.gain.automatable)),
        origin: Phrase::new("origin-factor-automatable"),
    };
    let hours_per_month = match (runs.value, touch.value) {
        (Some(runs), Some(touch)) => {
            let redone = redone.value.unwrap_or(even(0.0));
            let redo = redo.value.unwrap_or(even(0.0));
            let part = ordered(policy.gain.automatable);
            let hours = |pick: fn(Spread) -> f64| {
                pick(runs) / 12.0 * (pick(touch) + pick(redone) * pick(redo)) / 60.0 * pick(part)
            };
            Some(Spread {
                low: round(hours(|s| s.low), 2),
                likely: round(hours(|s| s.likely), 2),
                high: round(hours(|s| s.high), 2),
            })
        }
        (None, _) | (_, None) => None,
    };
    Gain { hours_per_month, factors: vec![runs, touch, redone, redo, automatable] }
}

fn runs_factor(candidate: &Candidate) -> Factor {
    let rate = &candidate.rate;
    let (value, basis) = match runs_a_year(rate) {
        None => (None, "unknown"),
        Some(likely) if is_claimed(rate) => (Some(claimed(candidate, likely)), "claimed"),
        Some(likely) => (Some(even(likely)), "counted"),
    };
    let origin = Phrase::new("origin-factor-runs")
        .text("basis", basis)
        .number("runs", rate.counted)
        .number("days", rate.days)
        .number("answers", count(candidate.answers.len()));
    Factor { name: "factor-runs".to_owned(), value, origin }
}

/// From the lowest claim to the highest.
fn claimed(candidate: &Candidate, likely: f64) -> Spread {
    let claims = candidate.answers.iter().filter_map(|answer| answer.per_year);
    let sound = claims.filter(|claim| claim.is_finite() && *claim >= 0.0);
    sound.fold(even(likely), |spread, claim| Spread {
        low: spread.low.min(claim),
        likely,
        high: spread.high.max(claim),
    })
}

fn touch_factor(effort: &Effort, policy: &Policy) -> Factor {
    let seen = effort.touch_minutes.filter(|minutes| is_sound(*minutes));
    let (value, basis) = match (seen, effort.basis, policy.gain.touch_minutes) {
        (Some(minutes), EffortBasis::Worklog, _) => (Some(minutes), "worklog"),
        (Some(minutes), EffortBasis::Stated, _) => (Some(minutes), "stated"),
        (Some(minutes), EffortBasis::Answers, _) => (Some(minutes), "answers"),
        (Some(minutes), EffortBasis::Activity, _) => (Some(minutes), "activity"),
        (_, _, Some(assumed)) => (Some(assumed), "assumed"),
        (_, _, None) => (None, "unknown"),
    };
    let origin =
        Phrase::new("origin-factor-touch").text("basis", basis).number("samples", effort.samples);
    Factor { name: "factor-touch".to_owned(), value: value.map(ordered), origin }
}

fn redone_factor(candidate: &Candidate) -> Factor {
    let facts = &candidate.errors;
    let share = facts.rework.share().filter(|_| facts.observable || facts.rework.count > 0);
    let origin = Phrase::new("origin-factor-redone")
        .text("basis", if share.is_some() { "seen" } else { "unknown" })
        .number("count", facts.rework.count)
        .number("of", facts.rework.of);
    Factor { name: "factor-redone".to_owned(), value: share.map(even), origin }
}

fn redo_factor(effort: &Effort, policy: &Policy) -> Factor {
    let (minutes, basis) = match effort.redo_minutes.filter(|m| m.is_finite() && *m >= 0.0) {
        Some(minutes) => (minutes, "seen"),
        None => (policy.gain.redo_minutes, "assumed"),
    };
    let origin = Phrase::new("origin-factor-redo").text("basis", basis);
    Factor { name: "factor-redo".to_owned(), value: Some(even(minutes)), origin }
}

/// A value that is known, or taken, as one number.
pub(crate) fn even(value: f64) -> Spread {
    Spread { low: value, likely: value, high: value }
}

fn ordered(spread: Spread) -> Spread {
    let low = spread.low.min(spread.likely);
    Spread { low, likely: spread.likely, high: spread.high.max(spread.likely) }
}

fn is_sound(spread: Spread) -> bool {
    [spread.low, spread.likely, spread.high].iter().all(|v| v.is_finite() && *v >= 0.0)
}

/// A length as a number for a phrase.
pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn hours_follow_the_formula() {
        let gain = estimate(&fixture::rich(), &Policy::default());
        // 120 a year, 20/30/45 minutes, 5 % redone at 40 minutes, 50/70/90 % automatable.
        let expected = Spread { low: 1.83, likely: 3.73, high: 7.05 };
        assert_eq!(gain.hours_per_month, Some(expected));
        let names: Vec<&str> = gain.factors.iter().map(|f| f.name.as_str()).collect();
        let order =
            ["factor-runs", "factor-touch", "factor-redone", "factor-redo", "factor-automatable"];
        assert_eq!(names, order);
    }

    #[test]
    fn an_assumed_touch_time_says_so() {
        let candidate = Candidate { effort: Effort::default(), ..fixture::rich() };
        let gain = estimate(&candidate, &Policy::default());
        let basis = &gain.factors[1].origin.args["basis"];
        assert_eq!(basis, &kompel_model::Arg::Text("assumed".to_owned()));
        assert!(gain.hours_per_month.is_some());
    }

    #[test]
    fn without_runs_or_touch_there_are_no_hours() {
        let mut policy = Policy::default();
        policy.gain.touch_minutes = None;
        let untimed = Candidate { effort: Effort::default(), ..fixture::rich() };
        assert_eq!(estimate(&untimed, &policy).hours_per_month, None);
        let uncounted = Candidate { rate: Default::default(), ..fixture::rich() };
        assert_eq!(estimate(&uncounted, &Policy::default()).hours_per_month, None);
    }
}
