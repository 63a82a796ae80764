//! Microsoft Teams messages as Graph returns them: collections of `chatMessage`.
//!
//! # Source
//! Microsoft Graph v1.0, resource type `chatMessage`.

use kompel_model::{
    Effect, FindingCode, MemberRef, Message, Name, Party, PersonId, Phrase, Reaction, Reading,
    SourceKind, Timestamp,
};
use serde_json::Value;

use super::collect::{Collected, notice};
use crate::{
    Error, Input, Options, encoding,
    formats::Sample,
    input::Part,
    names::Names,
    text::{Markup, clean},
};

/// True for JSON with Graph's chat messages.
pub(crate) fn recognise(sample: &Sample) -> bool {
    sample.has_keys(&["createdDateTime", "messageType", "body"])
}

/// Reads one collection, or a folder of them.
///
/// # Errors
/// If no file is JSON with messages.
pub(crate) fn read(input: &Input, options: &Options<'_>) -> Result<Reading, Error> {
    let mut reader = Teams {
        collected: Collected::new(input.name(), options.limits),
        names: Names::default(),
        options,
        row: 0,
    };
    let parts = input.parts(&options.limits, &mut reader.collected.findings)?;
    for part in &parts {
        reader.file(part, parts.len() > 1)?;
    }
    if reader.collected.rows() == 0 {
        let expected = "collection of Teams messages (\"value\": [chatMessage…])".to_owned();
        return Err(Error::WrongFormat { file: input.name().to_owned(), expected });
    }
    Ok(reader.collected.finish())
}

struct Teams<'a> {
    collected: Collected,
    names: Names,
    options: &'a Options<'a>,
    row: u64,
}

impl Teams<'_> {
    fn file(&mut self, part: &Part<'_>, one_of_many: bool) -> Result<(), Error> {
        let (text, _) = encoding::decode(&part.bytes(&self.options.limits)?);
        self.collected.findings.in_file(&part.name);
        self.row = 0;
        let name = channel_of_file(&part.name);
        let mut met = 0;
        for document in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
            met += 1;
            match document {
                Ok(document) => self.document(&document, &name),
                Err(source) if !one_of_many && self.collected.rows() == 0 => {
                    return Err(Error::Json { file: part.name.clone(), source });
                }
                Err(_) => {
                    self.collected.count_row();
                    let detail = Phrase::new("detail-json-breaks-off");
                    self.collected.skip(self.row + 1, "", FindingCode::BadRow, detail);
                    break;
                }
            }
        }
        if met == 0 {
            let detail = Phrase::new("detail-empty-file");
            self.collected.findings.add(None, "", FindingCode::UnknownFile, Effect::Kept, detail);
        }
        Ok(())
    }

    /// A collection (`value`), a plain array, or one message.
    fn document(&mut self, document: &Value, file: &str) {
        let named = ["channelName", "channel", "displayName", "topic"];
        let name = named.iter().find_map(|field| text(document, field)).unwrap_or(file);
        let lists = ["value", "messages"].into_iter().filter_map(|f| document.get(f)?.as_array());
        match document {
            Value::Array(messages) => messages.iter().for_each(|m| self.message(m, file, None)),
            Value::Object(_) if document.get("messageType").is_some() => {
                self.message(document, file, None);
            }
            Value::Object(_)
            | Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_) => {
                lists.flatten().for_each(|m| self.message(m, name, None));
            }
        }
    }

    fn message(&mut self, value: &Value, file: &str, parent: Option<&str>) {
        self.row += 1;
        let row = self.row;
        if !self.collected.count_row() {
            return;
        }
        if row.is_multiple_of(10_000) {
            (self.options.progress)(self.collected.rows());
        }
        let channel = self.channel(value, file);
        self.one(row, value, &channel, parent);
        if parent.is_none()
            && let Some(replies) = value.get("replies").and_then(Value::as_array)
        {
            let id = text(value, "id").unwrap_or_default();
            replies.iter().for_each(|reply| self.message(reply, &channel, Some(id)));
        }
    }

    fn one(&mut self, row: u64, value: &Value, channel: &Name, parent: Option<&str>) {
        let Some(id) = text(value, "id").filter(|id| !id.is_empty()) else {
            return self.collected.skip(
                row,
                "id",
                FindingCode::MissingKey,
                Phrase::new("detail-message-no-id"),
            );
        };
        let kind = text(value, "messageType").unwrap_or("message");
        if kind != "message" {
            let known = SYSTEM.contains(&kind);
            let detail = if known { notice(kind) } else { Phrase::new("detail-notice") };
            return self.collected.skip(row, "messageType", FindingCode::SystemMessage, detail);
        }
        if time(value, "deletedDateTime").is_some() {
            let detail = Phrase::new("detail-deleted");
            return self.collected.skip(row, "deletedDateTime", FindingCode::MissingText, detail);
        }
        let Some(at) = time(value, "createdDateTime") else {
            let detail = Phrase::new("detail-no-time");
            return self.collected.skip(row, "createdDateTime", FindingCode::MissingTime, detail);
        };
        let words = self.words(row, value);
        if words.is_empty() {
            return self.collected.skip(
                row,
                "body",
                FindingCode::MissingText,
                Phrase::new("detail-message-no-text"),
            );
        }
        let (author, robot) = self.author(value);
        let key = |id: &str| -> Name { format!("{channel}/{id}").into() };
        let first = text(value, "replyToId").filter(|id| !id.is_empty()).or(parent);
        let message = Message {
            id: MemberRef { source: SourceKind::Teams, key: key(id) },
            channel: channel.clone(),
            at,
            author,
            text: words,
            thread: first.map(key),
            robot,
            edited: time(value, "lastEditedDateTime"),
            reactions: self.reactions(value),
        };
        self.collected.take(row, message);
    }

    /// The channel's name from the file, else the id that the message carries.
    fn channel(&mut self, value: &Value, file: &str) -> Name {
        if !file.is_empty() {
            return self.names.name(file).unwrap_or_else(|| "teams".into());
        }
        let identity = value.get("channelIdentity").and_then(|c| text(c, "channelId"));
        let id = identity.or_else(|| text(value, "chatId")).unwrap_or("teams");
        self.names.name(id).unwrap_or_else(|| "teams".into())
    }

    fn words(&mut self, row: u64, value: &Value) -> String {
        let body = value.get("body").unwrap_or(&Value::Null);
        let content = text(body, "content").unwrap_or_default();
        let html = text(body, "contentType").is_some_and(|kind| kind.eq_ignore_ascii_case("html"));
        let cleaned = if html {
            clean(&content.replace("<at ", "@<at "), Markup::Html, &self.options.limits)
        } else {
            clean(content, Markup::Plain, &self.options.limits)
        };
        if cleaned.cut {
            let detail =
                Phrase::new("detail-cut-at").count("limit", self.options.limits.text_bytes as u64);
            let (code, effect) = (FindingCode::TooLong, Effect::Repaired);
            self.collected.findings.add(row, "body", code, effect, detail);
        }
        let subject = text(value, "subject").unwrap_or_default().trim();
        let mut words = [subject, cleaned.text.trim()].join("\n").trim().to_owned();
        if words.is_empty() {
            let attachments = value.get("attachments").and_then(Value::as_array);
            for attachment in attachments.into_iter().flatten() {
                let name = text(attachment, "name").filter(|n| !n.is_empty());
                words.push_str(name.or_else(|| text(attachment, "teamsAppId")).unwrap_or_default());
                words.push('\n');
            }
        }
        words.trim().to_owned()
    }

    fn author(&mut self, value: &Value) -> (Option<PersonId>, bool) {
        let from = value.get("from").unwrap_or(&Value::Null);
        let name = |part: &str| {
            let identity = from.get(part)?;
            text(identity, "displayName").filter(|n| !n.is_empty()).or_else(|| text(identity, "id"))
        };
        if let Some(user) = name("user") {
            return (self.names.person(user), false);
        }
        let robot = name("application").or_else(|| name("device"));
        let id = robot.and_then(|name| self.names.person(name));
        if let Some(id) = &id {
            self.collected.party(id, Party { robot: true, role: None });
        }
        (id, robot.is_some())
    }

    fn reactions(&mut self, value: &Value) -> Vec<Reaction> {
        let mut reactions: Vec<Reaction> = Vec::new();
        for given in value.get("reactions").and_then(Value::as_array).into_iter().flatten() {
            let Some(name) = text(given, "reactionType").and_then(|n| self.names.name(n)) else {
                continue;
            };
            let user = given.get("user").and_then(|u| u.get("user"));
            let shown = user.and_then(|u| text(u, "displayName").or_else(|| text(u, "id")));
            let by = shown.and_then(|name| self.names.person(name));
            match reactions.iter_mut().find(|r| r.name == name) {
                Some(reaction) => reaction.by.extend(by),
                None => reactions.push(Reaction { name, by: by.into_iter().collect() }),
            }
        }
        for reaction in &mut reactions {
            reaction.by.sort();
            reaction.by.dedup();
        }
        reactions.sort_by(|a, b| a.name.cmp(&b.name));
        reactions
    }
}

/// A channel's name from a file's, unless that only says what the file is.
fn channel_of_file(path: &str) -> String {
    let mut steps = path.rsplit('/');
    let file = steps.next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    if !GENERIC.contains(&stem.to_lowercase().as_str()) {
        return stem.to_owned();
    }
    steps.next().unwrap_or_default().to_owned()
}

fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field)?.as_str()
}

fn time(value: &Value, field: &str) -> Option<Timestamp> {
    let moment = chrono::DateTime::parse_from_rfc3339(text(value, field)?).ok()?;
    Some(moment.to_utc())
}

const GENERIC: &[&str] =
    &["messages", "message", "chatmessages", "export", "replies", "value", "teams"];

const SYSTEM: &[&str] = &["systemEventMessage", "chatEvent", "typing", "unknownFutureValue"];
