//! Verdicts, gain, ease, rank: what `qualify` says of a candidate.

use kompel_mining::Spread;
use kompel_model::{CandidateId, MemberRef, Phrase};
use serde::{Deserialize, Serialize};

/// Met, not met, or not to be told from the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Met.
    Met,
    /// Not met.
    NotMet,
    /// The records can't tell.
    Unknown,
}

/// All candidates, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// Best rank first; those that don't qualify after those that do.
    pub candidates: Vec<Assessed>,
}

/// One candidate, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessed {
    /// Which candidate.
    pub id: CandidateId,
    /// 1 = first.
    pub rank: u32,
    /// Value × ease × certainty, 0..1, relative to the best value in the hunt.
    pub score: f64,
    /// Its worth relative to the best in the hunt, 0..1: likely hours, raised for errors.
    pub value: f64,
    /// True if every gate lets it through.
    pub qualifies: bool,
    /// The verdicts.
    pub criteria: Criteria,
    /// What it would save.
    pub gain: Gain,
    /// How easy it would be.
    pub ease: Ease,
    /// How sure the evidence is, 0..1.
    pub certainty: f64,
    /// What the certainty is made of, each 0..1.
    pub certainty_parts: Vec<Factor>,
    /// True if it touches one system beside the ticket: a script may do.
    pub script_may_do: bool,
    /// The systems that count, sorted: those named in enough of the records.
    pub systems: Vec<String>,
    /// Where every number came from, in reading order; what `kompel explain` prints.
    pub origins: Vec<Origin>,
}

/// The four criteria of the mission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Criteria {
    /// Weekly, or 50 and more a year.
    pub frequency: Criterion,
    /// At least two systems.
    pub systems: Criterion,
    /// Waiting for people, copy-paste.
    pub human_factor: Criterion,
    /// Error-proneness.
    pub errors: Criterion,
}

/// One criterion's verdict with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// The verdict.
    pub verdict: Verdict,
    /// Why, with the numbers and the threshold.
    pub reason: Phrase,
    /// Records that show it, at most five.
    pub evidence: Vec<MemberRef>,
}

/// Hours saved a month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gain {
    /// Hours a month; `None` if the runs or the touch time are not known.
    pub hours_per_month: Option<Spread>,
    /// Every factor with its origin, in the order of the formula.
    pub factors: Vec<Factor>,
}

/// One factor of the gain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// The Fluent id of its name (`factor-runs`, `factor-touch`, …).
    pub name: String,
    /// Its values.
    pub value: Option<Spread>,
    /// Where they come from.
    pub origin: Phrase,
}

/// How easy it would be to automate, 0..1, from parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ease {
    /// The whole.
    pub share: f64,
    /// The parts (connector coverage, sameness, decisions needed, documentation), each 0..1.
    pub parts: Vec<Factor>,
}

/// One line of an explanation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// The number's path in `candidates --json` (`criteria.frequency.per_year`).
    pub path: String,
    /// What it is and how it came about.
    pub says: Phrase,
    /// Records it rests on, at most five.
    pub evidence: Vec<MemberRef>,
}
