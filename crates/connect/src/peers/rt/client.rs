//! Requests of REST 2, and what its answers mean.

use kompel_model::{Secret, Timestamp};
use mail_parser::decoders::html::html_to_text;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::{
    Connection, Error, ErrorKind,
    http::{Exchange, Http, Method},
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
    pub(super) fn of(connection: &Connection, now: Timestamp) -> Result<Self, Error> {
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
    pub(super) async fn search(&self, query: &str, most: usize) -> Result<Vec<Value>, Error> {
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
    pub(super) async fn ticket(&self, key: &str) -> Result<Value, Error> {
        let id = number(key)?;
        // A search, because it tells the queue's name in the same answer.
        let found = self.search(&format!("id = {id}"), 1).await?;
        let absent = || Error::new(ErrorKind::Absent, "no such ticket, or it may not be seen");
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

    /// Whether one of the newest attachments holds this; and whether those were all.
    pub(super) async fn comment_with(&self, key: &str, mark: &str) -> Result<Found, Error> {
        let per_page = MOST_ATTACHMENTS.to_string();
        let query = [
            ("fields", "ContentType,Content"),
            ("orderby", "id"),
            ("order", "DESC"),
            ("per_page", &per_page),
        ];
        let page = self.page(&["ticket", number(key)?, "attachments"], &query).await?;
        let there = page.items.iter().filter_map(as_text).any(|text| text.contains(mark));
        Ok(match there {
            true => Found::There,
            false if page.total > page.items.len() => Found::NotAmongNewest,
            false => Found::Nowhere,
        })
    }

    /// Makes a ticket and gives its number.
    pub(super) async fn create(&self, body: &Value) -> Result<String, Error> {
        let exchange = self.http.write(Method::POST, self.address(&["ticket"])?.as_str());
        let answer =
            self.signed(exchange).with(|request| request.json(body)).succeed(self.now).await?;
        let made: Value = answer.json()?;
        made["id"].as_str().map(str::to_owned).ok_or_else(|| {
            Error::new(ErrorKind::OutcomeUnknown, "the answer does not tell the new ticket")
        })
    }

    pub(super) async fn comment(&self, key: &str, text: &str) -> Result<(), Error> {
        let url = self.address(&["ticket", number(key)?, "comment"])?;
        let body = json!({"Content": text, "ContentType": "text/plain"});
        let exchange = self.signed(self.http.write(Method::POST, url.as_str()));
        exchange.with(|request| request.json(&body)).succeed(self.now).await.map(drop)
    }

    /// RT says 200 to a change that it refuses, so its answer is not looked at: the caller reads
    /// the ticket again.
    pub(super) async fn set_status(&self, key: &str, status: &str) -> Result<(), Error> {
        let url = self.address(&["ticket", number(key)?])?;
        let exchange = self.signed(self.http.write(Method::PUT, url.as_str()));
        let body = json!({"Status": status});
        exchange.with(|request| request.json(&body)).succeed(self.now).await.map(drop)
    }
}

/// Where a mark was found.
pub(super) enum Found {
    There,
    Nowhere,
    NotAmongNewest,
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
