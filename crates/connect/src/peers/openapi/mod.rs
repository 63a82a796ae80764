//! Any system that describes its HTTP interface: the Open Workflow standard's `call: openapi`.
//!
//! Peer: any server with an OpenAPI 3 or Swagger 2 document in JSON. Permissions and settings: as
//! `http`; both the document's address and the described one must be in `allow`. Limits: documents
//! up to `most_bytes`, references within the document only. Reference: DSL 1.0.3, "OpenAPI Call";
//! OpenAPI 3.0 and 3.1, Swagger 2.0.
//!
//! Which method an operation has is in the document, not in the input: the action is declared for
//! the worst. The plan of an operation that only reads performs it and has no change, so nothing of
//! it needs an approval and its prediction is its output.

mod document;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, Repeat};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[cfg(test)]
pub(super) use tests::bench;

use super::http::{self, KEY, Output, Web, prepared_from};
use crate::{Action, Call, Check, Connection, Connector, Error, ErrorKind, Look, Verified};
use document::Document;

/// The connector.
struct OpenApi;

/// The connector, for the registry.
pub(super) fn connector() -> Arc<dyn Connector> {
    Arc::new(OpenApi)
}

#[async_trait]
impl Connector for OpenApi {
    fn name(&self) -> &'static str {
        "openapi"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![Arc::new(CallOperation)]
    }

    fn settings(&self) -> Value {
        http::settings()
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        http::check(connection)
    }
}

/// `openapi.call`.
struct CallOperation;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    document: Resource,
    #[serde(rename = "operationId")]
    operation_id: String,
    #[serde(default)]
    parameters: Map<String, Value>,
    #[serde(default)]
    output: Output,
    #[serde(default)]
    redirect: bool,
    #[serde(default)]
    authentication: Option<Value>,
}

#[derive(Deserialize)]
struct Resource {
    endpoint: http::Endpoint,
}

#[async_trait]
impl Action for CallOperation {
    fn spec(&self) -> ActionSpec {
        let mut properties = http::shared_properties();
        properties["document"] = json!({
            "type": "object", "required": ["endpoint"],
            "properties": {"endpoint": {}, "name": {"type": "string"}},
        });
        properties["operationId"] = json!({"type": "string", "minLength": 1});
        properties["parameters"] = json!({"type": "object", "maxProperties": 256});
        ActionSpec {
            name: "openapi.call".parse().expect("a constant that the registry's test parses"),
            summary: "Calls an operation of an OpenAPI document".to_owned(),
            effect: ActionEffect::Irreversible,
            repeat: Repeat::Never,
            permissions: vec!["what the peer asks; entries of `allow`".to_owned()],
            systems: vec!["HTTP".to_owned()],
            input: json!({
                "type": "object",
                "required": ["document", "operationId"],
                "additionalProperties": false,
                "properties": properties,
            }),
            output: json!({}),
        }
    }

    fn repeat_of(&self, input: &Value) -> Repeat {
        let named = input["parameters"].as_object();
        let keyed = named.is_some_and(|all| all.keys().any(|name| name.eq_ignore_ascii_case(KEY)));
        if keyed { Repeat::Keyed } else { Repeat::Never }
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let (web, prepared) = made(call).await?;
        if http::reads(&prepared.method) {
            return Ok(Plan { predicted: web.send(prepared, call).await?, ..Plan::default() });
        }
        Ok(http::plan(&prepared))
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let (web, prepared) = made(call).await?;
        web.send(prepared, call).await
    }

    async fn look(&self, _call: &Call) -> Result<Look, Error> {
        Ok(http::cannot_tell())
    }

    async fn verify(&self, _call: &Call, output: &Value) -> Result<Verified, Error> {
        Ok(http::answered(output))
    }
}

/// Reads the document and makes the operation's request ready.
async fn made(call: &Call) -> Result<(Web, http::Prepared), Error> {
    let web = Web::of(&call.connection)?;
    let input: Input = serde_json::from_value(call.input.clone())
        .map_err(|error| Error::new(ErrorKind::Invalid, error.to_string()))?;
    let (uri, own) = input.document.endpoint.parts();
    let asked = prepared_from(&web, json!({"method": "get", "endpoint": uri, "authentication": own}))?;
    let from = asked.url.clone();
    let answer = web.answer(&asked, call).await?;
    if !answer.succeeded() {
        let refusal = answer.refusal(call.at);
        let detail = format!("the OpenAPI document: {}", refusal.detail);
        return Err(Error { detail, ..refusal });
    }
    let document = Document::parse(&answer.body)?;
    let operation = document.operation(&input.operation_id)?;
    let mut request = operation.request(&document, &from, &input.parameters)?;
    request["authentication"] = json!(input.authentication);
    let mut prepared = prepared_from(&web, request)?;
    (prepared.output, prepared.redirect) = (input.output, input.redirect);
    Ok((web, prepared))
}
