//! What is refused, with which exit code, and what the user is told.

use crate::desk::{Desk, ended, export, rows};

#[test]
fn each_failure_has_its_exit_code_and_says_what_to_do() {
    let desk = Desk::new();
    desk.write("broken.bin", "\u{0}\u{1}\u{2}no format at all");
    desk.write("jira.csv", &export(&rows()));
    for (arguments, code, says) in [
        (vec!["candidates"], 4, "kompel hunt tickets"),
        (vec!["hunt"], 2, "[[source]]"),
        (vec!["hunt", "tickets", "nowhere.csv"], 3, "nowhere.csv"),
        (vec!["hunt", "tickets", "broken.bin"], 3, "--format"),
        (vec!["hunt", "chat", "jira.csv"], 2, "kompel hunt tickets jira.csv"),
        (vec!["hunt", "tickets", "jira.csv", "--format", "nonsense"], 2, "jira-csv"),
        (vec!["hunt", "tickets", "jira.csv", "--map", "nonsense"], 2, "field=column"),
        (vec!["hunt", "tickets"], 2, "PATH"),
        (vec!["reveal", "p-00000000", "--why", "test"], 4, "p-00000000"),
        (vec!["decide", "c-1", "--by", "X", "--why", "Y"], 2, "--yes"),
        (vec!["candidates", "--workspace", "/nonexistent"], 5, "kompel init"),
        (vec!["candidates", "--tenant", "a b"], 2, "tenant"),
        (vec!["no-such-command"], 2, "no-such-command"),
    ] {
        let ended = desk.run(&arguments);
        assert_eq!(ended.code, code, "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains(says), "{arguments:?}: {}", ended.err);
        assert_eq!(ended.out, "", "{arguments:?}");
    }
}

#[test]
fn an_unknown_candidate_is_not_found() {
    let desk = Desk::new();
    desk.write("jira.csv", &export(&rows()));
    desk.answer(&["hunt", "tickets", "jira.csv"]);
    for command in ["explain", "map"] {
        let ended = desk.run(&[command, "c-zzzz"]);
        assert_eq!(ended.code, 4);
        assert!(ended.err.contains("c-zzzz"), "{}", ended.err);
    }
}

#[test]
fn outside_a_workspace_the_way_in_is_told() {
    let ended = Desk::bare().run(&["candidates"]);
    assert_eq!(ended.code, 5);
    assert!(ended.err.contains("kompel init"), "{}", ended.err);
}

#[test]
fn an_unknown_key_is_shown_with_its_line_and_the_nearest_key() {
    let desk = Desk::new();
    desk.write("kompel.toml", "language = \"en\"\n[qualify.frequency]\nper_yaer = 60.0\n");
    let ended = desk.run(&["candidates"]);
    assert_eq!(ended.code, 6);
    for says in ["kompel.toml", "line 3", "per_yaer", "Did you mean `per_year`"] {
        assert!(ended.err.contains(says), "{says}: {}", ended.err);
    }
    let doctor = desk.run(&["doctor"]);
    assert_eq!(doctor.code, 6);
    assert!(doctor.out.contains("per_year"));
}

#[test]
fn a_failure_is_json_where_json_is_asked_for() {
    let ended = Desk::new().run(&["candidates", "--json"]);
    let error: serde_json::Value = serde_json::from_str(&ended.err).unwrap();
    assert_eq!(error["error"]["exit"], 4);
    assert_eq!(error["error"]["code"], "not-found");
}

#[test]
fn the_doctor_finds_what_is_wrong_and_changes_nothing() {
    let desk = Desk::new();
    assert_eq!(desk.run(&["doctor"]).code, 0);
    let before = desk.database();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(desk.path("kompel.key"), open).unwrap();
        let ended = desk.run(&["doctor"]);
        assert_eq!(ended.code, 5);
        assert!(ended.out.contains("chmod 600"), "{}", ended.out);
    }
    assert_eq!(desk.database(), before);
}

#[test]
fn init_never_overwrites() {
    let desk = Desk::new();
    let key = std::fs::read(desk.path("kompel.key")).unwrap();
    assert!(desk.answer(&["init"]).contains("nothing was changed"));
    assert_eq!(std::fs::read(desk.path("kompel.key")).unwrap(), key);
}

#[test]
fn a_demo_never_replaces_a_folder_that_is_none_of_its_own() {
    let desk = Desk::bare();
    desk.write("mine.txt", "mine");
    let ended = desk.run(&["demo", "--out", "."]);
    assert_eq!(ended.code, 7);
    assert!(desk.path("mine.txt").exists());
}

#[test]
fn the_language_is_the_users_choice() {
    let desk = Desk::bare();
    for (arguments, says) in [
        (vec!["--help", "--lang", "nl"], "Opdrachten"),
        (vec!["--help", "--lang", "en"], "Commands"),
        (vec!["hunt", "-h", "--lang=nl"], "Gebruik"),
    ] {
        assert!(desk.answer(&arguments).contains(says), "{arguments:?}");
    }
    let mut dutch = Desk::command(&desk.path(""));
    dutch.env("LANG", "nl_BE.UTF-8").arg("candidates");
    assert!(ended(dutch.output().unwrap()).err.contains("Er is geen werkmap"));
    desk.answer(&["init", "--lang", "nl"]);
    assert!(desk.run(&["candidates"]).err.contains("Er is nog niet gezocht"));
    let help = desk.answer(&["--help", "--lang", "en"]);
    assert!(help.contains("Exit codes") && help.contains("  6  a mistake in kompel.toml"));
}

#[test]
fn no_colour_reaches_a_pipe() {
    let desk = Desk::new();
    desk.write("jira.csv", &export(&rows()));
    for no_color in ["", "1"] {
        let mut command = Desk::command(&desk.path(""));
        command.env("NO_COLOR", no_color).args(["hunt", "tickets", "jira.csv"]);
        let ended = ended(command.output().unwrap());
        assert!(!ended.out.contains('\u{1b}') && !ended.err.contains('\u{1b}'));
    }
}
