//! Asking people: who may answer, their one-time codes, the plan that they approve.
//!
//! Owns how an `approval.ask` becomes a question to persons, and the rehearsal that foresees what
//! the rest of a run would do. The judgement of an answer is `kompel_engine::act::ApprovalState`'s.

mod ask;
mod code;
mod notify;
mod people;
mod rehearse;

pub(crate) use ask::{Wording, asked_again, from_input};
pub use code::code_hash;
pub(crate) use code::new_code;
pub use notify::{Invitation, NobodyListens, Notify, NotifyError};
pub use people::{People, Person, Who};
pub(crate) use rehearse::rehearse;
