//! The account itself: sign-in blocked and allowed, deleted.

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    client::Client,
    users::{self, OnUser, promised},
};
use crate::{
    Call, Error, ErrorKind,
    desired::{Desired, Difference},
    http::Method,
    promise::{self},
};

/// `graph.block-sign-in` and `graph.unblock-sign-in`.
pub(super) enum SignIn {
    Block,
    Unblock,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Blocking {
    user: String,
    ad_enabled: Option<bool>,
}

impl SignIn {
    fn wanted(&self) -> bool {
        matches!(self, Self::Unblock)
    }
}

#[async_trait]
impl Desired for SignIn {
    fn spec(&self) -> ActionSpec {
        let mut input = users::on_user();
        let (name, summary, undo) = match self {
            Self::Block => {
                input["properties"]["adEnabled"] = json!({
                    "type": "boolean",
                    "description": "for a synchronised account: what Active Directory says of \
                                    it. Anything but false is refused: the next synchronisation \
                                    would let the person in again",
                });
                ("graph.block-sign-in", "Blocks an account's sign-in", "graph.unblock-sign-in")
            }
            Self::Unblock => {
                let summary = "Allows a blocked account to sign in again";
                ("graph.unblock-sign-in", summary, "graph.block-sign-in")
            }
        };
        promised(
            name,
            summary,
            promise::undone_by(undo),
            input,
            users::about_schema(
                &["enabled", "synced"],
                json!({"enabled": {"type": "boolean"}, "synced": {"type": "boolean"}}),
            ),
        )
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let Blocking { user, ad_enabled } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let user = users::one(&client, &user).await?;
        let (wanted, synced) = (self.wanted(), users::synced(&user));
        if synced && !wanted && ad_enabled != Some(false) {
            let detail = "Active Directory masters this account: disable it there first, then say \
                          `adEnabled: false` here; else the next synchronisation allows it again";
            return Err(Error::new(ErrorKind::Conflict, detail));
        }
        let mut remarks = Vec::new();
        if synced && wanted {
            let remark = "Active Directory masters this account: the next synchronisation sets it \
                          to what is said there.";
            remarks.push(remark.to_owned());
        }
        let now = user["accountEnabled"].clone();
        let mut changes = Vec::new();
        if now != wanted {
            changes.push(promise::change(&users::named(&user), "enabled", now, wanted.into()));
        }
        let output = users::about(&user, json!({"enabled": wanted, "synced": synced}));
        Ok(Difference { changes, output, remarks })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let client = Client::of(&call.connection, call.at)?;
        let body = json!({"accountEnabled": self.wanted()});
        let path = ["users", users::id(&difference.output)];
        client.change(Method::PATCH, &path, Some(&body)).await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        users::by_id(input, output)
    }

    fn undo(&self, _input: &Value, _plan: &Plan, output: &Value) -> Option<Value> {
        let mut input = json!({"user": output["id"]});
        if self.wanted() && output["synced"] == true {
            // It was blocked before, whatever the directory said.
            input["adEnabled"] = false.into();
        }
        Some(input)
    }
}

/// `graph.delete-user`.
pub(super) struct Delete;

#[async_trait]
impl Desired for Delete {
    fn spec(&self) -> ActionSpec {
        promised(
            "graph.delete-user",
            "Deletes an account, by its id; for 30 days a person can still restore it",
            ActionEffect::Irreversible,
            promise::object(
                &["user"],
                json!({
                    "user": {
                        "type": "string",
                        "pattern": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
                        "description": "the account's id, not a name",
                    },
                }),
            ),
            promise::object(
                &["id", "deleted"],
                json!({"id": {"type": "string"}, "deleted": {"const": true}}),
            ),
        )
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let OnUser { user: id } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let mut changes = Vec::new();
        if let Some(user) = client.get(&["users", &id], users::PROPERTIES).await? {
            if users::synced(&user) {
                let detail = "Active Directory masters this account: delete it there";
                return Err(Error::new(ErrorKind::Conflict, detail));
            }
            let from = user["userPrincipalName"].clone();
            let mut change = promise::change(&users::named(&user), "account", from, Value::Null);
            change.irreversible = true;
            changes.push(change);
        }
        let output = json!({"id": id, "deleted": true});
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let OnUser { user: id } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        client.delete(&["users", &id]).await?;
        Ok(difference.output)
    }
}
