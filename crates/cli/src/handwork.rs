//! What runs know of systems that nobody can ask: who closed them by hand, when, and what proves
//! it. It stands in the journals of those runs and nowhere else.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
};

use kompel_domains::leavers::{ByHand, Memory};
use kompel_engine::act::Closing;
use kompel_model::TenantId;
use kompel_runtime::{RunStatus, Runtime, StepStory, Story};
use serde_json::Value;

/// Reads it from the runs that have ended; each is read once.
#[derive(Default)]
pub(crate) struct Handwork {
    runtime: OnceLock<Weak<Runtime>>,
    read: Mutex<Read>,
}

/// What each run that has ended tells, by tenant and run.
type Read = BTreeMap<(TenantId, String), Arc<Ended>>;

/// What a run that has ended tells.
#[derive(Default)]
struct Ended {
    closed: Vec<Closed>,
    /// The accounts that it found.
    accounts: Vec<(String, String)>,
    /// True if it left something open; nothing if it changed nothing.
    left_open: Option<bool>,
}

/// One system that was closed, and the accounts of the person whom it was closed for.
struct Closed {
    accounts: Vec<(String, String)>,
    by_hand: ByHand,
}

impl Handwork {
    /// The runtime, once it is open: it is made of connectors, this among them.
    pub(crate) fn opened(&self, runtime: &Arc<Runtime>) {
        let _ = self.runtime.set(Arc::downgrade(runtime));
    }

    fn of_run(&self, runtime: &Runtime, tenant: &TenantId, run: &str) -> Arc<Ended> {
        let key = (tenant.clone(), run.to_owned());
        let kept = |read: &Read| read.get(&key).cloned();
        if let Some(known) = kept(&self.read.lock().unwrap_or_else(PoisonError::into_inner)) {
            return known;
        }
        // A run whose journal can't be read proves nothing, and may be readable the next time.
        let Ok(story) = runtime.show(tenant, run) else { return Arc::default() };
        let ended = Arc::new(Ended {
            closed: closed(&story),
            accounts: found(&story),
            left_open: left_open(&story),
        });
        // A step of a run that left something open may be tried again.
        if ended.left_open != Some(true) {
            let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
            read.insert(key, Arc::clone(&ended));
        }
        ended
    }
}

impl Memory for Handwork {
    fn closed_by_hand(&self, tenant: &TenantId, accounts: &[(String, String)]) -> Vec<ByHand> {
        let Some(runtime) = self.runtime.get().and_then(Weak::upgrade) else { return Vec::new() };
        let Ok(runs) = runtime.runs(tenant, MOST_RUNS) else { return Vec::new() };
        let mut last: BTreeMap<String, ByHand> = BTreeMap::new();
        for run in runs.iter().filter(|run| run.name == OFFBOARDING && run.ended.is_some()) {
            for closed in &self.of_run(&runtime, tenant, &run.id).closed {
                let theirs = closed.accounts.iter().any(|account| accounts.contains(account));
                let known = last.get(&closed.by_hand.system);
                if theirs && known.is_none_or(|known| known.at < closed.by_hand.at) {
                    last.insert(closed.by_hand.system.clone(), closed.by_hand.clone());
                }
            }
        }
        last.into_values().collect()
    }

    fn unfinished(&self, tenant: &TenantId, accounts: &[(String, String)]) -> Option<String> {
        let runtime = self.runtime.get().and_then(Weak::upgrade)?;
        let mut runs = runtime.runs(tenant, MOST_RUNS).ok()?;
        // The newest come first.
        runs.retain(|run| run.name == OFFBOARDING && run.ended.is_some());
        runs.into_iter().find_map(|run| {
            let ended = self.of_run(&runtime, tenant, &run.id);
            let theirs = ended.accounts.iter().any(|account| accounts.contains(account));
            let left_open = ended.left_open.filter(|_| theirs)?;
            Some(left_open.then_some(run.id))
        })?
    }

    fn closed_in(&self, tenant: &TenantId, run: &str) -> Vec<String> {
        let Some(runtime) = self.runtime.get().and_then(Weak::upgrade) else { return Vec::new() };
        let Ok(story) = runtime.show(tenant, run) else { return Vec::new() };
        closed(&story).into_iter().map(|closed| closed.by_hand.system).collect()
    }
}

fn closed(story: &Story) -> Vec<Closed> {
    story.steps.iter().filter_map(|step| of_step(&story.start.run, step)).collect()
}

/// An approval about one system that somebody gave: that system was closed.
fn of_step(run: &str, step: &StepStory) -> Option<Closed> {
    let about = &step.input["about"];
    let system = about["system"].as_str()?.to_owned();
    let approval = step.approvals.last()?;
    let answer = approval.answers.last()?;
    if !matches!(approval.closed, Some((Closing::Approved, _))) {
        return None;
    }
    let accounts = about["accounts"].as_array()?.iter().filter_map(account).collect();
    let by_hand = ByHand {
        system,
        by: answer.who.clone(),
        at: answer.when,
        proof: answer.why.clone(),
        run: run.to_owned(),
    };
    Some(Closed { accounts, by_hand })
}

fn account(account: &Value) -> Option<(String, String)> {
    Some((account["connection"].as_str()?.to_owned(), account["id"].as_str()?.to_owned()))
}

/// The accounts that a run found last.
fn found(story: &Story) -> Vec<(String, String)> {
    let looks = story.steps.iter().filter(|step| step.action.as_str() == "leavers.inventory");
    let found = looks.filter_map(|step| step.output.as_ref()?["accounts"].as_array()).next_back();
    found.into_iter().flatten().filter_map(account).collect()
}

/// A run that ended before it did anything decides nothing.
fn left_open(story: &Story) -> Option<bool> {
    match &story.status {
        RunStatus::Completed => Some(false),
        RunStatus::Incomplete { .. } => Some(true),
        RunStatus::Failed { done, open, .. } | RunStatus::Cancelled { done, open, .. } => {
            (!done.is_empty() || !open.is_empty()).then_some(true)
        }
        RunStatus::Rejected { done, .. } => (!done.is_empty()).then_some(true),
        RunStatus::Running | RunStatus::Waiting { .. } => None,
    }
}

/// The playbook that asks people to close systems by hand.
const OFFBOARDING: &str = "offboarding";
const MOST_RUNS: usize = 10_000;
