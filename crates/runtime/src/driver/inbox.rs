//! What the world tells a run, taken into its journal.

use kompel_engine::{
    CallId, Input, Record,
    act::{
        ActRecord, ApprovalAnswer, ApprovalRecord, Closing, Decision, GivenAnswer, Phase,
        WrongAnswer,
    },
};
use serde_json::json;

use super::{
    jobs::Which,
    session::{DriveError, Session},
};
use crate::journal::{InboxItem, Message, Side};

/// What became of a message, as its sender reads it.
pub(crate) const TAKEN: &str = "taken";

impl Session {
    /// Takes in everything that lies in the inbox.
    pub(super) fn read_inbox(&mut self) -> Result<(), DriveError> {
        for InboxItem { seq, at, message } in self.world.reader.inbox(&self.key)? {
            let outcome = match message {
                Message::Event { event } => self.event(event),
                Message::ChildEnded { call, result } => self.child_ended(call, result),
                Message::Answer { approval, answer } => {
                    // Judged by when it came, not by when somebody found the time to look.
                    self.answered(&approval, &answer, at.min(self.now))
                }
                Message::Decide { call, of, by, decision, why } => {
                    self.decided(Which { call, of }, by, decision, why)
                }
                Message::Cancel { by, why } => self.cancelled(by, why),
                Message::Resume { .. } => {
                    self.impatient = true;
                    TAKEN.to_owned()
                }
            };
            self.batch.sides.push(Side::Handled(seq, outcome));
        }
        Ok(())
    }

    fn told(&mut self, input: Input) -> String {
        if self.state.ending.is_some() {
            return "refused: the run has ended".to_owned();
        }
        self.record(Record::Input(input));
        TAKEN.to_owned()
    }

    /// An event that means nothing to the machine leaves no entry: a later listener gets it again.
    fn event(&mut self, event: serde_json::Value) -> String {
        let input = Input::Event { event };
        let mut probe = self.state.machine.clone();
        let effects = probe.step(&self.state.program, self.now, &input);
        if effects.is_empty() && probe == self.state.machine {
            return "refused: nothing waits for it".to_owned();
        }
        self.told(input)
    }

    fn child_ended(
        &mut self,
        call: CallId,
        result: Result<serde_json::Value, kompel_engine::Fault>,
    ) -> String {
        if !self.state.children.contains_key(&call) {
            return "refused: nobody waits for it".to_owned();
        }
        self.told(match result {
            Ok(output) => Input::Done { call, output },
            Err(fault) => Input::Failed { call, fault },
        })
    }

    fn cancelled(&mut self, by: String, why: String) -> String {
        let said = vec![("why", why.clone())];
        self.audit("run.cancel-wanted", Some(by.clone()), json!({}), said);
        self.told(Input::Cancel { by, why })
    }

    fn answered(
        &mut self,
        id: &str,
        answer: &ApprovalAnswer,
        when: kompel_model::Timestamp,
    ) -> String {
        let found = self.state.book.calls().find_map(|call| {
            let approval = call.approvals.iter().find(|approval| approval.ask.id == id)?;
            Some((call.call, approval))
        });
        let judged = match found {
            Some((call, approval)) => approval.judge(answer, when).map(|()| call),
            None => Err(WrongAnswer::NotOpen),
        };
        match judged {
            Ok(call) => {
                self.answer_counts(call, id, answer, when);
                TAKEN.to_owned()
            }
            Err(wrong) => {
                let body = json!({"approval": id, "because": wrong, "yes": answer.yes,
                    "through": answer.through});
                let who = Some(answer.who.clone());
                self.audit("approval.refused-answer", who, body, Vec::new());
                format!("refused: {wrong}")
            }
        }
    }

    fn answer_counts(
        &mut self,
        call: CallId,
        id: &str,
        answer: &ApprovalAnswer,
        when: kompel_model::Timestamp,
    ) {
        let given = GivenAnswer {
            who: answer.who.clone(),
            yes: answer.yes,
            when,
            through: answer.through.clone(),
            why: answer.why.clone(),
        };
        let body = json!({"approval": id, "yes": given.yes, "through": given.through});
        let said = vec![("why", given.why.clone())];
        self.audit("approval.answered", Some(given.who.clone()), body, said);
        let record = ApprovalRecord::Answered { id: id.to_owned(), answer: given };
        self.record_act(Which { call, of: None }, ActRecord::Approval(record));
        let settled = self
            .state
            .book
            .call(call)
            .and_then(|entry| entry.open_approval())
            .and_then(|approval| approval.settled());
        if let Some((how, because)) = settled {
            debug_assert!(matches!(how, Closing::Approved | Closing::Rejected));
            self.close_approval(call, id.to_owned(), how, because);
        }
    }

    fn decided(&mut self, which: Which, by: String, decision: Decision, why: String) -> String {
        if self.act(which).is_none_or(|act| act.phase() != Phase::Asking) {
            return "refused: nothing is to be decided there".to_owned();
        }
        self.batch.sides.push(Side::QuestionClosed { call: which.call, of: which.of });
        self.asked.remove(&which);
        self.record_act(which, ActRecord::Decided { by, decision, why });
        TAKEN.to_owned()
    }
}
