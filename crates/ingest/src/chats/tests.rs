//! The chat readers at their boundary: files in, messages and findings out.

use std::path::Path;

use kompel_model::{Effect, FindingCode, Message, Reading};
use proptest::prelude::*;

use crate::{Format, Input, Options, detect, read};

fn folder(files: &[(&str, &str)]) -> Input {
    let files = files.iter().map(|(n, t)| ((*n).to_owned(), t.as_bytes().to_vec())).collect();
    Input::Folder { name: "export".to_owned(), files }
}

fn reading(format: Format, input: &Input) -> Reading {
    assert_eq!(detect(input), Some(format));
    let reading = read(format, input, &Options::default()).unwrap();
    assert!(reading.adds_up(), "{:?} {:?}", reading.counts, reading.findings);
    reading
}

fn message<'a>(reading: &'a Reading, key: &str) -> &'a Message {
    reading.log.messages.iter().find(|m| &*m.id.key == key).unwrap()
}

const USERS: &str = r#"[
 {"id":"U1","name":"jan","real_name":"Jan Janssens","profile":{"title":"IT Manager"}},
 {"id":"U2","name":"bot","is_bot":true,"profile":{"real_name":"Deploy"}}]"#;
const CHANNELS: &str = r#"[{"id":"C1","name":"ops"}]"#;
const DAY: &str = r#"[
 {"type":"message","user":"U1","text":"<@U1> zie <https://x.be|de wiki> &amp; <#C1|ops>","ts":"1700000000.123456","reply_count":1,
  "reactions":[{"name":"ok","users":["U2","U1"]}]},
 {"type":"message","user":"U9","text":"gedaan","ts":"1700000060.000100","thread_ts":"1700000000.123456","edited":{"ts":"1700000099.0"}},
 {"type":"message","subtype":"bot_message","username":"nagios","bot_id":"B1","text":"","attachments":[{"title":"DOWN","text":"srv1"}],"ts":"1700000070.0"},
 {"type":"message","subtype":"channel_join","user":"U1","text":"joined","ts":"1700000080.0"},
 {"type":"message","user":"U1","ts":"1700000090.0","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"ik herstart "},{"type":"user","user_id":"U1"}]}]}]},
 {"type":"message","user":"U1","text":"geen tijd"}, 7]"#;

#[test]
fn a_slack_export_gives_threads_robots_mentions_and_findings() {
    let again = r#"[{"type":"message","user":"U9","text":"gedaan","ts":"1700000060.000100"}]"#;
    let files = [
        ("users.json", USERS),
        ("channels.json", CHANNELS),
        ("ops/2023-11-14.json", DAY),
        ("ops/2023-11-15.json", again),
        ("readme.txt", "hello"),
    ];
    let reading = reading(Format::Slack, &folder(&files));
    let first = message(&reading, "ops/1700000000.123456");
    assert_eq!(first.text, "@Jan Janssens zie de wiki (https://x.be) & #ops");
    assert_eq!(first.thread.as_deref(), Some("ops/1700000000.123456"));
    assert_eq!(first.reactions[0].by.len(), 2);
    let reply = message(&reading, "ops/1700000060.000100");
    assert_eq!(reply.thread, first.thread);
    assert!(reply.edited.is_some());
    assert_eq!(reply.author.as_ref().unwrap().as_str(), "U9");
    let alert = message(&reading, "ops/1700000070.0");
    assert!(alert.robot);
    assert_eq!(alert.text, "DOWN\nsrv1");
    assert_eq!(message(&reading, "ops/1700000090.0").text, "ik herstart @Jan Janssens");
    let roles: Vec<_> = reading.log.people.values().filter_map(|p| p.role.as_deref()).collect();
    assert_eq!(roles, ["IT Manager"]);
    for code in [
        FindingCode::SystemMessage,
        FindingCode::MissingTime,
        FindingCode::BadType,
        FindingCode::Duplicate,
        FindingCode::DanglingReference,
        FindingCode::UnknownFile,
    ] {
        assert!(reading.findings.iter().any(|f| f.code == code), "{code:?}");
    }
}

#[test]
fn teams_messages_give_replies_robots_and_plain_text() {
    let text = r#"{"value":[
     {"id":"1","messageType":"message","createdDateTime":"2024-05-01T08:00:00.1Z","from":{"user":{"id":"a","displayName":"Jan Janssens"}},
      "body":{"contentType":"html","content":"<p>Kan iemand dit <b>goedkeuren</b>?</p>"},
      "reactions":[{"reactionType":"like","user":{"user":{"displayName":"Sofie"}}}],
      "replies":[{"id":"2","replyToId":"1","messageType":"message","createdDateTime":"2024-05-01T08:05:00Z","from":{"application":{"displayName":"Flow"}},"body":{"contentType":"text","content":"ok"}}]},
     {"id":"3","messageType":"systemEventMessage","createdDateTime":"2024-05-01T08:05:00Z","body":{"contentType":"html","content":"<systemEventMessage/>"}},
     {"id":"4","messageType":"message","createdDateTime":"2024-05-01T08:06:00Z","deletedDateTime":"2024-05-01T09:00:00Z","body":{"contentType":"text","content":""}}]}"#;
    let reading = reading(Format::Teams, &Input::file("ops.json", text));
    assert_eq!(reading.counts.rows, 4);
    assert_eq!(reading.counts.records, 2);
    let first = message(&reading, "ops/1");
    assert!(first.text.contains("goedkeuren"));
    assert_eq!(first.thread.as_deref(), Some("ops/1"));
    let reply = message(&reading, "ops/2");
    assert!(reply.robot);
    assert_eq!(reply.thread, first.thread);
}

const LOG: &str = "---\ntitle: x\n---\n\n## 2018-12-31 \n\n* 22:01 paladox: depool mw1\n* 8:06 Reception|away: rm -rf /srv/** on mw*\n* 16:23: paladox closed x\n* 22:01-22:46: Lots of edits\n* 10:00 [jan@mw1] sudo x (START)\n* 10:01 [@mw1] deploy\n* no time\n\n## Information\n\nAll times UTC\n";

#[test]
fn an_admin_log_is_read_as_typed_in_whatever_order() {
    let whole = reading(Format::AdminLog, &Input::file("log.md", LOG));
    assert_eq!((whole.counts.rows, whole.counts.records), (7, 6));
    let mut said: Vec<_> = whole
        .log
        .messages
        .iter()
        .map(|m| (m.author.as_ref().map_or("", |a| a.as_str()), m.text.as_str(), m.robot))
        .collect();
    said.sort_unstable();
    let expected = [
        ("", "Lots of edits", false),
        ("Reception|away", "rm -rf /srv/** on mw*", false),
        ("jan", "sudo x (START)", false),
        ("mw1", "deploy", true),
        ("paladox", "closed x", false),
        ("paladox", "depool mw1", false),
    ];
    assert_eq!(said, expected);
    let mut lines: Vec<&str> = LOG.lines().collect();
    lines[6..13].reverse();
    let turned = reading(Format::AdminLog, &Input::file("log.md", lines.join("\n")));
    assert_eq!(whole.log, turned.log);
}

#[test]
fn the_real_admin_logs_read_with_hardly_a_row_lost() {
    let path = Path::new(SHARED).join("data/miraheze-server-admin-log");
    let Ok(entries) = std::fs::read_dir(&path) else {
        eprintln!("not run: {} is absent", path.display());
        return;
    };
    let mut files = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("Server") {
            files.push((name, std::fs::read(entry.path()).unwrap()));
        }
    }
    let reading = reading(Format::AdminLog, &Input::Folder { name: "sal".to_owned(), files });
    let lost = reading.findings.iter().filter(|f| f.effect == Effect::Skipped).count();
    let nameless = reading.log.messages.iter().filter(|m| m.author.is_none()).count();
    assert!(reading.counts.rows > 8_000);
    assert!(lost * 1_000 < reading.counts.rows as usize, "{:?}", reading.findings);
    assert!(nameless < 20);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_the_bytes_nothing_panics_and_rows_add_up(
        at in 0_usize..2_000, bytes in proptest::collection::vec(any::<u8>(), 0..40), which in 0..4,
    ) {
        let (format, sound) = match which {
            0 => (Format::Slack, DAY),
            1 => (Format::Teams, DAY),
            2 => (Format::AdminLog, LOG),
            _ => (Format::Answers, "Wat,Hoe vaak,Hoe lang\nbackups,elke dag,\"1\nuur\"\n"),
        };
        let mut text = sound.as_bytes().to_vec();
        let at = at % text.len();
        let end = (at + bytes.len() / 2).min(text.len());
        text.splice(at..end, bytes);
        let files = vec![("ops/2023-11-14.json".to_owned(), text)];
        let input = Input::Folder { name: "x".to_owned(), files };
        let _ = detect(&input);
        if let Ok(reading) = read(format, &input, &Options::default()) {
            prop_assert!(reading.adds_up());
        }
    }
}

/// The real data sets beside the clone.
const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
