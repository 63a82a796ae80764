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
    /// How much like ends speak for one group, and unlike ends against it.
    pub(crate) end_weight: f32,
    /// The cosine of ends that speaks neither for nor against.
    pub(crate) end_neutral: f32,
    /// The same for the fields.
    pub(crate) tag_weight: f32,
    /// The cosine of fields that speaks neither for nor against.
    pub(crate) tag_neutral: f32,
    /// Requests less alike than this are never one group, however they end.
    pub(crate) least_request: f32,
}

impl Default for Closeness {
    fn default() -> Self {
        Self {
            join: 0.62,
            merge: 0.47,
            adopt: 0.45,
            end_weight: 0.45,
            end_neutral: 0.40,
            tag_weight: 0.15,
            tag_neutral: 0.40,
            least_request: 0.22,
        }
    }
}

/// Terms of a centroid that are kept.
const CENTROID_TERMS: usize = 28;
/// Groups that may be merged pair by pair; the smallest beyond that only adopt.
const MERGEABLE: usize = 5_000;
/// Groups one lookup compares in full.
const SHORTLIST: usize = 48;
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
    let near = near_requests(equal, closeness);
    let merged = merge_alike(near, closeness);
    let finished = adopt(merged, closeness);
    let mut out: Vec<Vec<u32>> = finished
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
            members.iter().take(400).map(|i| (field(&items[*i as usize]), 1.0)),
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

/// Joins each group to the first-formed group it is near to; the largest lead.
fn near_requests(groups: Vec<Group>, closeness: Closeness) -> Vec<Group> {
    let mut leaders: Vec<Group> = Vec::new();
    let mut index = Index::default();
    let mut followers: Vec<Vec<Group>> = Vec::new();
    for group in groups {
        let best = best_of(&index.near(&group.request, |_| true), |id| {
            group.request.dot(&leaders[id as usize].request)
        });
        match best {
            Some((id, cosine)) if cosine >= closeness.join => followers[id as usize].push(group),
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
    ids.iter()
        .map(|id| (*id, score(*id)))
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
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
fn likeness(a: &Group, b: &Group, closeness: Closeness) -> f32 {
    let request = a.request.dot(&b.request);
    if request < closeness.least_request {
        return 0.0;
    }
    let mut score = request;
    if a.ended >= 1.0 && b.ended >= 1.0 {
        score += closeness.end_weight * (a.end.dot(&b.end) - closeness.end_neutral);
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
        self.score
            .total_cmp(&other.score)
            .then(other.a.cmp(&self.a))
            .then(other.b.cmp(&self.b))
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
    let mut index = Index::default();
    for (id, group) in (0_u32..).zip(&groups) {
        index.add(id, &group.request);
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
        index.add(id, &merged.request);
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
    index: &Index,
    closeness: Closeness,
    usable: impl Fn(u32) -> bool,
) -> Vec<Pair> {
    index
        .near(&group.request, usable)
        .into_iter()
        .filter_map(|other| {
            let score = likeness(group, &groups[other as usize], closeness);
            (score >= closeness.merge).then(|| Pair { score, a: id.min(other), b: id.max(other) })
        })
        .collect()
}

/// Small groups left over join the finished group they are nearest to, if near enough.
fn adopt(groups: Vec<Group>, closeness: Closeness) -> Vec<Group> {
    let least = 6;
    let (mut big, small): (Vec<Group>, Vec<Group>) =
        groups.into_iter().partition(|g| g.members.len() >= least);
    let mut index = Index::default();
    for (id, group) in (0_u32..).zip(&big) {
        index.add(id, &group.request);
    }
    let homes: Vec<Option<u32>> = small
        .par_iter()
        .map(|group| {
            let near = index.near(&group.request, |_| true);
            best_of(&near, |id| {
                let home = &big[id as usize];
                let request = group.request.dot(&home.request);
                if request < closeness.adopt { 0.0 } else { likeness(group, home, closeness) }
            })
            .filter(|(_, score)| *score >= closeness.adopt)
            .map(|(id, _)| id)
        })
        .collect();
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
