//! The log readers and writers at their boundary.

use std::path::Path;

use kompel_model::{EventLog, Phrase, Reading};
use proptest::prelude::*;

use super::{to_ocel, to_xes};
use crate::{Format, Input, Options, detect, read};

fn reading(format: Format, input: &Input) -> Reading {
    assert_eq!(detect(input), Some(format));
    let reading = read(format, input, &Options::default()).unwrap();
    assert!(reading.adds_up(), "{:?} {:?}", reading.counts, reading.findings);
    reading
}

const XES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
<trace><string key="concept:name" value="c2"/><string key="AMOUNT" value="12"/>
<event><string key="concept:name" value="close"/><string key="org:resource" value="Pete"/><date key="time:timestamp" value="2011-01-06T09:18:00.000+01:00"/><string key="product" value="P1"/></event>
<event><string key="concept:name" value="open &amp; check"/><string key="org:group" value="L1"/><string key="lifecycle:transition" value="start"/><date key="time:timestamp" value="2011-01-05T09:18:00.000+01:00"/></event>
</trace>
<trace><string key="concept:name" value="c1"/><event><string key="concept:name" value="open"/></event></trace>
</log>"#;

fn activities(log: &EventLog) -> Vec<String> {
    log.tickets.iter().map(|t| format!("{} {:?}", t.id.key, t.activities)).collect()
}

#[test]
fn a_trace_is_a_ticket_with_activities_in_order_and_fields() {
    let reading = reading(Format::Xes, &Input::file("a.xes", XES));
    assert_eq!((reading.counts.rows, reading.counts.records), (2, 2));
    let case = &reading.log.tickets[1];
    let names: Vec<&str> = case.activities.iter().map(|a| &*a.name).collect();
    assert_eq!(names, ["open & check", "close"]);
    assert_eq!(case.fields["product"], "P1");
    assert_eq!(case.fields["AMOUNT"], "12");
    assert_eq!(case.group.as_deref(), Some("L1"));
    assert!(
        reading
            .findings
            .iter()
            .any(|f| f.detail == Phrase::new("detail-events-nameless").count("count", 1))
    );
}

#[test]
fn what_is_written_reads_back_the_same() {
    let log = reading(Format::Xes, &Input::file("a.xes", XES)).log;
    let ocel = to_ocel(&log);
    let json = reading(Format::Ocel, &Input::file("a.json", ocel.to_json().unwrap())).log;
    let xml = reading(Format::Ocel, &Input::file("a.xml", ocel.to_xml().unwrap())).log;
    let sqlite = reading(Format::Ocel, &Input::file("a.db", ocel.to_sqlite().unwrap())).log;
    let mut bytes = Vec::new();
    to_xes(&log, &mut bytes).unwrap();
    let xes = reading(Format::Xes, &Input::file("b.xes", bytes)).log;
    assert_eq!(sqlite, json);
    for back in [&json, &xml, &xes] {
        assert_eq!(activities(back), activities(&log));
    }
    assert_eq!(to_ocel(&log), ocel);
}

#[test]
fn the_shared_logs_are_read() {
    for (file, format, cases, events) in [
        ("pm4py-logs/running-example.xes", Format::Xes, 6, 42),
        ("pm4py-logs/03_repairExample.xes.gz", Format::Xes, 1_104, 0),
        ("pm4py-logs/helpdesk.xes.gz", Format::Xes, 4_580, 21_348),
        ("pm4py-logs/07_bpic2013_incidents.xes.gz", Format::Xes, 7_554, 65_533),
        ("pm4py-logs/bpic2012.xes.gz", Format::Xes, 13_087, 262_200),
        ("ocel-logs/ocel20_example.jsonocel", Format::Ocel, 0, 0),
        ("ocel-logs/ocel20_example.xmlocel", Format::Ocel, 0, 0),
        ("ocel-logs/ocel20_example.sqlite", Format::Ocel, 0, 0),
        ("ocel-logs/logistics.sqlite", Format::Ocel, 0, 0),
    ] {
        let path = Path::new(SHARED).join("data").join(file);
        let Ok(bytes) = std::fs::read(&path) else {
            eprintln!("not run: {} is absent", path.display());
            continue;
        };
        let reading = reading(format, &Input::file(file, bytes));
        let log = &reading.log;
        let met: usize = log.tickets.iter().map(|t| t.activities.len()).sum();
        assert!(!log.tickets.is_empty() && met > 0);
        assert!(cases == 0 || log.tickets.len() == cases, "{file}: {} cases", log.tickets.len());
        assert!(events == 0 || met == events, "{file}: {met} events");
    }
}

#[test]
fn empty_and_unfinished_elements_are_counted() {
    for (text, rows, records) in [
        ("<log xes.version=\"1.0\"><trace/><trace><event/></trace></log>", 2, 2),
        ("<log xes.version=\"1.0\"><trace><event/></trace><trace><event>", 2, 1),
        ("<log xes.version=\"1.0\"><trace></trace></log><log/>", 1, 1),
        ("<log xes.version=\"1.0\"><trace></event></trace></log>", 1, 0),
    ] {
        let reading = reading(Format::Xes, &Input::file("a.xes", text));
        assert_eq!((reading.counts.rows, reading.counts.records), (rows, records), "{text}");
    }
}

#[test]
fn values_of_nested_attributes_stay_out_and_entities_are_read() {
    let text = "<log><trace><string key='concept:name' value='a&lt;1'>\
        <string key='concept:name' value='inner'/></string><list key='l'><int key='n' value='2'/>\
        </list><event><date key='time:timestamp' value='2024-01-02 03:04:05.5'/>\
        <string key='concept:name' value='x &amp;&#32;y'><string key='org:group' value='no'/>\
        </string></event></trace></log>";
    let case = reading(Format::Xes, &Input::file("a.xes", text)).log.tickets.remove(0);
    assert_eq!((&*case.id.key, &*case.activities[0].name, &case.group), ("a<1", "x & y", &None));
    assert_eq!(case.activities[0].at.to_rfc3339(), "2024-01-02T03:04:05.500+00:00");
    assert!(case.fields.is_empty(), "{:?}", case.fields);
}

#[test]
fn logs_that_would_upset_the_importer_are_refused() {
    let xml = |objects: &str, events: &str| {
        let text = format!(
            "<log><object-types><object-type name='t'><attributes/></object-type></object-types>\
             <event-types/><objects>{objects}</objects><events>{events}</events></log>"
        );
        read(Format::Ocel, &Input::file("a.xml", text), &Options::default()).is_ok()
    };
    assert!(xml(
        "<object id='1' type='t'><attributes><attribute name='n' \
        time='2024-01-01T00:00:00Z'>v</attribute></attributes></object>",
        ""
    ));
    for (objects, events) in [
        ("<object id='1' type='t'>stray</object>", ""),
        ("<object id='1' type='t'><attribute name='n' time='soon'>v</attribute></object>", ""),
        ("", "<event id='1' type='e' time='2024-01-01T00:00:00Z'>stray</event>"),
    ] {
        assert!(!xml(objects, events), "{objects}{events}");
    }
    let crowded = |count: usize| {
        let many: String = (0..count).map(|n| format!(" a{n}=''")).collect();
        xml(&format!("<object id='1' type='t'{many}/>"), "")
    };
    assert!(crowded(90) && !crowded(200));
}

#[test]
fn other_databases_are_no_logs() {
    let database = rusqlite::Connection::open_in_memory().unwrap();
    database.execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    let bytes = database.serialize(rusqlite::MAIN_DB).unwrap().to_vec();
    assert_eq!(detect(&Input::file("a.db", bytes)), None);
    let view = "CREATE VIEW event_map_type AS SELECT 1; CREATE VIEW object_map_type AS SELECT 1;";
    database.execute_batch(view).unwrap();
    let bytes = database.serialize(rusqlite::MAIN_DB).unwrap().to_vec();
    let input = Input::file("a.db", bytes);
    assert_eq!(detect(&input), Some(Format::Ocel));
    assert!(read(Format::Ocel, &input, &Options::default()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn broken_logs_never_panic_the_reader(
        at in any::<proptest::sample::Index>(), bytes in proptest::collection::vec(any::<u8>(), 0..30),
        which in 0..4,
    ) {
        let log = read(Format::Xes, &Input::file("a.xes", XES), &Options::default()).unwrap().log;
        let (format, mut text) = match which {
            0 => (Format::Xes, XES.as_bytes().to_vec()),
            1 => (Format::Ocel, to_ocel(&log).to_json().unwrap()),
            2 => (Format::Ocel, to_ocel(&log).to_sqlite().unwrap()),
            _ => (Format::Ocel, to_ocel(&log).to_xml().unwrap()),
        };
        let at = at.index(text.len());
        let end = (at + bytes.len() / 2).min(text.len());
        text.splice(at..end, bytes);
        if let Ok(reading) = read(format, &Input::file("a", text), &Options::default()) {
            prop_assert!(reading.adds_up());
        }
    }
}

/// The real data sets beside the clone.
const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
