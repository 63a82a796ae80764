//! The suite itself on trial: sound connectors that lie in one way each, and must be caught at it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, Repeat};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::{Bench, Example, Fault, NotRun, Peer, Proxy, run};
use crate::{
    Action, Call, Check, Connection, Connector, Error, ErrorKind, Look, RetryAdvice, Verified,
    peers::benches,
};

/// The one way in which a connector lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    PlanActs,
    PlansNothing,
    PretendsToAct,
    VerifiesWhatIsNot,
    LostAnswerIsFailure,
    GoneIsDenied,
    LookSeesNothing,
    LookSeesEverything,
    CallsItselfNatural,
    CallsItselfKeyed,
    UndoesToSomethingElse,
    DeniedIsDone,
    LimitIsForEver,
    UnknownIsFine,
    TellsTheSecret,
    TakesAnyInput,
    CheckActs,
}

struct Liar {
    sound: Arc<dyn Action>,
    lie: Lie,
}

#[async_trait]
impl Action for Liar {
    fn spec(&self) -> ActionSpec {
        let mut spec = self.sound.spec();
        if self.lie == Lie::TakesAnyInput {
            spec.input["additionalProperties"] = json!(true);
        }
        spec
    }

    fn effect_of(&self, input: &Value) -> ActionEffect {
        self.sound.effect_of(input)
    }

    fn repeat_of(&self, input: &Value) -> Repeat {
        match self.lie {
            Lie::CallsItselfNatural => Repeat::Natural,
            Lie::CallsItselfKeyed => Repeat::Keyed,
            _ => self.sound.repeat_of(input),
        }
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let plan = self.sound.plan(call).await;
        match self.lie {
            Lie::PlanActs => drop(self.sound.perform(call).await),
            Lie::PlansNothing => return Ok(Plan { changes: Vec::new(), ..plan? }),
            _ => {}
        }
        plan.map_err(|error| self.told(error))
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        match self.lie {
            Lie::PretendsToAct | Lie::VerifiesWhatIsNot => {
                return Ok(self.sound.plan(call).await?.predicted);
            }
            Lie::TellsTheSecret => {
                let secret = call.connection.settings.secret("desk")?;
                return Ok(json!({"used": secret.reveal()}));
            }
            _ => {}
        }
        match self.sound.perform(call).await {
            Err(error) if error.kind == ErrorKind::Denied && self.lie == Lie::DeniedIsDone => {
                Ok(self.sound.plan(call).await?.predicted)
            }
            Err(error)
                if error.kind == ErrorKind::OutcomeUnknown && self.lie == Lie::UnknownIsFine =>
            {
                Ok(self.sound.plan(call).await?.predicted)
            }
            other => other.map_err(|error| self.told(error)),
        }
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        match self.lie {
            Lie::LookSeesNothing => Ok(Look::NotDone),
            Lie::LookSeesEverything => Ok(Look::Done(self.sound.plan(call).await?.predicted)),
            _ => self.sound.look(call).await,
        }
    }

    async fn verify(&self, call: &Call, output: &Value) -> Result<Verified, Error> {
        match self.lie {
            Lie::VerifiesWhatIsNot => Ok(Verified::Holds(Value::Null)),
            _ => self.sound.verify(call, output).await,
        }
    }

    fn undo_input(&self, input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        let mut undo = self.sound.undo_input(input, plan, output)?;
        if self.lie == Lie::UndoesToSomethingElse {
            undo["text"] = json!("something else");
        }
        Some(undo)
    }
}

impl Liar {
    fn told(&self, mut error: Error) -> Error {
        match (self.lie, error.kind) {
            (Lie::LostAnswerIsFailure, ErrorKind::OutcomeUnknown) => {
                error.kind = ErrorKind::Unreachable;
            }
            (Lie::GoneIsDenied, ErrorKind::Unreachable) => error.kind = ErrorKind::Denied,
            (Lie::LimitIsForEver, ErrorKind::Limited) => error.retry = RetryAdvice::Never,
            _ => {}
        }
        error
    }
}

/// A sound bench whose connector's actions lie, of which one action is tried.
struct LyingBench {
    sound: Box<dyn Bench>,
    action: &'static str,
    lie: Lie,
}

struct LyingConnector {
    sound: Arc<dyn Connector>,
    action: &'static str,
    lie: Lie,
    acts: Mutex<Option<Arc<dyn Action>>>,
    input: Value,
}

#[async_trait]
impl Bench for LyingBench {
    fn connector(&self) -> Arc<dyn Connector> {
        let input = self.examples().remove(0).input;
        let sound = self.sound.connector();
        let (action, lie) = (self.action, self.lie);
        Arc::new(LyingConnector { sound, action, lie, acts: Mutex::default(), input })
    }

    fn examples(&self) -> Vec<Example> {
        self.sound.examples().into_iter().filter(|one| one.action == self.action).collect()
    }

    async fn start(&self) -> Result<Box<dyn Peer>, NotRun> {
        self.sound.start().await
    }
}

#[async_trait]
impl Connector for LyingConnector {
    fn name(&self) -> &'static str {
        self.sound.name()
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        let lie = self.lie;
        let tried =
            self.sound.actions().into_iter().filter(|one| one.spec().name.as_str() == self.action);
        let all: Vec<Arc<dyn Action>> =
            tried.map(|sound| Arc::new(Liar { sound, lie }) as Arc<dyn Action>).collect();
        *self.acts.lock().unwrap() = all.first().cloned();
        all
    }

    fn settings(&self) -> Value {
        self.sound.settings()
    }

    async fn check(&self, connection: &Connection) -> Vec<Check> {
        let checks = self.sound.check(connection).await;
        if self.lie == Lie::CheckActs {
            let settings = &connection.settings;
            let values: serde_json::Map<String, Value> = settings.read().unwrap();
            let settings = crate::Settings::new(values, std::collections::BTreeMap::new());
            let tenant = connection.tenant.clone();
            let same = Connection { tenant, name: connection.name.clone(), settings };
            let call = Call {
                connection: Arc::new(same),
                input: self.input.clone(),
                key: "check".to_owned(),
                at: kompel_model::Timestamp::UNIX_EPOCH,
            };
            let action = self.acts.lock().unwrap().clone().unwrap();
            drop(action.perform(&call).await);
        }
        checks
    }
}

fn bench(connector: &str) -> Box<dyn Bench> {
    benches().into_iter().find(|(name, _)| *name == connector).unwrap().1
}

#[tokio::test]
async fn a_connector_that_lies_is_caught_at_it() {
    for (connector, action, lie, sentence) in [
        ("files", "files.write", Lie::PlanActs, "a plan changes nothing"),
        ("files", "files.write", Lie::PlansNothing, "a plan changes nothing"),
        ("files", "files.write", Lie::PretendsToAct, "what is done verifies"),
        ("files", "files.write", Lie::VerifiesWhatIsNot, "what is done verifies"),
        ("files", "files.write", Lie::LostAnswerIsFailure, "a lost answer is an unknown outcome"),
        ("http", "http.request", Lie::LostAnswerIsFailure, "a lost answer is an unknown outcome"),
        (
            "http",
            "http.request",
            Lie::LostAnswerIsFailure,
            "a peer's failure is not taken for a refusal",
        ),
        ("files", "files.read", Lie::GoneIsDenied, "a peer that is gone is unreachable"),
        ("http", "http.request", Lie::GoneIsDenied, "a lost request does no harm"),
        ("http", "http.request", Lie::UnknownIsFine, "a lost request does no harm"),
        ("files", "files.append-line", Lie::LookSeesNothing, "a repeat does no harm"),
        ("files", "files.append-line", Lie::LookSeesEverything, "a repeat does no harm"),
        ("files", "files.count", Lie::LookSeesNothing, "a repeat does no harm"),
        ("files", "files.count", Lie::CallsItselfNatural, "a repeat does no harm"),
        (
            "files",
            "files.append-line",
            Lie::CallsItselfKeyed,
            "a lost answer is an unknown outcome",
        ),
        ("files", "files.count", Lie::CallsItselfNatural, "once done, nothing is left to plan"),
        ("files", "files.write", Lie::UndoesToSomethingElse, "undo brings back what was"),
        ("files", "files.remove", Lie::DeniedIsDone, "without permission nothing is done"),
        ("http", "http.request", Lie::LimitIsForEver, "a peer's limit is respected"),
        ("http", "http.request", Lie::TellsTheSecret, "no secret is told"),
        ("files", "files.write", Lie::TakesAnyInput, "its schemas are right and its examples fit"),
        (
            "files",
            "files.write",
            Lie::CheckActs,
            "a connection's check changes nothing and sees what is wrong",
        ),
    ] {
        let lying = LyingBench { sound: bench(connector), action, lie };
        let report = run(&lying).await;
        let caught = report.broken().any(|one| one.case == sentence);
        assert!(caught, "{action} lies ({lie:?}) and {sentence:?} still passes:\n{report}");
    }
}

#[tokio::test]
async fn an_action_without_an_example_is_not_let_through() {
    struct Bare(Box<dyn Bench>);

    #[async_trait]
    impl Bench for Bare {
        fn connector(&self) -> Arc<dyn Connector> {
            self.0.connector()
        }

        fn examples(&self) -> Vec<Example> {
            self.0.examples().into_iter().filter(|one| one.action != "files.remove").collect()
        }

        async fn start(&self) -> Result<Box<dyn Peer>, NotRun> {
            Err(NotRun("not installed".to_owned()))
        }
    }

    let report = run(&Bare(bench("files"))).await;
    let broken: Vec<&str> = report.broken().map(|one| one.action.as_str()).collect();
    assert_eq!(broken, ["files.remove"]);
    assert_eq!(report.not_started.as_deref(), Some("not installed"));
}

/// A peer that notes what it gets and answers each with the same word.
async fn noting() -> (std::net::SocketAddr, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let got = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&got);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let noted = Arc::clone(&noted);
            tokio::spawn(async move {
                let mut bytes = [0; 64];
                while let Ok(length @ 1..) = client.read(&mut bytes).await {
                    noted.lock().unwrap().extend_from_slice(&bytes[..length]);
                    client.write_all(b"yes").await.unwrap();
                }
            });
        }
    });
    (address, got)
}

#[tokio::test]
async fn the_proxy_breaks_the_armed_exchange_and_no_other() {
    for (fault, peer_got, client_got) in [
        (Fault::CutBefore, "a", "yes"),
        (Fault::CutAfter, "ab", "yes"),
        (Fault::AnswerInstead(429), "a", "yesHTTP/1.1 429 Broken On Purpose"),
        (Fault::AnswerAfter(500), "ab", "yesHTTP/1.1 500 Broken On Purpose"),
        (Fault::Delay(std::time::Duration::from_millis(1)), "abc", "yesyesyes"),
    ] {
        let (peer, got) = noting().await;
        let proxy = Proxy::start(peer).await.unwrap();
        proxy.arm(1, fault);
        let mut client = TcpStream::connect(proxy.address()).await.unwrap();
        let mut heard = Vec::new();
        for word in [b"a", b"b", b"c"] {
            let mut bytes = [0; 256];
            if client.write_all(word).await.is_err() {
                break;
            }
            match client.read(&mut bytes).await {
                Ok(length @ 1..) => heard.extend_from_slice(&bytes[..length]),
                Ok(0) | Err(_) => break,
            }
            if heard.len() > 20 {
                break;
            }
        }
        assert!(proxy.fired(), "{fault:?}");
        assert_eq!(String::from_utf8_lossy(&got.lock().unwrap()), peer_got, "{fault:?}");
        let heard = String::from_utf8_lossy(&heard).into_owned();
        assert!(heard.starts_with(client_got), "{fault:?}: {heard}");
    }
}
