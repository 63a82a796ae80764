//! Messages to threads: what asks, what reports, and which tickets are named.

use std::collections::BTreeMap;

use kompel_model::{EventLog, Message, Name, SourceKind, Ticket};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::{
    corpus::Words,
    signs::{Sign, SignSet},
};

/// A first message with its replies, as places in the log's messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ThreadRef {
    /// The first message, then the replies in order of time.
    pub(crate) messages: Vec<u32>,
    /// Signs of the first message.
    pub(crate) signs: SignSet,
    /// Tickets that its messages name, as places in the log, sorted.
    pub(crate) tickets: Vec<u32>,
    /// True if a robot began it.
    pub(crate) robot: bool,
}

impl ThreadRef {
    /// True if someone asks for work or reports it: what may be a trigger.
    pub(crate) fn speaks_of_work(&self) -> bool {
        !self.robot
            && [Sign::ChatAsk, Sign::ChatReport, Sign::ApprovalAsk]
                .iter()
                .any(|sign| self.signs.has(*sign))
    }
}

/// All threads of the log, in order of their first message.
pub(crate) fn threads(log: &EventLog, words: &Words<'_>) -> Vec<ThreadRef> {
    let keys = ticket_keys(&log.tickets);
    let mut gathered: BTreeMap<(&str, &str), Vec<u32>> = BTreeMap::new();
    for (index, message) in (0_u32..).zip(&log.messages) {
        let thread: &Name = message.thread.as_ref().unwrap_or(&message.id.key);
        gathered.entry((message.channel.as_ref(), thread.as_ref())).or_default().push(index);
    }
    let parts: Vec<Vec<u32>> = gathered.into_values().collect();
    let mut out: Vec<ThreadRef> =
        parts.into_par_iter().map(|part| thread(part, log, words, &keys)).collect();
    out.sort_by(|a, b| a.messages.cmp(&b.messages));
    out
}

fn thread(
    mut part: Vec<u32>,
    log: &EventLog,
    words: &Words<'_>,
    keys: &FxHashMap<String, u32>,
) -> ThreadRef {
    let message = |index: u32| &log.messages[index as usize];
    part.sort_by(|a, b| {
        message(*a).at.cmp(&message(*b).at).then_with(|| message(*a).id.cmp(&message(*b).id))
    });
    let first = message(part[0]);
    let mut tickets: Vec<u32> =
        part.iter().flat_map(|index| named_tickets(&message(*index).text, keys)).collect();
    tickets.sort_unstable();
    tickets.dedup();
    let mut signs = words.signs.read(&first.text);
    if first.id.source == SourceKind::AdminLog {
        // Whatever is entered in such a log is work that was done, however it is worded.
        signs.insert(Sign::ChatReport);
    }
    ThreadRef {
        signs,
        robot: is_robot(first, words),
        messages: part,
        tickets,
    }
}

fn is_robot(message: &Message, words: &Words<'_>) -> bool {
    let known = message.author.as_ref().and_then(|author| words.people.get(author));
    message.robot || known.is_some_and(|party| party.robot)
}

/// Ticket keys that can be told from ordinary words, in lower case.
fn ticket_keys(tickets: &[Ticket]) -> FxHashMap<String, u32> {
    (0_u32..)
        .zip(tickets)
        .filter(|(_, t)| t.id.key.bytes().any(|b| b.is_ascii_digit()))
        .map(|(index, t)| (t.id.key.to_ascii_lowercase(), index))
        .collect()
}

fn named_tickets(text: &str, keys: &FxHashMap<String, u32>) -> Vec<u32> {
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '#'))
        .filter_map(|chunk| {
            let plain = chunk.trim_matches(['-', '#', '_']).to_ascii_lowercase();
            let is_bare_number = plain.bytes().all(|b| b.is_ascii_digit());
            if plain.is_empty() || (is_bare_number && !chunk.starts_with('#')) {
                return None;
            }
            keys.get(&plain).copied()
        })
        .collect()
}
