//! What the driver tells the audit trail, through a door that the trail itself fits.

use kompel_model::{TenantId, Timestamp};
use rusqlite::Transaction;
use serde_json::Value;

use super::JournalError;

/// One fact for the audit trail.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditFact {
    /// When.
    pub at: Timestamp,
    /// What sort of fact, dotted ("approval.refused-answer", "run.ended").
    pub kind: String,
    /// About which run.
    pub run: Option<String>,
    /// Who did it, if a person did.
    pub who: Option<String>,
    /// What else is to be kept; no secrets.
    pub body: Value,
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
