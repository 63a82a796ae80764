//! The loose JSON of ticket systems: documents, pages of records, values in many shapes.

use kompel_model::{Effect, FindingCode, Phrase, Ticket};
use serde_json::{Map, Value};

use crate::{Error, encoding, input::Part, tickets::desk::Desk};

/// The records of one file: of a document, an array, pages under `keys`, or one object a line.
///
/// A line that is no JSON counts as a row and is skipped.
pub(super) fn records(
    part: &Part<'_>,
    keys: &[&str],
    desk: &mut Desk<'_>,
) -> Result<Vec<Value>, Error> {
    let bytes = part.bytes(&desk.options.limits)?;
    let (text, bad) = encoding::decode(&bytes);
    if bad {
        let detail = Phrase::new("detail-no-utf8");
        desk.findings.add(None, "", FindingCode::BadEncoding, Effect::Repaired, detail);
    }
    drop(bytes);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(Error::Empty { file: part.name.clone() });
    }
    let mut records = Vec::new();
    match serde_json::from_str(text) {
        Ok(document) => spread(document, keys, &mut records),
        Err(source) => {
            let first = text.lines().next().unwrap_or_default();
            if !text.contains('\n') || serde_json::from_str::<Value>(first).is_err() {
                return Err(Error::Json { file: part.name.clone(), source });
            }
            for (index, line) in text.lines().enumerate() {
                match serde_json::from_str(line) {
                    Ok(document) => spread(document, keys, &mut records),
                    Err(_) if line.trim().is_empty() => {}
                    Err(error) => {
                        desk.begin_row();
                        let detail = Phrase::new("detail-json-broken")
                            .count("line", index as u64 + 1)
                            .count("column", error.column() as u64);
                        desk.skip(index as u64 + 1, "", FindingCode::BadType, detail);
                    }
                }
            }
        }
    }
    Ok(records)
}

/// Keeps the ticket that `ticket` makes of each record of one file.
pub(super) fn tickets(
    part: &Part<'_>,
    keys: &[&str],
    desk: &mut Desk<'_>,
    ticket: impl Fn(u64, Value, &mut Desk<'_>) -> Option<Ticket>,
) -> Result<(), Error> {
    for (row, record) in (1..).zip(records(part, keys, desk)?) {
        if desk.begin_row()
            && let Some(ticket) = ticket(row, record, desk)
        {
            desk.keep(row, ticket);
        }
    }
    Ok(())
}

fn spread(document: Value, keys: &[&str], records: &mut Vec<Value>) {
    match document {
        Value::Array(items) => {
            for item in items {
                let is_page = keys.iter().any(|key| item.get(key).is_some_and(Value::is_array));
                if is_page { spread(item, keys, records) } else { records.push(item) }
            }
        }
        Value::Object(mut page) => {
            let key = keys
                .iter()
                .find(|key| page.get(**key).is_some_and(|v| v.is_array() || v.is_object()));
            match key.and_then(|key| page.remove(*key)) {
                Some(Value::Array(items)) => {
                    // Jira's page says what its custom fields are called.
                    let names = page.remove("names");
                    for mut item in items {
                        if let (Some(names), Some(object)) = (&names, item.as_object_mut()) {
                            object.insert("names".to_owned(), names.clone());
                        }
                        records.push(item);
                    }
                }
                Some(item) => records.push(item),
                None => records.push(Value::Object(page)),
            }
        }
        other => records.push(other),
    }
}

/// The object of a record; another value is skipped as a row.
pub(super) fn object(row: u64, record: Value, desk: &mut Desk<'_>) -> Option<Map<String, Value>> {
    match record {
        Value::Object(object) => Some(object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            desk.skip(row, "", FindingCode::BadType, Phrase::new("detail-no-object"));
            None
        }
    }
}

/// A value as a short text: itself, its name, or its parts with commas.
pub(super) fn said(value: &Value) -> Option<String> {
    said_within(value, 4)
}

fn said_within(value: &Value, depth: usize) -> Option<String> {
    let text = match value {
        Value::Null => None,
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Array(_) | Value::Object(_) if depth == 0 => None,
        Value::Array(items) => {
            let said: Vec<_> = items.iter().filter_map(|i| said_within(i, depth - 1)).collect();
            Some(said.join(", "))
        }
        Value::Object(object) => NAMES
            .iter()
            .filter_map(|name| object.get(*name))
            .find_map(|value| said_within(value, depth - 1)),
    };
    text.filter(|text| !text.is_empty())
}

/// Under which keys systems keep what an object is called, the best first.
const NAMES: [&str; 11] = [
    "displayName",
    "display_value",
    "name",
    "Name",
    "value",
    "emailAddress",
    "email_id",
    "key",
    "id",
    "accountId",
    "title",
];

/// The text under one of these keys, the first that has one.
pub(super) fn field(object: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    keys.iter().filter_map(|key| object.get(*key)).find_map(said)
}

/// The elements under one of these keys, also where they lie in a page of `items`.
pub(super) fn list<'v>(object: &'v Map<String, Value>, keys: &[&str]) -> &'v [Value] {
    let found = keys.iter().find_map(|key| match object.get(*key)? {
        Value::Array(items) => Some(items.as_slice()),
        Value::Object(page) => {
            INNER.iter().find_map(|key| page.get(*key)?.as_array()).map(Vec::as_slice)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    });
    found.unwrap_or_default()
}

const INNER: [&str; 6] = ["items", "comments", "worklogs", "histories", "values", "notes"];
