//! A client's bankruptcy: everybody leaves at once.

use std::{sync::Arc, time::Duration};

use kompel_runtime::{
    Limits, NoAudit, Outcome, PeerLimits,
    clock::{Clock as _, SimulatedClock},
};
use tokio_util::sync::CancellationToken;

use super::{
    office::folder,
    throng::{Book, Gauge, Manners, Means, approve, open, populated, systems, tenant},
    world::Account,
};

const LEAVERS: usize = 200;

/// What `kompel.toml` sets where it says nothing.
const AT_ONCE: usize = 4;
const A_MINUTE: u32 = 240;

#[tokio::test]
async fn two_hundred_leavers_at_once_stay_within_every_peers_limits_and_all_are_closed() {
    let systems = systems(5);
    let world = populated(&systems, LEAVERS);
    let clock = SimulatedClock::new("2026-03-02T09:00:00Z".parse().unwrap());
    // Peers that bear exactly what Kompel is told that they bear.
    let manners = Manners {
        latency: Duration::from_secs(1),
        at_once: AT_ONCE,
        per_minute: A_MINUTE as usize,
    };
    let gauge = Gauge::new(manners, Arc::new(clock.clone()));
    let folder = folder();
    let peer = PeerLimits { at_once: AT_ONCE, per_minute: Some(A_MINUTE) };
    let limits = Limits { peer, ..Limits::default() };
    let means = Means { clock: Arc::new(clock.clone()), audit: Arc::new(NoAudit), limits };
    let runtime = open(folder.path(), means, (&world, &gauge), &systems);
    for person in 0..LEAVERS {
        runtime.start(Book::Offboarding.work(person)).await.unwrap();
    }
    let everybody = async {
        let asked = loop {
            let asked = runtime.approvals(&tenant()).unwrap();
            if asked.len() == LEAVERS {
                break asked;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        };
        let answers = futures::future::join_all(asked.iter().map(|it| approve(&runtime, it)));
        for answer in answers.await {
            assert!(!matches!(answer, Outcome::Refused(_)), "{answer:?}");
        }
        loop {
            let rows = runtime.runs(&tenant(), LEAVERS + 1).unwrap();
            if rows.iter().all(|row| row.ended.is_some()) {
                break rows;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let stop = CancellationToken::new();
    let rows = tokio::select! {
        rows = everybody => rows,
        served = runtime.serve(stop) => panic!("{served:?}"),
        () = passing(&clock) => panic!("it never ends: {:?}", runtime.approvals(&tenant())),
    };
    assert_eq!(rows.len(), LEAVERS);
    for row in &rows {
        assert_eq!(row.state, "completed", "{}", row.id);
    }
    assert!(!world.seen().values().any(Account::is_open));
    let got = gauge.got();
    assert_eq!(got.len(), systems.len());
    // Else nothing was held back, and this shows nothing.
    assert!(got.values().any(|got| got.most_at_once == AT_ONCE), "{got:?}");
    for (name, got) in got {
        assert_eq!(got.refused, 0, "{name}: {got:?}");
        assert!(got.most_at_once <= AT_ONCE, "{name}: {got:?}");
        assert!(got.most_in_a_minute <= A_MINUTE as usize, "{name}: {got:?}");
        assert!(got.requests > A_MINUTE as usize, "{name}: {got:?}");
    }
}

/// Six hours pass in the steps in which requests may go out; whoever a step wakes has had its turn
/// before the next.
async fn passing(clock: &SimulatedClock) {
    let step = chrono::TimeDelta::milliseconds(60_000 / i64::from(A_MINUTE));
    let end = clock.now() + chrono::TimeDelta::hours(6);
    while clock.now() < end {
        tokio::time::sleep(Duration::from_millis(1)).await;
        clock.advance_to(clock.now() + step);
    }
}

const LOOK_EVERY: Duration = Duration::from_millis(50);
