//! A connection's settings: plain values, and secrets apart from them.

use std::collections::BTreeMap;

use kompel_model::Secret;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Settings of one connection. Plain values can be shown; secrets only be asked for by name.
#[derive(Default)]
pub struct Settings {
    values: Map<String, Value>,
    secrets: BTreeMap<String, Secret>,
}

impl Settings {
    /// Plain values, and the secrets that stood among them as `secret://name`, by property.
    pub fn new(values: Map<String, Value>, secrets: BTreeMap<String, Secret>) -> Self {
        Self { values, secrets }
    }

    /// The plain values as the connector's own type.
    ///
    /// # Errors
    /// The first value that does not fit.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, SettingsError> {
        serde_json::from_value(Value::Object(self.values.clone()))
            .map_err(|error| SettingsError { path: String::new(), because: error.to_string() })
    }

    /// A secret by its property.
    ///
    /// # Errors
    /// If it is not set.
    pub fn secret(&self, property: &str) -> Result<&Secret, SettingsError> {
        self.secrets.get(property).ok_or_else(|| SettingsError {
            path: property.to_owned(),
            because: "missing: give it as `secret://name`".to_owned(),
        })
    }

    /// Holds plain values and the presence of secrets against a connector's schema.
    ///
    /// # Errors
    /// What does not fit first.
    pub fn fit(&self, schema: &Value) -> Result<(), SettingsError> {
        let mut whole = self.values.clone();
        for property in self.secrets.keys() {
            whole.insert(property.clone(), Value::from("secret"));
        }
        let validator = jsonschema::validator_for(schema)
            .map_err(|error| SettingsError { path: String::new(), because: error.to_string() })?;
        let instance = Value::Object(whole);
        let wrong = validator.iter_errors(&instance).next();
        wrong.map_or(Ok(()), |error| {
            Err(SettingsError {
                path: error.instance_path().to_string(),
                because: error.to_string(),
            })
        })
    }
}

/// A setting that is missing or does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("setting {path:?}: {because}")]
pub struct SettingsError {
    /// Which property.
    pub path: String,
    /// What is wrong with it.
    pub because: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_are_held_against_the_schema_with_their_secrets() {
        let schema = json!({
            "type": "object",
            "required": ["url", "password"],
            "additionalProperties": false,
            "properties": {
                "url": {"type": "string"},
                "password": {"type": "string", "format": "secret"},
            },
        });
        let secret = || BTreeMap::from([("password".to_owned(), Secret::new("x".to_owned()))]);
        let values = |value: Value| value.as_object().cloned().unwrap_or_default();
        for (plain, secrets, fits) in [
            (json!({"url": "ldaps://a"}), secret(), true),
            (json!({"url": "ldaps://a"}), BTreeMap::new(), false),
            (json!({"url": 3}), secret(), false),
            (json!({"url": "ldaps://a", "port": 3}), secret(), false),
        ] {
            let fit = Settings::new(values(plain.clone()), secrets).fit(&schema);
            assert_eq!(fit.is_ok(), fits, "{plain}: {fit:?}");
        }
    }
}
