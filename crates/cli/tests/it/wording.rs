//! What a person reads is worded, in both languages.

use std::{collections::BTreeSet, path::Path};

use kompel_model::{Language, Phrase};
use kompel_report::wording;

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

/// A phrase as the code makes it: its id and the names of its arguments.
type Made = (String, Vec<String>);

/// The phrases that the sources in `folder` make with ids that begin with `prefix`.
fn made(folder: &str, prefix: &str) -> Vec<Made> {
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.file_stem().is_some_and(|name| name == "tests") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(path).unwrap();
                let before = text.split("#[cfg(test)]").next().unwrap();
                found.extend(made_in(before, prefix));
            }
        }
    }
    found
}

fn made_in(text: &str, prefix: &str) -> Vec<Made> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(&format!("\"{prefix}")) {
        let (id, mut rest) = text[at + 1..].split_once('"').unwrap();
        let mut arguments = Vec::new();
        rest = rest.trim_start_matches([')', ',']).trim_start();
        while let Some(call) =
            [".text(", ".count(", ".arg("].iter().find_map(|call| rest.strip_prefix(call))
        {
            arguments.push(call.trim_start().split('"').nth(1).unwrap().to_owned());
            let mut open = 1;
            let end = call.find(|c| {
                open += i32::from(c == '(') - i32::from(c == ')');
                open == 0
            });
            rest = call[end.unwrap() + 1..].trim_start();
        }
        found.push((id.to_owned(), arguments));
    }
    found
}

/// Each phrase is worded in both languages, otherwise in one than in the other, without a hole.
fn are_worded(made: &[Made]) {
    for (id, arguments) in made {
        let mut phrase = Phrase::new(id);
        for name in arguments {
            phrase = phrase.count(name, 3);
        }
        let said = [Language::Nl, Language::En].map(|language| wording(language).say(&phrase));
        for text in &said {
            let holes = text.contains("{$") || text.contains(&format!("[{id}]"));
            assert!(!holes && !text.is_empty(), "{id} {arguments:?}: {text}");
        }
        assert_ne!(said[0], said[1], "{id}");
    }
}

#[test]
fn every_particular_of_a_finding_is_worded_in_both_languages() {
    let found = made("ingest/src", "detail-");
    assert!(found.len() > 55, "only {}", found.len());
    are_worded(&found);
}

#[test]
fn findings_speak_the_users_language_also_those_kept_as_a_text() {
    let desk = Desk::new();
    let mut rows = rows();
    rows[0] = rows[0].replace("01/Jan/25 9:15 AM", "31/Feb/25 9:15 AM");
    rows.push(rows[7].clone());
    rows.push("Te kort,OPS-900".to_owned());
    desk.write("jira.csv", &export(&rows));
    let dutch = desk.answer(&["hunt", "tickets", "jira.csv", "--lang", "nl"]);
    assert!(dutch.contains("dezelfde rij als een andere"), "{dutch}");
    let found = |language: &str| desk.answer(&["findings", "--lang", language]);
    assert!(found("nl").contains("2 cellen waar de hoofding er 10 heeft"), "{}", found("nl"));
    assert!(found("en").contains("2 cells where the header has 10"), "{}", found("en"));
    let told = desk.json(&["findings", "--lang", "nl"]);
    let groups = told["inputs"][0]["findings"].as_array().unwrap();
    let first =
        groups.iter().find(|group| group["code"] == "duplicate").unwrap()["first"][0].clone();
    assert_eq!(first["detail"], "dezelfde rij als een andere");
    assert_eq!(first["says"], serde_json::json!({"id": "detail-same-row"}));

    // As Kompel kept it before: the particulars as an English text.
    let old = serde_json::json!([{
        "code": "bad_date", "effect": "repaired", "count": 1, "first": [{
            "place": {"file": "jira.csv", "row": 4, "column": "Created"},
            "code": "bad_date", "effect": "repaired",
            "detail": "\"31/Feb/25\" is no date: use yyyy-mm-dd hh:mm",
        }],
    }]);
    let database = rusqlite::Connection::open(desk.path("kompel.db")).unwrap();
    let changed = database.execute("UPDATE hunt_inputs SET findings = ?1", [old.to_string()]);
    assert_eq!(changed.unwrap(), 1);
    drop(database);
    for language in ["nl", "en"] {
        let said = found(language);
        assert!(said.contains("\"31/Feb/25\" is no date"), "{said}");
    }
    assert_eq!(desk.run(&["report", "--lang", "nl"]).code, 0);
}

#[test]
fn every_mistake_of_a_playbook_is_worded_in_both_languages() {
    let mut found = made("engine/src", "mistake-");
    assert!(found.len() > 80, "only {}", found.len());
    found.extend(made("engine/src", "instead-"));
    found.extend(made("engine/src", "part-"));
    are_worded(&found);
    let here = made("cli/src", "mistake-");
    assert!(here.iter().all(|(id, _)| id == "mistake-other" || id == "mistake-with-hint"));
}

#[test]
fn a_checked_playbook_is_told_its_mistakes_in_the_users_language() {
    let desk = Desk::new();
    let head = "document: {dsl: '1.0.3', namespace: n, name: p, version: '1.0.0'}\n";
    let mut codes = BTreeSet::new();
    for body in BODIES {
        desk.write("playbook.yaml", &format!("{head}{body}\n"));
        let told = |language: &str| {
            let arguments = ["playbook", "check", "playbook.yaml", "--json", "--lang", language];
            let told: serde_json::Value = serde_json::from_str(&desk.run(&arguments).out).unwrap();
            told["playbooks"][0]["mistakes"].as_array().unwrap().clone()
        };
        let (dutch, english) = (told("nl"), told("en"));
        assert_eq!((dutch.len(), english.len()), (1, 1), "{body}: {dutch:?}");
        let (dutch, english) = (&dutch[0], &english[0]);
        assert_eq!(dutch["code"], english["code"]);
        codes.insert(dutch["code"].as_str().unwrap().to_owned());
        for part in ["message", "hint"] {
            let (nl, en) = (dutch[part].as_str().unwrap(), english[part].as_str().unwrap());
            assert!(nl != en || nl.is_empty(), "{body}: {nl}");
            assert_eq!(unworded(nl), Vec::<&str>::new(), "{body}");
            for word in nl.split(|c: char| !c.is_alphabetic()) {
                assert!(!ENGLISH.contains(&word), "{body}: {nl}");
            }
        }
        let arguments = ["playbook", "check", "playbook.yaml", "--lang", "nl"];
        assert!(desk.run(&arguments).err.contains(&dutch["line"].to_string()));
    }
    assert!(codes.len() > 20, "only {codes:?}");
}

#[test]
fn a_run_tells_in_dutch_why_it_waits_fails_and_is_refused() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("share/groups")).unwrap();
    desk.write("share/groups/vpn.txt", "an\n");
    desk.answer(&["playbook", "new", "access-request"]);
    let start = |group: &str, reason: &str| {
        let (group, reason) = (format!("group={group}"), format!("reason={reason}"));
        let set = ["--set", "person=jan", "--set", &group, "--set", &reason];
        let ended = desk
            .run(&[&["run", "access-request", "--as", "jan", "--lang", "nl"], &set[..]].concat());
        ended.out + &ended.err
    };
    let unconnected = start("vpn", "van thuis uit");
    assert!(unconnected.contains("er is geen verbinding voor \"files\""), "{unconnected}");
    let config = std::fs::read_to_string(desk.path("kompel.toml")).unwrap();
    let people = "\n[tenant.default.people]\njan = { name = \"Jan\", manager = \"an\" }\n\
                  an = { name = \"An\" }\nbo = { name = \"Bo\", roles = [\"service-desk-lead\"] }\n";
    let folder = desk.path("share").display().to_string();
    let files =
        format!("[tenant.default.connection.files]\nconnector = \"files\"\nfolder = {folder:?}\n");
    desk.write("kompel.toml", &[config.as_str(), people, &files].concat());

    let unfit = start("vpn", "x");
    assert!(unfit.contains("/reason: de waarde is korter dan 5 tekens"), "{unfit}");
    let absent = start("nope", "van thuis uit");
    assert!(absent.contains("Mislukt bij /do/0/members"), "{absent}");
    let waits = start("vpn", "van thuis uit");
    assert!(waits.contains("(opdrachtregel)"), "{waits}");
    assert!(waits.contains("(1 moet ja zeggen)"), "{waits}");
    assert!(waits.contains("an heeft geen mailadres in kompel.toml"), "{waits}");
    let approval =
        waits.split("kompel approve ").nth(1).unwrap().split_whitespace().next().unwrap();
    for (person, why) in [
        ("jan", "wie iets aanvraagt, kan het niet zelf goedkeuren"),
        ("bo", "aan deze persoon is niets gevraagd"),
    ] {
        let refused = desk.run(&["approve", approval, "--as", person, "--lang", "nl"]).out;
        assert!(refused.contains(why), "{refused}");
    }
    let run = waits.split_whitespace().find(|word| word.starts_with("r-")).unwrap();
    let cancelled = desk.run(&["cancel", run, "--why", "vergissing", "--lang", "nl"]).out;
    assert!(cancelled.contains("afgesloten: niet meer nodig"), "{cancelled}");
    let ended = desk.run(&["cancel", run, "--why", "nog eens", "--lang", "nl"]);
    assert!(ended.err.contains("de uitvoering is al geëindigd"), "{}", ended.err);
}

/// Words that stand in any English sentence and in no Dutch one.
const ENGLISH: [&str; 9] = ["the", "this", "not", "no", "write", "here", "you", "and", "has"];

/// What follows the head of a playbook, each with one mistake.
const BODIES: [&str; 38] = [
    "do:\n  - a: {sett: {x: 1}}",
    "do:\n  - a: {call: http, wiht: {}}",
    "do:\n  - a: {wait: PT1S, foo: 1}",
    "do:\n  - a: {if: .x}",
    "do:\n  - a: {call: x.y, set: {x: 1}}",
    "do:\n  - a: {wait: PT1S}\n    b: {wait: PT1S}",
    "do:\n  - a: {wait: PT1S}\n  - a: {wait: PT1S}",
    "do:\n  - a: {fork: {branches: [{b: {wait: PT1S, then: c}}, {c: {wait: PT1S}}]}}",
    "do:\n  - end: {wait: PT1S}",
    "do: []",
    "do:\n  - a: {wait: 30}",
    "do:\n  - a: {wait: P1M}",
    "do:\n  - a: {if: true, wait: PT1S}",
    "do:\n  - a: {call: 1}",
    "do:\n  - a: {call: http}",
    "do:\n  - a: {call: note}",
    "do:\n  - a: {try: [{b: {wait: PT1S}}], catch: {retry: r}}",
    "do:\n  - a: {set: {x: '${ $secrets.k }'}}",
    "do:\n  - a: {run: {shell: {command: ls}}}",
    "do:\n  - a: {call: grpc, with: {}}",
    "input: {schema: {resource: {endpoint: x}}}\ndo: [{a: {wait: PT1S}}]",
    "evaluate: {mode: loose}\ndo: [{a: {wait: PT1S}}]",
    "schedule: {every: PT0S}\ndo: [{a: {wait: PT1S}}]",
    "do:\n  - a: {wait: PT1S, metadata: {maxConcurrency: 0}}",
    "do: {a: {wait: PT1S}}",
    "do:\n  - a: {call: http, with: {method: get, endpoint: 'https://h/${ .x }'}}",
    "do: &x [1]\nuse: !!map {}",
    "do:\n  - a: {wait: 0471}",
    "do:\n  - a: {call: mail.sendd, with: {}}",
    "do:\n  - a: {set: {x: '${ env }'}}",
    "do:\n  - a: {set: {x: '${ now }'}}",
    "do:\n  - a: {set: {x: '${ nope }'}}",
    "do:\n  - a: {set: {x: '${ $contxt.y }'}}",
    "do:\n  - a: {set: {x: .customer.name}}",
    "do:\n  - a: {wait: PT1S, then: end}\n  - b: {wait: PT1S}",
    "input: {schema: {document: {type: strin}}}\ndo:\n  - a: {wait: PT1S}",
    "do:\n  - a: {for: {in: .x}, do: [{b: {set: {y: '${ .y }'}}}], metadata: {maxConcurrency: 2}}",
    "do:\n  - a: {try: [{b: {wait: PT1S}}], catch: {retry: {delay: PT1S}}}",
];
