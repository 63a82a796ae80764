//! A run's story as data, from its journal alone: what `kompel show` puts into words.

use std::collections::BTreeMap;

use kompel_engine::{
    CallId, Ending, Entry, Input, Record, Start, StepKey, TaskRef,
    act::{ActRecord, ApprovalState, Phase, Terms},
};
use kompel_model::{ActionName, Plan, PlanHash, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::{RunState, RunStatus, status};

/// A run from its start to now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Story {
    /// How it began.
    pub start: Start,
    /// When.
    pub started: Timestamp,
    /// When its playbook ended.
    pub ended: Option<Timestamp>,
    /// How it stands.
    pub status: RunStatus,
    /// How the playbook itself ended.
    pub ending: Option<Ending>,
    /// Its calls, in the order of asking.
    pub steps: Vec<StepStory>,
    /// What else it was told: times, events, a person's word; answers to calls are with the calls.
    pub told: Vec<Told<Input>>,
    /// The runs that it started.
    pub children: Vec<String>,
}

/// Something and when it happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told<T> {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: T,
}

/// One call's story.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepStory {
    /// Its number; what `retry --step` names.
    pub call: CallId,
    /// The task.
    pub task: TaskRef,
    /// Which performance of it.
    pub step: StepKey,
    /// The action.
    pub action: ActionName,
    /// Its input.
    pub input: Value,
    /// Its effect, repeat rule and connection.
    pub terms: Option<Terms>,
    /// Where it stands.
    pub phase: Phase,
    /// What it would change or has changed.
    pub plan: Option<Plan>,
    /// The hash that an approval binds.
    pub plan_hash: Option<PlanHash>,
    /// The approval that it went under.
    pub approval: Option<String>,
    /// How many times it was sent.
    pub attempts: u32,
    /// True if the target was read again and is as promised.
    pub verified: bool,
    /// True if it was taken back.
    pub undone: bool,
    /// What it gave.
    pub output: Option<Value>,
    /// The approvals that were asked for it.
    pub approvals: Vec<ApprovalState>,
    /// The writes that it took back.
    pub undos: Vec<UndoStory>,
    /// Everything that happened to it.
    pub happened: Vec<Told<ActRecord>>,
}

/// The story of the undo of an earlier call.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UndoStory {
    /// The call that was taken back.
    pub of: CallId,
    /// By which action.
    pub action: ActionName,
    /// Where it stands.
    pub phase: Phase,
    /// How many times it was sent.
    pub attempts: u32,
}

/// The story that these entries tell, with the state that they lead to.
pub(crate) fn story(
    state: &RunState,
    entries: &[Entry],
    children: Vec<String>,
    now: Timestamp,
) -> Story {
    let mut happened: BTreeMap<CallId, Vec<Told<ActRecord>>> = BTreeMap::new();
    let mut told = Vec::new();
    for Entry { at, record, .. } in entries {
        match record {
            Record::Act { call, record } => {
                let what = record.as_ref().clone();
                happened.entry(*call).or_default().push(Told { at: *at, what });
            }
            Record::Input(
                what @ (Input::Woke { .. } | Input::Event { .. } | Input::Cancel { .. }),
            ) => {
                told.push(Told { at: *at, what: what.clone() });
            }
            Record::Input(Input::Done { .. } | Input::Failed { .. }) | Record::Started(_) => {}
        }
    }
    let ended = state
        .ending
        .as_ref()
        .and_then(|_| entries.iter().rfind(|entry| matches!(entry.record, Record::Input(_))));
    Story {
        start: state.start.clone(),
        started: state.started,
        ended: ended.map(|entry| entry.at),
        status: status::of(state, now),
        ending: state.ending.clone(),
        steps: steps(state, happened),
        told,
        children,
    }
}

fn steps(state: &RunState, mut happened: BTreeMap<CallId, Vec<Told<ActRecord>>>) -> Vec<StepStory> {
    let step = |call: &kompel_engine::act::BookCall| StepStory {
        call: call.call,
        task: call.task.clone(),
        step: call.step.clone(),
        action: call.action.clone(),
        input: call.input.clone(),
        terms: call.act.terms().cloned(),
        phase: call.act.phase(),
        plan: call.act.plan().map(|(plan, _)| plan.clone()),
        plan_hash: call.act.plan().map(|(_, hash)| hash.clone()),
        approval: call.act.approval().map(str::to_owned),
        attempts: call.act.attempts(),
        verified: call.act.is_verified(),
        undone: state.book.is_undone(call.call),
        output: call.act.output().cloned(),
        approvals: call.approvals.clone(),
        undos: call
            .undos
            .iter()
            .map(|undo| UndoStory {
                of: undo.of,
                action: undo.action.clone(),
                phase: undo.act.phase(),
                attempts: undo.act.attempts(),
            })
            .collect(),
        happened: happened.remove(&call.call).unwrap_or_default(),
    };
    state.book.calls().map(step).collect()
}
