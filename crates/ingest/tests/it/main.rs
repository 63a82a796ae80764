//! The readers through their one door: fixtures, properties, and real data where it is at hand.

#[cfg(test)]
mod tickets;
#[cfg(test)]
mod tickets_real;
