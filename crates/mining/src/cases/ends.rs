//! Ends: sentences with which a desk's workers end their tickets, in whatever words.
//!
//! Learned from where sentences stand in the whole log: one that nearly always is in the last word
//! a worker says ("Account zit erin") tells that the work is done. Where no phrase comes back,
//! nothing is learned.

use std::{
    collections::BTreeMap,
    hash::{Hash, Hasher},
};

use kompel_model::{Comment, EventLog, PersonId, Ticket};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};

use super::{inputs::head, steps::sentences};
use crate::text::{Token, tokens};

/// Fewest tickets in which a sentence is known.
const LEAST: u32 = 5;

/// Least share of them that it ends.
const SHARE: f64 = 0.75;

/// Bytes of a comment that are looked at.
const BYTES: usize = 1_000;

/// Words of a sentence below which it may mean anything.
const LEAST_WORDS: usize = 2;

/// Tickets read at a time.
const CHUNK: usize = 4_096;

/// In how many tickets a sentence stands, and in how many of them in the last word.
type Seen = FxHashMap<u64, (u32, u32)>;

/// The sentences that end tickets.
#[derive(Debug, Default)]
pub(crate) struct Ends(Seen);

impl Ends {
    /// Learns them from the workers' comments of all tickets.
    pub(crate) fn learn(
        log: &EventLog,
        is_robot: impl Fn(Option<&PersonId>) -> bool + Sync,
    ) -> Self {
        let chunks: Vec<Seen> = log
            .tickets
            .par_chunks(CHUNK)
            .map(|tickets| {
                let mut seen = Seen::default();
                tickets.iter().for_each(|ticket| see(ticket, &mut seen, &is_robot));
                seen
            })
            .collect();
        let mut all = Seen::default();
        for (sentence, (of, last)) in chunks.into_iter().flatten() {
            let sum = all.entry(sentence).or_default();
            *sum = (sum.0 + of, sum.1 + last);
        }
        all.retain(|_, (of, last)| *of >= LEAST && f64::from(*last) >= SHARE * f64::from(*of));
        Self(all)
    }

    /// True if a sentence of this text is one that ends tickets.
    pub(crate) fn ends(&self, text: &str) -> bool {
        !self.0.is_empty() && shapes(text).any(|shape| self.0.contains_key(&shape))
    }
}

fn see(ticket: &Ticket, seen: &mut Seen, is_robot: &impl Fn(Option<&PersonId>) -> bool) {
    let asker = ticket.reporter.as_ref();
    let works = |comment: &&Comment| {
        let author = comment.author.as_ref();
        let by_asker = author.is_some() && author == asker && author != ticket.assignee.as_ref();
        !comment.automatic && !by_asker && !is_robot(author)
    };
    let mut comments: Vec<&Comment> = ticket.comments.iter().filter(works).collect();
    comments.sort_by_key(|comment| comment.at);
    let Some(last) = comments.pop() else { return };
    let mut of_ticket: BTreeMap<u64, bool> = BTreeMap::new();
    let sooner = comments.iter().flat_map(|comment| shapes(&comment.text));
    of_ticket.extend(sooner.map(|shape| (shape, false)));
    of_ticket.extend(shapes(&last.text).map(|shape| (shape, true)));
    for (shape, is_last) in of_ticket {
        let sum = seen.entry(shape).or_default();
        *sum = (sum.0 + 1, sum.1 + u32::from(is_last));
    }
}

/// The shapes of a text's sentences: their words, without names, numbers and order of blanks.
fn shapes(text: &str) -> impl Iterator<Item = u64> {
    sentences(head(text, BYTES)).into_iter().filter_map(shape)
}

fn shape(sentence: &str) -> Option<u64> {
    let mut hasher = FxHasher::default();
    let mut words = 0;
    for (place, chunk) in sentence.split_whitespace().enumerate() {
        // Within a sentence a capital begins a name.
        if place > 0 && chunk.starts_with(char::is_uppercase) {
            continue;
        }
        for token in tokens(chunk, BYTES) {
            if let Token::Word(word) = token
                && !word.bytes().any(|byte| byte.is_ascii_digit())
            {
                word.hash(&mut hasher);
                words += 1;
            }
        }
    }
    (words >= LEAST_WORDS).then(|| hasher.finish())
}
