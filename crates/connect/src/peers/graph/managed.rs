//! Devices that Intune manages: listed, and freed of the client's data and settings (retired).

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec};
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

/// What is read of each.
const PROPERTIES: &str = "id,deviceName,operatingSystem,managedDeviceOwnerType,deviceActionResults";

async fn managed(client: &Client<'_>, user: &Value) -> Result<Vec<Value>, Error> {
    let path = ["users", users::id(user), "managedDevices"];
    let query = vec![("$select", PROPERTIES.to_owned())];
    let rows = client.list(&Rows { path: &path, query, eventual: false }).await?;
    let mut devices: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "id": row["id"], "name": row["deviceName"], "system": row["operatingSystem"],
                "owner": row["managedDeviceOwnerType"], "retiring": retiring(row),
            })
        })
        .collect();
    devices.sort_by_key(|device| device["id"].to_string());
    Ok(devices)
}

/// True once Intune took the order to retire or wipe it, and did not give it up.
fn retiring(row: &Value) -> bool {
    row["deviceActionResults"].as_array().into_iter().flatten().any(|result| {
        let name = result["actionName"].as_str().unwrap_or_default();
        let state = result["actionState"].as_str().unwrap_or_default();
        ["retire", "wipe"].iter().any(|one| name.eq_ignore_ascii_case(one))
            && matches!(state, "pending" | "active" | "done")
    })
}

fn device_schema() -> Value {
    let text = || json!({"type": ["string", "null"]});
    promise::object(
        &["id", "name", "retiring"],
        json!({
            "id": {"type": "string"}, "name": text(), "system": text(),
            "owner": {"type": ["string", "null"], "description": "company or personal"},
            "retiring": {
                "type": "boolean",
                "description": "the order is given; it is done when the device is next in touch",
            },
        }),
    )
}

fn output_schema() -> Value {
    users::list_schema("devices", device_schema())
}

/// `graph.list-managed-devices`.
pub(super) struct List;

#[async_trait]
impl Reading for List {
    fn spec(&self) -> ActionSpec {
        promised(
            "graph.list-managed-devices",
            "Lists the devices of an account that Intune manages",
            ActionEffect::Read,
            users::on_user(),
            output_schema(),
        )
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let (client, user) = users::of(call).await?;
        Ok(users::about(&user, json!({"devices": managed(&client, &user).await?})))
    }
}

/// `graph.retire-managed-devices`.
pub(super) struct Retire;

#[async_trait]
impl Desired for Retire {
    fn spec(&self) -> ActionSpec {
        promised(
            "graph.retire-managed-devices",
            "Orders every device of an account to drop the client's data and settings; \
                      private data stays",
            ActionEffect::Irreversible,
            users::on_user(),
            output_schema(),
        )
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let (client, user) = users::of(call).await?;
        let (mut changes, mut remarks) = (Vec::new(), Vec::new());
        let mut devices = managed(&client, &user).await?;
        for device in &mut devices {
            if device["retiring"] == true {
                continue;
            }
            let object = format!("managed device {}", named::named(device));
            let mut change = promise::change(&object, "retiring", false.into(), true.into());
            change.irreversible = true;
            changes.push(change);
            device["retiring"] = true.into();
        }
        if !changes.is_empty() {
            remarks.push("Each device obeys when it is next in touch, which may be never.".into());
        }
        let output = users::about(&user, json!({"devices": devices}));
        Ok(Difference { changes, output, remarks })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let client = &Client::of(&call.connection, call.at)?;
        let ids = difference.changes.iter().filter_map(|change| named::id(&change.object));
        each(ids, |id| async move {
            let path = ["deviceManagement", "managedDevices", id, "retire"];
            client.change(Method::POST, &path, None).await
        })
        .await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        users::by_id(input, output)
    }
}
