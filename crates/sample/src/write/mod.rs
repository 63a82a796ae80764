//! The exports, each exactly as its product writes it.

mod answers;
mod error;
mod jira_csv;
mod jira_json;
mod slack;

pub use error::Error;
pub(crate) use slack::key as slack_key;
