//! The log readers and writers at their boundary.

use std::path::Path;

use kompel_model::{EventLog, Reading};
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
    assert!(reading.findings.iter().any(|f| f.detail.contains("1 events without")));
}

#[test]
fn what_is_written_reads_back_the_same() {
    let log = reading(Format::Xes, &Input::file("a.xes", XES)).log;
    let ocel = to_ocel(&log);
    let json = reading(Format::Ocel, &Input::file("a.json", ocel.to_json().unwrap())).log;
    let xml = reading(Format::Ocel, &Input::file("a.xml", ocel.to_xml().unwrap())).log;
    let mut bytes = Vec::new();
    to_xes(&log, &mut bytes).unwrap();
    let xes = reading(Format::Xes, &Input::file("b.xes", bytes)).log;
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
    ] {
        let path = Path::new("/work/shared/data").join(file);
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn broken_logs_never_panic_the_reader(
        at in any::<proptest::sample::Index>(), bytes in proptest::collection::vec(any::<u8>(), 0..30),
        which in 0..3,
    ) {
        let log = read(Format::Xes, &Input::file("a.xes", XES), &Options::default()).unwrap().log;
        let (format, mut text) = match which {
            0 => (Format::Xes, XES.as_bytes().to_vec()),
            1 => (Format::Ocel, to_ocel(&log).to_json().unwrap()),
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
