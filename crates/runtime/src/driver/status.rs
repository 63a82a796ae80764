//! What a run's state is called, and what it waits for: derived from its state, kept nowhere.

use kompel_engine::{
    Ending, Fault,
    act::{Command, KOMPEL_ERRORS, Leftover, Phase},
};
use kompel_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::RunState;

/// A run's state as people see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum RunStatus {
    /// Something is being done for it, or is to be done now.
    Running,
    /// It waits.
    Waiting {
        /// For what; never empty.
        on: Vec<Waiting>,
    },
    /// It ended as it should, every write is verified or taken back.
    Completed,
    /// It ended, but something is open.
    Incomplete {
        /// What.
        open: Vec<Leftover>,
    },
    /// It ended with an error that nothing caught.
    Failed {
        /// The error.
        fault: Fault,
        /// What was done before and not taken back, by task.
        done: Vec<String>,
        /// What is open besides.
        open: Vec<Leftover>,
    },
    /// An approval was refused.
    Rejected {
        /// By whom and why.
        because: String,
        /// What was done before and not taken back, by task.
        done: Vec<String>,
    },
    /// A person stopped it.
    Cancelled {
        /// Who.
        by: String,
        /// Why.
        why: String,
        /// What was done before and not taken back, by task.
        done: Vec<String>,
        /// What is open besides.
        open: Vec<Leftover>,
    },
}

/// What a run waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "for")]
pub enum Waiting {
    /// People, to approve.
    Approval {
        /// The approval.
        id: String,
        /// Who may still answer.
        people: Vec<String>,
        /// Until when.
        until: Option<Timestamp>,
    },
    /// A person, to say what became of an attempt.
    Decision {
        /// The call.
        call: u64,
        /// The write it was taking back, if it is about an undo.
        of: Option<u64>,
        /// The task.
        task: String,
        /// Why nobody else can tell.
        because: String,
    },
    /// A time.
    Time {
        /// Which.
        until: Timestamp,
    },
    /// A peer, to be asked again.
    Peer {
        /// The action.
        action: String,
        /// When.
        until: Timestamp,
    },
    /// An event.
    Event {
        /// Its types, where the playbook names them.
        types: Vec<String>,
    },
    /// Another run.
    Run {
        /// The playbook.
        playbook: String,
    },
}

impl RunStatus {
    /// Its one word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Waiting { .. } => "waiting",
            Self::Completed => "completed",
            Self::Incomplete { .. } => "incomplete",
            Self::Failed { .. } => "failed",
            Self::Rejected { .. } => "rejected",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// True if the playbook has ended.
    pub fn is_ended(&self) -> bool {
        !matches!(self, Self::Running | Self::Waiting { .. })
    }
}

/// The run's status.
pub(crate) fn of(state: &RunState, now: Timestamp) -> RunStatus {
    let open = || state.book.leftovers();
    let done = || state.book.standing_writes().iter().map(|call| call.task.0.clone()).collect();
    match &state.ending {
        None => {
            let on = waiting(state, now);
            if on.is_empty() { RunStatus::Running } else { RunStatus::Waiting { on } }
        }
        Some(Ending::Completed { .. }) => {
            let open = open();
            if open.is_empty() { RunStatus::Completed } else { RunStatus::Incomplete { open } }
        }
        Some(Ending::Faulted { fault }) if fault.kind == format!("{KOMPEL_ERRORS}rejected") => {
            let because = fault.detail.clone().unwrap_or_default();
            RunStatus::Rejected { because, done: done() }
        }
        Some(Ending::Faulted { fault }) => {
            RunStatus::Failed { fault: fault.clone(), done: done(), open: open() }
        }
        Some(Ending::Cancelled { by, why }) => {
            RunStatus::Cancelled { by: by.clone(), why: why.clone(), done: done(), open: open() }
        }
    }
}

fn waiting(state: &RunState, now: Timestamp) -> Vec<Waiting> {
    let mut on = Vec::new();
    for call in state.book.calls().filter(|call| !call.answered) {
        if let Some(approval) = call.open_approval() {
            let answered = |who: &String| approval.answers.iter().any(|given| given.who == *who);
            on.push(Waiting::Approval {
                id: approval.ask.id.clone(),
                people: approval.asked.keys().filter(|who| !answered(who)).cloned().collect(),
                until: approval.ask.deadline,
            });
        }
        let undos = call.undos.iter().map(|undo| (Some(undo.of), &undo.act));
        for (of, act) in std::iter::once((None, &call.act)).chain(undos) {
            match act.wanted(now) {
                Command::AskPerson { because } => on.push(Waiting::Decision {
                    call: call.call.0,
                    of: of.map(|of| of.0),
                    task: call.task.0.clone(),
                    because,
                }),
                Command::Wait { until } => {
                    on.push(Waiting::Peer { action: call.action.to_string(), until });
                }
                _ => {}
            }
        }
    }
    on.extend(
        state
            .children
            .values()
            .map(|child| Waiting::Run { playbook: format!("{}/{}", child.namespace, child.name) }),
    );
    for filters in state.listeners.values() {
        let types = filters.iter().filter_map(|filter| filter.exactly.get("type")?.as_str());
        on.push(Waiting::Event { types: types.map(str::to_owned).collect() });
    }
    let next = state.timers.values().min();
    on.extend(next.map(|until| Waiting::Time { until: *until }));
    on
}

/// When something is due by itself: a timer, another try at a peer, an approval's end.
pub(crate) fn next_due(state: &RunState, now: Timestamp) -> Option<Timestamp> {
    let mut due: Vec<Timestamp> = state.timers.values().copied().collect();
    for call in state.book.calls() {
        if call.answered || call.act.is_abandoned() && call.act.phase().is_over() {
            continue;
        }
        due.extend(call.open_approval().and_then(|approval| approval.next_due()));
        let acts = std::iter::once(&call.act).chain(call.undos.iter().map(|undo| &undo.act));
        for act in acts.filter(|act| act.phase() != Phase::Asking) {
            if let Command::Wait { until } = act.wanted(now) {
                due.push(until);
            }
        }
    }
    due.into_iter().min()
}
