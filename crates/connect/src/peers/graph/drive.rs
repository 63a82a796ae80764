//! An account's OneDrive: handed over to somebody, taken back, shared with nobody any more.
//!
//! Owns which items have permissions of their own. In OneDrive for Business an item that was once
//! shared no longer takes its permissions from the folder above, so each such item is looked at and
//! changed itself; what takes them from above follows.

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, PlannedChange};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    client::{Client, MOST_IN_BATCH, Rows},
    named,
    users::{self, OnUser, promised},
};
use crate::{
    Call, Error, ErrorKind,
    desired::{Desired, Difference, Reading, each},
    http::Method,
    promise::{self},
};

/// An item with permissions of its own, the drive's root among them, and all that apply to it.
struct Item {
    /// `id` and `name`.
    shown: Value,
    permissions: Vec<Value>,
}

impl Item {
    fn id(&self) -> &str {
        self.shown["id"].as_str().unwrap_or_default()
    }

    /// What this account may do here by itself, not through a link; with the permission's id.
    fn right_of(&self, who: &str) -> Option<(&str, &'static str)> {
        let own = self.permissions.iter().filter(|one| person(one) == Some(who));
        let right = |one: &Value| {
            let has = |role: &str| roles(one).any(|one| one == role);
            if has("owner") {
                OWNER
            } else if has(WRITE) {
                WRITE
            } else {
                READ
            }
        };
        own.map(|one| (one["id"].as_str().unwrap_or_default(), right(one))).max_by_key(|one| {
            [READ, WRITE, OWNER].iter().position(|right| *right == one.1).unwrap_or_default()
        })
    }
}

const READ: &str = "read";
const WRITE: &str = "write";
const OWNER: &str = "owner";

fn roles(permission: &Value) -> impl Iterator<Item = &str> {
    permission["roles"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// The account that a permission is given to.
fn person(permission: &Value) -> Option<&str> {
    ["grantedToV2", "grantedTo"].iter().find_map(|name| permission[*name]["user"]["id"].as_str())
}

/// What has permissions of its own in an account's drive, folders before what is in them.
///
/// # Source
/// <https://learn.microsoft.com/graph/api/driveitem-delta>, "Scanning permissions hierarchies"
async fn items(client: &Client<'_>, user: &str) -> Result<Vec<Item>, Error> {
    let root = root(client, user).await?;
    let query = vec![("$select", "id,name,shared,deleted".to_owned()), ("$top", "1000".to_owned())];
    let rows = Rows { path: &["users", user, "drive", "root", "delta"], query, eventual: false };
    let apart = |row: &Value| row["shared"].is_object() && row["deleted"].is_null();
    let prefer = ("Prefer", "hierarchicalsharing");
    let mut found = vec![json!({"id": root["id"], "name": root["name"]})];
    for row in client.list_where(&rows, prefer, apart).await? {
        // An item may come more than once.
        if found.iter().all(|one| one["id"] != row["id"]) {
            found.push(json!({"id": row["id"], "name": row["name"]}));
        }
        if found.len() > MOST_ITEMS {
            let detail = format!(
                "more than {MOST_ITEMS} items of this drive have permissions of their own: see to \
                 it in the admin centre"
            );
            return Err(Error::new(ErrorKind::Unsupported, detail));
        }
    }
    let mut items = Vec::new();
    for some in found.chunks(MOST_IN_BATCH) {
        let paths: Vec<[&str; 6]> = some
            .iter()
            .map(|one| {
                let id = one["id"].as_str().unwrap_or_default();
                ["users", user, "drive", "items", id, "permissions"]
            })
            .collect();
        let lists: Vec<Rows<'_>> =
            paths.iter().map(|path| Rows { path, query: Vec::new(), eventual: false }).collect();
        let permissions = client.batch(&lists).await?;
        items.extend(
            some.iter()
                .zip(permissions)
                .map(|(shown, permissions)| Item { shown: shown.clone(), permissions }),
        );
    }
    Ok(items)
}

/// The root of an account's drive.
async fn root(client: &Client<'_>, user: &str) -> Result<Value, Error> {
    match client.get(&["users", user, "drive", "root"], "id,name").await {
        Ok(Some(root)) => Ok(root),
        Ok(None) => Err(Error::new(ErrorKind::Unsupported, "this account has no OneDrive")),
        // "Tenant does not have a SPO license" comes as a bad request.
        Err(error) if error.kind == ErrorKind::Invalid && error.code == Some(400) => {
            let detail = "the client's licence does not offer OneDrive";
            Err(Error::new(ErrorKind::Unsupported, detail).with_code(400))
        }
        Err(error) => Err(error),
    }
}

const MOST_ITEMS: usize = 500;

/// `graph.find-drive`: for playbooks that go by whether there is one.
pub(super) struct Find;

#[async_trait]
impl Reading for Find {
    fn spec(&self) -> ActionSpec {
        promised(
            "graph.find-drive",
            "Tells whether an account has a OneDrive",
            ActionEffect::Read,
            users::on_user(),
            users::about_schema(
                &["found"],
                json!({
                    "found": {"type": "boolean"},
                    "because": {"type": ["string", "null"], "description": "why there is none"},
                }),
            ),
        )
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let (client, user) = users::of(call).await?;
        let because = match root(&client, users::id(&user)).await {
            Ok(_) => None,
            Err(error) if error.kind == ErrorKind::Unsupported => Some(error.detail),
            Err(error) => return Err(error),
        };
        Ok(users::about(&user, json!({"found": because.is_none(), "because": because})))
    }
}

/// How plans name an item of somebody's drive.
fn object(user: &Value, item: &Value) -> String {
    format!("OneDrive of {}: {}", users::named(user), named::named(item))
}

/// The item and, last in the property, the permission that a change is of.
fn target(change: &PlannedChange) -> [&str; 2] {
    [&change.object, &change.property].map(|name| named::id(name).unwrap_or_default())
}

/// `graph.hand-over-drive` and `graph.take-back-drive`.
pub(super) enum Hand {
    Over,
    Back,
}

#[derive(Deserialize)]
struct Handing {
    user: String,
    to: String,
    items: Option<Vec<OfItem>>,
}

/// What somebody may do with one item.
#[derive(Deserialize)]
struct OfItem {
    item: String,
    role: Option<String>,
}

impl Hand {
    /// What is wanted of this item; nothing if it is not meant.
    #[expect(clippy::option_option, reason = "no right is a wish too")]
    fn wish(&self, wanted: &Handing, item: &str) -> Option<Option<&'static str>> {
        let role = match &wanted.items {
            None => None,
            Some(some) => some.iter().find(|one| one.item == item)?.role.as_deref(),
        };
        Some(match (role, self) {
            (Some(READ), _) => Some(READ),
            (Some(_), _) | (None, Self::Over) => Some(WRITE),
            (None, Self::Back) => None,
        })
    }

    /// True if nothing is to be done: handing over lowers no right, taking back raises none.
    fn is_so(&self, now: Option<&str>, wish: Option<&str>) -> bool {
        let height = |right: Option<&str>| {
            right.and_then(|right| [READ, WRITE, OWNER].iter().position(|one| *one == right))
        };
        match self {
            _ if now == Some(OWNER) => true,
            Self::Over => height(now) >= height(wish),
            Self::Back => height(now) <= height(wish),
        }
    }
}

#[async_trait]
impl Desired for Hand {
    fn spec(&self) -> ActionSpec {
        let some = promise::object(
            &["item"],
            json!({
                "item": {"type": "string", "minLength": 1, "maxLength": 256},
                "role": {
                    "enum": ["read", "write", null],
                    "description": "what they may do there afterwards",
                },
            }),
        );
        let mut properties = json!({
            "user": users::user_input(),
            "to": users::user_input(),
            "items": {
                "type": "array", "items": some, "maxItems": MOST_ITEMS,
                "description": "these items only, as an undo has it; all of them when left out",
            },
        });
        properties["to"]["description"] =
            "who takes or took it over: id (safest) or user principal name".into();
        let (name, summary, undo) = match self {
            Self::Over => (
                "graph.hand-over-drive",
                "Lets somebody read and change everything in an account's OneDrive; no mail is \
                 sent",
                "graph.take-back-drive",
            ),
            Self::Back => (
                "graph.take-back-drive",
                "Takes from somebody what they may do in an account's OneDrive",
                "graph.hand-over-drive",
            ),
        };
        let count = || json!({"type": "integer"});
        promised(
            name,
            summary,
            promise::undone_by(undo),
            promise::object(&["user", "to"], properties),
            users::about_schema(
                &["to", "items"],
                json!({
                    "to": {"type": "string", "description": "the id of who took it over"},
                    "items": count(),
                }),
            ),
        )
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let wanted: Handing = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let user = users::one(&client, &wanted.user).await?;
        let to = users::one(&client, &wanted.to).await?;
        if users::id(&user) == users::id(&to) {
            let detail = "a drive can't be handed over to its own account";
            return Err(Error::new(ErrorKind::Invalid, detail));
        }
        let mut remarks = Vec::new();
        if matches!(self, Self::Over) && to["accountEnabled"] == false {
            remarks.push("Who is to take it over is blocked from signing in.".to_owned());
        }
        let items = items(&client, users::id(&user)).await?;
        let gone = |one: &&OfItem| items.iter().all(|item| item.id() != one.item);
        let gone = wanted.items.iter().flatten().filter(gone).count();
        if gone > 0 {
            remarks.push(format!("{gone} of the items are not there any more."));
        }
        let mut changes = Vec::new();
        for item in &items {
            let now = item.right_of(users::id(&to));
            let Some(wish) = self.wish(&wanted, item.id()) else { continue };
            if self.is_so(now.map(|(_, right)| right), wish) {
                continue;
            }
            let id = now.map(|(id, _)| id).unwrap_or_default();
            let property = format!("right of {} ({id})", users::named(&to));
            let (object, from) = (object(&user, &item.shown), now.map(|(_, right)| right).into());
            changes.push(promise::change(&object, &property, from, wish.into()));
        }
        let more = json!({"to": to["id"], "items": items.len()});
        Ok(Difference { changes, output: users::about(&user, more), remarks })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let client = &Client::of(&call.connection, call.at)?;
        let (user, to) = (users::id(&difference.output), &difference.output["to"]);
        each(&difference.changes, |change| async move {
            let [item, permission] = target(change);
            let path = ["users", user, "drive", "items", item];
            match change.to.as_str() {
                None => client.delete(&[&path[..], &["permissions", permission]].concat()).await,
                Some(READ) if !permission.is_empty() => {
                    let path = [&path[..], &["permissions", permission]].concat();
                    client.change(Method::PATCH, &path, Some(&json!({"roles": [READ]}))).await
                }
                Some(role) => {
                    let body = json!({
                        "requireSignIn": true, "sendInvitation": false, "roles": [role],
                        "recipients": [{"objectId": to}],
                    });
                    let path = [&path[..], &["invite"]].concat();
                    client.change(Method::POST, &path, Some(&body)).await
                }
            }
        })
        .await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        users::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        let was = |change: &PlannedChange| json!({"item": target(change)[0], "role": change.from});
        let items: Vec<Value> = plan.changes.iter().map(was).collect();
        Some(json!({"user": output["id"], "to": output["to"], "items": items}))
    }
}

/// `graph.stop-sharing`.
pub(super) struct StopSharing;

#[derive(Deserialize)]
struct Stopping {
    #[serde(flatten)]
    whose: OnUser,
    except: Option<String>,
}

#[async_trait]
impl Desired for StopSharing {
    fn spec(&self) -> ActionSpec {
        promised(
            "graph.stop-sharing",
            "Ends every link to items of an account's OneDrive and everybody's rights \
                      there but the owner's",
            ActionEffect::Irreversible,
            promise::object(
                &["user"],
                json!({
                    "user": users::user_input(),
                    "except": {
                        "type": ["string", "null"], "minLength": 1, "maxLength": 256,
                        "description": "who keeps their rights, as after graph.hand-over-drive: \
                                        id (safest) or user principal name",
                    },
                }),
            ),
            users::about_schema(&["ended"], json!({"ended": {"type": "integer"}})),
        )
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let Stopping { whose, except } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let user = users::one(&client, &whose.user).await?;
        let except = match except {
            Some(who) => Some(users::one(&client, &who).await?),
            None => None,
        };
        let keeps = [Some(&user), except.as_ref()].map(|one| one.map(users::id));
        let mut changes = Vec::new();
        for item in items(&client, users::id(&user)).await? {
            for one in item.permissions.iter().filter(|one| ends(one)) {
                if person(one).is_some() && keeps.contains(&person(one)) {
                    continue;
                }
                let id = one["id"].as_str().unwrap_or_default();
                let property = format!("{} ({id})", kind(one));
                let from = roles(one).collect::<Vec<_>>().join(", ").into();
                let object = object(&user, &item.shown);
                let mut change = promise::change(&object, &property, from, Value::Null);
                change.irreversible = true;
                changes.push(change);
            }
        }
        let output = users::about(&user, json!({"ended": changes.len()}));
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let client = &Client::of(&call.connection, call.at)?;
        let user = users::id(&difference.output);
        each(&difference.changes, |change| async move {
            let [item, permission] = target(change);
            let path = ["users", user, "drive", "items", item, "permissions", permission];
            client.delete(&path).await
        })
        .await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        users::by_id(input, output)
    }
}

/// True for what is given on the item itself, to others than its owners, and gives anything.
fn ends(permission: &Value) -> bool {
    permission["inheritedFrom"].is_null()
        && !roles(permission).any(|role| role == OWNER)
        && permission["link"]["scope"] != "existingAccess"
}

/// What a permission is, without who has it.
fn kind(permission: &Value) -> String {
    match (permission["link"].is_object(), permission["link"]["scope"].as_str()) {
        (true, Some(scope)) => format!("link for {scope}"),
        (true, None) => "link".to_owned(),
        (false, _) if permission["invitation"]["email"].is_string() => "invitation".to_owned(),
        (false, _) => "right".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use kompel_peers::{Microsoft365, World, guid};

    use super::*;
    use crate::peers::graph::tests::step_at;

    fn shared(stub: &Microsoft365) -> Vec<String> {
        let shares = stub.world().shares;
        let told = shares.iter().map(|(item, one)| format!("{item} {}", one["id"]));
        told.collect()
    }

    #[tokio::test]
    async fn whoever_takes_a_drive_over_reaches_what_no_longer_follows_its_folder() {
        let stub = Microsoft365::start();
        let input = json!({"user": guid(1), "to": guid(5)});
        let step = step_at(&stub, "graph.hand-over-drive", input.clone());
        let plan = step.plan().await.unwrap();
        let objects: Vec<Option<&str>> =
            plan.changes.iter().map(|change| named::id(&change.object)).collect();
        assert_eq!(objects, ["item-1", "item-2", "item-3", "item-5"].map(Some));
        assert_eq!(plan.changes[2].from, READ, "{plan:?}");
        let output = step.perform().await.unwrap();
        for id in ["item-1", "item-2", "item-3", "item-5"] {
            let right = World::right(&guid(5), &json!("Jan Janssens"), &json!([WRITE]));
            assert!(stub.world().shares.contains(&(id.to_owned(), right)), "{id}");
        }
        for exchange in stub.exchanges().iter().filter(|one| one.method == "POST") {
            assert_eq!(exchange.body["sendInvitation"], false, "{exchange:?}");
        }

        // Taken back, everybody has what they had: one could read a file before.
        let back = step.action.undo_input(&input, &plan, &output).unwrap();
        step_at(&stub, "graph.take-back-drive", back).perform().await.unwrap();
        let sorted = |mut rows: Vec<(String, Value)>| {
            rows.sort_by_key(|one| format!("{one:?}"));
            rows
        };
        assert_eq!(sorted(stub.world().shares), sorted(World::sample().shares));
    }

    #[tokio::test]
    async fn after_sharing_ends_only_the_owner_and_whoever_took_it_over_are_left() {
        let stub = Microsoft365::start();
        let to = || json!({"user": guid(1), "to": guid(5)});
        step_at(&stub, "graph.hand-over-drive", to()).perform().await.unwrap();
        let stop =
            step_at(&stub, "graph.stop-sharing", json!({"user": guid(1), "except": guid(5)}));
        let plan = stop.plan().await.unwrap();
        let told: Vec<&str> = plan.changes.iter().map(|one| one.property.as_str()).collect();
        let piet = format!("right (right-{})", guid(2));
        let links = ["link for anonymous (link-1)", "invitation (invitation-1)"];
        assert_eq!(told, [&piet, &piet, links[0], links[1]]);
        assert!(plan.changes.iter().all(|change| change.irreversible));
        assert!(!format!("{plan:?}").contains("other.test"), "an address is told");
        stop.perform().await.unwrap();
        let owners =
            ["item-2", "item-3", "item-5"].map(|item| format!("{item} \"right-{}\"", guid(1)));
        for left in shared(&stub) {
            let fine =
                left.contains(&guid(5)) || left.contains("link-0") || left.contains(&guid(1));
            assert!(fine, "{left}");
        }
        assert!(owners.iter().all(|one| shared(&stub).contains(one)));

        // Who is not excepted loses it too.
        step_at(&stub, "graph.stop-sharing", json!({"user": guid(1)})).perform().await.unwrap();
        assert!(!shared(&stub).iter().any(|one| one.contains(&guid(5))));
    }

    #[tokio::test]
    async fn what_can_not_be_done_with_a_drive_is_told_before_anybody_approves() {
        let stub = Microsoft365::start();
        let many = |world: &mut World| {
            let owner = World::right(&guid(1), &Value::Null, &json!(["owner"]));
            let link = json!({"id": "link", "roles": ["read"], "link": {"scope": "organization"}});
            for number in 0..MOST_ITEMS {
                let id = format!("many-{number}");
                world.files.push((guid(1), json!({"id": id, "name": id})));
                world.shares.push((id.clone(), owner.clone()));
                world.shares.push((id, link.clone()));
            }
        };
        let nothing = |_: &mut World| {};
        let no_licence = |world: &mut World| world.without_sharepoint = true;
        for (change, input, kind, word) in [
            (&nothing as &dyn Fn(&mut World), guid(2), ErrorKind::Unsupported, "no OneDrive"),
            (&no_licence, guid(1), ErrorKind::Unsupported, "licence"),
            (&many, guid(1), ErrorKind::Unsupported, "more than 500"),
            (&nothing, guid(9), ErrorKind::Absent, "no account"),
        ] {
            stub.reset(World::sample());
            stub.change(change);
            for (action, other) in
                [("graph.hand-over-drive", Some("to")), ("graph.stop-sharing", None)]
            {
                let mut asked = json!({"user": input});
                if let Some(other) = other {
                    asked[other] = guid(5).into();
                }
                let refused = step_at(&stub, action, asked).plan().await.unwrap_err();
                assert_eq!(refused.kind, kind, "{action}: {refused}");
                assert!(refused.detail.contains(word), "{action}: {refused}");
            }
        }
        for (change, user, because) in [
            (&nothing as &dyn Fn(&mut World), 1, Value::Null),
            (&nothing, 2, json!("this account has no OneDrive")),
            (&no_licence, 1, json!("the client's licence does not offer OneDrive")),
        ] {
            stub.reset(World::sample());
            stub.change(change);
            let find = step_at(&stub, "graph.find-drive", json!({"user": guid(user)}));
            let found = find.perform().await.unwrap();
            let told = (&found["found"], &found["because"]);
            assert_eq!(told, (&json!(because.is_null()), &because));
        }
        let own = json!({"user": guid(1), "to": "jan@contoso.test"});
        let refused = step_at(&stub, "graph.hand-over-drive", own).plan().await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Invalid);
    }
}
