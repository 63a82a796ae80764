//! Who may open another's mailbox, and send from it.

use async_trait::async_trait;
use kompel_model::{ActionSpec, Plan, PlannedChange, Repeat};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    mailbox::{self, MANAGE, SYSTEM},
    transport::Session,
};
use crate::{
    Call, Error,
    desired::{Desired, Difference, each},
    promise::{self, Promise},
};

/// `exchange.grant-access` and `exchange.revoke-access`.
pub(super) enum Access {
    Grant,
    Revoke,
}

#[derive(Deserialize)]
struct Wanted {
    mailbox: String,
    to: String,
    rights: Vec<Right>,
}

/// A right, in Exchange's words.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Right {
    FullAccess,
    SendAs,
    SendOnBehalf,
}

/// JSON Schema of some rights.
pub(super) fn rights_schema() -> Value {
    json!({
        "type": "array", "minItems": 1, "maxItems": 3, "uniqueItems": true,
        "items": {"enum": Right::ALL.map(Right::word)},
    })
}

impl Right {
    pub(super) const ALL: [Self; 3] = [Self::FullAccess, Self::SendAs, Self::SendOnBehalf];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::FullAccess => "FullAccess",
            Self::SendAs => "SendAs",
            Self::SendOnBehalf => "SendOnBehalf",
        }
    }

    /// True if this row of a Get cmdlet gives the right.
    pub(super) fn is_in(self, row: &Value) -> bool {
        let word = match &row["AccessRights"] {
            Value::Array(all) => all.iter().any(|one| one == self.word()),
            Value::String(text) => text.split(',').any(|one| one.trim() == self.word()),
            _ => false,
        };
        word && row["Deny"] != true && row["AccessControlType"] != "Deny"
    }

    /// True if this person has the right there.
    async fn has(self, session: &Session<'_>, of: &str, person: &Value) -> Result<bool, Error> {
        let (cmdlet, name) = match self {
            Self::FullAccess => ("Get-MailboxPermission", "User"),
            Self::SendAs => ("Get-RecipientPermission", "Trustee"),
            Self::SendOnBehalf => {
                let all = on_behalf(session, person).await?;
                return Ok(all.iter().any(|mailbox| mailbox::id(mailbox) == of));
            }
        };
        let rows = session.read(cmdlet, json!({"Identity": of})).await?;
        let who = mailbox::login(person);
        let theirs =
            |row: &Value| row[name].as_str().is_some_and(|name| name.eq_ignore_ascii_case(who));
        Ok(rows.iter().any(|row| theirs(row) && self.is_in(row)))
    }
}

/// The mailboxes from which this person may send on behalf of their owners.
pub(super) async fn on_behalf(session: &Session<'_>, person: &Value) -> Result<Vec<Value>, Error> {
    let filter = mailbox::filter("GrantSendOnBehalfTo", person)?;
    session.list("Get-Mailbox", json!({"Filter": filter, "ResultSize": "Unlimited"})).await
}

impl Access {
    pub(super) fn wanted(&self) -> bool {
        matches!(self, Self::Grant)
    }

    /// Gives or takes one right in a mailbox.
    pub(super) async fn make(
        &self,
        session: &Session<'_>,
        right: Right,
        (of, near): (&str, &str),
        who: &str,
    ) -> Result<(), Error> {
        let (add, remove, name) = match right {
            Right::FullAccess => ("Add-MailboxPermission", "Remove-MailboxPermission", "User"),
            Right::SendAs => ("Add-RecipientPermission", "Remove-RecipientPermission", "Trustee"),
            Right::SendOnBehalf => {
                let turn = if self.wanted() { "Add" } else { "Remove" };
                let parameters = json!({"Identity": of, "GrantSendOnBehalfTo": {turn: [who]}});
                return session.write("Set-Mailbox", parameters, near).await;
            }
        };
        let mut parameters =
            json!({"Identity": of, "AccessRights": [right.word()], "Confirm": false});
        parameters[name] = who.into();
        session.write(if self.wanted() { add } else { remove }, parameters, near).await
    }
}

#[async_trait]
impl Desired for Access {
    fn spec(&self) -> ActionSpec {
        let (name, summary, undo) = match self {
            Self::Grant => (
                "exchange.grant-access",
                "Lets somebody open a mailbox, or send from it",
                "exchange.revoke-access",
            ),
            Self::Revoke => (
                "exchange.revoke-access",
                "Takes from somebody the right to open a mailbox, or to send from it",
                "exchange.grant-access",
            ),
        };
        Promise {
            name,
            summary,
            system: SYSTEM,
            effect: promise::undone_by(undo),
            repeat: Repeat::Natural,
            permissions: &[MANAGE, "role Mail Recipients in Exchange"],
            input: promise::object(
                &["mailbox", "to", "rights"],
                json!({
                    "mailbox": mailbox::mailbox_input(),
                    "to": mailbox::mailbox_input(),
                    "rights": rights_schema(),
                }),
            ),
            output: mailbox::about_schema(
                &["to", "rights"],
                json!({
                    "to": {"type": "string"},
                    "rights": {"type": "array", "items": {"type": "string"}},
                }),
            ),
        }
        .spec()
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let wanted: Wanted = promise::input(call)?;
        let session = Session::of(call)?;
        let found = mailbox::one(&session, &wanted.mailbox).await?;
        let other = mailbox::one(&session, &wanted.to).await?;
        let (id, who) = (mailbox::id(&found), mailbox::login(&other));
        let mut changes = Vec::new();
        for right in &wanted.rights {
            let has = right.has(&session, id, &other).await?;
            if has != self.wanted() {
                let (object, property) = (mailbox::named(&found), property(*right, who));
                changes.push(promise::change(&object, &property, has.into(), self.wanted().into()));
            }
        }
        let rights: Vec<&str> = wanted.rights.iter().map(|right| right.word()).collect();
        let output = mailbox::about(&found, json!({"to": who, "rights": rights}));
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let session = &Session::of(call)?;
        let text = |name: &str| difference.output[name].as_str().unwrap_or_default();
        let (id, login, who) = (text("id"), text("userName"), text("to"));
        each(changed(&difference.changes), |right| self.make(session, right, (id, login), who))
            .await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        mailbox::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        let rights: Vec<&str> = changed(&plan.changes).map(Right::word).collect();
        Some(json!({"mailbox": output["id"], "to": output["to"], "rights": rights}))
    }
}

/// The rights that these changes are of.
fn changed(changes: &[PlannedChange]) -> impl Iterator<Item = Right> {
    changes.iter().filter_map(right_of)
}

/// How plans name a right of somebody.
pub(super) fn property(right: Right, who: &str) -> String {
    format!("{} of {who}", right.word())
}

/// The right that a change is of.
pub(super) fn right_of(change: &PlannedChange) -> Option<Right> {
    let (word, _) = change.property.split_once(' ')?;
    Right::ALL.into_iter().find(|right| right.word() == word)
}
