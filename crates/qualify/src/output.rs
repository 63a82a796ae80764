//! The JSON that others rely on: `kompel candidates --json` (design §3).

use kompel_model::{Language, MemberRef};
use serde::{Deserialize, Serialize};

use crate::Verdict;

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidatesOut {
    /// The moment of the newest record, RFC 3339: the same input gives the same bytes.
    pub generated_at: String,
    /// By rank.
    pub candidates: Vec<CandidateOut>,
    /// Groups that are no candidates.
    pub rejected: Vec<RejectedOut>,
    /// Records in no group.
    pub unassigned: kompel_mining::Unassigned,
}

/// One candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidateOut {
    /// `c-…`.
    pub id: String,
    /// Title.
    pub title: String,
    /// Language of most requests.
    pub language: Language,
    /// 1 = first.
    pub rank: u32,
    /// 0..1.
    pub score: f64,
    /// True if every gate lets it through.
    pub qualifies: bool,
    /// Verdicts.
    pub criteria: CriteriaOut,
    /// 0..1.
    pub resolution_sameness: Option<f64>,
    /// Gain.
    pub gain: GainOut,
    /// Every record, sorted.
    pub members: Vec<MemberRef>,
}

/// The four criteria.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriteriaOut {
    /// Frequency.
    pub frequency: FrequencyOut,
    /// Systems.
    pub systems: SystemsOut,
    /// Human factor.
    pub human_factor: HumanOut,
    /// Errors.
    pub errors: ErrorsOut,
}

/// Frequency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrequencyOut {
    /// Verdict.
    pub verdict: Verdict,
    /// Runs a year.
    pub per_year: Option<f64>,
    /// Over which time.
    pub observed: ObservedOut,
}

/// The observed time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObservedOut {
    /// First day.
    pub from: Option<chrono::NaiveDate>,
    /// Last day.
    pub to: Option<chrono::NaiveDate>,
    /// Days really observed.
    pub days: u32,
}

/// Systems.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SystemsOut {
    /// Verdict.
    pub verdict: Verdict,
    /// Sorted names.
    pub names: Vec<String>,
}

/// Human factor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HumanOut {
    /// Verdict.
    pub verdict: Verdict,
    /// Median elapsed hours.
    pub waiting_hours_median: Option<f64>,
    /// `role:…` or pseudonyms.
    pub waits_for: Vec<String>,
    /// Copy-paste signs in at least a twentieth of the runs.
    pub copy_paste: bool,
}

/// Errors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorsOut {
    /// Verdict.
    pub verdict: Verdict,
    /// Share of the runs with rework.
    pub rework_share: Option<f64>,
}

/// Gain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GainOut {
    /// Hours a month.
    pub hours_per_month: HoursOut,
}

/// Low, likely, high; all `null` if not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HoursOut {
    /// Low.
    pub low: Option<f64>,
    /// Likely.
    pub likely: Option<f64>,
    /// High.
    pub high: Option<f64>,
}

/// A rejected group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RejectedOut {
    /// `g-…`.
    pub id: String,
    /// Title.
    pub title: String,
    /// Why, in English.
    pub reason: String,
    /// Every record, sorted.
    pub members: Vec<MemberRef>,
}
