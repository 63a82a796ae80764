//! Steps at the stub of Microsoft 365, as the runtime would take them, and what can go wrong with
//! each.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chrono::TimeDelta;
use futures::future::join_all;
use kompel_model::{Plan, Secret, TenantId, Timestamp};
use kompel_peers::{How, Microsoft365, World};
use serde_json::{Value, json};

use crate::{
    Action, Call, Connection, Connector, Error, ErrorKind, RetryAdvice, Settings, Verified,
    contract::{Example, Peer, Way},
    promise,
};

/// How one of the connectors is tried at the stub.
#[derive(Clone, Copy)]
pub(in crate::peers) struct Service {
    pub(in crate::peers) connector: fn() -> Arc<dyn Connector>,
    /// The setting that says where the service is.
    pub(in crate::peers) url: &'static str,
    /// The world in which an example begins.
    pub(in crate::peers) beginning: fn(&Example) -> World,
}

impl Service {
    /// A connection whose service is at `at`, with `more` settings. Its tokens come straight from
    /// the stub: kept ones would else change how many exchanges go through a proxy.
    pub(in crate::peers) fn connection(
        &self,
        stub: &Microsoft365,
        at: SocketAddr,
        client: (&str, &str),
        more: Value,
    ) -> Arc<Connection> {
        self.proving((stub, at), client.0, ("client_secret", client.1), more)
    }

    /// A connection of the application that may do everything, by a certificate with its key.
    pub(in crate::peers) fn certified(&self, stub: &Microsoft365, pem: &str) -> Arc<Connection> {
        let proof = ("certificate", pem);
        self.proving((stub, stub.address), Microsoft365::CLIENT.0, proof, Value::Null)
    }

    fn proving(
        &self,
        (stub, at): (&Microsoft365, SocketAddr),
        client: &str,
        (by, proof): (&str, &str),
        more: Value,
    ) -> Arc<Connection> {
        let mut values = json!({
            "directory": Microsoft365::DIRECTORY, "client_id": client, "login_url": stub.url(),
            "timeout_s": 10,
        });
        values[self.url] = format!("http://{at}").into();
        let values = promise::with(values, more);
        let secrets = BTreeMap::from([(by.to_owned(), Secret::new(proof.to_owned()))]);
        let settings = Settings::new(values.as_object().cloned().unwrap(), secrets);
        let connector = (self.connector)();
        Connection::open(connector.as_ref(), TenantId::default(), "m365", settings).unwrap()
    }

    /// A step of the application that may do everything.
    pub(in crate::peers) fn step(&self, stub: &Microsoft365, action: &str, input: Value) -> Step {
        self.step_at(stub, stub.address, action, input)
    }

    fn step_at(&self, stub: &Microsoft365, at: SocketAddr, action: &str, input: Value) -> Step {
        let connection = self.connection(stub, at, Microsoft365::CLIENT, Value::Null);
        Step::new((self.connector)().as_ref(), connection, action, input)
    }

    /// Tries every example at a service that answers strangely: see [`strange_answers`].
    pub(in crate::peers) async fn takes_no_strange_answer(self, examples: &[Example]) {
        let stub = Microsoft365::start();
        let steps = |at| {
            let step = |one: &Example| self.step_at(&stub, at, one.action, one.input.clone());
            examples.iter().map(step).collect()
        };
        strange_answers(steps, &[200, 404, 418, 500]).await;
    }

    /// Tries every example with its writes failing: see [`failures`].
    pub(in crate::peers) async fn tells_no_failure_as_done(self, examples: &[Example], of: &str) {
        for example in examples.iter().filter(|one| !one.blind) {
            failures(&(self.beginning)(example), of, |stub| {
                self.step(stub, example.action, example.input.clone())
            })
            .await;
        }
    }
}

/// The stub as a peer of the contract tests; the snapshot's last touch is the service's own.
pub(in crate::peers) struct CloudPeer {
    pub(in crate::peers) stub: Microsoft365,
    pub(in crate::peers) service: Service,
    pub(in crate::peers) touch: fn(&mut Value),
}

#[async_trait]
impl Peer for CloudPeer {
    async fn prepare(&self, example: &Example) {
        self.stub.reset((self.service.beginning)(example));
    }

    async fn snapshot(&self) -> Value {
        let mut snapshot = self.stub.world().snapshot();
        (self.touch)(&mut snapshot);
        snapshot
    }

    async fn connection(&self, way: Way) -> Option<Arc<Connection>> {
        let (at, client) = match way {
            Way::Direct => (self.stub.address, Microsoft365::CLIENT),
            Way::Through(at) => (at, Microsoft365::CLIENT),
            Way::Powerless => (self.stub.address, Microsoft365::READER),
            Way::Mishap(_) => return None,
        };
        Some(self.service.connection(&self.stub, at, client, Value::Null))
    }

    fn address(&self) -> Option<SocketAddr> {
        Some(self.stub.address)
    }

    fn speaks_plain_http(&self) -> bool {
        true
    }

    fn secrets(&self) -> Vec<Secret> {
        [Microsoft365::CLIENT, Microsoft365::READER]
            .map(|(_, secret)| Secret::new(secret.to_owned()))
            .into()
    }
}

/// One step at the stub, as the runtime would take it.
pub(in crate::peers) struct Step {
    pub(in crate::peers) action: Arc<dyn Action>,
    pub(in crate::peers) call: Call,
}

impl Step {
    fn new(
        connector: &dyn Connector,
        connection: Arc<Connection>,
        action: &str,
        input: Value,
    ) -> Self {
        let actions = connector.actions();
        let action = actions.into_iter().find(|one| one.spec().name.as_str() == action).unwrap();
        let (key, at) = ("r-1/step".to_owned(), Timestamp::UNIX_EPOCH);
        Self { action, call: Call { connection, input, key, at } }
    }

    pub(in crate::peers) async fn plan(&self) -> Result<Plan, Error> {
        self.action.plan(&self.call).await
    }

    pub(in crate::peers) async fn perform(&self) -> Result<Value, Error> {
        self.action.perform(&self.call).await
    }

    pub(in crate::peers) async fn verify(&self, output: &Value, later: TimeDelta) -> Verified {
        let call = Call { at: self.call.at + later, ..self.call.clone() };
        self.action.verify(&call, output).await.unwrap()
    }
}

/// Bodies that no sound service sends.
fn strange() -> Vec<Vec<u8>> {
    let texts = [
        "",
        "null",
        "[]",
        "{}",
        "7",
        r#"{"value": {}}"#,
        r#"{"value": [null, 3, [], {"id": 7}], "id": {"a": []}}"#,
        r#"{"value": [{}], "id": "..", "userPrincipalName": 3}"#,
        r##"{"value": [{"@odata.type": "#", "groupTypes": 3, "skuId": []}], "id": "a/b"}"##,
        r#"{"value": [], "@odata.nextLink": "no address", "id": "x"}"#,
        r#"{"responses": [{"id": "0", "status": 200, "body": 3}]}"#,
        r#"{"responses": [{"id": "0", "status": 70000}]}"#,
        r#"{"error": 3}"#,
        "<html>a proxy's own page</html>",
    ];
    let mut bodies: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    bodies.push(b"\xff\xfe{".to_vec());
    bodies.push("[".repeat(100_000).into_bytes());
    bodies.push(vec![b' '; 5 << 20]);
    bodies
}

/// Tries steps at a service that answers everything alike and strangely: nothing may panic, and no
/// write may verify that was never done.
async fn strange_answers(steps: impl Fn(SocketAddr) -> Vec<Step>, statuses: &[u16]) {
    let now = Arc::new(Mutex::new((200, Vec::new())));
    let shared = Arc::clone(&now);
    let answer = move || async move {
        let (status, body) = shared.lock().unwrap().clone();
        (axum::http::StatusCode::from_u16(status).unwrap(), body)
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = axum::Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let steps = steps(address);
    for body in strange() {
        for status in statuses {
            *now.lock().unwrap() = (*status, body.clone());
            for step in &steps {
                let planned = step.plan().await;
                let said = step.perform().await;
                let writes = step.action.effect_of(&step.call.input).writes();
                let Ok(output) = said else { continue };
                assert!(*status < 300, "{}: {output}", step.action.spec().name);
                let call = Call { at: step.call.at + TimeDelta::hours(1), ..step.call.clone() };
                let verified = step.action.verify(&call, &output).await;
                if writes && planned.is_ok_and(|plan| !plan.is_empty()) {
                    let body = String::from_utf8_lossy(&body[..body.len().min(100)]).into_owned();
                    let holds = matches!(verified, Ok(Verified::Holds(_)));
                    assert!(!holds, "{} at {body}", step.action.spec().name);
                }
            }
        }
    }
}

/// Tries a step with its writes failing in four ways: refused, done without an answer, acknowledged
/// without effect, and throttled for an hour. None may be told as done; nor may it be told as not
/// done where it was.
async fn failures(beginning: &World, writes: &str, step: impl Fn(&Microsoft365) -> Step) {
    let ways = [How::Refused, How::AnswerLost, How::Deaf, How::Limited(3600)];
    join_all(ways.map(|how| fails(beginning, writes, &step, how))).await;
}

async fn fails(beginning: &World, writes: &str, step: &impl Fn(&Microsoft365) -> Step, how: How) {
    let stub = Microsoft365::start();
    stub.reset(beginning.clone());
    let step = step(&stub);
    let what = format!("{} {} {how:?}", step.action.spec().name, step.call.input);
    if !step.action.effect_of(&step.call.input).writes() {
        return;
    }
    for verb in ["PATCH ", "DELETE ", "POST "] {
        stub.trouble_with_writes(&format!("{verb}{writes}"), how);
    }
    let before = stub.world().snapshot();
    let said = step.perform().await;
    let changed = stub.world().snapshot() != before;
    match (how, said) {
        (How::Refused, Err(error)) => {
            assert_eq!(error.kind, ErrorKind::Denied, "{what}");
            assert!(!changed, "{what}");
        }
        (How::AnswerLost, Err(error)) => {
            assert_eq!(error.kind, ErrorKind::OutcomeUnknown, "{what}");
            assert!(changed, "{what}");
        }
        (How::Limited(_), Err(error)) => {
            let hour = RetryAdvice::After(Duration::from_secs(3600));
            assert_eq!((error.kind, error.retry), (ErrorKind::Limited, hour), "{what}");
            assert!(!changed, "{what}");
        }
        (How::Deaf, Ok(output)) => {
            let found = step.verify(&output, TimeDelta::minutes(10)).await;
            assert!(matches!(found, Verified::Differs { .. }), "{what}: {found:?}");
            assert!(!changed, "{what}");
        }
        (_, said) => panic!("{what}: it says {said:?}"),
    }
}
