//! ManageEngine ServiceDesk Plus, API v3: `requests` with dates as `{display_value, value}`.

use kompel_model::{FindingCode, Phrase, Reading, SourceKind, Ticket, Timestamp};
use serde_json::{Map, Value};

use crate::{
    Error, Input, Options,
    formats::Sample,
    text::Markup,
    tickets::{desk::Desk, json},
};

/// JSON with `requests` (or one `request`) and the fields of v3.
pub(crate) fn recognise(sample: &Sample) -> bool {
    let page = sample.has_keys(&["requests"]) || sample.has_keys(&["request"]);
    let marks = ["requester", "technician", "udf_fields", "created_time", "display_id"];
    let marks = marks.iter().filter(|key| sample.has_keys(&[key])).count();
    sample.has_keys(&["subject"]) && (page && marks >= 1 || marks >= 3)
}

/// Reads every JSON file of the input.
pub(crate) fn read(input: &Input, options: &Options<'_>) -> Result<Reading, Error> {
    let mut desk = Desk::new(SourceKind::ManageEngine, input, options);
    for part in input.parts(&options.limits, &mut desk.findings)? {
        desk.findings.in_file(&part.name);
        json::tickets(&part, &["requests", "request"], &mut desk, ticket)?;
    }
    Ok(desk.finish())
}

fn ticket(row: u64, record: Value, desk: &mut Desk<'_>) -> Option<Ticket> {
    let mut request = json::object(row, record, desk)?;
    if let Some(Value::Object(inner)) = request.remove("request") {
        request = inner;
    }
    let key = json::field(&request, &["display_id", "id"]).filter(|key| key.len() <= 256);
    let Some(key) = key else {
        desk.skip(row, "id", FindingCode::MissingKey, Phrase::new("detail-request-no-id"));
        return None;
    };
    let mut t = desk.ticket(&key);
    let subject = json::field(&request, &["subject"]).unwrap_or_default();
    t.title = desk.plain(row, "subject", &subject);
    let text = |keys: &[&str]| json::field(&request, keys).unwrap_or_default();
    let description = text(&["description", "short_description"]);
    t.description = desk.text(row, "description", &description, Markup::Html);
    let resolution = request.get("resolution").and_then(|resolution| match resolution {
        Value::Object(object) => json::field(object, &["content"]),
        other => json::said(other),
    });
    let closure = request.get("closure_info").and_then(Value::as_object);
    let comments = closure.and_then(|closure| json::field(closure, &["closure_comments"]));
    let resolution = resolution.or(comments).unwrap_or_default();
    t.resolution_text = desk.text(row, "resolution", &resolution, Markup::Html);
    let code = closure.and_then(|closure| json::field(closure, &["closure_code"]));
    t.resolution = code.and_then(|code| desk.names.name(&code));
    names(&mut t, &request, desk);
    t.created = date(&request, &["created_time"], row, desk);
    t.updated = date(&request, &["last_updated_time", "created_time"], row, desk);
    t.resolved = date(&request, &["resolved_time", "completed_time"], row, desk);
    notes(&mut t, &request, row, desk);
    fields(&mut t, &request, row, desk);
    Some(t)
}

fn names(t: &mut Ticket, request: &Map<String, Value>, desk: &mut Desk<'_>) {
    let mut name =
        |keys: &[&str]| json::field(request, keys).and_then(|text| desk.names.name(&text));
    t.status = name(&["status"]);
    t.priority = name(&["priority"]);
    t.kind = name(&["request_type", "template"]);
    t.group = name(&["group"]);
    t.client = name(&["account", "site"]);
    t.components.extend(name(&["service_category"]));
    t.components.extend(
        json::list(request, &["assets", "configuration_items"])
            .iter()
            .filter_map(json::said)
            .filter_map(|text| desk.names.name(&text)),
    );
    let mut person =
        |keys: &[&str]| json::field(request, keys).and_then(|text| desk.names.person(&text));
    t.reporter = person(&["requester"]);
    t.creator = person(&["created_by"]);
    t.assignee = person(&["technician"]);
}

/// `{"display_value": "24/11/2025 03:04 PM", "value": "1764000000000"}`: the value is sure.
fn date(
    object: &Map<String, Value>,
    keys: &[&str],
    row: u64,
    desk: &mut Desk<'_>,
) -> Option<Timestamp> {
    keys.iter().find_map(|key| {
        let text = match object.get(*key)? {
            Value::Object(date) => json::field(date, &["value", "display_value"]),
            other => json::said(other),
        }?;
        desk.date(row, key, &text)
    })
}

fn notes(t: &mut Ticket, request: &Map<String, Value>, row: u64, desk: &mut Desk<'_>) {
    for list in ["notes", "conversations", "approval_comments"] {
        for note in json::list(request, &[list]).iter().filter_map(Value::as_object) {
            let at = date(note, &["created_time", "sent_time", "added_time"], row, desk);
            let author = json::field(note, &["created_by", "added_by", "from"]);
            let author = author.and_then(|name| desk.names.person(&name));
            let text = json::field(note, &["description", "content", "notes_text", "note"]);
            let text = text.unwrap_or_default();
            t.comments.extend(desk.comment((row, list), at, author, &text, Markup::Html));
        }
    }
}

fn fields(t: &mut Ticket, request: &Map<String, Value>, row: u64, desk: &mut Desk<'_>) {
    let udf = request.get("udf_fields").and_then(Value::as_object);
    let own = request.iter().filter(|(key, _)| KEPT.contains(&key.as_str()));
    for (key, value) in own.chain(udf.into_iter().flatten()) {
        if let (Some(text), Some(name)) = (json::said(value), desk.names.name(key)) {
            let text = desk.plain(row, key, &text);
            t.fields.insert(name, text);
        }
    }
}

/// Fields that say something of the request and have no place of their own.
const KEPT: [&str; 11] = [
    "category",
    "subcategory",
    "item",
    "mode",
    "level",
    "impact",
    "urgency",
    "approval_status",
    "department",
    "is_reopened",
    "service_approvers",
];
