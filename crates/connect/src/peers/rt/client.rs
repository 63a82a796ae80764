//! Requests of REST 2, and what its answers mean.

use kompel_model::{Secret, Timestamp};
use mail_parser::decoders::html::html_to_text;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::{
    Connection, Error, ErrorKind,
    http::{Exchange, Http, Method},
    peers::desk::{Said, Word},
};

#[derive(Deserialize)]
struct Config {
    url: Url,
    user: Option<String>,
}

/// A Request Tracker, and how we prove who we are.
pub(super) struct Client {
    http: Http,
    url: Url,
    user: Option<String>,
    secret: Secret,
    now: Timestamp,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    items: Vec<Value>,
    #[serde(default)]
    total: usize,
}

impl Client {
    pub(super) fn open(connection: &Connection, now: Timestamp) -> Result<Self, Error> {
        let Config { url, user } = connection.settings.read()?;
        let property = if user.is_some() { "password" } else { "token" };
        let secret = connection.settings.secret(property)?.clone();
        Ok(Self { http: Http::of(connection)?, url, user, secret, now })
    }

    fn address(&self, steps: &[&str]) -> Result<Url, Error> {
        let mut url = self.url.clone();
        url.path_segments_mut()
            .map_err(|()| Error::new(ErrorKind::Invalid, "setting `url` is no address"))?
            .pop_if_empty()
            .extend(["REST", "2.0"])
            .extend(steps);
        Ok(url)
    }

    fn signed(&self, exchange: Exchange) -> Exchange {
        exchange.with(|request| {
            // RT's usual server drops an idle connection after a second, often just as it is used.
            let request = request.header("connection", "close");
            match &self.user {
                Some(user) => request.basic_auth(user, Some(self.secret.reveal())),
                None => request.header("authorization", format!("token {}", self.secret.reveal())),
            }
        })
    }

    async fn read(&self, steps: &[&str], query: &[(&str, &str)]) -> Result<Value, Error> {
        let mut url = self.address(steps)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let exchange = self.http.read(Method::GET, url.as_str());
        self.signed(exchange).succeed(self.now).await?.json()
    }

    async fn page(&self, steps: &[&str], query: &[(&str, &str)]) -> Result<Page, Error> {
        let value = self.read(steps, query).await?;
        serde_json::from_value(value).map_err(|_| {
            Error::new(ErrorKind::Unexpected, "the answer is not the list that was expected")
        })
    }

    /// How many queues it shows.
    pub(super) async fn queues(&self) -> Result<usize, Error> {
        Ok(self.page(&["queues", "all"], &[("per_page", "1")]).await?.items.len())
    }

    /// Tickets that a TicketSQL text means, oldest first, without their texts.
    pub(super) async fn found(&self, query: &str, most: usize) -> Result<Vec<Value>, Error> {
        let most = most.to_string();
        let query = [
            ("query", query),
            ("fields", "Subject,Status,Created,Queue,Requestor"),
            ("fields[Queue]", "Name"),
            ("orderby", "id"),
            ("order", "ASC"),
            ("per_page", &most),
        ];
        Ok(self.page(&["tickets"], &query).await?.items.iter().map(shown).collect())
    }

    /// One ticket by its number, without its text.
    pub(super) async fn bare(&self, key: &str) -> Result<Value, Error> {
        let id = number(key)?;
        // A search, because it tells the queue's name in the same answer.
        let found = self.found(&format!("id = {id}"), 1).await?;
        found.into_iter().next().ok_or_else(absent)
    }

    /// The first message of a ticket as text.
    pub(super) async fn first_text(&self, key: &str) -> Result<String, Error> {
        let query = [("fields", "ContentType,Content"), ("orderby", "id"), ("per_page", "10")];
        let page = self.page(&["ticket", number(key)?, "attachments"], &query).await?;
        let texts = page.items.iter().filter_map(as_text);
        let mut text = texts.into_iter().find(|text| !text.trim().is_empty()).unwrap_or_default();
        text.truncate(text.floor_char_boundary(MOST_TEXT));
        Ok(text.trim().to_owned())
    }

    /// What was said on a ticket, the newest first. What RT itself sent out about it is left out.
    pub(super) async fn newest_texts(&self, key: &str) -> Result<Said, Error> {
        let per_page = MOST_ATTACHMENTS.to_string();
        let query = [
            ("fields", "ContentType,Content,Created,Creator,TransactionId"),
            ("orderby", "id"),
            ("order", "DESC"),
            ("per_page", &per_page),
        ];
        let page = self.page(&["ticket", number(key)?, "attachments"], &query).await?;
        let all = page.total <= page.items.len();
        let people = page.items.iter().filter(|one| one["Creator"]["id"] != "RT_System");
        let people: Vec<&Value> = people.collect();
        // A message may be there twice: as HTML, and as plain text.
        let messages = people.chunk_by(|one, next| one["TransactionId"] == next["TransactionId"]);
        let word = |message: &[&Value]| {
            let (plain, others): (Vec<&Value>, Vec<&Value>) =
                message.iter().copied().partition(|one| one["ContentType"] == "text/plain");
            let mut texts = plain.into_iter().chain(others).filter_map(as_text);
            let text = texts.find(|text| !text.trim().is_empty())?;
            Some(Word { text, at: message[0]["Created"].as_str().unwrap_or_default().to_owned() })
        };
        Ok(Said { words: messages.filter_map(word).collect(), all })
    }

    /// A ticket's AdminCc.
    pub(super) async fn watchers(&self, key: &str) -> Result<Vec<Watcher>, Error> {
        let id = number(key)?;
        let query = [
            ("query", format!("id = {id}")),
            ("fields", "AdminCc".to_owned()),
            ("fields[AdminCc]", "EmailAddress".to_owned()),
        ];
        let query = query.each_ref().map(|(name, value)| (*name, value.as_str()));
        let page = self.page(&["tickets"], &query).await?;
        let ticket = page.items.first().ok_or_else(absent)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let rows = ticket["AdminCc"].as_array().into_iter().flatten();
        Ok(rows
            .map(|one| Watcher { name: text(&one["id"]), address: text(&one["EmailAddress"]) })
            .collect())
    }

    /// Refused if RT has no user of this name, or shows none.
    pub(super) async fn has_user(&self, name: &str) -> Result<(), Error> {
        match self.read(&["user", name], &[]).await {
            Err(error) if error.kind == ErrorKind::Absent => {
                Err(Error::new(ErrorKind::Absent, "no user of this name, or it may not be seen"))
            }
            read => read.map(drop),
        }
    }

    /// Makes a ticket and gives its number.
    pub(super) async fn make(&self, body: &Value) -> Result<String, Error> {
        let exchange = self.http.write(Method::POST, self.address(&["ticket"])?.as_str());
        let answer =
            self.signed(exchange).with(|request| request.json(body)).succeed(self.now).await?;
        let made: Value = answer.json()?;
        made["id"].as_str().map(str::to_owned).ok_or_else(|| {
            Error::new(ErrorKind::OutcomeUnknown, "the answer does not tell the new ticket")
        })
    }

    pub(super) async fn remark(&self, key: &str, text: &str) -> Result<(), Error> {
        let url = self.address(&["ticket", number(key)?, "comment"])?;
        let body = json!({"Content": text, "ContentType": "text/plain"});
        let exchange = self.signed(self.http.write(Method::POST, url.as_str()));
        exchange.with(|request| request.json(&body)).succeed(self.now).await.map(drop)
    }

    /// RT says 200 to a change that it refuses, so its answer is not looked at: the caller reads
    /// the ticket again.
    pub(super) async fn change(&self, key: &str, body: &Value) -> Result<(), Error> {
        let url = self.address(&["ticket", number(key)?])?;
        let exchange = self.signed(self.http.write(Method::PUT, url.as_str()));
        exchange.with(|request| request.json(body)).succeed(self.now).await.map(drop)
    }
}

/// One of a ticket's AdminCc.
pub(super) struct Watcher {
    /// The user's name in RT, or a group's number.
    pub(super) name: String,
    /// Empty for a group.
    pub(super) address: String,
}

fn absent() -> Error {
    Error::new(ErrorKind::Absent, "no such ticket, or it may not be seen")
}

fn number(key: &str) -> Result<&str, Error> {
    let fits = !key.is_empty() && key.len() < 12 && key.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(key).ok_or_else(|| Error::new(ErrorKind::Invalid, "`key` is a ticket's number"))
}

fn as_text(attachment: &Value) -> Option<String> {
    let content = attachment["Content"].as_str()?;
    match attachment["ContentType"].as_str()? {
        "text/plain" => Some(content.to_owned()),
        "text/html" => Some(html_to_text(content)),
        _ => None,
    }
}

fn shown(ticket: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let id = match &ticket["id"] {
        Value::String(id) => id.clone(),
        other => other.to_string(),
    };
    json!({
        "key": id,
        "subject": text(&ticket["Subject"]),
        "from": text(&ticket["Requestor"][0]["id"]),
        "created": text(&ticket["Created"]),
        "status": text(&ticket["Status"]),
        "queue": text(&ticket["Queue"]["Name"]),
    })
}

const MOST_TEXT: usize = 16 << 10;
const MOST_ATTACHMENTS: usize = 100;
