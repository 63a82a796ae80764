//! The entries that a call leaves in its run's journal.

use kompel_model::{ActionEffect, ActionName, Plan, PlanHash, Repeat};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ApprovalRecord;
use crate::{CallId, StepKey, TaskRef};

/// What happened to a call. Each is written before anything is done because of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "act")]
pub enum ActRecord {
    /// The runtime took the call up, on these terms.
    Began(Terms),
    /// What it would change was read.
    Planned {
        /// What it would change.
        plan: Plan,
        /// The hash that an approval binds.
        hash: PlanHash,
    },
    /// The gate let it pass.
    Allowed {
        /// Under which approval, if the run has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approval: Option<String>,
    },
    /// It will be sent now, for the `number`th time.
    Attempting {
        /// From 1.
        number: u32,
        /// The idempotency key, the same for all attempts.
        key: String,
    },
    /// The peer did it, or gave what was asked for.
    Answered {
        /// The step's output.
        output: Value,
    },
    /// The peer refused whatever was being done (planning, attempting, looking, verifying).
    Refused {
        /// How.
        refusal: Refusal,
    },
    /// An attempt was sent and nobody knows whether it was done.
    Unknown {
        /// Why not ("no answer within 30 s", "the program stopped").
        because: String,
    },
    /// The target was looked at after an unknown outcome.
    Looked {
        /// What it tells.
        seen: Seen,
    },
    /// The target is as promised.
    Verified {
        /// What was read.
        found: Value,
    },
    /// The target is not as promised.
    Differs {
        /// What was read.
        found: Value,
        /// What is wrong.
        because: String,
    },
    /// The target does not show it yet.
    NotYet {
        /// How long to wait.
        seconds: u32,
    },
    /// A person said what became of an attempt that nobody can tell of.
    Decided {
        /// Who.
        by: String,
        /// What.
        decision: Decision,
        /// Why.
        why: String,
    },
    /// The run no longer wants the answer.
    Abandoned,
    /// Something about an approval that this call asks for or waits for.
    Approval(ApprovalRecord),
    /// An earlier write of the run is being taken back by this call.
    Undoing {
        /// The call that did it.
        of: CallId,
        /// The action that takes it back.
        action: ActionName,
        /// Its input.
        input: Value,
        /// Its terms.
        terms: Terms,
    },
    /// An earlier write needs no taking back, or can't be taken back.
    LeftAsIs {
        /// The call that did it.
        of: CallId,
        /// Why.
        because: String,
    },
    /// What happened to the undo of an earlier write.
    Undo {
        /// The call that did it.
        of: CallId,
        /// What happened.
        record: Box<Self>,
    },
}

/// The part of an action's promise that decides how a call goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    /// What it does to the system.
    pub effect: ActionEffect,
    /// How a repeat is safe.
    pub repeat: Repeat,
    /// Through which connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
}

/// A peer's refusal, as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What it means.
    pub kind: RefusalKind,
    /// Whether and when to try again.
    pub retry: RetryHint,
    /// What the peer said.
    pub detail: String,
    /// The protocol's own code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u32>,
}

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// No permission.
    Denied,
    /// The object is not there.
    Absent,
    /// The object is in another state.
    Conflict,
    /// Too many requests.
    Limited,
    /// The request can't be right.
    Invalid,
    /// Not offered.
    Unsupported,
    /// Not reached; nothing was sent.
    Unreachable,
    /// Sent, and no answer.
    OutcomeUnknown,
    /// The peer's own failure.
    Unexpected,
    /// Kompel's own configuration does not allow the call.
    Configuration,
}

/// Whether and when another attempt makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryHint {
    /// It would fail again.
    Never,
    /// It may pass.
    Soon,
    /// Not before this many seconds have passed.
    AfterSeconds(u64),
}

/// What a look tells of an attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "seen")]
pub enum Seen {
    /// It was done.
    Done {
        /// Its output.
        output: Value,
    },
    /// It was not done.
    NotDone,
    /// The target can't tell.
    CannotTell {
        /// Why not.
        because: String,
    },
}

/// A person's word on an attempt whose outcome nobody knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "decision")]
pub enum Decision {
    /// It was done.
    Done {
        /// Its output; what was predicted if none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        output: Option<Value>,
    },
    /// It was not done: try again.
    NotDone,
    /// Leave it: the call fails and stays open.
    GiveUp,
}

/// One write that a rehearsal foresees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// The task.
    pub task: TaskRef,
    /// Which performance of it.
    pub step: StepKey,
    /// The action.
    pub action: ActionName,
    /// Through which connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// What it does to the system.
    pub effect: ActionEffect,
    /// What it would change.
    pub plan: Plan,
    /// The hash that an approval binds.
    pub hash: PlanHash,
}

/// What a run would still do, found without changing anything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RehearsedPlan {
    /// The writes, in the order in which they would be done.
    pub steps: Vec<PlannedStep>,
    /// What a person should know, such as where the plan ends early.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// True if the rehearsal came to the run's end.
    pub whole: bool,
}

impl RehearsedPlan {
    /// The hash of everything that would be done, in its order.
    pub fn hash(&self) -> PlanHash {
        let steps: Vec<_> = self
            .bound()
            .map(|step| serde_json::json!({"task": step.task, "hash": step.hash}))
            .collect();
        PlanHash::of(&Value::from(steps))
    }

    /// The steps that an approval binds.
    pub fn bound(&self) -> impl Iterator<Item = &PlannedStep> {
        self.steps.iter().filter(|step| step.effect.needs_approval() && !step.plan.is_empty())
    }
}
