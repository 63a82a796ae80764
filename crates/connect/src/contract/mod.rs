//! The shared contract tests: what every action declares, held against what it does.
//!
//! Owns the cases, the fault-injecting proxy and the report. Knows no peer: a connector joins by
//! giving a [`Bench`]. Built for tests only (`cfg(test)` or the feature `contract-tests`).

mod bench;
mod cases;
mod proxy;
mod report;
mod run;
mod schemas;
mod trial;

pub use bench::{Bench, Example, Mishap, NotRun, Peer, Way};
pub use proxy::{Fault, Proxy};
pub use report::{Outcome, Report, Verdict};
pub use run::run;
