//! Findings, counted by kind, with the first few kept.

use std::collections::BTreeMap;

use kompel_model::{Effect, Finding, FindingCode, Phrase, Place};
use kompel_report::Wording;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::output::Output;

/// One kind of finding in one input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FindingGroup {
    /// What it is.
    pub(crate) code: FindingCode,
    /// What the reader did.
    pub(crate) effect: Effect,
    /// How many there are.
    pub(crate) count: u64,
    /// The first of them.
    pub(crate) first: Vec<Finding>,
}

/// Groups findings by kind and effect, the most frequent first; of each the first are kept.
pub(crate) fn grouped(findings: Vec<Finding>) -> Vec<FindingGroup> {
    let mut groups: BTreeMap<(FindingCode, Effect), FindingGroup> = BTreeMap::new();
    for finding in findings {
        let (code, effect) = (finding.code, finding.effect);
        let group = groups.entry((code, effect)).or_insert_with(|| FindingGroup {
            code,
            effect,
            count: 0,
            first: Vec::new(),
        });
        group.count += finding.times;
        if group.first.len() < KEPT {
            group.first.push(finding);
        }
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}

/// Shows the groups, each with at most `examples` of its findings.
pub(crate) fn show(output: &Output, groups: &[FindingGroup], examples: usize) {
    for group in groups {
        show_group(output, group, examples);
    }
}

/// The same after a hunt: what every export holds is only counted there.
pub(crate) fn summarise(output: &Output, groups: &[FindingGroup], examples: usize) {
    for group in groups {
        show_group(output, group, if is_usual(group.code) { 0 } else { examples });
    }
}

fn is_usual(code: FindingCode) -> bool {
    matches!(
        code,
        FindingCode::AutoReply
            | FindingCode::Signature
            | FindingCode::Quote
            | FindingCode::SystemMessage
    )
}

fn show_group(output: &Output, group: &FindingGroup, examples: usize) {
    let wording = output.wording();
    let code = json_word(&group.code);
    let says = Phrase::new("finding-group")
        .number("count", group.count as f64)
        .text("what", wording.word(&format!("finding-{}", code.replace('_', "-"))))
        .text("did", wording.word(&format!("effect-{}", json_word(&group.effect))));
    output.line(&format!("  {}", wording.say(&says)));
    for finding in group.first.iter().take(examples) {
        let detail = wording.say(&finding.detail);
        output.line(&format!("      {} {detail}", position(&finding.place, output)));
    }
}

/// The groups as others read them: each detail in words, and its phrase beside it as `says`.
pub(crate) fn told(groups: &[FindingGroup], wording: Wording) -> Vec<Value> {
    let group = |group: &FindingGroup| {
        let first: Vec<_> = group.first.iter().map(|finding| one_told(finding, wording)).collect();
        json!({
            "code": group.code,
            "effect": group.effect,
            "count": group.count,
            "first": first,
        })
    };
    groups.iter().map(group).collect()
}

fn one_told(finding: &Finding, wording: Wording) -> Value {
    let mut told = json!(finding);
    told["detail"] = wording.say(&finding.detail).into();
    told["says"] = json!(finding.detail);
    told
}

fn position(place: &Place, output: &Output) -> String {
    let mut says = Phrase::new("finding-place").text("file", &place.file);
    says = says.text("row", place.row.map(|row| row.to_string()).unwrap_or_default());
    says = says.text("column", place.column.clone().unwrap_or_default());
    let kind = match (place.row, &place.column) {
        (Some(_), Some(_)) => "cell",
        (Some(_), None) => "row",
        (None, Some(_)) => "column",
        (None, None) => "file",
    };
    output.wording().say(&says.text("kind", kind))
}

/// The word that serde writes for a plain enum.
pub(crate) fn json_word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

/// Findings kept of each kind; the count tells how many there were.
const KEPT: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(code: FindingCode, row: u64) -> Finding {
        let place = Place { file: "a.csv".to_owned(), row: Some(row), column: None };
        Finding {
            place,
            code,
            effect: Effect::Kept,
            detail: Phrase::new("detail-same-row"),
            times: 1,
        }
    }

    #[test]
    fn findings_are_counted_by_kind_and_the_first_kept() {
        let mut all: Vec<_> = (0..1_500).map(|row| finding(FindingCode::BadDate, row)).collect();
        all.push(finding(FindingCode::BadRow, 7));
        let groups = grouped(all);
        assert_eq!(groups.len(), 2);
        assert_eq!((groups[0].code, groups[0].count), (FindingCode::BadDate, 1_500));
        assert_eq!(groups[0].first.len(), KEPT);
        assert_eq!(groups[1].first[0].place.row, Some(7));
    }
}
