//! The directory under the contract: Samba's domain controller.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use kompel_model::{Secret, TenantId};
use kompel_peers::SambaAd;
use serde_json::{Value, json};

use super::{connector, name::guid_text};
use crate::{
    Connection, Connector, Settings,
    contract::{Bench, Example, NotRun, Peer, Way},
};

/// The bench, for the contract tests.
pub(in crate::peers) fn bench() -> Box<dyn Bench> {
    Box::new(AdBench)
}

struct AdBench;

struct AdPeer(SambaAd, Mutex<String>);

const PASSWORD: &str = "Zomer-2026-x";
const LEAVERS: &str = "OU=Leavers,DC=corp,DC=test";

#[async_trait]
impl Bench for AdBench {
    fn connector(&self) -> Arc<dyn Connector> {
        connector()
    }

    fn examples(&self) -> Vec<Example> {
        let jan = || json!({"user": "jan"});
        vec![
            Example::new("ad.find-user", json!({"query": "Jan Janssen"})).blind(),
            Example::new("ad.list-users", json!({})).blind(),
            Example::new("ad.inventory", jan()).blind(),
            Example::new("ad.disable", jan()),
            Example::new("ad.enable", json!({"user": "closed"})),
            Example::new("ad.set-expiry", json!({"user": "jan", "at": "2026-11-24T18:00:00Z"})),
            Example::new("ad.hide-from-address-list", jan()),
            Example::new("ad.show-in-address-list", json!({"user": "closed"})),
            Example::new("ad.remove-from-groups", jan()),
            Example::new("ad.add-to-groups", json!({"user": "jan", "groups": ["Three", "One"]})),
            Example::new("ad.move", json!({"user": "jan", "to": LEAVERS})),
            Example::new(
                "ad.reset-password",
                json!({"user": "jan", "unlessSetAfter": "2020-01-01T00:00:00Z"}),
            ),
            Example::new(
                "ad.create-user",
                json!({
                    "account": "new", "name": "New, Person", "ou": LEAVERS,
                    "groups": ["One", "Three"], "mustChange": true,
                }),
            ),
            Example::new("ad.delete", json!({"user": "(id of jan)"})),
        ]
    }

    async fn start(&self) -> Result<Box<dyn Peer>, NotRun> {
        let samba = SambaAd::start().ok_or_else(|| NotRun("samba is not installed".to_owned()))?;
        samba.prepare_for_exchange();
        samba.ldif(&format!(
            "dn: {LEAVERS}\nobjectClass: organizationalUnit\n\n\
             dn: OU=Groups,DC=corp,DC=test\nobjectClass: organizationalUnit\n\n"
        ));
        for name in ["One", "Two", "Three"] {
            samba.ldif(&format!(
                "dn: CN={name},OU=Groups,DC=corp,DC=test\nobjectClass: group\n\
                 sAMAccountName: {name}\n\n"
            ));
        }
        samba.user("CN=Weak,CN=Users,DC=corp,DC=test", "weak", "Weak", PASSWORD);
        Ok(Box::new(AdPeer(samba, Mutex::default())))
    }
}

#[async_trait]
impl Peer for AdPeer {
    async fn prepare(&self, _example: &Example) {
        let jan = "CN=Jan Janssen,CN=Users,DC=corp,DC=test";
        let moved = format!("CN=Jan Janssen,{LEAVERS}");
        let made = format!("CN=New\\, Person,{LEAVERS}");
        let closed = "CN=Closed,CN=Users,DC=corp,DC=test";
        let mut ldif = String::new();
        for dn in [jan, &moved, &made, closed] {
            ldif.push_str(&format!("dn: {dn}\nchangetype: delete\n\n"));
        }
        ldif.push_str(&SambaAd::user_ldif(jan, "jan", "Jan Janssen", PASSWORD));
        for group in ["One", "Two"] {
            ldif.push_str(&format!(
                "dn: CN={group},OU=Groups,DC=corp,DC=test\nchangetype: modify\nadd: member\n\
                 member: {jan}\n\n"
            ));
        }
        ldif.push_str(&format!(
            "dn: {jan}\nchangetype: modify\nreplace: pwdLastSet\npwdLastSet: 0\n\n\
             dn: {closed}\nobjectClass: user\nsAMAccountName: closed\n\
             msExchHideFromAddressLists: TRUE\n\n"
        ));
        self.0.ldif_as_far_as_it_goes(&ldif);
        let found = self.0.read("(sAMAccountName=jan)", &["objectGUID"]);
        let encoded = found.lines().find_map(|line| line.strip_prefix("objectGUID:: ")).unwrap();
        let id = guid_text(&STANDARD.decode(encoded).unwrap()).unwrap();
        *self.1.lock().unwrap() = id;
    }

    async fn snapshot(&self) -> Value {
        let wanted = [
            "userAccountControl",
            "accountExpires",
            "memberOf",
            "pwdLastSet",
            "msExchHideFromAddressLists",
        ];
        let found = self.0.read("(&(objectCategory=person)(objectClass=user))", &wanted);
        let lines = found.lines().map(|line| match line.split_once(": ") {
            // When is not what: only whether a password was set.
            Some(("pwdLastSet", at)) => format!("pwdLastSet: {}", at != "0"),
            _ => line.to_owned(),
        });
        let mut lines: Vec<String> = lines.collect();
        lines.sort();
        json!(lines)
    }

    async fn connection(&self, way: Way) -> Option<Arc<Connection>> {
        let (url, bind, password) = match way {
            Way::Direct => (self.0.url(), SambaAd::ADMIN, SambaAd::PASSWORD),
            Way::Through(at) => (format!("ldaps://{at}"), SambaAd::ADMIN, SambaAd::PASSWORD),
            Way::Powerless => (self.0.url(), "weak@corp.test", PASSWORD),
            Way::Mishap(_) => return None,
        };
        let values = json!({"url": url, "bind": bind, "ca_file": self.0.ca_file});
        let secrets = BTreeMap::from([("password".to_owned(), Secret::new(password.to_owned()))]);
        let settings = Settings::new(values.as_object().cloned().unwrap(), secrets);
        Some(Connection::open(connector().as_ref(), TenantId::default(), "ad", settings).unwrap())
    }

    fn address(&self) -> Option<SocketAddr> {
        Some(SocketAddr::new(self.0.address.parse().unwrap(), 636))
    }

    fn fill_in(&self, input: &Value, _at: SocketAddr) -> Value {
        let mut input = input.clone();
        if input["user"] == "(id of jan)" {
            input["user"] = self.1.lock().unwrap().as_str().into();
        }
        input
    }

    fn secrets(&self) -> Vec<Secret> {
        vec![Secret::new(SambaAd::PASSWORD.to_owned())]
    }
}
