//! Runs by month as bars.

use chrono::Datelike;
use kompel_mining::MonthCount;
use kompel_model::Phrase;
use serde::Serialize;

use crate::Wording;

/// One bar.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Bar {
    pub(crate) runs: u32,
    /// What stands under the bar, at most under a few of them.
    pub(crate) label: Option<String>,
    /// The month in words, for those who can't see the bar.
    pub(crate) month: String,
}

/// The bars of the last ten years at most, the highest, and the sentence that says the same.
pub(crate) struct Months {
    pub(crate) bars: Vec<Bar>,
    pub(crate) peak: u32,
    pub(crate) says: String,
}

pub(crate) fn months(counts: &[MonthCount], wording: Wording) -> Months {
    let counts = &counts[counts.len().saturating_sub(MOST_MONTHS)..];
    let every = counts.len().div_ceil(LABELS).max(1);
    let bars: Vec<Bar> = counts
        .iter()
        .enumerate()
        .map(|(at, count)| Bar {
            runs: count.runs,
            label: labelled(at, every, counts.len()).then(|| wording.month(count.month)),
            month: format!("{} {}", wording.month_name(count.month), count.month.year()),
        })
        .collect();
    let peak = counts.iter().map(|count| count.runs).max().unwrap_or(0);
    let total: u64 = counts.iter().map(|count| u64::from(count.runs)).sum();
    let says = wording.say(
        &Phrase::new("map-months-says")
            .number("total", total as f64)
            .number("months", bars.len() as f64)
            .number("peak", peak),
    );
    Months { bars, peak, says }
}

/// Labels start at the first bar and keep clear of the right edge.
fn labelled(at: usize, every: usize, bars: usize) -> bool {
    at.is_multiple_of(every) && (at == 0 || (bars - at) * 2 >= every)
}

const MOST_MONTHS: usize = 120;
const LABELS: usize = 3;
