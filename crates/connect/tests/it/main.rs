//! The connectors against the real servers, which the tests start themselves. A test whose server
//! is not installed says `not run` and passes, unless `PEERS_REQUIRED=1`.

#![expect(clippy::unwrap_used, reason = "all of this crate is tests: they fail by it")]

mod active_directory;
mod bench;
mod gateways;
mod services;
