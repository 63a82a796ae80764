//! What discovery makes of real exports and of sample worlds, through the real readers.
//!
//! Real data is looked for beside the clone, or where `KOMPEL_SHARED` points; a test without it
//! says `not run` and passes.

mod admin_log;
mod desk_tickets;
mod duplicates;
mod event_logs;
mod handovers;
mod hunt;
mod leaks;
mod order;
mod quality;
mod rates;
mod reopened;
mod shared;
mod update;
