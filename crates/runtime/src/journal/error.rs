//! What can go wrong with the journal.

use kompel_model::Timestamp;

use crate::DiskTrouble;

/// The journal refuses, or holds what can't be read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The disk is full: nothing was written, nothing may be done.
    #[error("the disk is full")]
    Full(#[source] rusqlite::Error),
    /// The database can't be written (a read-only disk or file).
    #[error("the database can't be written")]
    ReadOnly(#[source] rusqlite::Error),
    /// Someone else wrote this run's journal: two drivers at once.
    #[error("another driver has written the journal of {0}")]
    Overtaken(String),
    /// The journal was stopped.
    #[error("the journal is closed")]
    Closed,
    /// No such run, or another tenant's.
    #[error("no run {0}")]
    NoRun(String),
    /// An entry can't be read.
    #[error("unreadable entry {seq} of {run}")]
    Unreadable {
        /// Whose.
        run: String,
        /// Which.
        seq: u64,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A value can't be written as JSON.
    #[error("cannot write {what} as JSON")]
    Unwritable {
        /// Which sort of value.
        what: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// An event lacks what CloudEvents requires.
    #[error("the event lacks {0}")]
    NoEvent(&'static str),
    /// Only a run of the workspace itself may say so.
    #[error(
        "events of type {0} are Kompel's own and are not taken from outside; of the types that begin \
         with `be.kompel.`, those that end in `.requested` are"
    )]
    NotFromOutside(String),
    /// A time is out of range.
    #[error("unusable time {0}")]
    Time(Timestamp),
    /// The audit trail refuses.
    #[error("the audit trail refuses")]
    Audit(#[source] Box<crate::Error>),
    /// SQLite refuses.
    #[error("the database refuses")]
    Database(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        match DiskTrouble::of(&error) {
            Some(DiskTrouble::Full) => Self::Full(error),
            Some(DiskTrouble::ReadOnly) => Self::ReadOnly(error),
            None => Self::Database(error),
        }
    }
}

impl JournalError {
    /// What is wrong with the disk, if that is it.
    pub fn disk(&self) -> Option<DiskTrouble> {
        match self {
            Self::Full(_) => Some(DiskTrouble::Full),
            Self::ReadOnly(_) => Some(DiskTrouble::ReadOnly),
            Self::Audit(error) => error.disk(),
            _ => None,
        }
    }
}
