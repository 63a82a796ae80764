//! Accounts and groups as the directory has them, and how one is named in an action's input.

use ldap3::ldap_escape;
use serde_json::{Value, json};

use super::{
    name,
    session::{Entry, Session},
};
use crate::{Error, ErrorKind};

/// One user account.
#[derive(Debug, Clone)]
pub(super) struct Account {
    /// Its `objectGUID`: stays the same when it is moved or renamed.
    pub(super) id: String,
    /// Its distinguished name.
    pub(super) dn: String,
    /// Its `userAccountControl`.
    pub(super) flags: i64,
    /// Everything that was read.
    pub(super) entry: Entry,
}

impl Account {
    /// From an entry read with [`PROPERTIES`].
    pub(super) fn of(entry: Entry) -> Result<Self, Error> {
        let id = entry.bytes("objectGUID").and_then(name::guid_text);
        let (Some(id), Some(flags)) = (id, entry.number("userAccountControl")) else {
            let detail = "an account's objectGUID or userAccountControl can't be read: may the \
                          service account read them?";
            return Err(Error::new(ErrorKind::Denied, detail));
        };
        Ok(Self { id, dn: entry.dn.clone(), flags, entry })
    }

    /// True if it can be signed in with.
    pub(super) fn enabled(&self) -> bool {
        self.flags & DISABLED == 0
    }

    /// Its `sAMAccountName`.
    pub(super) fn account(&self) -> &str {
        self.entry.text("sAMAccountName").unwrap_or_default()
    }

    /// Its parent's distinguished name.
    pub(super) fn parent(&self) -> &str {
        name::split(&self.dn).map_or("", |(_, parent)| parent)
    }

    /// What names it in every output.
    pub(super) fn named(&self) -> Value {
        json!({"id": self.id, "dn": self.dn, "account": self.account()})
    }

    /// What names it, and these properties too.
    pub(super) fn with(&self, more: Value) -> Value {
        let mut whole = self.named();
        if let (Some(whole), Value::Object(more)) = (whole.as_object_mut(), more) {
            whole.extend(more);
        }
        whole
    }

    /// The short description that searches return.
    pub(super) fn summary(&self) -> Value {
        let entry = &self.entry;
        self.with(json!({
            "upn": entry.text("userPrincipalName"),
            "mail": entry.text("mail"),
            "name": entry.text("displayName").or_else(|| entry.text("cn")),
            "enabled": self.enabled(),
            "ou": self.parent(),
            "lastLogon": entry.number("lastLogonTimestamp").and_then(name::moment),
        }))
    }
}

/// The account that an input means: its id, distinguished name, sAMAccountName or UPN.
pub(super) async fn one(session: &mut Session, who: &str) -> Result<Account, Error> {
    maybe(session, who).await?.ok_or_else(|| {
        Error::new(ErrorKind::Absent, "no account has this id, name or principal name")
    })
}

/// As [`one`], but none is no error.
pub(super) async fn maybe(session: &mut Session, who: &str) -> Result<Option<Account>, Error> {
    let found = if let Some(bytes) = name::guid_bytes(who) {
        let filter = format!("(&{USERS}(objectGUID={}))", name::filter_bytes(&bytes));
        session.search(&filter, PROPERTIES).await?
    } else if name::is_dn(who) {
        session.entry_if(who, USERS, PROPERTIES).await?.into_iter().collect()
    } else {
        let who = ldap_escape(who);
        let filter = format!("(&{USERS}(|(sAMAccountName={who})(userPrincipalName={who})))");
        session.search(&filter, PROPERTIES).await?
    };
    if found.len() > 1 {
        let detail = format!("{} accounts fit: give the id of the one that is meant", found.len());
        return Err(Error::new(ErrorKind::Invalid, detail));
    }
    found.into_iter().next().map(Account::of).transpose()
}

/// One group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// Its `objectGUID`.
    pub(super) id: String,
    /// Its distinguished name.
    pub(super) dn: String,
}

impl Group {
    fn of(entry: &Entry) -> Self {
        let id = entry.bytes("objectGUID").and_then(name::guid_text).unwrap_or_default();
        Self { id, dn: entry.dn.clone() }
    }

    /// As outputs show it.
    pub(super) fn shown(&self) -> Value {
        let rdn = name::split(&self.dn).map_or(self.dn.as_str(), |(rdn, _)| rdn);
        json!({"id": self.id, "dn": self.dn, "name": name::readable(rdn)})
    }
}

/// The group that an input means: its id, distinguished name, sAMAccountName or common name.
pub(super) async fn group(session: &mut Session, which: &str) -> Result<Group, Error> {
    let found = if let Some(bytes) = name::guid_bytes(which) {
        let filter = format!("(&(objectClass=group)(objectGUID={}))", name::filter_bytes(&bytes));
        session.search(&filter, GROUP_PROPERTIES).await?
    } else if name::is_dn(which) {
        let entry = session.entry_if(which, "(objectClass=group)", GROUP_PROPERTIES).await?;
        entry.into_iter().collect()
    } else {
        let text = ldap_escape(which);
        let filter = format!("(&(objectClass=group)(|(sAMAccountName={text})(cn={text})))");
        session.search(&filter, GROUP_PROPERTIES).await?
    };
    match found.as_slice() {
        [only] => Ok(Group::of(only)),
        [] => Err(Error::new(ErrorKind::Absent, format!("no group {which:?}"))),
        several => {
            let detail = format!("{} groups fit {which:?}: give its dn", several.len());
            Err(Error::new(ErrorKind::Invalid, detail))
        }
    }
}

/// The groups that list the object as a member, in order of their names.
pub(super) async fn direct_groups(session: &mut Session, dn: &str) -> Result<Vec<Group>, Error> {
    groups(session, &format!("(&(objectClass=group)(member={}))", ldap_escape(dn))).await
}

/// The groups that it belongs to through any number of others, in order of their names.
///
/// # Source
/// MS-ADTS §3.1.1.3.4.4.3, LDAP_MATCHING_RULE_TRANSITIVE_EVAL
pub(super) async fn all_groups(session: &mut Session, dn: &str) -> Result<Vec<Group>, Error> {
    let dn = ldap_escape(dn);
    groups(session, &format!("(&(objectClass=group)(member:1.2.840.113556.1.4.1941:={dn}))")).await
}

/// The account's primary group, which keeps no list of its members.
pub(super) async fn primary_group(
    session: &mut Session,
    account: &Account,
) -> Result<Option<Group>, Error> {
    let sid = account.entry.bytes("objectSid");
    let relative = account.entry.number("primaryGroupID").and_then(|id| u32::try_from(id).ok());
    let Some(sid) = sid.zip(relative).and_then(|(sid, id)| name::sibling_sid(sid, id)) else {
        return Ok(None);
    };
    let filter = format!("(&(objectClass=group)(objectSid={}))", name::filter_bytes(&sid));
    Ok(groups(session, &filter).await?.into_iter().next())
}

async fn groups(session: &mut Session, filter: &str) -> Result<Vec<Group>, Error> {
    let found = session.search(filter, GROUP_PROPERTIES).await?;
    let mut groups: Vec<Group> = found.iter().map(Group::of).collect();
    groups.sort_by(|one, other| one.dn.cmp(&other.dn));
    Ok(groups)
}

/// What makes an entry a person's account.
pub(super) const USERS: &str = "(&(objectCategory=person)(objectClass=user))";

/// `ACCOUNTDISABLE` in `userAccountControl`.
pub(super) const DISABLED: i64 = 0x2;
/// `NORMAL_ACCOUNT`.
pub(super) const NORMAL: i64 = 0x200;
/// `DONT_EXPIRE_PASSWORD`.
pub(super) const PASSWORD_STAYS: i64 = 0x1_0000;

/// What is read of every account.
pub(super) const PROPERTIES: &[&str] = &[
    "objectGUID",
    "objectSid",
    "sAMAccountName",
    "userPrincipalName",
    "userAccountControl",
    "displayName",
    "cn",
    "givenName",
    "sn",
    "mail",
    "title",
    "department",
    "company",
    "employeeID",
    "manager",
    "description",
    "primaryGroupID",
    "accountExpires",
    "pwdLastSet",
    "lastLogonTimestamp",
    "lockoutTime",
    "whenCreated",
    "adminCount",
    "servicePrincipalName",
    "directReports",
    "msExchHideFromAddressLists",
];

const GROUP_PROPERTIES: &[&str] = &["objectGUID"];
