//! What is done with a mailbox.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate};
use kompel_model::{ActionEffect, ActionSpec, Plan, Repeat, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    message::{Read, own_words},
    session::{Fetched, Session, quoted},
};
use crate::{
    Call, Error, ErrorKind,
    desired::{Desired, Difference, Reading},
    promise::{self, Promise},
};

/// `imap.search`.
pub(super) struct Search;

#[derive(Deserialize)]
struct Query {
    #[serde(default = "inbox")]
    mailbox: String,
    since: Option<NaiveDate>,
    subject: Option<String>,
    #[serde(default)]
    unseen: bool,
    without: Option<String>,
    #[serde(default = "usual_most")]
    most: usize,
}

#[derive(Deserialize)]
struct Own {
    authserv: Option<String>,
}

fn inbox() -> String {
    "INBOX".to_owned()
}

fn usual_most() -> usize {
    20
}

#[async_trait]
impl Reading for Search {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "imap.search",
            summary: "Finds messages, oldest first, with their text; changes nothing, leaves them unread",
            system: SYSTEM,
            effect: ActionEffect::Read,
            repeat: Repeat::Natural,
            permissions: &["read the mailbox"],
            input: promise::object(
                &[],
                json!({
                    "mailbox": mailbox_schema(),
                    "since": {
                        "type": "string", "format": "date",
                        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
                        "description": "taken by the server on this day or later",
                    },
                    "subject": {
                        "type": "string", "minLength": 1, "maxLength": 200,
                        "pattern": "^[^\\r\\n]*$",
                        "description": "the subject contains this, in whatever case",
                    },
                    "unseen": {"type": "boolean", "default": false},
                    "without": keyword_schema("only messages that don't bear this keyword"),
                    "most": {"type": "integer", "minimum": 1, "maximum": 50, "default": 20},
                }),
            ),
            output: promise::object(
                &["messages"],
                json!({"messages": {"type": "array", "items": message_schema()}}),
            ),
        }
        .spec()
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let query: Query = promise::input(call)?;
        let Own { authserv } = call.connection.settings.read()?;
        let criteria = query.criteria()?;
        let mut session = Session::open(&call.connection, call.at).await?;
        let validity = session.examine(&query.mailbox).await?;
        let mut uids = session.search(&criteria).await?;
        if let Some(subject) = query.subject.as_deref().filter(|subject| !subject.is_ascii()) {
            uids = with_subject(&mut session, uids, subject).await?;
        }
        uids.truncate(query.most.min(50));
        let mut messages = Vec::new();
        for some in uids.chunks(AT_ONCE) {
            for fetched in session.fetch(some, ITEMS).await? {
                messages.push(shown(validity, &fetched, authserv.as_deref())?);
            }
        }
        session.close().await;
        Ok(json!({"messages": messages}))
    }
}

impl Query {
    /// As the server's search wants it (RFC 3501 §6.4.4).
    fn criteria(&self) -> Result<String, Error> {
        let mut criteria = Vec::new();
        if let Some(day) = self.since {
            criteria.push(format!("SINCE {}", day.format("%-d-%b-%Y")));
        }
        // A text beyond ASCII would need a literal and the server's mercy: it is looked for here.
        if let Some(subject) = self.subject.as_deref().filter(|subject| subject.is_ascii()) {
            criteria.push(format!("SUBJECT {}", quoted(subject)?));
        }
        if self.unseen {
            criteria.push("UNSEEN".to_owned());
        }
        if let Some(keyword) = &self.without {
            criteria.push(match flag(keyword)? {
                SEEN => "UNSEEN".to_owned(),
                FLAGGED => "UNFLAGGED".to_owned(),
                keyword => format!("UNKEYWORD {keyword}"),
            });
        }
        Ok(if criteria.is_empty() { "ALL".to_owned() } else { criteria.join(" ") })
    }
}

/// Those of the messages whose subject contains this.
async fn with_subject(
    session: &mut Session,
    uids: Vec<u32>,
    subject: &str,
) -> Result<Vec<u32>, Error> {
    if uids.len() > MOST_LOOKED_AT {
        let detail = format!(
            "{} messages to look for the subject in, more than {MOST_LOOKED_AT}: narrow the search",
            uids.len()
        );
        return Err(Error::new(ErrorKind::Unsupported, detail));
    }
    let wanted = subject.to_lowercase();
    let mut fitting = Vec::new();
    for some in uids.chunks(500) {
        let fetched = session.fetch(some, "UID BODY.PEEK[HEADER.FIELDS (SUBJECT)]").await?;
        let contains =
            |one: &&Fetched| Read::of(&one.body, None).subject.to_lowercase().contains(&wanted);
        fitting.extend(fetched.iter().filter(contains).map(|one| one.uid));
    }
    Ok(fitting)
}

fn shown(validity: u32, fetched: &Fetched, authserv: Option<&str>) -> Result<Value, Error> {
    let read = Read::of(&fetched.body, authserv);
    let nonsense = |_| Error::new(ErrorKind::Unexpected, "the server's date can't be read");
    let date: Timestamp = DateTime::parse_from_str(fetched.taken.trim(), "%d-%b-%Y %H:%M:%S %z")
        .map_err(nonsense)?
        .to_utc();
    let whole = usize::try_from(fetched.size).is_ok_and(|size| size <= MOST_READ);
    let found = read.found.shown();
    Ok(json!({
        "id": format!("{validity}/{}", fetched.uid),
        "message_id": read.message_id,
        "from": read.from,
        "subject": read.subject,
        "date": date,
        "own_words": (!read.in_reply_to.is_empty()).then(|| own_words(&read.text)),
        "text": read.text,
        "whole": whole,
        "in_reply_to": read.in_reply_to,
        "automatic": read.automatic,
        "flags": fetched.flags,
        "spf": found["spf"], "dkim": found["dkim"], "dmarc": found["dmarc"],
    }))
}

/// `imap.mark`.
pub(super) struct Mark;

#[derive(Deserialize)]
struct Marking {
    #[serde(default = "inbox")]
    mailbox: String,
    id: String,
    keyword: String,
    #[serde(default = "yes")]
    marked: bool,
}

fn yes() -> bool {
    true
}

impl Marking {
    fn place(&self) -> Result<(u32, u32), Error> {
        let parts = self.id.split_once('/');
        let numbers = parts.and_then(|(one, other)| Some((one.parse().ok()?, other.parse().ok()?)));
        let wrong = "`id` is a message's id as imap.search gives it";
        numbers.ok_or_else(|| Error::new(ErrorKind::Invalid, wrong))
    }

    fn output(&self) -> Value {
        json!({"id": self.id, "keyword": self.keyword, "marked": self.marked})
    }
}

#[async_trait]
impl Desired for Mark {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "imap.mark",
            summary: "Gives a message a keyword, or takes it away",
            system: SYSTEM,
            effect: promise::undone_by("imap.mark"),
            repeat: Repeat::Natural,
            permissions: &["read the mailbox", "change flags"],
            input: promise::object(
                &["id", "keyword"],
                json!({
                    "mailbox": mailbox_schema(),
                    "id": id_schema(),
                    "keyword": keyword_schema("a word of your own, or \\Seen or \\Flagged"),
                    "marked": {"type": "boolean", "default": true},
                }),
            ),
            output: promise::object(
                &["id", "keyword", "marked"],
                json!({
                    "id": id_schema(), "keyword": {"type": "string"}, "marked": {"type": "boolean"},
                }),
            ),
        }
        .spec()
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let marking: Marking = promise::input(call)?;
        let (validity, uid) = marking.place()?;
        let wanted = flag(&marking.keyword)?;
        let mut session = Session::open(&call.connection, call.at).await?;
        let gone = "the message is not there: moved, deleted, or the mailbox was rebuilt";
        let absent = || Error::new(ErrorKind::Absent, gone);
        if session.examine(&marking.mailbox).await? != validity {
            return Err(absent());
        }
        let fetched = session.fetch(&[uid], "UID FLAGS").await?;
        session.close().await;
        let flags = &fetched.first().ok_or_else(absent)?.flags;
        let now = flags.iter().any(|flag| flag.eq_ignore_ascii_case(wanted));
        let mut changes = Vec::new();
        if now != marking.marked {
            let object = format!("message {} in {}", marking.id, marking.mailbox);
            let to = marking.marked.into();
            changes.push(promise::change(&object, &marking.keyword, now.into(), to));
        }
        Ok(Difference { changes, output: marking.output(), remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let marking: Marking = promise::input(call)?;
        let (validity, uid) = marking.place()?;
        let mut session = Session::open(&call.connection, call.at).await?;
        if session.select(&marking.mailbox).await? != validity {
            return Err(Error::new(ErrorKind::Absent, "the mailbox was rebuilt just now"));
        }
        session.store(uid, flag(&marking.keyword)?, marking.marked).await?;
        session.close().await;
        Ok(difference.output)
    }

    fn undo(&self, input: &Value, _plan: &Plan, _output: &Value) -> Option<Value> {
        let mut back = input.clone();
        back["marked"] = (input["marked"] == false).into();
        Some(back)
    }
}

/// A flag as it goes over the line: one of two of the system's, or a keyword.
fn flag(keyword: &str) -> Result<&str, Error> {
    let is_word = (1..=64).contains(&keyword.len())
        && keyword.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.$-".contains(&byte));
    match keyword {
        SEEN | FLAGGED => Ok(keyword),
        _ if is_word => Ok(keyword),
        _ => Err(Error::new(ErrorKind::Invalid, "a keyword is a word, \\Seen or \\Flagged")),
    }
}

fn keyword_schema(what: &str) -> Value {
    json!({
        "type": "string", "pattern": "^(\\\\Seen|\\\\Flagged|[A-Za-z0-9_.$-]{1,64})$",
        "description": what,
    })
}

fn mailbox_schema() -> Value {
    json!({"type": "string", "pattern": "^[ -~]{1,200}$", "default": "INBOX"})
}

fn id_schema() -> Value {
    json!({"type": "string", "pattern": "^[0-9]{1,10}/[0-9]{1,10}$"})
}

fn message_schema() -> Value {
    let text = |what: &str| json!({"type": "string", "description": what});
    let result = || json!({"type": ["string", "null"]});
    promise::object(
        &[
            "id",
            "message_id",
            "from",
            "subject",
            "date",
            "text",
            "whole",
            "flags",
            "spf",
            "dkim",
            "dmarc",
            "own_words",
            "in_reply_to",
            "automatic",
        ],
        json!({
            "id": id_schema(),
            "message_id": text("as the sender wrote it"),
            "from": text("the sender's address as the sender wrote it; empty unless it is one"),
            "subject": text("on one line"),
            "date": text("when the server took the message"),
            "text": text("the first 16 KiB"),
            "own_words": {
                "type": ["string", "null"], "description": "of an answer: the text above what it quotes",
            },
            "in_reply_to": text("the message_id that it answers; empty if none"),
            "automatic": {
                "type": "boolean", "description": "sent by a program by itself, or to a list",
            },
            "whole": {"type": "boolean", "description": "false: longer than what was read"},
            "flags": {"type": "array", "items": {"type": "string"}},
            "spf": result(), "dkim": result(), "dmarc": result(),
        }),
    )
}

const SYSTEM: &str = "mail";
const SEEN: &str = "\\Seen";
const FLAGGED: &str = "\\Flagged";
/// What is read of a message, in bytes.
const MOST_READ: usize = 256 << 10;
const ITEMS: &str = "UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.262144>";
/// Messages asked for in one request.
const AT_ONCE: usize = 10;
const MOST_LOOKED_AT: usize = 2000;
