//! The kinds of source that records come from.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of source; its text form is the `source` of `kompel candidates --json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// Jira, by CSV export or REST.
    Jira,
    /// ServiceNow, by the Table API or CSV.
    ServiceNow,
    /// ManageEngine ServiceDesk Plus v3.
    ManageEngine,
    /// Request Tracker REST 2.
    Rt,
    /// Any other table of tickets (CSV, XLSX).
    Table,
    /// A Slack export.
    Slack,
    /// Microsoft Teams messages as Graph returns them.
    Teams,
    /// An operations log of the `!log` kind.
    AdminLog,
    /// Answers to the coffee-machine question.
    Survey,
    /// A case of an XES event log.
    Xes,
    /// An object of an OCEL 2.0 event log.
    Ocel,
}

/// What sort of records a source holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceClass {
    /// Tickets.
    Tickets,
    /// Chat messages.
    Chat,
    /// People's answers.
    Answers,
    /// Cases of an event log.
    Log,
}

impl SourceKind {
    /// The text form used in JSON and on screen's machine output.
    pub fn code(self) -> &'static str {
        match self {
            Self::Jira => "jira",
            Self::ServiceNow => "servicenow",
            Self::ManageEngine => "manageengine",
            Self::Rt => "rt",
            Self::Table => "table",
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::AdminLog => "adminlog",
            Self::Survey => "survey",
            Self::Xes => "xes",
            Self::Ocel => "ocel",
        }
    }

    /// The name people know the system by.
    pub fn title(self) -> &'static str {
        match self {
            Self::Jira => "Jira",
            Self::ServiceNow => "ServiceNow",
            Self::ManageEngine => "ServiceDesk Plus",
            Self::Rt => "Request Tracker",
            Self::Table => "Ticket system",
            Self::Slack => "Slack",
            Self::Teams => "Teams",
            Self::AdminLog => "Admin log",
            Self::Survey => "Survey",
            Self::Xes | Self::Ocel => "Event log",
        }
    }

    /// What sort of records the source holds.
    pub fn class(self) -> SourceClass {
        match self {
            Self::Jira | Self::ServiceNow | Self::ManageEngine | Self::Rt | Self::Table => {
                SourceClass::Tickets
            }
            Self::Slack | Self::Teams | Self::AdminLog => SourceClass::Chat,
            Self::Survey => SourceClass::Answers,
            Self::Xes | Self::Ocel => SourceClass::Log,
        }
    }
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
