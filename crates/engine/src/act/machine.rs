//! One call's state and what it wants next.

use kompel_model::{Plan, PlanHash, Repeat, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ActRecord, ApprovalRecord, Closing, Decision, Phase, Refusal, RefusalKind, RetryHint, Seen,
    Terms, Turn, fault_of, kompel_fault,
};
use crate::Fault;

/// How patient the runtime is with peers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Seconds to wait before each further try; the last one repeats.
    pub waits_seconds: Vec<u64>,
    /// How many refusals in a row end a call.
    pub most_refusals: u32,
    /// How many unknown outcomes of one call are repeated before a person is asked.
    pub most_unknown: u32,
    /// How many times a target may say "not yet".
    pub most_not_yet: u32,
    /// The longest wait that a peer may impose.
    pub longest_wait_seconds: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            waits_seconds: vec![1, 10, 60, 600],
            most_refusals: 5,
            most_unknown: 3,
            most_not_yet: 10,
            longest_wait_seconds: 86_400,
        }
    }
}

/// One call's state: the fold of its entries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Act {
    phase: Phase,
    terms: Option<Terms>,
    plan: Option<(Plan, PlanHash)>,
    approval: Option<String>,
    attempts: u32,
    refusals: u32,
    doubts: u32,
    not_yets: u32,
    not_before: Option<Timestamp>,
    output: Option<Value>,
    doubt: Option<String>,
    abandoned: bool,
    verified: bool,
    fault: Option<Fault>,
}

/// What a call wants done now.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Take it up: find the action and the connection; journal `Began`.
    Begin,
    /// Read; journal `Answered` or `Refused`.
    Read,
    /// Read what would change; journal `Planned` or `Refused`.
    Plan,
    /// Hold it against the approved plan; journal `Allowed`, or ask.
    Gate,
    /// Journal `Attempting` with this number, and only then send.
    Attempt {
        /// From 1.
        number: u32,
    },
    /// Send, if that was not done already; journal `Answered`, `Refused` or `Unknown`.
    Send,
    /// Look whether the lost attempt was done; journal `Looked` or `Refused`.
    Look,
    /// Read the target again; journal `Verified`, `Differs`, `NotYet` or `Refused`.
    Verify {
        /// What the attempt gave.
        output: Value,
    },
    /// A person must say what became of it; journal `Decided`.
    AskPerson {
        /// Why nobody else can tell.
        because: String,
    },
    /// Nothing before this time.
    Wait {
        /// The time.
        until: Timestamp,
    },
    /// It is over.
    Finish(Outcome),
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// As it should.
    Done(Value),
    /// With a fault.
    Failed(Fault),
    /// Nobody wanted it any more.
    Dropped,
}

impl Default for Act {
    fn default() -> Self {
        Self {
            phase: Phase::New,
            terms: None,
            plan: None,
            approval: None,
            attempts: 0,
            refusals: 0,
            doubts: 0,
            not_yets: 0,
            not_before: None,
            output: None,
            doubt: None,
            abandoned: false,
            verified: false,
            fault: None,
        }
    }
}

impl Act {
    /// Takes an entry in and says what is wanted then. An entry that has no meaning in the present
    /// phase changes nothing.
    pub fn step(&mut self, policy: &Policy, at: Timestamp, record: &ActRecord) -> Command {
        if let Some(turn) = self.turn(policy, record)
            && let Some(phase) = self.phase.after(turn)
        {
            self.remember(policy, at, record, turn);
            self.phase = phase;
            // What nobody wants is not sent (again).
            if self.abandoned && phase == Phase::Ready {
                self.phase = Phase::Dropped;
            }
        }
        self.wanted(at)
    }

    /// What is wanted now.
    pub fn wanted(&self, now: Timestamp) -> Command {
        if let Some(until) = self.not_before
            && now < until
            && !self.phase.is_over()
        {
            return Command::Wait { until };
        }
        match self.phase {
            Phase::New => Command::Begin,
            Phase::Reading => Command::Read,
            Phase::Planning => Command::Plan,
            Phase::Gate => Command::Gate,
            Phase::Ready => Command::Attempt { number: self.attempts + 1 },
            Phase::Sent => Command::Send,
            Phase::Lost => Command::Look,
            Phase::Checking => Command::Verify { output: self.output_or_predicted() },
            Phase::Asking => Command::AskPerson { because: self.doubt.clone().unwrap_or_default() },
            Phase::Done => Command::Finish(Outcome::Done(self.output_or_predicted())),
            Phase::Failed => Command::Finish(Outcome::Failed(self.last_fault())),
            Phase::Dropped => Command::Finish(Outcome::Dropped),
        }
    }

    /// What this entry means here; `None` if nothing.
    pub(super) fn turn(&self, policy: &Policy, record: &ActRecord) -> Option<Turn> {
        Some(match record {
            ActRecord::Began(terms) if terms.effect.writes() => Turn::BeganWrite,
            ActRecord::Began(_) => Turn::BeganRead,
            ActRecord::Planned { plan, .. } if plan.is_empty() => Turn::PlannedNothing,
            ActRecord::Planned { .. } => Turn::PlannedChange,
            ActRecord::Allowed { .. } => Turn::Allowed,
            ActRecord::Approval(ApprovalRecord::Closed { how, .. }) => match how {
                Closing::Approved => Turn::Approved,
                Closing::Rejected | Closing::NoAnswer | Closing::Impossible => Turn::Withheld,
                Closing::Withdrawn => return None,
            },
            ActRecord::Attempting { .. } => Turn::Attempting,
            ActRecord::Answered { .. } => Turn::Answered,
            ActRecord::Refused { refusal } => self.refused(policy, refusal),
            ActRecord::Unknown { .. } => self.unknown(policy),
            ActRecord::Looked { seen: Seen::Done { .. } } => Turn::SeenDone,
            ActRecord::Looked { seen: Seen::NotDone } if self.doubts >= policy.most_unknown => {
                Turn::SeenNothing
            }
            ActRecord::Looked { seen: Seen::NotDone } => Turn::SeenNotDone,
            ActRecord::Looked { seen: Seen::CannotTell { .. } } => Turn::SeenNothing,
            ActRecord::Verified { .. } => Turn::Verified,
            ActRecord::Differs { .. } => Turn::Differs,
            ActRecord::NotYet { .. } if self.not_yets + 1 > policy.most_not_yet => Turn::NotInTime,
            ActRecord::NotYet { .. } => Turn::NotYet,
            ActRecord::Decided { decision, .. } => match decision {
                Decision::Done { .. } => Turn::SaidDone,
                Decision::NotDone => Turn::SaidNotDone,
                Decision::GiveUp => Turn::GaveUp,
            },
            ActRecord::Abandoned if self.is_late() => Turn::AbandonedLate,
            ActRecord::Abandoned => Turn::Abandoned,
            ActRecord::Approval(_)
            | ActRecord::Undoing { .. }
            | ActRecord::LeftAsIs { .. }
            | ActRecord::Undo { .. } => return None,
        })
    }

    fn refused(&self, policy: &Policy, refusal: &Refusal) -> Turn {
        if self.phase == Phase::Sent && refusal.kind == RefusalKind::OutcomeUnknown {
            return self.unknown(policy);
        }
        let too_often = self.refusals + 1 >= policy.most_refusals;
        match refusal.retry {
            RetryHint::Never => Turn::RefusedForGood,
            RetryHint::AfterSeconds(wait) if wait > policy.longest_wait_seconds => {
                Turn::RefusedForGood
            }
            RetryHint::Soon | RetryHint::AfterSeconds(_) if too_often => Turn::RefusedForGood,
            RetryHint::Soon | RetryHint::AfterSeconds(_) => Turn::RefusedForNow,
        }
    }

    fn unknown(&self, policy: &Policy) -> Turn {
        let again = self.doubts + 1 < policy.most_unknown;
        match self.terms.as_ref().map_or(Repeat::Never, |terms| terms.repeat) {
            _ if self.phase == Phase::Reading && again => Turn::UnknownRepeatable,
            _ if self.phase == Phase::Reading => Turn::UnknownForGood,
            Repeat::Natural | Repeat::Keyed if again || self.abandoned => Turn::UnknownRepeatable,
            Repeat::Look => Turn::UnknownLookable,
            Repeat::Natural | Repeat::Keyed | Repeat::Never => Turn::UnknownForGood,
        }
    }

    fn is_late(&self) -> bool {
        matches!(self.phase, Phase::Sent | Phase::Lost | Phase::Checking | Phase::Asking)
    }

    fn remember(&mut self, policy: &Policy, at: Timestamp, record: &ActRecord, turn: Turn) {
        self.not_before = None;
        match record {
            ActRecord::Began(terms) => self.terms = Some(terms.clone()),
            ActRecord::Planned { plan, hash } => {
                self.plan = Some((plan.clone(), hash.clone()));
                self.refusals = 0;
            }
            ActRecord::Allowed { approval } => self.approval.clone_from(approval),
            ActRecord::Attempting { number, .. } => self.attempts = *number,
            ActRecord::Answered { output } | ActRecord::Looked { seen: Seen::Done { output } } => {
                self.done(Some(output.clone()));
            }
            ActRecord::Refused { refusal } => self.remember_refusal(policy, at, refusal, turn),
            ActRecord::Unknown { because } => {
                self.remember_doubt(policy, at, because.clone(), turn);
            }
            ActRecord::Looked { seen: Seen::NotDone } => {
                if turn == Turn::SeenNotDone {
                    self.doubt = None;
                }
            }
            ActRecord::Looked { seen: Seen::CannotTell { because } } => {
                self.doubt = Some(because.clone());
            }
            ActRecord::Verified { .. } => self.verified = true,
            ActRecord::Differs { because, .. } => self.fault = Some(not_verified(because)),
            ActRecord::NotYet { seconds } => self.remember_not_yet(at, *seconds, turn),
            ActRecord::Decided { decision, by, why } => self.remember_decision(decision, by, why),
            ActRecord::Approval(ApprovalRecord::Closed { how, because, .. }) => {
                if turn == Turn::Withheld {
                    self.fault = Some(how.fault(because));
                }
            }
            ActRecord::Abandoned => self.abandoned = true,
            ActRecord::Approval(_)
            | ActRecord::Undoing { .. }
            | ActRecord::LeftAsIs { .. }
            | ActRecord::Undo { .. } => {}
        }
    }

    fn done(&mut self, output: Option<Value>) {
        self.output = output;
        self.doubt = None;
        self.refusals = 0;
    }

    fn remember_refusal(&mut self, policy: &Policy, at: Timestamp, refusal: &Refusal, turn: Turn) {
        if matches!(turn, Turn::UnknownRepeatable | Turn::UnknownLookable | Turn::UnknownForGood) {
            return self.remember_doubt(policy, at, refusal.detail.clone(), turn);
        }
        if turn == Turn::RefusedForNow {
            let wait = self.wait_seconds(policy, self.refusals).max(match refusal.retry {
                RetryHint::AfterSeconds(seconds) => seconds,
                RetryHint::Never | RetryHint::Soon => 0,
            });
            self.not_before = later(at, wait);
            self.refusals += 1;
        } else if self.phase == Phase::Checking {
            self.fault = Some(not_verified(&refusal.detail));
        } else if self.phase == Phase::Lost {
            self.doubt = Some(refusal.detail.clone());
        } else {
            self.fault = Some(fault_of(refusal));
        }
    }

    fn remember_doubt(&mut self, policy: &Policy, at: Timestamp, why: String, turn: Turn) {
        if turn == Turn::UnknownRepeatable {
            self.not_before = later(at, self.wait_seconds(policy, self.doubts));
        }
        if self.phase == Phase::Reading && turn == Turn::UnknownForGood {
            let refusal = Refusal {
                kind: RefusalKind::OutcomeUnknown,
                retry: RetryHint::Never,
                detail: why.clone(),
                code: None,
            };
            self.fault = Some(fault_of(&refusal));
        }
        self.doubts += 1;
        self.doubt = Some(why);
    }

    fn remember_not_yet(&mut self, at: Timestamp, seconds: u32, turn: Turn) {
        self.not_yets += 1;
        if turn == Turn::NotInTime {
            self.fault = Some(not_verified("the target still does not show it"));
        } else {
            self.not_before = later(at, u64::from(seconds.max(1)));
        }
    }

    fn remember_decision(&mut self, decision: &Decision, by: &str, why: &str) {
        match decision {
            Decision::Done { output } => self.done(output.clone()),
            Decision::NotDone => {
                self.doubt = None;
                self.doubts = 0;
                self.refusals = 0;
            }
            Decision::GiveUp => {
                let detail = format!("given up by {by}: {why}");
                self.fault = Some(kompel_fault("given-up", 409, "nobody can tell", &detail));
            }
        }
    }

    fn wait_seconds(&self, policy: &Policy, before: u32) -> u64 {
        let waits = &policy.waits_seconds;
        let place = (before as usize).min(waits.len().saturating_sub(1));
        waits.get(place).copied().unwrap_or(1)
    }

    fn output_or_predicted(&self) -> Value {
        let predicted = || self.plan.as_ref().map(|(plan, _)| plan.predicted.clone());
        self.output.clone().or_else(predicted).unwrap_or(Value::Null)
    }

    fn last_fault(&self) -> Fault {
        let unknown = || kompel_fault("unknown", 500, "failed", "no reason was recorded");
        self.fault.clone().unwrap_or_else(unknown)
    }

    /// Where it stands.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// On which terms; `None` before it was taken up.
    pub fn terms(&self) -> Option<&Terms> {
        self.terms.as_ref()
    }

    /// What it would change.
    pub fn plan(&self) -> Option<(&Plan, &PlanHash)> {
        self.plan.as_ref().map(|(plan, hash)| (plan, hash))
    }

    /// Under which approval it was let pass.
    pub fn approval(&self) -> Option<&str> {
        self.approval.as_deref()
    }

    /// How many times it was sent.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// What it gave; `None` if it is not known to have been done.
    pub fn output(&self) -> Option<&Value> {
        self.output.as_ref()
    }

    /// Why nobody can tell whether it was done, while that is so.
    pub fn doubt(&self) -> Option<&str> {
        self.doubt.as_deref()
    }

    /// True if the target was read again and was as promised.
    pub fn is_verified(&self) -> bool {
        self.verified
    }

    /// True if it wrote: it was sent and either answered, or nobody knows.
    pub fn may_have_written(&self) -> bool {
        let writes = self.terms.as_ref().is_some_and(|terms| terms.effect.writes());
        writes && self.attempts > 0 && (self.output.is_some() || self.doubt.is_some())
            || writes && self.phase == Phase::Sent
    }

    /// The fault it ended with.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// True if the run no longer wants it.
    pub fn is_abandoned(&self) -> bool {
        self.abandoned
    }
}

fn not_verified(because: &str) -> Fault {
    kompel_fault("not-verified", 409, "not as promised after it was done", because)
}

fn later(at: Timestamp, seconds: u64) -> Option<Timestamp> {
    let wait = chrono::TimeDelta::try_seconds(i64::try_from(seconds).ok()?)?;
    at.checked_add_signed(wait)
}
