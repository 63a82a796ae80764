//! Data flow: what expressions see, transformations, schemas, lengths of time.

use std::collections::BTreeMap;

use chrono::SecondsFormat;
use kompel_model::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    state::{Activity, Performance, Variables, Work},
    stepper::Stepper,
};
use crate::{
    Fault, jq,
    language::{
        Duration, Expression, FixedDuration, InputRule, OutputRule, Schema, StandardError, Timeout,
        Transform,
    },
};

/// A fault of one of the standard's kinds; the instance is filled in where it is raised.
pub(super) fn fault(kind: StandardError, title: &str, detail: impl ToString) -> Fault {
    Fault {
        kind: kind.uri(),
        status: kind.status(),
        title: Some(title.to_owned()),
        detail: Some(detail.to_string()),
        instance: None,
    }
}

/// What an expression may see.
#[derive(Debug, Default)]
pub(super) struct Scope<'s> {
    pub(super) variables: Option<&'s Variables>,
    pub(super) task: Option<&'s Performance>,
    /// `$input`, where it is known already.
    pub(super) input: Option<&'s Value>,
    /// `$output`, where it is known already.
    pub(super) output: Option<&'s Value>,
    /// The task's raw output, where it is known already.
    pub(super) raw_output: Option<&'s Value>,
    /// Variables on top of the others.
    pub(super) more: Vec<(&'s str, Value)>,
}

impl<'s> Scope<'s> {
    /// What the definition of a task sees.
    pub(super) fn of(activity: &'s Activity) -> Self {
        let task = match &activity.work {
            Work::Task(task) => Some(&**task),
            Work::List { .. } => None,
        };
        let input = task.map(|task| &task.input);
        Self { variables: Some(&activity.variables), task, input, ..Self::default() }
    }

    /// The same with one more variable.
    pub(super) fn with(mut self, name: &'s str, value: Value) -> Self {
        self.more.push((name, value));
        self
    }
}

impl Stepper<'_> {
    pub(super) fn expression(
        &self,
        expression: &Expression,
        on: &Value,
        scope: &Scope<'_>,
    ) -> Result<Value, Fault> {
        let compiled = self.program.expression(expression.jq()).map_err(expression_fault)?;
        self.evaluate(&compiled, on, scope).map_err(expression_fault)
    }

    pub(super) fn is_true(
        &self,
        expression: &Expression,
        on: &Value,
        scope: &Scope<'_>,
    ) -> Result<bool, Fault> {
        let value = self.expression(expression, on, scope)?;
        Ok(!matches!(value, Value::Null | Value::Bool(false)))
    }

    /// Evaluates all `${ … }` in a part of the playbook.
    pub(super) fn fill(&self, json: &Value, on: &Value, scope: &Scope<'_>) -> Result<Value, Fault> {
        jq::fill(json, &|text| self.evaluate(&self.program.expression(text)?, on, scope))
            .map_err(expression_fault)
    }

    pub(super) fn fill_map(
        &self,
        members: &Map<String, Value>,
        on: &Value,
        scope: &Scope<'_>,
    ) -> Result<Value, Fault> {
        let evaluate = |text: &str| self.evaluate(&self.program.expression(text)?, on, scope);
        jq::fill_members(members, &evaluate).map(Value::Object).map_err(expression_fault)
    }

    /// Evaluates a text that may be `${ … }` and must give a text.
    pub(super) fn fill_text(
        &self,
        text: &str,
        on: &Value,
        scope: &Scope<'_>,
    ) -> Result<String, Fault> {
        match self.fill(&Value::from(text), on, scope)? {
            Value::String(text) => Ok(text),
            plain @ (Value::Number(_) | Value::Bool(_)) => Ok(plain.to_string()),
            other => {
                let detail = format!("{text:?} must give a text, not {other}");
                Err(fault(StandardError::Expression, "Not a text", detail))
            }
        }
    }

    fn evaluate(
        &self,
        compiled: &jq::Expression,
        on: &Value,
        scope: &Scope<'_>,
    ) -> Result<Value, jq::Error> {
        let mut variables = BTreeMap::new();
        for name in compiled.variables() {
            let more = scope.more.iter().rev().find(|(known, _)| *known == name);
            let value = match more {
                Some((_, value)) => Some(value.clone()),
                None => scope.variables.and_then(|known| known.get(name)).cloned(),
            };
            if let Some(value) = value.or_else(|| self.standard_variable(name, scope)) {
                variables.insert(name, value);
            }
        }
        compiled.run(on, &variables, &jq::Limits::default())
    }

    fn standard_variable(&self, name: &str, scope: &Scope<'_>) -> Option<Value> {
        Some(match name {
            "context" => self.run.context.clone(),
            "input" => scope.input?.clone(),
            "output" => scope.output?.clone(),
            "workflow" => json!({
                "id": self.run.start.run,
                "definition": self.program.definition(""),
                "input": self.run.start.input,
                "startedAt": time(self.run.started_at),
            }),
            "task" => {
                let task = scope.task?;
                let name = task.task.rsplit('/').next().unwrap_or_default();
                json!({
                    "name": name,
                    "reference": task.task,
                    "definition": self.program.definition(&task.task),
                    "input": task.raw_input,
                    "output": scope.raw_output,
                    "startedAt": time(task.started_at),
                })
            }
            // Says nothing that could differ when the run is replayed by a later release.
            "runtime" => json!({
                "name": "kompel",
                "version": "1",
                "metadata": {
                    "tenant": self.run.start.tenant,
                    "requester": self.run.start.requester,
                    "trigger": self.run.start.trigger,
                },
            }),
            _ => return None,
        })
    }

    pub(super) fn transform(
        &self,
        transform: &Transform,
        on: &Value,
        scope: &Scope<'_>,
    ) -> Result<Value, Fault> {
        match transform {
            Transform::Expression(expression) => self.expression(expression, on, scope),
            Transform::Template(members) => self.fill_map(members, on, scope),
        }
    }

    /// Validates the raw input, then transforms it.
    pub(super) fn taken(
        &self,
        rule: Option<&InputRule>,
        raw: &Value,
        scope: &Scope<'_>,
    ) -> Result<Value, Fault> {
        let Some(rule) = rule else { return Ok(raw.clone()) };
        self.validate(rule.schema.as_ref(), raw, "input")?;
        match &rule.from {
            Some(from) => self.transform(from, raw, scope),
            None => Ok(raw.clone()),
        }
    }

    /// Transforms the raw output, then validates the result.
    pub(super) fn given(
        &self,
        rule: Option<&OutputRule>,
        raw: &Value,
        scope: &Scope<'_>,
        what: &str,
    ) -> Result<Value, Fault> {
        let Some(rule) = rule else { return Ok(raw.clone()) };
        let made = match &rule.as_ {
            Some(transform) => self.transform(transform, raw, scope)?,
            None => raw.clone(),
        };
        self.validate(rule.schema.as_ref(), &made, what)?;
        Ok(made)
    }

    fn validate(&self, schema: Option<&Schema>, value: &Value, what: &str) -> Result<(), Fault> {
        let Some(validator) = schema.and_then(|schema| self.program.validator(schema)) else {
            return Ok(());
        };
        let errors = validator.iter_errors(value).take(5);
        let told: Vec<String> = errors
            .map(|error| {
                let at = error.instance_path().to_string();
                let what: String = error.masked().to_string().chars().take(200).collect();
                format!("{}: {what}", if at.is_empty() { "/" } else { &at })
            })
            .collect();
        if told.is_empty() {
            return Ok(());
        }
        let title = format!("The {what} does not fit its schema");
        Err(fault(StandardError::Validation, &title, told.join("; ")))
    }

    pub(super) fn milliseconds(
        &self,
        duration: &Duration,
        on: &Value,
        scope: &Scope<'_>,
    ) -> Result<u64, Fault> {
        match duration {
            Duration::Fixed(fixed) => Ok(fixed.milliseconds()),
            Duration::Expression(expression) => {
                let value = self.expression(expression, on, scope)?;
                let read = FixedDuration::from_value(&value).map_err(|error| {
                    let detail = format!("{error}: {}", error.hint());
                    fault(StandardError::Expression, "Not a duration", detail)
                })?;
                Ok(read.milliseconds())
            }
        }
    }

    pub(super) fn timeout(
        &self,
        timeout: &Timeout,
        on: &Value,
        scope: &Scope<'_>,
    ) -> Result<u64, Fault> {
        match timeout {
            Timeout::After(duration) => self.milliseconds(duration, on, scope),
            Timeout::Named(name) => match self.program.playbook().use_.timeouts.get(name) {
                Some(duration) => self.milliseconds(duration, on, scope),
                None => {
                    let detail = format!("there is no use.timeouts.{name}");
                    Err(fault(StandardError::Configuration, "Unknown timeout", detail))
                }
            },
        }
    }
}

pub(super) fn expression_fault(error: jq::Error) -> Fault {
    fault(StandardError::Expression, "The expression can't be evaluated", error)
}

/// The standard's descriptor of a date and time.
fn time(at: Timestamp) -> Value {
    json!({
        "iso8601": at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "epoch": {"seconds": at.timestamp(), "milliseconds": at.timestamp_millis()},
    })
}
