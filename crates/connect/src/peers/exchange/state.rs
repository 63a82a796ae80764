//! Properties of a mailbox that are set, and set back: its kind, holds, forwarding, whether it is
//! in the address list, its out-of-office reply.

use async_trait::async_trait;
use kompel_model::{ActionSpec, Plan, Repeat};
use serde_json::{Value, json};

use super::{
    mailbox::{self, MANAGE, OnMailbox, SYSTEM},
    transport::Session,
};
use crate::{
    Call, Error, ErrorKind,
    desired::{Desired, Difference},
    promise::{self, Promise},
};

/// What is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Shared,
    User,
    Hold,
    Forwarding,
    Hidden,
    Shown,
    Reply,
}

/// A property with the value that is wanted.
struct Wish {
    property: &'static str,
    now: Value,
    wanted: Value,
    same: bool,
}

impl Wish {
    fn new(property: &'static str, now: Value, wanted: Value) -> Self {
        let same = now == wanted;
        Self { property, now, wanted, same }
    }
}

/// What is wanted of a mailbox, and what a person should know of it.
#[derive(Default)]
struct Wishes {
    wishes: Vec<Wish>,
    more: Value,
    remarks: Vec<String>,
}

impl State {
    fn cmdlet(self) -> &'static str {
        match self {
            Self::Reply => "Set-MailboxAutoReplyConfiguration",
            Self::Shared
            | Self::User
            | Self::Hold
            | Self::Forwarding
            | Self::Hidden
            | Self::Shown => "Set-Mailbox",
        }
    }

    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Shared => (
                "exchange.convert-to-shared",
                "Makes a person's mailbox a shared one, and says whether its licence must stay",
                "exchange.convert-to-user",
            ),
            Self::User => (
                "exchange.convert-to-user",
                "Makes a shared mailbox a person's one again",
                "exchange.convert-to-shared",
            ),
            Self::Hold => (
                "exchange.set-litigation-hold",
                "Puts a mailbox on litigation hold, or ends that",
                "exchange.set-litigation-hold",
            ),
            Self::Forwarding => (
                "exchange.set-forwarding",
                "Forwards a mailbox's mail, or ends that",
                "exchange.set-forwarding",
            ),
            Self::Hidden => (
                "exchange.hide-from-address-list",
                "Hides a mailbox from the address lists",
                "exchange.show-in-address-list",
            ),
            Self::Shown => (
                "exchange.show-in-address-list",
                "Shows a hidden mailbox in the address lists again",
                "exchange.hide-from-address-list",
            ),
            Self::Reply => (
                "exchange.set-out-of-office",
                "Sets or ends a mailbox's out-of-office reply",
                "exchange.set-out-of-office",
            ),
        }
    }

    /// Its input beside the mailbox, and which of it is required.
    fn input(self) -> (Vec<&'static str>, Value) {
        let text = |most: u32| json!({"type": ["string", "null"], "maxLength": most});
        match self {
            Self::Hold => (vec!["on"], json!({"on": {"type": "boolean"}})),
            Self::Forwarding => (
                Vec::new(),
                json!({
                    "to": {
                        "type": ["string", "null"], "maxLength": 320,
                        "pattern": "^[^\\s@]+@[^\\s@]+$",
                        "description": "any mail address; null or left out: none",
                    },
                    "toRecipient": {
                        "type": ["string", "null"], "maxLength": 320,
                        "description": "a recipient of the organization, as find-mailbox shows it; \
                                        it counts before `to`",
                    },
                    "keepCopy": {
                        "type": "boolean", "default": false,
                        "description": "the mailbox keeps what it forwards",
                    },
                }),
            ),
            Self::Reply => (
                vec!["state"],
                json!({
                    "state": {"enum": ["Enabled", "Disabled", "Scheduled"]},
                    "internal": text(20_000),
                    "external": text(20_000),
                    "audience": {
                        "enum": ["All", "Known", "None"], "default": "All",
                        "description": "who outside the organization gets the external reply",
                    },
                }),
            ),
            Self::Shared | Self::User | Self::Hidden | Self::Shown => (Vec::new(), json!({})),
        }
    }

    async fn wishes(
        self,
        session: &Session<'_>,
        found: &Value,
        input: &Value,
    ) -> Result<Wishes, Error> {
        match self {
            Self::Shared | Self::User => self.kind(session, found).await,
            Self::Hold => {
                let wish = wish_of(found, "LitigationHoldEnabled", input["on"].clone());
                Ok(Wishes {
                    wishes: vec![wish],
                    more: json!({"on": input["on"]}),
                    ..Wishes::default()
                })
            }
            Self::Forwarding => Ok(forwarding(found, input)),
            Self::Hidden | Self::Shown => {
                let hidden = self == Self::Hidden;
                let wish = wish_of(found, "HiddenFromAddressListsEnabled", hidden.into());
                if mailbox::synced(found) && !wish.same {
                    let detail = "Active Directory masters this mailbox: set \
                                  msExchHideFromAddressLists there";
                    return Err(Error::new(ErrorKind::Conflict, detail));
                }
                Ok(Wishes {
                    wishes: vec![wish],
                    more: json!({"hidden": hidden}),
                    ..Wishes::default()
                })
            }
            Self::Reply => reply(session, found, input).await,
        }
    }

    async fn kind(self, session: &Session<'_>, found: &Value) -> Result<Wishes, Error> {
        let wanted = if self == Self::Shared { "SharedMailbox" } else { "UserMailbox" };
        let now = found["RecipientTypeDetails"].as_str().unwrap_or_default();
        if !matches!(now, "SharedMailbox" | "UserMailbox") {
            let detail = "only a person's or a shared mailbox can become the other";
            return Err(Error::new(ErrorKind::Conflict, detail));
        }
        let wishes = vec![Wish::new("Type", now.into(), wanted.into())];
        let mut remarks = Vec::new();
        let (_, because) = mailbox::weight(session, found).await?;
        let stays = !because.is_empty();
        if self == Self::Shared && stays {
            remarks.push(format!("licenceStays: {}; keep its licence.", because.join(", ")));
        }
        if self == Self::User {
            remarks.push("A person's mailbox needs a licence within 30 days.".to_owned());
        }
        let more = json!({"kind": wanted, "licenceStays": stays, "because": because});
        Ok(Wishes { wishes, more, remarks })
    }
}

fn wish_of(found: &Value, property: &'static str, wanted: Value) -> Wish {
    Wish::new(property, found[property].clone(), wanted)
}

fn forwarding(found: &Value, input: &Value) -> Wishes {
    let now = mailbox::forward_address(found);
    let (to, recipient) = (input["to"].as_str(), &input["toRecipient"]);
    let keep = input["keepCopy"] == true;
    let mut address = Wish::new("ForwardingSmtpAddress", now.into(), to.into());
    address.same = match (now, to) {
        (Some(now), Some(to)) => now.eq_ignore_ascii_case(to),
        (now, to) => now == to,
    };
    let wishes = vec![
        address,
        Wish::new("ForwardingAddress", mailbox::forward_recipient(found), recipient.clone()),
        wish_of(found, "DeliverToMailboxAndForward", keep.into()),
    ];
    let more = json!({"to": to, "toRecipient": recipient, "keepCopy": keep});
    Wishes { wishes, more, remarks: Vec::new() }
}

async fn reply(session: &Session<'_>, found: &Value, input: &Value) -> Result<Wishes, Error> {
    let cmdlet = "Get-MailboxAutoReplyConfiguration";
    let rows = session.read(cmdlet, json!({"Identity": mailbox::id(found)})).await?;
    let none = || Error::new(ErrorKind::Unexpected, "no reply configuration was told");
    let now = rows.first().ok_or_else(none)?;
    let mut wishes = vec![wish_of(now, "AutoReplyState", input["state"].clone())];
    for (property, text) in [("InternalMessage", "internal"), ("ExternalMessage", "external")] {
        // What is left out stays as it is.
        if let Some(wanted) = input[text].as_str() {
            let mut wish = wish_of(now, property, wanted.into());
            wish.same = plain(now[property].as_str().unwrap_or_default()) == plain(wanted);
            wishes.push(wish);
        }
    }
    if let Some(audience) = input.get("audience") {
        wishes.push(wish_of(now, "ExternalAudience", audience.clone()));
    }
    let more = json!({"state": input["state"]});
    Ok(Wishes { wishes, more, remarks: Vec::new() })
}

/// A message without the HTML that Exchange puts around it.
fn plain(message: &str) -> String {
    let mut text = String::new();
    let mut rest = message;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        text.push_str(before);
        let begins = tag[1..].starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '/');
        rest = match tag.find('>').filter(|_| begins) {
            Some(end) => {
                text.push(' ');
                &tag[end + 1..]
            }
            None => {
                text.push('<');
                &tag[1..]
            }
        };
    }
    text.push_str(rest);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[async_trait]
impl Desired for State {
    fn spec(&self) -> ActionSpec {
        let (name, summary, undo) = self.words();
        let (mut required, mut properties) = self.input();
        required.insert(0, "mailbox");
        properties["mailbox"] = mailbox::mailbox_input();
        let text = || json!({"type": ["string", "null"]});
        let output = match self {
            Self::Shared | Self::User => json!({
                "kind": {"type": "string"},
                "licenceStays": {
                    "type": "boolean",
                    "description": "true: as a shared mailbox it still needs a licence",
                },
                "because": {"type": "array", "items": {"type": "string"}},
            }),
            Self::Hold => json!({"on": {"type": "boolean"}}),
            Self::Forwarding => {
                json!({"to": text(), "toRecipient": text(), "keepCopy": {"type": "boolean"}})
            }
            Self::Hidden | Self::Shown => json!({"hidden": {"type": "boolean"}}),
            Self::Reply => json!({"state": {"type": "string"}}),
        };
        Promise {
            name,
            summary,
            system: SYSTEM,
            effect: promise::undone_by(undo),
            repeat: Repeat::Natural,
            permissions: &[MANAGE, "role Mail Recipients in Exchange"],
            input: promise::object(&required, properties),
            output: mailbox::about_schema(&[], output),
        }
        .spec()
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let OnMailbox { mailbox: which } = promise::input(call)?;
        let session = Session::of(call)?;
        let found = mailbox::one(&session, &which).await?;
        let Wishes { wishes, more, remarks } = self.wishes(&session, &found, &call.input).await?;
        let object = mailbox::named(&found);
        let changes = wishes
            .into_iter()
            .filter(|wish| !wish.same)
            .map(|wish| promise::change(&object, wish.property, wish.now, wish.wanted))
            .collect();
        Ok(Difference { changes, output: mailbox::about(&found, more), remarks })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let session = Session::of(call)?;
        let mut parameters = json!({"Identity": difference.output["id"]});
        for change in &difference.changes {
            parameters[&change.property] = match change.to.as_str() {
                Some("SharedMailbox") if change.property == "Type" => "Shared".into(),
                Some("UserMailbox") if change.property == "Type" => "Regular".into(),
                _ => change.to.clone(),
            };
        }
        let login = difference.output["userName"].as_str().unwrap_or_default();
        session.write(self.cmdlet(), parameters, login).await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        mailbox::by_id(input, output)
    }

    fn undo(&self, input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        let was = |property: &str| {
            let change = plan.changes.iter().find(|change| change.property == property);
            change.map(|change| change.from.clone())
        };
        let id = &output["id"];
        Some(match self {
            Self::Shared | Self::User | Self::Hidden | Self::Shown => json!({"mailbox": id}),
            Self::Hold => json!({"mailbox": id, "on": input["on"] != true}),
            Self::Forwarding => json!({
                "mailbox": id,
                "to": was("ForwardingSmtpAddress").unwrap_or(input["to"].clone()),
                "toRecipient": was("ForwardingAddress").unwrap_or(input["toRecipient"].clone()),
                "keepCopy": was("DeliverToMailboxAndForward").unwrap_or(output["keepCopy"].clone())
                    == true,
            }),
            Self::Reply => {
                let mut back = json!({"mailbox": id});
                back["state"] = was("AutoReplyState").unwrap_or(input["state"].clone());
                for (property, name) in [
                    ("InternalMessage", "internal"),
                    ("ExternalMessage", "external"),
                    ("ExternalAudience", "audience"),
                ] {
                    if let Some(was) = was(property) {
                        back[name] = was;
                    }
                }
                back
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_html_around_a_reply_does_not_make_it_another() {
        let wrapped = "<html>\r\n<body>\r\nJan is <b>weg</b>.\r\n</body>\r\n</html>\r\n";
        assert_eq!(plain(wrapped), plain("Jan is <b>weg</b>."));
        assert_eq!(plain("a < b <c"), "a < b <c");
        assert_eq!(plain(""), "");
    }
}
