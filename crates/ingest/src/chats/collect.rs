//! Gathers messages by their keys, so that no order of files or rows matters.
//!
//! Owns counting, duplicates and threads; knows no format.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use kompel_model::{Counts, Effect, FindingCode, Message, Name, Party, PersonId, Phrase, Reading};

use crate::{Limits, findings::Findings};

/// The messages of one reading.
#[derive(Debug)]
pub(super) struct Collected {
    pub(super) findings: Findings,
    messages: BTreeMap<Name, Message>,
    people: BTreeMap<PersonId, Party>,
    rows: u64,
    limits: Limits,
    overflow: u64,
}

impl Collected {
    pub(super) fn new(file: &str, limits: Limits) -> Self {
        Self {
            findings: Findings::new(file),
            messages: BTreeMap::new(),
            people: BTreeMap::new(),
            rows: 0,
            limits,
            overflow: 0,
        }
    }

    /// Counts a row; `false` if it is one too many and must not be read.
    pub(super) fn count_row(&mut self) -> bool {
        self.rows += 1;
        if self.rows > self.limits.rows {
            self.overflow += 1;
            return false;
        }
        true
    }

    /// How many rows were met.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Leaves a counted row out, and says why.
    pub(super) fn skip(&mut self, row: u64, column: &str, code: FindingCode, detail: Phrase) {
        self.findings.add(row, column, code, Effect::Skipped, detail);
    }

    /// Notes what is known of a person.
    pub(super) fn party(&mut self, id: &PersonId, party: Party) {
        if party != Party::default() {
            self.people.entry(id.clone()).or_default().merge(party);
        }
    }

    /// Takes a counted row's message; of two with one key the later edited stays.
    pub(super) fn take(&mut self, row: u64, message: Message) {
        match self.messages.entry(message.id.key.clone()) {
            Entry::Vacant(free) => {
                free.insert(message);
            }
            Entry::Occupied(mut taken) => {
                let detail = Phrase::new("detail-same-message");
                self.findings.add(row, "", FindingCode::Duplicate, Effect::Merged, detail);
                let rank = |m: &Message| {
                    (m.edited, m.text.len(), m.text.clone(), m.author.clone(), m.reactions.len())
                };
                if rank(&message) > rank(taken.get()) {
                    taken.insert(message);
                }
            }
        }
    }

    /// The reading; first messages of threads know that they have replies.
    pub(super) fn finish(mut self) -> Reading {
        let threads: BTreeSet<Name> =
            self.messages.values().filter_map(|m| m.thread.clone()).collect();
        for thread in threads {
            if let Some(first) = self.messages.get_mut(&thread) {
                first.thread = Some(thread);
            }
        }
        let detail = Phrase::new("detail-limit-messages").count("limit", self.limits.rows);
        let (code, effect) = (FindingCode::TooMany, Effect::Skipped);
        self.findings.add_many(None, "", code, effect, self.overflow, detail);
        let mut reading = Reading {
            counts: Counts { rows: self.rows, records: self.messages.len() as u64 },
            findings: self.findings.finish(),
            ..Reading::default()
        };
        reading.log.people = self.people;
        reading.log.messages = self.messages.into_values().collect();
        reading.log.sort();
        reading
    }
}

/// Says that a message is the system's own; `kind` is the product's word for it.
pub(super) fn notice(kind: &str) -> Phrase {
    Phrase::new("detail-notice-kind").text("kind", kind)
}
