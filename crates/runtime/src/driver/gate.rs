//! Approvals: asking people, and holding writes against what they approved.

use kompel_engine::{
    CallId, Record,
    act::{ActRecord, ApprovalRecord, ApprovalState, Ask, Closing, Phase, RehearsedPlan, Terms},
};
use kompel_model::{ActionEffect, Repeat};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{
    ASK,
    jobs::{Job, Which},
    not_configured,
    session::Session,
};
use crate::{
    approvals::{Invitation, Wording, asked_again, code_hash, from_input, new_code},
    journal::Side,
    key::to_hex,
};

impl Session {
    /// `approval.ask`: plans the rest, asks, waits, answers.
    pub(super) fn advance_ask(&mut self, call: CallId) {
        let which = Which { call, of: None };
        let Some(entry) = self.state.book.call(call) else { return };
        match entry.act.phase() {
            Phase::New => return self.record_act(which, ActRecord::Began(reads())),
            Phase::Reading => {}
            _ => return self.advance_act(which),
        }
        match entry.approvals.last() {
            None => self.first_ask(call),
            Some(approval) if approval.closed.is_some() => {
                let output = approval.output();
                self.record_act(which, ActRecord::Answered { output });
            }
            Some(_) => self.tend_approval(call),
        }
    }

    fn first_ask(&mut self, call: CallId) {
        let Some(entry) = self.state.book.call(call) else { return };
        match Wording::read(&entry.input) {
            Err(why) => {
                let record = ActRecord::Refused { refusal: not_configured(why) };
                self.record_act(Which { call, of: None }, record);
            }
            Ok(wording) if wording.binds_plan() => self.rehearse_for(call),
            Ok(_) => self.open_approval(call, None),
        }
    }

    fn rehearse_for(&mut self, call: CallId) {
        if self.rehearsing.insert(call) {
            let (state, now) = (Box::new(self.state.clone()), self.now);
            self.at_once.push(Job::Rehearse { call, state, now });
        }
    }

    /// May this write go on? If the plan in force does not have it, people are asked again.
    pub(super) fn gate(&mut self, which: Which) {
        let Some(act) = self.act(which) else { return };
        let bound = act.terms().is_some_and(|terms| terms.effect.needs_approval());
        let in_force = self.in_force();
        let (Some(approval), true, None) = (in_force, bound, which.of) else {
            return self.record_act(which, ActRecord::Allowed { approval: None });
        };
        let hash = act.plan().map(|(_, hash)| hash.clone());
        if hash.is_some_and(|hash| self.state.book.allows(&approval, &hash)) {
            let approval = Some(approval.ask.id);
            return self.record_act(which, ActRecord::Allowed { approval });
        }
        let open = self.state.book.call(which.call).is_some_and(|c| c.open_approval().is_some());
        if open {
            self.tend_approval(which.call);
        } else {
            self.rehearse_for(which.call);
        }
    }

    fn in_force(&self) -> Option<ApprovalState> {
        self.state.book.in_force().or(self.inherited.as_ref()).cloned()
    }

    /// Asks: for the first time, or again because the plan is another.
    pub(super) fn open_approval(&mut self, call: CallId, plan: Option<RehearsedPlan>) {
        let Some(entry) = self.state.book.call(call) else { return };
        if entry.answered || entry.act.phase().is_over() || entry.open_approval().is_some() {
            return;
        }
        let number = entry.approvals.len();
        let digest = Sha256::digest(format!("{} asks {} {number}", self.key.run, call.0));
        let id = format!("a-{}", to_hex(&digest[..8]));
        let ask = if entry.action.as_str() == ASK {
            let people = (&self.key.tenant, &self.world.people);
            let requester = &self.state.start.requester;
            Wording::read(&entry.input).and_then(|wording| {
                from_input(&wording, id.clone(), plan, requester, people, self.now)
            })
        } else {
            let before = self.in_force().ok_or_else(|| "nothing was approved before".to_owned());
            let plan = plan.unwrap_or_default();
            before.map(|before| asked_again(&before.ask, id.clone(), plan, self.now))
        };
        match ask {
            Ok(ask) => self.asked_people(call, ask),
            Err(because) => {
                let how = Closing::Impossible;
                let record = ApprovalRecord::Closed { id, how, because };
                self.record_act(Which { call, of: None }, ActRecord::Approval(record));
            }
        }
    }

    fn asked_people(&mut self, call: CallId, ask: Ask) {
        self.batch.sides.push(Side::ApprovalOpened {
            id: ask.id.clone(),
            call,
            question: ask.question.clone(),
            people: ask.people.clone(),
            deadline: ask.deadline,
        });
        let body = json!({"approval": ask.id, "people": ask.people, "count": ask.count,
            "plan": ask.plan_hash, "reason": ask.reason});
        let question = vec![("question", ask.question.clone())];
        self.audit("approval.asked", None, body, question);
        let record = ActRecord::Approval(ApprovalRecord::Asked(Box::new(ask)));
        self.record_act(Which { call, of: None }, record);
    }

    /// What an open approval wants: invitations, escalation, its end.
    pub(super) fn tend_approval(&mut self, call: CallId) {
        let open = |session: &Self| {
            session.state.book.call(call).and_then(|entry| entry.open_approval().cloned())
        };
        while let Some(record) = open(self).and_then(|approval| approval.due(self.now)) {
            if let ApprovalRecord::Closed { id, how, because } = record {
                return self.close_approval(call, id, how, because);
            }
            self.record_act(Which { call, of: None }, ActRecord::Approval(record));
        }
        let Some(approval) = open(self) else { return };
        for (person, asked) in &approval.asked {
            let here = (approval.ask.id.clone(), person.clone());
            if !asked.notified && !self.inviting.contains(&here) {
                self.invite(call, &approval, person);
            }
        }
    }

    fn invite(&mut self, call: CallId, approval: &ApprovalState, person: &str) {
        let Ok(code) = new_code() else {
            tracing::error!(run = %self.key.run, "approval.no_randomness");
            return;
        };
        let (id, ask) = (approval.ask.id.clone(), &approval.ask);
        self.inviting.insert((id.clone(), person.to_owned()));
        let record = ApprovalRecord::Invited {
            id: id.clone(),
            person: person.to_owned(),
            code_hash: code_hash(&code),
        };
        self.record_act(Which { call, of: None }, ActRecord::Approval(record));
        let invitation = Invitation {
            tenant: self.key.tenant.clone(),
            run: self.key.run.clone(),
            approval: id,
            person: person.to_owned(),
            details: self.world.people.get(&self.key.tenant, person).cloned(),
            code,
            reason: ask.reason,
            question: ask.question.clone(),
            plan: ask.plan.clone(),
            plan_hash: ask.plan_hash.as_str().to_owned(),
            about: ask.about.clone(),
            requester: ask.requester.clone(),
            deadline: ask.deadline,
        };
        self.after_commit.push(Job::Invite { call, invitation: Box::new(invitation) });
    }

    pub(super) fn invited(
        &mut self,
        call: CallId,
        approval: String,
        person: String,
        trouble: Option<String>,
    ) {
        self.inviting.remove(&(approval.clone(), person.clone()));
        let open = self.state.book.call(call).and_then(|entry| entry.open_approval());
        if open.is_some_and(|open| open.ask.id == approval) {
            let record = ApprovalRecord::Notified { id: approval, person, trouble };
            self.record_act(Which { call, of: None }, ActRecord::Approval(record));
        }
    }

    pub(super) fn close_approval(
        &mut self,
        call: CallId,
        id: String,
        how: Closing,
        because: String,
    ) {
        let word = serde_json::to_value(how).ok().and_then(|how| how.as_str().map(str::to_owned));
        let word = word.unwrap_or_default();
        let why = vec![("because", because.clone())];
        self.audit("approval.closed", None, json!({"approval": id, "how": word}), why);
        self.batch.sides.push(Side::ApprovalClosed { id: id.clone(), how: word });
        let record = ApprovalRecord::Closed { id, how, because };
        let record = Box::new(ActRecord::Approval(record));
        self.record(Record::Act { call, record });
    }

    /// The run no longer wants the call: nor its approval.
    pub(super) fn withdraw_approval(&mut self, call: CallId) {
        let Some(entry) = self.state.book.call(call) else { return };
        if let Some(approval) = entry.open_approval() {
            let (id, because) = (approval.ask.id.clone(), "no longer wanted".to_owned());
            self.close_approval(call, id, Closing::Withdrawn, because);
        }
    }
}

/// The terms of the runtime's own functions.
pub(super) fn reads() -> Terms {
    Terms { effect: ActionEffect::Read, repeat: Repeat::Natural, connection: None }
}
