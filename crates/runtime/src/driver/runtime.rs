//! The runtime as the command line and the web see it: start, drive, answer, decide, look.
//!
//! One process drives at a time (it holds the lock beside the database); any other may start runs,
//! answer and decide: what it says lies in the database until the driver takes it in.

use std::{
    fs::File,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use kompel_engine::{
    CallId, Start,
    act::{ApprovalAnswer, Decision, Policy, RehearsedPlan},
    machine::Run,
};
use kompel_model::{TenantId, Timestamp};
use serde_json::Value;
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

use super::{
    Library, Limits, Registry, RunStatus, Scheduler, Source, Story, World, inbox_taken, load,
    programs::Programs,
    scheduler::drive,
    session::{DriveError, replay},
    status, story,
};
use crate::{
    Error,
    approvals::{Notify as Notifier, People, code_hash, rehearse},
    clock::Clock,
    journal::{
        AuditSink, Begun, EventOutcome, Journal, JournalError, Message, MissedTime, NewRun, Once,
        OpenApproval, OpenQuestion, Origin, RunKey, RunRow, create, create_once, post, publish,
        whole_micros,
    },
    key::to_hex,
    schedule::Schedules,
};

/// What a runtime is made of.
pub struct Parts {
    /// The database.
    pub database: PathBuf,
    /// Connectors and connections.
    pub registry: Registry,
    /// The people of each tenant.
    pub people: People,
    /// How people hear that they are asked.
    pub notify: Arc<dyn Notifier>,
    /// Playbooks that others run.
    pub library: Arc<dyn Library>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The audit trail.
    pub audit: Arc<dyn AuditSink>,
    /// How patient to be with peers.
    pub policy: Policy,
    /// How much to do at once.
    pub limits: Limits,
    /// What starts by itself.
    pub schedules: Schedules,
}

/// Work to be started.
#[derive(Debug, Clone)]
pub struct NewWork {
    /// Whose.
    pub tenant: TenantId,
    /// The playbook.
    pub source: Source,
    /// Its input.
    pub input: Value,
    /// Who wants it, by id where they are known.
    pub requester: String,
    /// What starts it ("command line").
    pub trigger: String,
}

/// A person's answer to an approval.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Who.
    pub who: String,
    /// How they show that they are that person.
    pub proof: Proof,
    /// The hash of the plan that they saw; `None` if the channel shows it with the question.
    pub plan_hash: Option<String>,
    /// Through what ("command line", "mail").
    pub through: String,
    /// What they say.
    pub why: String,
}

/// How a person shows who they are.
#[derive(Debug, Clone)]
pub enum Proof {
    /// The one-time code that they got.
    Code(String),
    /// They are logged in as this on the machine, and the configuration says that this is them.
    Login(String),
}

/// What became of a message to a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the run's journal.
    Taken,
    /// It changes nothing; why not. It stands in the audit trail.
    Refused(String),
    /// The driver (another process) has not taken it in yet.
    Pending,
}

/// What can go wrong when the runtime is asked something.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The journal refuses.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The store refuses.
    #[error(transparent)]
    Store(#[from] Error),
    /// The playbook can't be read.
    #[error("the playbook can't be read: {0}")]
    Playbook(String),
    /// Another process drives.
    #[error("another kompel drives this workspace")]
    NotDriver,
    /// The run can't be driven.
    #[error("{0}")]
    Run(String),
}

impl From<DriveError> for RuntimeError {
    fn from(error: DriveError) -> Self {
        match error {
            DriveError::Journal(error) => Self::Journal(error),
            other => Self::Run(other.to_string()),
        }
    }
}

/// Runs: started, driven, answered, looked at.
pub struct Runtime {
    pub(crate) world: Arc<World>,
    scheduler: Mutex<Scheduler>,
    wake: Notify,
    serving: AtomicBool,
    lock: Option<File>,
}

impl Runtime {
    /// Opens the database and takes the lock of the driver, if it is free.
    ///
    /// # Errors
    /// As the database refuses.
    pub fn open(parts: Parts) -> Result<Self, Error> {
        let lock = take_lock(&parts.database)?;
        let journal = Journal::open(&parts.database, parts.audit)?;
        let reader = journal.reader()?;
        parts.registry.peers().open(Arc::clone(&parts.clock), parts.limits.peer);
        let world = Arc::new(World {
            journal,
            reader,
            registry: parts.registry,
            people: parts.people,
            notify: parts.notify,
            library: parts.library,
            clock: parts.clock,
            policy: parts.policy,
            limits: parts.limits,
            programs: Programs::default(),
            schedules: parts.schedules,
        });
        Ok(Self {
            scheduler: Mutex::new(Scheduler::new(Arc::clone(&world))),
            world,
            wake: Notify::new(),
            serving: AtomicBool::new(false),
            lock,
        })
    }

    /// True if this process may drive runs.
    pub fn is_driver(&self) -> bool {
        self.lock.is_some()
    }

    /// The registry that it was opened with.
    pub fn registry(&self) -> &Registry {
        &self.world.registry
    }

    /// Starts a run; it is driven by whoever drives. Gives the run's id.
    ///
    /// # Errors
    /// `Playbook` if it can't be read; the journal's.
    pub async fn start(&self, work: NewWork) -> Result<String, RuntimeError> {
        let run = self.readable(work)?;
        let id = run.start.run.clone();
        self.world.journal.write(move |transaction, _| create(transaction, &run)).await?;
        self.wake.notify_one();
        Ok(id)
    }

    /// Starts a run as [`Runtime::start`] does, unless one under way does the same already
    /// ([`Library::does_already`]): then that one gets a note of who asked again, for what.
    ///
    /// # Errors
    /// As [`Runtime::start`].
    pub async fn start_once(&self, work: NewWork) -> Result<Begun, RuntimeError> {
        let run = NewRun { once: self.world.once(), ..self.readable(work)? };
        let begin = move |transaction: &rusqlite::Transaction<'_>, audit: &dyn AuditSink| {
            create_once(transaction, audit, &run)
        };
        let begun = self.world.journal.write(begin).await?;
        self.wake.notify_one();
        Ok(begun)
    }

    /// A run of this work, if its playbook can be read.
    fn readable(&self, work: NewWork) -> Result<NewRun, RuntimeError> {
        let digest = &work.source.reference.digest;
        self.world.programs.compiled(digest, &work.source.text).map_err(RuntimeError::Playbook)?;
        Ok(self.new_run(work)?)
    }

    pub(crate) fn new_run(&self, work: NewWork) -> Result<NewRun, Error> {
        let mut bytes = [0u8; 16];
        getrandom::fill(&mut bytes).map_err(|error| Error::NoRandomness(error.to_string()))?;
        let seed = bytes[8..].iter().fold(0, |seed, byte| seed << 8 | u64::from(*byte));
        let start = Start {
            run: format!("r-{}", to_hex(&bytes[..8])),
            tenant: work.tenant,
            playbook: work.source.reference,
            input: work.input,
            requester: work.requester,
            trigger: work.trigger,
            seed,
            flags: Vec::new(),
        };
        let at = whole_micros(self.world.clock.now());
        let once = Once::default();
        Ok(NewRun { start, text: work.source.text, parent: None, at, once })
    }

    /// Drives everything that is due until nothing is; gives when something is due next.
    ///
    /// # Errors
    /// `NotDriver` if another process drives; the journal's.
    pub async fn run_until_idle(&self) -> Result<Option<Timestamp>, RuntimeError> {
        self.must_drive()?;
        let mut scheduler = self.scheduler.lock().await;
        loop {
            self.world.schedules.fire(self).await?;
            scheduler.fill()?;
            if scheduler.is_empty() {
                let scheduled = self.world.schedules.next_due(self)?;
                return Ok(scheduler.next_due()?.into_iter().chain(scheduled).min());
            }
            scheduler.one_left().await;
        }
    }

    /// Drives runs, schedules and timers until told to stop; then lets what is under way end.
    ///
    /// # Errors
    /// `NotDriver` if another process drives. Trouble with single runs, or a full disk, is logged
    /// and tried again.
    pub async fn serve(&self, stop: CancellationToken) -> Result<(), RuntimeError> {
        self.must_drive()?;
        self.serving.store(true, Ordering::Relaxed);
        let mut scheduler = self.scheduler.lock().await;
        while !stop.is_cancelled() {
            if let Err(error) = self.turn(&mut scheduler).await {
                tracing::error!(error = %error, "driver.turn_failed");
            }
            self.wait_for_news(&mut scheduler, &stop).await;
        }
        while !scheduler.is_empty() {
            scheduler.one_left().await;
        }
        self.serving.store(false, Ordering::Relaxed);
        Ok(())
    }

    async fn turn(&self, scheduler: &mut Scheduler) -> Result<(), RuntimeError> {
        self.world.schedules.fire(self).await?;
        scheduler.fill()?;
        Ok(())
    }

    async fn wait_for_news(&self, scheduler: &mut Scheduler, stop: &CancellationToken) {
        let idle = scheduler.is_empty();
        tokio::select! {
            _ = scheduler.one_left(), if !idle => {}
            () = self.wake.notified() => {}
            () = tokio::time::sleep(self.world.limits.poll_every) => scheduler.wake_all(),
            () = stop.cancelled() => {}
        }
    }

    fn must_drive(&self) -> Result<(), RuntimeError> {
        if self.is_driver() { Ok(()) } else { Err(RuntimeError::NotDriver) }
    }

    /// A person says yes.
    ///
    /// # Errors
    /// The journal's; a yes that does not count is no error but `Refused`.
    pub async fn approve(
        &self,
        tenant: &TenantId,
        approval: &str,
        answer: Answer,
    ) -> Result<Outcome, RuntimeError> {
        self.answer(tenant, approval, answer, true).await
    }

    /// A person says no.
    ///
    /// # Errors
    /// As [`Runtime::approve`].
    pub async fn reject(
        &self,
        tenant: &TenantId,
        approval: &str,
        answer: Answer,
    ) -> Result<Outcome, RuntimeError> {
        self.answer(tenant, approval, answer, false).await
    }

    async fn answer(
        &self,
        tenant: &TenantId,
        approval: &str,
        answer: Answer,
        yes: bool,
    ) -> Result<Outcome, RuntimeError> {
        let run = self.world.reader.run_of_approval(tenant, approval)?;
        let who = self.world.people.find(tenant, &answer.who).unwrap_or(&answer.who).to_owned();
        let code_hash = match answer.proof {
            Proof::Code(code) => Some(code_hash(&code)),
            Proof::Login(login) => {
                let person = self.world.people.get(tenant, &who);
                let theirs = person.is_some_and(|person| person.logins.contains(&login));
                // A login that is not theirs proves nothing: as good as a forged code.
                if theirs { None } else { Some(String::new()) }
            }
        };
        let answer = ApprovalAnswer {
            who,
            yes,
            code_hash,
            plan_hash: answer.plan_hash,
            through: answer.through,
            why: answer.why,
        };
        let message = Message::Answer { approval: approval.to_owned(), answer };
        self.tell(&RunKey::new(tenant, &run), message).await
    }

    /// A person stops the run.
    ///
    /// # Errors
    /// `NoRun`, and the journal's.
    pub async fn cancel(
        &self,
        tenant: &TenantId,
        run: &str,
        by: &str,
        why: &str,
    ) -> Result<Outcome, RuntimeError> {
        let message = Message::Cancel { by: by.to_owned(), why: why.to_owned() };
        self.tell(&RunKey::new(tenant, run), message).await
    }

    /// What waits for a peer is tried now.
    ///
    /// # Errors
    /// `NoRun`, and the journal's.
    pub async fn resume(
        &self,
        tenant: &TenantId,
        run: &str,
        by: &str,
    ) -> Result<Outcome, RuntimeError> {
        self.tell(&RunKey::new(tenant, run), Message::Resume { by: by.to_owned() }).await
    }

    /// A person says what became of an attempt of which nobody else can tell.
    ///
    /// # Errors
    /// `NoRun`, and the journal's.
    pub async fn decide_open_call(
        &self,
        (tenant, run): (&TenantId, &str),
        (call, of): (CallId, Option<CallId>),
        by: &str,
        decision: Decision,
        why: &str,
    ) -> Result<Outcome, RuntimeError> {
        let (by, why) = (by.to_owned(), why.to_owned());
        let message = Message::Decide { call, of, by, decision, why };
        self.tell(&RunKey::new(tenant, run), message).await
    }

    /// Puts a message into a run's inbox and waits a moment for what becomes of it.
    async fn tell(&self, key: &RunKey, message: Message) -> Result<Outcome, RuntimeError> {
        let (to, at) = (key.clone(), whole_micros(self.world.clock.now()));
        let posted =
            self.world.journal.write(move |transaction, _| post(transaction, &to, at, &message));
        let seq = posted.await?;
        self.wake.notify_one();
        if self.is_driver() && !self.serving.load(Ordering::Relaxed) {
            let _turn = self.scheduler.lock().await;
            drive(Arc::clone(&self.world), key, &Notify::new()).await?;
        }
        for _ in 0..OUTCOME_LOOKS {
            if let Some(outcome) = self.world.reader.outcome(&key.tenant, seq)? {
                return Ok(match outcome.strip_prefix("refused: ") {
                    Some(why) => Outcome::Refused(why.to_owned()),
                    None => {
                        debug_assert_eq!(outcome, inbox_taken);
                        Outcome::Taken
                    }
                });
            }
            tokio::time::sleep(OUTCOME_EVERY).await;
        }
        Ok(Outcome::Pending)
    }

    /// Takes an event in (CloudEvents JSON) and brings it to every run and schedule that waits for
    /// it. An event with a source and id that came before changes nothing; what runs emit has ids
    /// of its own.
    ///
    /// # Errors
    /// `NoEvent` if it lacks what CloudEvents requires, `NotFromOutside` if only runs may say so;
    /// the journal's.
    pub async fn publish(
        &self,
        tenant: &TenantId,
        event: Value,
    ) -> Result<EventOutcome, RuntimeError> {
        crate::events::check(&event)?;
        crate::events::may_come_from_outside(&event)?;
        let (tenant, at) = (tenant.clone(), whole_micros(self.world.clock.now()));
        let started = self.world.started_by(&tenant, (&event, Origin::Outside), at);
        let work = move |transaction: &rusqlite::Transaction<'_>, audit: &dyn AuditSink| {
            publish(transaction, audit, (&tenant, at), (&event, Origin::Outside), &started)
        };
        let outcome = self.world.journal.write(work).await?;
        self.wake.notify_one();
        Ok(outcome)
    }

    /// What a playbook would do with this input; changes nothing.
    ///
    /// # Errors
    /// `Playbook` if it can't be read.
    pub async fn rehearse(&self, work: NewWork) -> Result<RehearsedPlan, RuntimeError> {
        let digest = &work.source.reference.digest;
        let compiled = self.world.programs.compiled(digest, &work.source.text);
        let program = compiled.map_err(RuntimeError::Playbook)?;
        let NewRun { start, at, .. } = self.new_run(work)?;
        let (machine, _) = Run::start(&program, &start, at);
        let run = (&start.tenant, start.run.as_str());
        Ok(rehearse(&self.world, run, &program, machine, None, at).await)
    }

    /// The tenant's runs, the newest first.
    ///
    /// # Errors
    /// The journal's.
    pub fn runs(&self, tenant: &TenantId, most: usize) -> Result<Vec<RunRow>, RuntimeError> {
        Ok(self.world.reader.runs(tenant, most)?)
    }

    /// The tenant's runs of playbooks with this name, the newest first.
    ///
    /// # Errors
    /// The journal's.
    pub fn runs_of(
        &self,
        tenant: &TenantId,
        playbook: &str,
        most: usize,
    ) -> Result<Vec<RunRow>, RuntimeError> {
        Ok(self.world.reader.runs_of(tenant, playbook, most)?)
    }

    /// How a run stands, from its journal.
    ///
    /// # Errors
    /// `NoRun`, and the journal's.
    pub fn status(&self, tenant: &TenantId, run: &str) -> Result<RunStatus, RuntimeError> {
        let (state, _) = load(&self.world, &RunKey::new(tenant, run))?;
        Ok(status::of(&state, self.world.clock.now()))
    }

    /// A run's story, from its journal.
    ///
    /// # Errors
    /// `NoRun`, and the journal's.
    pub fn show(&self, tenant: &TenantId, run: &str) -> Result<Story, RuntimeError> {
        let key = RunKey::new(tenant, run);
        let entries = self.world.reader.entries(&key)?;
        let (state, _) = replay(&self.world, &key, &entries)?;
        let children = self.world.reader.children(&key)?;
        Ok(story::story(&state, &entries, children, self.world.clock.now()))
    }

    /// The tenant's open approvals.
    ///
    /// # Errors
    /// The journal's.
    pub fn approvals(&self, tenant: &TenantId) -> Result<Vec<OpenApproval>, RuntimeError> {
        Ok(self.world.reader.open_approvals(tenant)?)
    }

    /// What people must say because nobody else can tell.
    ///
    /// # Errors
    /// The journal's.
    pub fn questions(&self, tenant: &TenantId) -> Result<Vec<OpenQuestion>, RuntimeError> {
        Ok(self.world.reader.open_questions(tenant)?)
    }

    /// The times since then that schedules missed and nothing made up for, the newest first; at most
    /// a thousand.
    ///
    /// # Errors
    /// The journal's.
    pub fn missed(
        &self,
        tenant: &TenantId,
        since: Timestamp,
    ) -> Result<Vec<MissedTime>, RuntimeError> {
        Ok(self.world.reader.missed(tenant, since)?)
    }

    /// The runs that could not be driven on since this process began, and why.
    pub async fn troubles(&self) -> Vec<(RunKey, String)> {
        if self.serving.load(Ordering::Relaxed) {
            return Vec::new();
        }
        self.scheduler.lock().await.troubles()
    }
}

/// Takes the lock beside the database, if no other process has it.
fn take_lock(database: &std::path::Path) -> Result<Option<File>, Error> {
    let path = database.with_extension("driver.lock");
    let fails = |source| Error::File { path: path.clone(), source };
    let file =
        File::options().create(true).truncate(false).write(true).open(&path).map_err(fails)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(source)) => Err(fails(source)),
    }
}

/// How many times the outcome of a message is looked for.
const OUTCOME_LOOKS: u32 = 200;
const OUTCOME_EVERY: Duration = Duration::from_millis(25);
