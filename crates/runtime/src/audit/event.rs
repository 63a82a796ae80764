//! What an entry says, and the bytes that stand for it in the tree.

use std::collections::BTreeMap;

use kompel_model::{TenantId, Timestamp, canonical_json};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::{
    Error,
    key::{from_hex, random, to_hex},
};

/// Something that happened and that an auditor may ask about.
///
/// Whatever may have to be erased one day (a reason someone typed, a question) is a *text*: the
/// entry holds its salted hash and the text stands beside the log. Details stay for ever: ids,
/// hashes, counts, and the names of people who answer for what they did (approvers, deciders).
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEvent {
    kind: &'static str,
    at: Timestamp,
    who: Option<String>,
    run: Option<String>,
    details: Map<String, Value>,
    texts: BTreeMap<String, String>,
}

impl AuditEvent {
    /// An event of this kind, such as `decision.taken`.
    pub fn new(kind: &'static str, at: Timestamp) -> Self {
        let (details, texts) = (Map::new(), BTreeMap::new());
        Self { kind, at, who: None, run: None, details, texts }
    }

    /// The same, done by this person or part of Kompel.
    #[must_use]
    pub fn by(mut self, who: impl Into<String>) -> Self {
        self.who = Some(who.into());
        self
    }

    /// The same, as part of a run.
    #[must_use]
    pub fn of_run(mut self, run: impl Into<String>) -> Self {
        self.run = Some(run.into());
        self
    }

    /// The same with a detail that stays for ever. A number with a fraction becomes a text, because
    /// not every reader gives it back bit for bit.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), exact(value.into()));
        self
    }

    /// The same with a text that can be erased.
    #[must_use]
    pub fn text(mut self, name: &str, text: impl Into<String>) -> Self {
        self.texts.insert(name.to_owned(), text.into());
        self
    }

    /// The texts, with the salts that their hashes are made with.
    pub(super) fn salted(&self) -> Result<BTreeMap<&str, Salted>, Error> {
        let salt = |text: &String| -> Result<Salted, Error> {
            let mut salt = [0; SALT_BYTES];
            random(&mut salt)?;
            Ok(Salted { salt: to_hex(&salt), text: text.clone() })
        };
        self.texts.iter().map(|(name, text)| Ok((name.as_str(), salt(text)?))).collect()
    }

    /// The leaf's bytes. The nonce keeps others from guessing what stands behind its hash.
    pub(super) fn body(
        &self,
        tenant: &TenantId,
        turn: u64,
        texts: &BTreeMap<&str, Salted>,
    ) -> Result<String, Error> {
        let mut nonce = [0; SALT_BYTES];
        random(&mut nonce)?;
        let body = Body {
            at: self.at.to_rfc3339(),
            details: self.details.clone(),
            kind: self.kind.to_owned(),
            nonce: to_hex(&nonce),
            run: self.run.clone(),
            tenant: tenant.as_str().to_owned(),
            texts: texts.iter().map(|(name, text)| ((*name).to_owned(), text.hash())).collect(),
            turn,
            who: self.who.clone(),
        };
        let value = serde_json::to_value(&body)
            .map_err(|source| Error::Unwritable { what: "audit event", source })?;
        let text = canonical_json(&value);
        let longest = self.texts.values().map(String::len).max().unwrap_or(0).max(text.len());
        if longest > LONGEST || Body::read(&text).is_none() {
            return Err(Error::UnfitEvent { kind: self.kind, bytes: longest });
        }
        Ok(text)
    }
}

/// A text that an entry refers to, with the salt of its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Salted {
    pub(super) salt: String,
    pub(super) text: String,
}

impl Salted {
    /// What stands in the entry.
    pub(super) fn hash(&self) -> String {
        let salt: [u8; SALT_BYTES] = from_hex(&self.salt).unwrap_or_default();
        to_hex(&Sha256::new().chain_update(salt).chain_update(&self.text).finalize())
    }
}

/// An entry as the leaf holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    pub(super) at: String,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) details: Map<String, Value>,
    pub(super) kind: String,
    nonce: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) run: Option<String>,
    pub(super) tenant: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) texts: BTreeMap<String, String>,
    pub(super) turn: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) who: Option<String>,
}

impl Body {
    /// Reads a leaf; `None` unless these are exactly the bytes that would be written for it.
    pub(super) fn read(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        (canonical_json(&value) == text).then(|| serde_json::from_value(value).ok())?
    }
}

/// An entry of the trail, as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Its place in the log, from 0.
    pub place: u64,
    /// When.
    pub at: String,
    /// What happened.
    pub kind: String,
    /// Who did it.
    pub who: Option<String>,
    /// As part of which run.
    pub run: Option<String>,
    /// What else is known for ever.
    pub details: Map<String, Value>,
    /// The texts; `None` where one was erased.
    pub texts: BTreeMap<String, Option<String>>,
}

fn exact(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => Value::from(number.to_string()),
        Value::Array(items) => items.into_iter().map(exact).collect(),
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, exact(value))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

const SALT_BYTES: usize = 16;

/// The longest leaf and the longest text, in bytes.
const LONGEST: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event() -> AuditEvent {
        AuditEvent::new("decision.taken", "2026-01-01T00:00:00Z".parse().unwrap())
    }

    fn body(event: &AuditEvent) -> Result<String, Error> {
        event.body(&TenantId::default(), 0, &event.salted()?)
    }

    #[test]
    fn a_text_stands_in_the_leaf_only_as_its_hash() {
        let event = event().text("why", "Jan is ill").detail("share", 0.1).by("Xander");
        let text = body(&event).unwrap();
        assert!(!text.contains("ill"));
        let read = Body::read(&text).unwrap();
        assert_eq!(read.details["share"], json!("0.1"));
        assert_eq!(read.texts["why"].len(), 64);
        assert_ne!(text, body(&event).unwrap(), "nonce and salt are random");
    }

    #[test]
    fn only_the_exact_bytes_are_a_leaf() {
        let text = body(&event()).unwrap();
        assert!(Body::read(&text).is_some());
        for other in [
            text.replace("\"at\"", " \"at\""),
            text.replace("{\"at\"", "{\"aa\":1,\"at\""),
            text.replace("\"turn\":0", "\"turn\":0.0"),
            text.replace("\"turn\":0", "\"turn\":0,\"turn\":0"),
        ] {
            assert_ne!(other, text);
            assert!(Body::read(&other).is_none(), "{other}");
        }
    }

    #[test]
    fn an_event_that_is_too_large_or_too_deep_is_refused() {
        let deep = (0..200).fold(json!(1), |value, _| json!([value]));
        for event in [
            event().text("why", "x".repeat(LONGEST + 1)),
            event().detail("list", vec!["x"; LONGEST]),
            event().detail("deep", deep),
        ] {
            assert!(matches!(body(&event), Err(Error::UnfitEvent { .. })));
        }
    }
}
