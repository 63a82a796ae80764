//! An application of Entra ID: how it proves itself, and what its token allows.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kompel_model::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::{
    Connection, Error,
    http::{
        Answer, Exchange, Http, HttpSettings,
        oauth2::{self, ClientAuth, Grant},
    },
};

/// The application, on its way to one service of Microsoft's.
pub(in crate::peers) struct Entra<'a> {
    connection: &'a Connection,
    http: Http,
    token_url: String,
    client_id: String,
    scope: String,
    now: Timestamp,
}

#[derive(Deserialize)]
struct Config {
    directory: String,
    client_id: String,
    #[serde(default = "login_url")]
    login_url: String,
}

fn login_url() -> String {
    LOGIN_URL.to_owned()
}

impl<'a> Entra<'a> {
    /// The application of this connection, with a token for `service`.
    pub(in crate::peers) fn of(
        connection: &'a Connection,
        service: &Url,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let config: Config = connection.settings.read()?;
        let login = config.login_url.trim_end_matches('/');
        Ok(Self {
            connection,
            http: Http::of(connection)?,
            token_url: format!("{login}/{}/oauth2/v2.0/token", config.directory),
            client_id: config.client_id,
            scope: format!("{}/.default", service.origin().ascii_serialization()),
            now,
        })
    }

    fn grant(&self) -> Result<Grant<'_>, Error> {
        let settings = &self.connection.settings;
        let (client_secret, client_auth) = match settings.secret("certificate") {
            Ok(certificate) => (certificate, ClientAuth::Certificate),
            Err(_) => (settings.secret("client_secret")?, ClientAuth::Form),
        };
        Ok(Grant {
            token_url: &self.token_url,
            client_id: &self.client_id,
            client_secret,
            client_auth,
            scope: &self.scope,
            fields: Vec::new(),
        })
    }

    /// Sends a request with the token.
    pub(in crate::peers) async fn send(
        &self,
        request: impl Fn(&Http) -> Exchange + Send + Sync,
    ) -> Result<Answer, Error> {
        let (http, grant) = (&self.http, self.grant()?);
        oauth2::send(http, self.connection, &grant, self.now, || request(http)).await
    }

    /// The token itself, for programs that speak for us.
    pub(in crate::peers) async fn token(&self) -> Result<kompel_model::Secret, Error> {
        oauth2::token(&self.http, self.connection, &self.grant()?, self.now).await
    }

    /// The permissions (application roles) of the token; `None` if it does not show them.
    pub(in crate::peers) async fn roles(&self) -> Result<Option<Vec<String>>, Error> {
        Ok(roles_in(self.token().await?.reveal()))
    }
}

/// The roles that a token's payload names. Its signature is the service's to check.
fn roles_in(token: &str) -> Option<Vec<String>> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let payload: Value = serde_json::from_slice(&payload).ok()?;
    let roles = payload["roles"].as_array().map(Vec::as_slice).unwrap_or_default();
    Some(roles.iter().filter_map(|role| role.as_str().map(str::to_owned)).collect())
}

/// JSON Schema of a connection's settings: those that say who we are, and the service's own.
pub(in crate::peers) fn settings(mut own: Value) -> Value {
    own["directory"] = json!({
        "type": "string", "pattern": "^[A-Za-z0-9.-]{1,256}$",
        "description": "the directory's id, or a domain of it",
    });
    own["client_id"] = json!({"type": "string", "description": "the application's id"});
    own["client_secret"] = json!({"type": "string", "format": "secret"});
    own["certificate"] = json!({
        "type": "string", "format": "secret",
        "description": "instead of a secret: a certificate that the application has, followed by \
                        its RSA key, both in PEM; `directory` is then the directory's id",
    });
    own["login_url"] = json!({
        "type": "string", "pattern": "^https?://", "default": LOGIN_URL,
        "description": "where tokens are given; another one in national clouds",
    });
    let mut schema = HttpSettings::schema(&["directory", "client_id"], &own);
    schema["oneOf"] = json!([{"required": ["client_secret"]}, {"required": ["certificate"]}]);
    schema
}

const LOGIN_URL: &str = "https://login.microsoftonline.com";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_shows_its_roles_or_nothing() {
        let token = |payload: &str| format!("x.{}.y", URL_SAFE_NO_PAD.encode(payload));
        for (token, roles) in [
            (token(r#"{"roles": ["A", 3, "B"]}"#), Some(vec!["A", "B"])),
            (token("{}"), Some(vec![])),
            (token("no JSON"), None),
            ("opaque".to_owned(), None),
            ("a.%%%.b".to_owned(), None),
        ] {
            let found = roles_in(&token);
            let found = found.as_ref().map(|all| all.iter().map(String::as_str).collect());
            assert_eq!(found, roles, "{token}");
        }
    }
}
