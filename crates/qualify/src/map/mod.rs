//! The process map: the seed's A4 with its six rows.
//!
//! Every sentence is drawn from facts, with counts and records; what the records don't tell is a
//! blank for a person, never a guess. `now` writes what is, `then` what would be.

mod now;
mod then;

use kompel_mining::{Candidate, MonthCount, Quote};
use kompel_model::{CandidateId, Language, MemberRef, Phrase};
use serde::{Deserialize, Serialize};

use crate::criteria::pick;
use crate::{Assessed, Criteria, Gain, Policy};

/// The A4 of one candidate.
pub fn process_map(candidate: &Candidate, assessed: &Assessed, policy: &Policy) -> ProcessMap {
    let row = |kind, lines| MapRow { kind, lines };
    ProcessMap {
        id: candidate.id.clone(),
        title: candidate.title.clone(),
        language: candidate.language,
        rows: vec![
            row(MapRowKind::Trigger, now::trigger(candidate)),
            row(MapRowKind::Input, now::input(candidate)),
            row(MapRowKind::StepsNow, now::steps(candidate)),
            row(MapRowKind::Pain, now::pain(candidate, policy)),
            row(MapRowKind::StepsThen, then::steps(candidate, policy)),
            row(MapRowKind::Gain, then::gain(candidate, assessed)),
        ],
        criteria: assessed.criteria.clone(),
        gain: assessed.gain.clone(),
        months: candidate.rate.months.clone(),
        time: time_use(candidate),
        sameness: candidate.resolution.sameness,
        quotes: quotes(candidate),
        rank: assessed.rank,
        score: assessed.score,
        records: crate::gain::count(candidate.members.len()),
    }
}

/// Where the time goes: work as the records show it, never the policy's assumption.
fn time_use(candidate: &Candidate) -> TimeUse {
    TimeUse {
        touch_hours: candidate.effort.touch_minutes.map(|minutes| minutes.likely / 60.0),
        waiting_hours: candidate.human.waiting_hours_median,
        elapsed_hours: candidate.effort.elapsed_hours_median,
    }
}

/// One quote of each sort, at most four, no text twice.
fn quotes(candidate: &Candidate) -> Vec<Quote> {
    let firsts = [
        candidate.request.examples.first(),
        candidate.human.quotes.first(),
        candidate.errors.quotes.first(),
        candidate.chat.quotes.first(),
        candidate.answers.first().map(|answer| &answer.what),
    ];
    let mut found: Vec<Quote> = Vec::new();
    for quote in firsts.into_iter().flatten() {
        if found.len() < 4 && !found.iter().any(|other| other.text == quote.text) {
            found.push(quote.clone());
        }
    }
    found
}

/// A line from evidence.
fn line<'a>(says: Phrase, evidence: impl IntoIterator<Item = &'a MemberRef>) -> MapLine {
    MapLine { says, evidence: pick(evidence, 3), blank: false }
}

/// A line that follows from other rows and has no record of its own.
fn derived(says: Phrase) -> MapLine {
    MapLine { says, evidence: Vec::new(), blank: false }
}

/// A line that a person must fill in.
fn blank(id: &str) -> MapLine {
    MapLine { says: Phrase::new(id), evidence: Vec::new(), blank: true }
}

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
