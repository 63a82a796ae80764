//! The operations log of a real wiki farm: its routines come out, as often as they really ran.

use std::{collections::BTreeSet, fs};

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

#[test]
fn the_known_routines_come_out() {
    let Some((input, text)) = years() else { return };
    let hunt = Hunt::of(shared::reading(&input).1.log);
    let words = hunt.words();
    for group in hunt.groups().iter().filter(|g| g.members.len() >= 20) {
        eprintln!("{:5} {:?} {} {:?}", group.members.len(), group.candidate.and_then(|c| c.rate.per_year), group.title, group.candidate.map(|c| &c.request.words));
    }
    for routine in ["restart", "reboot", "depool", "repool", "dump", "rename"] {
        let lines = text.lines().filter(|l| l.starts_with("* ") && l.contains(routine)).count();
        let records: BTreeSet<&MemberRef> =
            words.iter().filter(|(_, text)| text.contains(routine)).map(|(id, _)| *id).collect();
        let best = hunt.groups().into_iter().max_by_key(|g| g.shared(&records)).unwrap();
        let with = best.shared(&records);
        eprintln!("{routine}: lines {lines}, records {}, best {} with {with} of {}, {:?}", records.len(), best.title, best.members.len(), best.candidate.and_then(|c| c.rate.per_year));
        let _ = share;
    }
}
