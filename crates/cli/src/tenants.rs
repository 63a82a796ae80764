//! The tenants of `kompel.toml`: their ways into systems, their people, their limits.
//!
//! Owns the tables' form. What a connection's settings mean is the connector's matter, and a
//! `secret://name` among them is looked up by the runtime only when it is needed.

use std::collections::BTreeMap;

use kompel_domains::leavers::Policy;
use serde::Deserialize;

/// A client company.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Tenant {
    /// Its name as people write it.
    pub(crate) name: Option<String>,
    /// Other names by which tickets and mails call it.
    pub(crate) aliases: Vec<String>,
    /// Ways into its systems, by a name of one's own.
    pub(crate) connection: BTreeMap<String, Connection>,
    /// Systems that the client has and that no connection reaches, by name: people look after them.
    pub(crate) system: BTreeMap<String, System>,
    /// Its mail domains, by which requests are recognised.
    pub(crate) domains: Vec<String>,
    /// People who ask, approve and are told, by a short name of one's own.
    pub(crate) people: BTreeMap<String, Person>,
    /// The playbooks whose `schedule` counts for this tenant, by their folders' names.
    pub(crate) scheduled: Vec<String>,
    /// The token (`secret://name`) with which others bring events for this tenant to `kompel serve`.
    pub(crate) events: Option<String>,
    /// What may go on at once.
    pub(crate) limits: Limits,
    /// What is done where somebody leaves, beside closing what is open.
    pub(crate) leavers: Policy,
}

/// A way into one system.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Connection {
    /// Which connector speaks there.
    pub(crate) connector: String,
    /// The connector's own settings.
    #[serde(flatten)]
    pub(crate) settings: toml::Table,
}

/// A system that no connection reaches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct System {
    /// The short name of the person who looks after it.
    pub(crate) owner: Option<String>,
}

/// Someone who may ask or approve.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    /// The name as people write it.
    pub(crate) name: String,
    /// Where to write to.
    pub(crate) mail: Option<String>,
    /// What the person may be asked as.
    #[serde(default)]
    pub(crate) roles: Vec<String>,
    /// The short name of the person's manager.
    pub(crate) manager: Option<String>,
    /// The person's logins on this machine: whoever is logged in as one of them may answer as this
    /// person without a code.
    #[serde(default)]
    pub(crate) logins: Vec<String>,
}

/// What may go on at once for one tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Limits {
    /// Requests to one connection at the same time.
    pub(crate) at_once: u32,
    /// Requests to one connection a minute.
    pub(crate) per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { at_once: 4, per_minute: 240 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_has_connections_people_and_limits() {
        let tenant: Tenant = toml::from_str(
            r#"
            name = "Acme NV"
            [connection.directory]
            connector = "ad"
            url = "ldaps://127.0.0.11"
            password = "secret://ad"
            [people.xander]
            name = "Xander Peeters"
            mail = "xander@acme.test"
            roles = ["security"]
            [limits]
            at_once = 2
            "#,
        )
        .unwrap();
        let directory = &tenant.connection["directory"];
        assert_eq!(directory.connector, "ad");
        assert_eq!(directory.settings["password"].as_str(), Some("secret://ad"));
        assert_eq!(tenant.people["xander"].roles, ["security"]);
        assert_eq!(tenant.limits, Limits { at_once: 2, per_minute: 240 });
    }

    #[test]
    fn a_mistake_in_a_tenant_is_refused() {
        for text in [
            "nmae = 'x'",
            "[connection.a]\nurl = 'x'",
            "[people.x]\nmail = 'a@b.test'",
            "[limits]\nat_onec = 3",
            "[leavers]\nlitigation-hold = true",
            "[leavers]\nforward_to = 'the boss'",
        ] {
            assert!(toml::from_str::<Tenant>(text).is_err(), "{text}");
        }
    }
}
