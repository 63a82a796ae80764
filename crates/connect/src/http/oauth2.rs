//! OAuth 2 access tokens of machines: asked for once, kept until shortly before they expire.
//!
//! Owns the cache. A token belongs to one connection of one tenant; nothing is ever shared between
//! two, and a changed secret asks anew.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::DateTime;
use kompel_model::{Secret, Timestamp};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::{Answer, Exchange, Http, Method, assertion};
use crate::{Connection, Error, ErrorKind};

/// How a token is asked for: the client credentials grant (RFC 6749 §4.4), or another grant whose
/// fields are given.
pub struct Grant<'a> {
    /// The token endpoint.
    pub token_url: &'a str,
    /// Who asks.
    pub client_id: &'a str,
    /// Its secret; by [`ClientAuth::Certificate`] the certificate with its key, in PEM.
    pub client_secret: &'a Secret,
    /// How the secret is given.
    pub client_auth: ClientAuth,
    /// For what, words apart by spaces; empty for the default.
    pub scope: &'a str,
    /// Further fields of the form (`audience`, or a grant other than `client_credentials`).
    pub fields: Vec<(&'a str, Secret)>,
}

/// How a client proves who it is (RFC 6749 §2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuth {
    /// In the form.
    Form,
    /// By HTTP basic authentication.
    Basic,
    /// By an assertion in the form that is signed with the key of a certificate.
    Certificate,
}

struct Kept {
    token: Secret,
    until: Timestamp,
}

type Key = (String, String, [u8; 32]);

static KEPT: Mutex<BTreeMap<Key, Kept>> = Mutex::new(BTreeMap::new());

/// Tokens kept at a time; beyond it all are asked for again.
const MOST_KEPT: usize = 4096;

/// A token with less left than this is asked for again.
const SPARE: Duration = Duration::from_secs(60);

/// A token for this connection, kept or new.
///
/// # Errors
/// `Denied` if the authority refuses the client; else as [`Exchange::succeed`].
pub async fn token(
    http: &Http,
    connection: &Connection,
    grant: &Grant<'_>,
    now: Timestamp,
) -> Result<Secret, Error> {
    let key = key(connection, grant);
    {
        let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.get(&key).filter(|kept| kept.until > now) {
            return Ok(kept.token.clone());
        }
    }
    let (token, lives) = ask(http, grant, now).await?;
    let until = now + lives.saturating_sub(SPARE);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= MOST_KEPT {
        kept.clear();
    }
    kept.insert(key, Kept { token: token.clone(), until });
    Ok(token)
}

/// Makes and sends a request with a token. If the peer answers 401 (so nothing was done) although
/// the token was kept, a new one is asked for and the request made once more.
///
/// # Errors
/// As [`token`] and [`Exchange::send`]; a status outside 2xx is an answer.
pub async fn send(
    http: &Http,
    connection: &Connection,
    grant: &Grant<'_>,
    now: Timestamp,
    request: impl Fn() -> Exchange + Send + Sync,
) -> Result<Answer, Error> {
    let first = token(http, connection, grant, now).await?;
    let answer = request().with(|request| request.bearer_auth(first.reveal())).send().await?;
    if answer.status != 401 {
        return Ok(answer);
    }
    forget(connection, grant);
    let second = token(http, connection, grant, now).await?;
    if second.reveal() == first.reveal() {
        return Ok(answer);
    }
    request().with(|request| request.bearer_auth(second.reveal())).send().await
}

/// Drops the kept token, so that the next call asks for a new one.
pub fn forget(connection: &Connection, grant: &Grant<'_>) {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).remove(&key(connection, grant));
}

fn key(connection: &Connection, grant: &Grant<'_>) -> Key {
    let mut digest = Sha256::new();
    let mut part = |text: &str| {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text.as_bytes());
    };
    part(grant.token_url);
    part(grant.client_id);
    part(grant.client_secret.reveal());
    part(grant.scope);
    for (name, value) in &grant.fields {
        part(name);
        part(value.reveal());
    }
    (connection.tenant.to_string(), connection.name.clone(), digest.finalize().into())
}

/// The present moment. A connection's check is given none: there the authority is asked, whose date
/// is in every answer.
async fn moment(http: &Http, url: &str, now: Timestamp) -> Result<Timestamp, Error> {
    if now != Timestamp::UNIX_EPOCH {
        return Ok(now);
    }
    let answer = http.read(Method::GET, url).send().await?;
    let date = answer.header("date").and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    let undated = || Error::new(ErrorKind::Unexpected, "the authority's answer has no date");
    date.map(|date| date.to_utc()).ok_or_else(undated)
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    #[serde(default)]
    expires_in: Option<serde_json::Value>,
}

async fn ask(http: &Http, grant: &Grant<'_>, now: Timestamp) -> Result<(Secret, Duration), Error> {
    let mut form: Vec<(&str, &str)> = Vec::new();
    if !grant.fields.iter().any(|(name, _)| *name == "grant_type") {
        form.push(("grant_type", "client_credentials"));
    }
    if !grant.scope.is_empty() {
        form.push(("scope", grant.scope));
    }
    let mut asserted = None;
    match grant.client_auth {
        ClientAuth::Form => form.extend([
            ("client_id", grant.client_id),
            ("client_secret", grant.client_secret.reveal()),
        ]),
        ClientAuth::Certificate => {
            let (pem, id, url) = (grant.client_secret, grant.client_id, grant.token_url);
            let said = assertion::assertion(pem, id, url, moment(http, url, now).await?)?;
            asserted = Some(said);
            form.extend([("client_id", id), ("client_assertion_type", assertion::TYPE)]);
        }
        ClientAuth::Basic => {}
    }
    form.extend(asserted.iter().map(|said| ("client_assertion", said.reveal())));
    form.extend(grant.fields.iter().map(|(name, value)| (*name, value.reveal())));
    // A token that was granted and lost on the way harms nobody: at stake is as little as in a read.
    let exchange = http.read(Method::POST, grant.token_url).with(|request| {
        let request = request.form(&form);
        match grant.client_auth {
            ClientAuth::Basic => {
                request.basic_auth(grant.client_id, Some(grant.client_secret.reveal()))
            }
            ClientAuth::Form | ClientAuth::Certificate => request,
        }
    });
    let answer = exchange.send().await?;
    if matches!(answer.status, 400 | 401 | 403) {
        let detail = format!("no access token: the client was refused (HTTP {})", answer.status);
        return Err(Error::new(ErrorKind::Denied, detail).with_code(answer.status.into()));
    }
    if !answer.succeeded() {
        return Err(answer.refusal(now));
    }
    let granted: Granted = answer.json()?;
    // Some authorities write the number as a text.
    let seconds = granted.expires_in.and_then(|value| {
        value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
    });
    Ok((
        Secret::new(granted.access_token),
        Duration::from_secs(seconds.unwrap_or(300).min(24 * 60 * 60)),
    ))
}
