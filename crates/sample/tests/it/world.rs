//! The world as its readers see it: same bytes for the same seed, exports that parse, a truth that
//! adds up.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Read},
};

use kompel_model::{MemberRef, SourceKind};
use kompel_sample::{Catalogue, Decoy, Kind, Truth, TruthVerdict, World, WorldOptions};
use serde_json::Value;

fn world(seed: u64, catalogue: Catalogue) -> World {
    World::generate(&WorldOptions { seed, catalogue, ..WorldOptions::default() })
}

fn jira(world: &World) -> Vec<u8> {
    let mut out = Vec::new();
    world.jira_csv(&mut out).unwrap();
    out
}

fn slack(world: &World) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    world.slack_zip(&mut out).unwrap();
    out.into_inner()
}

fn answers(world: &World) -> Vec<u8> {
    let mut out = Vec::new();
    world.answers_csv(&mut out).unwrap();
    out
}

/// The refs of an export's records, read by nothing of ours.
fn jira_keys(bytes: &[u8]) -> BTreeSet<String> {
    let mut reader = csv::Reader::from_reader(bytes);
    let key = reader.headers().unwrap().iter().position(|name| name == "Issue key").unwrap();
    reader.records().map(|row| row.unwrap()[key].to_owned()).collect()
}

fn slack_files(bytes: &[u8]) -> BTreeMap<String, Value> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|i| {
            let mut file = zip.by_index(i).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().to_owned(), serde_json::from_str(&text).unwrap())
        })
        .collect()
}

fn slack_keys(files: &BTreeMap<String, Value>) -> Vec<String> {
    files
        .iter()
        .filter_map(|(name, list)| name.split_once('/').map(|(channel, _)| (channel, list)))
        .flat_map(|(channel, list)| {
            let each = list.as_array().unwrap().iter();
            each.map(move |m| format!("{channel}/{}", m["ts"].as_str().unwrap()))
        })
        .collect()
}

fn keys(truth: &Truth, source: SourceKind) -> Vec<String> {
    let records = truth.processes.iter().flat_map(|p| &p.records);
    records.filter(|r| r.source == source).map(|r| r.key.to_string()).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let (one, again, other) =
        (world(5, Catalogue::A), world(5, Catalogue::A), world(6, Catalogue::A));
    assert!(jira(&one) == jira(&again));
    assert!(slack(&one) == slack(&again));
    assert!(answers(&one) == answers(&again));
    assert_eq!(one.truth(), again.truth());
    assert!(jira(&one) != jira(&other));
}

#[test]
fn another_row_order_gives_the_same_rows() {
    let options = WorldOptions { seed: 5, scale: 0.2, ..WorldOptions::default() };
    let one = jira(&World::generate(&options));
    let two = jira(&World::generate(&WorldOptions { row_order: 9, ..options }));
    let rows = |bytes: &[u8]| -> BTreeSet<Vec<String>> {
        let mut reader = csv::Reader::from_reader(bytes);
        reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
    };
    assert!(one != two);
    assert_eq!(rows(&one), rows(&two));
}

#[test]
fn the_exports_hold_every_record_of_the_truth_once() {
    for catalogue in Catalogue::ALL {
        let world = world(3, catalogue);
        let truth = world.truth();
        let tickets = jira_keys(&jira(&world));
        assert_eq!(tickets.len(), truth.tickets);
        let messages = slack_keys(&slack_files(&slack(&world)));
        assert_eq!(messages.len(), truth.messages);
        assert_eq!(messages.iter().collect::<BTreeSet<_>>().len(), messages.len(), "ts is unique");
        let bytes = answers(&world);
        let rows = csv::Reader::from_reader(bytes.as_slice()).into_records().count();
        assert_eq!(rows, truth.answers);

        let planted = keys(&truth, SourceKind::Jira);
        assert!(planted.iter().all(|key| tickets.contains(key)));
        let messages: BTreeSet<String> = messages.into_iter().collect();
        assert!(keys(&truth, SourceKind::Slack).iter().all(|key| messages.contains(key)));
        let all: Vec<&MemberRef> = truth.processes.iter().flat_map(|p| &p.records).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "one owner a record");
    }
}

#[test]
fn the_truth_adds_up() {
    for seed in 1..=4 {
        for catalogue in Catalogue::ALL {
            let truth = world(seed, catalogue).truth();
            let qualifying = truth.processes.iter().filter(|p| p.qualifies);
            let tickets = qualifying.clone().filter(|p| p.kind == Kind::Ticket).count();
            assert!(tickets >= 8, "{catalogue:?} {seed}: {tickets} ticket processes");
            assert!(qualifying.clone().filter(|p| p.kind == Kind::Chat).count() >= 2);
            assert!(truth.noise_tickets * 10 >= truth.tickets * 3);
            let mut ranks: Vec<u32> = truth.processes.iter().filter_map(|p| p.value_rank).collect();
            ranks.sort_unstable();
            assert_eq!(ranks, (1..=qualifying.count() as u32).collect::<Vec<_>>());
            for process in truth.processes.iter().filter(|p| p.kind == Kind::Ticket) {
                let tickets = process.records.iter().filter(|r| r.source == SourceKind::Jira);
                assert_eq!(tickets.count(), process.runs as usize, "{}", process.id);
                let c = &process.criteria;
                assert!(c.touched_share <= c.waiting_share + c.copy_paste_share + 1e-9);
                assert!(c.touched_share >= c.waiting_share.max(c.copy_paste_share) - 1e-9);
            }
        }
    }
}

#[test]
fn every_kind_of_decoy_is_there_and_none_qualifies() {
    for seed in 1..=4 {
        for catalogue in Catalogue::ALL {
            let truth = world(seed, catalogue).truth();
            let decoys = truth.processes.iter().filter(|p| p.decoy.is_some());
            assert!(decoys.clone().all(|p| !p.qualifies && !p.records.is_empty()));
            let kinds: BTreeSet<Decoy> = decoys.clone().filter_map(|p| p.decoy).collect();
            assert_eq!(kinds.len(), 8);
            let by = |kind: Decoy| {
                let mut of = decoys.clone().filter(move |p| p.decoy == Some(kind));
                of.next().map(|p| p.criteria.clone()).unwrap()
            };
            assert_eq!(by(Decoy::SingleSystem).systems, TruthVerdict::NotMet);
            assert_eq!(by(Decoy::TooRare).frequency, TruthVerdict::NotMet);
            assert_eq!(by(Decoy::NoHumanFactor).human_factor, TruthVerdict::NotMet);
        }
    }
}

#[test]
fn the_seed_varies_which_processes_there_are() {
    let ids = |seed| -> Vec<String> {
        world(seed, Catalogue::A).truth().processes.into_iter().map(|p| p.id).collect()
    };
    let different: BTreeSet<Vec<String>> = (1..=6).map(ids).collect();
    assert!(different.len() > 1);
}

#[test]
fn the_json_export_holds_the_history_that_the_csv_lacks() {
    let options = WorldOptions { scale: 0.1, ..WorldOptions::default() };
    let world = World::generate(&options);
    let mut out = Vec::new();
    world.jira_json(&mut out).unwrap();
    let page: Value = serde_json::from_slice(&out).unwrap();
    let issues = page["issues"].as_array().unwrap();
    assert_eq!(issues.len(), world.ticket_count());
    let waits = issues
        .iter()
        .filter(|issue| issue["changelog"].to_string().contains("Waiting for approval"));
    assert!(waits.count() > 10);
    assert!(issues.iter().any(|issue| issue["fields"]["description"]["type"] == "doc"));
}

#[test]
fn csv_dates_and_comments_look_like_jira_clouds() {
    let bytes = jira(&World::generate(&WorldOptions { scale: 0.1, ..WorldOptions::default() }));
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let headers = reader.headers().unwrap().clone();
    let created = headers.iter().position(|name| name == "Created").unwrap();
    assert!(headers.iter().filter(|name| *name == "Comment").count() > 5);
    let comment = headers.iter().position(|name| name == "Comment").unwrap();
    for row in reader.records() {
        let row = row.unwrap();
        let parsed = chrono::NaiveDateTime::parse_from_str(&row[created], "%d/%b/%y %I:%M %p");
        assert!(parsed.is_ok(), "{}", &row[created]);
        let mut parts = row[comment].splitn(3, ';');
        if let (Some(date), Some(account)) = (parts.next().filter(|d| !d.is_empty()), parts.next())
        {
            assert!(date.ends_with('M') && account.len() == 24, "{}", &row[comment]);
        }
    }
}

#[test]
fn no_one_but_the_robot_works_on_holidays() {
    let world = world(2, Catalogue::A);
    let bytes = jira(&world);
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let headers = reader.headers().unwrap().clone();
    let at = |name: &str| headers.iter().position(|h| h == name).unwrap();
    let (created, creator) = (at("Created"), at("Creator"));
    let on_holiday = reader.records().map(Result::unwrap).filter(|row| {
        row[created].starts_with("21/Jul/25") || row[created].starts_with("06/Apr/26")
    });
    for row in on_holiday {
        assert_eq!(&row[creator], "Monitoring Bot");
    }
}

#[test]
fn chat_is_marked_up_as_slack_stores_it() {
    let files = slack_files(&slack(&world(1, Catalogue::A)));
    let users: BTreeSet<&str> = files["users.json"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["id"].as_str().unwrap())
        .collect();
    let messages = files.iter().filter(|(name, _)| name.contains('/')).map(|(_, list)| list);
    let (mut mentions, mut links, mut joins) = (0, 0, 0);
    for message in messages.flat_map(|list| list.as_array().unwrap()) {
        let text = message["text"].as_str().unwrap();
        if let Some(id) = text.strip_prefix("<@").and_then(|rest| rest.split('>').next()) {
            assert!(users.contains(id), "{text}");
            mentions += 1;
        }
        links += usize::from(text.contains("/browse/"));
        joins += usize::from(message["subtype"] == "channel_join");
        assert!(!text.contains("& "), "{text}");
    }
    assert!(mentions > 50 && links > 20 && joins > 5, "{mentions} {links} {joins}");
}
