//! A peer in memory that counts what it was asked to do and can lose answers.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use kompel_connect::{
    Action, Call, Check, Connection, Connector, Error, ErrorKind, Look, Verified,
};
use kompel_model::{ActionEffect, ActionSpec, Plan, PlannedChange, Repeat};
use serde_json::{Value, json};

/// What goes wrong with the next request of a kind.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mishap {
    /// Refused; nothing was done.
    Refuse(ErrorKind),
    /// Refused, to be asked again after some seconds.
    RefuseFor(u64),
    /// Done, but the answer is lost.
    LoseAnswer,
    /// Not done, and no answer either.
    LoseRequest,
    /// The target shows something else.
    Differ,
    /// The target does not show it yet.
    NotYet(u32),
    /// The look can't tell.
    CannotTell,
    /// The connector itself fails.
    Panic,
    /// It never answers.
    Hang,
}

/// The peer's state and everything it was asked.
#[derive(Debug, Default)]
pub(super) struct Peer {
    pub(super) objects: Mutex<BTreeMap<String, Value>>,
    /// `<what> <action> <object>`, in order.
    pub(super) asked: Mutex<Vec<String>>,
    /// How many times each key was really done.
    pub(super) done: Mutex<BTreeMap<String, u32>>,
    /// Mishaps by `<what> <object>`, the first comes first.
    mishaps: Mutex<BTreeMap<String, Vec<Mishap>>>,
}

impl Peer {
    pub(super) fn goes_wrong(&self, what: &str, mishaps: &[Mishap]) {
        self.mishaps.lock().unwrap().insert(what.to_owned(), mishaps.to_vec());
    }

    pub(super) fn count(&self, what: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| asked.starts_with(what)).count()
    }

    pub(super) fn object(&self, name: &str) -> Value {
        self.objects.lock().unwrap().get(name).cloned().unwrap_or(Value::Null)
    }

    pub(super) fn set(&self, name: &str, value: Value) {
        self.objects.lock().unwrap().insert(name.to_owned(), value);
    }

    pub(super) fn most_done(&self) -> u32 {
        self.done.lock().unwrap().values().copied().max().unwrap_or(0)
    }

    /// Notes the request and says what goes wrong with it.
    fn ask(&self, what: &str, action: &str, call: &Call) -> Option<Mishap> {
        let object = object(call);
        self.asked.lock().unwrap().push(format!("{what} {action} {object}"));
        let mut mishaps = self.mishaps.lock().unwrap();
        let waiting = mishaps.get_mut(&format!("{what} {object}"))?;
        if waiting.is_empty() { None } else { Some(waiting.remove(0)) }
    }
}

fn object(call: &Call) -> String {
    call.input.get("object").and_then(Value::as_str).unwrap_or("-").to_owned()
}

pub(super) struct PeerConnector(pub(super) Arc<Peer>);

#[async_trait]
impl Connector for PeerConnector {
    fn name(&self) -> &'static str {
        "peer"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        let undo = || ActionEffect::Reversible { undo: "peer.restore".parse().unwrap() };
        [
            ("peer.read", ActionEffect::Read, Repeat::Natural),
            ("peer.natural", undo(), Repeat::Natural),
            ("peer.keyed", undo(), Repeat::Keyed),
            ("peer.look", undo(), Repeat::Look),
            ("peer.never", undo(), Repeat::Never),
            ("peer.final", ActionEffect::Irreversible, Repeat::Look),
            ("peer.tell", ActionEffect::Notice, Repeat::Keyed),
            ("peer.restore", undo(), Repeat::Natural),
        ]
        .into_iter()
        .map(|(name, effect, repeat)| {
            Arc::new(PeerAction { peer: Arc::clone(&self.0), name, effect, repeat })
                as Arc<dyn Action>
        })
        .collect()
    }

    fn settings(&self) -> Value {
        json!({"type": "object"})
    }

    async fn check(&self, _connection: &Connection) -> Vec<Check> {
        Vec::new()
    }
}

struct PeerAction {
    peer: Arc<Peer>,
    name: &'static str,
    effect: ActionEffect,
    repeat: Repeat,
}

impl PeerAction {
    async fn stumble(&self, what: &str, call: &Call) -> Result<Option<Mishap>, Error> {
        match self.peer.ask(what, self.name, call) {
            Some(Mishap::Refuse(kind)) => Err(Error::new(kind, "refused by the test")),
            Some(Mishap::RefuseFor(seconds)) => Err(Error::new(ErrorKind::Limited, "too many")
                .retry_after(Duration::from_secs(seconds))),
            Some(Mishap::LoseRequest) => Err(Error::new(ErrorKind::OutcomeUnknown, "no answer")),
            Some(Mishap::Panic) => panic!("the test's connector fails"),
            Some(Mishap::Hang) => std::future::pending().await,
            other => Ok(other),
        }
    }
}

#[async_trait]
impl Action for PeerAction {
    fn spec(&self) -> ActionSpec {
        ActionSpec {
            name: self.name.parse().unwrap(),
            summary: "An action of the test".to_owned(),
            effect: self.effect.clone(),
            repeat: self.repeat,
            permissions: Vec::new(),
            systems: Vec::new(),
            input: json!({"type": "object", "required": ["object"]}),
            output: json!({}),
        }
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        self.stumble("plan", call).await?;
        let (from, to) = (self.peer.object(&object(call)), call.input["to"].clone());
        let change = PlannedChange {
            object: object(call),
            property: "value".to_owned(),
            from: from.clone(),
            to: to.clone(),
            irreversible: self.effect == ActionEffect::Irreversible,
        };
        let changes = if from == to { vec![] } else { vec![change] };
        Ok(Plan { changes, predicted: json!({"value": to}), remarks: vec![] })
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        if self.effect == ActionEffect::Read {
            self.stumble("read", call).await?;
            return Ok(json!({"value": self.peer.object(&object(call))}));
        }
        let mishap = self.stumble("do", call).await?;
        let mut done = self.peer.done.lock().unwrap();
        let times = done.entry(call.key.clone()).or_default();
        if self.repeat != Repeat::Keyed || *times == 0 {
            *times += 1;
            self.peer.set(&object(call), call.input["to"].clone());
        }
        if mishap == Some(Mishap::LoseAnswer) {
            return Err(Error::new(ErrorKind::OutcomeUnknown, "no answer"));
        }
        Ok(json!({"value": call.input["to"]}))
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        if self.stumble("look", call).await? == Some(Mishap::CannotTell) {
            return Ok(Look::CannotTell("no trace".to_owned()));
        }
        let done = self.peer.done.lock().unwrap().get(&call.key).copied().unwrap_or(0) > 0;
        Ok(if done { Look::Done(json!({"value": call.input["to"]})) } else { Look::NotDone })
    }

    async fn verify(&self, call: &Call, _output: &Value) -> Result<Verified, Error> {
        let found = json!({"value": self.peer.object(&object(call))});
        Ok(match self.stumble("verify", call).await? {
            Some(Mishap::Differ) => {
                Verified::Differs { found, because: "another value".to_owned() }
            }
            Some(Mishap::NotYet(seconds)) => Verified::NotYet { seconds },
            _ if found["value"] == call.input["to"] => Verified::Holds(found),
            _ => Verified::Differs { found, because: "another value".to_owned() },
        })
    }

    fn undo_input(&self, input: &Value, plan: &Plan, _output: &Value) -> Option<Value> {
        let from = plan.changes.first()?.from.clone();
        Some(json!({"object": input["object"], "to": from}))
    }
}
