//! What a run would do, in lines that a person can judge.

use kompel_engine::act::{PlannedStep, RehearsedPlan};
use kompel_model::{Phrase, PlannedChange};
use kompel_report::{Wording, reason_in_words};
use serde_json::Value;

/// The plan, a line a change.
pub(crate) fn lines(plan: &RehearsedPlan, wording: Wording) -> Vec<String> {
    let mut lines: Vec<String> =
        plan.steps.iter().flat_map(|planned| step(planned, wording)).collect();
    if lines.is_empty() {
        lines.push(format!("  {}", wording.word("plan-nothing")));
    }
    lines.extend(
        plan.remarks.iter().map(|remark| format!("  ! {}", reason_in_words(remark, wording))),
    );
    if !plan.whole {
        lines.push(format!("  ! {}", wording.word("plan-not-whole")));
    }
    lines
}

fn step(step: &PlannedStep, wording: Wording) -> Vec<String> {
    let task = step.task.0.rsplit('/').next().unwrap_or_default();
    let through = step.connection.as_deref().unwrap_or("-");
    let mut lines = vec![format!("  {task}  {} ({through})", step.action)];
    if step.plan.is_empty() {
        lines.push(format!("      {}", wording.word("plan-already-so")));
    }
    lines.extend(step.plan.changes.iter().map(|change| format!("      {}", line(change, wording))));
    lines.extend(
        step.plan
            .remarks
            .iter()
            .map(|remark| format!("      ! {}", reason_in_words(remark, wording))),
    );
    lines
}

/// One change.
pub(crate) fn line(change: &PlannedChange, wording: Wording) -> String {
    let (from, to) = (short(&change.from), short(&change.to));
    let changes = format!("{}: {} {from} → {to}", change.object, change.property);
    if change.irreversible {
        let warns = wording.say(&Phrase::new("plan-irreversible"));
        format!("{changes}  [{warns}]")
    } else {
        changes
    }
}

/// A value on one line.
pub(crate) fn short(value: &Value) -> String {
    let text = match value {
        Value::Null => return "∅".to_owned(),
        Value::String(text) => format!("{text:?}"),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    };
    if text.chars().count() <= MOST_CHARACTERS {
        return text;
    }
    let kept: String = text.chars().take(MOST_CHARACTERS - 1).collect();
    format!("{kept}…")
}

const MOST_CHARACTERS: usize = 80;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_fit_on_a_line() {
        for (value, shown) in
            [(json!(null), "∅"), (json!("a\nb"), r#""a\nb""#), (json!([1, true]), "[1,true]")]
        {
            assert_eq!(short(&value), shown);
        }
        assert_eq!(short(&json!("x".repeat(500))).chars().count(), MOST_CHARACTERS);
    }
}
