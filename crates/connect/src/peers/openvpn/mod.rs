//! The VPN gateway OpenVPN: forbid a client, and cut its live connection.
//!
//! *Versions tested*: OpenVPN 2.6 (the tests start it, with a live client).
//!
//! *Permissions*: the management interface (TCP, with its password if it has one), and to write
//! the gateway's `client-config-dir`. Kompel runs on the gateway, or has that folder mounted.
//!
//! *Limits*: a client is forbidden by the line `disable` in the file of its common name; OpenVPN
//! reads it when a client connects. It is forbidden first and cut then: clients connect again
//! within seconds. The certificate stays valid elsewhere: revoke it too if other gateways trust the
//! same authority. The management interface serves one program at a time: another one that stays
//! connected makes this one unreachable. Common names of letters, digits and `. _ @ -` only, which
//! is what OpenVPN itself makes of others.
//!
//! *Reference*: openvpn(8), `client-config-dir`; management-notes.txt.

#[cfg(test)]
mod tests;

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, Repeat, Secret};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    fs,
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

#[cfg(test)]
pub(super) use self::tests::bench;
use crate::{
    Action, Call, Check, CheckState, Connection, Connector, Error, ErrorKind,
    desired::{Desired, Difference, Reader, Reading, Toward, after_a_part},
    promise::{self, Promise},
};

/// The connector `openvpn`.
pub(super) fn connector() -> Arc<dyn Connector> {
    Arc::new(OpenVpn)
}

struct OpenVpn;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    management: String,
    client_config_dir: PathBuf,
    #[serde(default = "usual_timeout")]
    timeout_s: u64,
}

fn usual_timeout() -> u64 {
    20
}

#[async_trait]
impl Connector for OpenVpn {
    fn name(&self) -> &'static str {
        "openvpn"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![Arc::new(Reader(Find)), Arc::new(Toward(Gate::Block)), Arc::new(Toward(Gate::Unblock))]
    }

    fn settings(&self) -> Value {
        promise::object(
            &["management", "client_config_dir"],
            json!({
                "management": {
                    "type": "string", "pattern": "^[^:]+:[0-9]+$",
                    "description": "address and port of the management interface",
                },
                "password": {"type": "string", "format": "secret"},
                "client_config_dir": {"type": "string", "description": "as the gateway has it"},
                "timeout_s": {"type": "integer", "minimum": 1, "maximum": 300, "default": 20},
            }),
        )
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        let state = |result: Result<(), Error>| match result {
            Ok(()) => CheckState::Good,
            Err(error) => CheckState::Bad(error.to_string()),
        };
        let asked = async { Gateway::of(connection)?.clients().await.map(drop) };
        let read = async { Gateway::of(connection)?.file("nobody").await.map(drop) };
        vec![
            Check { what: "ask the management interface".to_owned(), state: state(asked.await) },
            Check { what: "read the client-config-dir".to_owned(), state: state(read.await) },
        ]
    }
}

/// One gateway.
struct Gateway {
    config: Config,
    password: Option<Secret>,
}

impl Gateway {
    fn of(connection: &Connection) -> Result<Self, Error> {
        let config = connection.settings.read()?;
        Ok(Self { config, password: connection.settings.secret("password").ok().cloned() })
    }

    /// The client's file: `None` if it has none.
    async fn file(&self, client: &str) -> Result<Option<String>, Error> {
        let folder = &self.config.client_config_dir;
        if !fs::try_exists(folder).await.unwrap_or(false) {
            let detail = "setting `client_config_dir`: there is no such folder";
            return Err(Error::new(ErrorKind::Unreachable, detail));
        }
        match fs::read(folder.join(client)).await {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(of_file(error)),
        }
    }

    /// Writes the client's file in one step, or takes it away.
    async fn write(&self, client: &str, text: Option<&str>) -> Result<(), Error> {
        let path = self.config.client_config_dir.join(client);
        let Some(text) = text else {
            return match fs::remove_file(&path).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(of_file(error)),
                _ => Ok(()),
            };
        };
        // A name that no client can have, in the same folder, so that the change is one step.
        let new = self.config.client_config_dir.join(format!("{client}~kompel"));
        fs::write(&new, text).await.map_err(of_file)?;
        if let Ok(old) = fs::metadata(&path).await {
            fs::set_permissions(&new, old.permissions()).await.map_err(of_file)?;
        }
        fs::rename(&new, &path).await.map_err(of_file)
    }

    /// The live connections of every client: common name, address, since.
    async fn clients(&self) -> Result<Vec<[String; 3]>, Error> {
        let mut management = Management::open(self).await?;
        let said = management.ask("status 3", "END", ErrorKind::Unreachable).await?;
        let rows = said.lines().filter_map(|line| line.strip_prefix("CLIENT_LIST\t"));
        Ok(rows
            .map(|row| {
                let mut cells = row.split('\t').map(str::to_owned);
                let mut cell = |at| cells.nth(at).unwrap_or_default();
                // Name, address, two inner addresses, two counts, since.
                [cell(0), cell(0), cell(4)]
            })
            .collect())
    }
}

/// One conversation with the management interface.
struct Management {
    stream: TcpStream,
    limit: Duration,
}

impl Management {
    async fn open(gateway: &Gateway) -> Result<Self, Error> {
        let limit = Duration::from_secs(gateway.config.timeout_s);
        let unreachable = || {
            let detail = "the management interface can't be reached, or another program holds it";
            Error::new(ErrorKind::Unreachable, detail)
        };
        let stream = timeout(limit, TcpStream::connect(&gateway.config.management))
            .await
            .map_err(|_| unreachable())?
            .map_err(|error| unreachable().because(error))?;
        let mut management = Self { stream, limit };
        if let Some(password) = &gateway.password {
            management.until(&[PROMPT]).await.ok_or_else(unreachable)?;
            let line = format!("{}\n", password.reveal());
            let sent = management.stream.write_all(line.as_bytes()).await;
            sent.map_err(|error| unreachable().because(error))?;
        }
        let greeting = management.until(&[">INFO:", PROMPT]).await.ok_or_else(unreachable)?;
        if greeting.ends_with(PROMPT) {
            let detail = "the management interface wants a password, or another one";
            return Err(Error::new(ErrorKind::Denied, detail));
        }
        management.until(&["\n"]).await.ok_or_else(unreachable)?;
        Ok(management)
    }

    /// Cuts all connections of a client.
    async fn kill(&mut self, client: &str) -> Result<(), Error> {
        let said = self.ask(&format!("kill {client}"), "", ErrorKind::OutcomeUnknown).await?;
        // "not found": the connection ended by itself meanwhile.
        if said.starts_with("SUCCESS") || said.contains("not found") {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Unexpected, "the management interface did not cut the client"))
    }

    /// Sends a command; gives what is said until a line that is `end` (or the first line, if `end`
    /// is empty). Without an answer the outcome is `lost`.
    async fn ask(&mut self, command: &str, end: &str, lost: ErrorKind) -> Result<String, Error> {
        let lost = || Error::new(lost, "the management interface did not answer");
        let line = format!("{command}\n");
        self.stream.write_all(line.as_bytes()).await.map_err(|error| lost().because(error))?;
        let mut said = String::new();
        loop {
            let line = self.until(&["\n"]).await.ok_or_else(lost)?;
            let line = line.trim_end();
            // Messages about other things come at any time.
            if line.starts_with('>') {
                continue;
            }
            if line == end {
                return Ok(said);
            }
            said.push_str(line);
            if end.is_empty() {
                return Ok(said);
            }
            said.push('\n');
        }
    }

    /// Reads up to and with one of these texts; `None` if none comes in time.
    async fn until(&mut self, ends: &[&str]) -> Option<String> {
        let read = async {
            let mut said = Vec::new();
            // Byte by byte: what follows belongs to the next answer.
            while !ends.iter().any(|end| said.ends_with(end.as_bytes())) {
                if said.len() > MAX_BYTES {
                    return None;
                }
                said.push(self.stream.read_u8().await.ok()?);
            }
            Some(String::from_utf8_lossy(&said).into_owned())
        };
        timeout(self.limit, read).await.ok().flatten()
    }
}

fn of_file(error: io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorKind::Denied,
        io::ErrorKind::NotFound => ErrorKind::Unreachable,
        _ => ErrorKind::Unexpected,
    };
    Error::new(kind, format!("the client's file: {}", error.kind())).because(error)
}

#[derive(Deserialize)]
struct OnUser {
    user: String,
}

/// The client's common name; as a file name it can't lead elsewhere.
fn client_of(call: &Call) -> Result<String, Error> {
    let OnUser { user } = promise::input(call)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '@' | '-');
    let fits = (1..=64).contains(&user.len()) && user.chars().all(plain);
    if !fits || user.starts_with(['.', '-']) {
        let detail = "a common name has 1 to 64 letters, digits or . _ @ - and begins with neither \
                      . nor -";
        return Err(Error::new(ErrorKind::Invalid, detail));
    }
    Ok(user)
}

fn user_input() -> Value {
    promise::object(
        &["user"],
        json!({
            "user": {
                "type": "string", "pattern": "^[A-Za-z0-9_@][A-Za-z0-9._@-]{0,63}$",
                "description": "the client's common name",
            },
        }),
    )
}

/// `openvpn.find-user`.
struct Find;

#[async_trait]
impl Reading for Find {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "openvpn.find-user",
            summary: "Says whether a client is forbidden, and which connections of it are live",
            system: SYSTEM,
            effect: ActionEffect::Read,
            repeat: Repeat::Natural,
            permissions: &["management interface", "read the client-config-dir"],
            input: user_input(),
            output: promise::object(
                &["user", "blocked", "sessions"],
                json!({
                    "user": {"type": "string"},
                    "blocked": {"type": "boolean"},
                    "sessions": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "from": {"type": "string"},
                                "since": {"type": "string"},
                            },
                        },
                    },
                }),
            ),
        }
        .spec()
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let user = client_of(call)?;
        let gateway = Gateway::of(&call.connection)?;
        let file = gateway.file(&user).await?;
        let live = gateway.clients().await?;
        let sessions: Vec<Value> = live
            .iter()
            .filter(|row| row[0] == user)
            .map(|[_, from, since]| json!({"from": from, "since": since}))
            .collect();
        Ok(json!({"user": user, "blocked": forbidden(file.as_deref()), "sessions": sessions}))
    }
}

fn forbidden(file: Option<&str>) -> bool {
    file.is_some_and(|text| text.lines().any(|line| line.trim() == "disable"))
}

/// The file with the line, first; the rest stays as it is.
fn with_line(file: Option<&str>) -> String {
    format!("disable\n{}", file.unwrap_or_default())
}

/// The file without the line; `None` if nothing is left.
fn without_line(file: &str) -> Option<String> {
    let kept: String = file.split_inclusive('\n').filter(|line| line.trim() != "disable").collect();
    (!kept.is_empty()).then_some(kept)
}

/// `openvpn.block` and `openvpn.unblock`.
enum Gate {
    Block,
    Unblock,
}

#[async_trait]
impl Desired for Gate {
    fn spec(&self) -> ActionSpec {
        let (name, summary, undo) = match self {
            Self::Block => (
                "openvpn.block",
                "Forbids a client to connect, then cuts its live connections",
                "openvpn.unblock",
            ),
            Self::Unblock => {
                ("openvpn.unblock", "Lets a forbidden client connect again", "openvpn.block")
            }
        };
        Promise {
            name,
            summary,
            system: SYSTEM,
            effect: promise::undone_by(undo),
            repeat: Repeat::Natural,
            permissions: &["management interface", "write the client-config-dir"],
            input: user_input(),
            output: promise::object(
                &["user", "blocked"],
                json!({"user": {"type": "string"}, "blocked": {"type": "boolean"}}),
            ),
        }
        .spec()
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let user = client_of(call)?;
        let gateway = Gateway::of(&call.connection)?;
        let wanted = matches!(self, Self::Block);
        let live = gateway.clients().await?;
        let now = forbidden(gateway.file(&user).await?.as_deref());
        let mut changes = Vec::new();
        if now != wanted {
            changes.push(promise::change(&user, "blocked", now.into(), wanted.into()));
        }
        if wanted {
            for [_, from, _] in live.iter().filter(|row| row[0] == user) {
                let property = format!("connection from {from}");
                changes.push(promise::change(&user, &property, "live".into(), "cut".into()));
            }
        }
        let output = json!({"user": user, "blocked": wanted});
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let user = client_of(call)?;
        let gateway = Gateway::of(&call.connection)?;
        let file = gateway.file(&user).await?;
        match self {
            Self::Block => {
                // Reached before the file is written, so that a gateway that is gone changes
                // nothing.
                let mut management = Management::open(&gateway).await?;
                if !forbidden(file.as_deref()) {
                    gateway.write(&user, Some(&with_line(file.as_deref()))).await?;
                }
                management.kill(&user).await.map_err(after_a_part)?;
            }
            Self::Unblock => {
                let kept = without_line(file.as_deref().unwrap_or_default());
                gateway.write(&user, kept.as_deref()).await?;
                // The file lets nobody in if the gateway has gone meanwhile.
                gateway.clients().await.map_err(after_a_part)?;
            }
        }
        Ok(difference.output)
    }

    fn undo(&self, input: &Value, plan: &Plan, _output: &Value) -> Option<Value> {
        // A connection that was cut comes back by itself.
        let changed = plan.changes.iter().any(|change| change.property == "blocked");
        changed.then(|| json!({"user": input["user"]}))
    }
}

const SYSTEM: &str = "VPN (OpenVPN)";
const PROMPT: &str = "ENTER PASSWORD:";
const MAX_BYTES: usize = 4 << 20;
