//! Slack exports: a folder or zip with `users.json`, `channels.json` and a file per channel and day.
//!
//! # Source
//! Slack, "How to read Slack data exports"; message shapes as `conversations.history` gives them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::DateTime;
use kompel_model::{
    Effect, FindingCode, MemberRef, Message, Name, Party, PersonId, Phrase, Reaction, Reading,
    SourceKind, Timestamp,
};
use regex::Regex;
use serde_json::Value;

use super::collect::{Collected, notice};
use crate::{Error, Input, Options, formats::Sample, input::Part, names::Names, text::shorten};

/// True for an export of a Slack workspace, whole or some channels of it.
pub(crate) fn recognise(sample: &Sample) -> bool {
    let days = sample.names.iter().filter(|name| day_file(name).is_some()).count();
    let known = sample.names.iter().any(|name| file_name(name) == "users.json");
    days > 0 && (known || sample.has_keys(&["type", "ts"]))
}

/// Reads an export.
///
/// # Errors
/// If no file of it is a day of a channel.
pub(crate) fn read(input: &Input, options: &Options<'_>) -> Result<Reading, Error> {
    let mut collected = Collected::new(input.name(), options.limits);
    let parts = input.parts(&options.limits, &mut collected.findings)?;
    let mut export = Export::default();
    for part in &parts {
        export.learn(part, options)?;
    }
    let mut days = 0;
    for part in &parts {
        let Some(folder) = day_file(&part.name) else {
            export.note_unknown(part, &mut collected);
            continue;
        };
        days += 1;
        let channel = export.channel(folder);
        collected.findings.in_file(&part.name);
        read_day(part, &channel, &mut export, &mut collected, options)?;
    }
    if days == 0 {
        let expected = "Slack export: it has no channel/YYYY-MM-DD.json".to_owned();
        return Err(Error::WrongFormat { file: input.name().to_owned(), expected });
    }
    Ok(collected.finish())
}

fn read_day(
    part: &Part<'_>,
    channel: &Name,
    export: &mut Export,
    collected: &mut Collected,
    options: &Options<'_>,
) -> Result<(), Error> {
    let bytes = part.bytes(&options.limits)?;
    let Ok(Value::Array(messages)) = serde_json::from_slice::<Value>(&bytes) else {
        collected.count_row();
        collected.skip(1, "", FindingCode::BadRow, Phrase::new("detail-no-messages"));
        return Ok(());
    };
    for (index, value) in messages.iter().enumerate() {
        if !collected.count_row() {
            continue;
        }
        let row = index as u64 + 1;
        export.message(row, value, channel, collected, options);
        if collected.rows().is_multiple_of(10_000) {
            (options.progress)(collected.rows());
        }
    }
    Ok(())
}

/// What the export says of users and channels.
#[derive(Debug, Default)]
struct Export {
    users: BTreeMap<String, User>,
    channels: BTreeMap<String, String>,
    folders: BTreeMap<String, Name>,
    unknown_users: BTreeSet<String>,
    names: Names,
}

#[derive(Debug, Clone)]
struct User {
    name: String,
    party: Party,
}

impl Export {
    fn learn(&mut self, part: &Part<'_>, options: &Options<'_>) -> Result<(), Error> {
        let name = file_name(&part.name);
        if !LISTS.contains(&name) {
            return Ok(());
        }
        let bytes = part.bytes(&options.limits)?;
        let Ok(Value::Array(entries)) = serde_json::from_slice::<Value>(&bytes) else {
            return Ok(());
        };
        for entry in &entries {
            let Some(id) = text(entry, "id") else { continue };
            if matches!(name, "users.json" | "org_users.json") {
                self.users.insert(id.to_owned(), user(entry, id));
            } else if let Some(channel) = text(entry, "name").filter(|n| !n.starts_with("mpdm-")) {
                self.channels.insert(id.to_owned(), channel.to_owned());
            } else {
                // A group's folder is named after its members: its id says nothing of them.
                let shown: Name = format!("dm-{id}").into();
                self.folders.insert(text(entry, "name").unwrap_or(id).to_owned(), shown);
            }
        }
        Ok(())
    }

    fn note_unknown(&self, part: &Part<'_>, collected: &mut Collected) {
        let name = file_name(&part.name);
        collected.findings.in_file(&part.name);
        if LISTS.contains(&name) {
            if name == "users.json" && self.users.is_empty() {
                let detail = Phrase::new("detail-no-users");
                let (code, effect) = (FindingCode::BadType, Effect::Kept);
                collected.findings.add(None, "", code, effect, detail);
            }
        } else if !SILENT.contains(&name) {
            let detail = Phrase::new("detail-holds-no-messages");
            collected.findings.add(None, "", FindingCode::UnknownFile, Effect::Kept, detail);
        }
    }

    fn channel(&self, folder: &str) -> Name {
        match self.folders.get(folder) {
            Some(shown) => shown.clone(),
            None if folder.starts_with("mpdm-") => "dm-group".into(),
            None => self.channels.get(folder).map_or(folder, String::as_str).into(),
        }
    }

    fn message(
        &mut self,
        row: u64,
        value: &Value,
        channel: &Name,
        collected: &mut Collected,
        options: &Options<'_>,
    ) {
        let subtype = text(value, "subtype").unwrap_or_default();
        if !value.is_object() {
            return collected.skip(row, "", FindingCode::BadType, Phrase::new("detail-no-object"));
        }
        if SYSTEM.contains(&subtype) {
            let detail = notice(subtype);
            return collected.skip(row, "subtype", FindingCode::SystemMessage, detail);
        }
        let Some((ts, at)) = text(value, "ts").and_then(|ts| Some((ts, moment(ts)?))) else {
            return collected.skip(
                row,
                "ts",
                FindingCode::MissingTime,
                Phrase::new("detail-no-time"),
            );
        };
        let author = self.author(row, value, subtype, collected);
        let words = self.words(value);
        let (words, cut) = shorten(words.trim(), options.limits.text_bytes);
        if words.is_empty() {
            return collected.skip(
                row,
                "text",
                FindingCode::MissingText,
                Phrase::new("detail-message-no-text"),
            );
        }
        if cut {
            let detail =
                Phrase::new("detail-cut-at").count("limit", options.limits.text_bytes as u64);
            collected.findings.add(row, "text", FindingCode::TooLong, Effect::Repaired, detail);
        }
        let key = |ts: &str| -> Name { format!("{channel}/{ts}").into() };
        let thread = text(value, "thread_ts")
            .filter(|thread| *thread != ts || number(value, "reply_count") > 0)
            .map(key);
        let message = Message {
            id: MemberRef { source: SourceKind::Slack, key: key(ts) },
            channel: channel.clone(),
            at,
            author: author.id,
            text: words.to_owned(),
            thread,
            robot: author.robot,
            edited: value.get("edited").and_then(|e| text(e, "ts")).and_then(moment),
            reactions: self.reactions(value),
        };
        collected.take(row, message);
    }

    fn author(
        &mut self,
        row: u64,
        value: &Value,
        subtype: &str,
        collected: &mut Collected,
    ) -> Author {
        let user = text(value, "user").filter(|id| !id.is_empty());
        let bot = subtype == "bot_message" || value.get("bot_id").is_some_and(|id| !id.is_null());
        if let Some(id) = user {
            if !self.users.contains_key(id) && self.unknown_users.insert(id.to_owned()) {
                let detail = Phrase::new("detail-unknown-user");
                let (code, effect) = (FindingCode::DanglingReference, Effect::Kept);
                collected.findings.add(row, "user", code, effect, detail);
            }
            let own = value.get("user_profile").and_then(|p| text(p, "real_name"));
            let known = self.users.get(id).cloned();
            let name = known.as_ref().map(|u| u.name.clone()).or_else(|| own.map(str::to_owned));
            let mut party = known.map(|u| u.party).unwrap_or_default();
            party.robot |= bot;
            let id = self.names.person(&name.unwrap_or_else(|| id.to_owned()));
            let robot = party.robot;
            id.iter().for_each(|id| collected.party(id, party.clone()));
            return Author { id, robot };
        }
        let profile = value.get("bot_profile");
        let name = text(value, "username").or_else(|| profile.and_then(|p| text(p, "name")));
        let name = name.or_else(|| text(value, "bot_id")).unwrap_or_default().to_owned();
        let id = self.names.person(&name);
        if bot {
            id.iter().for_each(|id| collected.party(id, Party { robot: true, role: None }));
        }
        Author { id, robot: bot }
    }

    fn reactions(&mut self, value: &Value) -> Vec<Reaction> {
        let mut reactions = Vec::new();
        for reaction in list(value, "reactions") {
            let Some(name) = text(reaction, "name").and_then(|n| self.names.name(n)) else {
                continue;
            };
            let ids = list(reaction, "users").iter().filter_map(Value::as_str);
            let mut by: Vec<PersonId> =
                ids.filter_map(|id| self.shown(id).map(|n| PersonId::new(&n))).collect();
            by.sort();
            by.dedup();
            reactions.push(Reaction { name, by });
        }
        reactions.sort_by(|a, b| a.name.cmp(&b.name));
        reactions
    }

    fn shown(&self, id: &str) -> Option<String> {
        let name = self.users.get(id).map_or(id, |user| user.name.as_str());
        (!name.is_empty()).then(|| name.to_owned())
    }

    /// The message's words: its text, else its blocks, attachments and files.
    fn words(&self, value: &Value) -> String {
        let own = self.plain(text(value, "text").unwrap_or_default());
        if !own.trim().is_empty() {
            return own;
        }
        let mut words = String::new();
        for block in list(value, "blocks") {
            self.block(block, 0, &mut words);
            words.push('\n');
        }
        for attachment in list(value, "attachments") {
            let before = words.len();
            for field in ["pretext", "title", "text"] {
                if let Some(part) = text(attachment, field).filter(|part| !part.is_empty()) {
                    words.push_str(&self.plain(part));
                    words.push('\n');
                }
            }
            if words.len() == before {
                words.push_str(&self.plain(text(attachment, "fallback").unwrap_or_default()));
            }
        }
        if words.trim().is_empty() {
            for file in list(value, "files").iter().chain(value.get("file")) {
                let title = text(file, "title").or_else(|| text(file, "name"));
                words.push_str(title.unwrap_or_default());
                words.push('\n');
            }
            let comment = value.get("comment").and_then(|c| text(c, "comment"));
            words.push_str(&self.plain(comment.unwrap_or_default()));
        }
        words
    }

    fn block(&self, block: &Value, depth: usize, words: &mut String) {
        if depth > MAX_DEPTH {
            return;
        }
        let kind = text(block, "type").unwrap_or_default();
        match (kind, block) {
            ("user", _) => {
                let id = text(block, "user_id").unwrap_or_default();
                words.push('@');
                words.push_str(&self.shown(id).unwrap_or_default());
            }
            ("emoji", _) => {
                words.push_str(&format!(":{}:", text(block, "name").unwrap_or_default()));
            }
            ("link", _) => {
                let url = text(block, "url").unwrap_or_default();
                match text(block, "text").filter(|label| !label.is_empty() && *label != url) {
                    Some(label) => words.push_str(&format!("{label} ({url})")),
                    None => words.push_str(url),
                }
            }
            (_, Value::Array(items)) => {
                items.iter().for_each(|item| self.block(item, depth + 1, words));
            }
            (_, Value::Object(fields)) => {
                if let Some(part) = fields.get("text").and_then(Value::as_str) {
                    words.push_str(&self.plain(part));
                }
                for name in ["text", "elements", "fields"] {
                    if let Some(inner) = fields.get(name).filter(|v| !v.is_string()) {
                        self.block(inner, depth + 1, words);
                    }
                }
                if kind.starts_with("rich_text_") {
                    words.push('\n');
                }
            }
            (_, Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {}
        }
    }

    /// Slack's markup as plain text.
    fn plain(&self, marked: &str) -> String {
        let replaced = MARKED.replace_all(marked, |found: &regex::Captures<'_>| {
            let inner = &found[1];
            let (target, label) = match inner.split_once('|') {
                Some((target, label)) => (target, Some(label).filter(|l| !l.is_empty())),
                None => (inner, None),
            };
            self.reference(target, label)
        });
        let plain = replaced.replace("&lt;", "<").replace("&gt;", ">");
        plain.replace("&amp;", "&")
    }

    fn reference(&self, target: &str, label: Option<&str>) -> String {
        match target.split_at_checked(1) {
            Some(("@", id)) => match self.users.get(id) {
                Some(user) => format!("@{}", user.name),
                None => format!("@{}", label.unwrap_or(id)),
            },
            Some(("#", id)) => {
                let name = self.channels.get(id).map(String::as_str);
                format!("#{}", label.or(name).unwrap_or(id))
            }
            Some(("!", special)) => match label {
                Some(label) => label.to_owned(),
                None => format!("@{}", special.split('^').next().unwrap_or(special)),
            },
            Some(_) | None => match label {
                Some(label) if target.starts_with("mailto:") || target.contains(label) => {
                    target.trim_start_matches("mailto:").to_owned()
                }
                Some(label) => format!("{label} ({target})"),
                None => target.to_owned(),
            },
        }
    }
}

struct Author {
    id: Option<PersonId>,
    robot: bool,
}

fn user(entry: &Value, id: &str) -> User {
    let profile = entry.get("profile").unwrap_or(&Value::Null);
    let names = [
        text(profile, "real_name"),
        text(entry, "real_name"),
        text(profile, "display_name"),
        text(entry, "name"),
    ];
    let name = names.into_iter().flatten().map(str::trim).find(|name| !name.is_empty());
    let flag = |name: &str| entry.get(name).and_then(Value::as_bool).unwrap_or(false);
    let robot = flag("is_bot") || flag("is_workflow_bot") || id == "USLACKBOT";
    let role = text(profile, "title").map(str::trim).filter(|t| !t.is_empty());
    let party = Party { robot, role: role.map(str::to_owned) };
    User { name: name.unwrap_or(id).to_owned(), party }
}

/// The folder of a channel's day file.
fn day_file(path: &str) -> Option<&str> {
    let (folder, file) = path.rsplit_once('/')?;
    let day = file.strip_suffix(".json")?;
    let digits = |text: &str, len| text.len() == len && text.bytes().all(|b| b.is_ascii_digit());
    let mut parts = day.split('-');
    let date = digits(parts.next()?, 4) && digits(parts.next()?, 2) && digits(parts.next()?, 2);
    (date && parts.next().is_none()).then(|| file_name(folder))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn moment(ts: &str) -> Option<Timestamp> {
    let (seconds, fraction) = ts.split_once('.').unwrap_or((ts, "0"));
    let micros: u32 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    let seconds: i64 = seconds.parse().ok()?;
    DateTime::from_timestamp(seconds, micros * 1_000)
        .filter(|_| (0..=MAX_SECONDS).contains(&seconds))
}

fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field)?.as_str()
}

fn number(value: &Value, field: &str) -> u64 {
    value.get(field).and_then(Value::as_u64).unwrap_or(0)
}

fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

static MARKED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"<([^<>\n]+)>").expect("the pattern is a constant"));

const MAX_DEPTH: usize = 32;
const MAX_SECONDS: i64 = 7_258_118_400;

const LISTS: &[&str] =
    &["users.json", "org_users.json", "channels.json", "groups.json", "dms.json", "mpims.json"];

const SILENT: &[&str] = &[
    "integration_logs.json",
    "canvases.json",
    "huddle_transcripts.json",
    "file_conversations.json",
    "lists.json",
    "truth.json",
];

const SYSTEM: &[&str] = &[
    "channel_join",
    "channel_leave",
    "channel_topic",
    "channel_purpose",
    "channel_name",
    "channel_archive",
    "channel_unarchive",
    "channel_convert_to_private",
    "channel_convert_to_public",
    "channel_posting_permissions",
    "channel_canvas_updated",
    "group_join",
    "group_leave",
    "group_topic",
    "group_purpose",
    "group_name",
    "group_archive",
    "group_unarchive",
    "pinned_item",
    "unpinned_item",
    "bot_add",
    "bot_remove",
    "bot_enable",
    "bot_disable",
    "reminder_add",
    "reminder_delete",
    "tombstone",
    "message_deleted",
    "message_changed",
    "message_replied",
    "huddle_thread",
    "sh_room_created",
    "sh_room_shared",
    "joiner_notification",
    "joiner_notification_for_inviter",
    "app_conversation_join",
    "ekm_access_denied",
];
