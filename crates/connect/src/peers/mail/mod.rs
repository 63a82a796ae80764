//! Mail out, by SMTP.
//!
//! Peer: any submission server; tried against aiosmtpd 1.4. Permissions: to submit as `from`.
//! Limits: 50 recipients, texts up to 256 KiB, plain text only. Reference: RFC 5321, RFC 6409,
//! RFC 3834 for `Auto-Submitted`.
//!
//! A mail changes no system: it is a notice. Its `Message-ID` follows from the step, so that
//! mailboxes that drop duplicates, and people, recognise a second one; SMTP itself does not drop it,
//! so an unknown outcome (the text was sent and no answer came) is for a person. Until the last
//! line of the text was sent nothing is delivered, and any failure before it is plain.

mod send;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, PlannedChange, Repeat};
use lettre::{
    Message,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

#[cfg(test)]
pub(super) use tests::bench;

use crate::{
    Action, Call, Check, CheckState, Connection, Connector, Error, ErrorKind, Look, Verified,
};
use send::Submission;

/// The connector.
struct Mail;

/// The connector, for the registry.
pub(super) fn connector() -> Arc<dyn Connector> {
    Arc::new(Mail)
}

const MOST_RECIPIENTS: usize = 50;
const MOST_TEXT: usize = 256 << 10;

#[async_trait]
impl Connector for Mail {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![Arc::new(Send)]
    }

    fn settings(&self) -> Value {
        json!({
            "type": "object",
            "required": ["host", "from"],
            "additionalProperties": false,
            "properties": {
                "host": {"type": "string"},
                "port": {"type": "integer", "minimum": 1, "maximum": 65_535, "default": 587},
                "tls": {
                    "enum": ["starttls", "tls", "none"], "default": "starttls",
                    "description": "none: only to this machine itself",
                },
                "username": {"type": "string"},
                "password": {"type": "string", "format": "secret"},
                "from": {"type": "string", "description": "\"Kompel <kompel@example.com>\""},
                "ca_file": {
                    "type": "string",
                    "description": "PEM file with certificate authorities to trust beside the machine's own",
                },
                "timeout_s": {"type": "integer", "minimum": 1, "maximum": 600, "default": 30},
            },
        })
    }

    fn limits(&self) -> &'static [&'static str] {
        &[
            "Tried against aiosmtpd 1.4, in the clear on one machine and with STARTTLS.",
            "Plain text only, at most 50 recipients and 256 KiB; a server that refuses one recipient gets no mail at all.",
            "SMTP tells nothing of delivery: what is verified is that the server took the mail.",
            "After an unknown outcome a person decides; a second mail of the same step bears the same Message-ID.",
        ]
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        let what = "log in to the mail server".to_owned();
        let state = match Submission::of(connection) {
            Ok(submission) => match submission.log_in().await {
                Ok(()) => CheckState::Good,
                Err(error) => CheckState::Bad(error.to_string()),
            },
            Err(error) => CheckState::Bad(error.to_string()),
        };
        vec![Check { what, state }]
    }
}

/// `mail.send`.
struct Send;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    to: Vec<String>,
    #[serde(default)]
    cc: Vec<String>,
    subject: String,
    text: String,
    #[serde(default)]
    reply_to: Option<String>,
    #[serde(default)]
    in_reply_to: Option<String>,
}

#[async_trait]
impl Action for Send {
    fn spec(&self) -> ActionSpec {
        let addresses = json!({
            "type": "array", "maxItems": MOST_RECIPIENTS,
            "items": {"type": "string", "maxLength": 320},
        });
        let mut to = addresses.clone();
        to["minItems"] = json!(1);
        let line = json!({"type": "string", "maxLength": 400, "pattern": "^[^\\r\\n]*$"});
        ActionSpec {
            name: "mail.send".parse().expect("a constant that the registry's test parses"),
            summary: "Sends a mail as plain text".to_owned(),
            effect: ActionEffect::Notice,
            repeat: Repeat::Never,
            permissions: vec!["submit mail as the connection's `from`".to_owned()],
            systems: vec!["mail".to_owned()],
            input: json!({
                "type": "object",
                "required": ["to", "subject", "text"],
                "additionalProperties": false,
                "properties": {
                    "to": to,
                    "cc": addresses,
                    "subject": line.clone(),
                    "text": {"type": "string", "maxLength": MOST_TEXT},
                    "reply_to": line.clone(),
                    "in_reply_to": line,
                },
            }),
            output: json!({
                "type": "object",
                "required": ["message_id", "recipients"],
                "additionalProperties": false,
                "properties": {
                    "message_id": {"type": "string"},
                    "recipients": {"type": "integer"},
                },
            }),
        }
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let (_, letter) = made(call)?;
        let change = PlannedChange {
            object: letter.recipients.join(", "),
            property: "mail".to_owned(),
            from: Value::Null,
            to: json!({"subject": letter.subject, "text": letter.text}),
            irreversible: true,
        };
        let predicted = letter.output();
        Ok(Plan { changes: vec![change], predicted, remarks: Vec::new() })
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let (submission, letter) = made(call)?;
        submission.send(letter.message.envelope(), &letter.message.formatted()).await?;
        Ok(letter.output())
    }

    async fn look(&self, _call: &Call) -> Result<Look, Error> {
        Ok(Look::CannotTell("SMTP does not tell which mails were delivered".to_owned()))
    }

    async fn verify(&self, _call: &Call, output: &Value) -> Result<Verified, Error> {
        // The server's acceptance is the evidence: there is nothing to read again.
        Ok(Verified::Holds(json!({"accepted": output["message_id"]})))
    }
}

/// A mail that is ready to be sent.
struct Letter {
    message: Message,
    message_id: String,
    recipients: Vec<String>,
    subject: String,
    text: String,
}

impl Letter {
    fn output(&self) -> Value {
        json!({"message_id": self.message_id, "recipients": self.recipients.len()})
    }
}

fn invalid(why: impl Into<String>) -> Error {
    Error::new(ErrorKind::Invalid, why)
}

fn mailbox(text: &str) -> Result<Mailbox, Error> {
    // The address is not repeated: it is personal.
    text.parse()
        .map_err(|_| invalid(format!("a mail address of {} characters is none", text.len())))
}

fn one_line(text: &str, what: &str) -> Result<(), Error> {
    match text.chars().any(char::is_control) {
        true => Err(invalid(format!("`{what}` is one line without control characters"))),
        false => Ok(()),
    }
}

/// The mail of a call, and where to submit it.
fn made(call: &Call) -> Result<(Submission, Letter), Error> {
    let submission = Submission::of(&call.connection)?;
    let input: Input =
        serde_json::from_value(call.input.clone()).map_err(|error| invalid(error.to_string()))?;
    let count = input.to.len() + input.cc.len();
    if input.to.is_empty() || count > MOST_RECIPIENTS || input.text.len() > MOST_TEXT {
        return Err(invalid(format!(
            "a mail has 1 to {MOST_RECIPIENTS} recipients and at most {MOST_TEXT} bytes of text"
        )));
    }
    one_line(&input.subject, "subject")?;
    let from = mailbox(&submission.from)?;
    let message_id = message_id(call, from.email.domain());
    let mut builder = Message::builder()
        .from(from)
        .subject(&input.subject)
        .message_id(Some(message_id.clone()))
        .date(call.at.into())
        .header(ContentType::TEXT_PLAIN)
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
    for to in &input.to {
        builder = builder.to(mailbox(to)?);
    }
    for cc in &input.cc {
        builder = builder.cc(mailbox(cc)?);
    }
    if let Some(reply_to) = &input.reply_to {
        builder = builder.reply_to(mailbox(reply_to)?);
    }
    if let Some(earlier) = &input.in_reply_to {
        one_line(earlier, "in_reply_to")?;
        builder = builder.in_reply_to(earlier.clone()).references(earlier.clone());
    }
    let message = builder
        .body(input.text.clone())
        .map_err(|error| invalid("the mail can't be made").because(error))?;
    let recipients = message.envelope().to().iter().map(ToString::to_string).collect();
    let (subject, text) = (input.subject, input.text);
    Ok((submission, Letter { message, message_id, recipients, subject, text }))
}

/// The same for every attempt at the same step, and telling nothing of it.
fn message_id(call: &Call, domain: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(call.connection.tenant.as_str());
    digest.update([0]);
    digest.update(&call.key);
    let hash: String =
        digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("<kompel.{hash}@{domain}>")
}
