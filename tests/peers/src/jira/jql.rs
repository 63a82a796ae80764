//! The little JQL that the stub understands.

use super::{Issue, Jira};

/// What a JQL text asks for, of the few that are understood.
#[derive(Default)]
pub(super) struct Wanted {
    label: Option<String>,
    key: Option<String>,
    status: Option<String>,
    project: Option<String>,
    pub(super) newest_first: bool,
}

impl Wanted {
    pub(super) fn of(jql: &str) -> Option<Self> {
        let mut wanted = Self::default();
        let (terms, order) = jql.split_once(" ORDER BY ").unwrap_or((jql, "created ASC"));
        wanted.newest_first = match order {
            "created ASC" | "key ASC" => false,
            "created DESC" | "key DESC" => true,
            _ => return None,
        };
        for term in terms.split(" AND ") {
            let (field, value) = term.split_once(" = ")?;
            let value = Some(value.trim_matches('"').to_owned());
            match field {
                "labels" => wanted.label = value,
                "key" => wanted.key = value,
                "status" => wanted.status = value,
                "project" => wanted.project = value,
                _ => return None,
            }
        }
        Some(wanted)
    }

    pub(super) fn fits(&self, issue: &Issue) -> bool {
        self.label.as_ref().is_none_or(|label| issue.labels.contains(label))
            && self.key.as_ref().is_none_or(|key| *key == format!("HR-{}", issue.number))
            && self.status.as_ref().is_none_or(|status| status == issue.status)
            && self.project.as_ref().is_none_or(|project| project == Jira::PROJECT)
    }
}
