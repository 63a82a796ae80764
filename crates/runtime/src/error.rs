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
    /// The key file holds no key, or a damaged one.
    #[error("no usable key in {}", .0.display())]
    UnusableKey(PathBuf),
    /// A text is no public key of an audit trail. Is not repeated: it may be the private one.
    #[error("not a verifier key (name+id+base64)")]
    UnusableVerifierKey,
    /// An event is too large or too deep for the audit trail.
    #[error("the audit event {kind} does not fit: {bytes} bytes")]
    UnfitEvent {
        /// Its kind.
        kind: &'static str,
        /// Its size, or that of its longest text.
        bytes: usize,
    },
    /// An entry of the audit trail holds what this version did not write.
    #[error("unreadable entry {0} of the audit trail")]
    UnreadableEntry(u64),
    /// The audit trail does not fit its last checkpoint.
    #[error("the audit trail does not fit its last checkpoint")]
    UnsoundTrail,
    /// Something is there already and stays as it is.
    #[error("{} exists", .0.display())]
    Exists(PathBuf),
    /// A backup does not check out.
    #[error("{}: {what}", .folder.display())]
    DamagedBackup {
        /// The backup.
        folder: PathBuf,
        /// What does not hold.
        what: String,
    },
    /// Another process kept the database locked.
    #[error("{} stays locked", .0.display())]
    BusyDatabase(PathBuf),
    /// A secret's name can't be used. Says nothing of what stands in its place.
    #[error("unusable secret name: use 1 to 64 letters, digits, '-', '_' or '.'")]
    UnusableSecretName,
    /// No source has this secret of this tenant.
    #[error("no secret {name:?} of tenant {tenant:?}")]
    UnknownSecret {
        /// Whose.
        tenant: String,
        /// Its name.
        name: String,
    },
    /// A reference stands where none can be resolved.
    #[error(
        "setting {0:?}: `secret://name` must be the whole value, not part of a text, list or table"
    )]
    MisplacedReference(String),
    /// A secret is too short to be kept out of texts.
    #[error("secret {name:?} is shorter than {least} bytes")]
    SecretTooShort {
        /// Its name.
        name: String,
        /// The shortest that is taken.
        least: usize,
    },
    /// The file of secrets does not open with its key.
    #[error("does not open with its key, or is damaged: {}", .0.display())]
    WrongSecretsKey(PathBuf),
    /// An export of the audit trail can't be read or written.
    #[error("cannot read or write the export")]
    Export(#[source] std::io::Error),
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

/// What is wrong with the disk that the workspace lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskTrouble {
    /// It is full, or fails while it writes.
    Full,
    /// It can't be written.
    ReadOnly,
}

impl DiskTrouble {
    /// What SQLite's refusal says of the disk, if it does.
    pub(crate) fn of(error: &rusqlite::Error) -> Option<Self> {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code()? {
            // A disk that fails while writing is as good as full: stop, act on nothing.
            ErrorCode::DiskFull | ErrorCode::SystemIoFailure => Some(Self::Full),
            ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
                Some(Self::ReadOnly)
            }
            _ => None,
        }
    }
}

impl Error {
    /// What is wrong with the disk, if that is it.
    pub fn disk(&self) -> Option<DiskTrouble> {
        match self {
            Self::Database(error) => DiskTrouble::of(error),
            Self::File { source, .. } => match source.kind() {
                std::io::ErrorKind::StorageFull => Some(DiskTrouble::Full),
                std::io::ErrorKind::ReadOnlyFilesystem => Some(DiskTrouble::ReadOnly),
                _ => None,
            },
            _ => None,
        }
    }
}
