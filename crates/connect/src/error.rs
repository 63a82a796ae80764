//! What a peer's refusal means, whatever the peer.

use std::{error::Error as StdError, fmt, time::Duration};

use kompel_model::ActionName;
use serde::{Deserialize, Serialize};

use crate::SettingsError;

/// A peer's refusal, sorted by what it means to the caller.
#[derive(Debug)]
pub struct Error {
    /// What it means.
    pub kind: ErrorKind,
    /// Whether and when another attempt makes sense.
    pub retry: RetryAdvice,
    /// Which action, once known.
    pub action: Option<ActionName>,
    /// What the peer said, in one English fragment without secrets or personal data.
    pub detail: String,
    /// The HTTP status or the protocol's own result code, if any.
    pub code: Option<u32>,
    /// The cause.
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// No permission, or the credentials are wrong.
    Denied,
    /// The object is not there.
    Absent,
    /// The object is not in the state that the request assumes.
    Conflict,
    /// Too many requests.
    Limited,
    /// The request can't be right, now or later.
    Invalid,
    /// The peer (its version, the client's licence) does not offer this.
    Unsupported,
    /// The peer can't be reached; nothing was sent.
    Unreachable,
    /// Something was sent and no answer came: it may have been done.
    OutcomeUnknown,
    /// The peer's own failure, or an answer that makes no sense.
    Unexpected,
}

/// Whether and when another attempt makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAdvice {
    /// It would fail again.
    Never,
    /// It may pass.
    Soon,
    /// Not before this time has passed: the peer said so.
    After(Duration),
}

impl ErrorKind {
    /// True if the peer said no to this one request; else the peer itself is in trouble or busy.
    pub fn is_refusal(self) -> bool {
        match self {
            Self::Denied | Self::Absent | Self::Conflict | Self::Invalid | Self::Unsupported => {
                true
            }
            Self::Limited | Self::Unreachable | Self::OutcomeUnknown | Self::Unexpected => false,
        }
    }
}

impl Error {
    /// An error of this kind, with the retry advice that is usual for it.
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        let retry = match kind {
            ErrorKind::Denied
            | ErrorKind::Absent
            | ErrorKind::Conflict
            | ErrorKind::Invalid
            | ErrorKind::Unsupported => RetryAdvice::Never,
            ErrorKind::Limited
            | ErrorKind::Unreachable
            | ErrorKind::OutcomeUnknown
            | ErrorKind::Unexpected => RetryAdvice::Soon,
        };
        Self { kind, retry, action: None, detail: detail.into(), code: None, source: None }
    }

    /// The same with the protocol's code.
    #[must_use]
    pub fn with_code(mut self, code: u32) -> Self {
        self.code = Some(code);
        self
    }

    /// The same, not to be tried again before this time has passed.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry = RetryAdvice::After(wait);
        self
    }

    /// The same with its cause.
    #[must_use]
    pub fn because(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }
}

impl From<SettingsError> for Error {
    fn from(error: SettingsError) -> Self {
        Self::new(ErrorKind::Invalid, error.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.action {
            Some(action) => write!(f, "{action}: {}", self.detail),
            None => f.write_str(&self.detail),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
