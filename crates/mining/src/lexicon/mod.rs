//! The concept lexicon: what makes "Wachtwoord reset VPN" and "mot de passe VPN oublié" alike.
//!
//! Owns the concepts of work requests in four languages, and how a word is recognised as one:
//! several words first (longest, inflection-tolerant), then the exact form, then the form derived
//! by rule, then the stem, then compounds, then Dutch and German separated verbs. Product names
//! are `systems`' business. Grouping is not decided here.
//!
//! Where a word is ambiguous between languages, the language of the words around it decides; if they
//! don't tell, the order is Dutch, English, French, German. An
//! exact form wins from a derived one, that from a stop word, that from a stem; between stems
//! the one that cuts least off the word wins; within one language the earlier line wins, and a
//! user's file wins from the built-in one.

mod build;
mod load;
mod matching;
mod verbs;
mod vote;

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

pub use load::LexiconError;
pub use matching::WordCache;

/// A concept of the lexicon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConceptId(pub u16);

/// What sort of word a concept is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConceptKind {
    /// Something one does: reset, create, approve.
    Action,
    /// Something it is done to: account, certificate.
    Thing,
    /// How it is: new, expired, slow.
    Quality,
    /// Words that say nothing of the process: greetings, please, ticket.
    Filler,
}

/// What a word or a row of words means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// A concept.
    Concept(ConceptId),
    /// A function word.
    Stop,
    /// Not in the lexicon.
    Unknown,
}

/// A stretch of words with its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Which words; the parts of a compound are units with the same range.
    pub range: Range<u32>,
    /// What they mean.
    pub meaning: Meaning,
}

/// Concepts with all their forms, ready for matching.
#[derive(Debug)]
pub struct Lexicon {
    concepts: Vec<(String, ConceptKind)>,
    /// Listed forms of one word, with the languages (bits) that list them.
    exact: FxHashMap<Box<str>, (ConceptId, u8)>,
    /// Words that mean different things in different languages: the concept in each.
    ambiguous: FxHashMap<Box<str>, [Option<ConceptId>; 4]>,
    derived: FxHashMap<Box<str>, ConceptId>,
    stops: FxHashMap<Box<str>, u8>,
    stems: [FxHashMap<Box<str>, ConceptId>; 4],
    phrases: Phrases,
    /// Head of a separated verb to its particles.
    separated: FxHashMap<Box<str>, Vec<(Box<str>, ConceptId)>>,
    particles: FxHashSet<Box<str>>,
}

/// Forms of several words, as a trie over stems per language.
#[derive(Debug, Default)]
struct Phrases {
    tokens: [FxHashMap<Box<str>, u32>; 4],
    edges: FxHashMap<(u32, u32), u32>,
    ends: FxHashMap<u32, ConceptId>,
    nodes: u32,
}

impl Lexicon {
    /// The concepts Kompel comes with.
    pub fn builtin() -> Self {
        Self::with_extra("").expect("the built-in lexicon is tested")
    }

    /// The built-in concepts with a user's file merged over them.
    ///
    /// # Errors
    /// The line of the first mistake in `extra`, and what would be right.
    pub fn with_extra(extra: &str) -> Result<Self, LexiconError> {
        let extra = load::read(extra)?;
        let builtin = load::read(include_str!("../../data/concepts.toml"))?;
        Ok(build::build(&[extra, builtin]))
    }

    /// The concept's name, an English word with underscores for spaces.
    pub fn name(&self, id: ConceptId) -> &str {
        self.concepts.get(usize::from(id.0)).map_or("", |(name, _)| name)
    }

    /// What sort of word it is.
    pub fn kind(&self, id: ConceptId) -> ConceptKind {
        self.concepts.get(usize::from(id.0)).map_or(ConceptKind::Filler, |(_, kind)| *kind)
    }

    /// The concept with this name.
    pub fn concept(&self, name: &str) -> Option<ConceptId> {
        let at = self.concepts.iter().position(|(known, _)| known == name)?;
        u16::try_from(at).ok().map(ConceptId)
    }

    /// How many concepts it holds.
    pub fn len(&self) -> usize {
        self.concepts.len()
    }

    /// True if it holds no concept.
    pub fn is_empty(&self) -> bool {
        self.concepts.is_empty()
    }

    /// True if `word` (folded) is a listed form or a function word, no inflection allowed for.
    pub fn lists(&self, word: &str) -> bool {
        self.exact.contains_key(word) || self.stops.contains_key(word)
    }

    /// True if `word` (folded) is a function word of one of the languages.
    pub fn is_stop(&self, word: &str) -> bool {
        self.stops.contains_key(word)
    }
}

#[cfg(test)]
mod tests;
