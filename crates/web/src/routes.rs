//! The routes, and who may use them.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderMap, header},
    routing::{get, post},
};
use kompel_model::{Secret, TenantId};
use kompel_runtime::Runtime;
use sha2::{Digest as _, Sha256};

use crate::{
    events,
    leavers::{Desk, Reception, routes},
};

/// Who may bring events: a bearer token for each tenant that takes any.
#[derive(Default)]
pub struct Gate(BTreeMap<TenantId, [u8; 32]>);

impl Gate {
    /// Lets whoever has this token bring events for this tenant.
    pub fn open_for(&mut self, tenant: TenantId, token: &Secret) {
        self.0.insert(tenant, digest(token.reveal()));
    }

    /// True if the request may bring events for this tenant. Digests are compared, so that the time
    /// it takes tells nothing of the token; an unknown tenant is refused like a wrong token.
    pub(crate) fn admits(&self, tenant: &TenantId, headers: &HeaderMap) -> bool {
        let given = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        match (self.0.get(tenant), given) {
            (Some(known), Some(given)) => digest(given) == *known,
            _ => false,
        }
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// What the handlers share.
pub(crate) struct Shared {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) gate: Gate,
}

/// Everything that is served: `GET /healthz`, `POST /events/{tenant}`, the form at
/// `/leavers/{tenant}`.
pub fn router(runtime: Arc<Runtime>, gate: Gate, reception: Arc<dyn Reception>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/events/{tenant}", post(events::take))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(Arc::new(Shared { runtime, gate }))
        .merge(routes(Desk::new(reception)))
}

const MOST_BYTES: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_tenants_own_token_opens_the_gate() {
        let mut gate = Gate::default();
        let acme: TenantId = "acme".parse().unwrap();
        gate.open_for(acme.clone(), &Secret::new("a long token".to_owned()));
        let headers = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            headers
        };
        for (tenant, value, admitted) in [
            ("acme", "Bearer a long token", true),
            ("acme", "Bearer a long tokem", false),
            ("acme", "a long token", false),
            ("other", "Bearer a long token", false),
        ] {
            let tenant = tenant.parse().unwrap();
            assert_eq!(gate.admits(&tenant, &headers(value)), admitted, "{value}");
        }
        assert!(!gate.admits(&acme, &HeaderMap::new()));
    }
}
