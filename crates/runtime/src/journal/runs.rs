//! Rows of runs and their entries.

use std::{fmt, sync::Arc};

use kompel_engine::{CallId, Entry, PlaybookRef, Record, Start};
use kompel_model::Timestamp;
use rusqlite::{Transaction, params};
use serde_json::json;

use super::{AuditFact, AuditSink, JournalError, RunKey, to_micros};
use crate::driver::Library;

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
    /// Who knows whether a run under way does the same already; `None`: it begins in any case.
    pub(crate) once: Once,
}

/// Whom [`create_once`] asks.
#[derive(Clone, Default)]
pub(crate) struct Once(pub(crate) Option<Arc<dyn Library>>);

impl fmt::Debug for Once {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Once({})", self.0.is_some())
    }
}

/// The run that does what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Its id.
    pub run: String,
    /// True if it began by this; false if it was there already.
    pub new: bool,
}

/// Creates the run, unless one that is under way does the same already: then that one gets a note in
/// the audit trail of what was asked again, and by whom. Of two that are created at the same moment,
/// whichever is written first begins.
pub(crate) fn create_once(
    transaction: &Transaction<'_>,
    audit: &dyn AuditSink,
    run: &NewRun,
) -> Result<Begun, JournalError> {
    let Start { run: id, tenant, input, requester, trigger, .. } = &run.start;
    let Some(before) = under_way(transaction, run)? else {
        let new = create(transaction, run)?;
        return Ok(Begun { run: id.clone(), new });
    };
    let fact = AuditFact {
        at: run.at,
        kind: "run.asked-again",
        run: Some(before.clone()),
        who: Some(requester.clone()),
        body: json!({"trigger": trigger, "instead-of": id}),
        texts: vec![("input", input.to_string())],
    };
    audit.append(transaction, tenant, &fact)?;
    Ok(Begun { run: before, new: false })
}

/// The oldest run under way that does already what this one would.
fn under_way(transaction: &Transaction<'_>, run: &NewRun) -> Result<Option<String>, JournalError> {
    let Some(library) = &run.once.0 else { return Ok(None) };
    let Start { run: id, tenant, playbook, input, .. } = &run.start;
    let mut statement = transaction.prepare_cached(
        "SELECT runs.id, entries.body FROM runs
         JOIN entries ON entries.tenant = runs.tenant AND entries.run = runs.id
             AND entries.seq = 0
         WHERE runs.tenant = ?1 AND runs.namespace = ?2 AND runs.name = ?3
             AND (runs.ended IS NULL OR runs.id = ?4)
         ORDER BY runs.id <> ?4, runs.started, runs.id",
    )?;
    let of = params![tenant.as_str(), playbook.namespace, playbook.name, id];
    let mut rows = statement.query(of)?;
    while let Some(row) = rows.next()? {
        let other: String = row.get(0)?;
        if other == *id {
            // It was created before: once more is no news.
            return Ok(None);
        }
        let Ok(Record::Started(start)) = serde_json::from_str(&row.get::<_, String>(1)?) else {
            continue;
        };
        if library.does_already(playbook, &start.input, input) {
            return Ok(Some(other));
        }
    }
    Ok(None)
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
