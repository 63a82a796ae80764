//! Actions at peers where a write is seen only after a while.

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, Repeat, Timestamp};
use serde_json::{Value, json};

use crate::{Action, Call, Error, Look, Verified};

/// An action whose target may show the old state for a while after a write. Its output says in `at`
/// when it was done; until `patience_s` seconds have passed since, a difference means "not yet".
pub(in crate::peers) struct Settling<A> {
    pub(in crate::peers) action: A,
    pub(in crate::peers) patience_s: i64,
}

impl<A: Action> Settling<A> {
    fn dated(call: &Call, mut output: Value) -> Value {
        output["at"] = json!(call.at);
        output
    }
}

#[async_trait]
impl<A: Action> Action for Settling<A> {
    fn spec(&self) -> ActionSpec {
        let mut spec = self.action.spec();
        if let Some(properties) = spec.output["properties"].as_object_mut() {
            let at = json!({
                "type": "string", "format": "date-time",
                "description": "when it was asked for; the peer may need a while to show it",
            });
            properties.insert("at".to_owned(), at);
        }
        spec
    }

    fn effect_of(&self, input: &Value) -> ActionEffect {
        self.action.effect_of(input)
    }

    fn repeat_of(&self, input: &Value) -> Repeat {
        self.action.repeat_of(input)
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        self.action.plan(call).await
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        Ok(Self::dated(call, self.action.perform(call).await?))
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        Ok(match self.action.look(call).await? {
            Look::Done(output) => Look::Done(Self::dated(call, output)),
            other => other,
        })
    }

    async fn verify(&self, call: &Call, output: &Value) -> Result<Verified, Error> {
        let verified = self.action.verify(call, output).await?;
        let since: Option<Timestamp> = serde_json::from_value(output["at"].clone()).ok();
        let passed = since.map(|since| (call.at - since).num_seconds());
        Ok(match (verified, passed) {
            (Verified::Differs { .. }, Some(passed)) if passed < self.patience_s => {
                let seconds = pause(passed, self.patience_s);
                Verified::NotYet { seconds }
            }
            (verified, _) => verified,
        })
    }

    fn undo_input(&self, input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        self.action.undo_input(input, plan, output)
    }
}

/// How long to wait before the next look, after so many seconds: soon at first, then ever less often,
/// for the runtime looks ten times at most.
fn pause(passed: i64, patience_s: i64) -> u32 {
    let longest = u32::try_from(patience_s / 4).unwrap_or(u32::MAX).max(2);
    u32::try_from(passed).unwrap_or(0).clamp(2, longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_ends_before_the_runtimes_looks_do() {
        for patience_s in [120, 240] {
            let (mut passed, mut looks) = (0, 1);
            while passed < patience_s {
                passed += i64::from(pause(passed, patience_s));
                looks += 1;
            }
            assert!(looks <= 10, "{looks} looks in {patience_s} s");
            assert!(passed < patience_s * 5 / 4, "the last look is {passed} s after the write");
        }
    }
}
