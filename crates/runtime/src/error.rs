//! What can go wrong with a workspace.

use std::path::PathBuf;

use kompel_model::UnusableTenant;

/// A workspace that can't be used, or a store that refuses.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No folder from here upward holds a `kompel.toml`.
    #[error("no workspace at or above {}", .0.display())]
    NoWorkspace(PathBuf),
    /// The folder lacks one of a workspace's files.
    #[error("missing {}", .0.display())]
    Missing(PathBuf),
    /// A file can't be read or written.
    #[error("cannot use {}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The key file does not hold 64 hexadecimal digits.
    #[error("not a key of 64 hexadecimal digits: {}", .0.display())]
    UnusableKey(PathBuf),
    /// The system gives no random bytes.
    #[error("no random bytes from the operating system: {0}")]
    NoRandomness(String),
    /// A sealed name does not open with this key.
    #[error("the name of {0} was sealed with another key")]
    WrongKey(String),
    /// The database was made by a newer Kompel.
    #[error("the database has version {found}; this Kompel knows versions up to {known}")]
    TooNew {
        /// Its version.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// A row holds what this version did not write.
    #[error("unreadable {what} {key:?} in the database")]
    UnreadableRow {
        /// Which sort of row.
        what: &'static str,
        /// Its key.
        key: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A row names a source that this version does not know.
    #[error("unknown source {0:?} in the database")]
    UnknownSource(String),
    /// A row holds a time that can't be read.
    #[error("unreadable time {0:?} in the database")]
    UnreadableTime(String),
    /// A value can't be written as JSON.
    #[error("cannot write {what} as JSON")]
    Unwritable {
        /// Which sort of value.
        what: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A tenant's name can't be used.
    #[error(transparent)]
    Tenant(#[from] UnusableTenant),
    /// SQLite refuses.
    #[error("the database refuses")]
    Database(#[from] rusqlite::Error),
}
