//! The action catalogue: what each action of each connector promises.
//!
//! Owns the promise, not the keeping of it: `connect` keeps it, `runtime` relies on it, and the
//! playbook checker reads it as a value.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An action's name: `connector.action`, each part lower-case letters, digits and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ActionName(String);

impl ActionName {
    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The connector's part.
    pub fn connector(&self) -> &str {
        self.0.split_once('.').map_or(self.0.as_str(), |(connector, _)| connector)
    }

    /// The action's part.
    pub fn action(&self) -> &str {
        self.0.split_once('.').map_or("", |(_, action)| action)
    }
}

impl fmt::Display for ActionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ActionName {
    type Err = UnusableActionName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |part: &str| {
            (1..=48).contains(&part.len())
                && part.starts_with(|c: char| c.is_ascii_lowercase())
                && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        match text.split_once('.') {
            Some((connector, action)) if plain(connector) && plain(action) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(UnusableActionName(text.to_owned())),
        }
    }
}

impl TryFrom<String> for ActionName {
    type Error = UnusableActionName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ActionName> for String {
    fn from(name: ActionName) -> Self {
        name.0
    }
}

/// A name that no action can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unusable action name {0:?}: use `connector.action` in lower case")]
pub struct UnusableActionName(pub String);

/// What an action does to the system it works on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ActionEffect {
    /// Changes nothing.
    Read,
    /// Changes something that `undo` puts back.
    Reversible {
        /// The action that takes it back.
        undo: ActionName,
    },
    /// Changes something for good.
    Irreversible,
    /// Tells people or keeps the record of the work itself (a mail, a comment on the run's own
    /// ticket); changes no client's system, so no approval binds it.
    Notice,
}

impl ActionEffect {
    /// True unless the action only reads.
    pub fn writes(&self) -> bool {
        !matches!(self, Self::Read)
    }

    /// True if doing it is bound by an approved plan.
    pub fn needs_approval(&self) -> bool {
        matches!(self, Self::Reversible { .. } | Self::Irreversible)
    }
}

/// Why a second attempt at the same step does no harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// Doing it twice is doing it once (a disabled account stays disabled).
    Natural,
    /// The peer itself drops a second request with the same idempotency key.
    Keyed,
    /// Before repeating an attempt whose outcome is unknown, `look` says whether it was done.
    Look,
    /// Nothing can tell; after an unknown outcome a person decides.
    Never,
}

/// One action's promise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActionSpec {
    /// Its name.
    pub name: ActionName,
    /// What it does, one English sentence without a full stop.
    pub summary: String,
    /// What it does to the system.
    pub effect: ActionEffect,
    /// How a repeat is safe.
    pub repeat: Repeat,
    /// The permissions it needs at the peer, in the peer's own words, least first.
    pub permissions: Vec<String>,
    /// The kinds of systems it touches, as people name them ("Active Directory").
    pub systems: Vec<String>,
    /// JSON Schema of its input (without `connection`, which the runtime takes out).
    pub input: Value,
    /// JSON Schema of its output.
    pub output: Value,
}

/// All actions that exist here, by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Catalogue(BTreeMap<ActionName, ActionSpec>);

impl Catalogue {
    /// The action with this name.
    pub fn get(&self, name: &ActionName) -> Option<&ActionSpec> {
        self.0.get(name)
    }

    /// All actions, by name.
    pub fn iter(&self) -> impl Iterator<Item = &ActionSpec> {
        self.0.values()
    }
}

impl FromIterator<ActionSpec> for Catalogue {
    fn from_iter<I: IntoIterator<Item = ActionSpec>>(specs: I) -> Self {
        Self(specs.into_iter().map(|spec| (spec.name.clone(), spec)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_has_a_connector_and_a_plain_name() {
        for (text, usable) in [
            ("ad.disable", true),
            ("approval.ask", true),
            ("graph.revoke-sessions", true),
            ("http", false),
            ("Ad.disable", false),
            ("ad.", false),
            ("a.b.c", false),
            ("ad.dis able", false),
        ] {
            assert_eq!(text.parse::<ActionName>().is_ok(), usable, "{text}");
        }
        let name: ActionName = "ad.disable".parse().unwrap();
        assert_eq!((name.connector(), name.action()), ("ad", "disable"));
    }
}
