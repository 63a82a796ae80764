//! Any text through the playbook parser: it never panics, its mistakes lie within the text, and
//! what it reads it reads again from what it writes.

#![no_main]

use kompel_engine::language::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match parse(text, "fuzz.yaml") {
        Ok(playbook) => {
            let written = playbook.to_yaml().expect("JSON can be written as YAML");
            let again = parse(&written, "again.yaml").expect("what was written can be read");
            assert_eq!(again.to_value(), playbook.to_value());
        }
        Err(mistakes) => {
            assert!(!mistakes.is_empty());
            for mistake in mistakes {
                assert!(text.get(mistake.span.start..mistake.span.end).is_some(), "{mistake}");
            }
        }
    }
});
