//! A connector that keeps within the limits of its connections, for functions that ask peers on their
//! own: an inventory asks every system, several times, inside one call of a run.

use std::sync::Arc;

use async_trait::async_trait;
use kompel_connect::{
    Action, Call, Check, Connection, Connector, Error, ErrorKind, Look, Verified,
};
use kompel_model::{Account, ActionEffect, ActionSpec, PersonQuery, Plan, Repeat};
use serde_json::Value;

use super::peers::Peers;

pub(super) struct Within {
    inner: Arc<dyn Connector>,
    peers: Arc<Peers>,
}

impl Within {
    pub(super) fn wrap(inner: Arc<dyn Connector>, peers: Arc<Peers>) -> Arc<dyn Connector> {
        Arc::new(Self { inner, peers })
    }
}

#[async_trait]
impl Connector for Within {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        let within = |inner| {
            Arc::new(WithinAction { inner, peers: Arc::clone(&self.peers) }) as Arc<dyn Action>
        };
        self.inner.actions().into_iter().map(within).collect()
    }

    fn settings(&self) -> Value {
        self.inner.settings()
    }

    fn limits(&self) -> &'static [&'static str] {
        self.inner.limits()
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        self.inner.check(connection).await
    }

    // Not held back: a connector without accounts of its own, as all of ours, says so at no cost.
    async fn accounts(
        &self,
        connection: &Connection,
        person: &PersonQuery,
    ) -> Result<Option<Vec<Account>>, Error> {
        self.inner.accounts(connection, person).await
    }
}

struct WithinAction {
    inner: Arc<dyn Action>,
    peers: Arc<Peers>,
}

#[async_trait]
impl Action for WithinAction {
    fn spec(&self) -> ActionSpec {
        self.inner.spec()
    }

    fn effect_of(&self, input: &Value) -> ActionEffect {
        self.inner.effect_of(input)
    }

    fn repeat_of(&self, input: &Value) -> Repeat {
        self.inner.repeat_of(input)
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        self.peers.send(&call.connection, self.inner.plan(call)).await
    }

    /// Where the peer says that it is too much, a read is asked again after the pause: no run sees
    /// this request, so nobody else would.
    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let reads = self.inner.effect_of(&call.input) == ActionEffect::Read;
        let mut left = if reads { MOST_REPEATS } else { 0 };
        loop {
            let answer = self.peers.send(&call.connection, self.inner.perform(call)).await;
            match answer {
                Err(error) if error.kind == ErrorKind::Limited && left > 0 => left -= 1,
                answer => return answer,
            }
        }
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        self.peers.send(&call.connection, self.inner.look(call)).await
    }

    async fn verify(&self, call: &Call, output: &Value) -> Result<Verified, Error> {
        self.peers.send(&call.connection, self.inner.verify(call, output)).await
    }

    fn undo_input(&self, input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        self.inner.undo_input(input, plan, output)
    }
}

/// How often a read is asked again.
const MOST_REPEATS: u32 = 3;
