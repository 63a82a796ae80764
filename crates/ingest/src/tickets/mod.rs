//! Readers of tickets: one file per format, and what they share.
//!
//! `rows` gives the rows of a table, `headers` knows what columns are called, `sheet` makes a
//! ticket of a row, `history` one ticket of many rows, `desk` keeps tickets and findings.

mod desk;
mod headers;
mod history;
pub(crate) mod jira_csv;
pub(crate) mod jira_json;
mod json;
pub(crate) mod manageengine;
pub(crate) mod proposal;
pub(crate) mod rows;
pub(crate) mod rt;
pub(crate) mod servicenow;
mod sheet;
pub(crate) mod table;
