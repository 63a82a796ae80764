//! Steps: what workers do in the runs, in the order they do it.
//!
//! Like sentences of workers' comments are one step, whatever their names, numbers and language;
//! so are status changes and the activities of event logs.

use std::collections::{BTreeMap, BTreeSet};

use kompel_model::MemberRef;

use super::{
    Knowledge, median,
    runs::{Event, Place, Run, What},
};
use crate::{
    Category, StepFact,
    lexicon::Meaning,
    quote::quote,
    signs::{Sign, SignSet, StatusClass},
    tally::Tallied,
};

/// Steps shown.
const MOST: usize = 8;

/// Runs looked at; more would only repeat them.
const SAMPLE: usize = 600;

/// Share of the runs a step must be seen in.
const LEAST_SHARE: f64 = 0.2;

/// Runs a step must be seen in, where that is less than the share.
const LEAST_RUNS: usize = 3;

/// How alike two sentences of one step are, 0..1.
const ALIKE: f64 = 0.5;

/// Something a run shows as done, before like ones are put together.
struct Act<'a> {
    run: usize,
    /// Where in its run, 0..1.
    place: f64,
    text: &'a str,
    of: &'a MemberRef,
    waiting: bool,
    /// What it is about: concepts and rare words.
    marks: BTreeSet<String>,
}

/// Reads the steps.
pub(crate) fn steps(runs: &[&Run<'_>], knowledge: &Knowledge<'_>) -> Vec<StepFact> {
    let every = runs.len().div_ceil(SAMPLE).max(1);
    let sample: Vec<&Run<'_>> = runs.iter().step_by(every).copied().collect();
    let mut acts = Vec::new();
    for (place, run) in sample.iter().enumerate() {
        acts.extend(acts_of(place, run, knowledge));
    }
    let mut clusters = cluster(&acts);
    let least = ((sample.len() as f64 * LEAST_SHARE).ceil() as usize)
        .min(LEAST_RUNS.max(sample.len() / 20));
    let seen_in = |cluster: &Vec<usize>| {
        cluster.iter().map(|act| acts[*act].run).collect::<BTreeSet<_>>().len()
    };
    clusters.retain(|cluster| seen_in(cluster) >= least.max(LEAST_RUNS.min(sample.len())));
    clusters.sort_by_key(|cluster| (std::cmp::Reverse(seen_in(cluster)), cluster[0]));
    clusters.truncate(MOST);
    let mut placed: Vec<(f64, usize, StepFact)> = clusters
        .iter()
        .map(|cluster| {
            let place = median(cluster.iter().map(|act| acts[*act].place).collect());
            (place.unwrap_or_default(), cluster[0], fact(cluster, &acts, &sample, knowledge))
        })
        .collect();
    placed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    placed.into_iter().map(|(_, _, fact)| fact).collect()
}

/// What one run shows as done.
fn acts_of<'a>(place: usize, run: &Run<'a>, knowledge: &Knowledge<'_>) -> Vec<Act<'a>> {
    if let Some(ticket) = run.ticket
        && !ticket.activities.is_empty()
    {
        let last = ticket.activities.len().max(2) as f64 - 1.0;
        let acts = ticket.activities.iter().enumerate().map(|(at, activity)| Act {
            run: place,
            place: at as f64 / last,
            text: &activity.name,
            of: &ticket.id,
            waiting: false,
            marks: BTreeSet::from([activity.name.to_lowercase()]),
        });
        return acts.collect();
    }
    let mut out = Vec::new();
    let last = run.events.len().max(2) as f64 - 1.0;
    for (at, event) in run.events.iter().enumerate().filter(|(_, event)| is_work(run, event)) {
        let position = at as f64 / last;
        match event.what {
            What::Said { text, of, .. } => {
                let parts = sentences(text).into_iter().enumerate();
                out.extend(parts.filter_map(|(n, text)| {
                    let signs = knowledge.words.signs.read(text);
                    let marks = marks(text, knowledge);
                    let place_in_run = position + n as f64 * 1e-3;
                    let waiting = waits(signs);
                    (is_step(signs) && marks.len() >= 2).then_some(Act {
                        run: place,
                        place: place_in_run,
                        text,
                        of,
                        waiting,
                        marks,
                    })
                }));
            }
            What::Status { to, name, .. } => {
                let waiting =
                    matches!(to, StatusClass::WaitingApproval | StatusClass::WaitingPerson);
                let marks = BTreeSet::from([format!("status:{}", name.to_lowercase())]);
                out.push(Act {
                    run: place,
                    place: position,
                    text: name,
                    of: run.id,
                    waiting,
                    marks,
                });
            }
        }
    }
    out
}

fn is_work(run: &Run<'_>, event: &Event<'_>) -> bool {
    if event.robot {
        return false;
    }
    match event.what {
        What::Said { place: Place::Opening, .. } => false,
        What::Said { place: Place::ChatOpening, signs, .. } => signs.has(Sign::ChatReport),
        What::Said { .. } => run.is_worker(event.author),
        // Done and reopened say how it ends; only a wait is a step of its own.
        What::Status { to, .. } => {
            matches!(to, StatusClass::WaitingApproval | StatusClass::WaitingPerson)
        }
    }
}

fn waits(signs: SignSet) -> bool {
    [Sign::ApprovalAsk, Sign::WaitingApproval, Sign::WaitingAnswer]
        .iter()
        .any(|sign| signs.has(*sign))
}

fn is_step(signs: SignSet) -> bool {
    let nothing = [Sign::Thanks, Sign::Ack, Sign::AutoReply, Sign::Announcement, Sign::Reopened];
    nothing.iter().all(|sign| !signs.has(*sign))
}

/// The sentences of a comment; a full stop within a name or number ends none.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut from = 0;
    let bytes = text.as_bytes();
    for (at, letter) in text.char_indices() {
        let next = bytes.get(at + letter.len_utf8()).copied();
        let ends = match letter {
            '\n' | ';' => true,
            '.' | '!' | '?' => next.is_none_or(|b| b.is_ascii_whitespace()),
            _ => false,
        };
        if ends {
            out.push(text[from..at].trim());
            from = at + letter.len_utf8();
        }
    }
    out.push(text[from..].trim());
    out.retain(|part| (4..=400).contains(&part.len()));
    out.truncate(12);
    out
}

/// What a sentence is about: the lexicon's concepts, and words it does not know, without numbers.
fn marks(text: &str, knowledge: &Knowledge<'_>) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '\''))
        .filter(|word| word.len() > 1)
        .take(40)
        .collect();
    let mut units = Vec::new();
    knowledge.words.lexicon.annotate(&words, &mut units);
    units
        .into_iter()
        .filter_map(|unit| match unit.meaning {
            Meaning::Concept(id) => Some(knowledge.words.lexicon.name(id).to_owned()),
            Meaning::Stop => None,
            Meaning::Unknown => {
                let word = words.get(unit.range.start as usize)?;
                let named = word.bytes().any(|b| b.is_ascii_digit());
                (word.len() > 3 && !named).then(|| (*word).to_owned())
            }
        })
        .collect()
}

/// Puts like acts together: each joins the likeliest cluster begun before it, or begins one.
fn cluster(acts: &[Act<'_>]) -> Vec<Vec<usize>> {
    let mut clusters: Vec<Vec<usize>> = Vec::new();
    let mut begun_with: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, act) in acts.iter().enumerate() {
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for cluster in act.marks.iter().filter_map(|mark| begun_with.get(mark.as_str())).flatten() {
            *shared.entry(*cluster).or_default() += 1;
        }
        let alike = |(cluster, shared): (usize, usize)| {
            let other = acts[clusters[cluster][0]].marks.len();
            let union = (act.marks.len() + other - shared) as f64;
            (shared as f64 / union, cluster)
        };
        let best =
            shared.into_iter().map(alike).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        match best {
            Some((likeness, cluster)) if likeness >= ALIKE => clusters[cluster].push(place),
            _ => {
                for mark in &act.marks {
                    begun_with.entry(mark).or_default().push(clusters.len());
                }
                clusters.push(vec![place]);
            }
        }
    }
    clusters
}

fn fact(
    cluster: &[usize],
    acts: &[Act<'_>],
    sample: &[&Run<'_>],
    knowledge: &Knowledge<'_>,
) -> StepFact {
    let in_runs: BTreeSet<usize> = cluster.iter().map(|act| acts[*act].run).collect();
    let mut tally = Tallied::default();
    for (place, run) in sample.iter().enumerate() {
        tally.see(run.id, run.at, in_runs.contains(&place));
    }
    let typical = typical(cluster, acts);
    let waiting = cluster.iter().filter(|act| acts[**act].waiting).count() * 2 > cluster.len();
    StepFact {
        text: quote(acts[typical].text, acts[typical].of),
        seen: tally.into(),
        systems: systems(cluster, acts, knowledge),
        waiting,
    }
}

/// The act whose words most others share; the shortest of equals.
fn typical(cluster: &[usize], acts: &[Act<'_>]) -> usize {
    let mut weight: BTreeMap<&str, usize> = BTreeMap::new();
    for mark in cluster.iter().flat_map(|act| &acts[*act].marks) {
        *weight.entry(mark).or_default() += 1;
    }
    let score = |act: usize| {
        let marks = &acts[act].marks;
        let sum: usize = marks.iter().filter_map(|mark| weight.get(mark.as_str())).sum();
        sum / marks.len().max(1)
    };
    let best = cluster.iter().copied().max_by(|a, b| {
        let shorter = acts[*b].text.len().cmp(&acts[*a].text.len());
        score(*a).cmp(&score(*b)).then(shorter).then_with(|| acts[*b].of.cmp(acts[*a].of))
    });
    best.unwrap_or_default()
}

/// Systems that at least a third of the sentences name.
fn systems(cluster: &[usize], acts: &[Act<'_>], knowledge: &Knowledge<'_>) -> Vec<String> {
    let catalogue = knowledge.words.systems;
    let mut counts = BTreeMap::new();
    for act in cluster {
        let mut ids = catalogue.find(acts[*act].text);
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            *counts.entry(id).or_insert(0_usize) += 1;
        }
    }
    let mut names: Vec<String> = counts
        .into_iter()
        .filter(|(id, n)| n * 3 >= cluster.len() && catalogue.category(*id) != Category::Chat)
        .map(|(id, _)| catalogue.name(id).to_owned())
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, comment, facts, log, ticket};
    use super::*;

    #[test]
    fn like_comments_are_one_step_in_their_order() {
        let tickets = (0..6)
            .map(|n| {
                let mut record = ticket(n, at("2025-03-03T08:00:00Z"));
                let name = ["Jan", "Piet", "Els", "Rita", "Bob", "Ann"][n];
                record.comments = vec![
                    comment(
                        "2025-03-03T09:00:00Z",
                        "worker",
                        &format!("Identiteit nagekeken telefonisch bij {name}."),
                    ),
                    comment(
                        "2025-03-03T09:30:00Z",
                        "worker",
                        &format!("Wachtwoord gereset in Active Directory voor {name}."),
                    ),
                ];
                record
            })
            .collect();
        let found = facts(&log(tickets, vec![]), 6).steps;
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].text.text.starts_with("Identiteit"));
        assert_eq!((found[1].seen.count, found[1].seen.of), (6, 6));
        assert_eq!(found[1].systems, ["Active Directory"]);
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        let found = sentences("Regel op 10.0.0.1 gezet. Getest; ok\nNaar v1.2 gebracht");
        assert_eq!(found, ["Regel op 10.0.0.1 gezet", "Getest", "Naar v1.2 gebracht"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_its_sentences_and_objects(text in "\\PC{0,80}[.!?;\n]{0,2}\\PC{0,80}") {
            for part in sentences(&text) {
                proptest::prop_assert!(text.contains(part));
            }
            for object in super::super::inputs::objects(&text) {
                proptest::prop_assert!(text.to_lowercase().contains(&object));
            }
        }
    }
}
