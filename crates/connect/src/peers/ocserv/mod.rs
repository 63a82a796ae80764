//! The VPN gateway ocserv: lock an account, and cut its live sessions.
//!
//! *Versions tested*: ocserv 1.1.6 (the tests start it, with a live openconnect session).
//!
//! *Permissions*: to run `occtl` and `ocpasswd` on the gateway and to read the password file:
//! root, or a user that may run just these. `via` names a program in front of them
//! (`["ssh", "-oBatchMode=yes", "kompel@gw1"]`, `["sudo", "-n"]`). User names are held against a
//! plain pattern before they become an argument, and no shell is ever asked.
//!
//! *Limits, seen on a real gateway*: locking comes first, since clients connect again at once.
//! But ocserv gives a client a *cookie* that lets it back in without the password for
//! `cookie-timeout` (300 s by default), lock or no lock. Cutting a live session takes its cookie
//! away only with `persistent-cookies = false`; the cookie of a session that just lost its line
//! survives in any case. So `ocserv.block` counts as done only when no cookie is left, or where the
//! gateway's `connect-script` refuses locked accounts (say so with `guarded = true`):
//!
//! ```sh
//! #!/bin/sh
//! ! grep -q "^$USERNAME:[^:]*:!" /etc/ocserv/ocpasswd
//! ```
//!
//! Accounts that live elsewhere (RADIUS, PAM, a directory) are locked there; leave `password_file`
//! out, and only sessions are cut here.
//!
//! *Reference*: ocserv(8), occtl(8), ocpasswd(8).

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, Repeat};
use serde::Deserialize;
use serde_json::{Value, json};

#[cfg(test)]
pub(super) use self::tests::bench;
use crate::{
    Action, Call, Check, CheckState, Connection, Connector, Error, ErrorKind, Look, Verified,
    desired::{Desired, Difference, Reader, Reading, Toward},
    program::{self, Run, Said},
    promise::{self, Promise},
};

/// The connector `ocserv`.
pub(super) fn connector() -> Arc<dyn Connector> {
    Arc::new(Ocserv)
}

struct Ocserv;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(default)]
    via: Vec<String>,
    #[serde(default = "usual_occtl")]
    occtl: String,
    #[serde(default = "usual_ocpasswd")]
    ocpasswd: String,
    socket: Option<String>,
    password_file: Option<String>,
    #[serde(default)]
    guarded: bool,
    #[serde(default = "usual_timeout")]
    timeout_s: u64,
}

fn usual_occtl() -> String {
    "occtl".to_owned()
}

fn usual_ocpasswd() -> String {
    "ocpasswd".to_owned()
}

fn usual_timeout() -> u64 {
    20
}

#[async_trait]
impl Connector for Ocserv {
    fn name(&self) -> &'static str {
        "ocserv"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![Arc::new(Reader(Find)), Arc::new(Block), Arc::new(Toward(Unblock))]
    }

    fn settings(&self) -> Value {
        // What becomes an argument behind `ssh` is read by a shell there.
        let plain = "^[A-Za-z0-9_./@:=+-]+$";
        promise::object(
            &[],
            json!({
                "via": {
                    "type": "array", "maxItems": 16, "items": {"type": "string"},
                    "description": "a program in front of each command, with its arguments",
                },
                "occtl": {"type": "string", "pattern": plain, "default": "occtl"},
                "ocpasswd": {"type": "string", "pattern": plain, "default": "ocpasswd"},
                "socket": {"type": "string", "pattern": plain, "description": "occtl-socket-file"},
                "password_file": {
                    "type": "string", "pattern": plain,
                    "description": "the gateway's ocpasswd file; left out: accounts live elsewhere",
                },
                "guarded": {
                    "type": "boolean", "default": false,
                    "description": "true: the gateway's connect-script refuses locked accounts",
                },
                "timeout_s": {"type": "integer", "minimum": 1, "maximum": 300, "default": 20},
            }),
        )
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        let gateway = match Gateway::of(connection) {
            Ok(gateway) => gateway,
            Err(error) => {
                let state = CheckState::Bad(error.to_string());
                return vec![Check { what: "settings".to_owned(), state }];
            }
        };
        let state = |result: Result<(), Error>| match result {
            Ok(()) => CheckState::Good,
            Err(error) => CheckState::Bad(error.to_string()),
        };
        let mut checks = vec![Check {
            what: "list sessions".to_owned(),
            state: state(gateway.rows(&["show", "users"]).await.map(drop)),
        }];
        if gateway.config.password_file.is_some() {
            let read = gateway.locked("nobody").await.map(drop);
            checks.push(Check { what: "read the password file".to_owned(), state: state(read) });
        }
        if !gateway.config.guarded {
            let because = "a locked account comes back with a cookie for some minutes: add a \
                           connect-script, then set guarded = true";
            let state = CheckState::Warning(because.to_owned());
            checks.push(Check { what: "cookies".to_owned(), state });
        }
        checks
    }
}

/// One gateway.
struct Gateway {
    config: Config,
}

/// What it knows of one account.
#[derive(Debug)]
struct Standing {
    /// `None`: the gateway keeps no such account.
    locked: Option<bool>,
    sessions: Vec<Value>,
    cookies: usize,
}

impl Gateway {
    fn of(connection: &Connection) -> Result<Self, Error> {
        Ok(Self { config: connection.settings.read()? })
    }

    async fn run(&self, words: &[&str], run: Run) -> Result<Said, Error> {
        let via = self.config.via.iter().map(String::as_str);
        let words: Vec<&str> = via.chain(words.iter().copied()).collect();
        program::run(&words, "", run, Duration::from_secs(self.config.timeout_s)).await
    }

    async fn occtl(&self, words: &[&str], run: Run) -> Result<Said, Error> {
        let mut all = vec![self.config.occtl.as_str()];
        if let Some(socket) = &self.config.socket {
            all.extend(["-s", socket]);
        }
        all.push("-j");
        all.extend(words);
        self.run(&all, run).await
    }

    async fn rows(&self, words: &[&str]) -> Result<Vec<Value>, Error> {
        let said = self.occtl(words, Run::Reading).await?;
        if said.code != 0 {
            return Err(refused("occtl", &said));
        }
        let text = repaired(&said.out);
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        serde_json::from_str(&text).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            Error::new(ErrorKind::Unexpected, format!("occtl's answer is no JSON ({place})"))
        })
    }

    async fn locked(&self, user: &str) -> Result<Option<bool>, Error> {
        let Some(file) = &self.config.password_file else { return Ok(None) };
        let said = self.run(&["cat", file], Run::Reading).await?;
        if said.code != 0 {
            return Err(refused("the password file", &said));
        }
        let mut lines = said.out.lines().map(|line| line.split(':'));
        let line = lines.find_map(|mut parts| (parts.next() == Some(user)).then_some(parts));
        Ok(line.map(|mut parts| parts.nth(1).is_some_and(|hash| hash.starts_with('!'))))
    }

    async fn standing(&self, user: &str) -> Result<Standing, Error> {
        let of_user = |rows: Vec<Value>| -> Vec<Value> {
            rows.into_iter().filter(|row| row["Username"] == user).collect()
        };
        Ok(Standing {
            locked: self.locked(user).await?,
            sessions: of_user(self.rows(&["show", "users"]).await?),
            cookies: of_user(self.rows(&["show", "sessions", "valid"]).await?).len(),
        })
    }

    async fn set_lock(&self, flag: &str, user: &str) -> Result<(), Error> {
        let Some(file) = &self.config.password_file else { return Ok(()) };
        let words = [self.config.ocpasswd.as_str(), "-c", file, flag, user];
        let said = self.run(&words, Run::Writing).await?;
        if said.code == 0 { Ok(()) } else { Err(refused("ocpasswd", &said)) }
    }

    /// Cuts every session. One that ended by itself meanwhile is as good.
    async fn cut(&self, user: &str) -> Result<(), Error> {
        for _ in 0..CUTS {
            let standing = self.standing(user).await?;
            if standing.sessions.is_empty() {
                return Ok(());
            }
            let said = self.occtl(&["disconnect", "user", user], Run::Writing).await?;
            if said.code != 0 && !self.standing(user).await?.sessions.is_empty() {
                return Err(refused("occtl", &said));
            }
            tokio::time::sleep(CUT_PAUSE).await;
        }
        Ok(())
    }
}

/// occtl leaves a comma behind the last member of some objects.
fn repaired(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    for sign in text.chars() {
        if !quoted && matches!(sign, '}' | ']') {
            let kept = out.trim_end().trim_end_matches(',').len();
            out.truncate(kept);
        }
        match sign {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        out.push(sign);
    }
    out
}

/// What a program's refusal means. Its words may name the account, so they are not kept.
fn refused(what: &str, said: &Said) -> Error {
    let words = format!("{} {}", said.out, said.err).to_lowercase();
    let kind = if words.contains("denied") || words.contains("not permitted") {
        ErrorKind::Denied
    } else if words.contains("no such file")
        || words.contains("connect")
        || words.contains("refused")
        || said.code == 255
    {
        ErrorKind::Unreachable
    } else {
        ErrorKind::Unexpected
    };
    let why = match kind {
        ErrorKind::Denied => "no permission",
        ErrorKind::Unreachable => "can't be reached",
        _ => "failed",
    };
    let code = u32::try_from(said.code).unwrap_or_default();
    Error::new(kind, format!("{what}: {why}")).with_code(code)
}

#[derive(Deserialize)]
struct OnUser {
    user: String,
}

/// The account; its name can't be taken for anything else.
fn user_of(call: &Call) -> Result<String, Error> {
    let OnUser { user } = promise::input(call)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '@' | '-');
    if user.is_empty() || user.len() > 64 || user.starts_with('-') || !user.chars().all(plain) {
        let detail = "a user name has 1 to 64 letters, digits or . _ @ - and does not begin with -";
        return Err(Error::new(ErrorKind::Invalid, detail));
    }
    Ok(user)
}

fn user_input() -> Value {
    promise::object(
        &["user"],
        json!({"user": {"type": "string", "pattern": "^[A-Za-z0-9._@][A-Za-z0-9._@-]{0,63}$"}}),
    )
}

/// `ocserv.find-user`.
struct Find;

#[async_trait]
impl Reading for Find {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "ocserv.find-user",
            summary: "Says whether the gateway keeps an account, its lock, its live sessions",
            system: SYSTEM,
            effect: ActionEffect::Read,
            repeat: Repeat::Natural,
            permissions: &["occtl show", "read the password file"],
            input: user_input(),
            output: promise::object(
                &["user", "found", "locked", "sessions", "cookies"],
                json!({
                    "user": {"type": "string"},
                    "found": {"type": "boolean"},
                    "locked": {
                        "type": ["boolean", "null"],
                        "description": "null: the gateway keeps no such account itself",
                    },
                    "sessions": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "id": {"type": "integer"},
                                "from": {"type": ["string", "null"]},
                                "since": {"type": ["string", "null"]},
                                "client": {"type": ["string", "null"]},
                            },
                        },
                    },
                    "cookies": {
                        "type": "integer",
                        "description": "how many sessions could come back without a password",
                    },
                }),
            ),
        }
        .spec()
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let user = user_of(call)?;
        let gateway = Gateway::of(&call.connection)?;
        let mut standing = gateway.standing(&user).await?;
        if gateway.config.guarded && standing.locked == Some(true) {
            standing.cookies = 0;
        }
        let sessions: Vec<Value> = standing.sessions.iter().map(shown).collect();
        let found = standing.locked.is_some() || !sessions.is_empty() || standing.cookies > 0;
        Ok(json!({
            "user": user,
            "found": found,
            "locked": standing.locked,
            "sessions": sessions,
            "cookies": standing.cookies,
        }))
    }
}

fn shown(session: &Value) -> Value {
    json!({
        "id": session["ID"],
        "from": session["Remote IP"],
        "since": session["Connected at"],
        "client": session["User-Agent"],
    })
}

/// `ocserv.block`.
struct Block;

impl Block {
    fn output(user: &str, standing: &Standing) -> Value {
        json!({"user": user, "locked": standing.locked.map(|_| true), "sessions": 0})
    }

    async fn read(&self, call: &Call) -> Result<(Gateway, String, Standing), Error> {
        let user = user_of(call)?;
        let gateway = Gateway::of(&call.connection)?;
        let standing = gateway.standing(&user).await?;
        if gateway.config.password_file.is_some() && standing.locked.is_none() {
            return Err(Error::new(ErrorKind::Absent, "the password file has no such account"));
        }
        Ok((gateway, user, standing))
    }
}

#[async_trait]
impl Action for Block {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "ocserv.block",
            summary: "Locks an account on the VPN gateway, then cuts its live sessions",
            system: SYSTEM,
            effect: promise::undone_by("ocserv.unblock"),
            repeat: Repeat::Natural,
            permissions: &["occtl show", "occtl disconnect", "write the password file"],
            input: user_input(),
            output: state_schema(),
        }
        .spec()
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let (gateway, user, standing) = self.read(call).await?;
        let mut plan = Plan { predicted: Self::output(&user, &standing), ..Plan::default() };
        if standing.locked == Some(false) {
            plan.changes.push(promise::change(&user, "locked", false.into(), true.into()));
        }
        for session in &standing.sessions {
            let property = format!("session {}", session["ID"]);
            plan.changes.push(promise::change(&user, &property, "live".into(), "cut".into()));
        }
        if standing.cookies > 0 && !gateway.config.guarded {
            plan.remarks.push(
                "The gateway lets a client back in with its cookie until that expires (see \
                 cookie-timeout); it counts as blocked only then."
                    .to_owned(),
            );
        }
        Ok(plan)
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let (gateway, user, standing) = self.read(call).await?;
        if standing.locked == Some(false) {
            gateway.set_lock("-l", &user).await?;
        }
        gateway.cut(&user).await?;
        Ok(Self::output(&user, &standing))
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        let (_, user, standing) = self.read(call).await?;
        let done = standing.locked != Some(false) && standing.sessions.is_empty();
        Ok(if done { Look::Done(Self::output(&user, &standing)) } else { Look::NotDone })
    }

    async fn verify(&self, call: &Call, _output: &Value) -> Result<Verified, Error> {
        let (gateway, user, standing) = self.read(call).await?;
        let found = json!({
            "user": user,
            "locked": standing.locked,
            "sessions": standing.sessions.len(),
            "cookies": standing.cookies,
        });
        let because = match (standing.locked, standing.sessions.len()) {
            (Some(false), _) => "the account is not locked".to_owned(),
            (_, 1..) => "a session is live: it came back with its cookie".to_owned(),
            (_, 0) if standing.cookies > 0 && !gateway.config.guarded => {
                return Ok(Verified::NotYet { seconds: COOKIE_LOOK_SECONDS });
            }
            _ => return Ok(Verified::Holds(found)),
        };
        Ok(Verified::Differs { found, because })
    }

    fn undo_input(&self, input: &Value, plan: &Plan, _output: &Value) -> Option<Value> {
        // A session that was cut is not brought back: the person signs in again.
        let locked = plan.changes.iter().any(|change| change.property == "locked");
        locked.then(|| json!({"user": input["user"]}))
    }
}

/// `ocserv.unblock`.
struct Unblock;

#[async_trait]
impl Desired for Unblock {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "ocserv.unblock",
            summary: "Unlocks an account on the VPN gateway",
            system: SYSTEM,
            effect: promise::undone_by("ocserv.block"),
            repeat: Repeat::Natural,
            permissions: &["occtl show", "write the password file"],
            input: user_input(),
            output: state_schema(),
        }
        .spec()
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let user = user_of(call)?;
        let gateway = Gateway::of(&call.connection)?;
        let mut changes = Vec::new();
        match gateway.standing(&user).await?.locked {
            None => {
                let detail = "the gateway keeps no such account: unlock it where it lives";
                return Err(Error::new(ErrorKind::Absent, detail));
            }
            Some(true) => {
                changes.push(promise::change(&user, "locked", true.into(), false.into()));
            }
            Some(false) => {}
        }
        let output = json!({"user": user, "locked": false, "sessions": null});
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let user = user_of(call)?;
        Gateway::of(&call.connection)?.set_lock("-u", &user).await?;
        Ok(difference.output)
    }

    fn undo(&self, input: &Value, _plan: &Plan, _output: &Value) -> Option<Value> {
        Some(json!({"user": input["user"]}))
    }
}

fn state_schema() -> Value {
    promise::object(
        &["user", "locked", "sessions"],
        json!({
            "user": {"type": "string"},
            "locked": {"type": ["boolean", "null"]},
            "sessions": {"type": ["integer", "null"]},
        }),
    )
}

const SYSTEM: &str = "VPN (ocserv)";

/// How often a session that comes back at once is cut again.
const CUTS: usize = 10;

/// A session that was told to end takes a moment to be gone.
const CUT_PAUSE: Duration = Duration::from_millis(200);

/// Cookies are given minutes, so there is no use in looking sooner.
const COOKIE_LOOK_SECONDS: u32 = 30;
