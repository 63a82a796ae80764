//! The mark that a step leaves at a peer, by which a later look finds what it did.

use sha2::{Digest as _, Sha256};

use crate::Call;

/// The same for every attempt at the same step, different for any other, and telling nothing of it.
pub(crate) fn marker(call: &Call) -> String {
    let mut digest = Sha256::new();
    digest.update(call.connection.tenant.as_str());
    digest.update([0]);
    digest.update(&call.key);
    digest.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}
