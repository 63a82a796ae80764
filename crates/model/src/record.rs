//! The records: tickets, messages, answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{MemberRef, Name, PersonId, SourceKind, Timestamp};

/// One ticket, or one case of an event log, with everything that happened to it.
///
/// Texts are plain (markup and HTML removed), without mail signatures and quoted threads, and, once
/// out of `ingest`, without names, addresses and secrets. Comments, changes, activities and work
/// stand in order of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Where it was read, and the source's own key (`OPS-12`).
    pub id: MemberRef,
    /// The client company it is about (organisation, account, client field), if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Name>,
    /// Issue type, request type or the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Name>,
    /// Summary, subject, short description.
    pub title: String,
    /// The request in full.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The status at the time of reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Name>,
    /// The close code or resolution field ("Done", "Won't do", "Solved (Permanently)").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Name>,
    /// The resolution in words (close notes), where the source has such a field.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub resolution_text: String,
    /// Priority as the source words it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Name>,
    /// Labels or tags, sorted, without doubles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Name>,
    /// Components, configuration items, services: what the ticket says it touches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Name>,
    /// The team that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Name>,
    /// Other fields by the source's header (category, subcategory, approval…).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<Name, String>,
    /// Who asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter: Option<PersonId>,
    /// Who made the record, where that is another than who asked (a robot, the desk).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creator: Option<PersonId>,
    /// Who holds it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonId>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// When it last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    /// When it was resolved or closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<Timestamp>,
    /// What people (and robots) wrote on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<Comment>,
    /// Its field changes, where the source keeps a history.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// Activities of an event log's case (XES, OCEL); empty for tickets proper.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<Activity>,
    /// Work logged on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub worked: Vec<Worked>,
    /// Links to other tickets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Total time spent in seconds, where the source gives a sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent_seconds: Option<u64>,
    /// Times reopened, where the source counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopen_count: Option<u32>,
    /// Times handed to another team or person, where the source counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reassignment_count: Option<u32>,
}

impl Ticket {
    /// An empty ticket with this identity; readers fill in what they find.
    pub fn new(source: SourceKind, key: &str) -> Self {
        Self {
            id: MemberRef { source, key: key.into() },
            client: None,
            kind: None,
            title: String::new(),
            description: String::new(),
            status: None,
            resolution: None,
            resolution_text: String::new(),
            priority: None,
            labels: Vec::new(),
            components: Vec::new(),
            group: None,
            fields: BTreeMap::new(),
            reporter: None,
            creator: None,
            assignee: None,
            created: None,
            updated: None,
            resolved: None,
            comments: Vec::new(),
            changes: Vec::new(),
            activities: Vec::new(),
            worked: Vec::new(),
            links: Vec::new(),
            spent_seconds: None,
            reopen_count: None,
            reassignment_count: None,
        }
    }
}

/// A comment, worknote or reply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    /// When it was written, if the source says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<PersonId>,
    /// The text, cleaned as [`Ticket`] says.
    pub text: String,
    /// True if an automatic reply (out of office, ticket acknowledgement).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub automatic: bool,
}

/// Which field a [`Change`] is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangedField {
    /// The status.
    Status,
    /// The person who holds the ticket.
    Assignee,
    /// The team that holds the ticket.
    Group,
    /// The resolution or close code.
    Resolution,
    /// Priority, urgency, impact.
    Priority,
    /// Approval state.
    Approval,
    /// Another field, by its name.
    Other(Name),
}

/// One change of one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<PersonId>,
    /// Which field.
    pub field: ChangedField,
    /// The value before. For [`ChangedField::Assignee`] a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Name>,
    /// The value after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Name>,
}

/// One activity of a case in an event log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// The activity's name (`concept:name`).
    pub name: Name,
    /// When it began, if the log says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// When it ended (`time:timestamp`).
    pub at: Timestamp,
    /// Who did it (`org:resource`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<PersonId>,
    /// In which team (`org:group`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Name>,
    /// Life-cycle transition (`lifecycle:transition`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<Name>,
}

/// Time that a person logged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Worked {
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<PersonId>,
    /// How long, in seconds.
    pub seconds: u64,
    /// What was written with it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// A link from one ticket to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    /// The source's word for it ("relates to", "is blocked by", "parent").
    pub kind: Name,
    /// The other ticket's key.
    pub to: Name,
}

/// One chat message, or one entry of an operations log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Where it was read; the key is `channel-name/ts`.
    pub id: MemberRef,
    /// The channel's name.
    pub channel: Name,
    /// When it was sent.
    pub at: Timestamp,
    /// Who sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<PersonId>,
    /// The text: mentions replaced by the person, links by their label and address.
    pub text: String,
    /// The key of the thread's first message, also on that message itself when it has replies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<Name>,
    /// True if a bot or an integration sent it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub robot: bool,
    /// When it was last edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<Timestamp>,
    /// Reactions on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
}

/// A reaction on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// Its name (`white_check_mark`).
    pub name: Name,
    /// Who gave it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<PersonId>,
}

/// One answer to the coffee-machine question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Where it was read; the key is the data row (1 = the first), behind the file's name and a `#`
    /// where another file's answers have the bare rows.
    pub id: MemberRef,
    /// Who answered, if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<PersonId>,
    /// When, if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The chore, in the person's words.
    pub what: String,
    /// How often, in the person's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub how_often: String,
    /// How long, in the person's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub how_long: String,
    /// Runs a year as read from the words; `None` where they give no number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_year: Option<f64>,
    /// Minutes a run as read from the words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<f64>,
}
