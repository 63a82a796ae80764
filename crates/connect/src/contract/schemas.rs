//! What a spec says of itself, before anything is done with it.

use kompel_model::{ActionEffect, ActionSpec};
use serde_json::Value;

use super::{
    Example,
    cases::{Tried, broken},
};

/// Holds a spec and its examples against the rules that every action keeps.
pub(super) fn check<'a>(spec: &ActionSpec, examples: impl Iterator<Item = &'a Example>) -> Tried {
    if spec.summary.is_empty() || spec.summary.ends_with('.') {
        return broken("the summary is one sentence without a full stop");
    }
    if spec.systems.is_empty() {
        return broken("no system is named");
    }
    if spec.permissions.is_empty() && spec.effect != ActionEffect::Read {
        return broken("no permission is named");
    }
    for (name, schema) in [("input", &spec.input), ("output", &spec.output)] {
        if let Err(error) = jsonschema::validator_for(schema) {
            return broken(format!("the {name} schema is wrong: {error}"));
        }
    }
    if spec.input["type"] != "object" || spec.input["additionalProperties"] != Value::Bool(false) {
        return broken("the input is an object that refuses unknown properties");
    }
    if spec.input["properties"].get("connection").is_some() {
        return broken("`connection` is the runtime's own property");
    }
    let mut tried = 0;
    for example in examples {
        fits(&spec.input, &example.input, "the example's input")?;
        tried += 1;
    }
    if tried == 0 { broken("the bench has no example of it") } else { Ok(()) }
}

/// Holds a value against a schema.
pub(super) fn fits(schema: &Value, value: &Value, what: &str) -> Tried {
    let validator = match jsonschema::validator_for(schema) {
        Ok(validator) => validator,
        Err(error) => return broken(format!("a schema is wrong: {error}")),
    };
    match validator.iter_errors(value).next() {
        None => Ok(()),
        Some(error) => broken(format!("{what} does not fit its schema: {error} in {value}")),
    }
}
