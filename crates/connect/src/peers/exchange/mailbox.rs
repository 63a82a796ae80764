//! Mailboxes: which one an input means, how it is shown, and finding it.

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Repeat};
use serde::Deserialize;
use serde_json::{Value, json};

use super::transport::Session;
pub(super) use crate::peers::graph::users::about_schema;
use crate::{
    Call, Error, ErrorKind,
    desired::Reading,
    promise::{self, Promise},
};

pub(super) const SYSTEM: &str = "Exchange Online";

/// The application permission that every cmdlet needs, beside a role in Exchange.
pub(super) const MANAGE: &str = "Exchange.ManageAsApp";

#[derive(Deserialize)]
pub(super) struct OnMailbox {
    pub(super) mailbox: String,
}

pub(super) fn mailbox_input() -> Value {
    json!({
        "type": "string", "minLength": 1, "maxLength": 256, "pattern": "^[^*\"'\\p{Cc}]+$",
        "description": "the mailbox: the account's id in Entra ID (safest), its user principal \
                        name or mail address",
    })
}

/// The mailbox that an input means.
pub(super) async fn one(session: &Session<'_>, who: &str) -> Result<Value, Error> {
    let absent = || Error::new(ErrorKind::Absent, "no mailbox has this id, name or address");
    let mut found = match session.read("Get-Mailbox", json!({"Identity": who})).await {
        Err(error) if error.kind == ErrorKind::Absent => return Err(absent()),
        found => found?,
    };
    match found.len() {
        0 => Err(absent()),
        1 => Ok(found.remove(0)),
        several => {
            let detail = format!("{several} mailboxes fit: give the id");
            Err(Error::new(ErrorKind::Invalid, detail))
        }
    }
}

pub(super) fn id(mailbox: &Value) -> &str {
    mailbox["ExternalDirectoryObjectId"].as_str().unwrap_or_default()
}

pub(super) fn login(mailbox: &Value) -> &str {
    mailbox["UserPrincipalName"].as_str().unwrap_or_default()
}

/// What a filter says of a property that holds this mailbox.
///
/// # Errors
/// `Unexpected` if it has no distinguished name: a filter for nothing could find everything.
pub(super) fn filter(property: &str, mailbox: &Value) -> Result<String, Error> {
    match mailbox["DistinguishedName"].as_str() {
        Some(dn) if !dn.is_empty() => Ok(format!("{property} -eq '{}'", dn.replace('\'', "''"))),
        _ => Err(Error::new(ErrorKind::Unexpected, "a mailbox without a distinguished name")),
    }
}

/// True for mailboxes whose properties a directory on the premises masters.
pub(super) fn synced(mailbox: &Value) -> bool {
    mailbox["IsDirSynced"] == true
}

/// How plans name a mailbox.
pub(super) fn named(mailbox: &Value) -> String {
    format!("mailbox {} ({})", login(mailbox), id(mailbox))
}

/// Which mailbox an output is about, with `more`.
pub(super) fn about(mailbox: &Value, more: Value) -> Value {
    promise::with(json!({"id": id(mailbox), "userName": login(mailbox)}), more)
}

pub(super) fn by_id(input: &Value, output: &Value) -> Value {
    let mut again = input.clone();
    if output["id"].as_str().is_some_and(|id| !id.is_empty()) {
        again["mailbox"] = output["id"].clone();
    }
    again
}

/// How large it is, and why its licence must stay although it is shared.
pub(super) async fn weight(
    session: &Session<'_>,
    mailbox: &Value,
) -> Result<(Option<u64>, Vec<&'static str>), Error> {
    let found = session.read("Get-MailboxStatistics", json!({"Identity": id(mailbox)})).await?;
    let size = found.first().and_then(|one| bytes_in(&one["TotalItemSize"].to_string()));
    let mut reasons = Vec::new();
    if size.is_none_or(|size| size > FREE_BYTES) {
        reasons.push(match size {
            Some(_) => "it is larger than 50 GB",
            None => "its size is not known",
        });
    }
    if mailbox["ArchiveStatus"].as_str().is_some_and(|status| status != "None") {
        reasons.push("it has an archive");
    }
    let holds = mailbox["InPlaceHolds"].as_array().is_some_and(|holds| !holds.is_empty());
    if mailbox["LitigationHoldEnabled"] == true || holds {
        reasons.push("it is on hold");
    }
    Ok((size, reasons))
}

/// Beyond this a shared mailbox needs a licence.
///
/// # Source
/// <https://learn.microsoft.com/microsoft-365/admin/email/about-shared-mailboxes>
const FREE_BYTES: u64 = 50 << 30;

/// The number before " bytes" in a size as Exchange writes it: "1.5 GB (1,610,612,736 bytes)".
fn bytes_in(text: &str) -> Option<u64> {
    let (before, _) = text.split_once(" bytes")?;
    let number = before.rsplit('(').next()?;
    // Thousands are set apart by commas, points or spaces, as the culture has it.
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// `exchange.find-mailbox`.
pub(super) struct Find;

#[async_trait]
impl Reading for Find {
    fn spec(&self) -> ActionSpec {
        let text = || json!({"type": ["string", "null"]});
        Promise {
            name: "exchange.find-mailbox",
            summary: "Reads a mailbox: its kind, size, holds, forwarding, and whether it is hidden",
            system: SYSTEM,
            effect: ActionEffect::Read,
            repeat: Repeat::Natural,
            permissions: &[MANAGE, "role View-Only Recipients in Exchange"],
            input: promise::object(&["mailbox"], json!({"mailbox": mailbox_input()})),
            output: promise::object(
                &["found"],
                json!({
                    "found": {"type": "boolean"},
                    "id": {"type": "string", "description": "in Entra ID"},
                    "userName": {"type": "string"},
                    "name": text(), "mail": text(), "kind": text(), "forwardTo": text(),
                    "forwardToRecipient": text(),
                    "synced": {"type": "boolean"}, "hidden": {"type": "boolean"},
                    "hold": {"type": "boolean"}, "keepCopy": {"type": "boolean"},
                    "sizeBytes": {"type": ["integer", "null"]},
                    "licenceStays": {
                        "type": "boolean",
                        "description": "true: it needs a licence even as a shared mailbox",
                    },
                    "because": {"type": "array", "items": {"type": "string"}},
                }),
            ),
        }
        .spec()
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let OnMailbox { mailbox } = promise::input(call)?;
        let session = Session::of(call)?;
        let found = match one(&session, &mailbox).await {
            Err(error) if error.kind == ErrorKind::Absent => return Ok(json!({"found": false})),
            found => found?,
        };
        let (size, because) = weight(&session, &found).await?;
        Ok(about(
            &found,
            json!({
                "found": true,
                "name": found["DisplayName"],
                "mail": found["PrimarySmtpAddress"],
                "kind": found["RecipientTypeDetails"],
                "forwardTo": forward_address(&found),
                "forwardToRecipient": forward_recipient(&found),
                "keepCopy": found["DeliverToMailboxAndForward"] == true,
                "synced": synced(&found),
                "hidden": found["HiddenFromAddressListsEnabled"] == true,
                "hold": found["LitigationHoldEnabled"] == true,
                "sizeBytes": size,
                "licenceStays": !because.is_empty(),
                "because": because,
            }),
        ))
    }
}

/// The recipient to whom its mail is forwarded, if any.
pub(super) fn forward_recipient(mailbox: &Value) -> Value {
    match mailbox["ForwardingAddress"].as_str() {
        Some("") | None => Value::Null,
        Some(recipient) => recipient.into(),
    }
}

/// Where its mail is forwarded, without the kind of address before it.
pub(super) fn forward_address(mailbox: &Value) -> Option<&str> {
    let address = mailbox["ForwardingSmtpAddress"].as_str()?;
    let bare = address.split_once(':').map_or(address, |(_, bare)| bare);
    (!bare.is_empty()).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_read_however_it_is_written() {
        for (text, bytes) in [
            ("\"1.5 GB (1,610,612,736 bytes)\"", Some(1_610_612_736)),
            ("\"1,5 GB (1.610.612.736 bytes)\"", Some(1_610_612_736)),
            (r#"{"Value": "2 KB (2,048 bytes)"}"#, Some(2048)),
            ("\"0 B (0 bytes)\"", Some(0)),
            ("\"Unlimited\"", None),
            ("null", None),
            ("\"(99999999999999999999999 bytes)\"", None),
        ] {
            assert_eq!(bytes_in(text), bytes, "{text}");
        }
    }
}
