//! Any system with an HTTP interface: the Open Workflow standard's `call: http`.
//!
//! Peer: any HTTP/1.1 server. Permissions: whatever the peer asks of the request, and the tenant's
//! own list `allow`: a playbook reaches no address that its tenant's connection does not name, for
//! reading or writing. Limits: bodies sent up to 1 MiB, answers up to `most_bytes`; redirects are
//! never followed; no digest authentication. Reference: DSL 1.0.3, "HTTP Call", "Authentication".
//!
//! What a request does is only known by its method (RFC 9110 §9.2): GET, HEAD and OPTIONS read,
//! everything else is taken to change something for good. PUT and DELETE may be repeated; POST and
//! PATCH may be if the playbook itself gives them an `Idempotency-Key`, which says that the peer
//! honours it. One is sent anyway, and counts for nothing. No answer, or a 5xx, after any other
//! POST is an unknown outcome that a person settles.
//!
//! A secret is given by the connection's settings under a name of choice (`desk =
//! "secret://acme-desk"`) and used as `authentication: {bearer: {use: desk}}`.

mod authentication;
mod output;
mod request;
#[cfg(test)]
pub(in crate::peers) mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, PlannedChange, Repeat};
use serde_json::{Value, json};

#[cfg(test)]
pub(super) use tests::bench;

pub(super) use output::Output;
pub(super) use request::{Endpoint, Prepared, Web, texts};

use crate::{
    Action, Call, Check, CheckState, Connection, Connector, Error, ErrorKind, Look, Verified,
    http::HttpSettings,
};

/// The connector.
struct AnyHttp;

/// The connector, for the registry.
pub(super) fn connector() -> Arc<dyn Connector> {
    Arc::new(AnyHttp)
}

/// The settings of a connection to anything: what it allows, and secrets under names of choice.
pub(super) fn settings() -> Value {
    let mut properties = HttpSettings::properties();
    properties.insert(
        "allow".to_owned(),
        json!({
            "type": "array", "minItems": 1, "maxItems": 256,
            "items": {"type": "string"},
            "description": "addresses that playbooks may call, each with all below it",
        }),
    );
    json!({
        "type": "object",
        "required": ["allow"],
        "properties": properties,
        "additionalProperties": {
            "type": "string", "format": "secret",
            "description": "a secret, to be named by a playbook's `use`",
        },
    })
}

/// What can be said of such a connection without calling anything: it names no peer of its own.
pub(super) fn check(connection: &Connection) -> Vec<Check> {
    let state = match Web::of(connection) {
        Ok(_) => CheckState::Warning("no address is called until a playbook does".to_owned()),
        Err(error) => CheckState::Bad(error.to_string()),
    };
    vec![Check { what: "settings".to_owned(), state }]
}

#[async_trait]
impl Connector for AnyHttp {
    fn name(&self) -> &'static str {
        "http"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![Arc::new(Request)]
    }

    fn settings(&self) -> Value {
        settings()
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        check(connection)
    }
}

/// `http.request`.
struct Request;

/// JSON Schema of the properties that `http.request` and `openapi.call` share.
pub(super) fn shared_properties() -> Value {
    json!({
        "output": {"enum": ["raw", "content", "response"], "default": "content"},
        "redirect": {"type": "boolean", "default": false,
            "description": "true: a 3xx answer is no error (it is not followed either)"},
        "authentication": {"type": "object"},
    })
}

#[async_trait]
impl Action for Request {
    fn spec(&self) -> ActionSpec {
        let mut properties = shared_properties();
        properties["method"] = json!({"type": "string", "maxLength": 16});
        properties["endpoint"] = json!({
            "oneOf": [
                {"type": "string"},
                {"type": "object", "required": ["uri"], "additionalProperties": false,
                 "properties": {"uri": {"type": "string"}, "authentication": {"type": "object"}}},
            ],
        });
        properties["headers"] = json!({"type": "object", "maxProperties": 64});
        properties["query"] = json!({"type": "object", "maxProperties": 256});
        properties["body"] = json!({});
        ActionSpec {
            name: "http.request".parse().expect("a constant that the registry's test parses"),
            summary: "Calls an HTTP interface".to_owned(),
            effect: ActionEffect::Irreversible,
            repeat: Repeat::Never,
            permissions: vec!["what the peer asks; an entry of `allow`".to_owned()],
            systems: vec!["HTTP".to_owned()],
            input: json!({
                "type": "object",
                "required": ["method", "endpoint"],
                "additionalProperties": false,
                "properties": properties,
            }),
            output: json!({}),
        }
    }

    fn effect_of(&self, input: &Value) -> ActionEffect {
        let method = input["method"].as_str().unwrap_or_default();
        if reads(method) { ActionEffect::Read } else { ActionEffect::Irreversible }
    }

    fn repeat_of(&self, input: &Value) -> Repeat {
        let method = input["method"].as_str().unwrap_or_default();
        let keyed = || {
            let headers = input["headers"].as_object();
            headers.is_some_and(|all| all.keys().any(|name| name.eq_ignore_ascii_case(KEY)))
        };
        repeats(method, keyed)
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let (_, prepared) = made(call)?;
        Ok(plan(&prepared))
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let (web, prepared) = made(call)?;
        web.send(prepared, call).await
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        Ok(match self.effect_of(&call.input) {
            ActionEffect::Read => Look::NotDone,
            ActionEffect::Irreversible
            | ActionEffect::Reversible { .. }
            | ActionEffect::Notice => cannot_tell(),
        })
    }

    async fn verify(&self, _call: &Call, output: &Value) -> Result<Verified, Error> {
        Ok(answered(output))
    }
}

/// The header that makes a repeat safe at peers that know it.
pub(super) const KEY: &str = "Idempotency-Key";

fn made(call: &Call) -> Result<(Web, Prepared), Error> {
    let web = Web::of(&call.connection)?;
    let prepared = prepared_from(&web, call.input.clone())?;
    Ok((web, prepared))
}

/// The request that this input of `http.request` makes.
pub(super) fn prepared_from(web: &Web, input: Value) -> Result<Prepared, Error> {
    let input = serde_json::from_value(input)
        .map_err(|error| Error::new(ErrorKind::Invalid, error.to_string()))?;
    web.prepare(input)
}

/// True if a request with this method only reads.
pub(super) fn reads(method: &str) -> bool {
    ["GET", "HEAD", "OPTIONS"].iter().any(|safe| method.eq_ignore_ascii_case(safe))
}

/// How a request with this method repeats; `keyed` says whether the playbook gave it a key.
pub(super) fn repeats(method: &str, keyed: impl Fn() -> bool) -> Repeat {
    let idempotent = ["PUT", "DELETE"].iter().any(|one| method.eq_ignore_ascii_case(one));
    if reads(method) || idempotent {
        Repeat::Natural
    } else if keyed() {
        Repeat::Keyed
    } else {
        Repeat::Never
    }
}

/// What a request would do, as far as anybody can know: it is sent.
pub(super) fn plan(prepared: &Prepared) -> Plan {
    if reads(&prepared.method) {
        return Plan::default();
    }
    let change = PlannedChange {
        object: prepared.shown(),
        property: "request".to_owned(),
        from: Value::Null,
        to: json!({"method": prepared.method, "body": prepared.body.shown()}),
        irreversible: true,
    };
    let remark = "What the peer makes of this request is not known here; its own answer is all \
                  that is verified.";
    Plan { changes: vec![change], predicted: Value::Null, remarks: vec![remark.to_owned()] }
}

pub(super) fn cannot_tell() -> Look {
    Look::CannotTell("an HTTP interface does not tell whether it had a request".to_owned())
}

/// The peer's own answer is the only evidence: it was in the range that counts as success.
pub(super) fn answered(_output: &Value) -> Verified {
    Verified::Holds(json!({"answered": true}))
}
