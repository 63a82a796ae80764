//! A playbook as a value: exactly the parts of the standard that we support.
//!
//! Owns the shapes and their defaults. A plain value that may hold `${ … }` is kept as JSON
//! ([`embedded_expression`](super::embedded_expression) tells which texts are expressions).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Expression, FixedDuration, Places};
use crate::TaskRef;

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

/// A call.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// `call: http`.
    Http(Box<HttpCall>),
    /// `call: openapi`.
    OpenApi(Box<OpenApiCall>),
    /// A function of `use.functions` or an action of the catalogue.
    Function(FunctionCall),
}

/// `with` of `call: http`.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpCall {
    /// The method, in any case, or an expression.
    pub method: String,
    /// Where.
    pub endpoint: Endpoint,
    /// An object of texts (expressions allowed in each), or one expression.
    pub headers: Option<Value>,
    /// The body, with expressions in it.
    pub body: Option<Value>,
    /// An object of texts (expressions allowed in each), or one expression.
    pub query: Option<Value>,
    /// What the task's output is.
    pub output: Option<HttpOutput>,
    /// True if 3xx is no error.
    pub redirect: Option<bool>,
}

/// `with` of `call: openapi`.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenApiCall {
    /// The document's name, if written.
    pub document_name: Option<String>,
    /// Where the OpenAPI document is.
    pub document: Endpoint,
    /// Which operation, or an expression.
    pub operation_id: String,
    /// Its parameters, with expressions in them.
    pub parameters: Option<Map<String, Value>>,
    /// How to log in.
    pub authentication: Option<UseAuthentication>,
    /// What the task's output is.
    pub output: Option<HttpOutput>,
    /// True if 3xx is no error.
    pub redirect: Option<bool>,
}

/// A call of a function or action.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionCall {
    /// Its name.
    pub name: String,
    /// Its input, with expressions in it.
    pub with: Option<Map<String, Value>>,
}

/// Where something is, and how to log in there.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// Where.
    pub uri: Uri,
    /// How to log in.
    pub authentication: Option<UseAuthentication>,
}

/// An address.
#[derive(Debug, Clone, PartialEq)]
pub enum Uri {
    /// A URI with `{name}` placeholders, filled from the task's input.
    Template(String),
    /// `${ … }`.
    Expression(Expression),
}

/// A way to log in, here or by name.
#[derive(Debug, Clone, PartialEq)]
pub enum UseAuthentication {
    /// The name of one in `use.authentications`.
    Named(String),
    /// In place.
    Inline(Authentication),
}

/// A way to log in.
#[derive(Debug, Clone, PartialEq)]
pub struct Authentication {
    /// Which way.
    pub scheme: AuthenticationScheme,
    /// With what.
    pub credentials: Credentials,
}

/// The ways to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticationScheme {
    /// `basic`: `username`, `password`.
    Basic,
    /// `bearer`: `token`.
    Bearer,
    /// `digest`: `username`, `password`.
    Digest,
    /// `oauth2`: `authority`, `grant`, `client`, …
    OAuth2,
}

impl AuthenticationScheme {
    /// Its keyword.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Bearer => "bearer",
            Self::Digest => "digest",
            Self::OAuth2 => "oauth2",
        }
    }
}

/// What to log in with.
#[derive(Debug, Clone, PartialEq)]
pub enum Credentials {
    /// `{use: name}`: a secret that holds the scheme's properties; resolved outside the data flow.
    Secret(String),
    /// The scheme's properties, with expressions in them.
    Inline(Map<String, Value>),
}

/// What an HTTP call's output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpOutput {
    /// The body as it came, in base64.
    Raw,
    /// The body, read (the default).
    Content,
    /// The whole response.
    Response,
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
/// [`same_error_type`](super::same_error_type)).
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

/// Waits for events.
#[derive(Debug, Clone, PartialEq)]
pub struct Listen {
    /// Which.
    pub to: EventConsumption,
    /// What of them.
    pub read: Option<ReadAs>,
    /// What to do with each as it comes.
    pub foreach: Option<Foreach>,
}

/// What of an event is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReadAs {
    /// Its data.
    #[default]
    Data,
    /// The whole event.
    Envelope,
    /// Its data as it came.
    Raw,
}

/// Which events end the waiting.
#[derive(Debug, Clone, PartialEq)]
pub enum EventConsumption {
    /// One of each.
    All(Vec<EventPattern>),
    /// Any of these (of all, if empty); only the first, or until something.
    Any {
        /// The patterns.
        filters: Vec<EventPattern>,
        /// Until when.
        until: Option<Until>,
    },
    /// One like this.
    One(EventPattern),
}

/// When `any` has enough.
#[derive(Debug, Clone, PartialEq)]
pub enum Until {
    /// When this is true, evaluated over the events so far.
    Condition(Expression),
    /// When these come (they have no `until` of their own).
    Consumed(Box<EventConsumption>),
}

/// What an event must look like.
#[derive(Debug, Clone, PartialEq)]
pub struct EventPattern {
    /// Attributes: a plain value must be equal, `${ … }` must be true of the attribute's value;
    /// at least one.
    pub with: Map<String, Value>,
    /// Values that must agree, by name.
    pub correlate: BTreeMap<String, Correlation>,
}

/// A value that must agree between events, or with the run.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlation {
    /// Taken from the event.
    pub from: Expression,
    /// What it must be: a plain text or an expression; without, what the first event had.
    pub expect: Option<String>,
}

/// What to do with each event as it comes.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreach {
    /// The variable that holds the event (`$item` unless named).
    pub item: Option<String>,
    /// The variable that holds the index (`$index` unless named).
    pub at: Option<String>,
    /// The tasks.
    pub tasks: Option<Vec<Task>>,
    /// What each round gives.
    pub output: Option<OutputRule>,
    /// What each round exports.
    pub export: Option<OutputRule>,
}

impl Foreach {
    /// The name of the event's variable.
    pub fn item(&self) -> &str {
        self.item.as_deref().unwrap_or("item")
    }

    /// The name of the index's variable.
    pub fn at(&self) -> &str {
        self.at.as_deref().unwrap_or("index")
    }
}

/// Publishes an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Emit {
    /// Its attributes (`event.with`), with expressions in them; `type` is there.
    pub with: Map<String, Value>,
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
