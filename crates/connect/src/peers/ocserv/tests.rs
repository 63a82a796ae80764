//! A gateway under the contract (its account without a live session, which no undo brings back),
//! and what its programs say.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt as _, sync::Arc};

use async_trait::async_trait;
use kompel_model::{TenantId, Timestamp};
use kompel_peers::{Cookies, Ocserv};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{connector, repaired, user_of};
use crate::{
    Call, Connection, Connector, Settings,
    contract::{Bench, Example, Mishap, NotRun, Peer, Way},
};

/// The bench, for the contract tests.
pub(in crate::peers) fn bench() -> Box<dyn Bench> {
    Box::new(OcservBench)
}

struct OcservBench;

struct OcservPeer {
    gateway: Ocserv,
    scripts: TempDir,
    accounts: String,
}

#[async_trait]
impl Bench for OcservBench {
    fn connector(&self) -> Arc<dyn Connector> {
        connector()
    }

    fn examples(&self) -> Vec<Example> {
        vec![
            Example::new("ocserv.find-user", json!({"user": "jdoe"})).blind(),
            Example::new("ocserv.block", json!({"user": "jdoe"})),
            Example::new("ocserv.unblock", json!({"user": "locked"})),
        ]
    }

    async fn start(&self) -> Result<Box<dyn Peer>, NotRun> {
        let gateway = Ocserv::start(Cookies::Guarded);
        let gateway = gateway.ok_or_else(|| NotRun("ocserv is not installed".to_owned()))?;
        let hashed = fs::read_to_string(gateway.password_file()).unwrap();
        let accounts = format!("{hashed}{}", hashed.replace("jdoe:*:", "locked:*:!"));
        let scripts = tempfile::tempdir().unwrap();
        // Does what it is asked, and then nobody hears the answer of a write.
        let text = "#!/bin/sh\n\"$@\"\ncase \"$1 $*\" in *ocpasswd*-[lu]\\ *) sleep 5;; esac\n";
        let script = scripts.path().join("lost");
        fs::write(&script, text).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        Ok(Box::new(OcservPeer { gateway, scripts, accounts }))
    }
}

#[async_trait]
impl Peer for OcservPeer {
    async fn prepare(&self, _example: &Example) {
        fs::write(self.gateway.password_file(), &self.accounts).unwrap();
    }

    async fn snapshot(&self) -> Value {
        json!(fs::read_to_string(self.gateway.password_file()).unwrap())
    }

    async fn connection(&self, way: Way) -> Option<Arc<Connection>> {
        let mut values = json!({
            "occtl": "/usr/bin/occtl",
            "socket": self.gateway.socket(),
            "password_file": self.gateway.password_file(),
            "guarded": true,
        });
        match way {
            Way::Direct => {}
            Way::Through(_) => return None,
            Way::Powerless => {
                values["via"] = json!(["setpriv", "--reuid=65534", "--clear-groups"]);
            }
            Way::Mishap(Mishap::Gone) => values["socket"] = "/nowhere/occtl.sock".into(),
            Way::Mishap(Mishap::AnswerLost) => {
                values["via"] = json!([self.scripts.path().join("lost")]);
                values["timeout_s"] = 2.into();
            }
        }
        Some(open(values))
    }
}

fn open(values: Value) -> Arc<Connection> {
    let settings = Settings::new(values.as_object().cloned().unwrap(), BTreeMap::new());
    Connection::open(connector().as_ref(), TenantId::default(), "vpn", settings).unwrap()
}

#[test]
fn the_comma_that_occtl_leaves_behind_is_taken_out_and_others_are_not() {
    for (said, meant) in [
        ("[{\"a\": 1,\n}]", json!([{"a": 1}])),
        ("[ ]", json!([])),
        ("[{\"a\": \"x,}\\\",]\", }, ]", json!([{"a": "x,}\",]"}])),
        ("[{\"Routes\":\t[], \"Routes\": \"defaultroute\",}]", json!([{"Routes": "defaultroute"}])),
    ] {
        let read: Value = serde_json::from_str(&repaired(said)).unwrap();
        assert_eq!(read, meant, "{said}");
    }
}

#[test]
fn only_plain_names_become_arguments() {
    for (name, fits) in [
        ("jdoe", true),
        ("j.doe@corp.test", true),
        ("", false),
        ("-l", false),
        ("a b", false),
        ("a;reboot", false),
        ("$(id)", false),
        ("a\nb", false),
        ("é", false),
    ] {
        let call = Call {
            connection: open(json!({})),
            input: json!({"user": name}),
            key: String::new(),
            at: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(user_of(&call).is_ok(), fits, "{name:?}");
    }
}
