//! Names of secrets, and where each source of secrets would have them.

use std::{fmt, str::FromStr};

use kompel_model::TenantId;

use crate::Error;

/// A secret's name within its tenant: 1 to 64 letters, digits, `-`, `_` or `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct SecretName(String);

impl SecretName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name in a text of the form `secret://name`; `None` for any other text.
    ///
    /// # Errors
    /// `UnusableSecretName` if it has that form and what follows is no name.
    pub fn referred(text: &str) -> Option<Result<Self, Error>> {
        text.strip_prefix(SCHEME).map(str::parse)
    }

    /// The variable that holds it: `KOMPEL_SECRET_AD_PASSWORD` for the default tenant,
    /// `KOMPEL_SECRET_ACME__AD_PASSWORD` for `acme`. `None` where two names would share a variable:
    /// only lower-case letters and digits, in parts joined by single `-`, can be told apart.
    pub fn variable(&self, tenant: &TenantId) -> Option<String> {
        let name = shouted(&self.0)?;
        if *tenant == TenantId::default() {
            return Some(format!("{PREFIX}{name}"));
        }
        Some(format!("{PREFIX}{}__{name}", shouted(tenant.as_str())?))
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SecretName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=64).contains(&text.len());
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        // Neither the text nor a part of it is repeated: someone may have put the secret itself here.
        if fits && plain { Ok(Self(text.to_owned())) } else { Err(Error::UnusableSecretName) }
    }
}

fn shouted(text: &str) -> Option<String> {
    let plain = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    text.split('-').all(plain).then(|| text.to_ascii_uppercase().replace('-', "_"))
}

/// What a reference begins with.
pub(super) const SCHEME: &str = "secret://";

/// What the variables begin with.
pub(super) const PREFIX: &str = "KOMPEL_SECRET_";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_holds_a_plain_name() {
        for (text, name) in [
            ("secret://ad-password", Some(Some("ad-password"))),
            ("secret://", Some(None)),
            ("secret://a/b", Some(None)),
            ("secret://a b", Some(None)),
            ("ldaps://dc1", None),
            ("x secret://a", None),
        ] {
            let found = SecretName::referred(text).map(Result::ok);
            assert_eq!(found.as_ref().map(|n| n.as_ref().map(SecretName::as_str)), name, "{text}");
        }
    }

    #[test]
    fn no_two_secrets_share_a_variable() {
        let variable = |tenant: &str, name: &str| {
            name.parse::<SecretName>().unwrap().variable(&tenant.parse().unwrap())
        };
        for (tenant, name, expected) in [
            ("default", "ad-password", Some("KOMPEL_SECRET_AD_PASSWORD")),
            ("acme", "ad-password", Some("KOMPEL_SECRET_ACME__AD_PASSWORD")),
            ("acme-nv", "pin2", Some("KOMPEL_SECRET_ACME_NV__PIN2")),
            ("acme", "ad_password", None),
            ("Acme", "ad-password", None),
            ("acme", "ad--password", None),
            ("acme", "-ad", None),
            ("acme.be", "ad", None),
            ("default", "acme--ad", None),
        ] {
            assert_eq!(variable(tenant, name).as_deref(), expected, "{tenant} {name}");
        }
    }
}
