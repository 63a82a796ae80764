//! Rank: value × ease, discounted by how sure the evidence is; those that qualify first.

use kompel_mining::{Candidate, Discovery, EffortBasis};
use kompel_model::Phrase;

use crate::criteria::{self, is_claimed, round, script_may_do};
use crate::gain::{count, even};
use crate::{Assessed, Assessment, Criteria, Ease, Factor, Gain, Policy, Verdict};
use crate::{ease, gain, origins};

/// Judges every candidate and ranks them.
pub fn assess(discovery: &Discovery, policy: &Policy) -> Assessment {
    let mut drafts: Vec<Draft<'_>> =
        discovery.candidates.iter().map(|candidate| Draft::new(candidate, policy)).collect();
    let best = best_value(&drafts);
    for draft in &mut drafts {
        draft.value = if best > 0.0 { round((draft.worth / best).clamp(0.0, 1.0), 3) } else { 0.0 };
        draft.score = round(draft.value * draft.ease.share * draft.certainty, 4);
    }
    drafts.sort_by(|a, b| {
        b.qualifies
            .cmp(&a.qualifies)
            .then(b.score.total_cmp(&a.score))
            .then(a.candidate.id.cmp(&b.candidate.id))
    });
    let assessed = (1u32..).zip(drafts).map(|(rank, draft)| draft.finish(rank, policy)).collect();
    Assessment { candidates: assessed }
}

/// A candidate on its way to its rank.
struct Draft<'a> {
    candidate: &'a Candidate,
    criteria: Criteria,
    qualifies: bool,
    gain: Gain,
    ease: Ease,
    certainty: f64,
    certainty_parts: Vec<Factor>,
    worth: f64,
    value: f64,
    score: f64,
}

impl<'a> Draft<'a> {
    fn new(candidate: &'a Candidate, policy: &Policy) -> Self {
        let criteria = criteria::judge(candidate, policy);
        let gain = gain::estimate(candidate, policy);
        let worth = worth(candidate, &criteria, &gain, policy);
        let certainty_parts = certainty_parts(candidate, policy);
        Self {
            qualifies: qualifies(candidate, &criteria, policy),
            ease: ease::estimate(candidate, policy),
            certainty: certainty(&certainty_parts),
            candidate,
            criteria,
            gain,
            certainty_parts,
            worth,
            value: 0.0,
            score: 0.0,
        }
    }

    fn finish(self, rank: u32, policy: &Policy) -> Assessed {
        let mut assessed = Assessed {
            id: self.candidate.id.clone(),
            rank,
            score: self.score,
            value: self.value,
            qualifies: self.qualifies,
            criteria: self.criteria,
            gain: self.gain,
            ease: self.ease,
            certainty: self.certainty,
            certainty_parts: self.certainty_parts,
            script_may_do: script_may_do(&self.candidate.systems, policy),
            systems: criteria::names(&self.candidate.systems, policy),
            origins: Vec::new(),
        };
        assessed.origins = origins::of(self.candidate, &assessed, policy);
        assessed
    }
}

/// True if the gates let it through, its ends are alike and there are cases enough.
fn qualifies(candidate: &Candidate, criteria: &Criteria, policy: &Policy) -> bool {
    let alike = candidate.resolution.sameness.is_none_or(|s| s >= policy.sameness_floor);
    let enough = candidate.rate.counted >= policy.minimum_cases || is_claimed(&candidate.rate);
    criteria::pass_gates(criteria, policy) && alike && enough
}

/// The likely hours, raised for error-proneness and for the hunt's own words, lowered where a
/// script may do.
fn worth(candidate: &Candidate, criteria: &Criteria, gain: &Gain, policy: &Policy) -> f64 {
    let mut worth = gain.hours_per_month.map_or(0.0, |hours| hours.likely.max(0.0));
    if criteria.errors.verdict == Verdict::Met {
        worth *= 1.0 + policy.rank.errors_bonus.max(0.0);
    }
    if !candidate.request.lexicon.is_empty() {
        worth *= 1.0 + policy.rank.hunt_words_bonus.max(0.0);
    }
    if script_may_do(&candidate.systems, policy) {
        worth *= policy.rank.script_factor.clamp(0.0, 1.0);
    }
    worth
}

/// The best worth among those that qualify, or among all if none does.
fn best_value(drafts: &[Draft<'_>]) -> f64 {
    let best = |qualifying: bool| {
        drafts
            .iter()
            .filter(|draft| draft.qualifies || !qualifying)
            .map(|draft| draft.worth)
            .fold(0.0, f64::max)
    };
    let among_qualifying = best(true);
    if among_qualifying > 0.0 { among_qualifying } else { best(false) }
}

/// How sure the evidence is: the mean of its parts, lowered where only claims are known.
fn certainty(parts: &[Factor]) -> f64 {
    let (whole, discounts): (Vec<&Factor>, Vec<&Factor>) =
        parts.iter().partition(|part| part.name != "certainty-claimed");
    let likely = |part: &&Factor| part.value.map_or(0.0, |value| value.likely);
    let mean = whole.iter().map(likely).sum::<f64>() / f64::from(count(whole.len().max(1)));
    let discount: f64 = discounts.iter().map(likely).product();
    round((mean * discount).clamp(0.0, 1.0), 3)
}

fn certainty_parts(candidate: &Candidate, policy: &Policy) -> Vec<Factor> {
    let runs = candidate.rate.counted;
    let half = policy.rank.half_certain_runs.max(1.0);
    let sample = f64::from(runs) / (f64::from(runs) + half);
    let (effort, basis) = match candidate.effort.basis {
        EffortBasis::Worklog => (1.0, "worklog"),
        EffortBasis::Stated => (0.9, "stated"),
        EffortBasis::Answers => (0.8, "answers"),
        EffortBasis::Activity => (0.6, "activity"),
        EffortBasis::None => (0.3, "none"),
    };
    let shown =
        [candidate.systems.observable, candidate.human.observable, candidate.errors.observable];
    let observable = count(shown.iter().filter(|seen| **seen).count());
    let (sameness, ends) = match candidate.resolution.sameness {
        Some(sameness) => (sameness.clamp(0.0, 1.0), "seen"),
        None => (0.3, "unknown"),
    };
    let mut parts = vec![
        part("certainty-sample", sample, |origin| origin.number("runs", runs)),
        part("certainty-effort", effort, |origin| origin.text("basis", basis)),
        part("certainty-observable", f64::from(observable) / 3.0, |origin| {
            origin.number("count", observable)
        }),
        part("certainty-sameness", sameness, |origin| origin.text("basis", ends)),
    ];
    if is_claimed(&candidate.rate) {
        let factor = policy.rank.claimed_factor.clamp(0.0, 1.0);
        parts.push(part("certainty-claimed", factor, |origin| origin));
    }
    parts
}

fn part(name: &str, value: f64, args: impl FnOnce(Phrase) -> Phrase) -> Factor {
    let origin = args(Phrase::new(&format!("origin-{name}")));
    Factor { name: name.to_owned(), value: Some(even(round(value, 3))), origin }
}

#[cfg(test)]
mod tests {
    use kompel_model::CandidateId;
    use proptest::prelude::*;

    use super::*;
    use crate::fixture;

    fn ids(assessment: &Assessment) -> Vec<&str> {
        assessment.candidates.iter().map(|c| c.id.as_str()).collect()
    }

    #[test]
    fn those_that_qualify_come_first_and_ties_go_by_id() {
        let named = |id: &str| Candidate { id: CandidateId(id.to_owned()), ..fixture::rich() };
        let mut rare = named("c-0001");
        rare.rate.per_year = Some(12.0);
        rare.rate.weeks_with_run = 10;
        rare.effort.touch_minutes = Some(even(4000.0));
        let discovery = fixture::discovery(vec![rare, named("c-0003"), named("c-0002")]);
        let assessment = assess(&discovery, &Policy::default());
        assert_eq!(ids(&assessment), ["c-0002", "c-0003", "c-0001"]);
        assert!(!assessment.candidates[2].qualifies);
    }

    #[test]
    fn one_system_beside_the_ticket_ranks_lower() {
        let full = fixture::rich();
        let mut script = Candidate { id: CandidateId("c-0000".to_owned()), ..fixture::rich() };
        script.systems.others.truncate(1);
        let discovery = fixture::discovery(vec![full.clone(), script]);
        let assessment = assess(&discovery, &Policy::default());
        assert_eq!(ids(&assessment), [full.id.as_str(), "c-0000"]);
        assert!(assessment.candidates[1].script_may_do);
        assert!(assessment.candidates[1].qualifies);
    }

    #[test]
    fn the_hunts_own_words_weigh_as_much_as_the_policy_says() {
        let named = |id: &str, words: &[&str]| {
            let mut candidate = Candidate { id: CandidateId(id.to_owned()), ..fixture::rich() };
            candidate.request.lexicon = words.iter().map(|word| (*word).to_owned()).collect();
            candidate
        };
        let found = fixture::discovery(vec![named("c-1", &[]), named("c-2", &["reset"])]);
        let mut policy = Policy::default();
        assert_eq!(ids(&assess(&found, &policy)), ["c-2", "c-1"]);
        policy.rank.hunt_words_bonus = 0.0;
        assert_eq!(ids(&assess(&found, &policy)), ["c-1", "c-2"]);
    }

    #[test]
    fn differing_ends_and_too_few_cases_do_not_qualify() {
        let mut differing = fixture::rich();
        differing.resolution.sameness = Some(0.49);
        let mut few = fixture::rich();
        few.rate.counted = 4;
        for candidate in [differing, few] {
            let assessment = assess(&fixture::discovery(vec![candidate]), &Policy::default());
            assert!(!assessment.candidates[0].qualifies);
        }
    }

    #[test]
    fn error_proneness_gates_only_where_the_policy_says_so() {
        let mut calm = fixture::rich();
        calm.errors.rework.count = 0;
        let discovery = fixture::discovery(vec![calm]);
        let mut policy = Policy::default();
        assert!(assess(&discovery, &policy).candidates[0].qualifies);
        policy.gate.push(crate::CriterionName::Errors);
        assert!(!assess(&discovery, &policy).candidates[0].qualifies);
    }

    #[test]
    fn the_order_of_candidates_changes_nothing() {
        let named = |id: &str, minutes: f64| {
            let mut candidate = fixture::rich();
            candidate.id = CandidateId(id.to_owned());
            candidate.effort.touch_minutes = Some(even(minutes));
            candidate
        };
        let forth = vec![named("c-1", 10.0), named("c-2", 90.0), named("c-3", 10.0)];
        let back = forth.iter().rev().cloned().collect();
        let policy = Policy::default();
        let judged = |candidates| assess(&fixture::discovery(candidates), &policy);
        assert_eq!(judged(forth), judged(back));
    }

    #[test]
    fn numbers_that_are_none_never_reach_the_score() {
        let mut broken = fixture::rich();
        broken.rate.per_year = Some(f64::INFINITY);
        broken.resolution.sameness = Some(f64::NAN);
        broken.effort.touch_minutes = Some(even(f64::NAN));
        broken.effort.redo_minutes = Some(f64::NEG_INFINITY);
        broken.human.waiting_hours_median = Some(f64::NAN);
        let assessment = assess(&fixture::discovery(vec![broken]), &Policy::default());
        let assessed = &assessment.candidates[0];
        assert!(!assessed.qualifies);
        for share in [assessed.score, assessed.ease.share, assessed.certainty, assessed.value] {
            assert!((0.0..=1.0).contains(&share), "{share}");
        }
    }

    #[test]
    fn no_candidates_make_an_empty_assessment() {
        assert!(assess(&fixture::discovery(vec![]), &Policy::default()).candidates.is_empty());
    }

    proptest! {
        #[test]
        fn ranks_are_a_permutation_and_scores_are_shares(
            runs in proptest::collection::vec((0u32..500, 0.0f64..400.0, 0.0f64..1.0), 0..12)
        ) {
            let candidates = runs.iter().enumerate().map(|(n, (counted, minutes, same))| {
                let mut candidate = fixture::rich();
                candidate.id = CandidateId(format!("c-{n:04x}"));
                candidate.rate.counted = *counted;
                candidate.rate.per_year = Some(f64::from(*counted));
                candidate.effort.touch_minutes = Some(even(*minutes));
                candidate.resolution.sameness = Some(*same);
                candidate
            }).collect();
            let assessment = assess(&fixture::discovery(candidates), &Policy::default());
            for (place, assessed) in (1u32..).zip(&assessment.candidates) {
                prop_assert_eq!(assessed.rank, place);
                prop_assert!((0.0..=1.0).contains(&assessed.score));
            }
            prop_assert_eq!(assessment.candidates.len(), runs.len());
        }
    }
}
