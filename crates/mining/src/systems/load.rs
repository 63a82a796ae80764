//! Reading of `systems.toml` and the user's extra file; when a spelling counts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use toml::Spanned;

use super::{System, SystemId, Systems};

/// A mistake in a file of systems.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("systems, line {line}: {problem}")]
pub struct SystemsError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub problem: String,
}

/// A spelling of a system's name.
#[derive(Debug, Clone)]
pub(super) struct Alias {
    pub(super) text: String,
    pub(super) when: When,
    pub(super) system: SystemId,
}

/// When a spelling counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// In any case, as a whole word.
    Always,
    /// In any case, at the beginning of a word.
    Prefix,
    /// As written, as a whole word.
    Exact,
    /// As written, and not where a sentence begins.
    Inside,
}

impl Alias {
    /// True if the hit at `start..end` of `text` counts.
    pub(super) fn holds(&self, text: &str, start: usize, end: usize) -> bool {
        let before = text[..start].chars().next_back();
        let after = text[end..].chars().next();
        let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        if word(before) || (word(after) && self.when != When::Prefix) {
            return false;
        }
        match self.when {
            When::Always => true,
            When::Prefix => !after.is_some_and(|c| c.is_ascii_digit()),
            When::Exact => &text[start..end] == self.text.as_str(),
            When::Inside => &text[start..end] == self.text.as_str() && inside(text, start),
        }
    }
}

/// True if a lower-case word of the same sentence stands before `at`.
pub(super) fn inside(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '(', '"', '\'']);
    before.ends_with(|c: char| c.is_alphanumeric() || ",-/&:".contains(c))
}

type File = BTreeMap<String, BTreeMap<String, Spanned<String>>>;

/// The built-in file with `extra` merged over it.
pub(super) fn systems(extra: &str) -> Result<Systems, SystemsError> {
    files(Builder::default(), &[extra, BUILTIN])
}

/// The built-in file with systems added, by name and other spellings, and names taken out.
pub(super) fn changed(
    add: &BTreeMap<String, Vec<String>>,
    remove: &[String],
) -> Result<Systems, SystemsError> {
    let mut builder = Builder::default();
    for name in remove {
        builder.removed.insert(name.trim().to_lowercase());
        builder.never.extend(name.split_whitespace().map(str::to_lowercase));
    }
    for (name, spellings) in add {
        let problem = |problem: String| SystemsError { line: 1, problem };
        let list = spellings.join(",");
        if list.contains('!') {
            return Err(problem(format!("{name:?} has a ! in a spelling; leave it out")));
        }
        builder.system(OWN, name, &list).map_err(problem)?;
    }
    files(builder, &[BUILTIN])
}

/// The section of systems that the user adds.
const OWN: &str = "own";
const BUILTIN: &str = include_str!("../../data/systems.toml");

fn files(mut builder: Builder, texts: &[&str]) -> Result<Systems, SystemsError> {
    for text in texts {
        let file: File = toml::from_str(text).map_err(|e| SystemsError {
            line: line_of(text, e.span().map_or(0, |span| span.start)),
            problem: format!(
                "{}; a section is a category, a line is \"Name\" = \"alias, alias ! flags\"",
                e.message()
            ),
        })?;
        builder.file(text, &file)?;
    }
    let finder =
        finder(&builder.aliases).map_err(|e| SystemsError { line: 1, problem: e.to_string() })?;
    Ok(Systems {
        systems: builder.systems,
        aliases: builder.aliases,
        finder: Arc::new(finder),
        never: Arc::new(builder.never),
    })
}

/// What finds all spellings at once: the leftmost, of these the longest.
pub(super) fn finder(aliases: &[Alias]) -> Result<AhoCorasick, aho_corasick::BuildError> {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(aliases.iter().map(|alias| alias.text.as_str()))
}

#[derive(Default)]
struct Builder {
    systems: Vec<System>,
    aliases: Vec<Alias>,
    spelled: BTreeSet<String>,
    names: BTreeMap<String, SystemId>,
    never: BTreeSet<String>,
    /// Names and spellings that are left out, in lower case.
    removed: BTreeSet<String>,
}

impl Builder {
    fn file(&mut self, text: &str, file: &File) -> Result<(), SystemsError> {
        for (category, section) in file {
            for (name, line) in section {
                if category == "never" {
                    let words = line.get_ref().split(',').map(|w| w.trim().to_lowercase());
                    self.never.extend(words);
                    continue;
                }
                self.system(category, name, line.get_ref()).map_err(|problem| SystemsError {
                    line: line_of(text, line.span().start),
                    problem,
                })?;
            }
        }
        Ok(())
    }

    fn system(&mut self, category: &str, name: &str, line: &str) -> Result<(), String> {
        if self.removed.contains(&name.to_lowercase()) {
            return Ok(());
        }
        let (aliases, flags) = line.split_once('!').unwrap_or((line, ""));
        let mut system = System {
            name: name.to_owned(),
            category: category.to_owned(),
            generic: false,
            learned: false,
        };
        let mut own = true;
        for flag in flags.split_whitespace() {
            match flag {
                "generic" => system.generic = true,
                "exact" => own = false,
                // Of older files: which connector speaks to a system is `[ease.connectors]` now.
                _ if flag.starts_with("connector:") => {}
                _ => return Err(format!("unknown flag {flag:?}; use generic, exact")),
            }
        }
        let id = self.enter(system)?;
        if own {
            self.alias(&name.to_lowercase(), id)?;
        }
        for alias in aliases.split(',').map(str::trim).filter(|a| !a.is_empty()) {
            self.alias(alias, id)?;
        }
        Ok(())
    }

    fn enter(&mut self, system: System) -> Result<SystemId, String> {
        if let Some(id) = self.names.get(&system.name) {
            return Ok(*id);
        }
        let number =
            u16::try_from(self.systems.len()).map_err(|_| "too many systems".to_owned())?;
        self.names.insert(system.name.clone(), SystemId(number));
        self.systems.push(system);
        Ok(SystemId(number))
    }

    /// The first that claims a spelling keeps it.
    fn alias(&mut self, alias: &str, system: SystemId) -> Result<(), String> {
        let (text, when) = if let Some(text) = alias.strip_prefix('~') {
            (text, When::Inside)
        } else if let Some(text) = alias.strip_suffix('*') {
            (text, When::Prefix)
        } else if alias.chars().any(char::is_uppercase) {
            (alias, When::Exact)
        } else {
            (alias, When::Always)
        };
        if text.len() < 2 || !text.is_ascii() || text.contains('*') {
            return Err(format!("alias {alias:?} must be two or more plain ASCII characters"));
        }
        // A prefix includes the whole word; it replaces the plain spelling of the same system.
        let key = text.to_lowercase();
        if self.removed.contains(&key) {
            return Ok(());
        }
        if !self.spelled.insert(key) {
            if when == When::Prefix {
                let known = self.aliases.iter_mut().find(|a| a.text == text && a.system == system);
                if let Some(known) = known {
                    known.when = When::Prefix;
                }
            }
            return Ok(());
        }
        self.aliases.push(Alias { text: text.to_owned(), when, system });
        Ok(())
    }
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|b| *b == b'\n').count()
}
