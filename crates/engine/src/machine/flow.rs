//! The life of lists and tasks: begin, output, what comes next, failure.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    data::{Scope, fault},
    state::{Activity, Performance, Purpose, State, TRANSITIONS, Todo, Variables, Work},
    stepper::Stepper,
};
use crate::{
    Ending, Fault, StepKey, TaskRef,
    language::{FlowDirective, StandardError, Task},
};

impl Stepper<'_> {
    pub(super) fn perform(&mut self, todo: Todo) {
        match todo {
            Todo::Next { list, input } => self.begin_next(list, input),
            Todo::Single { parent, child, task, key, input, variables } => {
                if self.run.activities.contains_key(&parent) {
                    self.begin_task(child, (Some(parent), key, variables), (task, 1), input);
                }
            }
            Todo::List { parent, child, list, key, input, variables } => {
                if parent.is_none_or(|parent| self.run.activities.contains_key(&parent)) {
                    let work = Work::List { list, at: 0, visits: BTreeMap::new() };
                    self.run.activities.insert(child, Activity { parent, key, variables, work });
                    self.todo.push(Todo::Next { list: child, input });
                }
            }
            Todo::Round { activity } => self.or_fail(activity, Self::next_round),
            Todo::Events { activity } => self.or_fail(activity, Self::next_event),
            Todo::Finish { activity, output, then } => {
                self.or_fail(activity, |stepper, activity| {
                    stepper.finish(activity, &output, then.as_ref())
                });
            }
            Todo::Ended { activity, output } => self.ended(activity, output),
            Todo::Failed { activity, fault } => self.fail_task(activity, fault),
        }
    }

    fn or_fail(&mut self, activity: u64, work: impl FnOnce(&mut Self, u64) -> Result<(), Fault>) {
        if !self.run.activities.contains_key(&activity) {
            return;
        }
        if let Err(fault) = work(self, activity) {
            self.fail_task(activity, fault);
        }
    }

    pub(super) fn performance(&self, activity: u64) -> Option<&Performance> {
        match &self.run.activities.get(&activity)?.work {
            Work::Task(task) => Some(task),
            Work::List { .. } => None,
        }
    }

    pub(super) fn state_mut(&mut self, activity: u64) -> Option<&mut State> {
        match &mut self.run.activities.get_mut(&activity)?.work {
            Work::Task(task) => Some(&mut task.state),
            Work::List { .. } => None,
        }
    }

    pub(super) fn set_state(&mut self, activity: u64, state: State) {
        if let Some(old) = self.state_mut(activity) {
            let transition = (old.name(), state.name());
            debug_assert!(TRANSITIONS.contains(&transition), "{transition:?} is not in the table");
            #[cfg(test)]
            super::tests::note_transition(transition);
            *old = state;
        }
    }

    /// The task's definition in the playbook.
    pub(super) fn definition(&self, activity: u64) -> Option<&Task> {
        self.program.task(&self.performance(activity)?.task)
    }

    /// What identifies a task and this performance of it to the world.
    pub(super) fn names(&self, activity: u64) -> (TaskRef, StepKey) {
        let key = self.run.activities.get(&activity).map_or("", |a| a.key.as_str());
        let (task, visit) =
            self.performance(activity).map_or(("", 1), |task| (task.task.as_str(), task.visit));
        let base = key.strip_suffix(&format!("#{visit}")).unwrap_or(key);
        (TaskRef(task.to_owned()), StepKey(format!("{base}#{visit}")))
    }

    fn begin_next(&mut self, list: u64, input: Value) {
        let program = self.program;
        let Some(activity) = self.run.activities.get_mut(&list) else { return };
        let Work::List { list: pointer, at, visits } = &mut activity.work else { return };
        let Some(task) = program.list(pointer).get(*at) else {
            self.todo.push(Todo::Ended { activity: list, output: input });
            return;
        };
        let visit = visits.entry(*at).or_insert(0);
        *visit += 1;
        let visit = *visit;
        let name = task.rsplit('/').next().unwrap_or_default();
        let mut key = format!("{}/{at}/{name}", activity.key);
        if visit > 1 {
            key = format!("{key}#{visit}");
        }
        let variables = activity.variables.clone();
        let child = self.number();
        self.begin_task(child, (Some(list), key, variables), (task.clone(), visit), input);
    }

    fn begin_task(
        &mut self,
        child: u64,
        (parent, key, variables): (Option<u64>, String, Variables),
        (task, visit): (String, u32),
        raw_input: Value,
    ) {
        #[cfg(test)]
        super::tests::note_begun(&task);
        let performance = Performance {
            task,
            visit,
            input: raw_input.clone(),
            raw_input,
            started_at: self.now,
            state: State::Body,
        };
        let work = Work::Task(Box::new(performance));
        self.run.activities.insert(child, Activity { parent, key, variables, work });
        self.or_fail(child, Self::enter);
    }

    /// From the raw input to the task's work: `if`, `input`, `timeout`.
    fn enter(&mut self, activity: u64) -> Result<(), Fault> {
        let program = self.program;
        let Some(whole) = self.run.activities.get(&activity) else { return Ok(()) };
        let Some(raw) = self.performance(activity).map(|task| task.raw_input.clone()) else {
            return Ok(());
        };
        let reference = self.performance(activity).map_or("", |task| &task.task);
        let Some(task) = program.task(reference) else {
            let detail = format!("there is no task {reference}");
            return Err(fault(StandardError::Configuration, "Unknown task", detail));
        };
        let early = Scope { input: None, ..Scope::of(whole) };
        if let Some(condition) = &task.base.if_
            && !self.is_true(condition, &raw, &early)?
        {
            self.todo.push(Todo::Ended { activity, output: raw });
            return Ok(());
        }
        let input = self.taken(task.base.input.as_ref(), &raw, &early)?;
        if let Some(Activity { work: Work::Task(task), .. }) =
            self.run.activities.get_mut(&activity)
        {
            task.input = input.clone();
        }
        if let Some(timeout) = &task.base.timeout {
            let Some(whole) = self.run.activities.get(&activity) else { return Ok(()) };
            let after = self.timeout(timeout, &input, &Scope::of(whole))?;
            self.wake(Some(activity), Purpose::Timeout, after);
        }
        self.begin_body(activity, task, input)
    }

    /// From the raw output to what comes next: `output`, `export`, `then`.
    fn finish(
        &mut self,
        activity: u64,
        raw: &Value,
        then: Option<&FlowDirective>,
    ) -> Result<(), Fault> {
        let program = self.program;
        let Some(whole) = self.run.activities.get(&activity) else { return Ok(()) };
        let Some(task) = self.performance(activity).and_then(|p| program.task(&p.task)) else {
            return Ok(());
        };
        let scope = Scope { raw_output: Some(raw), ..Scope::of(whole) };
        let output = self.given(task.base.output.as_ref(), raw, &scope, "output")?;
        if task.base.export.as_ref().is_some_and(|export| export.as_.is_some()) {
            let scope = Scope { raw_output: Some(raw), output: Some(&output), ..Scope::of(whole) };
            let context =
                self.given(task.base.export.as_ref(), &output, &scope, "exported context")?;
            self.run.context = context;
        }
        match then.or(task.base.then.as_ref()) {
            Some(FlowDirective::End) => self.complete(&output),
            Some(FlowDirective::Exit) => self.leave(activity, None, output),
            Some(FlowDirective::To(name)) => self.leave(activity, Some(name), output),
            Some(FlowDirective::Continue) | None => {
                self.todo.push(Todo::Ended { activity, output });
            }
        }
        Ok(())
    }

    /// Leaves a task for another one of its list, or for the end of the list.
    fn leave(&mut self, activity: u64, to: Option<&String>, output: Value) {
        let program = self.program;
        let parent = self.run.activities.get(&activity).and_then(|a| a.parent);
        let list = parent.and_then(|parent| self.run.activities.get_mut(&parent));
        let Some(Work::List { list: pointer, at, .. }) = list.map(|list| &mut list.work) else {
            // A branch of a fork: its own end.
            self.todo.push(Todo::Ended { activity, output });
            return;
        };
        let tasks = program.list(pointer);
        let named = |task: &String, name: &str| task.rsplit('/').next() == Some(name);
        let target = match to {
            Some(name) => tasks.iter().position(|task| named(task, name)),
            None => Some(tasks.len()),
        };
        let Some(target) = target else {
            let name = to.map_or("", String::as_str);
            let detail = format!("there is no task {name:?} in {pointer}");
            let fault = fault(StandardError::Configuration, "Unknown task", detail);
            self.fail_task(activity, fault);
            return;
        };
        // The end of the task adds one.
        *at = target;
        let Some(parent) = parent else { return };
        self.remove(activity);
        self.todo.push(Todo::Next { list: parent, input: output });
    }

    /// A list or task has ended: tells its parent.
    fn ended(&mut self, activity: u64, output: Value) {
        let Some(parent) = self.run.activities.get(&activity).map(|a| a.parent) else { return };
        self.remove(activity);
        let Some(parent) = parent else {
            self.complete(&output);
            return;
        };
        match self.run.activities.get_mut(&parent).map(|parent| &mut parent.work) {
            Some(Work::List { at, .. }) => {
                *at += 1;
                self.todo.push(Todo::Next { list: parent, input: output });
            }
            Some(Work::Task(_)) => self.child_ended(parent, activity, output),
            None => {}
        }
    }

    /// A task fails: the nearest `try` around it that catches the error goes on, or the run ends.
    pub(super) fn fail_task(&mut self, activity: u64, fault: Fault) {
        let mut fault = fault;
        if fault.instance.is_none() {
            fault.instance = self.performance(activity).map(|task| task.task.clone());
        }
        let mut at = activity;
        loop {
            let Some(parent) = self.run.activities.get(&at).map(|a| a.parent) else { return };
            self.remove(at);
            let Some(parent) = parent else {
                self.end(Ending::Faulted { fault });
                return;
            };
            match self.caught(parent, at, fault) {
                Ok(()) => return,
                Err(uncaught) => fault = uncaught,
            }
            if fault.instance.is_none() {
                fault.instance = self.performance(parent).map(|task| task.task.clone());
            }
            at = parent;
        }
    }
}
