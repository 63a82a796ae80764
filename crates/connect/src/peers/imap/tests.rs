//! A real Dovecot under the contract, and what its mailboxes can hold.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use async_trait::async_trait;
use axum::{Router, http::StatusCode, routing::post};
use kompel_model::{Secret, TenantId, Timestamp};
use kompel_peers::Dovecot;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::connector;
use crate::{
    Call, CheckState, Connection, Connector, Error, ErrorKind, Settings,
    contract::{Bench, Example, NotRun, Peer, Way},
};

/// The bench, for the contract tests.
pub(in crate::peers) fn bench() -> Box<dyn Bench> {
    Box::new(ImapBench)
}

struct ImapBench;

struct ImapPeer(Dovecot);

const FIRST: &str = "From: HR <hr@client.test>\r\nSubject: Offboarding Jan Janssen\r\n\
                     Message-ID: <1@client.test>\r\n\r\nJan gaat weg per 1 mei.\r\n";

impl ImapPeer {
    fn start() -> Option<Self> {
        let dovecot = Dovecot::start()?;
        dovecot.deliver(FIRST.as_bytes(), "02-Feb-2026 09:30:00 +0100");
        Some(Self(dovecot))
    }
}

#[async_trait]
impl Bench for ImapBench {
    fn connector(&self) -> Arc<dyn Connector> {
        connector()
    }

    fn examples(&self) -> Vec<Example> {
        let first = format!("{}/1", Dovecot::VALIDITY);
        let mark = json!({"id": first, "keyword": "kompel"});
        let unmark = json!({"id": first, "keyword": "\\Flagged", "marked": false});
        vec![
            Example::new("imap.search", json!({"subject": "offboarding", "without": "kompel"})),
            Example::new("imap.mark", mark),
            Example::new("imap.mark", unmark).named("taken away"),
        ]
    }

    async fn start(&self) -> Result<Box<dyn Peer>, NotRun> {
        let absent = || NotRun("Dovecot is not installed".to_owned());
        Ok(Box::new(ImapPeer::start().ok_or_else(absent)?))
    }
}

#[async_trait]
impl Peer for ImapPeer {
    async fn prepare(&self, example: &Example) {
        let before = match example.name {
            "taken away" => &b"UID STORE 1 FLAGS (\\Flagged)"[..],
            _ => b"UID STORE 1 FLAGS ()",
        };
        self.0.ask(&[b"SELECT INBOX", before]);
    }

    async fn snapshot(&self) -> Value {
        json!(self.0.flags())
    }

    async fn connection(&self, way: Way) -> Option<Arc<Connection>> {
        let (at, password) = match way {
            Way::Direct => (self.0.address, Dovecot::USER.1),
            Way::Through(at) => (at, Dovecot::USER.1),
            Way::Powerless => (self.0.address, "wr0ng-one"),
            Way::Mishap(_) => return None,
        };
        Some(connection(at, "none", password, json!({})))
    }

    fn address(&self) -> Option<SocketAddr> {
        Some(self.0.address)
    }

    fn secrets(&self) -> Vec<Secret> {
        [Dovecot::USER.1, "wr0ng-one"].map(|word| Secret::new(word.to_owned())).into()
    }
}

fn connection(at: SocketAddr, tls: &str, password: &str, more: Value) -> Arc<Connection> {
    let mut values = json!({
        "host": at.ip().to_string(), "port": at.port(), "tls": tls, "username": Dovecot::USER.0,
        "timeout_s": 20,
    });
    let all = values.as_object_mut().unwrap();
    all.extend(more.as_object().cloned().unwrap());
    let secrets = BTreeMap::from([("password".to_owned(), Secret::new(password.to_owned()))]);
    let settings = Settings::new(all.clone(), secrets);
    Connection::open(connector().as_ref(), TenantId::default(), "hr", settings).unwrap()
}

async fn said(connection: &Arc<Connection>, name: &str, input: Value) -> Result<Value, Error> {
    let actions = connector().actions();
    let action = actions.iter().find(|one| one.spec().name.as_str() == name).unwrap();
    let (connection, key) = (Arc::clone(connection), "r-1/step".to_owned());
    action.perform(&Call { connection, input, key, at: Timestamp::UNIX_EPOCH }).await
}

fn subjects(found: &Value) -> Vec<&str> {
    let messages = found["messages"].as_array().unwrap();
    messages.iter().map(|message| message["subject"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn messages_are_found_by_day_subject_and_keyword_and_stay_unread() {
    let Some(peer) = ImapPeer::start() else { return };
    let own = json!({"authserv": "mx.acme.test"});
    let connection = connection(peer.0.address, "none", Dovecot::USER.1, own);
    let second = "Authentication-Results: mx.acme.test; dmarc=pass\r\nFrom: HR <hr@client.test>\r\n\
                  Subject: =?utf-8?q?Ziekmelding_Andr=C3=A9?=\r\nContent-Type: text/html\r\n\r\n\
                  <p>Andr&eacute; is ziek</p>";
    peer.0.deliver(second.as_bytes(), "03-Feb-2026 23:30:00 +0100");
    let third = b"Subject: says \"quotes\" and \\\r\n\r\nx";
    peer.0.deliver(third, "04-Feb-2026 00:30:00 +0000");
    let search = async |input| said(&connection, "imap.search", input).await;

    let all = search(json!({})).await.unwrap();
    let one = &all["messages"][0];
    assert_eq!(one["from"], "hr@client.test");
    assert_eq!(one["message_id"], "1@client.test");
    assert_eq!(one["date"], "2026-02-02T08:30:00Z");
    assert_eq!(one["text"], "Jan gaat weg per 1 mei.");
    assert_eq!((&one["whole"], &one["dmarc"]), (&json!(true), &json!(null)));
    let two = &all["messages"][1];
    assert_eq!(two["text"], "André is ziek");
    assert_eq!(two["dmarc"], "pass");

    let first = "Offboarding Jan Janssen";
    let (ill, quotes) = ("Ziekmelding André", "says \"quotes\" and \\");
    for (query, expected) in [
        (json!({}), vec![first, ill, quotes]),
        (json!({"most": 2}), vec![first, ill]),
        (json!({"since": "2026-02-03"}), vec![ill, quotes]),
        (json!({"since": "2027-01-01"}), vec![]),
        (json!({"subject": "offboarding"}), vec![first]),
        (json!({"subject": "ANDRÉ"}), vec![ill]),
        (json!({"subject": "\"quotes\" and \\"}), vec![quotes]),
        (json!({"unseen": true, "subject": "jan"}), vec![first]),
    ] {
        let found = search(query.clone()).await.unwrap();
        assert_eq!(subjects(&found), expected, "{query}");
    }
    let mark = json!({"id": one["id"], "keyword": "kompel-done"});
    said(&connection, "imap.mark", mark).await.unwrap();
    let left = search(json!({"without": "kompel-done"})).await.unwrap();
    assert_eq!(subjects(&left), [ill, quotes]);
    assert!(peer.0.flags().iter().all(|line| !line.contains("\\Seen")), "{:?}", peer.0.flags());

    let validity = Dovecot::VALIDITY;
    for (name, input, kind) in [
        ("imap.search", json!({"mailbox": "Nowhere"}), ErrorKind::Absent),
        ("imap.search", json!({"mailbox": "a\r\nb LOGOUT"}), ErrorKind::Invalid),
        ("imap.search", json!({"without": "x) OR (ALL"}), ErrorKind::Invalid),
        ("imap.mark", json!({"id": format!("{validity}/99"), "keyword": "x"}), ErrorKind::Absent),
        ("imap.mark", json!({"id": "7/1", "keyword": "x"}), ErrorKind::Absent),
        (
            "imap.mark",
            json!({"id": format!("{validity}/1"), "keyword": "\\Deleted"}),
            ErrorKind::Invalid,
        ),
        ("imap.mark", json!({"id": "1:*", "keyword": "x"}), ErrorKind::Invalid),
    ] {
        let answer = said(&connection, name, input.clone()).await.map_err(|error| error.kind);
        assert_eq!(answer, Err(kind), "{name} {input}");
    }
}

#[tokio::test]
async fn hostile_mail_is_bounded_and_hides_no_other() {
    let Some(peer) = ImapPeer::start() else { return };
    let connection = connection(peer.0.address, "none", Dovecot::USER.1, json!({}));
    let huge = format!("Subject: huge\r\n\r\n{}", "Al goed.\r\n".repeat(200_000));
    let deep: String = (0..3000)
        .map(|number| {
            format!("Content-Type: multipart/mixed; boundary=b{number}\r\n\r\n--b{number}\r\n")
        })
        .collect();
    let binary: Vec<u8> = (1..=255).cycle().take(20_000).filter(|byte| *byte != b'\n').collect();
    for mail in [
        huge.into_bytes(),
        format!("Subject: deep\r\n{deep}").into_bytes(),
        [&b"Subject: binary\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n"[..], &binary]
            .concat(),
        b"Subject: charset\r\nContent-Type: text/plain; charset=\"x-\\\"no\"\r\n\r\ncaf\xe9"
            .to_vec(),
    ] {
        peer.0.deliver(&mail, "05-Feb-2026 09:30:00 +0100");
    }
    let found = said(&connection, "imap.search", json!({"since": "2026-02-05"})).await.unwrap();
    assert_eq!(subjects(&found), ["huge", "deep", "binary", "charset"]);
    let messages = found["messages"].as_array().unwrap();
    assert!(messages.iter().all(|one| one["text"].as_str().unwrap().len() <= 16 << 10));
    assert_eq!(messages[0]["whole"], false);
    assert!(messages[3]["text"].as_str().unwrap().starts_with("caf"), "{}", messages[3]["text"]);
}

#[tokio::test]
async fn it_speaks_tls_at_once_or_after_a_greeting_and_trusts_only_whom_it_should() {
    let Some(peer) = ImapPeer::start() else { return };
    let trusted = json!({"ca_file": peer.0.ca_file});
    for (tls, at, more, good) in [
        ("tls", peer.0.tls, trusted.clone(), true),
        ("starttls", peer.0.address, trusted.clone(), true),
        ("tls", peer.0.tls, json!({}), false),
        ("starttls", peer.0.address, json!({}), false),
        // A server that does not speak TLS where it is wanted.
        ("tls", peer.0.address, trusted, false),
    ] {
        let connection = connection(at, tls, Dovecot::USER.1, more.clone());
        let checks = connector().check(&connection).await;
        let is_good = checks.iter().all(|check| check.state == CheckState::Good);
        assert_eq!(is_good, good, "{tls} {more}: {checks:?}");
    }
    let far = "192.0.2.1:143".parse().unwrap();
    let error = said(&connection(far, "none", "x", json!({})), "imap.search", json!({})).await;
    assert_eq!(error.unwrap_err().kind, ErrorKind::Invalid);
}

/// Gives tokens, and tells Dovecot which is good: only the newest.
async fn authority() -> SocketAddr {
    let given = Arc::new(AtomicU32::new(0));
    let newest = Arc::clone(&given);
    let token = move |body: String| async move {
        if !body.contains("client_secret=s3cret-of-the-client") {
            return (StatusCode::UNAUTHORIZED, "{}".to_owned());
        }
        let number = given.fetch_add(1, Ordering::SeqCst) + 1;
        let token = json!({"access_token": format!("t-{number}"), "expires_in": 3600});
        (StatusCode::OK, token.to_string())
    };
    let introspect = move |body: String| async move {
        let good = format!("token=t-{}&", newest.load(Ordering::SeqCst));
        json!({"active": body.contains(&good), "username": Dovecot::USER.0}).to_string()
    };
    let app = Router::new().route("/token", post(token)).route("/introspect", post(introspect));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn it_logs_in_with_a_token_and_asks_for_another_when_that_is_withdrawn() {
    let authority = authority().await;
    let Some(dovecot) = Dovecot::start_asking(&format!("http://{authority}/introspect")) else {
        return;
    };
    dovecot.deliver(FIRST.as_bytes(), "02-Feb-2026 09:30:00 +0100");
    let connect = |secret: &str| {
        let values = json!({
            "host": "127.0.0.1", "port": dovecot.address.port(), "tls": "none",
            "username": Dovecot::USER.0, "token_url": format!("http://{authority}/token"),
            "client_id": "kompel",
        });
        let secret = Secret::new(secret.to_owned());
        let secrets = BTreeMap::from([("client_secret".to_owned(), secret)]);
        let settings = Settings::new(values.as_object().cloned().unwrap(), secrets);
        Connection::open(connector().as_ref(), TenantId::default(), "m365", settings).unwrap()
    };
    let connection = connect("s3cret-of-the-client");
    let search = async || said(&connection, "imap.search", json!({})).await;
    assert_eq!(subjects(&search().await.unwrap()), ["Offboarding Jan Janssen"]);
    assert_eq!(subjects(&search().await.unwrap()), ["Offboarding Jan Janssen"]);
    // Somebody else asks for one, which makes ours bad: it had been kept.
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let other = client.post(format!("http://{authority}/token"));
    other.body("client_secret=s3cret-of-the-client").send().await.unwrap();
    assert_eq!(search().await.unwrap_err().kind, ErrorKind::Denied);
    assert_eq!(subjects(&search().await.unwrap()), ["Offboarding Jan Janssen"]);
    let error = said(&connect("wr0ng-one"), "imap.search", json!({})).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Denied);
    assert!(!format!("{error:?}").contains("wr0ng-one"));
}
