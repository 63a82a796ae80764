//! The journal of a run: the entries from which its state follows, and nothing else.

use kompel_model::{TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{CallId, Input, act::ActRecord};

/// One entry, in the order of `seq` from 0 without gaps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place.
    pub seq: u64,
    /// When it was written; replay uses it as "now".
    pub at: Timestamp,
    /// What happened.
    pub record: Record,
}

/// What an entry tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "record", content = "body")]
pub enum Record {
    /// The run began; always the first entry.
    Started(Box<Start>),
    /// The world told the machine something.
    Input(Input),
    /// Something happened to a request for an action; the machine itself never sees it.
    Act {
        /// The request.
        call: CallId,
        /// What happened.
        record: Box<ActRecord>,
    },
}

/// How a run began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// The run's id (`r-` and hexadecimal digits).
    pub run: String,
    /// Whose work it is.
    pub tenant: TenantId,
    /// Which playbook, exactly.
    pub playbook: PlaybookRef,
    /// The input, before the playbook's own `input.from`.
    pub input: Value,
    /// Who asked for it.
    pub requester: String,
    /// What started it ("command line", "schedule", "event 4f1c…", "run r-…").
    pub trigger: String,
    /// The seed of everything random in the run (jitter, ids of events).
    pub seed: u64,
    /// Numbered changes of behaviour that this run was started with; numbers are never reused.
    #[serde(default)]
    pub flags: Vec<u32>,
}

/// A playbook by its name and by its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaybookRef {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its file, in hexadecimal.
    pub digest: String,
}
