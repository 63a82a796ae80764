//! The criteria of the mission's filter, one file each.
//!
//! A criterion reads a candidate's facts and the policy and gives a verdict with its reason and
//! evidence. It says `unknown` where the records could not show the answer.

mod errors;
mod frequency;
mod human_factor;
mod systems;

use kompel_mining::Candidate;
use kompel_model::MemberRef;

pub(crate) use frequency::{is_claimed, runs_a_year};
pub(crate) use human_factor::most_waited_for;
pub(crate) use systems::{counted, names, script_may_do};

use crate::policy::{CriterionName, Unknowns};
use crate::{Criteria, Policy, Verdict};

/// Judges all four criteria.
pub(crate) fn judge(candidate: &Candidate, policy: &Policy) -> Criteria {
    Criteria {
        frequency: frequency::judge(candidate, policy),
        systems: systems::judge(candidate, policy),
        human_factor: human_factor::judge(candidate, policy),
        errors: errors::judge(candidate, policy),
    }
}

/// True if every gate of the policy lets these verdicts through.
pub(crate) fn pass_gates(criteria: &Criteria, policy: &Policy) -> bool {
    policy.gate.iter().all(|name| passes(*name, criteria, policy))
}

/// True if this criterion's verdict lets it through.
pub(crate) fn passes(name: CriterionName, criteria: &Criteria, policy: &Policy) -> bool {
    let (criterion, unknown) = match name {
        CriterionName::Frequency => (&criteria.frequency, policy.frequency.unknown),
        CriterionName::Systems => (&criteria.systems, policy.systems.unknown),
        CriterionName::HumanFactor => (&criteria.human_factor, policy.human_factor.unknown),
        CriterionName::Errors => (&criteria.errors, policy.errors.unknown),
    };
    match criterion.verdict {
        Verdict::Met => true,
        Verdict::NotMet => false,
        Verdict::Unknown => unknown == Unknowns::Pass,
    }
}

/// The first `limit` different records, in the order given.
pub(crate) fn pick<'a>(
    records: impl IntoIterator<Item = &'a MemberRef>,
    limit: usize,
) -> Vec<MemberRef> {
    let mut picked: Vec<MemberRef> = Vec::new();
    for record in records {
        if picked.len() == limit {
            break;
        }
        if !picked.contains(record) {
            picked.push(record.clone());
        }
    }
    picked
}

/// A share as a percentage with at most one decimal.
pub(crate) fn percent(share: f64) -> f64 {
    round(share * 100.0, 1)
}

/// Rounds to so many decimals; what is not finite becomes 0.
pub(crate) fn round(value: f64, decimals: i32) -> f64 {
    if !value.is_finite() {
        return 0.0;
    }
    let factor = 10f64.powi(decimals);
    let rounded = (value * factor).round() / factor;
    if rounded == 0.0 { 0.0 } else { rounded }
}
