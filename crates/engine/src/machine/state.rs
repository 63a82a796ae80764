//! What a run consists of: a tree of activities and the requests that they wait for.
//!
//! An activity that ends takes its children, timers and requests with it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use kompel_model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Effect, Ending, Fault, Start};

/// The whole state of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub(super) start: Start,
    pub(super) started_at: Timestamp,
    pub(super) context: Value,
    pub(super) next: u64,
    pub(super) activities: BTreeMap<u64, Activity>,
    pub(super) requests: BTreeMap<u64, Request>,
    pub(super) consumed: BTreeSet<String>,
    pub(super) ending: Option<Ending>,
}

impl Run {
    pub(super) fn new(start: &Start, now: Timestamp) -> Self {
        Self {
            start: start.clone(),
            started_at: now,
            context: Value::Null,
            next: 0,
            activities: BTreeMap::new(),
            requests: BTreeMap::new(),
            consumed: BTreeSet::new(),
            ending: None,
        }
    }
}

/// Variables beside the standard's own: those of loops and caught errors.
pub(super) type Variables = BTreeMap<String, Value>;

/// A list of tasks, or a task, that is being performed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Activity {
    /// Whose part it is; none for the playbook's own list.
    pub(super) parent: Option<u64>,
    /// Its step key without the last visit.
    pub(super) key: String,
    pub(super) variables: Variables,
    pub(super) work: Work,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Work {
    /// One task after the other.
    List {
        /// The list's pointer.
        list: String,
        /// The current task's index.
        at: usize,
        /// How often each task of it was begun.
        visits: BTreeMap<usize, u32>,
    },
    Task(Box<Performance>),
}

/// A task that is being performed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Performance {
    /// The task's reference.
    pub(super) task: String,
    pub(super) visit: u32,
    pub(super) raw_input: Value,
    pub(super) input: Value,
    pub(super) started_at: Timestamp,
    pub(super) state: State,
}

/// How a task's state may change while it is performed. It begins as `body`, may end from every
/// state, and an error in it may end it in every state but one: `trying` may catch it.
///
/// | state | waits for | and then |
/// |---|---|---|
/// | body | nothing, or the end of its only child | ends |
/// | asking | the answer to its request | ends, or fails |
/// | waiting | its timer | ends |
/// | looping | the end of a round | the next round, or ends |
/// | forking | the end of a branch | ends when all (competing: one) have ended |
/// | trying | the end of the attempt | ends; an error that is caught: pausing, handling |
/// | pausing | its timer | trying again |
/// | handling | the end of `catch.do` | ends |
/// | listening | events, the end of a round of `foreach` | ends when it has enough |
pub(super) const TRANSITIONS: [(&str, &str); 11] = [
    ("body", "asking"),
    ("body", "waiting"),
    ("body", "looping"),
    ("body", "forking"),
    ("body", "pausing"),
    ("body", "listening"),
    ("pausing", "trying"),
    ("trying", "pausing"),
    ("trying", "handling"),
    ("forking", "body"),
    ("listening", "body"),
];

impl State {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Asking => "asking",
            Self::Waiting => "waiting",
            Self::Looping(_) => "looping",
            Self::Forking { .. } => "forking",
            Self::Trying(_) => "trying",
            Self::Pausing(_) => "pausing",
            Self::Handling => "handling",
            Self::Listening(_) => "listening",
        }
    }
}

/// What a task is waiting for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Body,
    Asking,
    Waiting,
    Looping(Looping),
    Forking {
        /// The branches that run, with their index.
        branches: BTreeMap<u64, usize>,
        outputs: BTreeMap<usize, Value>,
        count: usize,
    },
    Trying(Attempts),
    Pausing(Attempts),
    Handling,
    Listening(Box<Listening>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Looping {
    pub(super) items: Vec<Value>,
    pub(super) next: usize,
    /// The rounds that run, with their index.
    pub(super) rounds: BTreeMap<u64, usize>,
    /// The output of the round with the highest index that has ended.
    pub(super) last: Option<(usize, Value)>,
    /// True once `while` was not.
    pub(super) stopped: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Attempts {
    pub(super) repeats: u32,
    pub(super) since: Timestamp,
    /// The attempt, while it runs.
    pub(super) attempt: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Listening {
    /// Which patterns of `all` (or of an `until` with `all`) have had their event.
    pub(super) met: BTreeSet<usize>,
    pub(super) until_met: BTreeSet<usize>,
    pub(super) correlations: BTreeMap<String, Value>,
    /// What was read, for the condition of `until`.
    pub(super) read: Vec<Value>,
    /// What is still to be gone through by `foreach`.
    pub(super) queue: VecDeque<Value>,
    pub(super) round: Option<u64>,
    pub(super) rounds: usize,
    pub(super) outputs: Vec<Value>,
    /// True once it has enough events.
    pub(super) enough: bool,
}

/// A request to the world that is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Request {
    /// Who asked; none: the run itself.
    pub(super) activity: Option<u64>,
    pub(super) purpose: Purpose,
    pub(super) effect: Effect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Purpose {
    /// An action, another playbook, an event to publish.
    Answer,
    /// The task's own time: a `wait`, the pause before a repeat.
    Pause,
    /// The end of the task's (or the run's) time.
    Timeout,
    /// The end of an attempt's time.
    AttemptTimeout,
    /// Events.
    Events,
}

/// What is still to be done within a step; the last first.
#[derive(Debug)]
pub(super) enum Todo {
    /// Begin the list's task at its current index.
    Next { list: u64, input: Value },
    /// Begin a task as an only child.
    Single {
        parent: u64,
        child: u64,
        task: String,
        key: String,
        input: Value,
        variables: Variables,
    },
    /// Begin a list of tasks.
    List {
        parent: Option<u64>,
        child: u64,
        list: String,
        key: String,
        input: Value,
        variables: Variables,
    },
    /// Begin another round of a loop.
    Round { activity: u64 },
    /// Go on with the events of a `listen`.
    Events { activity: u64 },
    /// The task's work is done: give its output on.
    Finish { activity: u64, output: Value, then: Option<crate::language::FlowDirective> },
    /// A list or task has ended.
    Ended { activity: u64, output: Value },
    /// A task failed.
    Failed { activity: u64, fault: Fault },
}
