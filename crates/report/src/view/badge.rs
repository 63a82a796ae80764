//! The four verdicts as a page shows them.

use kompel_qualify::{Criteria, Criterion, Verdict};
use serde::Serialize;

use crate::{Wording, text};

/// One criterion: its name, its verdict and why.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Badge {
    pub(crate) name: String,
    /// `met`, `not_met`, `unknown`: the form of the mark.
    pub(crate) verdict: &'static str,
    pub(crate) word: String,
    pub(crate) reason: String,
}

/// The four criteria in the mission's order, with reasons of at most `letters` characters.
pub(crate) fn badges(criteria: &Criteria, wording: Wording, letters: usize) -> Vec<Badge> {
    [
        ("criterion-frequency", &criteria.frequency),
        ("criterion-systems", &criteria.systems),
        ("criterion-human", &criteria.human_factor),
        ("criterion-errors", &criteria.errors),
    ]
    .map(|(name, criterion)| badge(name, criterion, wording, letters))
    .into()
}

fn badge(name: &str, criterion: &Criterion, wording: Wording, letters: usize) -> Badge {
    let (verdict, word) = match criterion.verdict {
        Verdict::Met => ("met", "verdict-met"),
        Verdict::NotMet => ("not_met", "verdict-not-met"),
        Verdict::Unknown => ("unknown", "verdict-unknown"),
    };
    Badge {
        name: wording.word(name),
        verdict,
        word: wording.word(word),
        reason: text::breakable(&wording.say(&criterion.reason), letters),
    }
}
