//! Order of rows and key of the pseudonyms: neither may change a byte of what is found.

use kompel_mining::Settings;
use kompel_sample::{World, WorldOptions};

use crate::{
    hunt::{Hunt, KEY},
    shared,
};

fn small(row_order: u64) -> WorldOptions {
    WorldOptions { seed: 5, scale: 0.15, row_order, ..WorldOptions::default() }
}

#[test]
fn the_order_of_rows_changes_no_byte() {
    let first = Hunt::of(shared::log_of(&World::generate(&small(0))));
    assert!(first.discovery.candidates.len() >= 3, "too little found to compare");
    for row_order in [1, 2] {
        let log = shared::log_of(&World::generate(&small(row_order)));
        let again = Hunt::of(log);
        assert_eq!(first.json(), again.json(), "order {row_order}");
        assert_eq!(first.discovery, again.discovery, "order {row_order}");
    }
}

#[test]
fn another_key_changes_pseudonyms_and_nothing_else() {
    let first = Hunt::of(shared::log_of(&World::generate(&small(0))));
    let again =
        Hunt::with(shared::log_of(&World::generate(&small(0))), &[201; 32], &Settings::default());
    assert_ne!(first.log.people, again.log.people, "the keys gave the same pseudonyms");
    assert_ne!(KEY, [201; 32]);
    assert_eq!(first.json(), again.json());
}
