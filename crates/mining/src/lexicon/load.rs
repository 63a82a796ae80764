//! Reading of lexicon files: `concepts.toml` and the user's extra file.
//!
//! Owns the file format and its mistakes; knows nothing of matching.

use std::{collections::BTreeMap, ops::Range};

use kompel_model::Language;
use serde::Deserialize;
use toml::Spanned;

use super::ConceptKind;

/// A mistake in a lexicon file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("lexicon, line {line}: {problem}")]
pub struct LexiconError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub problem: String,
}

/// One concept as its file spells it.
#[derive(Debug)]
pub(super) struct RawConcept {
    pub(super) name: String,
    pub(super) kind: ConceptKind,
    pub(super) forms: Vec<(Language, String)>,
}

/// What a file says.
#[derive(Debug, Default)]
pub(super) struct RawLexicon {
    pub(super) concepts: Vec<RawConcept>,
    pub(super) stops: Vec<(Language, String)>,
}

pub(super) const LANGUAGES: [Language; 4] =
    [Language::Nl, Language::En, Language::Fr, Language::De];

type Section = BTreeMap<String, Spanned<String>>;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct File {
    action: Section,
    thing: Section,
    quality: Section,
    filler: Section,
    stop: Section,
}

/// Reads one file; concepts come in the order of their lines.
pub(super) fn read(text: &str) -> Result<RawLexicon, LexiconError> {
    let file: File = toml::from_str(text).map_err(|e| LexiconError {
        line: line_of(text, e.span().unwrap_or(0..0)),
        problem: format!(
            "{}; a file has the sections [action], [thing], [quality], [filler] and [stop], with \
             lines such as password = \"wachtwoord | pwd | mot de passe | passwort\"",
            e.message()
        ),
    })?;
    let mut raw = RawLexicon::default();
    let mut placed = Vec::new();
    for (kind, section) in [
        (ConceptKind::Action, &file.action),
        (ConceptKind::Thing, &file.thing),
        (ConceptKind::Quality, &file.quality),
        (ConceptKind::Filler, &file.filler),
    ] {
        for (name, value) in section {
            placed.push((value.span().start, concept(text, kind, name, value)?));
        }
    }
    placed.sort_by_key(|(start, _)| *start);
    raw.concepts = placed.into_iter().map(|(_, concept)| concept).collect();
    for (code, value) in &file.stop {
        let language: Language = code.parse().map_err(|e| LexiconError {
            line: line_of(text, value.span()),
            problem: format!("{e}"),
        })?;
        let words = value.get_ref().split([',', ' ', '\n']).map(str::trim);
        raw.stops.extend(words.filter(|w| !w.is_empty()).map(|w| (language, w.to_owned())));
    }
    Ok(raw)
}

fn concept(
    text: &str,
    kind: ConceptKind,
    name: &str,
    value: &Spanned<String>,
) -> Result<RawConcept, LexiconError> {
    let fail = |problem: String| LexiconError { line: line_of(text, value.span()), problem };
    let parts: Vec<&str> = value.get_ref().split('|').collect();
    if parts.len() != LANGUAGES.len() {
        return Err(fail(format!(
            "{name} has {} parts; write four, for nl | en | fr | de (a part may be empty)",
            parts.len()
        )));
    }
    let mut forms = vec![(Language::En, name.replace('_', " "))];
    for (language, part) in LANGUAGES.into_iter().zip(parts) {
        forms.extend(
            part.split(',').map(str::trim).filter(|f| !f.is_empty()).map(|f| (language, f.into())),
        );
    }
    if let Some((_, bad)) = forms.iter().find(|(_, f)| !f.chars().any(char::is_alphanumeric)) {
        return Err(fail(format!("{bad:?} in {name} holds no letter; separate forms by commas")));
    }
    Ok(RawConcept { name: name.to_owned(), kind, forms })
}

pub(crate) fn line_of(text: &str, span: Range<usize>) -> usize {
    1 + text.bytes().take(span.start).filter(|b| *b == b'\n').count()
}
