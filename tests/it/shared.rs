//! Where the real data stands, and how tests read it and the sample worlds.

use std::{
    fs,
    path::{Path, PathBuf},
};

use kompel_ingest::{Format, Input, Options, detect, read};
use kompel_model::{EventLog, Reading};
use kompel_sample::World;

/// The folder of one real data set; without it, says so on standard error.
#[expect(clippy::disallowed_methods, reason = "the place of the data is the tester's setting")]
pub(crate) fn data(set: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var("KOMPEL_SHARED").map_or(beside, PathBuf::from);
    let folder = shared.join("data").join(set);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!(
        "not run: {} is absent (KOMPEL_SHARED names the folder above data/)",
        folder.display()
    );
    None
}

/// One file of a data set; without it, says so on standard error.
pub(crate) fn file(set: &str, name: &str) -> Option<PathBuf> {
    let path = data(set)?.join(name);
    if path.is_file() {
        return Some(path);
    }
    eprintln!("not run: {} is absent", path.display());
    None
}

/// A file, read in the format that recognition gives it.
pub(crate) fn reading_of(path: &Path) -> (Format, Reading) {
    let name = path.file_name().unwrap().to_string_lossy();
    reading(&Input::file(name, fs::read(path).unwrap()))
}

/// An input, read in the format that recognition gives it; every row is accounted for.
pub(crate) fn reading(input: &Input) -> (Format, Reading) {
    let format = detect(input).unwrap_or_else(|| panic!("no reader knows {}", input.name()));
    (format, reading_as(format, input))
}

/// An input, read in this format; every row is accounted for.
pub(crate) fn reading_as(format: Format, input: &Input) -> Reading {
    let reading = read(format, input, &Options::default()).unwrap();
    assert!(reading.adds_up(), "{}: rows are lost: {:?}", input.name(), reading.counts);
    reading
}

/// A sample world's three exports, through the readers, as one log.
pub(crate) fn log_of(world: &World) -> EventLog {
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
        log.merge(reading_as(format, &input).log);
    }
    log
}
