//! Graph v1.0: OneDrive and calendars, answered from the world.
//!
//! As OneDrive for Business has it: what is inherited does not say so, an item with permissions of
//! its own no longer follows the folder above, and what is inherited can't be deleted.

use serde_json::{Value, json};

use super::{
    World,
    filter::{page, selected},
    graph::refused,
    server::{Answered, Asked},
};

fn absent() -> Answered {
    refused(404, "itemNotFound")
}

/// The drive's root; none for an account without a drive.
fn root<'a>(world: &'a World, user: &str) -> Option<&'a Value> {
    world.files.iter().find(|(whose, item)| whose == user && item["root"].is_object()).map(only)
}

fn only((_, item): &(String, Value)) -> &Value {
    item
}

fn item<'a>(world: &'a World, user: &str, id: &str) -> Option<&'a Value> {
    world.files.iter().find(|(whose, item)| whose == user && item["id"] == id).map(only)
}

/// The item itself or the folder above it whose permissions it has.
fn heir<'a>(world: &'a World, user: &str, id: &'a str) -> &'a str {
    if world.shares.iter().any(|(of, _)| of == id) {
        return id;
    }
    let above = item(world, user, id).and_then(|item| item["parentReference"]["id"].as_str());
    above.map_or(id, |above| heir(world, user, above))
}

pub(super) fn read(world: &World, asked: &Asked, user: &str, rest: &[&str]) -> Answered {
    if world.without_sharepoint {
        return refused(400, "BadRequest");
    }
    let Some(root) = root(world, user) else { return refused(404, "ResourceNotFound") };
    match rest {
        ["root"] => (200, selected(asked, root)),
        ["root", "delta"] => {
            let own = world.files.iter().filter(|(whose, _)| whose == user).map(only);
            page(asked, own.map(|item| shown(world, asked, user, item)))
        }
        ["items", id, "permissions"] => match item(world, user, id) {
            Some(_) => {
                let from = heir(world, user, id);
                let shares = world.shares.iter().filter(|(of, _)| of == from);
                page(asked, shares.map(|(_, permission)| permission.clone()))
            }
            None => absent(),
        },
        _ => refused(404, "ResourceNotFound"),
    }
}

/// An item as `delta` tells it: with a sharing facet if it is shared, and by the hierarchical way
/// only if it has permissions of its own; an empty one then if it is not shared.
fn shown(world: &World, asked: &Asked, user: &str, item: &Value) -> Value {
    let mut item = item.clone();
    let id = item["id"].as_str().unwrap_or_default().to_owned();
    let from = heir(world, user, &id);
    let shared = world.shares.iter().filter(|(of, _)| of == from).count() > 1;
    let hierarchical = asked.prefer.contains("hierarchicalsharing");
    if shared && (!hierarchical || from == id) {
        item["shared"] = json!({"scope": "users"});
    } else if hierarchical && from == id {
        item["shared"] = json!({});
    }
    item
}

pub(super) fn write(world: &mut World, asked: &Asked, user: &str, rest: &[&str]) -> Answered {
    let ["items", id, rest @ ..] = rest else { return refused(405, "invalidRequest") };
    if item(world, user, id).is_none() {
        return absent();
    }
    let own = heir(world, user, id) == *id;
    match (asked.method.as_str(), rest) {
        ("POST", ["invite"]) => invite(world, user, id, &asked.body),
        ("DELETE", ["permissions", permission]) => {
            let before = world.shares.len();
            let meant = |one: &(String, Value)| own && one.0 == **id && one.1["id"] == **permission;
            world.shares.retain(|one| !meant(one));
            if world.shares.len() < before { (204, Value::Null) } else { absent() }
        }
        ("PATCH", ["permissions", permission]) => {
            let mut shares = world.shares.iter_mut();
            let found = shares.find(|(of, one)| own && of == *id && one["id"] == *permission);
            let Some((_, found)) = found else { return absent() };
            found["roles"] = asked.body["roles"].clone();
            (200, found.clone())
        }
        _ => refused(405, "invalidRequest"),
    }
}

fn invite(world: &mut World, user: &str, id: &str, body: &Value) -> Answered {
    let who = body["recipients"][0]["objectId"].as_str().unwrap_or_default();
    let Some(found) = world.users.get(who) else { return refused(400, "invalidRequest") };
    let right = World::right(who, &found["displayName"], &body["roles"]);
    let from = heir(world, user, id).to_owned();
    if from != id {
        // From now on it has permissions of its own: those it had, and this one.
        let had = world.shares.iter().filter(|(of, _)| *of == from);
        let had: Vec<_> = had.map(|(_, one)| (id.to_owned(), one.clone())).collect();
        world.shares.extend(had);
    }
    world.shares.retain(|(of, one)| !(of == id && one["id"] == right["id"]));
    world.shares.push((id.to_owned(), right.clone()));
    (200, json!({"value": [right]}))
}

pub(super) fn calendar(world: &World, asked: &Asked, user: &str) -> Answered {
    let (Some(from), Some(until)) = (asked.query("startDateTime"), asked.query("endDateTime"))
    else {
        return refused(400, "ErrorInvalidParameter");
    };
    let day = |text: &str| text.get(..10).unwrap_or_default().to_owned();
    let within = |event: &Value| {
        let start = day(event["start"]["dateTime"].as_str().unwrap_or_default());
        (day(from)..=day(until)).contains(&start)
    };
    let own = world.events.iter().filter(|(whose, event)| whose == user && within(event));
    page(asked, own.map(|(_, event)| event.clone()))
}

pub(super) fn cancel(world: &mut World, user: &str, id: &str) -> Answered {
    let meant = |whose: &str, one: &Value| {
        whose == user && (one["id"] == id || one["seriesMasterId"] == id)
    };
    match world.events.iter().find(|(whose, one)| meant(whose, one)) {
        None => refused(404, "ErrorItemNotFound"),
        Some((_, one)) if one["isOrganizer"] != true => refused(400, "ErrorInvalidRequest"),
        Some(_) => {
            world.events.retain(|(whose, one)| !meant(whose, one));
            (202, Value::Null)
        }
    }
}

impl World {
    /// A permission of an account itself.
    pub fn right(who: &str, name: &Value, roles: &Value) -> Value {
        json!({
            "id": format!("right-{who}"), "roles": roles,
            "grantedToV2": {"user": {"id": who, "displayName": name}},
        })
    }
}
