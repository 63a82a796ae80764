//! Accounts: a person's logins, system by system.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What is known of the person whose accounts are looked for. Systems match exactly on these; a
/// name alone may mean several people, and then all their accounts are given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PersonQuery {
    /// The name as people write it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Mail addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mails: Vec<String>,
    /// Logins, as far as they are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logins: Vec<String>,
}

/// One login of a person in one system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// What the system's own actions take to mean this account (a DN, an object id, a login).
    pub id: String,
    /// The login as people know it.
    pub login: String,
    /// The name that the system shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The mail address that the system has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// True if someone can log in with it now; `None` if the system does not tell.
    pub enabled: Option<bool>,
    /// Live sessions, where the system tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<u32>,
    /// Whatever else the actions of this system need or a person should see (groups, licences,
    /// whether it is synchronised from elsewhere); no secrets.
    #[serde(default)]
    pub facts: Map<String, Value>,
}
