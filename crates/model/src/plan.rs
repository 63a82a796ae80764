//! What an action would change, and the hash that an approval is bound to.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{ActionName, TenantId};

/// One property of one object that would change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedChange {
    /// The object, as its own system names it ("CN=Jan Janssen,OU=Staff,DC=corp,DC=test").
    pub object: String,
    /// Which property of it ("enabled", "member of CN=VPN").
    pub property: String,
    /// What it is now.
    pub from: Value,
    /// What it would be.
    pub to: Value,
    /// True if nothing can put it back.
    #[serde(default)]
    pub irreversible: bool,
}

/// What an action would change, made without changing anything. No change: already so.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The changes, in the order in which they would be made.
    pub changes: Vec<PlannedChange>,
    /// The output that doing it would likely give, so that a rehearsal can go on.
    #[serde(default)]
    pub predicted: Value,
    /// What a person should know before approving (one English sentence each).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

impl Plan {
    /// True if nothing would change.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The hash of what would be done: tenant, action, input and changes; not the prediction.
    pub fn hash(&self, tenant: &TenantId, action: &ActionName, input: &Value) -> PlanHash {
        let changes = serde_json::to_value(&self.changes).unwrap_or(Value::Null);
        PlanHash::of(&serde_json::json!({
            "tenant": tenant.as_str(),
            "action": action.as_str(),
            "input": input,
            "changes": changes,
        }))
    }
}

/// SHA-256 of a canonical JSON text, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanHash(String);

impl PlanHash {
    /// The hash of this value's canonical form.
    pub fn of(value: &Value) -> Self {
        let digest = Sha256::digest(canonical_json(value).as_bytes());
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlanHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The value as JSON without white space and with every object's keys in order of their bytes, so
/// that equal values give equal bytes whatever order they were made in.
pub fn canonical_json(value: &Value) -> String {
    let mut text = String::new();
    write_canonical(value, &mut text);
    text
}

fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|a, b| a.0.cmp(b.0));
            text.push('{');
            for (index, (key, member)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write_canonical(member, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_canonical(item, text);
            }
            text.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plan(to: Value) -> Plan {
        Plan {
            changes: vec![PlannedChange {
                object: "jan".to_owned(),
                property: "enabled".to_owned(),
                from: json!(true),
                to,
                irreversible: false,
            }],
            ..Plan::default()
        }
    }

    #[test]
    fn the_hash_is_of_what_would_be_done_and_of_nothing_else() {
        let (tenant, action) = (TenantId::default(), "ad.disable".parse().unwrap());
        let base = plan(json!(false)).hash(&tenant, &action, &json!({"a": 1, "b": 2}));
        let same = Plan { predicted: json!("other"), ..plan(json!(false)) };
        assert_eq!(base, same.hash(&tenant, &action, &json!({"b": 2, "a": 1})));
        let other = "acme".parse().unwrap();
        for different in [
            plan(json!(true)).hash(&tenant, &action, &json!({"a": 1, "b": 2})),
            plan(json!(false)).hash(&tenant, &action, &json!({"a": 1, "b": 3})),
            plan(json!(false)).hash(&other, &action, &json!({"a": 1, "b": 2})),
            plan(json!(false)).hash(&tenant, &"ad.enable".parse().unwrap(), &json!({"a": 1})),
        ] {
            assert_ne!(base, different);
        }
    }

    #[test]
    fn canonical_json_has_its_keys_in_order() {
        let value = json!({"b": [1, {"z": null, "a": "\"x\""}], "a": true});
        assert_eq!(canonical_json(&value), r#"{"a":true,"b":[1,{"a":"\"x\"","z":null}]}"#);
    }
}
