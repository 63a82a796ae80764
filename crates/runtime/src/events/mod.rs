//! Events as they come in: the CloudEvents JSON form, bounded.
//!
//! Owns what makes a JSON value an event. Delivery is the journal's (it must be in one
//! transaction), matching in detail the machine's.

use serde_json::Value;

use crate::journal::JournalError;

/// Holds a value against what CloudEvents 1.0 requires.
///
/// # Errors
/// `NoEvent` with what is missing or too large.
///
/// # Source
/// CloudEvents 1.0.2, "Required Attributes" and "JSON Event Format"
pub fn check(event: &Value) -> Result<(), JournalError> {
    let text = |name: &str| event.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    for name in ["id", "source", "type"] {
        let given = text(name).ok_or(match name {
            "id" => JournalError::NoEvent("a text `id`"),
            "source" => JournalError::NoEvent("a text `source`"),
            _ => JournalError::NoEvent("a text `type`"),
        })?;
        if given.len() > LONGEST_ATTRIBUTE {
            return Err(JournalError::NoEvent("short attributes: at most 1,024 bytes"));
        }
    }
    if text("specversion") != Some("1.0") {
        return Err(JournalError::NoEvent("`specversion` \"1.0\""));
    }
    if event.to_string().len() > LARGEST_EVENT {
        return Err(JournalError::NoEvent("a bearable size: at most 1 MiB"));
    }
    Ok(())
}

/// Holds the type of a checked event against those that only runs emit: whoever may bring events may
/// ask for something (`….requested`), and never say what Kompel itself did.
///
/// # Errors
/// `NotFromOutside` with the type.
pub(crate) fn may_come_from_outside(event: &Value) -> Result<(), JournalError> {
    let kind = event["type"].as_str().unwrap_or_default();
    if kind.starts_with(OWN) && !kind.ends_with(ASKS) {
        return Err(JournalError::NotFromOutside(kind.to_owned()));
    }
    Ok(())
}

/// How the types of Kompel's own events begin.
const OWN: &str = "be.kompel.";
/// How those end that ask for something.
const ASKS: &str = ".requested";

const LONGEST_ATTRIBUTE: usize = 1_024;
const LARGEST_EVENT: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_kompel_did_is_not_said_from_outside() {
        for (kind, may) in [
            ("be.kompel.leaver.requested", true),
            ("be.kompel.leaver.given-back", false),
            ("be.kompel.leaver.closed", false),
            ("be.kompel.leaver.requested.closed", false),
            ("com.example.ticket.closed", true),
        ] {
            let told = may_come_from_outside(&json!({"type": kind}));
            assert_eq!(told.is_ok(), may, "{kind}");
            assert!(told.is_ok() || told.unwrap_err().to_string().contains(kind), "it is named");
        }
    }

    #[test]
    fn an_event_has_what_the_standard_requires() {
        let whole = json!({"specversion": "1.0", "id": "1", "source": "/a", "type": "t"});
        assert!(check(&whole).is_ok());
        for (name, value) in [
            ("id", json!("")),
            ("id", json!(3)),
            ("source", json!(null)),
            ("type", json!("x".repeat(2_000))),
            ("specversion", json!("0.3")),
            ("data", json!("x".repeat(2 << 20))),
        ] {
            let mut event = whole.clone();
            event[name] = value;
            assert!(check(&event).is_err(), "{name}");
        }
        assert!(check(&json!([])).is_err());
    }
}
