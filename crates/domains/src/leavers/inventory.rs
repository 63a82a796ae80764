//! Inventory: every account that a person has, in every system of the tenant; and the systems that
//! nobody can ask.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::future::join_all;
use kompel_connect::{Connection, Connector};
use kompel_model::{Account, PersonQuery, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

use super::finding;

/// Every tenant's systems: those that can be asked, and those that only people can look at.
#[derive(Default)]
pub struct Systems {
    reachable: BTreeMap<TenantId, Vec<Reachable>>,
    unusable: BTreeMap<TenantId, Vec<Unreachable>>,
    unconnected: BTreeMap<TenantId, Vec<Unconnected>>,
}

/// A system that can be asked.
#[derive(Clone)]
pub struct Reachable {
    /// The connector that speaks there.
    pub connector: Arc<dyn Connector>,
    /// The way in.
    pub connection: Arc<Connection>,
    /// What people call it.
    pub system: String,
}

/// A system that the tenant is known to have and that is not connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unconnected {
    /// What people call it.
    pub system: String,
    /// Who looks after it, by the short name in the configuration.
    pub owner: Option<String>,
}

/// A system that could not be asked this time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreachable {
    /// Which.
    pub connection: String,
    /// Why.
    pub because: String,
}

/// A system that was asked and answered, whether or not it knows the person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Asked {
    /// The connection.
    pub connection: String,
    /// What people call the system.
    pub system: String,
}

/// One account, and where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// What people call the system.
    pub system: String,
    /// The connector.
    pub connector: String,
    /// The connection.
    pub connection: String,
    /// The account.
    #[serde(flatten)]
    pub account: Account,
}

impl Found {
    /// True if the account can be used, or may be for all that is known: enabled, or with a live
    /// session.
    pub fn is_open(&self) -> bool {
        self.account.enabled != Some(false) || self.account.sessions.is_some_and(|n| n > 0)
    }
}

/// Everything that was found, in the order of connections and accounts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Inventory {
    /// The systems that answered, by connection.
    pub asked: Vec<Asked>,
    /// The accounts.
    pub accounts: Vec<Found>,
    /// Systems that only people can look at.
    pub unconnected: Vec<Unconnected>,
    /// Systems that did not answer: nothing is known of them, so nothing there is closed.
    pub unreachable: Vec<Unreachable>,
    /// Connections where more than one person fits: somebody must say who is meant.
    pub ambiguous: Vec<String>,
    /// How many of the accounts can still be used, or may be for all that is known: enabled, or with
    /// a live session.
    pub open: usize,
}

impl Systems {
    /// Adds a system that can be asked.
    pub fn add(&mut self, tenant: &TenantId, system: Reachable) {
        self.reachable.entry(tenant.clone()).or_default().push(system);
    }

    /// Adds a system that is configured and can't be asked (a secret is missing, a setting is wrong):
    /// every inventory says so, for nothing there can be closed.
    pub fn add_unusable(&mut self, tenant: &TenantId, system: Unreachable) {
        self.unusable.entry(tenant.clone()).or_default().push(system);
    }

    /// Adds a system that only people can look at.
    pub fn add_unconnected(&mut self, tenant: &TenantId, system: Unconnected) {
        self.unconnected.entry(tenant.clone()).or_default().push(system);
    }

    /// Asks every system of the tenant for this person's accounts; only reads. Directories first:
    /// the logins that they know are then looked for in the systems that know logins only.
    pub async fn inventory(
        &self,
        tenant: &TenantId,
        person: &PersonQuery,
        at: Timestamp,
    ) -> Inventory {
        let mut inventory = Inventory {
            unconnected: self.unconnected.get(tenant).cloned().unwrap_or_default(),
            unreachable: self.unusable.get(tenant).cloned().unwrap_or_default(),
            ..Inventory::default()
        };
        let systems = self.reachable.get(tenant).map(Vec::as_slice).unwrap_or_default();
        let mut person = person.clone();
        for directories in [true, false] {
            let known = &person;
            let asked = systems
                .iter()
                .filter(|system| finding::knows_people(system.connector.as_ref()) == directories)
                .map(|system| async move { (system, finding::find(system, known, at).await) });
            for (system, answer) in join_all(asked).await {
                inventory.take(system, answer, &person);
            }
            let logins: BTreeSet<String> = person
                .logins
                .iter()
                .cloned()
                .chain(inventory.accounts.iter().map(|found| found.account.login.clone()))
                .collect();
            if inventory.ambiguous.is_empty() {
                person.logins = logins.into_iter().collect();
            }
        }
        inventory
            .accounts
            .sort_by(|a, b| (&a.connection, &a.account.id).cmp(&(&b.connection, &b.account.id)));
        inventory.unreachable.sort_by(|a, b| a.connection.cmp(&b.connection));
        inventory.asked.sort();
        inventory.open = inventory.accounts.iter().filter(|found| found.is_open()).count();
        inventory
    }
}

impl Inventory {
    fn take(
        &mut self,
        system: &Reachable,
        answer: Result<Option<Vec<Account>>, kompel_connect::Error>,
        person: &PersonQuery,
    ) {
        let connection = system.connection.name.clone();
        match answer {
            Ok(None) => {}
            Ok(Some(accounts)) => {
                let asked = Asked { connection: connection.clone(), system: system.system.clone() };
                self.asked.push(asked);
                if by_name_alone(person) && accounts.len() > 1
                    || accounts.iter().any(|account| account.facts.contains_key(finding::NEAR))
                {
                    self.ambiguous.push(connection.clone());
                }
                self.accounts.extend(accounts.into_iter().map(|account| Found {
                    system: system.system.clone(),
                    connector: system.connector.name().to_owned(),
                    connection: connection.clone(),
                    account,
                }));
            }
            Err(error) => {
                self.unreachable.push(Unreachable { connection, because: error.to_string() });
            }
        }
    }
}

/// True if nothing but a name says who is meant.
fn by_name_alone(person: &PersonQuery) -> bool {
    person.mails.is_empty() && person.logins.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_system_that_is_configured_and_cannot_be_asked_is_told_in_every_inventory() {
        let (mut systems, tenant) = (Systems::default(), TenantId::default());
        let missing = Unreachable { connection: "ad".to_owned(), because: "no secret".to_owned() };
        systems.add_unusable(&tenant, missing.clone());
        let person = PersonQuery { mails: vec!["jan@a.test".to_owned()], ..PersonQuery::default() };
        let inventory = systems.inventory(&tenant, &person, Timestamp::default()).await;
        assert_eq!(inventory.unreachable, [missing]);
        let other =
            systems.inventory(&"acme".parse().unwrap(), &person, Timestamp::default()).await;
        assert_eq!(other, Inventory::default());
    }
}
