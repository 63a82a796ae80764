//! The registry of formats: one line per reader.

use std::sync::OnceLock;

use kompel_model::{Reading, SourceClass};

use crate::{
    Error, Input, Limits, Options, answers, chats, encoding,
    findings::Findings,
    input::{HEAD, is_workbook},
    logs, tickets,
};

/// Emits the enum, its titles and its dispatch. The order is the order of recognition: formats
/// that are sure of themselves first, the generic table last.
macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident = $($module:ident)::+, $class:ident, $title:literal;)+) => {
        /// A format that Kompel reads.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Format { $($(#[$doc])* $variant,)+ }

        impl Format {
            /// Every format, in order of recognition.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// What people call it.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// What sort of records it holds.
            pub fn class(self) -> SourceClass {
                match self { $(Self::$variant => SourceClass::$class,)+ }
            }

            fn recognises(self, sample: &Sample) -> bool {
                match self { $(Self::$variant => $($module)::+::recognise(sample),)+ }
            }
        }

        /// Reads an input in a format; names are still clear in the reading.
        ///
        /// # Errors
        /// If the input as a whole can't be read; what is wrong inside it is a finding.
        pub fn read(
            format: Format,
            input: &Input,
            options: &Options<'_>,
        ) -> Result<Reading, Error> {
            match format { $(Format::$variant => $($module)::+::read(input, options),)+ }
        }
    };
}

formats! {
    /// Jira's REST API: search results, arrays of issues, JSON lines.
    JiraJson = tickets::jira_json, Tickets, "Jira JSON";
    /// ServiceNow's Table API, in JSON or CSV.
    ServiceNow = tickets::servicenow, Tickets, "ServiceNow";
    /// ManageEngine ServiceDesk Plus v3.
    ManageEngine = tickets::manageengine, Tickets, "ServiceDesk Plus";
    /// Request Tracker REST 2.
    Rt = tickets::rt, Tickets, "Request Tracker";
    /// Jira's CSV export.
    JiraCsv = tickets::jira_csv, Tickets, "Jira CSV";
    /// A Slack export.
    Slack = chats::slack, Chat, "Slack export";
    /// Microsoft Teams messages as Graph returns them.
    Teams = chats::teams, Chat, "Teams messages";
    /// An operations log of the `!log` kind.
    AdminLog = chats::admin_log, Chat, "admin log";
    /// An OCEL 2.0 event log.
    Ocel = logs::ocel, Log, "OCEL 2.0 log";
    /// An XES event log.
    Xes = logs::xes, Log, "XES log";
    /// Answers to the coffee-machine question.
    Answers = answers, Answers, "answers";
    /// Any other table of tickets: CSV or workbook.
    Table = tickets::table, Tickets, "table";
}

/// The format of an input: by content first, then by name; `None` if no reader knows it.
pub fn detect(input: &Input) -> Option<Format> {
    let sample = Sample::of(input)?;
    Format::ALL.iter().copied().find(|format| format.recognises(&sample))
}

/// What formats are recognised by: the names of the files and the beginning of one.
#[derive(Debug, Default)]
pub(crate) struct Sample {
    /// Paths of all files, in order.
    pub(crate) names: Vec<String>,
    /// The file that `head` is of: the first that looks like data.
    pub(crate) name: String,
    /// Its first bytes, unpacked.
    pub(crate) head: Vec<u8>,
    /// The same as text; empty if it is a workbook.
    pub(crate) text: String,
    header: OnceLock<Vec<String>>,
}

impl Sample {
    /// Looks at an input; `None` if there is nothing to read.
    pub(crate) fn of(input: &Input) -> Option<Self> {
        let limits = Limits::default();
        let mut unused = Findings::new(input.name());
        let parts = input.parts(&limits, &mut unused).ok()?;
        let rank = |name: &str| {
            let name = name.to_lowercase();
            let name = name.strip_suffix(".gz").unwrap_or(&name);
            let known = [".csv", ".json", ".jsonl", ".xlsx", ".tsv", ".xes", ".md", ".txt"];
            known.iter().position(|ending| name.ends_with(ending)).unwrap_or(known.len())
        };
        let first = parts.iter().min_by_key(|part| rank(&part.name))?;
        let head = first.head(HEAD).ok()?;
        let mut sample = Self {
            names: parts.iter().map(|part| part.name.clone()).collect(),
            name: first.name.clone(),
            ..Self::default()
        };
        if !is_workbook(&head) {
            let encoding = encoding::of_head(&head);
            sample.text = encoding.decode_with_bom_removal(&head).0.into_owned();
        }
        sample.head = head;
        Some(sample)
    }

    /// True if it begins as a JSON object or array does.
    pub(crate) fn is_json(&self) -> bool {
        self.text.trim_start().starts_with(['{', '['])
    }

    /// True if it is JSON and holds all these keys somewhere in its beginning.
    pub(crate) fn has_keys(&self, keys: &[&str]) -> bool {
        self.is_json() && keys.iter().all(|key| self.text.contains(&format!("\"{key}\"")))
    }

    /// True if it is a workbook (XLSX, XLSB, XLS, ODS).
    pub(crate) fn is_workbook(&self) -> bool {
        is_workbook(&self.head)
    }

    /// The header row of a CSV, trimmed and in lower case; empty if it is no CSV.
    pub(crate) fn header(&self) -> &[String] {
        self.header.get_or_init(|| {
            let is_text = !self.text.is_empty() && !self.text.contains('\0');
            if !is_text || self.is_json() || self.text.trim_start().starts_with('<') {
                return Vec::new();
            }
            tickets::rows::header_of(&self.text)
        })
    }

    /// True if the CSV's header holds all these columns (in lower case).
    pub(crate) fn has_columns(&self, columns: &[&str]) -> bool {
        columns.iter().all(|column| self.header().iter().any(|header| header == column))
    }
}
