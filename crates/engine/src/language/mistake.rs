//! What is wrong with a playbook, where, and what would be right. Owns the shape; showing it to
//! people is the caller's.

use std::fmt;

use super::{Place, Places, Span};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The playbook can't be used.
    Error,
    /// It can, but look at this.
    Warning,
}

/// One thing that is wrong with a playbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// How bad it is.
    pub severity: Severity,
    /// A short stable name for its kind (`unknown-field`), by which it can be translated.
    pub code: &'static str,
    /// The file, as it was named by the caller.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character of the line, from 1.
    pub column: usize,
    /// The same place in bytes.
    pub span: Span,
    /// What is wrong, in English: a fragment without a final full stop.
    pub message: String,
    /// What to write instead; may be empty.
    pub hint: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, " ({})", self.hint) }
    }
}

/// A mistake that does not yet know its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) severity: Severity,
    pub(super) code: &'static str,
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) hint: String,
}

impl Fault {
    pub(super) fn new(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        let (severity, message) = (Severity::Error, message.into());
        Self { severity, code, span, message, hint: String::new() }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
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
            message: fault.message,
            hint: fault.hint,
        }
    });
    located.take(MOST_MISTAKES).collect()
}

/// The stretch to point at for a part: its key if it has one, else itself.
pub(super) fn heading(place: Place) -> Span {
    place.key.unwrap_or(place.value)
}

const MOST_MISTAKES: usize = 100;
