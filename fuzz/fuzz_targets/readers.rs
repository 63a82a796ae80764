//! Any bytes through every reader: none panics, and every row is accounted for.
//!
//! The first byte picks the format and whether the rest is a file or a folder's file, so that
//! each reader meets each kind of corruption.

#![no_main]

use kompel_ingest::{
    Format, Input, Limits, Options, detect, propose_mapping, read, redact::Redactor,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let format = Format::ALL[usize::from(choice & 0x7f) % Format::ALL.len()];
    let input = if choice & 0x80 == 0 {
        Input::file(name(format), rest)
    } else {
        Input::Folder { name: "export".into(), files: vec![(name(format).into(), rest.to_vec())] }
    };
    // What a person would give beside the defaults: small bounds, so that they are met too.
    let limits =
        Limits { rows: 200, text_bytes: 2_000, unpacked_bytes: 1 << 22, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    let _ = detect(&input);
    let _ = propose_mapping(&input, &options);
    if let Ok(mut reading) = read(format, &input, &options) {
        assert!(reading.adds_up(), "{format:?} loses rows: {:?}", reading.counts);
        Redactor::new(&[1; 32]).apply(&mut reading.log);
    }
});

fn name(format: Format) -> &'static str {
    match format {
        Format::JiraJson | Format::ManageEngine | Format::Rt | Format::Teams => "a.json",
        Format::ServiceNow | Format::JiraCsv | Format::Answers | Format::Table => "a.csv",
        Format::Slack => "general/2025-01-01.json",
        Format::AdminLog => "Server_admin_log-2020.md",
        Format::Ocel => "a.jsonocel",
        Format::Xes => "a.xes",
    }
}
