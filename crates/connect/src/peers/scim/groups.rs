//! Membership of the service's groups.

use async_trait::async_trait;
use kompel_model::{ActionSpec, Plan, Repeat};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    client::{Client, Resources, equals},
    users::{self, SYSTEM},
};
use crate::{
    Call, Error, ErrorKind,
    desired::{Desired, Difference, each},
    promise::{self, Promise},
};

/// `scim.remove-from-groups`.
pub(super) struct Leave;

/// `scim.add-to-groups`.
pub(super) struct Join;

#[derive(Deserialize)]
struct OnGroups {
    user: String,
    groups: Option<Vec<String>>,
}

#[async_trait]
impl Desired for Leave {
    fn spec(&self) -> ActionSpec {
        let summary = "Takes an account out of these groups, or out of all";
        promised("scim.remove-from-groups", summary, "scim.add-to-groups", &["user"])
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        compare(call, false).await
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        apply(call, difference, |id, member| {
            let path = format!("members[value eq {}]", Value::from(member));
            let operations = json!([{"op": "remove", "path": path}]);
            (id.to_owned(), operations)
        })
        .await
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        users::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        Some(json!({"user": output["id"], "groups": groups_in(plan)}))
    }
}

#[async_trait]
impl Desired for Join {
    fn spec(&self) -> ActionSpec {
        let summary = "Puts an account into these groups";
        promised("scim.add-to-groups", summary, "scim.remove-from-groups", &["user", "groups"])
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        compare(call, true).await
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        apply(call, difference, |id, member| {
            let value = json!([{"value": member}]);
            (id.to_owned(), json!([{"op": "add", "path": "members", "value": value}]))
        })
        .await
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        users::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        Some(json!({"user": output["id"], "groups": groups_in(plan)}))
    }
}

async fn compare(call: &Call, wanted: bool) -> Result<Difference, Error> {
    let OnGroups { user, groups } = promise::input(call)?;
    let client = Client::of(&call.connection, call.at).await?;
    let user = users::one(&client, &user).await?;
    let id = user["id"].as_str().unwrap_or_default();
    let mut held = held(&client, id).await?;
    let named = match groups {
        None => held.clone(),
        Some(groups) => {
            let mut named = Vec::new();
            for group in groups {
                named.push(one(&client, &group).await?);
            }
            named
        }
    };
    let mut changes = Vec::new();
    for group in named {
        let is_member = held.iter().any(|one| one["id"] == group["id"]);
        if is_member == wanted {
            continue;
        }
        let property = format!("{MEMBER_OF}{}", group["id"].as_str().unwrap_or_default());
        changes.push(promise::change(
            &users::named(&user),
            &property,
            json!({"member": is_member, "name": group["displayName"]}),
            json!({"member": wanted, "name": group["displayName"]}),
        ));
        if wanted {
            held.push(group);
        } else {
            held.retain(|one| one["id"] != group["id"]);
        }
    }
    held.sort_by_key(|group| group["displayName"].to_string());
    let shown: Vec<Value> =
        held.iter().map(|group| json!({"id": group["id"], "name": group["displayName"]})).collect();
    let output = json!({"id": id, "userName": user["userName"], "groups": shown});
    Ok(Difference { changes, output, remarks: Vec::new() })
}

/// Makes every change.
async fn apply(
    call: &Call,
    difference: Difference,
    operations: fn(&str, &str) -> (String, Value),
) -> Result<Value, Error> {
    let client = Client::of(&call.connection, call.at).await?;
    let member = difference.output["id"].as_str().unwrap_or_default();
    let mut groups = Vec::new();
    for change in &difference.changes {
        let id = change.property.strip_prefix(MEMBER_OF).unwrap_or_default();
        if let Some(group) = client.get(Resources::Groups, id).await? {
            groups.push((change, id, group));
        }
    }
    let client = &client;
    each(&groups, |(change, id, group)| async move {
        let (id, operations) = operations(id, member);
        let wanted = change.to["member"] == true;
        let set = |group: &mut Value| set(group, member, wanted);
        client
            .change(Resources::Groups, group, operations, set)
            .await
            .map_err(|error| Error { detail: format!("group {id}: {}", error.detail), ..error })
    })
    .await?;
    Ok(difference.output)
}

/// The whole group with or without a member, for services that know no PATCH.
fn set(group: &mut Value, member: &str, wanted: bool) {
    let mut members = group["members"].as_array().cloned().unwrap_or_default();
    members.retain(|one| one["value"] != member);
    if wanted {
        members.push(json!({"value": member}));
    }
    group["members"] = members.into();
}

/// The groups that list the account.
async fn held(client: &Client, id: &str) -> Result<Vec<Value>, Error> {
    let filter = equals("members.value", id);
    let found = match client.search(Resources::Groups, Some(&filter)).await {
        // Not every service can search by member.
        Err(error) if matches!(error.kind, ErrorKind::Invalid | ErrorKind::Unsupported) => {
            client.search(Resources::Groups, None).await?
        }
        found => found?,
    };
    let lists = |group: &Value| {
        let members = group["members"].as_array().map(Vec::as_slice).unwrap_or_default();
        members.iter().any(|member| member["value"] == id)
    };
    Ok(found.into_iter().filter(lists).collect())
}

/// The group that an input means: its id or its name.
async fn one(client: &Client, which: &str) -> Result<Value, Error> {
    if let Some(group) = client.get(Resources::Groups, which).await? {
        return Ok(group);
    }
    let found = client.search(Resources::Groups, Some(&equals("displayName", which))).await?;
    match found.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(Error::new(ErrorKind::Absent, format!("no group {which:?}"))),
        several => {
            let detail = format!("{} groups are called {which:?}: give the id", several.len());
            Err(Error::new(ErrorKind::Invalid, detail))
        }
    }
}

fn groups_in(plan: &Plan) -> Vec<&str> {
    plan.changes.iter().filter_map(|change| change.property.strip_prefix(MEMBER_OF)).collect()
}

fn promised(
    name: &'static str,
    summary: &'static str,
    undo: &str,
    required: &[&str],
) -> ActionSpec {
    Promise {
        name,
        summary,
        system: SYSTEM,
        effect: promise::undone_by(undo),
        repeat: Repeat::Natural,
        permissions: &["read Users and Groups", "write Groups"],
        input: promise::object(
            required,
            json!({
                "user": users::user_input(),
                "groups": {
                    "type": "array",
                    "items": {"type": "string", "minLength": 1, "maxLength": 256},
                    "description": "ids or names",
                },
            }),
        ),
        output: promise::object(
            &["id", "userName", "groups"],
            json!({
                "id": {"type": "string"},
                "userName": {"type": "string"},
                "groups": {
                    "type": "array",
                    "description": "the groups that list the account afterwards",
                    "items": {
                        "type": "object",
                        "required": ["id", "name"],
                        "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
                    },
                },
            }),
        ),
    }
    .spec()
}

const MEMBER_OF: &str = "member of ";
