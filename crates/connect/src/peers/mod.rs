//! The peer systems, one file or folder each.

use std::sync::Arc;

use crate::Connector;

mod ad;

/// Every connector there is.
pub fn connectors() -> Vec<Arc<dyn Connector>> {
    vec![ad::connector()]
}
