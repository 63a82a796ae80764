//! One wording: head words and the rest.

use std::collections::BTreeMap;

use regex::Regex;

use super::{Sign, is_word};

/// A wording that begins with one of some plain words.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    pub(super) sign: Sign,
    /// True for a wording whose presence bars its sign at that place.
    pub(super) bars: bool,
    /// What must follow the head; `None` if nothing need.
    rest: Option<Regex>,
}

/// A pattern's head words and itself.
pub(super) type Parsed = (Vec<String>, Pattern);

impl Pattern {
    /// Reads the file's form of a pattern; the error says what would be right.
    pub(super) fn parse(
        sign: Sign,
        text: &str,
        macros: &BTreeMap<String, String>,
    ) -> Result<Parsed, String> {
        let bars = text.starts_with('!') && !text.starts_with("!log");
        let text = if bars { &text[1..] } else { text };
        let (head, rest) = text.split_once(' ').unwrap_or((text, ""));
        let heads: Vec<String> = head.split('|').map(str::to_owned).collect();
        let plain = |c: char| c.is_alphanumeric() || "'-@!,:/".contains(c);
        if let Some(bad) = heads.iter().find(|h| h.is_empty() || !h.chars().all(plain)) {
            return Err(format!(
                "the head {bad:?} must be plain words separated by |; put the regular expression \
                 after the first space"
            ));
        }
        let rest = match rest {
            "" => None,
            rest => Some(compile_rest(rest, macros)?),
        };
        Ok((heads, Self { sign, bars, rest }))
    }

    /// The length of the match in what follows the head; `None` if it does not match.
    pub(super) fn matches(&self, following: &str) -> Option<usize> {
        match &self.rest {
            None => match following.bytes().next() {
                Some(byte) if is_word(byte) => None,
                _ => Some(0),
            },
            Some(rest) => rest.find(following).map(|found| found.end()),
        }
    }
}

/// `SEPARATOR` is what stands between two words of a sentence.
const SEPARATOR: &str = r#"(?:[ ,;:'"()*_/<>-]{1,4})"#;
const GAP: &str = r#"(?:[a-z0-9@\[\].#&+'-]*[a-z0-9\]'-][ '"()*_/-]{1,3}){0,5}?"#;

fn compile_rest(rest: &str, macros: &BTreeMap<String, String>) -> Result<Regex, String> {
    let rest = expand(rest, macros)?;
    let rest = rest.replace(".. )?", ".. )??");
    let body = rest.replace(" .. ", " \u{1}").replace("(?:.. )??", "\u{1}");
    let body = body.strip_prefix(".. ").map_or(body.clone(), |after| format!("\u{1}{after}"));
    let body = body.replace(' ', SEPARATOR).replace('\u{1}', GAP);
    let source = if wholly_optional(&rest) {
        format!("^(?:{SEPARATOR}{body})?(?:\\b|$|[^a-z0-9])")
    } else {
        format!("^{SEPARATOR}(?:{body})(?:\\b|$|[^a-z0-9])")
    };
    regex::RegexBuilder::new(&source)
        .unicode(true)
        .size_limit(4 << 20)
        .build()
        .map_err(|e| format!("not a regular expression: {e}"))
}

/// True for "(?:…)?" around everything.
fn wholly_optional(rest: &str) -> bool {
    let Some(inner) = rest.strip_prefix("(?:").and_then(|r| r.strip_suffix(")?")) else {
        return false;
    };
    let mut depth = 0_i32;
    inner.chars().all(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth >= 0
    })
}

/// Puts `{name}`s in.
pub(super) fn expand(text: &str, macros: &BTreeMap<String, String>) -> Result<String, String> {
    let mut text = text.to_owned();
    for _ in 0..4 {
        for (name, value) in macros {
            text = text.replace(&format!("{{{name}}}"), &format!("(?:{value})"));
        }
    }
    match text.find("{").filter(|at| text[at + 1..].starts_with(|c: char| c.is_alphabetic())) {
        Some(at) => Err(format!("{} is not in [words]", &text[at..])),
        None => Ok(text),
    }
}
