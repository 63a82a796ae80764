//! Searches page by page: Cloud gives a token for the next page, Data Center counts.

use serde::Deserialize;
use serde_json::Value;

use super::client::{Api, Client};
use crate::Error;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    issues: Vec<Value>,
    #[serde(default)]
    next_page_token: Option<String>,
    #[serde(default)]
    total: usize,
}

/// More pages than 50 issues ever fill, unless Jira gives them in crumbs.
const MOST_PAGES: usize = 20;

impl Client {
    /// The first `most` issues that a JQL text means, with these fields, as Jira words them.
    pub(super) async fn issues(
        &self,
        jql: &str,
        fields: &str,
        most: usize,
    ) -> Result<Vec<Value>, Error> {
        let mut found = Vec::new();
        let mut token: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let wanted = (most - found.len()).to_string();
            let start = found.len().to_string();
            let mut query = vec![("jql", jql), ("fields", fields), ("maxResults", &wanted)];
            let steps: &[&str] = match self.api() {
                Api::Cloud => {
                    query.extend(token.as_deref().map(|token| ("nextPageToken", token)));
                    &["search", "jql"]
                }
                Api::DataCenter => {
                    query.push(("startAt", &start));
                    &["search"]
                }
            };
            let page: Page = self.read_as(steps, &query).await?;
            let nothing = page.issues.is_empty();
            found.extend(page.issues);
            token = page.next_page_token;
            let more = match self.api() {
                Api::Cloud => token.is_some(),
                Api::DataCenter => !nothing && found.len() < page.total,
            };
            if !more || found.len() >= most {
                break;
            }
        }
        found.truncate(most);
        Ok(found)
    }
}
