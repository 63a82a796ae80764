//! Operations logs of the `!log` kind: Markdown with `## YYYY-MM-DD` and `* HH:MM user: message`.
//!
//! Times are universal time, as these logs are kept. What stands in an entry is taken as typed:
//! shell commands are full of characters that Markdown would take for emphasis.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use chrono::{NaiveDate, NaiveTime};
use kompel_model::{
    Effect, FindingCode, MemberRef, Message, Name, Party, Phrase, Reading, SourceKind,
};
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};
use regex::Regex;
use sha2::{Digest, Sha256};

use super::collect::Collected;
use crate::{Error, Input, Options, encoding, formats::Sample, names::Names, text::shorten};

/// True for Markdown with dated headings and timed entries.
pub(crate) fn recognise(sample: &Sample) -> bool {
    let dated = DATED.is_match(&sample.text);
    dated && TIMED.is_match(&sample.text) && !sample.is_workbook() && !sample.is_json()
}

/// Reads one log, or a folder of them as one.
///
/// # Errors
/// If no file holds an entry.
pub(crate) fn read(input: &Input, options: &Options<'_>) -> Result<Reading, Error> {
    let mut collected = Collected::new(input.name(), options.limits);
    let parts = input.parts(&options.limits, &mut collected.findings)?;
    let mut files = Vec::new();
    for part in &parts {
        let (text, bad) = encoding::decode(&part.bytes(&options.limits)?);
        collected.findings.in_file(&part.name);
        if bad {
            let detail = Phrase::new("detail-bytes-replaced");
            collected.findings.add(None, "", FindingCode::BadEncoding, Effect::Repaired, detail);
        }
        let entries = entries_of(&text);
        if entries.is_empty() {
            let detail = Phrase::new("detail-no-entries");
            collected.findings.add(None, "", FindingCode::UnknownFile, Effect::Kept, detail);
        }
        files.push((part.name.clone(), text, entries));
    }
    let users: BTreeSet<String> =
        files.iter().flat_map(|(_, text, entries)| users_of(text, entries)).collect();
    let mut names = Names::default();
    for (name, text, entries) in &files {
        collected.findings.in_file(name);
        for (index, entry) in entries.iter().enumerate() {
            if collected.count_row() {
                let row = index as u64 + 1;
                take(
                    row,
                    entry,
                    &text[entry.range.clone()],
                    &users,
                    &mut names,
                    &mut collected,
                    options,
                );
            }
        }
        (options.progress)(collected.rows());
    }
    if collected.rows() == 0 {
        let expected =
            "operations log: it has no \"## YYYY-MM-DD\" with \"* HH:MM\" entries".to_owned();
        return Err(Error::WrongFormat { file: input.name().to_owned(), expected });
    }
    Ok(collected.finish())
}

struct Entry {
    date: Option<NaiveDate>,
    range: Range<usize>,
}

/// The list items under dated headings, as ranges of the source.
fn entries_of(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut date = None;
    let mut dated = false;
    let mut heading = None;
    let mut depth = 0_usize;
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) if level <= HeadingLevel::H3 => {
                heading = Some(range);
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some(range) = heading.take() {
                    let title = text[range].trim_matches(|c: char| c == '#' || c.is_whitespace());
                    date = title.get(..10).and_then(|t| t.parse::<NaiveDate>().ok());
                    dated |= date.is_some();
                }
            }
            Event::Start(Tag::Item) => {
                depth += 1;
                if depth == 1
                    && (date.is_some() || dated && TIME.is_match(body(&text[range.clone()])))
                {
                    entries.push(Entry { date, range });
                }
            }
            Event::End(TagEnd::Item) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    entries
}

fn users_of(text: &str, entries: &[Entry]) -> BTreeSet<String> {
    let mut users: BTreeMap<String, usize> = BTreeMap::new();
    for entry in entries {
        if let Some(found) = ENTRY.captures(body(&text[entry.range.clone()]))
            && let Some(user) = found.name("user")
        {
            *users.entry(user.as_str().to_owned()).or_default() += 1;
        }
    }
    users.into_keys().collect()
}

fn take(
    row: u64,
    entry: &Entry,
    source: &str,
    users: &BTreeSet<String>,
    names: &mut Names,
    collected: &mut Collected,
    options: &Options<'_>,
) {
    let body = body(source);
    let time = TIME.captures(body).and_then(|found| {
        NaiveTime::from_hms_opt(found[1].parse().ok()?, found[2].parse().ok()?, 0)
    });
    let (Some(date), Some(time)) = (entry.date, time) else {
        let detail = Phrase::new("detail-entry-no-time");
        return collected.skip(row, "", FindingCode::MissingTime, detail);
    };
    let rest = body[TIME.find(body).map_or(0, |m| m.end())..].trim();
    let said = speaker(rest, users);
    let words = linked(said.words.trim());
    let (words, cut) = shorten(&words, options.limits.text_bytes);
    if words.is_empty() {
        return collected.skip(
            row,
            "",
            FindingCode::MissingText,
            Phrase::new("detail-entry-no-text"),
        );
    }
    if cut {
        let detail = Phrase::new("detail-cut-at").count("limit", options.limits.text_bytes as u64);
        collected.findings.add(row, "", FindingCode::TooLong, Effect::Repaired, detail);
    }
    let author = said.user.and_then(|user| names.person(user));
    if said.robot
        && let Some(author) = &author
    {
        collected.party(author, Party { robot: true, role: None });
    }
    let digest = Sha256::digest(format!("{}\n{words}", said.user.unwrap_or_default()));
    let mark: String = digest.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
    let at = date.and_time(time);
    let key: Name = format!("{CHANNEL}/{}-{mark}", at.format("%Y-%m-%dT%H:%M")).into();
    let message = Message {
        id: MemberRef { source: SourceKind::AdminLog, key },
        channel: CHANNEL.into(),
        at: at.and_utc(),
        author,
        text: words.to_owned(),
        thread: None,
        robot: said.robot,
        edited: None,
        reactions: Vec::new(),
    };
    collected.take(row, message);
}

/// The item without its bullet, its lines joined.
fn body(source: &str) -> &str {
    source.trim().trim_start_matches(['*', '-', '+']).trim()
}

struct Said<'a> {
    user: Option<&'a str>,
    words: &'a str,
    robot: bool,
}

/// Who wrote it: `user: …`, `[user@host] …` as a logging tool writes, or a known user's name first.
fn speaker<'a>(rest: &'a str, users: &BTreeSet<String>) -> Said<'a> {
    if let Some(found) = TOOL.captures(rest) {
        let words = &rest[found[0].len()..];
        let user = found.get(1).map_or("", |m| m.as_str());
        let host = found.get(2).map_or("", |m| m.as_str());
        return match user.is_empty() {
            false => Said { user: Some(user), words, robot: false },
            true => Said { user: Some(host), words, robot: true },
        };
    }
    if let Some(found) = SPEAKER.captures(rest)
        && let Some(user) = found.get(1)
    {
        return Said { user: Some(user.as_str()), words: &rest[found[0].len()..], robot: false };
    }
    match rest.split_once(char::is_whitespace) {
        Some((first, words)) if users.contains(first) => {
            Said { user: Some(first), words, robot: false }
        }
        Some(_) | None => Said { user: None, words: rest, robot: false },
    }
}

/// Markdown links as label and address, lines joined.
fn linked(words: &str) -> String {
    let shown = LINK.replace_all(words, "$1 ($2)");
    shown.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("the pattern is a constant")
}

static DATED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^#{1,3} \d{4}-\d{2}-\d{2}\s*$"));
static TIMED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^[*+-] +~?\d{1,2}:\d{2}\b"));
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^~?(\d{1,2}):(\d{2})(?::\d{2})?(?: ?[-–] ?\d{1,2}:\d{2})?(?: UTC)?:?")
});
static SPEAKER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^([^\s:/<>\[\]`'(),;]{1,40}) ?:(?:\s+|$)"));
static ENTRY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^~?\d{1,2}:\d{2} (?P<user>[^\s:/<>\[\]`'(),;]{1,40}): "));
static TOOL: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\\?\[([\w.|-]*)@([\w.-]+)\\?\]:?\s*"));
static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[([^\]\[\n]*)\]\((https?://[^)\s]+)\)"));

const CHANNEL: &str = "admin-log";
