//! Real servers for tests: started on an address or port of their own, with all their state in a
//! temporary folder, ready when returned, stopped by process id when dropped.
//!
//! A starter returns `None` where its server is not installed, after saying `not run` on standard
//! error; with `PEERS_REQUIRED=1` it panics instead.

#![expect(clippy::unwrap_used, reason = "a test whose peer does not start has failed")]

mod certificate;
mod dovecot;
mod jira;
mod mail;
mod microsoft365;
mod ocserv;
mod openvpn;
mod process;
mod radius;
mod rt;
mod samba;
mod scim;

pub use certificate::Certificates;
pub use dovecot::Dovecot;
pub use jira::{Jira, JiraExchange};
pub use mail::MailServer;
pub use microsoft365::{Exchange, How, Metadata, Microsoft365, Trouble, World, guid};
pub use ocserv::{Cookies, Ocserv, VpnClient};
pub use openvpn::{OpenVpn, OpenVpnClient};
pub use process::{Server, free_port, installed, own_address, program, wait_until};
pub use radius::FreeRadius;
pub use rt::RequestTracker;
pub use samba::SambaAd;
pub use scim::Scim2Server;
