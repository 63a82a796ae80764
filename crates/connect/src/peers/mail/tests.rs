//! `mail.send` against a real server (aiosmtpd), under the contract and over TLS.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use kompel_model::{Secret, TenantId, Timestamp};
use kompel_peers::{Certificates, MailServer};
use serde_json::{Value, json};

use super::{Mail, connector};
use crate::{
    Action as _, Call, Connection, Connector, ErrorKind, Settings,
    contract::{Bench, Example, NotRun, Peer, Way},
};

/// The bench, for the contract tests.
pub(in crate::peers) fn bench() -> Box<dyn Bench> {
    Box::new(MailBench)
}

struct MailBench;

fn connection(at: SocketAddr, password: &str, more: Value) -> Arc<Connection> {
    let mut values = json!({
        "host": at.ip(), "port": at.port(), "tls": "none", "username": "kompel",
        "from": "Kompel <kompel@msp.test>", "timeout_s": 10,
    });
    let values = values.as_object_mut().unwrap();
    values.extend(more.as_object().cloned().unwrap());
    let secrets = BTreeMap::from([("password".to_owned(), Secret::new(password.to_owned()))]);
    let settings = Settings::new(values.clone(), secrets);
    Connection::open(&Mail, TenantId::default(), "post", settings).unwrap()
}

fn letter() -> Value {
    json!({
        "to": ["jan@client.test"], "cc": ["Ann <ann@client.test>"],
        "subject": "Toegang ingetrokken: café", "text": "Dag Jan,\n.\nje toegang is ingetrokken.\n",
    })
}

#[async_trait]
impl Bench for MailBench {
    fn connector(&self) -> Arc<dyn Connector> {
        connector()
    }

    fn examples(&self) -> Vec<Example> {
        vec![Example::new("mail.send", letter()).blind()]
    }

    async fn start(&self) -> Result<Box<dyn Peer>, NotRun> {
        let server = MailServer::start(None);
        Ok(Box::new(server.ok_or_else(|| NotRun("aiosmtpd is not installed".to_owned()))?))
    }
}

#[async_trait]
impl Peer for MailServer {
    async fn prepare(&self, _example: &Example) {
        self.forget();
    }

    async fn snapshot(&self) -> Value {
        // Without the one header that differs from step to step.
        let told = |mail: &Value| {
            let data = mail["data"].as_str().unwrap();
            let kept = data.lines().filter(|line| !line.starts_with("Message-ID:"));
            json!({"to": mail["to"], "data": kept.collect::<Vec<_>>()})
        };
        self.mails().iter().map(told).collect()
    }

    async fn connection(&self, way: Way) -> Option<Arc<Connection>> {
        match way {
            Way::Direct => Some(connection(self.address, Self::PASSWORD, json!({}))),
            Way::Through(address) => Some(connection(address, Self::PASSWORD, json!({}))),
            Way::Powerless => Some(connection(self.address, "wr0ng-one", json!({}))),
            Way::Mishap(_) => None,
        }
    }

    fn address(&self) -> Option<SocketAddr> {
        Some(self.address)
    }

    fn secrets(&self) -> Vec<Secret> {
        vec![Secret::new("wr0ng-one".to_owned())]
    }
}

fn call(connection: &Arc<Connection>, input: Value) -> Call {
    let connection = Arc::clone(connection);
    Call { connection, input, key: "r-1/mail".to_owned(), at: Timestamp::UNIX_EPOCH }
}

async fn sent(connection: &Arc<Connection>, input: Value) -> Result<Value, ErrorKind> {
    super::Send.perform(&call(connection, input)).await.map_err(|error| error.kind)
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written_and_carries_its_step() {
    let Some(server) = MailServer::start(None) else { return };
    let connection = connection(server.address, MailServer::PASSWORD, json!({}));
    let first = sent(&connection, letter()).await.unwrap();
    let again = sent(&connection, letter()).await.unwrap();
    assert_eq!(first["message_id"], again["message_id"], "a repeat can be recognised");
    let mails = server.mails();
    assert_eq!(mails[0]["to"], json!(["jan@client.test", "ann@client.test"]));
    let data = mails[0]["data"].as_str().unwrap();
    let message = mail_parser::MessageParser::default().parse(data).unwrap();
    assert_eq!(message.subject(), Some("Toegang ingetrokken: café"));
    assert_eq!(
        message.message_id().map(|id| format!("<{id}>")).as_deref(),
        first["message_id"].as_str()
    );
    let text = message.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(text.trim_end(), "Dag Jan,\n.\nje toegang is ingetrokken.");
    assert!(data.contains("Auto-Submitted: auto-generated"));
}

#[tokio::test]
async fn what_the_server_or_we_refuse_is_sent_to_nobody() {
    let Some(server) = MailServer::start(None) else { return };
    let connection = connection(server.address, MailServer::PASSWORD, json!({}));
    let to = |to: &[&str]| {
        let mut input = letter();
        input["to"] = json!(to);
        input
    };
    let mut split = letter();
    split["subject"] = json!("a\r\nBcc: all@client.test");
    for (input, kind) in [
        (to(&["jan@client.test", "nobody@client.test"]), ErrorKind::Invalid),
        (to(&["later@client.test"]), ErrorKind::Limited),
        (to(&["not an address"]), ErrorKind::Invalid),
        (to(&["a@b.test>\r\nRCPT TO:<c@d.test"]), ErrorKind::Invalid),
        (to(&vec!["a@b.test"; 51]), ErrorKind::Invalid),
        (to(&[]), ErrorKind::Invalid),
        (split, ErrorKind::Invalid),
    ] {
        assert_eq!(sent(&connection, input.clone()).await, Err(kind), "{input}");
    }
    assert!(server.mails().is_empty(), "{:?}", server.mails());
}

#[tokio::test]
async fn with_starttls_only_a_known_authority_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::write(folder.path(), &["127.0.0.1"]);
    let tls = (certificates.certificate_file.as_path(), certificates.key_file.as_path());
    let Some(server) = MailServer::start(Some(tls)) else { return };
    let authorities = &certificates.ca_file;
    let stranger = connection(server.address, MailServer::PASSWORD, json!({"tls": "starttls"}));
    assert_eq!(sent(&stranger, letter()).await, Err(ErrorKind::Unreachable));
    let known = connection(
        server.address,
        MailServer::PASSWORD,
        json!({"tls": "starttls", "ca_file": authorities}),
    );
    assert!(sent(&known, letter()).await.is_ok());
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn without_tls_only_this_machine_is_spoken_to() {
    for (settings, told) in [
        (json!({"host": "mail.client.test"}), "`tls`"),
        (json!({"username": null}), "belong together"),
    ] {
        let mut values = json!({"host": "127.0.0.1", "tls": "none", "from": "k@msp.test"});
        values.as_object_mut().unwrap().extend(settings.as_object().cloned().unwrap());
        let secrets = BTreeMap::from([("password".to_owned(), Secret::new("x".to_owned()))]);
        let settings = Settings::new(values.as_object().cloned().unwrap(), secrets);
        let connection =
            Arc::new(Connection { tenant: TenantId::default(), name: "post".to_owned(), settings });
        let error = super::Send.plan(&call(&connection, letter())).await.unwrap_err();
        assert!(error.detail.contains(told), "{error}");
    }
}
