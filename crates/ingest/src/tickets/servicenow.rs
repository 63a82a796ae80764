//! ServiceNow: the Table API's JSON, in values or display values, and CSV lists and audit logs.

use kompel_model::{FindingCode, Phrase, Reading, SourceKind, Ticket};
use serde_json::{Map, Value};

use crate::{
    Error, Input, Options,
    formats::Sample,
    input::{HEAD, Part},
    text::Markup,
    tickets::{
        desk::{Desk, is_void},
        headers::Field,
        history::History,
        json,
        rows::Rows,
        sheet::{self, Sheet},
    },
};

/// JSON or CSV with ServiceNow's column names.
pub(crate) fn recognise(sample: &Sample) -> bool {
    let marks = [
        "short_description",
        "sys_id",
        "opened_at",
        "incident_state",
        "sys_updated_on",
        "sys_updated_at",
        "close_notes",
        "assignment_group",
        "reassignment_count",
    ];
    if sample.is_json() {
        let met = marks.iter().filter(|key| sample.has_keys(&[key])).count();
        return sample.has_keys(&["number"]) && met >= 2;
    }
    let met = marks.iter().filter(|column| sample.has_columns(&[column])).count();
    sample.has_columns(&["number"]) && met >= 2
}

/// Reads every file of the input, JSON and CSV alike.
pub(crate) fn read(input: &Input, options: &Options<'_>) -> Result<Reading, Error> {
    let mut desk = Desk::new(SourceKind::ServiceNow, input, options);
    for part in input.parts(&options.limits, &mut desk.findings)? {
        desk.findings.in_file(&part.name);
        let head = part.head(HEAD)?;
        if head.trim_ascii_start().starts_with(b"{") || head.trim_ascii_start().starts_with(b"[") {
            json::tickets(&part, &["result", "records"], &mut desk, ticket)?;
        } else {
            read_csv(&part, &mut desk)?;
        }
    }
    Ok(desk.finish())
}

fn read_csv(part: &Part<'_>, desk: &mut Desk<'_>) -> Result<(), Error> {
    let rows = Rows::open(part, desk.options)?;
    let sheet = Sheet::by_header(&rows.header, Markup::Plain);
    if !sheet.has(&Field::Key) && !sheet.has(&Field::Id) {
        let expected = "ServiceNow table: no column \"number\"".to_owned();
        return Err(Error::WrongFormat { file: part.name.clone(), expected });
    }
    let survey = sheet.survey(&rows, desk.options)?;
    desk.settle_dates("", survey.dates);
    if !survey.is_history() {
        return sheet.read(&rows, desk, &mut |desk, row, mut ticket| {
            name_state(&mut ticket, desk);
            desk.keep(row, ticket);
        });
    }
    let mut history = History::default();
    sheet.read(&rows, desk, &mut |_, _, ticket| history.add(ticket))?;
    history.settle(desk);
    Ok(())
}

fn ticket(row: u64, record: Value, desk: &mut Desk<'_>) -> Option<Ticket> {
    let record = json::object(row, record, desk)?;
    let key = shown(&record, "number").or_else(|| shown(&record, "sys_id"));
    let Some(key) = key.filter(|key| key.len() <= 256) else {
        desk.skip(row, "number", FindingCode::MissingKey, Phrase::new("detail-record-no-number"));
        return None;
    };
    let mut t = desk.ticket(&key);
    let header: Vec<String> = record.keys().cloned().collect();
    let fields = sheet::fields_by_header(&header);
    let sheet = Sheet::of(&header, fields, Markup::Plain);
    for column in &sheet.columns {
        let is_date = matches!(column.field, Field::Created | Field::Updated | Field::Resolved);
        if is_date {
            let at = moment(&record, &column.header, row, desk);
            match column.field {
                Field::Created => t.created = at,
                Field::Updated => t.updated = at,
                _ => t.resolved = at,
            }
        } else if let Some(text) = shown(&record, &column.header).filter(|text| !is_void(text)) {
            sheet.fill(&mut t, column, &text, row, desk);
        }
    }
    name_state(&mut t, desk);
    if t.title.is_empty() {
        t.title = sheet::first_line(&t.description);
    }
    Some(t)
}

/// Names an incident's state that stands as its number.
///
/// # Source
/// ServiceNow's choice list of `incident.state`, as delivered.
fn name_state(ticket: &mut Ticket, desk: &mut Desk<'_>) {
    let name = match ticket.status.as_deref() {
        Some("1") => "New",
        Some("2") => "In Progress",
        Some("3") => "On Hold",
        Some("6") => "Resolved",
        Some("7") => "Closed",
        Some("8") => "Canceled",
        _ => return,
    };
    if ticket.id.key.starts_with("INC") {
        ticket.status = desk.names.name(name);
    }
}

/// A field as people see it: its display value where there is one.
fn shown(record: &Map<String, Value>, key: &str) -> Option<String> {
    match record.get(key)? {
        Value::Object(object) => json::field(object, &["display_value", "value"]),
        other => json::said(other),
    }
}

/// Values are in universal time, display values in the reader's own zone.
fn moment(
    record: &Map<String, Value>,
    key: &str,
    row: u64,
    desk: &mut Desk<'_>,
) -> Option<kompel_model::Timestamp> {
    let (text, local) = match record.get(key)? {
        Value::Object(object) => match json::field(object, &["value"]) {
            Some(value) => (value, false),
            None => (json::field(object, &["display_value"])?, true),
        },
        other => (json::said(other)?, shows_only(record)),
    };
    if local || text.len() != 19 {
        return desk.date(row, key, &text);
    }
    desk.date(row, key, &format!("{text}Z"))
}

/// True if references come as display values alone: dates then are local too.
fn shows_only(record: &Map<String, Value>) -> bool {
    record
        .values()
        .filter_map(Value::as_object)
        .any(|object| object.contains_key("display_value") && !object.contains_key("value"))
}
