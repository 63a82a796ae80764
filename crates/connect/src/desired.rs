//! Actions whose promise is a state: compare with the peer, change what differs, compare again.
//!
//! Most of what is done at a directory or a gateway is of this kind, and all five functions of the
//! contract follow from the comparison. What creates, or can only be done once, implements
//! [`Action`] itself.

use async_trait::async_trait;
use kompel_model::{ActionSpec, Plan, PlannedChange};
use serde_json::{Value, json};

use crate::{Action, Call, Error, ErrorKind, Look, Verified};

/// An action that brings something at the peer into a wanted state.
#[async_trait]
pub(crate) trait Desired: Send + Sync {
    /// The promise.
    fn spec(&self) -> ActionSpec;

    /// Reads the target and says what differs from what is wanted.
    async fn compare(&self, call: &Call) -> Result<Difference, Error>;

    /// Makes the changes and returns the step's output.
    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error>;

    /// The input with which the same target is found again after it was done (it may have been
    /// moved or renamed).
    fn again(&self, input: &Value, output: &Value) -> Value {
        let _ = output;
        input.clone()
    }

    /// The output as a look after a lost attempt gives it: other than the attempt's own where that
    /// told what nobody can tell again.
    fn seen(&self, input: &Value, output: Value) -> Value {
        let _ = input;
        output
    }

    /// As [`Action::undo_input`]; called only if the plan had a change.
    fn undo(&self, input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        let _ = (input, plan, output);
        None
    }
}

/// What differs between the peer and the wish.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    /// The changes, in the order in which they would be made; none if it is as wanted.
    pub(crate) changes: Vec<PlannedChange>,
    /// The output once they are made.
    pub(crate) output: Value,
    /// What a person should know before approving.
    pub(crate) remarks: Vec<String>,
}

/// A [`Desired`] as an [`Action`].
pub(crate) struct Toward<T>(pub(crate) T);

#[async_trait]
impl<T: Desired> Action for Toward<T> {
    fn spec(&self) -> ActionSpec {
        self.0.spec()
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let Difference { changes, output, remarks } = self.0.compare(call).await?;
        Ok(Plan { changes, predicted: output, remarks })
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let difference = self.0.compare(call).await?;
        if difference.changes.is_empty() {
            return Ok(difference.output);
        }
        self.0.apply(call, difference).await
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        let difference = self.0.compare(call).await?;
        if difference.changes.is_empty() {
            Ok(Look::Done(self.0.seen(&call.input, difference.output)))
        } else {
            Ok(Look::NotDone)
        }
    }

    async fn verify(&self, call: &Call, output: &Value) -> Result<Verified, Error> {
        let again = Call { input: self.0.again(&call.input, output), ..call.clone() };
        let difference = self.0.compare(&again).await?;
        let Some(first) = difference.changes.first() else {
            return Ok(Verified::Holds(difference.output));
        };
        let because = format!("{} of {} is {}", first.property, first.object, first.from);
        let found = json!(
            difference
                .changes
                .iter()
                .map(|change| json!({
                    "object": change.object,
                    "property": change.property,
                    "found": change.from,
                    "wanted": change.to,
                }))
                .collect::<Vec<_>>()
        );
        Ok(Verified::Differs { found, because })
    }

    fn undo_input(&self, input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        if plan.is_empty() { None } else { self.0.undo(input, plan, output) }
    }
}

/// A failure after some of several changes were made: what the peer's state is now must be looked
/// at, whatever stopped the rest.
pub(crate) fn after_a_part(mut error: Error) -> Error {
    if matches!(error.kind, ErrorKind::Unreachable | ErrorKind::Unexpected) {
        error.kind = ErrorKind::OutcomeUnknown;
        error.detail = format!("a part was done, then: {}", error.detail);
    }
    error
}

/// Makes several changes one by one. One that is refused does not keep the others open, and is tried
/// once more after them: some can go only when they are the last. The first refusal that stays is
/// the answer.
pub(crate) async fn each<T: Copy, Made: Future<Output = Result<(), Error>>>(
    changes: impl IntoIterator<Item = T>,
    make: impl Fn(T) -> Made,
) -> Result<(), Error> {
    let mut open: Vec<T> = changes.into_iter().collect();
    let (mut done, mut refused) = (0, None);
    for _ in 0..2 {
        refused = None;
        for change in std::mem::take(&mut open) {
            match make(change).await {
                Ok(()) => done += 1,
                Err(error) if error.kind.is_refusal() => {
                    open.push(change);
                    refused.get_or_insert(error);
                }
                Err(error) => return Err(if done > 0 { after_a_part(error) } else { error }),
            }
        }
        if done == 0 {
            break;
        }
    }
    refused.map_or(Ok(()), Err)
}

/// An action that only reads.
#[async_trait]
pub(crate) trait Reading: Send + Sync {
    /// The promise.
    fn spec(&self) -> ActionSpec;

    /// Reads.
    async fn read(&self, call: &Call) -> Result<Value, Error>;
}

/// A [`Reading`] as an [`Action`].
pub(crate) struct Reader<T>(pub(crate) T);

#[async_trait]
impl<T: Reading> Action for Reader<T> {
    fn spec(&self) -> ActionSpec {
        self.0.spec()
    }

    async fn plan(&self, _call: &Call) -> Result<Plan, Error> {
        Ok(Plan::default())
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        self.0.read(call).await
    }

    async fn look(&self, _call: &Call) -> Result<Look, Error> {
        Ok(Look::NotDone)
    }

    async fn verify(&self, _call: &Call, output: &Value) -> Result<Verified, Error> {
        Ok(Verified::Holds(output.clone()))
    }
}
