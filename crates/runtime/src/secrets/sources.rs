//! Resolving: the environment first, then the vault.

use std::collections::BTreeMap;

use kompel_connect::Settings;
use kompel_model::{Secret, TenantId};
use serde_json::{Map, Value};

use super::{
    Scrubber, SecretName, Vault,
    name::{PREFIX, SCHEME},
    vault::long_enough,
};
use crate::Error;

/// Everywhere secrets come from.
pub struct Secrets {
    environment: BTreeMap<String, Secret>,
    vault: Vault,
}

/// Where a reference is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// By a variable of the environment.
    Environment,
    /// By the encrypted file.
    Vault,
    /// Nowhere.
    Nowhere,
}

impl Secrets {
    /// Secrets from these variables (those that begin with `KOMPEL_SECRET_`) and this vault.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>, vault: Vault) -> Self {
        let environment = variables
            .into_iter()
            .filter(|(name, value)| name.starts_with(PREFIX) && !value.is_empty())
            .map(|(name, value)| (name, Secret::new(value)))
            .collect();
        Self { environment, vault }
    }

    /// The encrypted file among the sources.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The names of the variables that hold secrets.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.environment.keys().map(String::as_str)
    }

    /// A secret of this tenant.
    ///
    /// # Errors
    /// `UnknownSecret` if no source has it, `SecretTooShort` if it could not be scrubbed from texts,
    /// and as [`Vault::find`].
    pub fn find(&self, tenant: &TenantId, name: &SecretName) -> Result<Secret, Error> {
        let unknown =
            || Error::UnknownSecret { tenant: tenant.to_string(), name: name.to_string() };
        let found = match self.variable(tenant, name) {
            Some(secret) => secret.clone(),
            None => self.vault.find(tenant, name)?.ok_or_else(unknown)?,
        };
        long_enough(name, &found)?;
        Ok(found)
    }

    /// Where a secret of this tenant would come from.
    ///
    /// # Errors
    /// As [`Vault::find`].
    pub fn whence(&self, tenant: &TenantId, name: &SecretName) -> Result<Reference, Error> {
        if self.variable(tenant, name).is_some() {
            return Ok(Reference::Environment);
        }
        let kept = self.vault.find(tenant, name)?;
        Ok(kept.map_or(Reference::Nowhere, |_| Reference::Vault))
    }

    /// A connection's settings: plain values as they are, `secret://name` by the secret it names.
    ///
    /// # Errors
    /// `MisplacedReference` where a reference stands inside a list, a table or a longer text, and as
    /// [`Secrets::find`].
    pub fn resolve(
        &self,
        tenant: &TenantId,
        table: &Map<String, Value>,
    ) -> Result<Settings, Error> {
        let (mut values, mut secrets) = (Map::new(), BTreeMap::new());
        for (property, value) in table {
            match value.as_str().and_then(SecretName::referred) {
                Some(name) => {
                    secrets.insert(property.clone(), self.find(tenant, &name?)?);
                }
                None if refers(value) => {
                    return Err(Error::MisplacedReference(property.clone()));
                }
                None => {
                    values.insert(property.clone(), value.clone());
                }
            }
        }
        Ok(Settings::new(values, secrets))
    }

    /// What replaces every secret known here, of all tenants, in a text.
    ///
    /// # Errors
    /// As [`Vault::find`]: without the values nothing can be scrubbed, so nothing may be written.
    pub fn scrubber(&self) -> Result<Scrubber, Error> {
        let kept = self.vault.values()?;
        Ok(Scrubber::new(self.environment.values().chain(&kept)))
    }

    fn variable(&self, tenant: &TenantId, name: &SecretName) -> Option<&Secret> {
        self.environment.get(&name.variable(tenant)?)
    }
}

/// True if a reference stands anywhere in the value.
fn refers(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(SCHEME),
        Value::Array(items) => items.iter().any(refers),
        Value::Object(members) => members.values().any(refers),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn secrets() -> (tempfile::TempDir, Secrets) {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let vault = Vault::new(at("kompel.secrets.age"), at("kompel.age-key"));
        for (tenant, value) in [("acme", "of-acme-1"), ("other", "of-other-1")] {
            let value = Secret::new(value.to_owned());
            let at = "2026-01-01T00:00:00Z".parse().unwrap();
            vault.set(&tenant.parse().unwrap(), &"ad".parse().unwrap(), value, at).unwrap();
        }
        let variables = [
            ("KOMPEL_SECRET_ACME__MAIL", "mail-of-acme"),
            ("KOMPEL_SECRET_AD", "ad-of-default"),
            ("KOMPEL_SECRET_ACME__PIN", "1234"),
            ("HOME", "/root-of-all"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        (folder, Secrets::new(variables, vault))
    }

    fn resolved(secrets: &Secrets, tenant: &str, table: Value) -> Result<Settings, Error> {
        secrets.resolve(&tenant.parse().unwrap(), table.as_object().unwrap())
    }

    #[test]
    fn references_become_secrets_and_the_rest_stays() {
        let (_folder, secrets) = secrets();
        let table = json!({"url": "ldaps://a", "password": "secret://ad", "mail": "secret://mail"});
        let settings = resolved(&secrets, "acme", table).unwrap();
        assert_eq!(settings.read::<Value>().unwrap(), json!({"url": "ldaps://a"}));
        assert_eq!(settings.secret("password").unwrap().reveal(), "of-acme-1");
        assert_eq!(settings.secret("mail").unwrap().reveal(), "mail-of-acme");
    }

    #[test]
    fn a_tenant_gets_its_own_secret_or_none() {
        let (_folder, secrets) = secrets();
        for (tenant, name, found) in [
            ("acme", "ad", Some("of-acme-1")),
            ("other", "ad", Some("of-other-1")),
            ("default", "ad", Some("ad-of-default")),
            ("third", "ad", None),
            ("other", "mail", None),
            ("default", "acme--mail", None),
            ("default", "acme__mail", None),
        ] {
            let table = json!({"p": format!("secret://{name}")});
            match (resolved(&secrets, tenant, table), found) {
                (Ok(settings), Some(value)) => {
                    assert_eq!(settings.secret("p").unwrap().reveal(), value);
                }
                (Err(Error::UnknownSecret { .. }), None) => {}
                (Ok(_), None) => panic!("{tenant} got {name}"),
                (Err(error), _) => panic!("{tenant} {name}: {error}"),
            }
        }
    }

    #[test]
    fn a_reference_in_the_wrong_place_is_refused_and_not_repeated() {
        let (_folder, secrets) = secrets();
        for value in [
            json!("Bearer secret://ad"),
            json!(["secret://ad"]),
            json!({"inner": "secret://ad"}),
            json!("secret://my pass word"),
            json!("secret://pin"),
        ] {
            let error = resolved(&secrets, "acme", json!({"p": value})).err().unwrap().to_string();
            assert!(!error.contains("pass word") && !error.contains("1234"), "{error}");
        }
    }
}
