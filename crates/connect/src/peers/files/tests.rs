//! The folder under the contract, and names that try to leave it.

use std::{collections::BTreeMap, fs, os::unix::fs::symlink, sync::Arc};

use async_trait::async_trait;
use kompel_model::{TenantId, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Files, connector};
use crate::{
    Action as _, Call, Connection, Connector, ErrorKind, Settings,
    contract::{Bench, Example, Mishap, NotRun, Peer, Way},
};

/// The bench, for the contract tests.
pub(in crate::peers) fn bench() -> Box<dyn Bench> {
    Box::new(FilesBench)
}

struct FilesBench;

struct FilesPeer(TempDir);

#[async_trait]
impl Bench for FilesBench {
    fn connector(&self) -> Arc<dyn Connector> {
        connector()
    }

    fn examples(&self) -> Vec<Example> {
        let line = json!({"path": "log.txt", "line": "hallo"});
        vec![
            Example::new("files.read", json!({"path": "a.txt"})),
            Example::new("files.write", json!({"path": "a.txt", "text": "new"})),
            Example::new("files.write", json!({"path": "b/c.txt", "text": "new"}))
                .named("new file"),
            Example::new("files.write", json!({"path": "a.txt", "text": null})).named("no file"),
            Example::new("files.append-line", line.clone()),
            Example::new("files.deliver", line),
            Example::new("files.count", json!({"path": "n.txt"})),
            Example::new("files.remove", json!({"path": "a.txt"})),
        ]
    }

    async fn start(&self) -> Result<Box<dyn Peer>, NotRun> {
        let folder = tempfile::tempdir().map_err(|error| NotRun(error.to_string()))?;
        Ok(Box::new(FilesPeer(folder)))
    }
}

#[async_trait]
impl Peer for FilesPeer {
    async fn prepare(&self, _example: &Example) {
        for entry in fs::read_dir(self.0.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
        }
        fs::write(self.0.path().join("a.txt"), "old").unwrap();
        fs::write(self.0.path().join("log.txt"), "first\tother\n").unwrap();
        fs::write(self.0.path().join("n.txt"), "41").unwrap();
    }

    async fn snapshot(&self) -> Value {
        let names = ["a.txt", "b/c.txt", "log.txt", "n.txt"];
        // Without the keys, which differ from call to call.
        let text = |name: &str| {
            let text = fs::read_to_string(self.0.path().join(name)).ok()?;
            Some(text.lines().map(|line| line.split('\t').next().map(str::to_owned)).collect())
        };
        let text = |name: &str| -> Option<Vec<Option<String>>> { text(name) };
        names.iter().map(|name| ((*name).to_owned(), json!(text(name)))).collect()
    }

    async fn connection(&self, way: Way) -> Option<Arc<Connection>> {
        let more = match way {
            Way::Direct => json!({}),
            Way::Through(_) => return None,
            Way::Powerless => json!({"access": "read"}),
            Way::Mishap(Mishap::Gone) => json!({"mishap": "gone"}),
            Way::Mishap(Mishap::AnswerLost) => json!({"mishap": "answer-lost"}),
        };
        Some(connection(&self.0, more))
    }
}

fn connection(folder: &TempDir, more: Value) -> Arc<Connection> {
    let mut values = more.as_object().cloned().unwrap();
    values.insert("folder".to_owned(), json!(folder.path()));
    let settings = Settings::new(values, BTreeMap::new());
    Connection::open(&Files, TenantId::default(), "files", settings).unwrap()
}

#[tokio::test]
async fn no_name_leads_outside_the_folder() {
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(outside.path().join("secret"), "x").unwrap();
    symlink(outside.path(), folder.path().join("link")).unwrap();
    symlink(outside.path().join("secret"), folder.path().join("file")).unwrap();
    let absolute = outside.path().join("secret").display().to_string();
    let connection = connection(&folder, json!({}));
    for path in [
        "../secret",
        "a/../../secret",
        "/etc/passwd",
        &absolute,
        "link/secret",
        "file",
        "",
        ".",
        "a\0b",
        "dir/",
        "a.kompel-new",
        &"x".repeat(256),
    ] {
        for action in Files.actions() {
            let call = Call {
                connection: Arc::clone(&connection),
                input: json!({"path": path, "text": "y", "line": "y"}),
                key: "r-1/a".to_owned(),
                at: Timestamp::UNIX_EPOCH,
            };
            let name = action.spec().name;
            let plan = action.plan(&call).await.map_err(|error| error.kind);
            assert_eq!(plan, Err(ErrorKind::Invalid), "{name} {path:?}");
            let done = action.perform(&call).await.map_err(|error| error.kind);
            assert_eq!(done, Err(ErrorKind::Invalid), "{name} {path:?}");
        }
    }
    assert_eq!(fs::read_to_string(outside.path().join("secret")).unwrap(), "x");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn each_thing_asked_is_in_the_log_with_its_key() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let log = elsewhere.path().join("asked.log");
    let connection = connection(&folder, json!({"log": log, "mishap": "answer-lost"}));
    for key in ["r-1/a", "r-1/b"] {
        let call = Call {
            connection: Arc::clone(&connection),
            input: json!({"path": "n.txt"}),
            key: key.to_owned(),
            at: Timestamp::UNIX_EPOCH,
        };
        let done = super::actions::Count.perform(&call).await.map_err(|error| error.kind);
        assert_eq!(done, Err(ErrorKind::OutcomeUnknown));
    }
    assert_eq!(fs::read_to_string(&log).unwrap(), "r-1/a\tfiles.count\nr-1/b\tfiles.count\n");
    assert_eq!(fs::read_to_string(folder.path().join("n.txt")).unwrap(), "2");
}
