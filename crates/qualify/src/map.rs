//! The process map: the seed's A4 with its six rows.

use kompel_mining::{MonthCount, Quote};
use kompel_model::{CandidateId, Language, MemberRef, Phrase};
use serde::{Deserialize, Serialize};

use crate::{Criteria, Gain};

/// One process on one A4.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProcessMap {
    /// Which candidate.
    pub id: CandidateId,
    /// Its title.
    pub title: String,
    /// The language of its records (not of the page).
    pub language: Language,
    /// The six rows, in the seed's order.
    pub rows: Vec<MapRow>,
    /// The verdicts.
    pub criteria: Criteria,
    /// The gain.
    pub gain: Gain,
    /// Runs by month.
    pub months: Vec<MonthCount>,
    /// Where the time of a run goes.
    pub time: TimeUse,
    /// Resolution sameness, 0..1.
    pub sameness: Option<f64>,
    /// Typical words from the records, for the margin.
    pub quotes: Vec<Quote>,
    /// Rank and score, for the head.
    pub rank: u32,
    /// Score, 0..1.
    pub score: f64,
    /// Records behind it.
    pub records: u32,
}

/// The six rows of the seed's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapRowKind {
    /// What starts it.
    Trigger,
    /// What one must know.
    Input,
    /// What people do now.
    StepsNow,
    /// Where it goes wrong.
    Pain,
    /// What the orchestrator would do.
    StepsThen,
    /// What it brings.
    Gain,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapRow {
    /// Which.
    pub kind: MapRowKind,
    /// Its sentences.
    pub lines: Vec<MapLine>,
}

/// One sentence of the map, from evidence; or a blank that a person must fill in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapLine {
    /// The sentence; for a blank, what is asked for.
    pub says: Phrase,
    /// Records that show it, at most three.
    pub evidence: Vec<MemberRef>,
    /// True if the records don't tell and a person must fill it in.
    pub blank: bool,
}

/// Where the time of a run goes, in hours; the parts that are not known are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct TimeUse {
    /// Work.
    pub touch_hours: Option<f64>,
    /// Waiting for a person, elapsed.
    pub waiting_hours: Option<f64>,
    /// From request to end, elapsed.
    pub elapsed_hours: Option<f64>,
}
