//! `leavers.read`, `leavers.inventory` and `leavers.prove`, as playbooks call them.

use std::sync::Arc;

use async_trait::async_trait;
use kompel_connect::{
    Action, Call, Check, Connection, Connector, Error, ErrorKind, Look, Verified,
};
use kompel_model::{ActionEffect, ActionSpec, PersonQuery, Plan, PlannedChange, Repeat, TenantId};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Client, Doubts, Found, Inventory, Letter, Rights, Systems, Unreachable, read};

/// The functions; `systems` are those of every tenant, `clients` all that a request may be about.
pub fn connector(systems: Arc<Systems>, clients: Vec<Client>) -> Arc<dyn Connector> {
    Arc::new(Leavers { systems, clients: clients.into() })
}

struct Leavers {
    systems: Arc<Systems>,
    clients: Arc<[Client]>,
}

#[async_trait]
impl Connector for Leavers {
    fn name(&self) -> &'static str {
        "leavers"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![
            Arc::new(Read { clients: Arc::clone(&self.clients) }),
            Arc::new(Take { systems: Arc::clone(&self.systems) }),
            Arc::new(Prove { systems: Arc::clone(&self.systems) }),
        ]
    }

    fn settings(&self) -> Value {
        json!({"type": "object", "additionalProperties": false, "properties": {}})
    }

    async fn check(&self, _connection: &Connection) -> Vec<Check> {
        Vec::new()
    }
}

/// `leavers.read`.
struct Read {
    clients: Arc<[Client]>,
}

/// `leavers.inventory`.
struct Take {
    systems: Arc<Systems>,
}

/// `leavers.prove`: reads everything again and holds it against "closed", or what else is expected.
///
/// It writes nothing, and counts as a notice all the same: as a step that was to be done, it leaves
/// the run incomplete where the proof fails, and a rehearsal does not take today's open accounts for
/// a failure.
struct Prove {
    systems: Arc<Systems>,
}

fn spec(name: &str, summary: &str, input: Value) -> ActionSpec {
    ActionSpec {
        name: name.parse().expect("a name of this file"),
        summary: summary.to_owned(),
        effect: ActionEffect::Read,
        repeat: Repeat::Natural,
        permissions: Vec::new(),
        systems: Vec::new(),
        input,
        output: json!({"type": "object"}),
    }
}

fn input<T: DeserializeOwned>(call: &Call) -> Result<T, Error> {
    serde_json::from_value(call.input.clone())
        .map_err(|error| Error::new(ErrorKind::Invalid, error.to_string()))
}

fn output(value: &impl serde::Serialize) -> Result<Value, Error> {
    serde_json::to_value(value)
        .map_err(|error| Error::new(ErrorKind::Unexpected, "unwritable").because(error))
}

#[async_trait]
impl Action for Read {
    fn spec(&self) -> ActionSpec {
        let text = json!({"type": "string", "maxLength": 200_000});
        let input = json!({
            "type": "object", "required": ["text"], "additionalProperties": false,
            "properties": {
                "subject": text, "text": text, "from": text,
                "received": {"type": ["string", "null"], "format": "date",
                    "description": "the day it came; today if not given"},
            },
        });
        spec(
            "leavers.read",
            "Reads who leaves, which client and from when out of a free text",
            input,
        )
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        Ok(Plan { predicted: self.perform(call).await?, ..Plan::default() })
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let mut letter: Letter = input(call)?;
        letter.received = letter.received.or(Some(call.at.date_naive()));
        output(&read(&letter, &self.clients))
    }

    async fn look(&self, _call: &Call) -> Result<Look, Error> {
        Ok(Look::NotDone)
    }

    async fn verify(&self, _call: &Call, output: &Value) -> Result<Verified, Error> {
        Ok(Verified::Holds(output.clone()))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    person: PersonQuery,
    #[serde(default)]
    settled: bool,
    #[serde(default)]
    rights: bool,
    #[serde(default)]
    expect: Expect,
    #[serde(default)]
    accounts: Vec<Which>,
    #[serde(default)]
    not_confirmed: Vec<String>,
    by_hand: Option<AskedByHand>,
}

/// What a proof is to show.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Expect {
    /// No account can be used, none holds anything.
    #[default]
    Closed,
    /// No account can be used; what they hold does not count.
    Blocked,
    /// Exactly the accounts that are named can be used.
    GivenBack,
}

/// An account, by its connection and id.
#[derive(Deserialize)]
struct Which {
    connection: String,
    id: String,
}

/// The systems that a run asked people to close by hand.
#[derive(Deserialize)]
struct AskedByHand {
    run: String,
    systems: Vec<String>,
}

impl Wanted {
    async fn inventory(&self, systems: &Systems, rights: Rights, call: &Call) -> Inventory {
        let doubts = if self.settled { Doubts::Settled } else { Doubts::Told };
        let (tenant, how) = (&call.connection.tenant, (doubts, rights));
        systems.inventory_where(tenant, &self.person, how, call.at).await
    }

    /// What a proof reads of rights in other people's mailboxes.
    fn proven_rights(&self) -> Rights {
        match self.expect {
            Expect::Closed => Rights::Read,
            Expect::Blocked | Expect::GivenBack => Rights::Unread,
        }
    }

    /// Everything that is not as expected, one fragment each.
    fn missing(&self, inventory: &Inventory, systems: &Systems, tenant: &TenantId) -> Vec<String> {
        let held = match self.expect {
            Expect::GivenBack => return still_closed(inventory, &self.accounts),
            Expect::Closed => Held::Counts,
            Expect::Blocked => Held::DoesNotCount,
        };
        let mut not_confirmed = self.not_confirmed.clone();
        if let Some(AskedByHand { run, systems: asked }) = &self.by_hand {
            let closed = systems.closed_in(tenant, run);
            not_confirmed.extend(asked.iter().filter(|system| !closed.contains(system)).cloned());
        }
        open(inventory, held, &not_confirmed)
    }
}

fn person_input(more: Value) -> Value {
    let texts = json!({"type": "array", "maxItems": 40, "items": {"type": "string"}});
    let mut properties = json!({
        "person": {
            "type": "object", "additionalProperties": false, "minProperties": 1,
            "properties": {"name": {"type": ["string", "null"]}, "mails": texts, "logins": texts},
        },
        "settled": {
            "type": "boolean", "default": false,
            "description": "true: somebody said who is meant; accounts that only come close are \
                            other people's",
        },
    });
    if let (Some(properties), Value::Object(more)) = (properties.as_object_mut(), more) {
        properties.extend(more);
    }
    json!({
        "type": "object", "required": ["person"], "additionalProperties": false,
        "properties": properties,
    })
}

#[async_trait]
impl Action for Take {
    fn spec(&self) -> ActionSpec {
        spec(
            "leavers.inventory",
            "Lists every account that a person has in the tenant's systems",
            person_input(json!({
                "rights": {
                    "type": "boolean", "default": false,
                    "description": "true: where nothing else is open, the person's rights in other \
                                    people's mailboxes are read too",
                },
            })),
        )
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        Ok(Plan { predicted: self.perform(call).await?, ..Plan::default() })
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let wanted: Wanted = input(call)?;
        let rights = if wanted.rights { Rights::IfNothingElse } else { Rights::Unread };
        output(&wanted.inventory(&self.systems, rights, call).await)
    }

    async fn look(&self, _call: &Call) -> Result<Look, Error> {
        Ok(Look::NotDone)
    }

    async fn verify(&self, _call: &Call, output: &Value) -> Result<Verified, Error> {
        Ok(Verified::Holds(output.clone()))
    }
}

#[async_trait]
impl Action for Prove {
    fn spec(&self) -> ActionSpec {
        let names = json!({"type": "array", "items": {"type": "string"}, "maxItems": 1000});
        let more = json!({
            "expect": {
                "enum": ["closed", "blocked", "givenBack"], "default": "closed",
                "description": "blocked: groups and places that an account still holds do not \
                                count; givenBack: each of `accounts` can be used",
            },
            "accounts": {
                "type": "array", "maxItems": 1000,
                "description": "with givenBack: those that are to be usable",
                "items": {
                    "type": "object", "required": ["connection", "id"],
                    "properties": {"connection": {"type": "string"}, "id": {"type": "string"}},
                },
            },
            "notConfirmed": {
                "type": "array", "items": {"type": "string"}, "maxItems": 1000,
                "description": "systems that nobody confirmed to have closed by hand: open too",
            },
            "byHand": {
                "type": "object", "required": ["run", "systems"], "additionalProperties": false,
                "properties": {"run": {"type": "string"}, "systems": names},
                "description": "systems that this run asked people to close by hand, each in an \
                                approval about it: open unless somebody said yes",
            },
        });
        let summary = "Reads every system again; the run is incomplete while an account is open \
                       (or closed, where it was to be given back)";
        ActionSpec {
            effect: ActionEffect::Notice,
            ..spec("leavers.prove", summary, person_input(more))
        }
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let wanted: Wanted = input(call)?;
        let person = &wanted.person;
        let who = person.name.iter().chain(&person.mails).chain(&person.logins).next();
        let change = PlannedChange {
            object: who.cloned().unwrap_or_default(),
            property: "every account, read again".to_owned(),
            from: Value::Null,
            to: match wanted.expect {
                Expect::Closed => "closed",
                Expect::Blocked => "blocked",
                Expect::GivenBack => "given back",
            }
            .into(),
            irreversible: false,
        };
        let predicted = output(&Inventory { person: person.clone(), ..Inventory::default() })?;
        Ok(Plan { changes: vec![change], predicted, remarks: Vec::new() })
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        // Rights in other people's mailboxes are read once, by `verify`: that takes its time.
        let wanted: Wanted = input(call)?;
        output(&wanted.inventory(&self.systems, Rights::Unread, call).await)
    }

    async fn look(&self, _call: &Call) -> Result<Look, Error> {
        Ok(Look::NotDone)
    }

    async fn verify(&self, call: &Call, _output: &Value) -> Result<Verified, Error> {
        let wanted: Wanted = input(call)?;
        let rights = wanted.proven_rights();
        let inventory = wanted.inventory(&self.systems, rights, call).await;
        let missing = wanted.missing(&inventory, &self.systems, &call.connection.tenant);
        let found = output(&inventory)?;
        Ok(if missing.is_empty() {
            Verified::Holds(found)
        } else {
            Verified::Differs { found, because: missing.join("; ") }
        })
    }
}

/// Whether what an account still holds keeps it from being closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Counts,
    DoesNotCount,
}

/// Everything that keeps a person's accounts from being closed, one fragment each.
fn open(inventory: &Inventory, held: Held, not_confirmed: &[String]) -> Vec<String> {
    let accounts = inventory.accounts.iter().filter_map(|found| account_open(found, held));
    let silent = inventory.unreachable.iter().map(silent);
    let doubtful = inventory.doubtful.iter();
    let doubtful = doubtful
        .map(|found| format!("{}: {} may be theirs too", found.connection, found.account.login));
    let by_hand = not_confirmed.iter();
    let by_hand = by_hand.map(|system| format!("{system}: nobody confirmed to have closed it"));
    accounts.chain(silent).chain(doubtful).chain(by_hand).collect()
}

fn silent(system: &Unreachable) -> String {
    format!("{}: no answer ({})", system.connection, system.because)
}

/// Everything that keeps these accounts from being given back, one fragment each.
fn still_closed(inventory: &Inventory, wanted: &[Which]) -> Vec<String> {
    let state = |which: &Which| {
        let Which { connection, id } = which;
        if let Some(system) = inventory.unreachable.iter().find(|it| it.connection == *connection) {
            return Some(silent(system));
        }
        let mut all = inventory.accounts.iter().chain(&inventory.doubtful);
        let found = all.find(|found| found.connection == *connection && found.account.id == *id);
        let Some(Found { account, .. }) = found else {
            return Some(format!("{connection}: {id} is not found"));
        };
        let because = match account.enabled {
            Some(true) => return None,
            Some(false) => "is still closed",
            None => "does not tell whether it can sign in",
        };
        Some(format!("{connection}: {} {because}", account.login))
    };
    wanted.iter().filter_map(state).collect()
}

fn account_open(found: &Found, held: Held) -> Option<String> {
    let account = &found.account;
    let mut still = Vec::new();
    match account.enabled {
        Some(true) => still.push("can sign in".to_owned()),
        None => still.push("does not tell whether it can sign in".to_owned()),
        Some(false) => {}
    }
    if let Some(count) = account.sessions.filter(|count| *count > 0) {
        still.push(format!("{count} live sessions"));
    }
    if found.is_open() && still.is_empty() {
        still.push("a session can come back".to_owned());
    }
    if held == Held::Counts {
        still.extend(found.left.iter().cloned());
    }
    let says = || format!("{}: {} {}", found.connection, account.login, still.join(", "));
    (!still.is_empty()).then(says)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inventory() -> Inventory {
        let account = |id: &str, enabled: Value, left: &[&str]| {
            json!({"system": "S", "connector": "c", "connection": "s", "id": id, "login": id,
                "enabled": enabled, "left": left})
        };
        let accounts = json!([
            account("on", json!(true), &[]),
            account("off", json!(false), &["member of VPN"]),
            account("mute", json!(null), &[]),
        ]);
        let silent = json!([{"connection": "gone", "because": "refused"}]);
        let doubtful = json!([account("other", json!(false), &[])]);
        let all = json!({"accounts": accounts, "unreachable": silent, "doubtful": doubtful});
        serde_json::from_value(all).unwrap()
    }

    fn check(more: Value, expected: &[&str]) {
        let mut input = json!({"person": {"logins": ["x"]}});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let wanted: Wanted = serde_json::from_value(input).unwrap();
        let tenant = TenantId::default();
        assert_eq!(wanted.missing(&inventory(), &Systems::default(), &tenant), expected, "{more}");
    }

    #[test]
    fn what_is_expected_decides_what_is_missing() {
        let open = "s: on can sign in";
        let mute = "s: mute does not tell whether it can sign in";
        let holds = "s: off member of VPN";
        let gone = "gone: no answer (refused)";
        let doubt = "s: other may be theirs too";
        check(json!({}), &[open, holds, mute, gone, doubt]);
        check(json!({"expect": "blocked"}), &[open, mute, gone, doubt]);
        // Nobody remembers a yes here, so nobody said it.
        let asked = json!({"expect": "blocked", "byHand": {"run": "r-1", "systems": ["Payroll"]}});
        let payroll = "Payroll: nobody confirmed to have closed it";
        check(asked, &[open, mute, gone, doubt, payroll]);
        let accounts =
            ["on", "off", "mute", "never"].map(|id| json!({"connection": "s", "id": id}));
        let back = json!({"expect": "givenBack", "accounts": accounts});
        let closed = ["s: off is still closed", mute, "s: never is not found"];
        check(back, &closed);
        let there = json!([{"connection": "gone", "id": "on"}]);
        check(json!({"expect": "givenBack", "accounts": there}), &[gone]);
    }
}
