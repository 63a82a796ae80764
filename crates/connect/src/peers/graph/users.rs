//! Accounts: which one an input means, how it is shown, and finding it.

use std::time::Duration;

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Repeat};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    client::{Client, Rows, quoted},
    needs,
};
use crate::{
    Call, Error, ErrorKind, RetryAdvice,
    desired::Reading,
    promise::{self, Promise},
};

pub(super) const SYSTEM: &str = "Microsoft 365";

/// What is read of every account.
pub(super) const PROPERTIES: &str = "id,userPrincipalName,displayName,mail,accountEnabled,userType,\
     onPremisesSyncEnabled,assignedLicenses,licenseAssignmentStates,\
     signInSessionsValidFromDateTime,lastPasswordChangeDateTime,businessPhones,mobilePhone,\
     usageLocation";

#[derive(Deserialize)]
pub(super) struct OnUser {
    pub(super) user: String,
}

/// A promise with the permissions that the table names; a repeat does no harm.
pub(super) fn promised(
    name: &'static str,
    summary: &'static str,
    effect: ActionEffect,
    input: Value,
    output: Value,
) -> ActionSpec {
    let (system, repeat) = (SYSTEM, Repeat::Natural);
    let mut spec =
        Promise { name, summary, system, effect, repeat, permissions: &[], input, output }.spec();
    spec.permissions = needs::of(name);
    spec
}

/// Input of an action on one account and nothing else.
pub(super) fn on_user() -> Value {
    promise::object(&["user"], json!({"user": user_input()}))
}

/// The account that a call is about, with the client to see to it.
pub(super) async fn of(call: &Call) -> Result<(Client<'_>, Value), Error> {
    let OnUser { user } = promise::input(call)?;
    let client = Client::of(&call.connection, call.at)?;
    let user = one(&client, &user).await?;
    Ok((client, user))
}

/// The account that an input means: its id or its user principal name.
pub(super) async fn one(client: &Client<'_>, who: &str) -> Result<Value, Error> {
    let user = client.get(&["users", who], PROPERTIES).await?;
    user.ok_or_else(|| {
        Error::new(ErrorKind::Absent, "no account has this id or user principal name")
    })
}

/// Who is to bring an account that is not there yet.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Awaits {
    /// A step before, whose account every server knows soon.
    Creation,
    /// The directory on the premises.
    Synchronisation,
}

/// JSON Schema of the input that says so.
pub(super) fn awaits_input() -> Value {
    json!({
        "enum": ["creation", "synchronisation"],
        "description": "the account, named by its user principal name, may not be there yet. It is \
                        planned as one that holds nothing, and waited for: minutes for one that a \
                        step before makes, two hours for one that the directory on the premises \
                        brings",
    })
}

/// An account that may be still to come.
pub(super) struct Awaited {
    pub(super) user: Value,
    /// How plans name it: before it is there as after.
    pub(super) name: String,
}

impl Awaited {
    /// The account that an input means, or one that holds nothing if it may be still to come.
    pub(super) async fn find(
        client: &Client<'_>,
        who: &str,
        awaits: Option<Awaits>,
    ) -> Result<Self, Error> {
        let Some(awaits) = awaits else {
            let user = one(client, who).await?;
            let name = named(&user);
            return Ok(Self { user, name });
        };
        let found = client.get(&["users", who], PROPERTIES).await?;
        if awaits == Awaits::Synchronisation && found.as_ref().is_some_and(|user| !synced(user)) {
            let detail = "an account of this name is there that Active Directory does not master: \
                          it may be somebody else's";
            return Err(Error::new(ErrorKind::Conflict, detail));
        }
        let user = found.unwrap_or_else(|| json!({"id": TO_COME, "userPrincipalName": who}));
        Ok(Self { user, name: who.to_owned() })
    }

    /// True while it is not there.
    pub(super) fn is_to_come(&self) -> bool {
        id(&self.user) == TO_COME
    }
}

/// The id of the account that an output is about; not yet, while it is to come.
pub(super) fn arrived(output: &Value, awaits: Option<Awaits>) -> Result<&str, Error> {
    let (id, kind) = (id(output), ErrorKind::Absent);
    match awaits {
        Some(Awaits::Creation) if id == TO_COME => {
            let mut error = Error::new(kind, "the account is not seen yet");
            error.retry = RetryAdvice::Soon;
            Err(error)
        }
        Some(Awaits::Synchronisation) if id == TO_COME => {
            let detail = "the synchronisation has not brought the account yet";
            Err(Error::new(kind, detail).retry_after(ROUND_OF_SYNCHRONISATION))
        }
        _ => Ok(id),
    }
}

/// In place of an id that nobody knows yet.
pub(super) const TO_COME: &str = "(given by Microsoft 365)";

/// How often a directory is synchronised, if nobody changed that.
const ROUND_OF_SYNCHRONISATION: Duration = Duration::from_secs(30 * 60);

/// Reads one account, whichever, to see that they can be read.
pub(super) async fn first(client: &Client<'_>) -> Result<(), Error> {
    let query = vec![("$select", "id".to_owned()), ("$top", "1".to_owned())];
    client.first_page(&Rows { path: &["users"], query, eventual: false }).await.map(drop)
}

pub(super) fn id(user: &Value) -> &str {
    user["id"].as_str().unwrap_or_default()
}

/// True for accounts that a directory on the premises masters.
pub(super) fn synced(user: &Value) -> bool {
    user["onPremisesSyncEnabled"] == true
}

/// True for accounts of people of another directory.
pub(super) fn guest(user: &Value) -> bool {
    user["userType"] == "Guest"
}

/// How plans name an account.
pub(super) fn named(user: &Value) -> String {
    format!("{} ({})", user["userPrincipalName"].as_str().unwrap_or_default(), id(user))
}

/// The input again with the account's id, which stays when its names change.
pub(super) fn by_id(input: &Value, output: &Value) -> Value {
    let mut again = input.clone();
    if output["id"].is_string() {
        again["user"] = output["id"].clone();
    }
    again
}

pub(super) fn user_input() -> Value {
    json!({
        "type": "string", "minLength": 1, "maxLength": 256,
        "description": "the account: its id (safest) or user principal name",
    })
}

/// Who an output is about, with `more`.
pub(super) fn about(user: &Value, more: Value) -> Value {
    promise::with(json!({"id": user["id"], "userName": user["userPrincipalName"]}), more)
}

/// JSON Schema of such an output.
pub(in crate::peers) fn about_schema(required: &[&str], more: Value) -> Value {
    let required: Vec<&str> = ["id", "userName"].iter().chain(required).copied().collect();
    let id = json!({"type": "string", "description": "in Entra ID"});
    let who = json!({"id": id, "userName": {"type": "string"}});
    promise::object(&required, promise::with(who, more))
}

/// JSON Schema of an output with a list of such things.
pub(super) fn list_schema(name: &str, item: Value) -> Value {
    about_schema(&[name], json!({name: {"type": "array", "items": item}}))
}

fn shown(user: &Value) -> Value {
    let licences = user["assignedLicenses"].as_array().into_iter().flatten();
    let licences: Vec<&Value> = licences.map(|one| &one["skuId"]).collect();
    json!({
        "id": user["id"],
        "userName": user["userPrincipalName"],
        "name": user["displayName"],
        "mail": user["mail"],
        "enabled": user["accountEnabled"],
        "synced": synced(user),
        "guest": guest(user),
        "licences": licences,
        "sessionsValidFrom": user["signInSessionsValidFromDateTime"],
        "passwordSet": user["lastPasswordChangeDateTime"],
        "businessPhones": user["businessPhones"].as_array().cloned().unwrap_or_default(),
        "mobilePhone": user["mobilePhone"].as_str().is_some_and(|number| !number.is_empty()),
    })
}

fn user_schema() -> Value {
    let text = || json!({"type": ["string", "null"]});
    promise::object(
        &["id", "userName", "enabled", "synced", "guest", "licences"],
        json!({
            "id": {"type": "string"},
            "userName": {"type": "string"},
            "name": text(),
            "mail": text(),
            "enabled": {
                "type": ["boolean", "null"], "description": "null: not allowed to see it",
            },
            "synced": {"type": "boolean", "description": "Active Directory masters it"},
            "guest": {"type": "boolean"},
            "licences": {"type": "array", "items": {"type": "string"}, "description": "skuIds"},
            "sessionsValidFrom": text(),
            "passwordSet": text(),
            "businessPhones": {
                "type": "array", "items": {"type": "string"},
                "description": "the numbers that the account itself names; numbers that Teams \
                                gives are not among them",
            },
            "mobilePhone": {
                "type": "boolean",
                "description": "a mobile number is on the account; it may be the person's own, so \
                                it is not told",
            },
        }),
    )
}

/// `graph.find-user`: every account that fits, never a guess.
pub(super) struct FindUser;

#[derive(Deserialize)]
struct Wanted {
    query: String,
    #[serde(default)]
    by: By,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum By {
    #[default]
    Anything,
    Upn,
    Mail,
    Account,
    Name,
    Id,
}

/// Every account that has this address, as its name or otherwise.
pub(super) async fn with_address(
    client: &Client<'_>,
    address: &str,
    select: &str,
) -> Result<Vec<Value>, Error> {
    let filters = [By::Upn, By::Mail].into_iter().flat_map(|by| by.filters(address));
    any_of(client, filters.collect(), select).await
}

/// The accounts that fit any of these filters, each once.
async fn any_of(
    client: &Client<'_>,
    filters: Vec<(String, bool)>,
    select: &str,
) -> Result<Vec<Value>, Error> {
    let asked = |(filter, eventual)| asked("$filter", filter, eventual, select);
    let lists: Vec<Rows<'_>> = filters.into_iter().map(asked).collect();
    let mut found =
        if lists.is_empty() { Vec::new() } else { client.batch(&lists).await?.concat() };
    found.sort_by_key(|user| id(user).to_owned());
    found.dedup_by_key(|user| id(user).to_owned());
    Ok(found)
}

impl By {
    /// Filters of which any may fit, each with whether Graph wants it as an advanced query; none if
    /// the text can't be such a thing. Apart, because Graph joins only some by `or`.
    fn filters(self, text: &str) -> Vec<(String, bool)> {
        let (value, address) = (quoted(text), text.contains('@'));
        let id = text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
        let when =
            |fits: bool, filters: Vec<(String, bool)>| if fits { filters } else { Vec::new() };
        match self {
            Self::Anything => [Self::Upn, Self::Mail, Self::Account, Self::Name, Self::Id]
                .into_iter()
                .flat_map(|by| by.filters(text))
                .collect(),
            Self::Upn => when(address, vec![(format!("userPrincipalName eq {value}"), false)]),
            Self::Mail => {
                // The main address is written in capitals, the others are not.
                let proxy = |kind: &str| {
                    let value = quoted(&format!("{kind}:{text}"));
                    (format!("proxyAddresses/any(p:p eq {value})"), false)
                };
                let mail = (format!("mail eq {value}"), false);
                when(address, vec![mail, proxy("SMTP"), proxy("smtp")])
            }
            Self::Account => {
                when(!address, vec![(format!("onPremisesSamAccountName eq {value}"), true)])
            }
            Self::Name => vec![(format!("displayName eq {value}"), false)],
            Self::Id => when(id, vec![(format!("id eq {value}"), false)]),
        }
    }
}

#[async_trait]
impl Reading for FindUser {
    fn spec(&self) -> ActionSpec {
        promised(
            "graph.find-user",
            "Finds the accounts that a name, address or id may mean",
            ActionEffect::Read,
            promise::object(
                &["query"],
                json!({
                    "query": {
                        "type": "string", "minLength": 1, "maxLength": 256,
                        "description": "user principal name, mail address (aliases too), login \
                                        in the directory on the premises, display name or id",
                    },
                    "by": {
                        "enum": ["anything", "upn", "mail", "account", "name", "id"],
                        "default": "anything",
                    },
                }),
            ),
            promise::object(
                &["count", "exact", "users", "user"],
                json!({
                    "count": {"type": "integer"},
                    "exact": {
                        "type": "boolean",
                        "description": "false: nobody fits as written, these (50 at most) come \
                                        close",
                    },
                    "users": {"type": "array", "items": user_schema()},
                    "user": {
                        "anyOf": [user_schema(), {"type": "null"}],
                        "description": "the one account that fits as written; null if none or \
                                        several do",
                    },
                }),
            ),
        )
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let wanted: Wanted = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let mut found = any_of(&client, wanted.by.filters(&wanted.query), PROPERTIES).await?;
        let exact = !found.is_empty();
        // A login of one word is no name that others could come close to.
        let name = match wanted.by {
            By::Anything => wanted.query.trim().contains(char::is_whitespace),
            By::Name => true,
            By::Upn | By::Mail | By::Account | By::Id => false,
        };
        if !exact
            && name
            && let Some(search) = search(&wanted.query)
        {
            let mut rows = asked("$search", search, true, PROPERTIES);
            rows.query.push(("$top", MOST_NEAR.to_string()));
            found = client.first_page(&rows).await?;
            found.sort_by_key(|user| id(user).to_owned());
        }
        let users: Vec<Value> = found.iter().map(shown).collect();
        let user = match users.as_slice() {
            [only] if exact => only.clone(),
            _ => Value::Null,
        };
        Ok(json!({"count": users.len(), "exact": exact, "users": users, "user": user}))
    }
}

fn asked(option: &'static str, value: String, eventual: bool, select: &str) -> Rows<'static> {
    let mut query = vec![("$select", select.to_owned()), (option, value)];
    if eventual {
        query.push(("$count", "true".to_owned()));
    }
    Rows { path: &["users"], query, eventual }
}

const MOST_NEAR: u32 = 50;

/// Every word of a name begins a word of the display name.
fn search(name: &str) -> Option<String> {
    let words = name.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    let terms: Vec<String> = words.take(8).map(|word| format!("\"displayName:{word}\"")).collect();
    (!terms.is_empty() && !name.contains('@')).then(|| terms.join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_ends_the_text_of_a_filter() {
        let (filter, _) = By::Name.filters("d'Arc' or accountEnabled eq true").remove(0);
        assert_eq!(filter, "displayName eq 'd''Arc'' or accountEnabled eq true'");
        let hostile = "Jan\" OR \"mail:x";
        let terms = ["Jan", "OR", "mail", "x"].map(|word| format!("\"displayName:{word}\""));
        assert_eq!(search(hostile), Some(terms.join(" AND ")));
        assert_eq!(search("'\"--"), None);
        assert_eq!(search("jan@contoso.test"), None);
    }
}
