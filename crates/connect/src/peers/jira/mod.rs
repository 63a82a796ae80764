//! Jira, Cloud or Data Center, by its interface REST (3 or 2): tickets searched, made, commented,
//! watched and brought on. Same action names, inputs and outputs as `rt`; `docs/guides/tickets.md` has what
//! differs.
//!
//! *Versions tested*: none. It runs against a stub of our own whose answers are held against
//! Atlassian's description of Cloud's REST 3, and whose header says what that can't prove.
//!
//! *Permissions*: on the projects concerned Browse Projects, Create Issues, Add Comments,
//! Transition Issues, View Voters and Watchers, Manage Watcher List.
//!
//! *Limits*: Jira has no request keys, and Cloud's search shows a new issue seconds to minutes
//! late. An issue that a step makes bears a label `kompel-…` of that step; a later look searches
//! the label and then reads the numbers that follow the newest one that the search knows. A comment
//! ends in `[kompel:…]`. Titles are never looked at.
//!
//! *Reference*: Jira Cloud platform REST API v3; Jira Data Center REST API 2.

mod client;
mod page;
#[cfg(test)]
mod tests;
mod text;
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

/// The connector `jira`.
pub(super) fn connector() -> Arc<dyn Connector> {
    Arc::new(Jira)
}

struct Jira;

#[async_trait]
impl Connector for Jira {
    fn name(&self) -> &'static str {
        "jira"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        desk::actions::<Client>()
    }

    fn settings(&self) -> Value {
        let own = json!({
            "url": {
                "type": "string", "pattern": "^https?://",
                "description": "where Jira is, without /rest",
            },
            "api": {
                "enum": ["3", "2"], "default": "3",
                "description": "3 for Cloud, 2 for Data Center",
            },
            "user": {
                "type": "string",
                "description": "Cloud: the mail address that the token belongs to; left out, the token is a bearer",
            },
            "token": {
                "type": "string", "format": "secret",
                "description": "Cloud: an API token; Data Center: a personal access token",
            },
            "issue_type": {
                "type": "string", "default": "Task",
                "description": "of issues that are made, as the project names it",
            },
        });
        HttpSettings::schema(&["url", "token"], &own)
    }

    fn limits(&self) -> &'static [&'static str] {
        &[
            "Not tried against a Jira: against a stub whose shapes are held against Atlassian's description of REST 3; of Data Center's REST 2 against its documentation only.",
            "A search gives at most 50 tickets, each with the first 16 KiB of its description as text, from at most 20 pages.",
            "The field Labels must be on the project's create screen: by a label kompel-… a later look finds what a step made.",
            "After an unknown outcome the label is searched, and the 25 numbers after the newest known issue are read (until five in a row are absent): Cloud's search shows new issues late.",
            "Fields that a project requires beside summary and description can't be given; the plan does not see that, the creation is then refused with the names of the fields.",
            "A requestor is written as the first line of the description; the reporter is the connection's user.",
            "A comment is marked as internal (sd.public.comment); outside service projects whoever sees the issue sees it.",
            "A status is reached by one transition that asks for no further field, or not at all; its name is as the connection's user sees it.",
            "An issue that was made can't be taken back; close it with jira.set-status.",
            "A comment of a step is looked for among the issue's newest 100 comments; beyond that a person is asked.",
            "To find who is to watch by mail address, the connection's user needs the global permission Browse users and groups.",
        ]
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        let what = |permission: &str| format!("permission {permission} in some project");
        let allowed = async {
            let client = Client::open(connection, Timestamp::UNIX_EPOCH)?;
            client.allowed(None, PERMISSIONS).await
        };
        let allowed = match allowed.await {
            Ok(allowed) => allowed,
            Err(error) => {
                let state = CheckState::Bad(error.to_string());
                return vec![Check { what: "log in to Jira".to_owned(), state }];
            }
        };
        let state = |(number, has): (usize, bool)| match (has, number) {
            (true, _) => CheckState::Good,
            // Nothing works without the first; the others may not be needed.
            (false, 0) => CheckState::Bad("not given: it sees no issue".to_owned()),
            (false, _) => CheckState::Warning("not given".to_owned()),
        };
        let states = allowed.into_iter().enumerate().map(state);
        let checks = PERMISSIONS.iter().zip(states);
        checks.map(|(name, state)| Check { what: what(name), state }).collect()
    }
}

const PERMISSIONS: &[&str] = &[
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "ADD_COMMENTS",
    "TRANSITION_ISSUES",
    "VIEW_VOTERS_AND_WATCHERS",
    "MANAGE_WATCHERS",
];
