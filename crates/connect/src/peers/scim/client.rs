//! SCIM requests: search in pages, change by PATCH or PUT, versions.

use kompel_model::{Secret, Timestamp};
use reqwest::header::{ACCEPT, CONTENT_TYPE, IF_MATCH};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::{
    Connection, Error, ErrorKind, RetryAdvice,
    http::{
        Exchange, Http, Method,
        oauth2::{self, ClientAuth, Grant},
    },
};

/// Which kind of resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resources {
    Users,
    Groups,
}

impl Resources {
    fn path(self) -> &'static str {
        match self {
            Self::Users => "Users",
            Self::Groups => "Groups",
        }
    }
}

#[derive(Deserialize)]
struct Config {
    url: Url,
    user: Option<String>,
    token_url: Option<String>,
    client_id: Option<String>,
    #[serde(default)]
    scope: String,
}

enum Credentials {
    Bearer(Secret),
    Basic(String, Secret),
}

/// A service, and how we prove who we are.
pub(super) struct Client {
    http: Http,
    url: Url,
    credentials: Credentials,
    now: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    total_results: usize,
    #[serde(default, rename = "Resources")]
    resources: Vec<Value>,
}

impl Client {
    pub(super) async fn of(connection: &Connection, now: Timestamp) -> Result<Self, Error> {
        let config: Config = connection.settings.read()?;
        let http = Http::of(connection)?;
        let secret = |property: &str| connection.settings.secret(property);
        let credentials = match (&config.user, &config.token_url, &config.client_id) {
            (Some(user), _, _) => Credentials::Basic(user.clone(), secret("password")?.clone()),
            (None, Some(token_url), Some(client_id)) => {
                let grant = Grant {
                    token_url,
                    client_id,
                    client_secret: secret("client_secret")?,
                    client_auth: ClientAuth::Form,
                    scope: &config.scope,
                    fields: Vec::new(),
                };
                Credentials::Bearer(oauth2::token(&http, connection, &grant, now).await?)
            }
            _ => Credentials::Bearer(secret("token")?.clone()),
        };
        Ok(Self { http, url: config.url, credentials, now })
    }

    fn address(&self, of: Resources, id: Option<&str>) -> Result<Url, Error> {
        let mut url = self.url.clone();
        {
            let mut path = url.path_segments_mut().map_err(|()| {
                Error::new(ErrorKind::Invalid, "setting `url` is no address of a service")
            })?;
            path.pop_if_empty().push(of.path());
            // An id that is a relative step would lead elsewhere.
            match id {
                Some("." | ".." | "") => {
                    return Err(Error::new(ErrorKind::Invalid, "an id can't be `.` or empty"));
                }
                Some(id) => drop(path.push(id)),
                None => {}
            }
        }
        Ok(url)
    }

    fn signed(&self, exchange: Exchange) -> Exchange {
        exchange.with(|request| {
            let request = request.header(ACCEPT, JSON);
            match &self.credentials {
                Credentials::Bearer(token) => request.bearer_auth(token.reveal()),
                Credentials::Basic(user, password) => {
                    request.basic_auth(user, Some(password.reveal()))
                }
            }
        })
    }

    /// Reads one page, to see that it can be read.
    pub(super) async fn first_page(&self, of: Resources) -> Result<(), Error> {
        self.page(of, None, 1).await.map(drop)
    }

    /// All resources that fit the filter.
    pub(super) async fn search(
        &self,
        of: Resources,
        filter: Option<&str>,
    ) -> Result<Vec<Value>, Error> {
        let mut all = Vec::new();
        loop {
            let page = self.page(of, filter, all.len() + 1).await?;
            let empty = page.resources.is_empty();
            all.extend(page.resources);
            if empty || all.len() >= page.total_results {
                return Ok(all);
            }
            if all.len() > MAX_ROWS {
                let detail = format!("more than {MAX_ROWS} {}", of.path());
                return Err(Error::new(ErrorKind::Unsupported, detail));
            }
        }
    }

    async fn page(&self, of: Resources, filter: Option<&str>, from: usize) -> Result<Page, Error> {
        let mut url = self.address(of, None)?;
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("startIndex", &from.to_string());
            query.append_pair("count", &PAGE_ROWS.to_string());
            if let Some(filter) = filter {
                query.append_pair("filter", filter);
            }
        }
        let asked = self.signed(self.http.read(Method::GET, url.as_str()));
        asked.succeed(self.now).await?.json()
    }

    /// One resource by its id; `None` if it is not there.
    pub(super) async fn get(&self, of: Resources, id: &str) -> Result<Option<Value>, Error> {
        let url = self.address(of, Some(id))?;
        let answer = self.signed(self.http.read(Method::GET, url.as_str())).send().await?;
        if matches!(answer.status, 404 | 410) {
            return Ok(None);
        }
        if !answer.succeeded() {
            return Err(answer.refusal(self.now));
        }
        let mut resource: Value = answer.json()?;
        // Some services give the version only as a header.
        if let (Some(etag), true) = (answer.header("etag"), resource.is_object())
            && resource["meta"]["version"].is_null()
        {
            resource["meta"]["version"] = etag.into();
        }
        Ok(Some(resource))
    }

    /// Changes part of a resource. A service that knows no PATCH gets the whole of it, as `whole`
    /// makes it from what it is now.
    pub(super) async fn change(
        &self,
        of: Resources,
        now: &Value,
        operations: Value,
        whole: impl FnOnce(&mut Value),
    ) -> Result<(), Error> {
        let id = now["id"].as_str().unwrap_or_default();
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        match self.put(Method::PATCH, of, id, now, &body).await {
            Err(error) if matches!(error.code, Some(405 | 501)) => {
                let mut resource = now.clone();
                whole(&mut resource);
                if let Some(members) = resource.as_object_mut() {
                    members.remove("meta");
                }
                self.put(Method::PUT, of, id, now, &resource).await
            }
            done => done,
        }
    }

    async fn put(
        &self,
        method: Method,
        of: Resources,
        id: &str,
        now: &Value,
        body: &Value,
    ) -> Result<(), Error> {
        let url = self.address(of, Some(id))?;
        let version = now["meta"]["version"].as_str();
        let exchange = self.signed(self.http.write(method, url.as_str())).with(|request| {
            let request = request.header(CONTENT_TYPE, JSON).body(body.to_string());
            match version {
                Some(version) => request.header(IF_MATCH, version),
                None => request,
            }
        });
        exchange.succeed(self.now).await.map(drop).map_err(stale)
    }

    /// Makes a resource.
    pub(super) async fn create(&self, of: Resources, body: &Value) -> Result<Value, Error> {
        let url = self.address(of, None)?;
        let exchange = self.signed(self.http.write(Method::POST, url.as_str()));
        let exchange =
            exchange.with(|request| request.header(CONTENT_TYPE, JSON).body(body.to_string()));
        exchange.succeed(self.now).await?.json()
    }

    /// Deletes a resource; one that is gone already is as good.
    pub(super) async fn delete(&self, of: Resources, id: &str) -> Result<(), Error> {
        let url = self.address(of, Some(id))?;
        match self.signed(self.http.write(Method::DELETE, url.as_str())).succeed(self.now).await {
            Err(error) if error.kind == ErrorKind::Absent => Ok(()),
            answer => answer.map(drop),
        }
    }
}

/// Somebody else was faster: reading again and trying again may pass.
fn stale(mut error: Error) -> Error {
    if error.code == Some(412) {
        error.retry = RetryAdvice::Soon;
    }
    error
}

/// A comparison in a filter; the value is escaped as JSON is.
///
/// # Source
/// RFC 7644 §3.4.2.2
pub(super) fn equals(attribute: &str, value: &str) -> String {
    format!("{attribute} eq {}", Value::from(value))
}

const JSON: &str = "application/scim+json";
const PAGE_ROWS: usize = 100;
const MAX_ROWS: usize = 50_000;
