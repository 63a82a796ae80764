//! Plays a case: the machine on one side, the script on the other.

use std::collections::BTreeMap;

use kompel_model::{ActionName, TenantId, Timestamp};
use serde_json::{Value, json};

use super::{ExpectedStep, Reply, TestCase};
use crate::{
    CallId, Effect, Ending, Fault, Input, PlaybookRef, Start, TaskRef, TimerId,
    machine::{Program, Run},
};

/// What came of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Played {
    /// What was asked of the world, in order.
    pub steps: Vec<PlayedStep>,
    /// How it ended; `None` if it still waits.
    pub ending: Option<Ending>,
    /// What is not as expected; empty if the case holds.
    pub mismatches: Vec<Mismatch>,
}

/// One request to the world.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayedStep {
    /// Where the task stands.
    pub task: TaskRef,
    /// The action, if it was one.
    pub call: Option<ActionName>,
    /// Its input.
    pub with: Value,
}

/// Something that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// A request that no reply fits.
    #[error("nothing replies to {task} ({what}): add under replies: {suggestion}")]
    NoReply {
        /// The task.
        task: String,
        /// What it asks.
        what: String,
        /// A line to add.
        suggestion: String,
    },
    /// The run went on for too long.
    #[error("the run asks for more than {0} things: is there a loop without an end?")]
    Endless(usize),
    /// Something else than expected.
    #[error("{what}: expected {expected}, got {got}")]
    Differs {
        /// What was looked at.
        what: String,
        /// What was expected.
        expected: String,
        /// What came.
        got: String,
    },
}

/// Plays the case with this playbook.
pub fn play(program: &Program, playbook: PlaybookRef, case: &TestCase) -> Played {
    let start = Start {
        run: "r-case".to_owned(),
        tenant: TenantId::default(),
        playbook,
        input: case.input.clone(),
        requester: case.requester.clone(),
        trigger: "case".to_owned(),
        seed: 1,
        flags: Vec::new(),
    };
    let mut stage = Stage::new(program, case, &start);
    stage.act();
    let ending = stage.run.ending().cloned();
    let mut played = Played { steps: stage.steps, ending, mismatches: stage.mismatches };
    compare(case, &mut played);
    played
}

/// The run, and what it still wants.
struct Stage<'a> {
    program: &'a Program,
    case: &'a TestCase,
    run: Run,
    now: Timestamp,
    wanted: Vec<Effect>,
    timers: BTreeMap<TimerId, Timestamp>,
    listening: bool,
    used: Vec<u32>,
    events: usize,
    steps: Vec<PlayedStep>,
    mismatches: Vec<Mismatch>,
}

impl<'a> Stage<'a> {
    fn new(program: &'a Program, case: &'a TestCase, start: &Start) -> Self {
        let (run, effects) = Run::start(program, start, case.at);
        let mut stage = Self {
            program,
            case,
            run,
            now: case.at,
            wanted: Vec::new(),
            timers: BTreeMap::new(),
            listening: false,
            used: vec![0; case.replies.len()],
            events: 0,
            steps: Vec::new(),
            mismatches: Vec::new(),
        };
        stage.take(effects);
        stage
    }

    /// Goes on until the run ends, waits for what never comes, or a reply is missing.
    fn act(&mut self) {
        while self.run.ending().is_none() && self.mismatches.is_empty() {
            if self.steps.len() > MOST_STEPS {
                self.mismatches.push(Mismatch::Endless(MOST_STEPS));
            } else if let Some(input) = self.next_input() {
                let effects = self.run.step(self.program, self.now, &input);
                self.take(effects);
            } else {
                return;
            }
        }
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Wake { timer, at } => {
                    self.timers.insert(timer, at);
                }
                Effect::DropTimer(timer) => {
                    self.timers.remove(&timer);
                }
                Effect::Listen { .. } => self.listening = true,
                Effect::AbandonCall(call) => self.wanted.retain(|w| call_of(w) != Some(call)),
                Effect::DropListener(_) | Effect::End(_) => {}
                Effect::Act { .. } | Effect::RunPlaybook { .. } | Effect::Emit { .. } => {
                    self.wanted.push(effect);
                }
            }
        }
    }

    /// What the world says next: an answer, an event, or that a time has come.
    fn next_input(&mut self) -> Option<Input> {
        if !self.wanted.is_empty() {
            let effect = self.wanted.remove(0);
            if let Some(input) = self.answer(&effect) {
                return Some(input);
            }
            return if self.mismatches.is_empty() { self.next_input() } else { None };
        }
        if self.listening && self.events < self.case.events.len() {
            let event = self.case.events[self.events].clone();
            self.events += 1;
            return Some(Input::Event { event });
        }
        let (timer, at) = self.timers.iter().map(|(t, at)| (*t, *at)).min_by_key(|(_, at)| *at)?;
        self.timers.remove(&timer);
        self.now = self.now.max(at);
        Some(Input::Woke { timer })
    }

    /// The scripted answer to a request; nothing if the script says that none comes.
    fn answer(&mut self, effect: &Effect) -> Option<Input> {
        let (call, task, action, with) = asked(effect)?;
        self.steps.push(PlayedStep { task: task.clone(), call: action.clone(), with });
        if matches!(effect, Effect::Emit { .. }) {
            return Some(Input::Done { call, output: Value::Null });
        }
        let Some(at) = self.reply_for(task, action.as_ref()) else {
            self.mismatches.push(no_reply(task, action.as_ref()));
            return None;
        };
        self.used[at] += 1;
        reply(&self.case.replies[at], call, self.now)
    }

    fn reply_for(&self, task: &TaskRef, action: Option<&ActionName>) -> Option<usize> {
        let fits = |reply: &Reply| {
            reply.task.as_deref().is_none_or(|name| name == task_name(task))
                && (reply.call.is_none() || reply.call.as_ref() == action)
        };
        self.case
            .replies
            .iter()
            .zip(&self.used)
            .position(|(reply, used)| fits(reply) && *used < reply.times.unwrap_or(1))
    }
}

/// A request's parts.
fn asked(effect: &Effect) -> Option<(CallId, &TaskRef, Option<ActionName>, Value)> {
    match effect {
        Effect::Act { call, task, action, input, .. } => {
            Some((*call, task, Some(action.clone()), input.clone()))
        }
        Effect::RunPlaybook { call, task, name, input, .. } => {
            Some((*call, task, None, json!({"playbook": name, "input": input})))
        }
        Effect::Emit { call, task, event, .. } => Some((*call, task, None, event.clone())),
        Effect::Wake { .. }
        | Effect::Listen { .. }
        | Effect::AbandonCall(_)
        | Effect::DropTimer(_)
        | Effect::DropListener(_)
        | Effect::End(_) => None,
    }
}

fn call_of(effect: &Effect) -> Option<CallId> {
    asked(effect).map(|(call, ..)| call)
}

fn reply(reply: &Reply, call: CallId, now: Timestamp) -> Option<Input> {
    if let Some(output) = &reply.output {
        return Some(Input::Done { call, output: output.clone() });
    }
    if let Some(people) = &reply.approved_by {
        let answers: Vec<Value> =
            people.iter().map(|who| json!({"who": who, "when": now, "through": "case"})).collect();
        let output = json!({"approved": true, "answers": answers, "planHash": ""});
        return Some(Input::Done { call, output });
    }
    if let Some(who) = &reply.refused_by {
        let fault = Fault {
            kind: "https://kompel.dev/errors/rejected".to_owned(),
            status: 403,
            title: Some("Rejected".to_owned()),
            detail: Some(format!("refused by {who}")),
            instance: None,
        };
        return Some(Input::Failed { call, fault });
    }
    let fault = reply.fault.as_ref()?;
    let fault = serde_json::from_value(fault.clone()).unwrap_or_else(|_| Fault {
        kind: fault["type"].as_str().unwrap_or("about:blank").to_owned(),
        status: fault["status"].as_u64().and_then(|s| u16::try_from(s).ok()).unwrap_or(500),
        title: None,
        detail: None,
        instance: None,
    });
    Some(Input::Failed { call, fault })
}

fn no_reply(task: &TaskRef, action: Option<&ActionName>) -> Mismatch {
    let name = task_name(task);
    let what = action.map_or_else(|| "another playbook".to_owned(), ToString::to_string);
    let suggestion = if what == "approval.ask" {
        format!("{{task: {name}, approved_by: [name]}}")
    } else {
        format!("{{task: {name}, output: {{}}}}")
    };
    Mismatch::NoReply { task: name.to_owned(), what, suggestion }
}

fn task_name(task: &TaskRef) -> &str {
    task.0.rsplit('/').next().unwrap_or(&task.0)
}

fn compare(case: &TestCase, played: &mut Played) {
    let expect = &case.expect;
    let mut found = Vec::new();
    let (ending, output, fault) = match &played.ending {
        None => ("waiting", None, None),
        Some(Ending::Completed { output }) => ("completed", Some(output.clone()), None),
        Some(Ending::Faulted { fault }) => ("faulted", None, serde_json::to_value(fault).ok()),
        Some(Ending::Cancelled { .. }) => ("cancelled", None, None),
    };
    let mut differs = |what: String, expected: &Value, got: &Value| {
        let (expected, got) = (expected.to_string(), got.to_string());
        found.push(Mismatch::Differs { what, expected, got });
    };
    if let Some(expected) = &expect.ending
        && expected != ending
    {
        let why = fault.as_ref().map_or_else(|| json!(ending), |f| json!({ ending: f }));
        differs("ending".to_owned(), &json!(expected), &why);
    }
    if let Some(expected) = &expect.output
        && Some(expected) != output.as_ref()
    {
        differs("output".to_owned(), expected, &json!(output));
    }
    if let Some(expected) = &expect.fault
        && !fault.as_ref().is_some_and(|got| holds(expected, got))
    {
        differs("fault".to_owned(), expected, &json!(fault));
    }
    for name in &expect.untouched {
        if let Some(step) = played.steps.iter().find(|step| task_name(&step.task) == name) {
            differs(format!("task {name}"), &json!("not performed"), &step.with);
        }
    }
    if let Some(journal) = &expect.journal {
        steps(journal, &played.steps, &mut differs);
    }
    played.mismatches.append(&mut found);
}

fn steps(
    expected: &[ExpectedStep],
    got: &[PlayedStep],
    differs: &mut impl FnMut(String, &Value, &Value),
) {
    for at in 0..expected.len().max(got.len()) {
        let what = format!("journal, step {}", at + 1);
        match (expected.get(at), got.get(at)) {
            (Some(expected), Some(got)) if step_holds(expected, got) => {}
            (expected, got) => {
                let got = got.map(|step| {
                    json!({"task": task_name(&step.task), "call": step.call, "with": step.with})
                });
                differs(what, &json!(expected), &json!(got));
                return;
            }
        }
    }
}

fn step_holds(expected: &ExpectedStep, got: &PlayedStep) -> bool {
    expected.task == task_name(&got.task)
        && (expected.call.is_none() || expected.call == got.call)
        && expected.with.as_ref().is_none_or(|with| holds(with, &got.with))
}

/// True if everything in `expected` is in `got`; objects may hold more.
fn holds(expected: &Value, got: &Value) -> bool {
    match (expected, got) {
        (Value::Object(expected), Value::Object(got)) => expected
            .iter()
            .all(|(key, value)| got.get(key).is_some_and(|other| holds(value, other))),
        (expected, got) => expected == got,
    }
}

const MOST_STEPS: usize = 10_000;
