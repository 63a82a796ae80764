//! The language as a JSON Schema, for editors.
//!
//! Owns the schema of exactly what the parser reads, function catalogue included. What no schema
//! can say (names that must exist, expressions that must compile) stays the parser's and checker's.

use kompel_model::{ActionSpec, Catalogue};
use serde_json::{Map, Value, json};

/// The JSON Schema (draft 2020-12) of a playbook with this catalogue.
pub fn schema(catalogue: &Catalogue) -> Value {
    let mut defs = data_defs();
    defs.extend(rule_defs());
    defs.extend(fault_defs());
    defs.extend(call_defs());
    defs.extend(event_defs());
    defs.extend(task_defs(catalogue));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://kompel.dev/schemas/playbook.json",
        "title": "Kompel playbook",
        "description": "The part of the Open Workflow Specification, DSL 1.0.3, that Kompel runs.",
        "type": "object",
        "required": ["document", "do"],
        "additionalProperties": false,
        "properties": top(),
        "$defs": Value::Object(defs),
    })
}

fn top() -> Value {
    json!({
        "document": object(json!({
            "dsl": {"type": "string", "pattern": r"^1\.0\.(0|[1-9]\d*)", "description": "The version of the language: 1.0.3."},
            "namespace": {"$ref": "#/$defs/label", "description": "Whose playbook it is."},
            "name": {"$ref": "#/$defs/label", "description": "What it does."},
            "version": {"$ref": "#/$defs/version"},
            "title": text("A title for people."),
            "summary": text("A few sentences, in Markdown."),
            "tags": {"type": "object"},
            "metadata": {"type": "object"},
        }), &["dsl", "namespace", "name", "version"]),
        "input": {"$ref": "#/$defs/input"},
        "use": object(json!({
            "authentications": named("authentication"),
            "errors": named("error"),
            "functions": named("task"),
            "retries": named("retry"),
            "secrets": {"type": "array", "items": text("A secret's name; its value never enters the data of a run.")},
            "timeouts": {"type": "object", "additionalProperties": after()},
        }), &[]),
        "timeout": {"$ref": "#/$defs/timeout"},
        "schedule": {"$ref": "#/$defs/schedule"},
        "evaluate": object(json!({"language": {"const": "jq"}, "mode": {"const": "strict"}}), &[]),
        "do": {"$ref": "#/$defs/tasks"},
        "output": {"$ref": "#/$defs/output"},
    })
}

fn data_defs() -> Map<String, Value> {
    defs([
        (
            "label",
            json!({"type": "string", "pattern": "^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$"}),
        ),
        (
            "version",
            json!({"type": "string", "pattern": r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)([-+][0-9a-zA-Z.+-]*[0-9a-zA-Z])?$"}),
        ),
        ("variable", json!({"type": "string", "pattern": "^[a-zA-Z_][a-zA-Z0-9_]*$"})),
        (
            "jq",
            json!({"type": "string", "pattern": r"\S", "description": "A jq expression, with or without ${ }."}),
        ),
        ("expression", expression()),
        (
            "duration",
            json!({
                "description": "PT30S, {seconds: 30}, or an expression.",
                "anyOf": [
                    {"type": "string", "pattern": DURATION},
                    {"$ref": "#/$defs/expression"},
                    {
                        "type": "object", "minProperties": 1, "additionalProperties": false,
                        "properties": {
                            "days": whole(), "hours": whole(), "minutes": whole(),
                            "seconds": whole(), "milliseconds": whole(),
                        },
                    },
                ],
            }),
        ),
        ("timeout", json!({"anyOf": [after(), text("A name of `use.timeouts`.")]})),
        ("transform", json!({"anyOf": [{"$ref": "#/$defs/jq"}, {"type": "object"}]})),
    ])
}

fn rule_defs() -> Map<String, Value> {
    defs([
        (
            "schema",
            object(
                json!({
                    "format": {"type": "string", "pattern": "^json(:.*)?$"},
                    "document": {"$ref": "https://json-schema.org/draft/2020-12/schema"},
                }),
                &["document"],
            ),
        ),
        (
            "input",
            object(
                json!({"schema": {"$ref": "#/$defs/schema"}, "from": {"$ref": "#/$defs/transform"}}),
                &[],
            ),
        ),
        (
            "output",
            object(
                json!({"schema": {"$ref": "#/$defs/schema"}, "as": {"$ref": "#/$defs/transform"}}),
                &[],
            ),
        ),
        ("flow", text("continue, exit, end, or the name of a task of the same list.")),
    ])
}

fn fault_defs() -> Map<String, Value> {
    defs([
        (
            "error",
            object(
                json!({
                    "type": text("A URI that names the kind of error."),
                    "status": status(), "instance": plain(), "title": plain(), "detail": plain(),
                }),
                &["type", "status"],
            ),
        ),
        (
            "retry",
            object(
                json!({
                    "when": {"$ref": "#/$defs/jq"},
                    "exceptWhen": {"$ref": "#/$defs/jq"},
                    "delay": {"$ref": "#/$defs/duration"},
                    "backoff": {"oneOf": backoffs()},
                    "limit": object(json!({
                        "attempt": object(json!({
                            "count": {"type": "integer", "minimum": 1, "maximum": 10_000},
                            "duration": {"$ref": "#/$defs/duration"},
                        }), &[]),
                        "duration": {"$ref": "#/$defs/duration"},
                    }), &[]),
                    "jitter": object(json!({
                        "from": {"$ref": "#/$defs/duration"}, "to": {"$ref": "#/$defs/duration"},
                    }), &["from", "to"]),
                }),
                &[],
            ),
        ),
    ])
}

fn call_defs() -> Map<String, Value> {
    defs([
        ("authentication", authentication()),
        (
            "useAuthentication",
            json!({"anyOf": [
                object(json!({"use": text("A name of `use.authentications`.")}), &["use"]),
                {"$ref": "#/$defs/authentication"},
            ]}),
        ),
        (
            "address",
            json!({"type": "string", "anyOf": [
                {"pattern": r"^(?!\s*\$\{)\S+$"}, {"$ref": "#/$defs/expression"},
            ]}),
        ),
        (
            "endpoint",
            json!({"anyOf": [
                {"$ref": "#/$defs/address"},
                object(json!({
                    "uri": {"$ref": "#/$defs/address"},
                    "authentication": {"$ref": "#/$defs/useAuthentication"},
                }), &["uri"]),
            ]}),
        ),
        (
            "texts",
            json!({"anyOf": [
                {"type": "object", "additionalProperties": {"type": "string"}},
                {"$ref": "#/$defs/expression"},
            ]}),
        ),
    ])
}

fn backoffs() -> Vec<Value> {
    let one = |kind: &&str| object(json!({*kind: object(json!({}), &[])}), &[kind]);
    ["constant", "linear", "exponential"].iter().map(one).collect()
}

fn authentication() -> Value {
    let secret = object(json!({"use": text("A name of `use.secrets`.")}), &["use"]);
    let way = |scheme: &str, inline: Value| {
        object(json!({scheme: {"anyOf": [secret, inline]}}), &[scheme])
    };
    let login = object(json!({"username": {}, "password": {}}), &["username", "password"]);
    let oauth2 = object(
        json!({
            "authority": {}, "grant": {}, "client": {}, "request": {}, "issuers": {}, "scopes": {},
            "audiences": {}, "username": {}, "password": {}, "subject": {}, "actor": {},
            "endpoints": {},
        }),
        &["authority", "grant"],
    );
    json!({"oneOf": [
        way("basic", login.clone()),
        way("bearer", object(json!({"token": {}}), &["token"])),
        way("digest", login),
        way("oauth2", oauth2),
    ]})
}

fn event_defs() -> Map<String, Value> {
    let patterns = json!({"type": "array", "items": {"$ref": "#/$defs/event"}});
    let plain = [
        object(json!({"all": patterns}), &["all"]),
        object(json!({"one": {"$ref": "#/$defs/event"}}), &["one"]),
        object(json!({"any": patterns}), &["any"]),
    ];
    let until = json!({"anyOf": [{"$ref": "#/$defs/jq"}, {"oneOf": plain.clone()}]});
    let [all, one, _] = plain;
    let any = object(json!({"any": patterns, "until": until}), &["any"]);
    defs([
        (
            "event",
            object(
                json!({
                    "with": {"type": "object", "minProperties": 1},
                    "correlate": {"type": "object", "additionalProperties": object(json!({
                        "from": {"$ref": "#/$defs/jq"}, "expect": {"type": "string"},
                    }), &["from"])},
                }),
                &["with"],
            ),
        ),
        ("events", json!({"oneOf": [all, one, any]})),
        ("read", json!({"enum": ["data", "envelope", "raw"]})),
        (
            "schedule",
            json!({
                "type": "object", "additionalProperties": false, "minProperties": 1,
                "properties": {
                    "every": {"$ref": "#/$defs/duration"},
                    "cron": text("Five fields: minute hour day month weekday."),
                    "after": {"$ref": "#/$defs/duration"},
                    "on": {"$ref": "#/$defs/events"},
                    "read": {"$ref": "#/$defs/read"},
                },
                "dependentRequired": {"read": ["on"]},
            }),
        ),
    ])
}

fn task_defs(catalogue: &Catalogue) -> Map<String, Value> {
    defs([
        (
            "tasks",
            json!({
                "type": "array", "minItems": 1,
                "items": {
                    "type": "object", "minProperties": 1, "maxProperties": 1,
                    "propertyNames": {"not": {"enum": ["continue", "exit", "end"]}},
                    "additionalProperties": {"$ref": "#/$defs/task"},
                },
            }),
        ),
        (
            "task",
            json!({
                "type": "object",
                "oneOf": [
                    task("Tasks, one after the other.", json!({"do": tasks()}), &["do"]),
                    call(catalogue),
                    task("Makes this the output.", json!({"set": {"anyOf": [
                        {"type": "object", "minProperties": 1}, {"type": "string"},
                    ]}}), &["set"]),
                    task("Goes where the first case that fits says.", json!({"switch": cases()}), &["switch"]),
                    task("Tasks for each item.", json!({
                        "for": object(json!({
                            "each": {"$ref": "#/$defs/variable"},
                            "in": {"anyOf": [{"$ref": "#/$defs/jq"}, {"type": "array"}]},
                            "at": {"$ref": "#/$defs/variable"},
                        }), &["in"]),
                        "while": {"$ref": "#/$defs/jq"},
                        "do": tasks(),
                    }), &["for", "do"]),
                    task("Branches at the same time.", json!({"fork": object(json!({
                        "branches": tasks(), "compete": {"type": "boolean"},
                    }), &["branches"])}), &["fork"]),
                    task("Tasks whose errors are handled.", json!({"try": tasks(), "catch": catch()}), &["try", "catch"]),
                    task("Waits for this long.", json!({"wait": {"$ref": "#/$defs/duration"}}), &["wait"]),
                    listen(),
                    task("Publishes an event.", json!({"emit": object(json!({"event": object(json!({
                        "with": {"type": "object", "required": ["type"]},
                    }), &["with"])}), &["event"])}), &["emit"]),
                    task("Fails with an error.", json!({"raise": object(json!({"error": {"anyOf": [
                        {"$ref": "#/$defs/error"}, text("A name of `use.errors`."),
                    ]}}), &["error"])}), &["raise"]),
                    run(),
                ],
            }),
        ),
    ])
}

fn listen() -> Value {
    task(
        "Waits for events.",
        json!({
            "listen": object(json!({
                "to": {"$ref": "#/$defs/events"}, "read": {"$ref": "#/$defs/read"},
            }), &["to"]),
            "foreach": object(json!({
                "item": {"$ref": "#/$defs/variable"},
                "at": {"$ref": "#/$defs/variable"},
                "do": tasks(),
                "output": {"$ref": "#/$defs/output"},
                "export": {"$ref": "#/$defs/output"},
            }), &[]),
        }),
        &["listen"],
    )
}

fn run() -> Value {
    task(
        "Runs another playbook.",
        json!({"run": object(json!({
                        "workflow": object(json!({
                            "namespace": {"$ref": "#/$defs/label"},
                            "name": {"$ref": "#/$defs/label"},
                            "version": {"anyOf": [{"const": "latest"}, {"$ref": "#/$defs/version"}]},
                            "input": {"type": "object"},
                        }), &["namespace", "name", "version"]),
                        "await": {"type": "boolean"},
                    }), &["workflow"])}),
        &["run"],
    )
}

fn cases() -> Value {
    json!({
        "type": "array", "minItems": 1,
        "items": {
            "type": "object", "minProperties": 1, "maxProperties": 1,
            "additionalProperties": object(json!({
                "when": {"$ref": "#/$defs/jq"}, "then": {"$ref": "#/$defs/flow"},
            }), &["then"]),
        },
    })
}

fn catch() -> Value {
    let filter = json!({
        "type": "object", "minProperties": 1, "additionalProperties": false,
        "properties": {
            "type": plain(), "status": status(), "instance": plain(), "title": plain(),
            "detail": plain(),
        },
    });
    object(
        json!({
            "errors": object(json!({"with": filter}), &["with"]),
            "as": {"$ref": "#/$defs/variable"},
            "when": {"$ref": "#/$defs/jq"},
            "exceptWhen": {"$ref": "#/$defs/jq"},
            "retry": {"anyOf": [{"$ref": "#/$defs/retry"}, text("A name of `use.retries`.")]},
            "do": tasks(),
            "then": {"$ref": "#/$defs/flow"},
        }),
        &[],
    )
}

/// `call`: the known names with their `with`, or a name of `use.functions`.
fn call(catalogue: &Catalogue) -> Value {
    let actions = catalogue
        .iter()
        .map(|spec| json!({"const": spec.name.as_str(), "description": spec.summary}));
    let mut names = vec![
        json!({"const": "http", "description": "An HTTP request"}),
        json!({"const": "openapi", "description": "An operation of an OpenAPI document"}),
    ];
    names.extend(actions);
    names.push(json!({
        "type": "string",
        "pattern": "^[^./:@]+$",
        "not": {"enum": ["http", "openapi", "asyncapi", "grpc", "a2a", "mcp"]},
        "description": "A name of `use.functions`",
    }));
    let mut whole = task(
        "Calls a service or a function.",
        json!({"call": {"anyOf": names}, "with": {"type": "object"}}),
        &["call"],
    );
    let mut by_name =
        vec![when_called("http", http(), true), when_called("openapi", openapi(), true)];
    by_name.extend(catalogue.iter().map(action));
    whole["allOf"] = Value::Array(by_name);
    whole
}

fn when_called(name: &str, with: Value, needed: bool) -> Value {
    let mut then = json!({"properties": {"with": with}});
    if needed {
        then["required"] = json!(["with"]);
    }
    json!({"if": {"required": ["call"], "properties": {"call": {"const": name}}}, "then": then})
}

/// An action's input as `with`: an expression may stand for any value, and `connection` for the
/// runtime may be there.
fn action(spec: &ActionSpec) -> Value {
    let mut with = loosen_inside(&spec.input);
    let needed =
        spec.input.get("required").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
    if let Some(with) = with.as_object_mut() {
        with.insert(
            "$id".to_owned(),
            format!("https://kompel.dev/functions/{}.json", spec.name).into(),
        );
        with.remove("$schema");
        let properties = with.entry("properties").or_insert_with(|| json!({}));
        properties["connection"] =
            text("Which of the tenant's connections to use; needed if there are several.");
    }
    when_called(spec.name.as_str(), with, needed)
}

/// The schema, with an expression allowed in each place of a value.
fn loosen(schema: &Value) -> Value {
    match schema {
        Value::Object(_) => json!({"anyOf": [loosen_inside(schema), expression()]}),
        other => other.clone(),
    }
}

fn loosen_inside(schema: &Value) -> Value {
    let Value::Object(members) = schema else { return schema.clone() };
    let each = |value: &Value| match value {
        Value::Object(inner) => {
            inner.iter().map(|(key, value)| (key.clone(), loosen(value))).collect()
        }
        other => other.clone(),
    };
    let all = |value: &Value, loosen: fn(&Value) -> Value| match value {
        Value::Array(items) => items.iter().map(loosen).collect(),
        other => other.clone(),
    };
    let loosened = members.iter().map(|(key, value)| {
        let value = match key.as_str() {
            "properties" | "patternProperties" | "$defs" | "definitions" => each(value),
            "items" | "additionalProperties" | "unevaluatedProperties" | "contains" => {
                loosen(value)
            }
            "prefixItems" => all(value, loosen),
            "anyOf" | "allOf" => all(value, loosen_inside),
            // A value with an expression in it may fit several alternatives, or seem not to.
            "oneOf" => return ("anyOf".to_owned(), all(value, loosen_inside)),
            "not" | "if" | "then" | "else" | "dependentSchemas" => {
                return ("$comment".to_owned(), "left to the checker".into());
            }
            _ => value.clone(),
        };
        (key.clone(), value)
    });
    Value::Object(loosened.collect())
}

fn http() -> Value {
    object(
        json!({
            "method": plain(),
            "endpoint": {"$ref": "#/$defs/endpoint"},
            "headers": {"$ref": "#/$defs/texts"},
            "body": {},
            "query": {"$ref": "#/$defs/texts"},
            "output": {"enum": ["raw", "content", "response"]},
            "redirect": {"type": "boolean"},
        }),
        &["method", "endpoint"],
    )
}

fn openapi() -> Value {
    object(
        json!({
            "document": object(json!({"name": plain(), "endpoint": {"$ref": "#/$defs/endpoint"}}), &["endpoint"]),
            "operationId": plain(),
            "parameters": {"type": "object"},
            "authentication": {"$ref": "#/$defs/useAuthentication"},
            "output": {"enum": ["raw", "content", "response"]},
            "redirect": {"type": "boolean"},
        }),
        &["document", "operationId"],
    )
}

/// A kind of task: its own members and what every task may have.
fn task(description: &str, own: Value, required: &[&str]) -> Value {
    let mut properties = json!({
        "if": {"$ref": "#/$defs/jq"},
        "input": {"$ref": "#/$defs/input"},
        "output": {"$ref": "#/$defs/output"},
        "export": {"$ref": "#/$defs/output"},
        "timeout": {"$ref": "#/$defs/timeout"},
        "then": {"$ref": "#/$defs/flow"},
        "metadata": {"type": "object", "properties": {
            "maxConcurrency": {"type": "integer", "minimum": 1, "maximum": 1000},
        }},
    });
    if let (Value::Object(all), Value::Object(own)) = (&mut properties, own) {
        all.extend(own);
    }
    let mut whole = object(properties, required);
    whole["description"] = description.into();
    whole
}

fn object(properties: Value, required: &[&str]) -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "required": required,
    })
}

fn named(definition: &str) -> Value {
    json!({"type": "object", "additionalProperties": {"$ref": format!("#/$defs/{definition}")}})
}

fn tasks() -> Value {
    json!({"$ref": "#/$defs/tasks"})
}

fn after() -> Value {
    object(json!({"after": {"$ref": "#/$defs/duration"}}), &["after"])
}

fn expression() -> Value {
    json!({"type": "string", "pattern": r"^\s*\$\{\s*[\s\S]*\S[\s\S]*\}\s*$"})
}

fn text(description: &str) -> Value {
    json!({"type": "string", "minLength": 1, "description": description})
}

fn plain() -> Value {
    json!({"type": "string"})
}

fn whole() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn status() -> Value {
    json!({"type": "integer", "minimum": 100, "maximum": 599})
}

fn defs<const N: usize>(defs: [(&str, Value); N]) -> Map<String, Value> {
    defs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

const DURATION: &str = r"^P(?=\d|T)(\d+(\.\d+)?W)?(\d+(\.\d+)?D)?(T(?=\d)(\d+(\.\d+)?H)?(\d+(\.\d+)?M)?(\d+(\.\d+)?S)?)?$";
