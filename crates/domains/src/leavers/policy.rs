//! What a client wants done where somebody leaves, beside closing what is open.
//!
//! Owns the form of `[tenant.<name>.leavers]` and who is meant by `manager`. What is done about it is
//! the playbook's matter.

use std::collections::BTreeMap;

use kompel_model::PersonQuery;
use serde::{Deserialize, Serialize};

/// A client's wishes; whatever is not said is not done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Mailboxes are put on litigation hold, and so keep a licence.
    pub litigation_hold: bool,
    /// Devices that Intune manages drop the client's data.
    pub retire_devices: bool,
    /// Meetings that the person organised are cancelled.
    pub cancel_meetings: bool,
    /// What the person shared from OneDrive is no longer shared.
    pub stop_sharing: bool,
    /// The out-of-office reply, inside and outside; `{name}` in it is the person's name.
    pub out_of_office: Option<Reply>,
    /// To whom mail is forwarded.
    pub forward_to: Option<Recipient>,
    /// Who gets the mailbox and OneDrive.
    pub hand_over_to: Option<Recipient>,
    /// After how many days closed accounts in the cloud are deleted.
    pub delete_after_days: Option<Days>,
}

/// An out-of-office reply, at most 10,000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Reply(String);

/// Somebody who gets what the person leaves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Recipient {
    /// The person's manager, as `[tenant.<name>.people]` knows them.
    Manager,
    /// Always the same address.
    Address(String),
}

/// A number of days, from 1 to 3,650.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub struct Days(u32);

/// A wish that can't be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoWish(String);

impl TryFrom<String> for Reply {
    type Error = NoWish;

    fn try_from(text: String) -> Result<Self, NoWish> {
        let fits = !text.trim().is_empty() && text.chars().count() <= LONGEST_REPLY;
        let wrong = || NoWish(format!("a reply has 1 to {LONGEST_REPLY} characters"));
        fits.then_some(Self(text)).ok_or_else(wrong)
    }
}

impl TryFrom<String> for Recipient {
    type Error = NoWish;

    fn try_from(text: String) -> Result<Self, NoWish> {
        if text == "manager" {
            return Ok(Self::Manager);
        }
        let plain = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
        match text.split_once('@') {
            Some((before, after)) if plain(before) && plain(after) && !after.contains('@') => {
                Ok(Self::Address(text))
            }
            _ => Err(NoWish(format!("{text:?} is neither \"manager\" nor a mail address"))),
        }
    }
}

impl TryFrom<u32> for Days {
    type Error = NoWish;

    fn try_from(days: u32) -> Result<Self, NoWish> {
        let wrong = || NoWish(format!("{days} is not from 1 to {MOST_DAYS} days"));
        (1..=MOST_DAYS).contains(&days).then_some(Self(days)).ok_or_else(wrong)
    }
}

/// A client's wishes about one person, as inventories tell them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Wishes {
    /// The mailbox is put on litigation hold.
    pub litigation_hold: bool,
    /// Managed devices are retired.
    pub retire_devices: bool,
    /// The person's meetings are cancelled.
    pub cancel_meetings: bool,
    /// Sharing is stopped.
    pub stop_sharing: bool,
    /// The reply.
    pub out_of_office: Option<String>,
    /// To which address mail is forwarded.
    pub forward_to: Option<String>,
    /// Who gets the mailbox and OneDrive, by address.
    pub hand_over_to: Option<String>,
    /// After how many days the account is deleted.
    pub delete_after_days: Option<u32>,
    /// Which of these say `manager` where nobody is known as that.
    pub unknown: Vec<String>,
}

impl Policy {
    /// What it means for this person; `managers` tells everybody's, by address in lower case.
    pub(super) fn about(
        &self,
        person: &PersonQuery,
        managers: &BTreeMap<String, String>,
    ) -> Wishes {
        let manager = person.mails.iter().find_map(|mail| managers.get(&mail.to_lowercase()));
        let mut unknown = Vec::new();
        let mut who = |of: &Option<Recipient>, name: &str| match of.as_ref()? {
            Recipient::Address(address) => Some(address.clone()),
            Recipient::Manager => {
                if manager.is_none() {
                    unknown.push(name.to_owned());
                }
                manager.cloned()
            }
        };
        let forward_to = who(&self.forward_to, "forwardTo");
        let hand_over_to = who(&self.hand_over_to, "handOverTo");
        Wishes {
            litigation_hold: self.litigation_hold,
            retire_devices: self.retire_devices,
            cancel_meetings: self.cancel_meetings,
            stop_sharing: self.stop_sharing,
            out_of_office: self.out_of_office.as_ref().map(|reply| reply.0.clone()),
            forward_to,
            hand_over_to,
            delete_after_days: self.delete_after_days.map(|days| days.0),
            unknown,
        }
    }
}

/// Half of what Exchange takes.
const LONGEST_REPLY: usize = 10_000;

const MOST_DAYS: u32 = 3_650;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(value: Value) -> Result<Policy, serde_json::Error> {
        serde_json::from_value(value)
    }

    #[test]
    fn a_manager_is_who_the_client_says_and_else_told_as_unknown() {
        let policy = read(json!({"forward_to": "manager", "hand_over_to": "desk@a.test"})).unwrap();
        let managers = [("jan@a.test".to_owned(), "an@a.test".to_owned())].into();
        let jan = |mail: &str| PersonQuery { mails: vec![mail.to_owned()], ..Default::default() };
        let known = policy.about(&jan("Jan@a.test"), &managers);
        assert_eq!(known.forward_to.as_deref(), Some("an@a.test"));
        assert_eq!(known.hand_over_to.as_deref(), Some("desk@a.test"));
        assert!(known.unknown.is_empty() && !known.litigation_hold);
        let unknown = policy.about(&jan("piet@a.test"), &managers);
        assert_eq!((unknown.forward_to, unknown.unknown), (None, vec!["forwardTo".to_owned()]));
    }

    #[test]
    fn a_wish_that_cannot_be_meant_is_refused() {
        for (value, right) in [
            (json!({}), true),
            (json!({"litigation_hold": true, "retire_devices": true}), true),
            (json!({"delete_after_days": 90}), true),
            (json!({"delete_after_days": 0}), false),
            (json!({"delete_after_days": 36_500}), false),
            (json!({"delete_after_days": -1}), false),
            (json!({"hand_over_to": "the boss"}), false),
            (json!({"hand_over_to": "a@b@c"}), false),
            (json!({"out_of_office": " "}), false),
            (json!({"litigation-hold": true}), false),
        ] {
            assert_eq!(read(value.clone()).is_ok(), right, "{value}");
        }
    }
}
