//! OCEL 2.0 event logs in JSON, XML and SQLite: a ticket per object of the main types.
//!
//! Main types are those whose objects go through several events and are no people, groups or
//! systems.

use std::collections::{BTreeMap, BTreeSet};

use kompel_model::{Activity, Counts, Effect, FindingCode, Phrase, Reading, SourceKind, Ticket};
use process_mining::core::event_data::object_centric::{
    OCEL, OCELEvent, OCELObject,
    ocel_json::import_ocel_json_slice,
    ocel_xml::xml_ocel_import::{OCELImportOptions, import_ocel_xml_slice_with},
};

use super::{
    guard::{guarded, has_sound_texts},
    ocel_sqlite,
    xes::settle,
};
use crate::{Error, Input, Options, findings::Findings, formats::Sample, names::Names};

/// True for OCEL 2.0 in JSON, XML or SQLite.
pub(crate) fn recognise(sample: &Sample) -> bool {
    if ocel_sqlite::is_sqlite(&sample.head) {
        return ocel_sqlite::recognise(&sample.head);
    }
    let text = sample.text.trim_start();
    let json = sample.is_json()
        && ["\"objectTypes\"", "\"eventTypes\""].iter().all(|key| text.contains(key));
    json || text.starts_with('<') && text.contains("<log") && text.contains("<object-types")
}

/// Reads a log.
///
/// # Errors
/// If a file is no OCEL 2.0 log that can be read.
pub(crate) fn read(input: &Input, options: &Options<'_>) -> Result<Reading, Error> {
    let mut findings = Findings::new(input.name());
    let mut reading = Reading::default();
    let mut tickets = BTreeMap::new();
    for part in input.parts(&options.limits, &mut findings)? {
        findings.in_file(&part.name);
        let bytes = part.bytes(&options.limits)?;
        let wrong = |expected: &str| Error::WrongFormat {
            file: part.name.clone(),
            expected: expected.to_owned(),
        };
        let ocel = log_of(&bytes).ok_or_else(|| wrong("OCEL 2.0 log in JSON, XML or SQLite"))?;
        cases(&ocel, &mut tickets, &mut reading.counts, &mut findings, options);
    }
    reading.counts.records = tickets.len() as u64;
    reading.log.tickets = tickets.into_values().collect();
    reading.findings = findings.finish();
    reading.log.sort();
    Ok(reading)
}

/// The log in these bytes, if they hold one.
fn log_of(bytes: &[u8]) -> Option<OCEL> {
    if ocel_sqlite::is_sqlite(bytes) {
        return guarded(|| ocel_sqlite::import(bytes).ok()).flatten();
    }
    let mut visible = bytes.iter().filter(|b| !b.is_ascii_whitespace() && b.is_ascii());
    if visible.next() != Some(&b'<') {
        return guarded(|| import_ocel_json_slice(bytes).ok()).flatten();
    }
    if !has_sound_texts(bytes) {
        return None;
    }
    let quiet = OCELImportOptions { verbose: false, ..OCELImportOptions::default() };
    guarded(|| import_ocel_xml_slice_with(bytes, quiet).ok()).flatten()
}

fn cases(
    ocel: &OCEL,
    tickets: &mut BTreeMap<String, Ticket>,
    counts: &mut Counts,
    findings: &mut Findings,
    options: &Options<'_>,
) {
    let mut events_of: BTreeMap<&str, Vec<&OCELEvent>> = BTreeMap::new();
    for event in &ocel.events {
        let objects: BTreeSet<&str> =
            event.relationships.iter().map(|r| r.object_id.as_str()).collect();
        for object in objects {
            events_of.entry(object).or_default().push(event);
        }
    }
    let types: BTreeMap<&str, &str> =
        ocel.objects.iter().map(|o| (o.id.as_str(), o.object_type.as_str())).collect();
    let main = main_types(ocel, &events_of);
    let mut names = Names::default();
    for object in ocel.objects.iter().filter(|o| main.contains(o.object_type.as_str())) {
        counts.rows += 1;
        let row = counts.rows;
        if row > options.limits.rows {
            let detail = Phrase::new("detail-limit-objects").count("limit", options.limits.rows);
            findings.add(row, "", FindingCode::TooMany, Effect::Skipped, detail);
            continue;
        }
        let events = events_of.get(object.id.as_str()).map_or(&[][..], Vec::as_slice);
        let ticket = case(object, events, &types, &mut names, options);
        if tickets.insert(ticket.id.key.to_string(), ticket).is_some() {
            let detail = Phrase::new("detail-same-object");
            findings.add(row, "", FindingCode::Duplicate, Effect::Merged, detail);
        }
    }
}

/// The types of which objects are cases: they have events, at best several each.
fn main_types<'a>(
    ocel: &'a OCEL,
    events_of: &BTreeMap<&str, Vec<&OCELEvent>>,
) -> BTreeSet<&'a str> {
    let mut met: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for object in &ocel.objects {
        let (objects, events) = met.entry(object.object_type.as_str()).or_default();
        *objects += 1;
        *events += events_of.get(object.id.as_str()).map_or(0, Vec::len);
    }
    if met.contains_key("ticket") {
        return BTreeSet::from(["ticket"]);
    }
    let is_actor = |name: &str| {
        let name = name.to_lowercase();
        ACTORS.iter().any(|actor| name.contains(actor))
    };
    let several = |least: usize| -> BTreeSet<&str> {
        let fits = |(name, (objects, events)): &(&'a str, (usize, usize))| {
            !is_actor(name) && *events >= least * *objects && *events > 0
        };
        met.iter().map(|(n, c)| (*n, *c)).filter(fits).map(|(name, _)| name).collect()
    };
    let main = several(2);
    if main.is_empty() { several(0) } else { main }
}

fn case(
    object: &OCELObject,
    events: &[&OCELEvent],
    types: &BTreeMap<&str, &str>,
    names: &mut Names,
    options: &Options<'_>,
) -> Ticket {
    let mut latest: BTreeMap<&str, (i64, String)> = BTreeMap::new();
    for attribute in &object.attributes {
        let value = (attribute.time.timestamp_millis(), attribute.value.to_string());
        let slot = latest.entry(attribute.name.as_str()).or_insert_with(|| value.clone());
        if value.0 >= slot.0 {
            *slot = value;
        }
    }
    let own = latest.get("key").filter(|_| object.id.starts_with("ticket/"));
    let key = own.map_or(object.id.as_str(), |(_, key)| key.as_str());
    let mut ticket = Ticket::new(SourceKind::Ocel, key);
    ticket.kind = names.name(&object.object_type);
    for (name, (_, value)) in latest.iter().filter(|(_, (_, value))| !value.is_empty()) {
        match *name {
            "title" => ticket.title.clone_from(value),
            "description" => ticket.description.clone_from(value),
            "status" => ticket.status = names.name(value),
            "client" => ticket.client = names.name(value),
            "resolution" => ticket.resolution = names.name(value),
            "priority" => ticket.priority = names.name(value),
            "kind" => ticket.kind = names.name(value),
            "key" | "source" if own.is_some() => {}
            name => {
                ticket.fields.extend(names.name(name).map(|name| (name, value.clone())));
            }
        }
    }
    let mut ordered = events.to_vec();
    ordered.sort_by(|a, b| a.time.cmp(&b.time).then_with(|| natural(&a.id).cmp(&natural(&b.id))));
    for event in ordered.into_iter().take(options.limits.comments) {
        ticket.activities.extend(activity(event, types, names));
    }
    settle(&mut ticket);
    ticket
}

/// An order in which `e10` follows `e9`.
fn natural(id: &str) -> (usize, &str) {
    (id.len(), id)
}

fn activity(
    event: &OCELEvent,
    types: &BTreeMap<&str, &str>,
    names: &mut Names,
) -> Option<Activity> {
    let attribute = |wanted: &[&str]| {
        let found = event.attributes.iter().find(|a| wanted.contains(&a.name.as_str()));
        found.map(|a| a.value.to_string()).filter(|value| !value.is_empty())
    };
    let of_type = |wanted: &[&str]| {
        event.relationships.iter().find_map(|relation| {
            let kind = types.get(relation.object_id.as_str())?.to_lowercase();
            wanted.iter().any(|w| kind.contains(w)).then(|| relation.object_id.clone())
        })
    };
    let resource = attribute(&["resource", "org:resource", "user"]).or_else(|| of_type(PEOPLE));
    let group = attribute(&["group", "org:group"]);
    let started = attribute(&["started", "start_timestamp"]);
    Some(Activity {
        name: names.name(&event.event_type)?,
        started: started
            .and_then(|t| chrono::DateTime::parse_from_rfc3339(&t).ok())
            .map(|t| t.to_utc()),
        at: event.time.to_utc(),
        resource: resource.and_then(|name| names.person(&name)),
        group: group.and_then(|name| names.name(&name)),
        transition: attribute(&["lifecycle", "lifecycle:transition"])
            .and_then(|name| names.name(&name)),
    })
}

const PEOPLE: &[&str] = &["person", "employee", "user", "resource", "worker"];

const ACTORS: &[&str] = &[
    "person",
    "employee",
    "user",
    "resource",
    "worker",
    "group",
    "team",
    "system",
    "machine",
    "role",
    "department",
    "customer",
    "forklift",
    "truck",
    "vehicle",
    "product",
];
