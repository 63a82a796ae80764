//! The measures: what discovery found against what a world really holds.
//!
//! Owns the comparison of `candidates --json` with a truth and the thresholds of the project.
//! Runs nothing, reads no files.

use std::collections::{BTreeMap, HashMap};

use kompel_model::MemberRef;

use serde::{Deserialize, Serialize};

use crate::{
    catalogue::{Decoy, Kind},
    truth::{Truth, TruthProcess, TruthVerdict},
};

/// A candidate must hold this share of a process's records to have found it…
const RECALL: f64 = 0.6;
/// …and so much of the candidate must be of that process.
const PURITY: f64 = 0.8;
/// Of the qualifying processes found, of the qualifying candidates right, of verdicts right.
const SHARE: f64 = 0.9;
/// Runs a year may be off by this.
const RATE_TOLERANCE: f64 = 0.15;

/// How far a share of rework may be off.
const REWORK_TOLERANCE: f64 = 0.03;

/// Least share of processes whose rework is within that.
const REWORK_SHARE: f64 = 0.8;

/// The four criteria, as their fields are called.
pub const CRITERIA: [&str; 4] = ["frequency", "systems", "human_factor", "errors"];

/// What `kompel candidates --json` says, as far as it is measured.
#[derive(Debug, Clone, Deserialize)]
pub struct Output {
    /// What looks like a process.
    pub candidates: Vec<Candidate>,
    /// Groups that are no candidate.
    #[serde(default)]
    pub rejected: Vec<Group>,
}

/// A candidate.
#[derive(Debug, Clone, Deserialize)]
pub struct Candidate {
    /// Short name.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Its place.
    pub rank: u32,
    /// True if it qualifies.
    pub qualifies: bool,
    /// The verdicts.
    pub criteria: Criteria,
    /// Its records.
    pub members: Vec<MemberRef>,
}

/// A rejected group.
#[derive(Debug, Clone, Deserialize)]
pub struct Group {
    /// Short name.
    pub id: String,
    /// Why it was rejected.
    pub reason: String,
    /// Its records.
    pub members: Vec<MemberRef>,
}

/// Its verdicts.
#[derive(Debug, Clone, Deserialize)]
pub struct Criteria {
    /// How often.
    pub frequency: Criterion,
    /// How many systems.
    pub systems: Criterion,
    /// Waiting and copying.
    pub human_factor: Criterion,
    /// Rework.
    pub errors: Criterion,
}

/// One verdict.
#[derive(Debug, Clone, Deserialize)]
pub struct Criterion {
    /// Met or not.
    pub verdict: TruthVerdict,
    /// Runs a year.
    #[serde(default)]
    pub per_year: Option<f64>,
    /// Share of the runs with rework.
    #[serde(default)]
    pub rework_share: Option<f64>,
}

impl Criteria {
    fn verdicts(&self) -> [TruthVerdict; 4] {
        [&self.frequency, &self.systems, &self.human_factor, &self.errors].map(|c| c.verdict)
    }
}

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Part {
    /// So many.
    pub count: usize,
    /// Of so many.
    pub of: usize,
}

impl Part {
    fn add(&mut self, right: bool) {
        self.of += 1;
        self.count += usize::from(right);
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.of += other.of;
    }

    /// The share; 1 if there is nothing to be right about.
    pub fn share(self) -> f64 {
        if self.of == 0 { 1.0 } else { self.count as f64 / self.of as f64 }
    }
}

/// The measures of one world, or of several together.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Measures {
    /// Qualifying processes found.
    pub found: Part,
    /// Qualifying candidates that are a qualifying process, found as defined.
    pub precision: Part,
    /// Of those that are wrong, fragments of a qualifying process (pure, but too small).
    pub fragments: usize,
    /// The first three right.
    pub first_three: Part,
    /// Decoys that qualify.
    pub decoys: Vec<String>,
    /// Verdicts right, by criterion.
    pub verdicts: BTreeMap<&'static str, Part>,
    /// Of the wrong verdicts, those that say "met", by criterion.
    pub too_eager: BTreeMap<&'static str, usize>,
    /// Runs a year within the tolerance.
    pub rate: Part,
    /// Shares of rework within the tolerance, of qualifying processes.
    pub rework: Part,
    /// Chat-only processes found.
    pub chat: Part,
    /// Answer-only processes found.
    pub answers: Part,
    /// Worlds whose output did not change with the order of rows.
    pub row_order: Part,
}

impl Measures {
    /// Adds another world's.
    pub fn merge(&mut self, other: &Self) {
        self.found.merge(other.found);
        self.precision.merge(other.precision);
        self.fragments += other.fragments;
        self.first_three.merge(other.first_three);
        self.decoys.extend(other.decoys.iter().cloned());
        for (name, part) in &other.verdicts {
            self.verdicts.entry(name).or_default().merge(*part);
        }
        for (name, count) in &other.too_eager {
            *self.too_eager.entry(name).or_default() += count;
        }
        self.rate.merge(other.rate);
        self.rework.merge(other.rework);
        self.chat.merge(other.chat);
        self.answers.merge(other.answers);
        self.row_order.merge(other.row_order);
    }

    /// The measures below the project's thresholds, by name.
    pub fn failures(&self) -> Vec<String> {
        let mut failures = Vec::new();
        let mut need = |name: &str, part: Part, least: f64| {
            if part.share() < least {
                failures.push(format!("{name}: {}/{} (needs {least})", part.count, part.of));
            }
        };
        need("found", self.found, SHARE);
        need("precision", self.precision, SHARE);
        need("first three", self.first_three, 1.0);
        for (name, part) in &self.verdicts {
            need(name, *part, SHARE);
        }
        need("runs a year", self.rate, SHARE);
        need("rework", self.rework, REWORK_SHARE);
        need("chat-only", self.chat, 1.0);
        need("row order", self.row_order, 1.0);
        if !self.decoys.is_empty() {
            failures.push(format!("decoys that qualify: {}", self.decoys.join(", ")));
        }
        failures
    }
}

/// How one planted process fared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fate {
    /// Short name.
    pub id: String,
    /// What records it leaves.
    pub kind: Kind,
    /// What trap it is, if it is one.
    pub decoy: Option<Decoy>,
    /// True if it qualifies.
    pub qualifies: bool,
    /// The candidate (or rejected group) that holds most of it.
    pub best: Option<String>,
    /// What it is called.
    pub title: String,
    /// Of the process's records, the share that it holds.
    pub recall: f64,
    /// Of its records, the share that is of the process.
    pub purity: f64,
    /// True if found as defined.
    pub found: bool,
    /// What the candidate says, if it is one.
    pub says_qualifies: Option<bool>,
    /// Criteria on which the candidate is wrong.
    pub wrong: Vec<String>,
    /// Runs a year.
    pub per_year: f64,
    /// Runs a year as the candidate says.
    pub says_per_year: Option<f64>,
}

/// One world's measures and the fates behind them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// The name it was given.
    pub world: String,
    /// The measures.
    pub measures: Measures,
    /// How each process fared.
    pub processes: Vec<Fate>,
    /// Qualifying candidates that are not right, with what they mostly hold.
    pub wrong_candidates: Vec<String>,
}

/// Compares an output with the truth.
pub fn score(world: &str, truth: &Truth, output: &Output) -> Score {
    let owners = owners(truth);
    let held: Vec<BTreeMap<usize, usize>> =
        output.candidates.iter().map(|c| count(&c.members, &owners)).collect();
    let rejected: Vec<BTreeMap<usize, usize>> =
        output.rejected.iter().map(|g| count(&g.members, &owners)).collect();
    let mut measures = Measures::default();
    let mut processes = Vec::new();
    for (p, process) in truth.processes.iter().enumerate() {
        let fate = fate(p, process, output, &held, &rejected);
        tally(&mut measures, process, &fate, output);
        processes.push(fate);
    }
    let wrong_candidates = judge_candidates(truth, output, &held, &mut measures);
    Score { world: world.to_owned(), measures, processes, wrong_candidates }
}

fn owners(truth: &Truth) -> HashMap<&MemberRef, usize> {
    let each = truth.processes.iter().enumerate();
    each.flat_map(|(p, process)| process.records.iter().map(move |record| (record, p))).collect()
}

/// Records by the process they are of.
fn count(members: &[MemberRef], owners: &HashMap<&MemberRef, usize>) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    for process in members.iter().filter_map(|member| owners.get(member)) {
        *counts.entry(*process).or_default() += 1;
    }
    counts
}

fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

fn fate(
    p: usize,
    process: &TruthProcess,
    output: &Output,
    held: &[BTreeMap<usize, usize>],
    rejected: &[BTreeMap<usize, usize>],
) -> Fate {
    let most = |of: &[BTreeMap<usize, usize>]| {
        of.iter()
            .enumerate()
            .filter_map(|(i, counts)| counts.get(&p).map(|n| (i, *n)))
            .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))
    };
    let mut fate = Fate {
        id: process.id.clone(),
        kind: process.kind,
        decoy: process.decoy,
        qualifies: process.qualifies,
        best: None,
        title: String::new(),
        recall: 0.0,
        purity: 0.0,
        found: false,
        says_qualifies: None,
        wrong: Vec::new(),
        per_year: process.criteria.per_year,
        says_per_year: None,
    };
    let of = process.records.len();
    if let Some((i, n)) = most(held) {
        let candidate = &output.candidates[i];
        fate.best = Some(candidate.id.clone());
        fate.title.clone_from(&candidate.title);
        fate.recall = share(n, of);
        fate.purity = share(n, candidate.members.len());
        fate.found = fate.recall >= RECALL && fate.purity >= PURITY;
        fate.says_qualifies = Some(candidate.qualifies);
        fate.says_per_year = candidate.criteria.frequency.per_year;
        let (truth, said) = (true_verdicts(process), candidate.criteria.verdicts());
        let wrong = CRITERIA.iter().enumerate().filter(|(c, _)| truth[*c] != said[*c]);
        fate.wrong = wrong.map(|(_, name)| (*name).to_owned()).collect();
    }
    if let Some((i, n)) = most(rejected).filter(|(_, n)| share(*n, of) > fate.recall) {
        let group = &output.rejected[i];
        fate.best = Some(group.id.clone());
        fate.title = format!("rejected: {}", group.reason);
        fate.recall = share(n, of);
        fate.purity = share(n, group.members.len());
        (fate.found, fate.says_qualifies, fate.says_per_year) = (false, None, None);
        fate.wrong.clear();
    }
    fate
}

fn true_verdicts(process: &TruthProcess) -> [TruthVerdict; 4] {
    let c = &process.criteria;
    [c.frequency, c.systems, c.human_factor, c.errors]
}

/// Decoys whose verdicts are plain facts; a burst's rate, say, is not.
fn has_plain_verdicts(process: &TruthProcess) -> bool {
    matches!(
        process.decoy,
        None | Some(Decoy::SingleSystem | Decoy::TooRare | Decoy::NoHumanFactor)
    )
}

fn tally(measures: &mut Measures, process: &TruthProcess, fate: &Fate, output: &Output) {
    if process.qualifies {
        measures.found.add(fate.found);
        match process.kind {
            Kind::Chat => measures.chat.add(fate.found),
            Kind::Answer => measures.answers.add(fate.found),
            Kind::Ticket => {}
        }
    }
    let candidate = output.candidates.iter().find(|c| Some(&c.id) == fate.best.as_ref());
    let Some(candidate) = candidate.filter(|_| fate.found && has_plain_verdicts(process)) else {
        return;
    };
    for (name, said) in CRITERIA.into_iter().zip(candidate.criteria.verdicts()) {
        let right = !fate.wrong.iter().any(|w| w == name);
        measures.verdicts.entry(name).or_default().add(right);
        if !right && said == TruthVerdict::Met {
            *measures.too_eager.entry(name).or_default() += 1;
        }
    }
    let near = |said: f64| (said - fate.per_year).abs() <= RATE_TOLERANCE * fate.per_year;
    measures.rate.add(fate.says_per_year.is_some_and(near));
    if let Some(said) = candidate.criteria.errors.rework_share.filter(|_| process.qualifies) {
        measures.rework.add((said - process.criteria.rework_share).abs() <= REWORK_TOLERANCE);
    }
}

/// Judges what is said to qualify; gives back what is wrong.
fn judge_candidates(
    truth: &Truth,
    output: &Output,
    held: &[BTreeMap<usize, usize>],
    measures: &mut Measures,
) -> Vec<String> {
    let mut order: Vec<usize> = (0..output.candidates.len()).collect();
    order.sort_by_key(|i| output.candidates[*i].rank);
    let mut wrong = Vec::new();
    let qualifying = order.into_iter().filter(|i| output.candidates[*i].qualifies);
    for (place, i) in qualifying.enumerate() {
        let candidate = &output.candidates[i];
        let top = held[i].iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
        let main = top.map(|(p, n)| (&truth.processes[*p], *n));
        let pure = main.is_some_and(|(_, n)| share(n, candidate.members.len()) >= PURITY);
        let real = main.is_some_and(|(p, _)| p.qualifies);
        let whole = main.is_some_and(|(p, n)| share(n, p.records.len()) >= RECALL);
        let right = pure && real && whole;
        measures.precision.add(right);
        measures.fragments += usize::from(pure && real && !whole);
        if place < 3 {
            measures.first_three.add(right);
        }
        if let Some((p, n)) = main.filter(|(p, n)| p.decoy.is_some() && is_mostly(*n, candidate, p))
        {
            measures.decoys.push(format!("{} as {} ({n})", p.id, candidate.id));
        }
        if !right {
            let holds = main.map_or("no process".to_owned(), |(p, n)| {
                format!("{} {n}/{}", p.id, p.records.len())
            });
            wrong.push(format!(
                "{} {:?} ({} records): {holds}",
                candidate.id,
                candidate.title,
                candidate.members.len()
            ));
        }
    }
    wrong
}

/// True if half the candidate is of the process, or it holds most of the process.
fn is_mostly(n: usize, candidate: &Candidate, process: &TruthProcess) -> bool {
    share(n, candidate.members.len()) >= 0.5 || share(n, process.records.len()) >= RECALL
}

#[cfg(test)]
mod tests {
    use kompel_model::SourceKind;
    use serde_json::{Value, json};

    use super::*;

    fn refs(from: usize, to: usize) -> Value {
        (from..to).map(|i| json!({"source": "jira", "ref": format!("T-{i}")})).collect()
    }

    fn process(id: &str, decoy: Option<&str>, qualifies: bool, from: usize, to: usize) -> Value {
        json!({"id": id, "name_nl": id, "name_en": id, "kind": "ticket", "decoy": decoy, "qualifies": qualifies,
            "criteria": {"frequency": "met", "per_year": 100.0, "weeks_share": 1.0, "systems": "met",
                "system_names": [], "human_factor": "met", "waiting_share": 0.5, "copy_paste_share": 0.0,
                "touched_share": 0.5, "waiting_hours_median": null, "waits_for": null, "errors": "not_met",
                "rework_share": 0.0},
            "runs": to - from, "hours_per_month": 1.0, "dutch_share": 0.5, "manual_share": 0.0,
            "records": refs(from, to)})
    }

    fn truth() -> Truth {
        serde_json::from_value(json!({"seed": 1, "catalogue": "a", "from": "2025-01-01", "to": "2026-06-30",
            "days": 546, "description": "", "tickets": 400, "messages": 0, "answers": 0, "noise_tickets": 200,
            "processes": [process("p", None, true, 0, 100), process("q", None, true, 100, 200),
                process("burst", Some("outage_burst"), false, 200, 280)]}))
        .unwrap()
    }

    fn candidate(id: &str, rank: u32, qualifies: bool, per_year: f64, members: Value) -> Value {
        json!({"id": id, "title": id, "rank": rank, "qualifies": qualifies, "members": members,
            "criteria": {"frequency": {"verdict": "met", "per_year": per_year}, "systems": {"verdict": "met"},
                "human_factor": {"verdict": "met"}, "errors": {"verdict": "not_met"}}})
    }

    fn measure(candidates: &[Value]) -> Score {
        let output = serde_json::from_value(json!({"candidates": candidates})).unwrap();
        score("w", &truth(), &output)
    }

    #[test]
    fn what_is_found_whole_and_pure_is_right() {
        let got = measure(&[
            candidate("c-1", 1, true, 101.0, refs(0, 100)),
            candidate("c-2", 2, true, 90.0, refs(100, 165)),
        ]);
        assert_eq!(got.measures.found, Part { count: 2, of: 2 });
        assert_eq!(got.measures.precision, Part { count: 2, of: 2 });
        assert_eq!(got.measures.rate, Part { count: 2, of: 2 });
        assert_eq!(got.measures.failures(), Vec::<String>::new());
    }

    #[test]
    fn a_mixed_candidate_finds_nothing() {
        let got = measure(&[candidate("c-1", 1, true, 100.0, refs(0, 200))]);
        assert_eq!(got.measures.found, Part { count: 0, of: 2 });
        assert_eq!(got.measures.precision, Part { count: 0, of: 1 });
        assert_eq!(got.measures.first_three, Part { count: 0, of: 1 });
    }

    #[test]
    fn a_fragment_is_not_the_process() {
        let got = measure(&[candidate("c-1", 1, true, 100.0, refs(0, 50))]);
        assert_eq!(got.measures.found.count, 0);
        assert_eq!(got.measures.fragments, 1);
    }

    #[test]
    fn a_decoy_that_qualifies_is_named() {
        let got = measure(&[candidate("c-1", 1, true, 100.0, refs(200, 280))]);
        assert_eq!(got.measures.decoys, ["burst as c-1 (80)"]);
        let quiet = measure(&[candidate("c-1", 1, false, 100.0, refs(200, 280))]);
        assert!(quiet.measures.decoys.is_empty());
        assert_eq!(quiet.measures.verdicts, BTreeMap::new(), "a burst has no plain verdicts");
    }

    #[test]
    fn a_rate_too_far_off_and_a_wrong_verdict_count() {
        let mut wrong = candidate("c-1", 1, true, 120.0, refs(0, 100));
        wrong["criteria"]["systems"]["verdict"] = json!("unknown");
        let got = measure(&[wrong]);
        assert_eq!(got.measures.rate, Part { count: 0, of: 1 });
        assert_eq!(got.measures.verdicts["systems"], Part { count: 0, of: 1 });
        assert_eq!(got.measures.verdicts["errors"], Part { count: 1, of: 1 });
        assert_eq!(got.processes[0].wrong, ["systems"]);
    }

    #[test]
    fn a_process_among_the_rejected_is_not_found() {
        let output = serde_json::from_value(json!({"candidates": [],
            "rejected": [{"id": "g-1", "reason": "resolutions differ", "members": refs(0, 100)}]}))
        .unwrap();
        let got = score("w", &truth(), &output);
        assert_eq!(got.processes[0].best.as_deref(), Some("g-1"));
        assert!(!got.processes[0].found);
        assert_eq!(truth().processes[0].records[0].source, SourceKind::Jira);
    }
}
