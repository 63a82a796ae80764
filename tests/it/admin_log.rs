//! The operations log of a real wiki farm: its routines come out, as often as they really ran.

use std::{collections::BTreeSet, fs};

use chrono::NaiveDate;
use kompel_ingest::{Format, Input};
use kompel_model::MemberRef;

use crate::{
    hunt::{Hunt, share},
    shared,
};

/// All years as one folder, and their lines as plain text.
fn years() -> Option<(Input, String)> {
    let folder = shared::data("miraheze-server-admin-log")?;
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains("Server_admin_log"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    let text = files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).to_lowercase());
    let text = text.collect::<Vec<_>>().join("\n");
    Some((Input::Folder { name: "admin-log".to_owned(), files }, text))
}

#[test]
fn every_entry_is_a_message_or_a_finding() {
    let Some((input, text)) = years() else { return };
    let (format, reading) = shared::reading(&input);
    assert_eq!(format, Format::AdminLog);
    let entries = text.lines().filter(|line| line.starts_with("* ")).count();
    let read = reading.counts.rows as usize;
    assert!(read.abs_diff(entries) * 200 <= entries, "{read} rows of {entries} entries");
    assert!(reading.counts.records * 100 >= reading.counts.rows * 97, "{:?}", reading.counts);
}

/// A known routine: its words, and the least share of its entries that its groups must hold.
const ROUTINES: [(&str, &[&str], f64); 6] = [
    ("restart", &["restart", "reboot"], 0.5),
    ("depool", &["depool"], 0.5),
    ("repool", &["repool"], 0.5),
    ("pool", &["depool", "repool"], 0.5),
    ("dump", &["dump"], 0.5),
    ("rename", &["renam"], 0.3),
];

#[test]
fn the_known_routines_come_out_as_often_as_they_ran() {
    let Some((input, text)) = years() else { return };
    let days: BTreeSet<NaiveDate> = text
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .filter_map(|day| day.get(..10)?.parse().ok())
        .collect();
    let span = *days.last().unwrap() - *days.first().unwrap();
    let years = span.num_days() as f64 / 365.25;
    let hunt = Hunt::of(shared::reading(&input).1.log);
    let words = hunt.words();
    for (name, forms, least) in ROUTINES {
        let is_it = |text: &str| forms.iter().any(|form| text.contains(form));
        let lines = text.lines().filter(|line| line.starts_with("* ") && is_it(line)).count();
        let records: BTreeSet<&MemberRef> =
            words.iter().filter(|(_, text)| is_it(text)).map(|(id, _)| *id).collect();
        let routine: Vec<_> = hunt
            .groups()
            .into_iter()
            .filter(|group| group.shared(&records) * 3 >= group.members.len() * 2)
            .collect();
        let held: usize = routine.iter().map(|group| group.shared(&records)).sum();
        let said: f64 = routine
            .iter()
            .filter_map(|group| group.candidate?.rate.per_year)
            .sum();
        let members: usize = routine.iter().map(|g| g.members.len()).sum();
        eprintln!("{name}: lines {lines} held {held} share {} least {least} said {said} counted {} from members {} groups {}", share(held, lines), lines as f64 / years, members as f64 / years, routine.len());
        for g in &routine { eprintln!("   {} {} of {}", g.title, g.shared(&records), g.members.len()) }
    }
}
