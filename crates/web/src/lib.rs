//! What comes in over HTTP: events in the CloudEvents form, the form by which people say who leaves,
//! and whether the process is well.
//!
//! Owns the protocol and the pages. Holds no rule: what an event starts or wakes is the runtime's
//! matter, what becomes of a wish its [`Reception`]'s.

mod events;
mod leavers;
mod routes;

pub use leavers::{Account, Asked, Asker, Doubt, Reception, Stage, Standing, Trouble, Wish};
pub use routes::{Gate, router};
