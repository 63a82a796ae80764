//! One run while it is in memory: what it wants is done, what comes of it is journaled, until it
//! waits for something; then it is left.

use std::{collections::BTreeSet, sync::Arc};

use kompel_engine::{
    CallId, Entry, Input, Record,
    act::{ActRecord, ApprovalState, Phase},
};
use kompel_model::Timestamp;
use tokio::{sync::Notify, task::JoinSet};

use super::{
    RunState, World,
    jobs::{Job, JobDone, Told, Which, Work},
    state::News,
    status,
};
use crate::journal::{
    AuditFact, Batch, JournalError, Parking, Reader, RunKey, RunRow, Side, whole_micros,
};

/// A run that is being driven.
pub(crate) struct Session {
    pub(super) world: Arc<World>,
    pub(super) key: RunKey,
    pub(super) state: RunState,
    pub(super) row: RunRow,
    /// The approval in force of the nearest run above this one that has one.
    pub(super) inherited: Option<ApprovalState>,
    pub(super) batch: Batch,
    /// What may start only once the batch is on disk.
    pub(super) after_commit: Vec<Job>,
    /// What reads only, and may start at once.
    pub(super) at_once: Vec<Job>,
    pub(super) busy: BTreeSet<Which>,
    pub(super) rehearsing: BTreeSet<CallId>,
    pub(super) inviting: BTreeSet<(String, String)>,
    /// Attempts that this session itself has journaled, and so may send.
    pub(super) to_send: BTreeSet<Which>,
    pub(super) asked: BTreeSet<Which>,
    /// Someone said that what waits should be tried now.
    pub(super) impatient: bool,
    pub(super) now: Timestamp,
    jobs: JoinSet<JobDone>,
}

/// Why a run could not be driven on; its journal is as it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DriveError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the playbook of {run} can't be read: {because}")]
    Playbook { run: String, because: String },
    #[error("the journal of {0} does not begin with its start")]
    NoStart(String),
    #[error("{0} has more entries than a run may have")]
    TooLong(String),
    #[error("the driver failed at {0}")]
    Panicked(String),
}

/// The run's state by its journal, and what its first entry brought about if it is the only one.
pub(crate) fn load(world: &World, key: &RunKey) -> Result<(RunState, Vec<News>), DriveError> {
    let entries = world.reader.entries(key)?;
    replay(world, key, &entries)
}

pub(crate) fn replay(
    world: &World,
    key: &RunKey,
    entries: &[Entry],
) -> Result<(RunState, Vec<News>), DriveError> {
    let Some((Entry { at, record: Record::Started(start), .. }, rest)) = entries.split_first()
    else {
        return Err(DriveError::NoStart(key.run.clone()));
    };
    let digest = &start.playbook.digest;
    let program = match world.programs.known(digest) {
        Some(program) => program,
        None => {
            let text = world.reader.playbook(&key.tenant, digest)?;
            let compiled = world.programs.compiled(digest, &text);
            compiled.map_err(|because| DriveError::Playbook { run: key.run.clone(), because })?
        }
    };
    let (mut state, news) =
        RunState::begin(program, start.as_ref().clone(), *at, world.policy.clone());
    for entry in rest {
        state.apply(entry);
    }
    Ok((state, if rest.is_empty() { news } else { Vec::new() }))
}

impl Session {
    /// Loads a run.
    pub(crate) fn open(world: Arc<World>, key: RunKey) -> Result<Self, DriveError> {
        let row = world.reader.run(&key)?;
        let (state, news) = load(&world, &key)?;
        let inherited = inherited(&world, &key, &row)?;
        let now = whole_micros(world.clock.now());
        let mut session = Self {
            world,
            key,
            state,
            row,
            inherited,
            batch: Batch::default(),
            after_commit: Vec::new(),
            at_once: Vec::new(),
            busy: BTreeSet::new(),
            rehearsing: BTreeSet::new(),
            inviting: BTreeSet::new(),
            to_send: BTreeSet::new(),
            asked: BTreeSet::new(),
            impatient: false,
            now,
            jobs: JoinSet::new(),
        };
        if !news.is_empty() || session.state.next_seq == 1 {
            let who = Some(session.state.start.requester.clone());
            let body = started(&session.state);
            session.audit("run.started", who, body, Vec::new());
        }
        session.tell(news);
        session.doubt_what_was_sent();
        Ok(session)
    }

    /// Drives the run until it waits for something.
    ///
    /// # Cancel safety
    /// Dropping it leaves requests to peers without an answer; the next to load the run treats
    /// them as unknown outcomes.
    pub(crate) async fn drive(mut self, woken: &Notify) -> Result<(), DriveError> {
        loop {
            self.now = self.now.max(whole_micros(self.world.clock.now()));
            self.read_inbox()?;
            self.advance()?;
            self.commit().await?;
            if self.jobs.is_empty() {
                return self.park().await;
            }
            self.wait(woken).await;
        }
    }

    /// Attempts that another life of the program sent: nobody here knows their outcome.
    fn doubt_what_was_sent(&mut self) {
        let mut sent = Vec::new();
        for call in self.state.book.calls() {
            if call.act.phase() == Phase::Sent {
                sent.push(Which { call: call.call, of: None });
            }
            let undos = call.undos.iter().filter(|undo| undo.act.phase() == Phase::Sent);
            sent.extend(undos.map(|undo| Which { call: call.call, of: Some(undo.of) }));
        }
        for which in sent {
            let because = "the program stopped before the answer came".to_owned();
            self.record_act(which, ActRecord::Unknown { because });
        }
    }

    /// Everything that can be decided now, until nothing more can.
    fn advance(&mut self) -> Result<(), DriveError> {
        loop {
            let before = self.state.next_seq;
            self.ring_timers();
            self.publish();
            let calls: Vec<CallId> = self.state.book.calls().map(|call| call.call).collect();
            for call in calls {
                self.advance_call(call);
            }
            if self.state.next_seq == before {
                self.impatient = false;
                return Ok(());
            }
            if self.state.next_seq > self.world.limits.entries_of_run {
                return Err(DriveError::TooLong(self.key.run.clone()));
            }
        }
    }

    fn ring_timers(&mut self) {
        let now = self.now;
        let due = self.state.timers.iter().filter(|(_, at)| **at <= now);
        let mut due: Vec<_> = due.map(|(timer, at)| (*at, *timer)).collect();
        due.sort_unstable();
        for (_, timer) in due {
            // An earlier timer may have ended what this one was for.
            if self.state.timers.contains_key(&timer) {
                self.record(Record::Input(Input::Woke { timer }));
            }
        }
    }

    /// Writes an entry down and lets the state follow.
    pub(super) fn record(&mut self, record: Record) {
        let entry = Entry { seq: self.state.next_seq, at: self.now, record };
        let news = self.state.apply(&entry);
        self.batch.entries.push(entry);
        self.tell(news);
    }

    /// Writes an entry of a call (or of the undo that the call does) down.
    pub(super) fn record_act(&mut self, which: Which, record: ActRecord) {
        self.audit_act(which, &record);
        let record = match which.of {
            Some(of) => ActRecord::Undo { of, record: Box::new(record) },
            None => record,
        };
        self.record(Record::Act { call: which.call, record: Box::new(record) });
    }

    pub(super) fn audit(
        &mut self,
        kind: &'static str,
        who: Option<String>,
        body: serde_json::Value,
        texts: Vec<(&'static str, String)>,
    ) {
        let (at, run) = (self.now, Some(self.key.run.clone()));
        self.batch.sides.push(Side::Audit(AuditFact { at, kind, run, who, body, texts }));
    }

    /// What the world must hear of what an entry brought about.
    fn tell(&mut self, news: Vec<News>) {
        for one in news {
            match one {
                News::Listen(listener, filters) => {
                    self.batch.sides.push(Side::Listen(listener, filters));
                }
                News::Unlisten(listener) => {
                    self.batch.sides.push(Side::Unlisten(Some(listener)));
                }
                News::ChildWanted(call) => self.start_child(call),
                News::ChildUnwanted(call) => self.cancel_child(call),
                News::CallUnwanted(call) => self.withdraw_approval(call),
                News::Ended(ending) => self.ended(&ending),
            }
        }
    }

    /// Starts what only reads, commits the batch, and starts the rest once it is on disk.
    async fn commit(&mut self) -> Result<(), JournalError> {
        for job in std::mem::take(&mut self.at_once) {
            self.spawn(job);
        }
        if !self.batch.is_empty() && !self.may_wait() {
            let (batch, key, at) = (std::mem::take(&mut self.batch), self.key.clone(), self.now);
            let journal = &self.world.journal;
            journal
                .write(move |transaction, audit| batch.apply(transaction, audit, &key, at))
                .await?;
        }
        for job in std::mem::take(&mut self.after_commit) {
            self.spawn(job);
        }
        Ok(())
    }

    /// True if the batch may go to disk with the next one: a crash would lose only what is found
    /// again by reading (a plan, a verification, an answer that the machine gets once more), and
    /// nothing is about to be done because of it. Saves a third of the commits of a write.
    fn may_wait(&self) -> bool {
        let found_again = |entry: &Entry| match &entry.record {
            Record::Act { record, .. } => matches!(
                record.as_ref(),
                ActRecord::Began(_) | ActRecord::Planned { .. } | ActRecord::Verified { .. }
            ),
            Record::Input(Input::Done { .. } | Input::Failed { .. }) => true,
            Record::Input(_) | Record::Started(_) => false,
        };
        !self.jobs.is_empty()
            && self.after_commit.is_empty()
            && self.batch.parking.is_none()
            && self.batch.sides.iter().all(|side| matches!(side, Side::Audit(_)))
            && self.batch.entries.iter().all(found_again)
    }

    fn spawn(&mut self, job: Job) {
        self.jobs.spawn(job.run(Arc::clone(&self.world)));
    }

    /// Waits for an answer, a message, or a time.
    async fn wait(&mut self, woken: &Notify) {
        let clock = Arc::clone(&self.world.clock);
        let next = self.next_due();
        let time = async {
            match next {
                Some(at) => clock.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            done = self.jobs.join_next() => {
                if let Some(done) = done {
                    self.now = self.now.max(whole_micros(self.world.clock.now()));
                    self.take(done);
                }
                while let Some(done) = self.jobs.try_join_next() {
                    self.take(done);
                }
            }
            () = woken.notified() => {}
            () = time => {}
        }
    }

    fn take(&mut self, done: Result<JobDone, tokio::task::JoinError>) {
        // A job catches its own panics, and nobody aborts it: it can't fail to join.
        let Ok(JobDone { which, told }) = done else { return };
        match told {
            Told::Record(record) => {
                self.busy.remove(&which);
                self.to_send.remove(&which);
                if self.act(which).is_some_and(|act| !act.phase().is_over()) {
                    self.record_act(which, record);
                }
            }
            Told::Invited { approval, person, trouble } => {
                self.invited(which.call, approval, person, trouble);
            }
            Told::Plan(plan) => {
                self.rehearsing.remove(&which.call);
                self.open_approval(which.call, Some(*plan));
            }
        }
    }

    /// When something is due by itself.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        status::next_due(&self.state, self.now)
    }

    /// Leaves the run as it is: it waits.
    async fn park(mut self) -> Result<(), DriveError> {
        let status = status::of(&self.state, self.now);
        self.batch.parking = Some(Parking {
            due: self.next_due(),
            state: status.word().to_owned(),
            ended: self.state.ending.is_some(),
        });
        Ok(self.commit().await?)
    }
}

fn started(state: &RunState) -> serde_json::Value {
    serde_json::json!({
        "playbook": state.start.playbook,
        "trigger": state.start.trigger,
        "input": kompel_model::PlanHash::of(&state.start.input),
    })
}

/// The approval in force of the nearest run above.
fn inherited(
    world: &World,
    key: &RunKey,
    row: &RunRow,
) -> Result<Option<ApprovalState>, DriveError> {
    let mut above = row.parent.clone();
    for _ in 0..DEEPEST {
        let Some(run) = above else { return Ok(None) };
        let key = RunKey::new(&key.tenant, &run);
        let (state, _) = load(world, &key)?;
        if let Some(approval) = state.book.in_force() {
            return Ok(Some(approval.clone()));
        }
        above = world.reader.run(&key)?.parent;
    }
    Ok(None)
}

/// Kept beside the writer for whoever looks a run up.
pub(crate) fn depth(reader: &Reader, key: &RunKey) -> Result<usize, JournalError> {
    let mut above = reader.run(key)?.parent;
    let mut depth = 0;
    while let Some(run) = above {
        depth += 1;
        if depth > DEEPEST {
            break;
        }
        above = reader.run(&RunKey::new(&key.tenant, &run))?.parent;
    }
    Ok(depth)
}

/// How deep runs may start each other.
pub(super) const DEEPEST: usize = 16;

/// True if the request only reads, so that it may go out before the journal is on disk.
pub(super) fn only_reads(work: &Work) -> bool {
    match work {
        Work::Read | Work::Plan | Work::Look | Work::Verify(_) => true,
        Work::Send => false,
    }
}
