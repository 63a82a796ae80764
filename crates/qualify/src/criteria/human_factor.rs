//! Human factor: do enough runs wait for a person or show copy-paste work?

use kompel_mining::{Candidate, HumanFacts, WaitsFor};
use kompel_model::Phrase;

use super::{percent, pick, round};
use crate::{Criterion, Policy, Verdict};

/// The role without its mark (`role:manager` → `manager`), or the pseudonym as it is.
fn role_of(waits: &WaitsFor) -> &str {
    waits.who.strip_prefix("role:").unwrap_or(&waits.who)
}

/// The one most waited for, if seen in enough of the waiting runs to be named.
pub(crate) fn most_waited_for<'a>(facts: &'a HumanFacts, policy: &Policy) -> Option<&'a str> {
    let first = facts.waits_for.first()?;
    let share = f64::from(first.runs) / f64::from(facts.waiting.count.max(1));
    (share >= policy.human_factor.visible_share).then(|| role_of(first))
}

pub(super) fn judge(candidate: &Candidate, policy: &Policy) -> Criterion {
    let facts = &candidate.human;
    let threshold = policy.human_factor.share;
    let (verdict, id) = match facts.touched.share() {
        Some(share) if share >= threshold => (Verdict::Met, met_by(facts)),
        Some(_) if facts.observable => (Verdict::NotMet, "human-not-met"),
        Some(_) | None => (Verdict::Unknown, "human-unknown"),
    };
    let mut reason = Phrase::new(id)
        .number("count", facts.touched.count)
        .number("of", facts.touched.of)
        .number("share", percent(facts.touched.share().unwrap_or(0.0)))
        .number("threshold", percent(threshold))
        .number("waiting", facts.waiting.count)
        .number("copied", facts.copy_paste.count)
        .text("who", most_waited_for(facts, policy).unwrap_or("someone"));
    if let Some(hours) = facts.waiting_hours_median {
        reason = reason.number("hours", round(hours, 1));
    }
    let shown = facts.waiting.examples.iter().chain(&facts.copy_paste.examples);
    Criterion { verdict, reason, evidence: pick(shown.chain(&facts.touched.examples), 5) }
}

fn met_by(facts: &HumanFacts) -> &'static str {
    match (facts.waiting.count > 0, facts.waiting_hours_median, facts.copy_paste.count > 0) {
        (true, Some(_), true) => "human-met-both",
        (true, None, true) => "human-met-both-untimed",
        (true, Some(_), false) => "human-met-waiting",
        (true, None, false) => "human-met-waiting-untimed",
        (false, _, true) => "human-met-copying",
        (false, _, false) => "human-met",
    }
}

#[cfg(test)]
mod tests {
    use kompel_mining::Tally;

    use super::*;
    use crate::fixture;

    fn check(observable: bool, count: u32, of: u32, verdict: Verdict) {
        let touched = Tally { count, of, examples: Vec::new() };
        let human = HumanFacts { observable, touched, ..HumanFacts::default() };
        let candidate = Candidate { human, ..fixture::rich() };
        let found = judge(&candidate, &Policy::default());
        assert_eq!(found.verdict, verdict, "{count} of {of}");
    }

    #[test]
    fn a_fifth_of_the_runs_is_met_and_less_is_not() {
        check(true, 20, 100, Verdict::Met);
        check(true, 1, 5, Verdict::Met);
        check(true, 19, 100, Verdict::NotMet);
        check(true, 0, 100, Verdict::NotMet);
    }

    #[test]
    fn what_records_cannot_show_is_unknown_unless_it_shows() {
        check(false, 0, 100, Verdict::Unknown);
        check(false, 3, 100, Verdict::Unknown);
        check(false, 40, 100, Verdict::Met);
        check(true, 0, 0, Verdict::Unknown);
    }
}
