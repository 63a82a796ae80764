//! Cutting texts into words.

use std::ops::Range;

use super::names::{PSEUDONYM_LEN, is_pseudonym_start};

/// A word of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    /// The first byte.
    pub(super) start: usize,
    /// The byte after the last.
    pub(super) end: usize,
    /// True if it begins with a capital.
    pub(super) capital: bool,
    /// True if it has no digit.
    pub(super) letters: bool,
}

impl Token {
    /// Its bytes.
    pub(super) fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// Cuts the text into words: letters and digits, with hyphens and apostrophes inside names. A
/// pseudonym is one word, whatever digits it is made of: nothing may hang on those.
pub(super) fn tokenize(text: &str, out: &mut Vec<Token>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii() && !byte.is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        if byte == b'p' && is_pseudonym_start(&text[at..]) {
            let end = at + PSEUDONYM_LEN;
            out.push(Token { start: at, end, capital: false, letters: false });
            at = end;
            continue;
        }
        let (first, end) = char_at(text, at);
        if !first.is_alphanumeric() {
            at = end;
            continue;
        }
        let token = word_from(text, at, first);
        at = token.end;
        out.push(token);
    }
}

/// The word that begins with `first` at byte `start`.
fn word_from(text: &str, start: usize, first: char) -> Token {
    let bytes = text.as_bytes();
    let mut letters = first.is_alphabetic();
    let mut last = first;
    let mut at = start + first.len_utf8();
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii_alphanumeric() {
            letters &= byte.is_ascii_alphabetic();
            last = char::from(byte);
            at += 1;
            continue;
        }
        if byte.is_ascii() && !matches!(byte, b'-' | b'\'') {
            break;
        }
        let (c, end) = char_at(text, at);
        if c.is_alphanumeric() {
            letters &= c.is_alphabetic();
        } else if !joins(c, last, &text[end..]) {
            break;
        }
        last = c;
        at = end;
    }
    Token { start, end: at, capital: first.is_uppercase(), letters }
}

/// The character at byte `at`, and where it ends.
fn char_at(text: &str, at: usize) -> (char, usize) {
    match text.as_bytes()[at] {
        byte if byte.is_ascii() => (char::from(byte), at + 1),
        _ => {
            let c = text[at..].chars().next().unwrap_or_default();
            (c, at + c.len_utf8())
        }
    }
}

fn joins(mark: char, before: char, rest: &str) -> bool {
    let Some(after) = rest.chars().next() else { return false };
    match mark {
        '-' => before.is_alphabetic() && after.is_alphabetic(),
        '\'' | '’' => before.is_uppercase() && after.is_uppercase(),
        _ => is_combining(mark),
    }
}

fn is_combining(c: char) -> bool {
    !c.is_ascii() && unicode_normalization::char::is_combining_mark(c)
}
