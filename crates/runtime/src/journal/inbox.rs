//! What the world wants to tell a run, before the run has taken it in.

use kompel_engine::{
    CallId,
    act::{ApprovalAnswer, Decision},
};
use kompel_model::Timestamp;
use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{JournalError, RunKey, to_micros};

/// A message to a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "message")]
pub(crate) enum Message {
    /// An event that may match.
    Event {
        /// The event in the CloudEvents JSON form.
        event: Value,
    },
    /// A run that this one started has ended.
    ChildEnded {
        /// The call that started it.
        call: CallId,
        /// Its output, or the fault it ended with.
        result: Result<Value, kompel_engine::Fault>,
    },
    /// A person answers an approval.
    Answer {
        /// Which approval.
        approval: String,
        /// The answer.
        answer: ApprovalAnswer,
    },
    /// A person says what became of an attempt.
    Decide {
        /// Which call.
        call: CallId,
        /// The write that the call was taking back, if it is about an undo.
        of: Option<CallId>,
        /// Who.
        by: String,
        /// What.
        decision: Decision,
        /// Why.
        why: String,
    },
    /// A person stops the run.
    Cancel {
        /// Who.
        by: String,
        /// Why.
        why: String,
    },
    /// Something outside has changed (a configuration, a peer): try now what waits.
    Resume {
        /// Who.
        by: String,
    },
}

/// A message as it lies in the inbox.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct InboxItem {
    /// Its number.
    pub(crate) seq: i64,
    /// When it came.
    pub(crate) at: Timestamp,
    /// What it says.
    pub(crate) message: Message,
}

/// Puts a message into the inbox and makes the run due; gives the message's number.
pub(crate) fn post(
    transaction: &Transaction<'_>,
    key: &RunKey,
    at: Timestamp,
    message: &Message,
) -> Result<i64, JournalError> {
    let body = serde_json::to_string(message)
        .map_err(|source| JournalError::Unwritable { what: "message", source })?;
    let at = to_micros(at);
    let woken = transaction
        .prepare_cached(
            "UPDATE runs SET due = min(coalesce(due, ?3), ?3) WHERE tenant = ?1 AND id = ?2",
        )?
        .execute(params![key.tenant.as_str(), key.run, at])?;
    if woken == 0 {
        return Err(JournalError::NoRun(key.run.clone()));
    }
    transaction
        .prepare_cached("INSERT INTO inbox (tenant, run, at, body) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![key.tenant.as_str(), key.run, at, body])?;
    Ok(transaction.last_insert_rowid())
}

/// Notes that the run has taken the message in, and what came of it.
pub(super) fn handled(
    transaction: &Transaction<'_>,
    key: &RunKey,
    seq: i64,
    at: Timestamp,
    outcome: &str,
) -> Result<(), JournalError> {
    // An event stands in `events` and, once taken in, in the run's entries: no third copy.
    transaction
        .prepare_cached(
            "UPDATE inbox SET handled = ?4, outcome = ?5
             WHERE tenant = ?1 AND run = ?2 AND seq = ?3",
        )?
        .execute(params![key.tenant.as_str(), key.run, seq, to_micros(at), outcome])?;
    Ok(())
}
