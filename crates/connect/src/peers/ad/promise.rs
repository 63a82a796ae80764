//! How the actions here word their promises and read their inputs.

use kompel_model::{ActionEffect, ActionSpec, Repeat};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::promise;
pub(super) use crate::promise::{change, input, object, undone_by};

/// An action's promise; the system is always the same.
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
    let Promise { name, summary, effect, repeat, permissions, input, output } = promise;
    let system = "Active Directory";
    promise::Promise { name, summary, system, effect, repeat, permissions, input, output }.spec()
}

/// The input that most writes take: one account.
#[derive(Deserialize)]
pub(super) struct OnUser {
    pub(super) user: String,
}

/// The same input, with the account named by the id that the output gives.
pub(super) fn by_id(input: &Value, output: &Value) -> Value {
    let mut again = input.clone();
    if output["id"].is_string() {
        again["user"] = output["id"].clone();
    }
    again
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
