//! Jira's REST answers: search results, arrays of issues, JSON lines; text as wiki or ADF.

use kompel_model::{
    Change, ChangedField, FindingCode, Link, PersonId, Phrase, Reading, SourceKind, Ticket, Worked,
};
use serde_json::{Map, Value};

use crate::{
    Error, Input, Options,
    formats::Sample,
    text::Markup,
    tickets::{
        desk::Desk,
        headers::{self, Field},
        json,
    },
};

/// JSON with issues: keys and fields.
pub(crate) fn recognise(sample: &Sample) -> bool {
    sample.has_keys(&["fields", "key"])
        && ["summary", "issuetype", "issues"].iter().any(|key| sample.has_keys(&[key]))
}

/// Reads every JSON file of the input.
pub(crate) fn read(input: &Input, options: &Options<'_>) -> Result<Reading, Error> {
    let mut desk = Desk::new(SourceKind::Jira, input, options);
    for part in input.parts(&options.limits, &mut desk.findings)? {
        desk.findings.in_file(&part.name);
        json::tickets(&part, &["issues"], &mut desk, ticket)?;
    }
    Ok(desk.finish())
}

fn ticket(row: u64, record: Value, desk: &mut Desk<'_>) -> Option<Ticket> {
    let mut issue = json::object(row, record, desk)?;
    let key = json::field(&issue, &["key", "id"]).filter(|key| key.len() <= 256);
    let Some(key) = key else {
        desk.skip(row, "key", FindingCode::MissingKey, Phrase::new("detail-issue-no-key"));
        return None;
    };
    let Some(Value::Object(fields)) = issue.remove("fields") else {
        desk.skip(row, "fields", FindingCode::BadType, Phrase::new("detail-issue-no-fields"));
        return None;
    };
    let mut t = desk.ticket(&key);
    let name = |keys: &[&str], desk: &mut Desk<'_>| {
        json::field(&fields, keys).and_then(|text| desk.names.name(&text))
    };
    t.title = json::field(&fields, &["summary"]).unwrap_or_default();
    t.title = desk.plain(row, "summary", &t.title);
    t.description = body(fields.get("description"), (row, "description"), desk);
    t.status = name(&["status"], desk);
    t.resolution = name(&["resolution"], desk);
    t.priority = name(&["priority"], desk);
    t.kind = name(&["issuetype"], desk);
    for label in json::list(&fields, &["labels"]).iter().filter_map(json::said) {
        t.labels.extend(desk.names.name(&label));
    }
    for component in json::list(&fields, &["components"]).iter().filter_map(json::said) {
        t.components.extend(desk.names.name(&component));
    }
    t.reporter = person(fields.get("reporter"), desk);
    t.creator = person(fields.get("creator"), desk);
    t.assignee = person(fields.get("assignee"), desk);
    let date = |key: &str, desk: &mut Desk<'_>| {
        json::field(&fields, &[key]).and_then(|text| desk.date(row, key, &text))
    };
    t.created = date("created", desk);
    t.updated = date("updated", desk);
    t.resolved = date("resolutiondate", desk);
    let seconds = |key: &str| fields.get(key).and_then(Value::as_u64);
    t.spent_seconds = seconds("timespent").or_else(|| seconds("aggregatetimespent"));
    comments(&mut t, &fields, row, desk);
    links(&mut t, &fields, desk);
    changes(&mut t, &issue, row, desk);
    custom(&mut t, &fields, issue.get("names"), row, desk);
    Some(t)
}

fn comments(t: &mut Ticket, fields: &Map<String, Value>, row: u64, desk: &mut Desk<'_>) {
    for comment in json::list(fields, &["comment", "comments"]) {
        let at = moment(comment, "created", row, desk);
        let author = person(comment.get("author"), desk);
        let text = text_of(comment.get("body"), desk);
        t.comments.extend(desk.comment((row, "comment"), at, author, &text, Markup::Jira));
    }
    for work in json::list(fields, &["worklog", "worklogs"]) {
        let Some(seconds) = work.get("timeSpentSeconds").and_then(Value::as_u64) else { continue };
        let at = moment(work, "started", row, desk);
        let author = person(work.get("author"), desk);
        let text = body(work.get("comment"), (row, "worklog"), desk);
        t.worked.push(Worked { at, author, seconds, text });
    }
}

fn moment(
    object: &Value,
    key: &str,
    row: u64,
    desk: &mut Desk<'_>,
) -> Option<kompel_model::Timestamp> {
    let text = object.get(key).and_then(json::said)?;
    desk.date(row, key, &text)
}

fn links(t: &mut Ticket, fields: &Map<String, Value>, desk: &mut Desk<'_>) {
    for link in json::list(fields, &["issuelinks"]) {
        for (side, word) in [("inwardIssue", "inward"), ("outwardIssue", "outward")] {
            let to = link.pointer(&format!("/{side}/key")).and_then(json::said);
            let kind = link.pointer(&format!("/type/{word}")).and_then(json::said);
            let kind = kind.unwrap_or_else(|| word.to_owned());
            let to = to.and_then(|to| desk.names.name(&to));
            if let (Some(to), Some(kind)) = (to, desk.names.name(&kind)) {
                t.links.push(Link { kind, to });
            }
        }
    }
    let parent = fields.get("parent").and_then(|parent| parent.get("key")).and_then(json::said);
    if let Some(to) = parent.and_then(|key| desk.names.name(&key)) {
        t.links.push(Link { kind: "parent".into(), to });
    }
}

fn changes(t: &mut Ticket, issue: &Map<String, Value>, row: u64, desk: &mut Desk<'_>) {
    for history in json::list(issue, &["changelog"]) {
        let Some(at) = moment(history, "created", row, desk) else { continue };
        let author = person(history.get("author"), desk);
        let items = history.get("items").and_then(Value::as_array);
        for item in items.into_iter().flatten() {
            let Some(field) = item.get("field").and_then(json::said) else { continue };
            if is_long_text(&field) {
                continue;
            }
            let mut value = |key: &str| {
                let text = item.get(key).and_then(json::said)?;
                desk.names.name(crate::text::shorten(&text, 256).0)
            };
            let (from, to) = (value("fromString"), value("toString"));
            let field = changed(&field, desk);
            t.changes.push(Change { at, author: author.clone(), field, from, to });
        }
    }
}

fn is_long_text(field: &str) -> bool {
    ["description", "comment", "summary", "attachment"].contains(&field.to_lowercase().as_str())
}

/// The field of a change, by its name.
pub(super) fn changed(name: &str, desk: &mut Desk<'_>) -> ChangedField {
    match name.to_lowercase().as_str() {
        "status" | "state" | "incident_state" => ChangedField::Status,
        "assignee" | "owner" | "assigned_to" | "technician" => ChangedField::Assignee,
        "team" | "group" | "queue" | "assignment_group" | "assignment group" => ChangedField::Group,
        "resolution" | "close_code" => ChangedField::Resolution,
        "priority" | "urgency" | "impact" => ChangedField::Priority,
        lower if lower.contains("approv") || lower.contains("goedkeur") => ChangedField::Approval,
        _ => match desk.names.name(name) {
            Some(name) => ChangedField::Other(name),
            None => ChangedField::Other("".into()),
        },
    }
}

/// Custom fields: the client and the team by what they are called, the rest by its name.
fn custom(
    t: &mut Ticket,
    fields: &Map<String, Value>,
    names: Option<&Value>,
    row: u64,
    desk: &mut Desk<'_>,
) {
    for (id, value) in fields {
        let is_extra = id.starts_with("customfield_") || EXTRA.contains(&id.as_str());
        let said = if value.is_array() || !value.is_object() {
            json::said(value)
        } else {
            let request = value.pointer("/requestType/name").and_then(json::said);
            request.or_else(|| json::said(value))
        };
        let (true, Some(text)) = (is_extra, said) else { continue };
        let label = names.and_then(|names| names.get(id)).and_then(json::said);
        let label = label.unwrap_or_else(|| id.clone());
        let known = headers::known(&label).map(|(field, _)| field);
        match known {
            Some(Field::Client) => t.client = t.client.take().or_else(|| desk.names.name(&text)),
            Some(Field::Group) => t.group = t.group.take().or_else(|| desk.names.name(&text)),
            Some(Field::Ignored) => {}
            _ => {
                let text = desk.plain(row, &label, &text);
                t.fields.extend(desk.names.name(&label).map(|label| (label, text)));
            }
        }
    }
}

/// Fields of Jira's own that are kept beside the custom ones.
const EXTRA: [&str; 3] = ["environment", "duedate", "security"];

/// A person by display name; bots are marked.
fn person(value: Option<&Value>, desk: &mut Desk<'_>) -> Option<PersonId> {
    let value = value?;
    let person = json::said(value).and_then(|name| desk.names.person(&name))?;
    if value.get("accountType").and_then(Value::as_str) == Some("app") {
        desk.robot(&person);
    }
    Some(person)
}

fn body(value: Option<&Value>, (row, column): (u64, &str), desk: &mut Desk<'_>) -> String {
    let text = text_of(value, desk);
    desk.text(row, column, &text, Markup::Jira)
}

fn text_of(value: Option<&Value>, desk: &Desk<'_>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(document @ Value::Object(_)) => {
            let mut text = String::new();
            adf(document, desk.options.limits.nesting, &mut text);
            text
        }
        _ => String::new(),
    }
}

/// The text of an ADF node and those below it.
fn adf(node: &Value, depth: usize, text: &mut String) {
    let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
    let attribute =
        |name: &str| node.get("attrs").and_then(|a| a.get(name)).and_then(Value::as_str);
    match kind {
        "text" => text.push_str(node.get("text").and_then(Value::as_str).unwrap_or_default()),
        "hardBreak" | "rule" => text.push('\n'),
        "mention" => text.push_str(attribute("text").unwrap_or_default()),
        "emoji" => text.push_str(attribute("text").or(attribute("shortName")).unwrap_or_default()),
        "inlineCard" | "blockCard" => text.push_str(attribute("url").unwrap_or_default()),
        "date" | "status" => text.push_str(attribute("text").unwrap_or_default()),
        _ => {}
    }
    if depth == 0 {
        return;
    }
    let from = text.len();
    for child in node.get("content").and_then(Value::as_array).into_iter().flatten() {
        adf(child, depth - 1, text);
    }
    match kind {
        "blockquote" => {
            let quoted = text.split_off(from);
            text.extend(quoted.lines().map(|line| format!("> {line}\n")));
        }
        "paragraph" | "heading" | "codeBlock" if !text.ends_with('\n') => text.push('\n'),
        "tableCell" | "tableHeader" if text.ends_with('\n') => {
            text.pop();
            text.push('\t');
        }
        "tableRow" => text.push('\n'),
        _ => {}
    }
}
