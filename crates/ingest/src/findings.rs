//! Collects findings, in full up to a number of each kind and counted beyond it.

use std::collections::BTreeMap;

use kompel_model::{Effect, Finding, FindingCode, Phrase, Place};

/// Findings of one kind in one file that are listed one by one; further ones are counted.
const LISTED: u64 = 1_000;

/// The findings of one reading.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    file: String,
    listed: Vec<Finding>,
    met: BTreeMap<(String, FindingCode, Effect), u64>,
}

impl Findings {
    /// Findings about a file; [`Self::in_file`] moves on to another.
    pub(crate) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), ..Self::default() }
    }

    /// From here on the findings are about this file.
    pub(crate) fn in_file(&mut self, file: &str) {
        file.clone_into(&mut self.file);
    }

    /// Adds one finding; `row` is 1-based, an empty `column` is none.
    pub(crate) fn add(
        &mut self,
        row: impl Into<Option<u64>>,
        column: &str,
        code: FindingCode,
        effect: Effect,
        detail: Phrase,
    ) {
        self.add_many(row, column, code, effect, 1, detail);
    }

    /// Adds one finding that stands for several rows.
    pub(crate) fn add_many(
        &mut self,
        row: impl Into<Option<u64>>,
        column: &str,
        code: FindingCode,
        effect: Effect,
        times: u64,
        detail: Phrase,
    ) {
        if times == 0 {
            return;
        }
        let met = self.met.entry((self.file.clone(), code, effect)).or_default();
        *met += times;
        if *met > LISTED && times == 1 {
            return;
        }
        if times > 1 {
            *met -= times;
        }
        let column = (!column.is_empty()).then(|| column.to_owned());
        let place = Place { file: self.file.clone(), row: row.into(), column };
        self.listed.push(Finding { place, code, effect, detail, times });
    }

    /// All findings; those beyond the listed ones as one finding per kind.
    pub(crate) fn finish(mut self) -> Vec<Finding> {
        for ((file, code, effect), met) in self.met {
            if met > LISTED {
                let times = met - LISTED;
                let detail = Phrase::new("detail-more").count("count", times);
                let place = Place { file, row: None, column: None };
                self.listed.push(Finding { place, code, effect, detail, times });
            }
        }
        self.listed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_a_thousand_findings_are_counted_and_none_is_lost() {
        let mut findings = Findings::new("a.csv");
        for row in 1..=2_500 {
            findings.add(row, "x", FindingCode::BadDate, Effect::Repaired, Phrase::new("x"));
        }
        findings.add_many(None, "", FindingCode::Duplicate, Effect::Merged, 40, Phrase::new("x"));
        findings.add(7, "", FindingCode::BadRow, Effect::Skipped, Phrase::new("x"));
        let findings = findings.finish();
        assert_eq!(findings.len(), 1_003);
        assert_eq!(findings.iter().map(|f| f.times).sum::<u64>(), 2_541);
        let dropped = findings.iter().filter(|f| f.effect.drops_row());
        assert_eq!(dropped.map(|f| f.times).sum::<u64>(), 41);
    }
}
