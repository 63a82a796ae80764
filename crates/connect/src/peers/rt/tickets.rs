//! What is done with tickets.

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, PlannedChange, Repeat};
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Client, Found};
use crate::{
    Action, Call, Error, ErrorKind, Look, Verified,
    desired::{Desired, Difference, Reading},
    marker::marker,
    promise::{self, Promise},
};

/// `rt.search`.
pub(super) struct Search;

#[derive(Deserialize)]
struct Query {
    query: String,
    #[serde(default = "usual_most")]
    most: usize,
}

fn usual_most() -> usize {
    20
}

#[async_trait]
impl Reading for Search {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "rt.search",
            summary: "Finds tickets, oldest first, with the text of their first message",
            system: SYSTEM,
            effect: ActionEffect::Read,
            repeat: Repeat::Natural,
            permissions: &["SeeQueue", "ShowTicket"],
            input: promise::object(
                &["query"],
                json!({
                    "query": {
                        "type": "string", "minLength": 1, "maxLength": 2000,
                        "description": "TicketSQL: Queue = 'HR' AND Status = 'new'",
                    },
                    "most": {"type": "integer", "minimum": 1, "maximum": 50, "default": 20},
                }),
            ),
            output: promise::object(
                &["tickets"],
                json!({"tickets": {"type": "array", "items": ticket_schema()}}),
            ),
        }
        .spec()
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let Query { query, most } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let mut tickets = client.search(&query, most.min(50)).await?;
        for ticket in &mut tickets {
            ticket["text"] = client.first_text(key_of(ticket)).await?.into();
        }
        Ok(json!({"tickets": tickets}))
    }
}

/// `rt.get`.
pub(super) struct Get;

#[derive(Deserialize)]
struct One {
    key: String,
}

#[async_trait]
impl Reading for Get {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "rt.get",
            summary: "Reads one ticket with the text of its first message",
            system: SYSTEM,
            effect: ActionEffect::Read,
            repeat: Repeat::Natural,
            permissions: &["SeeQueue", "ShowTicket"],
            input: promise::object(&["key"], json!({"key": key_schema()})),
            output: ticket_schema(),
        }
        .spec()
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let One { key } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let mut ticket = client.ticket(&key).await?;
        ticket["text"] = client.first_text(&key).await?.into();
        Ok(ticket)
    }
}

/// `rt.create`.
pub(super) struct Create;

#[derive(Deserialize)]
struct New {
    queue: String,
    subject: String,
    text: String,
    #[serde(default)]
    requestor: Option<String>,
}

/// What a ticket made by this step refers to.
fn reference(call: &Call) -> String {
    format!("https://kompel.invalid/step/{}", marker(call))
}

/// The tickets that this step made.
async fn made_by(client: &Client, call: &Call) -> Result<Vec<Value>, Error> {
    client.search(&format!("RefersTo = '{}'", reference(call)), 2).await
}

#[async_trait]
impl Action for Create {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "rt.create",
            summary: "Makes a ticket",
            system: SYSTEM,
            effect: ActionEffect::Notice,
            repeat: Repeat::Look,
            permissions: &["SeeQueue", "ShowTicket", "CreateTicket"],
            input: promise::object(
                &["queue", "subject", "text"],
                json!({
                    "queue": {"type": "string", "minLength": 1, "maxLength": 200},
                    "subject": {
                        "type": "string", "minLength": 1, "maxLength": 200,
                        "pattern": "^[^\\r\\n]*$",
                    },
                    "text": {"type": "string", "maxLength": 65536},
                    "requestor": {"type": "string", "maxLength": 320, "description": "address"},
                }),
            ),
            output: promise::object(&["key"], json!({"key": key_schema()})),
        }
        .spec()
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let new: New = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        client.queues().await?;
        let change = PlannedChange {
            object: format!("queue {}", new.queue),
            property: "new ticket".to_owned(),
            from: Value::Null,
            to: json!({"subject": new.subject, "text": new.text}),
            irreversible: true,
        };
        Ok(Plan { changes: vec![change], predicted: json!({"key": "0"}), remarks: Vec::new() })
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let new: New = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let mut body = json!({
            "Queue": new.queue, "Subject": new.subject,
            "Content": new.text, "ContentType": "text/plain",
            "RefersTo": [reference(call)],
        });
        if let Some(requestor) = new.requestor {
            body["Requestor"] = requestor.into();
        }
        Ok(json!({"key": client.create(&body).await?}))
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        let client = Client::of(&call.connection, call.at)?;
        Ok(match made_by(&client, call).await?.first() {
            Some(ticket) => Look::Done(json!({"key": key_of(ticket)})),
            None => Look::NotDone,
        })
    }

    async fn verify(&self, call: &Call, output: &Value) -> Result<Verified, Error> {
        let client = Client::of(&call.connection, call.at)?;
        let found = made_by(&client, call).await?;
        let keys: Vec<&str> = found.iter().map(key_of).collect();
        Ok(match keys.as_slice() {
            [only] if output["key"] == **only => Verified::Holds(json!({"key": only})),
            _ => Verified::Differs {
                found: json!({"keys": keys}),
                because: format!("{} tickets refer to this step", keys.len()),
            },
        })
    }
}

/// `rt.comment`.
pub(super) struct Comment;

#[derive(Deserialize)]
struct Remark {
    key: String,
    text: String,
}

impl Comment {
    fn mark(call: &Call) -> String {
        format!("[kompel:{}]", marker(call))
    }

    async fn find(call: &Call) -> Result<Found, Error> {
        let Remark { key, .. } = promise::input(call)?;
        Client::of(&call.connection, call.at)?.comment_with(&key, &Self::mark(call)).await
    }
}

#[async_trait]
impl Action for Comment {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "rt.comment",
            summary: "Comments on a ticket, unseen by its requestor",
            system: SYSTEM,
            effect: ActionEffect::Notice,
            repeat: Repeat::Look,
            permissions: &["ShowTicket", "ShowTicketComments", "CommentOnTicket"],
            input: promise::object(
                &["key", "text"],
                json!({
                    "key": key_schema(),
                    "text": {"type": "string", "minLength": 1, "maxLength": 65536},
                }),
            ),
            output: promise::object(&["key"], json!({"key": key_schema()})),
        }
        .spec()
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let Remark { key, text } = promise::input(call)?;
        Client::of(&call.connection, call.at)?.ticket(&key).await?;
        let change = PlannedChange {
            object: format!("ticket {key}"),
            property: "comment".to_owned(),
            from: Value::Null,
            to: text.into(),
            irreversible: true,
        };
        Ok(Plan { changes: vec![change], predicted: json!({"key": key}), remarks: Vec::new() })
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let Remark { key, text } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        client.comment(&key, &format!("{text}\n\n{}", Self::mark(call))).await?;
        Ok(json!({"key": key}))
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        Ok(match Self::find(call).await? {
            Found::There => Look::Done(json!({"key": call.input["key"]})),
            Found::Nowhere => Look::NotDone,
            Found::NotAmongNewest => {
                Look::CannotTell("the ticket has more attachments than are read".to_owned())
            }
        })
    }

    async fn verify(&self, call: &Call, output: &Value) -> Result<Verified, Error> {
        Ok(match Self::find(call).await? {
            Found::There => Verified::Holds(output.clone()),
            Found::Nowhere | Found::NotAmongNewest => Verified::Differs {
                found: Value::Null,
                because: "the comment is not among the ticket's newest".to_owned(),
            },
        })
    }
}

/// `rt.set-status`.
pub(super) struct SetStatus;

#[derive(Deserialize)]
struct Wanted {
    key: String,
    status: String,
}

#[async_trait]
impl Desired for SetStatus {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "rt.set-status",
            summary: "Gives a ticket another status",
            system: SYSTEM,
            effect: promise::undone_by("rt.set-status"),
            repeat: Repeat::Natural,
            permissions: &["ShowTicket", "ModifyTicket"],
            input: promise::object(
                &["key", "status"],
                json!({
                    "key": key_schema(),
                    "status": {"type": "string", "minLength": 1, "maxLength": 64},
                }),
            ),
            output: promise::object(
                &["key", "status"],
                json!({"key": key_schema(), "status": {"type": "string"}}),
            ),
        }
        .spec()
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let Wanted { key, status } = promise::input(call)?;
        let now = Client::of(&call.connection, call.at)?.ticket(&key).await?["status"].clone();
        let mut changes = Vec::new();
        if now != status.as_str() {
            let wanted = status.as_str().into();
            changes.push(promise::change(&format!("ticket {key}"), "status", now, wanted));
        }
        let output = json!({"key": key, "status": status});
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let Wanted { key, status } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        client.set_status(&key, &status).await?;
        let lost = |_| Error::new(ErrorKind::OutcomeUnknown, "the ticket can't be read again");
        let now = client.ticket(&key).await.map_err(lost)?;
        match now["status"] == status.as_str() {
            true => Ok(difference.output),
            false => Err(Error::new(
                ErrorKind::Invalid,
                "RT refused this status: not of the queue's lifecycle, or no right to it",
            )),
        }
    }

    fn undo(&self, input: &Value, plan: &Plan, _output: &Value) -> Option<Value> {
        let before = &plan.changes.first()?.from;
        Some(json!({"key": input["key"], "status": before}))
    }
}

fn key_of(ticket: &Value) -> &str {
    ticket["key"].as_str().unwrap_or_default()
}

fn key_schema() -> Value {
    json!({"type": "string", "pattern": "^[0-9]{1,11}$"})
}

fn ticket_schema() -> Value {
    let text = || json!({"type": "string"});
    promise::object(
        &["key", "subject", "text", "from", "created", "status", "queue"],
        json!({
            "key": key_schema(), "subject": text(), "text": text(), "from": text(),
            "created": text(), "status": text(), "queue": text(),
        }),
    )
}

const SYSTEM: &str = "Request Tracker";
