//! Reports of one matter: the same page, device or fault told twice, each in its own words.
//!
//! A process recurs with other particulars each time, so that grouping masks them; what is told
//! twice shares them. Owns joining requests that no process took in by what is rare in them: rare
//! words and the sites they name. Such a set stays small, so that none is ever taken for a process.

use std::collections::BTreeMap;

use kompel_model::{EventLog, Ticket};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::{
    corpus::{Corpus, Doc},
    text::{cut, sites},
    vector::{TermId, Vector},
};

/// Requests of one matter at most: one more, and grouping should have seen a process in them.
const MOST: usize = 4;
/// The cosine from which two requests tell of one matter.
const ALIKE: f32 = 0.25;
/// The weight of what only the description says.
const BODY: f32 = 0.3;
/// A term of more requests than this leads to none of them.
const RARE: u32 = 64;
/// Requests one lookup compares in full, and of these the nearest that may be joined.
const SHORTLIST: usize = 24;
const NEAREST: usize = 3;
/// Bytes of a description that are looked at.
const BODY_BYTES: usize = 1_200;

/// Joins small groups of tickets (places in the log) that tell of one matter; the others stay as
/// they are, in their order.
pub(crate) fn join(groups: Vec<Vec<u32>>, corpus: &Corpus, log: &EventLog) -> Vec<Vec<u32>> {
    let (mut out, small): (Vec<Vec<u32>>, Vec<Vec<u32>>) =
        groups.into_iter().partition(|group| group.len() > MOST);
    let vectors = vectors(corpus, log);
    let loose: Vec<u32> = small.iter().flatten().copied().collect();
    let pairs = pairs(&loose, &vectors);
    out.extend(merged(small, pairs, &vectors));
    out
}

/// Each ticket by what is rare in it.
struct Vectors {
    of: Vec<Vector>,
    /// Tickets that hold a term.
    counts: Vec<u32>,
}

impl Vectors {
    fn alike(&self, a: u32, b: u32) -> f32 {
        self.of[a as usize].dot(&self.of[b as usize])
    }
}

fn vectors(corpus: &Corpus, log: &EventLog) -> Vectors {
    let named: Vec<Vec<String>> = log.tickets.par_iter().map(sites_of).collect();
    let mut numbers: BTreeMap<&str, TermId> = named.iter().flatten().map(|s| (&**s, 0)).collect();
    let first = corpus.terms.len() as TermId;
    numbers.values_mut().zip(first..).for_each(|(number, next)| *number = next);
    let mut counts = vec![0_u32; corpus.terms.len() + numbers.len()];
    let terms: Vec<Vec<(TermId, f32)>> = corpus
        .tickets
        .iter()
        .zip(&named)
        .map(|(doc, sites)| weighed(doc, sites.iter().map(|site| numbers[site.as_str()])))
        .collect();
    for (term, _) in terms.iter().flatten() {
        counts[*term as usize] += 1;
    }
    let total = terms.len().max(1) as f32;
    let rarity = |term: TermId| match counts[term as usize] {
        0 | 1 => 0.0,
        count => (total / count as f32).ln(),
    };
    let of = terms
        .into_par_iter()
        .map(|parts| {
            Vector::new(parts.into_iter().map(|(t, weight)| (t, weight * rarity(t))).collect())
                .unit()
        })
        .collect();
    Vectors { of, counts }
}

/// The distinct terms of a request, those of the title and the sites in full.
fn weighed(doc: &Doc, sites: impl Iterator<Item = TermId>) -> Vec<(TermId, f32)> {
    let mut all: BTreeMap<TermId, f32> = doc.body.iter().map(|term| (*term, BODY)).collect();
    all.extend(doc.title.iter().copied().chain(sites).map(|term| (term, 1.0)));
    all.into_iter().collect()
}

fn sites_of(ticket: &Ticket) -> Vec<String> {
    let mut found = sites(&ticket.title);
    found.extend(sites(cut(&ticket.description, BODY_BYTES)));
    found.sort();
    found.dedup();
    found
}

/// The pairs near enough to be joined, the nearest first.
fn pairs(loose: &[u32], vectors: &Vectors) -> Vec<(f32, u32, u32)> {
    let rare = |term: TermId| (2..=RARE).contains(&vectors.counts[term as usize]);
    let mut rows: FxHashMap<TermId, Vec<u32>> = FxHashMap::default();
    for ticket in loose {
        let parts = vectors.of[*ticket as usize].parts();
        for (term, _) in parts.iter().filter(|(term, _)| rare(*term)) {
            rows.entry(*term).or_default().push(*ticket);
        }
    }
    let mut pairs: Vec<(f32, u32, u32)> = loose
        .par_iter()
        .flat_map_iter(|ticket| {
            let mut shared: FxHashMap<u32, f32> = FxHashMap::default();
            for (term, weight) in vectors.of[*ticket as usize].parts() {
                for other in rows.get(term).into_iter().flatten().filter(|o| *o != ticket) {
                    *shared.entry(*other).or_default() += weight;
                }
            }
            let mut near: Vec<(u32, f32)> = shared.into_iter().collect();
            near.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            near.truncate(SHORTLIST);
            let mut near: Vec<(f32, u32)> =
                near.into_iter().map(|(other, _)| (vectors.alike(*ticket, other), other)).collect();
            near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            near.truncate(NEAREST);
            near.retain(|(alike, _)| *alike >= ALIKE);
            let pair =
                |(alike, other): (f32, u32)| (alike, *ticket.min(&other), *ticket.max(&other));
            near.into_iter().map(pair).collect::<Vec<_>>()
        })
        .collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    pairs.dedup();
    pairs
}

/// Joins the groups of the nearest pairs, as long as all of them are alike on average.
fn merged(
    mut groups: Vec<Vec<u32>>,
    pairs: Vec<(f32, u32, u32)>,
    vectors: &Vectors,
) -> Vec<Vec<u32>> {
    let mut home: FxHashMap<u32, usize> = groups
        .iter()
        .enumerate()
        .flat_map(|(place, group)| group.iter().map(move |ticket| (*ticket, place)))
        .collect();
    for (_, a, b) in pairs {
        let (into, from) = (home[&a].min(home[&b]), home[&a].max(home[&b]));
        if into == from || groups[into].len() + groups[from].len() > MOST {
            continue;
        }
        let sum: f32 = groups[into]
            .iter()
            .flat_map(|x| groups[from].iter().map(|y| vectors.alike(*x, *y)))
            .sum();
        if sum / ((groups[into].len() * groups[from].len()) as f32) < ALIKE {
            continue;
        }
        let moved = std::mem::take(&mut groups[from]);
        home.extend(moved.iter().map(|ticket| (*ticket, into)));
        groups[into].extend(moved);
        groups[into].sort_unstable();
    }
    groups.retain(|group| !group.is_empty());
    groups
}

#[cfg(test)]
mod tests {
    use kompel_model::SourceKind;

    use super::*;
    use crate::{Settings, discover};

    /// Reports of which each is about something else, but for the pairs named.
    const REPORTS: [&str; 16] = [
        "dict.leo.org renders blank",
        "Page content does not load on leo.org",
        "Sequoia: application does not launch",
        "With Sequoia the program can not be opened",
        "Toolbar icons overlap in the compose window",
        "Spell checker ignores capital letters",
        "Calendar reminders ring an hour late",
        "Printing cuts the bottom margin",
        "Bookmarks vanish when sorted by keyword",
        "Downloads folder cannot be changed",
        "Keyboard shortcut for quoting is ignored",
        "Newsgroup headers show garbled letters",
        "Proxy password is asked twice",
        "Junk filter eats invoices",
        "Sidebar jumps while scrolling",
        "Sound of new mail plays twice",
    ];

    const PAIRED: [&str; 4] = ["BUG-0", "BUG-1", "BUG-2", "BUG-3"];

    #[test]
    fn two_reports_of_one_matter_land_together_and_others_do_not() {
        let mut log = EventLog::default();
        for (number, title) in REPORTS.iter().enumerate() {
            let mut ticket = Ticket::new(SourceKind::Jira, &format!("BUG-{number}"));
            ticket.title = (*title).to_owned();
            log.tickets.push(ticket);
        }
        log.sort();
        let settings = Settings { least_records: 2, ..Settings::default() };
        let found = discover(&log, &settings, &|_| {});
        // Among sixteen reports any two words are rare; what matters is these four.
        let candidates = found.candidates.iter().map(|c| &c.members);
        let mut groups: Vec<Vec<&str>> = candidates
            .chain(found.rejected.iter().map(|r| &r.members))
            .map(|members| members.iter().map(|member| &*member.key).collect())
            .collect();
        groups.retain(|group| group.iter().any(|key| PAIRED.contains(key)));
        groups.sort();
        assert_eq!(groups, [vec!["BUG-0", "BUG-1"], vec!["BUG-2", "BUG-3"]]);
    }
}
