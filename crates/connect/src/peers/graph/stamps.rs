//! What can only be done, not brought into a state, and leaves a time behind: sessions revoked, a
//! password set.

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, Timestamp};
use serde_json::{Value, json};

use super::{
    client::Client,
    users::{self, promised},
};
use crate::{
    Action, Call, Error, ErrorKind, Look, Verified,
    http::Method,
    password,
    promise::{self},
};

/// `graph.revoke-sessions` and `graph.reset-password`.
pub(super) enum Stamp {
    Sessions,
    Password,
}

/// An account's stamp as it is read.
struct Stamped<'a> {
    client: Client<'a>,
    user: Value,
    at: Option<Timestamp>,
    /// Later than the input asks for: nothing is to be done.
    recent: bool,
}

impl Stamp {
    /// The property whose time moves.
    fn property(&self) -> &'static str {
        match self {
            Self::Sessions => "signInSessionsValidFromDateTime",
            Self::Password => "lastPasswordChangeDateTime",
        }
    }

    /// The input that says when nothing is to be done.
    fn unless(&self) -> &'static str {
        match self {
            Self::Sessions => "unlessRevokedAfter",
            Self::Password => "unlessSetAfter",
        }
    }

    fn fitting(&self, user: &Value) -> Result<(), Error> {
        let (kind, detail) = match self {
            _ if users::guest(user) => (
                ErrorKind::Unsupported,
                "a guest's sessions and password belong to another directory: block the sign-in",
            ),
            Self::Password if users::synced(user) => (
                ErrorKind::Conflict,
                "Active Directory masters this account's password: reset it there",
            ),
            Self::Sessions | Self::Password => return Ok(()),
        };
        Err(Error::new(kind, detail))
    }

    async fn read<'a>(&self, call: &'a Call) -> Result<Stamped<'a>, Error> {
        let (client, user) = users::of(call).await?;
        self.fitting(&user)?;
        let time = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
        let at = time(&user[self.property()]);
        let unless = &call.input[self.unless()];
        let unless = match (unless, time(unless)) {
            (Value::Null, _) => None,
            (_, Some(time)) => Some(time),
            (_, None) => {
                let detail = format!("input: `{}` is no time", self.unless());
                return Err(Error::new(ErrorKind::Invalid, detail));
            }
        };
        let recent = matches!((at, unless), (Some(at), Some(unless)) if at > unless);
        Ok(Stamped { client, user, at, recent })
    }

    async fn send(&self, call: &Call, found: &Stamped<'_>) -> Result<(), Error> {
        let id = users::id(&found.user);
        match self {
            Self::Sessions => {
                let path = ["users", id, "revokeSignInSessions"];
                found.client.change(Method::POST, &path, None).await
            }
            Self::Password => {
                let password = password::random()?;
                let must_change = call.input["mustChange"] == true;
                let body = json!({"passwordProfile": {
                    "password": password.reveal(), "forceChangePasswordNextSignIn": must_change,
                }});
                found.client.change(Method::PATCH, &["users", id], Some(&body)).await
            }
        }
    }
}

fn output(found: &Stamped<'_>, changed: bool) -> Value {
    users::about(&found.user, json!({"changed": changed, "before": found.at}))
}

#[async_trait]
impl Action for Stamp {
    fn spec(&self) -> ActionSpec {
        let mut properties = json!({"user": users::user_input()});
        properties[self.unless()] = json!({
            "type": "string", "format": "date-time",
            "description": "if it was done after this moment, nothing is done: a second \
                            offboarding of the same leaver changes nothing",
        });
        let (name, summary) = match self {
            Self::Sessions => {
                ("graph.revoke-sessions", "Ends every session of an account (within minutes)")
            }
            Self::Password => {
                properties["mustChange"] = json!({
                    "type": "boolean", "default": false,
                    "description": "the person must choose another at the next sign-in",
                });
                ("graph.reset-password", "Gives an account a random password that nobody knows")
            }
        };
        promised(
            name,
            summary,
            ActionEffect::Irreversible,
            promise::object(&["user"], properties),
            users::about_schema(
                &["changed", "before"],
                json!({
                    "changed": {
                        "type": "boolean", "description": "false: it had been done recently enough",
                    },
                    "before": {
                        "type": ["string", "null"], "description": "when it was last done before",
                    },
                }),
            ),
        )
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let found = self.read(call).await?;
        let mut plan = Plan { predicted: output(&found, !found.recent), ..Plan::default() };
        if !found.recent {
            let (property, to) = match self {
                Self::Sessions => ("sessions", "all ended"),
                Self::Password => ("password", "random, known to nobody"),
            };
            let from = json!({"since": found.at});
            let mut change = promise::change(&users::named(&found.user), property, from, to.into());
            change.irreversible = true;
            plan.changes.push(change);
        }
        Ok(plan)
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let found = self.read(call).await?;
        if !found.recent {
            self.send(call, &found).await?;
        }
        Ok(output(&found, !found.recent))
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        let found = self.read(call).await?;
        // Whose a recent one was can't be told, and need not be: doing it again is natural.
        Ok(if found.recent { Look::Done(output(&found, false)) } else { Look::NotDone })
    }

    /// The time must have moved since before it was done; Microsoft's clock need not be ours.
    async fn verify(&self, call: &Call, output: &Value) -> Result<Verified, Error> {
        let again = Call { input: users::by_id(&call.input, output), ..call.clone() };
        let found = self.read(&again).await?;
        let before: Option<Timestamp> = serde_json::from_value(output["before"].clone())
            .map_err(|error| Error::new(ErrorKind::Invalid, format!("output: {error}")))?;
        let shown = users::about(&found.user, json!({"since": found.at, "before": before}));
        let moved = if output["changed"] == true { found.at > before } else { found.at >= before };
        if moved {
            return Ok(Verified::Holds(shown));
        }
        let because = format!("{} has not moved", self.property());
        Ok(Verified::Differs { found: shown, because })
    }
}
