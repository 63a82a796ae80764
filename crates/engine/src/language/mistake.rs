//! What is wrong with a playbook, where, and what would be right. Owns the shape; showing it to
//! people is the caller's.

use std::fmt;

use kompel_model::Phrase;

use super::{Place, Places, Span, english::english};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The playbook can't be used.
    Error,
    /// It can, but look at this.
    Warning,
}

/// One thing that is wrong with a playbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Mistake {
    /// How bad it is.
    pub severity: Severity,
    /// A short stable name for its kind (`unknown-field`).
    pub code: &'static str,
    /// The file, as it was named by the caller.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character of the line, from 1.
    pub column: usize,
    /// The same place in bytes.
    pub span: Span,
    /// What is wrong: a fragment without a final full stop.
    pub says: Phrase,
    /// What to write instead, if that can be said.
    pub instead: Option<Phrase>,
}

impl Mistake {
    /// What is wrong, in English.
    pub fn message(&self) -> String {
        english(&self.says)
    }

    /// What to write instead, in English; may be empty.
    pub fn hint(&self) -> String {
        self.instead.as_ref().map(english).unwrap_or_default()
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message())?;
        if self.instead.is_none() { Ok(()) } else { write!(f, " ({})", self.hint()) }
    }
}

/// A mistake that does not yet know its line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    pub(super) severity: Severity,
    pub(super) code: &'static str,
    pub(super) span: Span,
    pub(super) says: Phrase,
    pub(super) instead: Option<Box<Phrase>>,
}

impl Fault {
    pub(super) fn new(code: &'static str, span: Span, says: Phrase) -> Self {
        Self { severity: Severity::Error, code, span, says, instead: None }
    }

    pub(super) fn hint(mut self, instead: Phrase) -> Self {
        self.instead = Some(Box::new(instead));
        self
    }

    pub(super) fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }
}

/// The faults as mistakes, in the order of the text.
pub(super) fn locate(mut faults: Vec<Fault>, places: &Places) -> Vec<Mistake> {
    faults.sort_by(|a, b| (a.span, a.severity, a.code).cmp(&(b.span, b.severity, b.code)));
    let located = faults.into_iter().map(|fault| {
        let span = places.fit(fault.span);
        let (line, column) = places.line_and_column(span.start);
        Mistake {
            severity: fault.severity,
            code: fault.code,
            file: places.file().to_owned(),
            line,
            column,
            span,
            says: fault.says,
            instead: fault.instead.map(|instead| *instead),
        }
    });
    located.take(MOST_MISTAKES).collect()
}

/// The hint to write just this.
pub(super) fn write(code: &str) -> Phrase {
    Phrase::new("instead-write").text("code", code)
}

/// The hint that a name like the written one exists.
pub(super) fn near(name: &str) -> Phrase {
    Phrase::new("instead-near").text("name", format!("`{name}`"))
}

/// The hint that these exist.
pub(super) fn known(names: impl IntoIterator<Item = impl fmt::Display>) -> Phrase {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    Phrase::new("instead-known").text("names", names.join(", "))
}

/// The stretch to point at for a part: its key if it has one, else itself.
pub(super) fn heading(place: Place) -> Span {
    place.key.unwrap_or(place.value)
}

const MOST_MISTAKES: usize = 100;
