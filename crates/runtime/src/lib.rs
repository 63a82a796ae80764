//! The workspace on disk: its store, its key, and the clock.
//!
//! Owns every byte that Kompel keeps between two commands and the only reading of the clock. Holds
//! no rule of discovery and words nothing for people: what the discovery found is kept as the JSON
//! that it is given.

pub mod audit;
pub mod backup;
pub mod clock;
mod error;
mod files;
mod fingerprint;
mod key;
pub mod secrets;
mod store;
mod workspace;

pub use error::Error;
pub use fingerprint::Fingerprint;
pub use key::{Key, Sealed};
pub use store::{
    Decision, HuntInput, KeptCandidate, KeptDiscovery, NewDecision, RecordCount, Reveal, Scope,
    Store, Written,
};
pub use workspace::Workspace;
