//! How fast exports become candidates: reading, redaction, discovery.

use std::{hint::black_box, path::Path, time::Duration};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use kompel_ingest::{Format, Input, Options, read, redact::Redactor};
use kompel_mining::{Discovery, Settings, discover};
use kompel_model::EventLog;
use kompel_sample::{World, WorldOptions};

const KEY: [u8; 32] = [7; 32];

/// A world's tickets as a Jira export, and how many there are.
fn tickets() -> (u64, Input) {
    let world = World::generate(&WorldOptions { seed: 3, ..WorldOptions::default() });
    let mut csv = Vec::new();
    world.jira_csv(&mut csv).expect("memory takes all");
    (world.ticket_count() as u64, Input::file("jira.csv", csv))
}

fn read_tickets(input: &Input) -> EventLog {
    let mut log = read(Format::JiraCsv, input, &Options::default()).expect("a Jira export").log;
    log.sort();
    log
}

fn found(log: &EventLog, settings: &Settings) -> Discovery {
    discover(log, settings, &|_| {})
}

fn from_bytes_to_candidates(criterion: &mut Criterion) {
    let (count, input) = tickets();
    let log = read_tickets(&input);
    let settings = Settings::default();
    let mut group = criterion.benchmark_group("tickets");
    group.sample_size(10).measurement_time(Duration::from_secs(8));
    group.throughput(Throughput::Elements(count));
    group.bench_function("read Jira CSV", |b| b.iter(|| read_tickets(black_box(&input))));
    group.bench_function("redact", |b| {
        let fresh = || log.clone();
        b.iter_batched_ref(fresh, |log| Redactor::new(&KEY).apply(log), BatchSize::LargeInput);
    });
    let mut redacted = log.clone();
    Redactor::new(&KEY).apply(&mut redacted);
    group.bench_function("discover", |b| b.iter(|| found(black_box(&redacted), &settings)));
    group.finish();
}

/// A real event log; not run without the shared data.
#[expect(clippy::disallowed_methods, reason = "the place of the data is the tester's setting")]
fn event_log(criterion: &mut Criterion) {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var("KOMPEL_SHARED").map_or(beside, Into::into);
    let path = shared.join("data/pm4py-logs/bpic2012.xes.gz");
    let Ok(bytes) = std::fs::read(&path) else {
        return not_run(&path);
    };
    let input = Input::file("bpic2012.xes.gz", bytes);
    let mut group = criterion.benchmark_group("event log");
    group.sample_size(10);
    group.bench_function("read bpic2012.xes.gz", |b| {
        b.iter(|| read(Format::Xes, black_box(&input), &Options::default()).expect("an XES log"));
    });
    group.finish();
}

#[expect(clippy::print_stderr, reason = "who runs the bench should see what did not run")]
fn not_run(path: &Path) {
    eprintln!("not run: {} is absent (KOMPEL_SHARED names the folder above data/)", path.display());
}

criterion_group!(benches, from_bytes_to_candidates, event_log);
criterion_main!(benches);
