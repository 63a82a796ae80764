//! `scim` against scim2-server.

use kompel_connect::ErrorKind;
use kompel_peers::Scim2Server;
use serde_json::{Value, json};

use crate::bench::Bench;

fn connect(server: &Scim2Server) -> Bench {
    Bench::new("scim", json!({"url": server.url()}), &[("token", Scim2Server::TOKEN)])
}

#[tokio::test]
async fn a_leaver_is_inactive_at_the_service_and_active_again_after_undo() {
    let Some(server) = Scim2Server::start() else { return };
    let bench = connect(&server);
    let name = r#"j"ürgen\ (ext)@corp.test"#;
    let made = bench
        .write(
            "scim.create-user",
            json!({"userName": name, "displayName": "Jürgen", "mail": "j@corp.test"}),
        )
        .await;
    let id = made.output["id"].as_str().unwrap().to_owned();
    for (by, query) in [("user-name", name), ("mail", "j@corp.test"), ("anything", "Jürgen")] {
        let found = bench.read("scim.find-user", json!({"query": query, "by": by})).await;
        assert_eq!(found["user"]["id"], id.as_str(), "{by}: {found}");
    }
    let none = bench.read("scim.find-user", json!({"query": "\" or userName pr or \"x"})).await;
    assert_eq!(none["count"], 0, "a filter that is not escaped finds everybody: {none}");

    let closed = bench.write("scim.deactivate", json!({"user": name})).await;
    let seen: Value =
        serde_json::from_str(&server.ask("GET", &format!("/Users/{id}"), "")).unwrap();
    assert_eq!(seen["active"], false);
    bench.undo(&closed).await;
    let seen: Value =
        serde_json::from_str(&server.ask("GET", &format!("/Users/{id}"), "")).unwrap();
    assert_eq!(seen["active"], true);
    bench.undo(&made).await;
    let error = bench.plan("scim.deactivate", json!({"user": name})).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Absent);
}

#[tokio::test]
async fn all_accounts_are_listed_page_by_page() {
    let Some(server) = Scim2Server::start() else { return };
    for n in 0..230 {
        let user = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": format!("u{n:03}"),
        });
        server.ask("POST", "/Users", &user.to_string());
    }
    let listed = connect(&server).read("scim.list-users", json!({})).await;
    assert_eq!(listed["count"], 230);
    let found = connect(&server).read("scim.find-user", json!({"query": "u229"})).await;
    assert_eq!(found["user"]["userName"], "u229");
}
