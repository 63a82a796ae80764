//! Ease: how easy automating would be, from four parts with a weight each.

use kompel_mining::Candidate;
use kompel_model::Phrase;

use crate::criteria::{counted, percent, round};
use crate::gain::{count, even};
use crate::{Ease, Factor, Policy};

/// What an unknown part counts for: neither easy nor hard.
const UNKNOWN: f64 = 0.5;
/// Steps, seen in the records, at which the work counts as fully described.
const DESCRIBED_STEPS: f64 = 4.0;

/// The ease of a candidate.
pub(crate) fn estimate(candidate: &Candidate, policy: &Policy) -> Ease {
    let weights = &policy.ease;
    let weighed = [
        (weights.connectors_weight, connectors(candidate, policy)),
        (weights.sameness_weight, sameness(candidate)),
        (weights.decisions_weight, decisions(candidate)),
        (weights.documentation_weight, documentation(candidate)),
    ];
    let mut sum = 0.0;
    let mut total = 0.0;
    for (weight, part) in &weighed {
        let weight = weight.max(0.0);
        sum += weight * part.value.map_or(UNKNOWN, |value| value.likely);
        total += weight;
    }
    let share = if total > 0.0 { (sum / total).clamp(0.0, 1.0) } else { UNKNOWN };
    let parts = weighed.into_iter().map(|(_, part)| part).collect();
    Ease { share: round(share, 3), parts }
}

fn part(name: &str, value: Option<f64>, origin: Phrase) -> Factor {
    let value = value.map(|value| even(round(value.clamp(0.0, 1.0), 3)));
    Factor { name: name.to_owned(), value, origin }
}

fn connectors(candidate: &Candidate, policy: &Policy) -> Factor {
    let systems = counted(&candidate.systems, policy);
    let covered = systems.iter().filter(|s| policy.ease.connector(&s.name).is_some()).count();
    let (covered, all) = (count(covered), count(systems.len()));
    let share = (all > 0).then(|| f64::from(covered) / f64::from(all));
    let origin = Phrase::new("origin-ease-connectors")
        .text("basis", basis(share))
        .number("count", covered)
        .number("of", all);
    part("ease-connectors", share, origin)
}

fn sameness(candidate: &Candidate) -> Factor {
    let facts = &candidate.resolution;
    let origin = Phrase::new("origin-ease-sameness")
        .text("basis", basis(facts.sameness))
        .number("count", facts.alike.count)
        .number("of", facts.alike.of);
    part("ease-sameness", facts.sameness, origin)
}

fn decisions(candidate: &Candidate) -> Factor {
    let facts = &candidate.human;
    let share = facts.waiting.share().filter(|_| facts.observable);
    let origin = Phrase::new("origin-ease-decisions")
        .text("basis", basis(share))
        .number("share", percent(share.unwrap_or(0.0)));
    // An approval is one question with one answer: even if every run needs one, it is half hard.
    part("ease-decisions", share.map(|share| 1.0 - share / 2.0), origin)
}

fn documentation(candidate: &Candidate) -> Factor {
    let steps = count(candidate.steps.iter().filter(|step| !step.waiting).count());
    let inputs = count(candidate.inputs.len());
    let mut value = 0.5 * (f64::from(steps) / DESCRIBED_STEPS).min(1.0);
    value += if inputs > 0 { 0.25 } else { 0.0 };
    value += if candidate.resolution.dominant.is_some() { 0.25 } else { 0.0 };
    let origin =
        Phrase::new("origin-ease-documentation").number("steps", steps).number("inputs", inputs);
    part("ease-documentation", Some(value), origin)
}

fn basis(known: Option<f64>) -> &'static str {
    if known.is_some() { "seen" } else { "unknown" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_connector_for_a_system_makes_it_easier() {
        let candidate = fixture::rich();
        let before = estimate(&candidate, &Policy::default());
        let mut policy = Policy::default();
        policy.ease.connectors.insert("vpn".to_owned(), "vpn".to_owned());
        let after = estimate(&candidate, &policy);
        assert!(after.share > before.share);
        assert_eq!(before.parts[0].origin.args["count"], kompel_model::Arg::Number(2.0));
    }

    #[test]
    fn ease_stays_a_share_whatever_the_weights() {
        let mut policy = Policy::default();
        policy.ease.connectors_weight = -4.0;
        policy.ease.sameness_weight = 0.0;
        policy.ease.decisions_weight = 0.0;
        policy.ease.documentation_weight = 0.0;
        assert_eq!(estimate(&fixture::rich(), &policy).share, UNKNOWN);
    }
}
