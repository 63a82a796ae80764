//! Resolution sameness: which words tell how a case ended, and how alike the ends of a group are.

use std::collections::BTreeMap;

use kompel_model::{Comment, Ticket};
use rustc_hash::FxHashMap;

use crate::{
    Quote, ResolutionFacts, Tally,
    corpus::{Corpus, Doc, TermClass, Words},
    quote::quote,
    signs::{Sign, SignSet},
    tally::Tallied,
    text::cut,
    vector::TermId,
};

/// Comments of a ticket that are looked at for what was done, the last first.
const WORK_COMMENTS: usize = 6;
/// Bytes of each.
const COMMENT_BYTES: usize = 400;

/// What the team wrote of its work, in order of time: the close notes, and every comment of
/// somebody other than who asked that is not an aside (thanks, asking, waiting, approving).
///
/// A case's end is told by all of these together: people write "password set in AD" first and
/// "user can log in again" last, and either may be left out.
pub(crate) fn work_texts<'t>(ticket: &'t Ticket, words: &Words<'_>) -> Vec<&'t str> {
    let said = |strict: bool| -> Vec<&'t str> {
        ticket
            .comments
            .iter()
            .rev()
            .filter(|comment| is_work(comment, ticket, words, strict))
            .take(WORK_COMMENTS)
            .map(|comment| cut(&comment.text, COMMENT_BYTES))
            .collect()
    };
    let mut texts = said(true);
    if texts.is_empty() {
        texts = said(false);
    }
    if ticket.resolution_text.trim().len() > 2 {
        texts.insert(0, cut(&ticket.resolution_text, COMMENT_BYTES));
    }
    texts.reverse();
    texts
}

/// True if the comment may tell of work; `strict` also wants it to be by somebody other than who
/// asked.
fn is_work(comment: &Comment, ticket: &Ticket, words: &Words<'_>, strict: bool) -> bool {
    let by_robot =
        comment.author.as_ref().and_then(|a| words.people.get(a)).is_some_and(|p| p.robot);
    if comment.automatic || by_robot || comment.text.trim().len() < 3 {
        return false;
    }
    let by_asker = comment.author.is_some() && comment.author == ticket.reporter;
    if strict && by_asker && ticket.reporter != ticket.assignee {
        return false;
    }
    let signs = words.signs.read(&comment.text);
    signs.has(Sign::DoneManual) || !is_aside(signs)
}

/// True for what is said around the work: thanks, asking, waiting, approving.
fn is_aside(signs: SignSet) -> bool {
    [
        Sign::Thanks,
        Sign::Ack,
        Sign::SmallTalk,
        Sign::ApprovalAsk,
        Sign::WaitingApproval,
        Sign::WaitingAnswer,
        Sign::ApprovalGiven,
        Sign::ApprovalRefused,
        Sign::HandedOver,
        Sign::Reopened,
        Sign::AutoReply,
    ]
    .iter()
    .any(|sign| signs.has(*sign))
}

/// A word belongs to how a group ends if at least this share of its ends use it.
const CORE_SHARE: f32 = 0.30;
/// And if they use it this many times as often as the other ends do.
const CORE_LIFT: f32 = 2.0;
/// A thing named in this share of the requests is what they are about, not how they end.
const REQUEST_SHARE: f32 = 0.25;

/// The sameness of a group of tickets, given as places in `tickets`: the share of the ends that use
/// the words most ends of the group use and other groups' ends do not.
pub(crate) fn sameness(
    group: &[u32],
    tickets: &[Ticket],
    corpus: &Corpus,
    words: &Words<'_>,
) -> ResolutionFacts {
    let known: Vec<u32> =
        group.iter().copied().filter(|i| !corpus.tickets[*i as usize].end.is_empty()).collect();
    let core = core_terms(group, &known, corpus);
    let coverage = |index: u32| -> f32 {
        corpus.tickets[index as usize].outcome.iter().filter_map(|term| core.get(term)).sum()
    };
    let mut manual = Tallied::default();
    for index in group {
        let ticket = &tickets[*index as usize];
        manual.see(&ticket.id, ticket.created, says_manual(ticket, words));
    }
    let mut alike = Tallied::default();
    let mut best: Option<(f32, u32)> = None;
    let mut others: Vec<u32> = Vec::new();
    for index in &known {
        let ticket = &tickets[*index as usize];
        let covered = coverage(*index);
        alike.see(&ticket.id, ticket.created, covered > 0.0);
        if covered == 0.0 {
            others.push(*index);
        } else {
            let length = corpus.tickets[*index as usize].outcome.len().max(4) as f32;
            let typical = covered / length.sqrt();
            if best.is_none_or(|(score, _)| typical > score) {
                best = Some((typical, *index));
            }
        }
    }
    let say = |index: u32| -> Option<Quote> {
        let ticket = &tickets[index as usize];
        let text = work_texts(ticket, words).join(" / ");
        let code = ticket.resolution.as_deref().unwrap_or_default();
        let text = if text.is_empty() { code } else { text.as_str() };
        (!text.is_empty()).then(|| quote(text, &ticket.id))
    };
    let alike: Tally = alike.into();
    let fallback = known.first().copied();
    ResolutionFacts {
        sameness: alike.share(),
        dominant: best.map(|(_, index)| index).or(fallback).and_then(say),
        done_manual: manual.into(),
        others: other_ends(&others, corpus)
            .into_iter()
            .filter_map(|(index, count)| Some((say(index)?, count)))
            .collect(),
        alike,
    }
}

/// The share of the ends of a group that are the usual one; `None` if none is known.
pub(crate) fn share_alike(group: &[u32], corpus: &Corpus) -> Option<f64> {
    let known: Vec<u32> =
        group.iter().copied().filter(|i| !corpus.tickets[*i as usize].end.is_empty()).collect();
    if known.is_empty() {
        return None;
    }
    let core = core_terms(group, &known, corpus);
    let alike = known
        .iter()
        .filter(|i| corpus.tickets[**i as usize].outcome.iter().any(|term| core.contains_key(term)))
        .count();
    Some(alike as f64 / known.len() as f64)
}

/// The words of how a group ends, each with the share of the ends that use it.
fn core_terms(group: &[u32], known: &[u32], corpus: &Corpus) -> FxHashMap<TermId, f32> {
    let count = |docs: &[u32], pick: fn(&Doc) -> &Vec<TermId>| {
        let mut counts: FxHashMap<TermId, u32> = FxHashMap::default();
        for index in docs {
            for term in pick(&corpus.tickets[*index as usize]) {
                *counts.entry(*term).or_default() += 1;
            }
        }
        counts
    };
    let ends = count(known, |doc| &doc.outcome);
    let requests = count(group, |doc| &doc.title);
    let (inside, outside) =
        (known.len() as f32, (corpus.ended as f32 - known.len() as f32).max(0.0));
    ends.into_iter()
        .filter_map(|(term, count)| {
            let share = count as f32 / inside.max(1.0);
            let elsewhere = corpus.outcome_counts[term as usize].saturating_sub(count) as f32;
            let share_elsewhere = elsewhere / outside.max(1.0);
            let asked = requests.get(&term).map_or(0.0, |c| *c as f32 / group.len().max(1) as f32);
            let class = corpus.term(term).class;
            let is_subject = asked >= REQUEST_SHARE
                && matches!(class, TermClass::Thing | TermClass::Word | TermClass::Quality);
            let counts = share >= CORE_SHARE && share >= CORE_LIFT * share_elsewhere && !is_subject;
            counts.then_some((term, share))
        })
        .collect()
}

/// Ends that are not the usual one, by their words; the most frequent first, at most five.
fn other_ends(others: &[u32], corpus: &Corpus) -> Vec<(u32, u32)> {
    let mut by_words: BTreeMap<Vec<TermId>, (u32, u32)> = BTreeMap::new();
    for index in others {
        let mut key = corpus.tickets[*index as usize].end.clone();
        key.sort_unstable();
        let entry = by_words.entry(key).or_insert((*index, 0));
        entry.1 += 1;
    }
    let mut list: Vec<(u32, u32)> = by_words.into_values().collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    list.truncate(5);
    list
}

fn says_manual(ticket: &Ticket, words: &Words<'_>) -> bool {
    let notes = std::iter::once(ticket.resolution_text.as_str());
    let code = ticket.resolution.iter().map(AsRef::as_ref);
    let comments = ticket.comments.iter().map(|c| c.text.as_str());
    notes.chain(code).chain(comments).any(|text| words.signs.read(text).has(Sign::DoneManual))
}
