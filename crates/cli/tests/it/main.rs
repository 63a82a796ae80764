//! The real binary on small inputs: what it prints, keeps, refuses, and never shows.

mod desk;
mod failures;
mod hunts;
mod privacy;
