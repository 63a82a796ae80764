//! Graph under the contract, against the stub, and what only Graph has.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use chrono::TimeDelta;
use kompel_peers::{How, Metadata, Microsoft365, World, guid};
use serde_json::{Value, json};

use super::{
    connector,
    trying::{CloudPeer, Service, Step},
};
use crate::{
    CheckState, Connection, Connector, ErrorKind, RetryAdvice, Verified,
    contract::{Bench, Example, NotRun, Peer},
    promise,
};

/// The bench, for the contract tests.
pub(in crate::peers) fn bench() -> Box<dyn Bench> {
    Box::new(GraphBench)
}

struct GraphBench;

const LATELY: &str = "2026-06-01T00:00:00Z";
const SOON: &str = "2026-11-28T00:00:00Z";

#[async_trait]
impl Bench for GraphBench {
    fn connector(&self) -> Arc<dyn Connector> {
        connector()
    }

    fn examples(&self) -> Vec<Example> {
        let jan = || json!({"user": "jan@contoso.test"});
        let with = |mut input: Value, name: &str, value: Value| {
            input[name] = value;
            input
        };
        let mut all = vec![
            Example::new("graph.find-user", json!({"query": "info@contoso.test"})),
            Example::new("graph.find-user", json!({"query": "Jan Jans"})).named("near"),
            Example::new("graph.list-memberships", jan()),
            Example::new("graph.list-licences", jan()),
            Example::new("graph.list-sign-in-methods", jan()),
            Example::new("graph.list-devices", jan()),
            Example::new("graph.list-managed-devices", jan()),
            Example::new("graph.list-app-assignments", jan()),
            Example::new("graph.list-oauth-grants", jan()),
            Example::new("graph.list-owned", jan()),
            Example::new("graph.list-eligible-roles", jan()),
            Example::new("graph.find-drive", jan()),
            Example::new("graph.block-sign-in", jan()),
            Example::new("graph.block-sign-in", json!({"user": guid(2), "adEnabled": false}))
                .named("synchronised"),
            Example::new("graph.unblock-sign-in", json!({"user": guid(4)})),
            Example::new("graph.revoke-sessions", with(jan(), "unlessRevokedAfter", LATELY.into())),
            Example::new("graph.reset-password", with(jan(), "unlessSetAfter", LATELY.into())),
            Example::new("graph.remove-sign-in-methods", jan()),
            Example::new("graph.remove-from-groups", jan()),
            Example::new(
                "graph.add-to-groups",
                json!({"user": guid(5), "groups": ["Team", guid(108)]}),
            ),
            Example::new("graph.remove-directory-roles", jan()),
            Example::new(
                "graph.assign-directory-roles",
                with(jan(), "roles", json!([{"role": guid(202)}])),
            ),
            Example::new("graph.remove-eligible-roles", jan()),
            Example::new("graph.remove-app-assignments", jan()),
            Example::new("graph.remove-oauth-grants", jan()),
            Example::new("graph.remove-licences", jan()),
            Example::new(
                "graph.assign-licences",
                json!({"user": guid(5), "licences": [{"licence": "VISIOCLIENT"}]}),
            ),
            Example::new("graph.disable-devices", jan()),
            Example::new("graph.enable-devices", jan()),
            Example::new("graph.retire-managed-devices", jan()),
            Example::new("graph.hand-over-drive", with(jan(), "to", guid(5).into())),
            Example::new("graph.take-back-drive", with(jan(), "to", guid(2).into())),
            Example::new("graph.stop-sharing", with(jan(), "except", guid(5).into())),
            Example::new("graph.cancel-meetings", with(jan(), "from", SOON.into())),
            Example::new("graph.delete-user", json!({"user": guid(1)})),
        ];
        all.extend(beginnings());
        all
    }

    async fn start(&self) -> Result<Box<dyn Peer>, NotRun> {
        let stub = Microsoft365::start();
        Ok(Box::new(CloudPeer { stub, service: GRAPH, touch: |_| {} }))
    }
}

/// What begins an account.
fn beginnings() -> Vec<Example> {
    let piet = |more: Value| {
        promise::with(json!({"user": "piet@contoso.test", "awaits": "synchronisation"}), more)
    };
    vec![
        Example::new("graph.create-user", starts()),
        Example::new("graph.set-usage-location", json!({"user": guid(5), "usageLocation": "BE"})),
        Example::new("graph.set-usage-location", piet(json!({"usageLocation": "BE"})))
            .named("synchronised"),
        Example::new("graph.add-to-groups", piet(json!({"groups": ["Sales"]})))
            .named("synchronised"),
        Example::new(
            "graph.assign-licences",
            piet(json!({"licences": [{"licence": "VISIOCLIENT"}]})),
        )
        .named("synchronised"),
    ]
}

/// Kim, who starts.
pub(super) fn starts() -> Value {
    json!({
        "userName": "kim@contoso.test", "displayName": "Kim De Smet", "mailNickname": "kdesmet",
        "givenName": "Kim", "surname": "De Smet", "title": "Consultant", "department": "Sales",
        "usageLocation": "BE", "mustChange": true,
    })
}

const GRAPH: Service = Service { connector, url: "graph_url", beginning };

fn connection(stub: &Microsoft365, at: SocketAddr, client: (&str, &str)) -> Arc<Connection> {
    GRAPH.connection(stub, at, client, Value::Null)
}

/// The world in which an example begins.
fn beginning(example: &Example) -> World {
    let mut world = World::sample();
    if example.action == "graph.enable-devices" {
        for device in world.devices.values_mut() {
            device["accountEnabled"] = false.into();
        }
    }
    world
}

pub(super) fn step_at(stub: &Microsoft365, action: &str, input: Value) -> Step {
    GRAPH.step(stub, action, input)
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_person_is_found_by_everything_that_is_theirs_and_by_nothing_else() {
    let stub = Microsoft365::start();
    for (query, found, exact) in [
        ("jan@contoso.test", vec![guid(1)], true),
        ("JAN@contoso.test", vec![guid(1)], true),
        ("info@contoso.test", vec![guid(1)], true),
        ("Jan Janssen", vec![guid(1)], true),
        ("piet", vec![guid(2)], true),
        ("gast_other.test#EXT#@contoso.test", vec![guid(3)], true),
        (&guid(5), vec![guid(5)], true),
        ("Jan Jans", vec![guid(1), guid(5)], false),
        ("Jan", vec![], false),
        ("nobody@contoso.test", vec![], false),
        ("O'Brien", vec![], false),
    ] {
        let step = step_at(&stub, "graph.find-user", json!({"query": query}));
        let answer = step.perform().await.unwrap();
        let ids: Vec<&str> = answer["users"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, found, "{query}");
        assert_eq!(answer["exact"], exact, "{query}");
        assert_eq!(answer["user"].is_object(), exact && found.len() == 1, "{query}");
    }
    let step = step_at(&stub, "graph.find-user", json!({"query": "piet"}));
    let user = step.perform().await.unwrap()["user"].clone();
    assert_eq!((&user["synced"], &user["guest"]), (&json!(true), &json!(false)));

    // Numbers of the firm are told; a mobile number may be the person's own.
    let step = step_at(&stub, "graph.find-user", json!({"query": guid(1)}));
    let user = step.perform().await.unwrap()["user"].clone();
    assert_eq!(user["businessPhones"], json!(["+31 20 1234567"]));
    assert_eq!(user["mobilePhone"], true);
    assert!(!user.to_string().contains("98765432"), "{user}");
}

#[tokio::test]
async fn what_directory_or_another_tenant_masters_is_refused_before_anybody_approves() {
    let stub = Microsoft365::start();
    use ErrorKind::{Absent, Conflict, Invalid, Unsupported};
    for (action, input, kind) in [
        ("graph.block-sign-in", json!({"user": guid(2)}), Conflict),
        ("graph.block-sign-in", json!({"user": guid(2), "adEnabled": true}), Conflict),
        ("graph.reset-password", json!({"user": guid(2)}), Conflict),
        ("graph.delete-user", json!({"user": guid(2)}), Conflict),
        ("graph.revoke-sessions", json!({"user": guid(3)}), Unsupported),
        ("graph.add-to-groups", json!({"user": guid(5), "groups": ["Everybody"]}), Conflict),
        ("graph.add-to-groups", json!({"user": guid(5), "groups": ["Nope"]}), Absent),
        ("graph.block-sign-in", json!({"user": "nobody@contoso.test"}), Absent),
        ("graph.block-sign-in", json!({"user": ".."}), Invalid),
        ("graph.assign-licences", json!({"user": guid(5), "licences": [{"licence": "X"}]}), Absent),
        (
            "graph.add-to-groups",
            json!({"user": "jan@contoso.test", "groups": ["Empty"], "awaits": "synchronisation"}),
            Conflict,
        ),
        (
            "graph.set-usage-location",
            json!({"user": "no@contoso.test", "usageLocation": "BE"}),
            Absent,
        ),
    ] {
        let step = step_at(&stub, action, input.clone());
        let refused = step.plan().await.unwrap_err();
        assert_eq!(refused.kind, kind, "{action} {input}: {refused}");
    }
    assert_eq!(stub.world(), World::sample());
}

#[tokio::test]
async fn what_stays_is_told_with_its_reason() {
    let stub = Microsoft365::start();
    let jan = || json!({"user": guid(1)});
    let left = step_at(&stub, "graph.remove-from-groups", jan()).perform().await.unwrap();
    assert_eq!(names(&left["removed"]), ["Admins", "Sales", "Team", "With Visio"]);
    assert_eq!(names(&left["kept"]), ["Everybody", "News", "Synced"]);
    let because: Vec<&str> = left["kept"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["because"].as_str().unwrap())
        .collect();
    assert!(because[0].contains("rule") && because[1].contains("Exchange"), "{because:?}");
    assert_eq!(left["kept"][1]["id"], guid(105), "the id that Exchange has for it too");
    assert!(because[2].contains("Active Directory"), "{because:?}");

    stub.reset(World::sample());
    let step = step_at(&stub, "graph.remove-licences", jan());
    let plan = step.plan().await.unwrap();
    assert_eq!(plan.remarks, ["Licence VISIOCLIENT stays: a group gives it: leave that group."]);
    let licences = step.perform().await.unwrap();
    assert_eq!(names(&licences["removed"]), ["ENTERPRISEPACK"]);
    assert_eq!(names(&licences["kept"]), ["VISIOCLIENT"]);

    let methods = step_at(&stub, "graph.remove-sign-in-methods", jan()).perform().await.unwrap();
    assert_eq!(names(&methods["kept"]), ["password"]);
    assert!(!methods.to_string().contains("612345678"), "a number of the person is told");
    let apps = step_at(&stub, "graph.remove-app-assignments", jan()).perform().await.unwrap();
    assert_eq!((names(&apps["removed"]), names(&apps["kept"])), (vec!["Intranet"], vec!["CRM"]));
}

#[tokio::test]
async fn a_write_that_is_seen_later_is_not_yet_and_one_that_never_was_differs() {
    let stub = Microsoft365::start();
    let jan = || json!({"user": guid(1)});
    let late = || json!({"user": guid(1), "unlessRevokedAfter": LATELY});
    for (action, input) in [
        ("graph.block-sign-in", jan()),
        ("graph.revoke-sessions", late()),
        ("graph.revoke-sessions", jan()),
        ("graph.reset-password", jan()),
        ("graph.remove-from-groups", jan()),
        ("graph.remove-licences", jan()),
        ("graph.remove-sign-in-methods", jan()),
        ("graph.disable-devices", jan()),
        ("graph.delete-user", jan()),
        ("graph.create-user", starts()),
    ] {
        let soon = TimeDelta::seconds(5);
        stub.reset(World::sample());
        let step = step_at(&stub, action, input.clone());
        step.plan().await.unwrap();
        stub.lag(12);
        let output = step.perform().await.unwrap();
        assert_eq!(step.verify(&output, soon).await, Verified::NotYet { seconds: 5 }, "{action}");
        let mut looks = 1;
        while step.verify(&output, soon).await == (Verified::NotYet { seconds: 5 }) {
            looks += 1;
            assert!(looks < 20, "{action} is never seen");
        }
        let seen = step.verify(&output, soon).await;
        assert!(matches!(seen, Verified::Holds(_)), "{action}: {seen:?}");

        stub.reset(World::sample());
        for on in ["PATCH", "POST /v1.0/users", "DELETE"] {
            stub.trouble(on, How::Deaf, 99);
        }
        let output = step.perform().await.unwrap();
        assert!(matches!(step.verify(&output, soon).await, Verified::NotYet { .. }), "{action}");
        let found = step.verify(&output, TimeDelta::minutes(2)).await;
        assert!(matches!(found, Verified::Differs { .. }), "{action}: {found:?}");
        assert_eq!(stub.world(), World::sample(), "{action}");
    }
}

/// A service whose every answer is one page and says that the next is at `next`; it counts how
/// often it was asked, and keeps the tokens that it saw.
async fn endless(next: Option<SocketAddr>) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let next = next.unwrap_or(address);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    let answer = move |headers: axum::http::HeaderMap| async move {
        let token = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
        kept.lock().unwrap().push(token.unwrap_or_default());
        let next = format!("http://{next}/v1.0/users?$skiptoken=1");
        let user = json!({"id": guid(1), "userPrincipalName": "jan@contoso.test"});
        axum::Json(json!({"value": [user], "@odata.nextLink": next, "id": guid(1)}))
    };
    let router = axum::Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, seen)
}

#[tokio::test]
async fn pages_elsewhere_are_not_followed_and_pages_without_end_are_given_up() {
    let stub = Microsoft365::start();
    let (thief, stolen) = endless(None).await;
    let (strange, asked) = endless(Some(thief)).await;
    for (at, kind) in [(strange, ErrorKind::Unexpected), (thief, ErrorKind::Unsupported)] {
        let mut step = step_at(&stub, "graph.list-devices", json!({"user": "jan@contoso.test"}));
        step.call.connection = connection(&stub, at, Microsoft365::CLIENT);
        assert_eq!(step.perform().await.unwrap_err().kind, kind);
        if at == strange {
            assert_eq!(asked.lock().unwrap().len(), 2);
            assert!(stolen.lock().unwrap().is_empty(), "the token went elsewhere");
        }
    }
    assert!(stolen.lock().unwrap().len() < 300);
}

#[tokio::test]
async fn limits_are_respected_within_a_batch_too() {
    let stub = Microsoft365::start();
    stub.trouble("displayName", How::Limited(3600), 1);
    let step = step_at(&stub, "graph.find-user", json!({"query": "Jan Janssen"}));
    let limited = step.perform().await.unwrap_err();
    assert_eq!(limited.kind, ErrorKind::Limited);
    assert_eq!(limited.retry, RetryAdvice::After(std::time::Duration::from_secs(3600)));
    assert!(step.perform().await.is_ok());
}

#[tokio::test]
async fn one_refusal_does_not_keep_the_others_open_and_is_told() {
    let stub = Microsoft365::start();
    let admins = format!("DELETE /v1.0/groups/{}", guid(107));
    stub.trouble(&admins, How::Refused, 9);
    let step = step_at(&stub, "graph.remove-from-groups", json!({"user": guid(1)}));
    assert_eq!(step.perform().await.unwrap_err().kind, ErrorKind::Denied);
    let left: Vec<String> = stub.world().members.into_iter().map(|(group, _)| group).collect();
    assert!(!left.contains(&guid(101)) && left.contains(&guid(107)), "{left:?}");

    // The default method goes only when it is the last.
    stub.reset(World::sample());
    stub.trouble("phoneMethods", How::Refused, 1);
    let step = step_at(&stub, "graph.remove-sign-in-methods", json!({"user": guid(1)}));
    step.perform().await.unwrap();
    assert_eq!(stub.world().methods.len(), 1);
}

#[tokio::test]
async fn what_the_clients_licence_does_not_offer_is_told_as_that() {
    let stub = Microsoft365::start();
    stub.change(|world| world.without_pim = true);
    for action in ["graph.remove-eligible-roles", "graph.list-eligible-roles"] {
        let step = step_at(&stub, action, json!({"user": guid(1)}));
        let refused = step.perform().await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Unsupported, "{action}: {refused}");
        assert!(refused.detail.contains("licence"), "{action}: {refused}");
    }
}

#[tokio::test]
async fn strange_answers_end_in_errors() {
    GRAPH.takes_no_strange_answer(&bench().examples()).await;
}

#[tokio::test]
async fn whatever_goes_wrong_with_a_write_is_never_told_as_done() {
    GRAPH.tells_no_failure_as_done(&bench().examples(), "/v1.0/").await;
}

#[tokio::test]
async fn a_second_offboarding_changes_nothing() {
    let stub = Microsoft365::start();
    let jan = || json!({"user": guid(1)});
    for round in 0..2 {
        for (action, more) in [
            ("graph.block-sign-in", None),
            ("graph.revoke-sessions", Some("unlessRevokedAfter")),
            ("graph.reset-password", Some("unlessSetAfter")),
            ("graph.remove-sign-in-methods", None),
            ("graph.remove-from-groups", None),
            ("graph.remove-directory-roles", None),
            ("graph.remove-eligible-roles", None),
            ("graph.remove-app-assignments", None),
            ("graph.remove-oauth-grants", None),
            ("graph.disable-devices", None),
            ("graph.retire-managed-devices", None),
            ("graph.remove-licences", None),
        ] {
            let mut input = jan();
            if let Some(name) = more {
                input[name] = LATELY.into();
            }
            let step = step_at(&stub, action, input);
            let plan = step.plan().await.unwrap();
            assert_eq!(plan.is_empty(), round == 1, "{action}: {:?}", plan.changes);
            step.perform().await.unwrap();
        }
    }
    let user = stub.world().user(1).clone();
    assert_eq!((&user["accountEnabled"], &user["assignedLicenses"]), (&json!(false), &json!([])));
}

#[tokio::test]
async fn a_check_names_the_permissions_that_are_missing_by_action() {
    let stub = Microsoft365::start();
    let checks = connector().check(&connection(&stub, stub.address, Microsoft365::CLIENT)).await;
    assert!(checks.iter().all(|one| one.state == CheckState::Good), "{checks:?}");
    let checks = connector().check(&connection(&stub, stub.address, Microsoft365::READER)).await;
    let missing = checks
        .iter()
        .find(|one| one.what == "permission User.RevokeSessions.All or User.ReadWrite.All")
        .unwrap();
    let CheckState::Warning(why) = &missing.state else { panic!("{missing:?}") };
    assert!(why.contains("graph.revoke-sessions"), "{why}");
    let wrong = connection(&stub, stub.address, ("kompel", "wrong"));
    let checks = connector().check(&wrong).await;
    assert!(
        matches!(&checks[0].state, CheckState::Bad(why) if why.contains("refused")),
        "{checks:?}"
    );
}

#[tokio::test]
async fn every_request_and_answer_is_in_microsofts_own_description() {
    let shared = std::env::var_os("KOMPEL_SHARED").map(std::path::PathBuf::from);
    let shared =
        shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let Some(metadata) = Metadata::read(&shared.join("contracts/msgraph-v1.0.csdl.xml.gz")) else {
        eprintln!("not run: no shared/contracts/msgraph-v1.0.csdl.xml.gz");
        return;
    };
    let stub = Microsoft365::start();
    let mut seen = 0;
    for example in bench().examples() {
        stub.reset(beginning(&example));
        step_at(&stub, example.action, example.input.clone()).perform().await.unwrap();
        for exchange in stub.exchanges() {
            assert!(exchange.status < 300, "{exchange:?}");
            let faults = metadata.faults(&exchange);
            assert!(faults.is_empty(), "{}: {faults:#?}", example.action);
            seen += 1;
        }
    }
    assert!(seen > 50, "only {seen} exchanges");
    let world = World::sample();
    let whole = |of: &str, rows: Vec<Value>| kompel_peers::Exchange {
        method: "GET".to_owned(),
        target: format!("/v1.0/{of}"),
        body: Value::Null,
        status: 200,
        answer: json!({"value": rows}),
    };
    for entities in [
        whole("users", world.users.values().cloned().collect()),
        whole("groups", world.groups.values().cloned().collect()),
        whole(
            "deviceManagement/managedDevices",
            world.managed.iter().map(|(_, device)| device.clone()).collect(),
        ),
        whole("devices", world.devices.values().cloned().collect()),
        whole("subscribedSkus", world.skus.values().cloned().collect()),
        whole("roleManagement/directory/roleDefinitions", world.roles.values().cloned().collect()),
    ] {
        let faults = metadata.faults(&entities);
        assert!(faults.is_empty(), "{faults:#?}");
    }
    // The measure measures.
    for (target, body) in [
        ("/v1.0/users/x", json!({"accountEnable": false})),
        ("/v1.0/users/x", json!({"accountEnabled": "false"})),
        ("/v1.0/user/x", Value::Null),
        ("/v1.0/users/x/revokeSignInSession", Value::Null),
        ("/v1.0/users?$select=nickname", Value::Null),
    ] {
        let (method, target) = ("POST".to_owned(), target.to_owned());
        let wrong =
            kompel_peers::Exchange { method, target, body, status: 204, answer: Value::Null };
        assert!(!metadata.faults(&wrong).is_empty(), "{wrong:?}");
    }
}

#[tokio::test]
async fn an_application_proves_itself_by_its_certificate_and_by_no_other() {
    if kompel_peers::program("openssl").is_none() {
        return;
    }
    let stub = Microsoft365::start();
    let made = || {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        let signed = rcgen::CertificateParams::default().self_signed(&key).unwrap();
        (signed.pem(), key.serialize_pem())
    };
    let ((own, key), (other, other_key)) = (made(), made());
    stub.trust(&own);
    let find = |pem: &str| {
        let mut step = step_at(&stub, "graph.find-user", json!({"query": "Jan Janssen"}));
        step.call.connection = GRAPH.certified(&stub, pem);
        step
    };
    for (pem, fine) in [
        (format!("{own}{key}"), true),
        (format!("{other}{other_key}"), false),
        // The right certificate, and a key that is not its own.
        (format!("{own}{other_key}"), false),
    ] {
        let mut step = find(&pem);
        let said = step.perform().await;
        assert_eq!(said.is_ok(), fine, "{said:?}");
        if let Err(error) = said {
            assert_eq!(error.kind, ErrorKind::Denied, "{error}");
        }
        let checks = connector().check(&step.call.connection).await;
        assert_eq!(checks.iter().all(|one| one.state == CheckState::Good), fine, "{checks:?}");
        // With a moment of its own nobody is asked for one.
        step.call.at = "2026-11-28T08:00:00Z".parse().unwrap();
        assert_eq!(step.perform().await.is_ok(), fine);
    }
}
