//! Counting with examples.

use kompel_model::{MemberRef, Timestamp};

use crate::Tally;

/// Examples that a [`Tally`] names.
const EXAMPLES: usize = 5;

/// A [`Tally`] in the making; the order of seeing does not matter.
#[derive(Debug, Default)]
pub(crate) struct Tallied {
    count: u32,
    of: u32,
    examples: Vec<(Option<Timestamp>, MemberRef)>,
}

impl Tallied {
    /// Counts one record that could show it, and whether it does.
    pub(crate) fn see(&mut self, id: &MemberRef, at: Option<Timestamp>, shows: bool) {
        self.of += 1;
        if !shows {
            return;
        }
        self.count += 1;
        let key = (at.is_none(), at, id);
        let full = self.examples.len() >= EXAMPLES;
        if full
            && self.examples.last().is_some_and(|last| (last.0.is_none(), last.0, &last.1) <= key)
        {
            return;
        }
        let place = self.examples.partition_point(|e| (e.0.is_none(), e.0, &e.1) < key);
        self.examples.insert(place, (at, id.clone()));
        self.examples.truncate(EXAMPLES);
    }
}

impl From<Tallied> for Tally {
    fn from(tallied: Tallied) -> Self {
        Self {
            count: tallied.count,
            of: tallied.of,
            examples: tallied.examples.into_iter().map(|(_, id)| id).collect(),
        }
    }
}
