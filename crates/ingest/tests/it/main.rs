//! The readers through their one door: fixtures, properties, and real data where it is at hand.

mod tickets;
mod tickets_real;
