//! Coordinates for the plots of the HTML report; the template draws them.

use kompel_qualify::Assessed;

use super::months::Months;
use crate::{Wording, text};

/// Bars of runs by month in a box of `width` by [`SPARK_HEIGHT`].
pub(crate) struct Spark {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) bars: Vec<SparkBar>,
    /// What the bars show, in words.
    pub(crate) says: String,
}

/// One bar, with the text a pointer shows.
pub(crate) struct SparkBar {
    pub(crate) x: usize,
    pub(crate) y: String,
    pub(crate) height: String,
    pub(crate) title: String,
}

/// The bars of `months`; `None` if there is no month.
pub(crate) fn spark(months: &Months) -> Option<Spark> {
    if months.bars.is_empty() {
        return None;
    }
    let bars = months
        .bars
        .iter()
        .enumerate()
        .map(|(at, bar)| {
            let share = f64::from(bar.runs) / f64::from(months.peak.max(1));
            let height = (share * f64::from(SPARK_HEIGHT)).max(0.6);
            SparkBar {
                x: at * SPARK_STEP,
                y: format!("{:.1}", f64::from(SPARK_HEIGHT) - height),
                height: format!("{height:.1}"),
                title: format!("{}: {}", bar.month, bar.runs),
            }
        })
        .collect();
    Some(Spark {
        width: months.bars.len() * SPARK_STEP,
        height: SPARK_HEIGHT as usize,
        bars,
        says: months.says.clone(),
    })
}

/// A candidate in the plot of value against ease.
pub(crate) struct Dot {
    pub(crate) x: String,
    pub(crate) y: String,
    pub(crate) rank: u32,
    /// True if its rank is written in it.
    pub(crate) named: bool,
    pub(crate) qualifies: bool,
    pub(crate) href: String,
    pub(crate) title: String,
}

/// All candidates by ease (to the right) and value (upwards); the last drawn lies on top, so the
/// best rank comes last.
pub(crate) fn dots(candidates: &[(&Assessed, String)], wording: Wording) -> Vec<Dot> {
    candidates
        .iter()
        .rev()
        .map(|(assessed, title)| Dot {
            x: format!("{:.1}", LEFT + share(assessed.ease.share) * SIDE_X),
            y: format!("{:.1}", TOP + (1.0 - share(assessed.value)) * SIDE_Y),
            rank: assessed.rank,
            named: assessed.qualifies && assessed.rank <= NAMED,
            qualifies: assessed.qualifies,
            href: anchor(assessed.id.as_str()),
            title: format!(
                "{}. {} ({} {}, {} {})",
                assessed.rank,
                title,
                wording.word("plot-value"),
                wording.percent(share(assessed.value)),
                wording.word("plot-ease"),
                wording.percent(share(assessed.ease.share)),
            ),
        })
        .collect()
}

/// An id made fit for an anchor.
pub(crate) fn anchor(id: &str) -> String {
    let id = text::clean(id, 40);
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect()
}

fn share(value: f64) -> f64 {
    if value.is_finite() { value.clamp(0.0, 1.0) } else { 0.0 }
}

const SPARK_STEP: usize = 5;
const SPARK_HEIGHT: u32 = 24;
const NAMED: u32 = 30;
/// The plot's frame inside its view box of 480 by 320; the template draws the same numbers.
const LEFT: f64 = 40.0;
const TOP: f64 = 16.0;
const SIDE_X: f64 = 424.0;
const SIDE_Y: f64 = 264.0;
