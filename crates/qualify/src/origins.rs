//! Origins: where every number of a candidate comes from; what `kompel explain` prints.

use kompel_mining::{BurstKind, Candidate};
use kompel_model::{MemberRef, Phrase};

use crate::criteria::{is_claimed, passes, percent, pick, round};
use crate::gain::{count, even};
use crate::{Assessed, CriterionName, Factor, Origin, Policy, Verdict};

/// All origins of a candidate, in the order of the JSON.
pub(crate) fn of(candidate: &Candidate, assessed: &Assessed, policy: &Policy) -> Vec<Origin> {
    let mut origins = ranking(candidate, assessed, policy);
    origins.extend(criteria(candidate, assessed));
    origins.push(sameness(candidate, policy));
    origins.extend(gain(assessed));
    let origin = Phrase::new("origin-members").number("count", count(candidate.members.len()));
    origins.push(plain("members", origin));
    origins
}

fn plain(path: &str, says: Phrase) -> Origin {
    Origin { path: path.to_owned(), says, evidence: Vec::new() }
}

fn shown(path: &str, says: Phrase, evidence: Vec<MemberRef>) -> Origin {
    Origin { path: path.to_owned(), says, evidence }
}

fn ranking(candidate: &Candidate, assessed: &Assessed, policy: &Policy) -> Vec<Origin> {
    let mut found = vec![
        plain("rank", Phrase::new("origin-rank").number("rank", assessed.rank)),
        plain(
            "score",
            Phrase::new("origin-score")
                .number("score", assessed.score)
                .number("value", assessed.value)
                .number("ease", assessed.ease.share)
                .number("certainty", assessed.certainty),
        ),
    ];
    if assessed.script_may_do {
        let factor = policy.rank.script_factor;
        found.push(plain("score", Phrase::new("origin-script").number("factor", factor)));
    }
    if assessed.criteria.errors.verdict == Verdict::Met {
        let bonus = percent(policy.rank.errors_bonus);
        found.push(plain("score", Phrase::new("origin-errors-bonus").number("bonus", bonus)));
    }
    if !candidate.request.lexicon.is_empty() {
        let says = Phrase::new("origin-hunt-words")
            .number("bonus", percent(policy.rank.hunt_words_bonus))
            .text("words", candidate.request.lexicon.join(", "));
        found.push(plain("score", says));
    }
    for part in assessed.ease.parts.iter().chain(&assessed.certainty_parts) {
        found.push(plain("score", factor_line(part)));
    }
    found.extend(gates(candidate, assessed, policy));
    found
}

/// Why it does or does not qualify.
fn gates(candidate: &Candidate, assessed: &Assessed, policy: &Policy) -> Vec<Origin> {
    if assessed.qualifies {
        return vec![plain("qualifies", Phrase::new("origin-qualifies"))];
    }
    let mut found: Vec<Origin> = policy
        .gate
        .iter()
        .filter(|name| !passes(**name, &assessed.criteria, policy))
        .map(|name| plain("qualifies", Phrase::new(gate_id(*name))))
        .collect();
    let floor = policy.sameness_floor;
    if candidate.resolution.sameness.is_some_and(|s| s < floor) {
        let says = Phrase::new("origin-below-sameness").number("threshold", percent(floor));
        found.push(plain("qualifies", says));
    }
    if candidate.rate.counted < policy.minimum_cases && !is_claimed(&candidate.rate) {
        let says = Phrase::new("origin-too-few-cases")
            .number("runs", candidate.rate.counted)
            .number("threshold", policy.minimum_cases);
        found.push(plain("qualifies", says));
    }
    found
}

/// A factor as one sentence: its name, its values and where they come from. Shares are percentages.
fn factor_line(factor: &Factor) -> Phrase {
    let shown = |number: f64| match factor.name.as_str() {
        "factor-runs" | "factor-touch" | "factor-redo" => round(number, 1),
        _ => percent(number),
    };
    let value = factor.value.unwrap_or(even(0.0));
    let (low, likely, high) = (shown(value.low), shown(value.likely), shown(value.high));
    let range = match factor.value {
        None => "none",
        Some(_) if low == high => "one",
        Some(_) => "many",
    };
    let mut says = factor.origin.clone();
    says.id = format!("explain-{}", factor.name);
    says.text("range", range).number("low", low).number("likely", likely).number("high", high)
}

fn gate_id(name: CriterionName) -> &'static str {
    match name {
        CriterionName::Frequency => "origin-gate-frequency",
        CriterionName::Systems => "origin-gate-systems",
        CriterionName::HumanFactor => "origin-gate-human-factor",
        CriterionName::Errors => "origin-gate-errors",
    }
}

fn criteria(candidate: &Candidate, assessed: &Assessed) -> Vec<Origin> {
    let rate = &candidate.rate;
    let verdicts = &assessed.criteria;
    let mut found = Vec::new();
    let frequency = &verdicts.frequency;
    found.push(shown(
        "criteria.frequency.verdict",
        frequency.reason.clone(),
        frequency.evidence.clone(),
    ));
    for runs in assessed.gain.factors.iter().filter(|factor| factor.name == "factor-runs") {
        let path = "criteria.frequency.per_year";
        found.push(shown(path, factor_line(runs), frequency.evidence.clone()));
    }
    for burst in &rate.bursts {
        let kind = match burst.kind {
            BurstKind::Outage => "outage",
            BurstKind::Import => "import",
            BurstKind::Robot => "robot",
        };
        let says = Phrase::new("origin-burst")
            .text("kind", kind)
            .number("records", burst.records)
            .text("day", burst.from.format("%Y-%m-%d").to_string());
        found.push(plain("criteria.frequency.per_year", says));
    }
    let observed = match rate.days {
        0 => Phrase::new("origin-observed-none"),
        days => Phrase::new("origin-observed").number("days", days),
    };
    found.push(plain("criteria.frequency.observed", observed));
    for (path, criterion) in
        [("criteria.systems", &verdicts.systems), ("criteria.human_factor", &verdicts.human_factor)]
    {
        found.push(shown(path, criterion.reason.clone(), criterion.evidence.clone()));
    }
    found.push(waiting(candidate));
    found.push(shown(
        "criteria.errors.rework_share",
        verdicts.errors.reason.clone(),
        verdicts.errors.evidence.clone(),
    ));
    found
}

fn waiting(candidate: &Candidate) -> Origin {
    let human = &candidate.human;
    let says = match human.waiting_hours_median {
        Some(hours) => Phrase::new("origin-waiting-hours")
            .number("hours", round(hours, 1))
            .number("count", human.waiting.count),
        None => Phrase::new("origin-waiting-unknown"),
    };
    let path = "criteria.human_factor.waiting_hours_median";
    shown(path, says, pick(&human.waiting.examples, 5))
}

fn sameness(candidate: &Candidate, policy: &Policy) -> Origin {
    let facts = &candidate.resolution;
    let says = match (facts.sameness, &facts.dominant) {
        (Some(_), Some(dominant)) => {
            Phrase::new("origin-sameness-quoted").text("text", dominant.text.clone())
        }
        (Some(_), None) => Phrase::new("origin-sameness-plain"),
        (None, _) => Phrase::new("origin-sameness-unknown"),
    };
    let says = says
        .number("count", facts.alike.count)
        .number("of", facts.alike.of)
        .number("threshold", percent(policy.sameness_floor));
    shown("resolution_sameness", says, pick(&facts.alike.examples, 5))
}

fn gain(assessed: &Assessed) -> Vec<Origin> {
    let path = "gain.hours_per_month";
    let mut found = vec![plain(path, Phrase::new("origin-gain"))];
    found.extend(assessed.gain.factors.iter().map(|factor| plain(path, factor_line(factor))));
    found
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::{Policy, assess, candidates_out, fixture};

    /// The paths of all numbers under a value.
    fn numbers(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Number(_) => found.push(path.to_owned()),
            Value::Object(fields) => {
                for (name, field) in fields {
                    let below =
                        if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    numbers(field, &below, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| numbers(item, path, found)),
            Value::Null | Value::Bool(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn every_number_of_the_json_has_an_origin() {
        let discovery = fixture::discovery(vec![fixture::rich()]);
        let assessment = assess(&discovery, &Policy::default());
        let out = candidates_out(&discovery, &assessment);
        let mut found = Vec::new();
        numbers(&serde_json::to_value(&out.candidates[0]).unwrap(), "", &mut found);
        assert_eq!(found.len(), 10, "{found:?}");
        for path in found {
            let covered = assessment.candidates[0].origins.iter().any(|origin| {
                path == origin.path || path.starts_with(&format!("{}.", origin.path))
            });
            assert!(covered, "{path} has no origin");
        }
    }
}
