//! The action contract.

use std::sync::Arc;

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, Repeat, TenantId, Timestamp};
use serde_json::Value;

use crate::{Error, Settings, SettingsError};

/// A kind of peer system, and what can be done there. Registered once, holds no connection.
#[async_trait]
pub trait Connector: Send + Sync {
    /// The first part of its actions' names ("ad").
    fn name(&self) -> &'static str;

    /// Its actions.
    fn actions(&self) -> Vec<Arc<dyn Action>>;

    /// JSON Schema of a connection's settings; a property that holds a secret has
    /// `"format": "secret"`.
    fn settings(&self) -> Value;

    /// Looks whether the peer can be reached with these settings and whether the permissions that
    /// the actions need are there. Uses only those permissions and changes nothing.
    async fn check(&self, connection: &Connection) -> Vec<Check>;
}

/// One way into a peer system, of one tenant: its settings with their secrets.
pub struct Connection {
    /// Whose it is.
    pub tenant: TenantId,
    /// Its name in the configuration.
    pub name: String,
    /// Its settings.
    pub settings: Settings,
}

/// One request to an action.
#[derive(Clone)]
pub struct Call {
    /// Through which connection, and so for which tenant.
    pub connection: Arc<Connection>,
    /// The input; it fits the action's schema.
    pub input: Value,
    /// The idempotency key: the same for every attempt at the same step of a run, different for
    /// any other.
    pub key: String,
    /// The present moment.
    pub at: Timestamp,
}

/// One thing that can be done at a peer.
///
/// `perform` and `undo` are called only after their plan was made; `verify` after each of them;
/// `look` before an attempt is repeated whose outcome is unknown.
#[async_trait]
pub trait Action: Send + Sync {
    /// The promise.
    fn spec(&self) -> ActionSpec;

    /// What it does with this input; the runtime goes by it. It differs from the spec, which says
    /// the most that the action can do, only where the input decides: a GET of `http.request` only
    /// reads.
    fn effect_of(&self, input: &Value) -> ActionEffect {
        let _ = input;
        self.spec().effect
    }

    /// How a repeat with this input is safe; the spec says it for the worst input.
    fn repeat_of(&self, input: &Value) -> Repeat {
        let _ = input;
        self.spec().repeat
    }

    /// Says what would change; writes nothing. A read has no changes.
    ///
    /// # Errors
    /// As the peer answers; `Invalid` if the input can't be done (no such object, ambiguous).
    async fn plan(&self, call: &Call) -> Result<Plan, Error>;

    /// Does it. What it returns is the step's output.
    ///
    /// # Errors
    /// As the peer answers. A timeout after a write was sent is `OutcomeUnknown`.
    async fn perform(&self, call: &Call) -> Result<Value, Error>;

    /// Says whether an earlier attempt with this call was done, without changing anything.
    ///
    /// # Errors
    /// As the peer answers.
    async fn look(&self, call: &Call) -> Result<Look, Error>;

    /// Reads the target again and says whether it is as `perform` promised. A read holds.
    ///
    /// # Errors
    /// As the peer answers.
    async fn verify(&self, call: &Call, output: &Value) -> Result<Verified, Error>;

    /// The input for the undo action named in the spec, from what was planned and done; `None` if
    /// there is nothing to undo (the plan had no change).
    fn undo_input(&self, input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        let _ = (input, plan, output);
        None
    }
}

/// What a look at the target tells of an earlier attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Look {
    /// It was done; this is its output.
    Done(Value),
    /// It was not done.
    NotDone,
    /// The target can't tell; a person must.
    CannotTell(String),
}

/// What reading the target again shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Verified {
    /// It is as promised; this is what was read (without secrets).
    Holds(Value),
    /// It is not as promised: what was read, and what is wrong in one English fragment.
    Differs {
        /// What was read.
        found: Value,
        /// What is wrong.
        because: String,
    },
    /// Not yet visible: peers that settle later want another look after this many seconds.
    NotYet {
        /// How long to wait before the next look.
        seconds: u32,
    },
}

/// One line of a connection's check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at ("bind as cn=kompel", "permission User.ReadWrite.All").
    pub what: String,
    /// How it is.
    pub state: CheckState,
}

/// How a checked thing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckState {
    /// Fine.
    Good,
    /// Usable, but something should be known.
    Warning(String),
    /// Not usable: why, and what to do.
    Bad(String),
}

impl Connection {
    /// A connection with these settings.
    ///
    /// # Errors
    /// What does not fit the connector's schema, named by its path.
    pub fn open(
        connector: &dyn Connector,
        tenant: TenantId,
        name: &str,
        settings: Settings,
    ) -> Result<Arc<Self>, SettingsError> {
        settings.fit(&connector.settings())?;
        Ok(Arc::new(Self { tenant, name: name.to_owned(), settings }))
    }
}
