//! Runs driven against the counting peer: what must never happen, and what always must.

mod approvals;
mod bench;
mod crash;
mod events;
mod peer;
mod runs;
