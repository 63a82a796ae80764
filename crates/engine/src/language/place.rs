//! Where each part of a playbook stands in its text.

use std::collections::BTreeMap;

/// A stretch of the text, in bytes; `start <= end <= text.len()`, both on character borders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// Where a value stands, and the key in front of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Its key, if it is a member of a mapping.
    pub key: Option<Span>,
    /// Itself.
    pub value: Span,
}

/// The places of all parts of a playbook by their JSON pointer (`/do/0/wait/wait`), which for a
/// task is the standard's task reference.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places(BTreeMap<String, Place>);

impl Places {
    /// The place of this part, or of the nearest part around it that has one.
    pub fn find(&self, pointer: &str) -> Place {
        let mut at = pointer;
        loop {
            if let Some(place) = self.0.get(at) {
                return *place;
            }
            match at.rfind('/') {
                Some(cut) => at = &at[..cut],
                None => return Place::default(),
            }
        }
    }

    /// The place of exactly this part.
    pub fn get(&self, pointer: &str) -> Option<Place> {
        self.0.get(pointer).copied()
    }
}

impl FromIterator<(String, Place)> for Places {
    fn from_iter<I: IntoIterator<Item = (String, Place)>>(places: I) -> Self {
        Self(places.into_iter().collect())
    }
}
