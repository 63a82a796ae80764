//! Standing phrases: sentences that a desk's workers say again and again, in whatever words.
//!
//! Learned from where they stand in the whole log. One that nearly always is in the last word a
//! worker says ("Account zit erin") ends tickets. One that often follows on such a word ("Pff, dat
//! moest Piet zijn") does not belong to the work; the others do, and show no error, even where
//! their words are those of errors ("MFA opnieuw ingesteld"). Where no phrase comes back, nothing
//! is learned.

use std::hash::{Hash, Hasher};

use kompel_model::{Comment, EventLog, PersonId, Ticket};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};

use super::{inputs::head, steps::sentences};
use crate::{
    signs::{SignSet, Signs},
    text::{Token, tokens},
};

/// Fewest tickets in which a sentence is known.
const LEAST: u32 = 5;

/// Least share of them that it ends.
const SHARE: f64 = 0.75;

/// Of a sentence that belongs to the work, at most this share follows on an end.
const AFTER_END_SHARE: f64 = 0.3;

/// Bytes of a comment that are looked at.
const BYTES: usize = 1_000;

/// Words of a sentence below which it may mean anything.
const LEAST_WORDS: usize = 2;

/// Tickets read at a time.
const CHUNK: usize = 4_096;

/// What is known of a sentence.
#[derive(Debug, Clone, Copy)]
struct Stand {
    /// It ends tickets.
    ends: bool,
    /// It belongs to the work.
    usual: bool,
}

/// A text beside the standing phrases.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Standing {
    /// One of its sentences ends tickets.
    pub(crate) ends: bool,
    /// All of it belongs to the work.
    pub(crate) usual: bool,
    /// The signs in what does not belong to the work.
    pub(crate) unusual: SignSet,
}

/// The standing phrases of a desk.
#[derive(Debug, Default)]
pub(crate) struct Phrases(FxHashMap<u64, Stand>);

impl Phrases {
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
        let stand = |(shape, of): (&u64, &u32)| {
            let usual = share(&after, shape, *of) <= AFTER_END_SHARE;
            (*shape, Stand { ends: ends(shape), usual })
        };
        Self(seen.iter().map(stand).collect())
    }

    /// Holds a text with these signs against them.
    pub(crate) fn stand(&self, text: &str, signs: SignSet, all: &Signs) -> Standing {
        let parts = sentences(head(text, BYTES));
        let (mut ends, mut cut) = (false, false);
        let mut rest: Vec<&str> = Vec::new();
        for part in parts {
            // What follows on a phrase without a full stop is a sentence of its own.
            let (known, after) = self.longest(part);
            ends |= known.is_some_and(|stand| stand.ends);
            let belongs = known.is_some_and(|stand| stand.usual);
            cut |= belongs;
            let left = if belongs { after } else { part };
            rest.extend((!left.is_empty()).then_some(left));
        }
        if !cut {
            return Standing { ends, usual: false, unusual: signs };
        }
        Standing { ends, usual: rest.is_empty(), unusual: all.read(&rest.join(". ")) }
    }

    /// The longest phrase with which a sentence begins, and what follows it.
    fn longest<'t>(&self, sentence: &'t str) -> (Option<&Stand>, &'t str) {
        let mut found = (None, sentence);
        for (shape, end) in prefixes(sentence) {
            if let Some(stand) = self.0.get(&shape) {
                found = (Some(stand), sentence[end..].trim());
            }
        }
        found
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
    prefixes(sentence).last().map(|(shape, _)| shape)
}

/// The shapes with which a sentence begins, and where each ends; the last is that of all of it.
fn prefixes(sentence: &str) -> impl Iterator<Item = (u64, usize)> {
    let mut hasher = FxHasher::default();
    let mut words = 0;
    sentence.split_whitespace().enumerate().filter_map(move |(place, chunk)| {
        let end = chunk.as_ptr() as usize - sentence.as_ptr() as usize + chunk.len();
        // Within a sentence a capital begins a name.
        if place == 0 || !chunk.starts_with(char::is_uppercase) {
            for token in tokens(chunk, BYTES) {
                if let Token::Word(word) = token
                    && !word.bytes().any(|byte| byte.is_ascii_digit())
                {
                    word.hash(&mut hasher);
                    words += 1;
                }
            }
        }
        (words >= LEAST_WORDS).then(|| (hasher.finish(), end))
    })
}
