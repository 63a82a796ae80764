//! Order of rows and key of the pseudonyms: neither may change a byte of what is found.

use kompel_ingest::{Format, Input};
use kompel_mining::Settings;
use kompel_model::EventLog;
use kompel_sample::{World, WorldOptions};

use crate::{
    hunt::{Hunt, KEY},
    shared,
};

/// The world's three exports, through the readers, as one log.
fn log(options: &WorldOptions) -> EventLog {
    let world = World::generate(options);
    let (mut tickets, mut answers) = (Vec::new(), Vec::new());
    let mut chat = std::io::Cursor::new(Vec::new());
    world.jira_csv(&mut tickets).unwrap();
    world.slack_zip(&mut chat).unwrap();
    world.answers_csv(&mut answers).unwrap();
    let exports = [
        (Format::JiraCsv, Input::file("jira.csv", tickets)),
        (Format::Slack, Input::file("slack.zip", chat.into_inner())),
        (Format::Answers, Input::file("answers.csv", answers)),
    ];
    let mut log = EventLog::default();
    for (format, input) in exports {
        log.merge(shared::reading_as(format, &input).log);
    }
    log
}

fn small(row_order: u64) -> WorldOptions {
    WorldOptions { seed: 5, scale: 0.15, row_order, ..WorldOptions::default() }
}

#[test]
fn the_order_of_rows_changes_no_byte() {
    let first = Hunt::of(log(&small(0)));
    assert!(first.discovery.candidates.len() >= 3, "too little found to compare");
    for row_order in [1, 2] {
        let log = log(&small(row_order));
        let again = Hunt::of(log);
        assert_eq!(first.json(), again.json(), "order {row_order}");
        assert_eq!(first.discovery, again.discovery, "order {row_order}");
    }
}

#[test]
fn another_key_changes_pseudonyms_and_nothing_else() {
    let first = Hunt::of(log(&small(0)));
    let again = Hunt::with(log(&small(0)), &[201; 32], &Settings::default());
    assert_ne!(first.log.people, again.log.people, "the keys gave the same pseudonyms");
    assert_ne!(KEY, [201; 32]);
    assert_eq!(first.json(), again.json());
}
