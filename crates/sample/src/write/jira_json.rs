//! Jira Cloud's REST v3 search answer, with documents (ADF) and the history of changes.

use std::io::Write;

use chrono::NaiveDateTime;
use serde_json::{Value, json};

use super::{Error, jira_csv::issue_id};
use crate::{calendar::to_utc, record::Ticket, story::Setting, world::World};

impl World {
    /// Writes the tickets in the order of `row_order`, as one page of results.
    ///
    /// # Errors
    /// If `out` fails.
    ///
    /// # Source
    /// Jira Cloud platform REST API v3, "Search for issues using JQL", `expand=changelog`.
    pub fn jira_json(&self, mut out: impl Write) -> Result<(), Error> {
        let rows = self.ticket_rows();
        let total = rows.len();
        write!(
            out,
            "{{\"expand\":\"schema,names\",\"startAt\":0,\"maxResults\":{total},\"total\":{total},\"issues\":["
        )?;
        let mut first = true;
        for index in rows {
            if let Some(ticket) = self.setting.tell(index).ticket {
                if !first {
                    out.write_all(b",\n")?;
                }
                first = false;
                serde_json::to_writer(&mut out, &issue(&self.setting, &ticket))?;
            }
        }
        out.write_all(b"]}\n")?;
        Ok(out.flush()?)
    }
}

fn issue(setting: &Setting, t: &Ticket) -> Value {
    let comments: Vec<Value> = t
        .comments
        .iter()
        .enumerate()
        .map(|(i, c)| {
            json!({"id": (issue_id(t) * 100 + i as u64).to_string(), "author": user(setting, c.by),
                "body": document(&c.text), "created": date(c.at), "updated": date(c.at), "jsdPublic": true})
        })
        .collect();
    let worklogs: Vec<Value> = t
        .work
        .iter()
        .map(|w| {
            json!({"author": user(setting, w.by), "comment": document(&w.text), "started": date(w.at),
                "created": date(w.at), "timeSpentSeconds": w.seconds})
        })
        .collect();
    let spent: u32 = t.work.iter().map(|w| w.seconds).sum();
    let [project, project_name] = &setting.book.projects[t.project];
    let resolution =
        if t.resolution.is_empty() { Value::Null } else { json!({"name": t.resolution}) };
    json!({
        "id": issue_id(t).to_string(), "key": t.key,
        "fields": {
            "summary": t.summary, "description": document(&t.description),
            "issuetype": {"name": t.issue_type, "subtask": false}, "status": {"name": t.status},
            "priority": {"name": t.priority}, "resolution": resolution,
            "project": {"key": project, "name": project_name},
            "assignee": t.assignee.map(|who| user(setting, who)),
            "reporter": user(setting, t.reporter), "creator": user(setting, t.creator),
            "created": date(t.created), "updated": date(t.updated), "resolutiondate": t.resolved.map(date),
            "labels": t.labels,
            "components": t.components.iter().map(|c| json!({"name": c})).collect::<Vec<_>>(),
            "timespent": (spent > 0).then_some(spent),
            "customfield_10002": [{"id": t.client.to_string(), "name": setting.cast.clients[t.client].name}],
            "comment": {"comments": comments, "total": t.comments.len(), "startAt": 0, "maxResults": t.comments.len()},
            "worklog": {"worklogs": worklogs, "total": t.work.len(), "startAt": 0, "maxResults": 20}
        },
        "changelog": {"startAt": 0, "maxResults": t.changes.len(), "total": t.changes.len(), "histories": histories(setting, t)}
    })
}

fn histories(setting: &Setting, t: &Ticket) -> Vec<Value> {
    t.changes
        .iter()
        .enumerate()
        .map(|(i, c)| {
            json!({"id": (issue_id(t) * 100 + i as u64).to_string(), "author": user(setting, c.by),
                "created": date(c.at),
                "items": [{"field": c.field, "fieldtype": "jira", "fieldId": c.field,
                    "fromString": c.from, "toString": c.to}]})
        })
        .collect()
}

fn user(setting: &Setting, who: usize) -> Value {
    let person = &setting.cast.people[who];
    json!({"accountId": person.account, "displayName": person.name, "emailAddress": person.mail,
        "active": true, "accountType": if person.robot { "app" } else { "atlassian" }})
}

/// A text as an Atlassian document: a paragraph a line.
fn document(text: &str) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    let paragraphs: Vec<Value> = text
        .split('\n')
        .map(|line| {
            let content =
                if line.is_empty() { json!([]) } else { json!([{"type": "text", "text": line}]) };
            json!({"type": "paragraph", "content": content})
        })
        .collect();
    json!({"type": "doc", "version": 1, "content": paragraphs})
}

/// `2025-02-03T09:14:07.000+0100`.
fn date(at: NaiveDateTime) -> String {
    to_utc(at)
        .with_timezone(&chrono_tz::Europe::Brussels)
        .format("%Y-%m-%dT%H:%M:%S%.3f%z")
        .to_string()
}
