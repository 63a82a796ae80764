//! Meetings that an account organizes: cancelled.
//!
//! By Graph and not by Exchange's `Remove-CalendarEvents`: whether that did anything can't be read
//! back by any cmdlet.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::TimeDelta;
use kompel_model::{ActionEffect, ActionSpec, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    client::{Client, Rows},
    named,
    users::{self, OnUser, promised},
};
use crate::{
    Call, Error, ErrorKind,
    desired::{Desired, Difference, each},
    http::Method,
    promise::{self},
};

/// `graph.cancel-meetings`.
pub(super) struct Cancel;

#[derive(Deserialize)]
struct Cancelling {
    #[serde(flatten)]
    whose: OnUser,
    from: Option<Timestamp>,
    #[serde(default = "days")]
    days: u32,
}

fn days() -> u32 {
    DAYS
}

/// As far as is looked when nothing is said, and at most: five years, as Exchange has it.
const DAYS: u32 = 365;
const MOST_DAYS: u32 = 1825;
const MOST_MEETINGS: usize = 500;

/// Meetings with others that the account itself called and that are not cancelled yet: by id (of
/// the whole series, for one of a series), when the next is, in UTC.
async fn organized(
    client: &Client<'_>,
    user: &Value,
    from: Timestamp,
    until: Timestamp,
) -> Result<BTreeMap<String, String>, Error> {
    let query = vec![
        ("startDateTime", from.to_rfc3339()),
        ("endDateTime", until.to_rfc3339()),
        ("$select", "id,start,isOrganizer,isCancelled,seriesMasterId,attendees".to_owned()),
        ("$top", "100".to_owned()),
    ];
    let path = ["users", users::id(user), "calendarView"];
    let mut meetings: BTreeMap<String, String> = BTreeMap::new();
    for row in client.list(&Rows { path: &path, query, eventual: false }).await? {
        let others = row["attendees"].as_array().is_some_and(|others| !others.is_empty());
        if row["isOrganizer"] != true || row["isCancelled"] == true || !others {
            continue;
        }
        let id = row["seriesMasterId"].as_str().or(row["id"].as_str()).unwrap_or_default();
        let start = row["start"]["dateTime"].as_str().unwrap_or_default();
        let minutes = start.get(..16).unwrap_or(start).to_owned();
        let known = meetings.entry(id.to_owned()).or_insert_with(|| minutes.clone());
        if minutes < *known {
            *known = minutes;
        }
    }
    if meetings.len() > MOST_MEETINGS {
        let detail = format!("more than {MOST_MEETINGS} meetings: look fewer days ahead");
        return Err(Error::new(ErrorKind::Unsupported, detail));
    }
    Ok(meetings)
}

#[async_trait]
impl Desired for Cancel {
    fn spec(&self) -> ActionSpec {
        promised(
            "graph.cancel-meetings",
            "Cancels the meetings that an account called, from a moment on; who was \
                      invited gets a cancellation",
            ActionEffect::Irreversible,
            promise::object(
                &["user"],
                json!({
                    "user": users::user_input(),
                    "from": {
                        "type": "string", "format": "date-time",
                        "description": "not before the present moment, which it is when left out",
                    },
                    "days": {
                        "type": "integer", "minimum": 1, "maximum": MOST_DAYS, "default": DAYS,
                        "description": "how far ahead",
                    },
                }),
            ),
            users::about_schema(&["cancelled"], json!({"cancelled": {"type": "integer"}})),
        )
    }

    async fn compare(&self, call: &Call) -> Result<Difference, Error> {
        let Cancelling { whose, from, days } = promise::input(call)?;
        let client = Client::of(&call.connection, call.at)?;
        let user = users::one(&client, &whose.user).await?;
        let from = from.map_or(call.at, |from| from.max(call.at));
        let until = from + TimeDelta::days(days.min(MOST_DAYS).into());
        let meetings = organized(&client, &user, from, until).await?;
        let (mut changes, mut remarks) = (Vec::new(), Vec::new());
        for (id, start) in &meetings {
            // What it is about is nobody's affair here.
            let property = format!("meeting of {start} ({id})");
            let object = users::named(&user);
            let mut change = promise::change(&object, &property, "called".into(), Value::Null);
            change.irreversible = true;
            changes.push(change);
        }
        if !changes.is_empty() {
            remarks.push("Of a series, all meetings are cancelled, earlier ones too.".to_owned());
        }
        let output = users::about(&user, json!({"cancelled": meetings.len()}));
        Ok(Difference { changes, output, remarks })
    }

    async fn apply(&self, call: &Call, difference: Difference) -> Result<Value, Error> {
        let client = &Client::of(&call.connection, call.at)?;
        let user = users::id(&difference.output);
        let ids = difference.changes.iter().filter_map(|change| named::id(&change.property));
        each(ids, |id| async move {
            let path = ["users", user, "events", id, "cancel"];
            match client.change(Method::POST, &path, Some(&json!({}))).await {
                // Gone already is as good.
                Err(error) if error.kind == ErrorKind::Absent => Ok(()),
                done => done,
            }
        })
        .await?;
        Ok(difference.output)
    }

    fn again(&self, input: &Value, output: &Value) -> Value {
        users::by_id(input, output)
    }
}

#[cfg(test)]
mod tests {
    use kompel_peers::{Microsoft365, guid};

    use super::*;
    use crate::peers::graph::tests::step_at;

    #[tokio::test]
    async fn only_meetings_with_others_that_the_account_called_are_cancelled_and_only_those_ahead()
    {
        let stub = Microsoft365::start();
        let from = "2026-11-28T00:00:00Z";
        let step = step_at(&stub, "graph.cancel-meetings", json!({"user": guid(1), "from": from}));
        let plan = step.plan().await.unwrap();
        let told: Vec<&str> = plan.changes.iter().map(|one| one.property.as_str()).collect();
        assert_eq!(
            told,
            ["meeting of 2026-12-01T09:00 (event-1)", "meeting of 2026-12-02T09:00 (series-1)"]
        );
        assert!(!format!("{plan:?}").contains("Salary"), "what it is about is told");
        step.perform().await.unwrap();
        let world = stub.world();
        let left: Vec<&str> =
            world.events.iter().map(|(_, event)| event["id"].as_str().unwrap()).collect();
        assert_eq!(left, ["event-4", "event-5", "event-6"]);
        assert!(step.plan().await.unwrap().is_empty());
        // Farther ahead there is one more.
        let far = json!({"user": guid(1), "from": from, "days": MOST_DAYS});
        let step = step_at(&stub, "graph.cancel-meetings", far);
        assert_eq!(step.plan().await.unwrap().changes.len(), 0);
        let far = json!({"user": guid(1), "from": "2027-01-01T00:00:00Z", "days": MOST_DAYS});
        let step = step_at(&stub, "graph.cancel-meetings", far);
        assert_eq!(step.plan().await.unwrap().changes.len(), 1);
    }
}
