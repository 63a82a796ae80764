//! The event log: everything that was read, as one object.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Answer, Counts, Effect, Finding, Message, PersonId, Ticket};

/// Everything read, object-centric: tickets, messages and answers are the objects, their comments,
/// changes, activities and reactions the events.
///
/// The typed form of an OCEL 2.0 log (`ingest` converts both ways). Records stand in order of
/// their ids, so that the same records in any order of rows make the same log.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct EventLog {
    /// Tickets and cases of event logs.
    pub tickets: Vec<Ticket>,
    /// Chat messages.
    pub messages: Vec<Message>,
    /// Answers.
    pub answers: Vec<Answer>,
    /// What is known of the people in the log.
    pub people: BTreeMap<PersonId, Party>,
}

impl EventLog {
    /// Puts the records in order of their ids; of two with one id the later read stays.
    pub fn sort(&mut self) {
        fn settle<T, K: Ord>(records: &mut Vec<T>, key: impl Fn(&T) -> K) {
            records.reverse();
            records.sort_by_key(&key);
            records.dedup_by(|a, b| key(a) == key(b));
        }
        settle(&mut self.tickets, |t| t.id.clone());
        settle(&mut self.messages, |m| m.id.clone());
        settle(&mut self.answers, |a| a.id.clone());
    }

    /// Adds another log's records; of two with one id the other's stays.
    pub fn merge(&mut self, other: Self) {
        self.tickets.extend(other.tickets);
        self.messages.extend(other.messages);
        self.answers.extend(other.answers);
        for (id, party) in other.people {
            self.people.entry(id).or_default().merge(party);
        }
        self.sort();
    }

    /// How many records it holds.
    pub fn len(&self) -> usize {
        self.tickets.len() + self.messages.len() + self.answers.len()
    }

    /// True if it holds no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What the sources say of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Party {
    /// True if the source marks it as a bot, an integration or a service account.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub robot: bool,
    /// The job title or role, where a source gives one ("IT Manager").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

impl Party {
    /// Adds what another source knows.
    pub fn merge(&mut self, other: Self) {
        self.robot |= other.robot;
        if self.role.is_none() {
            self.role = other.role;
        }
    }
}

/// What a reader made of its input.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Reading {
    /// The records.
    pub log: EventLog,
    /// What a person should know of.
    pub findings: Vec<Finding>,
    /// Rows in, records out.
    pub counts: Counts,
}

impl Reading {
    /// True if every row is accounted for: it became a record, or a finding says why not.
    pub fn adds_up(&self) -> bool {
        let dropped = self.findings.iter().filter(|f| Effect::drops_row(f.effect));
        let dropped = dropped.fold(0_u64, |sum, finding| sum.saturating_add(finding.times));
        self.counts.rows == self.counts.records + dropped
    }
}
