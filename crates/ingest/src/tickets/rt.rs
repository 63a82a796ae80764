//! Request Tracker, REST 2: tickets, their transactions inside them or beside them.

use std::collections::BTreeMap;

use kompel_model::{Change, FindingCode, Link, Phrase, Reading, SourceKind, Ticket};
use serde_json::{Map, Value};

use crate::{
    Error, Input, Options,
    formats::Sample,
    text::Markup,
    tickets::{desk::Desk, jira_json::changed, json},
};

/// JSON with the links and the capitalised fields of REST 2.
pub(crate) fn recognise(sample: &Sample) -> bool {
    let marks = ["Queue", "Subject", "Creator", "LastUpdated", "Requestor", "Requestors", "Owner"];
    let marks = marks.iter().filter(|key| sample.has_keys(&[key])).count();
    marks >= 4 || (marks >= 2 && sample.has_keys(&["_hyperlinks"]))
}

/// A record with its place in the file.
type Row = (u64, Map<String, Value>);

/// Reads every JSON file of the input; transactions that lie apart join their tickets.
pub(crate) fn read(input: &Input, options: &Options<'_>) -> Result<Reading, Error> {
    let mut desk = Desk::new(SourceKind::Rt, input, options);
    let mut tickets = Vec::new();
    let mut apart: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for part in input.parts(&options.limits, &mut desk.findings)? {
        desk.findings.in_file(&part.name);
        let records = json::records(&part, &["items", "tickets"], &mut desk)?;
        for (row, record) in (1..).zip(records) {
            if !desk.begin_row() {
                continue;
            }
            let Some(record) = json::object(row, record, &mut desk) else { continue };
            match ticket_of(&record) {
                Some(key) => apart.entry(key).or_default().push((row, record)),
                None => tickets.extend(ticket(row, &record, &mut desk).map(|t| (row, t))),
            }
        }
    }
    for (row, mut ticket) in tickets {
        for (row, transaction) in apart.remove(&*ticket.id.key).unwrap_or_default() {
            take(&mut ticket, &transaction, row, &mut desk);
            let (code, effect) = (FindingCode::Duplicate, kompel_model::Effect::Merged);
            desk.findings.add(row, "", code, effect, Phrase::new("detail-transaction-joined"));
        }
        desk.keep(row, ticket);
    }
    for (row, _) in apart.into_values().flatten() {
        let detail = Phrase::new("detail-transaction-alone");
        desk.skip(row, "", FindingCode::DanglingReference, detail);
    }
    Ok(desk.finish())
}

/// The ticket that a transaction lying apart belongs to.
fn ticket_of(record: &Map<String, Value>) -> Option<String> {
    let is_transaction = record.get("type").and_then(Value::as_str) == Some("transaction")
        || record.contains_key("Type") && !record.contains_key("Subject");
    let object = record.get("Object").or_else(|| record.get("ObjectId"));
    is_transaction.then(|| {
        let id = object.and_then(|object| object.get("id").or(Some(object)));
        id.and_then(json::said).unwrap_or_default()
    })
}

fn ticket(row: u64, record: &Map<String, Value>, desk: &mut Desk<'_>) -> Option<Ticket> {
    let key = json::field(record, &["id", "EffectiveId"]).filter(|key| key.len() <= 256);
    let Some(key) = key else {
        desk.skip(row, "id", FindingCode::MissingKey, Phrase::new("detail-ticket-no-id"));
        return None;
    };
    let mut t = desk.ticket(&key);
    let subject = json::field(record, &["Subject"]).unwrap_or_default();
    t.title = desk.plain(row, "Subject", &subject);
    let mut name = |keys: &[&str]| json::field(record, keys).and_then(|n| desk.names.name(&n));
    t.status = name(&["Status"]);
    t.group = name(&["Queue"]);
    t.priority = name(&["Priority"]);
    t.kind = name(&["Type"]);
    t.reporter = who(record, &["Requestor", "Requestors"], desk);
    t.creator = who(record, &["Creator"], desk);
    t.reporter = t.reporter.or_else(|| t.creator.clone());
    t.assignee = who(record, &["Owner"], desk).filter(|owner| owner.as_str() != "Nobody");
    let date = |key: &str, desk: &mut Desk<'_>| {
        let text = json::field(record, &[key]).filter(|text| !text.starts_with("1970-01-01"))?;
        desk.date(row, key, &text)
    };
    t.created = date("Created", desk);
    t.updated = date("LastUpdated", desk);
    t.resolved = date("Resolved", desk);
    let minutes = json::field(record, &["TimeWorked"]).and_then(|text| text.parse::<u64>().ok());
    t.spent_seconds = minutes.filter(|m| *m > 0).map(|minutes| minutes.saturating_mul(60));
    let description = json::field(record, &["Content", "Description"]).unwrap_or_default();
    t.description = desk.text(row, "Content", &description, Markup::Plain);
    custom(&mut t, record, row, desk);
    for link in ["DependsOn", "DependedOnBy", "RefersTo", "ReferredToBy", "MemberOf", "Members"] {
        let ends = json::list(record, &[link]).iter().filter_map(json::said);
        t.links.extend(
            ends.filter_map(|end| Some(Link { kind: link.into(), to: desk.names.name(&end)? })),
        );
    }
    for transaction in json::list(record, &["transactions", "Transactions", "history", "History"]) {
        if let Some(transaction) = transaction.as_object() {
            take(&mut t, transaction, row, desk);
        }
    }
    Some(t)
}

/// People stand as a name, an object, or a list of these; the first counts. The id is the name.
fn who(
    record: &Map<String, Value>,
    keys: &[&str],
    desk: &mut Desk<'_>,
) -> Option<kompel_model::PersonId> {
    let value = keys.iter().find_map(|key| record.get(*key))?;
    let value = value.as_array().map_or(Some(value), |people| people.first())?;
    let name = match value {
        Value::Object(person) => json::field(person, &["RealName", "Name", "id"]),
        other => json::said(other),
    };
    desk.names.person(&name?)
}

fn custom(t: &mut Ticket, record: &Map<String, Value>, row: u64, desk: &mut Desk<'_>) {
    let mut keep = |name: String, value: &Value| {
        let Some(text) = json::said(value) else { return };
        match crate::tickets::headers::known(&name) {
            Some((crate::tickets::headers::Field::Client, _)) => t.client = desk.names.name(&text),
            _ => {
                let text = desk.plain(row, &name, &text);
                t.fields.extend(desk.names.name(&name).map(|name| (name, text)));
            }
        }
    };
    match record.get("CustomFields") {
        Some(Value::Array(fields)) => {
            for field in fields {
                let value = field.get("values").or_else(|| field.get("value"));
                if let (Some(name), Some(value)) = (field.get("name").and_then(json::said), value) {
                    keep(name, value);
                }
            }
        }
        Some(Value::Object(fields)) => {
            for (name, value) in fields {
                keep(name.clone(), value);
            }
        }
        _ => {}
    }
}

/// Takes a transaction in: what was written, or what was changed.
fn take(t: &mut Ticket, transaction: &Map<String, Value>, row: u64, desk: &mut Desk<'_>) {
    let kind = json::field(transaction, &["Type"]).unwrap_or_default();
    let at = json::field(transaction, &["Created"]).and_then(|d| desk.date(row, "Created", &d));
    let author = who(transaction, &["Creator"], desk);
    let text = content(transaction);
    match kind.as_str() {
        "Create" if t.description.is_empty() => {
            t.description = desk.text(row, "Content", &text, Markup::Plain);
        }
        "Correspond" | "Comment" | "Create" => {
            t.comments.extend(desk.comment((row, &kind), at, author, &text, Markup::Plain));
        }
        "Status" | "Set" | "Owner" | "Give" | "Take" | "Steal" | "Untake" | "CustomField"
        | "Queue" => {
            let field =
                json::field(transaction, &["Field"]).unwrap_or_else(|| match kind.as_str() {
                    "Give" | "Take" | "Steal" | "Untake" => "Owner".to_owned(),
                    other => other.to_owned(),
                });
            let field = changed(&field, desk);
            let mut value = |key| {
                let text = json::field(transaction, &[key])?;
                desk.names.name(crate::text::shorten(&text, 256).0)
            };
            let (from, to) = (value("OldValue"), value("NewValue"));
            t.changes.extend(at.map(|at| Change { at, author, field, from, to }));
        }
        _ => {}
    }
}

/// What a transaction says: its own content, or that of its text parts.
fn content(transaction: &Map<String, Value>) -> String {
    if let Some(text) = json::field(transaction, &["Content", "content"]) {
        return text;
    }
    let parts = json::list(transaction, &["Attachments", "attachments"]);
    let is_text = |part: &&Map<String, Value>| {
        json::field(part, &["ContentType"]).is_none_or(|kind| kind.starts_with("text/"))
    };
    let texts = parts.iter().filter_map(Value::as_object).filter(is_text);
    texts.filter_map(|part| json::field(part, &["Content", "content"])).next().unwrap_or_default()
}
