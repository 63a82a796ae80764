//! The sample world through its one door.

#[cfg(test)]
mod world;
