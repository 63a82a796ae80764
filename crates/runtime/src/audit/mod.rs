//! The audit trail: one append-only Merkle log for the whole installation.
//!
//! Owns the log, its checkpoints, its export, and the proof that nothing in it was changed, removed,
//! swapped or cut off. Does not decide what is worth an entry: whoever acts does.
//!
//! # Source
//! RFC 6962 §2.1 (tree), C2SP signed-note and tlog-checkpoint v1.0.0 (checkpoints).

mod checkpoint;
mod event;
mod export;
mod key;
mod note;
mod of_run;
mod trail;
mod tree;
mod verify;

pub use checkpoint::Checkpoint;
pub use event::{AuditEvent, Entry};
pub(crate) use key::public_beside;
pub use key::{AuditKey, VerifierKey};
pub use trail::Trail;
pub use verify::{Problem, Report, Trouble, verify};

#[cfg(test)]
mod tests;
