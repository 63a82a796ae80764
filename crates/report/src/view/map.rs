//! One process on one A4.

use kompel_mining::Quote;
use kompel_model::{Language, Phrase};
use kompel_qualify::{Gain, MapLine, MapRow, MapRowKind, ProcessMap, TimeUse};
use serde::Serialize;

use super::badge::{Badge, badges};
use super::context::{Day, MapContext, made_with, reference};
use super::months::{Bar, months};
use crate::render::{Density, one_page, short_fingerprint};
use crate::world::Report;
use crate::{Error, Wording, text};

/// The process map as a PDF of one A4, whatever the data: what does not fit is set smaller, then
/// shortened with "+3 more".
///
/// # Errors
/// [`Error`] if the template is at fault.
pub fn map_pdf(
    map: &ProcessMap,
    language: Language,
    context: &MapContext,
) -> Result<Vec<u8>, Error> {
    let wording = Wording::new(language);
    let hash = fingerprint_of(map)?;
    one_page(Report::Map, |density| page(map, wording, context, &hash, density))
}

fn fingerprint_of(map: &ProcessMap) -> Result<String, Error> {
    let json = serde_json::to_vec(map)
        .map_err(|source| Error::View { report: Report::Map.name(), source })?;
    Ok(short_fingerprint(&json))
}

/// What `reports/map.typ` reads.
#[derive(Serialize)]
struct Page {
    lang: &'static str,
    doc_title: String,
    day: Option<Day>,
    density: Density,
    words: Words,
    whose: String,
    title: String,
    title_scale: f64,
    id: String,
    facts: Vec<String>,
    figures: Vec<Figure>,
    verdicts: Vec<Badge>,
    months: Vec<Bar>,
    months_peak: u32,
    months_says: String,
    time: Option<Vec<TimePart>>,
    gain: Option<GainRange>,
    columns: [String; 3],
    rows: Vec<Row>,
    quotes: Vec<Said>,
    foot: Vec<String>,
    made_with: String,
    hash: String,
}

#[derive(Serialize)]
struct Words {
    kicker: String,
    months: String,
    months_none: String,
    time: String,
    time_none: String,
    gain: String,
    gain_none: String,
    quotes: String,
    notes: String,
}

#[derive(Serialize)]
struct Figure {
    name: String,
    value: String,
}

/// One row of the seed's table.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) question: String,
    pub(crate) lines: Vec<Line>,
    /// "+ 3 more".
    pub(crate) more: Option<String>,
}

/// One sentence with the keys of its records.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) keys: Vec<String>,
    pub(crate) blank: bool,
}

/// Words from a record.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) of: String,
}

/// A part of a run's time.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TimePart {
    pub(crate) kind: &'static str,
    pub(crate) share: f64,
    pub(crate) text: String,
}

/// Hours a month on an axis from zero.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct GainRange {
    pub(crate) low: f64,
    pub(crate) likely: f64,
    pub(crate) high: f64,
    pub(crate) axis: f64,
    pub(crate) likely_text: String,
    pub(crate) unit: String,
    pub(crate) says: String,
}

fn page(
    map: &ProcessMap,
    wording: Wording,
    context: &MapContext,
    hash: &str,
    density: Density,
) -> Page {
    let title = text::breakable(&map.title, LONGEST_TITLE.min(density.letters));
    let months = months(&map.months, wording);
    Page {
        lang: wording.language().code(),
        doc_title: wording
            .say(&Phrase::new("map-title").text("title", text::clean(&map.title, LONGEST_TITLE))),
        day: context.day(),
        density,
        words: words(wording),
        whose: context.whose(wording),
        title_scale: if title.chars().count() > 60 { 0.72 } else { 1.0 },
        title,
        id: text::clean(map.id.as_str(), 24),
        facts: facts(map, wording),
        figures: vec![
            Figure { name: wording.word("map-rank"), value: map.rank.to_string() },
            Figure { name: wording.word("map-score"), value: wording.number(map.score) },
        ],
        verdicts: badges(&map.criteria, wording, density.letters.min(150)),
        months: months.bars,
        months_peak: months.peak,
        months_says: months.says,
        time: time_parts(map.time, wording),
        gain: gain_range(&map.gain, wording),
        columns: ["map-column-part", "map-column-question", "map-column-seen"]
            .map(|id| wording.word(id)),
        rows: rows(&map.rows, wording, density.lines, density.letters),
        quotes: quotes(&map.quotes, wording, density),
        foot: context.foot(wording),
        made_with: made_with(wording),
        hash: hash.to_owned(),
    }
}

fn words(wording: Wording) -> Words {
    Words {
        kicker: wording.word("map-kicker"),
        months: wording.word("map-months"),
        months_none: wording.word("map-months-none"),
        time: wording.word("map-time"),
        time_none: wording.word("map-time-none"),
        gain: wording.word("map-gain"),
        gain_none: wording.word("map-gain-none"),
        quotes: wording.word("map-quotes"),
        notes: wording.word("map-notes"),
    }
}

fn facts(map: &ProcessMap, wording: Wording) -> Vec<String> {
    let language = match map.language {
        Language::Nl => "map-language-nl",
        Language::En => "map-language-en",
        Language::Fr => "map-language-fr",
        Language::De => "map-language-de",
    };
    let records = wording.say(&Phrase::new("map-records").number("count", map.records));
    let sameness = map.sameness.filter(|share| share.is_finite()).map(|share| {
        wording.say(&Phrase::new("map-sameness").number("share", (share * 100.0).round()))
    });
    [records].into_iter().chain(sameness).chain([wording.word(language)]).collect()
}

/// The seed's rows with at most `lines` sentences each; blanks are never cut.
pub(crate) fn rows(rows: &[MapRow], wording: Wording, lines: usize, letters: usize) -> Vec<Row> {
    SEED_ROWS
        .iter()
        .map(|(kind, name, question)| {
            let said: Vec<&MapLine> =
                rows.iter().filter(|row| row.kind == *kind).flat_map(|row| &row.lines).collect();
            Row {
                name: wording.word(name),
                question: wording.word(question),
                more: more(&said, lines, wording),
                lines: kept(&said, lines, letters, wording),
            }
        })
        .collect()
}

/// The first sentences from evidence, then the blanks; a row without any gets one blank.
fn kept(said: &[&MapLine], lines: usize, letters: usize, wording: Wording) -> Vec<Line> {
    let known = said.iter().filter(|line| !line.blank).take(lines);
    let blanks = said.iter().filter(|line| line.blank).take(MOST_BLANKS);
    let mut kept: Vec<Line> = known
        .chain(blanks)
        .map(|line| Line {
            text: text::breakable(&wording.say(&line.says), letters),
            keys: line.evidence.iter().take(3).map(|member| reference(member, wording)).collect(),
            blank: line.blank,
        })
        .collect();
    if kept.is_empty() {
        kept.push(Line { text: wording.word("map-nothing"), keys: vec![], blank: true });
    }
    kept
}

fn more(said: &[&MapLine], lines: usize, wording: Wording) -> Option<String> {
    let known = said.iter().filter(|line| !line.blank).count();
    let left = u32::try_from(known.saturating_sub(lines)).unwrap_or(u32::MAX);
    (left > 0).then(|| wording.say(&Phrase::new("map-more").number("count", left)))
}

fn quotes(quotes: &[Quote], wording: Wording, density: Density) -> Vec<Said> {
    let most = if density.scale < 0.9 { 2 } else { 4 };
    said_words(quotes, wording, most, density.letters.min(140))
}

/// At most `most` quotes in the language's quotation marks.
pub(crate) fn said_words(
    quotes: &[Quote],
    wording: Wording,
    most: usize,
    letters: usize,
) -> Vec<Said> {
    quotes
        .iter()
        .take(most)
        .map(|quote| Said {
            text: format!("“{}”", text::breakable(&quote.text, letters)),
            of: reference(&quote.of, wording),
        })
        .collect()
}

/// Work, waiting and the rest of the elapsed time; `None` if nothing is known.
pub(crate) fn time_parts(time: TimeUse, wording: Wording) -> Option<Vec<TimePart>> {
    let hours = |part: Option<f64>| part.filter(|hours| hours.is_finite() && *hours > 0.0);
    let (touch, waiting) = (hours(time.touch_hours), hours(time.waiting_hours));
    let known = touch.unwrap_or(0.0) + waiting.unwrap_or(0.0);
    let rest = hours(time.elapsed_hours).map(|elapsed| elapsed - known).filter(|rest| *rest > 0.0);
    let whole = known + rest.unwrap_or(0.0);
    let parts: Vec<TimePart> = [
        ("touch", "map-time-touch", touch),
        ("waiting", "map-time-waiting", waiting),
        ("rest", "map-time-rest", rest),
    ]
    .into_iter()
    .filter_map(|(kind, id, hours)| {
        let hours = hours?;
        let text = wording.say(&Phrase::new(id).text("time", span(hours, wording)));
        Some(TimePart { kind, share: hours / whole, text })
    })
    .collect();
    (!parts.is_empty()).then_some(parts)
}

/// Hours in the unit a person would use.
fn span(hours: f64, wording: Wording) -> String {
    let phrase = if hours < 1.0 {
        Phrase::new("map-minutes").number("minutes", (hours * 60.0).round())
    } else if hours < 72.0 {
        Phrase::new("map-hours").number("hours", hours)
    } else {
        Phrase::new("map-days").number("days", (hours / 24.0).round())
    };
    wording.say(&phrase)
}

/// Hours a month; `None` if not known.
pub(crate) fn gain_range(gain: &Gain, wording: Wording) -> Option<GainRange> {
    let hours = gain.hours_per_month?;
    let fit = |value: f64| if value.is_finite() { value.max(0.0) } else { 0.0 };
    let (low, likely, high) = (fit(hours.low), fit(hours.likely), fit(hours.high));
    Some(GainRange {
        low,
        likely,
        high,
        axis: (high.max(likely) * 1.1).max(0.001),
        likely_text: wording.number(likely),
        unit: wording.word("hours-unit"),
        says: wording.say(
            &Phrase::new("hours-range")
                .text("low", wording.number(low))
                .text("high", wording.number(high)),
        ),
    })
}

const SEED_ROWS: [(MapRowKind, &str, &str); 6] = [
    (MapRowKind::Trigger, "map-row-trigger", "map-question-trigger"),
    (MapRowKind::Input, "map-row-input", "map-question-input"),
    (MapRowKind::StepsNow, "map-row-steps-now", "map-question-steps-now"),
    (MapRowKind::Pain, "map-row-pain", "map-question-pain"),
    (MapRowKind::StepsThen, "map-row-steps-then", "map-question-steps-then"),
    (MapRowKind::Gain, "map-row-gain", "map-question-gain"),
];

const LONGEST_TITLE: usize = 120;
const MOST_BLANKS: usize = 4;
