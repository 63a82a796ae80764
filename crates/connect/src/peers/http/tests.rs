//! A small real server, and `http.request` under the contract and against hostile input.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use kompel_model::{Secret, TenantId, Timestamp};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use super::connector;
use crate::{
    Action, Call, Connection, Connector, ErrorKind, Settings,
    contract::{Bench, Example, NotRun, Peer, Way},
};

/// The bench, for the contract tests.
pub(in crate::peers) fn bench() -> Box<dyn Bench> {
    Box::new(HttpBench)
}

const TOKEN: &str = "s3cret-t0ken";

struct HttpBench;

/// A desk that holds tickets in memory, on a free port.
pub(in crate::peers) struct Desk {
    address: SocketAddr,
    held: Arc<Held>,
    serving: JoinHandle<()>,
    connector: Arc<dyn Connector>,
}

#[derive(Default)]
struct Held {
    tickets: Mutex<BTreeMap<String, Value>>,
    tokens: Mutex<u32>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Desk {
    pub(in crate::peers) async fn start(connector: Arc<dyn Connector>) -> Result<Self, NotRun> {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.map_err(|error| NotRun(error.to_string()))?;
        let address = listener.local_addr().map_err(|error| NotRun(error.to_string()))?;
        let held = Arc::new(Held::default());
        let app = Router::new()
            .route("/openapi.json", get(|| async { Json(document()) }))
            .route("/token", post(token))
            .route("/echo", any(echo))
            .route("/to", get(|| async { (StatusCode::FOUND, [(header::LOCATION, "/echo")]) }))
            .route("/big", get(|| async { "x".repeat(5 << 20) }))
            .route("/tickets/{id}", get(read).put(write).delete(remove))
            .route("/tickets", post(create))
            .with_state(Arc::clone(&held));
        let serving = tokio::spawn(async move {
            axum::serve(listener, app).await.unwrap();
        });
        Ok(Self { address, held, serving, connector })
    }

    pub(in crate::peers) fn open(&self, at: SocketAddr, token: &str) -> Arc<Connection> {
        let values = json!({"allow": [format!("http://{at}/")], "timeout_s": 5});
        let secrets = BTreeMap::from([("desk".to_owned(), Secret::new(token.to_owned()))]);
        let settings = Settings::new(values.as_object().cloned().unwrap(), secrets);
        Connection::open(self.connector.as_ref(), TenantId::default(), "web", settings).unwrap()
    }
}

/// The request's token is the right one, or one that `/token` gave.
fn may(headers: &HeaderMap) -> bool {
    let given = headers.get("authorization").and_then(|value| value.to_str().ok());
    given == Some(&format!("Bearer {TOKEN}")) || given.is_some_and(|g| g.starts_with("Bearer given"))
}

async fn token(State(held): State<Arc<Held>>) -> Json<Value> {
    let mut tokens = held.tokens.lock().unwrap();
    *tokens += 1;
    Json(json!({"access_token": format!("given-{tokens}"), "expires_in": 3600}))
}

async fn echo(request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let headers: BTreeMap<String, String> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    let said = json!({
        "method": parts.method.as_str(),
        "uri": parts.uri.to_string(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
    });
    ([(header::SET_COOKIE, "session=hidden")], Json(said)).into_response()
}

async fn read(State(held): State<Arc<Held>>, id: axum::extract::Path<String>) -> Response {
    match held.tickets.lock().unwrap().get(&id.0) {
        Some(ticket) => Json(ticket.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn write(
    State(held): State<Arc<Held>>,
    id: axum::extract::Path<String>,
    headers: HeaderMap,
    body: Json<Value>,
) -> StatusCode {
    if !may(&headers) {
        return StatusCode::UNAUTHORIZED;
    }
    held.tickets.lock().unwrap().insert(id.0, body.0);
    StatusCode::NO_CONTENT
}

async fn remove(
    State(held): State<Arc<Held>>,
    id: axum::extract::Path<String>,
    headers: HeaderMap,
) -> StatusCode {
    if !may(&headers) {
        return StatusCode::UNAUTHORIZED;
    }
    held.tickets.lock().unwrap().remove(&id.0);
    StatusCode::NO_CONTENT
}

/// Makes a ticket, once for each key.
async fn create(
    State(held): State<Arc<Held>>,
    headers: HeaderMap,
    body: Json<Value>,
) -> (StatusCode, Json<Value>) {
    if !may(&headers) {
        return (StatusCode::UNAUTHORIZED, Json(json!({})));
    }
    let key = headers.get("idempotency-key").unwrap().to_str().unwrap();
    held.tickets.lock().unwrap().insert(format!("new {key}"), body.0.clone());
    (StatusCode::CREATED, body)
}

/// The desk's own description.
fn document() -> Value {
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}});
    json!({
        "openapi": "3.0.3",
        "servers": [{"url": "/"}],
        "components": {"parameters": {"id": id}},
        "paths": {
            "/tickets/{id}": {
                "parameters": [{"$ref": "#/components/parameters/id"}],
                "get": {"operationId": "readTicket"},
                "put": {"operationId": "writeTicket", "requestBody": {"required": true}},
            },
            "/tickets": {
                "post": {
                    "operationId": "createTicket",
                    "parameters": [{"name": "Idempotency-Key", "in": "header"}],
                    "requestBody": {"required": true},
                },
            },
            "/echo": {
                "get": {
                    "operationId": "say",
                    "parameters": [
                        {"name": "word", "in": "query"},
                        {"name": "joined", "in": "query", "explode": false},
                        {"name": "X-Mark", "in": "header"},
                    ],
                },
            },
        },
    })
}

/// Where an example's address is filled in once the peer's port is known.
pub(in crate::peers) const HERE: &str = "http://127.0.0.1:1";

#[async_trait]
impl Bench for HttpBench {
    fn connector(&self) -> Arc<dyn Connector> {
        connector()
    }

    fn examples(&self) -> Vec<Example> {
        let desk = json!({"bearer": {"use": "desk"}});
        let with = |method: &str, path: &str, more: Value| {
            let mut input = json!({"method": method, "endpoint": format!("{HERE}{path}")});
            input.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
            Example::new("http.request", input)
        };
        let body = json!({"body": {"state": "closed"}, "authentication": desk});
        let mut keyed = body.clone();
        keyed["headers"] = json!({"Idempotency-Key": "weekly-1"});
        vec![
            with("get", "/tickets/7", json!({})).named("get").blind(),
            with("put", "/tickets/7", body.clone()).named("put").blind(),
            with("delete", "/tickets/7", json!({"authentication": desk})).named("delete").blind(),
            with("post", "/tickets", keyed).named("post with a key").blind(),
            with("post", "/tickets", body).named("post").blind(),
        ]
    }

    async fn start(&self) -> Result<Box<dyn Peer>, NotRun> {
        Ok(Box::new(Desk::start(connector()).await?))
    }
}

#[async_trait]
impl Peer for Desk {
    async fn prepare(&self, _example: &Example) {
        let ticket = ("7".to_owned(), json!({"state": "open"}));
        *self.held.tickets.lock().unwrap() = BTreeMap::from([ticket]);
    }

    async fn snapshot(&self) -> Value {
        let tickets = self.held.tickets.lock().unwrap();
        // Of made ones their number and content; their key differs from call to call.
        let (new, old): (Vec<_>, Vec<_>) = tickets.iter().partition(|(id, _)| id.starts_with("new"));
        json!({"old": old, "new": new.iter().map(|(_, ticket)| ticket).collect::<Vec<_>>()})
    }

    async fn connection(&self, way: Way) -> Option<Arc<Connection>> {
        match way {
            Way::Direct => Some(self.open(self.address, TOKEN)),
            Way::Through(address) => Some(self.open(address, TOKEN)),
            Way::Powerless => Some(self.open(self.address, "wrong")),
            Way::Mishap(_) => None,
        }
    }

    fn fill_in(&self, input: &Value, at: SocketAddr) -> Value {
        let text = input.to_string().replace(HERE, &format!("http://{at}"));
        serde_json::from_str(&text).unwrap()
    }

    fn address(&self) -> Option<SocketAddr> {
        Some(self.address)
    }

    fn speaks_plain_http(&self) -> bool {
        true
    }

    fn secrets(&self) -> Vec<Secret> {
        vec![Secret::new(TOKEN.to_owned())]
    }
}

/// Performs an action of the desk's connector.
pub(in crate::peers) async fn perform(desk: &Desk, input: &Value) -> Result<Value, crate::Error> {
    let call = Call {
        connection: desk.open(desk.address, TOKEN),
        input: desk.fill_in(input, desk.address),
        key: "r-1/say".to_owned(),
        at: Timestamp::UNIX_EPOCH,
    };
    action(desk).perform(&call).await
}

pub(in crate::peers) fn action(desk: &Desk) -> Arc<dyn Action> {
    desk.connector.actions().remove(0)
}

#[tokio::test]
async fn a_request_is_what_the_playbook_says() {
    let desk = Desk::start(connector()).await.unwrap();
    let said = perform(
        &desk,
        &json!({
            "method": "post",
            "endpoint": format!("{HERE}/echo?a=1"),
            "query": {"b": ["x y", 2], "none": null},
            "headers": {"X-Mark": 7},
            "body": {"k": "é"},
            "authentication": {"basic": {"username": "u", "password": "p"}},
        }),
    )
    .await
    .unwrap();
    assert_eq!(said["method"], "POST");
    assert_eq!(said["uri"], "/echo?a=1&b=x+y&b=2");
    assert_eq!(said["body"], "{\"k\":\"é\"}");
    let headers = &said["headers"];
    assert_eq!(headers["x-mark"], "7");
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["authorization"], "Basic dTpw");
    assert_eq!(headers["idempotency-key"], "r-1/say");
}

#[tokio::test]
async fn a_form_and_a_text_are_sent_as_such() {
    let desk = Desk::start(connector()).await.unwrap();
    let form = json!({"content-type": "application/x-www-form-urlencoded"});
    for (body, headers, sent, kind) in [
        (json!({"a": "x y", "b": 1}), form, "a=x+y&b=1", "application/x-www-form-urlencoded"),
        (json!("hallo"), json!({}), "hallo", "text/plain; charset=utf-8"),
        (json!("<a/>"), json!({"content-type": "text/xml"}), "<a/>", "text/xml"),
        (json!([1]), json!({}), "[1]", "application/json"),
    ] {
        let endpoint = format!("{HERE}/echo");
        let input =
            json!({"method": "put", "endpoint": endpoint, "body": body, "headers": headers});
        let said = perform(&desk, &input).await.unwrap();
        assert_eq!((said["body"].as_str(), said["headers"]["content-type"].as_str()), (Some(sent), Some(kind)));
    }
}

#[tokio::test]
async fn the_output_has_the_form_that_was_asked_for_and_no_secret() {
    let desk = Desk::start(connector()).await.unwrap();
    desk.held.tickets.lock().unwrap().insert("1".to_owned(), json!({"n": 1}));
    let input = |output: &str, path: &str| {
        json!({
            "method": "get", "endpoint": {"uri": format!("{HERE}{path}")}, "output": output,
            "authentication": {"bearer": {"token": "by-value"}}, "headers": {"Authorization2": "x"},
        })
    };
    assert_eq!(perform(&desk, &input("raw", "/tickets/1")).await.unwrap(), json!("eyJuIjoxfQ=="));
    assert_eq!(perform(&desk, &input("content", "/tickets/1")).await.unwrap(), json!({"n": 1}));
    let whole = perform(&desk, &input("response", "/echo")).await.unwrap();
    assert_eq!(whole["statusCode"], 200);
    assert_eq!(whole["request"]["method"], "get");
    assert_eq!(whole["headers"]["content-type"], "application/json");
    assert!(whole["headers"].get("set-cookie").is_none());
    assert!(whole["request"]["headers"].get("authorization").is_none(), "{whole}");
}

#[tokio::test]
async fn an_answer_outside_the_range_is_an_error_with_its_status() {
    let desk = Desk::start(connector()).await.unwrap();
    for (path, redirect, expected) in [
        ("/tickets/9", false, Some((ErrorKind::Absent, 404))),
        ("/to", false, Some((ErrorKind::Unexpected, 302))),
        ("/to", true, None),
        ("/big", false, Some((ErrorKind::Unexpected, 200))),
    ] {
        let endpoint = format!("{HERE}{path}");
        let input = json!({"method": "get", "endpoint": endpoint, "redirect": redirect});
        let failed = perform(&desk, &input).await.err();
        let failed = failed.map(|error| (error.kind, error.code.unwrap_or_default()));
        assert_eq!(failed, expected, "{path}");
    }
}

#[tokio::test]
async fn what_may_not_be_sent_is_refused_before_it_is() {
    let desk = Desk::start(connector()).await.unwrap();
    let input = |method: &str, uri: &str, more: Value| {
        let mut input = json!({"method": method, "endpoint": uri});
        input.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        input
    };
    let here = format!("{HERE}/echo");
    for (input, kind, told) in [
        (input("get", "https://evil.test/", json!({})), ErrorKind::Denied, "to `allow` of connection"),
        (input("get", "http://169.254.169.254/x", json!({})), ErrorKind::Denied, "link-local"),
        (input("get", "file:///etc/passwd", json!({})), ErrorKind::Invalid, "no plain http"),
        (input("trace", &here, json!({})), ErrorKind::Invalid, "method"),
        (input("get", &here, json!({"headers": {"Host": "x"}})), ErrorKind::Invalid, "Host"),
        (input("get", &here, json!({"headers": {"a": "x\r\ny: z"}})), ErrorKind::Invalid, "\"a\""),
        (input("get", &here, json!({"query": {"a": {"b": 1}}})), ErrorKind::Invalid, "query"),
        (input("get", &here, json!({"unknown": 1})), ErrorKind::Invalid, "unknown"),
        (
            input("get", &here, json!({"authentication": {"digest": {}}})),
            ErrorKind::Unsupported,
            "digest",
        ),
        (
            input("get", &here, json!({"authentication": {"bearer": {"use": "other"}}})),
            ErrorKind::Invalid,
            "no secret \"other\"",
        ),
        (
            input("post", &here, json!({"body": "x".repeat((1 << 20) + 1)})),
            ErrorKind::Invalid,
            "larger than",
        ),
    ] {
        let error = perform(&desk, &input).await.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.detail.contains(told), "{error} should tell {told}");
    }
}

#[tokio::test]
async fn an_access_token_is_asked_for_once() {
    let desk = Desk::start(connector()).await.unwrap();
    let oauth2 = json!({
        "authority": HERE, "grant": "client_credentials", "endpoints": {"token": "/token"},
        "client": {"id": "me", "secret": "mine"}, "scopes": ["a"],
    });
    let input = json!({
        "method": "put", "endpoint": format!("{HERE}/tickets/1"), "body": {},
        "authentication": {"oauth2": oauth2},
    });
    for _ in 0..3 {
        perform(&desk, &input).await.unwrap();
    }
    assert_eq!(*desk.held.tokens.lock().unwrap(), 1);
}
