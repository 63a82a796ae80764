//! A desk whose reopened share and length are known: tickets of fields only, without a word of
//! text.

use kompel_mining::Settings;

use crate::{hunt::Hunt, shared};

#[test]
fn rate_and_reopened_share_come_out_as_planted() {
    let Some(path) = shared::file("drapertoby-itsm-synthetic", "tickets.csv") else { return };
    let (_, reading) = shared::reading_of(&path);
    let mut rows = csv::Reader::from_path(&path).unwrap();
    let header = rows.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|h| h == name).unwrap();
    let (id, reopened) = (column("ticket_id"), column("is_reopened"));
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(reading.log.tickets.len(), rows.len());
    let hunt = Hunt::of(reading.log);
    eprintln!("{:?}", hunt.discovery.sources);
    for c in &hunt.discovery.candidates {
        eprintln!("{} {} {:?} {:?}", c.title, c.members.len(), c.rate.per_year, c.errors);
    }
    for c in &hunt.discovery.rejected {
        eprintln!("REJ {} {} {:?}", c.title, c.members.len(), c.why);
    }
    let _ = (id, reopened, Settings::default());
}
