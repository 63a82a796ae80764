//! Request Tracker, by its interface REST 2: tickets searched, made, commented,
//! watched and closed.
//!
//! *Versions tested*: Request Tracker 5.0.3 (the tests start it).
//!
//! *Permissions*: on the queues concerned SeeQueue, ShowTicket, ShowTicketComments, CreateTicket,
//! CommentOnTicket, ModifyTicket.
//!
//! *Limits*: RT has no request keys. A ticket that a step makes refers to an address of that step
//! (`https://kompel.invalid/step/…`, shown among its links), and a comment ends in `[kompel:…]`; by
//! these a later look finds them. Titles are never looked at.
//!
//! *Reference*: RT 5 documentation, `RT::REST2`.

mod client;
#[cfg(test)]
mod tests;
mod tickets;

use std::sync::Arc;

use async_trait::async_trait;
use kompel_model::Timestamp;
use serde_json::{Value, json};

use self::client::Client;
#[cfg(test)]
pub(super) use self::tests::bench;
use super::desk;
use crate::{Action, Check, CheckState, Connection, Connector, http::HttpSettings};

/// The connector `rt`.
pub(super) fn connector() -> Arc<dyn Connector> {
    Arc::new(RequestTracker)
}

struct RequestTracker;

#[async_trait]
impl Connector for RequestTracker {
    fn name(&self) -> &'static str {
        "rt"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        desk::actions::<Client>()
    }

    fn settings(&self) -> Value {
        let own = json!({
            "url": {
                "type": "string", "pattern": "^https?://",
                "description": "where RT is, without /REST/2.0",
            },
            "token": {"type": "string", "format": "secret", "description": "an RT auth token"},
            "user": {"type": "string", "description": "for basic authentication"},
            "password": {"type": "string", "format": "secret"},
        });
        let mut schema = HttpSettings::schema(&["url"], &own);
        schema["oneOf"] = json!([{"required": ["token"]}, {"required": ["user", "password"]}]);
        schema
    }

    fn limits(&self) -> &'static [&'static str] {
        &[
            "Tried against Request Tracker 5.0.3 with basic authentication; the token is not tried.",
            "A search gives at most 50 tickets, each with the first 16 KiB of its first message.",
            "A ticket that was made can't be taken back; close it with rt.set-status.",
            "A comment of a step is looked for among the ticket's newest 100 attachments; beyond that a person is asked.",
            "Who watches is one of the AdminCc. RT takes their list as a whole: whoever is added by somebody else in the same moment may get lost.",
        ]
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        let read = async { Client::open(connection, Timestamp::UNIX_EPOCH)?.queues().await };
        let state = match read.await {
            Ok(0) => CheckState::Bad("it sees no queue: give it SeeQueue".to_owned()),
            Ok(_) => CheckState::Good,
            Err(error) => CheckState::Bad(error.to_string()),
        };
        vec![Check { what: "see queues".to_owned(), state }]
    }
}
