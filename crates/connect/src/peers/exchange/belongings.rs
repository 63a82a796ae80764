//! What a mailbox holds one by one: inbox rules, telephones that fetch its mail, distribution
//! groups.

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, Repeat};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    mailbox::{self, MANAGE, SYSTEM},
    transport::Session,
};
use crate::{
    Call, Error, ErrorKind,
    desired::{Desired, Difference, each},
    peers::graph::named,
    promise::{self, Promise},
};

/// A kind of thing that a mailbox holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rules,
    Mobiles,
    Groups,
}

/// One of them: `id`, `name`, and why it can't be taken away.
struct Item {
    shown: Value,
    kept: Option<&'static str>,
}

impl Kind {
    async fn held(self, session: &Session<'_>, found: &Value) -> Result<Vec<Item>, Error> {
        let id = mailbox::id(found);
        let rows = match self {
            Self::Rules => session.read("Get-InboxRule", json!({"Mailbox": id})).await?,
            Self::Mobiles => session.read("Get-MobileDevice", json!({"Mailbox": id})).await?,
            Self::Groups => {
                let filter = mailbox::filter("Members", found)?;
                let kinds = ["MailUniversalDistributionGroup", "MailUniversalSecurityGroup"];
                let asked = json!({
                    "Filter": filter, "RecipientTypeDetails": kinds, "ResultSize": "Unlimited",
                });
                session.read("Get-Recipient", asked).await?
            }
        };
        let mut items: Vec<Item> = rows.iter().map(|row| self.item(row)).collect();
        items.sort_by_key(|item| item.shown.to_string());
        Ok(items)
    }

    fn item(self, row: &Value) -> Item {
        let (id, name) = match self {
            Self::Rules => ("RuleIdentity", "Name"),
            Self::Mobiles => ("Guid", "FriendlyName"),
            Self::Groups => ("ExternalDirectoryObjectId", "DisplayName"),
        };
        let kept = self == Self::Groups && row["IsDirSynced"] == true;
        Item {
            shown: json!({"id": text(&row[id]), "name": row[name]}),
            kept: kept.then_some("Active Directory masters this group: leave it there"),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Rules => "inbox rule",
            Self::Mobiles => "telephone",
            Self::Groups => "member of",
        }
    }

    /// That one is held, as plans show it.
    fn holding(self) -> &'static str {
        match self {
            Self::Rules => "set",
            Self::Mobiles => "paired",
            Self::Groups => named::MEMBER,
        }
    }

    async fn remove(self, session: &Session<'_>, who: &Value, item: &str) -> Result<(), Error> {
        let id = who["id"].as_str().unwrap_or_default();
        let login = who["userName"].as_str().unwrap_or_default();
        let (cmdlet, parameters) = match self {
            Self::Rules => (
                "Remove-InboxRule",
                json!({
                    "Identity": item, "Mailbox": id, "Confirm": false,
                    "AlwaysDeleteOutlookRulesBlob": true,
                }),
            ),
            Self::Mobiles => ("Remove-MobileDevice", json!({"Identity": item, "Confirm": false})),
            Self::Groups => ("Remove-DistributionGroupMember", member(item, id)),
        };
        match session.write(cmdlet, parameters, login).await {
            // Gone already is as good.
            Err(error) if error.kind == ErrorKind::Absent => Ok(()),
            done => done,
        }
    }
}

fn member(group: &str, member: &str) -> Value {
    json!({
        "Identity": group, "Member": member, "BypassSecurityGroupManagerCheck": true,
        "Confirm": false,
    })
}

/// A text, or a number as one: the ids of rules are numbers larger than most readers hold.
fn text(value: &Value) -> Value {
    match value {
        Value::String(_) => value.clone(),
        other => other.to_string().into(),
    }
}

fn item_schema() -> Value {
    json!({
        "type": "object",
        "required": ["id", "name"],
        "properties": {
            "id": {"type": "string"}, "name": {"type": ["string", "null"]},
            "because": {"type": "string"},
        },
    })
}

fn groups_input(what: &str) -> Value {
    json!({
        "type": "array", "maxItems": 500,
        "items": {"type": "string", "minLength": 1, "maxLength": 256},
        "description": what,
    })
}

/// `exchange.remove-inbox-rules` and its like.
pub(super) struct Remove(pub(super) Kind);

#[derive(Deserialize)]
struct Holding {
    mailbox: String,
    groups: Option<Vec<String>>,
}

#[async_trait]
impl Desired for Remove {
    fn spec(&self) -> ActionSpec {
        let mut properties = json!({"mailbox": mailbox::mailbox_input()});
        let (name, summary, effect, role) = match self.0 {
            Kind::Rules => (
                "exchange.remove-inbox-rules",
                "Removes every inbox rule of a mailbox, those that forward among them",
                ActionEffect::Irreversible,
                "role Mail Recipients in Exchange",
            ),
            Kind::Mobiles => (
                "exchange.remove-mobile-devices",
                "Removes every telephone's partnership with a mailbox (nothing is wiped)",
                ActionEffect::Irreversible,
                "role Mail Recipients in Exchange",
            ),
            Kind::Groups => {
                properties["groups"] = groups_input("ids or names; all of them when left out");
                (
                    "exchange.leave-distribution-groups",
                    "Takes a mailbox out of these distribution groups, or out of all",
                    promise::undone_by("exchange.join-distribution-groups"),
                    "role Distribution Groups in Exchange",
                )
            }
        };
        let permissions: &'static [&'static str] = match role {
            "role Distribution Groups in Exchange" => {
                &[MANAGE, "role Distribution Groups in Exchange"]
            }
            _ => &[MANAGE, "role Mail Recipients in Exchange"],
        };
        Promise {
            name,
            summary,
            system: SYSTEM,
            effect,
            repeat: Repeat::Natural,
            permissions,
            input: promise::object(&["mailbox"], properties),
            output: mailbox::about_schema(
                &["removed", "kept"],
                json!({
                    "removed": {"type": "array", "items": item_schema()},
                    "kept": {
                        "type": "array", "items": item_schema(),
                        "description": "what stays, each with its reason in `because`",
                    },
                }),
            ),
        }
        .spec()
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let wanted: Holding = promise::input(call)?;
        let session = Session::of(call)?;
        let found = mailbox::one(&session, &wanted.mailbox).await?;
        let (mut changes, mut removed, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        let mut remarks = Vec::new();
        for Item { mut shown, kept: stays } in self.0.held(&session, &found).await? {
            let meant = |which: &String| shown["id"] == *which || shown["name"] == *which;
            if !wanted.groups.as_ref().is_none_or(|all| all.iter().any(meant)) {
                continue;
            }
            let name = named::named(&shown);
            if let Some(why) = stays {
                remarks.push(format!("{name} stays: {why}."));
                shown["because"] = why.into();
                kept.push(shown);
                continue;
            }
            let property = format!("{} {name}", self.0.word());
            let object = mailbox::named(&found);
            let from = self.0.holding().into();
            let mut change = promise::change(&object, &property, from, Value::Null);
            change.irreversible = self.0 != Kind::Groups;
            changes.push(change);
            removed.push(shown);
        }
        let output = mailbox::about(&found, json!({"removed": removed, "kept": kept}));
        Ok(Difference { changes, output, remarks })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let session = &Session::of(call)?;
        let output = &difference.output;
        each(output["removed"].as_array().into_iter().flatten(), |item| async move {
            let item = item["id"].as_str().unwrap_or_default();
            self.0.remove(session, output, item).await
        })
        .await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        mailbox::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        let groups = named::ids(plan);
        (self.0 == Kind::Groups).then(|| json!({"mailbox": output["id"], "groups": groups}))
    }
}

/// `exchange.join-distribution-groups`.
pub(super) struct Join;

#[async_trait]
impl Desired for Join {
    fn spec(&self) -> ActionSpec {
        Promise {
            name: "exchange.join-distribution-groups",
            summary: "Puts a mailbox into these distribution groups",
            system: SYSTEM,
            effect: promise::undone_by("exchange.leave-distribution-groups"),
            repeat: Repeat::Natural,
            permissions: &[MANAGE, "role Distribution Groups in Exchange"],
            input: promise::object(
                &["mailbox", "groups"],
                json!({
                    "mailbox": mailbox::mailbox_input(),
                    "groups": groups_input("their ids in Entra ID"),
                }),
            ),
            output: mailbox::about_schema(
                &["added"],
                json!({"added": {"type": "array", "items": {"type": "string"}}}),
            ),
        }
        .spec()
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let Holding { mailbox: which, groups } = promise::input(call)?;
        let session = Session::of(call)?;
        let found = mailbox::one(&session, &which).await?;
        let held = Kind::Groups.held(&session, &found).await?;
        let (mut changes, mut added) = (Vec::new(), Vec::new());
        for group in groups.unwrap_or_default() {
            if held.iter().any(|item| item.shown["id"] == group) || added.contains(&group) {
                continue;
            }
            let property = format!("member of ({group})");
            let (object, to) = (mailbox::named(&found), named::MEMBER.into());
            changes.push(promise::change(&object, &property, Value::Null, to));
            added.push(group);
        }
        let output = mailbox::about(&found, json!({"added": added}));
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let session = &Session::of(call)?;
        let id = difference.output["id"].as_str().unwrap_or_default();
        let login = difference.output["userName"].as_str().unwrap_or_default();
        each(difference.output["added"].as_array().into_iter().flatten(), |group| async move {
            let group = group.as_str().unwrap_or_default();
            session.write("Add-DistributionGroupMember", member(group, id), login).await
        })
        .await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        mailbox::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        Some(json!({"mailbox": output["id"], "groups": named::ids(plan)}))
    }
}
