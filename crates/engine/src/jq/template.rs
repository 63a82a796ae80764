//! Templates: JSON in which every text `${ … }` is an expression; and `{name}` in addresses.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Error, Expression, Limits};
use crate::language::embedded_expression;

/// Evaluates every text `${ … }` in `json` on `input`, however deep; `compiled` gives the compiled
/// expression of such a text.
///
/// Only `json`, which is a part of the playbook, is searched for expressions; what an expression
/// gives is data and is not.
///
/// # Errors
/// The first expression that fails, in the order of the document.
pub fn fill(
    json: &Value,
    compiled: &dyn Fn(&str) -> Result<Expression, Error>,
    input: &Value,
    variables: &BTreeMap<&str, Value>,
    limits: &Limits,
) -> Result<Value, Error> {
    let inner = |json: &Value| fill(json, compiled, input, variables, limits);
    match json {
        Value::String(text) if embedded_expression(text).is_some() => {
            compiled(text)?.run(input, variables, limits)
        }
        Value::String(text) if text.contains("${") => Err(Error::Embedded(text.clone())),
        Value::Array(items) => items.iter().map(inner).collect(),
        Value::Object(members) => {
            let member = |(name, member): (&String, &Value)| Ok((name.clone(), inner(member)?));
            members.iter().map(member).collect::<Result<Map<_, _>, _>>().map(Value::Object)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(json.clone()),
    }
}

/// Replaces every `{name}` of an address by the member of that name of `input`, percent-encoded.
///
/// # Errors
/// If `input` has no such member, or it is null, an object or a list.
pub fn interpolate(address: &str, input: &Value) -> Result<String, Error> {
    let mut result = String::with_capacity(address.len());
    let mut rest = address;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        result.push_str(before);
        let value = match input.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(plain @ (Value::Number(_) | Value::Bool(_))) => plain.to_string(),
            Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => {
                let what = format!("{{{name}}} in {address:?} needs a text or number {name:?}");
                return Err(Error::Failed(what));
            }
        };
        result.push_str(&super::text::percent_encoded(&value));
        rest = after;
    }
    result.push_str(rest);
    Ok(result)
}
