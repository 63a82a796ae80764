//! Readers of tickets: one file per format.

pub(crate) mod jira_csv;
pub(crate) mod jira_json;
pub(crate) mod manageengine;
pub(crate) mod rows;
pub(crate) mod rt;
pub(crate) mod servicenow;
pub(crate) mod table;
