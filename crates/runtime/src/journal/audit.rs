//! What the driver tells the audit trail, through a door that the trail itself fits.

use kompel_model::{TenantId, Timestamp};
use rusqlite::Transaction;
use serde_json::Value;

use super::JournalError;
use crate::{
    audit::{AuditEvent, Trail},
    secrets::Scrubber,
};

/// One fact for the audit trail.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditFact {
    /// When.
    pub at: Timestamp,
    /// What sort of fact, dotted ("approval.refused-answer", "run.ended").
    pub kind: &'static str,
    /// About which run.
    pub run: Option<String>,
    /// Who did it, if a person did.
    pub who: Option<String>,
    /// What else is to be kept for ever: ids, hashes, counts.
    pub body: Value,
    /// What people typed or peers said: kept, but can be erased.
    pub texts: Vec<(&'static str, String)>,
}

/// Takes facts into the audit trail, within the transaction of the entries that they belong to.
pub trait AuditSink: Send + Sync {
    /// Appends one fact.
    ///
    /// # Errors
    /// If it can't: then the entries are not written either.
    fn append(
        &self,
        transaction: &Transaction<'_>,
        tenant: &TenantId,
        fact: &AuditFact,
    ) -> Result<(), JournalError>;
}

/// The workspace's own audit trail, behind a scrubber that knows its secrets.
pub struct TrailSink {
    scrubber: Scrubber,
}

impl TrailSink {
    /// The trail; no secret that `scrubber` knows gets into it.
    pub fn new(scrubber: Scrubber) -> Self {
        Self { scrubber }
    }
}

impl AuditSink for TrailSink {
    fn append(
        &self,
        transaction: &Transaction<'_>,
        tenant: &TenantId,
        fact: &AuditFact,
    ) -> Result<(), JournalError> {
        let mut event = AuditEvent::new(fact.kind, fact.at);
        if let Some(who) = &fact.who {
            event = event.by(who);
        }
        if let Some(run) = &fact.run {
            event = event.of_run(run);
        }
        let mut body = fact.body.clone();
        self.scrubber.scrub_json(&mut body);
        for (name, value) in body.as_object().into_iter().flatten() {
            event = event.detail(name, value.clone());
        }
        for (name, text) in &fact.texts {
            // Bounded, because an entry that is too large would hold the run up.
            let short: String = text.chars().take(LONGEST_TEXT).collect();
            event = event.text(name, self.scrubber.scrub(&short));
        }
        Trail::append(transaction, tenant, &event)
            .map(|_| ())
            .map_err(|error| JournalError::Audit(Box::new(error)))
    }
}

const LONGEST_TEXT: usize = 4_096;

/// A trail that keeps nothing; for benchmarks and where none is wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoAudit;

impl AuditSink for NoAudit {
    fn append(
        &self,
        _transaction: &Transaction<'_>,
        _tenant: &TenantId,
        _fact: &AuditFact,
    ) -> Result<(), JournalError> {
        Ok(())
    }
}
