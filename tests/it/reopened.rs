//! A desk whose length and reopened share are known: tickets of fields only, without a word of
//! text.

use std::collections::BTreeMap;

use crate::{
    hunt::{Hunt, share},
    shared,
};

#[test]
fn window_and_reopened_share_come_out_as_planted() {
    let Some(path) = shared::file("drapertoby-itsm-synthetic", "tickets.csv") else { return };
    let mut rows = csv::Reader::from_path(&path).unwrap();
    let planted: BTreeMap<String, bool> = rows
        .deserialize()
        .map(|row: Result<BTreeMap<String, String>, _>| row.unwrap())
        .map(|row| (row["ticket_id"].clone(), row["is_reopened"] == "True"))
        .collect();
    let hunt = Hunt::of(shared::reading_of(&path).1.log);
    assert_eq!(hunt.log.tickets.len(), planted.len());

    // Eighteen months, from January 2025 on.
    let [window] = hunt.discovery.sources.as_slice() else { panic!("one source") };
    assert!((535..=546).contains(&window.days), "{} days", window.days);

    let mut compared = 0;
    for candidate in hunt.discovery.candidates.iter().filter(|c| c.members.len() >= 100) {
        let reopened = candidate.members.iter().filter(|m| planted[&*m.key]).count();
        let truth = share(reopened, candidate.members.len());
        let said = candidate.errors.reopened.share().unwrap();
        assert!(candidate.errors.observable, "{}", candidate.title);
        eprintln!("{}: reopened {said:.3}, planted {truth:.3}", candidate.title);
        assert!((said - truth).abs() <= 0.04, "{}: {said:.3} for {truth:.3}", candidate.title);
        // Three incidents are planted; what is not in one of them counts.
        let years = f64::from(window.days) / 365.0;
        let rate = candidate.rate.per_year.unwrap();
        let counted = f64::from(candidate.rate.counted) / years;
        assert!((rate - counted).abs() <= 0.05 * counted, "{rate} for {counted}");
        assert!(candidate.rate.counted as usize * 10 >= candidate.members.len() * 7);
        compared += 1;
    }
    assert!(compared >= 3, "too few groups to compare");
}
