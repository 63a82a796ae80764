//! The people that one log is scrubbed with, by the forms in which texts name them.

use rustc_hash::FxHashMap;

use super::names::MAX_WORDS;
use super::people::ParsedName;
use super::sieve::Sieve;
use super::tokens::tokenize;
use super::words::{fold_into, heads, word};

/// The people, and the names that only look like people, that one log is scrubbed with.
#[derive(Debug, Default)]
pub(super) struct KnownPeople {
    /// Joined folded words of a full name or login to the person's canonical name; `None` for
    /// what must stay (client companies).
    pub(super) phrases: FxHashMap<String, Option<String>>,
    /// First folded word of a phrase to the most words a phrase with it has.
    pub(super) starts: FxHashMap<String, usize>,
    /// A given name or surname alone to the canonical name, if one person alone has it.
    pub(super) lone: FxHashMap<String, String>,
    /// The bytes of the longest phrase: a longer run of words can't be one.
    pub(super) longest: usize,
    /// The folded words at which a name can begin.
    pub(super) heads: Sieve,
}

impl KnownPeople {
    /// Adds a person by their name, whose canonical form is `canonical`.
    pub(super) fn add(&mut self, name: &ParsedName, canonical: &str) {
        if !name.reads_as_person() {
            return;
        }
        if !name.is_full() {
            self.add_handle(&name.tokens.concat(), canonical);
            return;
        }
        let (first, last) = (name.first().to_owned(), name.last());
        for phrase in [format!("{first}{last}"), format!("{last}{first}")] {
            self.phrases.entry(phrase).or_insert_with(|| Some(canonical.to_owned()));
        }
        if LEADING.iter().any(|p| last.starts_with(p) && last.len() > p.len() + 3) {
            self.add_surname(&last, canonical);
        }
        self.add_lone(first, canonical);
        if last.chars().count() >= 4 {
            self.add_lone(last, canonical);
        }
    }

    /// Adds a login or nickname that belongs to the person.
    pub(super) fn add_handle(&mut self, handle: &str, canonical: &str) {
        let known = word(handle);
        if known.first {
            self.add_lone(handle.to_owned(), canonical);
        } else if handle.chars().count() >= 5
            && !known.common
            && handle.chars().any(char::is_alphabetic)
        {
            self.phrases.entry(handle.to_owned()).or_insert_with(|| Some(canonical.to_owned()));
        }
    }

    /// Adds a client company, whose name stays as it is.
    pub(super) fn keep(&mut self, company: &str) {
        let mut tokens = Vec::new();
        tokenize(company, &mut tokens);
        let mut buffer = String::new();
        let mut joined = String::new();
        for token in &tokens {
            fold_into(&company[token.range()], &mut buffer);
            joined.push_str(&buffer);
        }
        if let Some(first) = tokens.first() {
            fold_into(&company[first.range()], &mut buffer);
            let most = self.starts.entry(buffer).or_default();
            *most = (*most).max(tokens.len());
            self.phrases.insert(joined, None);
        }
    }

    /// Notes which words can begin a phrase; call once after the last `add`.
    pub(super) fn settle<'a>(&mut self, names: impl Iterator<Item = &'a ParsedName>) {
        for name in names {
            let joined = name.tokens.concat();
            let reach = name.tokens.len().max(if name.is_full() { MAX_WORDS } else { 1 });
            for start in name.tokens.iter().chain([&joined]) {
                self.note_start(start, reach);
            }
            for token in &name.tokens {
                for particle in LEADING {
                    if token.starts_with(particle) {
                        self.note_start(particle, MAX_WORDS);
                    }
                }
            }
        }
        let handles: Vec<String> = self.phrases.keys().cloned().collect();
        for handle in handles {
            self.note_start(&handle, 1);
        }
        self.longest = self.phrases.keys().map(String::len).max().unwrap_or(0);
        heads().for_each(|head| self.heads.add(head));
        self.starts.keys().chain(self.lone.keys()).for_each(|head| self.heads.add(head));
    }

    fn note_start(&mut self, start: &str, words: usize) {
        let most = self.starts.entry(start.to_owned()).or_default();
        *most = (*most).max(words);
    }

    /// A surname of several words is as telling as a full name; shared, it is nobody's in particular.
    fn add_surname(&mut self, last: &str, canonical: &str) {
        self.phrases
            .entry(last.to_owned())
            .and_modify(|owner| {
                if owner.as_deref().is_some_and(|owner| owner != canonical) {
                    *owner = Some(last.to_owned());
                }
            })
            .or_insert_with(|| Some(canonical.to_owned()));
    }

    fn add_lone(&mut self, name: String, canonical: &str) {
        if word(&name).common && !word(&name).first {
            return;
        }
        let alone = name.clone();
        self.lone
            .entry(name)
            .and_modify(|owner| {
                if owner != canonical {
                    *owner = alone;
                }
            })
            .or_insert_with(|| canonical.to_owned());
    }
}

const LEADING: &[&str] = &["van", "de", "den", "der", "von", "el", "le", "la", "du", "ter", "ten"];
