//! What the directory knows: find accounts, list them, take one's inventory.

use std::collections::BTreeSet;

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Repeat};
use ldap3::ldap_escape;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    account::{self, Account, DISABLED, PASSWORD_STAYS, PROPERTIES, USERS},
    name,
    promise::{self, Promise},
    session::{Entry, Session},
};
use crate::{Call, Error, desired::Reading};

/// `ad.find-user`: every account that fits, never a guess.
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
    Account,
    Upn,
    Mail,
    Name,
    EmployeeId,
}

impl By {
    fn filter(self, query: &str) -> String {
        let q = ldap_escape(query);
        match self {
            Self::Account => format!("(sAMAccountName={q})"),
            Self::Upn => format!("(userPrincipalName={q})"),
            Self::Mail => format!("(|(mail={q})(proxyAddresses=smtp:{q}))"),
            Self::Name => format!("(|(displayName={q})(cn={q}))"),
            Self::EmployeeId => format!("(employeeID={q})"),
            Self::Anything => [Self::Account, Self::Upn, Self::Mail, Self::Name, Self::EmployeeId]
                .map(|by| by.filter(query))
                .concat(),
        }
    }
}

#[async_trait]
impl Reading for FindUser {
    fn spec(&self) -> ActionSpec {
        promise::spec(Promise {
            name: "ad.find-user",
            summary: "Finds the accounts that a name, address or number may mean",
            effect: ActionEffect::Read,
            repeat: Repeat::Natural,
            permissions: &["read users (any authenticated account has it)"],
            input: promise::object(
                &["query"],
                json!({
                    "query": {
                        "type": "string", "minLength": 1, "maxLength": 256,
                        "description": "sAMAccountName, UPN, mail address, display name or \
                                        employee number; letter case does not count",
                    },
                    "by": {
                        "enum": ["anything", "account", "upn", "mail", "name", "employee-id"],
                        "default": "anything",
                    },
                }),
            ),
            output: promise::object(
                &["count", "exact", "users", "user"],
                json!({
                    "count": {"type": "integer"},
                    "exact": {
                        "type": "boolean",
                        "description": "false: nobody fits as written, these come close",
                    },
                    "users": {"type": "array", "items": promise::user_schema()},
                    "user": {
                        "anyOf": [promise::user_schema(), {"type": "null"}],
                        "description": "the one account that fits as written; null if none or \
                                        several do",
                    },
                }),
            ),
        })
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let wanted: Wanted = promise::input(call)?;
        let mut session = Session::open(&call.connection).await?;
        let filter = format!("(&{USERS}(|{}))", wanted.by.filter(&wanted.query));
        let mut found = session.search(&filter, PROPERTIES).await?;
        let exact = !found.is_empty();
        if !exact && matches!(wanted.by, By::Anything | By::Name) {
            let near = format!("(&{USERS}(anr={}))", ldap_escape(&wanted.query));
            found = session.search(&near, PROPERTIES).await?;
        }
        let users = summaries(found)?;
        let user = match users.as_slice() {
            [only] if exact => only.clone(),
            _ => Value::Null,
        };
        Ok(json!({"count": users.len(), "exact": exact, "users": users, "user": user}))
    }
}

/// `ad.list-users`: all accounts of a part of the domain.
pub(super) struct ListUsers;

#[derive(Deserialize)]
struct Part {
    under: Option<String>,
    #[serde(default)]
    only: Only,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Only {
    #[default]
    All,
    Enabled,
    Disabled,
}

#[async_trait]
impl Reading for ListUsers {
    fn spec(&self) -> ActionSpec {
        promise::spec(Promise {
            name: "ad.list-users",
            summary: "Lists all accounts of the domain or of one organizational unit",
            effect: ActionEffect::Read,
            repeat: Repeat::Natural,
            permissions: &["read users (any authenticated account has it)"],
            input: promise::object(
                &[],
                json!({
                    "under": {"type": "string", "description": "distinguished name of a unit"},
                    "only": {"enum": ["all", "enabled", "disabled"], "default": "all"},
                }),
            ),
            output: promise::object(
                &["count", "users"],
                json!({
                    "count": {"type": "integer"},
                    "users": {"type": "array", "items": promise::user_schema()},
                }),
            ),
        })
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let part: Part = promise::input(call)?;
        let mut session = Session::open(&call.connection).await?;
        let disabled = format!("(userAccountControl:1.2.840.113556.1.4.803:={DISABLED})");
        let filter = match part.only {
            Only::All => USERS.to_owned(),
            Only::Enabled => format!("(&{USERS}(!{disabled}))"),
            Only::Disabled => format!("(&{USERS}{disabled})"),
        };
        let base = part.under.unwrap_or_else(|| session.base().to_owned());
        let users = summaries(session.search_under(&base, &filter, PROPERTIES).await?)?;
        Ok(json!({"count": users.len(), "users": users}))
    }
}

/// `ad.inventory`: everything that one account is.
pub(super) struct Inventory;

#[async_trait]
impl Reading for Inventory {
    fn spec(&self) -> ActionSpec {
        promise::spec(Promise {
            name: "ad.inventory",
            summary: "Reads everything an account is: state, groups, expiry, place, what it manages",
            effect: ActionEffect::Read,
            repeat: Repeat::Natural,
            permissions: &["read users and groups (any authenticated account has it)"],
            input: promise::object(&["user"], json!({"user": promise::user_input()})),
            output: inventory_schema(),
        })
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let promise::OnUser { user } = promise::input(call)?;
        let mut session = Session::open(&call.connection).await?;
        let account = account::one(&mut session, &user).await?;
        let groups = groups_of(&mut session, &account).await?;
        let managed = managed_by(&mut session, &account).await?;
        let mut whole = account.summary();
        if let (Some(whole), Value::Object(more)) = (whole.as_object_mut(), described(&account)) {
            whole.extend(more);
            whole.insert("groups".to_owned(), groups);
            whole.insert("manages".to_owned(), managed);
        }
        Ok(whole)
    }
}

fn described(account: &Account) -> Value {
    let entry = &account.entry;
    let moment = |property: &str| entry.number(property).and_then(name::moment);
    json!({
        "givenName": entry.text("givenName"),
        "surname": entry.text("sn"),
        "title": entry.text("title"),
        "department": entry.text("department"),
        "company": entry.text("company"),
        "employeeId": entry.text("employeeID"),
        "manager": entry.text("manager"),
        "description": entry.text("description"),
        "expires": moment("accountExpires"),
        "passwordSet": moment("pwdLastSet"),
        "passwordNeverExpires": account.flags & PASSWORD_STAYS != 0,
        "lockedOut": moment("lockoutTime").is_some(),
        "created": entry.text("whenCreated").and_then(name::generalized),
        "privileged": entry.number("adminCount").unwrap_or(0) > 0,
        "servicePrincipals": entry.texts("servicePrincipalName"),
        "directReports": entry.texts("directReports"),
        "hiddenFromAddressList": entry
            .text("msExchHideFromAddressLists")
            .is_some_and(|text| text.eq_ignore_ascii_case("true")),
    })
}

/// Direct groups, the primary one, and those that follow from them.
async fn groups_of(session: &mut Session, account: &Account) -> Result<Value, Error> {
    let direct = account::direct_groups(session, &account.dn).await?;
    let primary = account::primary_group(session, account).await?;
    let mut all = account::all_groups(session, &account.dn).await?;
    if let Some(primary) = &primary {
        all.push(primary.clone());
        all.extend(account::all_groups(session, &primary.dn).await?);
    }
    all.sort_by(|one, other| one.dn.cmp(&other.dn));
    all.dedup();
    let direct: BTreeSet<&str> = direct.iter().map(|group| group.dn.as_str()).collect();
    let shown = all.iter().map(|group| {
        let mut shown = group.shown();
        shown["direct"] = direct.contains(group.dn.as_str()).into();
        shown["primary"] = (primary.as_ref() == Some(group)).into();
        shown
    });
    Ok(shown.collect())
}

/// Groups, computers and units that name the account as their manager.
async fn managed_by(session: &mut Session, account: &Account) -> Result<Value, Error> {
    let filter = format!("(managedBy={})", ldap_escape(account.dn.as_str()));
    let mut found = session.search(&filter, &["objectClass"]).await?;
    found.sort_by(|one, other| one.dn.cmp(&other.dn));
    let shown = found.iter().map(|entry| {
        let kind = entry.texts("objectClass").pop().unwrap_or_default();
        json!({"dn": entry.dn, "kind": kind})
    });
    Ok(shown.collect())
}

fn summaries(found: Vec<Entry>) -> Result<Vec<Value>, Error> {
    let mut accounts =
        found.into_iter().map(Account::of).collect::<Result<Vec<Account>, Error>>()?;
    accounts.sort_by(|one, other| one.dn.cmp(&other.dn));
    Ok(accounts.iter().map(Account::summary).collect())
}

fn inventory_schema() -> Value {
    let mut schema = promise::user_schema();
    let text = || json!({"type": ["string", "null"]});
    let list = |item: Value| json!({"type": "array", "items": item});
    let string = || json!({"type": "string"});
    let flag = || json!({"type": "boolean"});
    for (property, kind) in [
        ("givenName", text()),
        ("surname", text()),
        ("title", text()),
        ("department", text()),
        ("company", text()),
        ("employeeId", text()),
        ("manager", text()),
        ("description", text()),
        ("expires", text()),
        ("passwordSet", text()),
        ("passwordNeverExpires", flag()),
        ("lockedOut", flag()),
        ("created", text()),
        ("privileged", flag()),
        ("servicePrincipals", list(string())),
        ("directReports", list(string())),
        ("hiddenFromAddressList", flag()),
        ("groups", list(promise::inventory_group_schema())),
        (
            "manages",
            list(json!({"type": "object", "properties": {"dn": string(), "kind": string()}})),
        ),
    ] {
        schema["properties"][property] = kind;
    }
    schema
}
