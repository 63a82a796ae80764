//! Who may open another's mailbox, and send from it.

use async_trait::async_trait;
use kompel_model::{ActionSpec, Plan, Repeat};
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
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
enum Right {
    FullAccess,
    SendAs,
}

impl Right {
    fn word(self) -> &'static str {
        match self {
            Self::FullAccess => "FullAccess",
            Self::SendAs => "SendAs",
        }
    }

    /// The cmdlet that reads it, those that give and take it, and what they call who has it.
    fn cmdlets(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::FullAccess => (
                "Get-MailboxPermission",
                "Add-MailboxPermission",
                "Remove-MailboxPermission",
                "User",
            ),
            Self::SendAs => (
                "Get-RecipientPermission",
                "Add-RecipientPermission",
                "Remove-RecipientPermission",
                "Trustee",
            ),
        }
    }

    async fn has(self, session: &Session<'_>, of: &str, who: &str) -> Result<bool, Error> {
        let (get, _, _, name) = self.cmdlets();
        let rows = session.read(get, json!({"Identity": of})).await?;
        let words = |rights: &Value| match rights {
            Value::Array(all) => all.iter().any(|one| one == self.word()),
            Value::String(text) => text.split(',').any(|one| one.trim() == self.word()),
            _ => false,
        };
        Ok(rows.iter().any(|row| {
            row[name].as_str().is_some_and(|name| name.eq_ignore_ascii_case(who))
                && words(&row["AccessRights"])
                && row["Deny"] != true
        }))
    }
}

impl Access {
    fn wanted(&self) -> bool {
        matches!(self, Self::Grant)
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
                    "rights": {
                        "type": "array", "minItems": 1, "maxItems": 2, "uniqueItems": true,
                        "items": {"enum": ["FullAccess", "SendAs"]},
                    },
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
            let has = right.has(&session, id, who).await?;
            if has != self.wanted() {
                let (object, property) =
                    (mailbox::named(&found), format!("{} of {who}", right.word()));
                changes.push(promise::change(&object, &property, has.into(), self.wanted().into()));
            }
        }
        let rights: Vec<&str> = wanted.rights.iter().map(|right| right.word()).collect();
        let output = mailbox::about(&found, json!({"to": who, "rights": rights}));
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let session = &Session::of(call)?;
        let (who, output) = (&difference.output["to"], &difference.output);
        let login = output["userName"].as_str().unwrap_or_default();
        each(changed(&difference.changes), |right| async move {
            let (_, add, remove, name) = right.cmdlets();
            let mut parameters = json!({
                "Identity": output["id"], "AccessRights": [right.word()], "Confirm": false,
            });
            parameters[name] = who.clone();
            let cmdlet = if self.wanted() { add } else { remove };
            session.write(cmdlet, parameters, login).await
        })
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
fn changed(changes: &[kompel_model::PlannedChange]) -> impl Iterator<Item = Right> {
    changes.iter().filter_map(|change| {
        [Right::FullAccess, Right::SendAs]
            .into_iter()
            .find(|right| change.property.starts_with(right.word()))
    })
}
