//! SCIM 2.0: any software service that lets its accounts be managed by this standard. One
//! connection in the configuration adds one service; no code.
//!
//! *Versions tested*: scim2-server 0.8 (the tests start it).
//!
//! *Permissions*: a token (or user and password, or an OAuth 2 client) that may read and write
//! Users, and Groups where groups are used.
//!
//! *Limits*: what a service does with an inactive account (sessions, tokens) is its own affair:
//! SCIM says no word about sessions. Services that know no PATCH get a PUT of the whole resource,
//! with `If-Match` where they give an ETag. Groups that a service shows without their members are
//! not seen. At most 50,000 resources are read.
//!
//! *Reference*: RFC 7643, 7644.

mod client;
mod groups;
#[cfg(test)]
mod tests;
mod users;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};

#[cfg(test)]
pub(super) use self::tests::bench;
use self::{
    client::{Client, Resources},
    users::Activity,
};
use crate::{
    Action, Check, CheckState, Connection, Connector,
    desired::{Reader, Toward},
    http::HttpSettings,
};

/// The connector `scim`.
pub(super) fn connector() -> Arc<dyn Connector> {
    Arc::new(Scim)
}

struct Scim;

#[async_trait]
impl Connector for Scim {
    fn name(&self) -> &'static str {
        "scim"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![
            Arc::new(Reader(users::FindUser)),
            Arc::new(Reader(users::ListUsers)),
            Arc::new(Toward(Activity::Deactivate)),
            Arc::new(Toward(Activity::Activate)),
            Arc::new(Toward(users::Create)),
            Arc::new(Toward(users::Delete)),
            Arc::new(Toward(groups::Leave)),
            Arc::new(Toward(groups::Join)),
        ]
    }

    fn settings(&self) -> Value {
        let own = json!({
            "url": {
                "type": "string", "pattern": "^https?://",
                "description": "the service's SCIM address, with its version (…/scim/v2)",
            },
            "token": {"type": "string", "format": "secret", "description": "bearer token"},
            "user": {"type": "string", "description": "for basic authentication"},
            "password": {"type": "string", "format": "secret"},
            "token_url": {"type": "string", "description": "for OAuth 2 client credentials"},
            "client_id": {"type": "string"},
            "client_secret": {"type": "string", "format": "secret"},
            "scope": {"type": "string", "default": ""},
        });
        let mut schema = HttpSettings::schema(&["url"], &own);
        schema["oneOf"] = json!([
            {"required": ["token"]},
            {"required": ["user", "password"]},
            {"required": ["token_url", "client_id", "client_secret"]},
        ]);
        schema
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        let read = async {
            let client = Client::of(connection, kompel_model::Timestamp::UNIX_EPOCH).await?;
            client.first_page(Resources::Users).await
        };
        let what = "read accounts".to_owned();
        let state = match read.await {
            Ok(()) => CheckState::Good,
            Err(error) => CheckState::Bad(error.to_string()),
        };
        vec![Check { what, state }]
    }
}
