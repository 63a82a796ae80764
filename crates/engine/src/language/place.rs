//! Where each part of a playbook stands in its text.

use std::{collections::BTreeMap, sync::Arc};

use super::{Expression, mistake::Fault};

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

/// An expression of a playbook: where it stands and which variables it may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedExpression {
    /// The JSON pointer of the text that holds it.
    pub pointer: String,
    /// The expression.
    pub expression: Expression,
    /// The variables that are known there, without `$`.
    pub variables: Vec<String>,
}

/// The text of a playbook, the places of all its parts by their JSON pointer
/// (`/do/0/pause/wait`), which for a task is the standard's task reference, and its expressions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Places(Arc<Inner>);

#[derive(Debug, Clone, PartialEq, Default)]
struct Inner {
    file: String,
    text: String,
    parts: BTreeMap<String, Place>,
    expressions: Vec<PlacedExpression>,
    warnings: Vec<Fault>,
}

impl Places {
    pub(super) fn new(file: &str, text: &str) -> Self {
        let (file, text) = (file.to_owned(), text.to_owned());
        Self(Arc::new(Inner { file, text, ..Inner::default() }))
    }

    pub(super) fn with(
        &self,
        parts: BTreeMap<String, Place>,
        expressions: Vec<PlacedExpression>,
        warnings: Vec<Fault>,
    ) -> Self {
        let (file, text) = (self.0.file.clone(), self.0.text.clone());
        Self(Arc::new(Inner { file, text, parts, expressions, warnings }))
    }

    /// What the parser noticed that does not stop it.
    pub(super) fn warnings(&self) -> &[Fault] {
        &self.0.warnings
    }

    /// The file's name, as it was given to the parser.
    pub fn file(&self) -> &str {
        &self.0.file
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// All expressions, in the order of the text as far as it was read.
    pub fn expressions(&self) -> &[PlacedExpression] {
        &self.0.expressions
    }

    /// The place of this part, or of the nearest part around it that has one.
    pub fn find(&self, pointer: &str) -> Place {
        let mut at = pointer;
        loop {
            if let Some(place) = self.0.parts.get(at) {
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
        self.0.parts.get(pointer).copied()
    }

    /// The line and the character of the line, both from 1, of this byte.
    pub fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let before = &self.0.text[..self.border(byte)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// The span, moved into the text and onto character borders.
    pub(super) fn fit(&self, span: Span) -> Span {
        let start = self.border(span.start);
        Span { start, end: self.border(span.end).max(start) }
    }

    fn border(&self, byte: usize) -> usize {
        let mut byte = byte.min(self.0.text.len());
        while !self.0.text.is_char_boundary(byte) {
            byte -= 1;
        }
        byte
    }
}

/// The pointer of a member of what `pointer` names.
pub(super) fn member(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}
