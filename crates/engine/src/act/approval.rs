//! One approval: who was asked what, who answered, and when it is closed.
//!
//! Owns the judgement of an answer. Knows nothing of mail, pages or codes themselves: it sees the
//! hashes of codes only.

use std::collections::BTreeMap;

use kompel_model::{PlanHash, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{RehearsedPlan, kompel_fault};
use crate::Fault;

/// What is asked, of whom, and by which rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// The approval's id.
    pub id: String,
    /// Why it is asked.
    pub reason: AskReason,
    /// When.
    pub asked: Timestamp,
    /// The question.
    pub question: String,
    /// The people who may answer, by id; never the requester.
    pub people: Vec<String>,
    /// How many of them must say yes.
    pub count: u32,
    /// Who wanted the run; never counts.
    pub requester: String,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// Who is asked too, if it takes too long.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalations: Vec<Escalation>,
    /// What would be done, if the approval binds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<RehearsedPlan>,
    /// The hash of it (of the question, if no plan is bound).
    pub plan_hash: PlanHash,
    /// What else the people should see.
    #[serde(default)]
    pub about: Value,
}

/// Why people are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskReason {
    /// The playbook says so.
    Playbook,
    /// What would be done is not what was approved.
    PlanChanged,
}

/// Who is asked too from some moment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// From when.
    pub at: Timestamp,
    /// Who.
    pub people: Vec<String>,
}

/// What happened to an approval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "approval")]
pub enum ApprovalRecord {
    /// It was asked.
    Asked(Box<Ask>),
    /// A person got a one-time code; an earlier code of theirs is void.
    Invited {
        /// The approval.
        id: String,
        /// Who.
        person: String,
        /// SHA-256 of the code, in hexadecimal.
        code_hash: String,
    },
    /// The invitation was handed over.
    Notified {
        /// The approval.
        id: String,
        /// To whom.
        person: String,
        /// How it went, if it could not be delivered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trouble: Option<String>,
    },
    /// More people are asked.
    Escalated {
        /// The approval.
        id: String,
        /// Who.
        people: Vec<String>,
    },
    /// A person answered, and it counts.
    Answered {
        /// The approval.
        id: String,
        /// The answer.
        answer: GivenAnswer,
    },
    /// It is over.
    Closed {
        /// The approval.
        id: String,
        /// How.
        how: Closing,
        /// In words.
        because: String,
    },
}

impl ApprovalRecord {
    /// Which approval it is about.
    pub fn id(&self) -> &str {
        match self {
            Self::Asked(ask) => &ask.id,
            Self::Invited { id, .. }
            | Self::Notified { id, .. }
            | Self::Escalated { id, .. }
            | Self::Answered { id, .. }
            | Self::Closed { id, .. } => id,
        }
    }
}

/// How an approval ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// Enough people said yes.
    Approved,
    /// Someone said no.
    Rejected,
    /// Nobody answered in time.
    NoAnswer,
    /// Nobody can be asked (no such people, too few).
    Impossible,
    /// The run no longer wants it.
    Withdrawn,
}

impl Closing {
    /// The fault that the asking call ends with.
    pub fn fault(self, because: &str) -> Fault {
        match self {
            Self::Rejected => kompel_fault("rejected", 403, "the approval was refused", because),
            Self::NoAnswer => kompel_fault("no-answer", 408, "nobody answered in time", because),
            Self::Impossible | Self::Approved | Self::Withdrawn => {
                kompel_fault("nobody-to-ask", 400, "nobody can be asked", because)
            }
        }
    }
}

/// An answer that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenAnswer {
    /// Who.
    pub who: String,
    /// True if yes.
    pub yes: bool,
    /// When.
    pub when: Timestamp,
    /// Through what ("command line", "mail").
    pub through: String,
    /// What they said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// An answer as it comes in, before anyone has judged it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalAnswer {
    /// Who it says it is.
    pub who: String,
    /// True if yes.
    pub yes: bool,
    /// SHA-256 of the code that came with it; `None` if the person is known by other means (the
    /// operating system's login).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_hash: Option<String>,
    /// The hash of the plan that the person saw; `None` if the channel shows the plan itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_hash: Option<String>,
    /// Through what.
    pub through: String,
    /// What they said.
    #[serde(default)]
    pub why: String,
}

/// Why an answer changes nothing.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum WrongAnswer {
    /// Nothing is being asked.
    #[error("no such approval is open")]
    NotOpen,
    /// The person who wants the run answered.
    #[error("the requester can't approve their own request")]
    Requester,
    /// The person was not asked.
    #[error("this person was not asked")]
    NotAsked,
    /// The person answered before.
    #[error("this person has answered already")]
    AnsweredBefore,
    /// The code is not the one that this person got.
    #[error("the code is not the one that was sent to this person")]
    WrongCode,
    /// The person saw another plan.
    #[error("the answer is about another plan")]
    OtherPlan,
    /// The deadline has passed.
    #[error("the answer came too late")]
    TooLate,
}

/// One approval's state: the fold of its entries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovalState {
    /// What is asked.
    pub ask: Ask,
    /// Who has been asked, escalations included.
    pub asked: BTreeMap<String, Asked>,
    /// Who answered.
    pub answers: Vec<GivenAnswer>,
    /// How many escalations have happened.
    pub escalated: usize,
    /// How it ended.
    pub closed: Option<(Closing, String)>,
}

/// What one asked person got.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// SHA-256 of their code.
    pub code_hash: Option<String>,
    /// True once the invitation was handed over, or could not be.
    pub notified: bool,
    /// Why it could not be.
    pub trouble: Option<String>,
}

impl ApprovalState {
    /// An approval that was just asked.
    pub fn new(ask: &Ask) -> Self {
        let asked = ask.people.iter().map(|person| (person.clone(), Asked::default())).collect();
        Self { ask: ask.clone(), asked, answers: Vec::new(), escalated: 0, closed: None }
    }

    /// Takes an entry in.
    pub fn step(&mut self, record: &ApprovalRecord) {
        match record {
            ApprovalRecord::Asked(_) => {}
            ApprovalRecord::Invited { person, code_hash, .. } => {
                let asked = self.asked.entry(person.clone()).or_default();
                asked.code_hash = Some(code_hash.clone());
                asked.notified = false;
            }
            ApprovalRecord::Notified { person, trouble, .. } => {
                let asked = self.asked.entry(person.clone()).or_default();
                asked.notified = true;
                asked.trouble.clone_from(trouble);
            }
            ApprovalRecord::Escalated { people, .. } => {
                self.escalated += 1;
                for person in people {
                    self.asked.entry(person.clone()).or_default();
                }
            }
            ApprovalRecord::Answered { answer, .. } => self.answers.push(answer.clone()),
            ApprovalRecord::Closed { how, because, .. } => {
                self.closed = Some((*how, because.clone()));
            }
        }
    }

    /// Judges an answer; changes nothing.
    ///
    /// # Errors
    /// Why it does not count.
    pub fn judge(&self, answer: &ApprovalAnswer, now: Timestamp) -> Result<(), WrongAnswer> {
        if answer.who == self.ask.requester {
            return Err(WrongAnswer::Requester);
        }
        let asked = self.asked.get(&answer.who).ok_or(WrongAnswer::NotAsked)?;
        if let Some(code) = &answer.code_hash
            && asked.code_hash.as_ref() != Some(code)
        {
            return Err(WrongAnswer::WrongCode);
        }
        if self.answers.iter().any(|given| given.who == answer.who) {
            return Err(WrongAnswer::AnsweredBefore);
        }
        if self.ask.deadline.is_some_and(|deadline| now > deadline) {
            return Err(WrongAnswer::TooLate);
        }
        if self.closed.is_some() {
            return Err(WrongAnswer::NotOpen);
        }
        match &answer.plan_hash {
            Some(hash) if !is_of(hash, &self.ask.plan_hash) => Err(WrongAnswer::OtherPlan),
            Some(_) | None => Ok(()),
        }
    }

    /// How it ends because of the answers so far, if it does.
    pub fn settled(&self) -> Option<(Closing, String)> {
        if let Some(no) = self.answers.iter().find(|answer| !answer.yes) {
            let why = if no.why.is_empty() { "no reason given" } else { &no.why };
            return Some((Closing::Rejected, format!("{}: {why}", no.who)));
        }
        let enough = self.answers.len() >= self.ask.count as usize;
        enough.then(|| {
            let who: Vec<_> = self.answers.iter().map(|answer| answer.who.as_str()).collect();
            (Closing::Approved, who.join(", "))
        })
    }

    /// What is due at this time: an escalation or the end.
    pub fn due(&self, now: Timestamp) -> Option<ApprovalRecord> {
        if self.closed.is_some() {
            return None;
        }
        let id = self.ask.id.clone();
        if let Some(next) = self.ask.escalations.get(self.escalated)
            && next.at <= now
        {
            return Some(ApprovalRecord::Escalated { id, people: next.people.clone() });
        }
        let over = self.ask.deadline.is_some_and(|deadline| deadline < now);
        over.then(|| ApprovalRecord::Closed {
            id,
            how: Closing::NoAnswer,
            because: format!("{} of {} answered", self.answers.len(), self.ask.count),
        })
    }

    /// When something is due next.
    pub fn next_due(&self) -> Option<Timestamp> {
        if self.closed.is_some() {
            return None;
        }
        let escalation = self.ask.escalations.get(self.escalated).map(|next| next.at);
        // The deadline itself still counts as in time.
        let after = |at: Timestamp| at + chrono::TimeDelta::milliseconds(1);
        [escalation, self.ask.deadline.map(after)].into_iter().flatten().min()
    }

    /// True if it binds a plan and was approved.
    pub fn binds(&self) -> bool {
        self.ask.plan.is_some() && matches!(self.closed, Some((Closing::Approved, _)))
    }

    /// What the asking task gets.
    pub fn output(&self) -> Value {
        serde_json::json!({
            "approved": matches!(self.closed, Some((Closing::Approved, _))),
            "answers": self.answers.iter().map(|answer| serde_json::json!({
                "who": answer.who, "when": answer.when, "through": answer.through,
                "why": answer.why,
            })).collect::<Vec<_>>(),
            "planHash": self.ask.plan_hash.as_str(),
        })
    }
}

/// True if this is the plan's hash, or so much of its beginning that no other plan is meant.
fn is_of(hash: &str, plan: &PlanHash) -> bool {
    hash.len() >= SHORTEST_HASH && plan.as_str().starts_with(hash)
}

/// Digits of a plan's hash that a person must give at least.
const SHORTEST_HASH: usize = 12;
