//! `POST /events/{tenant}`: an event in the CloudEvents HTTP form, structured or binary.
//!
//! # Source
//! CloudEvents 1.0.2, HTTP protocol binding §3

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
};
use kompel_model::TenantId;
use kompel_runtime::{EventOutcome, JournalError, RuntimeError};
use serde_json::{Map, Value, json};

use crate::routes::Shared;

/// What is answered.
type Answer = (StatusCode, Json<Value>);

/// Takes an event in. `202` with the runs that it woke or started, `200` if it came before.
pub(crate) async fn take(
    State(shared): State<Arc<Shared>>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let Ok(tenant) = tenant.parse::<TenantId>() else {
        return refuse(StatusCode::UNAUTHORIZED, "no such tenant, or a wrong token");
    };
    if !shared.gate.admits(&tenant, &headers) {
        return refuse(StatusCode::UNAUTHORIZED, "no such tenant, or a wrong token");
    }
    let event = match event(&headers, &body) {
        Ok(event) => event,
        Err(because) => return refuse(StatusCode::BAD_REQUEST, because),
    };
    match shared.runtime.publish(&tenant, event).await {
        Ok(EventOutcome::New { runs }) => (StatusCode::ACCEPTED, Json(json!({ "runs": runs }))),
        Ok(EventOutcome::Known) => (StatusCode::OK, Json(json!({ "repeated": true }))),
        Err(RuntimeError::Journal(error @ JournalError::NoEvent(_))) => {
            refuse(StatusCode::BAD_REQUEST, &error.to_string())
        }
        Err(RuntimeError::Journal(error @ JournalError::NotFromOutside(_))) => {
            refuse(StatusCode::FORBIDDEN, &error.to_string())
        }
        Err(error) => {
            tracing::error!(error = %error, "events.refused");
            refuse(StatusCode::INTERNAL_SERVER_ERROR, "the event could not be kept: send it again")
        }
    }
}

fn refuse(status: StatusCode, because: &str) -> Answer {
    (status, Json(json!({ "error": because })))
}

/// The event in its JSON form, whichever way it was sent.
fn event(headers: &HeaderMap, body: &[u8]) -> Result<Value, &'static str> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or_default();
    if kind.starts_with("application/cloudevents+json") {
        return serde_json::from_slice(body).map_err(|_| "the body is no JSON");
    }
    if kind.starts_with("application/cloudevents-batch") {
        return Err("send events one by one, not as a batch");
    }
    let mut event = Map::new();
    for (name, value) in headers {
        if let Some(attribute) = name.as_str().strip_prefix("ce-") {
            let value = value.to_str().map_err(|_| "a ce- header is no plain text")?;
            event.insert(attribute.to_owned(), Value::from(value));
        }
    }
    if event.is_empty() {
        return Err("no event: give ce- headers, or application/cloudevents+json");
    }
    if !body.is_empty() {
        let data = if kind.contains("json") || kind.is_empty() {
            serde_json::from_slice(body).map_err(|_| "the body is no JSON")?
        } else {
            Value::from(String::from_utf8_lossy(body))
        };
        event.insert("datacontenttype".to_owned(), Value::from(kind));
        event.insert("data".to_owned(), data);
    }
    Ok(Value::Object(event))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.parse().unwrap(), v.parse().unwrap())).collect()
    }

    #[test]
    fn both_forms_of_an_event_are_read() {
        let structured =
            headers(&[("content-type", "application/cloudevents+json; charset=utf-8")]);
        let sent = br#"{"specversion":"1.0","id":"1","source":"/a","type":"t"}"#;
        assert_eq!(event(&structured, sent).unwrap()["type"], "t");
        let binary = headers(&[
            ("content-type", "application/json"),
            ("ce-specversion", "1.0"),
            ("ce-id", "1"),
            ("ce-source", "/a"),
            ("ce-type", "t"),
        ]);
        let read = event(&binary, br#"{"x":1}"#).unwrap();
        assert_eq!((&read["id"], &read["data"]["x"]), (&json!("1"), &json!(1)));
        for (headers, body) in [
            (headers(&[]), &b"{}"[..]),
            (structured, b"{"),
            (binary, b"{"),
            (headers(&[("content-type", "application/cloudevents-batch+json")]), b"[]"),
        ] {
            assert!(event(&headers, body).is_err());
        }
    }
}
