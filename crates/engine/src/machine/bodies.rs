//! The work of each kind of task, but for calls, catching and listening.

use std::collections::BTreeMap;

use chrono::SecondsFormat;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    data::{Scope, fault},
    state::{Attempts, Looping, Purpose, State, Todo},
    stepper::Stepper,
};
use crate::{
    Effect, Fault,
    language::{
        Emit, ErrorDefinition, For, ForIn, Fork, Raise, RunPlaybook, Set, StandardError, Switch,
        Task, TaskKind,
    },
};

impl Stepper<'_> {
    pub(super) fn begin_body(
        &mut self,
        activity: u64,
        task: &Task,
        input: Value,
    ) -> Result<(), Fault> {
        match &task.kind {
            TaskKind::Do(_) => self.begin_inner(activity, "do", input),
            TaskKind::Call(call) => self.call(activity, call, &input)?,
            TaskKind::Set(set) => self.set(activity, set, &input)?,
            TaskKind::Switch(switch) => self.switch(activity, switch, input)?,
            TaskKind::For(body) => self.begin_loop(activity, body, &input)?,
            TaskKind::Fork(fork) => self.fork(activity, fork, &input),
            TaskKind::Try(_) => {
                let attempts = Attempts { repeats: 0, since: self.now, attempt: None };
                self.set_state(activity, State::Pausing(attempts));
                self.attempt_again(activity);
            }
            TaskKind::Wait(duration) => {
                let Some(whole) = self.run.activities.get(&activity) else { return Ok(()) };
                let after = self.milliseconds(duration, &input, &Scope::of(whole))?;
                self.set_state(activity, State::Waiting);
                self.wake(Some(activity), Purpose::Pause, after);
            }
            TaskKind::Listen(listen) => self.begin_listening(activity, listen)?,
            TaskKind::Emit(emit) => self.emit(activity, emit, &input)?,
            TaskKind::Raise(raise) => return Err(self.raised(activity, raise, &input)?),
            TaskKind::Run(other) => self.run_playbook(activity, other, &input)?,
        }
        Ok(())
    }

    pub(super) fn finish_with(&mut self, activity: u64, output: Value) {
        self.todo.push(Todo::Finish { activity, output, then: None });
    }

    /// Begins the list `<task>/<inner>` as the task's child.
    pub(super) fn begin_inner(&mut self, activity: u64, inner: &str, input: Value) {
        let Some(whole) = self.run.activities.get(&activity) else { return };
        let (key, variables) = (format!("{}/{inner}", whole.key), whole.variables.clone());
        let list = self.performance(activity).map(|task| format!("{}/{inner}", task.task));
        let child = self.number();
        let list = list.unwrap_or_default();
        self.todo.push(Todo::List { parent: Some(activity), child, list, key, input, variables });
    }

    fn set(&mut self, activity: u64, set: &Set, input: &Value) -> Result<(), Fault> {
        let Some(whole) = self.run.activities.get(&activity) else { return Ok(()) };
        let scope = Scope::of(whole);
        let output = match set {
            Set::Values(members) => self.fill_map(members, input, &scope)?,
            Set::Expression(expression) => self.expression(expression, input, &scope)?,
            Set::Text(text) => Value::from(text.as_str()),
        };
        self.finish_with(activity, output);
        Ok(())
    }

    fn switch(&mut self, activity: u64, switch: &Switch, input: Value) -> Result<(), Fault> {
        let Some(whole) = self.run.activities.get(&activity) else { return Ok(()) };
        let scope = Scope::of(whole);
        let mut then = None;
        for case in &switch.cases {
            let Some(when) = &case.when else { continue };
            if self.is_true(when, &input, &scope)? {
                then = Some(case.then.clone());
                break;
            }
        }
        let otherwise = || switch.cases.iter().find(|case| case.when.is_none());
        let then = then.or_else(|| otherwise().map(|case| case.then.clone()));
        self.todo.push(Todo::Finish { activity, output: input, then });
        Ok(())
    }

    fn begin_loop(&mut self, activity: u64, body: &For, input: &Value) -> Result<(), Fault> {
        let Some(whole) = self.run.activities.get(&activity) else { return Ok(()) };
        let scope = Scope::of(whole);
        let items = match &body.in_ {
            ForIn::Expression(expression) => self.expression(expression, input, &scope)?,
            ForIn::Items(items) => self.fill(&Value::from(items.clone()), input, &scope)?,
        };
        let Value::Array(items) = items else {
            let detail = "for.in must give an array";
            return Err(fault(StandardError::Expression, "Not an array", detail));
        };
        let looping =
            Looping { items, next: 0, rounds: BTreeMap::new(), last: None, stopped: false };
        self.set_state(activity, State::Looping(looping));
        self.todo.push(Todo::Round { activity });
        Ok(())
    }

    /// Begins as many rounds as may run at the same time, or ends the loop.
    pub(super) fn next_round(&mut self, activity: u64) -> Result<(), Fault> {
        let program = self.program;
        let Some(task) = self.performance(activity) else { return Ok(()) };
        let State::Looping(looping) = &task.state else { return Ok(()) };
        let Some(definition) = program.task(&task.task) else { return Ok(()) };
        let TaskKind::For(body) = &definition.kind else { return Ok(()) };
        let most = definition.max_concurrency() as usize;
        let running = looping.rounds.len();
        let open = !looping.stopped && running < most;
        let item = looping.items.get(looping.next).filter(|_| open).cloned();
        let last = looping.last.as_ref().map_or(&task.input, |(_, output)| output);
        // Rounds that may run at the same time can't take over from each other.
        let input = if most > 1 { task.input.clone() } else { last.clone() };
        let Some(item) = item else {
            if running == 0 {
                let output = last.clone();
                self.finish_with(activity, output);
            }
            return Ok(());
        };
        let index = looping.next;
        let Some(whole) = self.run.activities.get(&activity) else { return Ok(()) };
        if let Some(condition) = &body.while_ {
            let scope = Scope::of(whole);
            let scope = scope.with(body.each(), item.clone()).with(body.at(), json!(index));
            if !self.is_true(condition, &input, &scope)? {
                if let Some(State::Looping(looping)) = self.state_mut(activity) {
                    looping.stopped = true;
                }
                self.todo.push(Todo::Round { activity });
                return Ok(());
            }
        }
        let mut variables = whole.variables.clone();
        variables.insert(body.each().to_owned(), item);
        variables.insert(body.at().to_owned(), json!(index));
        let (key, list) = (format!("{}/do[{index}]", whole.key), format!("{}/do", task.task));
        let child = self.number();
        if let Some(State::Looping(looping)) = self.state_mut(activity) {
            looping.next += 1;
            looping.rounds.insert(child, index);
        }
        if most > 1 {
            self.todo.push(Todo::Round { activity });
        }
        self.todo.push(Todo::List { parent: Some(activity), child, list, key, input, variables });
        Ok(())
    }

    fn fork(&mut self, activity: u64, fork: &Fork, input: &Value) {
        let Some(whole) = self.run.activities.get(&activity) else { return };
        let (key, variables) = (whole.key.clone(), whole.variables.clone());
        let mut branches = BTreeMap::new();
        let mut begun = Vec::new();
        for (index, branch) in fork.branches.iter().enumerate() {
            let child = self.number();
            branches.insert(child, index);
            begun.push(Todo::Single {
                parent: activity,
                child,
                task: branch.reference.0.clone(),
                key: format!("{key}/fork/branches/{index}/{}", branch.name),
                input: input.clone(),
                variables: variables.clone(),
            });
        }
        let count = branches.len();
        if count == 0 {
            self.finish_with(activity, json!([]));
            return;
        }
        let outputs = BTreeMap::new();
        self.set_state(activity, State::Forking { branches, outputs, count });
        self.todo.extend(begun.into_iter().rev());
    }

    fn branch_ended(&mut self, activity: u64, child: u64, output: Value) {
        let competes = self.definition(activity).is_some_and(|task| match &task.kind {
            TaskKind::Fork(fork) => fork.compete.unwrap_or(false),
            _ => false,
        });
        let Some(State::Forking { branches, outputs, count }) = self.state_mut(activity) else {
            return;
        };
        let Some(index) = branches.remove(&child) else { return };
        outputs.insert(index, output.clone());
        if competes {
            self.set_state(activity, State::Body);
            self.remove_children(activity);
            self.finish_with(activity, output);
        } else if outputs.len() == *count {
            let outputs: Vec<Value> = std::mem::take(outputs).into_values().collect();
            self.set_state(activity, State::Body);
            self.finish_with(activity, Value::from(outputs));
        }
    }

    /// A child of a task has ended.
    pub(super) fn child_ended(&mut self, activity: u64, child: u64, output: Value) {
        match self.state_mut(activity) {
            Some(State::Body) => self.finish_with(activity, output),
            Some(State::Looping(looping)) => {
                let Some(index) = looping.rounds.remove(&child) else { return };
                if looping.last.as_ref().is_none_or(|(last, _)| *last < index) {
                    looping.last = Some((index, output));
                }
                self.todo.push(Todo::Round { activity });
            }
            Some(State::Forking { .. }) => self.branch_ended(activity, child, output),
            Some(State::Trying(_)) => {
                self.withdraw_purpose(activity, Purpose::AttemptTimeout);
                self.finish_with(activity, output);
            }
            Some(State::Handling) => self.handled(activity, output),
            Some(State::Listening(_)) => {
                self.or_fail_round(activity, child, output);
            }
            Some(State::Asking | State::Waiting | State::Pausing(_)) | None => {}
        }
    }

    fn emit(&mut self, activity: u64, emit: &Emit, input: &Value) -> Result<(), Fault> {
        let Some(whole) = self.run.activities.get(&activity) else { return Ok(()) };
        let mut event = self.fill_map(&emit.with, input, &Scope::of(whole))?;
        let (task, step) = self.names(activity);
        let document = &self.program.playbook().document;
        let source = format!("/{}/{}/{}", document.namespace, document.name, document.version);
        let defaults = [
            ("id", json!(self.identifier(&step.0))),
            ("specversion", json!("1.0")),
            ("time", json!(self.now.to_rfc3339_opts(SecondsFormat::Millis, true))),
            ("source", json!(source)),
        ];
        if let Value::Object(members) = &mut event {
            for (name, value) in defaults {
                members.entry(name).or_insert(value);
            }
        }
        self.set_state(activity, State::Asking);
        self.ask(Some(activity), Purpose::Answer, |number| Effect::Emit {
            call: crate::CallId(number),
            task,
            step,
            event,
        });
        Ok(())
    }

    fn run_playbook(
        &mut self,
        activity: u64,
        other: &RunPlaybook,
        input: &Value,
    ) -> Result<(), Fault> {
        let Some(whole) = self.run.activities.get(&activity) else { return Ok(()) };
        let input = match &other.input {
            Some(members) => self.fill_map(members, input, &Scope::of(whole))?,
            None => json!({}),
        };
        let (task, step) = self.names(activity);
        self.set_state(activity, State::Asking);
        self.ask(Some(activity), Purpose::Answer, |number| Effect::RunPlaybook {
            call: crate::CallId(number),
            task,
            step,
            namespace: other.namespace.clone(),
            name: other.name.clone(),
            version: other.version.clone(),
            input,
            wait: other.await_.unwrap_or(true),
        });
        Ok(())
    }

    fn raised(&self, activity: u64, raise: &Raise, input: &Value) -> Result<Fault, Fault> {
        let error: &ErrorDefinition = match raise {
            Raise::Inline(error) => error,
            Raise::Named(name) => {
                self.program.playbook().use_.errors.get(name).ok_or_else(|| {
                    let detail = format!("there is no use.errors.{name}");
                    fault(StandardError::Configuration, "Unknown error", detail)
                })?
            }
        };
        let Some(whole) = self.run.activities.get(&activity) else {
            return Err(fault(StandardError::Runtime, "No task", "the task has ended"));
        };
        let scope = Scope::of(whole);
        let text = |text: &Option<String>| {
            text.as_ref().map(|text| self.fill_text(text, input, &scope)).transpose()
        };
        Ok(Fault {
            kind: self.fill_text(&error.kind, input, &scope)?,
            status: error.status,
            title: text(&error.title)?,
            detail: text(&error.detail)?,
            instance: text(&error.instance)?,
        })
    }

    /// An identifier that is the same at every replay: a UUID made of the run's seed.
    pub(super) fn identifier(&self, of: &str) -> String {
        let mut bytes = [0_u8; 16];
        bytes.copy_from_slice(&self.random(of)[..16]);
        bytes[6] = (bytes[6] & 0x0f) | 0x80;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        parts.join("-")
    }

    /// Random bytes that follow from the run's seed and from what they are for.
    pub(super) fn random(&self, of: &str) -> [u8; 32] {
        let start = &self.run.start;
        let mut hash = Sha256::new();
        hash.update(start.seed.to_be_bytes());
        hash.update(start.run.as_bytes());
        hash.update([0]);
        hash.update(of.as_bytes());
        hash.finalize().into()
    }
}
