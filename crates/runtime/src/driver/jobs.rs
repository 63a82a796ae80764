//! Requests to peers on the way: each ends in the entries that tell how it went.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt as _;
use kompel_connect::{Call, Error, ErrorKind, Look, RetryAdvice, Verified};
use kompel_engine::{
    CallId,
    act::{ActRecord, Refusal, RefusalKind, RehearsedPlan, RetryHint, Seen},
};
use kompel_model::Timestamp;
use serde_json::Value;

use super::{Resolved, RunState, World};
use crate::approvals::{Invitation, rehearse};

/// Which call a request is for: of a step itself, or of the undo that the call does of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Which {
    pub(crate) call: CallId,
    pub(crate) of: Option<CallId>,
}

/// What is on the way.
pub(crate) enum Job {
    /// A request to a peer.
    Peer { which: Which, resolved: Box<Resolved>, key: String, work: Work },
    /// An invitation to a person.
    Invite { call: CallId, invitation: Box<Invitation> },
    /// A look at what the rest of the run would do, for an approval that this call needs.
    Rehearse { call: CallId, state: Box<RunState>, now: Timestamp },
}

/// What is asked of the peer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Work {
    Read,
    Plan,
    Send,
    Look,
    Verify(Value),
}

/// How a request went.
pub(crate) struct JobDone {
    pub(crate) which: Which,
    pub(crate) told: Told,
}

/// What is told about it.
pub(crate) enum Told {
    /// An entry for the call.
    Record(ActRecord),
    /// An invitation was handed over, or could not be.
    Invited { approval: String, person: String, trouble: Option<String> },
    /// What the rest of the run would do.
    Plan(Box<RehearsedPlan>),
}

impl Job {
    /// Does it; never panics, and ends within the time that a peer has to answer.
    pub(crate) async fn run(self, world: Arc<World>) -> JobDone {
        match self {
            Self::Peer { which, resolved, key, work } => {
                let told = ask_peer(&world, &resolved, key, &work).await;
                JobDone { which, told: Told::Record(told) }
            }
            Self::Invite { call, invitation } => {
                let told = AssertUnwindSafe(world.notify.invite(&invitation)).catch_unwind().await;
                let trouble = match told {
                    Ok(told) => told.err().map(|error| error.0),
                    Err(_) => Some("the notifier failed".to_owned()),
                };
                let (approval, person) = (invitation.approval.clone(), invitation.person.clone());
                let which = Which { call, of: None };
                JobDone { which, told: Told::Invited { approval, person, trouble } }
            }
            Self::Rehearse { call, state, now } => {
                let RunState { start, program, machine, book, .. } = *state;
                let run = (&start.tenant, start.run.as_str());
                let plan = rehearse(&world, run, &program, machine, Some(&book), now).await;
                let which = Which { call, of: None };
                JobDone { which, told: Told::Plan(Box::new(plan)) }
            }
        }
    }
}

async fn ask_peer(world: &World, resolved: &Resolved, key: String, work: &Work) -> ActRecord {
    let call = Call {
        connection: Arc::clone(&resolved.connection),
        input: resolved.input.clone(),
        key,
        at: world.clock.now(),
    };
    let action = resolved.action.as_ref();
    let answer: Result<ActRecord, Error> = match work {
        Work::Read => call_with_limits(world, resolved, action.perform(&call))
            .await
            .map(|output| ActRecord::Answered { output }),
        Work::Send => call_with_limits(world, resolved, action.perform(&call))
            .await
            .map(|output| ActRecord::Answered { output }),
        Work::Plan => call_with_limits(world, resolved, action.plan(&call)).await.map(|plan| {
            let tenant = &resolved.connection.tenant;
            let hash = plan.hash(tenant, &resolved.spec.name, &resolved.bound);
            ActRecord::Planned { plan, hash }
        }),
        Work::Look => call_with_limits(world, resolved, action.look(&call)).await.map(looked),
        Work::Verify(output) => {
            call_with_limits(world, resolved, action.verify(&call, output)).await.map(verified)
        }
    };
    answer.unwrap_or_else(|error| match (work, error.kind) {
        (Work::Send, ErrorKind::OutcomeUnknown) => ActRecord::Unknown { because: error.detail },
        _ => ActRecord::Refused { refusal: refusal_of(&error) },
    })
}

fn looked(look: Look) -> ActRecord {
    ActRecord::Looked {
        seen: match look {
            Look::Done(output) => Seen::Done { output },
            Look::NotDone => Seen::NotDone,
            Look::CannotTell(because) => Seen::CannotTell { because },
        },
    }
}

fn verified(verified: Verified) -> ActRecord {
    match verified {
        Verified::Holds(found) => ActRecord::Verified { found },
        Verified::Differs { found, because } => ActRecord::Differs { found, because },
        Verified::NotYet { seconds } => ActRecord::NotYet { seconds },
    }
}

/// Sends the request when the connection's limits let it pass. A peer that does not answer in time,
/// or a connector that panics, leaves the outcome unknown.
pub(crate) async fn call_with_limits<T>(
    world: &World,
    resolved: &Resolved,
    request: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let within = world.limits.answer_within;
    let request = async {
        // Only the peer's own time counts: waiting for the limits is not its silence.
        let bounded = tokio::time::timeout(within, request);
        match AssertUnwindSafe(bounded).catch_unwind().await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => {
                let seconds = within.as_secs();
                Err(Error::new(ErrorKind::OutcomeUnknown, format!("no answer within {seconds} s")))
            }
            Err(_) => {
                tracing::error!(action = %resolved.spec.name, "connector.panicked");
                let detail = "the connector failed while it was at it";
                Err(Error::new(ErrorKind::OutcomeUnknown, detail))
            }
        }
    };
    world.registry.peers().send(&resolved.connection, request).await
}

/// A peer's refusal as the journal keeps it.
pub(crate) fn refusal_of(error: &Error) -> Refusal {
    let kind = match error.kind {
        ErrorKind::Denied => RefusalKind::Denied,
        ErrorKind::Absent => RefusalKind::Absent,
        ErrorKind::Conflict => RefusalKind::Conflict,
        ErrorKind::Limited => RefusalKind::Limited,
        ErrorKind::Invalid => RefusalKind::Invalid,
        ErrorKind::Unsupported => RefusalKind::Unsupported,
        ErrorKind::Unreachable => RefusalKind::Unreachable,
        ErrorKind::OutcomeUnknown => RefusalKind::OutcomeUnknown,
        ErrorKind::Unexpected => RefusalKind::Unexpected,
    };
    let retry = match error.retry {
        RetryAdvice::Never => RetryHint::Never,
        RetryAdvice::Soon => RetryHint::Soon,
        RetryAdvice::After(wait) => {
            let whole = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            RetryHint::AfterSeconds(whole)
        }
    };
    Refusal { kind, retry, detail: error.detail.clone(), code: error.code }
}
