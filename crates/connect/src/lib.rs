//! The action contract, and one file per peer system that keeps it.
//!
//! Owns the protocols of the systems that playbooks act on. Knows nothing of runs, journals or
//! approvals: `runtime` decides when an action is planned, done, looked at, verified or undone.

mod action;
#[cfg(any(test, feature = "contract-tests"))]
pub mod contract;
mod desired;
mod error;
pub mod http;
mod marker;
mod page;
mod password;
mod peers;
mod program;
mod promise;
mod settings;

pub use action::{Action, Call, Check, CheckState, Connection, Connector, Look, Verified};
pub use error::{Error, ErrorKind, RetryAdvice};
pub use page::page;
pub use peers::{catalogue, connectors};
pub use settings::{Settings, SettingsError};
