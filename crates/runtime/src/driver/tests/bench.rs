//! A workspace on disk, the counting peer, people, a clock that jumps.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use kompel_connect::{Connection, Settings};
use kompel_engine::{PlaybookRef, act::Policy};
use kompel_model::{TenantId, Timestamp};
use serde_json::{Value, json};

use super::peer::{Peer, PeerConnector};
use crate::{
    Answer, AuditFact, AuditSink, Invitation, JournalError, Library, Limits, NewWork, Notify,
    NotifyError, Parts, People, Person, Proof, Registry, RunStatus, Runtime, Schedules, Source,
    clock::{Clock as _, SimulatedClock},
};

/// Everything that outlives a runtime: disk, peer, people's mail, the clock.
pub(super) struct Bench {
    pub(super) folder: tempfile::TempDir,
    pub(super) peer: Arc<Peer>,
    pub(super) clock: SimulatedClock,
    pub(super) mail: Arc<Mail>,
    pub(super) trail: Arc<Trail>,
    pub(super) library: Arc<Shelf>,
    pub(super) limits: Limits,
    pub(super) schedules: Schedules,
}

#[derive(Default)]
pub(super) struct Mail(pub(super) Mutex<Vec<Invitation>>);

#[async_trait]
impl Notify for Mail {
    async fn invite(&self, invitation: &Invitation) -> Result<(), NotifyError> {
        self.0.lock().unwrap().push(invitation.clone());
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct Trail(pub(super) Mutex<Vec<AuditFact>>);

impl AuditSink for Trail {
    fn append(
        &self,
        _: &rusqlite::Transaction<'_>,
        _: &TenantId,
        fact: &AuditFact,
    ) -> Result<(), JournalError> {
        self.0.lock().unwrap().push(fact.clone());
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct Shelf(pub(super) Mutex<BTreeMap<String, Value>>);

impl Library for Shelf {
    fn find(&self, _: &TenantId, namespace: &str, name: &str, _: &str) -> Option<Source> {
        let shelf = self.0.lock().unwrap();
        shelf.get(name).map(|tasks| Source::new(namespace, name, "1.0.0", document(name, tasks)))
    }

    fn does_already(&self, playbook: &PlaybookRef, under_way: &Value, asked: &Value) -> bool {
        let whom = |input: &Value| input[0]["data"]["whom"].as_str().map(str::to_owned);
        playbook.name == "weekly" && whom(asked).is_some() && whom(asked) == whom(under_way)
    }
}

/// A playbook of these tasks, as the file would say it.
pub(super) fn document(name: &str, tasks: &Value) -> String {
    json!({
        "document": {"dsl": "1.0.3", "namespace": "test", "name": name, "version": "1.0.0"},
        "do": tasks,
    })
    .to_string()
}

/// A task that calls an action.
pub(super) fn call(name: &str, action: &str, object: &str, to: u32) -> Value {
    json!({name: {"call": action, "with": {"object": object, "to": to}}})
}

pub(super) fn start_of_tests() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

impl Bench {
    pub(super) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            peer: Arc::default(),
            clock: SimulatedClock::new(start_of_tests()),
            mail: Arc::default(),
            trail: Arc::default(),
            library: Arc::default(),
            limits: Limits::default(),
            schedules: Schedules::default(),
        }
    }

    pub(super) fn open(&self) -> Runtime {
        Runtime::open(self.parts()).unwrap()
    }

    pub(super) fn parts(&self) -> Parts {
        let mut registry = Registry::default();
        let connector = PeerConnector(Arc::clone(&self.peer));
        let mut people = People::default();
        for tenant in ["default", "acme"] {
            let tenant: TenantId = tenant.parse().unwrap();
            let settings = Settings::default();
            let connection = Connection::open(&connector, tenant.clone(), "p", settings).unwrap();
            registry.add_connection("peer", connection);
            for (id, roles, manager) in [
                ("rik", vec![], Some("mia")),
                ("mia", vec!["lead"], None),
                ("an", vec!["security"], None),
                ("bo", vec!["security"], None),
            ] {
                let person = Person {
                    name: id.to_owned(),
                    roles: roles.into_iter().map(str::to_owned).collect(),
                    manager: manager.map(str::to_owned),
                    logins: [format!("{id}-login")].into(),
                    ..Person::default()
                };
                people.add(&tenant, id, person);
            }
        }
        registry.add_connector(Arc::new(connector));
        Parts {
            database: self.folder.path().join("kompel.db"),
            registry,
            people,
            notify: Arc::clone(&self.mail) as Arc<dyn Notify>,
            library: Arc::clone(&self.library) as Arc<dyn Library>,
            clock: Arc::new(self.clock.clone()),
            audit: Arc::clone(&self.trail) as Arc<dyn AuditSink>,
            policy: Policy::default(),
            limits: self.limits.clone(),
            schedules: self.schedules.clone(),
        }
    }

    /// Starts a run of these tasks, wanted by rik.
    pub(super) async fn start(&self, runtime: &Runtime, tasks: &Value) -> String {
        runtime.start(work(tasks)).await.unwrap()
    }

    /// Drives, jumping from one due time to the next, until nothing is due any more.
    pub(super) async fn settle(&self, runtime: &Runtime) {
        for _ in 0..200 {
            match runtime.run_until_idle().await.unwrap() {
                Some(next) => self.clock.advance_to(next),
                None => return,
            }
        }
        panic!("it never comes to rest");
    }

    /// Starts a run and drives it as far as it goes by itself.
    pub(super) async fn run(&self, tasks: &Value) -> (Runtime, String, RunStatus) {
        let runtime = self.open();
        let run = self.start(&runtime, tasks).await;
        self.settle(&runtime).await;
        let status = runtime.status(&TenantId::default(), &run).unwrap();
        (runtime, run, status)
    }

    pub(super) fn later(&self, seconds: i64) {
        self.clock.advance_to(self.clock.now() + chrono::TimeDelta::seconds(seconds));
    }

    /// The newest code that this person got.
    pub(super) fn code(&self, person: &str) -> String {
        let mail = self.mail.0.lock().unwrap();
        mail.iter().rfind(|mail| mail.person == person).unwrap().code.clone()
    }

    /// The newest approval.
    pub(super) fn approval(&self) -> String {
        self.mail.0.lock().unwrap().last().unwrap().approval.clone()
    }

    pub(super) fn audited(&self, kind: &str) -> Vec<AuditFact> {
        let trail = self.trail.0.lock().unwrap();
        trail.iter().filter(|fact| fact.kind == kind).cloned().collect()
    }
}

pub(super) fn work(tasks: &Value) -> NewWork {
    NewWork {
        tenant: TenantId::default(),
        source: Source::new("test", "it", "1.0.0", document("it", tasks)),
        input: json!({}),
        requester: "rik".to_owned(),
        trigger: "test".to_owned(),
    }
}

/// An answer with a code, seen through the command line.
pub(super) fn answer(who: &str, code: &str) -> Answer {
    Answer {
        who: who.to_owned(),
        proof: Proof::Code(code.to_owned()),
        plan_hash: None,
        through: "command line".to_owned(),
        why: String::new(),
    }
}
