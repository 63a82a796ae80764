//! From words to units of meaning.

use std::ops::Range;

use rust_stemmers::Stemmer;
use rustc_hash::FxHashMap;

use super::build::stemmers;
use super::{ConceptId, ConceptKind, Lexicon, Meaning, Unit};

/// What is known of the distinct words met so far; keep one per thread for speed.
pub struct WordCache {
    known: FxHashMap<Box<str>, u32>,
    words: Vec<Known>,
    scratch: Vec<u32>,
    stemmers: [Stemmer; 4],
}

impl std::fmt::Debug for WordCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WordCache").field("words", &self.words.len()).finish_non_exhaustive()
    }
}

impl Default for WordCache {
    fn default() -> Self {
        Self {
            known: FxHashMap::default(),
            words: Vec::new(),
            scratch: Vec::new(),
            stemmers: stemmers(),
        }
    }
}

/// A word's meaning by itself, and its part in phrases.
#[derive(Debug)]
struct Known {
    meaning: Meaning,
    /// The concepts of a compound's parts; empty for other words.
    parts: Box<[ConceptId]>,
    /// Its stem's number among the words of phrases, per language.
    tokens: [u32; 4],
    /// It can begin a phrase in one of the languages.
    begins: bool,
    /// True if it means different things in different languages.
    ambiguous: bool,
    /// Particles with which it makes a separated verb.
    separated: Box<[(Box<str>, ConceptId)]>,
}

const NO_TOKEN: u32 = u32::MAX;
/// Words between a separated verb and its particle, at most.
const REACH: usize = 8;
/// Distinct words kept; beyond it the cache starts anew.
const CACHE_LIMIT: usize = 1 << 20;

impl Lexicon {
    /// Appends the units of `words` (folded, split on non-alphanumerics) to `out`, in order.
    ///
    /// Every word is in exactly one unit, but for compounds, whose parts are units with the
    /// same range, and verbs ("maak … aan"), whose particle becomes a stop.
    pub fn annotate(&self, words: &[&str], out: &mut Vec<Unit>) {
        self.annotate_with(words, &mut WordCache::default(), out);
    }

    /// Like [`Self::annotate`], remembering words in `cache`. A cache belongs to one lexicon.
    pub fn annotate_with(&self, words: &[&str], cache: &mut WordCache, out: &mut Vec<Unit>) {
        let mut row = std::mem::take(&mut cache.scratch);
        row.clear();
        if cache.words.len() > CACHE_LIMIT {
            cache.known.clear();
            cache.words.clear();
        }
        row.extend(words.iter().map(|word| self.look_up(word, cache)));
        let first_unit = out.len();
        let mut at = 0;
        while at < row.len() {
            let known = &cache.words[row[at] as usize];
            let phrase =
                if known.begins { self.longest_phrase(&row[at..], &cache.words) } else { None };
            if let Some((length, id)) = phrase {
                out.push(Unit { range: span(at, length), meaning: Meaning::Concept(id) });
                at += length;
                continue;
            }
            if known.parts.is_empty() {
                out.push(Unit { range: span(at, 1), meaning: known.meaning });
            } else {
                out.extend(
                    known
                        .parts
                        .iter()
                        .map(|id| Unit { range: span(at, 1), meaning: Meaning::Concept(*id) }),
                );
            }
            at += 1;
        }
        if row.iter().any(|word| cache.words[*word as usize].ambiguous) {
            self.settle(words, &mut out[first_unit..]);
        }
        self.join_verbs(words, &row, cache, &mut out[first_unit..]);
        cache.scratch = row;
    }

    /// Gives words that differ between languages their meaning in the language of the text.
    fn settle(&self, words: &[&str], units: &mut [Unit]) {
        let Some(language) = self.vote(words) else { return };
        for unit in units.iter_mut().filter(|unit| unit.range.len() == 1) {
            let claims = self.ambiguous.get(words[unit.range.start as usize]);
            if let Some(id) = claims.and_then(|claims| claims[language as usize]) {
                unit.meaning = Meaning::Concept(id);
            }
        }
    }

    fn look_up(&self, word: &str, cache: &mut WordCache) -> u32 {
        if let Some(number) = cache.known.get(word) {
            return *number;
        }
        let known = self.understand(word, &cache.stemmers);
        let number = u32::try_from(cache.words.len()).unwrap_or(0);
        cache.words.push(known);
        cache.known.insert(word.into(), number);
        number
    }

    fn understand(&self, word: &str, stemmers: &[Stemmer; 4]) -> Known {
        let mut tokens = [NO_TOKEN; 4];
        let mut begins = false;
        for (language, stemmer) in stemmers.iter().enumerate() {
            let stem = stemmer.stem(word);
            if let Some(token) = self.phrases.tokens[language].get(&*stem) {
                tokens[language] = *token;
                begins |= self.phrases.edges.contains_key(&(language as u32, *token));
            }
        }
        let mut parts = Vec::new();
        let meaning = match self.single(word, stemmers) {
            Meaning::Unknown => {
                parts = self.compound(word, stemmers).unwrap_or_default();
                parts.first().map_or(Meaning::Unknown, |id| Meaning::Concept(*id))
            }
            meaning => meaning,
        };
        let separated = self.separated.get(word).cloned().unwrap_or_default();
        let ambiguous = self.ambiguous.contains_key(word);
        Known {
            meaning,
            parts: parts.into(),
            tokens,
            begins,
            ambiguous,
            separated: separated.into(),
        }
    }

    /// The word's own meaning: exact, derived, stop, stem.
    fn single(&self, word: &str, stemmers: &[Stemmer; 4]) -> Meaning {
        if let Some((id, _)) = self.exact.get(word) {
            return Meaning::Concept(*id);
        }
        if let Some(id) = self.derived.get(word) {
            return Meaning::Concept(*id);
        }
        if self.stops.contains_key(word) || word.chars().count() < 2 {
            return Meaning::Stop;
        }
        self.by_stem(word, stemmers).map_or(Meaning::Unknown, Meaning::Concept)
    }

    fn by_stem(&self, word: &str, stemmers: &[Stemmer; 4]) -> Option<ConceptId> {
        if word.len() < 4 || word.bytes().any(|b| b.is_ascii_digit()) {
            return None;
        }
        let mut best: Option<(usize, ConceptId)> = None;
        for (language, stemmer) in stemmers.iter().enumerate() {
            let stem = stemmer.stem(word);
            let cut = word.len().saturating_sub(stem.len());
            if stem.len() < 3 || (stem.len() == 3 && cut > 2) {
                continue;
            }
            if let Some(id) = self.stems[language].get(&*stem)
                && best.is_none_or(|(least, _)| cut < least)
            {
                best = Some((cut, *id));
            }
        }
        best.map(|(_, id)| id)
    }

    /// Two or three known parts that make up the whole word, the first as long as possible.
    fn compound(&self, word: &str, stemmers: &[Stemmer; 4]) -> Option<Vec<ConceptId>> {
        if !(7..=48).contains(&word.len()) || !word.bytes().all(|b| b.is_ascii_lowercase()) {
            return None;
        }
        self.split(word, stemmers, 2).or_else(|| self.split(word, stemmers, 3))
    }

    fn split(&self, word: &str, stemmers: &[Stemmer; 4], parts: usize) -> Option<Vec<ConceptId>> {
        if parts == 1 {
            return self.last_part(word, stemmers).map(|id| vec![id]);
        }
        for end in (MIN_PART..=word.len().checked_sub(MIN_PART)?).rev() {
            let Some(first) = self.first_part(&word[..end]) else { continue };
            for link in LINKS {
                let Some(rest) = word[end..].strip_prefix(link) else { continue };
                if rest.len() >= MIN_PART
                    && let Some(others) = self.split(rest, stemmers, parts - 1)
                {
                    return Some(std::iter::once(first).chain(others).collect());
                }
            }
        }
        None
    }

    fn first_part(&self, part: &str) -> Option<ConceptId> {
        let listed = self.exact.get(part).map(|(id, _)| *id);
        let id = listed.or_else(|| self.derived.get(part).copied().filter(|_| part.len() >= 4))?;
        self.may_be_part(part, id).then_some(id)
    }

    fn last_part(&self, part: &str, stemmers: &[Stemmer; 4]) -> Option<ConceptId> {
        let listed = self.exact.get(part).map(|(id, _)| *id);
        let id = listed
            .or_else(|| self.derived.get(part).copied())
            .or_else(|| (part.len() >= 5).then(|| self.by_stem(part, stemmers)).flatten())?;
        self.may_be_part(part, id).then_some(id)
    }

    /// Short parts must be things ("vpn"), or chance would split every name.
    fn may_be_part(&self, part: &str, id: ConceptId) -> bool {
        match self.kind(id) {
            ConceptKind::Thing => true,
            ConceptKind::Action => part.len() >= 4,
            ConceptKind::Quality | ConceptKind::Filler => part.len() >= 5,
        }
    }

    fn longest_phrase(&self, row: &[u32], words: &[Known]) -> Option<(usize, ConceptId)> {
        let mut best = None;
        for language in 0..4_u32 {
            let mut node = language;
            for (length, word) in row.iter().enumerate() {
                let token = words[*word as usize].tokens[language as usize];
                if token == NO_TOKEN {
                    break;
                }
                let Some(next) = self.phrases.edges.get(&(node, token)) else { break };
                node = *next;
                if let Some(id) = self.phrases.ends.get(&node)
                    && best.is_none_or(|(longest, _)| length + 1 > longest)
                {
                    best = Some((length + 1, *id));
                }
            }
        }
        best
    }

    /// "maak … aan": the head takes the verb's meaning, the particle becomes a stop.
    ///
    /// A particle counts if the words end there, or a function word or filler follows that is
    /// no article: else it is a preposition ("toegang aan de klant").
    fn join_verbs(&self, words: &[&str], row: &[u32], cache: &WordCache, units: &mut [Unit]) {
        for at in 0..units.len() {
            let head = units[at].range.start as usize;
            let pairs = &cache.words[row[head] as usize].separated;
            if pairs.is_empty() || units[at].range.len() > 1 {
                continue;
            }
            let last = (head + REACH).min(words.len().saturating_sub(1));
            let found = (head + 1..=last).find_map(|place| {
                let (_, id) = pairs.iter().find(|(particle, _)| **particle == *words[place])?;
                self.ends_clause(words, row, cache, place + 1).then_some((place, *id))
            });
            let Some((place, id)) = found else { continue };
            let place = place as u32;
            units[at].meaning = Meaning::Concept(id);
            for unit in units.iter_mut().filter(|u| u.range == (place..place + 1)) {
                unit.meaning = Meaning::Stop;
            }
        }
    }

    fn ends_clause(&self, words: &[&str], row: &[u32], cache: &WordCache, next: usize) -> bool {
        let Some(word) = words.get(next) else { return true };
        if ARTICLES.contains(word) {
            return false;
        }
        match cache.words[row[next] as usize].meaning {
            Meaning::Stop => true,
            Meaning::Concept(id) => self.kind(id) == ConceptKind::Filler,
            Meaning::Unknown => false,
        }
    }
}

fn span(at: usize, length: usize) -> Range<u32> {
    let at = at as u32;
    at..at + length as u32
}

const MIN_PART: usize = 3;
const LINKS: [&str; 7] = ["", "s", "en", "n", "e", "es", "er"];
const ARTICLES: [&str; 34] = [
    "de", "het", "een", "deze", "dit", "die", "dat", "onze", "mijn", "jullie", "zijn", "haar",
    "hun", "alle", "elke", "andere", "der", "die", "das", "den", "dem", "des", "ein", "eine",
    "einen", "einem", "einer", "diese", "diesen", "dieser", "alle", "unsere", "meine", "ons",
];
