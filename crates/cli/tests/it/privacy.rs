//! No name from the inputs in any answer, nor in the database's bytes.

use crate::desk::{Desk, PEOPLE, export, rows};

fn parts() -> impl Iterator<Item = &'static str> {
    PEOPLE.iter().flat_map(|name| name.split(' '))
}

fn hunted() -> Desk {
    let desk = Desk::new();
    desk.write("jira.csv", &export(&rows()));
    desk.answer(&["hunt", "tickets", "jira.csv"]);
    desk
}

#[test]
fn no_name_stands_in_any_answer() {
    let desk = hunted();
    let found = desk.json(&["candidates"]);
    let id = found["candidates"][0]["id"].as_str().unwrap().to_owned();
    desk.answer(&["report", "--out", "report.html"]);
    let mut answers = std::fs::read_to_string(desk.path("report.html")).unwrap();
    for arguments in [
        vec!["candidates"],
        vec!["candidates", "--json"],
        vec!["explain", &id],
        vec!["explain", &id, "--json"],
        vec!["map", &id],
        vec!["map", &id, "--json"],
        vec!["findings", "--json"],
    ] {
        answers.push_str(&desk.answer(&arguments));
    }
    for name in parts() {
        assert!(!answers.contains(name), "{name}");
    }
}

#[test]
fn no_name_stands_in_the_database() {
    let desk = hunted();
    let bytes = desk.database();
    assert!(bytes.windows(6).any(|window| window == b"OPS-17"));
    for name in parts() {
        assert!(!bytes.windows(name.len()).any(|window| window == name.as_bytes()), "{name}");
    }
}

#[test]
fn a_name_is_shown_only_when_asked_for_and_that_is_kept() {
    let desk = hunted();
    let database = rusqlite::Connection::open(desk.path("kompel.db")).unwrap();
    let pseudonym: String = database
        .query_row("SELECT pseudonym FROM identities ORDER BY pseudonym LIMIT 1", [], |row| {
            row.get(0)
        })
        .unwrap();
    let shown = desk.answer(&["reveal", &pseudonym, "--why", "to thank them", "--quiet"]);
    assert!(PEOPLE.contains(&shown.trim()), "{shown}");
    desk.answer(&["candidates", "--reveal"]);
    let kept: Vec<(String, String)> = database
        .prepare("SELECT pseudonym, why FROM reveals ORDER BY id")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(kept[0], (pseudonym, "to thank them".to_owned()));
    assert_eq!(kept[1], ("*".to_owned(), "--reveal: kompel candidates".to_owned()));
}
