//! A server under the contract, and the file.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt as _, sync::Arc};

use async_trait::async_trait;
use kompel_model::{Secret, TenantId, Timestamp};
use kompel_peers::FreeRadius;
use serde_json::{Value, json};

use super::{connector, read, user_of, written};
use crate::{
    Call, Connection, Connector, Settings,
    contract::{Bench, Example, Mishap, NotRun, Peer, Way},
};

/// The bench, for the contract tests.
pub(in crate::peers) fn bench() -> Box<dyn Bench> {
    Box::new(RadiusBench)
}

struct RadiusBench;

struct RadiusPeer(FreeRadius);

#[async_trait]
impl Bench for RadiusBench {
    fn connector(&self) -> Arc<dyn Connector> {
        connector()
    }

    fn examples(&self) -> Vec<Example> {
        vec![
            Example::new("radius.find-user", json!({"user": "jdoe"})).blind(),
            Example::new("radius.block", json!({"user": "jdoe"})),
            Example::new("radius.unblock", json!({"user": "gone"})),
        ]
    }

    async fn start(&self) -> Result<Box<dyn Peer>, NotRun> {
        let server = FreeRadius::start();
        let server = server.ok_or_else(|| NotRun("freeradius is not installed".to_owned()))?;
        let lost = server.folder().join("lost");
        let text = format!("#!/bin/sh\n{}\nsleep 60\n", server.restart().display());
        fs::write(&lost, text).unwrap();
        fs::set_permissions(&lost, fs::Permissions::from_mode(0o755)).unwrap();
        Ok(Box::new(RadiusPeer(server)))
    }
}

#[async_trait]
impl Peer for RadiusPeer {
    async fn prepare(&self, _example: &Example) {
        let text = written(&["gone".to_owned()]);
        if fs::read_to_string(self.0.block_file()).unwrap() != text {
            fs::write(self.0.block_file(), text).unwrap();
            self.0.restarted();
        }
    }

    async fn snapshot(&self) -> Value {
        json!(fs::read_to_string(self.0.block_file()).unwrap())
    }

    async fn connection(&self, way: Way) -> Option<Arc<Connection>> {
        let mut values = json!({
            "server": self.0.address().to_string(),
            "block_file": self.0.block_file(),
            "reload": [self.0.restart()],
        });
        match way {
            Way::Direct => {}
            // Whoever may write the file and restart the server has every permission there is.
            Way::Through(_) | Way::Powerless => return None,
            Way::Mishap(Mishap::Gone) => values["server"] = "127.0.0.1:1".into(),
            Way::Mishap(Mishap::AnswerLost) => {
                values["reload"] = json!([self.0.folder().join("lost")]);
                values["timeout_s"] = 15.into();
            }
        }
        Some(open(values))
    }

    fn secrets(&self) -> Vec<Secret> {
        vec![Secret::new(FreeRadius::SECRET.to_owned())]
    }
}

fn open(values: Value) -> Arc<Connection> {
    let secret = Secret::new(FreeRadius::SECRET.to_owned());
    let secrets = BTreeMap::from([("secret".to_owned(), secret)]);
    let settings = Settings::new(values.as_object().cloned().unwrap(), secrets);
    Connection::open(connector().as_ref(), TenantId::default(), "radius", settings).unwrap()
}

#[test]
fn the_file_says_what_was_written_and_no_name_is_everybody() {
    let people = vec!["a@b.c".to_owned(), "jdoe".to_owned()];
    assert_eq!(read(&written(&people)), people);
    assert_eq!(read("DEFAULT Auth-Type := Accept\n\tx = \"y\"\n"), Vec::<String>::new());
    let values = json!({"server": "127.0.0.1:1", "block_file": "/nowhere", "reload": ["true"]});
    for (name, fits) in
        [("jdoe", true), ("DEFAULT", false), ("default", false), ("a\"b", false), ("a b", false)]
    {
        let call = Call {
            connection: open(values.clone()),
            input: json!({"user": name}),
            key: String::new(),
            at: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(user_of(&call).is_ok(), fits, "{name:?}");
    }
}
