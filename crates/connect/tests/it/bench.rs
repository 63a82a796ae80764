//! One connection, and each action held to its whole contract.

use std::{collections::BTreeMap, sync::Arc};

use kompel_connect::{Action, Call, Connection, Connector, Error, Look, Settings, Verified};
use kompel_model::{ActionEffect, Plan, Secret, Timestamp};
use serde_json::Value;

/// A connection to a started peer.
pub(crate) struct Bench {
    connector: Arc<dyn Connector>,
    connection: Arc<Connection>,
}

/// What was planned and done.
pub(crate) struct Done {
    pub(crate) action: String,
    pub(crate) input: Value,
    pub(crate) plan: Plan,
    pub(crate) output: Value,
}

impl Bench {
    pub(crate) fn new(connector: &str, settings: Value, secrets: &[(&str, &str)]) -> Self {
        let connector = kompel_connect::connectors()
            .into_iter()
            .find(|one| one.name() == connector)
            .unwrap_or_else(|| panic!("no connector {connector}"));
        let secrets: BTreeMap<String, Secret> = secrets
            .iter()
            .map(|(name, text)| ((*name).to_owned(), Secret::new((*text).to_owned())))
            .collect();
        let settings = Settings::new(settings.as_object().cloned().unwrap(), secrets);
        let tenant = "acme".parse().unwrap();
        let connection = Connection::open(connector.as_ref(), tenant, "main", settings).unwrap();
        Self { connector, connection }
    }

    /// What the connection's check says, as one text.
    pub(crate) async fn check(&self) -> String {
        format!("{:?}", self.connector.check(&self.connection).await)
    }

    pub(crate) fn action(&self, name: &str) -> Arc<dyn Action> {
        let mut actions = self.connector.actions().into_iter();
        actions.find(|one| one.spec().name.as_str() == name).unwrap_or_else(|| panic!("no {name}"))
    }

    fn call(&self, action: &dyn Action, input: &Value) -> Call {
        fits(&action.spec().input, input, "input");
        Call {
            connection: self.connection.clone(),
            input: input.clone(),
            key: "run/step".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    pub(crate) async fn plan(&self, name: &str, input: Value) -> Result<Plan, Error> {
        let action = self.action(name);
        action.plan(&self.call(action.as_ref(), &input)).await
    }

    pub(crate) async fn perform(&self, name: &str, input: Value) -> Result<Value, Error> {
        let action = self.action(name);
        action.perform(&self.call(action.as_ref(), &input)).await
    }

    /// Reads.
    pub(crate) async fn read(&self, name: &str, input: Value) -> Value {
        let action = self.action(name);
        let output = action.perform(&self.call(action.as_ref(), &input)).await;
        let output = output.unwrap_or_else(|error| panic!("{name} {input}: {error:?}"));
        fits(&action.spec().output, &output, name);
        output
    }

    pub(crate) async fn verify(&self, done: &Done) -> Verified {
        let action = self.action(&done.action);
        action.verify(&self.call(action.as_ref(), &done.input), &done.output).await.unwrap()
    }

    /// Plans, performs and verifies a write, and asks more of it than any run does: the plan
    /// writes nothing, a second attempt is the first, a second plan is empty.
    pub(crate) async fn write(&self, name: &str, input: Value) -> Done {
        let action = self.action(name);
        let spec = action.spec();
        let call = self.call(action.as_ref(), &input);
        let context = format!("{name} {input}");
        let plan = action.plan(&call).await.unwrap_or_else(|error| panic!("{context}: {error:?}"));
        assert_eq!(plan, action.plan(&call).await.unwrap(), "{context}: a plan changes something");
        fits(&spec.output, &plan.predicted, &context);
        if !plan.is_empty() {
            assert_eq!(action.look(&call).await.unwrap(), Look::NotDone, "{context}");
        }
        let output =
            action.perform(&call).await.unwrap_or_else(|error| panic!("{context}: {error:?}"));
        fits(&spec.output, &output, &context);
        let done = Done { action: name.to_owned(), input, plan, output };
        let verified = self.verify(&done).await;
        assert!(matches!(verified, Verified::Holds(_)), "{context}: {verified:?}");
        if matches!(spec.effect, ActionEffect::Reversible { .. }) {
            match action.look(&call).await.unwrap_or_else(|error| panic!("{context}: {error:?}")) {
                Look::Done(seen) => assert_eq!(seen, done.output, "{context}"),
                other => panic!("{context}: {other:?}"),
            }
            assert_eq!(
                action.perform(&call).await.unwrap_or_else(|error| panic!("{context}: {error:?}")),
                done.output,
                "{context}"
            );
            assert!(action.plan(&call).await.unwrap().is_empty(), "{context}: planned again");
        }
        done
    }

    /// Takes it back with the undo action that it names.
    pub(crate) async fn undo(&self, done: &Done) -> Done {
        let action = self.action(&done.action);
        let ActionEffect::Reversible { undo } = action.spec().effect else {
            panic!("{} has no undo", done.action)
        };
        let input = action.undo_input(&done.input, &done.plan, &done.output).unwrap();
        self.write(undo.as_str(), input).await
    }
}

fn fits(schema: &Value, value: &Value, context: &str) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let wrong: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{context}: {value}: {wrong:?}");
}
