//! What runs know of systems that nobody can ask: who closed them by hand, when, and what proves
//! it. It stands in the journals of those runs and nowhere else.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
};

use kompel_domains::leavers::{ByHand, Memory};
use kompel_engine::act::Closing;
use kompel_model::TenantId;
use kompel_runtime::{Runtime, StepStory, Story};
use serde_json::Value;

/// Reads it from the runs that have ended; each is read once.
#[derive(Default)]
pub(crate) struct Handwork {
    runtime: OnceLock<Weak<Runtime>>,
    read: Mutex<Read>,
}

/// What each run that has ended tells, by tenant and run.
type Read = BTreeMap<(TenantId, String), Arc<Vec<Closed>>>;

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

    fn of_run(&self, runtime: &Runtime, tenant: &TenantId, run: &str) -> Arc<Vec<Closed>> {
        let key = (tenant.clone(), run.to_owned());
        let kept = |read: &Read| read.get(&key).cloned();
        if let Some(known) = kept(&self.read.lock().unwrap_or_else(PoisonError::into_inner)) {
            return known;
        }
        // A run whose journal can't be read proves nothing, and may be readable the next time.
        let Ok(story) = runtime.show(tenant, run) else { return Arc::default() };
        let closed = Arc::new(closed(&story));
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.insert(key, Arc::clone(&closed));
        closed
    }
}

impl Memory for Handwork {
    fn closed_by_hand(&self, tenant: &TenantId, accounts: &[(String, String)]) -> Vec<ByHand> {
        let Some(runtime) = self.runtime.get().and_then(Weak::upgrade) else { return Vec::new() };
        let Ok(runs) = runtime.runs(tenant, MOST_RUNS) else { return Vec::new() };
        let mut last: BTreeMap<String, ByHand> = BTreeMap::new();
        for run in runs.iter().filter(|run| run.name == OFFBOARDING && run.ended.is_some()) {
            for closed in self.of_run(&runtime, tenant, &run.id).iter() {
                let theirs = closed.accounts.iter().any(|account| accounts.contains(account));
                let known = last.get(&closed.by_hand.system);
                if theirs && known.is_none_or(|known| known.at < closed.by_hand.at) {
                    last.insert(closed.by_hand.system.clone(), closed.by_hand.clone());
                }
            }
        }
        last.into_values().collect()
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
    let account = |account: &Value| {
        Some((account["connection"].as_str()?.to_owned(), account["id"].as_str()?.to_owned()))
    };
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

/// The playbook that asks people to close systems by hand.
const OFFBOARDING: &str = "offboarding";
const MOST_RUNS: usize = 10_000;
