//! A real service desk, anonymised, in English and German: its everyday requests come out.

use std::{collections::BTreeSet, path::PathBuf};

use kompel_model::{MemberRef, SourceKind, Ticket};

use crate::{hunt::{Hunt, share}, shared};

const SET: &str = "itsm-assignment-groups-74";

fn table() -> Option<PathBuf> {
    shared::file(SET, "tickets_even_rows.csv")
}

#[test]
fn everyday_requests_come_out_as_groups() {
    let Some(path) = table() else { return };
    let hunt = Hunt::of(shared::reading_of(&path).1.log);
    for g in hunt.groups().iter().filter(|g| g.members.len() >= 20) {
        eprintln!("{} {} {:?}", g.title, g.members.len(), g.candidate.map(|c| (&c.languages, &c.rate.per_year)));
    }
    let of = |is: &dyn Fn(&str) -> bool| -> BTreeSet<&MemberRef> {
        hunt.log.tickets.iter().filter(|t| is(&t.title.to_lowercase())).map(|t| &t.id).collect()
    };
    for (name, records) in [
        ("password", of(&|t| t.contains("password") && t.contains("reset"))),
        ("locked", of(&|t| t.contains("account") && t.contains("lock"))),
        ("erp locked", of(&|t| t.contains("erp sid") && t.contains("account") && t.contains("lock"))),
        ("jobs", of(&|t| t.contains("job_") && t.contains("failed"))),
    ] {
        let mut by: Vec<(usize, usize, &str)> = hunt.groups().into_iter().map(|g| (g.shared(&records), g.members.len(), g.title)).collect();
        by.sort_by(|a, b| b.cmp(a));
        by.truncate(5);
        eprintln!("{name} {} {by:?}", records.len());
    }
    let _ = (share(0, 0), SourceKind::Table, Ticket::new(SourceKind::Table, "x"));
}
