//! Calls into the process-mining importers, which panic on some malformed files.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What `import` gives, or `None` if it panicked: its inputs are borrowed bytes, and what it was
/// building is dropped, so nothing half-made is seen.
pub(super) fn guarded<T>(import: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(import)).ok()
}
