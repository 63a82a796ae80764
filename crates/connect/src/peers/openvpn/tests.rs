//! A gateway under the contract (without a live client, which comes back by itself), and the
//! client's file.

use std::{collections::BTreeMap, fs, net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use kompel_model::{Secret, TenantId};
use kompel_peers::OpenVpn;
use serde_json::{Value, json};

use super::{connector, forbidden, with_line, without_line};
use crate::{
    Connection, Connector, Settings,
    contract::{Bench, Example, NotRun, Peer, Way},
};

/// The bench, for the contract tests.
pub(in crate::peers) fn bench() -> Box<dyn Bench> {
    Box::new(OpenVpnBench)
}

struct OpenVpnBench;

struct OpenVpnPeer(OpenVpn);

const NAMES: [&str; 2] = ["jdoe", "gone"];

#[async_trait]
impl Bench for OpenVpnBench {
    fn connector(&self) -> Arc<dyn Connector> {
        connector()
    }

    fn examples(&self) -> Vec<Example> {
        vec![
            Example::new("openvpn.find-user", json!({"user": "jdoe"})).blind(),
            Example::new("openvpn.block", json!({"user": "jdoe"})),
            Example::new("openvpn.block", json!({"user": "new"})).named("without a file"),
            Example::new("openvpn.unblock", json!({"user": "gone"})),
        ]
    }

    async fn start(&self) -> Result<Box<dyn Peer>, NotRun> {
        let gateway =
            OpenVpn::start().ok_or_else(|| NotRun("openvpn is not installed".to_owned()))?;
        Ok(Box::new(OpenVpnPeer(gateway)))
    }
}

#[async_trait]
impl Peer for OpenVpnPeer {
    async fn prepare(&self, _example: &Example) {
        let folder = self.0.client_config_dir();
        fs::write(folder.join("jdoe"), "ifconfig-push 10.1.2.3 255.255.255.0\n").unwrap();
        fs::write(folder.join("gone"), "disable\n").unwrap();
        let _ = fs::remove_file(folder.join("new"));
    }

    async fn snapshot(&self) -> Value {
        let folder = self.0.client_config_dir();
        let text = |name| json!(fs::read_to_string(folder.join(name)).ok());
        json!([text(NAMES[0]), text(NAMES[1]), text("new"), fs::read_dir(&folder).unwrap().count()])
    }

    async fn connection(&self, way: Way) -> Option<Arc<Connection>> {
        let (management, password) = match way {
            Way::Direct => (self.0.management, OpenVpn::PASSWORD),
            Way::Through(at) => (at, OpenVpn::PASSWORD),
            Way::Powerless => (self.0.management, "wrong"),
            Way::Mishap(_) => return None,
        };
        let values = json!({
            "management": management.to_string(),
            "client_config_dir": self.0.client_config_dir(),
            "timeout_s": 10,
        });
        let secrets = BTreeMap::from([("password".to_owned(), Secret::new(password.to_owned()))]);
        let settings = Settings::new(values.as_object().cloned().unwrap(), secrets);
        Some(Connection::open(connector().as_ref(), TenantId::default(), "vpn", settings).unwrap())
    }

    fn address(&self) -> Option<SocketAddr> {
        Some(self.0.management)
    }

    fn secrets(&self) -> Vec<Secret> {
        vec![Secret::new(OpenVpn::PASSWORD.to_owned())]
    }
}

#[test]
fn the_line_comes_and_goes_and_the_rest_of_the_file_stays() {
    for file in [None, Some("push \"route 10.0.0.0 255.0.0.0\"\n"), Some("no end of line")] {
        let closed = with_line(file);
        assert!(forbidden(Some(&closed)) && !forbidden(file), "{file:?}");
        assert_eq!(without_line(&closed).as_deref(), file);
    }
    assert!(forbidden(Some("push x\n  disable \n")));
    assert!(!forbidden(Some("# disable\n")));
}
