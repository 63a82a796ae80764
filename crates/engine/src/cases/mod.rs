//! Cases: a playbook's tests as data. An input, what the world replies, what should come of it.
//!
//! Owns the form of `cases/*.yaml` and their playing. Touches no peer: every answer is scripted,
//! and time jumps to whatever the run waits for.

mod form;
mod play;

pub use form::{Expected, ExpectedStep, Reply, TestCase, UnreadableCase};
pub use play::{Mismatch, Played, PlayedStep, play};
