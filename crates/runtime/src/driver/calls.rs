//! What the calls of a run want, step by step; and the runs and events that it starts.

use kompel_engine::{
    CallId, Ending, Input, Record,
    act::{Act, ActRecord, Command, Outcome, Phase, Terms, fault_of},
};
use kompel_model::{ActionName, Timestamp};
use serde_json::{Value, json};

use super::{
    ASK, Resolved, UNDO_ALL, UNDO_STEP,
    jobs::{Job, Which, Work},
    not_configured,
    programs::{child_id, start_of_child},
    session::{DEEPEST, Session, depth, only_reads},
    status,
};
use crate::journal::{Message, NewRun, Once, Origin, RunKey, Side};

impl Session {
    /// Does what the call wants next, if that can be decided now.
    pub(super) fn advance_call(&mut self, call: CallId) {
        let Some(entry) = self.state.book.call(call) else { return };
        let over = entry.answered || entry.act.is_abandoned() && entry.act.phase().is_over();
        if over {
            return;
        }
        match entry.action.as_str() {
            ASK => self.advance_ask(call),
            UNDO_ALL | UNDO_STEP => self.advance_undo(call),
            _ => self.advance_act(Which { call, of: None }),
        }
    }

    /// The state of a call, or of an undo within it.
    pub(super) fn act(&self, which: Which) -> Option<&Act> {
        let call = self.state.book.call(which.call)?;
        match which.of {
            None => Some(&call.act),
            Some(of) => call.undos.iter().find(|undo| undo.of == of).map(|undo| &undo.act),
        }
    }

    /// The action and input of a call, or of an undo within it.
    fn wanted(&self, which: Which) -> Option<(ActionName, Value)> {
        let call = self.state.book.call(which.call)?;
        match which.of {
            None => Some((call.action.clone(), call.input.clone())),
            Some(of) => {
                let undo = call.undos.iter().find(|undo| undo.of == of)?;
                Some((undo.action.clone(), undo.input.clone()))
            }
        }
    }

    pub(super) fn advance_act(&mut self, which: Which) {
        let now = if self.impatient { Timestamp::MAX_UTC } else { self.now };
        let Some(command) = self.act(which).map(|act| act.wanted(now)) else { return };
        match command {
            Command::Begin => self.begin(which),
            Command::Read => self.ask_peer(which, Work::Read),
            Command::Plan => self.ask_peer(which, Work::Plan),
            Command::Gate => self.gate(which),
            Command::Attempt { number } => {
                let key = self.idempotency_key(which);
                self.to_send.insert(which);
                self.record_act(which, ActRecord::Attempting { number, key });
            }
            Command::Send => {
                if self.to_send.contains(&which) {
                    self.ask_peer(which, Work::Send);
                }
            }
            Command::Look => self.ask_peer(which, Work::Look),
            Command::Verify { output } => self.ask_peer(which, Work::Verify(output)),
            Command::AskPerson { because } => self.ask_person(which, because),
            Command::Wait { .. } => {}
            Command::Finish(outcome) => self.finish(which, outcome),
        }
    }

    fn begin(&mut self, which: Which) {
        let record = match self.resolve(which) {
            Ok(resolved) => ActRecord::Began(Terms {
                effect: resolved.spec.effect.clone(),
                repeat: resolved.spec.repeat,
                connection: Some(resolved.connection.name.clone()),
            }),
            Err(refusal) => ActRecord::Refused { refusal },
        };
        self.record_act(which, record);
    }

    fn resolve(&self, which: Which) -> Result<Resolved, kompel_engine::act::Refusal> {
        let (action, input) =
            self.wanted(which).ok_or_else(|| not_configured("no such call".to_owned()))?;
        self.world.registry.resolve(&self.key.tenant, &action, &input)
    }

    /// The same for every attempt at this step, different for any other.
    fn idempotency_key(&self, which: Which) -> String {
        let step = |call| self.state.book.call(call).map_or("", |call| call.step.0.as_str());
        match which.of {
            None => format!("{}/{}", self.key.run, step(which.call)),
            Some(of) => format!("{}/{}/undo/{}", self.key.run, step(of), which.call.0),
        }
    }

    fn ask_peer(&mut self, which: Which, work: Work) {
        if self.busy.contains(&which) {
            return;
        }
        match self.resolve(which) {
            Ok(resolved) => {
                self.busy.insert(which);
                let key = self.idempotency_key(which);
                let job =
                    Job::Peer { which, resolved: Box::new(resolved), key, work: work.clone() };
                if only_reads(&work) { &mut self.at_once } else { &mut self.after_commit }
                    .push(job);
            }
            // The connection is gone since the call began: nothing was sent.
            Err(refusal) => self.record_act(which, ActRecord::Refused { refusal }),
        }
    }

    fn ask_person(&mut self, which: Which, because: String) {
        if !self.asked.insert(which) {
            return;
        }
        let Some(call) = self.state.book.call(which.call) else { return };
        let (task, action) = (call.task.clone(), call.action.clone());
        self.batch.sides.push(Side::Question {
            call: which.call,
            of: which.of,
            task,
            action,
            because,
        });
    }

    fn finish(&mut self, which: Which, outcome: Outcome) {
        let abandoned = self.act(which).is_some_and(Act::is_abandoned);
        if abandoned || which.of.is_some() {
            return;
        }
        let call = which.call;
        match outcome {
            Outcome::Done(output) => self.record(Record::Input(Input::Done { call, output })),
            Outcome::Failed(fault) => self.record(Record::Input(Input::Failed { call, fault })),
            Outcome::Dropped => {}
        }
    }

    /// Publishes the events that the run emits. An event has the same id at every replay, so that
    /// it is published once.
    pub(super) fn publish(&mut self) {
        let emits: Vec<_> =
            self.state.emits.iter().map(|(call, event)| (*call, event.clone())).collect();
        for (call, event) in emits {
            let about = (&event, Origin::Run);
            let starts = self.world.started_by(&self.key.tenant, about, self.now);
            self.batch.sides.push(Side::Emit(event, starts));
            self.record(Record::Input(Input::Done { call, output: Value::Null }));
        }
    }

    pub(super) fn start_child(&mut self, call: CallId) {
        let Some(child) = self.state.children.get(&call).cloned() else { return };
        let deep = depth(&self.world.reader, &self.key).unwrap_or(DEEPEST);
        let (namespace, name, version) = (&child.namespace, &child.name, &child.version);
        let found = self.world.library.find(&self.key.tenant, namespace, name, version);
        let Some(source) = found.filter(|_| deep < DEEPEST) else {
            let detail = if deep < DEEPEST {
                format!("no playbook {namespace}/{name} {version} exists here")
            } else {
                format!("playbooks start each other too deep at {namespace}/{name}")
            };
            let fault = fault_of(&not_configured(detail));
            return self.record(Record::Input(Input::Failed { call, fault }));
        };
        let mut start = start_of_child(&self.key.tenant, &self.key.run, &source, &child.input);
        (start.run, start.seed) = child_id(&self.key.run, call);
        start.requester.clone_from(&self.state.start.requester);
        let parent = Some((self.key.run.clone(), call));
        let run = NewRun { start, text: source.text, parent, at: self.now, once: Once::default() };
        self.batch.sides.push(Side::StartChild(Box::new(run)));
        if !child.wait {
            self.record(Record::Input(Input::Done { call, output: Value::Null }));
        }
    }

    pub(super) fn cancel_child(&mut self, call: CallId) {
        let key = RunKey::new(&self.key.tenant, &child_id(&self.key.run, call).0);
        let message = Message::Cancel {
            by: format!("run {}", self.key.run),
            why: "the run that started it no longer wants it".to_owned(),
        };
        // A child whose row is written in this very batch comes before in it.
        self.batch.sides.push(Side::TellRun(key, message));
    }

    /// The playbook has ended: nobody listens any more, and the run above hears of it.
    pub(super) fn ended(&mut self, ending: &Ending) {
        self.batch.sides.push(Side::Unlisten(None));
        let word = status::of(&self.state, self.now).word();
        let open = self.state.book.leftovers().len();
        self.audit("run.ended", None, json!({"state": word, "open": open}), Vec::new());
        let (Some(parent), Some(call)) = (&self.row.parent, self.row.parent_call_id()) else {
            return;
        };
        let result = match ending {
            Ending::Completed { output } => Ok(output.clone()),
            Ending::Faulted { fault } => Err(fault.clone()),
            Ending::Cancelled { by, why } => Err(kompel_engine::act::kompel_fault(
                "cancelled",
                409,
                "the run was cancelled",
                &format!("{by}: {why}"),
            )),
        };
        let parent = RunKey::new(&self.key.tenant, parent);
        self.batch.sides.push(Side::TellRun(parent, Message::ChildEnded { call, result }));
    }

    /// Writes of which the audit trail must know.
    pub(super) fn audit_act(&mut self, which: Which, record: &ActRecord) {
        let kind = match record {
            ActRecord::Attempting { .. } => "act.attempting",
            ActRecord::Answered { .. } => "act.answered",
            ActRecord::Unknown { .. } => "act.unknown",
            ActRecord::Refused { .. } => "act.refused",
            ActRecord::Verified { .. } => "act.verified",
            ActRecord::Differs { .. } => "act.differs",
            ActRecord::Decided { .. } => "act.decided",
            _ => return,
        };
        let writes = |act: &Act| act.terms().is_some_and(|terms| terms.effect.writes());
        let Some(act) = self.act(which).filter(|act| writes(act)) else { return };
        let sent = act.phase() == Phase::Sent || kind != "act.answered" && kind != "act.refused";
        if !sent {
            return;
        }
        let hash = act.plan().map(|(_, hash)| hash.clone());
        let Some(call) = self.state.book.call(which.call) else { return };
        let (who, texts) = match record {
            ActRecord::Decided { by, why, .. } => (Some(by.clone()), vec![("why", why.clone())]),
            _ => (None, Vec::new()),
        };
        let body = json!({
            "call": which.call, "of": which.of, "task": call.task, "action": call.action,
            "plan": hash, "number": act.attempts(), "approval": act.approval(),
        });
        self.audit(kind, who, body, texts);
    }
}
