//! `leavers.read` and `leavers.inventory`, as playbooks call them.

use std::sync::Arc;

use async_trait::async_trait;
use kompel_connect::{
    Action, Call, Check, Connection, Connector, Error, ErrorKind, Look, Verified,
};
use kompel_model::{ActionEffect, ActionSpec, PersonQuery, Plan, Repeat};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Client, Letter, Systems, read};

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
            Arc::new(Inventory { systems: Arc::clone(&self.systems) }),
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
struct Inventory {
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
struct Wanted {
    person: PersonQuery,
}

#[async_trait]
impl Action for Inventory {
    fn spec(&self) -> ActionSpec {
        let texts = json!({"type": "array", "maxItems": 20, "items": {"type": "string"}});
        let input = json!({
            "type": "object", "required": ["person"], "additionalProperties": false,
            "properties": {"person": {
                "type": "object", "additionalProperties": false, "minProperties": 1,
                "properties": {"name": {"type": ["string", "null"]}, "mails": texts, "logins": texts},
            }},
        });
        spec(
            "leavers.inventory",
            "Lists every account that a person has in the tenant's systems",
            input,
        )
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        Ok(Plan { predicted: self.perform(call).await?, ..Plan::default() })
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let wanted: Wanted = input(call)?;
        output(&self.systems.inventory(&call.connection.tenant, &wanted.person, call.at).await)
    }

    async fn look(&self, _call: &Call) -> Result<Look, Error> {
        Ok(Look::NotDone)
    }

    async fn verify(&self, _call: &Call, output: &Value) -> Result<Verified, Error> {
        Ok(Verified::Holds(output.clone()))
    }
}
