//! Real data sets beside the repository; skipped, visibly, where they are not there.

use std::path::PathBuf;

use kompel_ingest::{Format, Input, Options, detect, read};
use kompel_model::Reading;

fn data(path: &str) -> Option<PathBuf> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let roots = here.ancestors().map(|folder| folder.join("shared/data"));
    let path = roots.map(|root| root.join(path)).find(|path| path.exists());
    if path.is_none() {
        eprintln!("not run: ../shared/data is absent");
    }
    path
}

fn reading(path: &str, format: Format) -> Option<Reading> {
    let file = data(path)?;
    let input = Input::file(path, std::fs::read(file).unwrap());
    assert_eq!(detect(&input), Some(format), "{path}");
    let reading = read(format, &input, &Options::default()).unwrap();
    assert!(reading.adds_up(), "{path}");
    Some(reading)
}

#[test]
fn real_exports_are_recognised_and_every_row_is_accounted_for() {
    let cases = [
        ("itsm-assignment-groups-74/tickets_even_rows.csv", Format::Table, 4_250),
        ("endava-all-tickets-sample/all_tickets_5431rows.csv", Format::Table, 5_431),
        ("endava-all-tickets-sample/latest_ticket_data.csv", Format::Table, 3_000),
        ("uci-incident-event-log/incident_event_log_restored.csv.gz", Format::ServiceNow, 24_918),
        ("uci-incident-event-log/incident_event_log.zip", Format::ServiceNow, 24_918),
        ("ibm-servicenow-pdi/incidents_REST.csv", Format::ServiceNow, 67),
        ("gitbugs-duplicates/SeaMonkey_bugs.csv", Format::JiraCsv, 1_076),
        ("drapertoby-itsm-synthetic/tickets.csv", Format::Table, 2_057),
        ("waiting-time-handoff-logs/PurchasingExample.csv", Format::Table, 608),
        ("waiting-time-handoff-logs/manual_log_5.csv", Format::Table, 15),
        ("waiting-time-handoff-logs/ping_pong_case.csv", Format::Table, 1),
        ("waiting-time-handoff-logs/icpm__handoff-logs__manual_log_1.csv", Format::Table, 4),
    ];
    let mut wrong = Vec::new();
    for (path, format, records) in cases {
        if let Some(reading) = reading(path, format)
            && reading.counts.records != records
        {
            wrong.push((path, reading.counts, records));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
