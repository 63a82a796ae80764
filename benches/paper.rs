//! How fast a candidate becomes its A4.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use kompel_ingest::{Format, Input, Options, read, redact::Redactor};
use kompel_mining::{Settings, discover};
use kompel_model::Language;
use kompel_qualify::{Policy, assess, process_map};
use kompel_report::{MapContext, map_pdf};
use kompel_sample::{World, WorldOptions};

/// The first candidate of a small world, set and written as PDF.
fn map(criterion: &mut Criterion) {
    let world = World::generate(&WorldOptions { seed: 3, scale: 0.3, ..WorldOptions::default() });
    let mut csv = Vec::new();
    world.jira_csv(&mut csv).expect("memory takes all");
    let input = Input::file("jira.csv", csv);
    let mut log = read(Format::JiraCsv, &input, &Options::default()).expect("a Jira export").log;
    Redactor::new(&[7; 32]).apply(&mut log);
    let discovery = discover(&log, &Settings::default(), &|_| {});
    let policy = Policy::default();
    let assessment = assess(&discovery, &policy);
    let first = assessment.candidates.first().expect("the sample world holds processes");
    let candidate = discovery.candidates.iter().find(|c| c.id == first.id);
    let map = process_map(candidate.expect("it was judged"), first, &policy);
    let context = MapContext::of(&discovery, None);
    criterion.bench_function("map PDF", |b| {
        b.iter(|| map_pdf(black_box(&map), Language::Nl, &context).expect("a map is one page"));
    });
}

criterion_group!(benches, map);
criterion_main!(benches);
