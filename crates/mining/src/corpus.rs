//! Records to weighted terms: concepts where the lexicon knows the words, systems, and the words
//! themselves where it does not.
//!
//! Owns the spelling repair and the weights. Does not group.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, BuildHasherDefault},
};

use kompel_model::{Answer, EventLog, Language, Message, Party, PersonId, Ticket};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use crate::{
    fold::fold,
    lexicon::{ConceptKind, Lexicon, Meaning, Unit, WordCache},
    signs::{Sign, Signs},
    spelling::Spelling,
    systems::{Category, Systems},
    text::{Token, tokens},
    vector::{TermId, Vector},
};

/// Bytes of a description that are looked at; what a request is about stands at its beginning.
const BODY_BYTES: usize = 1_200;
/// Bytes of a title or a message that are looked at.
const TITLE_BYTES: usize = 400;
/// What the term of a close code begins with.
const CLOSE_CODE: &str = "close=";
/// Terms of a description that are kept.
const BODY_TERMS: usize = 40;

/// What discovery knows before it reads a record.
pub(crate) struct Words<'a> {
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) signs: &'a Signs,
    pub(crate) systems: &'a Systems,
    pub(crate) people: &'a BTreeMap<PersonId, Party>,
}

/// What sort of term it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TermClass {
    /// A verb concept: reset, create, renew.
    Action,
    /// A noun concept: password, mailbox.
    Thing,
    /// Another concept.
    Quality,
    /// A system of the gazetteer.
    System,
    /// A word that the lexicon does not know.
    Word,
    /// A field's value: issue type, component, label.
    Tag,
}

/// One term of the hunt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Term {
    pub(crate) class: TermClass,
    pub(crate) name: String,
}

/// One record as terms.
#[derive(Debug, Clone, Default)]
pub(crate) struct Doc {
    /// Of the title, or of a message's or an answer's text.
    pub(crate) title: Vec<TermId>,
    /// Of the description.
    pub(crate) body: Vec<TermId>,
    /// Of the texts that tell what was done.
    pub(crate) end: Vec<TermId>,
    /// Of the last of these, with the systems of all: what the case came to.
    pub(crate) outcome: Vec<TermId>,
    /// Of its fields.
    pub(crate) tags: Vec<TermId>,
    /// The language it is written in, if that can be told.
    pub(crate) language: Option<Language>,
}

/// All records as terms, in the order of the log.
#[derive(Debug, Default)]
pub(crate) struct Corpus {
    pub(crate) tickets: Vec<Doc>,
    pub(crate) messages: Vec<Doc>,
    pub(crate) answers: Vec<Doc>,
    pub(crate) terms: Vec<Term>,
    /// Weight of each term in a request, by its number.
    pub(crate) weights: Vec<f32>,
    /// Weight of each term in an end, by its number.
    pub(crate) end_weights: Vec<f32>,
    /// Tickets whose outcome uses the term, by its number.
    pub(crate) outcome_counts: Vec<u32>,
    /// Tickets that say how they ended.
    pub(crate) ended: u32,
}

/// A record whose terms have no numbers yet.
#[derive(Default)]
struct Draft {
    title: Vec<u64>,
    body: Vec<u64>,
    end: Vec<u64>,
    outcome: Vec<u64>,
    tags: Vec<u64>,
    language: Option<Language>,
}

/// What one stretch of the reading has met.
#[derive(Default)]
struct Notes {
    terms: FxHashMap<u64, Term>,
    cache: WordCache,
}

impl Notes {
    /// The key of a term, which is remembered.
    fn term(&mut self, class: TermClass, name: String) -> u64 {
        let term = Term { class, name };
        let key = BuildHasherDefault::<FxHasher>::default().hash_one(&term);
        self.terms.entry(key).or_insert(term);
        key
    }

    fn is_system(&self, key: u64) -> bool {
        self.terms.get(&key).is_some_and(|term| term.class == TermClass::System)
    }
}

impl Corpus {
    /// Reads every record of the log. `work` gives the texts that tell what was done on a ticket.
    pub(crate) fn read(
        log: &EventLog,
        words: &Words<'_>,
        work: impl for<'t> Fn(&'t Ticket) -> Vec<&'t str> + Sync,
    ) -> Self {
        let clients = client_words(log, words.lexicon);
        let spelling = Spelling::learn(log, words.lexicon);
        let reader = Reader { words, clients: &clients, spelling: &spelling };
        let tickets = drafts(&log.tickets, |t, notes| reader.ticket(t, &work(t), notes));
        let messages = drafts(&log.messages, |m, notes| reader.message(m, notes));
        let answers = drafts(&log.answers, |a, notes| reader.answer(a, notes));
        number([tickets, messages, answers])
    }

    pub(crate) fn term(&self, id: TermId) -> &Term {
        &self.terms[id as usize]
    }

    /// The request as a vector: the title, and the description as far as the title is vague.
    pub(crate) fn request(&self, doc: &Doc) -> Vector {
        let telling = doc.title.iter().filter(|t| self.is_telling(**t)).count();
        let body_weight = match telling {
            0 => 1.0,
            1 => 0.6,
            2 => 0.3,
            _ => 0.2,
        };
        let mut parts: Vec<(TermId, f32)> = Vec::with_capacity(doc.title.len() + doc.body.len());
        parts.extend(doc.title.iter().map(|t| (*t, self.weights[*t as usize])));
        let in_title: FxHashSet<TermId> = doc.title.iter().copied().collect();
        parts.extend(
            doc.body
                .iter()
                .filter(|t| !in_title.contains(t))
                .map(|t| (*t, self.weights[*t as usize] * body_weight)),
        );
        Vector::new(parts).unit()
    }

    /// How it ended, as a vector; empty where only a close code tells, since "Done" is said of
    /// everything and would make one process of it all.
    pub(crate) fn end(&self, doc: &Doc) -> Vector {
        let told = doc.end.iter().filter(|term| {
            let term = self.term(**term);
            term.class != TermClass::Tag || !term.name.starts_with(CLOSE_CODE)
        });
        Vector::new(told.map(|t| (*t, self.end_weights[*t as usize])).collect()).unit()
    }

    /// Its fields, as a vector.
    pub(crate) fn tags(&self, doc: &Doc) -> Vector {
        Vector::new(doc.tags.iter().map(|t| (*t, self.weights[*t as usize])).collect()).unit()
    }

    /// True for a term that can tell one process from another.
    pub(crate) fn is_telling(&self, id: TermId) -> bool {
        self.weights[id as usize] > 0.0 && self.term(id).class != TermClass::Quality
    }
}

struct Reader<'a> {
    words: &'a Words<'a>,
    clients: &'a FxHashSet<String>,
    spelling: &'a Spelling,
}

impl Reader<'_> {
    fn ticket(&self, ticket: &Ticket, work: &[&str], notes: &mut Notes) -> Draft {
        let mut tags = Vec::new();
        for (field, value) in tag_fields(ticket) {
            tags.push(notes.term(TermClass::Tag, format!("{field}={}", fold(value))));
        }
        let mut title = self.terms(&ticket.title, TITLE_BYTES, notes);
        let mut body = self.terms(&ticket.description, BODY_BYTES, notes);
        body.truncate(BODY_TERMS);
        if title.is_empty() && body.is_empty() {
            title.extend(structured_title(ticket, notes));
        }
        let mut end = Vec::new();
        let mut outcome = Vec::new();
        for (place, text) in work.iter().enumerate() {
            let mut terms = self.terms(text, TITLE_BYTES, notes);
            if self.words.signs.read(text).has(Sign::DoneManual) {
                terms.push(notes.term(TermClass::Tag, "done manual".to_owned()));
            }
            let is_last = place + 1 == work.len();
            outcome.extend(terms.iter().filter(|term| is_last || notes.is_system(**term)));
            end.append(&mut terms);
        }
        if end.is_empty()
            && let Some(code) = &ticket.resolution
        {
            end.push(notes.term(TermClass::Tag, format!("{CLOSE_CODE}{}", fold(code))));
            outcome.clone_from(&end);
        }
        distinct(&mut end);
        distinct(&mut outcome);
        let language = self.language(&ticket.title, &ticket.description);
        Draft { title, body, end, outcome, tags, language }
    }

    fn message(&self, message: &Message, notes: &mut Notes) -> Draft {
        let title = self.terms(&message.text, TITLE_BYTES, notes);
        let tags = vec![notes.term(TermClass::Tag, format!("channel={}", fold(&message.channel)))];
        Draft { title, tags, language: self.language(&message.text, ""), ..Draft::default() }
    }

    fn answer(&self, answer: &Answer, notes: &mut Notes) -> Draft {
        let title = self.terms(&answer.what, TITLE_BYTES, notes);
        Draft { title, language: self.language(&answer.what, ""), ..Draft::default() }
    }

    fn language(&self, title: &str, body: &str) -> Option<Language> {
        let mut folded = Vec::new();
        for token in tokens(title, TITLE_BYTES).into_iter().chain(tokens(body, TITLE_BYTES)) {
            if let Token::Word(word) = token {
                folded.push(word);
            }
        }
        let views: Vec<&str> = folded.iter().map(String::as_str).collect();
        self.words.lexicon.language(&views)
    }

    /// The distinct terms of a text, in order of first appearance.
    fn terms(&self, text: &str, limit: usize, notes: &mut Notes) -> Vec<u64> {
        let mut out = Vec::new();
        let text = crate::text::cut(text, limit);
        for system in self.words.systems.find(text) {
            if is_worked_system(self.words.systems.category(system)) {
                let name = self.words.systems.name(system).to_owned();
                out.push(notes.term(TermClass::System, name));
            }
        }
        let mut run: Vec<String> = Vec::new();
        for token in tokens(text, limit) {
            match token {
                Token::Word(word) if !self.clients.contains(&word) => {
                    run.push(self.spelling.repair(word));
                }
                Token::Word(_) | Token::Mask(_) => self.flush(&mut run, &mut out, notes),
            }
        }
        self.flush(&mut run, &mut out, notes);
        distinct(&mut out);
        out
    }

    fn flush(&self, run: &mut Vec<String>, out: &mut Vec<u64>, notes: &mut Notes) {
        if run.is_empty() {
            return;
        }
        let views: Vec<&str> = run.iter().map(String::as_str).collect();
        let mut units: Vec<Unit> = Vec::new();
        self.words.lexicon.annotate_with(&views, &mut notes.cache, &mut units);
        for unit in units {
            match unit.meaning {
                Meaning::Concept(id) => {
                    let class = match self.words.lexicon.kind(id) {
                        ConceptKind::Action => TermClass::Action,
                        ConceptKind::Thing => TermClass::Thing,
                        ConceptKind::Quality => TermClass::Quality,
                        ConceptKind::Filler => continue,
                    };
                    out.push(notes.term(class, self.words.lexicon.name(id).to_owned()));
                }
                Meaning::Stop => {}
                Meaning::Unknown => {
                    for word in &views[unit.range.start as usize..unit.range.end as usize] {
                        if let Some(stem) = stem(word) {
                            out.push(notes.term(TermClass::Word, stem));
                        }
                    }
                }
            }
        }
        run.clear();
    }
}

/// Keeps the first of each.
fn distinct(terms: &mut Vec<u64>) {
    let mut seen = FxHashSet::default();
    terms.retain(|term| seen.insert(*term));
}

/// True if a system of this category is one that work is done in (no chat, no ticket system).
pub(crate) fn is_worked_system(category: Category) -> bool {
    !matches!(category, Category::Ticket | Category::Chat)
}

/// A light stem for words no lexicon knows: plural and inflection endings of nl, en, fr and de.
fn stem(word: &str) -> Option<String> {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 2 || word.chars().any(|c| c.is_ascii_digit()) && letters < 3 {
        return None;
    }
    if word.bytes().any(|b| b.is_ascii_digit()) && word.len() > 4 {
        return None;
    }
    let cut = [("en", 6), ("es", 6), ("s", 5), ("e", 5), ("n", 6)]
        .iter()
        .find(|(ending, least)| word.len() >= *least && word.ends_with(ending))
        .map_or(0, |(ending, _)| ending.len());
    Some(word[..word.len() - cut].to_owned())
}

/// The fields that say something of the kind of request.
fn tag_fields(ticket: &Ticket) -> impl Iterator<Item = (&str, &str)> {
    let kind = ticket.kind.iter().map(|k| ("kind", k.as_ref()));
    let group = ticket.group.iter().map(|g| ("group", g.as_ref()));
    let components = ticket.components.iter().map(|c| ("component", c.as_ref()));
    let labels = ticket.labels.iter().map(|l| ("label", l.as_ref()));
    let fields = ticket
        .fields
        .iter()
        .filter(|(name, value)| is_category(name) && value.len() <= 80)
        .map(|(name, value)| (name.as_ref(), value.as_str()));
    kind.chain(group).chain(components).chain(labels).chain(fields)
}

fn is_category(field: &str) -> bool {
    let folded = fold(field);
    ["categor", "symptom", "product", "type", "service", "item", "impact", "categorie"]
        .iter()
        .any(|part| folded.contains(part))
}

/// What a ticket without words is about: its most particular category fields.
fn structured_title(ticket: &Ticket, notes: &mut Notes) -> Vec<u64> {
    let mut out = Vec::new();
    for (field, value) in tag_fields(ticket) {
        if fold(field).contains("impact") || value.trim().is_empty() {
            continue;
        }
        out.push(notes.term(TermClass::Thing, format!("{field}={}", fold(value))));
    }
    out
}

/// Words of the clients' names, which say for whom, not what.
fn client_words(log: &EventLog, lexicon: &Lexicon) -> FxHashSet<String> {
    let mut clients: std::collections::BTreeSet<&str> = std::collections::BTreeSet::new();
    for ticket in &log.tickets {
        if let Some(client) = &ticket.client {
            clients.insert(client);
        }
    }
    let mut out = FxHashSet::default();
    for client in clients {
        for token in tokens(client, TITLE_BYTES) {
            let Token::Word(word) = token else { continue };
            let mut units = Vec::new();
            lexicon.annotate(&[word.as_str()], &mut units);
            let known = units.iter().any(|u| matches!(u.meaning, Meaning::Concept(_)));
            if !known {
                out.insert(word);
            }
        }
    }
    out
}

type Terms = FxHashMap<u64, Term>;

fn drafts<T: Sync>(
    records: &[T],
    read: impl Fn(&T, &mut Notes) -> Draft + Sync,
) -> (Vec<Draft>, Terms) {
    let stretch = (records.len() / 16).clamp(500, 20_000);
    let stretches: Vec<(Vec<Draft>, Terms)> = records
        .par_chunks(stretch)
        .map(|records| {
            let mut notes = Notes::default();
            let drafts = records.iter().map(|record| read(record, &mut notes)).collect();
            (drafts, notes.terms)
        })
        .collect();
    let mut all = Vec::with_capacity(records.len());
    let mut terms = Terms::default();
    for (drafts, some) in stretches {
        all.extend(drafts);
        terms.extend(some);
    }
    (all, terms)
}

/// Gives every term a number in order of its name, and its weight.
fn number(parts: [(Vec<Draft>, Terms); 3]) -> Corpus {
    let mut names: BTreeMap<Term, u64> = BTreeMap::new();
    for (_, some) in &parts {
        names.extend(some.iter().map(|(key, term)| (term.clone(), *key)));
    }
    let ids: FxHashMap<u64, TermId> = names.values().zip(0..).map(|(key, id)| (*key, id)).collect();
    let terms: Vec<Term> = names.into_keys().collect();
    let settle = |(drafts, _): (Vec<Draft>, Terms)| -> Vec<Doc> {
        let map = |keys: Vec<u64>| keys.into_iter().map(|key| ids[&key]).collect();
        drafts
            .into_iter()
            .map(|d| Doc {
                title: map(d.title),
                body: map(d.body),
                end: map(d.end),
                outcome: map(d.outcome),
                tags: map(d.tags),
                language: d.language,
            })
            .collect()
    };
    let [tickets, messages, answers] = parts.map(settle);
    let weights = weights(&terms, &tickets, &messages);
    let end_counts = count(terms.len(), &tickets, |doc| &doc.end);
    let outcome_counts = count(terms.len(), &tickets, |doc| &doc.outcome);
    let ended = tickets.iter().filter(|doc| !doc.end.is_empty()).count() as u32;
    let end_weights = end_weights(&terms, &end_counts, ended);
    Corpus { tickets, messages, answers, terms, weights, end_weights, outcome_counts, ended }
}

/// Weight by class, times a damped inverse frequency over distinct requests, so that neither a
/// robot's ten thousand equal tickets nor one odd word rules.
fn weights(terms: &[Term], tickets: &[Doc], messages: &[Doc]) -> Vec<f32> {
    let mut frequency = vec![0_u32; terms.len()];
    let mut everywhere = vec![0_u32; terms.len()];
    let mut distinct: FxHashSet<&[TermId]> = FxHashSet::default();
    for doc in tickets.iter().chain(messages) {
        for term in doc.title.iter().chain(&doc.body).chain(&doc.end).chain(&doc.tags) {
            everywhere[*term as usize] += 1;
        }
        if distinct.insert(&doc.title) {
            for term in doc.title.iter().chain(&doc.tags) {
                frequency[*term as usize] += 1;
            }
        }
    }
    let total = distinct.len().max(1) as f32;
    terms
        .iter()
        .enumerate()
        .map(|(i, term)| {
            let class = match term.class {
                TermClass::Action => 1.0,
                TermClass::Thing => 1.2,
                TermClass::Quality => 0.5,
                TermClass::System => 1.3,
                TermClass::Word if everywhere[i] < 3 => return 0.0,
                TermClass::Word => 0.8,
                TermClass::Tag => 1.0,
            };
            let rarity = (total / (1.0 + frequency[i] as f32)).max(1.0).ln();
            class * (1.0 + rarity.min(5.0)) / 4.0
        })
        .collect()
}

fn count(terms: usize, tickets: &[Doc], pick: fn(&Doc) -> &Vec<TermId>) -> Vec<u32> {
    let mut counts = vec![0_u32; terms];
    for term in tickets.iter().flat_map(pick) {
        counts[*term as usize] += 1;
    }
    counts
}

/// What half of all ends say ("done", "informed the user") tells nothing of one.
fn end_weights(terms: &[Term], counts: &[u32], ended: u32) -> Vec<f32> {
    terms
        .iter()
        .zip(counts)
        .map(|(term, count)| {
            let class = match term.class {
                TermClass::Action | TermClass::Thing => 1.0,
                TermClass::System => 1.3,
                TermClass::Quality => 0.4,
                TermClass::Word if *count < 3 => return 0.0,
                TermClass::Word => 0.7,
                TermClass::Tag => 0.5,
            };
            let rarity = (ended.max(1) as f32 / (1.0 + *count as f32)).max(1.0).ln();
            class * rarity.min(5.0) / 4.0
        })
        .collect()
}
