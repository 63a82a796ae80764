//! Membership of groups. An account's primary group (usually "Domain Users") keeps no list of its
//! members and can't be left: it is said, and not counted as open.
//!
//! This is also the way to take VPN or Wi-Fi access away where a gateway (RADIUS, SSL VPN) asks
//! the directory for membership of a group: remove the account from that group.

use async_trait::async_trait;
use kompel_model::{ActionSpec, Plan, Repeat};
use ldap3::ldap_escape;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    account::{self, Account, Group},
    name,
    promise::{self, Promise},
    session::{Change, Session},
};
use crate::{
    Call, Error, ErrorKind,
    desired::{Desired, Difference, after_a_part},
};

/// `ad.remove-from-groups`.
pub(super) struct Leave;

/// `ad.add-to-groups`.
pub(super) struct Join;

#[derive(Deserialize)]
struct Leaving {
    user: String,
    groups: Option<Vec<String>>,
    #[serde(default)]
    except: Vec<String>,
}

#[derive(Deserialize)]
struct Joining {
    user: String,
    groups: Vec<String>,
}

#[async_trait]
impl Desired for Leave {
    fn spec(&self) -> ActionSpec {
        promise::spec(Promise {
            name: "ad.remove-from-groups",
            summary: "Takes an account out of these groups, or out of all",
            effect: promise::undone_by("ad.add-to-groups"),
            repeat: Repeat::Natural,
            permissions: &["read users and groups", "write member of the groups"],
            input: promise::object(
                &["user"],
                json!({
                    "user": promise::user_input(),
                    "groups": {
                        "type": "array", "items": group_input(),
                        "description": "left out: every group that lists the account",
                    },
                    "except": {
                        "type": "array", "items": group_input(),
                        "description": "groups to stay in",
                    },
                }),
            ),
            output: output_schema(),
        })
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let leaving: Leaving = promise::input(call)?;
        let mut session = Session::open(&call.connection).await?;
        let account = account::one(&mut session, &leaving.user).await?;
        let mut held = account::direct_groups(&mut session, &account.dn).await?;
        let primary = account::primary_group(&mut session, &account).await?;
        let mut remarks = Vec::new();
        let mut leave = Vec::new();
        match &leaving.groups {
            None => leave.clone_from(&held),
            Some(named) => {
                for which in named {
                    leave.push(account::group(&mut session, which).await?);
                }
            }
        }
        for which in &leaving.except {
            let kept = account::group(&mut session, which).await?;
            leave.retain(|group| group.id != kept.id);
        }
        if let Some(primary) = &primary {
            remarks.push(format!("{} is the primary group and stays", primary.dn));
        }
        leave.retain(|group| held.contains(group));
        held.retain(|group| !leave.contains(group));
        let changes = leave.iter().map(|group| membership(&account, group, true, false)).collect();
        Ok(Difference { changes, output: output(&account, &held, primary.as_ref()), remarks })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let Leaving { user, .. } = promise::input(call)?;
        apply(call, &user, &difference, |value| Change::Remove { property: "member", value }).await
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        promise::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        Some(json!({"user": output["id"], "groups": groups_in(plan)}))
    }
}

#[async_trait]
impl Desired for Join {
    fn spec(&self) -> ActionSpec {
        promise::spec(Promise {
            name: "ad.add-to-groups",
            summary: "Puts an account into these groups",
            effect: promise::undone_by("ad.remove-from-groups"),
            repeat: Repeat::Natural,
            permissions: &["read users and groups", "write member of the groups"],
            input: promise::object(
                &["user", "groups"],
                json!({
                    "user": promise::user_input(),
                    "groups": {"type": "array", "items": group_input()},
                }),
            ),
            output: output_schema(),
        })
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let joining: Joining = promise::input(call)?;
        let mut session = Session::open(&call.connection).await?;
        let account = account::one(&mut session, &joining.user).await?;
        let mut held = account::direct_groups(&mut session, &account.dn).await?;
        let primary = account::primary_group(&mut session, &account).await?;
        let mut changes = Vec::new();
        for which in &joining.groups {
            let group = account::group(&mut session, which).await?;
            if !held.contains(&group) && primary.as_ref() != Some(&group) {
                changes.push(membership(&account, &group, false, true));
                held.push(group);
            }
        }
        held.sort_by(|one, other| one.dn.cmp(&other.dn));
        let output = output(&account, &held, primary.as_ref());
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let Joining { user, .. } = promise::input(call)?;
        apply(call, &user, &difference, |value| Change::Add { property: "member", value }).await
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        promise::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        Some(json!({"user": output["id"], "groups": groups_in(plan)}))
    }
}

/// Makes every change of the difference. A group that refuses does not keep the others open; the
/// first refusal is the answer.
async fn apply(
    call: &Call,
    user: &str,
    difference: &Difference,
    change: fn(Vec<u8>) -> Change,
) -> Result<Value, Error> {
    let mut session = Session::open(&call.connection).await?;
    let account = account::one(&mut session, user).await?;
    let mut refused = Vec::new();
    let mut part_done = false;
    for planned in &difference.changes {
        let group = planned.property.strip_prefix(MEMBER_OF).unwrap_or_default();
        let member = account.dn.clone().into_bytes();
        let Err(error) = session.modify(group, vec![change(member)]).await else {
            part_done = true;
            continue;
        };
        let trouble = |error| if part_done { after_a_part(error) } else { error };
        if matches!(error.kind, ErrorKind::OutcomeUnknown | ErrorKind::Unreachable) {
            return Err(trouble(error));
        }
        // The directory refuses to do what is done already; another administrator was faster.
        let filter = format!("(member={})", ldap_escape(account.dn.as_str()));
        let seen = session.entry_if(group, &filter, &["objectGUID"]).await.map_err(trouble)?;
        let is_member = seen.is_some();
        if is_member != planned.to {
            refused.push((group.to_owned(), error));
        }
    }
    let open = refused.len();
    match refused.into_iter().next() {
        None => Ok(difference.output.clone()),
        Some((group, mut error)) => {
            let all = difference.changes.len();
            error.detail =
                format!("{open} of {all} groups refuse, first {group}: {}", error.detail);
            Err(error)
        }
    }
}

fn membership(
    account: &Account,
    group: &Group,
    from: bool,
    to: bool,
) -> kompel_model::PlannedChange {
    promise::change(&account.dn, &format!("{MEMBER_OF}{}", group.dn), from.into(), to.into())
}

fn groups_in(plan: &Plan) -> Vec<&str> {
    plan.changes.iter().filter_map(|change| change.property.strip_prefix(MEMBER_OF)).collect()
}

fn output(account: &Account, groups: &[Group], primary: Option<&Group>) -> Value {
    account.with(json!({
        "groups": groups.iter().map(Group::shown).collect::<Vec<_>>(),
        "primary": primary.map(|group| group.dn.as_str()),
    }))
}

fn output_schema() -> Value {
    promise::about_user(
        &["groups", "primary"],
        json!({
            "groups": {
                "type": "array", "items": promise::group_schema(),
                "description": "the groups that list the account afterwards",
            },
            "primary": {"type": ["string", "null"]},
        }),
    )
}

pub(super) fn group_input() -> Value {
    json!({
        "type": "string",
        "minLength": 1,
        "maxLength": 1024,
        "description": "its id (objectGUID), distinguished name, sAMAccountName or common name",
    })
}

/// Begins the property of a planned change that is a membership.
pub(super) const MEMBER_OF: &str = "member of ";

/// `ad.move`.
pub(super) struct Move;

#[derive(Deserialize)]
struct Moving {
    user: String,
    to: String,
}

#[async_trait]
impl Desired for Move {
    fn spec(&self) -> ActionSpec {
        promise::spec(Promise {
            name: "ad.move",
            summary: "Moves an account to another organizational unit",
            effect: promise::undone_by("ad.move"),
            repeat: Repeat::Natural,
            permissions: &[
                "read users",
                "delete users in the unit it leaves",
                "create users in the unit it enters",
                "write cn and name of users",
            ],
            input: promise::object(
                &["user", "to"],
                json!({
                    "user": promise::user_input(),
                    "to": {
                        "type": "string", "minLength": 1, "maxLength": 1024,
                        "description": "distinguished name of the unit",
                    },
                }),
            ),
            output: promise::about_user(&["ou"], json!({"ou": {"type": "string"}})),
        })
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let Moving { user, to } = promise::input(call)?;
        let mut session = Session::open(&call.connection).await?;
        let Some(unit) = session.entry(&to, &["objectGUID"]).await? else {
            return Err(Error::new(ErrorKind::Absent, format!("no organizational unit {to:?}")));
        };
        let account = moved(&mut session, &user, &unit.dn).await?;
        if name::lies_under(&unit.dn, &account.dn) {
            return Err(Error::new(ErrorKind::Invalid, "an account can't be moved under itself"));
        }
        let (rdn, parent) = name::split(&account.dn).unwrap_or((&account.dn, ""));
        let mut changes = Vec::new();
        if !name::same(parent, &unit.dn) {
            changes.push(promise::change(&account.dn, "ou", parent.into(), json!(unit.dn)));
        }
        let mut output = account.with(json!({"ou": unit.dn}));
        output["dn"] = format!("{rdn},{}", unit.dn).into();
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let mut session = Session::open(&call.connection).await?;
        let id = difference.output["id"].as_str().unwrap_or_default();
        let account = account::one(&mut session, id).await?;
        let rdn = name::split(&account.dn).map_or(account.dn.as_str(), |(rdn, _)| rdn);
        let to = difference.output["ou"].as_str().unwrap_or_default();
        session.move_to(&account.dn, rdn, to).await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        promise::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        Some(json!({"user": output["id"], "to": plan.changes.first()?.from}))
    }
}

/// The account; one that was named by its distinguished name is also looked for in the unit it
/// was to be moved to, where an earlier attempt may have put it.
async fn moved(session: &mut Session, user: &str, unit: &str) -> Result<Account, Error> {
    if let Some(account) = account::maybe(session, user).await? {
        return Ok(account);
    }
    if let (true, Some((rdn, _))) = (name::is_dn(user), name::split(user)) {
        return account::one(session, &format!("{rdn},{unit}")).await;
    }
    account::one(session, user).await
}
