//! Requests to groups: equal ones first, then near ones, then groups that end alike.
//!
//! Deterministic and near-linear: every lookup goes through an index from terms to groups. Sees
//! vectors only; what they stand for is the caller's.

use std::collections::{BTreeMap, BinaryHeap};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::vector::{TermId, Vector};

/// One record to group.
pub(crate) struct Item {
    /// What is asked.
    pub(crate) request: Vector,
    /// How it ended; empty where not known.
    pub(crate) end: Vector,
    /// Its fields.
    pub(crate) tags: Vector,
    /// Records with the same key are the same request to the letter.
    pub(crate) key: Vec<TermId>,
}

/// How alike is alike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Closeness {
    /// Cosine at which a request joins a group.
    pub(crate) join: f32,
    /// Score at which two groups become one.
    pub(crate) merge: f32,
    /// Cosine at which a request left over joins a finished group.
    pub(crate) adopt: f32,
    /// How much like ends speak for one group, and unlike ends against it, between small groups.
    pub(crate) end_weight: f32,
    /// The same between groups large enough for their ends to be typical.
    pub(crate) full_end_weight: f32,
    /// The cosine of ends that speaks neither for nor against.
    pub(crate) end_neutral: f32,
    /// The same for the fields.
    pub(crate) tag_weight: f32,
    /// The cosine of fields that speaks neither for nor against.
    pub(crate) tag_neutral: f32,
    /// Requests less alike than this are never one group, however they end.
    pub(crate) least_request: f32,
    /// The same where the ends of two large groups are nearly equal.
    pub(crate) least_request_same_end: f32,
}

impl Default for Closeness {
    fn default() -> Self {
        Self {
            join: 0.62,
            merge: 0.49,
            adopt: 0.45,
            end_weight: 0.45,
            full_end_weight: 1.1,
            end_neutral: 0.45,
            tag_weight: 0.15,
            tag_neutral: 0.40,
            least_request: 0.22,
            least_request_same_end: 0.0,
        }
    }
}

/// Terms of a centroid that are kept.
const CENTROID_TERMS: usize = 28;
/// Groups that may be merged pair by pair; the smallest beyond that only adopt.
const MERGEABLE: usize = 5_000;
/// Groups one lookup compares in full.
const SHORTLIST: usize = 48;
/// Ended cases from which a group's ends are typical of it.
const TYPICAL: f32 = 8.0;
/// The cosine from which two groups' ends are nearly equal.
const SAME_END: f32 = 0.72;
/// Times that every request is held against all finished groups again.
const REFINEMENTS: usize = 2;
/// Records from which a group can take in others.
const HOME: usize = 6;
/// An index row longer than this is skipped while shorter ones are there.
const LONG_ROW: usize = 1_500;

#[derive(Debug, Clone)]
struct Group {
    members: Vec<u32>,
    request: Vector,
    end: Vector,
    tags: Vector,
    ended: f32,
}

/// Groups the items; each group's members, largest group first, members in order.
pub(crate) fn group(items: &[Item], closeness: Closeness) -> Vec<Vec<u32>> {
    let equal = equal_requests(items);
    let near = near_requests(equal.clone(), closeness);
    let merged = merge_alike(near, closeness);
    let mut groups = adopt(merged, closeness);
    for _ in 0..REFINEMENTS {
        groups = refine(items, &equal, groups, closeness);
    }
    let mut out: Vec<Vec<u32>> = groups
        .into_iter()
        .map(|mut g| {
            g.members.sort_unstable();
            g.members
        })
        .collect();
    out.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    out
}

fn equal_requests(items: &[Item]) -> Vec<Group> {
    let mut by_key: BTreeMap<&[TermId], Vec<u32>> = BTreeMap::new();
    for (index, item) in (0_u32..).zip(items) {
        if !item.request.is_empty() {
            by_key.entry(&item.key).or_default().push(index);
        }
    }
    let parts: Vec<Vec<u32>> = by_key.into_values().collect();
    let mut groups: Vec<Group> =
        parts.into_par_iter().map(|members| make(items, members)).collect();
    groups.sort_by(|a, b| b.members.len().cmp(&a.members.len()).then(a.members.cmp(&b.members)));
    groups
}

fn make(items: &[Item], members: Vec<u32>) -> Group {
    let pick = |field: fn(&Item) -> &Vector| {
        Vector::centroid(
            sample(&members).map(|i| (field(&items[*i as usize]), 1.0)),
            CENTROID_TERMS,
        )
    };
    let ended = members.iter().filter(|i| !items[**i as usize].end.is_empty()).count() as f32;
    Group {
        request: pick(|i| &i.request),
        end: pick(|i| &i.end),
        tags: pick(|i| &i.tags),
        ended,
        members,
    }
}

/// At most some hundred members, spread evenly.
fn sample(members: &[u32]) -> impl Iterator<Item = &u32> {
    members.iter().step_by(members.len() / 400 + 1)
}

/// Which groups hold a term, and how heavily.
#[derive(Default)]
struct Index {
    rows: FxHashMap<TermId, Vec<(u32, f32)>>,
}

impl Index {
    fn add(&mut self, group: u32, vector: &Vector) {
        for (term, weight) in vector.parts() {
            self.rows.entry(*term).or_default().push((group, *weight));
        }
    }

    /// Usable groups that share terms with `vector`, the most promising first, at most
    /// [`SHORTLIST`].
    fn near(&self, vector: &Vector, usable: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut rows: Vec<(&Vec<(u32, f32)>, f32)> = vector
            .parts()
            .iter()
            .filter_map(|(term, weight)| self.rows.get(term).map(|row| (row, *weight)))
            .collect();
        rows.sort_by(|a, b| a.0.len().cmp(&b.0.len()).then(b.1.total_cmp(&a.1)));
        let mut scores: FxHashMap<u32, f32> = FxHashMap::default();
        for (n, (row, weight)) in rows.into_iter().enumerate() {
            if n > 0 && row.len() > LONG_ROW && scores.len() >= SHORTLIST {
                break;
            }
            for (group, other) in row.iter().filter(|(group, _)| usable(*group)) {
                *scores.entry(*group).or_default() += weight * other;
            }
        }
        let mut list: Vec<(u32, f32)> = scores.into_iter().collect();
        list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        list.truncate(SHORTLIST);
        list.into_iter().map(|(group, _)| group).collect()
    }
}

/// Groups by what is asked and by how it ends.
#[derive(Default)]
struct Indexes {
    requests: Index,
    ends: Index,
}

impl Indexes {
    fn add(&mut self, id: u32, group: &Group) {
        self.requests.add(id, &group.request);
        if group.ended >= 1.0 {
            self.ends.add(id, &group.end);
        }
    }

    /// Usable groups near by request or by end.
    fn near(&self, group: &Group, usable: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut ids = self.requests.near(&group.request, &usable);
        if group.ended >= 1.0 {
            ids.extend(self.ends.near(&group.end, &usable));
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

/// Joins each group to the first-formed group it is near to; the largest lead.
fn near_requests(groups: Vec<Group>, closeness: Closeness) -> Vec<Group> {
    let mut leaders: Vec<Group> = Vec::new();
    let mut index = Index::default();
    let mut followers: Vec<Vec<Group>> = Vec::new();
    for group in groups {
        let best = best_of(&index.near(&group.request, |_| true), |id| {
            likeness(&group, &leaders[id as usize], closeness)
        });
        match best {
            Some((id, score)) if score >= closeness.join => followers[id as usize].push(group),
            _ => {
                index.add(leaders.len() as u32, &group.request);
                leaders.push(group);
                followers.push(Vec::new());
            }
        }
    }
    leaders
        .into_par_iter()
        .zip(followers)
        .map(|(leader, others)| others.iter().fold(leader, |sum, other| join(&sum, other)))
        .collect()
}

fn best_of(ids: &[u32], score: impl Fn(u32) -> f32) -> Option<(u32, f32)> {
    ids.iter().map(|id| (*id, score(*id))).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
}

fn join(a: &Group, b: &Group) -> Group {
    let (na, nb) = (a.members.len() as f32, b.members.len() as f32);
    let mix = |x: &Vector, y: &Vector, wx: f32, wy: f32| {
        Vector::centroid([(x, wx), (y, wy)].into_iter(), CENTROID_TERMS)
    };
    let mut members = a.members.clone();
    members.extend(&b.members);
    Group {
        members,
        request: mix(&a.request, &b.request, na, nb),
        end: mix(&a.end, &b.end, a.ended.max(0.01), b.ended.max(0.01)),
        tags: mix(&a.tags, &b.tags, na, nb),
        ended: a.ended + b.ended,
    }
}

/// How much two groups look like one process.
///
/// Large groups of one process draw their ends from the same few wordings, so that their middles
/// are nearly equal however the requests were worded; a small group's end is one wording of many.
fn likeness(a: &Group, b: &Group, closeness: Closeness) -> f32 {
    let request = a.request.dot(&b.request);
    let typical = (a.ended.min(b.ended) / TYPICAL).min(1.0);
    let ends = (a.ended >= 1.0 && b.ended >= 1.0).then(|| a.end.dot(&b.end));
    let same_end = typical >= 0.75 && ends.is_some_and(|end| end >= SAME_END);
    let least = if same_end { closeness.least_request_same_end } else { closeness.least_request };
    if request < least {
        return 0.0;
    }
    let mut score = request;
    if let Some(end) = ends {
        let weight = closeness.end_weight
            + (closeness.full_end_weight - closeness.end_weight).max(0.0) * typical;
        score += weight * (end - closeness.end_neutral);
    }
    if !a.tags.is_empty() && !b.tags.is_empty() {
        score += closeness.tag_weight * (a.tags.dot(&b.tags) - closeness.tag_neutral);
    }
    score
}

#[derive(Debug, PartialEq)]
struct Pair {
    score: f32,
    a: u32,
    b: u32,
}

impl Eq for Pair {}

impl Ord for Pair {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.score.total_cmp(&other.score).then(other.a.cmp(&self.a)).then(other.b.cmp(&self.b))
    }
}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Merges the most alike pair again and again, until no pair is alike enough.
fn merge_alike(mut groups: Vec<Group>, closeness: Closeness) -> Vec<Group> {
    groups.sort_by(|a, b| b.members.len().cmp(&a.members.len()).then(a.members.cmp(&b.members)));
    let rest = groups.split_off(groups.len().min(MERGEABLE));
    let mut index = Indexes::default();
    for (id, group) in (0_u32..).zip(&groups) {
        index.add(id, group);
    }
    let pairs: Vec<Vec<Pair>> = groups
        .par_iter()
        .enumerate()
        .map(|(id, group)| {
            let id = id as u32;
            pairs_of(id, group, &groups, &index, closeness, |other| other > id)
        })
        .collect();
    let mut queue: BinaryHeap<Pair> = pairs.into_iter().flatten().collect();
    let mut alive: Vec<bool> = vec![true; groups.len()];
    while let Some(pair) = queue.pop() {
        if !alive[pair.a as usize] || !alive[pair.b as usize] {
            continue;
        }
        alive[pair.a as usize] = false;
        alive[pair.b as usize] = false;
        let merged = join(&groups[pair.a as usize], &groups[pair.b as usize]);
        let id = groups.len() as u32;
        index.add(id, &merged);
        let usable = |other: u32| other != id && alive[other as usize];
        queue.extend(pairs_of(id, &merged, &groups, &index, closeness, usable));
        groups.push(merged);
        alive.push(true);
    }
    let mut out: Vec<Group> =
        groups.into_iter().zip(alive).filter_map(|(group, lives)| lives.then_some(group)).collect();
    out.extend(rest);
    out
}

fn pairs_of(
    id: u32,
    group: &Group,
    groups: &[Group],
    index: &Indexes,
    closeness: Closeness,
    usable: impl Fn(u32) -> bool,
) -> Vec<Pair> {
    index
        .near(group, usable)
        .into_iter()
        .filter_map(|other| {
            let score = likeness(group, &groups[other as usize], closeness);
            (score >= closeness.merge).then(|| Pair { score, a: id.min(other), b: id.max(other) })
        })
        .collect()
}

/// Small groups left over join the finished group they are nearest to, if near enough.
fn adopt(groups: Vec<Group>, closeness: Closeness) -> Vec<Group> {
    let (mut big, small): (Vec<Group>, Vec<Group>) =
        groups.into_iter().partition(|g| g.members.len() >= HOME);
    let homes = homes(&small, &big, closeness);
    let mut left = Vec::new();
    for (group, home) in small.into_iter().zip(homes) {
        match home {
            Some(id) => big[id as usize].members.extend(group.members),
            None => left.push(group),
        }
    }
    big.extend(left);
    big
}

/// The group each of `strays` is nearest to, if near enough.
fn homes(strays: &[Group], groups: &[Group], closeness: Closeness) -> Vec<Option<u32>> {
    let mut index = Indexes::default();
    for (id, group) in (0_u32..).zip(groups) {
        index.add(id, group);
    }
    strays
        .par_iter()
        .map(|stray| {
            best_of(&index.near(stray, |_| true), |id| {
                likeness(stray, &groups[id as usize], closeness)
            })
            .filter(|(_, score)| *score >= closeness.adopt)
            .map(|(id, _)| id)
        })
        .collect()
}

/// Holds every distinct request against the finished groups and lets it go where it fits best.
fn refine(items: &[Item], equal: &[Group], groups: Vec<Group>, closeness: Closeness) -> Vec<Group> {
    let (big, small): (Vec<Group>, Vec<Group>) =
        groups.into_iter().partition(|g| g.members.len() >= HOME);
    let big: Vec<Group> = big.into_par_iter().map(|g| make(items, g.members)).collect();
    let now: FxHashMap<u32, u32> = (0_u32..)
        .zip(&big)
        .flat_map(|(id, group)| group.members.iter().map(move |member| (*member, id)))
        .collect();
    let best = homes(equal, &big, closeness);
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); big.len()];
    let mut left: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let apart: FxHashMap<u32, u32> = (0_u32..)
        .zip(&small)
        .flat_map(|(id, group)| group.members.iter().map(move |member| (*member, id)))
        .collect();
    for (request, best) in equal.iter().zip(best) {
        let first = request.members[0];
        match best.or_else(|| now.get(&first).copied()) {
            Some(id) => members[id as usize].extend(&request.members),
            None => left.entry(apart[&first]).or_default().extend(&request.members),
        }
    }
    members
        .into_iter()
        .chain(left.into_values())
        .filter(|members| !members.is_empty())
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|members| make(items, members))
        .collect()
}
