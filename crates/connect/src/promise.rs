//! How connectors word their actions' promises and read their inputs.

use kompel_model::{ActionEffect, ActionName, ActionSpec, PlannedChange, Repeat};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{Call, Error, ErrorKind};

/// An action's promise, in borrowed words.
pub(crate) struct Promise {
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) system: &'static str,
    pub(crate) effect: ActionEffect,
    pub(crate) repeat: Repeat,
    pub(crate) permissions: &'static [&'static str],
    pub(crate) input: Value,
    pub(crate) output: Value,
}

impl Promise {
    /// The promise as the catalogue keeps it.
    pub(crate) fn spec(self) -> ActionSpec {
        ActionSpec {
            name: action_name(self.name),
            summary: self.summary.to_owned(),
            effect: self.effect,
            repeat: self.repeat,
            permissions: self.permissions.iter().map(|text| (*text).to_owned()).collect(),
            systems: vec![self.system.to_owned()],
            input: self.input,
            output: self.output,
        }
    }
}

/// Reversible by this action.
pub(crate) fn undone_by(action: &str) -> ActionEffect {
    ActionEffect::Reversible { undo: action_name(action) }
}

fn action_name(name: &str) -> ActionName {
    name.parse().expect("connectors name their actions in the form that action names have")
}

/// The call's input as the action's own type.
pub(crate) fn input<T: DeserializeOwned>(call: &Call) -> Result<T, Error> {
    serde_json::from_value(call.input.clone())
        .map_err(|error| Error::new(ErrorKind::Invalid, format!("input: {error}")))
}

/// One change of one property.
pub(crate) fn change(object: &str, property: &str, from: Value, to: Value) -> PlannedChange {
    PlannedChange {
        object: object.to_owned(),
        property: property.to_owned(),
        from,
        to,
        irreversible: false,
    }
}

/// Schema of an object with these properties and no others.
pub(crate) fn object(required: &[&str], properties: Value) -> Value {
    json!({
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": properties,
    })
}

/// An object with more members.
pub(crate) fn with(mut object: Value, more: Value) -> Value {
    if let (Some(members), Value::Object(more)) = (object.as_object_mut(), more) {
        members.extend(more);
    }
    object
}
