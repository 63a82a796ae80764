//! How hard each connection is pressed: requests at once, requests a minute, and pauses that the
//! peer asked for.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock},
};

use kompel_connect::{Connection, Error, ErrorKind, RetryAdvice};
use kompel_model::{TenantId, Timestamp};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::clock::Clock;

/// What one connection allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerLimits {
    /// Requests at once.
    pub at_once: usize,
    /// Requests a minute; `None`: as many as it takes.
    pub per_minute: Option<u32>,
}

impl Default for PeerLimits {
    fn default() -> Self {
        Self { at_once: 8, per_minute: None }
    }
}

/// Every connection that was used, with its limits.
#[derive(Default)]
pub(crate) struct Peers {
    all: Mutex<BTreeMap<(TenantId, String), Arc<Peer>>>,
    terms: OnceLock<(Arc<dyn Clock>, PeerLimits)>,
}

/// One connection's limits at work.
pub(crate) struct Peer {
    limits: PeerLimits,
    permits: Semaphore,
    /// The next request may not go out before this.
    next: Mutex<Option<Timestamp>>,
}

impl Peers {
    /// From now on requests wait by this clock for these limits.
    pub(crate) fn open(&self, clock: Arc<dyn Clock>, limits: PeerLimits) {
        // A registry belongs to one runtime; a second one would go by the terms of the first.
        let _ = self.terms.set((clock, limits));
    }

    /// Sends the request when the connection's limits let it pass. Where the peer says "not before",
    /// nothing more goes there before.
    ///
    /// # Errors
    /// The request's.
    pub(crate) async fn send<T>(
        &self,
        connection: &Connection,
        request: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        // Before a runtime is there nothing is driven, and so nothing is pressed.
        let Some((clock, limits)) = self.terms.get() else { return request.await };
        let peer = self.peer(&connection.tenant, &connection.name, *limits);
        let permit = peer.admit(clock.as_ref()).await;
        let answer = request.await;
        drop(permit);
        if let Err(Error { kind: ErrorKind::Limited, retry: RetryAdvice::After(wait), .. }) =
            &answer
            && let Ok(wait) = chrono::TimeDelta::from_std(*wait)
            && let Some(until) = clock.now().checked_add_signed(wait)
        {
            peer.pause(until);
        }
        answer
    }

    fn peer(&self, tenant: &TenantId, name: &str, limits: PeerLimits) -> Arc<Peer> {
        let new = || {
            Arc::new(Peer {
                limits,
                permits: Semaphore::new(limits.at_once.max(1)),
                next: Mutex::new(None),
            })
        };
        let Ok(mut peers) = self.all.lock() else { return new() };
        Arc::clone(peers.entry((tenant.clone(), name.to_owned())).or_insert_with(new))
    }
}

impl Peer {
    /// Waits until a request may go out.
    ///
    /// # Cancel safety
    /// Safe; a place in the rate may be lost.
    pub(crate) async fn admit(&self, clock: &dyn Clock) -> Option<SemaphorePermit<'_>> {
        // Never closed, so this fails never; without a permit the request goes out all the same.
        let permit = self.permits.acquire().await.ok();
        let slot = self.take_slot(clock.now());
        clock.sleep_until(slot).await;
        permit
    }

    fn take_slot(&self, now: Timestamp) -> Timestamp {
        let Ok(mut next) = self.next.lock() else { return now };
        let slot = next.map_or(now, |next| next.max(now));
        if let Some(rate) = self.limits.per_minute {
            let apart = chrono::TimeDelta::milliseconds(60_000 / i64::from(rate.max(1)));
            *next = Some(slot + apart);
        }
        slot
    }

    /// The peer asked for a pause: nothing goes out on this connection before `until`.
    pub(crate) fn pause(&self, until: Timestamp) {
        if let Ok(mut next) = self.next.lock() {
            *next = Some(next.map_or(until, |next| next.max(until)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_spaces_requests_and_a_pause_holds_them_all() {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let limits = PeerLimits { at_once: 1, per_minute: Some(60) };
        let peer = Peers::default().peer(&TenantId::default(), "ad", limits);
        let second = chrono::TimeDelta::seconds(1);
        assert_eq!(peer.take_slot(now), now);
        assert_eq!(peer.take_slot(now), now + second);
        peer.pause(now + second * 30);
        assert_eq!(peer.take_slot(now), now + second * 30);
        assert_eq!(peer.take_slot(now + second * 90), now + second * 90);
    }
}
