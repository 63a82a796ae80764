//! Inventory: every account that a person has, in every system of the tenant; and the systems that
//! nobody can ask.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::future::join_all;
use kompel_connect::{Connection, Connector, Error};
use kompel_model::{Account, PersonQuery, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    finding::{self, By, COOKIES, Hit, Knows},
    matching::Known,
    policy::{Policy, Wishes},
};

/// Every tenant's systems: those that can be asked, and those that only people can look at.
#[derive(Default)]
pub struct Systems {
    reachable: BTreeMap<TenantId, Vec<Reachable>>,
    unusable: BTreeMap<TenantId, Vec<Unreachable>>,
    unconnected: BTreeMap<TenantId, Vec<Unconnected>>,
    policies: BTreeMap<TenantId, (Policy, BTreeMap<String, String>)>,
    memory: Option<Arc<dyn Memory>>,
}

/// What earlier offboardings know.
pub trait Memory: Send + Sync {
    /// The systems that people said to have closed for the owner of one of these accounts
    /// (connection and id), the last word for each.
    fn closed_by_hand(&self, tenant: &TenantId, accounts: &[(String, String)]) -> Vec<ByHand>;

    /// The last offboarding of one of these accounts, if it left something open.
    fn unfinished(&self, tenant: &TenantId, accounts: &[(String, String)]) -> Option<String>;

    /// The systems that people said in this run to have closed, so far.
    fn closed_in(&self, tenant: &TenantId, run: &str) -> Vec<String>;
}

/// A system that cannot be asked and that somebody closed for this person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByHand {
    /// What people call it.
    pub system: String,
    /// Who closed it.
    pub by: String,
    /// When they said so.
    pub at: Timestamp,
    /// What proves it, in their words.
    pub proof: String,
    /// In which run.
    pub run: String,
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
    /// What it still holds, closed or not: groups, a place that it should have left.
    #[serde(default)]
    pub left: Vec<String>,
    /// The unit that the connection names for the accounts of leavers.
    #[serde(default, rename = "leaversUnit", skip_serializing_if = "Option::is_none")]
    pub leavers_unit: Option<String>,
}

impl Found {
    /// What tells it from every other account: the connection and its id there.
    pub(super) fn key(&self) -> (String, String) {
        (self.connection.clone(), self.account.id.clone())
    }

    /// True if the account can be used, or may be for all that is known: enabled, or with a session
    /// that is live or can come back.
    pub fn is_open(&self) -> bool {
        self.account.enabled != Some(false)
            || self.account.sessions.is_some_and(|count| count > 0)
            || self.account.facts.contains_key(COOKIES)
    }
}

/// Everything that was found, in the order of connections and accounts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Inventory {
    /// The systems that answered, by connection.
    pub asked: Vec<Asked>,
    /// The accounts that are the person's.
    pub accounts: Vec<Found>,
    /// Accounts that may be the person's or somebody else's: a person must say.
    pub doubtful: Vec<Found>,
    /// Connections with doubtful accounts.
    pub ambiguous: Vec<String>,
    /// Systems that only people can look at.
    pub unconnected: Vec<Unconnected>,
    /// Those of them that somebody closed already. Empty while an account is open: what was closed
    /// before may be open again.
    #[serde(rename = "byHand")]
    pub by_hand: Vec<ByHand>,
    /// The last offboarding of these accounts, if it left something open: not all that it was to do
    /// shows in an inventory. Only where no account is open.
    pub unfinished: Option<String>,
    /// Systems that did not answer: nothing is known of them, so nothing there is closed.
    pub unreachable: Vec<Unreachable>,
    /// How many of the accounts can still be used, or may be for all that is known: enabled, or with
    /// a session that is live or can come back.
    pub open: usize,
    /// How many of the others still hold something.
    pub left: usize,
    /// The person, with every address that is known by now and every login that the request or a
    /// directory tells.
    pub person: PersonQuery,
    /// What the client wants done beside closing the accounts.
    pub policy: Wishes,
}

/// How sure it must be that an account is the person's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Doubts {
    /// Doubtful accounts are told.
    #[default]
    Told,
    /// Somebody has said who is meant: doubtful accounts are other people's.
    Settled,
}

/// Whether the rights that the person has in other people's mailboxes are read: that takes a request
/// for each mailbox of the client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Rights {
    /// They are not.
    #[default]
    Unread,
    /// Only where nothing else is open, and so nobody would look otherwise.
    IfNothingElse,
    /// They are.
    Read,
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

    /// What this client wants done where somebody leaves; `managers` tells whose manager is who, by
    /// mail addresses.
    pub fn set_policy(
        &mut self,
        tenant: &TenantId,
        policy: Policy,
        managers: impl IntoIterator<Item = (String, String)>,
    ) {
        let managers = managers.into_iter().map(|(of, who)| (of.to_lowercase(), who)).collect();
        self.policies.insert(tenant.clone(), (policy, managers));
    }

    /// Who remembers what people closed by hand.
    pub fn remember_by(&mut self, memory: Arc<dyn Memory>) {
        self.memory = Some(memory);
    }

    /// Asks every system of the tenant for this person's accounts; only reads. Those that know
    /// people come first; the addresses and logins that they tell are asked for once more, and the
    /// logins then looked for in the systems that know logins only.
    pub async fn inventory(
        &self,
        tenant: &TenantId,
        person: &PersonQuery,
        at: Timestamp,
    ) -> Inventory {
        self.inventory_where(tenant, person, (Doubts::Told, Rights::Unread), at).await
    }

    /// The same, where somebody may have said who is meant, and rights in other people's mailboxes
    /// may count.
    pub async fn inventory_where(
        &self,
        tenant: &TenantId,
        person: &PersonQuery,
        (doubts, rights): (Doubts, Rights),
        at: Timestamp,
    ) -> Inventory {
        let systems = self.reachable.get(tenant).map(Vec::as_slice).unwrap_or_default();
        let mut search = Search::new(systems, person, at);
        search.people().await;
        search.settle(doubts);
        if search.doubtful.is_empty() {
            search.logins().await;
        }
        let policy = self
            .policies
            .get(tenant)
            .map(|(policy, managers)| policy.about(&search.known.person(), managers));
        let policy = policy.unwrap_or_default();
        search.details(&policy).await;
        search.mailboxes(Question::SentOn(policy.forward_to.as_deref())).await;
        if rights == Rights::Read || rights == Rights::IfNothingElse && search.is_over() {
            search.mailboxes(Question::Rights).await;
        }
        let mut inventory = search.inventory();
        inventory.policy = policy;
        inventory.unconnected = self.unconnected.get(tenant).cloned().unwrap_or_default();
        inventory.unreachable.extend(self.unusable.get(tenant).cloned().unwrap_or_default());
        inventory.unreachable.sort_by(|a, b| a.connection.cmp(&b.connection));
        inventory.unreachable.dedup_by(|a, b| a.connection == b.connection);
        self.remembered(tenant, &mut inventory);
        inventory
    }

    /// The systems that people said in this run to have closed; none where nobody remembers.
    pub(super) fn closed_in(&self, tenant: &TenantId, run: &str) -> Vec<String> {
        self.memory.as_ref().map(|memory| memory.closed_in(tenant, run)).unwrap_or_default()
    }

    /// What earlier offboardings know of these accounts.
    fn remembered(&self, tenant: &TenantId, inventory: &mut Inventory) {
        let Some(memory) = self.memory.as_ref().filter(|_| inventory.open == 0) else { return };
        if inventory.accounts.is_empty() {
            return;
        }
        let accounts = inventory.accounts.iter();
        let accounts: Vec<_> =
            accounts.map(|found| (found.connection.clone(), found.account.id.clone())).collect();
        inventory.unfinished = memory.unfinished(tenant, &accounts);
        if inventory.unconnected.is_empty() {
            return;
        }
        let known = |by: &ByHand| inventory.unconnected.iter().any(|one| one.system == by.system);
        let by_hand = memory.closed_by_hand(tenant, &accounts).into_iter().filter(known).collect();
        inventory.by_hand = by_hand;
    }
}

/// The connector whose accounts have mailboxes elsewhere.
const MAILBOX_OWNERS: &str = "graph";

/// What is asked of mailboxes.
#[derive(Clone, Copy)]
enum Question<'a> {
    /// Where mail goes, if not to whom the client wants.
    SentOn(Option<&'a str>),
    /// What the account may do in other people's.
    Rights,
}

/// How often what was found leads to another question.
const MOST_ROUNDS: usize = 4;

/// A search for one person through the systems of a tenant.
struct Search<'a> {
    systems: &'a [Reachable],
    at: Timestamp,
    known: Known,
    /// What of it the systems that know people were asked for.
    asked_for: Known,
    /// Logins that are somebody else's, in lower case.
    others: BTreeSet<String>,
    /// By system and account id.
    certain: BTreeMap<(usize, String), Found>,
    doubtful: BTreeMap<(usize, String), Found>,
    near: Vec<(usize, Hit)>,
    asked: BTreeSet<usize>,
    unreachable: BTreeMap<usize, String>,
}

impl<'a> Search<'a> {
    fn new(systems: &'a [Reachable], person: &PersonQuery, at: Timestamp) -> Self {
        Self {
            systems,
            at,
            known: Known::of(person),
            asked_for: Known::default(),
            others: BTreeSet::new(),
            certain: BTreeMap::new(),
            doubtful: BTreeMap::new(),
            near: Vec::new(),
            asked: BTreeSet::new(),
            unreachable: BTreeMap::new(),
        }
    }

    fn found(&self, system: usize, account: Account) -> Found {
        let of = &self.systems[system];
        Found {
            system: of.system.clone(),
            connector: of.connector.name().to_owned(),
            connection: of.connection.name.clone(),
            account,
            left: Vec::new(),
            leavers_unit: finding::leavers_unit(of),
        }
    }

    fn that(&self, knows: impl Fn(Knows) -> bool) -> Vec<usize> {
        let all = self.systems.iter().enumerate();
        all.filter(|(_, system)| knows(finding::knows(system.connector.as_ref())))
            .map(|(at, _)| at)
            .collect()
    }

    fn failed(&mut self, system: usize, error: &Error) {
        self.unreachable.insert(system, error.to_string());
    }

    /// Asks the systems that know people: for what is known, then for what they told, until they
    /// tell nothing new.
    async fn people(&mut self) {
        let mut wanted = self.known.everything();
        for _ in 0..MOST_ROUNDS {
            self.asked_for = self.known.clone();
            let hits = self.ask(&wanted).await;
            self.judge(hits);
            wanted = self.known.beyond(&self.asked_for);
            if wanted.mails.is_empty() && wanted.logins.is_empty() {
                return;
            }
        }
    }

    async fn ask(&mut self, wanted: &PersonQuery) -> Vec<(usize, Hit)> {
        let systems = self.that(|knows| matches!(knows, Knows::Directory | Knows::People));
        let all = self.systems;
        let at = self.at;
        let asked = systems
            .into_iter()
            .map(|system| async move { (system, finding::people(&all[system], wanted, at).await) });
        let mut found = Vec::new();
        for (system, answer) in join_all(asked).await {
            self.asked.insert(system);
            match answer {
                Ok(hits) => found.extend(hits.into_iter().map(|hit| (system, hit))),
                Err(error) => self.failed(system, &error),
            }
        }
        found
    }

    fn judge(&mut self, hits: Vec<(usize, Hit)>) {
        let (near, exact): (Vec<_>, Vec<_>) = hits.into_iter().partition(|(_, hit)| hit.near);
        self.near.extend(near);
        let mut best: BTreeMap<(usize, String), Hit> = BTreeMap::new();
        for (system, hit) in exact {
            let key = (system, hit.account.id.clone());
            if self.certain.contains_key(&key) {
                continue;
            }
            if best.get(&key).is_none_or(|known| known.by < hit.by) {
                best.insert(key, hit);
            }
        }
        let theirs = self.known.judge(&best.values().collect::<Vec<_>>());
        for ((key, hit), theirs) in best.into_iter().zip(theirs) {
            let found = self.found(key.0, hit.account);
            if theirs {
                self.certain.insert(key, found);
            } else {
                self.doubtful.insert(key, found);
            }
        }
    }

    /// What only comes close matters where nothing better was found.
    fn settle(&mut self, doubts: Doubts) {
        let nobody = self.certain.is_empty();
        for (system, hit) in std::mem::take(&mut self.near) {
            let theirs = self.certain.keys().any(|(at, _)| *at == system);
            let maybe = hit.by == By::Name && !theirs && !self.known.speaks_against(&hit.account);
            if nobody || maybe {
                let found = self.found(system, hit.account);
                self.doubtful.insert((system, found.account.id.clone()), found);
            }
        }
        if doubts == Doubts::Settled {
            let others = std::mem::take(&mut self.doubtful).into_values();
            self.others = others.map(|found| found.account.login.to_lowercase()).collect();
        }
    }

    /// Looks for the person's logins where only logins are known; what a service calls the person is
    /// not looked for if a directory calls somebody else so. Where a system can't tell whether
    /// it has a login, only those are asked for that the requester or a directory knows.
    async fn logins(&mut self) {
        let all = self.systems;
        let at = self.at;
        let (sure, mut known) = (self.known.sure(), self.asked_for.logins());
        known.retain(|login| sure.contains(login) || !self.others.contains(login));
        let systems = self.that(|knows| matches!(knows, Knows::Logins | Knows::Blocks));
        let asked = systems.into_iter().map(|system| {
            let tells = finding::knows(all[system].connector.as_ref()) == Knows::Logins;
            let logins = if tells { &known } else { &sure };
            async move { (system, finding::logins(&all[system], logins, at).await) }
        });
        for (system, answer) in join_all(asked).await {
            self.asked.insert(system);
            match answer {
                Ok(accounts) => {
                    for account in accounts {
                        let found = self.found(system, account);
                        self.certain.insert((system, found.account.id.clone()), found);
                    }
                }
                Err(error) => self.failed(system, &error),
            }
        }
    }

    /// What the accounts still hold.
    async fn details(&mut self, wishes: &Wishes) {
        let (all, at) = (self.systems, self.at);
        let asked = self.certain.iter().map(|(key, found)| async move {
            (key.clone(), finding::left(&all[key.0], &found.account, wishes, at).await)
        });
        for (key, answer) in join_all(asked).await {
            match answer {
                Ok(left) => {
                    if let Some(found) = self.certain.get_mut(&key) {
                        found.left = left;
                    }
                }
                Err(error) => self.failed(key.0, &error),
            }
        }
    }

    /// Adds what every Exchange says of every account of Microsoft 365.
    async fn mailboxes(&mut self, question: Question<'_>) {
        let (all, at) = (self.systems, self.at);
        let exchanges = || all.iter().filter(|one| finding::has_mailboxes(one.connector.as_ref()));
        let owners = self.certain.iter().filter(|(_, found)| found.connector == MAILBOX_OWNERS);
        let asked = owners.flat_map(|(key, found)| {
            exchanges().map(move |exchange| async move {
                let account = &found.account;
                let says = match question {
                    Question::SentOn(wanted) => {
                        let to = finding::sent_on(exchange, account, wanted, at).await;
                        to.into_iter().collect()
                    }
                    Question::Rights => finding::rights(exchange, account, at).await,
                };
                (key.clone(), says)
            })
        });
        for (key, answer) in join_all(asked).await {
            if let Some(found) = self.certain.get_mut(&key) {
                found.left.extend::<Vec<String>>(answer);
            }
        }
    }

    /// True if every system answered, nobody else may be meant, and nothing is open or held.
    fn is_over(&self) -> bool {
        let over = |found: &Found| !found.is_open() && found.left.is_empty();
        self.unreachable.is_empty() && self.doubtful.is_empty() && self.certain.values().all(over)
    }

    fn inventory(self) -> Inventory {
        let sorted = |found: BTreeMap<(usize, String), Found>| {
            let mut found: Vec<Found> = found.into_values().collect();
            let key = |found: &Found| (found.connection.clone(), found.account.id.clone());
            found.sort_by_key(key);
            found
        };
        let answered = self.asked.iter().filter(|at| !self.unreachable.contains_key(at));
        let asked: BTreeSet<Asked> = answered
            .map(|at| Asked {
                connection: self.systems[*at].connection.name.clone(),
                system: self.systems[*at].system.clone(),
            })
            .collect();
        let asked = asked.into_iter().collect();
        let (accounts, doubtful) = (sorted(self.certain), sorted(self.doubtful));
        let open = |found: &&Found| found.is_open();
        let left = |found: &&Found| !found.is_open() && !found.left.is_empty();
        let mut ambiguous: Vec<_> = doubtful.iter().map(|found| found.connection.clone()).collect();
        ambiguous.dedup();
        Inventory {
            open: accounts.iter().filter(open).count(),
            left: accounts.iter().filter(left).count(),
            accounts,
            doubtful,
            ambiguous,
            asked,
            unreachable: self
                .unreachable
                .into_iter()
                .map(|(system, because)| Unreachable {
                    connection: self.systems[system].connection.name.clone(),
                    because,
                })
                .collect(),
            person: self.known.person(),
            ..Inventory::default()
        }
    }
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
        assert_eq!(other, Inventory { person, ..Inventory::default() });
    }
}
