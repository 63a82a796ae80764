//! Licences: listed, taken away, given back.

use std::collections::BTreeMap;

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    client::{Client, Rows},
    users::{self, Awaited, Awaits, promised},
};
use crate::{
    Call, Error, ErrorKind,
    desired::{Desired, Difference, Reading},
    http::Method,
    promise::{self},
};

/// The names of the client's licences, by id.
async fn names(client: &Client<'_>) -> Result<BTreeMap<String, String>, Error> {
    let query = vec![("$select", "skuId,skuPartNumber".to_owned())];
    let rows = client.list(&Rows { path: &["subscribedSkus"], query, eventual: false }).await?;
    let text = |row: &Value, name: &str| row[name].as_str().map(str::to_owned);
    Ok(rows
        .iter()
        .filter_map(|row| Some((text(row, "skuId")?, text(row, "skuPartNumber")?)))
        .collect())
}

/// What an account holds, once for each way in which it does.
fn held(user: &Value, names: &BTreeMap<String, String>) -> Vec<Value> {
    let states = user["licenseAssignmentStates"].as_array().into_iter().flatten();
    let one = |state: &Value| {
        let sku = state["skuId"].as_str().unwrap_or_default();
        json!({
            "id": sku, "name": names.get(sku), "disabledPlans": state["disabledPlans"],
            "group": state["assignedByGroup"],
        })
    };
    let mut held: Vec<Value> = states.map(one).collect();
    held.sort_by_key(|one| (one["id"].to_string(), one["group"].to_string()));
    held
}

fn is(one: &Value, which: &str) -> bool {
    one["id"] == which || one["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(which))
}

fn licence_schema() -> Value {
    json!({
        "type": "object",
        "required": ["id", "name"],
        "properties": {
            "id": {"type": "string", "description": "skuId"},
            "name": {"type": ["string", "null"], "description": "skuPartNumber"},
            "group": {"type": ["string", "null"], "description": "the group that gives it"},
            "because": {"type": "string"},
        },
    })
}

/// `graph.list-licences`.
pub(super) struct List;

#[async_trait]
impl Reading for List {
    fn spec(&self) -> ActionSpec {
        promised(
            "graph.list-licences",
            "Lists an account's licences, and which of them a group gives",
            ActionEffect::Read,
            users::on_user(),
            users::list_schema("licences", licence_schema()),
        )
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let (client, user) = users::of(call).await?;
        Ok(users::about(&user, json!({"licences": held(&user, &names(&client).await?)})))
    }
}

/// `graph.remove-licences`.
pub(super) struct Remove;

#[derive(Deserialize)]
struct Removing {
    user: String,
    licences: Option<Vec<String>>,
}

#[async_trait]
impl Desired for Remove {
    fn spec(&self) -> ActionSpec {
        promised(
            "graph.remove-licences",
            "Takes these licences from an account, or all that it has itself",
            promise::undone_by("graph.assign-licences"),
            promise::object(
                &["user"],
                json!({
                    "user": users::user_input(),
                    "licences": {
                        "type": "array", "maxItems": 200,
                        "items": {"type": "string", "minLength": 1, "maxLength": 256},
                        "description": "skuIds or skuPartNumbers; all of them when left out",
                    },
                }),
            ),
            users::about_schema(
                &["removed", "kept"],
                json!({
                    "removed": {"type": "array", "items": licence_schema()},
                    "kept": {
                        "type": "array", "items": licence_schema(),
                        "description": "what stays, each with its reason in `because`",
                    },
                }),
            ),
        )
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let wanted: Removing = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let user = users::one(&client, &wanted.user).await?;
        let (mut changes, mut removed, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        let mut remarks = Vec::new();
        for mut one in held(&user, &names(&client).await?) {
            if let Some(wanted) = &wanted.licences
                && !wanted.iter().any(|which| is(&one, which))
            {
                continue;
            }
            let name = one["name"].as_str().or(one["id"].as_str()).unwrap_or_default().to_owned();
            if !one["group"].is_null() {
                let why = "a group gives it: leave that group";
                remarks.push(format!("Licence {name} stays: {why}."));
                one["because"] = why.into();
                kept.push(one);
                continue;
            }
            let property = format!("licence {name}");
            let from = json!({"id": one["id"], "disabledPlans": one["disabledPlans"]});
            changes.push(promise::change(&users::named(&user), &property, from, Value::Null));
            removed.push(one);
        }
        let output = users::about(&user, json!({"removed": removed, "kept": kept}));
        Ok(Difference { changes, output, remarks })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let skus: Vec<&Value> = difference.changes.iter().map(|one| &one.from["id"]).collect();
        let body = json!({"addLicenses": [], "removeLicenses": skus});
        assign(call, users::id(&difference.output), &body).await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        users::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        let one =
            |was: &Value| json!({"licence": was["id"], "disabledPlans": was["disabledPlans"]});
        let licences: Vec<Value> = plan.changes.iter().map(|change| one(&change.from)).collect();
        Some(json!({"user": output["id"], "licences": licences}))
    }
}

async fn assign(call: &Call, user: &str, body: &Value) -> Result<(), Error> {
    let client = Client::of(&call.connection, call.at)?;
    client.change(Method::POST, &["users", user, "assignLicense"], Some(body)).await
}

/// `graph.assign-licences`.
pub(super) struct Assign;

#[derive(Deserialize)]
struct Assigning {
    user: String,
    licences: Vec<Licence>,
    awaits: Option<Awaits>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Licence {
    licence: String,
    #[serde(default)]
    disabled_plans: Vec<String>,
}

#[async_trait]
impl Desired for Assign {
    fn spec(&self) -> ActionSpec {
        let text = || json!({"type": "string", "minLength": 1, "maxLength": 256});
        let licence = promise::object(
            &["licence"],
            json!({
                "licence": text(),
                "disabledPlans": {"type": "array", "items": text(), "maxItems": 200},
            }),
        );
        promised(
            "graph.assign-licences",
            "Gives an account these licences, each without its disabled plans",
            promise::undone_by("graph.remove-licences"),
            promise::object(
                &["user", "licences"],
                json!({
                    "user": users::user_input(),
                    "licences": {
                        "type": "array", "items": licence, "maxItems": 200,
                        "description": "each by its skuId or skuPartNumber",
                    },
                    "awaits": users::awaits_input(),
                }),
            ),
            users::list_schema("added", licence_schema()),
        )
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let Assigning { user, licences, awaits } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let account = Awaited::find(&client, &user, awaits).await?;
        let names = names(&client).await?;
        let held = held(&account.user, &names);
        let (mut changes, mut added) = (Vec::new(), Vec::new());
        for Licence { licence, disabled_plans } in licences {
            if held.iter().any(|one| one["group"].is_null() && is(one, &licence)) {
                continue;
            }
            let known =
                names.iter().find(|(id, name)| is(&json!({"id": id, "name": name}), &licence));
            let Some((id, name)) = known else {
                let detail = format!("the client has no licence {licence:?}");
                return Err(Error::new(ErrorKind::Absent, detail));
            };
            let to = json!({"id": id, "disabledPlans": disabled_plans});
            let property = format!("licence {name}");
            changes.push(promise::change(&account.name, &property, Value::Null, to));
            added.push(json!({"id": id, "name": name, "disabledPlans": disabled_plans}));
        }
        let output = users::about(&account.user, json!({"added": added}));
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let one = |to: &Value| json!({"skuId": to["id"], "disabledPlans": to["disabledPlans"]});
        let add: Vec<Value> = difference.changes.iter().map(|change| one(&change.to)).collect();
        let body = json!({"addLicenses": add, "removeLicenses": []});
        let Assigning { awaits, .. } = promise::input(call)?;
        assign(call, users::arrived(&difference.output, awaits)?, &body).await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        users::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        let skus: Vec<&Value> = plan.changes.iter().map(|change| &change.to["id"]).collect();
        Some(json!({"user": output["id"], "licences": skus}))
    }
}
