//! YAML text as a tree of values that know their place. Owns what we accept of YAML: one document
//! of the JSON kinds, text keys, no tags, no merge keys, and aliases within bounds.

use std::{borrow::Cow, collections::BTreeMap};

use kompel_model::Phrase;
use serde_json::{Map, Number, Value};
use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle};

use super::{Span, mistake::Fault, place::Place, place::member};

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) kind: Kind,
}

/// The kinds of values.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Member>),
}

/// A member of a mapping.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) value: Node,
}

impl Node {
    /// Reads the text.
    pub(super) fn read(text: &str) -> Result<Self, Fault> {
        if text.len() > MOST_BYTES {
            let message =
                Phrase::new("mistake-too-large").text("most", (MOST_BYTES / 1024).to_string());
            return Err(Fault::new("too-large", Span::default(), message)
                .hint(Phrase::new("instead-split")));
        }
        let options = serde_saphyr::granit_parser::options! { emit_comments: false };
        let events = Parser::new_from_str_with_options(text, options);
        let root = Composer { text, events, anchors: BTreeMap::new(), weight: 0 }.document()?;
        match root.too_far(0) {
            Some(span) => Err(Fault::new("too-deep", span, Phrase::new("mistake-names-too-long"))
                .hint(Phrase::new("instead-shorter-names"))),
            None => Ok(root),
        }
    }

    /// The value alone.
    pub(super) fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(value) => Value::Number(value.clone()),
            Kind::Text(value) => Value::String(value.clone()),
            Kind::List(items) => items.iter().map(Self::to_value).collect(),
            Kind::Map(members) => Value::Object(to_object(members)),
        }
    }

    /// What it is, for messages.
    pub(super) fn describe(&self) -> Phrase {
        Phrase::new(match self.kind {
            Kind::Null => "part-nothing",
            Kind::Bool(_) => "part-bool",
            Kind::Number(_) => "part-number",
            Kind::Text(_) => "part-text",
            Kind::List(_) => "part-list",
            Kind::Map(_) => "part-mapping",
        })
    }

    /// The places of this value and of everything in it.
    pub(super) fn places(
        &self,
        pointer: &str,
        key: Option<Span>,
        into: &mut BTreeMap<String, Place>,
    ) {
        into.insert(pointer.to_owned(), Place { key, value: self.span });
        match &self.kind {
            Kind::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    item.places(&format!("{pointer}/{index}"), None, into);
                }
            }
            Kind::Map(members) => {
                for entry in members {
                    entry.value.places(&member(pointer, &entry.key), Some(entry.key_span), into);
                }
            }
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) => {}
        }
    }

    /// How much it is: values, and long texts as several.
    fn weight(&self) -> usize {
        1 + match &self.kind {
            Kind::Text(text) => text.len() / BYTES_OF_A_VALUE,
            Kind::List(items) => items.iter().map(Self::weight).sum(),
            Kind::Map(members) => {
                let member = |m: &Member| m.key.len() / BYTES_OF_A_VALUE + m.value.weight();
                members.iter().map(member).sum()
            }
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => 0,
        }
    }

    /// A value whose pointer would be longer than it may be.
    fn too_far(&self, before: usize) -> Option<Span> {
        if before > LONGEST_POINTER {
            return Some(self.span);
        }
        match &self.kind {
            Kind::List(items) => items.iter().find_map(|item| item.too_far(before + 4)),
            Kind::Map(members) => {
                members.iter().find_map(|m| m.value.too_far(before + 1 + m.key.len()))
            }
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) => None,
        }
    }

    fn depth(&self) -> usize {
        1 + match &self.kind {
            Kind::List(items) => items.iter().map(Self::depth).max().unwrap_or(0),
            Kind::Map(members) => members.iter().map(|m| m.value.depth()).max().unwrap_or(0),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) => 0,
        }
    }
}

/// The members as a JSON object.
pub(super) fn to_object(members: &[Member]) -> Map<String, Value> {
    members.iter().map(|entry| (entry.key.clone(), entry.value.to_value())).collect()
}

struct Composer<'t> {
    text: &'t str,
    events: Parser<'t, serde_saphyr::granit_parser::StrInput<'t>>,
    anchors: BTreeMap<usize, Node>,
    weight: usize,
}

impl<'t> Composer<'t> {
    fn document(mut self) -> Result<Node, Fault> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                Event::StreamEnd => {
                    return root.ok_or_else(|| {
                        Fault::new("empty", span, Phrase::new("mistake-empty-file"))
                            .hint(Phrase::new("instead-begin"))
                    });
                }
                _ if root.is_some() => {
                    return Err(Fault::new(
                        "second-document",
                        span,
                        Phrase::new("mistake-second-document"),
                    )
                    .hint(Phrase::new("instead-second-document")));
                }
                event => root = Some(self.node(event, span, 0)?),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'t>, Span), Fault> {
        match self.events.next_event() {
            Some(Ok((event, span))) => {
                let at = |marker: serde_saphyr::granit_parser::Marker| {
                    marker.byte_offset().unwrap_or(self.text.len())
                };
                Ok((event, Span { start: at(span.start), end: at(span.end) }))
            }
            Some(Err(error)) => {
                let start = error.marker().byte_offset().unwrap_or(self.text.len());
                Err(Fault::new(
                    "yaml",
                    Span { start, end: start },
                    Phrase::new("mistake-yaml").text("error", error.info()),
                ))
            }
            None => Ok((Event::StreamEnd, Span { start: self.text.len(), end: self.text.len() })),
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Node, Fault> {
        self.count(1, depth, span)?;
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                refuse_tag(tag.is_some(), span)?;
                let kind = scalar(text, style, span)?;
                self.keep(anchor, Node { span, kind }, depth)
            }
            Event::SequenceStart(_, anchor, tag) => {
                refuse_tag(tag.is_some(), span)?;
                let mut items = Vec::new();
                loop {
                    let (event, item_span) = self.next()?;
                    if matches!(event, Event::SequenceEnd) {
                        let span = Span { start: span.start, end: item_span.end };
                        return self.keep(anchor, Node { span, kind: Kind::List(items) }, depth);
                    }
                    items.push(self.node(event, item_span, depth + 1)?);
                }
            }
            Event::MappingStart(_, anchor, tag) => {
                refuse_tag(tag.is_some(), span)?;
                let (members, end) = self.members(depth)?;
                let span = Span { start: span.start, end };
                self.keep(anchor, Node { span, kind: Kind::Map(members) }, depth)
            }
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor).cloned() else {
                    return Err(Fault::new("alias", span, Phrase::new("mistake-alias")));
                };
                self.count(node.weight(), depth + node.depth(), span)?;
                Ok(Node { span, ..node })
            }
            _ => Err(Fault::new("yaml", span, Phrase::new("mistake-yaml-value"))),
        }
    }

    fn members(&mut self, depth: usize) -> Result<(Vec<Member>, usize), Fault> {
        let mut members: Vec<Member> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        loop {
            let (event, key_span) = self.next()?;
            let key = match event {
                Event::MappingEnd => return Ok((members, key_span.end)),
                Event::Scalar(text, _, 0, None) => text.into_owned(),
                _ => {
                    return Err(Fault::new("key", key_span, Phrase::new("mistake-key"))
                        .hint(Phrase::new("instead-key")));
                }
            };
            if key == "<<" {
                return Err(Fault::new("merge-key", key_span, Phrase::new("mistake-merge-key"))
                    .hint(Phrase::new("instead-merge-key")));
            }
            if !seen.insert(key.clone()) {
                return Err(Fault::new(
                    "repeated-key",
                    key_span,
                    Phrase::new("mistake-repeated-key").text("name", key),
                )
                .hint(Phrase::new("instead-keep-one")));
            }
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            members.push(Member { key, key_span, value });
        }
    }

    fn keep(&mut self, anchor: usize, node: Node, depth: usize) -> Result<Node, Fault> {
        if anchor != 0 {
            self.count(node.weight(), depth, node.span)?;
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn count(&mut self, weight: usize, depth: usize, span: Span) -> Result<(), Fault> {
        self.weight = self.weight.saturating_add(weight);
        if depth > MOST_LEVELS {
            let message = Phrase::new("mistake-too-deep").text("most", MOST_LEVELS.to_string());
            return Err(Fault::new("too-deep", span, message).hint(Phrase::new("instead-split")));
        }
        if self.weight > MOST_VALUES {
            let message =
                Phrase::new("mistake-too-many-values").text("most", MOST_VALUES.to_string());
            return Err(Fault::new("too-large", span, message).hint(Phrase::new("instead-split")));
        }
        Ok(())
    }
}

fn refuse_tag(tagged: bool, span: Span) -> Result<(), Fault> {
    if tagged {
        return Err(
            Fault::new("tag", span, Phrase::new("mistake-tag")).hint(Phrase::new("instead-tag"))
        );
    }
    Ok(())
}

/// A scalar by the YAML 1.2 core schema, except that what would silently change its meaning
/// (`007`, `.inf`, a number too large to keep) is refused.
fn scalar(text: Cow<'_, str>, style: ScalarStyle, span: Span) -> Result<Kind, Fault> {
    if style != ScalarStyle::Plain {
        return Ok(Kind::Text(text.into_owned()));
    }
    let quote = |says: Phrase| {
        let hint = Phrase::new("instead-quoted").text("code", format!("'{text}'"));
        Err(Fault::new("number", span, says).hint(hint))
    };
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Kind::Null),
        "true" | "True" | "TRUE" => return Ok(Kind::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Kind::Bool(false)),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "-.inf" | ".nan" | ".NaN" | ".NAN" => {
            return quote(Phrase::new("mistake-no-json-number").text("text", text.as_ref()));
        }
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(&text);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if digits(unsigned) {
        if unsigned.len() > 1 && unsigned.starts_with('0') {
            return quote(Phrase::new("mistake-leading-zeros").text("text", text.as_ref()));
        }
        let plain = text.strip_prefix('+').unwrap_or(&text);
        let number = plain
            .parse::<u64>()
            .map(Number::from)
            .or_else(|_| plain.parse::<i64>().map(Number::from));
        return match number {
            Ok(number) => Ok(Kind::Number(number)),
            Err(_) => quote(Phrase::new("mistake-too-large-number").text("text", text.as_ref())),
        };
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(rest) = text.strip_prefix(prefix)
            && let Ok(number) = u64::from_str_radix(rest, radix)
        {
            return Ok(Kind::Number(number.into()));
        }
    }
    if is_float(unsigned) {
        let float = text.parse::<f64>().ok().and_then(Number::from_f64);
        return float.map(Kind::Number).map_or_else(
            || quote(Phrase::new("mistake-too-large-number").text("text", text.as_ref())),
            Ok,
        );
    }
    Ok(Kind::Text(text.into_owned()))
}

fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.is_none_or(|text| {
        let text = text.strip_prefix(['+', '-']).unwrap_or(text);
        !text.is_empty() && digits(text)
    });
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent
}

const MOST_BYTES: usize = 1024 * 1024;
const MOST_LEVELS: usize = 100;
const MOST_VALUES: usize = 100_000;
const BYTES_OF_A_VALUE: usize = 64;
const LONGEST_POINTER: usize = 1_000;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Result<Value, &'static str> {
        Node::read(text).map(|node| node.to_value()).map_err(|fault| fault.code)
    }

    #[test]
    fn scalars_are_what_yaml_1_2_says() {
        for (text, expected) in [
            ("1", Ok(json!(1))),
            ("-3", Ok(json!(-3))),
            ("1.50", Ok(json!(1.5))),
            ("1e3", Ok(json!(1000.0))),
            ("0x1F", Ok(json!(31))),
            ("1.0.3", Ok(json!("1.0.3"))),
            ("yes", Ok(json!("yes"))),
            ("no", Ok(json!("no"))),
            ("'1'", Ok(json!("1"))),
            ("~", Ok(json!(null))),
            ("e5", Ok(json!("e5"))),
            (".", Ok(json!("."))),
            ("- a\n- ", Ok(json!(["a", null]))),
            ("0471", Err("number")),
            (".inf", Err("number")),
            ("99999999999999999999", Err("number")),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_yaml_has_beyond_json_is_refused() {
        for (text, code) in [
            ("", "empty"),
            ("a: 1\na: 2", "repeated-key"),
            ("a: !!str 1", "tag"),
            ("a: &x {b: 1}\nc:\n  <<: *x", "merge-key"),
            ("? [a]\n: 1", "key"),
            ("a: 1\n---\nb: 1", "second-document"),
            ("a: [", "yaml"),
            ("a: *x", "yaml"),
            ("a: &x [*x]", "alias"),
        ] {
            assert_eq!(read(text), Err(code), "{text}");
        }
        assert_eq!(read("a: &x [1]\nb: *x"), Ok(json!({"a": [1], "b": [1]})));
    }

    #[test]
    fn a_bomb_of_aliases_ends_at_the_bound() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let before = level - 1;
            let list = vec![format!("*a{before}"); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{list}]\n"));
        }
        assert_eq!(read(&text), Err("too-large"));
        let long = "x".repeat(100_000);
        let aliases = "*a, ".repeat(5_000);
        assert_eq!(read(&format!("a: &a '{long}'\nb: [{aliases}]")), Err("too-large"));
        let key = "k".repeat(500);
        assert_eq!(read(&format!("{key}: {{{key}: {{{key}: 1}}}}")), Err("too-deep"));
        assert_eq!(read(&format!("{}{}", "[".repeat(150), "]".repeat(150))), Err("too-deep"));
        assert!(read(&format!("{}{}", "[".repeat(90), "]".repeat(90))).is_ok());
    }
}
