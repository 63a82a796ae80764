//! Mail in, by IMAP: a mailbox searched without touching it, messages marked.
//!
//! *Versions tested*: Dovecot 2.3.19 (the tests start it), in the clear on one machine, with TLS and
//! with STARTTLS.
//!
//! *Permissions*: read the mailbox; to mark, also to change flags (RFC 4314: `l`, `r`, `s`, `w`).
//!
//! *Limits*: whoever sends a mail decides what is in it, its sender's address too: `dmarc` tells
//! what the own mail server found about that. A search opens the mailbox read-only and leaves every
//! message unread. Of each message the first 256 KiB are read, of its text 16 KiB are given.
//!
//! *Reference*: RFC 3501, RFC 8601 for `Authentication-Results`.

mod actions;
mod message;
mod session;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use kompel_model::Timestamp;
use serde_json::{Value, json};

#[cfg(test)]
pub(super) use self::tests::bench;
use self::{
    actions::{Mark, Search},
    session::Session,
};
use crate::{
    Action, Check, CheckState, Connection, Connector,
    desired::{Reader, Toward},
};

/// The connector `imap`.
pub(super) fn connector() -> Arc<dyn Connector> {
    Arc::new(Imap)
}

struct Imap;

#[async_trait]
impl Connector for Imap {
    fn name(&self) -> &'static str {
        "imap"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![Arc::new(Reader(Search)), Arc::new(Toward(Mark))]
    }

    fn settings(&self) -> Value {
        json!({
            "type": "object",
            "required": ["host", "username"],
            "oneOf": [
                {"required": ["password"]},
                {"required": ["token_url", "client_id", "client_secret"]},
            ],
            "additionalProperties": false,
            "properties": {
                "host": {"type": "string"},
                "port": {
                    "type": "integer", "minimum": 1, "maximum": 65_535,
                    "description": "993 with tls, else 143",
                },
                "tls": {
                    "enum": ["tls", "starttls", "none"], "default": "tls",
                    "description": "none: only to this machine itself",
                },
                "username": {"type": "string"},
                "password": {"type": "string", "format": "secret"},
                "token_url": {
                    "type": "string", "pattern": "^https?://",
                    "description": "with OAuth 2 instead of a password: where tokens are asked for",
                },
                "client_id": {"type": "string"},
                "client_secret": {"type": "string", "format": "secret"},
                "scope": {
                    "type": "string", "default": "https://outlook.office365.com/.default",
                },
                "authserv": {
                    "type": "string",
                    "description": "the name under which the own mail server writes Authentication-Results; without it, none is believed",
                },
                "ca_file": {
                    "type": "string",
                    "description": "PEM file with certificate authorities to trust beside the machine's own",
                },
                "timeout_s": {"type": "integer", "minimum": 1, "maximum": 600, "default": 30},
            },
        })
    }

    fn limits(&self) -> &'static [&'static str] {
        &[
            "Tried against Dovecot 2.3.19: in the clear on one machine, with TLS and with STARTTLS.",
            "Logs in with a password, or with a token of OAuth 2 (client credentials, XOAUTH2) as Exchange Online wants it; the token was tried with Dovecot, not with Exchange Online.",
            "A search gives at most 50 messages, oldest first, each with the first 16 KiB of its text, made from HTML if need be; of a message 256 KiB are read, attachments not at all.",
            "A sender's address is whatever the sender wrote: rely on it only where `dmarc` is pass.",
            "`since` goes by the day on which the server took the message, as the server counts days.",
            "Among more than 2,000 messages a subject beyond ASCII is not looked for: narrow the search with `since` or `without`.",
            "Names of mailboxes are ASCII.",
            "A message's id is good as long as the mailbox is not rebuilt and the message not moved.",
        ]
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        let read = async {
            let mut session = Session::open(connection, Timestamp::UNIX_EPOCH).await?;
            session.examine("INBOX").await?;
            session.close().await;
            Ok::<(), crate::Error>(())
        };
        let state = match read.await {
            Ok(()) => CheckState::Good,
            Err(error) => CheckState::Bad(error.to_string()),
        };
        vec![Check { what: "log in and open INBOX".to_owned(), state }]
    }
}
