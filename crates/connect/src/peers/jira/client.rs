//! Requests of REST 3 and 2, and what their answers mean.

use chrono::{DateTime, SecondsFormat};
use kompel_model::{Secret, Timestamp};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use url::Url;

use super::text;
use crate::{
    Connection, Error, ErrorKind,
    http::{Answer, Exchange, Http, Method},
    peers::desk::{Said, Word},
};

#[derive(Deserialize)]
struct Config {
    url: Url,
    #[serde(default)]
    api: Api,
    user: Option<String>,
    #[serde(default = "usual_type")]
    issue_type: String,
}

fn usual_type() -> String {
    "Task".to_owned()
}

/// Which interface it speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(super) enum Api {
    /// REST 3.
    #[default]
    #[serde(rename = "3")]
    Cloud,
    /// REST 2.
    #[serde(rename = "2")]
    DataCenter,
}

/// A Jira, and how we prove who we are.
pub(super) struct Client {
    http: Http,
    url: Url,
    api: Api,
    user: Option<String>,
    token: Secret,
    now: Timestamp,
    issue_type: String,
}

impl Client {
    pub(super) fn open(connection: &Connection, now: Timestamp) -> Result<Self, Error> {
        let Config { url, api, user, issue_type } = connection.settings.read()?;
        let token = connection.settings.secret("token")?.clone();
        Ok(Self { http: Http::of(connection)?, url, api, user, token, now, issue_type })
    }

    pub(super) fn api(&self) -> Api {
        self.api
    }

    fn address(&self, steps: &[&str]) -> Result<Url, Error> {
        let version = match self.api {
            Api::Cloud => "3",
            Api::DataCenter => "2",
        };
        let mut url = self.url.clone();
        url.path_segments_mut()
            .map_err(|()| Error::new(ErrorKind::Invalid, "setting `url` is no address"))?
            .pop_if_empty()
            .extend(["rest", "api", version])
            .extend(steps);
        Ok(url)
    }

    async fn sent(&self, exchange: Exchange) -> Result<Answer, Error> {
        let signed = exchange.with(|request| match &self.user {
            Some(user) => request.basic_auth(user, Some(self.token.reveal())),
            None => request.bearer_auth(self.token.reveal()),
        });
        let answer = signed.send().await?;
        match answer.succeeded() {
            true => Ok(answer),
            false => Err(refusal(&answer, self.now)),
        }
    }

    /// Reads something.
    pub(super) async fn read_as<T: DeserializeOwned>(
        &self,
        steps: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, Error> {
        let mut url = self.address(steps)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let answer = self.sent(self.http.read(Method::GET, url.as_str())).await?;
        // With wrong credentials Jira may go on as if nobody had logged in and see nothing.
        if let Some(said) = answer.header("x-seraph-loginreason")
            && (said.contains("AUTHENTICATED_FAILED") || said.contains("AUTHENTICATION_DENIED"))
        {
            return Err(Error::new(ErrorKind::Denied, "the credentials were refused"));
        }
        answer.json()
    }

    async fn write(&self, steps: &[&str], body: &Value) -> Result<Answer, Error> {
        let url = self.address(steps)?;
        let exchange = self.http.write(Method::POST, url.as_str());
        self.sent(exchange.with(|request| request.json(body))).await
    }

    /// Which of these permissions it has: in a project, or in any.
    pub(super) async fn allowed(
        &self,
        project: Option<&str>,
        permissions: &[&str],
    ) -> Result<Vec<bool>, Error> {
        let names = permissions.join(",");
        let mut query = vec![("permissions", names.as_str())];
        query.extend(project.map(|key| ("projectKey", key)));
        let answer: Value = self.read_as(&["mypermissions"], &query).await?;
        let has = |name: &&str| answer["permissions"][*name]["havePermission"] == true;
        Ok(permissions.iter().map(has).collect())
    }

    /// A project's own key, if an issue can be made there.
    pub(super) async fn project(&self, queue: &str) -> Result<String, Error> {
        let fits = queue.len() <= 255
            && queue.starts_with(|first: char| first.is_ascii_alphabetic())
            && queue.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !fits {
            return Err(Error::new(ErrorKind::Invalid, "`queue` is a project's key"));
        }
        let project: Value =
            self.read_as(&["project", queue], &[]).await.map_err(|error| match error.kind {
                ErrorKind::Absent => {
                    Error::new(ErrorKind::Absent, "no such project, or it may not be seen")
                }
                _ => error,
            })?;
        let key = project["key"].as_str().unwrap_or(queue).to_owned();
        let types = project["issueTypes"].as_array();
        let named = |one: &Value| one["name"] == self.issue_type.as_str() && one["subtask"] != true;
        if !types.is_some_and(|types| types.iter().any(named)) {
            let detail = format!(
                "the project has no issue type {:?}: see setting `issue_type`",
                self.issue_type
            );
            return Err(Error::new(ErrorKind::Invalid, detail));
        }
        if self.allowed(Some(&key), &["CREATE_ISSUES"]).await? != [true] {
            return Err(Error::new(ErrorKind::Denied, "no permission CREATE_ISSUES there"));
        }
        Ok(key)
    }

    /// Tickets that a JQL text means, oldest first unless it says otherwise.
    pub(super) async fn found(&self, query: &str, most: usize) -> Result<Vec<Value>, Error> {
        let ordered = query.to_ascii_lowercase().contains("order by");
        let jql = match ordered {
            true => query.to_owned(),
            false => format!("{query} ORDER BY created ASC"),
        };
        let found = self.issues(&jql, FIELDS, most).await.map_err(|error| match error.kind {
            ErrorKind::Invalid => {
                let detail = format!("{}: is the query JQL, and bounded?", error.detail);
                Error { detail, ..error }
            }
            _ => error,
        })?;
        Ok(found.iter().map(shown).collect())
    }

    /// One ticket by its key, with its text.
    pub(super) async fn shown(&self, key: &str) -> Result<Value, Error> {
        self.issue(key, FIELDS).await.map(|issue| shown(&issue))
    }

    /// One issue by its key, with these fields, as Jira words it.
    pub(super) async fn issue(&self, key: &str, fields: &str) -> Result<Value, Error> {
        let query = [("fields", fields)];
        self.read_as(&["issue", checked(key)?], &query).await.map_err(|error| match error.kind {
            ErrorKind::Absent => {
                Error::new(ErrorKind::Absent, "no such ticket, or it may not be seen")
            }
            _ => error,
        })
    }

    /// Makes an issue and gives its key.
    pub(super) async fn make(
        &self,
        project: &str,
        label: &str,
        subject: &str,
        description: &str,
    ) -> Result<String, Error> {
        let body = json!({"fields": {
            "project": {"key": project},
            "issuetype": {"name": self.issue_type},
            "summary": subject,
            "description": self.as_text(description),
            "labels": [label],
        }});
        let made: Value = self.write(&["issue"], &body).await?.json()?;
        made["key"].as_str().map(str::to_owned).ok_or_else(|| {
            Error::new(ErrorKind::OutcomeUnknown, "the answer does not tell the new issue")
        })
    }

    pub(super) async fn remark(&self, key: &str, text: &str) -> Result<(), Error> {
        let body = json!({
            "body": self.as_text(text),
            "properties": [{"key": "sd.public.comment", "value": {"internal": true}}],
        });
        self.write(&["issue", checked(key)?, "comment"], &body).await.map(drop)
    }

    /// What was said on an issue, the newest first.
    pub(super) async fn newest_texts(&self, key: &str) -> Result<Said, Error> {
        let most = MOST_COMMENTS.to_string();
        let query = [("orderBy", "-created"), ("maxResults", most.as_str())];
        let steps = ["issue", checked(key)?, "comment"];
        let page: Comments = self.read_as(&steps, &query).await?;
        let all = page.total <= page.comments.len();
        // A mark is short and at the end; a text that is longer than is read here is not ours.
        let word = |one: &Value| Word {
            text: text::plain(&one["body"], MOST_COMMENT),
            at: moment(one["created"].as_str().unwrap_or_default()),
        };
        Ok(Said { words: page.comments.iter().map(word).collect(), all })
    }

    /// The id (Cloud) or name (Data Center) of the one person that this means.
    pub(super) async fn person(&self, who: &str) -> Result<String, Error> {
        if !who.contains('@') {
            return Ok(who.to_owned());
        }
        let (asked, told) = match self.api {
            Api::Cloud => ("query", "accountId"),
            Api::DataCenter => ("username", "name"),
        };
        let query = [(asked, who), ("maxResults", "10")];
        let mut found: Vec<Value> = self.read_as(&["user", "search"], &query).await?;
        // Cloud hides addresses of people who want that; they are found by them all the same.
        let other = |one: &Value| {
            one["emailAddress"].as_str().is_some_and(|mail| !mail.eq_ignore_ascii_case(who))
        };
        found.retain(|one| one["active"] == true && !other(one));
        match found.as_slice() {
            [only] => only[told].as_str().map(str::to_owned).ok_or_else(|| {
                Error::new(ErrorKind::Unexpected, "the answer does not tell who it is")
            }),
            [] => Err(Error::new(ErrorKind::Absent, "nobody has this address, or may be seen")),
            _ => Err(Error::new(ErrorKind::Invalid, "several people may have this address")),
        }
    }

    /// Who watches an issue, by id (Cloud) or name (Data Center).
    pub(super) async fn watchers(&self, key: &str) -> Result<Vec<String>, Error> {
        let answer: Value = self.read_as(&["issue", checked(key)?, "watchers"], &[]).await?;
        let told = match self.api {
            Api::Cloud => "accountId",
            Api::DataCenter => "name",
        };
        let rows = answer["watchers"].as_array().into_iter().flatten();
        Ok(rows.filter_map(|one| one[told].as_str()).map(str::to_owned).collect())
    }

    pub(super) async fn add_watcher(&self, key: &str, who: &str) -> Result<(), Error> {
        self.write(&["issue", checked(key)?, "watchers"], &who.into()).await.map(drop)
    }

    pub(super) async fn remove_watcher(&self, key: &str, who: &str) -> Result<(), Error> {
        let name = match self.api {
            Api::Cloud => "accountId",
            Api::DataCenter => "username",
        };
        let mut url = self.address(&["issue", checked(key)?, "watchers"])?;
        url.query_pairs_mut().append_pair(name, who);
        self.sent(self.http.write(Method::DELETE, url.as_str())).await.map(drop)
    }

    /// The transitions that are open to an issue now.
    pub(super) async fn transitions(&self, key: &str) -> Result<Vec<Value>, Error> {
        let query = [("expand", "transitions.fields")];
        let steps = ["issue", checked(key)?, "transitions"];
        let answer: Value = self.read_as(&steps, &query).await?;
        Ok(answer["transitions"].as_array().cloned().unwrap_or_default())
    }

    pub(super) async fn transition(&self, key: &str, id: &str) -> Result<(), Error> {
        let body = json!({"transition": {"id": id}});
        self.write(&["issue", checked(key)?, "transitions"], &body).await.map(drop)
    }

    fn as_text(&self, text: &str) -> Value {
        match self.api {
            Api::Cloud => text::document(text),
            Api::DataCenter => text::wiki(text).into(),
        }
    }
}

#[derive(Deserialize)]
struct Comments {
    #[serde(default)]
    comments: Vec<Value>,
    #[serde(default)]
    total: usize,
}

/// What a status that is not 2xx means. Jira names the fields that it refuses; only those names are
/// told, never its words, which may quote what was in them.
fn refusal(answer: &Answer, now: Timestamp) -> Error {
    let mut error = answer.refusal(now);
    let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let is_name = |name: &&String| {
        name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let fields: Vec<&str> = said["errors"]
        .as_object()
        .into_iter()
        .flat_map(|errors| errors.keys())
        .filter(is_name)
        .take(20)
        .map(String::as_str)
        .collect();
    if !fields.is_empty() {
        error.detail = format!("{}; refused: {}", error.detail, fields.join(", "));
    }
    error
}

fn checked(key: &str) -> Result<&str, Error> {
    let fits = key.rsplit_once('-').is_some_and(|(project, number)| {
        project.starts_with(|first: char| first.is_ascii_alphabetic())
            && project.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && (1..=12).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    let wrong = || Error::new(ErrorKind::Invalid, "`key` is an issue's key, as HR-12");
    (fits && key.len() <= 64).then_some(key).ok_or_else(wrong)
}

fn shown(issue: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let fields = &issue["fields"];
    let reporter = &fields["reporter"];
    // Cloud hides addresses of people who want that.
    let from = reporter["emailAddress"].as_str().or(reporter["displayName"].as_str());
    json!({
        "key": text(&issue["key"]),
        "subject": text(&fields["summary"]),
        "text": text::plain(&fields["description"], MOST_TEXT),
        "from": from.unwrap_or_default(),
        "created": moment(&text(&fields["created"])),
        "status": text(&fields["status"]["name"]),
        "queue": text(&fields["project"]["key"]),
    })
}

/// A moment as Jira writes it (`…+0200`), in UTC and in the usual form.
fn moment(text: &str) -> String {
    match DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z") {
        Ok(at) => at.to_utc().to_rfc3339_opts(SecondsFormat::Secs, true),
        Err(_) => text.to_owned(),
    }
}

const FIELDS: &str = "summary,description,status,created,reporter,project";
const MOST_TEXT: usize = 16 << 10;
const MOST_COMMENT: usize = 512 << 10;
const MOST_COMMENTS: usize = 100;
