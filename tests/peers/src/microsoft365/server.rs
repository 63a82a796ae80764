//! HTTP, tokens, troubles: everything around the answers themselves.

use std::{
    net::TcpListener,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State as Shared},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{Exchange, How, Microsoft365, State, assertion, exchange, graph};

/// What was asked, taken apart.
pub(super) struct Asked {
    pub(super) method: String,
    /// Without the version.
    pub(super) path: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Value,
    pub(super) roles: Vec<String>,
    /// True with `ConsistencyLevel: eventual`.
    pub(super) eventual: bool,
    /// What it prefers.
    pub(super) prefer: String,
    /// Where the client found us.
    pub(super) host: String,
}

/// A status and a JSON body; null for none.
pub(super) type Answered = (u16, Value);

impl Asked {
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

pub(super) fn run(listener: TcpListener, state: Arc<Mutex<State>>, stop: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let router = Router::new().fallback(answer).with_state(state);
        let serving = async { axum::serve(listener, router).await };
        tokio::select! {
            served = serving => served.unwrap(),
            _ = stop => {}
        }
    });
    runtime.shutdown_background();
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(Shared(state): Shared<Arc<Mutex<State>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, 4 << 20).await.unwrap_or_default();
    let latency = lock(&state).latency;
    if latency > Duration::ZERO {
        tokio::time::sleep(latency).await;
    }
    let target = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    if parts.uri.path().ends_with("/oauth2/v2.0/token") {
        let certificates = lock(&state).certificates.clone();
        return respond(token(parts.uri.path(), &bytes, &certificates));
    }
    let Some(roles) = roles(&parts.headers) else {
        let code = json!({"error": {"code": "InvalidAuthenticationToken", "message": "no"}});
        return respond((401, code));
    };
    let (path, query) = taken_apart(&target);
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let asked = Asked {
        method: parts.method.to_string(),
        path,
        query,
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        roles,
        eventual: header("ConsistencyLevel") == Some("eventual"),
        prefer: header("Prefer").unwrap_or_default().to_owned(),
        host: header("host").unwrap_or_default().to_owned(),
    };
    let answered = if asked.path.last().is_some_and(|last| last == "$batch") {
        Some((200, batch(&mut lock(&state), &asked)))
    } else {
        let anchored = asked.path[0] != "adminapi" || header("X-AnchorMailbox").is_some();
        if anchored { one(&mut lock(&state), &asked, &target) } else { Some((400, Value::Null)) }
    };
    match answered {
        Some(answered) => respond(answered),
        None => {
            let broken = futures::stream::iter([Err::<Vec<u8>, _>(std::io::Error::other("lost"))]);
            Response::new(Body::from_stream(broken))
        }
    }
}

/// Answers one request, with its trouble; `None` if the answer breaks off.
fn one(state: &mut State, asked: &Asked, target: &str) -> Option<Answered> {
    let cmdlet = asked.body["CmdletInput"]["CmdletName"].as_str().unwrap_or_default();
    let writes = asked.method != "GET" && !cmdlet.starts_with("Get-");
    let trouble = state.trouble_with(&format!("{} {target} {cmdlet}", asked.method), writes);
    let answered = match trouble {
        Some(How::Limited(seconds)) => (429, json!({"retry": seconds})),
        Some(How::Failing(status)) => (status, json!({"error": {"code": "ServiceFailure"}})),
        Some(How::Refused) => graph::refused(403, "Authorization_RequestDenied"),
        Some(How::Deaf) => {
            let kept = state.truth.clone();
            let answered = done(state, asked);
            state.truth = kept.clone();
            state.seen = kept;
            answered
        }
        Some(How::FailingAfter(status)) => {
            done(state, asked);
            (status, json!({"error": {"code": "ServiceFailure"}}))
        }
        Some(How::AnswerLost) => {
            done(state, asked);
            return None;
        }
        None => done(state, asked),
    };
    let (status, answer) = answered.clone();
    let (method, body) = (asked.method.clone(), asked.body.clone());
    state.log.push(Exchange { method, target: target.to_owned(), body, status, answer });
    Some(answered)
}

fn done(state: &mut State, asked: &Asked) -> Answered {
    if asked.path.first().is_some_and(|first| first == "adminapi") {
        exchange::answer(state, asked)
    } else {
        graph::answer(state, asked)
    }
}

/// Up to 20 requests in one, each with an answer of its own.
fn batch(state: &mut State, asked: &Asked) -> Value {
    let requests = asked.body["requests"].as_array().cloned().unwrap_or_default();
    if requests.len() > 20 {
        return json!({"error": {"code": "BadRequest"}});
    }
    let answers = requests.iter().map(|request| {
        let target = format!("/v1.0{}", request["url"].as_str().unwrap_or_default());
        let (path, query) = taken_apart(&target);
        let inner = Asked {
            method: request["method"].as_str().unwrap_or_default().to_owned(),
            path,
            query,
            body: request["body"].clone(),
            roles: asked.roles.clone(),
            eventual: request["headers"]["ConsistencyLevel"] == "eventual",
            prefer: String::new(),
            host: asked.host.clone(),
        };
        let (status, body) = one(state, &inner, &target).unwrap_or((504, Value::Null));
        let headers = match status {
            429 => json!({"Retry-After": body["retry"].to_string()}),
            _ => json!({"Content-Type": "application/json"}),
        };
        json!({"id": request["id"], "status": status, "headers": headers, "body": body})
    });
    let answers: Vec<Value> = answers.collect();
    json!({"responses": answers})
}

/// Path segments without the version, and the query, both decoded.
pub(super) fn taken_apart(target: &str) -> (Vec<String>, Vec<(String, String)>) {
    let url = url::Url::parse(&format!("http://stub.test{target}")).unwrap();
    let decoded = |text: &str| {
        // A path is a form without its plus signs.
        let text = format!("x={}", text.replace('+', "%2B"));
        let (_, value) = url::form_urlencoded::parse(text.as_bytes()).next().unwrap();
        value.into_owned()
    };
    let path = url.path_segments().into_iter().flatten().map(decoded);
    let path = path.filter(|segment| segment != "v1.0").collect();
    let query =
        url.query_pairs().map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
    (path, query)
}

fn respond((status, body): Answered) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    let retry = body["retry"].as_u64().filter(|_| status == StatusCode::TOO_MANY_REQUESTS);
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let mut response = (status, Body::from(text)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    if let Some(seconds) = retry {
        headers.insert(header::RETRY_AFTER, seconds.to_string().parse().unwrap());
    }
    response
}

/// A token for an application that knows its secret. Its payload is as Microsoft's, its signature
/// a word.
fn token(path: &str, form: &[u8], certificates: &[String]) -> Answered {
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(form).into_owned().collect();
    let field =
        |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let client = (field("client_id").unwrap_or(""), field("client_secret").unwrap_or(""));
    let right_place = path == format!("/{}/oauth2/v2.0/token", Microsoft365::DIRECTORY);
    let scope = field("scope").unwrap_or_default();
    if !right_place || !scope.ends_with("/.default") {
        return (400, json!({"error": "invalid_scope"}));
    }
    let mut roles = graph::READING.to_vec();
    let proven = field("client_assertion_type") == Some(assertion::TYPE)
        && client.0 == Microsoft365::CLIENT.0
        && field("client_assertion").is_some_and(|said| {
            certificates.iter().any(|one| assertion::proves(said, one, client.0, path))
        });
    if client == Microsoft365::CLIENT || proven {
        roles.extend(graph::WRITING);
    } else if client != Microsoft365::READER {
        return (401, json!({"error": "invalid_client"}));
    }
    let audience = scope.trim_end_matches("/.default");
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let payload = part(json!({"aud": audience, "appid": client.0, "roles": roles}));
    let token = format!("{}.{payload}.{SIGNATURE}", part(json!({"alg": "RS256"})));
    (200, json!({"access_token": token, "expires_in": 3599, "token_type": "Bearer"}))
}

/// The roles of the token that a request bears.
fn roles(headers: &HeaderMap) -> Option<Vec<String>> {
    let bearer = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
    let mut parts = bearer.split('.').skip(1);
    let payload = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
    if parts.next() != Some(SIGNATURE) {
        return None;
    }
    let payload: Value = serde_json::from_slice(&payload).ok()?;
    let roles = payload["roles"].as_array()?;
    Some(roles.iter().filter_map(|role| role.as_str().map(str::to_owned)).collect())
}

const SIGNATURE: &str = "stub";
