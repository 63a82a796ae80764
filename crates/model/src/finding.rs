//! Findings: what a reader could not take as it stood, and what it did about it.

use serde::{Deserialize, Deserializer, Serialize};

use crate::Phrase;

/// Something in the input that a person should know of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub code: FindingCode,
    /// What the reader did.
    pub effect: Effect,
    /// The particulars, without personal data: what was found and what would be right. Findings kept
    /// before these were phrases hold an English text, which is read as `detail-as-kept`.
    #[serde(deserialize_with = "phrase_or_text")]
    pub detail: Phrase,
    /// How many rows it stands for; above 1 where a reader counts instead of listing.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub times: u64,
}

fn one() -> u64 {
    1
}

fn is_one(times: &u64) -> bool {
    *times == 1
}

fn phrase_or_text<'de, D: Deserializer<'de>>(from: D) -> Result<Phrase, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        Phrase(Phrase),
        Text(String),
    }
    Ok(match Kept::deserialize(from)? {
        Kept::Phrase(phrase) => phrase,
        Kept::Text(text) => Phrase::new("detail-as-kept").text("text", text),
    })
}

/// A position in the input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Place {
    /// The file, as the user named it or as it is called in the archive.
    pub file: String,
    /// The row or line, 1 = the first data row of a table, the first element of an array.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The column's header or the field's path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

/// What the reader did with what it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Kept as it is.
    Kept,
    /// Kept with a part changed or left empty.
    Repaired,
    /// The row is the same record as another: the two became one.
    Merged,
    /// The row could not become a record.
    Skipped,
}

impl Effect {
    /// True if the row did not become a record of its own.
    pub fn drops_row(self) -> bool {
        matches!(self, Self::Merged | Self::Skipped)
    }
}

/// The kinds of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    /// Bytes that are not valid in the file's encoding.
    BadEncoding,
    /// A row with too few or too many fields.
    BadRow,
    /// A date that can't be read.
    BadDate,
    /// A date whose order of day and month is unsure.
    AmbiguousDate,
    /// A number that can't be read.
    BadNumber,
    /// A JSON value of another type than expected.
    BadType,
    /// A record without its key.
    MissingKey,
    /// A record without a text that says what it is about.
    MissingText,
    /// A record without any time.
    MissingTime,
    /// The same record a second time.
    Duplicate,
    /// A text or file longer than the limit.
    TooLong,
    /// More records, files or nesting than the limit.
    TooMany,
    /// An automatic reply.
    AutoReply,
    /// A mail signature that was left out.
    Signature,
    /// A quoted thread that was left out.
    Quote,
    /// A system message (joined, renamed) that says nothing of work.
    SystemMessage,
    /// A file of the archive that is no part of the export.
    UnknownFile,
    /// A reference to something the export does not hold.
    DanglingReference,
}

/// Rows in and records out: `rows == records + the findings that drop a row`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Rows, array elements or messages met in the input.
    pub rows: u64,
    /// Records that came out.
    pub records: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_kept_with_a_text_is_still_read() {
        let old = r#"{"place":{"file":"a.csv","row":3,"column":"Created"},"code":"bad_date",
            "effect":"repaired","detail":"\"31/02/2025\" is no date"}"#;
        let read: Finding = serde_json::from_str(old).unwrap();
        let text = "\"31/02/2025\" is no date";
        assert_eq!(read.detail, Phrase::new("detail-as-kept").text("text", text));
        assert_eq!((read.times, read.place.row), (1, Some(3)));
        let kept = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<Finding>(&kept).unwrap(), read);
    }
}
