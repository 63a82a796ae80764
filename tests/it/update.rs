//! A second hunt over the same or a newer export: nothing counted twice, ids stay.

use std::collections::BTreeMap;

use kompel_ingest::Input;
use kompel_mining::{Discovery, Settings};
use kompel_model::{CandidateId, EventLog, MemberRef};
use kompel_sample::{World, WorldOptions};

use crate::{
    hunt::{Hunt, KEY, share},
    shared,
};

/// A world's tickets as the rows of its Jira export, header first.
fn rows() -> Vec<csv::ByteRecord> {
    let world = World::generate(&WorldOptions { seed: 9, scale: 0.3, ..WorldOptions::default() });
    let mut out = Vec::new();
    world.jira_csv(&mut out).unwrap();
    let reader =
        csv::ReaderBuilder::new().has_headers(false).from_reader(&out[..]).into_byte_records();
    reader.map(Result::unwrap).collect()
}

/// An export of these rows, read.
fn export<'a>(
    header: &csv::ByteRecord,
    rows: impl Iterator<Item = &'a csv::ByteRecord>,
) -> EventLog {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_byte_record(header).unwrap();
    rows.for_each(|row| out.write_byte_record(row).unwrap());
    shared::reading(&Input::file("jira.csv", out.into_inner().unwrap())).1.log
}

fn groups(discovery: &Discovery) -> Vec<(CandidateId, Vec<MemberRef>)> {
    let good = discovery.candidates.iter().map(|c| (c.id.clone(), c.members.clone()));
    let bad = discovery.rejected.iter().map(|r| (r.id.clone(), r.members.clone()));
    good.chain(bad).collect()
}

fn after(log: EventLog, before: &Hunt) -> Hunt {
    let previous = groups(&before.discovery);
    Hunt::with(log, &KEY, &Settings { previous, ..Settings::default() })
}

#[test]
fn the_same_export_twice_is_one_export() {
    let rows = rows();
    let once = Hunt::of(export(&rows[0], rows[1..].iter()));
    let mut twice = export(&rows[0], rows[1..].iter());
    twice.merge(export(&rows[0], rows[1..].iter().rev()));
    let again = after(twice, &once);
    assert_eq!(once.log.tickets.len(), rows.len() - 1);
    assert_eq!(again.log, once.log);
    assert_eq!(again.json(), once.json());
}

#[test]
fn a_newer_export_counts_nothing_twice_and_keeps_the_ids() {
    let rows = rows();
    let world_rows = rows.len() - 1;
    // The older export: the tickets that were there two thirds into the window.
    let log = export(&rows[0], rows[1..].iter());
    let mut times: Vec<_> = log.tickets.iter().filter_map(|t| t.created).collect();
    times.sort();
    let then = times[times.len() * 2 / 3];
    let mut older = log.clone();
    older.tickets.retain(|t| t.created.is_some_and(|at| at <= then));
    let before = Hunt::of(older.clone());
    older.merge(log);
    assert_eq!(older.tickets.len(), world_rows, "a ticket of both exports counts once");
    let now = after(older, &before);
    let names: BTreeMap<CandidateId, Vec<MemberRef>> = groups(&now.discovery).into_iter().collect();
    let number = |id: &CandidateId| id.as_str()[2..].to_owned();
    let by_number: BTreeMap<String, &Vec<MemberRef>> =
        names.iter().map(|(id, members)| (number(id), members)).collect();
    let (mut large, mut kept) = (0, 0);
    for (id, members) in groups(&before.discovery).iter().filter(|(_, m)| m.len() >= 15) {
        large += 1;
        let same = by_number
            .get(&number(id))
            .map_or(0, |now| members.iter().filter(|m| now.binary_search(m).is_ok()).count());
        kept += usize::from(same * 2 >= members.len());
    }
    eprintln!("large {large} kept {kept}");
    assert!(large >= 5, "too few groups to compare");
    assert!(share(kept, large) >= 0.9, "{kept} of {large} groups kept their id");
}
