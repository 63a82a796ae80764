//! The beginning of an account: made, and where it is used.

use async_trait::async_trait;
use kompel_model::{ActionSpec, Plan, Repeat, Secret};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    client::Client,
    users::{self, Awaited, Awaits, promised},
};
use crate::{
    Call, Error, ErrorKind,
    desired::{Desired, Difference},
    http::Method,
    password,
    promise::{self},
};

/// `graph.create-user`.
pub(super) struct Create;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewUser {
    user_name: String,
    display_name: String,
    mail_nickname: Option<String>,
    given_name: Option<String>,
    surname: Option<String>,
    title: Option<String>,
    department: Option<String>,
    usage_location: Option<String>,
    #[serde(default)]
    must_change: bool,
    seal_for: Option<String>,
}

impl NewUser {
    /// What it is to be, by Graph's property names; its name and password aside.
    fn properties(&self) -> Vec<(&'static str, &str)> {
        let optional = [
            ("mailNickname", &self.mail_nickname),
            ("givenName", &self.given_name),
            ("surname", &self.surname),
            ("jobTitle", &self.title),
            ("department", &self.department),
            ("usageLocation", &self.usage_location),
        ];
        let given =
            optional.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
        [("displayName", self.display_name.as_str())].into_iter().chain(given).collect()
    }

    fn body(&self, password: &Secret) -> Value {
        let local = self.user_name.split('@').next().unwrap_or_default();
        let mut body = json!({
            "accountEnabled": true,
            "userPrincipalName": self.user_name,
            "mailNickname": local,
            "passwordProfile": {
                "password": password.reveal(), "forceChangePasswordNextSignIn": self.must_change,
            },
        });
        for (name, value) in self.properties() {
            body[name] = value.into();
        }
        body
    }

    /// The output once it is there.
    fn output(&self, id: &str, sealed: Value) -> Value {
        json!({"id": id, "userName": self.user_name, "enabled": true, "sealed": sealed})
    }

    /// True if the account is as wanted, and this directory's own.
    fn fits(&self, user: &Value) -> bool {
        let name = user["userPrincipalName"].as_str().unwrap_or_default();
        name.eq_ignore_ascii_case(&self.user_name)
            && !users::synced(user)
            && !users::guest(user)
            && self.properties().iter().all(|(name, value)| user[name] == *value)
    }

    /// The account if it is there as wanted. One that has its name or address but is another is a
    /// conflict: it may be somebody else's.
    async fn existing(&self, client: &Client<'_>) -> Result<Option<Value>, Error> {
        let mut found = users::with_address(client, &self.user_name, CREATED).await?;
        match found.as_slice() {
            [] => Ok(None),
            [only] if self.fits(only) => Ok(found.pop()),
            _ => {
                let detail = "another account has this user principal name or address already";
                Err(Error::new(ErrorKind::Conflict, detail))
            }
        }
    }
}

/// What is read of an account that may be the one.
const CREATED: &str = "id,userPrincipalName,accountEnabled,userType,onPremisesSyncEnabled,\
     displayName,mailNickname,givenName,surname,jobTitle,department,usageLocation";

/// A country by its two letters.
fn location_input() -> Value {
    json!({
        "type": "string", "pattern": "^[A-Z]{2}$",
        "description": "the country (ISO 3166: BE) whose law holds for it; no licence without one",
    })
}

#[async_trait]
impl Desired for Create {
    fn spec(&self) -> ActionSpec {
        let text = |most: u32| json!({"type": "string", "minLength": 1, "maxLength": most});
        let mut spec = promised(
            "graph.create-user",
            "Creates an account, with a random password that nobody knows, or one person",
            promise::undone_by("graph.delete-user"),
            promise::object(
                &["userName", "displayName"],
                json!({
                    "userName": {
                        "type": "string", "maxLength": 113,
                        "pattern": "^[A-Za-z0-9!#^~'._-]{1,64}@[A-Za-z0-9.-]+$",
                        "description": "user principal name; its domain must be the client's",
                    },
                    "displayName": text(256),
                    "mailNickname": {
                        "type": "string", "pattern": "^[A-Za-z0-9!#^~'._-]{1,64}$",
                        "description": "the mail alias; what stands before the @ when left out",
                    },
                    "givenName": text(64), "surname": text(64), "title": text(128),
                    "department": text(64),
                    "usageLocation": location_input(),
                    "mustChange": {
                        "type": "boolean", "default": false,
                        "description": "the person must choose a password at the first sign-in",
                    },
                    "sealFor": password::recipient_schema(),
                }),
            ),
            users::about_schema(
                &["enabled"],
                json!({
                    "enabled": {"type": ["boolean", "null"]},
                    "sealed": password::sealed_schema(),
                    "passwordLost": password::lost_schema(),
                }),
            ),
        );
        spec.repeat = Repeat::Look;
        spec
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let wanted: NewUser = promise::input(call)?;
        password::check(wanted.seal_for.as_deref())?;
        let client = Client::of(&call.connection, call.at)?;
        if let Some(user) = wanted.existing(&client).await? {
            let more = json!({"enabled": user["accountEnabled"], "sealed": null});
            return Ok(Difference { output: users::about(&user, more), ..Difference::default() });
        }
        let change = |property: &str, to: Value| {
            promise::change(&wanted.user_name, property, Value::Null, to)
        };
        let mut changes = vec![change("account", "created".into())];
        changes.extend(wanted.properties().into_iter().map(|(name, to)| change(name, to.into())));
        changes.push(change("enabled", true.into()));
        let sealed = wanted.seal_for.is_some().then_some("(once it is made)");
        let output = wanted.output(users::TO_COME, json!(sealed));
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, _difference: Difference) -> Result<Value, Error> {
        let wanted: NewUser = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let (password, sealed) = password::new(wanted.seal_for.as_deref())?;
        let id = client.make(&["users"], &wanted.body(&password)).await?;
        Ok(wanted.output(&id, sealed))
    }

    fn seen(&self, input: &Value, output: Value) -> Value {
        password::lost(input, output)
    }

    fn undo(&self, _input: &Value, _plan: &Plan, output: &Value) -> Option<Value> {
        Some(json!({"user": output["id"]}))
    }
}

/// `graph.set-usage-location`.
pub(super) struct Locate;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Locating {
    user: String,
    usage_location: String,
    awaits: Option<Awaits>,
}

#[async_trait]
impl Desired for Locate {
    fn spec(&self) -> ActionSpec {
        promised(
            "graph.set-usage-location",
            "Says in which country an account is used, which licences need to know",
            promise::undone_by("graph.set-usage-location"),
            promise::object(
                &["user", "usageLocation"],
                json!({
                    "user": users::user_input(),
                    "usageLocation": location_input(),
                    "awaits": users::awaits_input(),
                }),
            ),
            users::about_schema(&["usageLocation"], json!({"usageLocation": {"type": "string"}})),
        )
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let Locating { user, usage_location: wanted, awaits } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let Awaited { user, name } = Awaited::find(&client, &user, awaits).await?;
        let (now, mut changes) = (user["usageLocation"].clone(), Vec::new());
        if now != wanted {
            let mut change = promise::change(&name, "usage location", now, wanted.as_str().into());
            // Another can be set later, none no more.
            change.irreversible = change.from.is_null();
            changes.push(change);
        }
        let output = users::about(&user, json!({"usageLocation": wanted}));
        Ok(Difference { changes, output, remarks: Vec::new() })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let Locating { usage_location, awaits, .. } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let path = ["users", users::arrived(&difference.output, awaits)?];
        let body = json!({"usageLocation": usage_location});
        client.change(Method::PATCH, &path, Some(&body)).await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        users::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        let before = plan.changes.first()?.from.as_str()?;
        Some(json!({"user": output["id"], "usageLocation": before}))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use age::x25519::Identity;
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use kompel_model::TenantId;
    use kompel_peers::{How, Microsoft365, guid};

    use super::*;
    use crate::{
        Look, RetryAdvice,
        peers::graph::tests::{starts, step_at},
    };

    fn sealed_for(person: &Identity) -> Value {
        promise::with(starts(), json!({"sealFor": person.to_public().to_string()}))
    }

    #[tokio::test]
    async fn the_first_password_is_told_to_one_person_only_and_once() {
        let (stub, person) = (Microsoft365::start(), Identity::generate());
        let step = step_at(&stub, "graph.create-user", sealed_for(&person));
        let said = step.perform().await.unwrap();
        let sealed = STANDARD.decode(said["sealed"].as_str().unwrap()).unwrap();
        let password = String::from_utf8(age::decrypt(&person, &sealed).unwrap()).unwrap();
        let exchanges = stub.exchanges();
        let sent = exchanges.iter().find(|one| one.method == "POST").unwrap();
        let profile = json!({"password": password, "forceChangePasswordNextSignIn": true});
        assert_eq!(sent.body["passwordProfile"], profile);
        assert!(!said.to_string().contains(&password), "{said}");

        // The same again finds it, and has no password to tell.
        let again = step_at(&stub, "graph.create-user", sealed_for(&person));
        assert!(again.plan().await.unwrap().is_empty());
        let said = again.perform().await.unwrap();
        assert_eq!((&said["sealed"], said.get("passwordLost")), (&Value::Null, None));
    }

    #[tokio::test]
    async fn an_answer_that_is_lost_takes_the_password_with_it_and_that_is_told() {
        let (stub, person) = (Microsoft365::start(), Identity::generate());
        let step = step_at(&stub, "graph.create-user", sealed_for(&person));
        let look = async || step.action.look(&step.call).await.unwrap();
        assert_eq!(look().await, Look::NotDone);
        stub.trouble_with_writes("POST /v1.0/users", How::AnswerLost);
        assert_eq!(step.perform().await.unwrap_err().kind, ErrorKind::OutcomeUnknown);
        let Look::Done(said) = look().await else { panic!("it is not seen") };
        assert_eq!((&said["passwordLost"], &said["sealed"]), (&json!(true), &Value::Null));
    }

    #[tokio::test]
    async fn only_an_account_that_is_as_wanted_is_taken_for_the_one() {
        let stub = Microsoft365::start();
        let with = |name: &str, value: &str| promise::with(starts(), json!({name: value}));
        for input in [
            with("userName", "jan@contoso.test"),
            with("userName", "JAN@contoso.test"),
            // One of Jan's other addresses.
            with("userName", "info@contoso.test"),
            // Active Directory masters this one.
            json!({"userName": "piet@contoso.test", "displayName": "Piet Pieters"}),
        ] {
            let refused = step_at(&stub, "graph.create-user", input.clone()).plan().await;
            assert_eq!(refused.unwrap_err().kind, ErrorKind::Conflict, "{input}");
        }
        step_at(&stub, "graph.create-user", starts()).perform().await.unwrap();
        for (input, same) in [
            (starts(), true),
            (with("userName", "KIM@contoso.test"), true),
            (with("title", "Manager"), false),
            (with("displayName", "Kim Desmet"), false),
            (with("usageLocation", "NL"), false),
        ] {
            let plan = step_at(&stub, "graph.create-user", input.clone()).plan().await;
            let plan = plan.map_err(|error| error.kind).map(|plan| plan.is_empty());
            let expected = if same { Ok(true) } else { Err(ErrorKind::Conflict) };
            assert_eq!(plan, expected, "{input}");
        }
    }

    #[tokio::test]
    async fn what_is_planned_for_an_account_to_come_is_what_is_done_once_it_is_there() {
        let who = "kim@contoso.test";
        for (awaits, wait) in [
            ("creation", RetryAdvice::Soon),
            ("synchronisation", RetryAdvice::After(Duration::from_secs(1800))),
        ] {
            let stub = Microsoft365::start();
            let steps = [
                ("graph.set-usage-location", json!({"usageLocation": "BE"})),
                ("graph.add-to-groups", json!({"groups": ["Sales", "With Visio"]})),
                ("graph.assign-licences", json!({"licences": [{"licence": "ENTERPRISEPACK"}]})),
            ]
            .map(|(action, more)| {
                let input = promise::with(json!({"user": who, "awaits": awaits}), more);
                step_at(&stub, action, input)
            });
            let hash = async |step: &crate::peers::graph::trying::Step| {
                let name = step.action.spec().name;
                step.plan().await.unwrap().hash(&TenantId::default(), &name, &step.call.input)
            };
            let mut planned = Vec::new();
            for step in &steps {
                planned.push(hash(step).await);
                let early = step.perform().await.unwrap_err();
                assert_eq!((early.kind, early.retry), (ErrorKind::Absent, wait), "{early}");
            }
            assert!(stub.exchanges().iter().all(|one| one.method == "GET"), "nothing was written");
            stub.change(|world| {
                world.add_user(77, who, "Kim De Smet", true);
                world.user(77)["onPremisesSyncEnabled"] = (awaits == "synchronisation").into();
                world.user(77)["usageLocation"] = Value::Null;
            });
            for (step, planned) in steps.iter().zip(planned) {
                assert_eq!(hash(step).await, planned, "{}", step.action.spec().name);
                step.perform().await.unwrap();
            }
            let world = stub.world();
            let kim = &world.users[&guid(77)];
            assert_eq!(kim["usageLocation"], "BE");
            assert_eq!(kim["assignedLicenses"].as_array().unwrap().len(), 2, "{kim}");
        }
    }
}
