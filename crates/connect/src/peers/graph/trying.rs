//! Steps at the stub of Microsoft 365, as the runtime would take them, and what can go wrong with each.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use futures::future::join_all;
use kompel_model::{Plan, Timestamp};
use kompel_peers::{How, Microsoft365, World};
use serde_json::Value;

use crate::{Action, Call, Connection, Connector, Error, ErrorKind, RetryAdvice, Verified};

/// One step at the stub, as the runtime would take it.
pub(in crate::peers) struct Step {
    pub(in crate::peers) action: Arc<dyn Action>,
    pub(in crate::peers) call: Call,
}

impl Step {
    pub(in crate::peers) fn new(
        connector: &dyn Connector,
        connection: Arc<Connection>,
        action: &str,
        input: Value,
    ) -> Self {
        let actions = connector.actions();
        let action = actions.into_iter().find(|one| one.spec().name.as_str() == action).unwrap();
        let (key, at) = ("r-1/step".to_owned(), Timestamp::UNIX_EPOCH);
        Self { action, call: Call { connection, input, key, at } }
    }

    pub(in crate::peers) async fn plan(&self) -> Result<Plan, Error> {
        self.action.plan(&self.call).await
    }

    pub(in crate::peers) async fn perform(&self) -> Result<Value, Error> {
        self.action.perform(&self.call).await
    }

    pub(in crate::peers) async fn verify(&self, output: &Value, later: TimeDelta) -> Verified {
        let call = Call { at: self.call.at + later, ..self.call.clone() };
        self.action.verify(&call, output).await.unwrap()
    }
}

/// Tries a step with its writes failing in four ways: refused, done without an answer, acknowledged
/// without effect, and throttled for an hour. None may be told as done; nor may it be told as not done
/// where it was.
pub(in crate::peers) async fn failures(
    beginning: &World,
    writes: &str,
    step: impl Fn(&Microsoft365) -> Step,
) {
    let ways = [How::Refused, How::AnswerLost, How::Deaf, How::Limited(3600)];
    join_all(ways.map(|how| fails(beginning, writes, &step, how))).await;
}

async fn fails(beginning: &World, writes: &str, step: &impl Fn(&Microsoft365) -> Step, how: How) {
    let stub = Microsoft365::start();
    stub.reset(beginning.clone());
    let step = step(&stub);
    let what = format!("{} {} {how:?}", step.action.spec().name, step.call.input);
    if !step.action.effect_of(&step.call.input).writes() {
        return;
    }
    for verb in ["PATCH ", "DELETE ", "POST "] {
        stub.trouble_with_writes(&format!("{verb}{writes}"), how);
    }
    let before = stub.world().snapshot();
    let said = step.perform().await;
    let changed = stub.world().snapshot() != before;
    match (how, said) {
        (How::Refused, Err(error)) => {
            assert_eq!(error.kind, ErrorKind::Denied, "{what}");
            assert!(!changed, "{what}");
        }
        (How::AnswerLost, Err(error)) => {
            assert_eq!(error.kind, ErrorKind::OutcomeUnknown, "{what}");
            assert!(changed, "{what}");
        }
        (How::Limited(_), Err(error)) => {
            let hour = RetryAdvice::After(Duration::from_secs(3600));
            assert_eq!((error.kind, error.retry), (ErrorKind::Limited, hour), "{what}");
            assert!(!changed, "{what}");
        }
        (How::Deaf, Ok(output)) => {
            let found = step.verify(&output, TimeDelta::minutes(10)).await;
            assert!(matches!(found, Verified::Differs { .. }), "{what}: {found:?}");
            assert!(!changed, "{what}");
        }
        (_, said) => panic!("{what}: it says {said:?}"),
    }
}
