//! What an account holds one by one: groups, directory roles, assignments to applications, grants,
//! sign-in methods. Listed, and taken away.

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    client::{Client, Rows, quoted},
    named,
    users::{self, promised},
};
use crate::{
    Call, Error,
    desired::{Desired, Difference, each},
    http::Method,
    promise::{self},
};

/// A kind of thing that an account holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Groups,
    Roles,
    /// Roles that the account may take up itself (Privileged Identity Management).
    Eligible,
    Apps,
    Grants,
    Methods,
}

/// One of them.
pub(super) struct Item {
    /// What a person and an undo need of it: `id`, `name` and the kind's own.
    pub(super) shown: Value,
    /// Why it can't be taken away here.
    pub(super) kept: Option<&'static str>,
}

impl Item {
    pub(super) fn is(&self, which: &str) -> bool {
        self.shown["id"] == which || self.shown["name"] == which
    }

    /// As outputs show what stays.
    pub(super) fn told(&self) -> Value {
        let mut told = self.shown.clone();
        told["because"] = self.kept.into();
        told
    }
}

impl Kind {
    /// What the account holds of this kind.
    pub(super) async fn held(self, client: &Client<'_>, user: &Value) -> Result<Vec<Item>, Error> {
        let id = users::id(user);
        let (path, query): (Vec<&str>, Vec<(&str, String)>) = match self {
            Self::Groups => (
                vec!["users", id, "memberOf", "microsoft.graph.group"],
                vec![("$select", GROUP_PROPERTIES.to_owned())],
            ),
            Self::Roles | Self::Eligible => {
                let list = if self == Self::Roles {
                    "roleAssignments"
                } else {
                    "roleEligibilityScheduleInstances"
                };
                let query = vec![
                    ("$filter", format!("principalId eq {}", quoted(id))),
                    ("$expand", "roleDefinition".to_owned()),
                ];
                (vec!["roleManagement", "directory", list], query)
            }
            Self::Apps => (vec!["users", id, "appRoleAssignments"], Vec::new()),
            Self::Grants => (vec!["users", id, "oauth2PermissionGrants"], Vec::new()),
            Self::Methods => (vec!["users", id, "authentication", "methods"], Vec::new()),
        };
        let rows = client.list(&Rows { path: &path, query, eventual: false }).await?;
        let mut items: Vec<Item> = rows.iter().map(|row| self.item(row)).collect();
        items.sort_by_key(|item| named::named(&item.shown));
        Ok(items)
    }

    fn item(self, row: &Value) -> Item {
        let id = &row["id"];
        match self {
            Self::Groups => Item { shown: group(row), kept: group_stays(row) },
            Self::Roles | Self::Eligible => Item {
                shown: json!({
                    "id": id, "name": row["roleDefinition"]["displayName"],
                    "role": row["roleDefinitionId"], "scope": row["directoryScopeId"],
                }),
                kept: (row["memberType"] == "Group").then_some(BY_GROUP),
            },
            Self::Apps => Item {
                shown: json!({
                    "id": id, "name": row["resourceDisplayName"], "role": row["appRoleId"],
                }),
                kept: (row["principalType"] == "Group").then_some(BY_GROUP),
            },
            Self::Grants => Item {
                shown: json!({"id": id, "name": row["scope"], "client": row["clientId"]}),
                kept: (row["consentType"] == "AllPrincipals")
                    .then_some("it is granted for everybody"),
            },
            Self::Methods => method(row),
        }
    }

    /// Takes one away that the account holds; what is gone already is as good.
    async fn take(self, client: &Client<'_>, user: &str, shown: &Value) -> Result<(), Error> {
        let id = shown["id"].as_str().unwrap_or_default();
        match self {
            Self::Groups => client.delete(&["groups", id, "members", user, "$ref"]).await,
            Self::Roles => {
                client.delete(&["roleManagement", "directory", "roleAssignments", id]).await
            }
            Self::Eligible => {
                let body = json!({
                    "action": "adminRemove", "principalId": user, "justification": "Kompel",
                    "roleDefinitionId": shown["role"], "directoryScopeId": shown["scope"],
                });
                let path = ["roleManagement", "directory", "roleEligibilityScheduleRequests"];
                client.change(Method::POST, &path, Some(&body)).await
            }
            Self::Apps => client.delete(&["users", user, "appRoleAssignments", id]).await,
            Self::Grants => client.delete(&["oauth2PermissionGrants", id]).await,
            Self::Methods => {
                let place = place_of(shown["name"].as_str().unwrap_or_default());
                let path = ["users", user, "authentication", place.unwrap_or_default(), id];
                client.delete(&path).await
            }
        }
    }

    /// What holding one is called in a plan.
    fn word(self) -> &'static str {
        match self {
            Self::Groups => "member of",
            Self::Roles => "role",
            Self::Eligible => "eligible for role",
            Self::Apps => "application",
            Self::Grants => "grant",
            Self::Methods => "sign-in method",
        }
    }

    /// That one is held, as plans show it; for roles, what giving it back needs.
    fn holding(self, shown: &Value) -> Value {
        match self {
            Self::Groups => named::MEMBER.into(),
            Self::Roles | Self::Eligible => json!({"role": shown["role"], "scope": shown["scope"]}),
            Self::Apps => "assigned".into(),
            Self::Grants => "granted".into(),
            Self::Methods => "registered".into(),
        }
    }

    /// The input that names some of them.
    fn selector(self) -> Option<(&'static str, Value)> {
        let text = || json!({"type": "string", "minLength": 1, "maxLength": 256});
        match self {
            Self::Groups => Some((
                "groups",
                json!({
                    "type": "array", "items": text(), "maxItems": 500,
                    "description": "ids or names; all of them when left out",
                }),
            )),
            Self::Roles => Some((
                "roles",
                json!({
                    "type": "array", "items": role_schema(), "maxItems": 500,
                    "description": "all of them when left out",
                }),
            )),
            Self::Eligible | Self::Apps | Self::Grants | Self::Methods => None,
        }
    }
}

const BY_GROUP: &str = "it comes from a group: leave that";

/// JSON Schema of a role within a scope.
pub(super) fn role_schema() -> Value {
    promise::object(
        &["role"],
        json!({
            "role": {
                "type": "string", "minLength": 1, "maxLength": 256,
                "description": "the role definition's id",
            },
            "scope": {"type": "string", "minLength": 1, "maxLength": 256, "default": "/"},
        }),
    )
}

pub(super) const GROUP_PROPERTIES: &str = "id,displayName,groupTypes,mailEnabled,securityEnabled,\
     onPremisesSyncEnabled,isAssignableToRole";

fn has_type(group: &Value, kind: &str) -> bool {
    group["groupTypes"].as_array().is_some_and(|all| all.iter().any(|one| one == kind))
}

pub(super) fn group(row: &Value) -> Value {
    json!({
        "id": row["id"],
        "name": row["displayName"],
        "synced": row["onPremisesSyncEnabled"] == true,
        "dynamic": has_type(row, "DynamicMembership"),
        "mailEnabled": row["mailEnabled"] == true,
        "assignable": row["isAssignableToRole"] == true,
    })
}

/// Why Graph can't change who is in this group.
pub(super) fn group_stays(row: &Value) -> Option<&'static str> {
    if row["onPremisesSyncEnabled"] == true {
        Some("Active Directory masters this group: leave it there")
    } else if has_type(row, "DynamicMembership") {
        Some("a rule decides who is in this group")
    } else if row["mailEnabled"] == true && !has_type(row, "Unified") {
        Some("a distribution group: leave it in Exchange")
    } else {
        None
    }
}

fn method(row: &Value) -> Item {
    let kind = row["@odata.type"].as_str().and_then(|name| name.strip_prefix("#microsoft.graph."));
    let name = kind.unwrap_or_default().trim_end_matches("AuthenticationMethod");
    let kept = match (name, place_of(name)) {
        ("password", _) => Some("a password can be reset, not taken away"),
        (_, None) => Some("Graph offers no way to take this method away"),
        (_, Some(_)) => None,
    };
    // Numbers and addresses of the person stay out of plans and journals.
    Item { shown: json!({"id": row["id"], "name": name}), kept }
}

/// Where methods of this kind are deleted.
fn place_of(name: &str) -> Option<&'static str> {
    METHODS.iter().find(|(kind, _)| *kind == name).map(|(_, place)| *place)
}

const METHODS: &[(&str, &str)] = &[
    ("email", "emailMethods"),
    ("fido2", "fido2Methods"),
    ("microsoftAuthenticator", "microsoftAuthenticatorMethods"),
    ("phone", "phoneMethods"),
    ("platformCredential", "platformCredentialMethods"),
    ("softwareOath", "softwareOathMethods"),
    ("temporaryAccessPass", "temporaryAccessPassMethods"),
    ("windowsHelloForBusiness", "windowsHelloForBusinessMethods"),
];

/// `graph.remove-from-groups` and its like.
pub(super) struct Remove(pub(super) Kind);

#[derive(Deserialize)]
struct Removing {
    user: String,
    groups: Option<Vec<String>>,
    roles: Option<Vec<Role>>,
}

/// A role within a scope.
#[derive(Deserialize)]
pub(super) struct Role {
    pub(super) role: String,
    #[serde(default = "everywhere")]
    pub(super) scope: String,
}

fn everywhere() -> String {
    "/".to_owned()
}

impl Removing {
    /// True if this one is among those that are named, or none are.
    fn wants(&self, item: &Item) -> bool {
        let role =
            |role: &Role| item.shown["role"] == role.role && item.shown["scope"] == role.scope;
        self.groups.as_ref().is_none_or(|all| all.iter().any(|which| item.is(which)))
            && self.roles.as_ref().is_none_or(|all| all.iter().any(role))
    }
}

#[async_trait]
impl Desired for Remove {
    fn spec(&self) -> ActionSpec {
        let undone = promise::undone_by;
        let (name, summary, effect) = match self.0 {
            Kind::Groups => (
                "graph.remove-from-groups",
                "Takes an account out of these groups or teams, or out of all",
                undone("graph.add-to-groups"),
            ),
            Kind::Roles => (
                "graph.remove-directory-roles",
                "Takes these directory roles from an account, or all",
                undone("graph.assign-directory-roles"),
            ),
            Kind::Eligible => (
                "graph.remove-eligible-roles",
                "Takes every directory role from an account that it may take up itself (PIM)",
                ActionEffect::Irreversible,
            ),
            Kind::Apps => (
                "graph.remove-app-assignments",
                "Takes every application from an account that was assigned to it directly",
                ActionEffect::Irreversible,
            ),
            Kind::Grants => (
                "graph.remove-oauth-grants",
                "Withdraws what an account allowed applications to do in its name",
                ActionEffect::Irreversible,
            ),
            Kind::Methods => (
                "graph.remove-sign-in-methods",
                "Takes every second factor and passwordless method from an account",
                ActionEffect::Irreversible,
            ),
        };
        let mut input = users::on_user();
        if let Some((selector, schema)) = self.0.selector() {
            input["properties"][selector] = schema;
        }
        promised(
            name,
            summary,
            effect,
            input,
            users::about_schema(
                &["removed", "kept"],
                json!({
                    "removed": {"type": "array", "items": item_schema()},
                    "kept": {
                        "type": "array", "items": item_schema(),
                        "description": "what stays, each with its reason in `because`",
                    },
                }),
            ),
        )
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let wanted: Removing = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let user = users::one(&client, &wanted.user).await?;
        let (object, irreversible) = (users::named(&user), self.0.selector().is_none());
        let (mut changes, mut removed, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        let mut remarks = Vec::new();
        let held = self.0.held(&client, &user).await?;
        for item in held.into_iter().filter(|item| wanted.wants(item)) {
            if let Some(why) = item.kept {
                remarks.push(format!("{} stays: {why}.", named::named(&item.shown)));
                kept.push(item.told());
                continue;
            }
            let property = format!("{} {}", self.0.word(), named::named(&item.shown));
            let from = self.0.holding(&item.shown);
            let mut change = promise::change(&object, &property, from, Value::Null);
            change.irreversible = irreversible;
            changes.push(change);
            removed.push(item.shown);
        }
        let output = users::about(&user, json!({"removed": removed, "kept": kept}));
        Ok(Difference { changes, output, remarks })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let client = &Client::of(&call.connection, call.at)?;
        let user = users::id(&difference.output);
        let removed = difference.output["removed"].as_array().into_iter().flatten();
        each(removed, |held| self.0.take(client, user, held)).await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        users::by_id(input, output)
    }

    fn undo(&self, _input: &Value, plan: &Plan, output: &Value) -> Option<Value> {
        match self.0 {
            Kind::Groups => Some(json!({"user": output["id"], "groups": named::ids(plan)})),
            Kind::Roles => {
                let roles: Vec<&Value> = plan.changes.iter().map(|change| &change.from).collect();
                Some(json!({"user": output["id"], "roles": roles}))
            }
            Kind::Eligible | Kind::Apps | Kind::Grants | Kind::Methods => None,
        }
    }
}

pub(super) fn item_schema() -> Value {
    json!({
        "type": "object",
        "required": ["id", "name"],
        "properties": {
            "id": {"type": "string"},
            "name": {"type": ["string", "null"]},
            "because": {"type": ["string", "null"], "description": "why it can't be taken away"},
        },
    })
}
