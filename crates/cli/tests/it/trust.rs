//! Secrets stay secret, tenants apart, the trail verifiable, backups whole: with the real binary.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use crate::desk::{Desk, ended, export, rows};

const SECRET: &str = "Zeer/Geheim+2026&x";

fn given(desk: &Desk, arguments: &[&str], input: &str) -> crate::desk::Ended {
    let mut command: Command = Desk::command(&desk.path(""));
    let mut child = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    ended(child.wait_with_output().unwrap())
}

/// A desk where `acme` has records, a decision and a secret.
fn acme() -> (Desk, String) {
    let desk = Desk::new();
    desk.write("jira.csv", &export(&rows()));
    desk.answer(&["hunt", "tickets", "jira.csv", "--tenant", "acme"]);
    let found = desk.json(&["candidates", "--tenant", "acme"]);
    let id = found["candidates"][0]["id"].as_str().unwrap().to_owned();
    let decide =
        ["decide", &id, "--yes", "--by", "Xander", "--why", "onlyacme", "--tenant", "acme"];
    desk.answer(&decide);
    let set = given(&desk, &["secret", "set", "onlyacme", "--tenant", "acme"], SECRET);
    assert_eq!(set.code, 0, "{}", set.err);
    desk.answer(&["playbook", "new", "access-request"]);
    desk.answer(&["playbook", "new", "offboarding"]);
    let leaver = ["--name", "onlyacme", "--mail", "onlyacme@a.test", "--by", "onlyacme"];
    // It fails too; what stays is a leaver of acme's.
    desk.run(&[&["leavers", "add"], &leaver[..], &["--tenant", "acme"]].concat());
    // It fails, for acme has no connection; what stays is a run of acme's.
    desk.run(&[
        "run",
        "access-request",
        "--set",
        "person=jan",
        "--set",
        "group=vpn",
        "--set",
        "reason=onlyacme",
        "--as",
        "onlyacme",
        "--tenant",
        "acme",
    ]);
    (desk, id)
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    found
}

/// The secret as it might stand somewhere.
const FORMS: [&str; 6] = [
    SECRET,
    "WmVlci9HZWhlaW0rMjAyNiZ4",
    "5a6565722f47656865696d2b323032362678",
    "Zeer%2FGeheim%2B2026%26x",
    "Zeer\\/Geheim",
    "Zeer/Geheim+2026&amp;x",
];

#[test]
fn a_planted_secret_stands_nowhere_but_in_the_encrypted_file() {
    let (desk, _) = acme();
    desk.write(
        "kompel.toml",
        "language = \"en\"\n[tenant.acme.connection.ad]\npassword = \"secret://onlyacme\"\n",
    );
    let mut said = String::new();
    for arguments in [
        vec!["secret", "list", "--tenant", "acme"],
        vec!["secret", "list", "--tenant", "acme", "--json"],
        vec!["secret", "set", SECRET, "--tenant", "acme"],
        vec!["doctor"],
        vec!["doctor", "--json"],
        vec!["secret", "rotate"],
    ] {
        let answer = desk.run(&arguments);
        said += &(answer.out + &answer.err);
    }
    desk.write("kompel.toml", "language = \"en\"\n");
    for arguments in [
        vec!["audit", "show", "--tenant", "acme"],
        vec!["audit", "export", "trail.jsonl", "--all"],
        vec!["audit", "checkpoint", "--out", "checkpoint"],
        vec!["log", "export", "log.json", "--tenant", "acme"],
        vec!["backup", "copy", "--with-keys"],
        vec!["secret", "remove", "onlyacme", "--tenant", "acme"],
    ] {
        said += &desk.answer(&arguments);
    }
    let mut all = files(&desk.path(""));
    assert!(all.len() > 10);
    // The one thing that may hold it is clap's echo of what the user typed as an argument.
    let echoed = said.replace(&format!("'{SECRET}'"), "");
    all.push(("what was said".to_owned(), echoed.into_bytes()));
    for (name, bytes) in all {
        for form in FORMS {
            let held = bytes.windows(form.len()).any(|window| window == form.as_bytes());
            assert!(!held, "{form} stands in {name}");
        }
    }
}

/// Every command, as another tenant than `acme`. A new command needs a line here.
const COMMANDS: &[&[&str]] = &[
    &["hunt"],
    &["candidates", "--all"],
    &["candidates", "--rejected"],
    &["explain", "ID"],
    &["map", "ID"],
    &["pitch"],
    &["decide", "ID", "--no", "--by", "Y", "--why", "z"],
    &["report", "--out", "report.html"],
    &["findings", "--all"],
    &["log", "export", "log.json"],
    &["reveal", "PSEUDONYM", "--why", "z"],
    &["audit", "show"],
    &["audit", "export", "trail.jsonl"],
    &["audit", "checkpoint"],
    &["audit", "verify"],
    &["secret", "list"],
    &["secret", "remove", "onlyacme"],
    &["secret", "rotate"],
    &["playbook", "list"],
    &["playbook", "check"],
    &["runs"],
    &["show", "RUN"],
    &["show", "RUN", "--all"],
    &["approve", "RUN"],
    &["reject", "RUN"],
    &["cancel", "RUN", "--why", "z"],
    &["resume", "RUN"],
    &["retry", "RUN", "--step", "2", "--why", "z"],
    &["completions", "bash"],
    &["leavers"],
    &["leavers", "--open"],
    &["leavers", "report", "RUN"],
    &["leavers", "report", "onlyacme"],
    &["leavers", "audit"],
    &["leavers", "form"],
    &["leavers", "form", "--revoke", "onlyacme"],
];

/// Commands about the whole installation, or that make one; they show no tenant's records.
/// `run` and `rehearse` only make what is new; `serve` drives every tenant's runs.
const WHOLE: &[&str] = &["demo", "init", "doctor", "backup", "restore", "run", "rehearse", "serve"];

#[test]
fn no_command_shows_a_tenant_anything_of_another() {
    let (desk, id) = acme();
    let database = rusqlite::Connection::open(desk.path("kompel.db")).unwrap();
    let pseudonym: String = database
        .query_row("SELECT pseudonym FROM identities LIMIT 1", [], |row| row.get(0))
        .unwrap();
    let marks = ["onlyacme", "OPS-1", "Wachtwoord", "Xander", "Vandenbroucke", "jira.csv"];
    let runs = desk.json(&["runs", "--tenant", "acme"]);
    let run = runs["runs"][0]["id"].as_str().unwrap().to_owned();
    for arguments in COMMANDS {
        let swapped: Vec<&str> = arguments
            .iter()
            .map(|argument| match *argument {
                "ID" => id.as_str(),
                "PSEUDONYM" => pseudonym.as_str(),
                "RUN" => run.as_str(),
                other => other,
            })
            .collect();
        for json in [&[][..], &["--json"]] {
            let ended = desk.run(&[&swapped, &["--tenant", "globex"][..], json].concat());
            let mut said = ended.out + &ended.err;
            for name in ["report.html", "log.json", "trail.jsonl"] {
                said += &std::fs::read_to_string(desk.path(name)).unwrap_or_default();
                let _ = std::fs::remove_file(desk.path(name));
            }
            for mark in marks.iter().filter(|mark| !arguments.contains(mark)) {
                assert!(!said.contains(mark), "{mark} in {swapped:?} {json:?}: {said}");
            }
        }
    }
    let kept = desk.answer(&["secret", "list", "--tenant", "acme"]);
    assert!(kept.contains("onlyacme"), "another tenant removed it");
}

#[test]
fn every_command_is_in_the_table_of_tenants() {
    let help = Desk::bare().answer(&["completions", "bash"]);
    let offers = |line: &&str| line.contains("opts=\"") && line.contains(" candidates ");
    let line = help.lines().find(offers).unwrap();
    let named = line.split(['"', ' ']).filter(|word| word.chars().all(|c| c.is_ascii_lowercase()));
    let mut missing = Vec::new();
    for command in named.filter(|word| !word.is_empty() && *word != "opts") {
        let known = WHOLE.contains(&command) || COMMANDS.iter().any(|row| row[0] == command);
        if !known {
            missing.push(command);
        }
    }
    assert!(missing.is_empty(), "{missing:?} in {line}");
}

#[test]
fn the_trail_is_verified_with_the_public_key_alone() {
    let (desk, _) = acme();
    let kept = desk.json(&["audit", "checkpoint", "--out", "kept"]);
    let size = kept["size"].as_u64().unwrap();
    assert!(size > 1, "{kept}");
    let key = kept["key"].as_str().unwrap();
    desk.answer(&["audit", "export", "trail.jsonl", "--tenant", "acme"]);
    let elsewhere = Desk::bare();
    let trail = std::fs::read_to_string(desk.path("trail.jsonl")).unwrap();
    elsewhere.write("trail.jsonl", &trail);
    elsewhere.write("bent.jsonl", &trail.replace("Xander", "Xandra"));
    elsewhere.write("kept", &std::fs::read_to_string(desk.path("kept")).unwrap());
    let verify = |file: &str, rest: &[&str]| {
        elsewhere.run(&[&["audit", "verify", file, "--key", key][..], rest].concat())
    };
    let sound = verify("trail.jsonl", &["--checkpoint", "kept", "--json"]);
    assert_eq!(sound.code, 0, "{}{}", sound.out, sound.err);
    assert!(sound.out.contains(&format!("\"kept\": {size}")), "{}", sound.out);
    let bent = verify("bent.jsonl", &[]);
    assert_eq!(bent.code, 8);
    assert!(bent.out.contains("line 2, entry 0: the entry was changed"), "{}", bent.out);
    let keyless = elsewhere.run(&["audit", "verify", "trail.jsonl"]);
    assert_eq!(keyless.code, 2, "{}", keyless.err);
    assert_eq!(desk.run(&["audit", "verify"]).code, 0);
}

#[test]
fn a_backup_is_restored_and_a_damaged_one_refused() {
    let (desk, _) = acme();
    let before = desk.json(&["candidates", "--tenant", "acme"]);
    desk.answer(&["backup", "copy", "--with-keys"]);
    assert_eq!(desk.run(&["backup", "copy"]).code, 7);
    desk.answer(&["restore", "copy", "again"]);
    let after = desk.json(&["candidates", "--tenant", "acme", "--workspace", "again"]);
    assert_eq!(before["candidates"], after["candidates"]);
    assert_eq!(desk.run(&["doctor", "--workspace", "again"]).code, 0);
    desk.write("copy/kompel.toml", "language = \"nl\"\n");
    assert_eq!(desk.run(&["restore", "copy", "third"]).code, 8);
    assert!(!desk.path("third").exists());
}

#[test]
fn doctor_names_a_reference_that_leads_nowhere() {
    let (desk, _) = acme();
    let config = "language = \"en\"\n[tenant.acme.connection.ad]\na = \"secret://onlyacme\"\n\
                  [tenant.globex.connection.ad]\na = \"secret://onlyacme\"\n";
    desk.write("kompel.toml", config);
    let ended = desk.run(&["doctor", "--json"]);
    let doctor: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    let of = |tenant: &str| {
        let all = doctor["checks"].as_array().unwrap();
        let named = |c: &&serde_json::Value| {
            c["name"] == "reference" && c["of"].as_str().unwrap().starts_with(tenant)
        };
        all.iter().find(named).unwrap()["well"].clone()
    };
    assert_eq!((of("acme"), of("globex")), (true.into(), false.into()));
}
