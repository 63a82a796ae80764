//! The world: accounts in memory behind connectors of the usual names, and what goes wrong there.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use kompel_connect::{
    Action, Call, Check, Connection, Connector, Error, ErrorKind, Look, Verified,
};
use kompel_model::{ActionEffect, ActionSpec, Plan, PlannedChange, Repeat, Timestamp};
use serde_json::{Value, json};

/// One account, and whose it really is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Account {
    pub(super) owner: usize,
    pub(super) login: String,
    pub(super) name: String,
    pub(super) mail: Option<String>,
    pub(super) enabled: bool,
    pub(super) sessions: usize,
    /// The groups that list it.
    pub(super) groups: BTreeSet<String>,
    pub(super) unit: String,
}

impl Account {
    pub(super) fn new(owner: usize, login: &str, name: &str, mail: Option<&str>) -> Self {
        Self {
            owner,
            login: login.to_owned(),
            name: name.to_owned(),
            mail: mail.map(str::to_owned),
            enabled: true,
            sessions: 0,
            groups: BTreeSet::new(),
            unit: "OU=Staff".to_owned(),
        }
    }

    /// True if its owner can still do something with it.
    pub(super) fn is_open(&self) -> bool {
        self.enabled || self.sessions > 0 || !self.groups.is_empty()
    }
}

/// The owner of what is not an account at all.
pub(super) const NOBODY: usize = usize::MAX;

/// What goes wrong with an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    /// Refused for good; nothing is done.
    Refused,
    /// Done, and no answer comes.
    AnswerLost,
    /// Not done, and no answer comes.
    RequestLost,
    /// "200", and nothing is done.
    NoEffect,
    /// Not now: in an hour.
    Throttled,
    /// Nobody answers.
    Gone,
}

/// How often it goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Often {
    Once,
    Always,
}

/// Which account: connection and id.
type Key = (String, String);

#[derive(Default)]
pub(super) struct World {
    pub(super) accounts: Mutex<BTreeMap<Key, Account>>,
    /// The groups that a group is in.
    pub(super) nested: Mutex<BTreeMap<String, BTreeSet<String>>>,
    mishaps: Mutex<BTreeMap<String, (Mishap, Often)>>,
    throttled: Mutex<BTreeMap<String, Timestamp>>,
    /// By action: the account, and what it then holds.
    comes_back: Mutex<BTreeMap<String, (Key, String)>>,
    /// How many requests changed something.
    pub(super) changes: Mutex<u32>,
}

impl World {
    pub(super) fn add(&self, connection: &str, id: &str, account: Account) {
        let key = (connection.to_owned(), id.to_owned());
        self.accounts.lock().unwrap().insert(key, account);
    }

    /// From now on this goes wrong when this action is performed.
    pub(super) fn goes_wrong(&self, action: &str, mishap: Mishap, often: Often) {
        self.mishaps.lock().unwrap().insert(action.to_owned(), (mishap, often));
    }

    /// Somebody gives an account this as soon as this action was performed: behind our back.
    pub(super) fn comes_back(&self, account: (&str, &str), after: &str, held: &str) {
        let key = (account.0.to_owned(), account.1.to_owned());
        self.comes_back.lock().unwrap().insert(after.to_owned(), (key, held.to_owned()));
    }

    /// The accounts, with everything that can be seen of them.
    pub(super) fn seen(&self) -> BTreeMap<Key, Account> {
        self.accounts.lock().unwrap().clone()
    }

    pub(super) fn open_of(&self, owner: usize) -> Vec<String> {
        let all = self.seen().into_iter();
        let open = all.filter(|(_, account)| account.owner == owner && account.is_open());
        open.map(|((connection, id), _)| format!("{connection} {id}")).collect()
    }

    fn mishap(&self, action: &str, at: Timestamp) -> Option<Mishap> {
        let mut mishaps = self.mishaps.lock().unwrap();
        let (mishap, often) = *mishaps.get(action)?;
        if mishap == Mishap::Throttled && often == Often::Once {
            // It lasts an hour, however often it is tried.
            let mut throttled = self.throttled.lock().unwrap();
            let since = *throttled.entry(action.to_owned()).or_insert(at);
            return (at < since + chrono::TimeDelta::hours(1)).then_some(mishap);
        }
        if often == Often::Once {
            mishaps.remove(action);
        }
        Some(mishap)
    }
}

/// A connector of the world.
pub(super) struct Simulated {
    pub(super) name: &'static str,
    pub(super) world: Arc<World>,
}

/// What an action does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    FindPeople,
    FindLogin,
    Inventory,
    Block,
    LeaveGroups,
    Move,
    /// Sign-in alone, as where sessions are cut apart.
    SignIn,
    Sessions,
    /// Gives up what it holds of this kind (`kind:name` among its groups). What is not yet as it
    /// should be (no hold, no reply) is held just so.
    GiveUp(&'static str),
    /// Lists what it holds of this kind under this name.
    List(&'static str, &'static str),
    FindMailbox,
    FindRights,
    FindDrive,
    Delete,
}

impl Deed {
    fn reads(self) -> bool {
        match self {
            Self::FindPeople
            | Self::FindLogin
            | Self::Inventory
            | Self::List(..)
            | Self::FindMailbox
            | Self::FindRights
            | Self::FindDrive => true,
            Self::Block
            | Self::LeaveGroups
            | Self::Move
            | Self::SignIn
            | Self::Sessions
            | Self::GiveUp(_)
            | Self::Delete => false,
        }
    }
}

impl Simulated {
    fn deeds(&self) -> Vec<(&'static str, Deed)> {
        match self.name {
            "ad" => vec![
                ("ad.find-user", Deed::FindPeople),
                ("ad.inventory", Deed::Inventory),
                ("ad.disable", Deed::Block),
                ("ad.reset-password", Deed::GiveUp("password:")),
                ("ad.remove-from-groups", Deed::LeaveGroups),
                ("ad.move", Deed::Move),
            ],
            "scim" => vec![("scim.find-user", Deed::FindPeople), ("scim.deactivate", Deed::Block)],
            "ocserv" => vec![("ocserv.find-user", Deed::FindLogin), ("ocserv.block", Deed::Block)],
            "radius" => vec![("radius.find-user", Deed::FindLogin), ("radius.block", Deed::Block)],
            "openvpn" => {
                vec![("openvpn.find-user", Deed::FindLogin), ("openvpn.block", Deed::Block)]
            }
            "graph" => vec![
                ("graph.find-user", Deed::FindPeople),
                ("graph.list-memberships", Deed::Inventory),
                ("graph.list-eligible-roles", Deed::List("eligible", "eligible:")),
                ("graph.list-sign-in-methods", Deed::List("methods", "method:")),
                ("graph.list-app-assignments", Deed::List("applications", "application:")),
                ("graph.list-oauth-grants", Deed::List("grants", "grant:")),
                ("graph.list-devices", Deed::List("devices", "device:")),
                ("graph.list-managed-devices", Deed::List("devices", "managed:")),
                ("graph.list-owned", Deed::List("owned", "owned:")),
                ("graph.block-sign-in", Deed::SignIn),
                ("graph.reset-password", Deed::GiveUp("password:")),
                ("graph.revoke-sessions", Deed::Sessions),
                ("graph.remove-sign-in-methods", Deed::GiveUp("method:")),
                ("graph.remove-from-groups", Deed::GiveUp("group:")),
                ("graph.remove-directory-roles", Deed::GiveUp("role:")),
                ("graph.remove-eligible-roles", Deed::GiveUp("eligible:")),
                ("graph.retire-managed-devices", Deed::GiveUp("managed:")),
                ("graph.remove-app-assignments", Deed::GiveUp("application:")),
                ("graph.remove-oauth-grants", Deed::GiveUp("grant:")),
                ("graph.disable-devices", Deed::GiveUp("device:")),
                ("graph.remove-licences", Deed::GiveUp("licence:")),
                ("graph.find-drive", Deed::FindDrive),
                ("graph.hand-over-drive", Deed::GiveUp("drive:")),
                ("graph.stop-sharing", Deed::GiveUp("shared:")),
                ("graph.cancel-meetings", Deed::GiveUp("meeting:")),
                ("graph.delete-user", Deed::Delete),
            ],
            "exchange" => vec![
                ("exchange.find-mailbox", Deed::FindMailbox),
                ("exchange.find-rights-elsewhere", Deed::FindRights),
                ("exchange.convert-to-shared", Deed::GiveUp("mailbox:")),
                ("exchange.remove-inbox-rules", Deed::GiveUp("rule:")),
                ("exchange.remove-mobile-devices", Deed::GiveUp("telephone:")),
                ("exchange.leave-distribution-groups", Deed::GiveUp("list:")),
                ("exchange.hide-from-address-list", Deed::GiveUp("listed:")),
                ("exchange.set-litigation-hold", Deed::GiveUp("unheld:")),
                ("exchange.set-forwarding", Deed::GiveUp("forwarded:")),
                ("exchange.set-out-of-office", Deed::GiveUp("silent:")),
                ("exchange.drop-rights-elsewhere", Deed::GiveUp("right:")),
                ("exchange.grant-access", Deed::GiveUp("orphaned:")),
            ],
            other => panic!("no connector {other} in this world"),
        }
    }
}

#[async_trait]
impl Connector for Simulated {
    fn name(&self) -> &'static str {
        self.name
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        let action = |(name, deed)| {
            let (world, of) = (Arc::clone(&self.world), self.name);
            Arc::new(Performed { name, of, deed, world }) as Arc<dyn Action>
        };
        self.deeds().into_iter().map(action).collect()
    }

    fn settings(&self) -> Value {
        json!({"type": "object"})
    }

    async fn check(&self, _connection: &Connection) -> Vec<Check> {
        Vec::new()
    }
}

struct Performed {
    name: &'static str,
    of: &'static str,
    deed: Deed,
    world: Arc<World>,
}

impl Performed {
    fn key(call: &Call) -> Key {
        let user = call.input["user"].as_str().or(call.input["mailbox"].as_str());
        let user = user.unwrap_or_default();
        (call.connection.name.clone(), user.to_owned())
    }

    fn account(&self, call: &Call) -> Result<Account, Error> {
        let (key, accounts) = (Self::key(call), self.world.accounts.lock().unwrap());
        match accounts.get(&key) {
            Some(account) => Ok(account.clone()),
            // RADIUS and OpenVPN block a login that they may not know.
            None if matches!(self.of, "radius" | "openvpn") => {
                Ok(Account::new(NOBODY, &key.1, "", None))
            }
            None => Err(Error::new(ErrorKind::Absent, "no such account")),
        }
    }

    /// What it is, and what this action makes of it.
    fn states(&self, call: &Call) -> Result<(Account, Account), Error> {
        let before = self.account(call)?;
        let mut after = before.clone();
        match self.deed {
            Deed::Block => (after.enabled, after.sessions) = (false, 0),
            Deed::LeaveGroups => after.groups.retain(|group| !is_group(group)),
            Deed::Move => call.input["to"].as_str().unwrap_or_default().clone_into(&mut after.unit),
            Deed::SignIn => after.enabled = false,
            Deed::Sessions => after.sessions = 0,
            Deed::GiveUp(kind) => after.groups.retain(|held| !held.starts_with(kind)),
            Deed::FindPeople
            | Deed::FindLogin
            | Deed::Inventory
            | Deed::List(..)
            | Deed::FindMailbox
            | Deed::FindRights
            | Deed::FindDrive
            | Deed::Delete => {}
        }
        Ok((before, after))
    }

    /// What this action changes of an account: what else it has may be changed before by another.
    fn touched(&self, account: &Account) -> Value {
        match self.deed {
            Deed::Block => json!([account.enabled, account.sessions]),
            Deed::SignIn => json!(account.enabled),
            Deed::Sessions => json!(account.sessions),
            Deed::Move => json!(account.unit),
            Deed::LeaveGroups => {
                json!(account.groups.iter().filter(|it| is_group(it)).collect::<Vec<_>>())
            }
            Deed::GiveUp(kind) => {
                json!(
                    account.groups.iter().filter(|held| held.starts_with(kind)).collect::<Vec<_>>()
                )
            }
            Deed::FindPeople
            | Deed::FindLogin
            | Deed::Inventory
            | Deed::List(..)
            | Deed::FindMailbox
            | Deed::FindRights
            | Deed::FindDrive
            | Deed::Delete => Value::Null,
        }
    }

    fn find_people(&self, call: &Call) -> Value {
        let query = call.input["query"].as_str().unwrap_or_default();
        let same = |text: &str| text.eq_ignore_ascii_case(query);
        let accounts = self.world.accounts.lock().unwrap();
        let here = accounts.iter().filter(|((at, _), _)| *at == call.connection.name);
        let fits = |account: &Account| {
            same(&account.login) || same(&account.name) || account.mail.as_deref().is_some_and(same)
        };
        let login = if self.of == "ad" { "account" } else { "userName" };
        let shown = |(key, account): (&Key, &Account)| {
            json!({
                "id": key.1, login: account.login, "name": account.name, "mail": account.mail,
                "enabled": account.enabled,
            })
        };
        let users: Vec<Value> = here.filter(|(_, account)| fits(account)).map(shown).collect();
        json!({"count": users.len(), "users": users})
    }

    fn find_login(&self, call: &Call) -> Value {
        let (user, found) = (&call.input["user"], self.account(call).ok());
        let enabled = found.as_ref().is_some_and(|account| account.enabled);
        let sessions = found.as_ref().map_or(0, |account| account.sessions);
        match self.of {
            "ocserv" => json!({
                "user": user, "found": found.is_some(), "locked": !enabled,
                "sessions": vec![json!({}); sessions],
            }),
            "openvpn" => {
                json!({"user": user, "blocked": !enabled, "sessions": vec![json!({}); sessions]})
            }
            // It can't tell whether it knows the login: who is not listed is not rejected.
            _ => json!({"user": user, "rejected": !enabled}),
        }
    }

    fn inventory(&self, call: &Call) -> Result<Value, Error> {
        let account = self.account(call)?;
        let nested = self.world.nested.lock().unwrap();
        let direct: BTreeSet<String> =
            account.groups.iter().filter(|held| is_group(held)).cloned().collect();
        let (mut all, mut left) = (direct.clone(), Vec::from_iter(&direct));
        while let Some(group) = left.pop() {
            for outer in nested.get(group).into_iter().flatten() {
                if all.insert(outer.clone()) {
                    left.push(outer);
                }
            }
        }
        let shown = |group: &String| json!({"dn": group, "direct": direct.contains(group), "primary": false});
        Ok(json!({"groups": all.iter().map(shown).collect::<Vec<_>>(), "ou": account.unit}))
    }

    /// What the account holds of this kind, named as the connector does.
    fn list(&self, call: &Call, name: &str, kind: &str) -> Result<Value, Error> {
        let account = self.account(call)?;
        let held = account.groups.iter().filter(|held| held.starts_with(kind));
        let items: Vec<Value> = held.map(|held| json!({"id": held, "name": held})).collect();
        Ok(json!({ name: items }))
    }

    fn find_mailbox(&self, call: &Call) -> Value {
        let Ok(account) = self.account(call) else { return json!({"found": false}) };
        let own = account.groups.contains("mailbox:user");
        let away = account.groups.iter().find_map(|held| held.strip_prefix("forwarded:"));
        json!({
            "found": true, "kind": if own { "UserMailbox" } else { "SharedMailbox" },
            "forwardTo": away, "licenceStays": false, "because": [],
        })
    }

    fn find_rights(&self, call: &Call) -> Value {
        let held = self.account(call).map(|account| account.groups).unwrap_or_default();
        let held = held.iter().filter_map(|held| held.strip_prefix("right:"));
        let shown = |of: &str| json!({"mailbox": of, "name": of, "rights": ["FullAccess"]});
        let rights: Vec<Value> = held.map(shown).collect();
        json!({"rights": rights, "looked": 1, "of": 1, "complete": true})
    }

    fn write(&self, call: &Call, after: Account) {
        *self.world.changes.lock().unwrap() += 1;
        self.world.accounts.lock().unwrap().insert(Self::key(call), after);
    }

    fn delete(&self, call: &Call) {
        let gone = self.world.accounts.lock().unwrap().remove(&Self::key(call));
        *self.world.changes.lock().unwrap() += u32::from(gone.is_some());
    }

    /// True if nothing is left to do.
    fn is_done(&self, call: &Call) -> Result<bool, Error> {
        if self.deed == Deed::Delete {
            return Ok(!self.world.accounts.lock().unwrap().contains_key(&Self::key(call)));
        }
        let (before, after) = self.states(call)?;
        Ok(before == after)
    }
}

#[async_trait]
impl Action for Performed {
    fn spec(&self) -> ActionSpec {
        let undo =
            || ActionEffect::Reversible { undo: format!("{}.undo", self.of).parse().unwrap() };
        let reads = self.deed.reads();
        let user = if self.of == "ad" { json!({"account": {}}) } else { json!({"userName": {}}) };
        let output = match (self.deed, self.of) {
            (Deed::FindPeople, _) => {
                json!({"properties": {"users": {"items": {"properties": user}}}})
            }
            (Deed::FindLogin, "ocserv") => json!({"properties": {"user": {}, "found": {}}}),
            _ => json!({"properties": {"user": {}}}),
        };
        ActionSpec {
            name: self.name.parse().unwrap(),
            summary: "An action of the world".to_owned(),
            effect: if reads { ActionEffect::Read } else { undo() },
            repeat: Repeat::Natural,
            permissions: Vec::new(),
            systems: Vec::new(),
            input: json!({"type": "object"}),
            output,
        }
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        if self.is_done(call)? {
            return Ok(Plan::default());
        }
        let (before, after) = self.states(call)?;
        let change = PlannedChange {
            object: Self::key(call).1,
            property: self.name.to_owned(),
            from: self.touched(&before),
            to: self.touched(&after),
            irreversible: false,
        };
        Ok(Plan { changes: vec![change], ..Plan::default() })
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let mishap = self.world.mishap(self.name, call.at);
        let lost = || Error::new(ErrorKind::OutcomeUnknown, "no answer");
        match mishap {
            Some(Mishap::Refused) => return Err(Error::new(ErrorKind::Denied, "not permitted")),
            Some(Mishap::Gone) => return Err(Error::new(ErrorKind::Unreachable, "nobody there")),
            Some(Mishap::RequestLost) => return Err(lost()),
            Some(Mishap::NoEffect) => return Ok(json!({})),
            Some(Mishap::Throttled) => {
                let hour = Duration::from_secs(3600);
                return Err(Error::new(ErrorKind::Limited, "too many").retry_after(hour));
            }
            Some(Mishap::AnswerLost) | None => {}
        }
        let answer = match self.deed {
            Deed::FindPeople => self.find_people(call),
            Deed::FindLogin => self.find_login(call),
            Deed::Inventory => self.inventory(call)?,
            Deed::List(name, kind) => self.list(call, name, kind)?,
            Deed::FindMailbox => self.find_mailbox(call),
            Deed::FindRights => self.find_rights(call),
            Deed::FindDrive => json!({"found": true, "because": null}),
            Deed::Delete => {
                self.delete(call);
                json!({})
            }
            Deed::Block
            | Deed::LeaveGroups
            | Deed::Move
            | Deed::SignIn
            | Deed::Sessions
            | Deed::GiveUp(_) => {
                let (before, after) = self.states(call)?;
                if before != after {
                    self.write(call, after);
                }
                json!({})
            }
        };
        if let Some((key, held)) = self.world.comes_back.lock().unwrap().remove(self.name) {
            let mut accounts = self.world.accounts.lock().unwrap();
            accounts.get_mut(&key).unwrap().groups.insert(held);
        }
        if mishap == Some(Mishap::AnswerLost) { Err(lost()) } else { Ok(answer) }
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        Ok(if self.is_done(call)? { Look::Done(json!({})) } else { Look::NotDone })
    }

    async fn verify(&self, call: &Call, _output: &Value) -> Result<Verified, Error> {
        Ok(if self.is_done(call)? {
            Verified::Holds(json!({}))
        } else {
            let because = "it is not so".to_owned();
            Verified::Differs { found: json!({}), because }
        })
    }
}

/// True for groups and roles, which inventories list; the rest of what an account holds they don't.
fn is_group(held: &str) -> bool {
    held.split_once(':').is_none_or(|(kind, _)| matches!(kind, "group" | "role"))
}
