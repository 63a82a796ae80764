//! Errors: are enough runs reopened, redone or corrected?

use kompel_mining::Candidate;
use kompel_model::Phrase;

use super::{percent, pick};
use crate::{Criterion, Policy, Verdict};

pub(super) fn judge(candidate: &Candidate, policy: &Policy) -> Criterion {
    let facts = &candidate.errors;
    let threshold = policy.errors.share;
    let (verdict, id) = match facts.rework.share() {
        Some(share) if share >= threshold => (Verdict::Met, "errors-met"),
        Some(_) if facts.observable => (Verdict::NotMet, "errors-not-met"),
        Some(_) | None => (Verdict::Unknown, "errors-unknown"),
    };
    let reason = Phrase::new(id)
        .number("count", facts.rework.count)
        .number("of", facts.rework.of)
        .number("share", percent(facts.rework.share().unwrap_or(0.0)))
        .number("threshold", percent(threshold))
        .number("reopened", facts.reopened.count)
        .number("corrected", facts.corrected.count);
    Criterion { verdict, reason, evidence: pick(&facts.rework.examples, 5) }
}

#[cfg(test)]
mod tests {
    use kompel_mining::{ErrorFacts, Tally};

    use super::*;
    use crate::fixture;

    fn check(observable: bool, count: u32, of: u32, verdict: Verdict) {
        let rework = Tally { count, of, examples: Vec::new() };
        let errors = ErrorFacts { observable, rework, ..ErrorFacts::default() };
        let candidate = Candidate { errors, ..fixture::rich() };
        let found = judge(&candidate, &Policy::default());
        assert_eq!(found.verdict, verdict, "{count} of {of}");
    }

    #[test]
    fn three_in_a_hundred_is_met_and_less_is_not() {
        check(true, 3, 100, Verdict::Met);
        check(true, 299, 10_000, Verdict::NotMet);
        check(true, 0, 100, Verdict::NotMet);
    }

    #[test]
    fn what_records_cannot_show_is_unknown_unless_it_shows() {
        check(false, 0, 100, Verdict::Unknown);
        check(false, 5, 100, Verdict::Met);
        check(true, 0, 0, Verdict::Unknown);
    }
}
