//! One step: what is told is taken in, then everything that follows from it is done, until nothing
//! is left but to wait.

use kompel_model::Timestamp;
use serde_json::Value;

use super::{
    data::{Scope, fault},
    program::Program,
    state::{Purpose, Run, State, Todo, Variables},
};
use crate::{CallId, Effect, Ending, Fault, Input, TimerId, language::StandardError};

/// A run in the middle of a step.
pub(super) struct Stepper<'s> {
    pub(super) run: &'s mut Run,
    pub(super) program: &'s Program,
    pub(super) now: Timestamp,
    pub(super) effects: Vec<Effect>,
    /// What is left to do, the last first.
    pub(super) todo: Vec<Todo>,
}

/// Tasks that may be begun in one step: a loop that waits for nothing ends in an error.
const TASKS_A_STEP: usize = 50_000;

impl<'s> Stepper<'s> {
    pub(super) fn new(run: &'s mut Run, program: &'s Program, now: Timestamp) -> Self {
        Self { run, program, now, effects: Vec::new(), todo: Vec::new() }
    }

    pub(super) fn begin(mut self) -> Vec<Effect> {
        if let Err(fault) = self.begin_playbook() {
            self.fail(fault);
        }
        self.settle();
        self.effects
    }

    fn begin_playbook(&mut self) -> Result<(), Fault> {
        let program = self.program;
        let playbook = program.playbook();
        let raw = self.run.start.input.clone();
        let input = self.taken(playbook.input.as_ref(), &raw, &Scope::default())?;
        self.run.context = input.clone();
        if let Some(timeout) = &playbook.timeout {
            let after = self.timeout(timeout, &input, &Scope::default())?;
            self.wake(None, Purpose::Timeout, after);
        }
        let child = self.number();
        self.todo.push(Todo::List {
            parent: None,
            child,
            list: "/do".to_owned(),
            key: "/do".to_owned(),
            input,
            variables: Variables::new(),
        });
        Ok(())
    }

    pub(super) fn take(mut self, input: &Input) -> Vec<Effect> {
        match input {
            Input::Done { call, output } => {
                if let Some((activity, effect)) = self.answered(*call) {
                    let output = match effect {
                        Effect::Emit { event, .. } => event,
                        Effect::RunPlaybook { wait: false, .. } => self
                            .performance(activity)
                            .map_or(Value::Null, |task| task.input.clone()),
                        _ => output.clone(),
                    };
                    self.finish_with(activity, output);
                }
            }
            Input::Failed { call, fault } => {
                if let Some((activity, _)) = self.answered(*call) {
                    self.todo.push(Todo::Failed { activity, fault: fault.clone() });
                }
            }
            Input::Woke { timer } => self.woke(*timer),
            Input::Event { event } => self.event(event),
            Input::Cancel { by, why } => {
                self.end(Ending::Cancelled { by: by.clone(), why: why.clone() });
            }
        }
        self.settle();
        self.effects
    }

    /// Closes a request that was answered; whose it was, and what.
    fn answered(&mut self, call: CallId) -> Option<(u64, Effect)> {
        let request = self.run.requests.get(&call.0)?;
        if request.purpose != Purpose::Answer {
            return None;
        }
        let request = self.run.requests.remove(&call.0)?;
        Some((request.activity?, request.effect))
    }

    fn woke(&mut self, timer: TimerId) {
        let Some(request) = self.run.requests.get(&timer.0) else { return };
        let (activity, purpose) = (request.activity, request.purpose);
        if !matches!(request.effect, Effect::Wake { .. }) {
            return;
        }
        self.run.requests.remove(&timer.0);
        let late = fault(StandardError::Timeout, "It took too long", "the time given is over");
        match (activity, purpose) {
            (Some(activity), Purpose::Timeout) => self.fail_task(activity, late),
            (Some(activity), Purpose::AttemptTimeout) => self.attempt_timed_out(activity, late),
            (Some(activity), Purpose::Pause) => self.paused(activity),
            (None, Purpose::Timeout) => {
                self.fail(late);
            }
            (Some(_), Purpose::Answer | Purpose::Events) | (None, _) => {}
        }
    }

    fn paused(&mut self, activity: u64) {
        let Some(task) = self.performance(activity) else { return };
        match &task.state {
            State::Pausing(_) => self.attempt_again(activity),
            State::Waiting => {
                let output = task.input.clone();
                self.todo.push(Todo::Finish { activity, output, then: None });
            }
            State::Body
            | State::Asking
            | State::Looping(_)
            | State::Forking { .. }
            | State::Trying(_)
            | State::Handling
            | State::Listening(_) => {}
        }
    }

    /// Does what is left until nothing is.
    fn settle(&mut self) {
        let mut begun = 0_usize;
        while let Some(todo) = self.todo.pop() {
            if self.run.ending.is_some() {
                return;
            }
            if matches!(todo, Todo::Next { .. } | Todo::Single { .. }) {
                begun += 1;
            }
            if begun > TASKS_A_STEP {
                let detail = format!("more than {TASKS_A_STEP} tasks without waiting for anything");
                let fault = fault(StandardError::Runtime, "Endless loop", detail);
                self.fail(fault);
                return;
            }
            self.perform(todo);
        }
    }

    /// Ends the run and withdraws everything it wants.
    pub(super) fn end(&mut self, ending: Ending) {
        let open: Vec<u64> = self.run.requests.keys().copied().collect();
        open.into_iter().for_each(|number| self.withdraw(number));
        self.run.activities.clear();
        self.todo.clear();
        self.effects.push(Effect::End(ending.clone()));
        self.run.ending = Some(ending);
    }

    /// Ends the run with an error of the playbook as a whole.
    fn fail(&mut self, fault: Fault) {
        let fault = Fault { instance: Some("/".to_owned()), ..fault };
        self.end(Ending::Faulted { fault });
    }

    /// Ends the run as completed.
    pub(super) fn complete(&mut self, output: &Value) {
        let program = self.program;
        let rule = program.playbook().output.as_ref();
        match self.given(rule, output, &Scope::default(), "output") {
            Ok(output) => self.end(Ending::Completed { output }),
            Err(fault) => self.fail(fault),
        }
    }
}
