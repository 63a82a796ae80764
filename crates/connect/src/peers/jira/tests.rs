//! The stub of Jira under the contract, and the stub under Atlassian's description.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use kompel_model::{Secret, TenantId, Timestamp};
use kompel_peers::{Jira, JiraExchange};
use serde_json::{Value, json};

use super::connector;
use crate::{
    Action, Call, Connection, Connector, Error, ErrorKind, Look, RetryAdvice, Settings, Verified,
    contract::{Bench, Example, NotRun, Peer, Way},
};

/// The bench, for the contract tests.
pub(in crate::peers) fn bench() -> Box<dyn Bench> {
    Box::new(JiraBench)
}

struct JiraBench;

struct JiraPeer(Jira);

#[async_trait]
impl Bench for JiraBench {
    fn connector(&self) -> Arc<dyn Connector> {
        connector()
    }

    fn examples(&self) -> Vec<Example> {
        let new = json!({
            "queue": "HR", "subject": "Account blijft open: café", "text": "Zie hieronder.\n\nEn nu?",
            "requestor": "hr@client.test",
        });
        vec![
            Example::new("jira.search", json!({"query": "project = HR AND status = \"To Do\""})),
            Example::new("jira.get", json!({"key": "HR-1"})),
            Example::new("jira.create", new),
            Example::new(
                "jira.comment",
                json!({"key": "HR-1", "text": "Alles gesloten.\nTot hier."}),
            ),
            Example::new("jira.answers", json!({"key": "HR-1"})),
            Example::new("jira.set-status", json!({"key": "HR-1", "status": "In Progress"})),
            Example::new("jira.watch", json!({"key": "HR-1", "who": "xander@client.test"})),
            Example::new("jira.unwatch", json!({"key": "HR-1", "who": "xander@client.test"})),
        ]
    }

    async fn start(&self) -> Result<Box<dyn Peer>, NotRun> {
        Ok(Box::new(JiraPeer(Jira::start())))
    }
}

#[async_trait]
impl Peer for JiraPeer {
    async fn prepare(&self, example: &Example) {
        self.0.reset();
        if example.action == "jira.unwatch" {
            let watched = json!({"key": "HR-1", "who": "xander@client.test"});
            said(&cloud(&self.0), "jira.watch", watched).await.unwrap();
        }
    }

    async fn snapshot(&self) -> Value {
        self.0.snapshot()
    }

    async fn connection(&self, way: Way) -> Option<Arc<Connection>> {
        let (at, token) = match way {
            Way::Direct => (self.0.address, Jira::USER.1),
            Way::Through(at) => (at, Jira::USER.1),
            Way::Powerless => (self.0.address, "wr0ng-one"),
            Way::Mishap(_) => return None,
        };
        let user = json!({"url": format!("http://{at}"), "user": Jira::USER.0});
        Some(connection(user, token))
    }

    fn address(&self) -> Option<SocketAddr> {
        Some(self.0.address)
    }

    fn speaks_plain_http(&self) -> bool {
        true
    }

    fn secrets(&self) -> Vec<Secret> {
        [Jira::USER.1, "wr0ng-one"].map(|token| Secret::new(token.to_owned())).into()
    }
}

fn connection(values: Value, token: &str) -> Arc<Connection> {
    let secrets = BTreeMap::from([("token".to_owned(), Secret::new(token.to_owned()))]);
    let settings = Settings::new(values.as_object().cloned().unwrap(), secrets);
    Connection::open(connector().as_ref(), TenantId::default(), "desk", settings).unwrap()
}

fn cloud(jira: &Jira) -> Arc<Connection> {
    connection(json!({"url": jira.url(), "user": Jira::USER.0}), Jira::USER.1)
}

fn data_center(jira: &Jira) -> Arc<Connection> {
    connection(json!({"url": jira.url(), "api": "2"}), Jira::BEARER)
}

fn action(name: &str) -> Arc<dyn Action> {
    let mut actions = connector().actions().into_iter();
    actions.find(|one| one.spec().name.as_str() == name).unwrap()
}

fn call(connection: &Arc<Connection>, input: Value) -> Call {
    let (connection, key) = (Arc::clone(connection), "r-1/step".to_owned());
    Call { connection, input, key, at: Timestamp::UNIX_EPOCH }
}

async fn said(connection: &Arc<Connection>, name: &str, input: Value) -> Result<Value, Error> {
    action(name).perform(&call(connection, input)).await
}

#[test]
fn what_a_playbook_says_to_jira_it_can_say_to_request_tracker() {
    let catalogue = crate::catalogue();
    let said_to = |connector: &str| -> Vec<Value> {
        let ours = catalogue.iter().filter(|spec| spec.name.connector() == connector);
        let names = |schema: &Value| -> Vec<String> {
            schema["properties"].as_object().unwrap().keys().cloned().collect()
        };
        ours.map(|spec| {
            let action = spec.name.as_str().split_once('.').unwrap().1;
            let tickets = spec.output.pointer("/properties/tickets/items");
            json!({
                "action": action,
                "input": names(&spec.input), "needed": spec.input["required"],
                "output": names(tickets.unwrap_or(&spec.output)),
                "given": tickets.unwrap_or(&spec.output)["required"],
                "repeat": format!("{:?}", spec.repeat),
            })
        })
        .collect()
    };
    assert_eq!(said_to("jira"), said_to("rt"));
    assert_eq!(said_to("jira").len(), 8);
}

#[tokio::test]
async fn both_editions_read_write_and_refuse_alike() {
    for edition in [cloud, data_center] {
        let jira = Jira::start();
        let connection = edition(&jira);
        let said = async |name, input| said(&connection, name, input).await;
        let found = said("jira.search", json!({"query": "status = \"To Do\""})).await.unwrap();
        let ticket = &found["tickets"][0];
        assert_eq!(ticket["key"], "HR-1");
        assert_eq!(ticket["subject"], "Offboarding Jan Janssen");
        assert_eq!(ticket["from"], "hr@client.test");
        assert_eq!(ticket["queue"], "HR");
        assert_eq!(ticket["created"], "2026-04-02T07:30:00Z");
        assert!(ticket["text"].as_str().unwrap().starts_with("Jan gaat weg per"), "{ticket}");

        let new = json!({"queue": "HR", "subject": "s", "text": "[~an] één", "requestor": "x@y.z"});
        let made = call(&connection, new.clone());
        let output = action("jira.create").perform(&made).await.unwrap();
        let verified = action("jira.create").verify(&made, &output).await.unwrap();
        assert!(matches!(verified, Verified::Holds(_)), "{verified:?}");
        let read = said("jira.get", output).await.unwrap();
        let text = read["text"].as_str().unwrap();
        assert!(text.starts_with("Requestor: x@y.z") && text.ends_with("[~an] één"), "{text}");

        let watch = json!({"key": "HR-1", "who": "xander@client.test"});
        for (name, watchers) in [("jira.watch", 1), ("jira.unwatch", 0)] {
            let output = said(name, watch.clone()).await.unwrap();
            assert!(output["who"].as_str().unwrap().ends_with("xander"), "{output}");
            let watching = jira.snapshot()[0]["watchers"].as_array().unwrap().len();
            assert_eq!(watching, watchers, "{name}");
        }

        let remark = call(&connection, json!({"key": "HR-1", "text": "Gesloten."}));
        assert_eq!(action("jira.comment").look(&remark).await.unwrap(), Look::NotDone);
        action("jira.comment").perform(&remark).await.unwrap();
        let look = action("jira.comment").look(&remark).await.unwrap();
        assert!(matches!(look, Look::Done(_)), "{look:?}");
        let answers = said("jira.answers", json!({"key": "HR-1"})).await.unwrap();
        assert_eq!((&answers["ours"], &answers["since"]), (&json!("Gesloten."), &Value::Null));

        for (name, input, kind) in [
            ("jira.search", json!({"query": "nonsense ~~"}), ErrorKind::Invalid),
            ("jira.get", json!({"key": "HR-99"}), ErrorKind::Absent),
            ("jira.get", json!({"key": "HR-1/../.."}), ErrorKind::Invalid),
            ("jira.set-status", json!({"key": "HR-1", "status": "bogus"}), ErrorKind::Invalid),
            ("jira.set-status", json!({"key": "HR-1", "status": "Rejected"}), ErrorKind::Invalid),
            ("jira.watch", json!({"key": "HR-1", "who": "nobody@x.test"}), ErrorKind::Absent),
            ("jira.watch", json!({"key": "HR-1", "who": "xander@"}), ErrorKind::Absent),
            ("jira.watch", json!({"key": "HR-99", "who": "xander"}), ErrorKind::Absent),
            ("jira.create", json!({"queue": "NO", "subject": "x", "text": "x"}), ErrorKind::Absent),
            (
                "jira.create",
                json!({"queue": "..", "subject": "x", "text": "x"}),
                ErrorKind::Invalid,
            ),
        ] {
            let kind_said = said(name, input.clone()).await.map_err(|error| error.kind);
            assert_eq!(kind_said, Err(kind), "{name} {input}");
        }
    }
}

#[tokio::test]
async fn an_issue_that_the_search_does_not_show_yet_is_found_by_its_number() {
    let jira = Jira::start();
    let connection = cloud(&jira);
    let new = call(&connection, json!({"queue": "HR", "subject": "s", "text": "t"}));
    let create = action("jira.create");
    jira.lag(1000);
    // Others make issues meanwhile, and numbers get lost.
    jira.add("of somebody else", json!(null));
    jira.lose_number();
    jira.lose_number();
    assert_eq!(create.look(&new).await.unwrap(), Look::NotDone);
    create.perform(&new).await.unwrap();
    jira.add("of somebody else", json!(null));
    let found = create.look(&new).await.unwrap();
    assert_eq!(found, Look::Done(json!({"key": "HR-5"})));
    // Of another step nothing is found.
    let other = Call { key: "r-1/other".to_owned(), ..new };
    assert_eq!(create.look(&other).await.unwrap(), Look::NotDone);
}

#[tokio::test]
async fn searches_go_through_pages_and_stop_where_they_were_told() {
    for edition in [cloud, data_center] {
        let jira = Jira::start();
        let connection = edition(&jira);
        for number in 2..=30 {
            jira.add(&format!("ticket {number}"), json!(null));
        }
        for (page, most, expected) in [(50, 20, 20), (7, 20, 20), (7, 50, 30), (1, 50, 20)] {
            jira.page(page);
            let query = json!({"query": "project = HR", "most": most});
            let found = said(&connection, "jira.search", query).await.unwrap();
            let keys: Vec<String> = found["tickets"]
                .as_array()
                .unwrap()
                .iter()
                .map(|ticket| ticket["key"].as_str().unwrap().to_owned())
                .collect();
            let wanted: Vec<String> = (1..=expected).map(|number| format!("HR-{number}")).collect();
            assert_eq!(keys, wanted, "pages of {page}, most {most}");
        }
    }
}

#[tokio::test]
async fn a_status_is_reached_by_the_transition_that_asks_for_nothing() {
    let jira = Jira::start();
    let connection = cloud(&jira);
    for status in ["in progress", "Done", "To Do"] {
        let wanted = json!({"key": "HR-1", "status": status});
        said(&connection, "jira.set-status", wanted).await.unwrap();
        let read = said(&connection, "jira.get", json!({"key": "HR-1"})).await.unwrap();
        assert!(read["status"].as_str().unwrap().eq_ignore_ascii_case(status), "{read}");
    }
    let rejected = json!({"key": "HR-1", "status": "Rejected"});
    let error = action("jira.set-status").plan(&call(&connection, rejected)).await.unwrap_err();
    assert!(error.detail.contains("resolution"), "{error}");
}

#[tokio::test]
async fn jiras_own_wait_is_kept_and_the_fields_it_refuses_are_named() {
    let jira = Jira::start();
    let connection = cloud(&jira);
    jira.limit(1);
    let error = said(&connection, "jira.get", json!({"key": "HR-1"})).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Limited);
    assert_eq!(error.retry, RetryAdvice::After(Duration::from_secs(7)));
    let long = json!({"queue": "HR", "subject": "s", "text": "\u{1}".repeat(40_000)});
    let error = said(&connection, "jira.create", long).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(error.detail.ends_with("refused: description"), "{error}");
}

/// Where the stub's answers are described; says so where it is not here.
fn description() -> Option<Value> {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let near = manifest.ancestors().map(|folder| folder.join("shared"));
    let given = option_env!("KOMPEL_SHARED").map(PathBuf::from);
    let found = given
        .into_iter()
        .chain(near)
        .map(|shared| shared.join("contracts/jira-cloud-v3.openapi.json.gz"))
        .find(|file| file.is_file());
    let Some(found) = found else {
        eprintln!("not run: no shared/contracts/jira-cloud-v3.openapi.json.gz here");
        return None;
    };
    let file = flate2::read::GzDecoder::new(File::open(found).unwrap());
    Some(serde_json::from_reader(file).unwrap())
}

#[tokio::test]
async fn what_goes_over_the_line_is_as_atlassian_describes_it() {
    let Some(description) = description() else { return };
    let peer = JiraPeer(Jira::start());
    let connection = peer.connection(Way::Direct).await.unwrap();
    for example in JiraBench.examples() {
        let call = call(&connection, example.input);
        let action = action(example.action);
        action.plan(&call).await.unwrap();
        let output = action.perform(&call).await.unwrap();
        action.look(&call).await.unwrap();
        action.verify(&call, &output).await.unwrap();
    }
    let unheard = json!({"queue": "HR", "subject": "", "text": "x"});
    said(&connection, "jira.create", unheard).await.unwrap_err();
    connector().check(&connection).await;
    let mut tried = BTreeSet::new();
    for exchange in peer.0.exchanges() {
        // Younger than the stored description; Atlassian's pages describe it.
        if exchange.path == "/rest/api/3/search/jql" {
            continue;
        }
        let operation = held(&description, &exchange);
        tried.insert(format!("{} {operation} {}", exchange.method, exchange.status));
    }
    let tried: Vec<&str> = tried.iter().map(String::as_str).collect();
    assert_eq!(
        tried,
        [
            "DELETE /rest/api/3/issue/{issueIdOrKey}/watchers 204",
            "GET /rest/api/3/issue/{issueIdOrKey} 200",
            "GET /rest/api/3/issue/{issueIdOrKey}/comment 200",
            "GET /rest/api/3/issue/{issueIdOrKey}/transitions 200",
            "GET /rest/api/3/issue/{issueIdOrKey}/watchers 200",
            "GET /rest/api/3/mypermissions 200",
            "GET /rest/api/3/project/{projectIdOrKey} 200",
            "GET /rest/api/3/user/search 200",
            "POST /rest/api/3/issue 201",
            "POST /rest/api/3/issue 400",
            "POST /rest/api/3/issue/{issueIdOrKey}/comment 201",
            "POST /rest/api/3/issue/{issueIdOrKey}/transitions 204",
            "POST /rest/api/3/issue/{issueIdOrKey}/watchers 204",
        ]
    );
}

/// Holds an exchange against the description of its operation, and says which that is.
fn held(description: &Value, exchange: &JiraExchange) -> String {
    let same = |(one, other): (&str, &str)| one.starts_with('{') || one == other;
    let steps: Vec<&str> = exchange.path.split('/').collect();
    let (path, methods) = description["paths"]
        .as_object()
        .unwrap()
        .iter()
        .find(|(path, _)| {
            let described: Vec<&str> = path.split('/').collect();
            described.len() == steps.len()
                && described.into_iter().zip(steps.iter().copied()).all(same)
        })
        .unwrap_or_else(|| panic!("{} is not described", exchange.path));
    let operation = &methods[exchange.method.to_lowercase()];
    let parameters: Vec<&Value> =
        operation["parameters"].as_array().into_iter().flatten().map(|one| &one["name"]).collect();
    for name in &exchange.query {
        assert!(parameters.iter().any(|one| *one == name), "{path}: no parameter {name}");
    }
    if exchange.method == "POST" {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        fits(description, schema, &exchange.body, path);
    }
    let answer = &operation["responses"][exchange.status.to_string()];
    assert!(answer.is_object(), "{path} answers no {}", exchange.status);
    match answer["content"]["application/json"].get("schema") {
        Some(schema) => fits(description, schema, &exchange.answer, path),
        None => assert_eq!(exchange.answer, Value::Null, "{path}"),
    }
    path.clone()
}

fn fits(description: &Value, schema: &Value, instance: &Value, path: &str) {
    let mut whole = schema.clone();
    whole["components"] = description["components"].clone();
    // Jira itself writes moments as `+0200`, which the format that its description names is not.
    let options = jsonschema::draft4::options().should_validate_formats(false);
    let validator = options.build(&whole).unwrap();
    let wrong: Vec<String> = validator
        .iter_errors(instance)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{path}: {wrong:#?} in {instance}");
}
