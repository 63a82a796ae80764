//! Drafts of candidates: which tickets, threads and answers belong together.

use kompel_model::EventLog;
use rustc_hash::FxHashMap;

use crate::{
    cluster::{self, Closeness, Item},
    corpus::{Corpus, Doc, TermClass},
    resolution,
    threads::ThreadRef,
    twins,
    vector::Vector,
};

/// Records that look like one process, as places in the log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) tickets: Vec<u32>,
    /// Places in the list of threads.
    pub(crate) threads: Vec<u32>,
    pub(crate) answers: Vec<u32>,
    /// What is asked, in the middle.
    pub(crate) request: Vector,
    /// How it ends, in the middle.
    pub(crate) end: Vector,
    /// False if its cases end in too many ways to be one process.
    pub(crate) scattered: bool,
}

impl Draft {
    /// How much a text looks like a request, an end, or both of this draft.
    fn likeness(&self, text: &Vector) -> f32 {
        let both =
            Vector::centroid([(&self.request, 1.0), (&self.end, 0.7)].into_iter(), CENTROID_TERMS);
        self.request.dot(text).max(self.end.dot(text)).max(both.dot(text))
    }

    /// What of that likeness is in other words than the systems'.
    fn likeness_beside_systems(&self, text: &Vector, corpus: &Corpus) -> f32 {
        self.likeness(&text.only(|term| corpus.term(term).class != TermClass::System))
    }
}

const CENTROID_TERMS: usize = 32;
/// Below this share of like ends a group takes in no chat and no answers that do not name it.
const SCATTERED: f64 = 0.45;
/// Threads that make a chat-only group.
const LEAST_THREADS: usize = 5;
/// A group of threads joins a ticket group at this likeness.
const CHAT_GROUP_JOINS: f32 = 0.52;
/// A thread of no group joins a ticket group at this likeness.
const THREAD_JOINS: f32 = 0.58;
/// A thread that neither asks nor reports joins chat at this likeness.
const PLAIN_TALK_JOINS: f32 = 0.52;
/// Ends less alike than this are other ends.
const UNLIKE_ENDS: f32 = 0.15;
/// An answer joins a group at this likeness.
const ANSWER_JOINS: f32 = 0.36;

/// So much of the likeness at which chat or answers join tickets must be in other words than the
/// systems': many chores are done in the same two.
const BESIDE_SYSTEMS: f32 = 0.2;

/// Groups of threads that are held against each other, the largest.
const PAIRED: usize = 500;
/// Two groups of threads are in one channel from this likeness of their fields.
const ONE_CHANNEL: f32 = 0.9;
/// Two groups are one whose systems are this much the same and whose words are this much alike.
const SAME_SYSTEMS: f32 = 0.8;
/// See [`SAME_SYSTEMS`].
const ALIKE: f32 = 0.5;
/// Or whose requests are this much alike and the end of one this much like the other's beginning.
const ASKED_ALIKE: f32 = 0.4;
/// See [`ASKED_ALIKE`].
const TOLD_ALIKE: f32 = 0.28;

/// How alike threads must be; their replies are their ends, their channel is their only field.
const CHAT: Closeness = Closeness {
    join: 0.58,
    merge: 0.46,
    adopt: 0.44,
    end_weight: 0.40,
    full_end_weight: 0.90,
    end_neutral: 0.40,
    tag_weight: 0.15,
    tag_neutral: 0.50,
    least_request: 0.15,
    least_request_same_end: 0.0,
};

/// How alike answers must be to be about one chore.
const ANSWERS: Closeness =
    Closeness { join: 0.60, merge: 0.45, adopt: 0.45, least_request: 0.2, ..CHAT };

/// Groups the log's records; every record is in at most one draft.
pub(crate) fn drafts(log: &EventLog, corpus: &Corpus, threads: &[ThreadRef]) -> Vec<Draft> {
    let mut drafts = ticket_drafts(corpus, log);
    join_named(&mut drafts, threads, log.tickets.len());
    join_chat(&mut drafts, corpus, threads);
    join_plain_talk(&mut drafts, corpus, threads);
    join_answers(&mut drafts, corpus);
    drafts
}

fn ticket_drafts(corpus: &Corpus, log: &EventLog) -> Vec<Draft> {
    let items: Vec<Item> = corpus.tickets.iter().map(|doc| ticket_item(corpus, doc)).collect();
    twins::join(cluster::group(&items, Closeness::default()), corpus, log)
        .into_iter()
        .map(|tickets| {
            let middle = |field: fn(&Item) -> &Vector| {
                Vector::centroid(
                    tickets.iter().map(|i| (field(&items[*i as usize]), 1.0)),
                    CENTROID_TERMS,
                )
            };
            Draft {
                request: middle(|i| &i.request),
                end: middle(|i| &i.end),
                scattered: resolution::share_alike(&tickets, corpus)
                    .is_some_and(|share| share < SCATTERED),
                tickets: tickets.clone(),
                ..Draft::default()
            }
        })
        .collect()
}

fn ticket_item(corpus: &Corpus, doc: &Doc) -> Item {
    let telling = doc.title.iter().filter(|t| corpus.is_telling(**t)).count();
    let mut key = doc.title.clone();
    key.retain(|term| corpus.weights[*term as usize] > 0.0);
    if telling < 2 {
        key.extend(doc.body.iter().filter(|t| corpus.is_telling(**t)).take(10));
    }
    key.sort_unstable();
    key.dedup();
    Item { request: corpus.request(doc), end: corpus.end(doc), tags: corpus.tags(doc), key }
}

/// A thread that names tickets belongs where most of them belong.
fn join_named(drafts: &mut [Draft], threads: &[ThreadRef], tickets: usize) {
    let mut home: Vec<Option<u32>> = vec![None; tickets];
    for (id, draft) in (0_u32..).zip(drafts.iter()) {
        for ticket in &draft.tickets {
            home[*ticket as usize] = Some(id);
        }
    }
    for (index, thread) in (0_u32..).zip(threads) {
        if thread.robot {
            continue;
        }
        let mut votes: FxHashMap<u32, u32> = FxHashMap::default();
        for ticket in &thread.tickets {
            if let Some(id) = home[*ticket as usize] {
                *votes.entry(id).or_default() += 1;
            }
        }
        let best = votes.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
        if let Some((id, _)) = best {
            drafts[id as usize].threads.push(index);
        }
    }
}

/// Threads that name no ticket: grouped among themselves, then joined to the tickets they are
/// about, or drafts of their own.
fn join_chat(drafts: &mut Vec<Draft>, corpus: &Corpus, threads: &[ThreadRef]) {
    let free: Vec<u32> = (0_u32..)
        .zip(threads)
        .filter(|(_, thread)| thread.tickets.is_empty() && thread.speaks_of_work())
        .map(|(index, _)| index)
        .collect();
    let items: Vec<Item> =
        free.iter().map(|i| thread_item(corpus, &threads[*i as usize])).collect();
    let with_tickets = drafts.len();
    for group in asked_and_told(cluster::group(&items, CHAT), &items, corpus) {
        let middle = |field: fn(&Item) -> &Vector| {
            Vector::centroid(
                group.iter().map(|i| (field(&items[*i as usize]), 1.0)),
                CENTROID_TERMS,
            )
        };
        let (request, end) = (middle(|i| &i.request), middle(|i| &i.end));
        let whole = Vector::centroid([(&request, 1.0), (&end, 0.7)].into_iter(), CENTROID_TERMS);
        let members = || group.iter().map(|i| free[*i as usize]);
        let home = nearest(&drafts[..with_tickets], &whole, CHAT_GROUP_JOINS)
            .filter(|id| !ends_otherwise(&drafts[*id], &end, group.len()))
            .filter(|id| drafts[*id].likeness_beside_systems(&whole, corpus) >= BESIDE_SYSTEMS);
        match home {
            Some(id) => drafts[id].threads.extend(members()),
            None if group.len() >= LEAST_THREADS => drafts.push(Draft {
                threads: members().collect(),
                request,
                end,
                ..Draft::default()
            }),
            None => {
                for item in group {
                    let text = &items[item as usize].request;
                    if let Some(id) = nearest(drafts, text, THREAD_JOINS) {
                        drafts[id].threads.push(free[item as usize]);
                    }
                }
            }
        }
    }
    for draft in drafts {
        draft.threads.sort_unstable();
    }
}

/// Joins groups of threads of which one asks for what the other tells ("can 10.1.2.3 go on the
/// blocklist?", "blocked 10.1.2.3, came from QRadar"): in one channel, the end of one like the
/// beginning of the other.
fn asked_and_told(groups: Vec<Vec<u32>>, items: &[Item], corpus: &Corpus) -> Vec<Vec<u32>> {
    let (mut big, small): (Vec<Vec<u32>>, Vec<Vec<u32>>) =
        groups.into_iter().partition(|group| group.len() >= LEAST_THREADS);
    let rest = big.split_off(big.len().min(PAIRED));
    let middles: Vec<Middles> = big.iter().map(|group| Middles::of(group, items, corpus)).collect();
    let mut home: Vec<usize> = (0..big.len()).collect();
    for a in 0..big.len() {
        for b in a + 1..big.len() {
            if home[b] == b && middles[a].tells_what_is_asked(&middles[b]) {
                home[b] = home[a];
            }
        }
    }
    for from in (0..big.len()).rev().filter(|from| home[*from] != *from) {
        let moved = std::mem::take(&mut big[from]);
        big[home[from]].extend(moved);
        big[home[from]].sort_unstable();
    }
    big.into_iter().filter(|group| !group.is_empty()).chain(rest).chain(small).collect()
}

/// A group of threads in the middle.
struct Middles {
    request: Vector,
    end: Vector,
    channel: Vector,
    systems: Vector,
}

impl Middles {
    fn of(group: &[u32], items: &[Item], corpus: &Corpus) -> Self {
        let middle = |field: fn(&Item) -> &Vector| {
            let parts = group.iter().map(|i| (field(&items[*i as usize]), 1.0));
            Vector::centroid(parts, CENTROID_TERMS)
        };
        let (request, end) = (middle(|i| &i.request), middle(|i| &i.end));
        let whole = Vector::centroid([(&request, 1.0), (&end, 0.7)].into_iter(), CENTROID_TERMS);
        let systems = whole.only(|term| corpus.term(term).class == TermClass::System).unit();
        Self { request, end, channel: middle(|i| &i.tags), systems }
    }

    /// True if one of two groups tells what the other asks for.
    fn tells_what_is_asked(&self, other: &Self) -> bool {
        let asks = self.request.dot(&other.request);
        let told = self.request.dot(&other.end).max(self.end.dot(&other.request));
        self.channel.dot(&other.channel) >= ONE_CHANNEL
            && (asks.max(told) >= ALIKE && self.systems.dot(&other.systems) >= SAME_SYSTEMS
                || asks >= ASKED_ALIKE && told >= TOLD_ALIKE)
    }
}

/// Threads that neither ask nor report in so many words ("srv-app1 restarted, back in the pool")
/// join the chat they are like.
fn join_plain_talk(drafts: &mut [Draft], corpus: &Corpus, threads: &[ThreadRef]) {
    let plain = (0_u32..).zip(threads).filter(|(_, thread)| {
        thread.tickets.is_empty() && !thread.robot && !thread.speaks_of_work()
    });
    let homes: Vec<(u32, usize)> = plain
        .filter_map(|(index, thread)| {
            let text = thread_item(corpus, thread).request;
            let home = drafts
                .iter()
                .enumerate()
                .filter(|(_, draft)| {
                    draft.tickets.is_empty() && draft.threads.len() >= LEAST_THREADS
                })
                .map(|(id, draft)| (id, draft.likeness(&text)))
                .filter(|(_, likeness)| *likeness >= PLAIN_TALK_JOINS)
                .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
            Some((index, home.0))
        })
        .collect();
    for (index, home) in homes {
        drafts[home].threads.push(index);
        drafts[home].threads.sort_unstable();
    }
}

/// True if a group of threads large enough to be typical ends in other ways than the tickets do.
fn ends_otherwise(draft: &Draft, end: &Vector, threads: usize) -> bool {
    threads >= 2 * LEAST_THREADS && !end.is_empty() && draft.end.dot(end) < UNLIKE_ENDS
}

fn join_answers(drafts: &mut Vec<Draft>, corpus: &Corpus) {
    let items: Vec<Item> = corpus.answers.iter().map(|doc| text_item(corpus, doc)).collect();
    let known = drafts.len();
    for group in cluster::group(&items, ANSWERS) {
        let request = Vector::centroid(
            group.iter().map(|i| (&items[*i as usize].request, 1.0)),
            CENTROID_TERMS,
        );
        let home = nearest(&drafts[..known], &request, ANSWER_JOINS);
        match home
            .filter(|id| drafts[*id].likeness_beside_systems(&request, corpus) >= BESIDE_SYSTEMS)
        {
            Some(id) => drafts[id].answers.extend(group),
            None => drafts.push(Draft { answers: group, request, ..Draft::default() }),
        }
    }
    for draft in drafts {
        draft.answers.sort_unstable();
    }
}

/// The first message is the request; the replies tell the end.
fn thread_item(corpus: &Corpus, thread: &ThreadRef) -> Item {
    let doc = |place: u32| &corpus.messages[place as usize];
    let first = doc(thread.messages[0]);
    let replies = Doc {
        title: thread.messages[1..].iter().flat_map(|place| doc(*place).title.clone()).collect(),
        ..Doc::default()
    };
    let mut item = text_item(corpus, first);
    if item.request.is_empty() {
        item.request = corpus.request(&replies);
        item.key = replies.title.clone();
        item.key.sort_unstable();
    }
    item.end = corpus.request(&replies);
    item.tags = corpus.tags(first);
    item
}

fn text_item(corpus: &Corpus, doc: &Doc) -> Item {
    let mut key = doc.title.clone();
    key.retain(|term| corpus.weights[*term as usize] > 0.0);
    key.sort_unstable();
    Item { request: corpus.request(doc), end: Vector::default(), tags: Vector::default(), key }
}

fn nearest(drafts: &[Draft], text: &Vector, least: f32) -> Option<usize> {
    drafts
        .iter()
        .enumerate()
        .filter(|(_, draft)| {
            !draft.scattered && draft.tickets.len() + draft.threads.len() >= LEAST_THREADS
        })
        .map(|(id, draft)| (id, draft.likeness(text)))
        .filter(|(_, likeness)| *likeness >= least)
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
        .map(|(id, _)| id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chat_that_asks_and_chat_that_tells_are_one_in_one_channel_about_the_same() {
        let of = |terms: &[(u32, f32)]| Vector::new(terms.to_vec()).unit();
        let group = |request: &[(u32, f32)], end: &[(u32, f32)], channel: u32, system: u32| {
            let (request, end) = (of(request), of(end));
            Middles { request, end, channel: of(&[(channel, 1.0)]), systems: of(&[(system, 1.0)]) }
        };
        let (asks, blocks, attack) = ((1, 1.0), (2, 1.0), (3, 1.0));
        let asked = group(&[asks, attack], &[blocks], 90, 80);
        let told = group(&[blocks], &[], 90, 80);
        assert!(asked.tells_what_is_asked(&told) && told.tells_what_is_asked(&asked));
        assert!(!asked.tells_what_is_asked(&group(&[blocks], &[], 91, 80)), "another channel");
        assert!(!asked.tells_what_is_asked(&group(&[blocks], &[], 90, 81)), "other systems");
        assert!(!asked.tells_what_is_asked(&group(&[(4, 1.0)], &[], 90, 80)), "another matter");
        // Of other systems where both ask much the same and one tells a part of the other.
        let alike = group(&[attack, blocks, (4, 0.5)], &[], 90, 81);
        assert!(asked.tells_what_is_asked(&alike));
    }
}
