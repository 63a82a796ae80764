//! What a playbook gets to see of an answer.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Prepared, request::shown};
use crate::http::Answer;

/// The standard's output formats.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::peers) enum Output {
    /// The body in base 64.
    Raw,
    /// The body, read if its type is known.
    #[default]
    Content,
    /// The whole response.
    Response,
}

/// The output of a request that was answered.
pub(super) fn of(prepared: &Prepared, answer: &Answer) -> Value {
    match prepared.output {
        Output::Raw => json!(STANDARD.encode(&answer.body)),
        Output::Content => content(answer),
        Output::Response => json!({
            "request": {
                "method": prepared.method.to_ascii_lowercase(),
                "uri": prepared.url.as_str(),
                "headers": shown(&prepared.headers),
            },
            "statusCode": answer.status,
            "headers": shown(&answer.headers),
            "content": content(answer),
        }),
    }
}

/// JSON as its value, text as text, anything else in base 64; null for an empty body.
fn content(answer: &Answer) -> Value {
    if answer.body.is_empty() {
        return Value::Null;
    }
    let kind = answer.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind == "application/json" || kind.ends_with("+json") {
        if let Ok(value) = serde_json::from_slice(&answer.body) {
            return value;
        }
    }
    let textual = kind.starts_with("text/")
        || kind.ends_with("json")
        || kind.ends_with("xml")
        || kind.ends_with("yaml");
    match std::str::from_utf8(&answer.body) {
        Ok(text) if textual => json!(text),
        _ => json!(STANDARD.encode(&answer.body)),
    }
}
