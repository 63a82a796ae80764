//! What comes in over HTTP: events in the CloudEvents form, and whether the process is well.
//!
//! Owns the protocol. Holds no rule: what an event starts or wakes is the runtime's matter.

mod events;
mod routes;

pub use routes::{Gate, router};
