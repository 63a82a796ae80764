//! What happens around every request for an action: plan, gate, attempt, look, verify, undo.
//!
//! Owns the rules by which a write is done once, verified, and asked about when nobody can tell.
//! Pure: every journal entry of a call is an event to its [`Act`], whose state is nothing but the
//! fold of those entries. The driver performs what [`Act::wanted`] says and journals the answer.

mod approval;
mod book;
mod fault;
mod machine;
mod record;
mod table;
#[cfg(test)]
mod tests;

pub use approval::{
    ApprovalAnswer, ApprovalRecord, ApprovalState, Ask, AskReason, Asked, Closing, Escalation,
    GivenAnswer, WrongAnswer,
};
pub use book::{Book, BookCall, Leftover, Standing};
pub use fault::{KOMPEL_ERRORS, fault_of, kompel_fault};
pub use machine::{Act, Command, Outcome, Policy};
pub use record::{
    ActRecord, Decision, PlannedStep, Refusal, RefusalKind, RehearsedPlan, RetryHint, Seen, Terms,
};
pub use table::{Phase, TRANSITIONS, Turn};
