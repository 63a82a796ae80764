//! The workspace on disk, its clock, and the runs: started, driven, approved, shown.
//!
//! Owns every byte that Kompel keeps between two commands and the only reading of the clock. Holds
//! no rule of discovery and words nothing for people: what the discovery found is kept as the JSON
//! that it is given. Drives playbooks' machines ([`Runtime`]) but knows no peer's protocol.

mod approvals;
pub mod audit;
pub mod backup;
pub mod clock;
mod driver;
mod error;
mod events;
mod files;
mod fingerprint;
mod journal;
mod key;
mod schedule;
pub mod secrets;
mod store;
mod workspace;

pub use approvals::{
    Invitation, NobodyListens, Notify, NotifyError, People, Person, Who, code_hash,
};
pub use driver::{
    Answer, Library, Limits, NewWork, NoLibrary, Outcome, Parts, PeerLimits, Proof, Registry,
    RunStatus, Runtime, RuntimeError, Source, StepStory, Story, Told, UndoStory, Waiting,
};
pub use error::{DiskTrouble, Error};
pub use events::check as check_event;
pub use fingerprint::Fingerprint;
pub use journal::{
    AuditFact, AuditSink, Begun, EventOutcome, JournalError, MissedTime, NoAudit, OpenApproval,
    OpenQuestion, RunKey, RunRow, TrailSink,
};
pub use key::{Key, Sealed};
pub use schedule::{Rule, Scheduled, Schedules, UnusableRule};
pub use store::{
    Decision, FormLink, HuntInput, KeptCandidate, KeptDiscovery, NewDecision, RecordCount, Reveal,
    Scope, Store, Written, new_ticket,
};
pub use workspace::Workspace;
