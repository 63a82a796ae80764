//! Finding a person's accounts in one system, by the connector's own `accounts`, else by its action
//! `find-user`.
//!
//! Owns what the answers of `find-user` mean: a list of `users`, where a system knows people by name
//! and address, or the state of one `user`, where it knows logins only. What is found is not yet
//! taken to be the person's: that is `matching`.

use std::sync::Arc;

use futures::future::join_all;
use kompel_connect::{Action, Call, Connector, Error, ErrorKind};
use kompel_model::{Account, PersonQuery, Timestamp};
use serde_json::{Map, Value, json};

use super::{Reachable, policy::Wishes};

/// What an account was found by, the surest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    Name,
    Login,
    Mail,
}

/// An account, and why it may be the person's.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hit {
    pub(super) account: Account,
    pub(super) by: By,
    /// True if nobody fits as written and this one comes close.
    pub(super) near: bool,
    /// True if it stands in a directory, which says whose a login is.
    pub(super) directory: bool,
}

/// What a kind of system knows of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Knows {
    /// Nothing: it has no accounts of people.
    Nobody,
    /// People by name and address, and the logins that others go by.
    Directory,
    /// People by name and address.
    People,
    /// Logins; it tells which of them it has.
    Logins,
    /// Whether a login is blocked, not whether it exists.
    Blocks,
}

/// What this connector's systems know, by what its `find-user` promises.
pub(super) fn knows(connector: &dyn Connector) -> Knows {
    let Some(action) = finder(connector) else { return Knows::Nobody };
    let output = action.spec().output;
    let properties = &output["properties"];
    if let Some(users) = properties.get("users") {
        let user = &users["items"]["properties"];
        return if user.get("account").is_some() { Knows::Directory } else { Knows::People };
    }
    if properties.get("found").is_some() { Knows::Logins } else { Knows::Blocks }
}

/// Asks a system that knows people.
pub(super) async fn people(
    system: &Reachable,
    wanted: &PersonQuery,
    at: Timestamp,
) -> Result<Vec<Hit>, Error> {
    if let Some(own) = system.connector.accounts(&system.connection, wanted).await? {
        let by = |account: &Account| match &account.mail {
            Some(mail) if wanted.mails.iter().any(|w| same(w, mail)) => By::Mail,
            _ if wanted.mails.is_empty() && wanted.logins.is_empty() => By::Name,
            _ => By::Login,
        };
        let hit =
            |account: Account| Hit { by: by(&account), account, near: false, directory: false };
        return Ok(own.into_iter().map(hit).collect());
    }
    let mut hits = Vec::new();
    for (query, by) in terms(wanted) {
        let answer = ask(system, "find-user", json!({"query": query}), at).await?;
        let directory = knows(system.connector.as_ref()) == Knows::Directory;
        hits.extend(listed(&answer, by).into_iter().map(|hit| Hit { directory, ..hit }));
    }
    Ok(hits)
}

/// Asks a system that knows logins only.
pub(super) async fn logins(
    system: &Reachable,
    logins: &[String],
    at: Timestamp,
) -> Result<Vec<Account>, Error> {
    let mut found = Vec::new();
    for login in logins.iter().filter(|login| plain(login)) {
        let answer = ask(system, "find-user", json!({"user": login}), at).await?;
        found.extend(single(&answer));
    }
    Ok(found)
}

/// What an account still holds, closed or not: its groups and roles, a place that it should have left,
/// and what else hangs on it ([`HOLDINGS`]). Kinds of system that do not tell hold nothing that counts.
pub(super) async fn left(
    system: &Reachable,
    account: &Account,
    wishes: &Wishes,
    at: Timestamp,
) -> Result<Vec<String>, Error> {
    let knows = |name| action(system.connector.as_ref(), name).is_some();
    let mut left = Vec::new();
    if let Some(name) = ["inventory", "list-memberships"].into_iter().find(|name| knows(name)) {
        let holds = ask(system, name, json!({"user": account.id}), at).await?;
        for (list, says) in [("groups", "member of"), ("roles", "role")] {
            left.extend(own(&holds[list], says));
        }
        if let (Some(unit), Some(place)) = (leavers_unit(system), holds["ou"].as_str())
            && !same(&unit, place)
        {
            left.push(format!("not in {unit}"));
        }
    }
    let wanted = |holding: &&Holding| knows(holding.action) && (holding.counts)(wishes);
    let asked = HOLDINGS.iter().filter(wanted).map(|one| one.of(system, account, at));
    for answer in join_all(asked).await {
        left.extend(answer?);
    }
    Ok(left)
}

/// The items of a list that are the account's to give up, each with what holding it is called. What
/// follows from another group, can't be taken away here, or is switched off already does not count.
fn own(list: &Value, says: &str) -> Vec<String> {
    let counts = |item: &&Value| {
        item["direct"] != false
            && item["primary"] != true
            && item["because"].is_null()
            && item["enabled"] != false
            && item["retiring"] != true
    };
    let items = list.as_array().into_iter().flatten().filter(counts);
    let says = |item| Some(format!("{says} {}", text(item, &["dn", "name", "id"])?));
    items.filter_map(says).collect()
}

/// Something that hangs on an account and is listed by an action of its own.
struct Holding {
    /// The action that lists it.
    action: &'static str,
    /// Under which name.
    list: &'static str,
    /// What holding one is called.
    says: &'static str,
    /// What all of them are called.
    all: &'static str,
    /// True where the client wants it gone.
    counts: fn(&Wishes) -> bool,
    /// True where a refusal to tell keeps the account open; else a person is asked for that.
    must_tell: bool,
}

const HOLDINGS: [Holding; 6] = [
    Holding::new("list-eligible-roles", "eligible", "may take up role", "roles to take up"),
    Holding::new("list-sign-in-methods", "methods", "sign-in method", "sign-in methods"),
    Holding::new("list-app-assignments", "applications", "application", "applications"),
    Holding::new("list-oauth-grants", "grants", "grant", "grants"),
    Holding::new("list-devices", "devices", "device", "devices"),
    Holding {
        counts: |wishes| wishes.retire_devices,
        // A client without Intune is refused, not told so.
        must_tell: false,
        ..Holding::new("list-managed-devices", "devices", "managed device", "managed devices")
    },
];

impl Holding {
    /// One that counts for everybody.
    const fn new(
        action: &'static str,
        list: &'static str,
        says: &'static str,
        all: &'static str,
    ) -> Self {
        Self { action, list, says, all, counts: |_| true, must_tell: true }
    }

    /// What the account holds of it. Where the client's licence offers none there are none; where
    /// reading it is refused, that is told.
    async fn of(
        &self,
        system: &Reachable,
        account: &Account,
        at: Timestamp,
    ) -> Result<Vec<String>, Error> {
        match ask(system, self.action, json!({"user": account.id}), at).await {
            Ok(holds) => Ok(own(&holds[self.list], self.says)),
            Err(error) if error.kind == ErrorKind::Unsupported => Ok(Vec::new()),
            Err(error) if error.kind.is_refusal() => {
                let told = || format!("{} can't be read ({error})", self.all);
                Ok(self.must_tell.then(told).into_iter().collect())
            }
            Err(error) => Err(error),
        }
    }
}

/// Where a mailbox of this account sends its mail on to, other than to whom the client wants. What
/// can't be read may be so.
pub(super) async fn sent_on(
    system: &Reachable,
    account: &Account,
    wanted: Option<&str>,
    at: Timestamp,
) -> Option<String> {
    let mailbox = account.mail.as_ref().unwrap_or(&account.login);
    match ask(system, "find-mailbox", json!({"mailbox": mailbox}), at).await {
        Ok(found) => {
            let to = found["forwardTo"].as_str()?;
            let meant = wanted.is_some_and(|wanted| same(wanted, to));
            (!meant).then(|| format!("mail is forwarded to {to}"))
        }
        Err(error) => Some(format!("forwarding can't be read ({error})")),
    }
}

/// The rights that this account has in other people's mailboxes. What can't be read may be so; how
/// many mailboxes were looked at is for who asks for them one by one.
pub(super) async fn rights(system: &Reachable, account: &Account, at: Timestamp) -> Vec<String> {
    let mailbox = account.mail.as_ref().unwrap_or(&account.login);
    match ask(system, RIGHTS, json!({"mailbox": mailbox}), at).await {
        Ok(found) => {
            let held = found["rights"].as_array().map(Vec::as_slice).unwrap_or_default();
            held.iter().filter_map(right).collect()
        }
        Err(error) => vec![format!("rights in other mailboxes can't be read ({error})")],
    }
}

/// The action that finds them.
const RIGHTS: &str = "find-rights-elsewhere";

fn right(held: &Value) -> Option<String> {
    let rights = held["rights"].as_array()?.iter().filter_map(Value::as_str);
    let rights: Vec<&str> = rights.collect();
    Some(format!("{} in mailbox {}", rights.join(", "), text(held, &["name", "mailbox"])?))
}

/// The unit that this connection's settings name for the accounts of leavers.
pub(super) fn leavers_unit(system: &Reachable) -> Option<String> {
    let settings: Value = system.connection.settings.read().ok()?;
    settings["leavers_ou"].as_str().map(str::to_owned)
}

/// Texts that mean the same to a directory.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

async fn ask(system: &Reachable, name: &str, input: Value, at: Timestamp) -> Result<Value, Error> {
    let Some(action) = action(system.connector.as_ref(), name) else { return Ok(Value::Null) };
    let connection = Arc::clone(&system.connection);
    action.perform(&Call { connection, input, key: String::new(), at }).await
}

/// True if this connector knows mailboxes.
pub(super) fn has_mailboxes(connector: &dyn Connector) -> bool {
    action(connector, "find-mailbox").is_some()
}

fn finder(connector: &dyn Connector) -> Option<Arc<dyn Action>> {
    action(connector, "find-user")
}

fn action(connector: &dyn Connector, name: &str) -> Option<Arc<dyn Action>> {
    connector.actions().into_iter().find(|action| action.spec().name.action() == name)
}

/// What to ask for: addresses and logins; the name only where nothing better is known.
fn terms(wanted: &PersonQuery) -> Vec<(&str, By)> {
    let mails = wanted.mails.iter().map(|mail| (mail.as_str(), By::Mail));
    let logins = wanted.logins.iter().map(|login| (login.as_str(), By::Login));
    let exact: Vec<_> = mails.chain(logins).collect();
    if !exact.is_empty() {
        return exact;
    }
    wanted.name.as_deref().map(|name| (name, By::Name)).into_iter().collect()
}

/// A login that gateways take for a name. Others (with spaces, say) can't be one of theirs.
fn plain(login: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '@' | '-');
    (1..=64).contains(&login.len())
        && login.chars().all(fits)
        && !login.starts_with('-')
        && !login.eq_ignore_ascii_case("default")
}

fn text(of: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| of[*name].as_str()).map(str::to_owned)
}

fn listed(answer: &Value, by: By) -> Vec<Hit> {
    let near = answer["exact"].as_bool() == Some(false);
    let users = answer["users"].as_array().map(Vec::as_slice).unwrap_or_default();
    let one = |user: &Value| {
        let mut facts = Map::new();
        for fact in ["synced", "guest", "privileged", "mobilePhone"] {
            if let Some(value) = user.get(fact).filter(|value| value.is_boolean()) {
                facts.insert(fact.to_owned(), value.clone());
            }
        }
        let numbers = user["businessPhones"].as_array().filter(|numbers| !numbers.is_empty());
        if let Some(numbers) = numbers {
            facts.insert("businessPhones".to_owned(), numbers.clone().into());
        }
        Some(Account {
            id: text(user, &["id"])?,
            login: text(user, &["account", "userName", "login"])?,
            name: text(user, &["name", "displayName"]),
            mail: text(user, &["mail"]),
            enabled: user["enabled"].as_bool().or_else(|| user["active"].as_bool()),
            sessions: None,
            facts,
        })
    };
    users
        .iter()
        .filter_map(one)
        .map(|account| Hit { account, by, near, directory: false })
        .collect()
}

fn single(answer: &Value) -> Option<Account> {
    if answer["found"].as_bool() == Some(false) {
        return None;
    }
    let user = text(answer, &["user"])?;
    let closed = ["locked", "blocked", "rejected"].iter().find_map(|name| answer[*name].as_bool());
    let sessions = answer["sessions"].as_array().map(Vec::len);
    let mut facts = Map::new();
    if let Some(cookies) = answer["cookies"].as_u64().filter(|cookies| *cookies > 0) {
        facts.insert(COOKIES.to_owned(), cookies.into());
    }
    Some(Account {
        id: user.clone(),
        login: user,
        name: None,
        mail: None,
        enabled: closed.map(|closed| !closed),
        sessions: sessions.and_then(|count| u32::try_from(count).ok()),
        facts,
    })
}

/// The fact of sessions that could come back without a password.
pub(super) const COOKIES: &str = "cookies";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_both_sorts_become_accounts() {
        let users = json!({"count": 1, "exact": true, "users": [
            {"id": "1", "account": "jan", "name": "Jan", "mail": "jan@a.test", "enabled": true,
                "businessPhones": ["+32 2 555 01 00"], "mobilePhone": false},
        ]});
        let found = &listed(&users, By::Mail)[0];
        assert_eq!((found.account.login.as_str(), found.account.enabled), ("jan", Some(true)));
        let facts = json!({"businessPhones": ["+32 2 555 01 00"], "mobilePhone": false});
        assert_eq!(Value::from(found.account.facts.clone()), facts);
        let near =
            json!({"exact": false, "users": [{"id": "1", "userName": "jan", "active": false}]});
        assert!(listed(&near, By::Mail)[0].near);
        for (answer, enabled) in [
            (json!({"user": "jan", "found": true, "locked": false, "sessions": [{}]}), Some(true)),
            (json!({"user": "jan", "blocked": true, "sessions": []}), Some(false)),
            (json!({"user": "jan", "found": true, "locked": null}), None),
        ] {
            assert_eq!(single(&answer).unwrap().enabled, enabled, "{answer}");
        }
        assert!(single(&json!({"user": "jan", "found": false})).is_none());
        let cookie = json!({"user": "jan", "found": true, "locked": true, "cookies": 1});
        assert_eq!(single(&cookie).unwrap().facts[COOKIES], 1);
    }

    #[test]
    fn a_name_is_asked_for_only_where_nothing_better_is_known() {
        let name = Some("Jan Janssen".to_owned());
        let by_name = PersonQuery { name: name.clone(), ..PersonQuery::default() };
        let mails = vec!["jan@a.test".to_owned()];
        let by_mail = PersonQuery { name, mails, ..PersonQuery::default() };
        assert_eq!(terms(&by_name), [("Jan Janssen", By::Name)]);
        assert_eq!(terms(&by_mail), [("jan@a.test", By::Mail)]);
    }

    #[test]
    fn what_no_gateway_takes_for_a_name_is_not_asked_for() {
        for (login, fits) in
            [("jan", true), ("jan janssen", false), ("DEFAULT", false), ("-l", false)]
        {
            assert_eq!(plain(login), fits, "{login}");
        }
    }
}
