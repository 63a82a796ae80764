//! A playbook made ready to run: its expressions and schemas compiled, its tasks found by reference.

use std::{collections::BTreeMap, sync::Arc};

use jsonschema::Validator;
use kompel_model::Phrase;
use serde_json::Value;

use crate::{
    jq,
    language::{
        InputRule, Mistake, OutputRule, Playbook, Schema, Severity, Task, TaskKind, no_schema,
    },
};

/// A playbook made ready to run; may be shared between threads and is cheap to clone.
#[derive(Debug, Clone)]
pub struct Program(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    playbook: Playbook,
    definition: Value,
    tasks: BTreeMap<String, Task>,
    lists: BTreeMap<String, Vec<String>>,
    expressions: BTreeMap<String, jq::Expression>,
    schemas: BTreeMap<String, Validator>,
}

impl Program {
    /// Compiles what the playbook holds.
    ///
    /// # Errors
    /// The expressions and schemas that can't be used, with their places.
    pub fn new(playbook: Playbook) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut expressions = BTreeMap::new();
        for placed in playbook.places.expressions() {
            let text = placed.expression.jq();
            match jq::Expression::compile(text) {
                Ok(compiled) => drop(expressions.insert(text.to_owned(), compiled)),
                Err(error) => {
                    let says = error.phrase();
                    mistakes.push(mistake(&playbook, &placed.pointer, "expression", says));
                }
            }
        }
        let mut parts = Parts::default();
        parts.rules(playbook.input.as_ref(), playbook.output.as_ref(), None, "");
        parts.list("/do", &playbook.tasks);
        playbook.use_.functions.values().for_each(|task| parts.task(task));
        let mut schemas = BTreeMap::new();
        for (pointer, schema) in &parts.schemas {
            match jsonschema::validator_for(&schema.document) {
                Ok(validator) => drop(schemas.insert(schema.document.to_string(), validator)),
                Err(error) => {
                    mistakes.push(mistake(&playbook, pointer, "schema", no_schema(&error)));
                }
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let definition = playbook.to_value();
        let Parts { tasks, lists, schemas: _ } = parts;
        Ok(Self(Arc::new(Inner { playbook, definition, tasks, lists, expressions, schemas })))
    }

    /// The playbook itself.
    pub fn playbook(&self) -> &Playbook {
        &self.0.playbook
    }

    pub(super) fn definition(&self, pointer: &str) -> Value {
        self.0.definition.pointer(pointer).cloned().unwrap_or(Value::Null)
    }

    pub(super) fn task(&self, reference: &str) -> Option<&Task> {
        self.0.tasks.get(reference)
    }

    /// The references of a list's tasks.
    pub(super) fn list(&self, pointer: &str) -> &[String] {
        self.0.lists.get(pointer).map_or(&[], Vec::as_slice)
    }

    pub(super) fn expression(&self, text: &str) -> Result<jq::Expression, jq::Error> {
        self.0.expressions.get(text).cloned().map_or_else(|| jq::Expression::compile(text), Ok)
    }

    pub(super) fn validator(&self, schema: &Schema) -> Option<&Validator> {
        self.0.schemas.get(&schema.document.to_string())
    }
}

fn mistake(playbook: &Playbook, pointer: &str, code: &'static str, says: Phrase) -> Mistake {
    let span = playbook.places.find(pointer).value;
    let (line, column) = playbook.places.line_and_column(span.start);
    let file = playbook.places.file().to_owned();
    let severity = Severity::Error;
    Mistake { severity, code, file, line, column, span, says, instead: None }
}

/// The tasks by reference, their lists, and the schemas with their places.
#[derive(Default)]
struct Parts {
    tasks: BTreeMap<String, Task>,
    lists: BTreeMap<String, Vec<String>>,
    schemas: Vec<(String, Schema)>,
}

impl Parts {
    fn list(&mut self, pointer: &str, tasks: &[Task]) {
        let references = tasks.iter().map(|task| task.reference.0.clone()).collect();
        self.lists.insert(pointer.to_owned(), references);
        tasks.iter().for_each(|task| self.task(task));
    }

    fn task(&mut self, task: &Task) {
        let at = task.reference.0.as_str();
        self.rules(
            task.base.input.as_ref(),
            task.base.output.as_ref(),
            task.base.export.as_ref(),
            at,
        );
        match &task.kind {
            TaskKind::Do(tasks) => self.list(&format!("{at}/do"), tasks),
            TaskKind::For(body) => self.list(&format!("{at}/do"), &body.tasks),
            TaskKind::Fork(fork) => self.list(&format!("{at}/fork/branches"), &fork.branches),
            TaskKind::Try(body) => {
                self.list(&format!("{at}/try"), &body.tasks);
                if let Some(tasks) = &body.catch.tasks {
                    self.list(&format!("{at}/catch/do"), tasks);
                }
            }
            TaskKind::Listen(listen) => {
                if let Some(foreach) = &listen.foreach {
                    let tasks = foreach.tasks.as_deref().unwrap_or_default();
                    self.list(&format!("{at}/foreach/do"), tasks);
                    let (output, export) = (foreach.output.as_ref(), foreach.export.as_ref());
                    self.rules(None, output, export, &format!("{at}/foreach"));
                }
            }
            TaskKind::Call(_)
            | TaskKind::Set(_)
            | TaskKind::Switch(_)
            | TaskKind::Wait(_)
            | TaskKind::Emit(_)
            | TaskKind::Raise(_)
            | TaskKind::Run(_) => {}
        }
        self.tasks.insert(at.to_owned(), task.clone());
    }

    fn rules(
        &mut self,
        input: Option<&InputRule>,
        output: Option<&OutputRule>,
        export: Option<&OutputRule>,
        at: &str,
    ) {
        let rules = [
            ("input", input.and_then(|rule| rule.schema.as_ref())),
            ("output", output.and_then(|rule| rule.schema.as_ref())),
            ("export", export.and_then(|rule| rule.schema.as_ref())),
        ];
        for (name, schema) in rules {
            if let Some(schema) = schema {
                self.schemas.push((format!("{at}/{name}/schema/document"), schema.clone()));
            }
        }
    }
}
