//! The common part of reading: values by their expected kind, members by their known names, and
//! every mistake with its place. A reading function that answers `None` has said why.

use std::collections::BTreeSet;

use kompel_model::{Arg, Phrase};
use serde_json::{Map, Value};

use super::refused;
use crate::language::{
    Expression, Severity, Span, embedded_expression,
    mistake::{Fault, known as known_here, near, write},
    place::{PlacedExpression, member},
    yaml::{Kind, Member, Node, to_object},
};

/// Reads a tree of values, gathering mistakes and expressions.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) faults: Vec<Fault>,
    pub(super) expressions: Vec<PlacedExpression>,
    /// The variables that the surrounding loops and catches add.
    pub(super) scope: Vec<String>,
    pub(super) tasks: usize,
}

/// A value, the key in front of it, and its pointer.
#[derive(Debug, Clone)]
pub(super) struct Spot<'n> {
    pub(super) node: &'n Node,
    pub(super) key: Option<Span>,
    pub(super) pointer: String,
}

/// A mapping whose members all have known names.
#[derive(Debug, Clone)]
pub(super) struct Fields<'n> {
    members: &'n [Member],
    unknown: Vec<&'n str>,
    pub(super) pointer: String,
    pub(super) span: Span,
}

/// From where an expression is evaluated; decides which variables it knows.
///
/// # Source
/// dsl.md, the table of arguments under "Runtime expressions".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    PlaybookInput,
    BeforeTask,
    Definition,
    TaskOutput,
    Export,
    PlaybookOutput,
}

impl Position {
    fn variables(self) -> &'static [&'static str] {
        match self {
            Self::PlaybookInput => &["workflow", "runtime"],
            Self::BeforeTask => &["context", "task", "workflow", "runtime"],
            Self::Definition | Self::TaskOutput => {
                &["context", "input", "task", "workflow", "runtime", "authorization"]
            }
            Self::Export => {
                &["context", "input", "output", "task", "workflow", "runtime", "authorization"]
            }
            Self::PlaybookOutput => &["context", "workflow", "runtime"],
        }
    }
}

impl<'n> Spot<'n> {
    pub(super) fn root(node: &'n Node) -> Self {
        Self { node, key: None, pointer: String::new() }
    }

    /// The stretch to point at: the key if there is one.
    pub(super) fn heading(&self) -> Span {
        self.key.unwrap_or(self.node.span)
    }

    pub(super) fn item(&self, index: usize, node: &'n Node) -> Self {
        Self { node, key: None, pointer: format!("{}/{index}", self.pointer) }
    }

    pub(super) fn entry(&self, entry: &'n Member) -> Self {
        let pointer = member(&self.pointer, &entry.key);
        Self { node: &entry.value, key: Some(entry.key_span), pointer }
    }
}

impl<'n> Fields<'n> {
    pub(super) fn get(&self, key: &str) -> Option<Spot<'n>> {
        let entry = self.members.iter().find(|entry| entry.key == key)?;
        let pointer = member(&self.pointer, key);
        Some(Spot { node: &entry.value, key: Some(entry.key_span), pointer })
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.members.iter().any(|entry| entry.key == key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &'n str> {
        self.members.iter().map(|entry| entry.key.as_str())
    }
}

impl Reader {
    /// What does not stop the reading.
    pub(super) fn warnings(&self) -> Vec<Fault> {
        let warning = |fault: &&Fault| fault.severity == Severity::Warning;
        self.faults.iter().filter(warning).cloned().collect()
    }

    pub(super) fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Says that something else is expected here.
    pub(super) fn unfit(&mut self, spot: &Spot<'_>, expected: impl Into<Arg>, hint: Phrase) {
        let says = Phrase::new("mistake-kind")
            .arg("found", spot.node.describe())
            .arg("expected", expected);
        self.fault(Fault::new("kind", spot.node.span, says).hint(hint));
    }

    pub(super) fn members<'n>(
        &mut self,
        spot: &Spot<'n>,
        what: impl Into<Arg>,
    ) -> Option<&'n [Member]> {
        match &spot.node.kind {
            Kind::Map(members) => Some(members),
            _ => {
                let expected = Phrase::new("part-as-mapping").arg("what", what);
                self.unfit(spot, expected, Phrase::new("instead-lines"));
                None
            }
        }
    }

    pub(super) fn items<'n>(
        &mut self,
        spot: &Spot<'n>,
        what: impl Into<Arg>,
    ) -> Option<&'n [Node]> {
        match &spot.node.kind {
            Kind::List(items) => Some(items),
            _ => {
                let expected = Phrase::new("part-as-list").arg("what", what);
                self.unfit(spot, expected, Phrase::new("instead-items").text("code", "`- `"));
                None
            }
        }
    }

    /// A mapping that may have these members and no others.
    pub(super) fn fields<'n>(
        &mut self,
        spot: &Spot<'n>,
        what: impl Into<Arg>,
        known: &[&str],
    ) -> Option<Fields<'n>> {
        let what = what.into();
        let members = self.members(spot, what.clone())?;
        let mut unknown = Vec::new();
        for entry in members.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            self.fault(unknown_field(entry, &what, known));
            unknown.push(entry.key.as_str());
        }
        Some(Fields { members, unknown, pointer: spot.pointer.clone(), span: spot.heading() })
    }

    /// A member that must be there. Says nothing if a misspelt one, already told, may be it.
    pub(super) fn need<'n>(
        &mut self,
        fields: &Fields<'n>,
        key: &str,
        hint: Phrase,
    ) -> Option<Spot<'n>> {
        let found = fields.get(key);
        let misspelt = fields.unknown.iter().any(|word| nearest(word, &[key]).is_some());
        if found.is_none() && !misspelt {
            let says = Phrase::new("mistake-missing-field").text("name", key);
            self.fault(Fault::new("missing-field", fields.span, says).hint(hint));
        }
        found
    }

    pub(super) fn text(&mut self, spot: &Spot<'_>) -> Option<String> {
        match &spot.node.kind {
            Kind::Text(text) => Some(text.clone()),
            Kind::Number(number) => {
                self.unfit(spot, Phrase::new("part-text"), quotes(number));
                None
            }
            Kind::Bool(value) => {
                self.unfit(spot, Phrase::new("part-text"), quotes(value));
                None
            }
            Kind::Null | Kind::List(_) | Kind::Map(_) => {
                self.unfit(spot, Phrase::new("part-text"), Phrase::new("instead-text"));
                None
            }
        }
    }

    /// A text that must not be empty.
    pub(super) fn name(&mut self, spot: &Spot<'_>) -> Option<String> {
        let text = self.text(spot)?;
        if text.trim().is_empty() {
            self.fault(
                Fault::new("empty-text", spot.node.span, Phrase::new("mistake-empty-text"))
                    .hint(Phrase::new("instead-a-name")),
            );
            return None;
        }
        Some(text)
    }

    /// The name of a variable, as jq can write it.
    pub(super) fn variable(&mut self, spot: &Spot<'_>) -> Option<String> {
        let text = self.text(spot)?;
        let mut letters = text.chars();
        let plain = letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && letters.all(|c| c.is_ascii_alphanumeric() || c == '_');
        if plain {
            return Some(text);
        }
        let message = Phrase::new("mistake-variable").text("text", text);
        self.fault(
            Fault::new("variable", spot.node.span, message).hint(Phrase::new("instead-variable")),
        );
        None
    }

    pub(super) fn boolean(&mut self, spot: &Spot<'_>) -> Option<bool> {
        match spot.node.kind {
            Kind::Bool(value) => Some(value),
            _ => {
                self.unfit(spot, Phrase::new("part-bool"), Phrase::new("instead-bool"));
                None
            }
        }
    }

    /// A whole number within these bounds.
    pub(super) fn whole(&mut self, spot: &Spot<'_>, least: u64, most: u64) -> Option<u64> {
        let number = match &spot.node.kind {
            Kind::Number(number) => number.as_u64(),
            _ => None,
        };
        match number {
            Some(number) if (least..=most).contains(&number) => Some(number),
            _ => {
                let expected = Phrase::new("part-whole")
                    .text("least", least.to_string())
                    .text("most", most.to_string());
                let hint = Phrase::new("instead-part").arg("part", expected.clone());
                self.unfit(spot, expected, hint);
                None
            }
        }
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, spot: &Spot<'_>, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(spot)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let says = Phrase::new("mistake-word").text("text", &text);
            self.fault(Fault::new("word", spot.node.span, says).hint(one_of(&text, &known)));
        }
        found.map(|(_, value)| *value)
    }

    /// An expression where one is expected: bare or in `${ }`.
    pub(super) fn expression(&mut self, spot: &Spot<'_>, position: Position) -> Option<Expression> {
        let text = match &spot.node.kind {
            Kind::Text(text) => text.clone(),
            Kind::Bool(_) | Kind::Number(_) => {
                let written = spot.node.to_value();
                let hint =
                    Phrase::new("instead-as-text").text("code", format!("'${{ {written} }}'"));
                self.unfit(spot, Phrase::new("part-expression"), hint);
                return None;
            }
            Kind::Null | Kind::List(_) | Kind::Map(_) => {
                self.unfit(spot, Phrase::new("part-expression"), Phrase::new("instead-expression"));
                return None;
            }
        };
        if text.trim().is_empty() {
            let fault =
                Fault::new("empty-text", spot.node.span, Phrase::new("mistake-empty-expression"));
            self.fault(fault.hint(Phrase::new("instead-expression")));
            return None;
        }
        let expression = Expression::new(text);
        self.found(&spot.pointer, expression.clone(), position);
        Some(expression)
    }

    /// A text that may be `${ … }` as a whole.
    pub(super) fn text_or_expression(
        &mut self,
        spot: &Spot<'_>,
        position: Position,
    ) -> Option<String> {
        let text = self.text(spot)?;
        self.found_in_text(spot, &text, position);
        Some(text)
    }

    /// Any value, with `${ … }` in its texts.
    pub(super) fn template(&mut self, spot: &Spot<'_>, position: Position) -> Value {
        self.search(spot, position);
        spot.node.to_value()
    }

    /// A mapping with `${ … }` in its texts.
    pub(super) fn object(
        &mut self,
        spot: &Spot<'_>,
        what: impl Into<Arg>,
        position: Position,
    ) -> Option<Map<String, Value>> {
        let members = self.members(spot, what)?;
        self.search(spot, position);
        Some(to_object(members))
    }

    /// A mapping that is kept as it is.
    pub(super) fn free(
        &mut self,
        spot: &Spot<'_>,
        what: impl Into<Arg>,
    ) -> Option<Map<String, Value>> {
        self.members(spot, what).map(to_object)
    }

    fn search(&mut self, spot: &Spot<'_>, position: Position) {
        match &spot.node.kind {
            Kind::Text(text) => self.found_in_text(spot, text, position),
            Kind::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.search(&spot.item(index, item), position);
                }
            }
            Kind::Map(members) => {
                for entry in members {
                    self.search(&spot.entry(entry), position);
                }
            }
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => {}
        }
    }

    fn found_in_text(&mut self, spot: &Spot<'_>, text: &str, position: Position) {
        if embedded_expression(text).is_some() {
            self.found(&spot.pointer, Expression::new(text), position);
        } else if text.contains("${") {
            self.fault(
                Fault::new(
                    "part-expression",
                    spot.node.span,
                    Phrase::new("mistake-part-expression"),
                )
                .hint(Phrase::new("instead-one-expression").text("code", r#"${ "Dear \(.name)" }"#))
                .warning(),
            );
        } else if is_like_an_expression(text) {
            let message = Phrase::new("mistake-bare-expression").text("text", text);
            let hint =
                Phrase::new("instead-bare-expression").text("code", format!("${{ {text} }}"));
            self.fault(Fault::new("bare-expression", spot.node.span, message).hint(hint).warning());
        }
    }

    fn found(&mut self, pointer: &str, expression: Expression, position: Position) {
        let mut variables: Vec<String> =
            position.variables().iter().map(|name| (*name).to_owned()).collect();
        variables.extend(self.scope.iter().cloned());
        let pointer = pointer.to_owned();
        self.expressions.push(PlacedExpression { pointer, expression, variables });
    }

    /// Reads something inside which these variables are known as well.
    pub(super) fn within<T>(&mut self, variables: &[&str], read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.scope.len();
        self.scope.extend(variables.iter().map(|name| (*name).to_owned()));
        let result = read(self);
        self.scope.truncate(before);
        result
    }

    /// Reads a mapping of named things.
    pub(super) fn named<T>(
        &mut self,
        spot: &Spot<'_>,
        what: impl Into<Arg>,
        mut read: impl FnMut(&mut Self, &str, &Spot<'_>) -> Option<T>,
    ) -> Option<std::collections::BTreeMap<String, T>> {
        let members = self.members(spot, what)?;
        let read: Vec<Option<(String, T)>> = members
            .iter()
            .map(|entry| {
                let value = read(self, &entry.key, &spot.entry(entry));
                value.map(|value| (entry.key.clone(), value))
            })
            .collect();
        read.into_iter().collect()
    }
}

fn unknown_field(entry: &Member, what: &Arg, known: &[&str]) -> Fault {
    let name = match what {
        Arg::Text(text) => text,
        Arg::Phrase(phrase) => &phrase.id,
        Arg::Number(_) => "",
    };
    if let Some((says, hint)) = refused::field(name, &entry.key) {
        return Fault::new("refused", entry.key_span, says).hint(hint);
    }
    let says =
        Phrase::new("mistake-unknown-field").arg("what", what.clone()).text("name", &entry.key);
    Fault::new("unknown-field", entry.key_span, says).hint(one_of(&entry.key, known))
}

fn quotes(value: impl std::fmt::Display) -> Phrase {
    Phrase::new("instead-quotes").text("code", format!("'{value}'"))
}

/// True for `.customer.name` and `$item`, which in a value are but texts.
fn is_like_an_expression(text: &str) -> bool {
    let path = |rest: &str| {
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && rest.chars().all(|c| c.is_ascii_alphanumeric() || "_.[]".contains(c))
    };
    text.strip_prefix('.').or_else(|| text.strip_prefix('$')).is_some_and(path)
}

/// "did you mean …", or all that would be right.
pub(super) fn one_of(written: &str, known: &[&str]) -> Phrase {
    if let Some(name) = nearest(written, known) {
        return near(name);
    }
    let known: BTreeSet<&str> = known.iter().copied().collect();
    let mut names = known.iter();
    match (names.next(), names.next()) {
        (None, _) => Phrase::new("instead-leave-out"),
        (Some(only), None) => write(&format!("`{only}`")),
        (Some(_), Some(_)) => known_here(known.iter().take(20)),
    }
}

/// The known word that is most like the written one, if any is.
pub(in crate::language) fn nearest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    let (folded, letters) = (written.to_lowercase(), written.chars().count());
    if letters > 64 {
        return None;
    }
    let most = letters.max(3).div_ceil(3).min(3);
    known
        .iter()
        .map(|word| (strsim::damerau_levenshtein(&folded, &word.to_lowercase()), *word))
        .filter(|(distance, word)| {
            *distance <= most && *distance < letters.min(word.chars().count())
        })
        .min()
        .map(|(_, word)| word)
}
