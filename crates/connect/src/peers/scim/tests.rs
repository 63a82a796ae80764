//! A service under the contract: scim2-server.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use kompel_model::{Secret, TenantId};
use kompel_peers::Scim2Server;
use serde_json::{Value, json};

use super::connector;
use crate::{
    Connection, Connector, Settings,
    contract::{Bench, Example, NotRun, Peer, Way},
};

/// The bench, for the contract tests.
pub(in crate::peers) fn bench() -> Box<dyn Bench> {
    Box::new(ScimBench)
}

struct ScimBench;

struct ScimPeer(Scim2Server, Mutex<String>);

#[async_trait]
impl Bench for ScimBench {
    fn connector(&self) -> Arc<dyn Connector> {
        connector()
    }

    fn examples(&self) -> Vec<Example> {
        let jan = || json!({"user": "jan@corp.test"});
        vec![
            Example::new("scim.find-user", json!({"query": "jan@corp.test"})).blind(),
            Example::new("scim.list-users", json!({})).blind(),
            Example::new("scim.deactivate", jan()),
            Example::new("scim.activate", json!({"user": "closed"})),
            Example::new("scim.create-user", json!({"userName": "new", "mail": "n@corp.test"})),
            Example::new("scim.delete-user", json!({"user": "(id of jan)"})),
            Example::new("scim.remove-from-groups", jan()),
            Example::new(
                "scim.add-to-groups",
                json!({"user": "jan@corp.test", "groups": ["Three", "One"]}),
            ),
        ]
    }

    async fn start(&self) -> Result<Box<dyn Peer>, NotRun> {
        let server = Scim2Server::start();
        let server = server.ok_or_else(|| NotRun("scim2-server is not installed".to_owned()))?;
        Ok(Box::new(ScimPeer(server, Mutex::default())))
    }
}

impl ScimPeer {
    fn resources(&self, of: &str) -> Vec<Value> {
        let page: Value = serde_json::from_str(&self.0.ask("GET", of, "")).unwrap();
        page["Resources"].as_array().cloned().unwrap_or_default()
    }

    fn make(&self, of: &str, body: &Value) -> String {
        let made: Value = serde_json::from_str(&self.0.ask("POST", of, &body.to_string())).unwrap();
        made["id"].as_str().unwrap().to_owned()
    }
}

#[async_trait]
impl Peer for ScimPeer {
    async fn prepare(&self, _example: &Example) {
        for of in ["/Groups", "/Users"] {
            for resource in self.resources(of) {
                self.0.ask("DELETE", &format!("{of}/{}", resource["id"].as_str().unwrap()), "");
            }
        }
        let schemas = json!(["urn:ietf:params:scim:schemas:core:2.0:User"]);
        let jan = self.make(
            "/Users",
            &json!({"schemas": schemas, "userName": "jan@corp.test", "active": true}),
        );
        self.1.lock().unwrap().clone_from(&jan);
        self.make("/Users", &json!({"schemas": schemas, "userName": "closed", "active": false}));
        let schemas = json!(["urn:ietf:params:scim:schemas:core:2.0:Group"]);
        for (name, members) in [
            ("One", json!([{"value": jan}])),
            ("Two", json!([{"value": jan}])),
            ("Three", json!([])),
        ] {
            self.make(
                "/Groups",
                &json!({"schemas": schemas, "displayName": name, "members": members}),
            );
        }
    }

    async fn snapshot(&self) -> Value {
        let users = self.resources("/Users");
        let name_of = |id: &Value| {
            let user = users.iter().find(|user| user["id"] == *id);
            user.map(|user| user["userName"].clone())
        };
        let groups = self.resources("/Groups").into_iter().map(|group| {
            let members = group["members"].as_array().cloned().unwrap_or_default();
            let members: Vec<_> = members.iter().map(|one| name_of(&one["value"])).collect();
            (group["displayName"].as_str().unwrap().to_owned(), json!(members))
        });
        let groups: BTreeMap<String, Value> = groups.collect();
        let users = users.iter().map(|user| {
            (user["userName"].as_str().unwrap().to_owned(), json!([user["active"], user["emails"]]))
        });
        json!({"users": users.collect::<BTreeMap<String, Value>>(), "groups": groups})
    }

    async fn connection(&self, way: Way) -> Option<Arc<Connection>> {
        let (url, token) = match way {
            Way::Direct => (self.0.url(), Scim2Server::TOKEN),
            Way::Through(at) => (format!("http://{at}/v2"), Scim2Server::TOKEN),
            Way::Powerless => (self.0.url(), "wrong"),
            Way::Mishap(_) => return None,
        };
        let values = json!({"url": url});
        let secrets = BTreeMap::from([("token".to_owned(), Secret::new(token.to_owned()))]);
        let settings = Settings::new(values.as_object().cloned().unwrap(), secrets);
        Some(Connection::open(connector().as_ref(), TenantId::default(), "saas", settings).unwrap())
    }

    fn address(&self) -> Option<SocketAddr> {
        Some(self.0.address)
    }

    fn fill_in(&self, input: &Value, _at: SocketAddr) -> Value {
        let mut input = input.clone();
        if input["user"] == "(id of jan)" {
            input["user"] = self.1.lock().unwrap().as_str().into();
        }
        input
    }

    fn speaks_plain_http(&self) -> bool {
        true
    }

    fn secrets(&self) -> Vec<Secret> {
        vec![Secret::new(Scim2Server::TOKEN.to_owned())]
    }
}
