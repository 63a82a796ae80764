//! Calls against the action catalogue.

use kompel_model::{ActionEffect, ActionName, ActionSpec, Catalogue, Phrase};
use serde_json::{Map, Value};

use super::in_order;
use crate::language::{
    Authentication, Call, Credentials, FunctionCall, Playbook, Span, Task, TaskKind,
    UseAuthentication, embedded_expression,
    mistake::{Fault, heading, known, near, write},
    parse::nearest,
    place::member,
    walk,
};

pub(super) fn faults(playbook: &Playbook, catalogue: &Catalogue) -> Vec<Fault> {
    let mut calls = Calls { playbook, catalogue, faults: Vec::new() };
    for task in walk::tasks(playbook) {
        calls.task(task);
    }
    for (name, authentication) in &playbook.use_.authentications {
        calls.written_secret(authentication, &member("/use/authentications", name));
    }
    calls.functions_that_call_themselves();
    calls.irreversible_without_approval();
    calls.faults
}

struct Calls<'p> {
    playbook: &'p Playbook,
    catalogue: &'p Catalogue,
    faults: Vec<Fault>,
}

impl<'p> Calls<'p> {
    fn task(&mut self, task: &Task) {
        let TaskKind::Call(call) = &task.kind else { return };
        let at = &task.reference.0;
        match call {
            Call::Http(http) => {
                let used = http.endpoint.authentication.as_ref();
                self.inline_secret(used, &format!("{at}/with/endpoint/authentication"));
            }
            Call::OpenApi(openapi) => {
                let used = openapi.document.authentication.as_ref();
                self.inline_secret(used, &format!("{at}/with/document/endpoint/authentication"));
                let used = openapi.authentication.as_ref();
                self.inline_secret(used, &format!("{at}/with/authentication"));
            }
            Call::Function(call) if self.playbook.use_.functions.contains_key(&call.name) => {}
            Call::Function(call) => match self.action(call) {
                Some(spec) => self.input(spec, call, at),
                None => self.unknown(call, at),
            },
        }
    }

    fn action(&self, call: &FunctionCall) -> Option<&'p ActionSpec> {
        let catalogue: &'p Catalogue = self.catalogue;
        catalogue.get(&call.name.parse::<ActionName>().ok()?)
    }

    fn unknown(&mut self, call: &FunctionCall, at: &str) {
        let names: Vec<&str> = self.catalogue.iter().map(|spec| spec.name.as_str()).collect();
        let connector = call.name.split('.').next().unwrap_or_default();
        let siblings: Vec<&str> = self
            .catalogue
            .iter()
            .filter(|spec| spec.name.connector() == connector)
            .map(|spec| spec.name.as_str())
            .collect();
        let hint = match (nearest(&call.name, &names), siblings.as_slice()) {
            (Some(name), _) => near(name),
            (None, []) => Phrase::new("instead-functions"),
            (None, siblings) => Phrase::new("instead-siblings")
                .text("connector", connector)
                .text("names", siblings.join(", ")),
        };
        let span = self.playbook.places.find(&format!("{at}/call")).value;
        let message = Phrase::new("mistake-unknown-function").text("name", &call.name);
        self.faults.push(Fault::new("unknown-function", span, message).hint(hint));
    }

    /// The plain parts of `with` must fit the action's input; an expression may give anything.
    fn input(&mut self, spec: &ActionSpec, call: &FunctionCall, at: &str) {
        let mut input = call.with.clone().unwrap_or_default();
        input.remove("connection");
        let Ok(validator) = jsonschema::validator_for(&spec.input) else { return };
        let input = Value::Object(input);
        for error in validator.iter_errors(&input) {
            let path = error.instance_path().as_str().to_owned();
            if !is_certain(&error, &input, &path) {
                continue;
            }
            let (says, instead) = explain(&error, spec);
            let span = self.span_of_input(at, &path, &error);
            let fault = Fault::new("input", span, says);
            self.faults.push(match instead {
                Some(instead) => fault.hint(instead),
                None => fault,
            });
        }
        if call.name == "undo.step" {
            self.step_to_undo(call, at);
        }
    }

    /// `undo.step` names a task of this playbook.
    fn step_to_undo(&mut self, call: &FunctionCall, at: &str) {
        let written = call.with.as_ref().and_then(|with| with.get("step")?.as_str());
        let Some(step) = written.filter(|text| embedded_expression(text).is_none()) else { return };
        let names: Vec<&str> = walk::tasks(self.playbook).map(|task| task.name.as_str()).collect();
        if !names.contains(&step) {
            let span = self.playbook.places.find(&format!("{at}/with/step")).value;
            let hint = nearest(step, &names).map_or_else(|| Phrase::new("instead-step"), near);
            let says = Phrase::new("mistake-no-task").text("name", step);
            self.faults.push(Fault::new("unknown-name", span, says).hint(hint));
        }
    }

    fn span_of_input(&self, at: &str, path: &str, error: &jsonschema::ValidationError<'_>) -> Span {
        use jsonschema::error::ValidationErrorKind as Kind;
        let places = &self.playbook.places;
        let value = format!("{at}/with{path}");
        let first_unexpected = match error.kind() {
            Kind::AdditionalProperties { unexpected }
            | Kind::UnevaluatedProperties { unexpected } => unexpected.first(),
            _ => None,
        };
        if let Some(key) = first_unexpected {
            return heading(places.find(&member(&value, key)));
        }
        match places.get(&value) {
            Some(place) if path.is_empty() => heading(place),
            Some(place) => place.value,
            None => places.find(&format!("{at}/call")).value,
        }
    }

    fn inline_secret(&mut self, used: Option<&UseAuthentication>, pointer: &str) {
        if let Some(UseAuthentication::Inline(authentication)) = used {
            self.written_secret(authentication, pointer);
        }
    }

    /// A password that stands in the file itself.
    fn written_secret(&mut self, authentication: &Authentication, pointer: &str) {
        let Credentials::Inline(properties) = &authentication.credentials else { return };
        let pointer = format!("{pointer}/{}", authentication.scheme.keyword());
        let client = properties.get("client").and_then(Value::as_object);
        let direct =
            ["password", "token"].map(|key| (properties.get(key), format!("{pointer}/{key}")));
        let within = ["secret", "assertion"].map(|key| {
            (client.and_then(|client| client.get(key)), format!("{pointer}/client/{key}"))
        });
        for (value, pointer) in direct.into_iter().chain(within) {
            let plain =
                value.and_then(Value::as_str).filter(|text| embedded_expression(text).is_none());
            if plain.is_some() {
                let span = heading(self.playbook.places.find(&pointer));
                let fault =
                    Fault::new("written-secret", span, Phrase::new("mistake-written-secret"));
                let hint = Phrase::new("instead-written-secret").text("code", "`{use: <secret>}`");
                self.faults.push(fault.hint(hint).warning());
            }
        }
    }

    fn functions_that_call_themselves(&mut self) {
        let functions = &self.playbook.use_.functions;
        for (name, function) in functions {
            let mut reached: Vec<&str> = Vec::new();
            let mut todo = vec![function];
            while let Some(task) = todo.pop() {
                if let TaskKind::Call(Call::Function(call)) = &task.kind
                    && let Some((called, next)) = functions.get_key_value(&call.name)
                    && !reached.contains(&called.as_str())
                {
                    reached.push(called);
                    todo.push(next);
                }
                todo.extend(walk::inner(task, false).into_iter().flat_map(|list| list.tasks));
            }
            if reached.contains(&name.as_str()) {
                let span = heading(self.playbook.places.find(&function.reference.0));
                let fault = Fault::new(
                    "endless-function",
                    span,
                    Phrase::new("mistake-endless-function").text("name", name),
                );
                self.faults.push(fault.hint(Phrase::new("instead-endless-function")));
            }
        }
    }

    fn irreversible_without_approval(&mut self) {
        for task in in_order(self.playbook) {
            let TaskKind::Call(Call::Function(call)) = &task.kind else { continue };
            if call.name == "approval.ask" {
                return;
            }
            let effect = self.action(call).map(|spec| &spec.effect);
            if effect == Some(&ActionEffect::Irreversible) {
                let span = self.playbook.places.find(&format!("{}/call", task.reference)).value;
                let message = Phrase::new("mistake-no-approval").text("name", &call.name);
                let fault = Fault::new("no-approval", span, message);
                self.faults.push(fault.hint(Phrase::new("instead-no-approval")).warning());
            }
        }
    }
}

/// True if the error stays whatever the expressions in the value give.
fn is_certain(error: &jsonschema::ValidationError<'_>, input: &Value, path: &str) -> bool {
    use jsonschema::error::ValidationErrorKind as Kind;
    let Some(value) = input.pointer(path) else { return false };
    match error.kind() {
        Kind::Required { .. } | Kind::AdditionalProperties { .. } => true,
        Kind::UnevaluatedProperties { .. } | Kind::PropertyNames { .. } => true,
        Kind::MinProperties { .. } | Kind::MaxProperties { .. } => true,
        Kind::MinItems { .. } | Kind::MaxItems { .. } | Kind::AdditionalItems { .. } => {
            !is_expression(value)
        }
        Kind::Type { .. } => !is_expression(value),
        _ => !holds_expression(value),
    }
}

fn is_expression(value: &Value) -> bool {
    value.as_str().is_some_and(|text| embedded_expression(text).is_some())
}

fn holds_expression(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(holds_expression),
        Value::Object(members) => members.values().any(holds_expression),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => is_expression(value),
    }
}

fn explain(error: &jsonschema::ValidationError<'_>, spec: &ActionSpec) -> (Phrase, Option<Phrase>) {
    use jsonschema::error::ValidationErrorKind as Kind;
    let action = spec.name.as_str();
    let top = error.instance_path().as_str().is_empty();
    let properties = spec.input.get("properties").and_then(Value::as_object).filter(|_| top);
    let here: Vec<&str> = properties.into_iter().flat_map(Map::keys).map(String::as_str).collect();
    match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let about = properties.and_then(|all| all.get(name)?.get("description")?.as_str());
            let code = format!("`{name}: …`");
            let hint = about.map_or_else(
                || write(&code),
                |about| Phrase::new("instead-needed").text("code", &code).text("about", about),
            );
            let says = Phrase::new("mistake-input-needs").text("action", action).text("name", name);
            (says, Some(hint))
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let name = unexpected.first().map_or("", String::as_str);
            let hint = match nearest(name, &here) {
                Some(name) => near(name),
                None if here.is_empty() => Phrase::new("instead-leave-out"),
                None => known(here),
            };
            let says =
                Phrase::new("mistake-input-unknown").text("action", action).text("name", name);
            (says, Some(hint))
        }
        _ => {
            let rule = rule(error, spec);
            (Phrase::new("mistake-input").text("action", action).text("rule", rule), None)
        }
    }
}

/// The rule of the action's schema that a value breaks: `type: "string"`.
fn rule(error: &jsonschema::ValidationError<'_>, spec: &ActionSpec) -> String {
    let path = error.schema_path().as_str();
    let keyword = path.rsplit('/').next().unwrap_or_default();
    match spec.input.pointer(path) {
        Some(asked) => format!("{keyword}: {asked}").chars().take(LONGEST_RULE).collect(),
        None => keyword.to_owned(),
    }
}

const LONGEST_RULE: usize = 120;
