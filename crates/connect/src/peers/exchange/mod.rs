//! Exchange Online: what Graph has no call for, as cmdlets, over Exchange's administration
//! interface or by PowerShell.
//!
//! *Versions tested*: none of Microsoft's own. Tried against a stub that remembers what was done
//! (`kompel_peers::Microsoft365`).
//!
//! *Permissions*: the application permission Exchange.ManageAsApp, and roles of Exchange for the
//! application (each action names them).
//!
//! *Limits*: see `limits`. The administration interface (`InvokeCommand`) is what Microsoft's own
//! module speaks; it is described nowhere and may change.
//!
//! *Reference*: <https://learn.microsoft.com/powershell/module/exchange>; for errors, public
//! clients.

mod access;
mod belongings;
mod elsewhere;
mod mailbox;
mod pwsh;
mod state;
#[cfg(test)]
mod tests;
mod transport;

use std::sync::Arc;

use async_trait::async_trait;
use kompel_model::Timestamp;
use serde_json::{Value, json};

#[cfg(test)]
pub(super) use self::tests::bench;
use self::{
    access::Access,
    belongings::{Join, Kind, Remove},
    elsewhere::Elsewhere,
    mailbox::Find,
    state::State,
    transport::{EXCHANGE_URL, MOST_MAILBOXES, Session},
};
use super::graph::{entra, settle::Settling};
use crate::{
    Action, Check, CheckState, Connection, Connector,
    desired::{Desired, Reader, Toward},
};

/// The connector `exchange`.
pub(super) fn connector() -> Arc<dyn Connector> {
    Arc::new(Exchange)
}

struct Exchange;

/// How long a write may take to be seen: a conversion takes minutes.
const PATIENCE_S: i64 = 240;

fn toward(action: impl Desired + 'static) -> Arc<dyn Action> {
    Arc::new(Settling { action: Toward(action), patience_s: PATIENCE_S })
}

#[async_trait]
impl Connector for Exchange {
    fn name(&self) -> &'static str {
        "exchange"
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![
            Arc::new(Reader(Find)),
            toward(State::Shared),
            toward(State::User),
            toward(State::Hold),
            toward(State::Forwarding),
            toward(State::Reply),
            toward(State::Hidden),
            toward(State::Shown),
            toward(Remove(Kind::Rules)),
            toward(Remove(Kind::Mobiles)),
            toward(Remove(Kind::Groups)),
            toward(Join),
            toward(Access::Grant),
            toward(Access::Revoke),
            Arc::new(Reader(elsewhere::Find)),
            toward(Elsewhere(Access::Revoke)),
            toward(Elsewhere(Access::Grant)),
        ]
    }

    fn settings(&self) -> Value {
        entra::settings(json!({
            "exchange_url": {
                "type": "string", "pattern": "^https?://", "default": EXCHANGE_URL,
                "description": "where Exchange is; another one in national clouds",
            },
            "transport": {
                "enum": ["rest", "powershell"], "default": "rest",
                "description": "`powershell`: by pwsh with the module ExchangeOnlineManagement, \
                                where it is installed",
            },
            "pwsh": {
                "type": "string", "default": "pwsh", "description": "the program, or its path",
            },
            "pwsh_timeout_s": {
                "type": "integer", "minimum": 10, "maximum": 600, "default": 60,
                "description": "the longest that one cmdlet may take, connecting included",
            },
            "most_mailboxes": {
                "type": "integer", "minimum": 1, "maximum": 5000, "default": MOST_MAILBOXES,
                "description": "in how many mailboxes at most is looked for who may open them",
            },
        }))
    }

    fn limits(&self) -> &'static [&'static str] {
        &[
            "Not tried against Microsoft: only against a stub; Exchange's administration interface is described nowhere.",
            "The transport `powershell` was not tried at all, for want of pwsh: only what is given to it and read from it is tested. There `directory` must be the organization's onmicrosoft.com domain.",
            "After a write, four minutes are given to be seen; what then is still as before counts as not done.",
            "Whether a shared mailbox needs a licence is told from its size, archive and holds, not enforced: take the licence only where `licenceStays` is false.",
            "What Active Directory masters (hiding, distribution groups) is refused or told as kept, with the reason.",
            "Inbox rules that are hidden from Outlook are not read; telephones are unpaired, not wiped.",
            "Whose mailboxes somebody may open is asked of each mailbox, five at a time: a client with more than `most_mailboxes` (500) is told as not wholly looked at, and nothing is dropped unless it is named. For the connection's own limits such a look counts as one request. An answer must be there within two minutes, so raise it with care, and lower it for `powershell` (100 a process, which has `pwsh_timeout_s`).",
            "Rights are FullAccess, SendAs and SendOnBehalf that somebody has himself: not those of groups, nor those in single folders (calendars), nor to send on behalf of groups. Exchange does not tell by `-Trustee` who was given SendAs under an earlier SID. Whether Outlook opened a mailbox by itself is not given back.",
            "A client whose licence lacks a feature (litigation hold, archives) is told as not offered.",
        ]
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        let read = async {
            let session = Session::open(connection, Timestamp::UNIX_EPOCH)?;
            session.read("Get-Mailbox", json!({"ResultSize": 1})).await
        };
        let state = match read.await {
            Ok(_) => CheckState::Good,
            Err(error) => CheckState::Bad(format!(
                "{error}; the application needs Exchange.ManageAsApp and a role in Exchange"
            )),
        };
        vec![Check { what: "token, and read mailboxes".to_owned(), state }]
    }
}
