//! The top three on one A4.

use kompel_mining::Spread;
use kompel_model::{Language, Phrase};
use kompel_qualify::{Pitch, PitchEntry, PitchRole};
use serde::Serialize;

use super::badge::{Badge, badges};
use super::context::{Day, MapContext, made_with};
use crate::render::{Density, one_page, short_fingerprint};
use crate::world::Report;
use crate::{Error, Wording, text};

/// The pitch as a PDF of one landscape A4: three places, those without a candidate visibly empty,
/// the question to the decider and a box for the decision.
///
/// # Errors
/// [`Error`] if the template is at fault.
pub fn pitch_pdf(
    pitch: &Pitch,
    language: Language,
    context: &MapContext,
) -> Result<Vec<u8>, Error> {
    let wording = Wording::new(language);
    let json = serde_json::to_vec(pitch)
        .map_err(|source| Error::View { report: Report::Pitch.name(), source })?;
    let hash = short_fingerprint(&json);
    one_page(Report::Pitch, |density| page(pitch, wording, context, &hash, density))
}

/// What `reports/pitch.typ` reads.
#[derive(Serialize)]
struct Page {
    lang: &'static str,
    doc_title: String,
    day: Option<Day>,
    density: Density,
    words: Words,
    whose: String,
    title: String,
    cards: Vec<Card>,
    points: Vec<Point>,
    letters: Vec<String>,
    question: String,
    question_scale: f64,
    decider: String,
    foot: Vec<String>,
    made_with: String,
    hash: String,
}

#[derive(Serialize)]
struct Words {
    kicker: String,
    empty: String,
    no_role: String,
    plot: String,
    value: String,
    ease: String,
    best: String,
    question: String,
    decision: String,
    none: String,
    why: String,
    when: String,
    signature: String,
}

/// One of the three places.
#[derive(Serialize)]
pub(crate) struct Card {
    pub(crate) letter: String,
    pub(crate) empty: bool,
    pub(crate) title: String,
    pub(crate) id: String,
    pub(crate) roles: Vec<Role>,
    pub(crate) figures: Vec<Figure>,
    pub(crate) verdicts: Vec<Badge>,
    pub(crate) systems: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) reason: String,
}

#[derive(Serialize)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) unit: Option<String>,
}

#[derive(Serialize)]
struct Point {
    letter: String,
    ease: f64,
    value: f64,
}

fn page(
    pitch: &Pitch,
    wording: Wording,
    context: &MapContext,
    hash: &str,
    density: Density,
) -> Page {
    let entries = &pitch.entries[..pitch.entries.len().min(PLACES.len())];
    let question = text::breakable(&wording.say(&pitch.question), density.letters * 3);
    let decider = pitch.decider.as_deref().map(|name| text::breakable(name, 40));
    Page {
        lang: wording.language().code(),
        doc_title: wording.word("pitch-title"),
        day: context.day(),
        density,
        words: words(wording),
        whose: context.whose(wording),
        title: wording.word("pitch-title"),
        cards: cards(entries, wording, density),
        points: entries.iter().map(point).collect(),
        letters: entries.iter().map(|entry| entry.letter.to_string()).collect(),
        question_scale: if question.chars().count() > 330 { 0.8 } else { 1.0 },
        question,
        decider: decider.unwrap_or_else(|| wording.word("pitch-decider")),
        foot: vec![context.read(wording), wording.word("pitch-how")],
        made_with: made_with(wording),
        hash: hash.to_owned(),
    }
}

fn words(wording: Wording) -> Words {
    Words {
        kicker: wording.word("pitch-kicker"),
        empty: wording.word("pitch-empty"),
        no_role: wording.word("pitch-no-role"),
        plot: wording.word("plot-value-ease"),
        value: wording.word("plot-value"),
        ease: wording.word("plot-ease"),
        best: wording.word("plot-best"),
        question: wording.word("pitch-question-head"),
        decision: wording.word("pitch-decision"),
        none: wording.word("pitch-none-of-these"),
        why: wording.word("pitch-why"),
        when: wording.word("pitch-when"),
        signature: wording.word("pitch-signature"),
    }
}

/// The three places; those beyond the entries are empty.
pub(crate) fn cards(entries: &[PitchEntry], wording: Wording, density: Density) -> Vec<Card> {
    let mut cards: Vec<Card> =
        entries.iter().take(PLACES.len()).map(|entry| card(entry, wording, density)).collect();
    for letter in PLACES.iter().skip(cards.len()) {
        cards.push(Card {
            letter: (*letter).to_owned(),
            empty: true,
            title: String::new(),
            id: String::new(),
            roles: vec![],
            figures: vec![],
            verdicts: vec![],
            systems: None,
        });
    }
    cards
}

fn card(entry: &PitchEntry, wording: Wording, density: Density) -> Card {
    let letters = density.letters;
    let systems = text::breakable(&entry.systems.join(", "), letters.min(120));
    Card {
        letter: entry.letter.to_string(),
        empty: false,
        title: text::breakable(&entry.title, letters.min(90)),
        id: text::clean(entry.id.as_str(), 24),
        roles: roles(entry, wording, letters.min(180)),
        figures: figures(entry, wording),
        verdicts: badges(&entry.criteria, wording, letters.min(120)),
        systems: (!systems.is_empty())
            .then(|| wording.say(&Phrase::new("pitch-systems").text("names", systems))),
    }
}

/// Each role with its reason.
fn roles(entry: &PitchEntry, wording: Wording, letters: usize) -> Vec<Role> {
    entry
        .roles
        .iter()
        .enumerate()
        .map(|(at, role)| Role {
            name: wording.word(role_id(*role)),
            reason: entry
                .reasons
                .get(at)
                .map(|reason| text::breakable(&wording.say(reason), letters))
                .unwrap_or_default(),
        })
        .collect()
}

/// The message that names a role.
pub(crate) fn role_id(role: PitchRole) -> &'static str {
    match role {
        PitchRole::MostVisible => "role-most-visible",
        PitchRole::QuickestWin => "role-quickest-win",
        PitchRole::MostSecure => "role-most-secure",
    }
}

fn figures(entry: &PitchEntry, wording: Wording) -> Vec<Figure> {
    let unknown = || "?".to_owned();
    let figure = |id: &str, value: Option<String>, unit: Option<String>| Figure {
        name: wording.word(id),
        unit: value.is_some().then_some(unit).flatten(),
        value: value.unwrap_or_else(unknown),
    };
    let finite = |value: &f64| value.is_finite();
    vec![
        figure("figure-per-year", entry.per_year.filter(finite).map(|n| wording.number(n)), None),
        figure(
            "figure-hours",
            entry.hours_per_month.map(|hours| wording.number(hours.likely)),
            entry.hours_per_month.map(|hours| spread(hours, wording)),
        ),
        figure("figure-sameness", entry.sameness.filter(finite).map(|n| wording.percent(n)), None),
        figure("figure-ease", Some(wording.percent(entry.ease)), None),
    ]
}

fn spread(hours: Spread, wording: Wording) -> String {
    wording.say(
        &Phrase::new("figure-hours-range")
            .text("low", wording.number(hours.low))
            .text("high", wording.number(hours.high)),
    )
}

fn point(entry: &PitchEntry) -> Point {
    let share = |value: f64| if value.is_finite() { value.clamp(0.0, 1.0) } else { 0.0 };
    Point { letter: entry.letter.to_string(), ease: share(entry.ease), value: share(entry.value) }
}

const PLACES: [&str; 3] = ["A", "B", "C"];
