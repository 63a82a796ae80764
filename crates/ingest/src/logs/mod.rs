//! Event logs of process mining: XES and OCEL 2.0, in and out.

mod guard;

pub(crate) mod ocel;
mod ocel_out;
mod ocel_sqlite;
pub(crate) mod xes;
mod xes_out;

pub use ocel_out::{OcelLog, to_ocel};
pub use xes_out::to_xes;

#[cfg(test)]
mod tests;
