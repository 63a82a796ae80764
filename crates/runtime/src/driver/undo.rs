//! Taking back what a run did: `undo.all` and `undo.step`, the last write first, one at a time.

use kompel_engine::{
    CallId, Input, Record,
    act::{ActRecord, BookCall, Phase, Terms, kompel_fault},
};
use kompel_model::ActionEffect;
use serde_json::{Value, json};

use super::{UNDO_STEP, gate::reads, jobs::Which, session::Session};

impl Session {
    pub(super) fn advance_undo(&mut self, call: CallId) {
        let Some(entry) = self.state.book.call(call) else { return };
        if entry.act.phase() == Phase::New {
            return self.record_act(Which { call, of: None }, ActRecord::Began(reads()));
        }
        if entry.act.phase() != Phase::Reading {
            return self.advance_act(Which { call, of: None });
        }
        let unfinished = entry.undos.iter().find(|undo| !undo.act.phase().is_over());
        if let Some(of) = unfinished.map(|undo| undo.of) {
            return self.advance_act(Which { call, of: Some(of) });
        }
        let only = match entry.action.as_str() {
            UNDO_STEP => entry.input.get("step").and_then(Value::as_str).or(Some("")),
            _ => None,
        };
        match self.state.book.to_undo(call, only).first() {
            Some(next) => {
                let record = self.next_undo(next);
                self.record_act(Which { call, of: None }, record);
            }
            None => self.undone(call),
        }
    }

    /// How the next write is taken back, or why it is left.
    fn next_undo(&self, done: &BookCall) -> ActRecord {
        let of = done.call;
        let left = |because: &str| ActRecord::LeftAsIs { of, because: because.to_owned() };
        let Some(ActionEffect::Reversible { undo }) = done.act.terms().map(|terms| &terms.effect)
        else {
            return left("it can't be taken back");
        };
        let (Some(output), Some((plan, _))) = (done.act.output(), done.act.plan()) else {
            return left("nobody knows whether it was done");
        };
        let registry = &self.world.registry;
        let tenant = &self.key.tenant;
        let resolved = match registry.resolve(tenant, &done.action, &done.input) {
            Ok(resolved) => resolved,
            Err(refusal) => return left(&refusal.detail),
        };
        let Some(mut input) = resolved.action.undo_input(&resolved.input, plan, output) else {
            return left("there was nothing to take back");
        };
        if let Value::Object(members) = &mut input {
            let connection = done.act.terms().and_then(|terms| terms.connection.clone());
            members.extend(connection.map(|name| ("connection".to_owned(), Value::from(name))));
        }
        match registry.resolve(tenant, undo, &input) {
            Ok(back) => ActRecord::Undoing {
                of,
                action: undo.clone(),
                input,
                terms: Terms {
                    effect: back.spec.effect.clone(),
                    repeat: back.spec.repeat,
                    connection: Some(back.connection.name.clone()),
                },
            },
            Err(refusal) => left(&refusal.detail),
        }
    }

    /// Everything was dealt with: says what is taken back and what remains.
    fn undone(&mut self, call: CallId) {
        let Some(entry) = self.state.book.call(call) else { return };
        let task = |of| self.state.book.call(of).map_or(String::new(), |done| done.task.0.clone());
        let (done, failed): (Vec<_>, Vec<_>) =
            entry.undos.iter().partition(|undo| undo.act.phase() == Phase::Done);
        let done: Vec<_> = done.iter().map(|undo| task(undo.of)).collect();
        let failed: Vec<_> = failed.iter().map(|undo| task(undo.of)).collect();
        let remaining: Vec<_> = entry
            .left
            .iter()
            .map(|(of, because)| json!({"task": task(*of), "because": because}))
            .collect();
        if failed.is_empty() {
            let output = json!({"undone": done, "remaining": remaining});
            return self.record_act(Which { call, of: None }, ActRecord::Answered { output });
        }
        let detail = format!("not taken back: {}", failed.join(", "));
        let fault = kompel_fault("not-undone", 409, "not everything was taken back", &detail);
        self.record(Record::Input(Input::Failed { call, fault }));
    }
}
