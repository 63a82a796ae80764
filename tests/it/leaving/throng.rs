//! Many leavers at once: connectors of the world that take their time, count what they get and refuse
//! what is too much, an office over them, and approvers who say yes to everything at once.
//!
//! Shared with `benches/leavers.rs`.

use std::{
    collections::{BTreeMap, VecDeque},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use kompel_connect::{
    Action, Call, Check, Connection, Connector, Error, ErrorKind, Look, Settings, Verified,
};
use kompel_domains::leavers::{self, Reachable, Systems};
use kompel_engine::{act::Policy, language};
use kompel_model::{ActionEffect, ActionSpec, Plan, Repeat, TenantId, Timestamp};
use kompel_runtime::{
    Answer, AuditSink, Limits, NewWork, NoLibrary, NobodyListens, OpenApproval, Outcome, Parts,
    People, Person, Proof, Registry, Runtime, Schedules, Source, clock::Clock,
};
use serde_json::{Value, json};

use super::world::{Account, Simulated, World};

/// What every peer is like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manners {
    /// How long it takes over an answer.
    pub(super) latency: Duration,
    /// Beyond so many requests at once it refuses.
    pub(super) at_once: usize,
    /// Beyond so many in a minute it refuses, and says when to come back.
    pub(super) per_minute: usize,
}

/// What a peer got.
#[derive(Debug, Clone, Default)]
pub(super) struct Got {
    pub(super) requests: usize,
    pub(super) refused: usize,
    pub(super) most_at_once: usize,
    pub(super) most_in_a_minute: usize,
    at_once: usize,
    lately: VecDeque<Timestamp>,
}

/// All peers' counters, by connection.
pub(super) struct Gauge {
    manners: Manners,
    clock: Arc<dyn Clock>,
    got: Mutex<BTreeMap<String, Got>>,
}

impl Gauge {
    pub(super) fn new(manners: Manners, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { manners, clock, got: Mutex::default() })
    }

    /// What every peer got until now.
    pub(super) fn got(&self) -> BTreeMap<String, Got> {
        self.locked().clone()
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<String, Got>> {
        self.got.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a request: counts it, and answers in time what `answer` answers, or refuses it.
    async fn takes<T>(
        &self,
        connection: &str,
        answer: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let now = self.clock.now();
        let refusal = self.count(connection, now);
        let _left = Left { gauge: self, connection };
        let latency = chrono::TimeDelta::from_std(self.manners.latency).unwrap_or_default();
        self.clock.sleep_until(now + latency).await;
        match refusal {
            Some(refusal) => Err(refusal),
            None => answer.await,
        }
    }

    fn count(&self, connection: &str, now: Timestamp) -> Option<Error> {
        let minute = chrono::TimeDelta::minutes(1);
        let mut all = self.locked();
        let got = all.entry(connection.to_owned()).or_default();
        while got.lately.front().is_some_and(|first| *first <= now - minute) {
            got.lately.pop_front();
        }
        got.lately.push_back(now);
        got.requests += 1;
        got.at_once += 1;
        got.most_at_once = got.most_at_once.max(got.at_once);
        got.most_in_a_minute = got.most_in_a_minute.max(got.lately.len());
        let crowded = got.at_once > self.manners.at_once;
        if !crowded && got.lately.len() <= self.manners.per_minute {
            return None;
        }
        got.refused += 1;
        let free = got.lately.front().map_or(now, |first| *first + minute);
        let seconds = if crowded { 1 } else { (free - now).num_seconds() + 1 };
        let wait = Duration::from_secs(u64::try_from(seconds).unwrap_or(1));
        Some(Error::new(ErrorKind::Limited, "429: too many").with_code(429).retry_after(wait))
    }
}

/// A request that leaves again, answered or given up.
struct Left<'a> {
    gauge: &'a Gauge,
    connection: &'a str,
}

impl Drop for Left<'_> {
    fn drop(&mut self) {
        if let Some(got) = self.gauge.locked().get_mut(self.connection) {
            got.at_once -= 1;
        }
    }
}

/// A connector of the world whose peers are as the gauge says.
struct Gauged {
    inner: Simulated,
    gauge: Arc<Gauge>,
}

struct GaugedAction {
    inner: Arc<dyn Action>,
    gauge: Arc<Gauge>,
}

#[async_trait]
impl Connector for Gauged {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        let gauged = |inner| {
            Arc::new(GaugedAction { inner, gauge: Arc::clone(&self.gauge) }) as Arc<dyn Action>
        };
        self.inner.actions().into_iter().map(gauged).collect()
    }

    fn settings(&self) -> Value {
        self.inner.settings()
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        self.inner.check(connection).await
    }
}

#[async_trait]
impl Action for GaugedAction {
    fn spec(&self) -> ActionSpec {
        self.inner.spec()
    }

    fn effect_of(&self, input: &Value) -> ActionEffect {
        self.inner.effect_of(input)
    }

    fn repeat_of(&self, input: &Value) -> Repeat {
        self.inner.repeat_of(input)
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        self.gauge.takes(&call.connection.name, self.inner.plan(call)).await
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        self.gauge.takes(&call.connection.name, self.inner.perform(call)).await
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        self.gauge.takes(&call.connection.name, self.inner.look(call)).await
    }

    async fn verify(&self, call: &Call, output: &Value) -> Result<Verified, Error> {
        self.gauge.takes(&call.connection.name, self.inner.verify(call, output)).await
    }

    fn undo_input(&self, input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        self.inner.undo_input(input, plan, output)
    }
}

/// So many systems, as a client has them: a directory, Microsoft 365, gateways, and the rest SaaS.
pub(super) fn systems(count: usize) -> Vec<(String, &'static str)> {
    const FIRST: [&str; 9] =
        ["ad", "scim", "ocserv", "radius", "openvpn", "graph", "exchange", "ad", "ocserv"];
    let of = |at: usize| FIRST.get(at).copied().unwrap_or("scim");
    (0..count).map(|at| (format!("{}{at}", of(at)), of(at))).collect()
}

/// Everybody has an account in every system; each system that has sessions has one of theirs.
pub(super) fn populated(systems: &[(String, &'static str)], people: usize) -> Arc<World> {
    let world = Arc::new(World::default());
    for person in 0..people {
        let (login, mail) = (format!("user{person}"), mail(person));
        let name = format!("First{person} Last{person}");
        for (connection, connector) in systems {
            let mut account = Account::new(person, &login, &name, Some(&mail));
            let id = match *connector {
                "ad" => {
                    account.groups = ["Staff".to_owned(), "VPN".to_owned()].into();
                    format!("{connection}-{person}")
                }
                "graph" => {
                    account.login.clone_from(&mail);
                    account.sessions = 1;
                    account.groups = GRAPH_HOLDS.iter().map(|held| (*held).to_owned()).collect();
                    format!("{connection}-{person}")
                }
                "exchange" => {
                    account.enabled = false;
                    account.groups = ["mailbox:user".to_owned()].into();
                    mail.clone()
                }
                "scim" => format!("{connection}-{person}"),
                gateway => {
                    account.sessions = usize::from(gateway != "radius");
                    login.clone()
                }
            };
            world.add(connection, &id, account);
        }
    }
    world
}

const GRAPH_HOLDS: [&str; 7] = [
    "method:phone",
    "group:Staff",
    "role:Reader",
    "application:Wiki",
    "grant:mail",
    "device:laptop",
    "licence:E3",
];

/// Where they have mail.
pub(super) fn mail(person: usize) -> String {
    format!("user{person}@acme.test")
}

/// A tenant.
pub(super) fn tenant() -> TenantId {
    "acme".parse().expect("a tenant's name")
}

/// What an office works with.
pub(super) struct Means {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) audit: Arc<dyn AuditSink>,
    pub(super) limits: Limits,
}

/// A runtime over these systems of this world.
pub(super) fn open(
    folder: &Path,
    means: Means,
    (world, gauge): (&Arc<World>, &Arc<Gauge>),
    connections: &[(String, &'static str)],
) -> Runtime {
    let (mut registry, mut systems) = (Registry::default(), Systems::default());
    for (name, of) in connections {
        let inner = Simulated { name: of, world: Arc::clone(world) };
        let connector: Arc<dyn Connector> = Arc::new(Gauged { inner, gauge: Arc::clone(gauge) });
        registry.add_connector(Arc::clone(&connector));
        let connection = Connection::open(connector.as_ref(), tenant(), name, Settings::default());
        let connection = connection.expect("it wants no settings");
        registry.add_connection(of, Arc::clone(&connection));
        let connector = registry.within_limits(&connector);
        systems.add(&tenant(), Reachable { connector, connection, system: name.clone() });
    }
    registry.add_connector(leavers::connector(Arc::new(systems), Vec::new()));
    let mut people = People::default();
    let xander = Person {
        name: APPROVER.to_owned(),
        roles: ["offboarding-approver".to_owned(), "security".to_owned()].into(),
        logins: [APPROVER.to_owned()].into(),
        ..Person::default()
    };
    people.add(&tenant(), APPROVER, xander);
    let opened = Runtime::open(Parts {
        database: folder.join("kompel.db"),
        registry,
        people,
        notify: Arc::new(NobodyListens),
        library: Arc::new(NoLibrary),
        clock: means.clock,
        audit: means.audit,
        policy: Policy::default(),
        limits: means.limits,
        schedules: Schedules::default(),
    });
    opened.expect("a new database opens")
}

const APPROVER: &str = "xander";

/// A playbook as it is shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Book {
    Offboarding,
    EmergencyBlock,
}

impl Book {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Offboarding => "offboarding",
            Self::EmergencyBlock => "emergency-block",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Offboarding => include_str!("../../../playbooks/offboarding/playbook.yaml"),
            Self::EmergencyBlock => {
                include_str!("../../../playbooks/emergency-block/playbook.yaml")
            }
        }
    }

    /// A run for this person.
    pub(super) fn work(self, person: usize) -> NewWork {
        let (name, text) = (self.name(), self.text());
        let version = language::parse(text, name).expect("it is shipped").document.version;
        NewWork {
            tenant: tenant(),
            source: Source::new("kompel", name, &version, text.to_owned()),
            input: json!({"person": {"mails": [mail(person)]}, "reason": "bankruptcy"}),
            requester: "hr".to_owned(),
            trigger: "throng".to_owned(),
        }
    }
}

/// Says yes.
pub(super) async fn approve(runtime: &Runtime, asked: &OpenApproval) -> Outcome {
    let answer = Answer {
        who: APPROVER.to_owned(),
        proof: Proof::Login(APPROVER.to_owned()),
        plan_hash: None,
        through: "throng".to_owned(),
        why: String::new(),
    };
    runtime.approve(&tenant(), &asked.id, answer).await.expect("the journal takes it")
}
