//! The clock: the only place where Kompel reads the time.
//!
//! Everything else takes time as an argument, so that the same input gives the same output. What
//! must wait for a time does so through a [`Clock`]: the real one, or a simulated one that jumps.

use std::time::Duration;

use async_trait::async_trait;
use kompel_model::Timestamp;
use tokio::sync::watch;

/// The present moment.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn now() -> Timestamp {
    chrono::Utc::now()
}

/// Tells the time and waits for it.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// Returns once it is `at` or later.
    ///
    /// # Cancel safety
    /// Safe: nothing is lost when it is dropped.
    async fn sleep_until(&self, at: Timestamp);
}

/// The real clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealClock;

#[async_trait]
impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        now()
    }

    async fn sleep_until(&self, at: Timestamp) {
        // In slices, so that a clock that is set forward (or a machine that slept) is noticed.
        while let Ok(left) = (at - now()).to_std()
            && !left.is_zero()
        {
            tokio::time::sleep(left.min(LONGEST_SLICE)).await;
        }
    }
}

const LONGEST_SLICE: Duration = Duration::from_secs(30);

/// A clock that stands still until it is moved; for tests and for playbooks' cases.
#[derive(Debug, Clone)]
pub struct SimulatedClock(watch::Sender<Timestamp>);

impl SimulatedClock {
    /// A clock that shows this time.
    pub fn new(at: Timestamp) -> Self {
        Self(watch::Sender::new(at))
    }

    /// Moves it forward; never backward.
    pub fn advance_to(&self, at: Timestamp) {
        self.0.send_if_modified(|now| {
            let later = at > *now;
            if later {
                *now = at;
            }
            later
        });
    }
}

#[async_trait]
impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    async fn sleep_until(&self, at: Timestamp) {
        let mut watched = self.0.subscribe();
        // The sender lives as long as `self`, so this ends only by the time being reached.
        let _ = watched.wait_for(|now| *now >= at).await;
    }
}

/// Measures how long something takes.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts measuring.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// The time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
