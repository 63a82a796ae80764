//! A folder as a peer system, for tests, demos and drills.
//!
//! Peer: any folder of this machine. Permissions: `read` or `write`, the setting `access`. Limits:
//! texts up to 256 KiB of UTF-8; names without `..`, absolute paths and symbolic links. Between the
//! check for links and the use of a path another program could put one there: give it a folder that
//! nobody else writes to.
//!
//! Its actions are few, but between them they make every kind of promise that the contract knows,
//! so that the runtime can be tried on all of them. With the setting `log` it writes down each
//! thing it was asked to do, before it does it: the witness of the crash test. With `mishap` it
//! goes wrong as told.

mod actions;
mod folder;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::{Action, Check, CheckState, Connection, Connector};

use folder::Folder;

/// The connector.
struct Files;

/// The connector, for the registry.
pub(super) fn connector() -> Arc<dyn Connector> {
    Arc::new(Files)
}

#[cfg(test)]
pub(super) use tests::bench;

#[async_trait]
impl Connector for Files {
    fn name(&self) -> &'static str {
        "files"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![
            Arc::new(actions::Read),
            Arc::new(actions::Write),
            Arc::new(actions::AppendLine),
            Arc::new(actions::Deliver),
            Arc::new(actions::Count),
            Arc::new(actions::Remove),
        ]
    }

    fn settings(&self) -> Value {
        json!({
            "type": "object",
            "required": ["folder"],
            "additionalProperties": false,
            "properties": {
                "folder": {"type": "string", "description": "the folder, which must exist"},
                "access": {"enum": ["read", "write"], "default": "write"},
                "log": {
                    "type": "string",
                    "description": "file outside the folder: one line for each thing it is asked to do",
                },
                "mishap": {
                    "enum": ["gone", "answer-lost"],
                    "description": "for drills: goes wrong in this way",
                },
            },
        })
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        let state = match Folder::of(connection) {
            Ok(folder) if folder.may_write() => CheckState::Good,
            Ok(_) => CheckState::Warning("only reading is allowed".to_owned()),
            Err(error) => CheckState::Bad(error.to_string()),
        };
        vec![Check { what: "the folder".to_owned(), state }]
    }
}
