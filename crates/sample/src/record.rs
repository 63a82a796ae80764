//! The records as the world holds them, before a product's format is laid over them.

use chrono::NaiveDateTime;

/// A person by place in the cast.
pub(crate) type Who = usize;

/// A ticket in full.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    pub key: String,
    pub project: usize,
    pub number: u32,
    pub summary: String,
    pub description: String,
    pub issue_type: String,
    pub request_type: String,
    pub status: &'static str,
    pub priority: &'static str,
    pub resolution: &'static str,
    pub reporter: Who,
    pub creator: Who,
    pub assignee: Option<Who>,
    pub client: usize,
    pub created: NaiveDateTime,
    pub updated: NaiveDateTime,
    pub resolved: Option<NaiveDateTime>,
    pub labels: Vec<String>,
    pub components: Vec<String>,
    pub approver: Option<Who>,
    pub comments: Vec<Said>,
    pub work: Vec<Work>,
    pub changes: Vec<Change>,
}

/// A comment.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub at: NaiveDateTime,
    pub by: Who,
    pub text: String,
}

/// Logged work.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    pub at: NaiveDateTime,
    pub by: Who,
    pub seconds: u32,
    pub text: String,
}

/// One change of status or assignee.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub at: NaiveDateTime,
    pub by: Who,
    pub field: &'static str,
    pub from: String,
    pub to: String,
}

/// A chat message.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub channel: String,
    pub at: NaiveDateTime,
    /// The part of the second, unique within the world for all practical purposes.
    pub micros: u32,
    pub by: Who,
    pub text: String,
    /// Index, in the same case, of the thread's first message.
    pub root: Option<usize>,
    /// Emoji name and who gave it.
    pub reactions: Vec<(&'static str, Vec<Who>)>,
    pub edited: bool,
    /// Whom it addresses by mention.
    pub mention: Option<Who>,
    /// A ticket's key in the text that Slack shows as a link.
    pub link: Option<String>,
    /// True if it is Slack's own notice that someone joined the channel.
    pub joined: bool,
}

/// What really happened in a case, as far as its records show it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Marks {
    /// Bit `i`: a record of the case names the `i`-th system.
    pub systems: u64,
    pub dutch: bool,
    pub waiting: bool,
    pub wait_hours: f32,
    pub copy: bool,
    pub rework: bool,
    pub escalated: bool,
    pub manual: bool,
    pub touch_minutes: f32,
    pub comments: u8,
    pub labels: u8,
    pub components: u8,
    pub work: u8,
    pub messages: u8,
}

/// A case with its text.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub ticket: Option<Ticket>,
    pub messages: Vec<Message>,
    pub marks: Marks,
}
