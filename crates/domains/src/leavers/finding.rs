//! Finding a person's accounts in one system, by the connector's own `accounts`, else by its action
//! `find-user`.
//!
//! Owns what the answers of `find-user` mean: a list of `users`, where a system knows people by name
//! and address, or the state of one `user`, where it knows logins only.

use std::{collections::BTreeMap, sync::Arc};

use kompel_connect::{Action, Call, Connector, Error};
use kompel_model::{Account, PersonQuery, Timestamp};
use serde_json::{Map, Value, json};

use super::Reachable;

/// The fact of an account that only comes close to what was asked for.
pub(super) const NEAR: &str = "comesClose";

/// True if the system knows people, not logins alone.
pub(super) fn knows_people(connector: &dyn Connector) -> bool {
    finder(connector).is_some_and(|action| {
        let output = action.spec().output;
        output["properties"].get("users").is_some()
    })
}

/// The person's accounts in this system; `None` if it has no accounts of people.
pub(super) async fn find(
    system: &Reachable,
    person: &PersonQuery,
    at: Timestamp,
) -> Result<Option<Vec<Account>>, Error> {
    if let Some(accounts) = system.connector.accounts(&system.connection, person).await? {
        return Ok(Some(accounts));
    }
    let Some(action) = finder(system.connector.as_ref()) else { return Ok(None) };
    let people = knows_people(system.connector.as_ref());
    let mut found: BTreeMap<String, Account> = BTreeMap::new();
    for query in queries(person, people) {
        let input = if people { json!({"query": query}) } else { json!({"user": query}) };
        let connection = Arc::clone(&system.connection);
        let call = Call { connection, input, key: String::new(), at };
        let answer = action.perform(&call).await?;
        let accounts = if people { listed(&answer) } else { single(&answer) };
        found.extend(accounts.into_iter().map(|account| (account.id.clone(), account)));
    }
    Ok(Some(found.into_values().collect()))
}

fn finder(connector: &dyn Connector) -> Option<Arc<dyn Action>> {
    connector.actions().into_iter().find(|action| action.spec().name.action() == "find-user")
}

/// What to ask for: addresses and logins; the name only where nothing better is known.
fn queries(person: &PersonQuery, people: bool) -> Vec<&str> {
    let logins = person.logins.iter().map(String::as_str);
    if !people {
        return logins.collect();
    }
    let exact: Vec<&str> = person.mails.iter().map(String::as_str).chain(logins).collect();
    if exact.is_empty() { person.name.as_deref().into_iter().collect() } else { exact }
}

fn text(of: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| of[*name].as_str()).map(str::to_owned)
}

fn listed(answer: &Value) -> Vec<Account> {
    let near = answer["exact"].as_bool() == Some(false);
    let users = answer["users"].as_array().map(Vec::as_slice).unwrap_or_default();
    let one = |user: &Value| {
        let mut facts = Map::new();
        if near {
            facts.insert(NEAR.to_owned(), Value::from(true));
        }
        Some(Account {
            id: text(user, &["id"])?,
            login: text(user, &["account", "userName", "login"])?,
            name: text(user, &["name"]),
            mail: text(user, &["mail"]),
            enabled: user["enabled"].as_bool().or_else(|| user["active"].as_bool()),
            sessions: None,
            facts,
        })
    };
    users.iter().filter_map(one).collect()
}

fn single(answer: &Value) -> Vec<Account> {
    if answer["found"].as_bool() == Some(false) {
        return Vec::new();
    }
    let Some(user) = text(answer, &["user"]) else { return Vec::new() };
    let closed = ["locked", "blocked", "rejected"].iter().find_map(|name| answer[*name].as_bool());
    let sessions = answer["sessions"].as_array().map(Vec::len);
    vec![Account {
        id: user.clone(),
        login: user,
        name: None,
        mail: None,
        enabled: closed.map(|closed| !closed),
        sessions: sessions.and_then(|count| u32::try_from(count).ok()),
        facts: Map::new(),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_both_sorts_become_accounts() {
        let users = json!({"count": 1, "exact": true, "users": [
            {"id": "1", "account": "jan", "name": "Jan", "mail": "jan@a.test", "enabled": true},
        ]});
        let found = listed(&users);
        assert_eq!((found[0].login.as_str(), found[0].enabled), ("jan", Some(true)));
        let near =
            json!({"exact": false, "users": [{"id": "1", "userName": "jan", "active": false}]});
        assert!(listed(&near)[0].facts.contains_key(NEAR));
        for (answer, enabled) in [
            (json!({"user": "jan", "found": true, "locked": false, "sessions": [{}]}), Some(true)),
            (json!({"user": "jan", "blocked": true, "sessions": []}), Some(false)),
            (json!({"user": "jan", "found": true, "locked": null}), None),
        ] {
            assert_eq!(single(&answer)[0].enabled, enabled, "{answer}");
        }
        assert!(single(&json!({"user": "jan", "found": false})).is_empty());
    }

    #[test]
    fn a_name_is_asked_for_only_where_nothing_better_is_known() {
        let name = Some("Jan Janssen".to_owned());
        let by_name = PersonQuery { name: name.clone(), ..PersonQuery::default() };
        let mails = vec!["jan@a.test".to_owned()];
        let by_mail = PersonQuery { name, mails, ..PersonQuery::default() };
        assert_eq!(queries(&by_name, true), ["Jan Janssen"]);
        assert_eq!(queries(&by_mail, true), ["jan@a.test"]);
        assert!(queries(&by_mail, false).is_empty());
    }
}
