//! Entries of one run with everything that must be written together with them.

use kompel_engine::{CallId, Entry, EventFilter, ListenerId, TaskRef};
use kompel_model::{ActionName, Timestamp};
use rusqlite::{Transaction, params};
use serde_json::Value;

use super::{
    AuditFact, AuditSink, JournalError, Message, NewRun, RunKey, events, inbox, runs, to_micros,
};

/// Entries of one run and what goes with them: all of it is written, or nothing.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) entries: Vec<Entry>,
    pub(crate) sides: Vec<Side>,
    pub(crate) parking: Option<Parking>,
}

/// How the driver leaves a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parking {
    /// When it has something to do again; `None`: when somebody tells it something.
    pub(crate) due: Option<Timestamp>,
    /// For lists.
    pub(crate) state: String,
    /// True if the playbook has ended.
    pub(crate) ended: bool,
}

/// Something written together with a run's entries.
#[derive(Debug)]
pub(crate) enum Side {
    /// An event, and the runs that it starts.
    Emit(Value, Vec<NewRun>),
    Listen(ListenerId, Vec<EventFilter>),
    Unlisten(Option<ListenerId>),
    StartChild(Box<NewRun>),
    TellRun(RunKey, Message),
    Handled(i64, String),
    ApprovalOpened {
        id: String,
        call: CallId,
        question: String,
        people: Vec<String>,
        deadline: Option<Timestamp>,
    },
    ApprovalClosed {
        id: String,
        how: String,
    },
    Question {
        call: CallId,
        of: Option<CallId>,
        task: TaskRef,
        action: ActionName,
        because: String,
    },
    QuestionClosed {
        call: CallId,
        of: Option<CallId>,
    },
    Audit(AuditFact),
}

impl Batch {
    /// True if there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.sides.is_empty() && self.parking.is_none()
    }

    /// Writes it all.
    pub(crate) fn apply(
        &self,
        transaction: &Transaction<'_>,
        audit: &dyn AuditSink,
        key: &RunKey,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        for entry in &self.entries {
            runs::append(transaction, key, entry)?;
        }
        for side in &self.sides {
            side.apply(transaction, audit, key, at)?;
        }
        self.parking.as_ref().map_or(Ok(()), |parking| park(transaction, key, parking, at))
    }
}

impl Side {
    fn apply(
        &self,
        transaction: &Transaction<'_>,
        audit: &dyn AuditSink,
        key: &RunKey,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        match self {
            Self::Emit(event, starts) => {
                let event = (event, events::Origin::Run);
                events::publish(transaction, audit, (&key.tenant, at), event, starts).map(|_| ())
            }
            Self::Listen(listener, filters) => {
                events::listen(transaction, key, at, *listener, filters)
            }
            Self::Unlisten(listener) => events::unlisten(transaction, key, *listener),
            Self::StartChild(run) => runs::create(transaction, run).map(|_| ()),
            Self::TellRun(other, message) => {
                inbox::post(transaction, other, at, message).map(|_| ())
            }
            Self::Handled(seq, outcome) => inbox::handled(transaction, key, *seq, at, outcome),
            Self::ApprovalOpened { .. } | Self::ApprovalClosed { .. } => {
                self.apply_approval(transaction, key, at)
            }
            Self::Question { .. } | Self::QuestionClosed { .. } => {
                self.apply_question(transaction, key, at)
            }
            Self::Audit(fact) => audit.append(transaction, &key.tenant, fact),
        }
    }

    fn apply_approval(
        &self,
        transaction: &Transaction<'_>,
        key: &RunKey,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        let tenant = key.tenant.as_str();
        match self {
            Self::ApprovalOpened { id, call, question, people, deadline } => {
                transaction
                    .prepare_cached(
                        "INSERT OR IGNORE INTO approvals
                             (tenant, id, run, call, question, people, asked, deadline)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    )?
                    .execute(params![
                        tenant,
                        id,
                        key.run,
                        number(*call),
                        question,
                        people.join(" "),
                        to_micros(at),
                        deadline.map(to_micros)
                    ])?;
            }
            Self::ApprovalClosed { id, how } => {
                transaction
                    .prepare_cached(
                        "UPDATE approvals SET closed = ?3 WHERE tenant = ?1 AND id = ?2",
                    )?
                    .execute(params![tenant, id, how])?;
            }
            _ => {}
        }
        Ok(())
    }

    fn apply_question(
        &self,
        transaction: &Transaction<'_>,
        key: &RunKey,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        let tenant = key.tenant.as_str();
        match self {
            Self::Question { call, of, task, action, because } => {
                transaction
                    .prepare_cached(
                        "INSERT INTO questions
                             (tenant, run, call, of, task, action, because, asked)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                         ON CONFLICT (tenant, run, call, of) DO UPDATE
                         SET because = excluded.because, closed = NULL",
                    )?
                    .execute(params![
                        tenant,
                        key.run,
                        number(*call),
                        of.map_or(-1, number),
                        task.0,
                        action.as_str(),
                        because,
                        to_micros(at)
                    ])?;
            }
            Self::QuestionClosed { call, of } => {
                transaction
                    .prepare_cached(
                        "UPDATE questions SET closed = ?5
                         WHERE tenant = ?1 AND run = ?2 AND call = ?3 AND of = ?4",
                    )?
                    .execute(params![
                        tenant,
                        key.run,
                        number(*call),
                        of.map_or(-1, number),
                        to_micros(at)
                    ])?;
            }
            _ => {}
        }
        Ok(())
    }
}

fn number(call: CallId) -> i64 {
    i64::try_from(call.0).unwrap_or(i64::MAX)
}

/// Leaves the run; if somebody told it something meanwhile, it is due at once.
fn park(
    transaction: &Transaction<'_>,
    key: &RunKey,
    parking: &Parking,
    at: Timestamp,
) -> Result<(), JournalError> {
    let tenant = key.tenant.as_str();
    transaction
        .prepare_cached(
            "UPDATE runs SET state = ?4,
                 ended = CASE WHEN ?5 THEN coalesce(ended, ?6) ELSE ended END,
                 due = CASE WHEN EXISTS (SELECT 1 FROM inbox
                         WHERE tenant = ?1 AND run = ?2 AND handled IS NULL)
                     THEN ?6 ELSE ?3 END
             WHERE tenant = ?1 AND id = ?2",
        )?
        .execute(params![
            tenant,
            key.run,
            parking.due.map(to_micros),
            parking.state,
            parking.ended,
            to_micros(at)
        ])?;
    Ok(())
}
