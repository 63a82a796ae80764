//! Kompel's words as types: records, the event log, findings, phrases, the action catalogue, plans.
//!
//! Owns the vocabulary that every other crate shares. Does no IO, holds no rule of
//! discovery, and knows nothing of formats.

mod account;
mod action;
mod finding;
mod ids;
mod language;
mod leaver;
mod log;
mod phrase;
mod plan;
mod record;
mod secret;
mod source;
mod tenant;

pub use account::{Account, PersonQuery};
pub use action::{ActionEffect, ActionName, ActionSpec, Catalogue, Repeat, UnusableActionName};
pub use finding::{Counts, Effect, Finding, FindingCode, Place};
pub use ids::{CandidateId, MemberRef, PersonId};
pub use language::{Language, UnknownLanguage};
pub use leaver::{
    AccountReading, Deed, DeedState, LEAVER_REPORT, LeaverAccount, LeaverAnswer, LeaverApproval,
    LeaverByHand, LeaverCell, LeaverMatrix, LeaverPerson, LeaverPlace, LeaverReport, LeaverRow,
    LeaverRun, LeaverSystem, LeaverTenant, LeaverTrail, OpenItem, OpenKind, Standing, TrailEntry,
    Who,
};
pub use log::{EventLog, Party, Reading};
pub use phrase::{Arg, Phrase};
pub use plan::{Plan, PlanHash, PlannedChange, canonical_json};
pub use record::{
    Activity, Answer, Change, ChangedField, Comment, Link, Message, Reaction, Ticket, Worked,
};
pub use secret::Secret;
pub use source::{SourceClass, SourceKind};
pub use tenant::{TenantId, UnusableTenant};

/// A moment in universal time; readers convert local times with the tenant's zone.
pub type Timestamp = chrono::DateTime<chrono::Utc>;

/// A short text that recurs in many records (a status, a group, a person), shared in memory.
pub type Name = std::sync::Arc<str>;
