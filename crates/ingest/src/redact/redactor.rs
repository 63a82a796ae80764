//! The redactor: one pass over an event log that makes people pseudonyms.
//!
//! Owns where names and texts stand in the records, and the keyed hash. Deterministic: the same
//! log, key and known people give the same result, and a second pass changes nothing.

use std::collections::{BTreeMap, hash_map::Entry};
use std::mem::take;
use std::ops::Range;

use hmac::{Hmac, Mac};
use kompel_model::{ChangedField, EventLog, Message, Name, PersonId, Ticket};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use sha2::Sha256;

use super::known::KnownPeople;
use super::names::{self, Found, is_pseudonym_start};
use super::patterns::{self, Mark};
use super::people::{ParsedName, better_form, is_robot, login_owners};
use super::words::{fold, word};

/// Pseudonyms and the clear names behind them, for the encrypted store.
pub type Identities = BTreeMap<PersonId, String>;

/// Replaces people by pseudonyms and scrubs texts.
#[derive(Clone, Default)]
pub struct Redactor {
    key: Option<[u8; 32]>,
    known: Identities,
}

impl std::fmt::Debug for Redactor {
    /// Shows whether it is on and how many people it knows, never the key or a name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redactor")
            .field("on", &self.key.is_some())
            .field("known", &self.known.len())
            .finish()
    }
}

impl Redactor {
    /// A redactor whose pseudonyms are hashes under `key`.
    pub fn new(key: &[u8; 32]) -> Self {
        Self { key: Some(*key), known: Identities::new() }
    }

    /// A redactor that leaves names and texts as they are (and still marks robots).
    pub fn off() -> Self {
        Self::default()
    }

    /// The same, knowing the people of earlier readings under the same key.
    #[must_use]
    pub fn with_known(mut self, known: Identities) -> Self {
        self.known = known;
        self
    }

    /// Replaces every person by a pseudonym (`p-` and eight hexadecimal digits), scrubs every
    /// text, and returns the clear names. Robots are marked as such in `people`.
    ///
    /// A second pass over the result changes nothing and returns nothing.
    pub fn apply(&self, log: &mut EventLog) -> Identities {
        mark_robots(log);
        let Some(key) = &self.key else { return Identities::new() };
        let directory = Directory::of(log, key, &self.known);
        let mut found = directory.identities.clone();
        let in_tickets = scrub_all(&mut log.tickets, &directory, Scrub::ticket);
        let in_messages = scrub_all(&mut log.messages, &directory, Scrub::message);
        let mut scrub = Scrub::new(&directory);
        for answer in &mut log.answers {
            scrub.person(&mut answer.author);
            scrub.text(&mut answer.what);
            scrub.text(&mut answer.how_often);
            scrub.text(&mut answer.how_long);
        }
        for (id, mut party) in take(&mut log.people) {
            if let Some(role) = &mut party.role {
                scrub.text(role);
            }
            log.people.entry(directory.pseudonym(&id)).or_default().merge(party);
        }
        for seen in [in_tickets, in_messages, scrub.seen] {
            seen.into_iter().for_each(|(id, name)| note(&mut found, id, &name));
        }
        found
    }
}

/// Scrubs records on all cores; gives the names found in their texts.
fn scrub_all<'d, T: Send>(
    records: &mut [T],
    directory: &'d Directory<'d>,
    each: impl Fn(&mut Scrub<'d>, &mut T) + Sync,
) -> Identities {
    let merge = |mut a: Identities, b: Identities| {
        b.into_iter().for_each(|(id, name)| note(&mut a, id, &name));
        a
    };
    records
        .par_chunks_mut(CHUNK)
        .fold(
            || Scrub::new(directory),
            |mut scrub, chunk| {
                chunk.iter_mut().for_each(|record| each(&mut scrub, record));
                scrub
            },
        )
        .map(|scrub| scrub.seen)
        .reduce(Identities::new, merge)
}

fn note(identities: &mut Identities, id: PersonId, clear: &str) {
    match identities.get_mut(&id) {
        Some(known) if clear != known && better_form(clear, known) => clear.clone_into(known),
        Some(_) => {}
        None => {
            identities.insert(id, clear.to_owned());
        }
    }
}

fn mark_robots(log: &mut EventLog) {
    let mut met = FxHashSet::default();
    let mut robots = Vec::new();
    visit_people(log, &mut |id| {
        if met.insert(id.clone()) && is_robot(id.as_str()) {
            robots.push(id.clone());
        }
    });
    for id in robots {
        log.people.entry(id).or_default().robot = true;
    }
}

/// Calls `see` with every person of the log.
fn visit_people(log: &EventLog, see: &mut dyn FnMut(&PersonId)) {
    for ticket in &log.tickets {
        let heads = [&ticket.reporter, &ticket.creator, &ticket.assignee];
        heads.into_iter().flatten().for_each(&mut *see);
        ticket.comments.iter().filter_map(|c| c.author.as_ref()).for_each(&mut *see);
        ticket.changes.iter().filter_map(|c| c.author.as_ref()).for_each(&mut *see);
        for change in ticket.changes.iter().filter(|c| c.field == ChangedField::Assignee) {
            [&change.from, &change.to]
                .into_iter()
                .flatten()
                .for_each(|n| see(&PersonId(n.clone())));
        }
        ticket.activities.iter().filter_map(|a| a.resource.as_ref()).for_each(&mut *see);
        ticket.worked.iter().filter_map(|w| w.author.as_ref()).for_each(&mut *see);
    }
    for message in &log.messages {
        message.author.iter().for_each(&mut *see);
        message.reactions.iter().flat_map(|r| &r.by).for_each(&mut *see);
    }
    log.answers.iter().filter_map(|a| a.author.as_ref()).for_each(&mut *see);
    log.people.keys().for_each(see);
}

/// Everything that scrubbing one log needs to know.
struct Directory<'a> {
    key: &'a [u8; 32],
    pseudonyms: FxHashMap<Name, PersonId>,
    by_canonical: FxHashMap<String, PersonId>,
    identities: Identities,
    people: KnownPeople,
    person_fields: FxHashMap<Name, bool>,
    /// What stands in these fields and reads as a person's name.
    named_in_fields: FxHashSet<String>,
}

impl<'a> Directory<'a> {
    fn of(log: &EventLog, key: &'a [u8; 32], known: &Identities) -> Self {
        let mut clear: BTreeMap<Name, ParsedName> = BTreeMap::new();
        let mut met: FxHashSet<Name> = FxHashSet::default();
        let mut see = |name: &Name| {
            if met.insert(name.clone()) && !is_pseudonym(name) {
                clear.insert(name.clone(), ParsedName::parse(name));
            }
        };
        visit_people(log, &mut |id| see(&id.0));
        let person_fields = person_fields(log);
        let named_in_fields = named_in_fields(log, &person_fields);
        named_in_fields.iter().for_each(|name| see(&name.as_str().into()));
        let earlier: Vec<(&PersonId, ParsedName)> =
            known.iter().map(|(id, name)| (id, ParsedName::parse(name))).collect();
        let owners = login_owners(clear.values().chain(earlier.iter().map(|(_, name)| name)));
        let mut directory = Self {
            key,
            pseudonyms: FxHashMap::default(),
            by_canonical: FxHashMap::default(),
            identities: Identities::new(),
            people: KnownPeople::default(),
            person_fields,
            named_in_fields,
        };
        for (id, name) in &earlier {
            directory.by_canonical.entry(name.canonical()).or_insert_with(|| (*id).clone());
            directory.people.add(name, &name.canonical());
        }
        for (form, name) in &clear {
            directory.enter(form, name, &owners);
        }
        for (login, owner) in owners.iter().collect::<BTreeMap<_, _>>() {
            if !login.contains(' ') {
                directory.people.add_handle(login, owner);
            }
        }
        for client in log.tickets.iter().filter_map(|t| t.client.as_deref()) {
            directory.people.keep(client);
        }
        directory.people.settle(clear.values().chain(earlier.iter().map(|(_, name)| name)));
        directory
    }

    fn enter(&mut self, form: &Name, name: &ParsedName, owners: &FxHashMap<String, String>) {
        let own = name.canonical();
        let canonical = owners.get(&own).cloned().unwrap_or(own);
        let id = match self.by_canonical.get(&canonical) {
            Some(id) => id.clone(),
            None => self.hash(&canonical),
        };
        self.by_canonical.insert(canonical.clone(), id.clone());
        note(&mut self.identities, id.clone(), form);
        self.pseudonyms.insert(form.clone(), id);
        if !is_robot(form) {
            self.people.add(name, &canonical);
        }
    }

    fn hash(&self, canonical: &str) -> PersonId {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key).expect("any key length is allowed");
        mac.update(canonical.as_bytes());
        let digest = mac.finalize().into_bytes();
        let number = digest.iter().take(4).fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
        PersonId::new(&format!("p-{number:08x}"))
    }

    fn pseudonym(&self, id: &PersonId) -> PersonId {
        if is_pseudonym(id.as_str()) {
            return id.clone();
        }
        match self.pseudonyms.get(&id.0) {
            Some(pseudonym) => pseudonym.clone(),
            None => self.of_canonical(&ParsedName::parse(id.as_str()).canonical()),
        }
    }

    fn of_canonical(&self, canonical: &str) -> PersonId {
        self.by_canonical.get(canonical).cloned().unwrap_or_else(|| self.hash(canonical))
    }
}

pub(super) fn is_pseudonym(name: &str) -> bool {
    name.len() == 10 && is_pseudonym_start(name)
}

fn person_fields(log: &EventLog) -> FxHashMap<Name, bool> {
    let mut headers: FxHashMap<Name, bool> = FxHashMap::default();
    for header in log.tickets.iter().flat_map(|t| t.fields.keys()) {
        if !headers.contains_key(header) {
            let folded = fold(header);
            let person = PERSON_FIELDS.iter().any(|part| folded.contains(part));
            headers.insert(header.clone(), person);
        }
    }
    headers
}

fn named_in_fields(log: &EventLog, person_fields: &FxHashMap<Name, bool>) -> FxHashSet<String> {
    let mut values: FxHashSet<&str> = FxHashSet::default();
    for (header, value) in log.tickets.iter().flat_map(|t| &t.fields) {
        if person_fields.get(header) == Some(&true) {
            values.insert(value);
        }
    }
    values.into_iter().filter(|value| reads_as_name(value)).map(str::to_owned).collect()
}

/// True if the whole value reads as one person's name, mail address or login.
fn reads_as_name(value: &str) -> bool {
    let value = value.trim();
    if value.is_empty() || value.len() > 60 || is_pseudonym(value) || value.starts_with('[') {
        return false;
    }
    let parsed = ParsedName::parse(value);
    let full = parsed.is_full() && parsed.tokens.len() <= 4 && parsed.reads_as_person();
    full && !parsed.tokens.iter().any(|t| word(t).company)
}

/// Scrubs records, noting the names of people found in texts.
struct Scrub<'a> {
    directory: &'a Directory<'a>,
    seen: Identities,
    /// What became of short texts: many recur.
    met: FxHashMap<String, Option<String>>,
    /// Pseudonyms of people that only texts name.
    strangers: FxHashMap<String, PersonId>,
    marks: Vec<(Range<usize>, Mark)>,
    names: Vec<Found>,
    scratch: names::Scratch,
}

impl<'a> Scrub<'a> {
    fn new(directory: &'a Directory<'a>) -> Self {
        Self {
            directory,
            seen: Identities::new(),
            met: FxHashMap::default(),
            strangers: FxHashMap::default(),
            marks: Vec::new(),
            names: Vec::new(),
            scratch: names::Scratch::default(),
        }
    }

    fn ticket(&mut self, ticket: &mut Ticket) {
        self.person(&mut ticket.reporter);
        self.person(&mut ticket.creator);
        self.person(&mut ticket.assignee);
        self.text(&mut ticket.title);
        self.text(&mut ticket.description);
        self.text(&mut ticket.resolution_text);
        ticket.labels.iter_mut().for_each(|label| self.name(label));
        ticket.links.iter_mut().for_each(|link| self.name(&mut link.kind));
        for (header, value) in &mut ticket.fields {
            let person = self.directory.person_fields.get(header) == Some(&true);
            if person && self.directory.named_in_fields.contains(value.as_str()) {
                *value = self.directory.pseudonym(&PersonId::new(value)).to_string();
            } else {
                self.text(value);
            }
        }
        for comment in &mut ticket.comments {
            self.person(&mut comment.author);
            self.text(&mut comment.text);
        }
        for change in &mut ticket.changes {
            self.person(&mut change.author);
            for value in [&mut change.from, &mut change.to].into_iter().flatten() {
                match change.field {
                    ChangedField::Assignee => {
                        *value = self.directory.pseudonym(&PersonId(value.clone())).0;
                    }
                    ChangedField::Approval | ChangedField::Other(_) => self.name(value),
                    ChangedField::Status
                    | ChangedField::Group
                    | ChangedField::Resolution
                    | ChangedField::Priority => {}
                }
            }
        }
        ticket.activities.iter_mut().for_each(|activity| self.person(&mut activity.resource));
        for worked in &mut ticket.worked {
            self.person(&mut worked.author);
            self.text(&mut worked.text);
        }
    }

    fn message(&mut self, message: &mut Message) {
        self.person(&mut message.author);
        self.text(&mut message.text);
        for id in message.reactions.iter_mut().flat_map(|r| &mut r.by) {
            *id = self.directory.pseudonym(id);
        }
    }

    fn person(&self, person: &mut Option<PersonId>) {
        if let Some(id) = person {
            *id = self.directory.pseudonym(id);
        }
    }

    fn name(&mut self, name: &mut Name) {
        if let Some(clean) = self.scrubbed(name) {
            *name = clean.into();
        }
    }

    fn text(&mut self, text: &mut String) {
        if let Some(clean) = self.scrubbed(text) {
            *text = clean;
        }
    }

    /// The text without people and secrets, or `None` if there are none in it.
    fn scrubbed(&mut self, text: &str) -> Option<String> {
        if text.len() > SHORT {
            return self.passes(text);
        }
        if let Some(met) = self.met.get(text) {
            return met.clone();
        }
        let clean = self.passes(text);
        if self.met.len() < REMEMBERED {
            self.met.insert(text.to_owned(), clean.clone());
        }
        clean
    }

    /// What a pass writes is never touched again, so each pass that changes something leaves less
    /// to change: the loop ends, and the result is a fixed point.
    fn passes(&mut self, text: &str) -> Option<String> {
        let mut clean = self.pass(text)?;
        for _ in 0..MAX_PASSES {
            match self.pass(&clean) {
                Some(cleaner) => clean = cleaner,
                None => break,
            }
        }
        Some(clean)
    }

    fn pass(&mut self, text: &str) -> Option<String> {
        let (mut marks, mut names) = (take(&mut self.marks), take(&mut self.names));
        patterns::find(text, &mut marks);
        names::find(text, &self.directory.people, &mut self.scratch, &mut names);
        let clean = (!marks.is_empty() || !names.is_empty())
            .then(|| self.replaced(text, settle(marks.drain(..), names.drain(..))));
        (self.marks, self.names) = (marks, names);
        clean
    }

    /// The text with what takes the place of each span.
    fn replaced(&mut self, text: &str, spans: Vec<Span>) -> String {
        let mut clean = String::with_capacity(text.len() + 16);
        let mut end = 0;
        for span in spans {
            clean.push_str(&text[end..span.range.start]);
            match span.what {
                What::Mark(mark) => clean.push_str(mark.text()),
                What::Person(canonical) => {
                    let id = self.pseudonym_of(canonical);
                    clean.push_str(id.as_str());
                    note(&mut self.seen, id, &text[span.range.clone()]);
                }
            }
            end = span.range.end;
        }
        clean.push_str(&text[end..]);
        clean
    }

    fn pseudonym_of(&mut self, canonical: String) -> PersonId {
        match self.directory.by_canonical.get(&canonical) {
            Some(id) => id.clone(),
            None => match self.strangers.entry(canonical) {
                Entry::Occupied(known) => known.get().clone(),
                Entry::Vacant(free) => {
                    let id = self.directory.hash(free.key());
                    free.insert(id).clone()
                }
            },
        }
    }
}

struct Span {
    range: Range<usize>,
    what: What,
}

enum What {
    Mark(Mark),
    Person(String),
}

impl Span {
    fn rank(&self) -> u8 {
        match &self.what {
            What::Mark(mark) => *mark as u8,
            What::Person(_) => u8::MAX,
        }
    }
}

/// The spans in order, without overlap: of two that overlap the more telling stays.
fn settle(
    marks: impl Iterator<Item = (Range<usize>, Mark)>,
    names: impl Iterator<Item = Found>,
) -> Vec<Span> {
    let marks = marks.map(|(range, mark)| Span { range, what: What::Mark(mark) });
    let people = names.map(|n| Span { range: n.range, what: What::Person(n.canonical) });
    let mut spans: Vec<Span> = marks.chain(people).filter(|s| !s.range.is_empty()).collect();
    spans.sort_by_key(|span| (span.range.start, span.rank(), usize::MAX - span.range.end));
    let mut kept: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match kept.last() {
            Some(last) if span.range.start < last.range.end => {
                if span.rank() < last.rank() {
                    kept.pop();
                    kept.push(span);
                }
            }
            _ => kept.push(span),
        }
    }
    kept
}

const MAX_PASSES: usize = 8;

/// Records that one core takes at a time.
const CHUNK: usize = 512;

/// The longest text that is remembered, in bytes.
const SHORT: usize = 160;

/// How many texts one core remembers.
const REMEMBERED: usize = 20_000;

/// Parts of a folded header whose column holds people.
const PERSON_FIELDS: &[&str] = &[
    "approv",
    "goedkeur",
    "manager",
    "caller",
    "requeste",
    "aanvrager",
    "reporter",
    "assigne",
    "owner",
    "openedby",
    "opened_by",
    "opened by",
    "closed by",
    "closed_by",
    "resolved by",
    "resolved_by",
    "contact",
    "employee",
    "medewerker",
    "melder",
    "behandelaar",
    "watcher",
    "toegewezen",
    "demandeur",
    "responsable",
    "antragsteller",
    "bearbeiter",
    "created by",
    "created_by",
    "technician",
    "creator",
    "user",
    "gebruiker",
    "collega",
    "leidinggevende",
];
