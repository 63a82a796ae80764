//! What a person reads is worded, in both languages.

use crate::desk::{Desk, export, rows};

/// Ids of messages that do not exist, as the wording shows them: `[row-pain]`.
fn unworded(text: &str) -> Vec<&str> {
    text.split('[')
        .skip(1)
        .filter_map(|rest| rest.split_once(']').map(|(inside, _)| inside))
        .filter(|id| id.contains('-') && !id.contains("--"))
        .filter(|id| id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'))
        .collect()
}

#[test]
fn every_answer_is_worded_in_both_languages() {
    assert_eq!(unworded("[row-pain]\n  [SD-1, SD-2] [OPTIONS] [aliases: no-x]"), ["row-pain"]);
    let desk = Desk::new();
    desk.write("jira.csv", &export(&rows()));
    desk.answer(&["hunt", "tickets", "jira.csv"]);
    let found = desk.json(&["candidates"]);
    let id = found["candidates"][0]["id"].as_str().unwrap();
    for language in ["nl", "en"] {
        for arguments in [
            &["--help"][..],
            &["candidates", "--all"],
            &["candidates", "--rejected"],
            &["explain", id],
            &["map", id],
            &["pitch"],
            &["decide", id, "--yes", "--by", "Xander", "--why", "elke week"],
            &["hunt", "tickets", "jira.csv", "--dry-run"],
            &["hunt"],
            &["findings"],
            &["doctor"],
            &["explain", "c-none"],
            &["report"],
        ] {
            let ended = desk.run(&[arguments, &["--lang", language]].concat());
            let said = ended.out + &ended.err;
            assert!(!said.is_empty(), "{arguments:?} in {language} says nothing");
            assert_eq!(unworded(&said), Vec::<&str>::new(), "{arguments:?} in {language}: {said}");
        }
        let page = std::fs::read_to_string(desk.path("kompel-report.html")).unwrap();
        assert_eq!(unworded(page.split("<script>").next().unwrap()), Vec::<&str>::new());
    }
}
