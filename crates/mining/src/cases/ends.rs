//! Ends: sentences with which a desk's workers end their tickets, in whatever words.
//!
//! Learned from where sentences stand in the whole log: one that nearly always is in the last word
//! a worker says ("Account zit erin") ends tickets; one that nearly always follows on such a word
//! ("Pff, dat moest Piet zijn") ends them a second time. Where no phrase comes back, nothing is
//! learned.

use std::hash::{Hash, Hasher};

use kompel_model::{Comment, EventLog, PersonId, Ticket};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};

use super::{inputs::head, steps::sentences};
use crate::text::{Token, tokens};

/// Fewest tickets in which a sentence is known.
const LEAST: u32 = 5;

/// Least share of them that it ends.
const SHARE: f64 = 0.75;

/// Least share of them in which it follows on an end, for it to be a second one.
const SECOND_SHARE: f64 = 0.5;

/// Bytes of a comment that are looked at.
const BYTES: usize = 1_000;

/// Words of a sentence below which it may mean anything.
const LEAST_WORDS: usize = 2;

/// Tickets read at a time.
const CHUNK: usize = 4_096;

/// How a sentence ends tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The work is done.
    First,
    /// Something was done after that.
    Second,
}

/// The sentences that end tickets.
#[derive(Debug, Default)]
pub(crate) struct Ends(FxHashMap<u64, End>);

impl Ends {
    /// Learns them from the workers' comments of all tickets.
    pub(crate) fn learn(
        log: &EventLog,
        is_robot: impl Fn(Option<&PersonId>) -> bool + Sync,
    ) -> Self {
        let courses: Vec<Vec<Course>> = log
            .tickets
            .par_chunks(CHUNK)
            .map(|tickets| tickets.iter().map(|ticket| Course::of(ticket, &is_robot)).collect())
            .collect();
        let courses = || courses.iter().flatten();
        let mut seen = Counts::default();
        let mut last = Counts::default();
        for course in courses() {
            course.words.iter().for_each(|word| count(&mut seen, word));
            course.words.last().into_iter().for_each(|word| count(&mut last, word));
        }
        seen.retain(|_, of| *of >= LEAST);
        let share = |part: &Counts, shape: &u64, of: u32| {
            f64::from(part.get(shape).copied().unwrap_or(0)) / f64::from(of)
        };
        let ends =
            |shape: &u64| seen.get(shape).is_some_and(|of| share(&last, shape, *of) >= SHARE);
        let mut after = Counts::default();
        for pair in courses().flat_map(|course| course.words.windows(2)) {
            if pair[0].iter().any(ends) {
                count(&mut after, &pair[1]);
            }
        }
        let kinds = seen.iter().filter(|(shape, _)| ends(shape)).map(|(shape, of)| {
            let second = share(&after, shape, *of) >= SECOND_SHARE;
            (*shape, if second { End::Second } else { End::First })
        });
        Self(kinds.collect())
    }

    /// How this text ends a ticket: the first way that one of its sentences does.
    pub(crate) fn end(&self, text: &str) -> Option<End> {
        if self.0.is_empty() {
            return None;
        }
        let found: Vec<End> =
            shapes(text).filter_map(|shape| self.0.get(&shape).copied()).collect();
        found.iter().find(|end| **end == End::First).or(found.first()).copied()
    }
}

/// In how many words a sentence stands.
type Counts = FxHashMap<u64, u32>;

fn count(counts: &mut Counts, word: &[u64]) {
    word.iter().for_each(|shape| *counts.entry(*shape).or_default() += 1);
}

/// The words of those who work on a ticket, in order: the shapes of each, sorted, without doubles.
struct Course {
    words: Vec<Vec<u64>>,
}

impl Course {
    fn of(ticket: &Ticket, is_robot: &impl Fn(Option<&PersonId>) -> bool) -> Self {
        let asker = ticket.reporter.as_ref();
        let works = |comment: &&Comment| {
            let author = comment.author.as_ref();
            let asks = author.is_some() && author == asker && author != ticket.assignee.as_ref();
            !comment.automatic && !asks && !is_robot(author)
        };
        let mut comments: Vec<&Comment> = ticket.comments.iter().filter(works).collect();
        comments.sort_by_key(|comment| comment.at);
        let word = |comment: &Comment| {
            let mut word: Vec<u64> = shapes(&comment.text).collect();
            word.sort_unstable();
            word.dedup();
            word
        };
        Self { words: comments.into_iter().map(word).collect() }
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
