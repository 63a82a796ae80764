//! What can go wrong when a report is made.

/// A report that could not be made; each case is a fault in a template, not in the data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The view could not be written as JSON.
    #[error("view of {report} can't be serialised")]
    View {
        /// The template's name.
        report: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// Typst refused the template.
    #[error("template {report} does not compile: {messages}")]
    Template {
        /// The template's name.
        report: &'static str,
        /// Typst's messages.
        messages: String,
    },
    /// Typst could not write the PDF.
    #[error("{report} can't be written as PDF: {messages}")]
    Pdf {
        /// The template's name.
        report: &'static str,
        /// Typst's messages.
        messages: String,
    },
    /// The page overflows even in its tightest form.
    #[error("{report} takes {pages} pages where one is allowed")]
    TooLong {
        /// The template's name.
        report: &'static str,
        /// Pages it took.
        pages: usize,
    },
    /// The HTML template failed.
    #[error("HTML template fails")]
    Html(#[from] askama::Error),
}
