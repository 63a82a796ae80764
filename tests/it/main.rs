//! What discovery makes of real exports and of sample worlds, through the real readers.
//!
//! Real data is looked for beside the clone, or where `KOMPEL_SHARED` points; a test without it
//! says `not run` and passes.

#![expect(clippy::unwrap_used, reason = "all of this crate is tests: they fail by it")]
#![expect(clippy::print_stderr, reason = "a test that is not run says so")]

mod admin_log;
mod browser;
mod desk_tickets;
mod duplicates;
mod event_logs;
mod handovers;
mod hunt;
mod leaks;
mod leaving;
mod order;
mod quality;
mod rates;
mod reopened;
mod shared;
mod update;
mod webdriver;
