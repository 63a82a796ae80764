//! All calls of one run, and what follows from them together: the approved plan, what can be
//! undone, what is open.

use std::collections::BTreeMap;

use kompel_model::{ActionEffect, ActionName, PlanHash, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Act, ActRecord, ApprovalRecord, ApprovalState, Outcome, Phase, Policy};
use crate::{CallId, StepKey, TaskRef};

/// The calls of one run, by number.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Book {
    calls: BTreeMap<CallId, BookCall>,
    done: u64,
}

/// One call with everything its entries say.
#[derive(Debug, Clone, PartialEq)]
pub struct BookCall {
    /// Its number.
    pub call: CallId,
    /// The task that asks.
    pub task: TaskRef,
    /// Which performance of it.
    pub step: StepKey,
    /// The action.
    pub action: ActionName,
    /// The input, evaluated, `connection` included.
    pub input: Value,
    /// Where it stands.
    pub act: Act,
    /// The earlier writes that it takes back, in the order in which it began each.
    pub undos: Vec<UndoCall>,
    /// The earlier writes that it leaves, and why.
    pub left: BTreeMap<CallId, String>,
    /// The approvals asked for it, the last one in force.
    pub approvals: Vec<ApprovalState>,
    /// True once the machine has its answer.
    pub answered: bool,
    /// When it was done among the run's writes.
    pub done_as: Option<u64>,
}

/// The undo of an earlier write.
#[derive(Debug, Clone, PartialEq)]
pub struct UndoCall {
    /// The call that did it.
    pub of: CallId,
    /// The action that takes it back.
    pub action: ActionName,
    /// Its input.
    pub input: Value,
    /// Where it stands.
    pub act: Act,
}

/// A write that is open after all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leftover {
    /// The call.
    pub call: CallId,
    /// Its task.
    pub task: TaskRef,
    /// Its action.
    pub action: ActionName,
    /// How it stands.
    pub standing: Standing,
    /// In words.
    pub because: String,
}

/// How a write stands at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A person must say what became of it.
    AskedPerson,
    /// Nobody knows whether it was done.
    Unknown,
    /// It was done, and the target is not as promised.
    NotVerified,
    /// It was to be done, and was not.
    NotDone,
    /// It was to be taken back, and was not.
    NotUndone,
}

impl Book {
    /// Takes a request up. Taking it up again changes nothing.
    pub fn open(
        &mut self,
        call: CallId,
        task: TaskRef,
        step: StepKey,
        action: ActionName,
        input: Value,
    ) {
        self.calls.entry(call).or_insert_with(|| BookCall {
            call,
            task,
            step,
            action,
            input,
            act: Act::default(),
            undos: Vec::new(),
            left: BTreeMap::new(),
            approvals: Vec::new(),
            answered: false,
            done_as: None,
        });
    }

    /// Takes an entry of a call in.
    pub fn step(&mut self, policy: &Policy, at: Timestamp, call: CallId, record: &ActRecord) {
        let Some(entry) = self.calls.get_mut(&call) else { return };
        match record {
            ActRecord::Approval(ApprovalRecord::Asked(ask)) => {
                entry.approvals.push(ApprovalState::new(ask));
            }
            ActRecord::Approval(told) => {
                for approval in entry.approvals.iter_mut().filter(|a| a.ask.id == told.id()) {
                    approval.step(told);
                }
            }
            ActRecord::Undoing { of, action, input, terms } => {
                let mut act = Act::default();
                act.step(policy, at, &ActRecord::Began(terms.clone()));
                let (of, action, input) = (*of, action.clone(), input.clone());
                entry.undos.push(UndoCall { of, action, input, act });
            }
            ActRecord::LeftAsIs { of, because } => {
                entry.left.insert(*of, because.clone());
            }
            ActRecord::Undo { of, record } => {
                for undo in entry.undos.iter_mut().filter(|undo| undo.of == *of) {
                    undo.act.step(policy, at, record);
                }
            }
            ActRecord::Began(_)
            | ActRecord::Planned { .. }
            | ActRecord::Allowed { .. }
            | ActRecord::Attempting { .. }
            | ActRecord::Answered { .. }
            | ActRecord::Refused { .. }
            | ActRecord::Unknown { .. }
            | ActRecord::Looked { .. }
            | ActRecord::Verified { .. }
            | ActRecord::Differs { .. }
            | ActRecord::NotYet { .. }
            | ActRecord::Decided { .. }
            | ActRecord::Abandoned => {}
        }
        entry.act.step(policy, at, record);
        if entry.done_as.is_none() && entry.act.output().is_some() && entry.act.attempts() > 0 {
            entry.done_as = Some(self.done);
            self.done += 1;
        }
    }

    /// The machine has this call's answer.
    pub fn answered(&mut self, call: CallId) {
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.answered = true;
        }
    }

    /// The call with this number.
    pub fn call(&self, call: CallId) -> Option<&BookCall> {
        self.calls.get(&call)
    }

    /// All calls, in the order of asking.
    pub fn calls(&self) -> impl Iterator<Item = &BookCall> {
        self.calls.values()
    }

    /// The approval that binds what may be written now: the last one that was given with a plan.
    pub fn in_force(&self) -> Option<&ApprovalState> {
        let all = self.calls.values().flat_map(|call| &call.approvals);
        all.filter(|approval| approval.binds()).max_by_key(|approval| {
            approval.answers.iter().map(|answer| answer.when).max().unwrap_or_default()
        })
    }

    /// True if the approval in force (this run's own) has a step of this hash that was not used.
    pub fn allows(&self, approval: &ApprovalState, hash: &PlanHash) -> bool {
        let plan = approval.ask.plan.as_ref();
        let given = plan.map_or(0, |plan| plan.bound().filter(|step| step.hash == *hash).count());
        let used = self
            .calls
            .values()
            .filter(|call| call.act.approval() == Some(approval.ask.id.as_str()))
            .filter(|call| call.act.plan().is_some_and(|(_, planned)| planned == hash))
            .count();
        used < given
    }

    /// The writes that an undo by `by` should take back, the last one done first. Reads, writes
    /// taken back already and those that the undo has dealt with are not among them.
    pub fn to_undo(&self, by: CallId, only: Option<&str>) -> Vec<&BookCall> {
        let dealt = |of: CallId| {
            self.calls.get(&by).is_some_and(|undoing| {
                undoing.left.contains_key(&of) || undoing.undos.iter().any(|undo| undo.of == of)
            })
        };
        let mut found: Vec<_> = self
            .calls
            .values()
            .filter(|call| call.call != by && call.act.may_have_written())
            .filter(|call| !matches!(effect(call), None | Some(ActionEffect::Notice)))
            .filter(|call| !dealt(call.call) && !self.is_undone(call.call))
            .filter(|call| only.is_none_or(|name| is_named(&call.task, name)))
            .collect();
        found.sort_by_key(|call| std::cmp::Reverse((call.done_as, call.call)));
        found
    }

    /// True if the write of this call was taken back.
    pub fn is_undone(&self, call: CallId) -> bool {
        self.undos_of(call).any(|undo| undo.act.phase() == Phase::Done)
    }

    fn undos_of(&self, call: CallId) -> impl Iterator<Item = &UndoCall> {
        self.calls.values().flat_map(|by| &by.undos).filter(move |undo| undo.of == call)
    }

    /// The writes that were done and not taken back.
    pub fn standing_writes(&self) -> Vec<&BookCall> {
        self.calls
            .values()
            .filter(|call| effect(call).is_some_and(ActionEffect::needs_approval))
            .filter(|call| call.act.may_have_written() && !self.is_undone(call.call))
            .collect()
    }

    /// The writes that are open. A later performance of the same step that went well closes an
    /// earlier one that did not.
    pub fn leftovers(&self) -> Vec<Leftover> {
        let mut last: BTreeMap<&StepKey, &BookCall> = BTreeMap::new();
        let mut open = Vec::new();
        for call in self.calls.values().filter(|call| effect(call).is_some()) {
            let earlier = last.insert(&call.step, call);
            // Whether an earlier performance was done matters even if a later one was.
            open.extend(earlier.filter(|call| call.act.doubt().is_some()));
        }
        open.extend(last.into_values());
        let mut leftovers: Vec<_> = open
            .into_iter()
            .filter_map(|call| self.leftover(call).map(|found| (call, found)))
            .map(|(call, (standing, because))| Leftover {
                call: call.call,
                task: call.task.clone(),
                action: call.action.clone(),
                standing,
                because,
            })
            .collect();
        leftovers.sort_by_key(|leftover| leftover.call);
        leftovers
    }

    fn leftover(&self, call: &BookCall) -> Option<(Standing, String)> {
        if self.is_undone(call.call) {
            return None;
        }
        if let Some(undo) = self.undos_of(call.call).last()
            && undo.act.phase() != Phase::Done
        {
            let because = undo.act.doubt().map(str::to_owned);
            return Some((Standing::NotUndone, because.unwrap_or_else(|| detail(&undo.act))));
        }
        let act = &call.act;
        match (act.phase(), act.doubt()) {
            (Phase::Asking, doubt) => {
                Some((Standing::AskedPerson, doubt.unwrap_or_default().to_owned()))
            }
            (Phase::Failed | Phase::Dropped, Some(doubt)) => {
                Some((Standing::Unknown, doubt.to_owned()))
            }
            (Phase::Failed, None)
                if act.output().is_some() || act.attempts() == 0 && is_done(act) =>
            {
                Some((Standing::NotVerified, detail(act)))
            }
            (Phase::Failed, None) => Some((Standing::NotDone, detail(act))),
            (
                Phase::New
                | Phase::Reading
                | Phase::Planning
                | Phase::Gate
                | Phase::Ready
                | Phase::Sent
                | Phase::Lost
                | Phase::Checking
                | Phase::Done
                | Phase::Dropped,
                _,
            ) => None,
        }
    }
}

impl BookCall {
    /// The approval that is being asked for this call, if one is open.
    pub fn open_approval(&self) -> Option<&ApprovalState> {
        self.approvals.last().filter(|approval| approval.closed.is_none())
    }

    /// How the call ended, if it has.
    pub fn outcome(&self, now: Timestamp) -> Option<Outcome> {
        match self.act.wanted(now) {
            super::Command::Finish(outcome) => Some(outcome),
            _ => None,
        }
    }
}

/// The effect, if it writes.
fn effect(call: &BookCall) -> Option<&ActionEffect> {
    call.act.terms().map(|terms| &terms.effect).filter(|effect| effect.writes())
}

/// True if verification of something that was "already so" failed.
fn is_done(act: &Act) -> bool {
    act.plan().is_some_and(|(plan, _)| plan.is_empty())
}

fn detail(act: &Act) -> String {
    act.fault().and_then(|fault| fault.detail.clone()).unwrap_or_default()
}

/// True if the task's own name is `name`.
fn is_named(task: &TaskRef, name: &str) -> bool {
    task.0.rsplit('/').next() == Some(name)
}
