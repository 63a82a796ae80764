//! An in-memory driver: keeps the journal, answers, and moves its own clock.

use std::{cell::RefCell, collections::BTreeSet};

use chrono::{DateTime, TimeDelta};
use kompel_model::Timestamp;
use serde_json::{Value, json};

use crate::{
    CallId, Effect, Ending, Fault, Input, PlaybookRef, Start,
    language::parse,
    machine::{Program, Run},
};

thread_local! {
    /// The tasks that were begun in this test, in order.
    pub(in crate::machine) static BEGUN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    /// The changes of tasks' states in this test.
    pub(in crate::machine) static CHANGED: RefCell<BTreeSet<(&'static str, &'static str)>> =
        const { RefCell::new(BTreeSet::new()) };
}

/// What an action answers; none: nothing yet.
pub(super) type Answer = Option<Result<Value, Fault>>;

pub(super) struct Driver {
    pub(super) program: Program,
    pub(super) start: Start,
    pub(super) run: Run,
    pub(super) began: Timestamp,
    pub(super) now: Timestamp,
    pub(super) journal: Vec<(Timestamp, Input)>,
    /// All effects so far, those of the start first.
    pub(super) effects: Vec<Effect>,
}

pub(super) fn program(text: &str) -> Program {
    let playbook = parse(text, "test.yaml").unwrap_or_else(|mistakes| {
        let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        panic!("{}\n{text}", told.join("\n"))
    });
    Program::new(playbook).unwrap()
}

pub(super) fn start(input: Value) -> Start {
    Start {
        run: "r-1".to_owned(),
        tenant: "acme".parse().unwrap(),
        playbook: PlaybookRef {
            namespace: "n".to_owned(),
            name: "p".to_owned(),
            version: "1.0.0".to_owned(),
            digest: String::new(),
        },
        input,
        requester: "jan".to_owned(),
        trigger: "test".to_owned(),
        seed: 7,
        flags: Vec::new(),
    }
}

/// A playbook with these tasks (YAML, at the margin).
pub(super) fn playbook(tasks: &str) -> String {
    let head = "document: {dsl: '1.0.3', namespace: n, name: p, version: '1.0.0'}\n";
    format!("{head}do:\n{tasks}")
}

impl Driver {
    pub(super) fn new(text: &str, input: Value) -> Self {
        Self::of(program(text), input)
    }

    pub(super) fn of(program: Program, input: Value) -> Self {
        BEGUN.with_borrow_mut(Vec::clear);
        let start = start(input);
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let (run, effects) = Run::start(&program, &start, now);
        Self { program, start, run, began: now, now, journal: Vec::new(), effects }
    }

    pub(super) fn tell(&mut self, input: Input) -> Vec<Effect> {
        let effects = self.run.step(&self.program, self.now, &input);
        self.journal.push((self.now, input));
        self.effects.extend(effects.clone());
        effects
    }

    pub(super) fn done(&mut self, call: u64, output: Value) -> Vec<Effect> {
        self.tell(Input::Done { call: CallId(call), output })
    }

    pub(super) fn event(&mut self, event: Value) -> Vec<Effect> {
        self.tell(Input::Event { event })
    }

    /// The open action calls: number, action, step.
    pub(super) fn calls(&self) -> Vec<(u64, String, String)> {
        let call = |effect| match effect {
            Effect::Act { call, action, step, .. } => Some((call.0, action.to_string(), step.0)),
            _ => None,
        };
        self.run.pending().into_iter().filter_map(call).collect()
    }

    /// The next time that the run wants to be woken.
    pub(super) fn alarm(&self) -> Option<Timestamp> {
        let at = |effect| match effect {
            Effect::Wake { at, .. } => Some(at),
            _ => None,
        };
        self.run.pending().into_iter().filter_map(at).min()
    }

    /// Moves the clock to the next alarm and wakes the run.
    pub(super) fn wake(&mut self) {
        let pending = self.run.pending().into_iter();
        let timers = pending.filter_map(|effect| match effect {
            Effect::Wake { timer, at } => Some((at, timer)),
            _ => None,
        });
        let (at, timer) = timers.min().expect("an alarm");
        self.now = self.now.max(at);
        self.tell(Input::Woke { timer });
    }

    /// Answers and wakes until the run has ended or waits for what nobody gives.
    pub(super) fn drive(&mut self, answer: &mut dyn FnMut(&Effect) -> Answer) -> Option<&Ending> {
        for _ in 0..10_000 {
            let pending = self.run.pending();
            let mut told = None;
            for effect in &pending {
                told = match effect {
                    Effect::Emit { call, .. } => {
                        Some(Input::Done { call: *call, output: Value::Null })
                    }
                    Effect::Act { call, .. } | Effect::RunPlaybook { call, .. } => answer(effect)
                        .map(|result| match result {
                            Ok(output) => Input::Done { call: *call, output },
                            Err(fault) => Input::Failed { call: *call, fault },
                        }),
                    _ => None,
                };
                if told.is_some() {
                    break;
                }
            }
            match told {
                Some(input) => drop(self.tell(input)),
                None if self.alarm().is_some() => self.wake(),
                None => return self.run.ending(),
            }
        }
        panic!("the run never ends: {:?}", self.run.pending());
    }

    /// The output of a run that needs no answers.
    pub(super) fn output(text: &str, input: Value) -> Value {
        let mut driver = Self::new(text, input);
        match driver.drive(&mut |_| None) {
            Some(Ending::Completed { output }) => output.clone(),
            other => panic!("{other:?}"),
        }
    }

    /// How long the run has taken by its own clock.
    pub(super) fn elapsed(&self) -> TimeDelta {
        self.now - self.began
    }

    /// Replays the first entries of the journal.
    pub(super) fn replay(&self, entries: usize) -> Run {
        let (mut run, _) = Run::start(&self.program, &self.start, self.began);
        for (at, input) in &self.journal[..entries] {
            run.step(&self.program, *at, input);
        }
        run
    }
}

pub(super) fn fault(kind: &str, status: u16) -> Fault {
    Fault {
        kind: format!("https://open-workflow-specification.org/dsl/errors/types/{kind}"),
        status,
        title: Some("Test".to_owned()),
        detail: None,
        instance: None,
    }
}

pub(super) fn cloud_event(id: &str, kind: &str, data: Value) -> Value {
    json!({"specversion": "1.0", "id": id, "source": "/test", "type": kind, "data": data})
}
