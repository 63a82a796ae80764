//! Offboarding in a simulated world: the real engine, runtime and playbooks, connectors that keep
//! the contract over accounts in memory, and a clock that jumps. What the connectors of real
//! servers do is tried elsewhere, against those servers.

mod again;
mod anybody;
mod crowd;
mod deleted;
mod honesty;
mod office;
mod proof;
#[expect(dead_code, reason = "the figures of benches/leavers.rs use the rest")]
mod throng;
mod world;
