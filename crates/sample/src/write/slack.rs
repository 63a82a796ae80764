//! Slack's export archive: users, channels, and a file for each channel and day.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Seek, Write},
};

use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::Error;
use crate::{
    calendar::to_utc,
    dice::{hash, mix},
    people::{base36, slug},
    record::Message,
    story::Setting,
    world::World,
};

/// A message by its time: its case and its place therein.
type Place = (String, usize, usize);

impl World {
    /// Writes the archive; days are in universal time, as Slack's are.
    ///
    /// # Errors
    /// If `out` fails.
    ///
    /// # Source
    /// Slack help centre, "How to read Slack data exports".
    pub fn slack_zip(&self, out: impl Write + Seek) -> Result<(), Error> {
        let days = self.message_days();
        let channels: BTreeSet<&str> = days.keys().map(|(channel, _)| channel.as_str()).collect();
        let mut zip = ZipWriter::new(out);
        put(&mut zip, "users.json", &self.users())?;
        put(&mut zip, "channels.json", &self.channels(&channels))?;
        put(&mut zip, "integration_logs.json", &json!([]))?;
        for ((channel, day), places) in &days {
            let list: Vec<Value> = places
                .iter()
                .map(|(_, index, i)| wire(&self.setting, &self.setting.tell(*index).messages, *i))
                .collect();
            put(&mut zip, &format!("{channel}/{day}.json"), &Value::Array(list))?;
        }
        zip.finish()?.flush()?;
        Ok(())
    }

    /// For each channel and day: the messages' times, with their cases and places therein.
    fn message_days(&self) -> BTreeMap<(String, String), Vec<Place>> {
        let mut days: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (index, _) in self.marks.iter().enumerate().filter(|(_, m)| m.messages > 0) {
            for (i, message) in self.setting.tell(index).messages.iter().enumerate() {
                let day = to_utc(message.at).format("%Y-%m-%d").to_string();
                let place = (stamp(message), index, i);
                days.entry((message.channel.clone(), day)).or_default().push(place);
            }
        }
        days.values_mut().for_each(|places| places.sort());
        days
    }

    fn users(&self) -> Value {
        let cast = &self.setting.cast;
        let members = cast.staff.clone().chain(cast.leads.clone()).chain(cast.robots.clone());
        let deciders = cast.clients.iter().flat_map(|c| c.people.start..c.people.start + 6);
        members
            .chain(deciders)
            .map(|who| {
                let person = &cast.people[who];
                json!({"id": person.slack, "team_id": TEAM, "name": person.mail.split('@').next(),
                    "deleted": false, "real_name": person.name, "tz": "Europe/Brussels",
                    "is_bot": person.robot, "is_app_user": false, "updated": 1_735_689_600,
                    "profile": {"title": person.title, "real_name": person.name,
                        "display_name": person.first, "email": person.mail, "team": TEAM}})
            })
            .collect()
    }

    fn channels(&self, names: &BTreeSet<&str>) -> Value {
        let creator = &self.setting.cast.people[self.setting.cast.leads.start].slack;
        let members: Vec<&String> = self
            .setting
            .cast
            .staff
            .clone()
            .map(|who| &self.setting.cast.people[who].slack)
            .collect();
        names
            .iter()
            .map(|name| {
                json!({"id": format!("C0{}", base36(mix(hash(name)), 8)), "name": name,
                    "created": 1_609_459_200, "creator": creator, "is_archived": false,
                    "is_general": *name == "general", "members": members,
                    "topic": {"value": "", "creator": "", "last_set": 0},
                    "purpose": {"value": "", "creator": "", "last_set": 0}})
            })
            .collect()
    }
}

const TEAM: &str = "T0KMPL3X9";

/// The message's key as Kompel's output names it: `channel/ts`.
pub(crate) fn key(message: &Message) -> String {
    format!("{}/{}", message.channel, stamp(message))
}

/// Slack's `ts`: seconds and microseconds, unique within a channel.
fn stamp(message: &Message) -> String {
    format!("{}.{:06}", to_utc(message.at).timestamp(), message.micros)
}

/// The text as Slack stores it: three characters escaped, mentions and links in angle brackets.
fn markup(setting: &Setting, message: &Message) -> String {
    let mut text = message.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    if let Some(key) = &message.link {
        let site = slug(&setting.book.provider);
        text = text.replace(key, &format!("<https://{site}.example/browse/{key}|{key}>"));
    }
    let addressed = message.mention.or(message.joined.then_some(message.by));
    match addressed {
        Some(who) => format!("<@{}> {text}", setting.cast.people[who].slack),
        None => text,
    }
}

/// An id in the form of a version 4 UUID.
fn message_id(message: &Message) -> String {
    let a = mix(u64::from(message.micros) ^ message.at.and_utc().timestamp() as u64);
    let b = mix(a);
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        (b >> 48) & 0xfff,
        b & 0xffff_ffff_ffff
    )
}

fn wire(setting: &Setting, messages: &[Message], i: usize) -> Value {
    let message = &messages[i];
    let person = &setting.cast.people[message.by];
    let mut value = json!({"type": "message", "text": markup(setting, message), "ts": stamp(message), "team": TEAM});
    if person.robot {
        value["subtype"] = json!("bot_message");
        value["bot_id"] = json!(person.slack.replacen('U', "B", 1));
        value["username"] = json!(person.name);
    } else {
        value["user"] = json!(person.slack);
        value["client_msg_id"] = json!(message_id(message));
    }
    let replies: Vec<&Message> = messages.iter().filter(|m| m.root == Some(i)).collect();
    if let Some(root) = message.root {
        value["thread_ts"] = json!(stamp(&messages[root]));
        value["parent_user_id"] = json!(setting.cast.people[messages[root].by].slack);
    } else if !replies.is_empty() {
        let who: BTreeSet<&str> =
            replies.iter().map(|m| setting.cast.people[m.by].slack.as_str()).collect();
        value["thread_ts"] = json!(stamp(message));
        value["reply_count"] = json!(replies.len());
        value["reply_users_count"] = json!(who.len());
        value["reply_users"] = json!(who);
        value["latest_reply"] = json!(replies.last().map(|m| stamp(m)));
        value["replies"] = replies
            .iter()
            .map(|m| json!({"user": setting.cast.people[m.by].slack, "ts": stamp(m)}))
            .collect();
    }
    if !message.reactions.is_empty() {
        value["reactions"] = message
            .reactions
            .iter()
            .map(|(name, by)| {
                let users: Vec<&str> =
                    by.iter().map(|w| setting.cast.people[*w].slack.as_str()).collect();
                json!({"name": name, "users": users, "count": users.len()})
            })
            .collect();
    }
    if message.joined {
        value["subtype"] = json!("channel_join");
    }
    if message.edited {
        value["edited"] = json!({"user": person.slack, "ts": format!("{}.000000", to_utc(message.at).timestamp() + 40)});
    }
    value
}

fn put<W: Write + Seek>(zip: &mut ZipWriter<W>, name: &str, value: &Value) -> Result<(), Error> {
    zip.start_file(name, SimpleFileOptions::default())?;
    Ok(serde_json::to_writer_pretty(zip, value)?)
}
