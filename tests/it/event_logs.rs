//! Event logs of other tools: read whole, written, read again.

use kompel_ingest::{Format, Input, logs};
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
fn the_three_forms_of_one_ocel_log_are_one_log() {
    let forms = ["ocel20_example.jsonocel", "ocel20_example.xmlocel", "ocel20_example.sqlite"];
    let mut read = Vec::new();
    for name in forms {
        let Some(path) = shared::file("ocel-logs", name) else { return };
        let (format, reading) = shared::reading_of(&path);
        assert_eq!(format, Format::Ocel, "{name}");
        eprintln!("{name} {:?} {:?}", reading.counts, activities(&reading.log));
        read.push(activities(&reading.log));
    }
    assert!(!read[0].is_empty());
    assert_eq!(read[0], read[1]);
    assert_eq!(read[0], read[2]);
}

#[test]
fn an_ocel_log_survives_writing() {
    for name in ["ocel20_example.jsonocel", "logistics.sqlite"] {
        let Some(path) = shared::file("ocel-logs", name) else { return };
        let mut log = shared::reading_of(&path).1.log;
        log.sort();
        let written = logs::to_ocel(&log);
        eprintln!("{name} tickets {} events {} objects {}", log.tickets.len(), written.events(), written.objects());
        let mut json = again("a.json", written.to_json().unwrap(), Format::Ocel);
        let mut xml = again("a.xml", written.to_xml().unwrap(), Format::Ocel);
        json.sort();
        xml.sort();
        assert_eq!(activities(&json), activities(&log), "{name} as JSON");
        assert_eq!(activities(&xml), activities(&log), "{name} as XML");
    }
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
    for (name, cases, events) in [
        ("07_bpic2013_incidents.xes.gz", 7_554, 65_533),
        ("bpic2012.xes.gz", 13_087, 262_200),
    ] {
        let Some(path) = shared::file("pm4py-logs", name) else { return };
        let log = shared::reading_of(&path).1.log;
        let read: usize = log.tickets.iter().map(|t| t.activities.len()).sum();
        assert_eq!((log.tickets.len(), read), (cases, events), "{name}");
    }
}
