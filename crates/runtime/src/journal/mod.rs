//! The journal of every run, in SQLite: one writer with group commit, readers beside it.
//!
//! Owns what is on disk about runs and the promise that an acknowledged entry is there after a
//! crash. Knows nothing of what the entries mean; the files of this folder each hold the statements
//! for one sort of row. Other programs may write beside the driver: what they want to tell a run
//! goes to its inbox, never into its entries.

mod audit;
mod error;
mod events;
mod inbox;
mod reader;
mod runs;
mod schedules;
mod side;
mod writer;

pub use audit::{AuditFact, AuditSink, NoAudit, TrailSink};
pub use error::JournalError;
pub use events::EventOutcome;
pub(crate) use events::{Origin, publish};
pub(crate) use inbox::post;
pub(crate) use inbox::{InboxItem, Message};
pub(crate) use reader::Reader;
pub use reader::{MissedTime, OpenApproval, OpenQuestion, RunRow};
pub use runs::Begun;
pub(crate) use runs::{NewRun, Once, create, create_once};
pub(crate) use schedules::ScheduleRow;
pub(crate) use schedules::{keep_schedule, note_missed, set_fired};
pub(crate) use side::{Batch, Parking, Side};
pub(crate) use writer::Journal;

use kompel_model::{TenantId, Timestamp};

/// A run of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunKey {
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub run: String,
}

impl RunKey {
    /// The run of this tenant with this id.
    pub fn new(tenant: &TenantId, run: &str) -> Self {
        Self { tenant: tenant.clone(), run: run.to_owned() }
    }
}

/// Microseconds since 1970; what the database keeps of a time.
pub(crate) fn to_micros(at: Timestamp) -> i64 {
    at.timestamp_micros()
}

/// A time as the database keeps it.
pub(crate) fn from_micros(micros: i64) -> Timestamp {
    Timestamp::from_timestamp_micros(micros).unwrap_or_default()
}

/// The time to the microsecond, as replay will read it.
pub(crate) fn whole_micros(at: Timestamp) -> Timestamp {
    from_micros(to_micros(at))
}
