//! Requests to Graph: objects, lists over pages, batches of reads, changes; what its errors mean.

use kompel_model::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

use super::entra::Entra;
use crate::{
    Connection, Error, ErrorKind, RetryAdvice,
    desired::after_a_part,
    http::{Answer, Method},
};

/// Graph, as the application of a connection.
pub(super) struct Client<'a> {
    entra: Entra<'a>,
    base: Url,
    now: Timestamp,
}

/// A list to read: its path and query.
pub(super) struct Rows<'a> {
    pub(super) path: &'a [&'a str],
    pub(super) query: Vec<(&'a str, String)>,
    /// With `ConsistencyLevel: eventual`, which some filters and every search need.
    pub(super) eventual: bool,
}

/// A header that goes with a read.
type Header = Option<(&'static str, &'static str)>;

impl Rows<'_> {
    fn header(&self) -> Header {
        self.eventual.then_some(("ConsistencyLevel", "eventual"))
    }
}

#[derive(Deserialize)]
struct Config {
    #[serde(default = "graph_url")]
    graph_url: Url,
}

fn graph_url() -> Url {
    Url::parse(GRAPH_URL).expect("a constant that is an address")
}

#[derive(Deserialize)]
struct Page {
    value: Vec<Value>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

impl<'a> Client<'a> {
    pub(super) fn of(connection: &'a Connection, now: Timestamp) -> Result<Self, Error> {
        let Config { graph_url } = connection.settings.read()?;
        let entra = Entra::of(connection, &graph_url, now)?;
        let mut base = graph_url;
        base.path_segments_mut()
            .map_err(|()| Error::new(ErrorKind::Invalid, "setting `graph_url` is no address"))?
            .pop_if_empty()
            .push("v1.0");
        Ok(Self { entra, base, now })
    }

    pub(super) fn entra(&self) -> &Entra<'a> {
        &self.entra
    }

    fn address(&self, path: &[&str], query: &[(&str, String)]) -> Result<Url, Error> {
        // An id that is a relative step would lead elsewhere.
        if path.iter().any(|segment| matches!(*segment, "" | "." | "..")) {
            return Err(Error::new(ErrorKind::Invalid, "an id can't be `.` or empty"));
        }
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Error::new(ErrorKind::Invalid, "setting `graph_url` is no address"))?
            .extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// How an object is named in a reference to it.
    pub(super) fn reference(&self, id: &str) -> Result<String, Error> {
        Ok(self.address(&["directoryObjects", id], &[])?.into())
    }

    async fn read(&self, url: &Url, header: Header) -> Result<Answer, Error> {
        let answer = self.entra.send(|http| {
            http.read(Method::GET, url.as_str()).with(|request| match header {
                Some((name, value)) => request.header(name, value),
                None => request,
            })
        });
        answer.await
    }

    /// One object; `None` if it is not there.
    pub(super) async fn get(&self, path: &[&str], select: &str) -> Result<Option<Value>, Error> {
        let url = self.address(path, &[("$select", select.to_owned())])?;
        let answer = self.read(&url, None).await?;
        if answer.status == 404 && code(&answer.body).is_some() {
            return Ok(None);
        }
        self.sound(&answer)?;
        answer.json().map(Some)
    }

    /// All rows of a list.
    pub(super) async fn list(&self, rows: &Rows<'_>) -> Result<Vec<Value>, Error> {
        let url = self.address(rows.path, &rows.query)?;
        let answer = self.read(&url, rows.header()).await?;
        self.sound(&answer)?;
        self.rest(answer.json()?, rows.header(), |_| true).await
    }

    /// The rows of a list that are to be kept; for lists that may be long. `header` goes with every
    /// page.
    pub(super) async fn list_where(
        &self,
        rows: &Rows<'_>,
        header: (&'static str, &'static str),
        keep: impl Fn(&Value) -> bool + Send,
    ) -> Result<Vec<Value>, Error> {
        let url = self.address(rows.path, &rows.query)?;
        let answer = self.read(&url, Some(header)).await?;
        self.sound(&answer)?;
        self.rest(answer.json()?, Some(header), keep).await
    }

    /// The first page of a list only.
    pub(super) async fn first_page(&self, rows: &Rows<'_>) -> Result<Vec<Value>, Error> {
        let url = self.address(rows.path, &rows.query)?;
        let answer = self.read(&url, rows.header()).await?;
        self.sound(&answer)?;
        Ok(answer.json::<Page>()?.value)
    }

    /// A page and all that follow it, as long as they are on the same service.
    async fn rest(
        &self,
        first: Page,
        header: Header,
        keep: impl Fn(&Value) -> bool + Send,
    ) -> Result<Vec<Value>, Error> {
        let (mut rows, mut next) = (first.value, first.next);
        rows.retain(&keep);
        for _ in 0..MAX_PAGES {
            let Some(link) = next else { return Ok(rows) };
            let link = Url::parse(&link).ok().filter(|link| {
                link.origin() == self.base.origin() && link.path().starts_with(self.base.path())
            });
            let elsewhere = || Error::new(ErrorKind::Unexpected, "the next page is elsewhere");
            let answer = self.read(&link.ok_or_else(elsewhere)?, header).await?;
            self.sound(&answer)?;
            let page: Page = answer.json()?;
            rows.extend(page.value.into_iter().filter(&keep));
            next = page.next;
        }
        Err(Error::new(ErrorKind::Unsupported, format!("a list of more than {MAX_PAGES} pages")))
    }

    /// All rows of each of several lists, asked for in one request.
    ///
    /// # Source
    /// <https://learn.microsoft.com/graph/json-batching>: 20 at most; each is throttled on its own.
    pub(super) async fn batch(&self, lists: &[Rows<'_>]) -> Result<Vec<Vec<Value>>, Error> {
        let mut requests = Vec::new();
        for (id, rows) in lists.iter().enumerate() {
            let url = self.address(rows.path, &rows.query)?;
            let path = url.path().strip_prefix(self.base.path()).unwrap_or_default();
            let url = format!("{path}?{}", url.query().unwrap_or_default());
            let mut request = json!({"id": id.to_string(), "method": "GET", "url": url});
            if rows.eventual {
                request["headers"] = json!({"ConsistencyLevel": "eventual"});
            }
            requests.push(request);
        }
        debug_assert!(requests.len() <= MOST_IN_BATCH, "more than one batch holds");
        let (url, body) = (self.address(&["$batch"], &[])?, json!({"requests": requests}));
        let sent = self
            .entra
            .send(|http| http.read(Method::POST, url.as_str()).with(|request| request.json(&body)));
        let answer = sent.await?;
        self.sound(&answer)?;
        let answers: Batched = answer.json()?;
        let mut all = Vec::new();
        for (id, rows) in lists.iter().enumerate() {
            let id = id.to_string();
            let one = answers.responses.iter().find(|one| one.id == id);
            let absent = || Error::new(ErrorKind::Unexpected, "a batch without one of its answers");
            all.push(self.rest(one.ok_or_else(absent)?.page()?, rows.header(), |_| true).await?);
        }
        Ok(all)
    }

    /// Changes something.
    pub(super) async fn change(
        &self,
        method: Method,
        path: &[&str],
        body: Option<&Value>,
    ) -> Result<(), Error> {
        self.written(method, path, body).await.map(drop)
    }

    /// Makes something; gives its id.
    pub(super) async fn make(&self, path: &[&str], body: &Value) -> Result<String, Error> {
        let answer = self.written(Method::POST, path, Some(body)).await?;
        let made: Value = answer.json().map_err(after_a_part)?;
        made["id"].as_str().map(str::to_owned).ok_or_else(|| {
            let detail = "the answer does not name what was made";
            Error::new(ErrorKind::OutcomeUnknown, detail)
        })
    }

    async fn written(
        &self,
        method: Method,
        path: &[&str],
        body: Option<&Value>,
    ) -> Result<Answer, Error> {
        let url = self.address(path, &[])?;
        let sent = self.entra.send(|http| {
            http.write(method.clone(), url.as_str()).with(|request| match body {
                Some(body) => request.json(body),
                None => request.header("Content-Length", "0"),
            })
        });
        let answer = sent.await?;
        self.sound(&answer)?;
        Ok(answer)
    }

    /// Takes something away; what is gone already is as good.
    pub(super) async fn delete(&self, path: &[&str]) -> Result<(), Error> {
        match self.change(Method::DELETE, path, None).await {
            Err(error) if error.kind == ErrorKind::Absent => Ok(()),
            done => done,
        }
    }

    fn sound(&self, answer: &Answer) -> Result<(), Error> {
        if answer.succeeded() { Ok(()) } else { Err(meaning(answer, self.now)) }
    }
}

#[derive(Deserialize)]
struct Batched {
    responses: Vec<BatchedAnswer>,
}

#[derive(Deserialize)]
struct BatchedAnswer {
    id: String,
    status: u16,
    #[serde(default)]
    headers: Value,
    #[serde(default)]
    body: Value,
}

impl BatchedAnswer {
    fn page(&self) -> Result<Page, Error> {
        if self.status == 200 {
            return serde_json::from_value(self.body.clone())
                .map_err(|_| Error::new(ErrorKind::Unexpected, "a batched answer is no list"));
        }
        let kind = match self.status {
            401 | 403 => ErrorKind::Denied,
            404 => ErrorKind::Absent,
            429 | 503 => ErrorKind::Limited,
            400..=499 => ErrorKind::Invalid,
            _ => ErrorKind::Unexpected,
        };
        let detail = format!("a batched read was answered with {}", self.status);
        let error = Error::new(kind, detail).with_code(self.status.into());
        let headers = self.headers.as_object().into_iter().flatten();
        let wait = headers
            .filter(|(name, _)| name.eq_ignore_ascii_case("retry-after"))
            .find_map(|(_, value)| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
        Err(match wait {
            Some(seconds) if kind == ErrorKind::Limited => {
                error.retry_after(Duration::from_secs(seconds.min(24 * 60 * 60)))
            }
            _ => error,
        })
    }
}

/// What an answer that is no success means. Of Graph's own words only the code is kept: messages
/// name people.
///
/// # Source <https://learn.microsoft.com/graph/errors>,
/// <https://learn.microsoft.com/graph/resolve-auth-errors>
fn meaning(answer: &Answer, now: Timestamp) -> Error {
    let mut error = answer.refusal(now);
    let Some(code) = code(&answer.body) else {
        // Not Graph's own: a wrong address or something in between must not pass for "it is gone".
        if error.kind == ErrorKind::Absent {
            error.kind = ErrorKind::Unexpected;
        }
        return error;
    };
    let unlicensed = ["NonPremiumTenant", "LicenseNotFound", "PremiumLicenseRequired"]
        .iter()
        .any(|word| code.contains(word));
    match (answer.status, code.as_str()) {
        (400 | 403, _) if unlicensed => {
            error.kind = ErrorKind::Unsupported;
            error.detail = "the client's licence does not offer this".to_owned();
        }
        (400, "Request_UnsupportedQuery") => error.kind = ErrorKind::Unsupported,
        // Somebody else was at work on the same object.
        (409, "Directory_ConcurrencyViolation") => error.retry = RetryAdvice::Soon,
        _ => {}
    }
    error.detail = format!("{}: {code}", error.detail);
    error
}

/// The error's code, if it looks like one.
fn code(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let code = body["error"]["code"].as_str()?;
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    (code.len() <= 80 && code.bytes().all(fine)).then(|| code.to_owned())
}

/// A text in a filter: a quote is doubled.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

pub(super) const GRAPH_URL: &str = "https://graph.microsoft.com";
const MAX_PAGES: usize = 200;
pub(super) const MOST_IN_BATCH: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_code_of_an_error_is_kept() {
        for (body, kept) in [
            (
                r#"{"error": {"code": "Request_BadRequest", "message": "Jan"}}"#,
                Some("Request_BadRequest"),
            ),
            (r#"{"error": {"code": "jan@contoso.test is no user"}}"#, None),
            ("no JSON", None),
        ] {
            assert_eq!(code(body.as_bytes()).as_deref(), kept, "{body}");
        }
    }

    #[test]
    fn each_answer_of_a_batch_has_its_own_limit() {
        let answer = |status: u16, headers: Value| BatchedAnswer {
            id: "0".to_owned(),
            status,
            headers,
            body: Value::Null,
        };
        for (headers, retry) in [
            (json!({"Retry-After": "8"}), RetryAdvice::After(Duration::from_secs(8))),
            (json!({"retry-after": 9}), RetryAdvice::After(Duration::from_secs(9))),
            (Value::Null, RetryAdvice::Soon),
        ] {
            let error = answer(429, headers).page().err().unwrap();
            assert_eq!((error.kind, error.retry), (ErrorKind::Limited, retry));
        }
        assert_eq!(answer(200, Value::Null).page().err().unwrap().kind, ErrorKind::Unexpected);
        assert_eq!(answer(403, Value::Null).page().err().unwrap().kind, ErrorKind::Denied);
    }
}
