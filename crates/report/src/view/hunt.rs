//! The whole hunt as one HTML file.

use std::collections::BTreeMap;

use askama::Template;
use kompel_mining::{Candidate, Discovery, RejectedWhy};
use kompel_model::{Effect, Finding, FindingCode, Language, Phrase};
use kompel_qualify::{Assessed, Assessment, Factor, Pitch, ProcessMap};

use super::badge::{Badge, badges};
use super::context::{MapContext, made_with, reference};
use super::map::{GainRange, Row, Said, TimePart, gain_range, rows, said_words, time_parts};
use super::months::months;
use super::pitch::{Card, cards};
use super::plots::{Dot, Spark, anchor, dots, spark};
use crate::{Error, Wording, render, text};

/// All that the HTML report shows.
#[derive(Debug, Clone, Copy)]
pub struct HuntView<'a> {
    /// Whose hunt, of which day, from which sources.
    pub context: &'a MapContext,
    /// The facts.
    pub discovery: &'a Discovery,
    /// The verdicts.
    pub assessment: &'a Assessment,
    /// Maps of candidates; those without one are shown without their six rows.
    pub maps: &'a [ProcessMap],
    /// The pitch.
    pub pitch: &'a Pitch,
    /// What the readers found amiss.
    pub findings: &'a [Finding],
}

/// The hunt as one HTML file that needs nothing else: no network, no script, no font.
///
/// # Errors
/// [`Error`] if the template is at fault.
pub fn hunt_html(view: &HuntView<'_>, language: Language) -> Result<String, Error> {
    let wording = Wording::new(language);
    Ok(page(view, wording).render()?)
}

/// What `ui/templates/hunt.html` reads. Askama escapes every text.
#[derive(Template)]
#[template(path = "hunt.html")]
struct Page {
    w: Wording,
    lang: &'static str,
    whose: String,
    read: String,
    made_with: String,
    question: String,
    decider: Option<String>,
    cards: Vec<Card>,
    funnel: Vec<Stage>,
    dots: Vec<Dot>,
    candidates: Vec<Entry>,
    legend: Vec<Mark>,
    candidates_more: Option<String>,
    rejected: Vec<RejectedRow>,
    rejected_more: Option<String>,
    unassigned: Vec<(String, String)>,
    findings: Vec<FindingRow>,
}

/// A verdict's mark with its word.
struct Mark {
    verdict: &'static str,
    word: String,
}

/// One stage of the funnel.
struct Stage {
    name: String,
    count: String,
    /// Width in percent of the widest.
    width: String,
}

/// One candidate, with all its details.
struct Entry {
    anchor: String,
    id: String,
    title: String,
    rank: u32,
    qualifies: bool,
    score: String,
    badges: Vec<Badge>,
    per_year: Cell,
    hours: Cell,
    sameness: Cell,
    ease: Cell,
    spark: Option<Spark>,
    records: String,
    details: Option<Details>,
    gain_factors: Vec<FactorRow>,
    ease_factors: Vec<FactorRow>,
    origins: Vec<OriginRow>,
}

/// A number in the table: as written, and as sorted by.
struct Cell {
    text: String,
    sort: String,
}

/// What the process map tells.
struct Details {
    rows: Vec<Row>,
    quotes: Vec<Said>,
    time: Vec<TimePart>,
    gain: Option<GainRange>,
}

struct FactorRow {
    name: String,
    value: String,
    origin: String,
}

struct OriginRow {
    path: String,
    says: String,
    keys: Vec<String>,
}

struct RejectedRow {
    id: String,
    title: String,
    why: String,
    records: String,
    quote: Option<String>,
    keys: String,
}

struct FindingRow {
    what: String,
    effect: String,
    count: String,
    places: String,
    detail: String,
}

fn page(view: &HuntView<'_>, wording: Wording) -> Page {
    let facts: BTreeMap<&str, &Candidate> =
        view.discovery.candidates.iter().map(|c| (c.id.as_str(), c)).collect();
    let maps: BTreeMap<&str, &ProcessMap> =
        view.maps.iter().map(|map| (map.id.as_str(), map)).collect();
    let shown: Vec<(&Assessed, &Candidate)> = view
        .assessment
        .candidates
        .iter()
        .filter_map(|assessed| Some((assessed, *facts.get(assessed.id.as_str())?)))
        .collect();
    let kept = &shown[..shown.len().min(MOST_ENTRIES)];
    let titled: Vec<(&Assessed, String)> =
        kept.iter().map(|(a, c)| (*a, text::clean(&c.title, 120))).collect();
    Page {
        w: wording,
        lang: wording.language().code(),
        whose: view.context.whose(wording),
        read: view.context.read(wording),
        made_with: made_with(wording),
        question: text::clean(&wording.say(&view.pitch.question), 900),
        decider: view.pitch.decider.as_deref().map(|name| text::clean(name, 80)),
        cards: cards(&view.pitch.entries, wording, render::DENSITIES[0]),
        funnel: funnel(view, wording),
        dots: dots(&titled, wording),
        candidates: kept
            .iter()
            .map(|(a, c)| entry(a, c, maps.get(a.id.as_str()).copied(), wording))
            .collect(),
        legend: [
            ("met", "verdict-met"),
            ("not_met", "verdict-not-met"),
            ("unknown", "verdict-unknown"),
        ]
        .map(|(verdict, id)| Mark { verdict, word: wording.word(id) })
        .into(),
        candidates_more: more(shown.len(), MOST_ENTRIES, wording),
        rejected: rejected(view.discovery, wording),
        rejected_more: more(view.discovery.rejected.len(), MOST_REJECTED, wording),
        unassigned: unassigned(view.discovery, wording),
        findings: findings(view.findings, wording),
    }
}

/// From records read to candidates that qualify; records by records, then groups by groups.
fn funnel(view: &HuntView<'_>, wording: Wording) -> Vec<Stage> {
    let left = view.discovery.unassigned;
    let in_candidates: usize = view.discovery.candidates.iter().map(|c| c.members.len()).sum();
    let in_rejected: usize = view.discovery.rejected.iter().map(|r| r.members.len()).sum();
    let grouped = (in_candidates + in_rejected) as u64;
    let read = grouped + left.tickets + left.messages + left.answers;
    let groups = (view.discovery.candidates.len() + view.discovery.rejected.len()) as u64;
    let candidates = view.discovery.candidates.len() as u64;
    let qualify = view.assessment.candidates.iter().filter(|a| a.qualifies).count() as u64;
    [
        ("funnel-read", read, read),
        ("funnel-grouped", grouped, read),
        ("funnel-in-candidates", in_candidates as u64, read),
        ("funnel-groups", groups, groups),
        ("funnel-candidates", candidates, groups),
        ("funnel-qualify", qualify, groups),
    ]
    .map(|(name, count, widest)| Stage {
        name: wording.word(name),
        count: wording.number(float(count)),
        width: format!("{:.1}", float(count) / float(widest.max(1)) * 100.0),
    })
    .into()
}

fn entry(
    assessed: &Assessed,
    candidate: &Candidate,
    map: Option<&ProcessMap>,
    wording: Wording,
) -> Entry {
    let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
    let number = |value: Option<f64>| cell(finite(value), |value| wording.number(value), wording);
    let share = |value: Option<f64>| cell(finite(value), |value| wording.percent(value), wording);
    Entry {
        anchor: anchor(assessed.id.as_str()),
        id: text::clean(assessed.id.as_str(), 40),
        title: text::clean(&candidate.title, 200),
        rank: assessed.rank,
        qualifies: assessed.qualifies,
        score: wording.number(assessed.score),
        badges: badges(&assessed.criteria, wording, LONGEST_SENTENCE),
        per_year: number(candidate.rate.per_year.or(candidate.rate.claimed_per_year)),
        hours: number(assessed.gain.hours_per_month.map(|hours| hours.likely)),
        sameness: share(candidate.resolution.sameness),
        ease: share(Some(assessed.ease.share)),
        spark: spark(&months(&candidate.rate.months, wording)),
        records: wording.say(
            &Phrase::new("map-records").number("count", float(candidate.members.len() as u64)),
        ),
        details: map.map(|map| details(map, wording)),
        gain_factors: factors(&assessed.gain.factors, wording),
        ease_factors: factors(&assessed.ease.parts, wording),
        origins: assessed
            .origins
            .iter()
            .take(MOST_ORIGINS)
            .map(|origin| OriginRow {
                path: text::clean(&origin.path, 80),
                says: text::clean(&wording.say(&origin.says), LONGEST_SENTENCE),
                keys: origin.evidence.iter().take(5).map(|m| reference(m, wording)).collect(),
            })
            .collect(),
    }
}

fn details(map: &ProcessMap, wording: Wording) -> Details {
    Details {
        rows: rows(&map.rows, wording, MOST_LINES, LONGEST_SENTENCE),
        quotes: said_words(&map.quotes, wording, 6, 200),
        time: time_parts(map.time, wording).unwrap_or_default(),
        gain: gain_range(&map.gain, wording),
    }
}

fn factors(factors: &[Factor], wording: Wording) -> Vec<FactorRow> {
    factors
        .iter()
        .map(|factor| FactorRow {
            name: wording.word(&factor.name),
            value: factor_value(factor, wording),
            origin: text::clean(&wording.say(&factor.origin), LONGEST_SENTENCE),
        })
        .collect()
}

fn factor_value(factor: &Factor, wording: Wording) -> String {
    let is_share = factor.name.starts_with("ease-") || SHARES.contains(&factor.name.as_str());
    let write = |value| if is_share { wording.percent(value) } else { wording.number(value) };
    match factor.value {
        None => wording.word("not-known"),
        Some(value) if value.low == value.high => write(value.likely),
        Some(value) => wording.say(
            &Phrase::new("factor-spread")
                .text("low", write(value.low))
                .text("likely", write(value.likely))
                .text("high", write(value.high)),
        ),
    }
}

fn cell(value: Option<f64>, write: impl Fn(f64) -> String, wording: Wording) -> Cell {
    match value {
        Some(value) => Cell { text: write(value), sort: format!("{value:.4}") },
        None => Cell { text: wording.word("not-known"), sort: "-1".to_owned() },
    }
}

fn rejected(discovery: &Discovery, wording: Wording) -> Vec<RejectedRow> {
    discovery
        .rejected
        .iter()
        .take(MOST_REJECTED)
        .map(|group| RejectedRow {
            id: text::clean(group.id.as_str(), 40),
            title: text::clean(&group.title, 200),
            why: wording.say(&why(&group.why)),
            records: wording.number(float(group.members.len() as u64)),
            quote: group
                .resolution
                .dominant
                .as_ref()
                .map(|quote| format!("“{}”", text::clean(&quote.text, 140))),
            keys: group
                .members
                .iter()
                .take(3)
                .map(|member| reference(member, wording))
                .collect::<Vec<_>>()
                .join(", "),
        })
        .collect()
}

fn why(why: &RejectedWhy) -> Phrase {
    match why {
        RejectedWhy::ResolutionsDiffer { sameness } => {
            Phrase::new("rejected-resolutions-differ").number("share", (sameness * 100.0).round())
        }
        RejectedWhy::Burst { records } => Phrase::new("rejected-burst").number("records", *records),
        RejectedWhy::Import { records } => {
            Phrase::new("rejected-import").number("records", *records)
        }
        RejectedWhy::Robot { records } => Phrase::new("rejected-robot").number("records", *records),
        RejectedWhy::Noise => Phrase::new("rejected-noise"),
    }
}

fn unassigned(discovery: &Discovery, wording: Wording) -> Vec<(String, String)> {
    let left = discovery.unassigned;
    [
        ("unassigned-tickets", left.tickets),
        ("unassigned-messages", left.messages),
        ("unassigned-answers", left.answers),
    ]
    .map(|(name, count)| (wording.word(name), wording.number(float(count))))
    .into()
}

/// Findings of one kind and effect together, the most frequent first.
fn findings(findings: &[Finding], wording: Wording) -> Vec<FindingRow> {
    let mut kinds: BTreeMap<(FindingCode, Effect), Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        kinds.entry((finding.code, finding.effect)).or_default().push(finding);
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, of_kind)| std::cmp::Reverse(of_kind.len()));
    kinds
        .into_iter()
        .map(|((code, effect), of_kind)| FindingRow {
            what: wording.word(finding_id(code)),
            effect: wording.word(effect_id(effect)),
            count: wording.number(float(of_kind.len() as u64)),
            places: of_kind
                .iter()
                .take(3)
                .map(|f| place(f, wording))
                .collect::<Vec<_>>()
                .join("; "),
            detail: of_kind
                .first()
                .map(|f| text::clean(&wording.say(&f.detail), 160))
                .unwrap_or_default(),
        })
        .collect()
}

fn place(finding: &Finding, wording: Wording) -> String {
    let place = &finding.place;
    let file = text::clean(&place.file, 60);
    let column = place.column.as_deref().map(|name| text::clean(name, 40));
    match (place.row, column) {
        (None, None) => file,
        (None, Some(column)) => format!("{file}, {column}"),
        (Some(row), column) => {
            let row = wording.say(&Phrase::new("finding-row").number("row", float(row)));
            [Some(file), Some(row), column].into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
    }
}

fn finding_id(code: FindingCode) -> &'static str {
    match code {
        FindingCode::BadEncoding => "finding-bad-encoding",
        FindingCode::BadRow => "finding-bad-row",
        FindingCode::BadDate => "finding-bad-date",
        FindingCode::AmbiguousDate => "finding-ambiguous-date",
        FindingCode::BadNumber => "finding-bad-number",
        FindingCode::BadType => "finding-bad-type",
        FindingCode::MissingKey => "finding-missing-key",
        FindingCode::MissingText => "finding-missing-text",
        FindingCode::MissingTime => "finding-missing-time",
        FindingCode::Duplicate => "finding-duplicate",
        FindingCode::TooLong => "finding-too-long",
        FindingCode::TooMany => "finding-too-many",
        FindingCode::AutoReply => "finding-auto-reply",
        FindingCode::Signature => "finding-signature",
        FindingCode::Quote => "finding-quote",
        FindingCode::SystemMessage => "finding-system-message",
        FindingCode::UnknownFile => "finding-unknown-file",
        FindingCode::DanglingReference => "finding-dangling-reference",
    }
}

fn effect_id(effect: Effect) -> &'static str {
    match effect {
        Effect::Kept => "effect-kept",
        Effect::Repaired => "effect-repaired",
        Effect::Merged => "effect-merged",
        Effect::Skipped => "effect-skipped",
    }
}

fn more(all: usize, shown: usize, wording: Wording) -> Option<String> {
    let left = all.saturating_sub(shown) as u64;
    (left > 0).then(|| wording.say(&Phrase::new("map-more").number("count", float(left))))
}
fn float(count: u64) -> f64 {
    count as f64
}

/// Factors of the gain that are shares.
const SHARES: [&str; 2] = ["factor-redone", "factor-automatable"];
const MOST_ENTRIES: usize = 120;
const MOST_REJECTED: usize = 200;
const MOST_ORIGINS: usize = 60;
const MOST_LINES: usize = 30;
const LONGEST_SENTENCE: usize = 400;
