//! Secrets: from `secret://name` in a connection's settings to the value that its peer is given.
//!
//! Owns where secrets are kept (the environment, an age-encrypted file), whose they are, and how
//! they are kept out of every text that leaves. Reads no environment itself: the command line hands
//! it over.

mod name;
mod scrub;
mod sources;
mod vault;

pub use name::SecretName;
pub use scrub::{Scrubbed, Scrubber};
pub use sources::{Reference, Secrets};
pub use vault::{KeptSecret, Vault};

#[cfg(test)]
mod tests;
