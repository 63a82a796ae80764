//! Exchange Online's InvokeCommand: the cmdlets that our connector runs, over the world's
//! mailboxes.

use serde_json::{Map, Value, json};

use super::{
    State, World,
    server::{Answered, Asked},
};

/// A cmdlet with the parameters that it knows here.
const CMDLETS: &[(&str, &[&str])] = &[
    ("Get-Mailbox", &["Identity", "ResultSize"]),
    ("Get-MailboxStatistics", &["Identity"]),
    ("Get-MailboxAutoReplyConfiguration", &["Identity"]),
    ("Get-InboxRule", &["Mailbox"]),
    ("Get-MobileDevice", &["Mailbox"]),
    ("Get-Recipient", &["Identity", "Filter", "RecipientTypeDetails", "ResultSize"]),
    ("Get-MailboxPermission", &["Identity"]),
    ("Get-RecipientPermission", &["Identity"]),
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
        return read(state.reading(), name, &text);
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

fn read<'a>(world: &World, name: &str, text: &impl Fn(&str) -> &'a str) -> Answered {
    if name == "Get-Recipient" {
        let Some(dn) = text("Filter").strip_prefix("Members -eq '") else { return absent() };
        let Some(id) = mailbox(world, dn.trim_end_matches('\'')) else { return values(Vec::new()) };
        let lists = world.list_members.iter().filter(|(_, member)| *member == id);
        return values(lists.map(|(list, _)| world.lists[list].clone()).collect());
    }
    if name == "Get-Mailbox" && text("Identity").is_empty() {
        return values(world.mailboxes.values().take(1).map(bare).collect());
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
    let rights = |kind: &str, who: &str, of: &str| {
        let rights = world.rights.iter().filter(|(whose, _, right)| *whose == id && right == kind);
        values(
            rights
                .map(|(_, user, right)| json!({who: user, "AccessRights": [right], of: false}))
                .collect(),
        )
    };
    match name {
        "Get-MailboxStatistics" => values(vec![found["statistics"].take()]),
        "Get-MailboxAutoReplyConfiguration" => values(vec![found["reply"].take()]),
        "Get-InboxRule" => own(&world.rules),
        "Get-MobileDevice" => own(&world.mobiles),
        "Get-MailboxPermission" => rights("FullAccess", "User", "IsInherited"),
        "Get-RecipientPermission" => rights("SendAs", "Trustee", "IsInherited"),
        _ => values(vec![bare(&found)]),
    }
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

fn permit<'a>(world: &mut World, name: &str, text: &impl Fn(&str) -> &'a str) -> Answered {
    let Some(id) = mailbox(world, text("Identity")) else { return absent() };
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
