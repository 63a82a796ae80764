//! One example on its way through the cases.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    sync::Arc,
    time::Duration,
};

use kompel_model::{ActionEffect, Plan, Repeat, Timestamp};
use serde_json::Value;

use super::{
    Example, Peer, Way,
    cases::{Stop, broken, not_run},
    run::find,
    schemas::fits,
};
use crate::{Action, Call, Error, Look, Verified};

/// One example of one action on one peer.
pub(super) struct Trial<'a> {
    pub(super) peer: &'a dyn Peer,
    pub(super) action: &'a dyn Action,
    pub(super) example: &'a Example,
    actions: &'a [Arc<dyn Action>],
    keys: Cell<u32>,
    heard: RefCell<BTreeSet<String>>,
}

impl<'a> Trial<'a> {
    pub(super) fn new(
        peer: &'a dyn Peer,
        actions: &'a [Arc<dyn Action>],
        action: &'a dyn Action,
        example: &'a Example,
    ) -> Self {
        let (keys, heard) = (Cell::new(0), RefCell::default());
        Self { peer, action, example, actions, keys, heard }
    }

    pub(super) fn effect(&self) -> ActionEffect {
        self.action.effect_of(&self.example.input)
    }

    pub(super) fn repeat(&self) -> Repeat {
        self.action.repeat_of(&self.example.input)
    }

    /// Everything that plans, outputs and errors said.
    pub(super) fn heard(&self) -> BTreeSet<String> {
        self.heard.take()
    }

    /// Puts the peer where the example begins, and shows its state.
    pub(super) async fn prepare(&self) -> Value {
        self.peer.prepare(self.example).await;
        self.peer.snapshot().await
    }

    /// A call of the example with a key of its own.
    pub(super) async fn call(&self, way: Way) -> Result<Call, Stop> {
        let Some(connection) = self.peer.connection(way).await else {
            return not_run("the bench has no such connection");
        };
        self.keys.set(self.keys.get() + 1);
        let key = format!("r-contract/{}/{}", self.example.action, self.keys.get());
        let address = match way {
            Way::Through(address) => Some(address),
            Way::Direct | Way::Powerless | Way::Mishap(_) => self.peer.address(),
        };
        let example = &self.example.input;
        let input = address.map_or_else(|| example.clone(), |at| self.peer.fill_in(example, at));
        Ok(Call { connection, input, key, at: Timestamp::UNIX_EPOCH })
    }

    /// The same step once more, straight to the peer.
    pub(super) async fn again(&self, call: &Call) -> Result<Call, Stop> {
        let direct = self.call(Way::Direct).await?;
        Ok(Call { key: call.key.clone(), ..direct })
    }

    pub(super) async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let plan = self.action.plan(call).await;
        self.hear(&plan);
        plan
    }

    pub(super) async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let output = self.action.perform(call).await;
        self.hear(&output);
        output
    }

    /// Plans and performs, both of which must work.
    pub(super) async fn done(&self, call: &Call) -> Result<(Plan, Value), Stop> {
        let plan = self.plan(call).await.map_err(|error| told("the plan", &error))?;
        let output = self.perform(call).await.map_err(|error| told("doing it", &error))?;
        fits(&self.action.spec().output, &output, "the output")?;
        Ok((plan, output))
    }

    pub(super) async fn look(&self, call: &Call) -> Result<Look, Stop> {
        let look = self.action.look(call).await;
        self.hear(&look);
        look.map_err(|error| told("the look", &error))
    }

    /// Verifies, waiting a little for peers that settle later.
    pub(super) async fn verified(
        &self,
        action: &dyn Action,
        call: &Call,
        output: &Value,
    ) -> Result<(), Stop> {
        for _ in 0..LOOKS {
            let verified = action.verify(call, output).await;
            self.hear(&verified);
            match verified.map_err(|error| told("verifying", &error))? {
                Verified::Holds(_) => return Ok(()),
                Verified::Differs { found, because } => {
                    return broken(format!("it does not verify: {because}; found {found}"));
                }
                Verified::NotYet { seconds } => {
                    tokio::time::sleep(Duration::from_secs(seconds.min(2).into())).await;
                }
            }
        }
        broken("it never settled")
    }

    /// The undo action and its input for what was planned and done.
    pub(super) fn undo(
        &self,
        plan: &Plan,
        output: &Value,
    ) -> Result<Option<(&'a dyn Action, Value)>, Stop> {
        let ActionEffect::Reversible { undo } = self.effect() else { return Ok(None) };
        let Some(action) = find(self.actions, undo.as_str()) else {
            return broken(format!("its undo {undo} is no action of the connector"));
        };
        let Some(input) = self.action.undo_input(&self.example.input, plan, output) else {
            return broken("it gives no input for its undo");
        };
        fits(&action.spec().input, &input, "the undo's input")?;
        Ok(Some((action, input)))
    }

    pub(super) fn hear(&self, said: &impl std::fmt::Debug) {
        self.heard.borrow_mut().insert(format!("{said:?}"));
    }
}

/// Looks at a peer that settles later.
const LOOKS: usize = 30;

pub(super) fn told(what: &str, error: &Error) -> Stop {
    Stop::Broken(format!("{what} failed: {:?}: {error}", error.kind))
}
