//! Settings of a connection to a directory.

use std::{path::PathBuf, time::Duration};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Connection, Error, ErrorKind};

/// The settings, without the password.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    pub(super) url: String,
    pub(super) bind: String,
    #[serde(default)]
    pub(super) base: Option<String>,
    #[serde(default)]
    pub(super) ca_file: Option<PathBuf>,
    #[serde(default)]
    pub(super) start_tls: bool,
    /// Read by those who close accounts: where a leaver's goes.
    #[serde(default, rename = "leavers_ou")]
    _leavers_ou: Option<String>,
    #[serde(default = "usual_timeout")]
    timeout_seconds: u64,
}

fn usual_timeout() -> u64 {
    30
}

impl Config {
    /// The settings of this connection.
    pub(super) fn read(connection: &Connection) -> Result<Self, Error> {
        let config: Self = connection
            .settings
            .read()
            .map_err(|error| Error::new(ErrorKind::Invalid, error.to_string()))?;
        let encrypted = config.url.starts_with("ldaps://")
            || (config.url.starts_with("ldap://") && config.start_tls);
        if !encrypted {
            let detail = "setting `url`: use ldaps://, or ldap:// with start_tls = true";
            return Err(Error::new(ErrorKind::Invalid, detail));
        }
        Ok(config)
    }

    /// How long one exchange may take.
    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }
}

/// JSON Schema of the settings.
pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["url", "bind", "password"],
        "additionalProperties": false,
        "properties": {
            "url": {
                "type": "string",
                "pattern": "^ldaps?://",
                "description": "ldaps://dc1.corp.example, or ldap://… with start_tls",
            },
            "bind": {
                "type": "string",
                "description": "the service account: its distinguished name or UPN",
            },
            "password": {"type": "string", "format": "secret"},
            "base": {
                "type": "string",
                "description": "where accounts and groups are looked for; default: the whole domain",
            },
            "ca_file": {
                "type": "string",
                "description": "PEM file of the authority that signed the server's certificate; \
                                default: the system's authorities",
            },
            "start_tls": {"type": "boolean", "default": false},
            "leavers_ou": {
                "type": "string",
                "description": "distinguished name of the unit that an offboarding moves accounts to; \
                                left out: they stay where they are",
            },
            "timeout_seconds": {"type": "integer", "minimum": 1, "maximum": 600, "default": 30},
        },
    })
}
