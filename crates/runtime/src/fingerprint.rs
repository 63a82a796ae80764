//! The SHA-256 of what was read.

use sha2::{Digest as _, Sha256};

/// Collects bytes and gives their SHA-256.
#[derive(Default)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// Adds bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The SHA-256 of all bytes added, in hexadecimal digits.
    pub fn finish(self) -> String {
        crate::key::to_hex(&self.0.finalize())
    }
}
