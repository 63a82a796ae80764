//! Tenants: every row of the store belongs to one.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A client company whose records stay apart from all others'.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TenantId(String);

impl TenantId {
    /// The tenant's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for TenantId {
    fn default() -> Self {
        Self("default".to_owned())
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TenantId {
    type Err = UnusableTenant;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=64).contains(&text.len());
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if fits && plain { Ok(Self(text.to_owned())) } else { Err(UnusableTenant(text.to_owned())) }
    }
}

impl TryFrom<String> for TenantId {
    type Error = UnusableTenant;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<TenantId> for String {
    fn from(tenant: TenantId) -> Self {
        tenant.0
    }
}

/// A name that no tenant can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unusable tenant name {0:?}: use 1 to 64 letters, digits, '-', '_' or '.'")]
pub struct UnusableTenant(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_short_names_are_tenants() {
        for (text, usable) in
            [("default", true), ("acme-nv.be", true), ("", false), ("a b", false), ("é", false)]
        {
            assert_eq!(text.parse::<TenantId>().is_ok(), usable, "{text:?}");
        }
        assert!("x".repeat(65).parse::<TenantId>().is_err());
    }
}
