//! Lengths of time as the standard writes them.

use std::fmt;

use kompel_model::Phrase;
use serde_json::{Map, Value};

use super::english::english;

/// A length of time known before the run, and how it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct FixedDuration {
    milliseconds: u64,
    written: Value,
}

impl FixedDuration {
    /// Its length; a hundred years at most.
    pub fn milliseconds(&self) -> u64 {
        self.milliseconds
    }

    /// As the playbook writes it: an ISO 8601 text or an object.
    pub fn as_written(&self) -> &Value {
        &self.written
    }

    /// Reads a duration from a value: `PT1H30M` or `{hours: 1, minutes: 30}`. For what an
    /// expression gave as well as for what a playbook holds.
    ///
    /// # Errors
    /// Anything else, with what would be right.
    pub fn from_value(value: &Value) -> Result<Self, UnusableDuration> {
        let milliseconds = match value {
            Value::String(text) => read_iso(text.trim())?,
            Value::Object(parts) => read_parts(parts)?,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
                return Err(UnusableDuration::new(value, either()));
            }
        };
        if milliseconds > LONGEST_MS {
            return Err(UnusableDuration::new(value, longest()));
        }
        Ok(Self { milliseconds, written: value.clone() })
    }
}

/// A value that is no length of time.
#[derive(Debug, Clone, PartialEq)]
pub struct UnusableDuration {
    /// The value, as JSON.
    pub value: String,
    /// What would be right.
    pub instead: Phrase,
}

impl UnusableDuration {
    fn new(value: impl fmt::Display, instead: Phrase) -> Self {
        Self { value: value.to_string(), instead }
    }

    /// What would be right, in English.
    pub fn hint(&self) -> String {
        english(&self.instead)
    }
}

impl fmt::Display for UnusableDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is no duration", self.value)
    }
}

impl std::error::Error for UnusableDuration {}

fn read_parts(parts: &Map<String, Value>) -> Result<u64, UnusableDuration> {
    let unusable = |hint: Phrase| UnusableDuration::new(Value::Object(parts.clone()), hint);
    if parts.is_empty() {
        return Err(unusable(Phrase::new("instead-duration-unit")));
    }
    let mut total: u64 = 0;
    for (unit, amount) in parts {
        let Some((_, milliseconds)) = UNITS.iter().find(|(name, _)| name == unit) else {
            return Err(unusable(Phrase::new("instead-duration-units")));
        };
        let Some(amount) = amount.as_u64() else {
            return Err(unusable(Phrase::new("instead-duration-whole")));
        };
        total = amount
            .checked_mul(*milliseconds)
            .and_then(|part| total.checked_add(part))
            .ok_or_else(|| unusable(longest()))?;
    }
    Ok(total)
}

/// Reads `P[nW][nD][T[nH][nM][nS]]`. Years and months have no fixed length and are refused.
fn read_iso(text: &str) -> Result<u64, UnusableDuration> {
    let unusable = |hint: Phrase| UnusableDuration::new(Value::from(text), hint);
    let form = || Phrase::new("instead-duration-form");
    let rest = text.strip_prefix('P').ok_or_else(|| unusable(form()))?;
    let (date, time) = match rest.split_once('T') {
        Some((_, "")) => return Err(unusable(form())),
        Some((date, time)) => (date, time),
        None => (rest, ""),
    };
    if date.is_empty() && time.is_empty() {
        return Err(unusable(form()));
    }
    if date.contains(['Y', 'M']) {
        return Err(unusable(Phrase::new("instead-duration-days")));
    }
    let parts = [(date, &DATE_UNITS[..]), (time, &TIME_UNITS[..])];
    let mut total = 0.0_f64;
    for (text, units) in parts {
        total += read_designators(text, units).ok_or_else(|| unusable(form()))?;
    }
    if total > LONGEST_MS as f64 {
        return Err(unusable(longest()));
    }
    Ok(total.round() as u64)
}

fn read_designators(mut text: &str, units: &[(char, f64)]) -> Option<f64> {
    let (mut total, mut from) = (0.0, 0);
    while !text.is_empty() {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = text.split_at(end);
        let plain = number.starts_with(|c: char| c.is_ascii_digit())
            && number.ends_with(|c: char| c.is_ascii_digit());
        let designator = tail.chars().next()?;
        let at = from + units[from..].iter().position(|(unit, _)| *unit == designator)?;
        total += number.parse::<f64>().ok().filter(|_| plain)? * units[at].1;
        from = at + 1;
        text = &tail[designator.len_utf8()..];
    }
    Some(total)
}

fn either() -> Phrase {
    Phrase::new("instead-either").text("first", "PT30S").text("second", "{seconds: 30}")
}

fn longest() -> Phrase {
    Phrase::new("instead-duration-longest")
}

const LONGEST_MS: u64 = 36_525 * DAY_MS;
const DAY_MS: u64 = 86_400_000;
const UNITS: [(&str, u64); 5] = [
    ("days", DAY_MS),
    ("hours", 3_600_000),
    ("minutes", 60_000),
    ("seconds", 1_000),
    ("milliseconds", 1),
];
const DATE_UNITS: [(char, f64); 2] = [('W', 7.0 * 86_400_000.0), ('D', 86_400_000.0)];
const TIME_UNITS: [(char, f64); 3] = [('H', 3_600_000.0), ('M', 60_000.0), ('S', 1_000.0)];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_duration_is_an_iso_text_or_an_object_of_units() {
        for (value, milliseconds) in [
            (json!("PT30S"), Some(30_000)),
            (json!("PT0.5S"), Some(500)),
            (json!("P1DT2H"), Some(93_600_000)),
            (json!("P2W"), Some(1_209_600_000)),
            (json!({"hours": 1, "minutes": 30}), Some(5_400_000)),
            (json!({"milliseconds": 5}), Some(5)),
            (json!("P"), None),
            (json!("PT"), None),
            (json!("P1M"), None),
            (json!("P1Y"), None),
            (json!("PT1S2H"), None),
            (json!("PT.S"), None),
            (json!("PT1.S"), None),
            (json!("30"), None),
            (json!("PT99999999999999999999H"), None),
            (json!({"days": 99_999_999_999_999_u64}), None),
            (json!({}), None),
            (json!({"seconds": -1}), None),
            (json!({"secs": 1}), None),
            (json!(30), None),
        ] {
            let read = FixedDuration::from_value(&value).ok().map(|d| d.milliseconds());
            assert_eq!(read, milliseconds, "{value}");
        }
    }
}
