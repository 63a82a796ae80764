//! `openapi.call` under the contract, on the desk that `http` is tried on.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use url::Url;

use super::{connector, document::Document};
use crate::{
    Connector, ErrorKind,
    contract::{Bench, Example, NotRun, Peer},
    peers::http::tests::{Desk, HERE, perform},
};

/// The bench, for the contract tests.
pub(in crate::peers) fn bench() -> Box<dyn Bench> {
    Box::new(OpenApiBench)
}

struct OpenApiBench;

fn input(operation: &str, parameters: Value) -> Value {
    json!({
        "document": {"endpoint": format!("{HERE}/openapi.json")},
        "operationId": operation,
        "parameters": parameters,
        "authentication": {"bearer": {"use": "desk"}},
    })
}

#[async_trait]
impl Bench for OpenApiBench {
    fn connector(&self) -> Arc<dyn Connector> {
        connector()
    }

    fn examples(&self) -> Vec<Example> {
        let put = input("writeTicket", json!({"id": "7", "body": {"state": "closed"}}));
        let keyed = json!({"Idempotency-Key": "weekly-1", "state": "open"});
        vec![
            Example::new("openapi.call", put).named("put"),
            Example::new("openapi.call", input("createTicket", keyed)).named("post with a key"),
        ]
    }

    async fn start(&self) -> Result<Box<dyn Peer>, NotRun> {
        Ok(Box::new(Desk::start(connector()).await?))
    }
}

#[tokio::test]
async fn an_operation_that_only_reads_is_done_by_its_plan() {
    let desk = Desk::start(connector()).await.unwrap();
    let parameters = json!({"word": ["a b", "c"], "joined": [1, 2], "X-Mark": "m"});
    let said = perform(&desk, &input("say", parameters)).await.unwrap();
    assert_eq!(said["uri"], "/echo?word=a%20b&word=c&joined=1,2");
    assert_eq!(said["headers"]["x-mark"], "m");
}

#[tokio::test]
async fn what_the_document_does_not_have_is_named() {
    let desk = Desk::start(connector()).await.unwrap();
    for (operation, parameters, told) in [
        ("burnTicket", json!({}), "no operation \"burnTicket\""),
        ("readTicket", json!({}), "needs parameter \"id\""),
        ("readTicket", json!({"id": 7, "word": 1}), "no parameter \"word\""),
        ("readTicket", json!({"id": ".."}), "part of a path"),
        ("writeTicket", json!({"id": 7}), "needs parameter \"body\""),
    ] {
        let error = perform(&desk, &input(operation, parameters)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid);
        assert!(error.detail.contains(told), "{error} should tell {told}");
    }
}

#[test]
fn a_document_of_either_version_gives_the_same_request() {
    let from = Url::parse("http://127.0.0.1:80/v2/swagger.json").unwrap();
    let status = json!({"name": "status", "in": "query", "required": true});
    let swagger = json!({
        "swagger": "2.0", "host": "desk.test", "basePath": "/v2", "schemes": ["https", "http"],
        "paths": {"/pet/find": {"get": {"operationId": "find", "parameters": [
            {"name": "status", "in": "query", "required": true, "collectionFormat": "multi"},
        ]}}},
    });
    let three = json!({
        "openapi": "3.1.0",
        "servers": [{"url": "http://{host}/v2/", "variables": {"host": {"default": "desk.test"}}}],
        "paths": {"/pet/find": {"get": {"operationId": "find", "parameters": [status]}}},
    });
    for document in [swagger, three] {
        let document = Document::parse(document.to_string().as_bytes()).unwrap();
        let given = json!({"status": ["a", "b&c"]});
        let request = document
            .operation("find")
            .unwrap()
            .request(&document, &from, given.as_object().unwrap())
            .unwrap();
        assert_eq!(request["endpoint"], "http://desk.test/v2/pet/find?status=a&status=b%26c");
    }
}

#[test]
fn hostile_documents_end_in_an_error() {
    let from = Url::parse("http://127.0.0.1/").unwrap();
    let ring = json!({
        "openapi": "3.0.0", "components": {"a": {"$ref": "#/components/a"}},
        "paths": {"/": {"get": {"operationId": "x", "parameters": [{"$ref": "#/components/a"}]}}},
    });
    let outside = json!({
        "openapi": "3.0.0",
        "paths": {"/": {"get": {"operationId": "x", "parameters": [{"$ref": "other.json#/a"}]}}},
    });
    for document in [ring, outside] {
        let document = Document::parse(document.to_string().as_bytes()).unwrap();
        let operation = document.operation("x").unwrap();
        let failed = operation.request(&document, &from, &serde_json::Map::new()).unwrap_err();
        assert_eq!(failed.kind, ErrorKind::Invalid);
    }
    let deep = "[".repeat(100_000);
    for text in ["", "openapi: 3.0.0", "{}", "{\"openapi\": \"4.0\"}", &deep] {
        let failed = Document::parse(text.as_bytes()).err().map(|error| error.kind);
        assert_eq!(failed, Some(ErrorKind::Unsupported));
    }
}
