//! Microsoft Graph: accounts of Entra ID and what they hold, as an application (client
//! credentials: a secret or a certificate).
//!
//! *Versions tested*: none of Microsoft's own. Tried against a stub that remembers what was done
//! (`kompel_peers::Microsoft365`); every request and answer is held against Microsoft's published
//! metadata of v1.0 (August 2026).
//!
//! *Permissions*: application permissions, by action in `needs.rs`; `check` says which a token
//! lacks. For accounts that hold directory roles Microsoft wants a role of the application too.
//!
//! *Limits*: see `limits`. Writes are seen after a while: for two minutes after one, "not yet seen"
//! is "not yet"; then it differs. What can't be taken away (synchronised and dynamic groups,
//! distribution groups, licences and applications that a group gives) is told as kept, with the
//! reason.
//!
//! *Reference*: <https://learn.microsoft.com/graph/api/overview?view=graph-rest-1.0>

mod account;
mod belongings;
mod client;
mod devices;
mod drive;
pub(in crate::peers) mod entra;
mod joining;
mod licences;
mod lists;
mod managed;
mod meetings;
pub(in crate::peers) mod named;
mod needs;
pub(in crate::peers) mod settle;
mod stamps;
mod starting;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(in crate::peers) mod trying;
pub(in crate::peers) mod users;

use std::sync::Arc;

use async_trait::async_trait;
use kompel_model::Timestamp;
use serde_json::{Value, json};

#[cfg(test)]
pub(super) use self::tests::bench;
use self::{
    account::SignIn,
    belongings::{Kind, Remove},
    client::{Client, GRAPH_URL},
    devices::Switch,
    drive::{Hand, StopSharing},
    lists::List,
    settle::Settling,
    stamps::Stamp,
    users::FindUser,
};
use crate::{
    Action, Check, CheckState, Connection, Connector, Error,
    desired::{Desired, Reader, Toward},
};

/// The connector `graph`.
pub(super) fn connector() -> Arc<dyn Connector> {
    Arc::new(Graph)
}

struct Graph;

/// How long a write may take to be seen.
const PATIENCE_S: i64 = 120;

fn settling(action: impl Action + 'static) -> Arc<dyn Action> {
    Arc::new(Settling { action, patience_s: PATIENCE_S })
}

fn toward(action: impl Desired + 'static) -> Arc<dyn Action> {
    settling(Toward(action))
}

#[async_trait]
impl Connector for Graph {
    fn name(&self) -> &'static str {
        "graph"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![
            Arc::new(Reader(FindUser)),
            Arc::new(Reader(List::Memberships)),
            Arc::new(Reader(licences::List)),
            Arc::new(Reader(List::Methods)),
            Arc::new(Reader(devices::List)),
            Arc::new(Reader(managed::List)),
            Arc::new(Reader(List::Apps)),
            Arc::new(Reader(List::Grants)),
            Arc::new(Reader(List::Owned)),
            Arc::new(Reader(List::Eligible)),
            Arc::new(Reader(drive::Find)),
            toward(SignIn::Block),
            toward(SignIn::Unblock),
            settling(Stamp::Sessions),
            settling(Stamp::Password),
            toward(Remove(Kind::Methods)),
            toward(Remove(Kind::Groups)),
            toward(joining::Join),
            toward(Remove(Kind::Roles)),
            toward(joining::Assign),
            toward(Remove(Kind::Eligible)),
            toward(Remove(Kind::Apps)),
            toward(Remove(Kind::Grants)),
            toward(licences::Remove),
            toward(licences::Assign),
            toward(Switch::Disable),
            toward(Switch::Enable),
            toward(managed::Retire),
            toward(Hand::Over),
            toward(Hand::Back),
            toward(StopSharing),
            toward(meetings::Cancel),
            toward(account::Delete),
            toward(starting::Create),
            toward(starting::Locate),
        ]
    }

    fn settings(&self) -> Value {
        entra::settings(json!({
            "graph_url": {
                "type": "string", "pattern": "^https?://", "default": GRAPH_URL,
                "description": "where Graph is, without the version; another one in national \
                                clouds",
            },
        }))
    }

    fn limits(&self) -> &'static [&'static str] {
        &[
            "Not tried against Microsoft: only against a stub whose shapes are Microsoft's published ones.",
            "Accounts that hold directory roles can be changed only by an application with a role above theirs (Privileged Authentication Administrator, User Administrator).",
            "After a write, two minutes are given to be seen; what then is still as before counts as not done.",
            "A revoked session ends within minutes, not at once: an access token that is out lives up to an hour, unless the service evaluates it continuously.",
            "Groups are those that the account is in directly; managed devices (Intune) are retired, never wiped.",
            "Roles of Privileged Identity Management need a client with that licence; without it they are told as not offered, and nothing else fails.",
            "A certificate instead of a secret must have an RSA key; what is signed with it was checked by another program, not by Microsoft.",
            "At most 200 pages of a list are read; at most 500 items of a drive with permissions of their own, and 500 meetings.",
            "A drive that is handed over stays the leaver's: Microsoft deletes it some time after the account (30 days, unless the client set another time). Files in SharePoint and Teams that the person shared are not looked at.",
            "Meetings are those of the account's own calendar. Who lost the licence or the mailbox can't send cancellations: cancel first.",
            "Telephone numbers that Teams gives are not told: Graph 1.0 has no call for them.",
        ]
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        match checked(connection).await {
            Ok(checks) => checks,
            Err(error) => vec![Check {
                what: "token, and read accounts".to_owned(),
                state: CheckState::Bad(error.to_string()),
            }],
        }
    }
}

async fn checked(connection: &Connection) -> Result<Vec<Check>, Error> {
    let client = Client::of(connection, Timestamp::UNIX_EPOCH)?;
    let roles = client.entra().roles().await?;
    let mut checks = needs::checks(roles.as_deref());
    users::first(&client).await?;
    checks.push(Check { what: "read accounts".to_owned(), state: CheckState::Good });
    Ok(checks)
}
