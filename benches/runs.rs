//! How fast runs go, journal and audit trail on disk: a ten-step run's own overhead (aim: under
//! 25 ms) and durable steps a second with four-step runs (aim: 1,000 on two cores).

mod instant;

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};
use tokio::runtime::Builder;

use instant::{open, work};

fn runs(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tokio = Builder::new_multi_thread().enable_all().build().expect("threads");
    let _entered = tokio.enter();
    let runtime = open(&folder.path().join("kompel.db")).expect("a new database opens");
    let mut group = criterion.benchmark_group("runs");

    let ten = work(&writes(10));
    group.sample_size(50).measurement_time(Duration::from_secs(8));
    group.bench_function("ten steps, alone", |b| {
        b.to_async(&tokio).iter(|| async {
            runtime.start(black_box(ten.clone())).await.expect("it starts");
            runtime.run_until_idle().await.expect("it ends")
        });
    });

    let four = work(&writes(4));
    group.sample_size(10).measurement_time(Duration::from_secs(15));
    group.throughput(Throughput::Elements(TOGETHER * 4));
    group.bench_function("four steps, many at once", |b| {
        b.to_async(&tokio).iter(|| async {
            for _ in 0..TOGETHER {
                runtime.start(black_box(four.clone())).await.expect("it starts");
            }
            runtime.run_until_idle().await.expect("they end")
        });
    });
    group.finish();
}

/// So many writes, one after the other.
fn writes(count: usize) -> Vec<Value> {
    (0..count)
        .map(|place| {
            let name = format!("step{place}");
            json!({name: {"call": "instant.write", "with": {"x": place}}})
        })
        .collect()
}

const TOGETHER: u64 = 250;

criterion_group!(benches, runs);
criterion_main!(benches);
