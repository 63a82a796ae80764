use serde_json::Value;

use super::{FULL, as_yaml, scenarios, standard};
use crate::language::parse;

/// The examples we refuse, and what is refused.
const REFUSED: [(&str, &str); 23] = [
    ("authentication-oidc", "`oidc` is not supported"),
    ("authentication-oidc-secret", "`oidc` is not supported"),
    ("call-asyncapi-publish", "`call: asyncapi` is not supported"),
    ("call-asyncapi-subscribe-consume-amount", "`call: asyncapi` is not supported"),
    ("call-asyncapi-subscribe-consume-forever-foreach", "`call: asyncapi` is not supported"),
    ("call-asyncapi-subscribe-consume-until", "`call: asyncapi` is not supported"),
    ("call-asyncapi-subscribe-consume-while", "`call: asyncapi` is not supported"),
    ("call-custom-function-cataloged", "comes from a catalogue elsewhere"),
    ("call-grpc", "`call: grpc` is not supported"),
    ("call-mcp", "`call: mcp` is not supported"),
    ("mock-service-extension", "`use.extensions` is not supported"),
    ("run-container", "`run.container` is not supported"),
    ("run-container-cleanup-always", "`run.container` is not supported"),
    ("run-container-cleanup-eventually", "`run.container` is not supported"),
    ("run-container-stdin-and-arguments", "`run.container` is not supported"),
    ("run-container-with-name", "`run.container` is not supported"),
    ("run-container-with-pull-policy", "`run.container` is not supported"),
    ("run-return-all", "`run.container` is not supported"),
    ("run-return-code", "`run.container` is not supported"),
    ("run-return-none", "`run.container` is not supported"),
    ("run-return-stderr", "`run.container` is not supported"),
    ("run-script-with-stdin-and-arguments", "`run.script` is not supported"),
    ("run-shell-stdin-and-arguments", "`run.shell` is not supported"),
];

/// What writing back may change: an endpoint that is only a `uri` becomes that address.
fn normal(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let short = |key: &str, value: Value| match value {
                Value::Object(mut inner) if key == "endpoint" && inner.len() == 1 => {
                    inner.remove("uri").unwrap_or(Value::Object(inner))
                }
                other => other,
            };
            let members = members.into_iter().map(|(key, value)| {
                let value = normal(short(&key, value));
                (key, value)
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => items.into_iter().map(normal).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

fn is_written_back_unchanged(name: &str, text: &str) {
    let playbook = match parse(text, name) {
        Ok(playbook) => playbook,
        Err(mistakes) => panic!("{name}: {mistakes:#?}"),
    };
    let as_yaml = as_yaml(text).unwrap();
    assert_eq!(playbook.to_value(), normal(as_yaml), "{name}");
    let written = playbook.to_yaml().unwrap();
    let again = parse(&written, name).unwrap_or_else(|e| panic!("{name}: {e:#?}\n{written}"));
    assert_eq!(again.to_value(), playbook.to_value(), "{name}");
}

#[test]
fn every_part_of_the_language_is_written_back_unchanged() {
    is_written_back_unchanged("full", FULL);
}

#[test]
fn every_example_is_written_back_unchanged_or_refused_by_name() {
    let examples = standard("examples");
    for (name, text) in &examples {
        match REFUSED.iter().find(|(refused, _)| refused == name) {
            None => is_written_back_unchanged(name, text),
            Some((_, why)) => {
                let mistakes = parse(text, name).unwrap_err();
                assert!(mistakes.iter().all(|m| m.code == "refused"), "{name}: {mistakes:#?}");
                assert!(
                    mistakes.iter().any(|m| m.message().contains(why)),
                    "{name}: {mistakes:#?}"
                );
                assert!(mistakes.iter().all(|m| m.instead.is_some()), "{name}");
            }
        }
    }
    if !examples.is_empty() {
        assert_eq!(examples.len(), 68);
        for (name, _) in REFUSED {
            assert!(examples.iter().any(|(example, _)| example == name), "no example {name}");
        }
    }
}

#[test]
fn the_standards_invalid_documents_are_refused() {
    for (name, text) in standard("invalid") {
        let code = match name.as_str() {
            "extra-property-in-call" => "unknown-field",
            "listen-any-until-any-until" => "repeated-key",
            "two-tasks-in-one-item" => "several-tasks",
            other => panic!("no expectation for {other}"),
        };
        let mistakes = parse(&text, &name).unwrap_err();
        assert_eq!(mistakes.len(), 1, "{name}: {mistakes:#?}");
        assert_eq!(mistakes[0].code, code, "{name}");
    }
}

#[test]
fn the_conformance_kits_documents_are_read() {
    let scenarios = scenarios();
    for (index, text) in scenarios.iter().enumerate() {
        is_written_back_unchanged(&format!("scenario {index}"), text);
    }
    assert!(scenarios.is_empty() || scenarios.len() == 21, "{}", scenarios.len());
}
