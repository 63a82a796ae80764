//! A playbook as JSON and as YAML, so that reading what was written gives the same playbook.
//!
//! Owns the one form of each part: an `errors` filter is written under `with`, an endpoint without
//! authentication as a plain address, empty mappings under `use` not at all.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    Authentication, Call, Catch, Credentials, Document, Duration, Endpoint, ErrorDefinition,
    ErrorFilter, EventConsumption, EventPattern, Expression, FlowDirective, For, ForIn, Foreach,
    HttpCall, HttpOutput, InputRule, Listen, OpenApiCall, OutputRule, Playbook, Raise, ReadAs,
    Retry, RetryPolicy, RunPlaybook, Schedule, Schema, Set, Switch, Task, TaskKind, Timeout,
    Transform, Try, Until, Uri, Use, UseAuthentication,
};

impl Playbook {
    /// The playbook as JSON, as `$workflow.definition` shows it.
    pub fn to_value(&self) -> Value {
        let mut top = Writer::default();
        top.put("document", document(&self.document));
        top.put_if("input", self.input.as_ref().map(input_rule));
        top.put_if("use", use_(&self.use_));
        top.put_if("timeout", self.timeout.as_ref().map(timeout));
        top.put_if("schedule", self.schedule.as_ref().map(schedule));
        top.put_if("evaluate", self.evaluate.clone().map(Value::Object));
        top.put("do", tasks(&self.tasks));
        top.put_if("output", self.output.as_ref().map(output_rule));
        top.done()
    }

    /// The playbook as YAML.
    ///
    /// # Errors
    /// None that is known; the YAML writer's own.
    pub fn to_yaml(&self) -> Result<String, serde_saphyr::ser_error::Error> {
        serde_saphyr::to_string(&self.to_value())
    }
}

impl Task {
    /// The task's definition as JSON, without its name, as `$task.definition` shows it.
    pub fn to_value(&self) -> Value {
        let mut top = Writer::default();
        let base = &self.base;
        top.put_if("if", base.if_.as_ref().map(expression));
        top.put_if("input", base.input.as_ref().map(input_rule));
        kind(&self.kind, &mut top);
        top.put_if("output", base.output.as_ref().map(output_rule));
        top.put_if("export", base.export.as_ref().map(output_rule));
        top.put_if("timeout", base.timeout.as_ref().map(timeout));
        top.put_if("then", base.then.as_ref().map(flow));
        top.put_if("metadata", base.metadata.clone().map(Value::Object));
        top.done()
    }
}

#[derive(Default)]
struct Writer(Map<String, Value>);

impl Writer {
    fn put(&mut self, key: &str, value: impl Into<Value>) {
        self.0.insert(key.to_owned(), value.into());
    }

    fn put_if(&mut self, key: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    fn done(self) -> Value {
        Value::Object(self.0)
    }
}

fn document(document: &Document) -> Value {
    let mut top = Writer::default();
    top.put("dsl", document.dsl.as_str());
    top.put("namespace", document.namespace.as_str());
    top.put("name", document.name.as_str());
    top.put("version", document.version.as_str());
    top.put_if("title", document.title.as_deref());
    top.put_if("summary", document.summary.as_deref());
    top.put_if("tags", document.tags.clone());
    top.put_if("metadata", document.metadata.clone());
    top.done()
}

fn use_(shared: &Use) -> Option<Value> {
    let mut top = Writer::default();
    let after = |duration_: &Duration| json!({"after": duration(duration_)});
    top.put_if("authentications", named(&shared.authentications, authentication));
    top.put_if("errors", named(&shared.errors, error_definition));
    top.put_if("functions", named(&shared.functions, Task::to_value));
    top.put_if("retries", named(&shared.retries, retry_policy));
    top.put_if("timeouts", named(&shared.timeouts, after));
    top.put_if("secrets", (!shared.secrets.is_empty()).then(|| json!(shared.secrets)));
    (!top.0.is_empty()).then(|| top.done())
}

fn named<T>(things: &BTreeMap<String, T>, write: impl Fn(&T) -> Value) -> Option<Value> {
    let written = things.iter().map(|(name, thing)| (name.clone(), write(thing)));
    (!things.is_empty()).then(|| Value::Object(written.collect()))
}

fn tasks(tasks: &[Task]) -> Value {
    tasks.iter().map(|task| one(&task.name, task.to_value())).collect()
}

fn one(key: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(key.to_owned(), value)]))
}

fn kind(kind: &TaskKind, top: &mut Writer) {
    match kind {
        TaskKind::Do(list) => top.put("do", tasks(list)),
        TaskKind::Call(call_) => call(call_, top),
        TaskKind::Set(Set::Values(values)) => top.put("set", values.clone()),
        TaskKind::Set(Set::Expression(text)) => top.put("set", expression(text)),
        TaskKind::Set(Set::Text(text)) => top.put("set", text.as_str()),
        TaskKind::Switch(choice) => top.put("switch", switch(choice)),
        TaskKind::For(each) => for_(each, top),
        TaskKind::Fork(fork) => {
            let mut inner = Writer::default();
            inner.put("branches", tasks(&fork.branches));
            inner.put_if("compete", fork.compete);
            top.put("fork", inner.done());
        }
        TaskKind::Try(attempt) => try_(attempt, top),
        TaskKind::Wait(length) => top.put("wait", duration(length)),
        TaskKind::Listen(waiting) => listen(waiting, top),
        TaskKind::Emit(event) => top.put("emit", json!({"event": {"with": event.with}})),
        TaskKind::Raise(Raise::Named(name)) => top.put("raise", json!({"error": name})),
        TaskKind::Raise(Raise::Inline(error)) => {
            top.put("raise", json!({"error": error_definition(error)}));
        }
        TaskKind::Run(playbook) => top.put("run", run(playbook)),
    }
}

fn call(call: &Call, top: &mut Writer) {
    match call {
        Call::Http(with) => {
            top.put("call", "http");
            top.put("with", http(with));
        }
        Call::OpenApi(with) => {
            top.put("call", "openapi");
            top.put("with", openapi(with));
        }
        Call::Function(function) => {
            top.put("call", function.name.as_str());
            top.put_if("with", function.with.clone());
        }
    }
}

fn http(call: &HttpCall) -> Value {
    let mut top = Writer::default();
    top.put("method", call.method.as_str());
    top.put("endpoint", endpoint(&call.endpoint));
    top.put_if("headers", call.headers.clone());
    top.put_if("query", call.query.clone());
    top.put_if("body", call.body.clone());
    top.put_if("output", call.output.map(http_output));
    top.put_if("redirect", call.redirect);
    top.done()
}

fn openapi(call: &OpenApiCall) -> Value {
    let mut document = Writer::default();
    document.put_if("name", call.document_name.as_deref());
    document.put("endpoint", endpoint(&call.document));
    let mut top = Writer::default();
    top.put("document", document.done());
    top.put("operationId", call.operation_id.as_str());
    top.put_if("parameters", call.parameters.clone());
    top.put_if("authentication", call.authentication.as_ref().map(use_authentication));
    top.put_if("output", call.output.map(http_output));
    top.put_if("redirect", call.redirect);
    top.done()
}

fn http_output(output: HttpOutput) -> &'static str {
    match output {
        HttpOutput::Raw => "raw",
        HttpOutput::Content => "content",
        HttpOutput::Response => "response",
    }
}

fn endpoint(endpoint: &Endpoint) -> Value {
    let uri = match &endpoint.uri {
        Uri::Template(text) => Value::from(text.as_str()),
        Uri::Expression(text) => expression(text),
    };
    match &endpoint.authentication {
        Some(used) => json!({"uri": uri, "authentication": use_authentication(used)}),
        None => uri,
    }
}

fn use_authentication(used: &UseAuthentication) -> Value {
    match used {
        UseAuthentication::Named(name) => json!({"use": name}),
        UseAuthentication::Inline(inline) => authentication(inline),
    }
}

fn authentication(authentication: &Authentication) -> Value {
    let credentials = match &authentication.credentials {
        Credentials::Secret(name) => json!({"use": name}),
        Credentials::Inline(properties) => Value::Object(properties.clone()),
    };
    one(authentication.scheme.keyword(), credentials)
}

fn switch(switch: &Switch) -> Value {
    let case = |case: &super::Case| {
        let mut inner = Writer::default();
        inner.put_if("when", case.when.as_ref().map(expression));
        inner.put("then", flow(&case.then));
        one(&case.name, inner.done())
    };
    switch.cases.iter().map(case).collect()
}

fn for_(each: &For, top: &mut Writer) {
    let mut inner = Writer::default();
    inner.put_if("each", each.each.as_deref());
    match &each.in_ {
        ForIn::Expression(text) => inner.put("in", expression(text)),
        ForIn::Items(items) => inner.put("in", items.clone()),
    }
    inner.put_if("at", each.at.as_deref());
    top.put("for", inner.done());
    top.put_if("while", each.while_.as_ref().map(expression));
    top.put("do", tasks(&each.tasks));
}

fn try_(attempt: &Try, top: &mut Writer) {
    let Catch { errors, as_, when, except_when, retry, tasks: handler, then } = &attempt.catch;
    let mut catch = Writer::default();
    catch.put_if("errors", errors.as_ref().map(|filter| json!({"with": error_filter(filter)})));
    catch.put_if("as", as_.as_deref());
    catch.put_if("when", when.as_ref().map(expression));
    catch.put_if("exceptWhen", except_when.as_ref().map(expression));
    match retry {
        Some(Retry::Named(name)) => catch.put("retry", name.as_str()),
        Some(Retry::Policy(policy)) => catch.put("retry", retry_policy(policy)),
        None => {}
    }
    catch.put_if("do", handler.as_deref().map(tasks));
    catch.put_if("then", then.as_ref().map(flow));
    top.put("try", tasks(&attempt.tasks));
    top.put("catch", catch.done());
}

fn retry_policy(policy: &RetryPolicy) -> Value {
    let mut top = Writer::default();
    top.put_if("when", policy.when.as_ref().map(expression));
    top.put_if("exceptWhen", policy.except_when.as_ref().map(expression));
    top.put_if("delay", policy.delay.as_ref().map(duration));
    top.put_if("backoff", policy.backoff.map(|backoff| one(backoff.keyword(), json!({}))));
    if let Some(limit) = &policy.limit {
        let mut attempt = Writer::default();
        attempt.put_if("count", limit.attempt_count);
        attempt.put_if("duration", limit.attempt_duration.as_ref().map(duration));
        let mut inner = Writer::default();
        inner.put_if("attempt", (!attempt.0.is_empty()).then(|| attempt.done()));
        inner.put_if("duration", limit.duration.as_ref().map(duration));
        top.put("limit", inner.done());
    }
    let jitter = policy.jitter.as_ref();
    top.put_if(
        "jitter",
        jitter.map(|(from, to)| json!({"from": duration(from), "to": duration(to)})),
    );
    top.done()
}

fn listen(listen: &Listen, top: &mut Writer) {
    let mut inner = Writer::default();
    inner.put("to", consumption(&listen.to));
    inner.put_if("read", listen.read.map(read_as));
    top.put("listen", inner.done());
    top.put_if("foreach", listen.foreach.as_ref().map(foreach));
}

fn foreach(foreach: &Foreach) -> Value {
    let mut top = Writer::default();
    top.put_if("item", foreach.item.as_deref());
    top.put_if("at", foreach.at.as_deref());
    top.put_if("do", foreach.tasks.as_deref().map(tasks));
    top.put_if("output", foreach.output.as_ref().map(output_rule));
    top.put_if("export", foreach.export.as_ref().map(output_rule));
    top.done()
}

fn read_as(read: ReadAs) -> &'static str {
    match read {
        ReadAs::Data => "data",
        ReadAs::Envelope => "envelope",
        ReadAs::Raw => "raw",
    }
}

fn consumption(events: &EventConsumption) -> Value {
    match events {
        EventConsumption::All(filters) => json!({"all": patterns(filters)}),
        EventConsumption::One(filter) => json!({"one": pattern(filter)}),
        EventConsumption::Any { filters, until } => {
            let mut top = Writer::default();
            top.put("any", patterns(filters));
            match until {
                Some(Until::Condition(text)) => top.put("until", expression(text)),
                Some(Until::Consumed(events)) => top.put("until", consumption(events)),
                None => {}
            }
            top.done()
        }
    }
}

fn patterns(filters: &[EventPattern]) -> Value {
    filters.iter().map(pattern).collect()
}

fn pattern(filter: &EventPattern) -> Value {
    let mut top = Writer::default();
    top.put("with", filter.with.clone());
    let correlation = |correlation: &super::Correlation| {
        let mut inner = Writer::default();
        inner.put("from", expression(&correlation.from));
        inner.put_if("expect", correlation.expect.as_deref());
        inner.done()
    };
    top.put_if("correlate", named(&filter.correlate, correlation));
    top.done()
}

fn run(playbook: &RunPlaybook) -> Value {
    let mut inner = Writer::default();
    inner.put("namespace", playbook.namespace.as_str());
    inner.put("name", playbook.name.as_str());
    inner.put("version", playbook.version.as_str());
    inner.put_if("input", playbook.input.clone());
    let mut top = Writer::default();
    top.put("workflow", inner.done());
    top.put_if("await", playbook.await_);
    top.done()
}

fn schedule(schedule: &Schedule) -> Value {
    let mut top = Writer::default();
    top.put_if("every", schedule.every.as_ref().map(duration));
    top.put_if("cron", schedule.cron.as_deref());
    top.put_if("after", schedule.after.as_ref().map(duration));
    top.put_if("on", schedule.on.as_ref().map(consumption));
    top.put_if("read", schedule.read.map(read_as));
    top.done()
}

fn input_rule(rule: &InputRule) -> Value {
    let mut top = Writer::default();
    top.put_if("schema", rule.schema.as_ref().map(schema));
    top.put_if("from", rule.from.as_ref().map(transform));
    top.done()
}

fn output_rule(rule: &OutputRule) -> Value {
    let mut top = Writer::default();
    top.put_if("schema", rule.schema.as_ref().map(schema));
    top.put_if("as", rule.as_.as_ref().map(transform));
    top.done()
}

fn schema(schema: &Schema) -> Value {
    let mut top = Writer::default();
    top.put_if("format", schema.format.as_deref());
    top.put("document", schema.document.clone());
    top.done()
}

fn transform(transform: &Transform) -> Value {
    match transform {
        Transform::Expression(text) => expression(text),
        Transform::Template(object) => Value::Object(object.clone()),
    }
}

fn expression(expression: &Expression) -> Value {
    Value::from(expression.as_written())
}

fn duration(duration: &Duration) -> Value {
    match duration {
        Duration::Fixed(fixed) => fixed.as_written().clone(),
        Duration::Expression(text) => expression(text),
    }
}

fn timeout(timeout: &Timeout) -> Value {
    match timeout {
        Timeout::After(after) => json!({"after": duration(after)}),
        Timeout::Named(name) => Value::from(name.as_str()),
    }
}

fn flow(directive: &FlowDirective) -> Value {
    Value::from(match directive {
        FlowDirective::Continue => "continue",
        FlowDirective::Exit => "exit",
        FlowDirective::End => "end",
        FlowDirective::To(name) => name,
    })
}

fn error_definition(error: &ErrorDefinition) -> Value {
    let mut top = Writer::default();
    top.put("type", error.kind.as_str());
    top.put("status", error.status);
    top.put_if("instance", error.instance.as_deref());
    top.put_if("title", error.title.as_deref());
    top.put_if("detail", error.detail.as_deref());
    top.done()
}

fn error_filter(filter: &ErrorFilter) -> Value {
    let mut top = Writer::default();
    top.put_if("type", filter.kind.as_deref());
    top.put_if("status", filter.status);
    top.put_if("instance", filter.instance.as_deref());
    top.put_if("title", filter.title.as_deref());
    top.put_if("detail", filter.detail.as_deref());
    top.done()
}
