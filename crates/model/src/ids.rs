//! Identifiers: people, candidates, members.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Name, SourceKind};

/// A person as discovery sees one: a pseudonym such as `p-1f3a9c20`.
///
/// Readers fill it with the name found in the source; `ingest::redact` replaces every one with a
/// keyed hash before the log leaves the crate, unless the operator turned that off.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub Name);

impl PersonId {
    /// Wraps a name or a pseudonym.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The pseudonym (or name) as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A candidate's id: `c-` and at least four hexadecimal digits; a rejected group's begins `g-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CandidateId(pub String);

impl CandidateId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CandidateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One record by the key its own source gives it: a ticket's key, `channel/ts`, an answer's row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MemberRef {
    /// The kind of source the record came from.
    pub source: SourceKind,
    /// The source's own key.
    #[serde(rename = "ref")]
    pub key: Name,
}
