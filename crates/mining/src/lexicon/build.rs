//! From lexicon files to the tables that matching uses.

use kompel_model::Language;
use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::{FxHashMap, FxHashSet};

use super::load::{LANGUAGES, RawConcept, RawLexicon};
use super::{ConceptId, ConceptKind, Lexicon, Phrases, verbs};
use crate::fold::{fold, words};

/// The stemmer of a language.
pub(super) fn stemmer(language: Language) -> Stemmer {
    Stemmer::create(match language {
        Language::Nl => Algorithm::Dutch,
        Language::En => Algorithm::English,
        Language::Fr => Algorithm::French,
        Language::De => Algorithm::German,
    })
}

pub(super) fn stemmers() -> [Stemmer; 4] {
    LANGUAGES.map(stemmer)
}

/// The tables for these files; of two that claim a form the earlier file wins.
pub(super) fn build(files: &[RawLexicon]) -> Lexicon {
    let mut builder = Builder::new();
    for file in files {
        builder.stops(file);
        for concept in &file.concepts {
            builder.concept(concept);
        }
    }
    builder.finish()
}

struct Builder {
    lexicon: Lexicon,
    names: FxHashMap<String, ConceptId>,
    stemmers: [Stemmer; 4],
    /// Which concept claims a word in each language.
    claims: FxHashMap<Box<str>, [Option<ConceptId>; 4]>,
    /// All forms in order: language, folded words, concept.
    forms: Vec<(Language, Vec<String>, ConceptId)>,
}

impl Builder {
    fn new() -> Self {
        Self {
            lexicon: Lexicon {
                concepts: Vec::new(),
                exact: FxHashMap::default(),
                derived: FxHashMap::default(),
                stops: FxHashMap::default(),
                stems: Default::default(),
                phrases: Phrases { nodes: 4, ..Phrases::default() },
                separated: FxHashMap::default(),
                particles: FxHashSet::default(),
                ambiguous: FxHashMap::default(),
            },
            names: FxHashMap::default(),
            stemmers: stemmers(),
            claims: FxHashMap::default(),
            forms: Vec::new(),
        }
    }

    fn stops(&mut self, file: &RawLexicon) {
        for (language, word) in &file.stops {
            for word in words(&fold(word)) {
                *self.lexicon.stops.entry(word.into()).or_default() |= bit(*language);
            }
        }
    }

    fn concept(&mut self, raw: &RawConcept) {
        let id = match self.names.get(&raw.name) {
            Some(id) => *id,
            None => {
                let Ok(number) = u16::try_from(self.lexicon.concepts.len()) else { return };
                self.lexicon.concepts.push((raw.name.clone(), raw.kind));
                self.names.insert(raw.name.clone(), ConceptId(number));
                ConceptId(number)
            }
        };
        for (language, form) in &raw.forms {
            for spelling in spellings(*language, form) {
                let words: Vec<String> = words(&spelling).map(str::to_owned).collect();
                self.forms.push((*language, words, id));
            }
        }
    }

    fn finish(mut self) -> Lexicon {
        let mut forms = std::mem::take(&mut self.forms);
        forms.sort_by_key(|(language, _, _)| *language);
        for (language, words, id) in &forms {
            match words.as_slice() {
                [] => {}
                [word] => self.word(*language, word, *id),
                phrase => self.phrase(*language, phrase, *id),
            }
        }
        for (language, words, id) in &forms {
            if let [verb] = words.as_slice()
                && self.lexicon.kind(*id) == ConceptKind::Action
            {
                self.derive(*language, verb, *id);
            }
        }
        self.claims.retain(|_, claims| {
            let mut claimed = claims.iter().flatten();
            let first = claimed.next();
            claimed.any(|other| Some(other) != first)
        });
        self.lexicon.ambiguous = self.claims;
        self.lexicon
    }

    fn word(&mut self, language: Language, word: &str, id: ConceptId) {
        let entry = self.lexicon.exact.entry(word.into()).or_insert((id, 0));
        entry.1 |= bit(language);
        let claims = self.claims.entry(word.into()).or_default();
        claims[language as usize].get_or_insert(id);
        let stem = self.stemmers[language as usize].stem(word);
        self.lexicon.stems[language as usize].entry(stem.into()).or_insert(id);
    }

    fn phrase(&mut self, language: Language, phrase: &[String], id: ConceptId) {
        let mut node = language as u32;
        let phrases = &mut self.lexicon.phrases;
        for word in phrase {
            let stem = self.stemmers[language as usize].stem(word);
            let tokens = &mut phrases.tokens[language as usize];
            let next = u32::try_from(tokens.len()).unwrap_or(u32::MAX - 1);
            let token = *tokens.entry(stem.into()).or_insert(next);
            node = *phrases.edges.entry((node, token)).or_insert_with(|| {
                phrases.nodes += 1;
                phrases.nodes
            });
        }
        phrases.ends.entry(node).or_insert(id);
    }

    fn derive(&mut self, language: Language, verb: &str, id: ConceptId) {
        let derived = match language {
            Language::Nl => verbs::dutch(verb),
            Language::De => verbs::german(verb),
            Language::Fr => verbs::french(verb),
            Language::En => return,
        };
        for word in derived.words {
            if word.len() >= 3 && !self.lexicon.stops.contains_key(word.as_str()) {
                self.lexicon.derived.entry(word.into()).or_insert(id);
            }
        }
        for phrase in derived.phrases {
            let words: Vec<String> = words(&phrase).map(str::to_owned).collect();
            self.phrase(language, &words, id);
        }
        for (head, particle) in derived.separated {
            self.lexicon.particles.insert(particle.as_str().into());
            let pairs = self.lexicon.separated.entry(head.into()).or_default();
            if pairs.iter().all(|(known, _)| **known != *particle) {
                pairs.push((particle.into(), id));
            }
        }
    }
}

pub(super) fn bit(language: Language) -> u8 {
    1 << (language as u8)
}

/// The folded form; for German also with `ae`, `oe`, `ue` for the umlauts.
fn spellings(language: Language, form: &str) -> Vec<String> {
    let mut spellings = vec![fold(form)];
    if language == Language::De && form.chars().any(|c| "äöüÄÖÜ".contains(c)) {
        let form = form.to_lowercase();
        spellings.push(fold(&form.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue")));
    }
    spellings
}
