//! Reading of `signs.toml` and the user's extra file.

use std::collections::BTreeMap;

use regex::{Regex, RegexSet};
use serde::Deserialize;
use toml::Spanned;

use super::pattern::{Pattern, expand};
use super::{Sign, Signs, StatusClass, automaton, awaited};

/// A mistake in a file of signs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("signs, line {line}: {problem}")]
pub struct SignsError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub problem: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct File {
    words: BTreeMap<String, String>,
    signs: BTreeMap<String, Spanned<Section>>,
    status: BTreeMap<String, Spanned<Vec<String>>>,
    roles: BTreeMap<String, Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Section {
    unless_before: Option<Spanned<String>>,
    unless_after: Option<Spanned<String>>,
    patterns: Vec<Spanned<String>>,
}

const CLASSES: [(&str, StatusClass); 6] = [
    ("cancelled", StatusClass::Cancelled),
    ("reopened", StatusClass::Reopened),
    ("waiting_approval", StatusClass::WaitingApproval),
    ("done", StatusClass::Done),
    ("waiting_person", StatusClass::WaitingPerson),
    ("active", StatusClass::Active),
];

/// The built-in file with `extra` merged over it.
pub(super) fn signs(extra: &str) -> Result<Signs, SignsError> {
    let builtin = include_str!("../../data/signs.toml");
    let files = [(extra, parse(extra)?), (builtin, parse(builtin)?)];
    let mut macros = files[1].1.words.clone();
    macros.extend(files[0].1.words.clone());
    let mut loader = Loader::default();
    for (text, file) in &files {
        loader.file(text, file, &macros)?;
    }
    let mut status: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut roles: Vec<(String, String)> = Vec::new();
    for (text, file) in &files {
        for (class, patterns) in &file.status {
            let Some((name, _)) = CLASSES.iter().find(|(name, _)| name == class) else {
                return Err(fail(text, patterns, format!("{class} is no class of status")));
            };
            RegexSet::new(patterns.get_ref()).map_err(|e| fail(text, patterns, e.to_string()))?;
            status.entry(name).or_default().extend(patterns.get_ref().iter().cloned());
        }
        for (role, words) in &file.roles {
            Regex::new(words.get_ref()).map_err(|e| fail(text, words, e.to_string()))?;
            roles.push((role.clone(), words.get_ref().clone()));
        }
    }
    let internal = |problem: String| SignsError { line: 1, problem };
    let status = CLASSES
        .iter()
        .filter_map(|(name, class)| Some((*class, RegexSet::new(status.get(name)?).ok()?)))
        .collect();
    Ok(Signs {
        heads: automaton(&loader.heads).map_err(|e| internal(e.to_string()))?,
        of_head: loader.of_head,
        patterns: loader.patterns,
        starts: loader.starts,
        start_bars: loader.start_bars,
        before: loader.before,
        after: loader.after,
        status,
        roles: awaited::Roles::new(&roles).map_err(|e| internal(e.to_string()))?,
        durations: awaited::Durations::new(),
    })
}

#[derive(Default)]
struct Loader {
    heads: Vec<String>,
    numbers: BTreeMap<String, usize>,
    of_head: Vec<Vec<u32>>,
    patterns: Vec<Pattern>,
    starts: Vec<(Sign, Regex)>,
    start_bars: Vec<(Sign, Regex)>,
    before: Vec<Option<Regex>>,
    after: Vec<Option<Regex>>,
}

impl Loader {
    fn file(
        &mut self,
        text: &str,
        file: &File,
        macros: &BTreeMap<String, String>,
    ) -> Result<(), SignsError> {
        self.before.resize(Sign::ALL.len(), None);
        self.after.resize(Sign::ALL.len(), None);
        for (name, section) in &file.signs {
            let Some((sign, _)) = Sign::ALL.iter().find(|(_, known)| known == name) else {
                let known: Vec<&str> = Sign::ALL.iter().map(|(_, name)| *name).collect();
                let problem = format!("[signs.{name}] is no sign; use {}", known.join(", "));
                return Err(fail(text, section, problem));
            };
            for pattern in &section.get_ref().patterns {
                self.pattern(*sign, pattern.get_ref(), macros)
                    .map_err(|problem| fail(text, pattern, problem))?;
            }
            let place = *sign as usize;
            for (unless, slot) in [
                (&section.get_ref().unless_before, &mut self.before[place]),
                (&section.get_ref().unless_after, &mut self.after[place]),
            ] {
                if let (Some(source), None) = (unless, &slot) {
                    let expanded = expand(source.get_ref(), macros);
                    let bounded =
                        expanded.map(|e| if e.starts_with('^') { e } else { format!(r"\b{e}") });
                    let regex = bounded.and_then(|b| Regex::new(&b).map_err(|e| e.to_string()));
                    *slot = Some(regex.map_err(|problem| fail(text, source, problem))?);
                }
            }
        }
        Ok(())
    }

    fn pattern(
        &mut self,
        sign: Sign,
        text: &str,
        macros: &BTreeMap<String, String>,
    ) -> Result<(), String> {
        if let Some(bar) = text.strip_prefix('!').filter(|bar| bar.starts_with('^')) {
            let regex = Regex::new(&expand(bar, macros)?).map_err(|e| e.to_string())?;
            self.start_bars.push((sign, regex));
            return Ok(());
        }
        if text.starts_with('^') {
            let regex = Regex::new(&expand(text, macros)?).map_err(|e| e.to_string())?;
            self.starts.push((sign, regex));
            return Ok(());
        }
        let (heads, pattern) = Pattern::parse(sign, text, macros)?;
        let number = u32::try_from(self.patterns.len()).unwrap_or(u32::MAX);
        let bars = pattern.bars;
        self.patterns.push(pattern);
        for head in heads {
            let place = *self.numbers.entry(head.clone()).or_insert_with(|| {
                self.heads.push(head);
                self.of_head.push(Vec::new());
                self.heads.len() - 1
            });
            // What bars comes first, so that it is known when the others are tried.
            let at = if bars { 0 } else { self.of_head[place].len() };
            self.of_head[place].insert(at, number);
        }
        Ok(())
    }
}

fn parse(text: &str) -> Result<File, SignsError> {
    toml::from_str(text).map_err(|e| SignsError {
        line: line_of(text, e.span().map_or(0, |span| span.start)),
        problem: format!(
            "{}; a file has [words], [signs.<name>] with patterns = [\"…\"], [status] and [roles]",
            e.message()
        ),
    })
}

fn fail<T>(text: &str, place: &Spanned<T>, problem: String) -> SignsError {
    SignsError { line: line_of(text, place.span().start), problem }
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|b| *b == b'\n').count()
}
