//! Active Directory, over LDAPS or StartTLS.
//!
//! *Versions tested*: Samba AD DC 4.17 (the tests start it). Written to Microsoft's documents for
//! Windows Server; not run against one.
//!
//! *Permissions*: a plain service account with the rights each action names, delegated on the
//! units whose accounts it may close; no domain administrator. The server's certificate is always
//! verified: give the authority's certificate as `ca_file`.
//!
//! *Limits*: one domain per connection: references to other domains are not followed, a group of
//! another domain is neither seen nor left. An account that is synced to the cloud must be closed
//! here first, or the next sync opens it again. `lastLogonTimestamp` is up to 14 days behind.
//! A ticket that Kerberos gave out before stays valid until it ends (10 hours by default).
//!
//! An account is best named by its `id` (the objectGUID): it stays the same when the account is
//! moved or renamed; undo uses it.
//!
//! *Reference*: RFC 4511, 4514, 4515; MS-ADTS.

mod account;
mod config;
mod error;
mod find;
mod lifecycle;
mod membership;
mod name;
mod promise;
mod session;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

#[cfg(test)]
pub(super) use self::tests::bench;
use self::{account::USERS, session::Session};
use crate::{
    Action, Check, CheckState, Connection, Connector,
    desired::{Reader, Toward},
};

/// The connector `ad`.
pub(super) fn connector() -> Arc<dyn Connector> {
    Arc::new(Ad)
}

struct Ad;

#[async_trait]
impl Connector for Ad {
    fn name(&self) -> &'static str {
        "ad"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![
            Arc::new(Reader(find::FindUser)),
            Arc::new(Reader(find::ListUsers)),
            Arc::new(Reader(find::Inventory)),
            Arc::new(Toward(state::SignIn::Disable)),
            Arc::new(Toward(state::SignIn::Enable)),
            Arc::new(Toward(state::SetExpiry)),
            Arc::new(Toward(state::AddressList::Hide)),
            Arc::new(Toward(state::AddressList::Show)),
            Arc::new(Toward(membership::Leave)),
            Arc::new(Toward(membership::Join)),
            Arc::new(Toward(membership::Move)),
            Arc::new(lifecycle::ResetPassword),
            Arc::new(Toward(lifecycle::Create)),
            Arc::new(Toward(lifecycle::Delete)),
        ]
    }

    fn settings(&self) -> Value {
        config::schema()
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        let what = "bind with the service account".to_owned();
        let mut session = match Session::open(connection).await {
            Ok(session) => session,
            Err(error) => {
                return vec![Check { what, state: CheckState::Bad(error.detail) }];
            }
        };
        let mut checks = vec![Check { what, state: CheckState::Good }];
        checks.extend(rights(&mut session).await);
        checks
    }
}

/// What the service account may do with accounts, as the directory itself computes it for one of
/// them.
///
/// # Source
/// MS-ADTS §3.1.1.4.5.22, allowedAttributesEffective
async fn rights(session: &mut Session) -> Vec<Check> {
    let what = "read accounts under the base".to_owned();
    let filter = format!("(&{USERS}(!(adminCount=1))(!(isCriticalSystemObject=TRUE)))");
    let users = match session.search(&filter, &["objectGUID"]).await {
        Ok(users) => users,
        Err(error) => return vec![Check { what, state: CheckState::Bad(error.detail) }],
    };
    let Some(user) = users.first() else {
        let state = CheckState::Warning("there are none: is `base` right?".to_owned());
        return vec![Check { what, state }];
    };
    let mut checks = vec![Check { what, state: CheckState::Good }];
    let may = match session.entry(&user.dn, &["allowedAttributesEffective"]).await {
        Ok(entry) => entry.map(|entry| entry.texts("allowedAttributesEffective")),
        Err(error) => {
            let what = "permissions on accounts".to_owned();
            return vec![Check { what, state: CheckState::Bad(error.detail) }];
        }
    };
    let may = may.unwrap_or_default();
    for property in ["userAccountControl", "accountExpires"] {
        let allowed = may.iter().any(|name| name.eq_ignore_ascii_case(property));
        let state = if allowed {
            CheckState::Good
        } else {
            let because =
                format!("not on every account: delegate \"write {property}\" on the unit");
            CheckState::Warning(because)
        };
        checks.push(Check { what: format!("write {property} of an account"), state });
    }
    checks
}
