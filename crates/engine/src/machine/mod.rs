//! The run machine: a value that is told what happened and says what it wants.
//!
//! Owns the meaning of a playbook at run time: the standard's data flow, flow directives, errors,
//! retries, timeouts and events. Does not own what happens around a single action (plans, approvals,
//! repeats, verification): to the machine an action is one question and one answer.
//!
//! A run is a tree of activities (their states: the table in `state.rs`) and the requests that they
//! wait for.
//! Nothing is kept outside of it, so it can be saved at any point and equals the replay of its
//! journal.
//!
//! Where the standard leaves something open:
//! - An uncaught error in a branch of `fork`, or in a round of a concurrent `for`: the task fails
//!   with that error and the other branches are abandoned.
//! - A skipped task (`if`) leads to the next one of its list; its `then` is not followed.
//! - `$context` is at first the playbook's transformed input (the diagram in dsl.md).
//! - `for` gives the output of its last round, and its input if there is none.
//! - A caught error without `catch.do` gives the input of the `try`; one whose retries are used up
//!   without `catch.do` is not swallowed but fails the `try`.
//! - `retry.limit.attempt.count` counts repeats ("retrying 5 times", dsl.md).
//! - An event is consumed once: by every `listen` that waits for it when it comes, and by no later
//!   one. A correlation without `expect` is bound by the first event that has a value for it.

mod bodies;
mod calls;
mod catching;
mod data;
mod flow;
mod listening;
mod program;
mod requests;
mod state;
mod stepper;

use kompel_model::Timestamp;

pub use program::Program;
pub use state::Run;
use stepper::Stepper;

use crate::{Effect, Ending, Input, Start};

/// The numbered changes of behaviour that new runs are started with (`Start::flags`). A change that
/// would make an old journal replay to something else gets the next number; the old behaviour stays
/// for runs without it. Numbers are never used again.
pub const FLAGS: &[u32] = &[];

/// The flags of a run that this release does not know: it comes from a later release, and must not
/// be replayed by this one.
pub fn unknown_flags(start: &Start) -> Vec<u32> {
    start.flags.iter().copied().filter(|flag| !FLAGS.contains(flag)).collect()
}

impl Run {
    /// Begins a run: what it wants first is among the effects.
    pub fn start(program: &Program, start: &Start, now: Timestamp) -> (Self, Vec<Effect>) {
        let mut run = Self::new(start, now);
        let effects = Stepper::new(&mut run, program, now).begin();
        (run, effects)
    }

    /// Tells the run what happened. What is unknown to it, or comes too late, changes nothing.
    pub fn step(&mut self, program: &Program, now: Timestamp, input: &Input) -> Vec<Effect> {
        if self.ending().is_some() {
            return Vec::new();
        }
        Stepper::new(self, program, now).take(input)
    }

    /// Everything that the run still wants, in the order of asking.
    pub fn pending(&self) -> Vec<Effect> {
        self.requests.values().map(|request| request.effect.clone()).collect()
    }

    /// How it ended, if it has.
    pub fn ending(&self) -> Option<&Ending> {
        self.ending.as_ref()
    }
}

#[cfg(test)]
mod tests;
