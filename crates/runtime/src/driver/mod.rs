//! Driving runs: loading those that are due, performing what they want, leaving them again.
//!
//! Owns when a peer is called and that nothing is called twice or forgotten. A run is in memory
//! only while something is being done for it: what it waits for stands in the database. Knows no
//! peer's protocol and no rule of a playbook: those are the connectors' and the machine's.

mod calls;
mod gate;
mod inbox;
mod jobs;
mod peers;
mod programs;
mod registry;
mod runtime;
mod scheduler;
mod session;
mod state;
mod status;
mod story;
#[cfg(test)]
mod tests;
mod undo;
mod within;
mod world;

pub(crate) use inbox::TAKEN as inbox_taken;
pub(crate) use jobs::{call_with_limits, refusal_of};
pub use peers::PeerLimits;
pub(crate) use programs::start_of_child;
pub use programs::{Library, NoLibrary, Source};
pub use registry::Registry;
pub(crate) use registry::{ASK, Resolved, UNDO_ALL, UNDO_STEP, not_configured};
pub use runtime::{Answer, NewWork, Outcome, Parts, Proof, Runtime, RuntimeError};
pub(crate) use scheduler::Scheduler;
pub(crate) use session::load;
pub(crate) use state::RunState;
pub use status::{RunStatus, Waiting};
pub use story::{StepStory, Story, Told, UndoStory};
pub use world::Limits;
pub(crate) use world::World;
