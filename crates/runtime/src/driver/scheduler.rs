//! Which runs are in memory: those that are due, as many as the limits allow, tenant by tenant.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
    sync::Arc,
};

use futures::FutureExt as _;
use kompel_model::{TenantId, Timestamp};
use tokio::{sync::Notify, task::JoinSet};

use super::{
    World,
    session::{DriveError, Session},
};
use crate::journal::{JournalError, RunKey};

/// The runs in memory.
pub(crate) struct Scheduler {
    world: Arc<World>,
    active: BTreeMap<RunKey, Arc<Notify>>,
    tasks: JoinSet<(RunKey, Result<(), DriveError>)>,
    /// Runs that could not be driven on, and until when they are left alone.
    held: BTreeMap<RunKey, Held>,
    /// The tenant whose turn was last.
    last_turn: Option<TenantId>,
}

#[derive(Debug, Clone)]
struct Held {
    until: Timestamp,
    times: u32,
    because: String,
}

/// Loads the run and drives it until it waits.
pub(crate) async fn drive(
    world: Arc<World>,
    key: &RunKey,
    woken: &Notify,
) -> Result<(), DriveError> {
    let session = Session::open(world, key.clone())?;
    Box::pin(session.drive(woken)).await
}

impl Scheduler {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self {
            world,
            active: BTreeMap::new(),
            tasks: JoinSet::new(),
            held: BTreeMap::new(),
            last_turn: None,
        }
    }

    /// Takes due runs up, as many as the limits allow, and wakes those in memory that were told
    /// something; gives how many are in memory.
    pub(crate) fn fill(&mut self) -> Result<usize, JournalError> {
        let now = self.world.clock.now();
        let mut queues = self.due_by_tenant(now)?;
        // Round robin: one run of each tenant in turn, beginning after the one that was last.
        let order = self.order(queues.keys());
        let mut found = true;
        while found && self.active.len() < self.world.limits.runs {
            found = false;
            for tenant in &order {
                if self.active.len() >= self.world.limits.runs {
                    break;
                }
                let next = queues.get_mut(tenant).and_then(|queue| queue.pop());
                if let Some(run) = next {
                    found = true;
                    self.last_turn = Some(tenant.clone());
                    self.start(RunKey::new(tenant, &run));
                }
            }
        }
        Ok(self.active.len())
    }

    /// The due runs of each tenant that are not in memory, the longest due last.
    fn due_by_tenant(
        &self,
        now: Timestamp,
    ) -> Result<BTreeMap<TenantId, Vec<String>>, JournalError> {
        let limits = &self.world.limits;
        let mut queues = BTreeMap::new();
        for tenant in self.world.reader.tenants_with_due()? {
            let active: BTreeSet<&str> = self
                .active
                .keys()
                .filter(|key| key.tenant == tenant)
                .map(|key| key.run.as_str())
                .collect();
            let held = self.held.iter().filter(|(key, _)| key.tenant == tenant).count();
            let free = limits.runs_of_tenant.saturating_sub(active.len());
            if free == 0 {
                continue;
            }
            let most = active.len() + held + free;
            let due = self.world.reader.due(&tenant, now, most)?;
            let mut queue: Vec<String> = due
                .into_iter()
                .filter(|run| !active.contains(run.as_str()))
                .filter(|run| !self.is_held(&RunKey::new(&tenant, run), now))
                .take(free)
                .collect();
            queue.reverse();
            queues.insert(tenant, queue);
        }
        Ok(queues)
    }

    fn order<'a>(&self, tenants: impl Iterator<Item = &'a TenantId>) -> Vec<TenantId> {
        let mut order: Vec<TenantId> = tenants.cloned().collect();
        let first = order
            .iter()
            .position(|tenant| self.last_turn.as_ref().is_some_and(|last| tenant > last))
            .unwrap_or(0);
        order.rotate_left(first);
        order
    }

    fn is_held(&self, key: &RunKey, now: Timestamp) -> bool {
        self.held.get(key).is_some_and(|held| now < held.until)
    }

    fn start(&mut self, key: RunKey) {
        let woken = Arc::new(Notify::new());
        self.active.insert(key.clone(), Arc::clone(&woken));
        let world = Arc::clone(&self.world);
        self.tasks.spawn(async move {
            let driven = AssertUnwindSafe(drive(world, &key, &woken)).catch_unwind().await;
            let result = driven.unwrap_or_else(|_| Err(DriveError::Panicked(key.run.clone())));
            (key, result)
        });
    }

    /// Lets every run in memory look into its inbox.
    pub(crate) fn wake_all(&self) {
        self.active.values().for_each(|woken| woken.notify_one());
    }

    /// Waits until a run leaves memory; at once if none is there.
    ///
    /// # Cancel safety
    /// Safe.
    pub(crate) async fn one_left(&mut self) -> Option<(RunKey, Result<(), DriveError>)> {
        let left = self.tasks.join_next().await?;
        // A session catches its own panics, and nobody aborts it: it can't fail to join.
        let (key, result) = left.ok()?;
        self.left(&key, result.as_ref().err());
        Some((key, result))
    }

    fn left(&mut self, key: &RunKey, error: Option<&DriveError>) {
        self.active.remove(key);
        match error {
            None => {
                self.held.remove(key);
            }
            Some(error) => {
                tracing::error!(run = %key.run, tenant = %key.tenant, error = %error, "driver.run_held");
                self.hold(key, &error.to_string());
            }
        }
    }

    fn hold(&mut self, key: &RunKey, because: &str) {
        let times = self.held.get(key).map_or(0, |held| held.times).saturating_add(1);
        let seconds = (5_i64 << times.min(6)).min(300);
        let until = self.world.clock.now() + chrono::TimeDelta::seconds(seconds);
        let because = because.to_owned();
        self.held.insert(key.clone(), Held { until, times, because });
    }

    /// When the next run is due or no longer held, if none is in memory.
    pub(crate) fn next_due(&self) -> Result<Option<Timestamp>, JournalError> {
        let now = self.world.clock.now();
        let mut next: Option<Timestamp> = None;
        let mut sooner =
            |at: Timestamp| next = Some(next.map_or(at, |next: Timestamp| next.min(at)));
        for tenant in self.world.reader.tenants_with_due()? {
            self.world.reader.next_due(&tenant, now)?.into_iter().for_each(&mut sooner);
        }
        self.held.values().map(|held| held.until).filter(|at| *at > now).for_each(&mut sooner);
        Ok(next)
    }

    /// The runs that could not be driven on, and why.
    pub(crate) fn troubles(&self) -> Vec<(RunKey, String)> {
        self.held.iter().map(|(key, held)| (key.clone(), held.because.clone())).collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.active.is_empty()
    }
}
