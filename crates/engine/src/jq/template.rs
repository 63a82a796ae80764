//! Templates: JSON in which every text `${ … }` is an expression; and `{name}` in addresses.

use serde_json::{Map, Value};

use super::Error;
use crate::language::embedded_expression;

/// Replaces every text `${ … }` in `json`, however deep, by what `evaluate` gives for the
/// expression in it.
///
/// Only `json`, which is a part of the playbook, is searched for expressions; what an expression
/// gives is data and is not.
///
/// # Errors
/// The first expression that fails, in the order of the document; an expression within a longer
/// text.
pub fn fill(json: &Value, evaluate: &dyn Fn(&str) -> Result<Value, Error>) -> Result<Value, Error> {
    match json {
        Value::String(text) => match embedded_expression(text) {
            Some(expression) => evaluate(expression),
            None if text.contains("${") => Err(Error::Embedded(text.clone())),
            None => Ok(json.clone()),
        },
        Value::Array(items) => items.iter().map(|item| fill(item, evaluate)).collect(),
        Value::Object(members) => fill_members(members, evaluate).map(Value::Object),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(json.clone()),
    }
}

/// [`fill`] for each member of an object.
///
/// # Errors
/// As [`fill`].
pub fn fill_members(
    members: &Map<String, Value>,
    evaluate: &dyn Fn(&str) -> Result<Value, Error>,
) -> Result<Map<String, Value>, Error> {
    let member = |(name, member): (&String, &Value)| Ok((name.clone(), fill(member, evaluate)?));
    members.iter().map(member).collect()
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
