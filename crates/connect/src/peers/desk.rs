//! What is done with tickets, whichever system keeps them: the actions of `jira` and of `rt`.
//!
//! Owns their inputs and outputs, which are the same, and how a repeat is safe. A system brings a
//! [`Desk`]: its words, its requests, and how what a step made bears the step's mark.

use std::{marker::PhantomData, sync::Arc};

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, PlannedChange, Repeat, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Action, Call, Connection, Error, Look, Verified,
    desired::{Desired, Difference, Reader, Reading, Toward},
    marker::marker,
    promise::{self, Promise},
};

/// A ticket system, as the user of a connection.
#[async_trait]
pub(super) trait Desk: Send + Sync + Sized + 'static {
    /// What its promises say beside what they have in common.
    const WORDS: Words;

    fn of(connection: &Connection, now: Timestamp) -> Result<Self, Error>;

    /// The tickets that a text in the system's own language means, oldest first, with their texts.
    async fn search(&self, query: &str, most: usize) -> Result<Vec<Value>, Error>;

    /// Refused if there is no such ticket.
    async fn knows(&self, key: &str) -> Result<(), Error>;

    /// One ticket with its text.
    async fn ticket(&self, key: &str) -> Result<Value, Error>;

    /// The queue's own name and the key that a ticket there may get; refused if none can be made.
    async fn place(&self, queue: &str) -> Result<(String, String), Error>;

    /// Makes a ticket that bears the mark, and gives its key.
    async fn create(&self, new: &New, mark: &str) -> Result<String, Error>;

    /// The keys of all that bear the mark, as far as can be seen yet; `known` is one that should.
    async fn made(&self, new: &New, mark: &str, known: Option<&str>) -> Result<Vec<String>, Error>;

    async fn comment(&self, key: &str, text: &str) -> Result<(), Error>;

    /// What was said on a ticket.
    async fn said(&self, key: &str) -> Result<Said, Error>;

    /// The status, and whether it is the wanted one; refused if the ticket can't get that.
    async fn status(&self, key: &str, wanted: &str) -> Result<(String, bool), Error>;

    /// Gives a ticket another status, or says that the system did not.
    async fn set_status(&self, key: &str, status: &str) -> Result<(), Error>;

    /// Who is told of everything on a ticket; and who is meant by a name or address.
    async fn watching(&self, key: &str, who: &str) -> Result<(Vec<String>, String), Error>;

    /// Adds or takes away one who watches, by the system's own name.
    async fn watch(&self, key: &str, who: &str, wanted: bool) -> Result<(), Error>;
}

/// What differs between the systems' promises.
pub(super) struct Words {
    /// The system's name.
    pub(super) system: &'static str,
    /// Pattern of a ticket's key.
    pub(super) key: &'static str,
    /// The longest text of a ticket or comment.
    pub(super) most_text: u32,
    /// An action's name, what it does, and the permissions that it needs.
    pub(super) action: fn(Deed) -> (&'static str, &'static str, &'static [&'static str]),
    /// What a query, a queue and somebody who watches are.
    pub(super) query: &'static str,
    pub(super) queue: &'static str,
    pub(super) who: &'static str,
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Search,
    Get,
    Create,
    Comment,
    Answers,
    SetStatus,
    Watch,
    Unwatch,
}

/// What was said on a ticket, the newest first, and whether that is all.
pub(super) struct Said {
    pub(super) words: Vec<Word>,
    pub(super) all: bool,
}

/// One message or comment.
pub(super) struct Word {
    pub(super) text: String,
    /// When it was said, in UTC.
    pub(super) at: String,
}

/// A ticket to make.
#[derive(Deserialize)]
pub(super) struct New {
    pub(super) queue: String,
    pub(super) subject: String,
    pub(super) text: String,
    #[serde(default)]
    pub(super) requestor: Option<String>,
}

/// The actions of a ticket system.
pub(super) fn actions<D: Desk>() -> Vec<Arc<dyn Action>> {
    vec![
        Arc::new(Reader(Search::<D>(PhantomData))),
        Arc::new(Reader(Get::<D>(PhantomData))),
        Arc::new(Create::<D>(PhantomData)),
        Arc::new(Comment::<D>(PhantomData)),
        Arc::new(Reader(Answers::<D>(PhantomData))),
        Arc::new(Toward(SetStatus::<D>(PhantomData))),
        Arc::new(Toward(Watch::<D> { adds: true, desk: PhantomData })),
        Arc::new(Toward(Watch::<D> { adds: false, desk: PhantomData })),
    ]
}

fn desk<D: Desk>(call: &Call) -> Result<D, Error> {
    D::of(&call.connection, call.at)
}

fn spec<D: Desk>(
    deed: Deed,
    (effect, repeat): (ActionEffect, Repeat),
    input: Value,
    output: Value,
) -> ActionSpec {
    let (name, summary, permissions) = (D::WORDS.action)(deed);
    let system = D::WORDS.system;
    Promise { name, summary, system, effect, repeat, permissions, input, output }.spec()
}

const READS: (ActionEffect, Repeat) = (ActionEffect::Read, Repeat::Natural);
const TELLS: (ActionEffect, Repeat) = (ActionEffect::Notice, Repeat::Look);

fn undone_by<D: Desk>(deed: Deed) -> (ActionEffect, Repeat) {
    (promise::undone_by((D::WORDS.action)(deed).0), Repeat::Natural)
}

fn key_schema<D: Desk>() -> Value {
    json!({"type": "string", "pattern": D::WORDS.key, "maxLength": 64})
}

fn ticket_schema<D: Desk>() -> Value {
    let text = || json!({"type": "string"});
    promise::object(
        &["key", "subject", "text", "from", "created", "status", "queue"],
        json!({
            "key": key_schema::<D>(), "subject": text(), "text": text(), "from": text(),
            "created": text(), "status": text(), "queue": text(),
        }),
    )
}

/// The mark of a step at the end of what it says; by it a later look finds that.
fn mark(call: &Call) -> String {
    format!("{MARK}{}]", marker(call))
}

const MARK: &str = "[kompel:";

/// `search`.
struct Search<D>(PhantomData<D>);

#[derive(Deserialize)]
struct Query {
    query: String,
    #[serde(default = "usual_most")]
    most: usize,
}

fn usual_most() -> usize {
    20
}

const MOST_FOUND: usize = 50;

#[async_trait]
impl<D: Desk> Reading for Search<D> {
    fn spec(&self) -> ActionSpec {
        let input = promise::object(
            &["query"],
            json!({
                "query": {
                    "type": "string", "minLength": 1, "maxLength": 2000,
                    "description": D::WORDS.query,
                },
                "most": {
                    "type": "integer", "minimum": 1, "maximum": MOST_FOUND,
                    "default": usual_most(),
                },
            }),
        );
        let output = promise::object(
            &["tickets"],
            json!({"tickets": {"type": "array", "items": ticket_schema::<D>()}}),
        );
        spec::<D>(Deed::Search, READS, input, output)
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let Query { query, most } = promise::input(call)?;
        let tickets = desk::<D>(call)?.search(&query, most.min(MOST_FOUND)).await?;
        Ok(json!({"tickets": tickets}))
    }
}

#[derive(Deserialize)]
struct One {
    key: String,
}

/// `get`.
struct Get<D>(PhantomData<D>);

#[async_trait]
impl<D: Desk> Reading for Get<D> {
    fn spec(&self) -> ActionSpec {
        let input = promise::object(&["key"], json!({"key": key_schema::<D>()}));
        spec::<D>(Deed::Get, READS, input, ticket_schema::<D>())
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let One { key } = promise::input(call)?;
        desk::<D>(call)?.ticket(&key).await
    }
}

/// `answers`: what people said since Kompel last did.
struct Answers<D>(PhantomData<D>);

#[async_trait]
impl<D: Desk> Reading for Answers<D> {
    fn spec(&self) -> ActionSpec {
        let input = promise::object(&["key"], json!({"key": key_schema::<D>()}));
        let text = |what: &str| json!({"type": ["string", "null"], "description": what});
        let output = promise::object(
            &["key", "ours", "since", "at"],
            json!({
                "key": key_schema::<D>(),
                "ours": text("Kompel's last comment; null if there is none among the newest"),
                "since": text(
                    "what was said after it, without quotations, at most 16 KiB; null if nothing \
                     was, or Kompel said nothing",
                ),
                "at": text("when the newest of that was said, in UTC; null if nothing was"),
            }),
        );
        spec::<D>(Deed::Answers, READS, input, output)
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let One { key } = promise::input(call)?;
        let Said { words, .. } = desk::<D>(call)?.said(&key).await?;
        let (ours, since) = answers(&words);
        let at = since.is_some().then(|| words[0].at.as_str());
        Ok(json!({"key": key, "ours": ours, "since": since, "at": at}))
    }
}

/// Kompel's last word among these, the newest first, and what came after it.
fn answers(words: &[Word]) -> (Option<String>, Option<String>) {
    let Some(at) = words.iter().position(|word| ours(&word.text).is_some()) else {
        return (None, None);
    };
    let mut said: Vec<String> = words[..at].iter().rev().map(|word| unquoted(&word.text)).collect();
    said.retain(|text| !text.is_empty());
    let mut since = said.join("\n\n");
    since.truncate(since.floor_char_boundary(MOST_ANSWER));
    (ours(&words[at].text).map(str::to_owned), (!since.is_empty()).then_some(since))
}

/// What Kompel said, without the mark that is its last line. Who answers may quote that mark.
fn ours(text: &str) -> Option<&str> {
    let (said, last) = text.trim_end().rsplit_once('\n')?;
    // Jira's wiki markup escapes the bracket.
    let last = last.trim_start().trim_start_matches('\\');
    last.starts_with(MARK).then(|| said.trim())
}

/// A text without the lines that it quotes.
fn unquoted(text: &str) -> String {
    let own = text.lines().filter(|line| !line.trim_start().starts_with('>'));
    own.collect::<Vec<_>>().join("\n").trim().to_owned()
}

const MOST_ANSWER: usize = 16 << 10;

/// `create`.
struct Create<D>(PhantomData<D>);

#[async_trait]
impl<D: Desk> Action for Create<D> {
    fn spec(&self) -> ActionSpec {
        let mut queue = json!({"type": "string", "minLength": 1, "maxLength": 200});
        queue["description"] = D::WORDS.queue.into();
        let input = promise::object(
            &["queue", "subject", "text"],
            json!({
                "queue": queue,
                "subject": {
                    "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\r\\n]*$",
                },
                "text": {"type": "string", "maxLength": D::WORDS.most_text},
                "requestor": {"type": "string", "maxLength": 320, "description": "address"},
            }),
        );
        let output = promise::object(&["key"], json!({"key": key_schema::<D>()}));
        spec::<D>(Deed::Create, TELLS, input, output)
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let new: New = promise::input(call)?;
        let (queue, key) = desk::<D>(call)?.place(&new.queue).await?;
        let change = PlannedChange {
            object: format!("queue {queue}"),
            property: "new ticket".to_owned(),
            from: Value::Null,
            to: json!({"subject": new.subject, "text": new.text}),
            irreversible: true,
        };
        Ok(Plan { changes: vec![change], predicted: json!({"key": key}), remarks: Vec::new() })
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let new: New = promise::input(call)?;
        let key = desk::<D>(call)?.create(&new, &marker(call)).await?;
        Ok(json!({"key": key}))
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        let new: New = promise::input(call)?;
        let made = desk::<D>(call)?.made(&new, &marker(call), None).await?;
        Ok(match made.first() {
            Some(key) => Look::Done(json!({"key": key})),
            None => Look::NotDone,
        })
    }

    async fn verify(&self, call: &Call, output: &Value) -> Result<Verified, Error> {
        let new: New = promise::input(call)?;
        let key = output["key"].as_str().unwrap_or_default();
        let made = desk::<D>(call)?.made(&new, &marker(call), Some(key)).await?;
        if made == [key] {
            return Ok(Verified::Holds(json!({"key": key})));
        }
        let because = format!("{} tickets bear the mark of this step", made.len());
        Ok(Verified::Differs { found: json!({"keys": made}), because })
    }
}

/// `comment`.
struct Comment<D>(PhantomData<D>);

#[derive(Deserialize)]
struct Remark {
    key: String,
    text: String,
}

/// Where a mark was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    There,
    Nowhere,
    NotAmongNewest,
}

async fn find<D: Desk>(call: &Call) -> Result<Found, Error> {
    let Remark { key, .. } = promise::input(call)?;
    let Said { words, all } = desk::<D>(call)?.said(&key).await?;
    let mark = mark(call);
    Ok(match words.iter().any(|word| word.text.contains(&mark)) {
        true => Found::There,
        false if all => Found::Nowhere,
        false => Found::NotAmongNewest,
    })
}

#[async_trait]
impl<D: Desk> Action for Comment<D> {
    fn spec(&self) -> ActionSpec {
        let text = json!({"type": "string", "minLength": 1, "maxLength": D::WORDS.most_text});
        let input =
            promise::object(&["key", "text"], json!({"key": key_schema::<D>(), "text": text}));
        let output = promise::object(&["key"], json!({"key": key_schema::<D>()}));
        spec::<D>(Deed::Comment, TELLS, input, output)
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let Remark { key, text } = promise::input(call)?;
        desk::<D>(call)?.knows(&key).await?;
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
        desk::<D>(call)?.comment(&key, &format!("{text}\n\n{}", mark(call))).await?;
        Ok(json!({"key": key}))
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        Ok(match find::<D>(call).await? {
            Found::There => Look::Done(json!({"key": call.input["key"]})),
            Found::Nowhere => Look::NotDone,
            Found::NotAmongNewest => {
                Look::CannotTell("more was said on the ticket than is read".to_owned())
            }
        })
    }

    async fn verify(&self, call: &Call, output: &Value) -> Result<Verified, Error> {
        Ok(match find::<D>(call).await? {
            Found::There => Verified::Holds(output.clone()),
            Found::Nowhere | Found::NotAmongNewest => Verified::Differs {
                found: Value::Null,
                because: "the comment is not among the ticket's newest".to_owned(),
            },
        })
    }
}

/// `set-status`.
struct SetStatus<D>(PhantomData<D>);

#[derive(Deserialize)]
struct Wanted {
    key: String,
    status: String,
}

#[async_trait]
impl<D: Desk> Desired for SetStatus<D> {
    fn spec(&self) -> ActionSpec {
        let status = json!({"type": "string", "minLength": 1, "maxLength": 64});
        let input = promise::object(
            &["key", "status"],
            json!({"key": key_schema::<D>(), "status": status}),
        );
        let output = promise::object(
            &["key", "status"],
            json!({"key": key_schema::<D>(), "status": {"type": "string"}}),
        );
        spec::<D>(Deed::SetStatus, undone_by::<D>(Deed::SetStatus), input, output)
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let Wanted { key, status } = promise::input(call)?;
        let (now, is_so) = desk::<D>(call)?.status(&key, &status).await?;
        let mut changes = Vec::new();
        if !is_so {
            let (object, wanted) = (format!("ticket {key}"), status.as_str().into());
            changes.push(promise::change(&object, "status", now.into(), wanted));
        }
        let output = json!({"key": key, "status": status});
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let Wanted { key, status } = promise::input(call)?;
        desk::<D>(call)?.set_status(&key, &status).await?;
        Ok(difference.output)
    }

    fn undo(&self, input: &Value, plan: &Plan, _output: &Value) -> Option<Value> {
        let before = &plan.changes.first()?.from;
        Some(json!({"key": input["key"], "status": before}))
    }
}

/// `watch` and `unwatch`.
struct Watch<D> {
    adds: bool,
    desk: PhantomData<D>,
}

#[derive(Deserialize)]
struct Watching {
    key: String,
    who: String,
}

#[async_trait]
impl<D: Desk> Desired for Watch<D> {
    fn spec(&self) -> ActionSpec {
        let who = json!({
            "type": "string", "minLength": 1, "maxLength": 320, "pattern": "^[^\\s]+$",
            "description": D::WORDS.who,
        });
        let input = promise::object(&["key", "who"], json!({"key": key_schema::<D>(), "who": who}));
        let output = promise::object(
            &["key", "who"],
            json!({
                "key": key_schema::<D>(),
                "who": {"type": "string", "description": "as the system names who it is"},
            }),
        );
        let (deed, undo) = match self.adds {
            true => (Deed::Watch, Deed::Unwatch),
            false => (Deed::Unwatch, Deed::Watch),
        };
        spec::<D>(deed, undone_by::<D>(undo), input, output)
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let Watching { key, who } = promise::input(call)?;
        let (watching, who) = desk::<D>(call)?.watching(&key, &who).await?;
        let now = watching.contains(&who);
        let mut changes = Vec::new();
        if now != self.adds {
            let (object, property) = (format!("ticket {key}"), format!("watched by {who}"));
            changes.push(promise::change(&object, &property, now.into(), self.adds.into()));
        }
        Ok(Difference { changes, output: json!({"key": key, "who": who}), remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let Watching { key, .. } = promise::input(call)?;
        let who = difference.output["who"].as_str().unwrap_or_default();
        desk::<D>(call)?.watch(&key, who, self.adds).await?;
        Ok(difference.output)
    }

    fn undo(&self, _input: &Value, _plan: &Plan, output: &Value) -> Option<Value> {
        Some(json!({"key": output["key"], "who": output["who"]}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Word {
        Word { text: text.to_owned(), at: String::new() }
    }

    #[test]
    fn an_answer_is_what_was_said_after_kompels_last_word() {
        let question = "Who is it?\n\n[kompel:a1]";
        let quoting = "Jan Janssen\n> Who is it?\n> [kompel:a1]";
        let ours = Some("Who is it?".to_owned());
        for (newest_first, expected) in [
            (vec![], (None, None)),
            (vec!["nobody asked"], (None, None)),
            (vec![question], (ours.clone(), None)),
            (vec![quoting, question, "before"], (ours.clone(), Some("Jan Janssen".to_owned()))),
            (vec!["b", "a", question], (ours.clone(), Some("a\n\nb".to_owned()))),
            (vec![question, "a", "Old?\n[kompel:a0]"], (ours.clone(), None)),
            (vec!["> only a quotation", question], (ours.clone(), None)),
            (vec!["Who is it?\n\\[kompel:a1]"], (ours.clone(), None)),
            (
                vec!["see [kompel:a1] above", question],
                (ours, Some("see [kompel:a1] above".to_owned())),
            ),
        ] {
            let words: Vec<Word> = newest_first.iter().map(|text| word(text)).collect();
            assert_eq!(answers(&words), expected, "{newest_first:?}");
        }
        let long = "é".repeat(MOST_ANSWER);
        let (_, since) = answers(&[word(&long), word(question)]);
        assert_eq!(since.map(|text| text.len()), Some(MOST_ANSWER));
    }
}
