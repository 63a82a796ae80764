//! Bug reports of SeaMonkey with the pairs that its people called duplicates.

use std::collections::BTreeMap;

use crate::{
    hunt::{Hunt, share},
    shared,
};

const SET: &str = "gitbugs-duplicates";

#[test]
fn known_duplicates_land_together() {
    let Some(bugs) = shared::file(SET, "SeaMonkey_bugs.csv") else { return };
    let Some(pairs) = shared::file(SET, "SeaMonkey_bugs-combined.csv") else { return };
    let hunt = Hunt::of(shared::reading_of(&bugs).1.log);
    let groups = hunt.groups();
    let mut group_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, group) in groups.iter().enumerate() {
        group_of.extend(group.members.iter().map(|member| (&*member.key, index)));
    }
    let keys: std::collections::BTreeSet<&str> = hunt.log.tickets.iter().map(|t| &*t.id.key).collect();
    let mut reader = csv::Reader::from_path(pairs).unwrap();
    let (mut known, mut placed, mut together) = (0, 0, 0);
    for row in reader.records() {
        let row = row.unwrap();
        if !(keys.contains(&row[0]) && keys.contains(&row[1])) { continue }
        known += 1;
        let both = (group_of.get(&row[0]), group_of.get(&row[1]));
        if let (Some(a), Some(b)) = both { placed += 1; if a == b { together += 1 } }
    }
    let sizes: Vec<usize> = groups.iter().map(|g| g.members.len()).collect();
    eprintln!("known {known} both placed {placed} together {together} {sizes:?} {}", share(together, known));
}
