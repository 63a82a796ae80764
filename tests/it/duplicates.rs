//! Bug reports of SeaMonkey with the pairs that its people called duplicates.
//!
//! Two reports of one fault often share not a word ("grinding to a halt", "keeps pausing"), so
//! this measures and holds a floor; it does not ask for all.

use std::collections::{BTreeMap, BTreeSet};

use kompel_mining::Settings;

use crate::{
    hunt::{Hunt, KEY, share},
    shared,
};

const SET: &str = "gitbugs-duplicates";

/// The share of known pairs that must land in one group.
///
/// Measured in November 2026: 28 of 46 (0.61), by chance 0.02. Of the 18 that stay apart, 8 share
/// no word of their titles ("Severe memory usage", "Performance issues with 2.53.12…"), and the
/// others hardly more than the name of a site or a component that many reports name. What words
/// alone can do was measured beside it: by TF-IDF over titles, or titles and descriptions, the known
/// duplicate is the nearest report for 16 and 21 of the 46, and joining whatever is more alike than a
/// threshold brings 21 or 22 together at a chance of 0.03 to 0.06.
const FLOOR: f64 = 0.55;

#[test]
fn known_duplicates_land_together() {
    let Some(bugs) = shared::file(SET, "SeaMonkey_bugs.csv") else { return };
    let Some(pairs) = shared::file(SET, "SeaMonkey_bugs-combined.csv") else { return };
    // A pair is enough here: the question is what is alike, not what makes a process.
    let settings = Settings { least_records: 2, ..Settings::default() };
    let hunt = Hunt::with(shared::reading_of(&bugs).1.log, &KEY, &settings);
    let groups = hunt.groups();
    let mut group_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, group) in groups.iter().enumerate() {
        group_of.extend(group.members.iter().map(|member| (&*member.key, index)));
    }
    let known = known_pairs(&pairs, &hunt);
    let home = |key: &str| group_of.get(key);
    let together: Vec<_> =
        known.iter().filter(|(a, b)| home(a).is_some() && home(a) == home(b)).collect();
    // What would land together if pairs fell into groups of these sizes at random.
    let records = hunt.log.tickets.len() as f64;
    let chance: f64 = groups.iter().map(|g| (g.members.len() as f64 / records).powi(2)).sum();
    let found = share(together.len(), known.len());
    eprintln!(
        "{} of {} pairs together ({found:.2}; by chance {chance:.2})",
        together.len(),
        known.len()
    );
    assert!(known.len() >= 40, "{} pairs", known.len());
    assert!(found >= FLOOR, "{found:.2} of the pairs together");
    // Without it, one group of everything would pass.
    assert!(found >= 10.0 * chance, "{found:.2}: hardly better than chance {chance:.2}");
}

/// The pairs of which both reports are in the log, each once.
fn known_pairs(path: &std::path::Path, hunt: &Hunt) -> BTreeSet<(String, String)> {
    let keys: BTreeSet<&str> = hunt.log.tickets.iter().map(|t| &*t.id.key).collect();
    let mut reader = csv::Reader::from_path(path).unwrap();
    let pairs = reader.records().map(|row| {
        let row = row.unwrap();
        let (a, b) = (row[0].to_owned(), row[1].to_owned());
        if a < b { (a, b) } else { (b, a) }
    });
    pairs.filter(|(a, b)| keys.contains(a.as_str()) && keys.contains(b.as_str())).collect()
}
