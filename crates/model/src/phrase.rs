//! Phrases: sentences as a message id and arguments, worded in Dutch or English at the edge.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One sentence to show: the id of a Fluent message and its arguments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Phrase {
    /// The message's id in `locales/*/…ftl`.
    pub id: String,
    /// The arguments by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, Arg>,
}

/// An argument of a [`Phrase`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Arg {
    /// A number, formatted by the language.
    Number(f64),
    /// A text, shown as it is.
    Text(String),
    /// A part of the sentence that is worded by itself.
    Phrase(Phrase),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Phrase> for Arg {
    fn from(phrase: Phrase) -> Self {
        Self::Phrase(phrase)
    }
}

impl Phrase {
    /// A phrase without arguments.
    pub fn new(id: &str) -> Self {
        Self { id: id.to_owned(), args: BTreeMap::new() }
    }

    /// The same with a number.
    #[must_use]
    pub fn number(mut self, name: &str, value: impl Into<f64>) -> Self {
        self.args.insert(name.to_owned(), Arg::Number(value.into()));
        self
    }

    /// The same with a whole number.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts shown to people stay far below 2^52")]
    pub fn count(self, name: &str, value: u64) -> Self {
        self.number(name, value as f64)
    }

    /// The same with any argument.
    #[must_use]
    pub fn arg(mut self, name: &str, value: impl Into<Arg>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }

    /// The same with a text.
    #[must_use]
    pub fn text(mut self, name: &str, value: impl Into<String>) -> Self {
        self.args.insert(name.to_owned(), Arg::Text(value.into()));
        self
    }
}
