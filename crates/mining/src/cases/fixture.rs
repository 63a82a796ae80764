//! Records for the tests of this folder: small logs, read as one group.

use kompel_model::{
    Comment, EventLog, MemberRef, Message, Party, PersonId, SourceKind, Ticket, Timestamp,
};

use super::{CaseFacts, Group, Knowledge, Nature, Thread, describe, nature};
use crate::{corpus::Words, lexicon::Lexicon, signs::Signs, systems::Systems};

/// A folder of the shared real data; says so where it is not here.
pub(crate) fn shared(set: &str) -> Option<std::path::PathBuf> {
    let near = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let found = option_env!("KOMPEL_SHARED")
        .into_iter()
        .chain([near])
        .map(|shared| std::path::Path::new(shared).join("data").join(set))
        .find(|folder| folder.is_dir());
    if found.is_none() {
        eprintln!("skipped: no shared/data/{set} here");
    }
    found
}

/// A moment.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("tests write moments right")
}

/// A ticket made then.
pub(crate) fn ticket(number: usize, created: Timestamp) -> Ticket {
    let mut ticket = Ticket::new(SourceKind::Jira, &format!("OPS-{number}"));
    ticket.title = "Wachtwoord VPN resetten".to_owned();
    ticket.created = Some(created);
    ticket.reporter = Some(person(&format!("asker{}", number % 50)));
    ticket.assignee = Some(person("worker"));
    ticket
}

/// Someone.
pub(crate) fn person(name: &str) -> PersonId {
    PersonId::new(name)
}

/// A comment by someone then.
pub(crate) fn comment(when: &str, who: &str, text: &str) -> Comment {
    Comment {
        at: Some(at(when)),
        author: Some(person(who)),
        text: text.to_owned(),
        automatic: false,
    }
}

/// A chat message; in a thread where one is named.
pub(crate) fn message(
    ts: &str,
    when: &str,
    who: &str,
    text: &str,
    thread: Option<&str>,
) -> Message {
    Message {
        id: MemberRef { source: SourceKind::Slack, key: format!("ops/{ts}").as_str().into() },
        channel: "ops".into(),
        at: at(when),
        author: Some(person(who)),
        text: text.to_owned(),
        thread: thread.map(|ts| format!("ops/{ts}").as_str().into()),
        robot: false,
        edited: None,
        reactions: vec![],
    }
}

/// A log whose people named `robot…` are robots.
pub(crate) fn log(tickets: Vec<Ticket>, messages: Vec<Message>) -> EventLog {
    let mut log = EventLog { tickets, messages, ..EventLog::default() };
    let authors = log.tickets.iter().flat_map(|t| t.creator.iter().chain(&t.reporter));
    let robots: Vec<PersonId> =
        authors.filter(|p| p.as_str().starts_with("robot")).cloned().collect();
    for robot in robots {
        log.people.insert(robot, Party { robot: true, role: None });
    }
    log
}

/// What a log shows if its first so many tickets, and all its chat, are one group.
pub(crate) fn facts(log: &EventLog, tickets: usize) -> CaseFacts {
    read(log, tickets, describe)
}

/// Its nature.
pub(crate) fn nature_of(log: &EventLog) -> Nature {
    read(log, usize::MAX, nature)
}

fn read<T>(log: &EventLog, tickets: usize, what: fn(&Group<'_>, &Knowledge<'_>) -> T) -> T {
    let (lexicon, signs, systems) = (Lexicon::builtin(), Signs::builtin(), Systems::builtin());
    let words = Words { lexicon: &lexicon, signs: &signs, systems: &systems, people: &log.people };
    let knowledge = Knowledge::new(log, &words, chrono_tz::Europe::Brussels, crate::Country::Be);
    let mut threads: Vec<Thread<'_>> = Vec::new();
    for message in &log.messages {
        let root = message.thread.as_ref().unwrap_or(&message.id.key);
        match threads.iter_mut().find(|t| t.messages[0].id.key == *root) {
            Some(thread) => thread.messages.push(message),
            None => threads.push(Thread {
                messages: vec![message],
                signs: signs.read(&message.text),
                tickets: log.tickets.iter().filter(|t| message.text.contains(&*t.id.key)).collect(),
            }),
        }
    }
    let tickets = log.tickets.iter().take(tickets).collect();
    what(&Group { tickets, threads, answers: vec![] }, &knowledge)
}
