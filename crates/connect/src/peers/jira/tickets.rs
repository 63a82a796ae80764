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

/// `jira.search`.
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
            name: "jira.search",
            summary: "Finds tickets, oldest first, with the text of their description",
            system: SYSTEM,
            effect: ActionEffect::Read,
            repeat: Repeat::Natural,
            permissions: &["BROWSE_PROJECTS"],
            input: promise::object(
                &["query"],
                json!({
                    "query": {
                        "type": "string", "minLength": 1, "maxLength": 2000,
                        "description": "JQL: project = HR AND status = \"To Do\"",
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
        Ok(json!({"tickets": client.search(&query, most.min(50)).await?}))
    }
}

/// `jira.get`.
pub(super) struct Get;

#[derive(Deserialize)]
struct One {
    key: String,
}

#[async_trait]
impl Reading for Get {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "jira.get",
            summary: "Reads one ticket with the text of its description",
            system: SYSTEM,
            effect: ActionEffect::Read,
            repeat: Repeat::Natural,
            permissions: &["BROWSE_PROJECTS"],
            input: promise::object(&["key"], json!({"key": key_schema()})),
            output: ticket_schema(),
        }
        .spec()
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let One { key } = promise::input(call)?;
        Client::of(&call.connection, call.at)?.ticket(&key).await
    }
}

/// `jira.create`.
pub(super) struct Create;

#[derive(Deserialize)]
struct New {
    queue: String,
    subject: String,
    text: String,
    #[serde(default)]
    requestor: Option<String>,
}

/// The label of what this step makes.
fn label(call: &Call) -> String {
    format!("kompel-{}", marker(call))
}

/// The keys of the issues that this step made. What the search does not show yet is read by its
/// number: an issue that was just made has one of the next.
async fn made_by(client: &Client, call: &Call) -> Result<Vec<String>, Error> {
    let New { queue, .. } = promise::input(call)?;
    let label = label(call);
    let found = client.issues(&format!("labels = \"{label}\""), "labels", 2).await?;
    if !found.is_empty() {
        return Ok(found.iter().map(|issue| key_of(issue).to_owned()).collect());
    }
    let project = client.project(&queue).await?;
    let newest =
        client.issues(&format!("project = \"{project}\" ORDER BY key DESC"), "labels", 1).await?;
    let newest: u64 = newest
        .first()
        .and_then(|issue| key_of(issue).rsplit_once('-'))
        .and_then(|(_, number)| number.parse().ok())
        .unwrap_or(0);
    let mut absent = 0;
    for number in (1..=MOST_AHEAD).map(|ahead| newest.saturating_add(ahead)) {
        let key = format!("{project}-{number}");
        match client.issue(&key, "labels").await {
            Ok(issue) if bears(&issue, &label) => return Ok(vec![key]),
            Ok(_) => absent = 0,
            Err(error) if error.kind == ErrorKind::Absent => absent += 1,
            Err(error) => return Err(error),
        }
        if absent == ABSENT_IN_A_ROW {
            break;
        }
    }
    Ok(Vec::new())
}

fn bears(issue: &Value, label: &str) -> bool {
    let labels = issue["fields"]["labels"].as_array();
    labels.is_some_and(|labels| labels.iter().any(|one| one == label))
}

#[async_trait]
impl Action for Create {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "jira.create",
            summary: "Makes a ticket",
            system: SYSTEM,
            effect: ActionEffect::Notice,
            repeat: Repeat::Look,
            permissions: &["BROWSE_PROJECTS", "CREATE_ISSUES"],
            input: promise::object(
                &["queue", "subject", "text"],
                json!({
                    "queue": {
                        "type": "string", "minLength": 1, "maxLength": 200,
                        "description": "the project's key",
                    },
                    "subject": {
                        "type": "string", "minLength": 1, "maxLength": 200,
                        "pattern": "^[^\\r\\n]*$",
                    },
                    "text": {"type": "string", "maxLength": MOST_TEXT},
                    "requestor": {"type": "string", "maxLength": 320, "description": "address"},
                }),
            ),
            output: promise::object(&["key"], json!({"key": key_schema()})),
        }
        .spec()
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let new: New = promise::input(call)?;
        let project = Client::of(&call.connection, call.at)?.project(&new.queue).await?;
        let change = PlannedChange {
            object: format!("queue {project}"),
            property: "new ticket".to_owned(),
            from: Value::Null,
            to: json!({"subject": new.subject, "text": new.text}),
            irreversible: true,
        };
        let predicted = json!({"key": format!("{project}-0")});
        Ok(Plan { changes: vec![change], predicted, remarks: Vec::new() })
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let New { queue, subject, text, requestor } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let project = client.project(&queue).await?;
        let text = match requestor {
            Some(requestor) => format!("Requestor: {requestor}\n\n{text}"),
            None => text,
        };
        let key = client.create(&project, &label(call), &subject, &text).await?;
        Ok(json!({"key": key}))
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        let client = Client::of(&call.connection, call.at)?;
        Ok(match made_by(&client, call).await?.first() {
            Some(key) => Look::Done(json!({"key": key})),
            None => Look::NotDone,
        })
    }

    async fn verify(&self, call: &Call, output: &Value) -> Result<Verified, Error> {
        let client = Client::of(&call.connection, call.at)?;
        let (label, key) = (label(call), output["key"].as_str().unwrap_or_default());
        if !bears(&client.issue(key, "labels").await?, &label) {
            return Ok(Verified::Differs {
                found: json!({"key": key}),
                because: "the ticket does not bear this step's label".to_owned(),
            });
        }
        let found = client.issues(&format!("labels = \"{label}\""), "labels", 2).await?;
        match found.iter().find(|issue| key_of(issue) != key) {
            None => Ok(Verified::Holds(json!({"key": key}))),
            Some(other) => Ok(Verified::Differs {
                found: json!({"keys": [key, key_of(other)]}),
                because: "another ticket bears this step's label too".to_owned(),
            }),
        }
    }
}

/// `jira.comment`.
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
            name: "jira.comment",
            summary: "Comments on a ticket, unseen by its requestor in a service project",
            system: SYSTEM,
            effect: ActionEffect::Notice,
            repeat: Repeat::Look,
            permissions: &["BROWSE_PROJECTS", "ADD_COMMENTS"],
            input: promise::object(
                &["key", "text"],
                json!({
                    "key": key_schema(),
                    "text": {"type": "string", "minLength": 1, "maxLength": MOST_TEXT},
                }),
            ),
            output: promise::object(&["key"], json!({"key": key_schema()})),
        }
        .spec()
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let Remark { key, text } = promise::input(call)?;
        Client::of(&call.connection, call.at)?.issue(&key, "summary").await?;
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
                Look::CannotTell("the ticket has more comments than are read".to_owned())
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

/// `jira.set-status`.
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
            name: "jira.set-status",
            summary: "Gives a ticket another status, by the transition that leads there",
            system: SYSTEM,
            effect: promise::undone_by("jira.set-status"),
            repeat: Repeat::Natural,
            permissions: &["BROWSE_PROJECTS", "TRANSITION_ISSUES"],
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
        let client = Client::of(&call.connection, call.at)?;
        let now = client.issue(&key, "status").await?["fields"]["status"]["name"].clone();
        let is_so = now.as_str().is_some_and(|now| same(now, &status));
        let mut changes = Vec::new();
        if !is_so {
            leading_to(&client.transitions(&key).await?, &status)?;
            let wanted = status.as_str().into();
            changes.push(promise::change(&format!("ticket {key}"), "status", now, wanted));
        }
        let output = json!({"key": key, "status": status});
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let Wanted { key, status } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let id = leading_to(&client.transitions(&key).await?, &status)?;
        client.transition(&key, &id).await?;
        Ok(difference.output)
    }

    fn undo(&self, input: &Value, plan: &Plan, _output: &Value) -> Option<Value> {
        let before = &plan.changes.first()?.from;
        Some(json!({"key": input["key"], "status": before}))
    }
}

/// The id of the transition that leads to this status and asks for nothing.
fn leading_to(transitions: &[Value], status: &str) -> Result<String, Error> {
    let invalid = |why: String| Err(Error::new(ErrorKind::Invalid, why));
    let mut asked = Vec::new();
    for transition in transitions {
        let leads = transition["to"]["name"].as_str().is_some_and(|name| same(name, status));
        if !leads || transition["isAvailable"] == false {
            continue;
        }
        let fields = transition["fields"].as_object();
        let needed: Vec<&str> = fields
            .into_iter()
            .flatten()
            .filter(|(_, field)| field["required"] == true && field["hasDefaultValue"] != true)
            .map(|(name, _)| name.as_str())
            .collect();
        match transition["id"].as_str() {
            Some(id) if needed.is_empty() => return Ok(id.to_owned()),
            _ => asked.extend(needed),
        }
    }
    match asked.is_empty() {
        true => invalid("no transition leads from the ticket's status to this one".to_owned()),
        false => invalid(format!("the transition asks for {}", asked.join(", "))),
    }
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn key_of(ticket: &Value) -> &str {
    ticket["key"].as_str().unwrap_or_default()
}

fn key_schema() -> Value {
    json!({"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*-[0-9]{1,12}$", "maxLength": 64})
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

const SYSTEM: &str = "Jira";
/// Jira's usual limit for a text is 32,767 characters; the rest is for our marks.
const MOST_TEXT: usize = 32_000;
/// How many numbers after the newest known issue are read.
const MOST_AHEAD: u64 = 25;
/// Absent numbers in a row after which no later one is expected: numbers are given in order, and
/// only failed creations and deletions leave holes.
const ABSENT_IN_A_ROW: usize = 5;
