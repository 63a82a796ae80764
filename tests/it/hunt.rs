//! A whole hunt: readers, redaction, discovery, qualification.

use std::collections::{BTreeMap, BTreeSet};

use kompel_ingest::redact::Redactor;
use kompel_mining::{Candidate, Discovery, Settings, discover};
use kompel_model::{EventLog, MemberRef};
use kompel_qualify::{Assessed, Assessment, Policy, assess, candidates_out};

/// The key that the tests' pseudonyms are hashed with.
pub(crate) const KEY: [u8; 32] = [7; 32];

/// A log after redaction, and what was found in it.
pub(crate) struct Hunt {
    pub(crate) log: EventLog,
    pub(crate) discovery: Discovery,
    pub(crate) assessment: Assessment,
}

impl Hunt {
    /// Redacts, discovers and judges, all with their defaults.
    pub(crate) fn of(log: EventLog) -> Self {
        Self::with(log, &KEY, &Settings::default())
    }

    /// The same with another key and other settings.
    pub(crate) fn with(mut log: EventLog, key: &[u8; 32], settings: &Settings) -> Self {
        Redactor::new(key).apply(&mut log);
        log.sort();
        let discovery = discover(&log, settings, &|_| {});
        let assessment = assess(&discovery, &Policy::default());
        Self { log, discovery, assessment }
    }

    /// What `kompel candidates --json` prints.
    pub(crate) fn json(&self) -> String {
        let out = candidates_out(&self.discovery, &self.assessment);
        serde_json::to_string_pretty(&out).unwrap()
    }

    /// Every group, candidate or not: a name for it and its records.
    pub(crate) fn groups(&self) -> Vec<Group<'_>> {
        let good = self.discovery.candidates.iter().map(|c| Group {
            title: &c.title,
            members: &c.members,
            candidate: Some(c),
        });
        let bad = self.discovery.rejected.iter().map(|r| Group {
            title: &r.title,
            members: &r.members,
            candidate: None,
        });
        good.chain(bad).collect()
    }

    /// The verdicts on a candidate.
    pub(crate) fn assessed(&self, candidate: &Candidate) -> &Assessed {
        self.assessment.candidates.iter().find(|a| a.id == candidate.id).unwrap()
    }

    /// The words of each record: title and description, message, answer; in lower case.
    pub(crate) fn words(&self) -> BTreeMap<&MemberRef, String> {
        let tickets = self
            .log
            .tickets
            .iter()
            .map(|t| (&t.id, format!("{} {}", t.title, t.description).to_lowercase()));
        let messages = self.log.messages.iter().map(|m| (&m.id, m.text.to_lowercase()));
        tickets.chain(messages).collect()
    }
}

/// A candidate or a rejected group.
pub(crate) struct Group<'a> {
    pub(crate) title: &'a str,
    pub(crate) members: &'a [MemberRef],
    pub(crate) candidate: Option<&'a Candidate>,
}

impl Group<'_> {
    /// How many of its records are among these.
    pub(crate) fn shared(&self, records: &BTreeSet<&MemberRef>) -> usize {
        self.members.iter().filter(|member| records.contains(member)).count()
    }
}

/// A part of a whole, 0..1.
pub(crate) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
