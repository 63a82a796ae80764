//! The runtime's figures on this machine: durable steps a second, a run's own overhead, and what
//! many waiting runs cost. Prints them; decides nothing.
//!
//! `cargo run --release -p kompel-runtime --example figures -- [runs] [waiting]`

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use kompel_connect::{Action, Call, Check, Connection, Connector, Error, Look, Settings, Verified};
use kompel_engine::act::Policy;
use kompel_model::{ActionEffect, ActionSpec, Plan, PlannedChange, Repeat, TenantId};
use kompel_runtime::{
    Limits, NewWork, NoAudit, NoLibrary, NobodyListens, Parts, People, Registry, Runtime,
    Schedules, Source,
    clock::{RealClock, Stopwatch},
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

fn open(database: &Path) -> anyhow::Result<Runtime> {
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
        audit: Arc::new(NoAudit),
        policy: Policy::default(),
        limits: Limits { runs_of_tenant: 64, ..Limits::default() },
        schedules: Schedules::default(),
    })?)
}

fn work(tasks: &[Value]) -> NewWork {
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

fn writes(count: usize) -> Vec<Value> {
    (0..count)
        .map(|place| {
            let name = format!("step{place}");
            json!({name: {"call": "instant.write", "with": {"x": place}}})
        })
        .collect()
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example that prints figures")]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let runs = arguments.next().transpose()?.unwrap_or(1_000);
    let waiting = arguments.next().transpose()?.unwrap_or(10_000);
    let folder = tempfile::tempdir()?;
    let database = folder.path().join("kompel.db");
    let runtime = open(&database)?;

    let ten = work(&writes(10));
    let mut overheads = Vec::new();
    for _ in 0..100 {
        let watch = Stopwatch::start();
        runtime.start(ten.clone()).await?;
        runtime.run_until_idle().await?;
        overheads.push(watch.elapsed().as_secs_f64() * 1_000.0);
    }
    overheads.sort_by(f64::total_cmp);
    println!("10-step run, alone: p50 {:.1} ms, p99 {:.1} ms", overheads[50], overheads[98]);

    let four = work(&writes(4));
    for _ in 0..runs {
        runtime.start(four.clone()).await?;
    }
    let watch = Stopwatch::start();
    runtime.run_until_idle().await?;
    let steps = (runs * 4) as f64 / watch.elapsed().as_secs_f64();
    println!("{runs} four-step runs: {steps:.0} durable steps a second");

    let wait = work(&[json!({"rest": {"wait": {"hours": 1}}})]);
    let watch = Stopwatch::start();
    for _ in 0..waiting {
        runtime.start(wait.clone()).await?;
    }
    runtime.run_until_idle().await?;
    println!("{waiting} runs brought to waiting in {:.1} s", watch.elapsed().as_secs_f64());
    drop(runtime);
    let watch = Stopwatch::start();
    let runtime = open(&database)?;
    runtime.run_until_idle().await?;
    println!("restart with them: {:.2} s", watch.elapsed().as_secs_f64());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status.lines().filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS"))
    {
        println!("{line}");
    }
    Ok(())
}
