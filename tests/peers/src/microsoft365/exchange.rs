//! Exchange Online's InvokeCommand: the cmdlets that our connector runs, over the world's
//! mailboxes.

use serde_json::{Map, Value, json};

use super::{
    State, World,
    server::{Answered, Asked},
};

/// A cmdlet with the parameters that it knows here.
const CMDLETS: &[(&str, &[&str])] = &[
    ("Get-Mailbox", &["Identity", "Filter", "ResultSize"]),
    ("Get-MailboxStatistics", &["Identity"]),
    ("Get-MailboxAutoReplyConfiguration", &["Identity"]),
    ("Get-InboxRule", &["Mailbox"]),
    ("Get-MobileDevice", &["Mailbox"]),
    ("Get-Recipient", &["Identity", "Filter", "RecipientTypeDetails", "ResultSize"]),
    ("Get-MailboxPermission", &["Identity", "User"]),
    ("Get-RecipientPermission", &["Identity", "Trustee", "ResultSize"]),
    (
        "Set-Mailbox",
        &[
            "Identity",
            "Type",
            "LitigationHoldEnabled",
            "ForwardingAddress",
            "ForwardingSmtpAddress",
            "DeliverToMailboxAndForward",
            "HiddenFromAddressListsEnabled",
            "GrantSendOnBehalfTo",
        ],
    ),
    (
        "Set-MailboxAutoReplyConfiguration",
        &["Identity", "AutoReplyState", "InternalMessage", "ExternalMessage", "ExternalAudience"],
    ),
    ("Remove-InboxRule", &["Identity", "Mailbox", "Confirm", "AlwaysDeleteOutlookRulesBlob"]),
    ("Remove-MobileDevice", &["Identity", "Confirm"]),
    (
        "Remove-DistributionGroupMember",
        &["Identity", "Member", "BypassSecurityGroupManagerCheck", "Confirm"],
    ),
    (
        "Add-DistributionGroupMember",
        &["Identity", "Member", "BypassSecurityGroupManagerCheck", "Confirm"],
    ),
    ("Add-MailboxPermission", &["Identity", "User", "AccessRights", "AutoMapping", "Confirm"]),
    ("Remove-MailboxPermission", &["Identity", "User", "AccessRights", "Confirm"]),
    ("Add-RecipientPermission", &["Identity", "Trustee", "AccessRights", "Confirm"]),
    ("Remove-RecipientPermission", &["Identity", "Trustee", "AccessRights", "Confirm"]),
];

/// An error as InvokeCommand tells it: the class of the exception stands between two bars.
fn refused(class: &str) -> Answered {
    let message = format!("Ex000001|{class}|The words of a message are not to be relied on.");
    let details = json!([{"code": "Client", "target": "", "message": message}]);
    (
        500,
        json!({"error": {
            "code": "InternalServerError", "message": "Error executing cmdlet", "details": details,
        }}),
    )
}

fn absent() -> Answered {
    refused("Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException")
}

pub(super) fn answer(state: &mut State, asked: &Asked) -> Answered {
    let right_path = asked.path.len() == 4 && asked.path[3] == "InvokeCommand";
    let input = &asked.body["CmdletInput"];
    let name = input["CmdletName"].as_str().unwrap_or_default();
    let known = CMDLETS.iter().find(|(cmdlet, _)| *cmdlet == name);
    let (Some((_, parameters)), true) = (known, right_path && asked.method == "POST") else {
        return refused("System.Management.Automation.CommandNotFoundException");
    };
    if !asked.roles.iter().any(|role| role == "Exchange.ManageAsApp") {
        return (403, Value::Null);
    }
    let empty = Map::new();
    let given = input["Parameters"].as_object().unwrap_or(&empty);
    if given.keys().any(|key| !parameters.contains(&key.as_str())) {
        return refused("System.Management.Automation.ParameterBindingException");
    }
    let text = |key: &str| given.get(key).and_then(Value::as_str).unwrap_or_default();
    if name.starts_with("Get-") {
        let answered = read(state.reading(), name, given, &text);
        return selected(answered, asked.query("$select"));
    }
    let mut world = state.truth.clone();
    let answered = write(&mut world, name, given, &text);
    if answered.0 < 300 {
        state.written(world);
    }
    answered
}

/// The key of the mailbox that this means.
fn mailbox(world: &World, who: &str) -> Option<String> {
    let found = world.mailboxes.iter().find(|(id, mailbox)| {
        let named = ["UserPrincipalName", "PrimarySmtpAddress", "DistinguishedName"];
        id.as_str() == who
            || named.iter().any(|name| {
                mailbox[*name].as_str().is_some_and(|text| text.eq_ignore_ascii_case(who))
            })
    });
    found.map(|(id, _)| id.clone())
}

fn values(rows: Vec<Value>) -> Answered {
    (200, json!({"value": rows}))
}

/// Only these properties of each row.
fn selected((status, mut body): Answered, select: Option<&str>) -> Answered {
    let wanted: Option<Vec<&str>> = select.map(|select| select.split(',').collect());
    for row in body["value"].as_array_mut().into_iter().flatten() {
        if let (Some(wanted), Some(row)) = (&wanted, row.as_object_mut()) {
            row.retain(|key, _| wanted.contains(&key.as_str()));
        }
    }
    (status, body)
}

/// The distinguished name that a filter of this property asks for.
fn filtered<'a>(filter: &'a str, property: &str) -> Option<&'a str> {
    let dn = filter.strip_prefix(property)?.strip_prefix(" -eq '")?;
    dn.strip_suffix('\'')
}

fn read<'a>(
    world: &World,
    name: &str,
    given: &Map<String, Value>,
    text: &impl Fn(&str) -> &'a str,
) -> Answered {
    let (identity, filter) = (text("Identity"), text("Filter"));
    match name {
        "Get-Recipient" if !identity.is_empty() => return recipient(world, identity),
        "Get-Recipient" => {
            let Some(dn) = filtered(filter, "Members") else { return absent() };
            let Some(id) = mailbox(world, dn) else { return values(Vec::new()) };
            let lists = world.list_members.iter().filter(|(_, member)| *member == id);
            return values(lists.map(|(list, _)| world.lists[list].clone()).collect());
        }
        "Get-Mailbox" if !filter.is_empty() => {
            let Some(dn) = filtered(filter, "GrantSendOnBehalfTo") else { return absent() };
            let Some(id) = mailbox(world, dn) else { return values(Vec::new()) };
            let who = world.mailboxes[&id]["UserPrincipalName"].as_str().unwrap_or_default();
            let theirs = world
                .rights
                .iter()
                .filter(|(_, whose, right)| whose == who && right == "SendOnBehalf");
            let of = theirs.filter_map(|(of, _, _)| world.mailboxes.get(of));
            return values(of.map(bare).collect());
        }
        "Get-Mailbox" if identity.is_empty() => {
            let most = given.get("ResultSize").and_then(Value::as_u64);
            let most = most.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
            return values(world.mailboxes.values().take(most).map(bare).collect());
        }
        "Get-RecipientPermission" if identity.is_empty() => {
            return permissions(world, "SendAs", ("Trustee", text("Trustee")), |_| true);
        }
        _ => {}
    }
    let who = if name == "Get-InboxRule" || name == "Get-MobileDevice" {
        text("Mailbox")
    } else {
        text("Identity")
    };
    let Some(id) = mailbox(world, who) else { return absent() };
    let mut found = world.mailboxes[&id].clone();
    let own = |rows: &[(String, Value)]| {
        values(rows.iter().filter(|(whose, _)| *whose == id).map(|(_, row)| row.clone()).collect())
    };
    match name {
        "Get-MailboxStatistics" => values(vec![found["statistics"].take()]),
        "Get-MailboxAutoReplyConfiguration" => values(vec![found["reply"].take()]),
        "Get-InboxRule" => own(&world.rules),
        "Get-MobileDevice" => own(&world.mobiles),
        "Get-MailboxPermission" => {
            permissions(world, "FullAccess", ("User", text("User")), |of| of == id)
        }
        "Get-RecipientPermission" => {
            permissions(world, "SendAs", ("Trustee", text("Trustee")), |of| of == id)
        }
        _ => values(vec![bare(&found)]),
    }
}

/// A recipient of any kind, by what may identify it.
fn recipient(world: &World, identity: &str) -> Answered {
    let found = match mailbox(world, identity) {
        Some(id) => world.mailboxes.get(&id).map(bare),
        None => world.lists.get(identity).cloned(),
    };
    found.map_or_else(absent, |found| values(vec![found]))
}

/// The rows of one right at these places: who has it, or only this one where one is named.
fn permissions(
    world: &World,
    right: &str,
    (name, who): (&str, &str),
    at: impl Fn(&str) -> bool,
) -> Answered {
    let whose = mailbox(world, who);
    if whose.is_none() && !who.is_empty() {
        return absent();
    }
    let login = whose.map(|id| world.mailboxes[&id]["UserPrincipalName"].clone());
    let rows = world.rights.iter().filter(|(of, user, kind)| {
        at(of) && kind == right && login.as_ref().is_none_or(|login| login == user.as_str())
    });
    let row = |(of, user, right): &(String, String, String)| {
        let mut row = json!({"Identity": of, "AccessRights": [right], "IsInherited": false});
        row[name] = user.as_str().into();
        if name == "Trustee" {
            row["AccessControlType"] = "Allow".into();
        } else {
            row["Deny"] = false.into();
        }
        row
    };
    values(rows.map(row).collect())
}

/// A mailbox as Get-Mailbox tells it.
fn bare(mailbox: &Value) -> Value {
    let mut bare = mailbox.clone();
    if let Some(members) = bare.as_object_mut() {
        members.remove("statistics");
        members.remove("reply");
    }
    bare
}

fn write<'a>(
    world: &mut World,
    name: &str,
    given: &Map<String, Value>,
    text: &impl Fn(&str) -> &'a str,
) -> Answered {
    let done = || (200, json!({"value": []}));
    let gone = |before: usize, after: usize| if after < before { done() } else { absent() };
    match name {
        "Set-Mailbox" => set(world, given, text),
        "Set-MailboxAutoReplyConfiguration" => {
            let Some(id) = mailbox(world, text("Identity")) else { return absent() };
            let Some(found) = world.mailboxes.get_mut(&id) else { return absent() };
            for (key, value) in given.iter().filter(|(key, _)| *key != "Identity") {
                found["reply"][key] = value.clone();
            }
            done()
        }
        "Remove-InboxRule" => {
            let Some(id) = mailbox(world, text("Mailbox")) else { return absent() };
            let before = world.rules.len();
            let which = text("Identity").parse().ok();
            let meant = |rule: &Value| rule["RuleIdentity"].as_u64() == which;
            world.rules.retain(|(whose, rule)| !(*whose == id && meant(rule)));
            gone(before, world.rules.len())
        }
        "Remove-MobileDevice" => {
            let before = world.mobiles.len();
            world.mobiles.retain(|(_, device)| device["Guid"] != text("Identity"));
            gone(before, world.mobiles.len())
        }
        "Add-DistributionGroupMember" | "Remove-DistributionGroupMember" => {
            let Some(list) = world.lists.get(text("Identity")) else { return absent() };
            if list["IsDirSynced"] == true {
                return refused(
                    "Microsoft.Exchange.Configuration.Tasks.TaskInvalidOperationException",
                );
            }
            let Some(id) = mailbox(world, text("Member")) else { return absent() };
            let pair = (text("Identity").to_owned(), id);
            let there = world.list_members.contains(&pair);
            if name.starts_with("Add") {
                if there {
                    return refused(
                        "Microsoft.Exchange.Management.Tasks.MemberAlreadyExistsException",
                    );
                }
                if world.groups.contains_key(&pair.0) {
                    world.members.push(pair.clone());
                }
                world.list_members.push(pair);
            } else {
                if !there {
                    return refused("Microsoft.Exchange.Management.Tasks.MemberNotFoundException");
                }
                world.list_members.retain(|one| *one != pair);
                world.members.retain(|one| *one != pair);
            }
            done()
        }
        _ => permit(world, name, text),
    }
}

fn set<'a>(
    world: &mut World,
    given: &Map<String, Value>,
    text: &impl Fn(&str) -> &'a str,
) -> Answered {
    let Some(id) = mailbox(world, text("Identity")) else { return absent() };
    if let Some(table) = given.get("GrantSendOnBehalfTo") {
        return on_behalf(world, &id, table);
    }
    let Some(found) = world.mailboxes.get_mut(&id) else { return absent() };
    for (key, value) in given.iter().filter(|(key, _)| *key != "Identity") {
        match (key.as_str(), value.as_str()) {
            ("Type", Some("Shared")) => found["RecipientTypeDetails"] = "SharedMailbox".into(),
            ("Type", Some("Regular")) => found["RecipientTypeDetails"] = "UserMailbox".into(),
            ("Type", _) => {
                return refused("System.Management.Automation.ParameterBindingException");
            }
            ("HiddenFromAddressListsEnabled", _) if found["IsDirSynced"] == true => {
                return refused(
                    "Microsoft.Exchange.Configuration.Tasks.TaskInvalidOperationException",
                );
            }
            _ => found[key] = value.clone(),
        }
    }
    (200, json!({"value": []}))
}

/// Who may send on behalf of this mailbox: a table of whom to add and whom to remove.
fn on_behalf(world: &mut World, id: &str, table: &Value) -> Answered {
    if table["@odata.type"] != "#Exchange.GenericHashTable" {
        return refused("System.Management.Automation.ParameterBindingException");
    }
    for turn in ["Add", "Remove"] {
        for who in table[turn].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let Some(who) = mailbox(world, who) else { return absent() };
            let login = world.mailboxes[&who]["UserPrincipalName"].as_str().unwrap_or_default();
            let entry = (id.to_owned(), login.to_owned(), "SendOnBehalf".to_owned());
            world.rights.retain(|one| *one != entry);
            if turn == "Add" {
                world.rights.push(entry);
            }
        }
    }
    (200, json!({"value": []}))
}

fn permit<'a>(world: &mut World, name: &str, text: &impl Fn(&str) -> &'a str) -> Answered {
    // One may send as a group too.
    let list = || Some(text("Identity").to_owned()).filter(|id| world.lists.contains_key(id));
    let Some(id) = mailbox(world, text("Identity")).or_else(list) else { return absent() };
    let (who, right) = if name.ends_with("MailboxPermission") {
        (text("User"), "FullAccess")
    } else {
        (text("Trustee"), "SendAs")
    };
    let Some(who) = mailbox(world, who) else { return absent() };
    let login = world.mailboxes[&who]["UserPrincipalName"].as_str().unwrap_or_default().to_owned();
    let entry = (id, login, right.to_owned());
    world.rights.retain(|one| *one != entry);
    if name.starts_with("Add") {
        world.rights.push(entry);
    }
    (200, json!({"value": []}))
}
