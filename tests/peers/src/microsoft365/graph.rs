//! Graph v1.0: what our connector asks, answered from the world.

use serde_json::{Value, json};

use super::{
    State, World, files,
    filter::{page, selected},
    guid,
    server::{Answered, Asked},
    world::MADE,
};

/// Application permissions of one that may only read.
pub(super) const READING: [&str; 11] = [
    "User.Read.All",
    "GroupMember.Read.All",
    "LicenseAssignment.Read.All",
    "RoleManagement.Read.Directory",
    "UserAuthenticationMethod.Read.All",
    "Application.Read.All",
    "Directory.Read.All",
    "Device.Read.All",
    "DeviceManagementManagedDevices.Read.All",
    "Files.Read.All",
    "Calendars.Read",
];

/// What one that may also write has beside them.
pub(super) const WRITING: [&str; 15] = [
    "User.EnableDisableAccount.All",
    "User.RevokeSessions.All",
    "User.ReadWrite.All",
    "User-PasswordProfile.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite.All",
    "GroupMember.ReadWrite.All",
    "RoleManagement.ReadWrite.Directory",
    "AppRoleAssignment.ReadWrite.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "LicenseAssignment.ReadWrite.All",
    "Device.ReadWrite.All",
    "DeviceManagementManagedDevices.PrivilegedOperations.All",
    "Files.ReadWrite.All",
    "Calendars.ReadWrite",
    "Exchange.ManageAsApp",
];

/// One of these permissions a write needs, by the words of its path that tell it. From the
/// reference page of each call.
const NEEDED: &[(&str, &str, &[&str])] = &[
    ("POST", "revokeSignInSessions", &["User.RevokeSessions.All", "User.ReadWrite.All"]),
    ("POST", "assignLicense", &["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All"]),
    ("DELETE", "authentication", &["UserAuthenticationMethod.ReadWrite.All"]),
    ("DELETE", "appRoleAssignments", &["AppRoleAssignment.ReadWrite.All"]),
    ("DELETE", "oauth2PermissionGrants", &["DelegatedPermissionGrant.ReadWrite.All"]),
    ("DELETE", "roleAssignments", &["RoleManagement.ReadWrite.Directory"]),
    (
        "POST",
        "roleEligibilityScheduleRequests",
        &["RoleEligibilitySchedule.ReadWrite.Directory", "RoleManagement.ReadWrite.Directory"],
    ),
    ("POST", "roleAssignments", &["RoleManagement.ReadWrite.Directory"]),
    ("DELETE", "members", &["GroupMember.ReadWrite.All"]),
    ("POST", "members", &["GroupMember.ReadWrite.All"]),
    ("POST", "managedDevices", &["DeviceManagementManagedDevices.PrivilegedOperations.All"]),
    ("POST", "cancel", &["Calendars.ReadWrite"]),
    ("POST", "drive", &["Files.ReadWrite.All", "Sites.ReadWrite.All"]),
    ("PATCH", "drive", &["Files.ReadWrite.All", "Sites.ReadWrite.All"]),
    ("DELETE", "drive", &["Files.ReadWrite.All", "Sites.ReadWrite.All"]),
    ("PATCH", "devices", &["Device.ReadWrite.All"]),
    ("PATCH", "users", &["User.EnableDisableAccount.All", "User.ReadWrite.All"]),
    ("DELETE", "users", &["User.ReadWrite.All"]),
    ("POST", "users", &["User.ReadWrite.All", "Directory.ReadWrite.All"]),
];

pub(super) fn refused(status: u16, code: &str) -> Answered {
    let message = "The words of a message are not to be relied on.";
    (status, json!({"error": {"code": code, "message": message, "innerError": {}}}))
}

fn absent() -> Answered {
    refused(404, "Request_ResourceNotFound")
}

pub(super) fn answer(state: &mut State, asked: &Asked) -> Answered {
    let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
    if asked.method == "GET" {
        return read(state.reading(), asked, &path);
    }
    let rule =
        NEEDED.iter().find(|(method, word, _)| asked.method == *method && path.contains(word));
    let Some((_, _, any_of)) = rule else { return refused(405, "Request_BadRequest") };
    if !asked.roles.iter().any(|role| any_of.contains(&role.as_str())) {
        return refused(403, "Authorization_RequestDenied");
    }
    let now = state.now();
    let mut world = state.truth.clone();
    let answered = write(&mut world, asked, &path, &now);
    if answered.0 < 300 {
        state.written(world);
    }
    answered
}

/// The account that an id or a user principal name means.
fn user_of<'a>(world: &'a World, who: &str) -> Option<&'a Value> {
    let named = |user: &&Value| {
        user["userPrincipalName"].as_str().is_some_and(|upn| upn.eq_ignore_ascii_case(who))
    };
    world.users.get(who).or_else(|| world.users.values().find(named))
}

fn read(world: &World, asked: &Asked, path: &[&str]) -> Answered {
    match path {
        ["users"] => page(asked, world.users.values().cloned()),
        ["users", who] => match user_of(world, who) {
            Some(user) => (200, selected(asked, user)),
            None => absent(),
        },
        ["users", who, rest @ ..] => match user_of(world, who) {
            Some(user) => of_user(world, asked, user["id"].as_str().unwrap_or_default(), rest),
            None => absent(),
        },
        ["groups", id] => match world.groups.get(*id) {
            Some(group) => (200, selected(asked, group)),
            None => absent(),
        },
        ["subscribedSkus"] => page(asked, world.skus.values().cloned()),
        ["groups"] => page(asked, world.groups.values().cloned()),
        ["roleManagement", "directory", "roleAssignments"] => {
            if asked.query("$filter").is_none() {
                return refused(400, "Request_UnsupportedQuery");
            }
            page(asked, world.role_assignments.values().map(|one| expanded(world, asked, one)))
        }
        ["roleManagement", "directory", "roleEligibilityScheduleInstances"] => {
            if world.without_pim {
                return refused(400, "AadPremiumLicenseRequired");
            }
            page(asked, world.eligibilities.values().map(|one| expanded(world, asked, one)))
        }
        ["roleManagement", "directory", "roleDefinitions"] => {
            page(asked, world.roles.values().cloned())
        }
        _ => refused(404, "ResourceNotFound"),
    }
}

/// A role that somebody has or may take up, with its definition where that is asked for.
fn expanded(world: &World, asked: &Asked, one: &Value) -> Value {
    let mut one = one.clone();
    if asked.query("$expand") == Some("roleDefinition") {
        let id = one["roleDefinitionId"].as_str().unwrap_or_default();
        one["roleDefinition"] = world.roles.get(id).cloned().unwrap_or_default();
    }
    one
}

fn of_user(world: &World, asked: &Asked, id: &str, rest: &[&str]) -> Answered {
    let listed = |rows: &[(String, Value)]| {
        let own = rows.iter().filter(|(whose, _)| whose == id).map(|(_, row)| row.clone());
        page(asked, own.collect::<Vec<_>>())
    };
    let groups: Vec<&str> = world
        .members
        .iter()
        .filter(|(_, member)| member == id)
        .map(|(group, _)| group.as_str())
        .collect();
    match rest {
        ["memberOf", "microsoft.graph.group"] => {
            page(asked, groups.iter().map(|group| world.groups[*group].clone()))
        }
        ["authentication", "methods"] => listed(&world.methods),
        ["ownedObjects"] => listed(&world.owned),
        ["managedDevices"] => listed(&world.managed),
        ["drive", rest @ ..] => files::read(world, asked, id, rest),
        ["calendarView"] => files::calendar(world, asked, id),
        ["registeredDevices"] => {
            let own = world.registered.iter().filter(|(_, whose)| whose == id);
            page(
                asked,
                own.map(|(device, _)| {
                    let mut device = world.devices[device].clone();
                    device["@odata.type"] = "#microsoft.graph.device".into();
                    device
                }),
            )
        }
        ["appRoleAssignments"] => {
            let own = world.app_assignments.values().filter(|one| {
                let whose = one["principalId"].as_str().unwrap_or_default();
                whose == id || groups.contains(&whose)
            });
            page(asked, own.cloned())
        }
        ["oauth2PermissionGrants"] => {
            page(asked, world.grants.values().filter(|one| one["principalId"] == id).cloned())
        }
        _ => refused(404, "ResourceNotFound"),
    }
}

fn write(world: &mut World, asked: &Asked, path: &[&str], now: &str) -> Answered {
    let done = |there: bool| if there { (204, Value::Null) } else { absent() };
    match (asked.method.as_str(), path) {
        ("POST", ["users"]) => make_user(world, &asked.body, now),
        ("PATCH", ["users", id]) => change_user(world, id, &asked.body, now),
        ("DELETE", ["users", id]) => delete_user(world, id),
        ("POST", ["users", id, "revokeSignInSessions"]) => match world.users.get_mut(*id) {
            Some(user) => {
                user["signInSessionsValidFromDateTime"] = now.into();
                let context = format!("http://{}/v1.0/$metadata#Edm.Boolean", asked.host);
                (200, json!({"@odata.context": context, "value": true}))
            }
            None => absent(),
        },
        (_, ["users", id, "drive", rest @ ..]) => files::write(world, asked, id, rest),
        ("POST", ["users", id, "events", event, "cancel"]) => files::cancel(world, id, event),
        ("POST", ["users", id, "assignLicense"]) => assign(world, id, &asked.body),
        ("DELETE", ["users", id, "authentication", _, method]) => {
            let before = world.methods.len();
            world.methods.retain(|(whose, one)| !(whose == id && one["id"] == *method));
            done(world.methods.len() < before)
        }
        ("DELETE", ["users", id, "appRoleAssignments", one]) => {
            match world.app_assignments.get(*one) {
                Some(found) if found["principalId"] == *id => {
                    done(world.app_assignments.remove(*one).is_some())
                }
                _ => absent(),
            }
        }
        ("DELETE", ["oauth2PermissionGrants", id]) => done(world.grants.remove(*id).is_some()),
        (_, ["roleManagement", "directory", rest @ ..]) => change_roles(world, asked, rest),
        ("POST", ["groups", group, "members", "$ref"]) => join(world, group, &asked.body),
        ("DELETE", ["groups", group, "members", member, "$ref"]) => leave(world, group, member),
        ("POST", ["deviceManagement", "managedDevices", id, "retire"]) => {
            let found = world.managed.iter_mut().find(|(_, device)| device["id"] == *id);
            let Some((_, device)) = found else { return absent() };
            device["deviceActionResults"] = json!([{
                "actionName": "retire", "actionState": "pending", "startDateTime": now,
                "lastUpdatedDateTime": now,
            }]);
            done(true)
        }
        ("PATCH", ["devices", id]) => match world.devices.get_mut(*id) {
            Some(device) => {
                device["accountEnabled"] = asked.body["accountEnabled"].clone();
                done(true)
            }
            None => absent(),
        },
        _ => refused(405, "Request_BadRequest"),
    }
}

fn make_user(world: &mut World, body: &Value, now: &str) -> Answered {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let (login, nickname) = (text("userPrincipalName"), text("mailNickname"));
    let password = body["passwordProfile"]["password"].as_str().unwrap_or_default();
    let whole = login.contains('@')
        && !text("displayName").is_empty()
        && body["accountEnabled"].is_boolean()
        && !nickname.is_empty()
        && !nickname.contains(['@', ' ']);
    let address = format!("smtp:{login}").to_lowercase();
    let has = |user: &Value| {
        let addresses = user["proxyAddresses"].as_array().into_iter().flatten();
        addresses.filter_map(Value::as_str).any(|one| one.to_lowercase() == address)
    };
    let taken = user_of(world, login).is_some() || world.users.values().any(has);
    if !whole || password.len() < 8 || taken {
        return refused(400, "Request_BadRequest");
    }
    world.made += 1;
    let number = MADE + world.made;
    world.add_user(number, login, text("displayName"), body["accountEnabled"] == true);
    let user = world.user(number);
    for name in ["givenName", "surname", "jobTitle", "department", "usageLocation", "mailNickname"]
    {
        user[name] = body[name].clone();
    }
    // An address of its own comes with a mailbox.
    (user["mail"], user["proxyAddresses"]) = (Value::Null, json!([]));
    user["lastPasswordChangeDateTime"] = now.into();
    (201, user.clone())
}

fn delete_user(world: &mut World, id: &str) -> Answered {
    match world.users.remove(id) {
        Some(user) if user["onPremisesSyncEnabled"] == true => {
            world.users.insert(id.to_owned(), user);
            refused(400, "Request_BadRequest")
        }
        Some(user) => {
            world.deleted.insert(id.to_owned(), user);
            world.members.retain(|(_, member)| member != id);
            (204, Value::Null)
        }
        None => absent(),
    }
}

fn change_roles(world: &mut World, asked: &Asked, path: &[&str]) -> Answered {
    match (asked.method.as_str(), path) {
        ("DELETE", ["roleAssignments", id]) => match world.role_assignments.remove(*id) {
            Some(_) => (204, Value::Null),
            None => absent(),
        },
        ("POST", ["roleAssignments"]) => {
            world.made += 1;
            let id = format!("assignment-{}", 100 + world.made);
            let mut made = asked.body.clone();
            made["id"] = id.as_str().into();
            world.role_assignments.insert(id, made.clone());
            (201, made)
        }
        ("POST", ["roleEligibilityScheduleRequests"]) => {
            let meant = |one: &Value| {
                let same = |name: &str| one[name] == asked.body[name];
                same("principalId") && same("roleDefinitionId") && same("directoryScopeId")
            };
            let before = world.eligibilities.len();
            world.eligibilities.retain(|_, one| !(meant(one) && one["memberType"] == "Direct"));
            if world.eligibilities.len() == before || asked.body["action"] != "adminRemove" {
                return refused(400, "RoleAssignmentDoesNotExist");
            }
            let mut made = asked.body.clone();
            made["id"] = "request-1".into();
            made["status"] = "Revoked".into();
            (201, made)
        }
        _ => refused(405, "Request_BadRequest"),
    }
}

fn change_user(world: &mut World, id: &str, body: &Value, now: &str) -> Answered {
    let Some(user) = world.users.get_mut(id) else { return absent() };
    for (name, value) in body.as_object().into_iter().flatten() {
        match name.as_str() {
            "accountEnabled" => user["accountEnabled"] = value.clone(),
            "usageLocation" if value.as_str().is_some_and(|it| it.len() == 2) => {
                user["usageLocation"] = value.clone();
            }
            "passwordProfile" if user["onPremisesSyncEnabled"] == true => {
                return refused(400, "Request_BadRequest");
            }
            "passwordProfile" if value["password"].as_str().is_some_and(|it| it.len() >= 12) => {
                user["lastPasswordChangeDateTime"] = now.into();
            }
            _ => return refused(400, "Request_BadRequest"),
        }
    }
    (204, Value::Null)
}

fn assign(world: &mut World, id: &str, body: &Value) -> Answered {
    let Some(user) = world.users.get_mut(id) else { return absent() };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (add, remove) = (list(&body["addLicenses"]), list(&body["removeLicenses"]));
    let mut states = list(&user["licenseAssignmentStates"]);
    let direct =
        |state: &Value, sku: &Value| state["skuId"] == *sku && state["assignedByGroup"].is_null();
    for sku in &remove {
        let before = states.len();
        states.retain(|state| !direct(state, sku));
        if states.len() == before {
            // Microsoft refuses to take what is not there, or comes from a group.
            return refused(400, "Request_BadRequest");
        }
    }
    for licence in &add {
        let sku = licence["skuId"].as_str().unwrap_or_default();
        if !world.skus.contains_key(sku) || user["usageLocation"].is_null() {
            return refused(400, "Request_BadRequest");
        }
        states.retain(|state| !direct(state, &licence["skuId"]));
        states.push(json!({
            "skuId": sku, "disabledPlans": licence["disabledPlans"], "assignedByGroup": null,
            "state": "Active", "error": "None",
        }));
    }
    set_licences(user, states);
    (200, user.clone())
}

fn set_licences(user: &mut Value, mut states: Vec<Value>) {
    states.sort_by_key(|state| state["skuId"].to_string());
    let assigned: Vec<Value> = states
        .iter()
        .map(|state| json!({"skuId": state["skuId"], "disabledPlans": state["disabledPlans"]}))
        .collect();
    user["assignedLicenses"] = assigned.into();
    user["licenseAssignmentStates"] = states.into();
}

/// True if Graph may change who is in it.
fn changeable(group: &Value) -> bool {
    let is = |kind: &str| {
        group["groupTypes"].as_array().is_some_and(|all| all.iter().any(|one| one == kind))
    };
    let mail_only = group["mailEnabled"] == true && !is("Unified");
    group["onPremisesSyncEnabled"] != true && !is("DynamicMembership") && !mail_only
}

fn join(world: &mut World, group: &str, body: &Value) -> Answered {
    let member = body["@odata.id"].as_str().and_then(|url| url.rsplit('/').next());
    let (Some(found), Some(member)) = (world.groups.get(group), member) else { return absent() };
    let pair = (group.to_owned(), member.to_owned());
    if !changeable(found) || world.members.contains(&pair) {
        return refused(400, "Request_BadRequest");
    }
    if !world.users.contains_key(member) {
        return absent();
    }
    let member = member.to_owned();
    world.members.push(pair);
    by_group(world, group, &member);
    (204, Value::Null)
}

fn leave(world: &mut World, group: &str, member: &str) -> Answered {
    let Some(found) = world.groups.get(group) else { return absent() };
    let pair = (group.to_owned(), member.to_owned());
    if !world.members.contains(&pair) {
        return absent();
    }
    if !changeable(found) {
        return refused(400, "Request_BadRequest");
    }
    world.members.retain(|one| *one != pair);
    by_group(world, group, member);
    (204, Value::Null)
}

/// The licence that a group gives comes and goes with it.
fn by_group(world: &mut World, group: &str, member: &str) {
    let is_member = world.members.contains(&(group.to_owned(), member.to_owned()));
    let Some(user) = world.users.get_mut(member).filter(|_| group == guid(106)) else { return };
    let mut states = user["licenseAssignmentStates"].as_array().cloned().unwrap_or_default();
    states.retain(|state| state["assignedByGroup"] != group);
    if is_member {
        states.push(json!({
            "skuId": guid(902), "disabledPlans": [], "assignedByGroup": group, "state": "Active",
            "error": "None",
        }));
    }
    set_licences(user, states);
}
