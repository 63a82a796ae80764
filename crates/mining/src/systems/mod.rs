//! The gazetteer: which systems a text names.
//!
//! Owns the products and generic systems of `data/systems.toml`, and learns names that the data
//! themselves use as systems. Plain nouns (account, mailbox) are no systems. Which of them a
//! process touches is counted elsewhere.

mod learn;
mod load;

use std::{collections::BTreeMap, sync::Arc};

use aho_corasick::AhoCorasick;

pub use load::SystemsError;
use load::{Alias, When};

/// A system of the gazetteer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SystemId(pub u16);

/// What a system is to the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// A ticket system.
    Ticket,
    /// A chat tool.
    Chat,
    /// A system that people work in.
    Other,
}

/// The systems, ready for finding.
#[derive(Debug, Clone)]
pub struct Systems {
    systems: Vec<System>,
    aliases: Vec<Alias>,
    finder: Arc<AhoCorasick>,
    /// Words that are never learned.
    never: Arc<std::collections::BTreeSet<String>>,
}

#[derive(Debug, Clone)]
struct System {
    name: String,
    category: String,
    generic: bool,
    learned: bool,
}

impl Systems {
    /// The systems Kompel comes with.
    pub fn builtin() -> Self {
        Self::with_extra("").expect("the built-in systems are tested")
    }

    /// The built-in systems with a user's file merged over them.
    ///
    /// # Errors
    /// The line of the first mistake in `extra`, and what would be right.
    pub fn with_extra(extra: &str) -> Result<Self, SystemsError> {
        load::systems(extra)
    }

    /// The built-in gazetteer with systems added (a name and the other ways people write it) and
    /// names or spellings taken out, which are not learned from the data either.
    ///
    /// # Errors
    /// A spelling that cannot be looked for, and what would be right.
    pub fn changed(
        add: &BTreeMap<String, Vec<String>>,
        remove: &[String],
    ) -> Result<Self, SystemsError> {
        load::changed(add, remove)
    }

    /// The systems that `text` (as written) names, in order of id, without doubles.
    ///
    /// A generic system is left out when a specific one of its category is named.
    pub fn find(&self, text: &str) -> Vec<SystemId> {
        let mut found: Vec<SystemId> = Vec::new();
        for hit in self.finder.find_iter(text) {
            // Several systems may share a spelling under different conditions.
            let alias = &self.aliases[hit.pattern().as_usize()];
            if alias.holds(text, hit.start(), hit.end()) && !found.contains(&alias.system) {
                found.push(alias.system);
            }
        }
        let covered = |id: SystemId| {
            self.system(id).generic
                && found.iter().any(|other| {
                    !self.system(*other).generic
                        && self.system(*other).category == self.system(id).category
                })
        };
        let mut specific: Vec<SystemId> =
            found.iter().copied().filter(|id| !covered(*id)).collect();
        specific.sort_unstable();
        specific
    }

    /// The system with this name or exactly this spelling, whatever its case.
    pub fn named(&self, name: &str) -> Option<SystemId> {
        let by_name = self.systems.iter().position(|s| s.name.eq_ignore_ascii_case(name));
        by_name.and_then(|at| u16::try_from(at).ok()).map(SystemId).or_else(|| {
            let alias = self.aliases.iter().find(|a| a.text.eq_ignore_ascii_case(name))?;
            Some(alias.system)
        })
    }

    /// Its name, as people know it.
    pub fn name(&self, id: SystemId) -> &str {
        &self.system(id).name
    }

    /// What it is to the work: the ticket system, a chat tool or a system worked in.
    pub fn category(&self, id: SystemId) -> Category {
        match self.category_name(id) {
            "ticket" => Category::Ticket,
            "chat" => Category::Chat,
            _ => Category::Other,
        }
    }

    /// Its section in the file: `directory`, `vpn`, `mail`…; `learned` for learned names.
    pub fn category_name(&self, id: SystemId) -> &str {
        &self.system(id).category
    }

    /// True for "VPN", "firewall" and the like, which name no product.
    pub fn is_generic(&self, id: SystemId) -> bool {
        self.system(id).generic
    }

    /// True if it was found in the data and is not in the gazetteer.
    pub fn is_learned(&self, id: SystemId) -> bool {
        self.system(id).learned
    }

    /// How many systems it knows.
    pub fn len(&self) -> usize {
        self.systems.len()
    }

    /// True if it knows none.
    pub fn is_empty(&self) -> bool {
        self.systems.is_empty()
    }

    fn system(&self, id: SystemId) -> &System {
        static NONE: System =
            System { name: String::new(), category: String::new(), generic: false, learned: false };
        self.systems.get(usize::from(id.0)).unwrap_or(&NONE)
    }

    /// Adds learned names: each a system by itself.
    fn add(&mut self, names: Vec<String>) {
        for name in names {
            let Ok(number) = u16::try_from(self.systems.len()) else { return };
            self.aliases.push(Alias {
                text: name.clone(),
                when: When::Exact,
                system: SystemId(number),
            });
            self.systems.push(System {
                name,
                category: "learned".to_owned(),
                generic: false,
                learned: true,
            });
        }
        if let Ok(finder) = load::finder(&self.aliases) {
            self.finder = Arc::new(finder);
        }
    }
}

#[cfg(test)]
mod tests;
