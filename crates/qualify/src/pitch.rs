//! The pitch: the top three, side by side, and the question to the decider.

use kompel_mining::Spread;
use kompel_model::{CandidateId, Phrase};
use serde::{Deserialize, Serialize};

use crate::Criteria;

/// Three candidates and one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pitch {
    /// At most three, by rank.
    pub entries: Vec<PitchEntry>,
    /// The question to the decider, in the words of the seed's step 5.
    pub question: Phrase,
    /// Who decides, if the configuration says so; else a blank.
    pub decider: Option<String>,
}

/// One candidate in the pitch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PitchEntry {
    /// Which.
    pub id: CandidateId,
    /// `A`, `B` or `C`.
    pub letter: char,
    /// Its title.
    pub title: String,
    /// What it stands out by; a candidate may have several, and each role goes to one.
    pub roles: Vec<PitchRole>,
    /// Why it stands out so.
    pub reasons: Vec<Phrase>,
    /// Runs a year.
    pub per_year: Option<f64>,
    /// Hours saved a month.
    pub hours_per_month: Option<Spread>,
    /// Ease, 0..1.
    pub ease: f64,
    /// Value, 0..1, relative to the best.
    pub value: f64,
    /// Resolution sameness, 0..1.
    pub sameness: Option<f64>,
    /// Its systems.
    pub systems: Vec<String>,
    /// The verdicts.
    pub criteria: Criteria,
}

/// What a candidate of the pitch stands out by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PitchRole {
    /// The most visible.
    MostVisible,
    /// The quickest win.
    QuickestWin,
    /// The most secure choice: the one that takes away the most security risk.
    MostSecure,
}
