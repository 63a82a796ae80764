//! What the figures and benches of runs share: a connector that writes nothing, at once, a runtime
//! with the audit trail, and playbooks that call it.

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use kompel_connect::{Action, Call, Check, Connection, Connector, Error, Look, Settings, Verified};
use kompel_engine::act::Policy;
use kompel_model::{ActionEffect, ActionSpec, Plan, PlannedChange, Repeat, TenantId};
use kompel_runtime::{
    Limits, NewWork, NoLibrary, NobodyListens, Parts, People, Registry, Runtime, Schedules, Source,
    TrailSink, clock::RealClock, secrets::Scrubber,
};
use serde_json::{Value, json};

struct Instant;

#[async_trait]
impl Connector for Instant {
    fn name(&self) -> &'static str {
        "instant"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![Arc::new(Write)]
    }

    fn settings(&self) -> Value {
        json!({"type": "object"})
    }

    async fn check(&self, _connection: &Connection) -> Vec<Check> {
        Vec::new()
    }
}

/// A write that takes no time.
struct Write;

#[async_trait]
impl Action for Write {
    fn spec(&self) -> ActionSpec {
        ActionSpec {
            name: "instant.write".parse().expect("a plain name"),
            summary: "Writes nothing, at once".to_owned(),
            effect: ActionEffect::Irreversible,
            repeat: Repeat::Natural,
            permissions: Vec::new(),
            systems: Vec::new(),
            input: json!({}),
            output: json!({}),
        }
    }

    async fn plan(&self, _call: &Call) -> Result<Plan, Error> {
        let change = PlannedChange {
            object: "x".to_owned(),
            property: "value".to_owned(),
            from: Value::Null,
            to: json!(1),
            irreversible: true,
        };
        Ok(Plan { changes: vec![change], ..Plan::default() })
    }

    async fn perform(&self, _call: &Call) -> Result<Value, Error> {
        Ok(json!({}))
    }

    async fn look(&self, _call: &Call) -> Result<Look, Error> {
        Ok(Look::NotDone)
    }

    async fn verify(&self, _call: &Call, _output: &Value) -> Result<Verified, Error> {
        Ok(Verified::Holds(Value::Null))
    }
}

/// A runtime on this database.
pub(crate) fn open(database: &Path) -> anyhow::Result<Runtime> {
    let mut registry = Registry::default();
    registry.add_connector(Arc::new(Instant));
    registry.add_connection(
        "instant",
        Connection::open(&Instant, TenantId::default(), "i", Settings::default())?,
    );
    Ok(Runtime::open(Parts {
        database: database.to_owned(),
        registry,
        people: People::default(),
        notify: Arc::new(NobodyListens),
        library: Arc::new(NoLibrary),
        clock: Arc::new(RealClock),
        audit: Arc::new(TrailSink::new(Scrubber::new([]))),
        policy: Policy::default(),
        limits: Limits { runs_of_tenant: 64, ..Limits::default() },
        schedules: Schedules::default(),
    })?)
}

/// A run of these tasks.
pub(crate) fn work(tasks: &[Value]) -> NewWork {
    let text = json!({
        "document": {"dsl": "1.0.3", "namespace": "t", "name": "figures", "version": "1.0.0"},
        "do": tasks,
    });
    NewWork {
        tenant: TenantId::default(),
        source: Source::new("t", "figures", "1.0.0", text.to_string()),
        input: json!({}),
        requester: "figures".to_owned(),
        trigger: "figures".to_owned(),
    }
}
