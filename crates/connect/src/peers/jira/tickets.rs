//! Tickets of Jira, as [`crate::peers::desk`] wants them.

use async_trait::async_trait;
use kompel_model::Timestamp;
use serde_json::Value;

use super::client::Client;
use crate::{
    Connection, Error, ErrorKind,
    peers::desk::{Deed, Desk, New, Said, Words},
};

/// The label of what a step makes.
fn label(mark: &str) -> String {
    format!("kompel-{mark}")
}

fn action(deed: Deed) -> (&'static str, &'static str, &'static [&'static str]) {
    match deed {
        Deed::Search => (
            "jira.search",
            "Finds tickets, oldest first, with the text of their description",
            &["BROWSE_PROJECTS"],
        ),
        Deed::Get => {
            ("jira.get", "Reads one ticket with the text of its description", &["BROWSE_PROJECTS"])
        }
        Deed::Create => ("jira.create", "Makes a ticket", &["BROWSE_PROJECTS", "CREATE_ISSUES"]),
        Deed::Comment => (
            "jira.comment",
            "Comments on a ticket, unseen by its requestor in a service project",
            &["BROWSE_PROJECTS", "ADD_COMMENTS"],
        ),
        Deed::Answers => (
            "jira.answers",
            "Reads what was said on a ticket since Kompel last commented on it",
            &["BROWSE_PROJECTS"],
        ),
        Deed::SetStatus => (
            "jira.set-status",
            "Gives a ticket another status, by the transition that leads there",
            &["BROWSE_PROJECTS", "TRANSITION_ISSUES"],
        ),
        Deed::Watch => ("jira.watch", "Makes somebody one of a ticket's watchers", WATCHING),
        Deed::Unwatch => ("jira.unwatch", "Takes somebody from a ticket's watchers", WATCHING),
    }
}

const WATCHING: &[&str] = &["BROWSE_PROJECTS", "VIEW_VOTERS_AND_WATCHERS", "MANAGE_WATCHERS"];

impl Client {
    /// The keys of the issues that the search shows with this label.
    async fn labelled(&self, label: &str) -> Result<Vec<String>, Error> {
        let found = self.issues(&format!("labels = \"{label}\""), "labels", 2).await?;
        Ok(found.iter().map(|issue| key_of(issue).to_owned()).collect())
    }

    /// The key of an issue with this label that the search does not show yet: one that was just
    /// made has one of the next numbers.
    async fn ahead(&self, queue: &str, label: &str) -> Result<Option<String>, Error> {
        let project = self.project(queue).await?;
        let newest = format!("project = \"{project}\" ORDER BY key DESC");
        let newest: u64 = self
            .issues(&newest, "labels", 1)
            .await?
            .first()
            .and_then(|issue| key_of(issue).rsplit_once('-'))
            .and_then(|(_, number)| number.parse().ok())
            .unwrap_or(0);
        let mut absent = 0;
        for number in (1..=MOST_AHEAD).map(|ahead| newest.saturating_add(ahead)) {
            let key = format!("{project}-{number}");
            match self.issue(&key, "labels").await {
                Ok(issue) if bears(&issue, label) => return Ok(Some(key)),
                Ok(_) => absent = 0,
                Err(error) if error.kind == ErrorKind::Absent => absent += 1,
                Err(error) => return Err(error),
            }
            if absent == ABSENT_IN_A_ROW {
                break;
            }
        }
        Ok(None)
    }
}

fn bears(issue: &Value, label: &str) -> bool {
    let labels = issue["fields"]["labels"].as_array();
    labels.is_some_and(|labels| labels.iter().any(|one| one == label))
}

#[async_trait]
impl Desk for Client {
    const WORDS: Words = Words {
        system: "Jira",
        key: "^[A-Za-z][A-Za-z0-9_]*-[0-9]{1,12}$",
        most_text: 32_000,
        action,
        query: "JQL: project = HR AND status = \"To Do\"",
        queue: "the project's key",
        who: "a mail address, an account's id (Cloud) or a user's name (Data Center)",
    };

    fn of(connection: &Connection, now: Timestamp) -> Result<Self, Error> {
        Self::open(connection, now)
    }

    async fn search(&self, query: &str, most: usize) -> Result<Vec<Value>, Error> {
        self.found(query, most).await
    }

    async fn knows(&self, key: &str) -> Result<(), Error> {
        self.issue(key, "summary").await.map(drop)
    }

    async fn ticket(&self, key: &str) -> Result<Value, Error> {
        self.shown(key).await
    }

    async fn place(&self, queue: &str) -> Result<(String, String), Error> {
        let project = self.project(queue).await?;
        let key = format!("{project}-0");
        Ok((project, key))
    }

    async fn create(&self, new: &New, mark: &str) -> Result<String, Error> {
        let project = self.project(&new.queue).await?;
        let text = match &new.requestor {
            Some(requestor) => format!("Requestor: {requestor}\n\n{}", new.text),
            None => new.text.clone(),
        };
        self.make(&project, &label(mark), &new.subject, &text).await
    }

    async fn made(&self, new: &New, mark: &str, known: Option<&str>) -> Result<Vec<String>, Error> {
        let label = label(mark);
        let mut made = self.labelled(&label).await?;
        let unseen = match known {
            Some(key) if made.iter().any(|one| one == key) => None,
            Some(key) => bears(&self.issue(key, "labels").await?, &label).then(|| key.to_owned()),
            None if made.is_empty() => self.ahead(&new.queue, &label).await?,
            None => None,
        };
        made.extend(unseen);
        Ok(made)
    }

    async fn comment(&self, key: &str, text: &str) -> Result<(), Error> {
        self.remark(key, text).await
    }

    async fn said(&self, key: &str) -> Result<Said, Error> {
        self.newest_texts(key).await
    }

    async fn status(&self, key: &str, wanted: &str) -> Result<(String, bool), Error> {
        let issue = self.issue(key, "status").await?;
        let now = issue["fields"]["status"]["name"].as_str().unwrap_or_default();
        let is_so = same(now, wanted);
        if !is_so {
            leading_to(&self.transitions(key).await?, wanted)?;
        }
        Ok((now.to_owned(), is_so))
    }

    async fn set_status(&self, key: &str, status: &str) -> Result<(), Error> {
        let id = leading_to(&self.transitions(key).await?, status)?;
        self.transition(key, &id).await
    }

    async fn watching(&self, key: &str, who: &str) -> Result<(Vec<String>, String), Error> {
        let who = self.person(who).await?;
        Ok((self.watchers(key).await?, who))
    }

    async fn watch(&self, key: &str, who: &str, wanted: bool) -> Result<(), Error> {
        match wanted {
            true => self.add_watcher(key, who).await,
            false => self.remove_watcher(key, who).await,
        }
    }
}

/// The id of the transition that leads to this status and asks for nothing.
fn leading_to(transitions: &[Value], status: &str) -> Result<String, Error> {
    let invalid = |why: String| Err(Error::new(ErrorKind::Invalid, why));
    let mut asked = Vec::new();
    for transition in transitions {
        let leads = transition["to"]["name"].as_str().is_some_and(|name| same(name, status));
        if !leads || transition["isAvailable"] == false {
            continue;
        }
        let fields = transition["fields"].as_object();
        let needed: Vec<&str> = fields
            .into_iter()
            .flatten()
            .filter(|(_, field)| field["required"] == true && field["hasDefaultValue"] != true)
            .map(|(name, _)| name.as_str())
            .collect();
        match transition["id"].as_str() {
            Some(id) if needed.is_empty() => return Ok(id.to_owned()),
            _ => asked.extend(needed),
        }
    }
    match asked.is_empty() {
        true => invalid("no transition leads from the ticket's status to this one".to_owned()),
        false => invalid(format!("the transition asks for {}", asked.join(", "))),
    }
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn key_of(ticket: &Value) -> &str {
    ticket["key"].as_str().unwrap_or_default()
}

/// How many numbers after the newest known issue are read.
const MOST_AHEAD: u64 = 25;
/// Absent numbers in a row after which no later one is expected: numbers are given in order, and
/// only failed creations and deletions leave holes.
const ABSENT_IN_A_ROW: usize = 5;
