//! From a playbook's `with` to a request, and from the answer to the step's output.

use std::collections::BTreeMap;

use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::{KEY, Output, authentication::Credentials, output, reads};
use crate::{
    Call, Connection, Error, ErrorKind,
    http::{AllowList, Answer, Http},
};

/// The largest body that is sent.
const MOST_BODY: usize = 1 << 20;

/// Headers that the client writes itself; letting a playbook write them would desynchronise it.
const OURS: [&str; 6] =
    ["host", "content-length", "transfer-encoding", "connection", "upgrade", "te"];

/// A tenant's way to the interfaces it allows.
pub(in crate::peers) struct Web {
    pub(super) http: Http,
    pub(super) allow: AllowList,
    pub(super) connection: String,
}

#[derive(Deserialize)]
struct Configured {
    allow: Vec<String>,
}

/// The input of `http.request`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::peers) struct Input {
    pub(in crate::peers) method: String,
    pub(in crate::peers) endpoint: Endpoint,
    #[serde(default)]
    pub(in crate::peers) headers: Map<String, Value>,
    #[serde(default)]
    pub(in crate::peers) query: Map<String, Value>,
    #[serde(default)]
    pub(in crate::peers) body: Value,
    #[serde(default)]
    pub(in crate::peers) output: Output,
    #[serde(default)]
    pub(in crate::peers) redirect: bool,
    #[serde(default)]
    pub(in crate::peers) authentication: Option<Value>,
}

/// An address, perhaps with its own authentication.
#[derive(Deserialize)]
#[serde(untagged)]
pub(in crate::peers) enum Endpoint {
    /// The address alone.
    Plain(String),
    /// With what the standard lets stand beside it.
    Full {
        /// The address.
        uri: String,
        /// Its authentication.
        #[serde(default)]
        authentication: Option<Value>,
    },
}

impl Endpoint {
    /// The address and its authentication.
    pub(in crate::peers) fn parts(self) -> (String, Option<Value>) {
        match self {
            Self::Plain(uri) => (uri, None),
            Self::Full { uri, authentication } => (uri, authentication),
        }
    }
}

/// A body as it will be sent.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::peers) enum Body {
    /// None.
    Empty,
    /// As JSON.
    Json(Value),
    /// As a form.
    Form(Vec<(String, String)>),
    /// As it stands.
    Text(String),
}

impl Body {
    /// For the plan.
    pub(super) fn shown(&self) -> Value {
        match self {
            Self::Empty => Value::Null,
            Self::Json(value) => value.clone(),
            Self::Form(fields) => fields.iter().map(|(k, v)| json!([k, v])).collect(),
            Self::Text(text) => json!(text),
        }
    }
}

/// A request that was held against everything that can be known before it is sent.
pub(in crate::peers) struct Prepared {
    pub(in crate::peers) method: String,
    pub(in crate::peers) url: Url,
    pub(in crate::peers) headers: HeaderMap,
    pub(in crate::peers) body: Body,
    pub(in crate::peers) output: Output,
    pub(in crate::peers) redirect: bool,
    pub(in crate::peers) credentials: Credentials,
}

impl Prepared {
    /// The address as a plan shows it.
    pub(super) fn shown(&self) -> String {
        self.url.to_string()
    }
}

impl Web {
    /// The way of this connection.
    ///
    /// # Errors
    /// `Invalid` if a setting can't be used.
    pub(in crate::peers) fn of(connection: &Connection) -> Result<Self, Error> {
        let Configured { allow } = connection.settings.read()?;
        Ok(Self {
            http: Http::of(connection)?,
            allow: AllowList::parse(&allow)?,
            connection: connection.name.clone(),
        })
    }

    /// Makes a request ready.
    ///
    /// # Errors
    /// `Invalid` with what is wrong in the input; `Denied` if the address is not allowed.
    pub(in crate::peers) fn prepare(&self, input: Input) -> Result<Prepared, Error> {
        let method = input.method.to_ascii_uppercase();
        if !["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str())
        {
            return Err(invalid(format!("method {:?} is not offered", input.method)));
        }
        let (uri, own) = input.endpoint.parts();
        let mut url = self.allow.admit(&uri, &self.connection)?;
        for (name, value) in &input.query {
            for value in texts(value, &format!("query {name:?}"))? {
                url.query_pairs_mut().append_pair(name, &value);
            }
        }
        let headers = headers(&input.headers)?;
        let body = body(input.body, &headers)?;
        let credentials = Credentials::parse(input.authentication.or(own).as_ref())?;
        let (output, redirect) = (input.output, input.redirect);
        Ok(Prepared { method, url, headers, body, output, redirect, credentials })
    }

    /// Sends it and gives the output.
    ///
    /// # Errors
    /// As the peer answers; a status outside 2xx (and 3xx with `redirect`) is kept in `code`.
    pub(in crate::peers) async fn send(
        &self,
        prepared: Prepared,
        call: &Call,
    ) -> Result<Value, Error> {
        let answer = self.answer(&prepared, call).await?;
        let fine = answer.succeeded() || prepared.redirect && (300..400).contains(&answer.status);
        if fine { Ok(output::of(&prepared, &answer)) } else { Err(answer.refusal(call.at)) }
    }

    /// Sends it and gives the answer, whatever its status.
    pub(in crate::peers) async fn answer(
        &self,
        prepared: &Prepared,
        call: &Call,
    ) -> Result<Answer, Error> {
        let bearing = prepared.credentials.resolve(self, call).await?;
        let method = Method::from_bytes(prepared.method.as_bytes())
            .map_err(|_| invalid("the method is not offered".to_owned()))?;
        let only_reads = reads(&prepared.method);
        let exchange = match only_reads {
            true => self.http.read(method, prepared.url.as_str()),
            false => self.http.write(method, prepared.url.as_str()),
        };
        let exchange = exchange.with(|mut request| {
            if !only_reads && !prepared.headers.contains_key(KEY) {
                request = request.header(KEY, &call.key);
            }
            request = match &prepared.body {
                Body::Empty => request,
                Body::Json(value) => request.json(value),
                Body::Form(fields) => request.form(fields),
                Body::Text(text) if !prepared.headers.contains_key(CONTENT_TYPE) => {
                    request.header(CONTENT_TYPE, "text/plain; charset=utf-8").body(text.clone())
                }
                Body::Text(text) => request.body(text.clone()),
            };
            bearing.add(request.headers(prepared.headers.clone()))
        });
        exchange.send().await
    }
}

pub(super) fn invalid(why: String) -> Error {
    Error::new(ErrorKind::Invalid, why)
}

fn headers(given: &Map<String, Value>) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        if OURS.iter().any(|ours| name.eq_ignore_ascii_case(ours)) {
            return Err(invalid(format!("header {name:?} is written by the client itself")));
        }
        let what = format!("header {name:?}");
        for text in texts(value, &what)? {
            let name: HeaderName =
                name.parse().map_err(|_| invalid(format!("{what} is no name of a header")))?;
            let value = HeaderValue::from_str(&text)
                .map_err(|_| invalid(format!("{what} has characters that are not allowed")))?;
            headers.append(name, value);
        }
    }
    Ok(headers)
}

/// A scalar as text; each of a list; none for null.
pub(in crate::peers) fn texts(value: &Value, what: &str) -> Result<Vec<String>, Error> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Bool(_) | Value::Number(_) => Ok(vec![value.to_string()]),
        Value::String(text) => Ok(vec![text.clone()]),
        Value::Array(items) => {
            let each = items.iter().map(|item| match item {
                Value::Array(_) | Value::Object(_) => Err(invalid(format!("{what} is too deep"))),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                    texts(item, what)
                }
            });
            Ok(each.collect::<Result<Vec<_>, _>>()?.concat())
        }
        Value::Object(_) => Err(invalid(format!("{what} is an object: give a text or a number"))),
    }
}

fn body(given: Value, headers: &HeaderMap) -> Result<Body, Error> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let body = match given {
        Value::Null => Body::Empty,
        Value::String(text) => Body::Text(text),
        Value::Object(fields) if kind.starts_with("application/x-www-form-urlencoded") => {
            let mut form = Vec::new();
            for (name, value) in &fields {
                let values = texts(value, &format!("field {name:?} of the form"))?;
                form.extend(values.into_iter().map(|value| (name.clone(), value)));
            }
            Body::Form(form)
        }
        other => Body::Json(other),
    };
    let size = match &body {
        Body::Empty => 0,
        Body::Text(text) => text.len(),
        Body::Json(value) => value.to_string().len(),
        Body::Form(fields) => fields.iter().map(|(name, value)| name.len() + value.len()).sum(),
    };
    if size > MOST_BODY {
        return Err(invalid(format!("the body is larger than {MOST_BODY} bytes")));
    }
    Ok(body)
}

/// Header values as the standard's response shows them: by name, without those that are secret.
pub(super) fn shown(headers: &HeaderMap) -> BTreeMap<String, String> {
    const SECRET: [&str; 4] =
        ["authorization", "cookie", "set-cookie", "proxy-authorization"];
    let mut shown = BTreeMap::<String, String>::new();
    for (name, value) in headers {
        if SECRET.contains(&name.as_str()) {
            continue;
        }
        let text = String::from_utf8_lossy(value.as_bytes());
        let held = shown.entry(name.to_string()).or_default();
        if !held.is_empty() {
            held.push_str(", ");
        }
        held.push_str(&text);
    }
    shown
}
