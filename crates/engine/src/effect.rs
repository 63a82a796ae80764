//! What the machine wants from the world, and what the world tells it.

use std::{collections::BTreeMap, fmt};

use kompel_model::{ActionName, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request of a run to the world; numbered in the order of asking, never reused within a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub u64);

/// A timer of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimerId(pub u64);

/// A `listen` of a run that still waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ListenerId(pub u64);

/// Where a task stands in its playbook: `/do/2/close/try/0/disable` (the standard's JSON pointer).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskRef(pub String);

impl fmt::Display for TaskRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One performance of a task within a run: the task's place with the rounds of the loops around it
/// and the visit (`/do/0/each/do[3]/0/disable#1`). Stays the same when a `try` repeats the task, so
/// that it can serve as idempotency key; differs when a loop or a `then` comes by again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepKey(pub String);

/// What a run wants from the world. It follows from the run's state: whoever lost an effect finds
/// it again in `Run::pending`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "effect")]
pub enum Effect {
    /// Perform an action of the catalogue; answer with `Done` or `Failed`. `call: http` is
    /// `http.request`, `call: openapi` is `openapi.call`, asking people is `approval.ask`.
    Act {
        /// The request.
        call: CallId,
        /// The task that asks.
        task: TaskRef,
        /// Which performance of it.
        step: StepKey,
        /// The action.
        action: ActionName,
        /// Its input, evaluated.
        input: Value,
    },
    /// Start another playbook; answer with `Done` (its output, or at once if not awaited) or
    /// `Failed`.
    RunPlaybook {
        /// The request.
        call: CallId,
        /// The task that asks.
        task: TaskRef,
        /// Which performance of it.
        step: StepKey,
        /// The playbook's namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// Its version, or `latest`.
        version: String,
        /// Its input.
        input: Value,
        /// True if the answer is its output; false if it is enough that it was started.
        wait: bool,
    },
    /// Publish an event; answer with `Done` (null).
    Emit {
        /// The request.
        call: CallId,
        /// The task that asks.
        task: TaskRef,
        /// Which performance of it.
        step: StepKey,
        /// The event in the CloudEvents JSON form; its id is the same at every replay.
        event: Value,
    },
    /// Wake the run at this time with `Woke`.
    Wake {
        /// The timer.
        timer: TimerId,
        /// When.
        at: Timestamp,
    },
    /// Bring events that may match, those since the run's start included; each as `Event`.
    Listen {
        /// The listener.
        listener: ListenerId,
        /// An event is worth bringing if it fits one of these.
        filters: Vec<EventFilter>,
    },
    /// The answer to this request is no longer wanted (a timeout, a lost race, a cancelled run).
    AbandonCall(CallId),
    /// This timer is no longer wanted.
    DropTimer(TimerId),
    /// This listener waits no more.
    DropListener(ListenerId),
    /// The run has ended.
    End(Ending),
}

/// The attributes by which an event may be worth bringing; the machine itself judges the rest.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EventFilter {
    /// Attributes that must be exactly so (those given as plain text in the playbook).
    pub exactly: BTreeMap<String, Value>,
}

/// What the world tells a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "input")]
pub enum Input {
    /// A request was fulfilled.
    Done {
        /// The request.
        call: CallId,
        /// Its output.
        output: Value,
    },
    /// A request failed for good (its own retries are over).
    Failed {
        /// The request.
        call: CallId,
        /// How; the machine fills in `instance`.
        fault: Fault,
    },
    /// A timer's time has come.
    Woke {
        /// The timer.
        timer: TimerId,
    },
    /// An event came, in the CloudEvents JSON form.
    Event {
        /// The event.
        event: Value,
    },
    /// A person wants the run to stop.
    Cancel {
        /// Who.
        by: String,
        /// Why.
        why: String,
    },
}

/// An error as the standard describes it (RFC 7807 problem details).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// A URI that names the kind of error.
    #[serde(rename = "type")]
    pub kind: String,
    /// An HTTP-like status.
    pub status: u16,
    /// A short title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What happened this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The task where it happened, as a JSON pointer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// How the playbook itself ended. Whether the work is truly complete is more than this knows: the
/// runtime says it (`completed`, `incomplete`, …).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "ending")]
pub enum Ending {
    /// It came to its end.
    Completed {
        /// Its output.
        output: Value,
    },
    /// An error that nothing caught.
    Faulted {
        /// The error.
        fault: Fault,
    },
    /// A person stopped it.
    Cancelled {
        /// Who.
        by: String,
        /// Why.
        why: String,
    },
}
