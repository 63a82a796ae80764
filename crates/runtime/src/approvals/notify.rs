//! How people hear that they are asked.

use async_trait::async_trait;
use kompel_engine::act::{AskReason, RehearsedPlan};
use kompel_model::{TenantId, Timestamp};
use serde_json::Value;

use super::Person;

/// An invitation to answer, for one person. Holds their code: not to be logged.
#[derive(Clone)]
pub struct Invitation {
    /// Whose work it is.
    pub tenant: TenantId,
    /// The run that asks.
    pub run: String,
    /// The approval.
    pub approval: String,
    /// Who is asked, by id.
    pub person: String,
    /// What is known of them.
    pub details: Option<Person>,
    /// Their one-time code.
    pub code: String,
    /// Why they are asked.
    pub reason: AskReason,
    /// What.
    pub question: String,
    /// What would be done.
    pub plan: Option<RehearsedPlan>,
    /// Its hash.
    pub plan_hash: String,
    /// What else they should see.
    pub about: Value,
    /// Who wants it.
    pub requester: String,
    /// Until when.
    pub deadline: Option<Timestamp>,
}

/// Hands invitations over (by mail, chat, a page). May hand the same over twice after a crash.
#[async_trait]
pub trait Notify: Send + Sync {
    /// Hands one over.
    ///
    /// # Errors
    /// Why it could not be delivered; the approval stays open and says so.
    async fn invite(&self, invitation: &Invitation) -> Result<(), NotifyError>;
}

/// An invitation that could not be handed over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("could not be handed over: {0}")]
pub struct NotifyError(pub String);

/// Hands nothing over; people find what is asked on the command line.
#[derive(Debug, Clone, Copy, Default)]
pub struct NobodyListens;

#[async_trait]
impl Notify for NobodyListens {
    async fn invite(&self, _invitation: &Invitation) -> Result<(), NotifyError> {
        Err(NotifyError("no way to reach people is configured".to_owned()))
    }
}
