//! How the actions here word their promises and read their inputs.

use kompel_model::{ActionEffect, ActionName, ActionSpec, PlannedChange, Repeat};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{Call, Error, ErrorKind};

/// An action's promise, before it is owned.
pub(super) struct Promise {
    pub(super) name: &'static str,
    pub(super) summary: &'static str,
    pub(super) effect: ActionEffect,
    pub(super) repeat: Repeat,
    pub(super) permissions: &'static [&'static str],
    pub(super) input: Value,
    pub(super) output: Value,
}

pub(super) fn spec(promise: Promise) -> ActionSpec {
    ActionSpec {
        name: action_name(promise.name),
        summary: promise.summary.to_owned(),
        effect: promise.effect,
        repeat: promise.repeat,
        permissions: promise.permissions.iter().map(|text| (*text).to_owned()).collect(),
        systems: vec!["Active Directory".to_owned()],
        input: promise.input,
        output: promise.output,
    }
}

/// Reversible by this action.
pub(super) fn undone_by(action: &str) -> ActionEffect {
    ActionEffect::Reversible { undo: action_name(action) }
}

fn action_name(name: &str) -> ActionName {
    name.parse().expect("the names in this connector are action names")
}

/// The input that most writes take: one account.
#[derive(Deserialize)]
pub(super) struct OnUser {
    pub(super) user: String,
}

/// The call's input as the action's own type.
pub(super) fn input<T: DeserializeOwned>(call: &Call) -> Result<T, Error> {
    serde_json::from_value(call.input.clone())
        .map_err(|error| Error::new(ErrorKind::Invalid, format!("input: {error}")))
}

/// The same input, with the account named by the id that the output gives.
pub(super) fn by_id(input: &Value, output: &Value) -> Value {
    let mut again = input.clone();
    if output["id"].is_string() {
        again["user"] = output["id"].clone();
    }
    again
}

/// One change of one property.
pub(super) fn change(object: &str, property: &str, from: Value, to: Value) -> PlannedChange {
    PlannedChange {
        object: object.to_owned(),
        property: property.to_owned(),
        from,
        to,
        irreversible: false,
    }
}

/// Schema of an object with these properties and no others.
pub(super) fn object(required: &[&str], properties: Value) -> Value {
    json!({
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": properties,
    })
}

/// Schema of an output: the account's names, and these properties.
pub(super) fn about_user(required: &[&str], more: Value) -> Value {
    let mut properties = json!({
        "id": {"type": "string", "description": "objectGUID"},
        "dn": {"type": "string"},
        "account": {"type": "string", "description": "sAMAccountName"},
    });
    if let (Some(properties), Value::Object(more)) = (properties.as_object_mut(), more) {
        properties.extend(more);
    }
    let required = [&["id", "dn", "account"], required].concat();
    json!({"type": "object", "required": required, "properties": properties})
}

pub(super) fn user_input() -> Value {
    json!({
        "type": "string",
        "minLength": 1,
        "maxLength": 1024,
        "description": "the account: its id (objectGUID; safest), distinguished name, \
                        sAMAccountName or UPN",
    })
}

pub(super) fn user_schema() -> Value {
    about_user(
        &["enabled", "ou"],
        json!({
            "upn": {"type": ["string", "null"]},
            "mail": {"type": ["string", "null"]},
            "name": {"type": ["string", "null"]},
            "enabled": {"type": "boolean"},
            "ou": {"type": "string", "description": "distinguished name of the parent"},
            "lastLogon": {
                "type": ["string", "null"],
                "description": "as lastLogonTimestamp has it: up to 14 days behind",
            },
        }),
    )
}

pub(super) fn group_schema() -> Value {
    json!({
        "type": "object",
        "required": ["id", "dn", "name"],
        "properties": {
            "id": {"type": "string"},
            "dn": {"type": "string"},
            "name": {"type": "string"},
        },
    })
}

pub(super) fn inventory_group_schema() -> Value {
    let mut schema = group_schema();
    schema["properties"]["direct"] = json!({
        "type": "boolean",
        "description": "false: through another group (or the primary group)",
    });
    schema["properties"]["primary"] = json!({"type": "boolean"});
    schema
}
