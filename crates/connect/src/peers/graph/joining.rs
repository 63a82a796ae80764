//! What undoes a removal: into groups again, directory roles again.

use async_trait::async_trait;
use kompel_model::{ActionSpec, Plan};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    belongings::{self, Kind, Role, group, group_stays},
    client::{Client, Rows, quoted},
    named,
    users::{self, Awaited, Awaits, promised},
};
use crate::{
    Call, Error, ErrorKind,
    desired::{Desired, Difference, each},
    http::Method,
    promise::{self},
};

/// `graph.add-to-groups`.
pub(super) struct Join;

#[derive(Deserialize)]
struct Joining {
    user: String,
    groups: Vec<String>,
    awaits: Option<Awaits>,
}

fn added_schema() -> Value {
    users::list_schema("added", belongings::item_schema())
}

#[async_trait]
impl Desired for Join {
    fn spec(&self) -> ActionSpec {
        promised(
            "graph.add-to-groups",
            "Puts an account into these groups or teams",
            promise::undone_by("graph.remove-from-groups"),
            promise::object(
                &["user", "groups"],
                json!({
                    "user": users::user_input(),
                    "groups": {
                        "type": "array", "maxItems": 500,
                        "items": {"type": "string", "minLength": 1, "maxLength": 256},
                        "description": "ids or names",
                    },
                    "awaits": users::awaits_input(),
                }),
            ),
            added_schema(),
        )
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let Joining { user, groups, awaits } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let account = Awaited::find(&client, &user, awaits).await?;
        let held = match account.is_to_come() {
            true => Vec::new(),
            false => Kind::Groups.held(&client, &account.user).await?,
        };
        let (mut changes, mut added) = (Vec::new(), Vec::new());
        for which in groups {
            if held.iter().any(|item| item.is(&which))
                || added.iter().any(|it: &Value| it["id"] == which)
            {
                continue;
            }
            let row = meant(&client, &which).await?;
            if let Some(why) = group_stays(&row) {
                return Err(Error::new(ErrorKind::Conflict, format!("group {which:?}: {why}")));
            }
            let shown = group(&row);
            let property = format!("member of {}", named::named(&shown));
            let to = named::MEMBER.into();
            changes.push(promise::change(&account.name, &property, Value::Null, to));
            added.push(shown);
        }
        let output = users::about(&account.user, json!({"added": added}));
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let client = &Client::of(&call.connection, call.at)?;
        let Joining { awaits, .. } = promise::input(call)?;
        let id = users::arrived(&difference.output, awaits)?;
        let body = &json!({"@odata.id": client.reference(id)?});
        // "Already a member" is a refusal too: what is so is read afterwards.
        each(difference.output["added"].as_array().into_iter().flatten(), |group| async move {
            let id = group["id"].as_str().unwrap_or_default();
            let path = ["groups", id, "members", "$ref"];
            client.change(Method::POST, &path, Some(body)).await
        })
        .await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        users::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        Some(json!({"user": output["id"], "groups": named::ids(plan)}))
    }
}

/// The group that an input means: its id or its name.
async fn meant(client: &Client<'_>, which: &str) -> Result<Value, Error> {
    if which.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && let Some(found) = client.get(&["groups", which], belongings::GROUP_PROPERTIES).await?
    {
        return Ok(found);
    }
    let query = vec![
        ("$select", belongings::GROUP_PROPERTIES.to_owned()),
        ("$filter", format!("displayName eq {}", quoted(which))),
    ];
    let mut found = client.list(&Rows { path: &["groups"], query, eventual: false }).await?;
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(Error::new(ErrorKind::Absent, format!("no group {which:?}"))),
        several => {
            let detail = format!("{several} groups are called {which:?}: give the id");
            Err(Error::new(ErrorKind::Invalid, detail))
        }
    }
}

/// `graph.assign-directory-roles`.
pub(super) struct Assign;

#[derive(Deserialize)]
struct Assigning {
    user: String,
    roles: Vec<Role>,
}

#[async_trait]
impl Desired for Assign {
    fn spec(&self) -> ActionSpec {
        promised(
            "graph.assign-directory-roles",
            "Gives an account these directory roles",
            promise::undone_by("graph.remove-directory-roles"),
            promise::object(
                &["user", "roles"],
                json!({
                    "user": users::user_input(),
                    "roles": {
                        "type": "array", "items": belongings::role_schema(), "maxItems": 500,
                    },
                }),
            ),
            users::list_schema("added", belongings::role_schema()),
        )
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let Assigning { user, roles } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let user = users::one(&client, &user).await?;
        let held = Kind::Roles.held(&client, &user).await?;
        let (mut changes, mut added) = (Vec::new(), Vec::new());
        for Role { role, scope } in roles {
            let has = |one: &Value| one["role"] == role && one["scope"] == scope;
            if held.iter().any(|item| has(&item.shown)) || added.iter().any(has) {
                continue;
            }
            let (property, to) = (format!("role {role}"), json!({"role": role, "scope": scope}));
            added.push(to.clone());
            changes.push(promise::change(&users::named(&user), &property, Value::Null, to));
        }
        let output = users::about(&user, json!({"added": added}));
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let client = &Client::of(&call.connection, call.at)?;
        let user = users::id(&difference.output);
        each(&difference.changes, |change| async move {
            let body = json!({
                "principalId": user, "roleDefinitionId": change.to["role"],
                "directoryScopeId": change.to["scope"],
            });
            let path = ["roleManagement", "directory", "roleAssignments"];
            client.change(Method::POST, &path, Some(&body)).await
        })
        .await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        users::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        let roles: Vec<&Value> = plan.changes.iter().map(|change| &change.to).collect();
        Some(json!({"user": output["id"], "roles": roles}))
    }
}
