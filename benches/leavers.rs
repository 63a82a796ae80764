//! How long leavers take: from the yes to the last account blocked and the last session cut, and a
//! crowd of them at once against what every peer allows. Prints it; decides nothing.
//!
//! `cargo run --release -p kompel-tests --example leavers -- [systems] [latency ms] [leavers] [peer's
//! requests a minute]`
//!
//! Real: the runtime, its clock, journal and audit trail on disk, the playbooks as they are shipped,
//! the limits that `kompel.toml` sets where it says nothing. Simulated: the peers, one request an
//! action, all equally slow; what a real server makes of a request is not measured here. 200 leavers
//! take the better part of an hour, by the limits.

// The world is the tests'; not all of it is used here.
#[path = "../tests/it/leaving/throng.rs"]
mod throng;
#[path = "../tests/it/leaving/world.rs"]
#[expect(clippy::unwrap_used, dead_code, reason = "it is the tests'")]
mod world;

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, ensure};
use kompel_runtime::{
    Limits, PeerLimits, RunRow, Runtime, TrailSink,
    clock::{RealClock, Stopwatch},
    secrets::Scrubber,
};
use tokio_util::sync::CancellationToken;

use throng::{Book, Gauge, Manners, Means, approve, open, populated, systems, tenant};
use world::World;

struct Wanted {
    systems: usize,
    manners: Manners,
    leavers: usize,
}

fn wanted() -> anyhow::Result<Wanted> {
    let given: Vec<u64> = std::env::args()
        .skip(1)
        .map(|text| text.parse().with_context(|| format!("{text} is no number")))
        .collect::<anyhow::Result<_>>()?;
    let number = |at: usize, usual: u64| given.get(at).copied().unwrap_or(usual);
    let manners = Manners {
        latency: Duration::from_millis(number(1, 500)),
        at_once: 8,
        per_minute: usize::try_from(number(3, 300))?,
    };
    Ok(Wanted {
        systems: usize::try_from(number(0, 20))?,
        manners,
        leavers: usize::try_from(number(2, 200))?,
    })
}

/// As `kompel.toml` sets them by default: `[tenant.….limits]`.
fn limits() -> Limits {
    let peer = PeerLimits { at_once: 4, per_minute: Some(240) };
    Limits { peer, ..Limits::default() }
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example that prints figures")]
async fn main() -> anyhow::Result<()> {
    let Wanted { systems, manners, leavers } = wanted()?;
    let limits = limits();
    println!(
        "{systems} systems; each answers after {} ms, takes {} requests at once and {} a minute",
        manners.latency.as_millis(),
        manners.at_once,
        manners.per_minute
    );
    println!(
        "Kompel sends each {} at once and {} a minute, and has {} runs of a tenant in memory",
        limits.peer.at_once,
        limits.peer.per_minute.unwrap_or_default(),
        limits.runs_of_tenant
    );
    for book in [Book::EmergencyBlock, Book::Offboarding] {
        let figures = measured(book, systems, manners, 1).await?;
        println!("one leaver, {}: {}", book.name(), figures.says());
    }
    let book = Book::Offboarding;
    let figures = measured(book, systems, manners, leavers).await?;
    println!("{leavers} leavers at once, {}: {}", book.name(), figures.says());
    for line in &figures.peers {
        println!("  {line}");
    }
    Ok(())
}

struct Figures {
    asked: Duration,
    blocked: Option<Duration>,
    ended: Duration,
    completed: usize,
    of: usize,
    open: usize,
    peers: Vec<String>,
}

impl Figures {
    fn says(&self) -> String {
        let blocked = self.blocked.map_or("never".to_owned(), seconds);
        format!(
            "planned and asked after {}; from the yes: all blocked and cut {blocked}, all ended {}; \
             {} of {} completed, {} accounts open",
            seconds(self.asked),
            seconds(self.ended),
            self.completed,
            self.of,
            self.open
        )
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

async fn measured(
    book: Book,
    count: usize,
    manners: Manners,
    leavers: usize,
) -> anyhow::Result<Figures> {
    let folder = tempfile::tempdir()?;
    let connections = systems(count);
    let world = populated(&connections, leavers);
    let gauge = Gauge::new(manners, Arc::new(RealClock));
    let means = Means {
        clock: Arc::new(RealClock),
        audit: Arc::new(TrailSink::new(Scrubber::new([]))),
        limits: limits(),
    };
    let runtime = open(folder.path(), means, (&world, &gauge), &connections);
    let runtime = Arc::new(runtime);
    let stop = CancellationToken::new();
    let serving = tokio::spawn({
        let (runtime, stop) = (Arc::clone(&runtime), stop.clone());
        async move { runtime.serve(stop).await }
    });
    let mut figures = driven(&runtime, &world, (book, leavers)).await?;
    stop.cancel();
    serving.await??;
    figures.peers = gauge
        .got()
        .into_iter()
        .map(|(name, got)| {
            format!(
                "{name}: {} requests, at most {} at once and {} in a minute, {} answered 429",
                got.requests, got.most_at_once, got.most_in_a_minute, got.refused
            )
        })
        .collect();
    Ok(figures)
}

/// Starts them all, waits until all are asked, says yes to all at once, and waits for the end.
async fn driven(
    runtime: &Arc<Runtime>,
    world: &World,
    (book, leavers): (Book, usize),
) -> anyhow::Result<Figures> {
    let watch = Stopwatch::start();
    for person in 0..leavers {
        runtime.start(book.work(person)).await?;
    }
    while runtime.approvals(&tenant())?.len() < leavers {
        let ended = rows(runtime, leavers)?.iter().filter(|row| row.ended.is_some()).count();
        ensure!(ended == 0, "{ended} runs ended without asking");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let asked = watch.elapsed();

    let watch = Stopwatch::start();
    let answers: Vec<_> = runtime
        .approvals(&tenant())?
        .into_iter()
        .map(|approval| {
            let runtime = Arc::clone(runtime);
            tokio::spawn(async move { approve(&runtime, &approval).await })
        })
        .collect();
    let mut blocked = None;
    let (mut others, mut completed) = (0, 0);
    while completed + others < leavers {
        if blocked.is_none() && !world.seen().values().any(|it| it.enabled || it.sessions > 0) {
            blocked = Some(watch.elapsed());
        }
        let rows = rows(runtime, leavers)?;
        completed = rows.iter().filter(|row| row.state == "completed").count();
        others = rows.iter().filter(|row| row.ended.is_some() && row.state != "completed").count();
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let ended = watch.elapsed();
    for answer in answers {
        answer.await?;
    }
    let open = world.seen().values().filter(|it| still_open(it, book)).count();
    Ok(Figures { asked, blocked, ended, completed, of: leavers, open, peers: Vec::new() })
}

/// An emergency block leaves groups and licences as they are.
fn still_open(account: &world::Account, book: Book) -> bool {
    match book {
        Book::Offboarding => account.is_open(),
        Book::EmergencyBlock => account.enabled || account.sessions > 0,
    }
}

fn rows(runtime: &Runtime, leavers: usize) -> anyhow::Result<Vec<RunRow>> {
    Ok(runtime.runs(&tenant(), leavers + 1)?)
}

/// Finer than what is measured.
const LOOK_EVERY: Duration = Duration::from_millis(50);
