//! The frequency trap: logs that hold a few months fully and a year of stragglers.

use crate::{hunt::Hunt, shared};

fn tell(hunt: &Hunt) {
    for w in &hunt.discovery.sources { eprintln!("{} {} {} days {} gaps {} records {}", w.source, w.from, w.to, w.days, w.gaps.len(), w.records); }
    for c in hunt.discovery.candidates.iter().take(8) {
        eprintln!("{} {} {:?} {:?} {:?} days {}", c.title, c.members.len(), c.rate.per_year, c.rate.from, c.rate.to, c.rate.days);
    }
    for c in hunt.discovery.rejected.iter().take(8) {
        eprintln!("REJ {} {} {:?}", c.title, c.members.len(), c.why);
    }
}

#[test]
fn three_busy_months_are_not_a_year_uci() {
    for name in ["incident_event_log_restored.csv.gz", "incident_event_log.zip", "IT_Incident_Data_first119998.zip"] {
    let Some(path) = shared::file("uci-incident-event-log", name) else { return };
    let (format, reading) = shared::reading_of(&path);
    eprintln!("{format:?} {:?} tickets {}", reading.counts, reading.log.tickets.len());
    eprintln!("{:?}", reading.log.tickets.first());
    tell(&Hunt::of(reading.log));
    }
}

#[test]
fn three_busy_months_are_not_a_year_bpic() {
    let Some(path) = shared::file("pm4py-logs", "07_bpic2013_incidents.xes.gz") else { return };
    let (format, reading) = shared::reading_of(&path);
    eprintln!("{format:?} {:?} tickets {}", reading.counts, reading.log.tickets.len());
    tell(&Hunt::of(reading.log));
}
