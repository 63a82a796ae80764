//! What can go wrong with the journal.

use kompel_model::Timestamp;

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
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full(error),
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::ReadOnly(error)
            }
            // A disk that fails while writing is as good as full: stop, act on nothing.
            Some(ErrorCode::SystemIoFailure) => Self::Full(error),
            _ => Self::Database(error),
        }
    }
}
