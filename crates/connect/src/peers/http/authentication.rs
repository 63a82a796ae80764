//! The standard's authentication policies: by value, or by the name of a secret of the connection.

use kompel_model::Secret;
use reqwest::{Method, RequestBuilder};
use serde::Deserialize;
use serde_json::Value;

use super::{Web, request::invalid};
use crate::{
    Call, Error, ErrorKind,
    http::oauth2::{self, ClientAuth, Grant},
};

/// A policy as the playbook has it, by its scheme.
pub(in crate::peers) enum Credentials {
    /// None.
    Nobody,
    /// A scheme with its fields, or `{use: name}`.
    Scheme(Scheme, Value),
}

/// The schemes that are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::peers) enum Scheme {
    Basic,
    Bearer,
    OAuth2,
    OpenId,
}

/// What is added to the request.
pub(super) enum Bearing {
    Nothing,
    Basic(String, Secret),
    Bearer(Secret),
}

impl Bearing {
    pub(super) fn add(&self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Self::Nothing => request,
            Self::Basic(name, password) => request.basic_auth(name, Some(password.reveal())),
            Self::Bearer(token) => request.bearer_auth(token.reveal()),
        }
    }
}

#[derive(Deserialize)]
struct Basic {
    username: String,
    password: String,
}

#[derive(Deserialize)]
struct Bearer {
    token: String,
}

#[derive(Deserialize)]
struct OAuth2 {
    authority: String,
    grant: String,
    #[serde(default)]
    client: Client,
    #[serde(default)]
    endpoints: Endpoints,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    audiences: Vec<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    password: Option<String>,
}

#[derive(Default, Deserialize)]
struct Client {
    #[serde(default)]
    id: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    authentication: Option<String>,
}

#[derive(Default, Deserialize)]
struct Endpoints {
    #[serde(default)]
    token: Option<String>,
}

impl Credentials {
    /// The policy of a playbook.
    ///
    /// # Errors
    /// `Unsupported` for a scheme that is not offered.
    pub(in crate::peers) fn parse(policy: Option<&Value>) -> Result<Self, Error> {
        let Some(policy) = policy.and_then(Value::as_object).filter(|one| !one.is_empty()) else {
            return Ok(Self::Nobody);
        };
        let schemes = [
            ("basic", Scheme::Basic),
            ("bearer", Scheme::Bearer),
            ("oauth2", Scheme::OAuth2),
            ("oidc", Scheme::OpenId),
        ];
        for (name, scheme) in schemes {
            if let Some(fields) = policy.get(name) {
                return Ok(Self::Scheme(scheme, fields.clone()));
            }
        }
        let name = policy.keys().next().map_or("", String::as_str);
        let offered = "use basic, bearer, oauth2 or oidc";
        let why = format!("authentication {name:?} is not offered: {offered}");
        Err(Error::new(ErrorKind::Unsupported, why))
    }

    /// What to add to a request; asks for a token where one is needed.
    ///
    /// # Errors
    /// `Invalid` if a secret is missing or has another shape; `Denied` if no token is given.
    pub(super) async fn resolve(&self, web: &Web, call: &Call) -> Result<Bearing, Error> {
        let Self::Scheme(scheme, fields) = self else { return Ok(Bearing::Nothing) };
        let (fields, text) = secret_of(fields, call)?;
        match scheme {
            Scheme::Basic => {
                let Basic { username, password } = read(fields, "basic", "username, password")?;
                Ok(Bearing::Basic(username, Secret::new(password)))
            }
            Scheme::Bearer => match text {
                Some(token) => Ok(Bearing::Bearer(token)),
                None => {
                    let Bearer { token } = read(fields, "bearer", "token")?;
                    Ok(Bearing::Bearer(Secret::new(token)))
                }
            },
            Scheme::OAuth2 | Scheme::OpenId => {
                let asked = read(fields, "oauth2", "authority, grant, client")?;
                token(*scheme, &asked, web, call).await.map(Bearing::Bearer)
            }
        }
    }
}

/// The fields of a policy, from the secret that it names if it names one; a secret that is no JSON
/// object is given as its text.
fn secret_of(fields: &Value, call: &Call) -> Result<(Value, Option<Secret>), Error> {
    let Some(name) = fields["use"].as_str() else { return Ok((fields.clone(), None)) };
    let secret = call.connection.settings.secret(name).map_err(|_| {
        invalid(format!(
            "no secret {name:?}: add `{name} = \"secret://…\"` to connection {:?}",
            call.connection.name
        ))
    })?;
    match serde_json::from_str::<Value>(secret.reveal()) {
        Ok(fields @ Value::Object(_)) => Ok((fields, None)),
        Ok(_) | Err(_) => Ok((Value::Null, Some(secret.clone()))),
    }
}

fn read<T: for<'de> Deserialize<'de>>(fields: Value, what: &str, of: &str) -> Result<T, Error> {
    // serde's words could quote the secret.
    serde_json::from_value(fields)
        .map_err(|_| invalid(format!("authentication {what:?} needs an object with {of}")))
}

async fn token(scheme: Scheme, asked: &OAuth2, web: &Web, call: &Call) -> Result<Secret, Error> {
    let token_url = match scheme {
        Scheme::OpenId => discovered(asked, web, call).await?,
        Scheme::OAuth2 | Scheme::Basic | Scheme::Bearer => {
            let path = asked.endpoints.token.as_deref().unwrap_or("/oauth2/token");
            match path.contains("://") {
                true => path.to_owned(),
                false => format!("{}{path}", asked.authority.trim_end_matches('/')),
            }
        }
    };
    let token_url = web.allow.admit(&token_url, &web.connection)?;
    let mut fields = match asked.grant.as_str() {
        "client_credentials" => Vec::new(),
        "password" => vec![
            ("grant_type", Secret::new("password".to_owned())),
            ("username", Secret::new(asked.username.clone().unwrap_or_default())),
            ("password", Secret::new(asked.password.clone().unwrap_or_default())),
        ],
        other => {
            let why = format!("grant {other:?} is not offered: use client_credentials or password");
            return Err(Error::new(ErrorKind::Unsupported, why));
        }
    };
    let audiences = asked.audiences.iter().map(|one| ("audience", Secret::new(one.clone())));
    fields.extend(audiences);
    let client_auth = match asked.client.authentication.as_deref() {
        None | Some("client_secret_post") => ClientAuth::Form,
        Some("client_secret_basic") => ClientAuth::Basic,
        Some(other) => {
            let why = format!("client authentication {other:?} is not offered");
            return Err(Error::new(ErrorKind::Unsupported, why));
        }
    };
    let grant = Grant {
        token_url: token_url.as_str(),
        client_id: &asked.client.id,
        client_secret: &Secret::new(asked.client.secret.clone()),
        client_auth,
        scope: &asked.scopes.join(" "),
        fields,
    };
    oauth2::token(&web.http, &call.connection, &grant, call.at).await
}

#[derive(Deserialize)]
struct Discovered {
    token_endpoint: String,
}

/// The token endpoint of an OpenID Connect provider (OpenID Connect Discovery 1.0 §4).
async fn discovered(asked: &OAuth2, web: &Web, call: &Call) -> Result<String, Error> {
    let url =
        format!("{}/.well-known/openid-configuration", asked.authority.trim_end_matches('/'));
    let url = web.allow.admit(&url, &web.connection)?;
    let answer = web.http.read(Method::GET, url.as_str()).succeed(call.at).await?;
    Ok(answer.json::<Discovered>()?.token_endpoint)
}
