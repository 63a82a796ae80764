//! Short recurring texts (statuses, groups, people) kept once in memory.

use kompel_model::{Name, PersonId};
use rustc_hash::FxHashSet;

/// Gives equal texts one shared [`Name`].
#[derive(Debug, Default)]
pub(crate) struct Names(FxHashSet<Name>);

impl Names {
    /// The shared form of a text, trimmed; `None` if nothing is left.
    pub(crate) fn name(&mut self, text: &str) -> Option<Name> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if let Some(name) = self.0.get(text) {
            return Some(name.clone());
        }
        let name: Name = text.into();
        self.0.insert(name.clone());
        Some(name)
    }

    /// The same for a person.
    pub(crate) fn person(&mut self, text: &str) -> Option<PersonId> {
        self.name(text).map(PersonId)
    }
}
