//! The beginning and the end of an account: create, reset the password, delete.

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, Repeat, Timestamp};
use ldap3::{dn_escape, ldap_escape};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    account::{self, Account, DISABLED, Group, NORMAL, PROPERTIES, USERS},
    membership::{self, MEMBER_OF},
    name,
    promise::{self, OnUser, Promise},
    session::{Change, Session},
};
use crate::{
    Action, Call, Error, ErrorKind, Look, Verified,
    desired::{Desired, Difference, after_a_part},
    password,
};

/// `ad.create-user`.
pub(super) struct Create;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewUser {
    account: String,
    name: String,
    ou: String,
    upn: Option<String>,
    given_name: Option<String>,
    surname: Option<String>,
    mail: Option<String>,
    title: Option<String>,
    department: Option<String>,
    company: Option<String>,
    employee_id: Option<String>,
    manager: Option<String>,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    must_change: bool,
    seal_for: Option<String>,
}

fn yes() -> bool {
    true
}

impl NewUser {
    fn dn(&self) -> String {
        format!("CN={},{}", dn_escape(self.name.as_str()), self.ou)
    }

    /// What it is to be, by the directory's property names.
    fn properties(&self) -> Vec<(&'static str, &str)> {
        let given = |name, value: &'_ Option<String>| value.is_some().then_some(name);
        let mut all = vec![("sAMAccountName", self.account.as_str()), ("displayName", &self.name)];
        for (name, value) in [
            ("userPrincipalName", &self.upn),
            ("givenName", &self.given_name),
            ("sn", &self.surname),
            ("mail", &self.mail),
            ("title", &self.title),
            ("department", &self.department),
            ("company", &self.company),
            ("employeeID", &self.employee_id),
        ] {
            if let (Some(name), Some(value)) = (given(name, value), value) {
                all.push((name, value));
            }
        }
        all
    }

    /// The groups that do not list the account yet.
    async fn missing_groups(
        &self,
        session: &mut Session,
        account: Option<&Account>,
    ) -> Result<Vec<Group>, Error> {
        let held = match account {
            Some(account) => account::direct_groups(session, &account.dn).await?,
            None => Vec::new(),
        };
        let mut missing: Vec<Group> = Vec::new();
        for which in &self.groups {
            let group = account::group(session, which).await?;
            if !held.contains(&group) && !missing.contains(&group) {
                missing.push(group);
            }
        }
        Ok(missing)
    }

    /// Makes the account, and gives its password as far as it may be told.
    async fn add(&self, session: &mut Session) -> Result<Value, Error> {
        let flags = if self.enabled { NORMAL } else { NORMAL | DISABLED };
        let mut properties: Vec<(&str, Vec<u8>)> =
            ["top", "person", "organizationalPerson", "user"]
                .map(|class| ("objectClass", class.as_bytes().to_vec()))
                .into();
        for (name, value) in self.properties() {
            properties.push((name, value.as_bytes().to_vec()));
        }
        if let Some(manager) = &self.manager {
            let manager = account::one(session, manager).await?;
            properties.push(("manager", manager.dn.into_bytes()));
        }
        let (password, sealed) = password::new(self.seal_for.as_deref())?;
        properties.push(("userAccountControl", flags.to_string().into_bytes()));
        properties.push(("unicodePwd", name::password(&password)));
        if self.must_change {
            properties.push(("pwdLastSet", b"0".to_vec()));
        }
        session.add(&self.dn(), properties).await?;
        Ok(sealed)
    }
}

#[async_trait]
impl Desired for Create {
    fn spec(&self) -> ActionSpec {
        let text = || json!({"type": "string", "minLength": 1, "maxLength": 256});
        promise::spec(Promise {
            name: "ad.create-user",
            summary: "Creates an account in its groups, with a random password that nobody knows, or one person",
            effect: promise::undone_by("ad.delete"),
            repeat: Repeat::Look,
            permissions: &[
                "read users",
                "create users in the unit",
                "reset their password",
                "write member of the groups",
            ],
            input: promise::object(
                &["account", "name", "ou"],
                json!({
                    "account": {
                        "type": "string", "minLength": 1, "maxLength": 20,
                        "pattern": "^[^\"/\\\\\\[\\]:;|=,+*?<>@\\s]+$",
                        "description": "sAMAccountName",
                    },
                    "name": {
                        "type": "string", "minLength": 1, "maxLength": 64,
                        "description": "the name shown, also the account's own name in the unit",
                    },
                    "ou": {"type": "string", "description": "distinguished name of the unit"},
                    "upn": text(), "givenName": text(), "surname": text(), "mail": text(),
                    "title": text(), "department": text(), "company": text(),
                    "employeeId": text(),
                    "manager": promise::user_input(),
                    "enabled": {"type": "boolean", "default": true},
                    "groups": {
                        "type": "array", "items": membership::group_input(), "maxItems": 100,
                    },
                    "mustChange": {
                        "type": "boolean", "default": false,
                        "description": "the person must choose a password at the first sign-in",
                    },
                    "sealFor": password::recipient_schema(),
                }),
            ),
            output: promise::about_user(
                &["enabled"],
                json!({
                    "enabled": {"type": "boolean"}, "sealed": password::sealed_schema(),
                    "passwordLost": password::lost_schema(),
                }),
            ),
        })
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let wanted: NewUser = promise::input(call)?;
        let mut session = Session::open(&call.connection).await?;
        if session.entry(&wanted.ou, &["objectGUID"]).await?.is_none() {
            let detail = format!("no organizational unit {:?}", wanted.ou);
            return Err(Error::new(ErrorKind::Absent, detail));
        }
        password::check(wanted.seal_for.as_deref())?;
        let dn = wanted.dn();
        let existing = existing(&mut session, &wanted, &dn).await?;
        let missing = wanted.missing_groups(&mut session, existing.as_ref()).await?;
        let joins = missing.iter().map(|group| {
            promise::change(&dn, &format!("{MEMBER_OF}{}", group.dn), false.into(), true.into())
        });
        if let Some(account) = existing {
            let output = account.with(json!({"enabled": account.enabled(), "sealed": null}));
            return Ok(Difference { changes: joins.collect(), output, remarks: Vec::new() });
        }
        let mut changes = vec![promise::change(&dn, "account", Value::Null, "created".into())];
        let properties = wanted.properties();
        changes.extend(
            properties.iter().map(|(name, to)| promise::change(&dn, name, Value::Null, json!(to))),
        );
        if let Some(manager) = &wanted.manager {
            let manager = account::one(&mut session, manager).await?;
            changes.push(promise::change(&dn, "manager", Value::Null, json!(manager.dn)));
        }
        changes.push(promise::change(&dn, "enabled", Value::Null, json!(wanted.enabled)));
        changes.extend(joins);
        let output = json!({
            "id": "(given by the directory)",
            "dn": dn,
            "account": wanted.account,
            "enabled": wanted.enabled,
            "sealed": wanted.seal_for.is_some().then_some("(once it is made)"),
        });
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let wanted: NewUser = promise::input(call)?;
        let mut session = Session::open(&call.connection).await?;
        let mut sealed = Value::Null;
        let is_new = difference.changes.iter().any(|change| change.property == "account");
        if is_new {
            sealed = wanted.add(&mut session).await?;
        }
        let groups =
            difference.changes.iter().filter_map(|change| change.property.strip_prefix(MEMBER_OF));
        for (number, group) in groups.enumerate() {
            let value = wanted.dn().into_bytes();
            let joined = session.modify(group, vec![Change::Add { property: "member", value }]);
            let some_done = is_new || number > 0;
            joined.await.map_err(|error| if some_done { after_a_part(error) } else { error })?;
        }
        let made = account::one(&mut session, &wanted.dn()).await.map_err(after_a_part)?;
        Ok(made.with(json!({"enabled": made.enabled(), "sealed": sealed})))
    }

    fn seen(&self, input: &Value, output: Value) -> Value {
        password::lost(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        // An account that was there before is not ours to delete.
        let is_ours = plan.changes.iter().any(|change| change.property == "account");
        is_ours.then(|| json!({"user": output["id"]}))
    }
}

/// The account if it is there as wanted. One that has its name or its address but is another is a
/// conflict: it may be somebody else's.
async fn existing(
    session: &mut Session,
    wanted: &NewUser,
    dn: &str,
) -> Result<Option<Account>, Error> {
    let mut names = format!("(sAMAccountName={})", ldap_escape(wanted.account.as_str()));
    if let Some(upn) = &wanted.upn {
        names.push_str(&format!("(userPrincipalName={})", ldap_escape(upn.as_str())));
    }
    let found = session.search(&format!("(&{USERS}(|{names}))"), PROPERTIES).await?;
    let accounts = found.into_iter().map(Account::of).collect::<Result<Vec<_>, _>>()?;
    let fits = |account: &Account| {
        let entry = &account.entry;
        name::same(&account.dn, dn)
            && wanted.properties().iter().all(|(name, value)| entry.text(name) == Some(*value))
    };
    match accounts.as_slice() {
        [] if session.entry(dn, &["objectGUID"]).await?.is_none() => Ok(None),
        [only] if fits(only) => Ok(Some(only.clone())),
        _ => {
            let detail = "another object has this account name, principal name or name already";
            Err(Error::new(ErrorKind::Conflict, detail))
        }
    }
}

/// `ad.delete`.
pub(super) struct Delete;

#[async_trait]
impl Desired for Delete {
    fn spec(&self) -> ActionSpec {
        promise::spec(Promise {
            name: "ad.delete",
            summary: "Deletes an account for good",
            effect: ActionEffect::Irreversible,
            repeat: Repeat::Natural,
            permissions: &["read users", "delete users"],
            input: promise::object(&["user"], json!({"user": promise::user_input()})),
            output: json!({
                "type": "object",
                "required": ["id", "deleted"],
                "properties": {"id": {"type": "string"}, "deleted": {"const": true}},
            }),
        })
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let OnUser { user } = promise::input(call)?;
        let mut session = Session::open(&call.connection).await?;
        let output = |id: &str| json!({"id": id, "deleted": true});
        if let Some(account) = account::maybe(&mut session, &user).await? {
            let from = account.account().into();
            let mut change = promise::change(&account.dn, "account", from, Value::Null);
            change.irreversible = true;
            let output = output(&account.id);
            return Ok(Difference { changes: vec![change], output, remarks: Vec::new() });
        }
        // An id is never given twice, so it says that the account was there; a name that nobody
        // has may be a slip of the pen.
        if name::guid_bytes(&user).is_some() {
            return Ok(Difference { output: output(&user), ..Difference::default() });
        }
        account::one(&mut session, &user).await?;
        Ok(Difference::default())
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let mut session = Session::open(&call.connection).await?;
        let id = difference.output["id"].as_str().unwrap_or_default();
        if let Some(account) = account::maybe(&mut session, id).await? {
            session.delete(&account.dn).await?;
        }
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        promise::by_id(input, output)
    }
}

/// `ad.reset-password`.
pub(super) struct ResetPassword;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resetting {
    user: String,
    unless_set_after: Option<Timestamp>,
    #[serde(default)]
    must_change: bool,
    seal_for: Option<String>,
}

impl ResetPassword {
    /// The account, when its password was set, and whether that is recent enough.
    async fn read(
        &self,
        call: &Call,
    ) -> Result<(Session, Account, Option<Timestamp>, bool), Error> {
        let resetting: Resetting = promise::input(call)?;
        password::check(resetting.seal_for.as_deref())?;
        if resetting.seal_for.is_some() && resetting.unless_set_after.is_some() {
            // A repeat would find the first attempt's password and have none to tell.
            let detail = "`sealFor` and `unlessSetAfter` do not go together";
            return Err(Error::new(ErrorKind::Invalid, detail));
        }
        let mut session = Session::open(&call.connection).await?;
        let account = account::one(&mut session, &resetting.user).await?;
        let set = account.entry.number("pwdLastSet").and_then(name::moment);
        let recent =
            matches!((set, resetting.unless_set_after), (Some(set), Some(after)) if set > after);
        Ok((session, account, set, recent))
    }
}

#[async_trait]
impl Action for ResetPassword {
    fn spec(&self) -> ActionSpec {
        promise::spec(Promise {
            name: "ad.reset-password",
            summary: "Gives an account a random password that nobody knows, or one person",
            effect: ActionEffect::Irreversible,
            repeat: Repeat::Natural,
            permissions: &["read users", "reset password of users"],
            input: promise::object(
                &["user"],
                json!({
                    "user": promise::user_input(),
                    "unlessSetAfter": {
                        "type": "string", "format": "date-time",
                        "description": "a password set after this moment stays: a second \
                                        offboarding of the same leaver changes nothing",
                    },
                    "mustChange": {
                        "type": "boolean", "default": false,
                        "description": "the person must choose another at the next sign-in",
                    },
                    "sealFor": password::recipient_schema(),
                }),
            ),
            output: promise::about_user(
                &["passwordSet"],
                json!({
                    "passwordSet": {
                        "type": ["string", "null"],
                        "description": "when, by the directory's clock; null: must be changed",
                    },
                    "sealed": password::sealed_schema(),
                }),
            ),
        })
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let (_, account, set, recent) = self.read(call).await?;
        let told = call.input.get("sealFor").is_some();
        let sealed = told.then_some("(once it is made)");
        let predicted = account.with(json!({"passwordSet": set, "sealed": sealed}));
        let mut plan = Plan { predicted, ..Plan::default() };
        if !recent {
            let to = match told {
                true => "random, told to one person",
                false => "random, known to nobody",
            };
            let to = to.into();
            let mut change = promise::change(&account.dn, "password", json!({"set": set}), to);
            change.irreversible = true;
            plan.changes.push(change);
        }
        Ok(plan)
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let resetting: Resetting = promise::input(call)?;
        let (mut session, account, set, recent) = self.read(call).await?;
        if recent {
            return Ok(account.with(json!({"passwordSet": set})));
        }
        // Twice: for an hour a directory still accepts the password before the newest one.
        let (first, _) = password::new(None)?;
        let (second, sealed) = password::new(resetting.seal_for.as_deref())?;
        let set = |password| {
            let to = name::password(password);
            Change::Set { property: "unicodePwd", to }
        };
        session.modify(&account.dn, vec![set(&first)]).await?;
        let mut changes = vec![set(&second)];
        if resetting.must_change {
            changes.push(Change::Set { property: "pwdLastSet", to: b"0".to_vec() });
        }
        session.modify(&account.dn, changes).await.map_err(after_a_part)?;
        let account = account::one(&mut session, &account.id).await.map_err(after_a_part)?;
        let set = account.entry.number("pwdLastSet").and_then(name::moment);
        Ok(account.with(json!({"passwordSet": set, "sealed": sealed})))
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        let (_, account, set, recent) = self.read(call).await?;
        // Whose reset a recent one was can't be told, and need not be: doing it again is natural.
        Ok(if recent {
            Look::Done(account.with(json!({"passwordSet": set})))
        } else {
            Look::NotDone
        })
    }

    async fn verify(&self, call: &Call, output: &Value) -> Result<Verified, Error> {
        let again = Call { input: promise::by_id(&call.input, output), ..call.clone() };
        let (_, account, set, _) = self.read(&again).await?;
        let promised: Option<Timestamp> = serde_json::from_value(output["passwordSet"].clone())
            .map_err(|error| Error::new(ErrorKind::Invalid, format!("output: {error}")))?;
        let found = account.with(json!({"passwordSet": set}));
        if set >= promised {
            return Ok(Verified::Holds(found));
        }
        let because = "the password is older than the reset".to_owned();
        Ok(Verified::Differs { found, because })
    }
}
