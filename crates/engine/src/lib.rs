//! The playbook language and the run machine: pure, a value that is fed and answers.
//!
//! Owns what a playbook means. Has no clock, thread, await or IO: time, randomness' seed and the
//! action catalogue are arguments, and what the machine wants from the world it says as an
//! [`Effect`].

pub mod act;
pub mod cases;
mod effect;
mod journal;
pub mod jq;
pub mod language;
pub mod machine;

pub use effect::{
    CallId, Effect, Ending, EventFilter, Fault, Input, ListenerId, StepKey, TaskRef, TimerId,
};
pub use journal::{Entry, PlaybookRef, Record, Start};
