//! Event logs of other tools: read whole, written, read again.

use kompel_ingest::{Format, Input, Options, detect, logs, read};
use kompel_model::EventLog;

use crate::shared;

fn again(name: &str, bytes: Vec<u8>, format: Format) -> EventLog {
    let (found, reading) = shared::reading(&Input::file(name, bytes));
    assert_eq!(found, format);
    reading.log
}

fn activities(log: &EventLog) -> Vec<(String, usize)> {
    log.tickets.iter().map(|t| (t.id.key.to_string(), t.activities.len())).collect()
}

#[test]
fn the_forms_of_one_ocel_log_are_one_log() {
    let mut read = Vec::new();
    for name in ["ocel20_example.jsonocel", "ocel20_example.xmlocel"] {
        let Some(path) = shared::file("ocel-logs", name) else { return };
        let (format, reading) = shared::reading_of(&path);
        assert_eq!(format, Format::Ocel, "{name}");
        read.push(activities(&reading.log));
    }
    assert!(!read[0].is_empty());
    assert_eq!(read[0], read[1]);
}

#[test]
fn an_ocel_log_in_sqlite_is_read() {
    for name in ["ocel20_example.sqlite", "logistics.sqlite"] {
        let Some(path) = shared::file("ocel-logs", name) else { return };
        let input = Input::file(name, std::fs::read(path).unwrap());
        assert_eq!(detect(&input), Some(Format::Ocel), "{name}");
        let reading = read(Format::Ocel, &input, &Options::default()).unwrap();
        assert!(!reading.log.tickets.is_empty() && reading.adds_up(), "{name}");
    }
}

#[test]
fn an_ocel_log_survives_writing() {
    let Some(path) = shared::file("ocel-logs", "ocel20_example.jsonocel") else { return };
    let mut log = shared::reading_of(&path).1.log;
    log.sort();
    let written = logs::to_ocel(&log);
    assert!(written.events() > 0 && written.objects() >= log.tickets.len());
    let mut json = again("a.json", written.to_json().unwrap(), Format::Ocel);
    let mut xml = again("a.xml", written.to_xml().unwrap(), Format::Ocel);
    json.sort();
    xml.sort();
    assert_eq!(activities(&json), activities(&log), "as JSON");
    assert_eq!(activities(&xml), activities(&log), "as XML");
}

#[test]
fn an_xes_log_survives_writing() {
    let Some(path) = shared::file("pm4py-logs", "helpdesk.xes.gz") else { return };
    let mut log = shared::reading_of(&path).1.log;
    log.sort();
    let events: usize = log.tickets.iter().map(|t| t.activities.len()).sum();
    assert_eq!((log.tickets.len(), events), (4_580, 21_348), "as SOURCE.md counts them");
    let mut xes = Vec::new();
    logs::to_xes(&log, &mut xes).unwrap();
    let mut read = again("helpdesk.xes", xes, Format::Xes);
    read.sort();
    assert_eq!(activities(&read), activities(&log));
}

#[test]
fn well_known_logs_have_their_published_size() {
    for (name, cases, events) in
        [("07_bpic2013_incidents.xes.gz", 7_554, 65_533), ("bpic2012.xes.gz", 13_087, 262_200)]
    {
        let Some(path) = shared::file("pm4py-logs", name) else { return };
        let log = shared::reading_of(&path).1.log;
        let read: usize = log.tickets.iter().map(|t| t.activities.len()).sum();
        assert_eq!((log.tickets.len(), read), (cases, events), "{name}");
    }
}
