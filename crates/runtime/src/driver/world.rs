//! What every run shares: the journal, the registry, the people, the clock, the limits.

use std::{sync::Arc, time::Duration};

use kompel_engine::act::Policy;
use kompel_model::{TenantId, Timestamp};
use serde_json::Value;

use super::{Library, Registry, programs::Programs};
use crate::{
    approvals::{Notify, People},
    clock::Clock,
    journal::{Journal, NewRun, Once, Origin, Reader},
    schedule::Schedules,
};

/// What every run shares.
pub(crate) struct World {
    pub(crate) journal: Journal,
    pub(crate) reader: Reader,
    pub(crate) registry: Registry,
    pub(crate) people: People,
    pub(crate) notify: Arc<dyn Notify>,
    pub(crate) library: Arc<dyn Library>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) policy: Policy,
    pub(crate) limits: Limits,
    pub(crate) programs: Programs,
    pub(crate) schedules: Schedules,
}

impl World {
    /// The runs that an event starts, unless one under way does the same already.
    pub(crate) fn started_by(
        &self,
        tenant: &TenantId,
        event: (&Value, Origin),
        at: Timestamp,
    ) -> Vec<NewRun> {
        let mut starts = self.schedules.started_by(tenant, event, at);
        starts.iter_mut().for_each(|run| run.once = self.once());
        starts
    }

    /// Whom to ask whether a run under way does the same already.
    pub(crate) fn once(&self) -> Once {
        Once(Some(Arc::clone(&self.library)))
    }
}

/// How much is done at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Runs in memory at once.
    pub runs: usize,
    /// Runs of one tenant in memory at once.
    pub runs_of_tenant: usize,
    /// What one connection allows, unless said otherwise for it.
    pub peer: super::PeerLimits,
    /// How long a peer may take to answer one request.
    pub answer_within: Duration,
    /// How often the database is asked for news from other programs.
    pub poll_every: Duration,
    /// Effects of one run at one moment; a run that wants more is stopped.
    pub entries_of_run: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            runs: 128,
            runs_of_tenant: 32,
            peer: super::PeerLimits::default(),
            answer_within: Duration::from_secs(120),
            poll_every: Duration::from_millis(200),
            entries_of_run: 1_000_000,
        }
    }
}
