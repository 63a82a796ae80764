//! The pitch: the top three, side by side, and the question to the decider.
//!
//! Holds what each stands out by and why; the choice itself is a person's.

mod security;

use std::collections::BTreeMap;

use kompel_mining::{Candidate, Discovery, Spread};
use kompel_model::{CandidateId, Phrase};
use serde::{Deserialize, Serialize};

use crate::criteria::{most_waited_for, percent, round, runs_a_year};
use crate::gain::count;
use crate::{Assessed, Assessment, Criteria, Policy};

/// The letters of the entries, in order of rank.
const LETTERS: [char; 3] = ['A', 'B', 'C'];

/// The three best candidates that qualify; fewer if fewer do.
pub fn pitch(discovery: &Discovery, assessment: &Assessment, policy: &Policy) -> Pitch {
    let by_id: BTreeMap<_, _> = discovery.candidates.iter().map(|c| (&c.id, c)).collect();
    let chosen: Vec<(&Candidate, &Assessed)> = assessment
        .candidates
        .iter()
        .filter(|assessed| assessed.qualifies)
        .filter_map(|assessed| by_id.get(&assessed.id).map(|candidate| (*candidate, assessed)))
        .take(LETTERS.len())
        .collect();
    let mut entries: Vec<PitchEntry> = LETTERS
        .into_iter()
        .zip(&chosen)
        .map(|(letter, (candidate, assessed))| entry(letter, candidate, assessed))
        .collect();
    give_roles(&mut entries, &chosen, policy);
    Pitch { question: question(&entries, policy), entries, decider: policy.decider.clone() }
}

fn entry(letter: char, candidate: &Candidate, assessed: &Assessed) -> PitchEntry {
    PitchEntry {
        id: candidate.id.clone(),
        letter,
        title: candidate.title.clone(),
        roles: Vec::new(),
        reasons: Vec::new(),
        per_year: runs_a_year(&candidate.rate),
        hours_per_month: assessed.gain.hours_per_month,
        ease: assessed.ease.share,
        value: assessed.value,
        sameness: candidate.resolution.sameness,
        systems: assessed.systems.clone(),
        criteria: assessed.criteria.clone(),
    }
}

/// Gives each role to one entry; of equals the one that ranks first gets it.
fn give_roles(entries: &mut [PitchEntry], chosen: &[(&Candidate, &Assessed)], policy: &Policy) {
    let visible = |at: usize| chosen.get(at).map_or(0.0, |(candidate, _)| visibility(candidate));
    if let Some(at) = first_best(chosen.len(), visible) {
        let (candidate, _) = chosen[at];
        give(&mut entries[at], PitchRole::MostVisible, visible_because(candidate, policy));
    }
    let easy = |at: usize| chosen.get(at).map_or(0.0, |(_, assessed)| assessed.ease.share);
    if let Some(at) = first_best(chosen.len(), easy) {
        give(&mut entries[at], PitchRole::QuickestWin, quick_because(chosen[at], policy));
    }
    let secure = |at: usize| {
        let (candidate, assessed) = chosen[at];
        security::weight(candidate, &assessed.systems).map_or(0.0, |(_, weight)| weight)
    };
    if let Some(at) = first_best(chosen.len(), secure) {
        let (candidate, assessed) = chosen[at];
        if let Some((theme, _)) = security::weight(candidate, &assessed.systems) {
            let because = Phrase::new("pitch-most-secure").text("theme", theme);
            give(&mut entries[at], PitchRole::MostSecure, because);
        }
    }
}

/// The place of the first highest weight above 0.
fn first_best(places: usize, weight: impl Fn(usize) -> f64) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for at in 0..places {
        let found = weight(at);
        if found > best.map_or(0.0, |(_, most)| most) {
            best = Some((at, found));
        }
    }
    best.map(|(at, _)| at)
}

fn give(entry: &mut PitchEntry, role: PitchRole, because: Phrase) {
    entry.roles.push(role);
    entry.reasons.push(because);
}

/// Runs a year, each weighing for the one who asks and for the one waited for.
fn visibility(candidate: &Candidate) -> f64 {
    let waiting = candidate.human.waiting.share().unwrap_or(0.0);
    runs_a_year(&candidate.rate).unwrap_or(0.0) * (1.0 + waiting)
}

fn visible_because(candidate: &Candidate, policy: &Policy) -> Phrase {
    let waiting = candidate.human.waiting.share().unwrap_or(0.0);
    let id = if waiting > 0.0 { "pitch-most-visible-waiting" } else { "pitch-most-visible" };
    Phrase::new(id)
        .number("per_year", round(runs_a_year(&candidate.rate).unwrap_or(0.0), 0))
        .number("share", percent(waiting))
        .text("who", most_waited_for(&candidate.human, policy).unwrap_or("someone"))
}

fn quick_because((candidate, assessed): (&Candidate, &Assessed), policy: &Policy) -> Phrase {
    let covered =
        assessed.systems.iter().filter(|name| policy.ease.connector(name).is_some()).count();
    let id = match candidate.resolution.sameness {
        Some(_) => "pitch-quickest-win",
        None => "pitch-quickest-win-unsure",
    };
    Phrase::new(id)
        .number("count", count(covered))
        .number("of", count(assessed.systems.len()))
        .number("sameness", percent(candidate.resolution.sameness.unwrap_or(0.0)))
}

/// The question of the seed's step 5, naming the most visible and the quickest win.
fn question(entries: &[PitchEntry], policy: &Policy) -> Phrase {
    let organisation = policy.organisation.as_deref().unwrap_or("none");
    let with = |role| entries.iter().find(|entry| entry.roles.contains(&role));
    let visible = with(PitchRole::MostVisible);
    let quick = with(PitchRole::QuickestWin);
    let secure = with(PitchRole::MostSecure);
    let (Some(visible), Some(quick)) = (visible, quick) else {
        return Phrase::new(if entries.is_empty() { "pitch-none" } else { "pitch-question-plain" })
            .number("count", count(entries.len()))
            .text("organisation", organisation);
    };
    let id = match (entries.len(), visible.id == quick.id, secure) {
        (1, ..) => "pitch-question-one",
        (_, false, _) => "pitch-question",
        (_, true, Some(secure)) if secure.id != visible.id => "pitch-question-secure",
        (_, true, _) => "pitch-question-both",
    };
    let named = |says: Phrase, prefix: &str, entry: &PitchEntry| {
        says.text(&format!("{prefix}_letter"), entry.letter)
            .text(&format!("{prefix}_title"), entry.title.clone())
    };
    let mut says = Phrase::new(id).number("count", count(entries.len()));
    says = named(says, "visible", visible);
    says = named(says, "quick", quick);
    if let Some(secure) = secure {
        says = named(says, "secure", secure);
    }
    says.text("organisation", organisation)
}

/// Three candidates and one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pitch {
    /// At most three, by rank.
    pub entries: Vec<PitchEntry>,
    /// The question to the decider, in the words of the seed's step 5.
    pub question: Phrase,
    /// Who decides, if the configuration says so; else a blank.
    pub decider: Option<String>,
}

/// One candidate in the pitch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PitchEntry {
    /// Which.
    pub id: CandidateId,
    /// `A`, `B` or `C`.
    pub letter: char,
    /// Its title.
    pub title: String,
    /// What it stands out by; a candidate may have several, and each role goes to one.
    pub roles: Vec<PitchRole>,
    /// Why it stands out so.
    pub reasons: Vec<Phrase>,
    /// Runs a year.
    pub per_year: Option<f64>,
    /// Hours saved a month.
    pub hours_per_month: Option<Spread>,
    /// Ease, 0..1.
    pub ease: f64,
    /// Value, 0..1, relative to the best.
    pub value: f64,
    /// Resolution sameness, 0..1.
    pub sameness: Option<f64>,
    /// Its systems.
    pub systems: Vec<String>,
    /// The verdicts.
    pub criteria: Criteria,
}

/// What a candidate of the pitch stands out by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PitchRole {
    /// The most visible.
    MostVisible,
    /// The quickest win.
    QuickestWin,
    /// The most secure choice: the one that takes away the most security risk.
    MostSecure,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess;
    use crate::fixture;
    use crate::phrases::Wording;

    /// A visible one, an easy one and a secure one, ranked by hours in this order.
    fn three() -> Vec<Candidate> {
        let named = |id: &str, title: &str, per_year: f64| {
            let mut candidate = fixture::rich();
            candidate.id = CandidateId(id.to_owned());
            candidate.title = title.to_owned();
            candidate.request.words.clear();
            candidate.rate.per_year = Some(per_year);
            candidate
        };
        let visible = named("c-0001", "Onboarding", 400.0);
        let mut quick = named("c-0002", "Maandrapport", 150.0);
        quick.human.waiting.count = 0;
        quick.systems.others[1] = fixture::system("SharePoint", 90, 180);
        let secure = named("c-0003", "Offboarding", 60.0);
        vec![secure, visible, quick]
    }

    fn pitched(candidates: Vec<Candidate>, policy: &Policy) -> Pitch {
        let discovery = fixture::discovery(candidates);
        let assessment = assess(&discovery, policy);
        pitch(&discovery, &assessment, policy)
    }

    #[test]
    fn each_role_goes_to_the_one_that_stands_out_by_it() {
        let pitch = pitched(three(), &Policy::default());
        let roles: Vec<(char, &str, &[PitchRole])> = pitch
            .entries
            .iter()
            .map(|entry| (entry.letter, entry.title.as_str(), entry.roles.as_slice()))
            .collect();
        assert_eq!(
            roles,
            [
                ('A', "Onboarding", [PitchRole::MostVisible].as_slice()),
                ('B', "Maandrapport", [PitchRole::QuickestWin].as_slice()),
                ('C', "Offboarding", [PitchRole::MostSecure].as_slice()),
            ]
        );
        for entry in &pitch.entries {
            assert_eq!(entry.roles.len(), entry.reasons.len());
            assert!(entry.reasons.iter().all(|reason| !Wording::dutch().say(reason).is_empty()));
            assert!(entry.reasons.iter().all(|reason| !Wording::english().say(reason).is_empty()));
        }
    }

    #[test]
    fn the_question_is_the_seeds() {
        let policy = Policy { organisation: Some("Voorbeeld NV".to_owned()), ..Policy::default() };
        let question = pitched(three(), &policy).question;
        assert_eq!(
            Wording::dutch().say(&question),
            "Ik heb 3 processen gevonden. Proces A (Onboarding) is het meest zichtbaar, maar \
             Proces B (Maandrapport) is technisch eenvoudiger voor een snelle quick win. \
             Welke heeft de hoogste prioriteit voor Voorbeeld NV?"
        );
    }

    #[test]
    fn fewer_that_qualify_make_fewer_entries_and_another_question() {
        let mut candidates = three();
        let expected = ["pitch-question", "pitch-question-one", "pitch-none"];
        for (left, id) in [2, 1, 0].into_iter().zip(expected) {
            candidates.remove(0);
            let pitch = pitched(candidates.clone(), &Policy::default());
            assert_eq!((pitch.entries.len(), pitch.question.id.as_str()), (left, id));
            assert!(!Wording::dutch().say(&pitch.question).is_empty());
            assert!(!Wording::english().say(&pitch.question).is_empty());
        }
    }

    #[test]
    fn one_that_is_both_is_asked_against_the_most_secure() {
        let mut candidates = three();
        candidates.remove(2);
        candidates[1].human.waiting.count = 90;
        candidates[1].systems.others[1] = fixture::system("SharePoint", 90, 180);
        let question = pitched(candidates, &Policy::default()).question;
        assert_eq!(question.id, "pitch-question-secure");
        assert!(Wording::english().say(&question).contains("Process B (Offboarding)"));
    }
}
