//! Accounts: find, list, deactivate, activate, create, delete.

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, Repeat};
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Client, Resources, equals};
use crate::{
    Call, Error, ErrorKind,
    desired::{Desired, Difference, Reading},
    promise::{self, Promise},
};

/// `scim.find-user`: every account that fits, never a guess.
pub(super) struct FindUser;

#[derive(Deserialize)]
struct Wanted {
    query: String,
    #[serde(default)]
    by: By,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum By {
    #[default]
    Anything,
    UserName,
    Mail,
    ExternalId,
    Name,
}

impl By {
    fn attributes(self) -> &'static [&'static str] {
        match self {
            Self::UserName => &["userName"],
            Self::Mail => &["emails.value"],
            Self::ExternalId => &["externalId"],
            Self::Name => &["displayName"],
            Self::Anything => &["userName", "emails.value", "externalId", "displayName"],
        }
    }
}

#[async_trait]
impl Reading for FindUser {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "scim.find-user",
            summary: "Finds the accounts that a name, address or id may mean",
            system: SYSTEM,
            effect: ActionEffect::Read,
            repeat: Repeat::Natural,
            permissions: &["read Users"],
            input: promise::object(
                &["query"],
                json!({
                    "query": {"type": "string", "minLength": 1, "maxLength": 256},
                    "by": {
                        "enum": ["anything", "user-name", "mail", "external-id", "name"],
                        "default": "anything",
                    },
                }),
            ),
            output: promise::object(
                &["count", "users", "user"],
                json!({
                    "count": {"type": "integer"},
                    "users": {"type": "array", "items": user_schema()},
                    "user": {
                        "anyOf": [user_schema(), {"type": "null"}],
                        "description": "the one account that fits; null if none or several do",
                    },
                }),
            ),
        }
        .spec()
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let wanted: Wanted = promise::input(call)?;
        let client = Client::of(&call.connection, call.at).await?;
        // One filter for each attribute: many services know no "or".
        let mut users: Vec<Value> = Vec::new();
        for attribute in wanted.by.attributes() {
            let filter = equals(attribute, &wanted.query);
            for found in client.search(Resources::Users, Some(&filter)).await? {
                let shown = shown(&found);
                if !users.iter().any(|user| user["id"] == shown["id"]) {
                    users.push(shown);
                }
            }
        }
        users.sort_by_key(|user| user["userName"].to_string());
        let user = if let [only] = users.as_slice() { only.clone() } else { Value::Null };
        Ok(json!({"count": users.len(), "users": users, "user": user}))
    }
}

/// `scim.list-users`.
pub(super) struct ListUsers;

#[async_trait]
impl Reading for ListUsers {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "scim.list-users",
            summary: "Lists all accounts of the service",
            system: SYSTEM,
            effect: ActionEffect::Read,
            repeat: Repeat::Natural,
            permissions: &["read Users"],
            input: promise::object(&[], json!({})),
            output: promise::object(
                &["count", "users"],
                json!({
                    "count": {"type": "integer"},
                    "users": {"type": "array", "items": user_schema()},
                }),
            ),
        }
        .spec()
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let client = Client::of(&call.connection, call.at).await?;
        let found = client.search(Resources::Users, None).await?;
        let mut users: Vec<Value> = found.iter().map(shown).collect();
        users.sort_by_key(|user| user["userName"].to_string());
        Ok(json!({"count": users.len(), "users": users}))
    }
}

#[derive(Deserialize)]
struct OnUser {
    user: String,
}

/// `scim.deactivate` and `scim.activate`.
pub(super) enum Activity {
    Deactivate,
    Activate,
}

impl Activity {
    fn wanted(&self) -> bool {
        match self {
            Self::Deactivate => false,
            Self::Activate => true,
        }
    }
}

#[async_trait]
impl Desired for Activity {
    fn spec(&self) -> ActionSpec {
        let (name, summary, undo) = match self {
            Self::Deactivate => ("scim.deactivate", "Makes an account inactive", "scim.activate"),
            Self::Activate => {
                ("scim.activate", "Makes an inactive account active", "scim.deactivate")
            }
        };
        Promise {
            name,
            summary,
            system: SYSTEM,
            effect: promise::undone_by(undo),
            repeat: Repeat::Natural,
            permissions: &["read Users", "write Users"],
            input: promise::object(&["user"], json!({"user": user_input()})),
            output: user_schema(),
        }
        .spec()
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let OnUser { user } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at).await?;
        let user = one(&client, &user).await?;
        let (now, wanted) = (active(&user), self.wanted());
        let mut changes = Vec::new();
        if now != wanted {
            changes.push(promise::change(&named(&user), "active", now.into(), wanted.into()));
        }
        let mut output = shown(&user);
        output["active"] = wanted.into();
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let client = Client::of(&call.connection, call.at).await?;
        let id = difference.output["id"].as_str().unwrap_or_default();
        let user = one(&client, id).await?;
        let wanted = self.wanted();
        let operations = json!([{"op": "replace", "path": "active", "value": wanted}]);
        let whole = |user: &mut Value| user["active"] = wanted.into();
        client.change(Resources::Users, &user, operations, whole).await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        by_id(input, output)
    }

    fn undo(&self, _input: &Value, _plan: &Plan, output: &Value) -> Option<Value> {
        Some(json!({"user": output["id"]}))
    }
}

/// `scim.create-user`.
pub(super) struct Create;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewUser {
    user_name: String,
    display_name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    mail: Option<String>,
    external_id: Option<String>,
}

impl NewUser {
    fn resource(&self) -> Value {
        let mut resource = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": self.user_name,
            "active": true,
        });
        for (name, value) in
            [("displayName", &self.display_name), ("externalId", &self.external_id)]
        {
            if let Some(value) = value {
                resource[name] = value.as_str().into();
            }
        }
        for (name, value) in [("givenName", &self.given_name), ("familyName", &self.family_name)] {
            if let Some(value) = value {
                resource["name"][name] = value.as_str().into();
            }
        }
        if let Some(mail) = &self.mail {
            resource["emails"] = json!([{"value": mail, "type": "work", "primary": true}]);
        }
        resource
    }
}

#[async_trait]
impl Desired for Create {
    fn spec(&self) -> ActionSpec {
        let text = || json!({"type": "string", "minLength": 1, "maxLength": 256});
        Promise {
            name: "scim.create-user",
            summary: "Creates an active account without a password",
            system: SYSTEM,
            effect: promise::undone_by("scim.delete-user"),
            repeat: Repeat::Look,
            permissions: &["read Users", "write Users"],
            input: promise::object(
                &["userName"],
                json!({
                    "userName": text(), "displayName": text(), "givenName": text(),
                    "familyName": text(), "mail": text(), "externalId": text(),
                }),
            ),
            output: user_schema(),
        }
        .spec()
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let wanted: NewUser = promise::input(call)?;
        let client = Client::of(&call.connection, call.at).await?;
        let resource = wanted.resource();
        let filter = equals("userName", &wanted.user_name);
        let found = client.search(Resources::Users, Some(&filter)).await?;
        if let Some(user) = found.first() {
            let other = |name: &str| !resource[name].is_null() && resource[name] != user[name];
            if ["externalId", "displayName"].into_iter().any(other) {
                let detail = "an account with this user name exists and is another";
                return Err(Error::new(ErrorKind::Conflict, detail));
            }
            return Ok(Difference { output: shown(user), ..Difference::default() });
        }
        let mut output = shown(&resource);
        output["id"] = "(given by the service)".into();
        let change = promise::change(&wanted.user_name, "account", Value::Null, resource);
        Ok(Difference { changes: vec![change], output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, _difference: Difference) -> Result<Value, Error> {
        let wanted: NewUser = promise::input(call)?;
        let client = Client::of(&call.connection, call.at).await?;
        Ok(shown(&client.create(Resources::Users, &wanted.resource()).await?))
    }

    fn undo(&self, _input: &Value, _plan: &Plan, output: &Value) -> Option<Value> {
        Some(json!({"user": output["id"]}))
    }
}

/// `scim.delete-user`.
pub(super) struct Delete;

#[async_trait]
impl Desired for Delete {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "scim.delete-user",
            summary: "Deletes an account, by its id, for good",
            system: SYSTEM,
            effect: ActionEffect::Irreversible,
            repeat: Repeat::Natural,
            permissions: &["read Users", "delete Users"],
            input: promise::object(
                &["user"],
                json!({
                    "user": {
                        "type": "string", "minLength": 1, "maxLength": 256,
                        "description": "the service's own id, not a name",
                    },
                }),
            ),
            output: promise::object(
                &["id", "deleted"],
                json!({"id": {"type": "string"}, "deleted": {"const": true}}),
            ),
        }
        .spec()
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let OnUser { user: id } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at).await?;
        let mut changes = Vec::new();
        if let Some(user) = client.get(Resources::Users, &id).await? {
            let from = user["userName"].clone();
            let mut change = promise::change(&named(&user), "account", from, Value::Null);
            change.irreversible = true;
            changes.push(change);
        }
        let output = json!({"id": id, "deleted": true});
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let OnUser { user: id } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at).await?;
        client.delete(Resources::Users, &id).await?;
        Ok(difference.output)
    }
}

/// The account that an input means: its id or its user name.
pub(super) async fn one(client: &Client, who: &str) -> Result<Value, Error> {
    if !who.contains('@')
        && let Some(user) = client.get(Resources::Users, who).await?
    {
        return Ok(user);
    }
    let found = client.search(Resources::Users, Some(&equals("userName", who))).await?;
    match found.as_slice() {
        [only] => {
            // Searches may leave attributes and the version out.
            let id = only["id"].as_str().unwrap_or_default();
            let whole = client.get(Resources::Users, id).await?;
            whole.ok_or_else(|| Error::new(ErrorKind::Absent, "the account has just gone"))
        }
        [] => Err(Error::new(ErrorKind::Absent, "no account has this id or user name")),
        several => {
            let detail = format!("{} accounts fit: give the id", several.len());
            Err(Error::new(ErrorKind::Invalid, detail))
        }
    }
}

/// An account without the attribute is one that nobody made inactive.
fn active(user: &Value) -> bool {
    match &user["active"] {
        Value::Bool(active) => *active,
        // Some services write it as text.
        Value::String(text) => !text.eq_ignore_ascii_case("false"),
        _ => true,
    }
}

/// How plans name an account.
pub(super) fn named(user: &Value) -> String {
    let (name, id) = (user["userName"].as_str(), user["id"].as_str());
    format!("{} ({})", name.unwrap_or_default(), id.unwrap_or_default())
}

pub(super) fn by_id(input: &Value, output: &Value) -> Value {
    let mut again = input.clone();
    if output["id"].is_string() {
        again["user"] = output["id"].clone();
    }
    again
}

fn shown(user: &Value) -> Value {
    let mails = user["emails"].as_array().map(Vec::as_slice).unwrap_or_default();
    let primary = mails.iter().find(|mail| mail["primary"] == true).or_else(|| mails.first());
    json!({
        "id": user["id"],
        "userName": user["userName"],
        "externalId": user["externalId"],
        "name": user["displayName"],
        "mail": primary.map(|mail| mail["value"].clone()),
        "active": active(user),
    })
}

pub(super) fn user_schema() -> Value {
    let text = || json!({"type": ["string", "null"]});
    promise::object(
        &["id", "userName", "active"],
        json!({
            "id": {"type": "string"},
            "userName": {"type": "string"},
            "externalId": text(),
            "name": text(),
            "mail": text(),
            "active": {"type": "boolean"},
        }),
    )
}

pub(super) fn user_input() -> Value {
    json!({
        "type": "string", "minLength": 1, "maxLength": 256,
        "description": "the account: the service's id (safest) or its user name",
    })
}

pub(super) const SYSTEM: &str = "SCIM";
