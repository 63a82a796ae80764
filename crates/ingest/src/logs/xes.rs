//! XES event logs (IEEE 1849), plain or gzip: one ticket per trace.

use std::collections::{BTreeMap, btree_map::Entry};
use std::io::{BufReader, Read};

use kompel_model::{Activity, Counts, Effect, FindingCode, Reading, SourceKind, Ticket, Timestamp};
use process_mining::core::event_data::case_centric::{
    Attribute, AttributeValue, Event, Trace,
    xes::{XESImportOptions, stream_xes_bufread},
};

use super::guard::guarded;
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
    let mut cases = Cases::default();
    for part in &parts {
        findings.in_file(&part.name);
        cases.part(part, &mut findings, options)?;
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

#[derive(Default)]
struct Cases {
    tickets: BTreeMap<String, Ticket>,
    counts: Counts,
    names: Names,
}

impl Cases {
    fn part(
        &mut self,
        part: &Part<'_>,
        findings: &mut Findings,
        options: &Options<'_>,
    ) -> Result<(), Error> {
        let bounded = part.open()?.take(options.limits.unpacked_bytes);
        let reader = BufReader::with_capacity(BUFFER, bounded);
        let xes = XESImportOptions { verbose: false, ..XESImportOptions::default() };
        let done = guarded(|| {
            let Ok((mut traces, _)) = stream_xes_bufread(Box::new(reader), false, xes) else {
                return false;
            };
            for trace in &mut traces {
                self.trace(trace, findings, options);
            }
            traces.check_for_errors().is_none()
        });
        if done != Some(true) {
            self.counts.rows += 1;
            let detail = "the XML is broken here: what follows could not be read";
            let row = self.counts.rows;
            findings.add(row, "", FindingCode::BadRow, Effect::Skipped, detail);
        }
        Ok(())
    }

    fn trace(&mut self, trace: Trace, findings: &mut Findings, options: &Options<'_>) {
        self.counts.rows += 1;
        let row = self.counts.rows;
        if row.is_multiple_of(10_000) {
            (options.progress)(row);
        }
        if row > options.limits.rows {
            findings.add(row, "", FindingCode::TooMany, Effect::Skipped, "raise the limit");
            return;
        }
        let named = trace.attributes.iter().find(|a| a.key == "concept:name");
        let key = named.map(|a| worded(&a.value)).filter(|key| !key.trim().is_empty());
        if key.is_none() {
            let detail = "a trace without concept:name: numbered by its place";
            findings.add(row, "concept:name", FindingCode::MissingKey, Effect::Repaired, detail);
        }
        let key = key.unwrap_or_else(|| format!("trace-{row}"));
        let ticket = self.ticket(&key, trace, row, findings, options);
        match self.tickets.entry(key) {
            Entry::Vacant(free) => {
                free.insert(ticket);
            }
            Entry::Occupied(mut taken) => {
                let detail = "a second trace of the same name: its events join the first's";
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

    fn ticket(
        &mut self,
        key: &str,
        trace: Trace,
        row: u64,
        findings: &mut Findings,
        options: &Options<'_>,
    ) -> Ticket {
        let mut ticket = Ticket::new(SourceKind::Xes, key);
        let mut fields: BTreeMap<String, String> = BTreeMap::new();
        let (mut nameless, mut surplus) = (0, 0);
        for event in trace.events {
            if ticket.activities.len() >= options.limits.comments {
                surplus += 1;
                continue;
            }
            match self.activity(event, &mut fields) {
                Some(activity) => ticket.activities.push(activity),
                None => nameless += 1,
            }
        }
        let detail = format!("{nameless} events without name or time were left out");
        findings.add_many(row, "", FindingCode::MissingTime, Effect::Repaired, nameless, detail);
        let detail = format!("more than {} events: the rest was left out", options.limits.comments);
        findings.add_many(row, "", FindingCode::TooMany, Effect::Repaired, surplus, detail);
        for attribute in trace.attributes {
            self.case_attribute(&mut ticket, attribute);
        }
        for (name, value) in fields {
            if let Some(name) = self.names.name(&name) {
                ticket.fields.entry(name).or_insert(value);
            }
        }
        settle(&mut ticket);
        ticket
    }

    fn case_attribute(&mut self, ticket: &mut Ticket, attribute: Attribute) {
        let value = worded(&attribute.value);
        match attribute.key.as_str() {
            "concept:name" => {}
            "title" | "subject" | "summary" | "short_description" => ticket.title = value,
            "description" => ticket.description = value,
            key => {
                if let Some(name) = self.names.name(key).filter(|_| !value.is_empty()) {
                    ticket.fields.insert(name, value);
                }
            }
        }
    }

    /// The activity of an event; attributes of no standard meaning go to the case, the last stays.
    fn activity(
        &mut self,
        event: Event,
        fields: &mut BTreeMap<String, String>,
    ) -> Option<Activity> {
        let (mut name, mut at, mut started) = (None, None, None);
        let (mut resource, mut group, mut transition) = (None, None, None);
        for attribute in event.attributes {
            match (attribute.key.as_str(), &attribute.value) {
                ("time:timestamp", AttributeValue::Date(time)) => at = Some(time.to_utc()),
                ("start_timestamp" | "time:start", AttributeValue::Date(time)) => {
                    started = Some(time.to_utc());
                }
                ("concept:name", value) => name = self.names.name(&worded(value)),
                ("org:resource", value) => resource = self.names.person(&worded(value)),
                ("org:group", value) => group = self.names.name(&worded(value)),
                ("lifecycle:transition", value) => transition = self.names.name(&worded(value)),
                (key, value) => match fields.get_mut(key) {
                    Some(field) => *field = worded(value),
                    None => {
                        fields.insert(key.to_owned(), worded(value));
                    }
                },
            }
        }
        Some(Activity { name: name?, started, at: at?, resource, group, transition })
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

fn worded(value: &AttributeValue) -> String {
    match value {
        AttributeValue::String(text) => text.trim().to_owned(),
        AttributeValue::Date(time) => time.to_rfc3339(),
        AttributeValue::None() | AttributeValue::List(_) | AttributeValue::Container(_) => {
            String::new()
        }
        AttributeValue::Int(_)
        | AttributeValue::Float(_)
        | AttributeValue::Boolean(_)
        | AttributeValue::ID(_) => value.to_string(),
    }
}

const BUFFER: usize = 256 * 1024;
