//! The form of a case file.

use kompel_model::{ActionName, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::language;

/// One case.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestCase {
    /// What it shows, in one sentence.
    pub name: String,
    /// The run's input.
    #[serde(default)]
    pub input: Value,
    /// Who asks for the run.
    #[serde(default = "usual_requester")]
    pub requester: String,
    /// When the run starts.
    #[serde(default = "usual_start")]
    pub at: Timestamp,
    /// What the world answers; each is used for the first request that it fits.
    #[serde(default)]
    pub replies: Vec<Reply>,
    /// Events in the CloudEvents JSON form, brought one by one when the run waits for one.
    #[serde(default)]
    pub events: Vec<Value>,
    /// What should come of it.
    pub expect: Expected,
}

/// What the world answers to a request.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reply {
    /// Only to the task of this name.
    pub task: Option<String>,
    /// Only to this action.
    pub call: Option<ActionName>,
    /// To so many requests; 1 if not said.
    pub times: Option<u32>,
    /// The output.
    pub output: Option<Value>,
    /// The error, as the standard writes errors (`type`, `status`, `title`, `detail`).
    pub fault: Option<Value>,
    /// These people approve.
    pub approved_by: Option<Vec<String>>,
    /// This person refuses.
    pub refused_by: Option<String>,
    /// No answer ever comes: the run waits until its own time is up.
    pub silence: bool,
}

/// What should come of it; what is not said is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expected {
    /// `completed`, `faulted` or `waiting`.
    pub ending: Option<String>,
    /// The output, exactly.
    pub output: Option<Value>,
    /// Parts of the error that ended it.
    pub fault: Option<Value>,
    /// What was asked of the world, in this order and nothing else.
    pub journal: Option<Vec<ExpectedStep>>,
    /// Tasks that ask nothing of the world in this case.
    pub untouched: Vec<String>,
}

/// One request to the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedStep {
    /// The task's name.
    pub task: String,
    /// The action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<ActionName>,
    /// Parts of its input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<Value>,
}

/// A case file that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{because}")]
pub struct UnreadableCase {
    /// What is wrong, and in which file.
    pub because: String,
}

impl TestCase {
    /// Reads a case; `file` is only for the mistakes.
    ///
    /// # Errors
    /// What is wrong with its form.
    pub fn parse(text: &str, file: &str) -> Result<Self, UnreadableCase> {
        let value = language::read_value(text, file).map_err(|mistakes| UnreadableCase {
            because: mistakes.first().map(ToString::to_string).unwrap_or_default(),
        })?;
        let case: Self = serde_json::from_value(value)
            .map_err(|error| UnreadableCase { because: format!("{file}: {error}") })?;
        match case.replies.iter().position(|reply| !reply.says_one_thing()) {
            None => Ok(case),
            Some(at) => Err(UnreadableCase {
                because: format!(
                    "reply {} says nothing or too much: give one of output, fault, approved_by, \
                     refused_by, silence",
                    at + 1
                ),
            }),
        }
    }
}

impl Reply {
    fn says_one_thing(&self) -> bool {
        let said = [
            self.output.is_some(),
            self.fault.is_some(),
            self.approved_by.is_some(),
            self.refused_by.is_some(),
            self.silence,
        ];
        said.iter().filter(|said| **said).count() == 1
    }
}

fn usual_requester() -> String {
    "requester".to_owned()
}

fn usual_start() -> Timestamp {
    chrono::DateTime::from_timestamp(1_767_600_000, 0).expect("a time in January 2026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_read_and_mistakes_are_refused() {
        for (text, right) in [
            ("name: x\nexpect: {ending: completed}\n", true),
            ("name: x\nreplies:\n  - {task: a, output: 1}\nexpect: {}\n", true),
            ("name: x\nreplies:\n  - {task: a}\nexpect: {}\n", false),
            ("name: x\nreplies:\n  - {task: a, output: 1, silence: true}\nexpect: {}\n", false),
            ("name: x\nexpct: {}\n", false),
            ("name: x\nexpect: {endng: completed}\n", false),
        ] {
            assert_eq!(TestCase::parse(text, "case.yaml").is_ok(), right, "{text}");
        }
    }
}
