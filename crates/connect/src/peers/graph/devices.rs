//! Devices that an account registered: listed, disabled, enabled.

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    client::{Client, Rows},
    named,
    users::{self, promised},
};
use crate::{
    Call, Error,
    desired::{Desired, Difference, Reading, each},
    http::Method,
    promise::{self},
};

async fn registered(client: &Client<'_>, user: &Value) -> Result<Vec<Value>, Error> {
    let path = ["users", users::id(user), "registeredDevices"];
    let rows = client.list(&Rows { path: &path, query: Vec::new(), eventual: false }).await?;
    let mut devices: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "id": row["id"], "name": row["displayName"], "enabled": row["accountEnabled"],
                "system": row["operatingSystem"], "trust": row["trustType"],
            })
        })
        .collect();
    devices.sort_by_key(|device| device["id"].to_string());
    Ok(devices)
}

fn device_schema() -> Value {
    let text = || json!({"type": ["string", "null"]});
    promise::object(
        &["id", "name", "enabled"],
        json!({
            "id": {"type": "string"}, "name": text(), "enabled": {"type": ["boolean", "null"]},
            "system": text(), "trust": text(),
        }),
    )
}

fn devices_schema() -> Value {
    users::list_schema("devices", device_schema())
}

/// `graph.list-devices`.
pub(super) struct List;

#[async_trait]
impl Reading for List {
    fn spec(&self) -> ActionSpec {
        promised(
            "graph.list-devices",
            "Lists the devices that an account registered",
            ActionEffect::Read,
            users::on_user(),
            devices_schema(),
        )
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let (client, user) = users::of(call).await?;
        Ok(users::about(&user, json!({"devices": registered(&client, &user).await?})))
    }
}

/// `graph.disable-devices` and `graph.enable-devices`.
pub(super) enum Switch {
    Disable,
    Enable,
}

#[derive(Deserialize)]
struct Switching {
    user: String,
    devices: Option<Vec<String>>,
}

#[async_trait]
impl Desired for Switch {
    fn spec(&self) -> ActionSpec {
        let (name, summary, undo) = match self {
            Self::Disable => (
                "graph.disable-devices",
                "Disables the devices that an account registered",
                "graph.enable-devices",
            ),
            Self::Enable => (
                "graph.enable-devices",
                "Enables the devices that an account registered",
                "graph.disable-devices",
            ),
        };
        promised(
            name,
            summary,
            promise::undone_by(undo),
            promise::object(
                &["user"],
                json!({
                    "user": users::user_input(),
                    "devices": {
                        "type": "array", "maxItems": 500,
                        "items": {"type": "string", "minLength": 1, "maxLength": 256},
                        "description": "ids; all of them when left out",
                    },
                }),
            ),
            devices_schema(),
        )
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let wanted: Switching = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let user = users::one(&client, &wanted.user).await?;
        let enabled = matches!(self, Self::Enable);
        let (mut changes, mut devices) = (Vec::new(), Vec::new());
        for mut device in registered(&client, &user).await? {
            let wants = |ids: &Vec<String>| ids.iter().any(|id| device["id"] == id.as_str());
            if !wanted.devices.as_ref().is_none_or(wants) {
                continue;
            }
            let object = format!("device {}", named::named(&device));
            let now = device["enabled"].take();
            if now != enabled {
                changes.push(promise::change(&object, "enabled", now, enabled.into()));
            }
            device["enabled"] = enabled.into();
            devices.push(device);
        }
        let output = users::about(&user, json!({"devices": devices}));
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let client = &Client::of(&call.connection, call.at)?;
        let body = &json!({"accountEnabled": matches!(self, Self::Enable)});
        each(changed(&difference.changes), |id| async move {
            client.change(Method::PATCH, &["devices", id], Some(body)).await
        })
        .await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        users::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        let devices: Vec<&str> = changed(&plan.changes).collect();
        Some(json!({"user": output["id"], "devices": devices}))
    }
}

/// The ids of the devices that these changes are of.
fn changed(changes: &[kompel_model::PlannedChange]) -> impl Iterator<Item = &str> {
    changes.iter().filter_map(|change| named::id(&change.object))
}
