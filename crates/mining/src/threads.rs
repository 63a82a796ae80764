//! Messages to threads: what asks, what reports, and which tickets are named.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use kompel_model::{EventLog, MemberRef, Message, Name, SourceKind, Ticket, Timestamp};
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
    /// Signs of the replies.
    pub(crate) replies: SignSet,
    /// Tickets that its messages name, as places in the log, sorted.
    pub(crate) tickets: Vec<u32>,
    /// True if a robot began it.
    pub(crate) robot: bool,
}

impl ThreadRef {
    /// True if someone asks for work, or reports or approves it: what may be a trigger.
    pub(crate) fn speaks_of_work(&self) -> bool {
        let asks = [Sign::ChatAsk, Sign::ChatReport, Sign::ApprovalAsk, Sign::WaitingApproval];
        let answers =
            [Sign::ChatReport, Sign::ApprovalGiven, Sign::WaitingApproval, Sign::CopyPaste];
        !self.robot
            && (asks.iter().any(|sign| self.signs.has(*sign))
                || answers.iter().any(|sign| self.replies.has(*sign)))
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
    out.sort_by_key(|thread| place(thread, log));
    let mut out = with_loose_replies(out, log);
    out.sort_by(|a, b| a.messages.cmp(&b.messages));
    out
}

/// Where a thread stands: its channel, the time of its first message, its id.
fn place(thread: &ThreadRef, log: &EventLog) -> (Name, Timestamp, MemberRef) {
    let first = &log.messages[thread.messages[0] as usize];
    (first.channel.clone(), first.at, first.id.clone())
}

/// Puts an answer that was written below a question instead of in its thread ("ok, go ahead",
/// "thanks") with the question: a message without a thread, without a subject of its own, shortly
/// after something was asked in the same channel. `threads` stand by channel and time.
fn with_loose_replies(threads: Vec<ThreadRef>, log: &EventLog) -> Vec<ThreadRef> {
    let mut out: Vec<ThreadRef> = Vec::with_capacity(threads.len());
    for thread in threads {
        let first = &log.messages[thread.messages[0] as usize];
        let asked = out.iter_mut().rev().take(LOOSE_REACH).find(|before| {
            let question = &log.messages[before.messages[0] as usize];
            question.channel == first.channel
                && first.at - question.at <= TimeDelta::minutes(LOOSE_MINUTES)
                && question.author != first.author
                && !before.robot
                && (before.signs.has(Sign::ChatAsk) || before.signs.has(Sign::ApprovalAsk))
        });
        match asked {
            Some(before) if thread.is_loose_reply() => {
                before.replies = before.replies.union(thread.signs);
                before.messages.extend(thread.messages);
            }
            _ => out.push(thread),
        }
    }
    out
}

impl ThreadRef {
    /// True for one message that only answers.
    fn is_loose_reply(&self) -> bool {
        let answers = [
            Sign::ApprovalGiven,
            Sign::ApprovalRefused,
            Sign::Ack,
            Sign::Thanks,
            Sign::WaitingApproval,
            Sign::WaitingAnswer,
        ];
        self.messages.len() == 1
            && self.tickets.is_empty()
            && !self.robot
            && !self.signs.has(Sign::ChatAsk)
            && !self.signs.has(Sign::ChatReport)
            && answers.iter().any(|sign| self.signs.has(*sign))
    }
}

/// Threads that are looked back over for the question of a loose reply.
const LOOSE_REACH: usize = 6;
/// Minutes after which a message is no longer taken for the answer to a question.
const LOOSE_MINUTES: i64 = 45;

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
    let replies = part[1..]
        .iter()
        .fold(SignSet::default(), |all, index| all.union(words.signs.read(&message(*index).text)));
    let mut signs = words.signs.read(&first.text);
    if first.id.source == SourceKind::AdminLog {
        // Whatever is entered in such a log is work that was done, however it is worded.
        signs.insert(Sign::ChatReport);
    }
    ThreadRef { signs, replies, robot: is_robot(first, words), messages: part, tickets }
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
