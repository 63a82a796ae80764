//! XES event logs (IEEE 1849), plain or gzip: one ticket per trace.
//!
//! Streams the XML itself: the importer of `process_mining` panics on an empty event and gives
//! every attribute of every event memory of its own.

use std::borrow::Cow;
use std::collections::{BTreeMap, btree_map::Entry};
use std::io::{BufRead, BufReader, Read};
use std::mem::take;

use kompel_model::{
    Activity, Counts, Effect, FindingCode, Name, PersonId, Phrase, Reading, SourceKind, Ticket,
    Timestamp,
};
use process_mining::core::event_data::timestamp_utils::parse_timestamp;
use quick_xml::{Reader, escape::unescape, events::BytesStart, events::Event as Xml};

use crate::{
    Error, Input, Options, findings::Findings, formats::Sample, input::Part, names::Names,
};

/// True for XML whose root is XES's `log`.
pub(crate) fn recognise(sample: &Sample) -> bool {
    let text = sample.text.trim_start();
    text.starts_with('<')
        && text.contains("<log")
        && (text.contains("xes.version")
            || text.contains("<trace")
            || text.contains("xes-standard"))
        && !text.contains("<object-types")
}

/// Reads a log, or several as one.
///
/// # Errors
/// If no file holds a trace.
pub(crate) fn read(input: &Input, options: &Options<'_>) -> Result<Reading, Error> {
    let mut findings = Findings::new(input.name());
    let parts = input.parts(&options.limits, &mut findings)?;
    let mut cases = Cases::new(options);
    for part in &parts {
        findings.in_file(&part.name);
        cases.part(part, &mut findings)?;
    }
    if cases.counts.rows == 0 {
        let expected = "XES log: it has no trace".to_owned();
        return Err(Error::WrongFormat { file: input.name().to_owned(), expected });
    }
    let mut reading = Reading {
        counts: Counts { records: cases.tickets.len() as u64, ..cases.counts },
        findings: findings.finish(),
        ..Reading::default()
    };
    reading.log.tickets = cases.tickets.into_values().collect();
    reading.log.sort();
    Ok(reading)
}

/// The cases read so far, and the one that is being read.
struct Cases<'a> {
    options: &'a Options<'a>,
    tickets: BTreeMap<String, Ticket>,
    counts: Counts,
    names: Names,
    trace: Trace,
    event: Event,
}

/// A trace that is being read.
#[derive(Default)]
struct Trace {
    key: String,
    title: String,
    description: String,
    fields: BTreeMap<Name, String>,
    /// Attributes of events that have no standard meaning: they go to the case, the last stays.
    of_events: BTreeMap<String, String>,
    activities: Vec<Activity>,
    nameless: u64,
    surplus: u64,
}

/// An event that is being read.
#[derive(Default)]
struct Event {
    name: Option<Name>,
    at: Option<Timestamp>,
    started: Option<Timestamp>,
    resource: Option<PersonId>,
    group: Option<Name>,
    transition: Option<Name>,
}

/// Where in the document the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    Log,
    Trace,
    Event,
}

/// The place, and how many elements are open below it that are no part of the log's skeleton.
struct Position {
    place: Place,
    below: usize,
    met_log: bool,
}

impl<'a> Cases<'a> {
    fn new(options: &'a Options<'a>) -> Self {
        Self {
            options,
            tickets: BTreeMap::new(),
            counts: Counts::default(),
            names: Names::default(),
            trace: Trace::default(),
            event: Event::default(),
        }
    }

    fn part(&mut self, part: &Part<'_>, findings: &mut Findings) -> Result<(), Error> {
        let bounded = part.open()?.take(self.options.limits.unpacked_bytes);
        let mut reader = Reader::from_reader(BufReader::with_capacity(BUFFER, bounded));
        if !self.document(&mut reader, findings) {
            self.counts.rows += 1;
            let detail = Phrase::new("detail-xml-broken");
            let row = self.counts.rows;
            findings.add(row, "", FindingCode::BadRow, Effect::Skipped, detail);
        }
        Ok(())
    }

    /// Reads to the end; false if the document is broken or no log.
    fn document(&mut self, reader: &mut Reader<impl BufRead>, findings: &mut Findings) -> bool {
        let mut buffer = Vec::new();
        let mut at = Position { place: Place::Outside, below: 0, met_log: false };
        loop {
            match reader.read_event_into(&mut buffer) {
                Ok(Xml::Start(tag)) => {
                    if !self.open(&tag, &mut at) {
                        return false;
                    }
                }
                Ok(Xml::Empty(tag)) => {
                    if !self.open(&tag, &mut at) {
                        return false;
                    }
                    self.close(&mut at, findings);
                }
                Ok(Xml::End(_)) => self.close(&mut at, findings),
                Ok(Xml::Eof) => return at.met_log && at.place == Place::Outside,
                Ok(_) => {}
                Err(_) => return false,
            }
            buffer.clear();
        }
    }

    /// Enters an element; false if it can't be in a log.
    fn open(&mut self, tag: &BytesStart<'_>, at: &mut Position) -> bool {
        let local = tag.local_name();
        at.place = match (at.place, local.as_ref()) {
            (Place::Outside, b"log") if at.below == 0 => Place::Log,
            (Place::Outside, _) => return false,
            (Place::Log, b"trace") if at.below == 0 => {
                self.trace = Trace::default();
                Place::Trace
            }
            (Place::Trace, b"event") if at.below == 0 => {
                self.event = Event::default();
                Place::Event
            }
            (place, kind) => {
                if at.below == 0 {
                    match place {
                        Place::Trace => self.of_trace(tag, kind),
                        Place::Event => self.of_event(tag, kind),
                        Place::Outside | Place::Log => {}
                    }
                }
                at.below += 1;
                place
            }
        };
        at.met_log |= at.place == Place::Log;
        true
    }

    /// Leaves the element that was entered last.
    fn close(&mut self, at: &mut Position, findings: &mut Findings) {
        if at.below > 0 {
            at.below -= 1;
            return;
        }
        at.place = match at.place {
            Place::Outside | Place::Log => Place::Outside,
            Place::Trace => {
                self.end_trace(findings);
                Place::Log
            }
            Place::Event => {
                self.end_event();
                Place::Trace
            }
        };
    }

    /// An attribute of the case.
    fn of_trace(&mut self, tag: &BytesStart<'_>, kind: &[u8]) {
        let Some((key, value)) = attribute(tag) else { return };
        let value = worded(kind, &value);
        match &*key {
            "concept:name" => self.trace.key = value.into_owned(),
            "title" | "subject" | "summary" | "short_description" => {
                self.trace.title = value.into_owned();
            }
            "description" => self.trace.description = value.into_owned(),
            key => {
                if let Some(name) = self.names.name(key).filter(|_| !value.is_empty()) {
                    self.trace.fields.insert(name, value.into_owned());
                }
            }
        }
    }

    /// An attribute of the event.
    fn of_event(&mut self, tag: &BytesStart<'_>, kind: &[u8]) {
        if self.trace.activities.len() >= self.options.limits.comments {
            return;
        }
        let Some((key, value)) = attribute(tag) else { return };
        match &*key {
            "time:timestamp" if kind == b"date" => self.event.at = time(&value),
            "start_timestamp" | "time:start" if kind == b"date" => {
                self.event.started = time(&value);
            }
            "concept:name" => self.event.name = self.names.name(&value),
            "org:resource" => self.event.resource = self.names.person(&value),
            "org:group" => self.event.group = self.names.name(&value),
            "lifecycle:transition" => self.event.transition = self.names.name(&value),
            key => {
                let value = worded(kind, &value);
                match self.trace.of_events.get_mut(key) {
                    Some(field) => {
                        field.clear();
                        field.push_str(&value);
                    }
                    None => {
                        self.trace.of_events.insert(key.to_owned(), value.into_owned());
                    }
                }
            }
        }
    }

    fn end_event(&mut self) {
        if self.trace.activities.len() >= self.options.limits.comments {
            self.trace.surplus += 1;
            return;
        }
        let Event { name, at, started, resource, group, transition } = take(&mut self.event);
        match (name, at) {
            (Some(name), Some(at)) => {
                let activity = Activity { name, started, at, resource, group, transition };
                self.trace.activities.push(activity);
            }
            _ => self.trace.nameless += 1,
        }
    }

    fn end_trace(&mut self, findings: &mut Findings) {
        self.counts.rows += 1;
        let row = self.counts.rows;
        if row.is_multiple_of(10_000) {
            (self.options.progress)(row);
        }
        if row > self.options.limits.rows {
            let detail =
                Phrase::new("detail-limit-traces").count("limit", self.options.limits.rows);
            findings.add(row, "", FindingCode::TooMany, Effect::Skipped, detail);
            return;
        }
        let mut trace = take(&mut self.trace);
        if trace.key.trim().is_empty() {
            let detail = Phrase::new("detail-trace-nameless");
            findings.add(row, "concept:name", FindingCode::MissingKey, Effect::Repaired, detail);
            trace.key = format!("trace-{row}");
        }
        let (nameless, most) = (trace.nameless, self.options.limits.comments);
        let detail = Phrase::new("detail-events-nameless").count("count", nameless);
        findings.add_many(row, "", FindingCode::MissingTime, Effect::Repaired, nameless, detail);
        let detail = Phrase::new("detail-events-cut").count("limit", most as u64);
        findings.add_many(row, "", FindingCode::TooMany, Effect::Repaired, trace.surplus, detail);
        let key = take(&mut trace.key);
        let ticket = self.ticket(&key, trace);
        match self.tickets.entry(key) {
            Entry::Vacant(free) => {
                free.insert(ticket);
            }
            Entry::Occupied(mut taken) => {
                let detail = Phrase::new("detail-trace-twice");
                findings.add(row, "", FindingCode::Duplicate, Effect::Merged, detail);
                let first = taken.get_mut();
                first.activities.extend(ticket.activities);
                for (name, value) in ticket.fields {
                    first.fields.entry(name).or_insert(value);
                }
                settle(first);
            }
        }
    }

    fn ticket(&mut self, key: &str, trace: Trace) -> Ticket {
        let mut ticket = Ticket {
            title: trace.title,
            description: trace.description,
            fields: trace.fields,
            activities: trace.activities,
            ..Ticket::new(SourceKind::Xes, key)
        };
        for (name, value) in trace.of_events {
            if let Some(name) = self.names.name(&name) {
                ticket.fields.entry(name).or_insert(value);
            }
        }
        settle(&mut ticket);
        ticket
    }
}

/// Puts a case's activities in order and draws from them what a ticket says.
pub(super) fn settle(ticket: &mut Ticket) {
    ticket.activities.sort_by_key(|activity| activity.at);
    let times = |ticket: &Ticket| -> Option<(Timestamp, Timestamp)> {
        Some((ticket.activities.first()?.at, ticket.activities.last()?.at))
    };
    if let Some((first, last)) = times(ticket) {
        ticket.created = Some(first);
        ticket.updated = Some(last);
        ticket.resolved = Some(last);
    }
    ticket.group = ticket.activities.iter().rev().find_map(|a| a.group.clone());
}

/// A time as XES writes it (ISO 8601), or in another form met in logs; without an offset in UTC.
fn time(text: &str) -> Option<Timestamp> {
    parse_timestamp(text.trim(), None, false).ok().map(|time| time.to_utc())
}

/// The value of an attribute of this kind as text; lists and containers have none.
fn worded<'v>(kind: &[u8], value: &'v str) -> Cow<'v, str> {
    match kind {
        b"date" => parse_timestamp(value.trim(), None, false)
            .map_or(Cow::Borrowed(value.trim()), |time| time.to_rfc3339().into()),
        b"list" | b"container" => Cow::Borrowed(""),
        _ => Cow::Borrowed(value.trim()),
    }
}

/// The key and the value that an attribute's element states.
fn attribute<'t>(tag: &'t BytesStart<'_>) -> Option<(Cow<'t, str>, Cow<'t, str>)> {
    let (mut key, mut value) = (None, Cow::Borrowed(""));
    for stated in tag.attributes().with_checks(false).flatten() {
        match stated.key.as_ref() {
            b"key" => key = Some(text_of(stated.value)),
            b"value" => value = text_of(stated.value),
            _ => {}
        }
    }
    Some((key?, value))
}

/// The text of an attribute; what is no UTF-8, or no known entity, stays visible.
fn text_of(raw: Cow<'_, [u8]>) -> Cow<'_, str> {
    let text = match raw {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => String::from_utf8_lossy(&bytes).into_owned().into(),
    };
    if !text.contains('&') {
        return text;
    }
    let plain = unescape(&text).map(Cow::into_owned);
    plain.map_or(text, Cow::Owned)
}

const BUFFER: usize = 256 * 1024;
