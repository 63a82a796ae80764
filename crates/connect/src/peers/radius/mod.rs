//! FreeRADIUS: reject a person at every gateway that asks this server (VPN, Wi-Fi, switches).
//!
//! *Versions tested*: FreeRADIUS 3.2 (the tests start it).
//!
//! *Permissions*: to write one file of Kompel's own, which the server's `users` file includes in
//! its first line (`$INCLUDE /etc/freeradius/3.0/kompel-blocked`); to run the command that makes
//! the server read it again (a restart: FreeRADIUS does not read that file again on HUP); to be a
//! client of the server with a shared secret. Kompel runs on the server.
//!
//! *Proof*: the file says little, for the server may not have read it. So each look asks the server
//! itself: an Access-Request for the person with a password that nobody has, by `radclient`. A
//! blocked person's refusal bears Kompel's own Reply-Message, which no other refusal does.
//!
//! *Limits*: a session that a gateway has already let in goes on: cut it at the gateway. For a
//! person who is not blocked, each look is one failed sign-in: mind a low lock-out limit. Other
//! RADIUS servers, and those that ask a directory for membership of a group: use
//! `ad.remove-from-groups` with that group, or `ad.disable`.
//!
//! *Reference*: users(5), radclient(1); RFC 2865.

#[cfg(test)]
mod tests;

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, Repeat};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::fs;

#[cfg(test)]
pub(super) use self::tests::bench;
use crate::{
    Action, Call, Check, CheckState, Connection, Connector, Error, ErrorKind,
    desired::{Desired, Difference, Reader, Reading, Toward},
    program::{self, Run},
    promise::{self, Promise},
};

/// The connector `radius`.
pub(super) fn connector() -> Arc<dyn Connector> {
    Arc::new(Radius)
}

struct Radius;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    server: String,
    block_file: PathBuf,
    reload: Vec<String>,
    #[serde(default = "usual_radclient")]
    radclient: String,
    #[serde(default = "usual_timeout")]
    timeout_s: u64,
}

fn usual_radclient() -> String {
    "radclient".to_owned()
}

fn usual_timeout() -> u64 {
    30
}

#[async_trait]
impl Connector for Radius {
    fn name(&self) -> &'static str {
        "radius"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![Arc::new(Reader(Find)), Arc::new(Toward(Gate::Block)), Arc::new(Toward(Gate::Unblock))]
    }

    fn settings(&self) -> Value {
        promise::object(
            &["server", "secret", "block_file", "reload"],
            json!({
                "server": {"type": "string", "description": "address:port for authentication"},
                "secret": {"type": "string", "format": "secret"},
                "block_file": {
                    "type": "string",
                    "description": "a file of Kompel's own that the users file includes first",
                },
                "reload": {
                    "type": "array", "minItems": 1, "maxItems": 16, "items": {"type": "string"},
                    "description": "a program with its arguments: [\"systemctl\", \"restart\", \
                                    \"freeradius\"]",
                },
                "radclient": {"type": "string", "default": "radclient"},
                "timeout_s": {"type": "integer", "minimum": 1, "maximum": 300, "default": 30},
            }),
        )
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        let state = |result: Result<(), Error>| match result {
            Ok(()) => CheckState::Good,
            Err(error) => CheckState::Bad(error.to_string()),
        };
        let server = async { Server::of(connection) };
        let read = async { server.await?.blocked().await.map(drop) };
        let asked = async { Server::of(connection)?.rejects(NOBODY).await.map(drop) };
        vec![
            Check { what: "read the block file".to_owned(), state: state(read.await) },
            Check { what: "ask the server".to_owned(), state: state(asked.await) },
        ]
    }
}

/// One server.
struct Server<'a> {
    config: Config,
    connection: &'a Connection,
}

impl<'a> Server<'a> {
    fn of(connection: &'a Connection) -> Result<Self, Error> {
        Ok(Self { config: connection.settings.read()?, connection })
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(self.config.timeout_s)
    }

    /// The people in the file.
    async fn blocked(&self) -> Result<Vec<String>, Error> {
        match fs::read_to_string(&self.config.block_file).await {
            Ok(text) => Ok(read(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(of_file(error)),
        }
    }

    /// Writes the file in one step; whoever could read the old one can read the new one.
    async fn write(&self, people: &[String]) -> Result<(), Error> {
        let path = &self.config.block_file;
        let new = path.with_extension("kompel-new");
        fs::write(&new, written(people)).await.map_err(of_file)?;
        if let Ok(old) = fs::metadata(path).await {
            fs::set_permissions(&new, old.permissions()).await.map_err(of_file)?;
            let (user, group) = owner(&old);
            // Only root may; anyone else keeps being the owner, which is then as it was.
            let _ = std::os::unix::fs::chown(&new, Some(user), Some(group));
        }
        fs::rename(&new, path).await.map_err(of_file)
    }

    async fn reload(&self) -> Result<(), Error> {
        let words: Vec<&str> = self.config.reload.iter().map(String::as_str).collect();
        let said = program::run(&words, "", Run::Writing, self.limit()).await?;
        if said.code == 0 {
            return Ok(());
        }
        let code = u32::try_from(said.code).unwrap_or_default();
        let detail = "the server did not take the change over: the setting `reload` failed";
        Err(Error::new(ErrorKind::Unexpected, detail).with_code(code))
    }

    /// Asks the server whether it rejects this person because they are in the file.
    async fn rejects(&self, user: &str) -> Result<bool, Error> {
        // The secret goes in by standard input, so the rest needs a file; it holds no secret.
        let file = self.config.block_file.with_extension(format!("ask-{user}"));
        let request = format!(
            "User-Name = \"{user}\"\nUser-Password = \"kompel looks\"\n\
             Message-Authenticator = 0x00\n"
        );
        fs::write(&file, request).await.map_err(of_file)?;
        let answer = self.ask(&file.display().to_string()).await;
        fs::remove_file(&file).await.map_err(of_file)?;
        answer
    }

    async fn ask(&self, request: &str) -> Result<bool, Error> {
        let words = [
            self.config.radclient.as_str(),
            "-x",
            "-r",
            "2",
            "-t",
            "3",
            "-S",
            "/dev/stdin",
            "-f",
            request,
            &self.config.server,
            "auth",
        ];
        let secret = format!("{}\n", self.connection.settings.secret("secret")?.reveal());
        let said = program::run(&words, &secret, Run::Reading, self.limit()).await?;
        let answer = said.out.split_once("Received ").map_or("", |(_, answer)| answer);
        match answer.split_whitespace().next() {
            Some("Access-Reject") => Ok(answer.contains(&format!("Reply-Message = \"{MESSAGE}\""))),
            Some("Access-Accept" | "Access-Challenge") => Ok(false),
            _ => {
                let detail = "the server does not answer, or not with this secret";
                Err(Error::new(ErrorKind::Unreachable, detail))
            }
        }
    }
}

fn owner(old: &std::fs::Metadata) -> (u32, u32) {
    use std::os::unix::fs::MetadataExt as _;
    (old.uid(), old.gid())
}

fn of_file(error: io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorKind::Denied,
        io::ErrorKind::NotFound => ErrorKind::Unreachable,
        _ => ErrorKind::Unexpected,
    };
    Error::new(kind, format!("the block file: {}", error.kind())).because(error)
}

/// The people in the file's text.
fn read(text: &str) -> Vec<String> {
    let entries = text.lines().filter_map(|line| line.strip_prefix('"'));
    entries.filter_map(|line| line.split_once('"').map(|(name, _)| name.to_owned())).collect()
}

/// The file's text for these people.
fn written(people: &[String]) -> String {
    let mut text = "# Written by Kompel; changes by hand are lost.\n".to_owned();
    for name in people {
        text.push_str(&format!(
            "\"{name}\" Auth-Type := Reject\n\tReply-Message := \"{MESSAGE}\"\n"
        ));
    }
    text
}

#[derive(Deserialize)]
struct OnUser {
    user: String,
}

/// The person; their name can't be taken for anything else in the file. `DEFAULT` would be
/// everybody.
fn user_of(call: &Call) -> Result<String, Error> {
    let OnUser { user } = promise::input(call)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '@' | '-');
    let fits = (1..=64).contains(&user.len()) && user.chars().all(plain);
    if !fits || user.eq_ignore_ascii_case("default") {
        let detail = "a user name has 1 to 64 letters, digits or . _ @ - and is not DEFAULT";
        return Err(Error::new(ErrorKind::Invalid, detail));
    }
    Ok(user)
}

fn user_input() -> Value {
    promise::object(
        &["user"],
        json!({
            "user": {
                "type": "string", "pattern": "^[A-Za-z0-9._@-]{1,64}$",
                "description": "as gateways send it (User-Name)",
            },
        }),
    )
}

/// `radius.find-user`.
struct Find;

#[async_trait]
impl Reading for Find {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "radius.find-user",
            summary: "Says whether a person is listed as blocked, and whether the server rejects them",
            system: SYSTEM,
            effect: ActionEffect::Read,
            repeat: Repeat::Natural,
            permissions: &["read the block file", "Access-Request"],
            input: user_input(),
            output: promise::object(
                &["user", "listed", "rejected"],
                json!({
                    "user": {"type": "string"},
                    "listed": {"type": "boolean"},
                    "rejected": {"type": "boolean", "description": "because they are listed"},
                }),
            ),
        }
        .spec()
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let user = user_of(call)?;
        let server = Server::of(&call.connection)?;
        let listed = server.blocked().await?.contains(&user);
        Ok(json!({"user": user, "listed": listed, "rejected": server.rejects(&user).await?}))
    }
}

/// `radius.block` and `radius.unblock`.
enum Gate {
    Block,
    Unblock,
}

#[async_trait]
impl Desired for Gate {
    fn spec(&self) -> ActionSpec {
        let (name, summary, undo) = match self {
            Self::Block => (
                "radius.block",
                "Makes the RADIUS server reject a person, whatever the password",
                "radius.unblock",
            ),
            Self::Unblock => (
                "radius.unblock",
                "Lets the RADIUS server judge a person by the password again",
                "radius.block",
            ),
        };
        Promise {
            name,
            summary,
            system: SYSTEM,
            effect: promise::undone_by(undo),
            repeat: Repeat::Natural,
            permissions: &["write the block file", "restart the server", "Access-Request"],
            input: user_input(),
            output: promise::object(
                &["user", "blocked"],
                json!({"user": {"type": "string"}, "blocked": {"type": "boolean"}}),
            ),
        }
        .spec()
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let user = user_of(call)?;
        let server = Server::of(&call.connection)?;
        let wanted = matches!(self, Self::Block);
        let mut changes = Vec::new();
        for (property, now) in [
            (LISTED, server.blocked().await?.contains(&user)),
            ("rejected by the server", server.rejects(&user).await?),
        ] {
            if now != wanted {
                changes.push(promise::change(&user, property, now.into(), wanted.into()));
            }
        }
        let output = json!({"user": user, "blocked": wanted});
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let user = user_of(call)?;
        let server = Server::of(&call.connection)?;
        let mut people = server.blocked().await?;
        people.retain(|name| *name != user);
        if matches!(self, Self::Block) {
            people.push(user);
            people.sort();
        }
        server.write(&people).await?;
        server.reload().await?;
        Ok(difference.output)
    }

    fn undo(&self, input: &Value, plan: &Plan, _output: &Value) -> Option<Value> {
        let changed = plan.changes.iter().any(|change| change.property == LISTED);
        changed.then(|| json!({"user": input["user"]}))
    }
}

const SYSTEM: &str = "RADIUS";
const LISTED: &str = "listed as blocked";

/// What only our own refusals say.
const MESSAGE: &str = "blocked by kompel";

/// A person who is surely not there, to ask after.
const NOBODY: &str = "kompel-check";
