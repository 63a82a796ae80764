//! The operations log of a real wiki farm: its routines come out, as often as they really ran.

use std::{collections::BTreeSet, fs};

use chrono::NaiveDate;
use kompel_ingest::{Format, Input};
use kompel_model::MemberRef;

use crate::{
    hunt::{Group, Hunt, share},
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

/// A known routine: the words that tell it, and the least share of its entries that the groups
/// mostly about it must hold. The rest stands with what the same entry also tells.
const ROUTINES: [(&str, &[&str], f64); 5] = [
    ("restart and reboot", &["restart", "reboot"], 0.5),
    ("depool", &["depool"], 0.55),
    ("repool", &["repool"], 0.8),
    ("dumps", &["dump"], 0.65),
    ("wiki renames", &["renam"], 0.5),
];

#[test]
fn the_known_routines_come_out_as_often_as_they_ran() {
    let Some((input, text)) = years() else { return };
    let days: BTreeSet<NaiveDate> = text
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .filter_map(|day| day.get(..10)?.parse().ok())
        .collect();
    let years = (*days.last().unwrap() - *days.first().unwrap()).num_days() as f64 / 365.25;
    let hunt = Hunt::of(shared::reading(&input).1.log);
    let words = hunt.words();
    for (name, forms, least) in ROUTINES {
        let is_it = |text: &str| forms.iter().any(|form| text.contains(form));
        let lines = text.lines().filter(|line| line.starts_with("* ") && is_it(line)).count();
        let records: BTreeSet<&MemberRef> =
            words.iter().filter(|(_, text)| is_it(text)).map(|(id, _)| *id).collect();
        let mostly = |group: &Group<'_>| group.shared(&records) * 3 >= group.members.len() * 2;
        let routine: Vec<_> = hunt.groups().into_iter().filter(mostly).collect();
        let held: usize = routine.iter().map(|group| group.shared(&records)).sum();
        let titles: Vec<_> = routine.iter().map(|g| (g.title, g.members.len())).collect();
        eprintln!("{name}: {held} of {lines} lines in {titles:?}");
        if share(held, lines) < least {
            let mut all = hunt.groups();
            all.sort_by_key(|group| std::cmp::Reverse(group.shared(&records)));
            for group in all.iter().take(5) {
                eprintln!(
                    "   {} of {} in {}",
                    group.shared(&records),
                    group.members.len(),
                    group.title
                );
            }
        }
        assert!(share(held, lines) >= least, "{name}: {held} of {lines} lines in {titles:?}");
        for candidate in routine.iter().filter_map(|group| group.candidate) {
            let said = candidate.rate.per_year.unwrap();
            let counted = candidate.members.len() as f64 / years;
            let wrong = (said - counted).abs() / counted;
            let lasting = candidate.members.len() >= 40;
            assert!(!lasting || wrong <= 0.15, "{}: {said} a year for {counted}", candidate.title);
        }
    }
}
