//! A run's whole state: the machine's, and that of the calls around it, by folding its entries.

use std::{collections::BTreeMap, sync::Arc};

use kompel_engine::{
    CallId, Effect, Ending, Entry, EventFilter, Input, ListenerId, Record, Start, StepKey, TaskRef,
    TimerId,
    act::{ActRecord, Book, Policy},
    machine::{Program, Run},
};
use kompel_model::Timestamp;
use serde_json::Value;

/// What follows from a run's entries.
#[derive(Clone)]
pub(crate) struct RunState {
    pub(crate) start: Start,
    pub(crate) started: Timestamp,
    pub(crate) program: Arc<Program>,
    pub(crate) machine: Run,
    pub(crate) book: Book,
    pub(crate) timers: BTreeMap<TimerId, Timestamp>,
    pub(crate) listeners: BTreeMap<ListenerId, Vec<EventFilter>>,
    pub(crate) children: BTreeMap<CallId, Child>,
    pub(crate) emits: BTreeMap<CallId, Value>,
    pub(crate) ending: Option<Ending>,
    pub(crate) next_seq: u64,
    policy: Policy,
}

/// A playbook that the run wants started.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Child {
    pub(crate) task: TaskRef,
    pub(crate) step: StepKey,
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) input: Value,
    pub(crate) wait: bool,
}

/// What an entry brought about, for whoever must tell the world.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum News {
    Listen(ListenerId, Vec<EventFilter>),
    Unlisten(ListenerId),
    ChildWanted(CallId),
    ChildUnwanted(CallId),
    CallUnwanted(CallId),
    Ended(Ending),
}

impl RunState {
    /// The state after the first entry.
    pub(crate) fn begin(
        program: Arc<Program>,
        start: Start,
        at: Timestamp,
        policy: Policy,
    ) -> (Self, Vec<News>) {
        let (machine, effects) = Run::start(&program, &start, at);
        let mut state = Self {
            start,
            started: at,
            program,
            machine,
            book: Book::default(),
            timers: BTreeMap::new(),
            listeners: BTreeMap::new(),
            children: BTreeMap::new(),
            emits: BTreeMap::new(),
            ending: None,
            next_seq: 1,
            policy,
        };
        let news = state.take(effects, at);
        (state, news)
    }

    /// The state after one more entry.
    pub(crate) fn apply(&mut self, entry: &Entry) -> Vec<News> {
        self.next_seq = entry.seq + 1;
        match &entry.record {
            Record::Started(_) => Vec::new(),
            Record::Act { call, record } => {
                self.book.step(&self.policy, entry.at, *call, record);
                Vec::new()
            }
            Record::Input(input) => {
                match input {
                    Input::Done { call, .. } | Input::Failed { call, .. } => {
                        self.book.answered(*call);
                        self.children.remove(call);
                        self.emits.remove(call);
                    }
                    Input::Woke { timer } => {
                        self.timers.remove(timer);
                    }
                    Input::Event { .. } | Input::Cancel { .. } => {}
                }
                let effects = self.machine.step(&self.program, entry.at, input);
                self.take(effects, entry.at)
            }
        }
    }

    fn take(&mut self, effects: Vec<Effect>, at: Timestamp) -> Vec<News> {
        effects.into_iter().filter_map(|effect| self.take_one(effect, at)).collect()
    }

    fn take_one(&mut self, effect: Effect, at: Timestamp) -> Option<News> {
        match effect {
            Effect::Act { call, task, step, action, input } => {
                self.book.open(call, task, step, action, input);
                None
            }
            Effect::RunPlaybook { call, task, step, namespace, name, version, input, wait } => {
                let child = Child { task, step, namespace, name, version, input, wait };
                self.children.insert(call, child);
                Some(News::ChildWanted(call))
            }
            Effect::Emit { call, event, .. } => {
                self.emits.insert(call, event);
                None
            }
            Effect::Wake { timer, at } => {
                self.timers.insert(timer, at);
                None
            }
            Effect::Listen { listener, filters } => {
                self.listeners.insert(listener, filters.clone());
                Some(News::Listen(listener, filters))
            }
            Effect::AbandonCall(call) => self.abandon(call, at),
            Effect::DropTimer(timer) => {
                self.timers.remove(&timer);
                None
            }
            Effect::DropListener(listener) => {
                self.listeners.remove(&listener);
                Some(News::Unlisten(listener))
            }
            Effect::End(ending) => {
                self.ending = Some(ending.clone());
                self.timers.clear();
                self.listeners.clear();
                Some(News::Ended(ending))
            }
        }
    }

    fn abandon(&mut self, call: CallId, at: Timestamp) -> Option<News> {
        if self.children.remove(&call).is_some() {
            return Some(News::ChildUnwanted(call));
        }
        if self.emits.remove(&call).is_some() {
            return None;
        }
        // Follows from the entry that is being folded, so that it needs none of its own.
        self.book.step(&self.policy, at, call, &ActRecord::Abandoned);
        Some(News::CallUnwanted(call))
    }
}
