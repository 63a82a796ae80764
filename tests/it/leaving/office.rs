//! The office: a workspace over the world, the playbooks as they are shipped, and people who answer
//! what they are asked.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use kompel_connect::{Connection, Connector, Settings};
use kompel_domains::leavers::{self, Reachable, Systems, Unconnected};
use kompel_engine::{
    CallId,
    act::{Decision, Policy},
    language,
};
use kompel_model::{TenantId, Timestamp};
use kompel_runtime::{
    Answer, AuditFact, AuditSink, JournalError, Library, Limits, NewWork, NoAudit, NobodyListens,
    Parts, People, Person, Proof, Registry, RunStatus, Runtime, RuntimeError, Scheduled, Schedules,
    Source, Story,
    clock::{Clock as _, SimulatedClock},
};
use serde_json::{Value, json};

use super::world::{Simulated, World};

const OFFBOARDING: &str = include_str!("../../../playbooks/offboarding/playbook.yaml");
const RECHECK: &str = include_str!("../../../playbooks/offboarding-recheck/playbook.yaml");
const DELETE: &str = include_str!("../../../playbooks/offboarding-delete/playbook.yaml");

pub(super) struct Office {
    pub(super) runtime: Runtime,
    pub(super) clock: SimulatedClock,
    /// What the approver answers when asked who is meant.
    pub(super) meant: String,
    _folder: Arc<tempfile::TempDir>,
}

/// What a tenant has.
#[derive(Debug, Clone, Default)]
pub(super) struct Site {
    /// Its connections: name and connector.
    pub(super) connections: Vec<(&'static str, &'static str)>,
    /// Its systems that nobody can ask.
    pub(super) unconnected: Vec<&'static str>,
    /// Its `[tenant.acme.leavers]`.
    pub(super) policy: Value,
}

/// A disk that dies: it takes so many commits of the journal, and nothing after them. It gets at the
/// writer's connection by the door of the audit trail, so the commit that begins a run counts first.
pub(super) struct Dies(Arc<AtomicU32>, Arc<AtomicBool>);

impl Dies {
    pub(super) fn after(commits: u32) -> Arc<Self> {
        Arc::new(Self(Arc::new(commits.into()), Arc::default()))
    }

    pub(super) fn is_dead(&self) -> bool {
        self.1.load(Ordering::Relaxed)
    }
}

impl AuditSink for Dies {
    fn append(
        &self,
        transaction: &rusqlite::Transaction<'_>,
        _: &TenantId,
        _: &AuditFact,
    ) -> Result<(), JournalError> {
        let (left, dead) = (Arc::clone(&self.0), Arc::clone(&self.1));
        let refuses = move || {
            let one_less = |left: u32| left.checked_sub(1);
            let took = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less);
            dead.fetch_or(took.is_err(), Ordering::Relaxed);
            took.is_err()
        };
        Ok(transaction.commit_hook(Some(refuses))?)
    }
}

struct Shelf;

impl Library for Shelf {
    fn find(&self, _: &TenantId, _: &str, name: &str, _: &str) -> Option<Source> {
        (name == "offboarding").then(|| source(name, OFFBOARDING))
    }
}

fn source(name: &str, text: &str) -> Source {
    let playbook = language::parse(text, name).unwrap();
    Source::new("kompel", name, &playbook.document.version, text.to_owned())
}

pub(super) fn tenant() -> TenantId {
    "acme".parse().unwrap()
}

impl Office {
    /// An office with these connections (name and connector), and these systems that nobody can ask.
    pub(super) fn open(
        world: &Arc<World>,
        connections: &[(&'static str, &'static str)],
        unconnected: &[&'static str],
    ) -> Self {
        let (connections, unconnected) = (connections.to_vec(), unconnected.to_vec());
        Self::at(world, &Site { connections, unconnected, policy: json!({}) })
    }

    /// An office of this tenant.
    pub(super) fn at(world: &Arc<World>, site: &Site) -> Self {
        let folder = Arc::new(folder());
        let start: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let clock = SimulatedClock::new(start);
        Self::in_folder(&folder, &clock, world, site, Arc::new(NoAudit))
    }

    /// The same over what is in this folder already.
    pub(super) fn in_folder(
        folder: &Arc<tempfile::TempDir>,
        clock: &SimulatedClock,
        world: &Arc<World>,
        site: &Site,
        audit: Arc<dyn AuditSink>,
    ) -> Self {
        let (mut registry, mut systems) = (Registry::default(), Systems::default());
        for (connection, name) in &site.connections {
            let connector: Arc<dyn Connector> =
                Arc::new(Simulated { name, world: Arc::clone(world) });
            registry.add_connector(Arc::clone(&connector));
            let unit = json!({"leavers_ou": "OU=Leavers"});
            let values = if *name == "ad" { unit } else { json!({}) };
            let values = values.as_object().cloned().unwrap();
            let settings = Settings::new(values, Default::default());
            let opened = Connection::open(connector.as_ref(), tenant(), connection, settings);
            let opened = opened.unwrap();
            registry.add_connection(name, Arc::clone(&opened));
            let system = (*connection).to_owned();
            systems.add(&tenant(), Reachable { connector, connection: opened, system });
        }
        for system in &site.unconnected {
            let (system, owner) = ((*system).to_owned(), Some("petra".to_owned()));
            systems.add_unconnected(&tenant(), Unconnected { system, owner });
        }
        let policy = serde_json::from_value(site.policy.clone()).unwrap_or_default();
        systems.set_policy(&tenant(), policy, []);
        registry.add_connector(leavers::connector(Arc::new(systems), Vec::new()));
        let parts = Parts {
            database: folder.path().join("kompel.db"),
            registry,
            people: people(),
            notify: Arc::new(NobodyListens),
            library: Arc::new(Shelf),
            clock: Arc::new(clock.clone()),
            audit,
            policy: Policy::default(),
            limits: Limits::default(),
            schedules: schedules(),
        };
        let runtime = Runtime::open(parts).unwrap();
        let (clock, _folder) = (clock.clone(), Arc::clone(folder));
        Self { runtime, clock, meant: String::new(), _folder }
    }

    /// Starts the offboarding of this person, wanted by HR.
    pub(super) async fn begin(&self, person: Value) -> String {
        self.begin_with(json!({"person": person})).await
    }

    /// Starts an offboarding with this input.
    pub(super) async fn begin_with(&self, input: Value) -> String {
        let work = NewWork {
            tenant: tenant(),
            source: source("offboarding", OFFBOARDING),
            input,
            requester: "hr".to_owned(),
            trigger: "test".to_owned(),
        };
        self.runtime.start(work).await.unwrap()
    }

    /// Offboards, with everybody answering what they are asked; how that run ended.
    pub(super) async fn offboard(&self, person: Value) -> Story {
        let run = self.begin(person).await;
        self.settle(&run).await;
        self.runtime.show(&tenant(), &run).unwrap()
    }

    /// Drives until this run has ended: people answer, time jumps.
    pub(super) async fn settle(&self, run: &str) {
        assert!(self.settle_unless(run, || false).await, "it never ends");
    }

    /// The same, unless this is so between two steps; true if the run has ended.
    pub(super) async fn settle_unless(&self, run: &str, stop: impl Fn() -> bool) -> bool {
        for _ in 0..300 {
            let next = self.drive().await;
            if stop() {
                return false;
            }
            let next = next.unwrap();
            if self.runtime.status(&tenant(), run).unwrap().is_ended() {
                return true;
            }
            let answered = self.answer(run).await;
            if stop() {
                return false;
            }
            if answered {
                continue;
            }
            let Some(next) = next else { panic!("{:?}", self.runtime.status(&tenant(), run)) };
            self.clock.advance_to(next);
        }
        panic!("it never ends: {:?}", self.runtime.status(&tenant(), run));
    }

    /// Drives until nothing is due.
    async fn drive(&self) -> Result<Option<Timestamp>, RuntimeError> {
        self.in_time(self.runtime.run_until_idle()).await
    }

    /// A request that waits for a peer's pause to be over waits by the clock that jumps, so it must
    /// be moved on meanwhile.
    async fn in_time<T>(&self, driving: impl Future<Output = T>) -> T {
        tokio::pin!(driving);
        loop {
            tokio::select! {
                driven = &mut driving => return driven,
                () = tokio::time::sleep(Duration::from_millis(20)) => {
                    self.clock.advance_to(self.clock.now() + chrono::TimeDelta::minutes(10));
                }
            }
        }
    }

    /// Gives an answer to whatever this run asks; false if it asks nothing.
    async fn answer(&self, run: &str) -> bool {
        let tenant = tenant();
        let questions = self.runtime.questions(&tenant).unwrap();
        if let Some(question) = questions.iter().find(|question| question.run == run) {
            let call = (CallId(question.call), None);
            let given = self.runtime.decide_open_call(
                (&tenant, run),
                call,
                "xander",
                Decision::GiveUp,
                "nobody can tell",
            );
            return self.in_time(given).await.is_ok();
        }
        let approvals = self.runtime.approvals(&tenant).unwrap();
        let Some(asked) = approvals.iter().find(|approval| approval.run == run) else {
            return false;
        };
        let who = asked.people[0].clone();
        let why = if asked.question.contains("is meant") { &self.meant } else { "" };
        let answer = Answer {
            proof: Proof::Login(format!("{who}-login")),
            who,
            plan_hash: None,
            through: "test".to_owned(),
            why: why.to_owned(),
        };
        self.in_time(self.runtime.approve(&tenant, &asked.id, answer)).await.is_ok()
    }

    pub(super) fn later(&self, hours: i64) {
        self.clock.advance_to(self.clock.now() + chrono::TimeDelta::hours(hours));
    }
}

/// In memory where the system has such a place: no disk is on trial here, and there are many runs.
pub(super) fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

fn people() -> People {
    let mut people = People::default();
    for (id, role) in [("xander", "offboarding-approver"), ("petra", "owner")] {
        let person = Person {
            name: id.to_owned(),
            roles: [role.to_owned()].into(),
            logins: [format!("{id}-login")].into(),
            ..Person::default()
        };
        people.add(&tenant(), id, person);
    }
    people
}

fn schedules() -> Schedules {
    let mut schedules = Schedules::default();
    for (name, text) in [
        ("offboarding", OFFBOARDING),
        ("offboarding-recheck", RECHECK),
        ("offboarding-delete", DELETE),
    ] {
        let playbook = language::parse(text, name).unwrap();
        let schedule = playbook.schedule.unwrap();
        let zone = chrono_tz::Europe::Brussels;
        schedules.add(Scheduled::new(tenant(), source(name, text), &schedule, zone).unwrap());
    }
    schedules
}

/// True if the run says that everything is closed.
pub(super) fn is_completed(story: &Story) -> bool {
    story.status == RunStatus::Completed
}
