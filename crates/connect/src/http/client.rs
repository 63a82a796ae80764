//! The shared client and one exchange with a peer.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use kompel_model::Timestamp;
use reqwest::{Certificate, Client, Method, RequestBuilder, redirect};
use rustls::crypto::aws_lc_rs;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{Answer, guard::Guard};
use crate::{Connection, Error, ErrorKind};

/// The settings that every connection over HTTP may have; [`HttpSettings::schema`] puts a
/// connector's own beside them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(default)]
pub struct HttpSettings {
    /// A PEM file with certificate authorities to trust beside the machine's own.
    pub ca_file: Option<PathBuf>,
    /// The longest that one exchange may take, in seconds, connecting included.
    pub timeout_s: u32,
    /// The longest that connecting may take, in seconds, name and TLS included.
    pub connect_timeout_s: u32,
    /// The largest body that is read of an answer.
    pub most_bytes: usize,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self { ca_file: None, timeout_s: 30, connect_timeout_s: 10, most_bytes: 4 << 20 }
    }
}

impl HttpSettings {
    /// JSON Schema of each setting, by name.
    pub fn properties() -> Map<String, Value> {
        let properties = json!({
            "ca_file": {
                "type": "string",
                "description": "PEM file with certificate authorities to trust beside the machine's own",
            },
            "timeout_s": {"type": "integer", "minimum": 1, "maximum": 600, "default": 30},
            "connect_timeout_s": {"type": "integer", "minimum": 1, "maximum": 60, "default": 10},
            "most_bytes": {
                "type": "integer", "minimum": 1024, "maximum": 67_108_864, "default": 4_194_304,
                "description": "largest answer that is read, in bytes",
            },
        });
        properties.as_object().cloned().unwrap_or_default()
    }

    /// JSON Schema of a connection's settings: these and the connector's own, no others.
    pub fn schema(required: &[&str], own: &Value) -> Value {
        let mut properties = Self::properties();
        properties.extend(own.as_object().cloned().unwrap_or_default());
        json!({
            "type": "object",
            "required": required,
            "additionalProperties": false,
            "properties": properties,
        })
    }
}

/// What is at stake if an exchange breaks after it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stake {
    /// Nothing: it only reads, so a broken exchange is as good as none.
    Read,
    /// It may have been done: a broken exchange is `OutcomeUnknown`.
    Write,
}

/// A client for one connection. Cheap to make: clients with the same settings are shared.
#[derive(Clone)]
pub struct Http {
    clients: Clients,
    settings: HttpSettings,
}

/// Reads may use a connection again. Writes never do: a peer that closes an idle connection at the
/// wrong moment would turn a harmless "not sent" into an unknown outcome.
#[derive(Clone)]
struct Clients {
    read: Client,
    write: Client,
}

type Shared = BTreeMap<(HttpSettings, [u8; 32]), Clients>;

static SHARED: Mutex<Shared> = Mutex::new(BTreeMap::new());

/// More than any one process has connections; beyond it the oldest are made again.
const MOST_SHARED: usize = 256;

impl Http {
    /// The client for this connection's settings.
    ///
    /// # Errors
    /// `Invalid` if a setting can't be used.
    pub fn of(connection: &Connection) -> Result<Self, Error> {
        Self::new(connection.settings.read()?)
    }

    /// A client with these settings.
    ///
    /// # Errors
    /// `Invalid` if the file with authorities can't be used.
    pub fn new(settings: HttpSettings) -> Result<Self, Error> {
        let authorities = match &settings.ca_file {
            Some(file) => read_authorities(file)?,
            None => Vec::new(),
        };
        let key = (settings.clone(), Sha256::digest(&authorities).into());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(clients) = shared.get(&key) {
            return Ok(Self { clients: clients.clone(), settings });
        }
        let clients = Clients {
            read: client(&settings, &authorities, 8)?,
            write: client(&settings, &authorities, 0)?,
        };
        if shared.len() >= MOST_SHARED {
            shared.clear();
        }
        shared.insert(key, clients.clone());
        Ok(Self { clients, settings })
    }

    /// An exchange that changes nothing.
    pub fn read(&self, method: Method, url: &str) -> Exchange {
        self.exchange(self.clients.read.request(method, url), Stake::Read)
    }

    /// An exchange that may change something.
    pub fn write(&self, method: Method, url: &str) -> Exchange {
        self.exchange(self.clients.write.request(method, url), Stake::Write)
    }

    fn exchange(&self, request: RequestBuilder, stake: Stake) -> Exchange {
        Exchange { request, stake, most_bytes: self.settings.most_bytes }
    }
}

/// One request that is being made ready, and what is at stake with it.
pub struct Exchange {
    request: RequestBuilder,
    stake: Stake,
    most_bytes: usize,
}

impl Exchange {
    /// The same with what `add` adds: headers, query, body, credentials.
    #[must_use]
    pub fn with(self, add: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Self {
        Self { request: add(self.request), ..self }
    }

    /// Sends it and gives the answer, whatever its status.
    ///
    /// # Errors
    /// `Invalid` if the request can't be made; `Unreachable` if nothing was sent, or if a read got
    /// no whole answer; `OutcomeUnknown` if a write was sent and got none.
    ///
    /// # Cancel safety
    /// A write that is dropped may have been done: treat it as an unknown outcome.
    pub async fn send(self) -> Result<Answer, Error> {
        let mut response = match self.request.send().await {
            Ok(response) => response,
            Err(error) => return Err(broken(error, self.stake)),
        };
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(None) => return Ok(Answer { status, headers, body, stake: self.stake }),
                Ok(Some(chunk)) if body.len() + chunk.len() <= self.most_bytes => {
                    body.extend_from_slice(&chunk);
                }
                Ok(Some(_)) => return Err(too_large(status, self.most_bytes, self.stake)),
                Err(error) => return Err(broken(error, self.stake)),
            }
        }
    }

    /// Sends it and gives the answer if its status is 2xx; `now` reads a `Retry-After` date.
    ///
    /// # Errors
    /// As [`Exchange::send`], and [`Answer::refusal`] for any other status.
    pub async fn succeed(self, now: Timestamp) -> Result<Answer, Error> {
        let answer = self.send().await?;
        if answer.succeeded() { Ok(answer) } else { Err(answer.refusal(now)) }
    }
}

/// The PEM texts of the file that a setting `ca_file` names.
///
/// # Errors
/// `Invalid` if it can't be read or holds no certificate: a setting that trusts nobody is a mistake
/// that would else come out as an unreachable peer.
pub fn read_authorities(file: &Path) -> Result<Vec<u8>, Error> {
    let wrong = |why: &str| {
        let detail = format!("setting `ca_file`: {} {why}", file.display());
        Error::new(ErrorKind::Invalid, detail)
    };
    let bytes = fs::read(file).map_err(|error| wrong("can't be read").because(error))?;
    let begins = b"-----BEGIN CERTIFICATE-----";
    match bytes.windows(begins.len()).any(|window| window == begins) {
        true => Ok(bytes),
        false => Err(wrong("holds no certificate in PEM form")),
    }
}

fn client(settings: &HttpSettings, authorities: &[u8], idle: usize) -> Result<Client, Error> {
    // Fails only if a provider is there already, which is then used.
    drop(aws_lc_rs::default_provider().install_default());
    let unusable = |error: reqwest::Error| {
        Error::new(ErrorKind::Invalid, "setting `ca_file` holds no usable certificates")
            .because(error)
    };
    let builder = || {
        Client::builder()
            .user_agent(concat!("kompel/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .dns_resolver(std::sync::Arc::new(Guard))
            .timeout(Duration::from_secs(settings.timeout_s.into()))
            .connect_timeout(Duration::from_secs(settings.connect_timeout_s.into()))
            .pool_max_idle_per_host(idle)
            .pool_idle_timeout(Duration::from_secs(10))
            .retry(reqwest::retry::never())
    };
    if !authorities.is_empty() {
        let extra = Certificate::from_pem_bundle(authorities).map_err(unusable)?;
        return builder().tls_certs_merge(extra).build().map_err(unusable);
    }
    // A machine without any authority can still speak to peers that need none.
    builder().build().or_else(|_| builder().tls_certs_only([]).build()).map_err(unusable)
}

/// What an exchange that got no whole answer means.
fn broken(error: reqwest::Error, stake: Stake) -> Error {
    // The address may hold names of people or tokens.
    let error = error.without_url();
    if error.is_builder() {
        return Error::new(ErrorKind::Invalid, "the request can't be made").because(error);
    }
    if error.is_connect() {
        let detail = match refused_by_guard(&error) {
            Some(why) => why,
            None => "the peer can't be reached".to_owned(),
        };
        return Error::new(ErrorKind::Unreachable, detail).because(error);
    }
    let how = if error.is_timeout() { "no answer in time" } else { "the answer broke off" };
    match stake {
        Stake::Read => Error::new(ErrorKind::Unreachable, how).because(error),
        Stake::Write => {
            let detail = format!("{how} after the request was sent");
            Error::new(ErrorKind::OutcomeUnknown, detail).because(error)
        }
    }
}

fn refused_by_guard(error: &reqwest::Error) -> Option<String> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(one) = cause {
        if let Some(io) = one.downcast_ref::<io::Error>()
            && io.kind() == io::ErrorKind::PermissionDenied
        {
            return Some(io.to_string());
        }
        cause = one.source();
    }
    None
}

fn too_large(status: u16, most: usize, stake: Stake) -> Error {
    let kind = match stake {
        Stake::Read => ErrorKind::Unexpected,
        Stake::Write => ErrorKind::OutcomeUnknown,
    };
    Error::new(kind, format!("the answer is larger than {most} bytes")).with_code(status.into())
}
