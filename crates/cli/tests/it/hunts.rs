//! Reading, reading again, deciding.

use crate::desk::{Desk, export, rows};

#[test]
fn the_same_export_twice_counts_nothing_twice() {
    let desk = Desk::new();
    desk.write("jira.csv", &export(&rows()));
    let first = desk.json(&["hunt", "tickets", "jira.csv"]);
    assert_eq!(first["inputs"][0]["stored"]["new"], 60);
    let before = desk.answer(&["candidates", "--json"]);
    let second = desk.json(&["hunt", "tickets", "jira.csv"]);
    assert_eq!(second["inputs"][0]["stored"]["new"], 0);
    assert_eq!(second["inputs"][0]["stored"]["unchanged"], 60);
    assert_eq!(desk.answer(&["candidates", "--json"]), before);
}

#[test]
fn a_newer_export_updates_and_keeps_id_and_decision() {
    let desk = Desk::new();
    let rows = rows();
    desk.write("old.csv", &export(&rows[..50]));
    desk.answer(&["hunt", "tickets", "old.csv"]);
    let found = desk.json(&["candidates"]);
    let id = found["candidates"][0]["id"].as_str().unwrap().to_owned();
    desk.answer(&["decide", &id, "--yes", "--by", "Xander", "--why", "weekly"]);
    desk.write("new.csv", &export(&rows));
    let hunt = desk.json(&["hunt", "tickets", "new.csv"]);
    assert_eq!(hunt["inputs"][0]["stored"]["new"], 10);
    let found = desk.json(&["candidates"]);
    assert_eq!(found["candidates"][0]["id"], id.as_str());
    assert_eq!(found["candidates"][0]["decision"]["by"], "Xander");
    assert_eq!(found["candidates"][0]["members"].as_array().unwrap().len(), 60);
    assert!(desk.answer(&["candidates"]).contains("yes"));
}

#[test]
fn the_order_of_rows_and_the_workspace_change_no_byte() {
    let mut rows = rows();
    let (one, other) = (Desk::new(), Desk::new());
    one.write("jira.csv", &export(&rows));
    rows.reverse();
    rows.rotate_left(17);
    other.write("jira.csv", &export(&rows));
    for desk in [&one, &other] {
        desk.answer(&["hunt", "tickets", "jira.csv"]);
    }
    let found = one.answer(&["candidates", "--json"]);
    assert!(found.contains("OPS-17"));
    assert_eq!(found, other.answer(&["candidates", "--json"]));
}

#[test]
fn a_dry_run_keeps_nothing() {
    let desk = Desk::new();
    desk.write("jira.csv", &export(&rows()));
    let read = desk.json(&["hunt", "tickets", "jira.csv", "--dry-run"]);
    assert_eq!(read["inputs"][0]["records"], 60);
    assert_eq!(desk.run(&["candidates"]).code, 4);
    assert_eq!(desk.run(&["findings"]).code, 4);
}

#[test]
fn a_bare_hunt_reads_the_configured_sources() {
    let desk = Desk::new();
    desk.write("jira.csv", &export(&rows()));
    let config = std::fs::read_to_string(desk.path("kompel.toml")).unwrap();
    let source = "\n[[source]]\nkind = \"tickets\"\npath = \"jira.csv\"\n";
    desk.write("kompel.toml", &(config + source));
    assert_eq!(desk.json(&["hunt"])["inputs"][0]["records"], 60);
}

#[test]
fn every_answer_of_a_candidate_comes_as_text_json_and_page() {
    let desk = Desk::new();
    desk.write("jira.csv", &export(&rows()));
    desk.answer(&["hunt", "tickets", "jira.csv"]);
    let found = desk.json(&["candidates"]);
    let id = found["candidates"][0]["id"].as_str().unwrap().to_owned();
    assert!(desk.answer(&["explain", &id]).contains(&id));
    assert!(desk.json(&["explain", &id])["assessment"]["criteria"].is_object());
    assert!(desk.answer(&["map", &id]).contains(&id));
    assert!(desk.json(&["map", &id])["rows"].is_array());
    desk.answer(&["map", &id, "--pdf", "--out", "pages/map.pdf"]);
    assert!(std::fs::read(desk.path("pages/map.pdf")).unwrap().starts_with(b"%PDF"));
    desk.answer(&["report", "--out", "report.html"]);
    assert!(std::fs::read_to_string(desk.path("report.html")).unwrap().contains("<html"));
}

#[test]
fn tenants_stay_apart() {
    let desk = Desk::new();
    desk.write("jira.csv", &export(&rows()));
    desk.answer(&["hunt", "tickets", "jira.csv", "--tenant", "acme"]);
    assert_eq!(desk.run(&["candidates"]).code, 4);
    assert_eq!(desk.run(&["candidates", "--tenant", "acme"]).code, 0);
}

#[test]
fn answers_of_two_files_are_kept_apart_and_a_newer_version_counts_nothing_twice() {
    let desk = Desk::new();
    let table = |rows: &[&str]| {
        let rows = rows.iter().map(|what| format!("{what},every week,20 min\n"));
        format!("What,How often,How long\n{}", rows.collect::<String>())
    };
    let new = |file: &str| desk.json(&["hunt", "answers", file])["inputs"][0]["stored"].clone();
    desk.write("a.csv", &table(&["Copying hours to billing", "Checking backups"]));
    desk.write("b.csv", &table(&["Ordering badges", "Renewing certificates"]));
    assert_eq!(new("a.csv")["new"], 2);
    assert_eq!(new("b.csv")["new"], 2);
    assert_eq!(new("a.csv")["unchanged"], 2);
    assert_eq!(new("b.csv")["unchanged"], 2);
    let longer = ["Ordering badges", "Renewing certificates", "Filling in the roster"];
    desk.write("b-final.csv", &table(&longer));
    let stored = new("b-final.csv");
    assert_eq!((&stored["new"], &stored["unchanged"]), (&1.into(), &2.into()));
}
