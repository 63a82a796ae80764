//! The playbook itself, its tasks, and what they share.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    call::{Authentication, Call},
    events::{Emit, EventConsumption, Listen, ReadAs},
};
use crate::{
    TaskRef,
    language::{Expression, FixedDuration, Places},
};

/// A whole playbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Playbook {
    /// What it is called.
    pub document: Document,
    /// What it takes.
    pub input: Option<InputRule>,
    /// What it gives.
    pub output: Option<OutputRule>,
    /// What its tasks share by name.
    pub use_: Use,
    /// How long a run may take.
    pub timeout: Option<Timeout>,
    /// When it starts by itself.
    pub schedule: Option<Schedule>,
    /// Its tasks (`do`), in order; at least one.
    pub tasks: Vec<Task>,
    /// The mapping `evaluate`, if it was written (it can only say `jq` and `strict`).
    pub evaluate: Option<Map<String, Value>>,
    /// Where everything stands in the text.
    pub places: Places,
}

/// What a playbook is called.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The version of the language.
    pub dsl: String,
    /// Whose it is.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its title for people.
    pub title: Option<String>,
    /// A few sentences, in Markdown.
    pub summary: Option<String>,
    /// Free labels.
    pub tags: Option<Map<String, Value>>,
    /// Anything else; means nothing here.
    pub metadata: Option<Map<String, Value>>,
}

/// What tasks share by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Use {
    /// Ways to log in at a peer.
    pub authentications: BTreeMap<String, Authentication>,
    /// Errors for `raise`.
    pub errors: BTreeMap<String, ErrorDefinition>,
    /// Tasks for `call`; a task's name is its key.
    pub functions: BTreeMap<String, Task>,
    /// Policies for `catch.retry`.
    pub retries: BTreeMap<String, RetryPolicy>,
    /// Names of secrets that an authentication may name; their values never enter the data flow.
    pub secrets: Vec<String>,
    /// Time limits for `timeout`.
    pub timeouts: BTreeMap<String, Duration>,
}

/// One task.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Its name, the only key of its list item.
    pub name: String,
    /// Where it stands: `/do/2/close`, or `/use/functions/close`.
    pub reference: TaskRef,
    /// What every task may have.
    pub base: TaskBase,
    /// What it does.
    pub kind: TaskKind,
}

impl Task {
    /// How many rounds of a `for` may run at the same time: `metadata.maxConcurrency`, or one.
    pub fn max_concurrency(&self) -> u32 {
        let written = self.base.metadata.as_ref().and_then(|m| m.get("maxConcurrency"));
        let number = written.and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
        number.unwrap_or(1).max(1)
    }
}

/// What every task may have.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TaskBase {
    /// Performed only if this is true.
    pub if_: Option<Expression>,
    /// What it takes.
    pub input: Option<InputRule>,
    /// What it gives.
    pub output: Option<OutputRule>,
    /// What it leaves in `$context`.
    pub export: Option<OutputRule>,
    /// How long it may take.
    pub timeout: Option<Timeout>,
    /// What comes next.
    pub then: Option<FlowDirective>,
    /// Anything else; only `maxConcurrency` on a `for` means something here.
    pub metadata: Option<Map<String, Value>>,
}

/// What a task does.
#[derive(Debug, Clone, PartialEq)]
pub enum TaskKind {
    /// `do`: these tasks, one after the other.
    Do(Vec<Task>),
    /// `call`: a service or a function.
    Call(Call),
    /// `set`: makes this the output.
    Set(Set),
    /// `switch`: goes where the first case that fits says.
    Switch(Switch),
    /// `for`: these tasks for each item.
    For(For),
    /// `fork`: these tasks at the same time.
    Fork(Fork),
    /// `try`: these tasks, and what to do about their errors.
    Try(Box<Try>),
    /// `wait`: for this long.
    Wait(Duration),
    /// `listen`: waits for events.
    Listen(Box<Listen>),
    /// `emit`: publishes an event.
    Emit(Emit),
    /// `raise`: fails with an error.
    Raise(Raise),
    /// `run.workflow`: another playbook.
    Run(RunPlaybook),
}

/// A length of time, known now or only when it is evaluated.
#[derive(Debug, Clone, PartialEq)]
pub enum Duration {
    /// Known now.
    Fixed(FixedDuration),
    /// `${ … }` that gives an ISO 8601 text (or an object of units).
    Expression(Expression),
}

/// A time limit.
#[derive(Debug, Clone, PartialEq)]
pub enum Timeout {
    /// `{after: …}`.
    After(Duration),
    /// The name of one in `use.timeouts`.
    Named(String),
}

/// What comes after a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowDirective {
    /// The next task of the list, or the end of the list.
    Continue,
    /// The end of the list this task stands in.
    Exit,
    /// The end of the whole run.
    End,
    /// The task of the same list that has this name.
    To(String),
}

/// What a playbook or task takes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InputRule {
    /// What the raw input must look like.
    pub schema: Option<Schema>,
    /// What is made of it (`from`).
    pub from: Option<Transform>,
}

/// What a playbook or task gives, or exports.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OutputRule {
    /// What the result must look like, after `as`.
    pub schema: Option<Schema>,
    /// What is made of the raw output (`as`).
    pub as_: Option<Transform>,
}

/// A JSON Schema, written in place.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// Its format, if written; only `json` (with a version or without) is known.
    pub format: Option<String>,
    /// The schema itself.
    pub document: Value,
}

/// What is made of data.
#[derive(Debug, Clone, PartialEq)]
pub enum Transform {
    /// An expression.
    Expression(Expression),
    /// An object in whose texts `${ … }` are evaluated.
    Template(Map<String, Value>),
}

/// What `set` makes the output.
#[derive(Debug, Clone, PartialEq)]
pub enum Set {
    /// An object with expressions in it; at least one member.
    Values(Map<String, Value>),
    /// One expression.
    Expression(Expression),
    /// A text that is no expression (the standard allows it).
    Text(String),
}

/// The cases of `switch`, in order; at least one.
#[derive(Debug, Clone, PartialEq)]
pub struct Switch {
    /// The cases.
    pub cases: Vec<Case>,
}

/// A case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// When it fits; without, always.
    pub when: Option<Expression>,
    /// Where it leads.
    pub then: FlowDirective,
}

/// A loop.
#[derive(Debug, Clone, PartialEq)]
pub struct For {
    /// The variable that holds the item (`$item` unless named).
    pub each: Option<String>,
    /// The items.
    pub in_: ForIn,
    /// The variable that holds the index (`$index` unless named).
    pub at: Option<String>,
    /// Goes on only while this is true.
    pub while_: Option<Expression>,
    /// The body.
    pub tasks: Vec<Task>,
}

impl For {
    /// The name of the item's variable.
    pub fn each(&self) -> &str {
        self.each.as_deref().unwrap_or("item")
    }

    /// The name of the index's variable.
    pub fn at(&self) -> &str {
        self.at.as_deref().unwrap_or("index")
    }
}

/// What a loop goes through.
#[derive(Debug, Clone, PartialEq)]
pub enum ForIn {
    /// An expression that gives an array.
    Expression(Expression),
    /// The items themselves, with expressions in them.
    Items(Vec<Value>),
}

/// Branches that run at the same time.
#[derive(Debug, Clone, PartialEq)]
pub struct Fork {
    /// Each branch is one task.
    pub branches: Vec<Task>,
    /// True if the first to end wins and the others are stopped.
    pub compete: Option<bool>,
}

/// Tasks whose errors are handled.
#[derive(Debug, Clone, PartialEq)]
pub struct Try {
    /// The tasks.
    pub tasks: Vec<Task>,
    /// What to do about their errors.
    pub catch: Catch,
}

/// Which errors are handled, and how.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Catch {
    /// Only errors like this.
    pub errors: Option<ErrorFilter>,
    /// The variable that holds the error (`$error` unless named).
    pub as_: Option<String>,
    /// Only if this is true.
    pub when: Option<Expression>,
    /// Not if this is true.
    pub except_when: Option<Expression>,
    /// Whether to try again.
    pub retry: Option<Retry>,
    /// What to do then.
    pub tasks: Option<Vec<Task>>,
    /// Where to go then.
    pub then: Option<FlowDirective>,
}

impl Catch {
    /// The name of the error's variable.
    pub fn error_variable(&self) -> &str {
        self.as_.as_deref().unwrap_or("error")
    }
}

/// The properties an error must have. A `type` of the standard fits under both of its hosts (see
/// [`same_error_type`](crate::language::same_error_type)).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErrorFilter {
    /// Its type.
    pub kind: Option<String>,
    /// Its status.
    pub status: Option<u16>,
    /// Where it happened.
    pub instance: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its detail.
    pub detail: Option<String>,
}

/// A retry policy, here or by name.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "stands once in a catch, behind the box of its try")]
pub enum Retry {
    /// The name of one in `use.retries`.
    Named(String),
    /// In place.
    Policy(RetryPolicy),
}

/// How to try again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RetryPolicy {
    /// Only if this is true.
    pub when: Option<Expression>,
    /// Not if this is true.
    pub except_when: Option<Expression>,
    /// How long to wait before the first repeat.
    pub delay: Option<Duration>,
    /// How the delay grows.
    pub backoff: Option<Backoff>,
    /// When to give up.
    pub limit: Option<RetryLimit>,
    /// A random addition to the delay: at least, at most.
    pub jitter: Option<(Duration, Duration)>,
}

/// How the delay grows; the standard gives none of them a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backoff {
    /// Always the same.
    Constant,
    /// `delay × n`.
    Linear,
    /// `delay × 2ⁿ⁻¹`.
    Exponential,
}

impl Backoff {
    /// Its keyword.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Linear => "linear",
            Self::Exponential => "exponential",
        }
    }
}

/// When to give up trying.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RetryLimit {
    /// After this many attempts.
    pub attempt_count: Option<u32>,
    /// An attempt may take this long.
    pub attempt_duration: Option<Duration>,
    /// All attempts together may take this long.
    pub duration: Option<Duration>,
}

/// Fails.
#[derive(Debug, Clone, PartialEq)]
pub enum Raise {
    /// With one of `use.errors`.
    Named(String),
    /// With this.
    Inline(ErrorDefinition),
}

/// An error as a playbook describes it; each text may be `${ … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorDefinition {
    /// A URI that names its kind.
    pub kind: String,
    /// An HTTP-like status.
    pub status: u16,
    /// Where it happened; without, the task that raises it.
    pub instance: Option<String>,
    /// A short title.
    pub title: Option<String>,
    /// What happened this time.
    pub detail: Option<String>,
}

/// Starts another playbook.
#[derive(Debug, Clone, PartialEq)]
pub struct RunPlaybook {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its version, or `latest`.
    pub version: String,
    /// Its input, with expressions in it.
    pub input: Option<Map<String, Value>>,
    /// False if the run need not wait for it.
    pub await_: Option<bool>,
}

/// When a playbook starts by itself; at least one of these.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schedule {
    /// At this interval, whether or not the last run has ended.
    pub every: Option<Duration>,
    /// At these times.
    pub cron: Option<String>,
    /// This long after the last run ended.
    pub after: Option<Duration>,
    /// At these events.
    pub on: Option<EventConsumption>,
    /// What of them.
    pub read: Option<ReadAs>,
}
