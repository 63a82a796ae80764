//! Learning of system names from the data.
//!
//! Three grounds: a configuration item or the like that recurs, a capitalised name that recurs
//! behind a word of place ("in X", "via X", "X portal"), and the two names of one person's answer
//! between which something is copied ("overtikken uit X in Y"), if only once. People, clients, hosts, dates, places,
//! ticket keys and ordinary words are never learned.

use std::collections::{BTreeMap, BTreeSet};

use kompel_model::{EventLog, Ticket, Timestamp};

use super::{Systems, load::inside};
use crate::fold::{fold, words};
use crate::lexicon::Lexicon;
use crate::signs::{Sign, Signs};

/// Records in which a name must recur.
const RECORDS: usize = 5;
/// Of a name's occurrences, at most this share may be in lower case.
const LOWER_SHARE: f64 = 0.2;
/// Learned names at most, the most frequent first.
const LEARNED: usize = 200;

/// What is known of a possible name.
#[derive(Default)]
struct Sighting {
    records: BTreeSet<u32>,
    months: BTreeSet<(i32, u32)>,
    people: BTreeSet<String>,
    spellings: BTreeMap<String, u32>,
}

/// All possible names, and how often words are written small.
#[derive(Default)]
struct Sightings {
    fields: BTreeMap<String, Sighting>,
    places: BTreeMap<String, Sighting>,
    copied: BTreeMap<String, Sighting>,
    lower: BTreeMap<String, u32>,
    upper: BTreeMap<String, u32>,
}

impl Systems {
    /// Adds the names that `log` uses as systems and the gazetteer lacks; `lexicon` tells the
    /// ordinary words, `signs` where something is copied. The same log gives the same names,
    /// whatever the order of its records.
    pub fn learn(&mut self, log: &EventLog, lexicon: &Lexicon, signs: &Signs) {
        let mut clients = client_words(log);
        clients.extend(project_words(log));
        let mut sightings = Sightings::default();
        for (number, ticket) in log.tickets.iter().enumerate() {
            sightings.ticket(number as u32, ticket);
        }
        for (number, message) in log.messages.iter().enumerate().filter(|(_, m)| !m.robot) {
            let author = message.author.as_ref().map_or("", |p| p.as_str());
            let number = (log.tickets.len() + number) as u32;
            sightings.text(number, Some(message.at), author, &message.text);
        }
        let copies = |text: &str| signs.read(text).has(Sign::CopyPaste);
        for answer in log.answers.iter().filter(|answer| copies(&answer.what)) {
            sightings.answer(&answer.what);
        }
        let mut names: Vec<(usize, String)> = Vec::new();
        let mut taken = BTreeSet::new();
        let (field, once) = ([true, false, false], [false, false, true]);
        let grounds = [&sightings.fields, &sightings.places, &sightings.copied];
        for ((ground, field), once) in grounds.into_iter().zip(field).zip(once) {
            for (key, sighting) in ground {
                let known = taken.contains(key) || self.refuses(key, &clients, lexicon, field);
                let recurs = once || sighting.recurs(field);
                if !known && recurs && (field || sightings.is_name(key)) {
                    taken.insert(key.clone());
                    names.push((sighting.records.len(), sighting.spelling()));
                }
            }
        }
        names.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        names.truncate(LEARNED);
        self.add(names.into_iter().map(|(_, name)| name).collect());
    }

    /// True for what is known already or must not be learned.
    fn refuses(
        &self,
        key: &str,
        clients: &BTreeSet<String>,
        lexicon: &Lexicon,
        field: bool,
    ) -> bool {
        if !key.is_ascii()
            || key.len() < 2
            || !self.find(key).is_empty()
            || self.named(key).is_some()
        {
            return true;
        }
        let parts: Vec<&str> = words(key).collect();
        let ordinary = |word: &&str| {
            self.never.contains(*word)
                || clients.contains(*word)
                || is_host(word)
                || lexicon.lists(word)
                || (!field && {
                    let mut units = Vec::new();
                    lexicon.annotate(&[word], &mut units);
                    units.iter().any(|u| u.meaning != crate::lexicon::Meaning::Unknown)
                })
        };
        let refused = parts.iter().filter(|word| ordinary(word)).count();
        parts.is_empty()
            || refused == parts.len()
            || (!field && refused > 0 && parts.len() == 1)
            || parts.iter().any(|word| clients.contains(*word) || is_host(word))
    }
}

impl Sightings {
    fn ticket(&mut self, number: u32, ticket: &Ticket) {
        let person = ticket.reporter.as_ref().map_or("", |p| p.as_str());
        let fields = ticket.fields.iter().filter(|(name, _)| is_system_field(name));
        let values = ticket.components.iter().map(AsRef::as_ref);
        for value in values.chain(fields.map(|(_, value)| value.as_str())) {
            let value = value.trim();
            if value.len() <= 40 && words(value).count() <= 4 && value.len() >= 2 {
                self.fields.entry(fold(value)).or_default().see(
                    number,
                    ticket.created,
                    person,
                    value,
                );
            }
        }
        for text in [&ticket.title, &ticket.description, &ticket.resolution_text] {
            self.text(number, ticket.created, person, text);
        }
        for comment in ticket.comments.iter().filter(|c| !c.automatic) {
            let author = comment.author.as_ref().map_or("", |p| p.as_str());
            self.text(number, comment.at.or(ticket.created), author, &comment.text);
        }
    }

    fn text(&mut self, number: u32, at: Option<Timestamp>, person: &str, text: &str) {
        let text = &text[..text.floor_char_boundary(text.len().min(8_000))];
        let tokens: Vec<(usize, &str)> = tokens(text);
        for (index, (start, token)) in tokens.iter().enumerate() {
            let capital = token.starts_with(|c: char| c.is_uppercase())
                || token.chars().skip(1).any(char::is_uppercase);
            if token.starts_with(char::is_alphabetic) && token.len() >= 2 {
                let counts = if capital { &mut self.upper } else { &mut self.lower };
                if !capital || inside(text, *start) {
                    *counts.entry(fold(token)).or_default() += 1;
                }
            }
            if !capital || !inside(text, *start) || !is_name_like(token) {
                continue;
            }
            let before = index.checked_sub(1).map(|i| tokens[i].1.to_lowercase());
            let after = tokens.get(index + 1).filter(|(next, _)| {
                text[start + token.len()..*next].chars().all(|c| c == ' ' || c == '-')
            });
            let placed = before.is_some_and(|b| PLACE_BEFORE.contains(&b.as_str()))
                || after.is_some_and(|(_, a)| PLACE_AFTER.contains(&a.to_lowercase().as_str()));
            if !placed {
                continue;
            }
            let second = after.filter(|(next, word)| {
                *next == start + token.len() + 1
                    && is_name_like(word)
                    && word.starts_with(char::is_uppercase)
            });
            let name = match second {
                Some((_, word)) => format!("{token} {word}"),
                None => (*token).to_owned(),
            };
            self.places.entry(fold(&name)).or_default().see(number, at, person, &name);
        }
    }

    /// The two names between which an answer's work is copied.
    fn answer(&mut self, text: &str) {
        let text = &text[..text.floor_char_boundary(text.len().min(2_000))];
        let tokens = tokens(text);
        let noun = |at: usize| {
            let at = at + usize::from(tokens.get(at).is_some_and(|(_, word)| is_article(word)));
            Some((at, tokens.get(at)?))
        };
        let is_name = |(start, word): (usize, &str)| {
            word.starts_with(char::is_uppercase) && inside(text, start) && is_name_like(word)
        };
        for (place, (_, word)) in tokens.iter().enumerate() {
            if !COPIED_FROM.contains(&word.to_lowercase().as_str()) {
                continue;
            }
            let Some((at, from)) = noun(place + 1) else { continue };
            let Some((_, towards)) = tokens.get(at + 1) else { continue };
            let Some((_, into)) = noun(at + 2) else { continue };
            if COPIED_INTO.contains(&towards.to_lowercase().as_str()) {
                for (_, name) in [*from, *into].into_iter().filter(|one| is_name(*one)) {
                    self.copied.entry(fold(name)).or_default().see(0, None, "", name);
                }
            }
        }
    }

    /// True if none of the name's words is often written small.
    fn is_name(&self, key: &str) -> bool {
        words(key).all(|word| {
            let lower = f64::from(self.lower.get(word).copied().unwrap_or(0));
            let upper = f64::from(self.upper.get(word).copied().unwrap_or(0));
            lower <= LOWER_SHARE * (lower + upper)
        })
    }
}

impl Sighting {
    fn see(&mut self, number: u32, at: Option<Timestamp>, person: &str, spelling: &str) {
        use chrono::Datelike;
        self.records.insert(number);
        if let Some(at) = at {
            self.months.insert((at.year(), at.month()));
        }
        if !person.is_empty() {
            self.people.insert(person.to_owned());
        }
        *self.spellings.entry(spelling.to_owned()).or_default() += 1;
    }

    fn recurs(&self, field: bool) -> bool {
        let spread = self.months.len() >= 2 || self.people.len() >= 3;
        self.records.len() >= RECORDS && (field || spread)
    }

    /// The most frequent spelling, of equals the first in order.
    fn spelling(&self) -> String {
        let best = self.spellings.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)));
        best.map(|(spelling, _)| spelling.clone()).unwrap_or_default()
    }
}

/// Words with their places; pseudonyms, addresses and scrubbed marks come out as no name.
fn tokens(text: &str) -> Vec<(usize, &str)> {
    let mut tokens = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let part = c.is_alphanumeric() || c == '_' || c == '@' || c == '[' || c == ']';
        match (part, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                tokens.push((from, &text[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    tokens
}

/// Letters only (a digit would make it a host, a key or a number), two or more.
fn is_name_like(token: &str) -> bool {
    (2..=24).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_alphabetic())
}

fn is_host(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit()) || word.len() < 2
}

fn is_system_field(name: &str) -> bool {
    let name = fold(name);
    let exact = ["ci", "cmdb ci", "cmdb_ci", "asset", "component", "dienst", "systeem"];
    exact.contains(&name.as_str())
        || [
            "system",
            "service affected",
            "affected service",
            "business service",
            "application",
            "applicatie",
            "configuration item",
            "toepassing",
        ]
        .iter()
        .any(|part| name.contains(part))
        || name == "service"
}

/// What ticket keys begin with ("OPS" of OPS-12): the ticket system's own word, not a system.
fn project_words(log: &EventLog) -> BTreeSet<String> {
    let heads: BTreeSet<&str> =
        log.tickets.iter().filter_map(|t| t.id.key.split_once('-')).map(|(head, _)| head).collect();
    heads.into_iter().map(fold).collect()
}

fn client_words(log: &EventLog) -> BTreeSet<String> {
    let clients: BTreeSet<&str> = log.tickets.iter().filter_map(|t| t.client.as_deref()).collect();
    clients
        .into_iter()
        .flat_map(|client| {
            let folded = fold(client);
            words(&folded).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

fn is_article(word: &str) -> bool {
    ["de", "het", "een", "onze", "the", "our", "le", "la"].contains(&word.to_lowercase().as_str())
}

const COPIED_FROM: &[&str] = &["uit", "van", "vanuit", "from", "of", "depuis", "aus"];
const COPIED_INTO: &[&str] = &["naar", "in", "into", "to", "onto", "vers", "dans", "nach"];

const PLACE_BEFORE: &[&str] = &[
    "in", "via", "op", "naar", "uit", "from", "into", "on", "to", "through", "vanuit", "within",
    "using", "binnen", "dans", "sur", "depuis", "im", "aus", "uber", "auf", "onto", "vanop", "met",
];
const PLACE_AFTER: &[&str] = &[
    "portal",
    "portaal",
    "console",
    "tool",
    "admin",
    "dashboard",
    "client",
    "app",
    "platform",
    "server",
    "omgeving",
    "account",
    "login",
    "beheer",
];
