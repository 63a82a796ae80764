//! Rows of runs and their entries.

use kompel_engine::{CallId, Entry, PlaybookRef, Record, Start};
use kompel_model::Timestamp;
use rusqlite::{Transaction, params};

use super::{JournalError, RunKey, to_micros};

/// A run to be started.
#[derive(Debug, Clone)]
pub(crate) struct NewRun {
    /// How it begins.
    pub(crate) start: Start,
    /// The playbook's text.
    pub(crate) text: String,
    /// The run and call that want it, if any.
    pub(crate) parent: Option<(String, CallId)>,
    /// When.
    pub(crate) at: Timestamp,
}

/// Creates the run with its first entry, due at once. Creating it again changes nothing.
pub(crate) fn create(transaction: &Transaction<'_>, run: &NewRun) -> Result<bool, JournalError> {
    let Start { run: id, tenant, playbook, requester, .. } = &run.start;
    let PlaybookRef { namespace, name, version, digest } = playbook;
    transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO playbooks (tenant, digest, body) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![tenant.as_str(), digest, run.text])?;
    let at = to_micros(run.at);
    let (parent, call) = run.parent.as_ref().map_or((None, None), |(parent, call)| {
        (Some(parent.as_str()), Some(i64::try_from(call.0).unwrap_or(i64::MAX)))
    });
    let created = transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO runs (tenant, id, namespace, name, version, digest, requester,
                 started, state, parent, parent_call, due)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'running', ?9, ?10, ?8)",
        )?
        .execute(params![
            tenant.as_str(),
            id,
            namespace,
            name,
            version,
            digest,
            requester,
            at,
            parent,
            call
        ])?;
    if created == 1 {
        let key = RunKey::new(tenant, id);
        let record = Record::Started(Box::new(run.start.clone()));
        append(transaction, &key, &Entry { seq: 0, at: run.at, record })?;
    }
    Ok(created == 1)
}

/// Appends one entry.
pub(super) fn append(
    transaction: &Transaction<'_>,
    key: &RunKey,
    entry: &Entry,
) -> Result<(), JournalError> {
    let body = serde_json::to_string(&entry.record)
        .map_err(|source| JournalError::Unwritable { what: "entry", source })?;
    let seq = i64::try_from(entry.seq).unwrap_or(i64::MAX);
    transaction
        .prepare_cached(
            "INSERT INTO entries (tenant, run, seq, at, body) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![key.tenant.as_str(), key.run, seq, to_micros(entry.at), body])
        .map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => {
                JournalError::Overtaken(key.run.clone())
            }
            _ => JournalError::from(error),
        })?;
    Ok(())
}
