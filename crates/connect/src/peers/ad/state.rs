//! Single properties of an account: whether it may sign in, until when, whether the address list
//! shows it.
//!
//! `userAccountControl` is one number with many meanings, so it is read, one bit changed, and
//! written back. Active Directory refuses that if another administrator was in between (the old
//! value must be there); Samba does not, and overwrites their change of another bit.

use async_trait::async_trait;
use kompel_model::{ActionSpec, Plan, Repeat, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    account::{self, Account, DISABLED},
    name,
    promise::{self, OnUser, Promise},
    session::{Change, Session},
};
use crate::{
    Call, Error, ErrorKind, RetryAdvice,
    desired::{Desired, Difference},
};

/// `ad.disable` and `ad.enable`.
pub(super) enum SignIn {
    Disable,
    Enable,
}

impl SignIn {
    fn wanted(&self) -> bool {
        match self {
            Self::Disable => false,
            Self::Enable => true,
        }
    }

    fn flags(&self, account: &Account) -> i64 {
        if self.wanted() { account.flags & !DISABLED } else { account.flags | DISABLED }
    }
}

#[async_trait]
impl Desired for SignIn {
    fn spec(&self) -> ActionSpec {
        let (name, summary, undo) = match self {
            Self::Disable => {
                ("ad.disable", "Disables an account, so that no sign-in works", "ad.enable")
            }
            Self::Enable => ("ad.enable", "Enables a disabled account", "ad.disable"),
        };
        promise::spec(Promise {
            name,
            summary,
            effect: promise::undone_by(undo),
            repeat: Repeat::Natural,
            permissions: &["read users", "write userAccountControl of users"],
            input: promise::object(&["user"], json!({"user": promise::user_input()})),
            output: promise::about_user(&["enabled"], json!({"enabled": {"type": "boolean"}})),
        })
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let OnUser { user } = promise::input(call)?;
        let mut session = Session::open(&call.connection).await?;
        let account = account::one(&mut session, &user).await?;
        let (now, wanted) = (account.enabled(), self.wanted());
        let mut changes = Vec::new();
        if now != wanted {
            changes.push(promise::change(&account.dn, "enabled", now.into(), wanted.into()));
        }
        let output = account.with(json!({"enabled": wanted}));
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let OnUser { user } = promise::input(call)?;
        let mut session = Session::open(&call.connection).await?;
        for _ in 0..ROUNDS {
            let account = account::one(&mut session, &user).await?;
            if account.enabled() == self.wanted() {
                return Ok(difference.output);
            }
            let change = Change::Exchange {
                property: "userAccountControl",
                from: account.flags.to_string().into(),
                to: self.flags(&account).to_string().into(),
            };
            match session.modify(&account.dn, vec![change]).await {
                // Somebody else changed another bit meanwhile: read again.
                Err(error) if error.code == Some(16) => {}
                done => return done.map(|()| difference.output),
            }
        }
        let mut error = Error::new(ErrorKind::Conflict, "others keep changing the account");
        error.retry = RetryAdvice::Soon;
        Err(error)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        promise::by_id(input, output)
    }

    fn undo(&self, _input: &Value, _plan: &Plan, output: &Value) -> Option<Value> {
        Some(json!({"user": output["id"]}))
    }
}

/// `ad.set-expiry`.
pub(super) struct SetExpiry;

#[derive(Deserialize)]
struct Expiry {
    user: String,
    at: Option<Timestamp>,
}

#[async_trait]
impl Desired for SetExpiry {
    fn spec(&self) -> ActionSpec {
        promise::spec(Promise {
            name: "ad.set-expiry",
            summary: "Sets the moment from which an account no longer works, or takes it away",
            effect: promise::undone_by("ad.set-expiry"),
            repeat: Repeat::Natural,
            permissions: &["read users", "write accountExpires of users"],
            input: promise::object(
                &["user", "at"],
                json!({
                    "user": promise::user_input(),
                    "at": {
                        "type": ["string", "null"],
                        "format": "date-time",
                        "description": "null: never",
                    },
                }),
            ),
            output: promise::about_user(
                &["expires"],
                json!({"expires": {"type": ["string", "null"]}}),
            ),
        })
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let Expiry { user, at } = promise::input(call)?;
        let mut session = Session::open(&call.connection).await?;
        let account = account::one(&mut session, &user).await?;
        let now = account.entry.number("accountExpires").and_then(name::moment);
        let wanted = at.map(name::ticks).and_then(name::moment);
        let mut changes = Vec::new();
        if now != wanted {
            changes.push(promise::change(&account.dn, "expires", json!(now), json!(wanted)));
        }
        let output = account.with(json!({"expires": wanted}));
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let Expiry { user, at } = promise::input(call)?;
        let mut session = Session::open(&call.connection).await?;
        let account = account::one(&mut session, &user).await?;
        let ticks = at.map_or(name::NEVER, name::ticks);
        let change = Change::Set { property: "accountExpires", to: ticks.to_string().into() };
        session.modify(&account.dn, vec![change]).await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        promise::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        Some(json!({"user": output["id"], "at": plan.changes.first()?.from}))
    }
}

/// `ad.hide-from-address-list` and `ad.show-in-address-list`.
pub(super) enum AddressList {
    Hide,
    Show,
}

impl AddressList {
    fn hidden(&self) -> bool {
        match self {
            Self::Hide => true,
            Self::Show => false,
        }
    }
}

#[async_trait]
impl Desired for AddressList {
    fn spec(&self) -> ActionSpec {
        let (name, summary, undo) = match self {
            Self::Hide => (
                "ad.hide-from-address-list",
                "Hides an account's mailbox from the address list (a synced user's cloud one too)",
                "ad.show-in-address-list",
            ),
            Self::Show => (
                "ad.show-in-address-list",
                "Shows an account's mailbox in the address list again",
                "ad.hide-from-address-list",
            ),
        };
        promise::spec(Promise {
            name,
            summary,
            effect: promise::undone_by(undo),
            repeat: Repeat::Natural,
            permissions: &["read users", "write msExchHideFromAddressLists of users"],
            input: promise::object(&["user"], json!({"user": promise::user_input()})),
            output: promise::about_user(&["hidden"], json!({"hidden": {"type": "boolean"}})),
        })
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let OnUser { user } = promise::input(call)?;
        let mut session = Session::open(&call.connection).await?;
        let account = account::one(&mut session, &user).await?;
        let text = account.entry.text("msExchHideFromAddressLists").unwrap_or("FALSE");
        let (now, wanted) = (text.eq_ignore_ascii_case("true"), self.hidden());
        let mut changes = Vec::new();
        if now != wanted {
            let property = "hidden from the address list";
            changes.push(promise::change(&account.dn, property, now.into(), wanted.into()));
        }
        let output = account.with(json!({"hidden": wanted}));
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let OnUser { user } = promise::input(call)?;
        let mut session = Session::open(&call.connection).await?;
        let account = account::one(&mut session, &user).await?;
        let property = "msExchHideFromAddressLists";
        let change = match self {
            Self::Hide => Change::Set { property, to: b"TRUE".to_vec() },
            Self::Show => Change::Clear { property },
        };
        session.modify(&account.dn, vec![change]).await.map_err(|error| {
            // 16, 17 and 65: the schema has no such property, Exchange was never here.
            if matches!(error.code, Some(16 | 17 | 65)) {
                let detail =
                    "this directory was never prepared for Exchange: it has no address list";
                return Error::new(ErrorKind::Unsupported, detail).because(error);
            }
            error
        })?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        promise::by_id(input, output)
    }

    fn undo(&self, _input: &Value, _plan: &Plan, output: &Value) -> Option<Value> {
        Some(json!({"user": output["id"]}))
    }
}

/// How often an exchange of the flags is tried when others write at the same moment.
const ROUNDS: usize = 4;
