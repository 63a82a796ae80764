//! The hunt's course: read inputs, keep their records, discover, keep what was found.
//!
//! `kompel hunt` and `kompel demo` both go through here.

use std::{cell::Cell, collections::BTreeMap, path::PathBuf};

use chrono_tz::Tz;
use kompel_ingest::{ColumnMapping, Format, Limits, Options, Reading as _, Redactor};
use kompel_mining::{Candidate, Discovery};
use kompel_model::{Counts, EventLog, Phrase, Reading, SourceClass};
use kompel_runtime::{HuntInput, KeptCandidate, KeptDiscovery, Written, clock};
use serde::Serialize;

use crate::{
    args::shown,
    config::Kind,
    diagnostics::Failure,
    exit::Exit,
    findings::{self, FindingGroup},
    reading,
    session::{Found, Session},
};

/// An input to read.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// What the user says it holds.
    pub(crate) kind: Kind,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// The format, if the user names it.
    pub(crate) format: Option<String>,
    /// The user's columns by field.
    pub(crate) map: BTreeMap<String, String>,
    /// The zone of times without one, if not the workspace's.
    pub(crate) timezone: Option<Tz>,
}

/// What became of an input.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct InputReport {
    /// The path as the user gave it.
    pub(crate) name: String,
    /// The format it was read as.
    pub(crate) format: String,
    /// SHA-256 of its bytes.
    pub(crate) sha256: String,
    /// Rows in, records out.
    #[serde(flatten)]
    pub(crate) counts: Counts,
    /// What the store did with the records; nothing in a dry run.
    pub(crate) stored: Option<Written>,
    /// Findings by kind.
    pub(crate) findings: Vec<FindingGroup>,
    /// The columns used, for tables of one's own.
    pub(crate) mapping: Option<BTreeMap<String, String>>,
}
