//! What an account holds, read only.

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec};
use serde_json::{Value, json};

use super::{
    belongings::{Item, Kind, item_schema},
    client::{Client, Rows},
    users::{self, promised},
};
use crate::{Call, Error, desired::Reading};

/// `graph.list-memberships` and its like.
pub(super) enum List {
    Memberships,
    Eligible,
    Methods,
    Apps,
    Grants,
    Owned,
}

impl List {
    /// Its name, what it does, and the properties of its output.
    fn words(&self) -> (&'static str, &'static str, &'static [&'static str]) {
        match self {
            Self::Memberships => (
                "graph.list-memberships",
                "Lists the groups that an account is in directly, and its directory roles",
                &["groups", "roles"],
            ),
            Self::Eligible => (
                "graph.list-eligible-roles",
                "Lists the directory roles that an account may take up itself (PIM)",
                &["eligible"],
            ),
            Self::Methods => (
                "graph.list-sign-in-methods",
                "Lists the kinds of sign-in methods of an account, without numbers or addresses",
                &["methods"],
            ),
            Self::Apps => (
                "graph.list-app-assignments",
                "Lists the applications that an account is assigned to",
                &["applications"],
            ),
            Self::Grants => (
                "graph.list-oauth-grants",
                "Lists what an account allowed applications to do in its name",
                &["grants"],
            ),
            Self::Owned => (
                "graph.list-owned",
                "Lists the groups, applications and other things that an account owns",
                &["owned"],
            ),
        }
    }
}

#[async_trait]
impl Reading for List {
    fn spec(&self) -> ActionSpec {
        let (name, summary, lists) = self.words();
        let mut properties = json!({});
        for list in lists {
            properties[*list] = json!({
                "type": "array", "items": item_schema(),
                "description": "each with the reason in `because` if it can't be taken away here",
            });
        }
        promised(
            name,
            summary,
            ActionEffect::Read,
            users::on_user(),
            users::about_schema(lists, properties),
        )
    }

    async fn read(&self, call: &Call) -> Result<Value, Error> {
        let (client, user) = users::of(call).await?;
        let held = async |kind: Kind| -> Result<Vec<Value>, Error> {
            Ok(kind.held(&client, &user).await?.iter().map(Item::told).collect())
        };
        let more = match self {
            Self::Memberships => {
                json!({"groups": held(Kind::Groups).await?, "roles": held(Kind::Roles).await?})
            }
            Self::Eligible => json!({"eligible": held(Kind::Eligible).await?}),
            Self::Methods => json!({"methods": held(Kind::Methods).await?}),
            Self::Apps => json!({"applications": held(Kind::Apps).await?}),
            Self::Grants => json!({"grants": held(Kind::Grants).await?}),
            Self::Owned => json!({"owned": owned(&client, &user).await?}),
        };
        Ok(users::about(&user, more))
    }
}

async fn owned(client: &Client<'_>, user: &Value) -> Result<Vec<Value>, Error> {
    let path = ["users", users::id(user), "ownedObjects"];
    let rows = client.list(&Rows { path: &path, query: Vec::new(), eventual: false }).await?;
    let kind = |row: &Value| {
        row["@odata.type"]
            .as_str()
            .map(|name| name.trim_start_matches("#microsoft.graph.").to_owned())
    };
    let mut owned: Vec<Value> = rows
        .iter()
        .map(|row| json!({"id": row["id"], "name": row["displayName"], "kind": kind(row)}))
        .collect();
    owned.sort_by_key(|one| one["id"].to_string());
    Ok(owned)
}
