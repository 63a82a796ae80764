//! Request Tracker 5 under the contract.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use kompel_model::{Secret, TenantId};
use kompel_peers::RequestTracker;
use serde_json::{Value, json};

use super::connector;
use crate::{
    Call, Connection, Connector, ErrorKind, Settings,
    contract::{Bench, Example, NotRun, Peer, Way},
};

/// The bench, for the contract tests.
pub(in crate::peers) fn bench() -> Box<dyn Bench> {
    Box::new(RtBench)
}

struct RtBench;

/// The server, and the newest ticket and transaction when the example began.
struct RtPeer(RequestTracker, Mutex<(String, String)>);

#[async_trait]
impl Bench for RtBench {
    fn connector(&self) -> Arc<dyn Connector> {
        connector()
    }

    fn examples(&self) -> Vec<Example> {
        let new = json!({
            "queue": "General", "subject": "Account blijft open: café", "text": "Zie hieronder.",
            "requestor": "hr@client.test",
        });
        vec![
            Example::new("rt.search", json!({"query": "Queue = 'General' AND id < 2"})).blind(),
            Example::new("rt.get", json!({"key": "1"})).blind(),
            Example::new("rt.create", new),
            Example::new("rt.comment", json!({"key": "1", "text": "Alles gesloten.\nTot hier."})),
            Example::new("rt.answers", json!({"key": "1"})),
            Example::new("rt.set-status", json!({"key": "1", "status": "resolved"})),
            Example::new("rt.watch", json!({"key": "1", "who": "xander@client.test"})),
            Example::new("rt.unwatch", json!({"key": "1", "who": "root@localhost"})),
        ]
    }

    async fn start(&self) -> Result<Box<dyn Peer>, NotRun> {
        Ok(Box::new(RtPeer::start()?))
    }
}

impl RtPeer {
    fn start() -> Result<Self, NotRun> {
        let absent = || NotRun("Request Tracker is not installed".to_owned());
        let rt = RequestTracker::start().ok_or_else(absent)?;
        let ticket = json!({
            "Queue": "General", "Subject": "Offboarding Jan Janssen",
            "Content": "<p>Jan gaat weg</p> per 1 mei", "ContentType": "text/html",
            "Requestor": "hr@client.test",
        });
        rt.ask("POST", "/ticket", &ticket.to_string());
        Ok(Self(rt, Mutex::default()))
    }
}

/// Who is told of everything on the first ticket.
const WATCHERS: &str = "SELECT u.Name FROM Groups g JOIN GroupMembers m ON m.GroupId = g.id \
                        JOIN Users u ON u.id = m.MemberId \
                        WHERE g.Domain = 'RT::Ticket-Role' AND g.Instance = 1 \
                        AND g.Name = 'AdminCc' ORDER BY u.Name";

#[async_trait]
impl Peer for RtPeer {
    async fn prepare(&self, example: &Example) {
        let watch = if example.action == "rt.unwatch" { r#"["root"]"# } else { "[]" };
        if self.0.rows(WATCHERS).len() != usize::from(watch != "[]") {
            self.0.ask("PUT", "/ticket/1", &format!(r#"{{"AdminCc":{watch}}}"#));
        }
        if self.0.rows("SELECT Status FROM Tickets WHERE id = 1") != ["new"] {
            self.0.ask("PUT", "/ticket/1", r#"{"Status":"new"}"#);
        }
        let newest = |table: &str| {
            self.0.rows(&format!("SELECT MAX(id) FROM {table}")).pop().unwrap_or_default()
        };
        *self.1.lock().unwrap() = (newest("Tickets"), newest("Transactions"));
    }

    async fn snapshot(&self) -> Value {
        let (ticket, transaction) = self.1.lock().unwrap().clone();
        let tickets = self.0.rows(&format!(
            "SELECT Subject, Status FROM Tickets WHERE id > {ticket} OR id = 1 ORDER BY id"
        ));
        let comments = self.0.rows(&format!(
            "SELECT a.Content FROM Attachments a JOIN Transactions t ON a.TransactionId = t.id \
             WHERE t.Type IN ('Comment', 'Create') AND t.id > {transaction} ORDER BY a.id"
        ));
        let plain = comments.iter().map(|text| text.split("[kompel:").next());
        let watchers = self.0.rows(WATCHERS);
        json!({"tickets": tickets, "watchers": watchers, "texts": plain.collect::<Vec<_>>()})
    }

    async fn connection(&self, way: Way) -> Option<Arc<Connection>> {
        let (at, password) = match way {
            Way::Direct => (self.0.address, RequestTracker::USER.1),
            Way::Through(at) => (at, RequestTracker::USER.1),
            Way::Powerless => (self.0.address, "wr0ng-one"),
            Way::Mishap(_) => return None,
        };
        let values = json!({"url": format!("http://{at}"), "user": RequestTracker::USER.0});
        let secrets = BTreeMap::from([("password".to_owned(), Secret::new(password.to_owned()))]);
        let settings = Settings::new(values.as_object().cloned().unwrap(), secrets);
        Some(Connection::open(connector().as_ref(), TenantId::default(), "desk", settings).unwrap())
    }

    fn address(&self) -> Option<SocketAddr> {
        Some(self.0.address)
    }

    fn speaks_plain_http(&self) -> bool {
        true
    }

    fn secrets(&self) -> Vec<Secret> {
        vec![Secret::new("wr0ng-one".to_owned())]
    }
}

#[tokio::test]
async fn a_ticket_is_read_as_text_and_a_refused_change_is_no_success() {
    let Ok(peer) = RtPeer::start() else { return };
    let connection = peer.connection(Way::Direct).await.unwrap();
    let said = async |action: &str, input: Value| {
        let actions = connector().actions();
        let action = actions.iter().find(|one| one.spec().name.as_str() == action).unwrap();
        let (connection, key) = (Arc::clone(&connection), "r-1/step".to_owned());
        let at = kompel_model::Timestamp::UNIX_EPOCH;
        action.perform(&Call { connection, input, key, at }).await.map_err(|error| error.kind)
    };
    let found = said("rt.search", json!({"query": "Status = 'new'"})).await.unwrap();
    let ticket = &found["tickets"][0];
    assert_eq!(ticket["key"], "1");
    assert_eq!(ticket["subject"], "Offboarding Jan Janssen");
    assert_eq!(ticket["from"], "hr@client.test");
    assert_eq!(ticket["queue"], "General");
    let text = ticket["text"].as_str().unwrap();
    assert!(text.starts_with("Jan gaat weg") && text.ends_with("per 1 mei"), "{text:?}");
    for (action, input, kind) in [
        ("rt.search", json!({"query": "nonsense ~~"}), ErrorKind::Invalid),
        ("rt.get", json!({"key": "99"}), ErrorKind::Absent),
        ("rt.get", json!({"key": "1 OR id = 2"}), ErrorKind::Invalid),
        ("rt.set-status", json!({"key": "1", "status": "bogus"}), ErrorKind::Invalid),
        ("rt.watch", json!({"key": "1", "who": "no-such-user"}), ErrorKind::Absent),
        ("rt.create", json!({"queue": "Nope", "subject": "x", "text": "x"}), ErrorKind::Denied),
    ] {
        assert_eq!(said(action, input.clone()).await, Err(kind), "{action} {input}");
    }

    // What people say after Kompel is an answer; what RT itself sends out is not.
    let one = || json!({"key": "1"});
    let silent = said("rt.answers", one()).await.unwrap();
    assert_eq!((&silent["ours"], &silent["since"]), (&Value::Null, &Value::Null));
    said("rt.comment", json!({"key": "1", "text": "Wie is het?"})).await.unwrap();
    let asked = said("rt.answers", one()).await.unwrap();
    assert_eq!((&asked["ours"], &asked["since"]), (&json!("Wie is het?"), &Value::Null));
    let reply = json!({"Content": "<p>Jan <b>Janssen</b></p>", "ContentType": "text/html"});
    peer.0.ask("POST", "/ticket/1/correspond", &reply.to_string());
    let answered = said("rt.answers", one()).await.unwrap();
    assert_eq!((&answered["ours"], &answered["since"]), (&asked["ours"], &json!("Jan Janssen")));
    assert!(answered["at"].as_str().unwrap().ends_with('Z'), "{answered}");
}
