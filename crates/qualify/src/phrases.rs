//! Tests of the phrases: each exists in Dutch and English and says something whole.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use kompel_mining::{
    Candidate, EffortBasis, InputFact, InputKind, Tally, TriggerFact, TriggerKind,
};
use kompel_model::{Arg, CandidateId, Phrase};
use unic_langid::langid;

use crate::*;

const NL: &str = include_str!("../../../locales/nl/phrases.ftl");
const EN: &str = include_str!("../../../locales/en/phrases.ftl");
const SOURCES: &[&str] = &[
    include_str!("criteria/errors.rs"),
    include_str!("criteria/frequency.rs"),
    include_str!("criteria/human_factor.rs"),
    include_str!("criteria/systems.rs"),
    include_str!("ease.rs"),
    include_str!("gain.rs"),
    include_str!("map/now.rs"),
    include_str!("map/then.rs"),
    include_str!("origins.rs"),
    include_str!("pitch/mod.rs"),
    include_str!("rank.rs"),
];

/// Words phrases in one language.
pub(crate) struct Wording(FluentBundle<FluentResource>);

impl Wording {
    pub(crate) fn dutch() -> Self {
        Self::new(NL, langid!("nl-BE"))
    }

    pub(crate) fn english() -> Self {
        Self::new(EN, langid!("en"))
    }

    fn new(text: &str, language: unic_langid::LanguageIdentifier) -> Self {
        let resource = FluentResource::try_new(text.to_owned())
            .map_err(|(_, errors)| errors)
            .expect("the file parses");
        let mut bundle = FluentBundle::new(vec![language]);
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).expect("no message stands twice");
        Self(bundle)
    }

    /// The sentence; panics on a missing message, variable or reference.
    pub(crate) fn say(&self, phrase: &Phrase) -> String {
        let message = self.0.get_message(&phrase.id).unwrap_or_else(|| panic!("{}", phrase.id));
        let pattern = message.value().expect("a message has a value");
        let mut args = FluentArgs::new();
        for (name, arg) in &phrase.args {
            let value = match arg {
                Arg::Number(number) => FluentValue::from(*number),
                Arg::Text(text) => FluentValue::from(text.as_str()),
                Arg::Phrase(phrase) => FluentValue::from(self.say(phrase)),
            };
            args.set(name.as_str(), value);
        }
        let mut errors = Vec::new();
        let said = self.0.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        assert_eq!(errors, [], "{phrase:?}");
        said
    }
}

/// Each message's id with the variables and messages that it names, read line by line.
fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some((id, _)) =
            line.split_once(" = ").filter(|_| line.starts_with(char::is_alphabetic))
        {
            current = id.to_owned();
            found.entry(current.clone()).or_default();
        }
        for inner in line.split("{ ").skip(1) {
            let word: String = inner
                .chars()
                .take_while(|c| c.is_alphanumeric() || matches!(c, '$' | '_' | '-'))
                .collect();
            found.entry(current.clone()).or_default().insert(word);
        }
    }
    found
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_variables() {
    let (dutch, english) = (messages(NL), messages(EN));
    assert!(dutch.len() > 100, "{}", dutch.len());
    for (id, variables) in &dutch {
        assert_eq!(Some(variables), english.get(id), "{id}");
    }
    assert_eq!(dutch.len(), english.len());
}

#[test]
fn every_id_in_the_code_is_a_message_and_every_message_is_used() {
    let dutch = messages(NL);
    let prefixes: BTreeSet<&str> = dutch.keys().filter_map(|id| id.split('-').next()).collect();
    let literals: BTreeSet<&str> = SOURCES
        .iter()
        .flat_map(|source| source.split('"').skip(1).step_by(2))
        .filter(|text| text.split_once('-').is_some_and(|(first, _)| prefixes.contains(first)))
        .filter(|text| text.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
        .filter(|text| !text.ends_with('-'))
        .collect();
    for literal in &literals {
        assert!(dutch.contains_key(*literal), "{literal} is not a message");
    }
    for id in dutch.keys() {
        let base = id.strip_prefix("explain-").or_else(|| id.strip_prefix("origin-")).unwrap_or(id);
        let named = dutch.values().any(|words| words.contains(id));
        assert!(
            literals.contains(id.as_str()) || literals.contains(base) || named,
            "nothing says {id}"
        );
    }
}

/// Candidates that differ in everything that a phrase depends on.
fn varied() -> Vec<Candidate> {
    let seen = Tally { count: 1, of: 1, examples: vec![fixture::member(1)] };
    let mut found = vec![fixture::rich(), fixture::claimed()];
    let details = [None, Some("friday"), Some("1"), Some("role:hr")];
    for kind in [
        TriggerKind::Ticket,
        TriggerKind::Mail,
        TriggerKind::Alert,
        TriggerKind::ChatAsk,
        TriggerKind::ChatReport,
        TriggerKind::Calendar,
        TriggerKind::Answer,
    ] {
        for detail in details {
            let mut candidate = fixture::rich();
            let detail = detail.map(str::to_owned);
            candidate.triggers = vec![TriggerFact { kind, seen: seen.clone(), detail }];
            candidate.rate.months[3].runs = 0;
            found.push(candidate);
        }
    }
    for basis in
        [EffortBasis::None, EffortBasis::Stated, EffortBasis::Answers, EffortBasis::Activity]
    {
        let mut candidate = fixture::rich();
        candidate.effort.basis = basis;
        candidate.effort.redo_minutes = None;
        candidate.human.waiting_hours_median = None;
        candidate.human.waits_for.clear();
        candidate.errors.observable = false;
        candidate.systems.others.truncate(1);
        candidate.resolution.dominant = None;
        found.push(candidate);
    }
    let mut bare = fixture::claimed();
    bare.rate = Default::default();
    bare.answers.clear();
    found.push(bare);
    let kinds = [
        InputKind::Person,
        InputKind::Client,
        InputKind::Host,
        InputKind::Domain,
        InputKind::Address,
        InputKind::Port,
        InputKind::Mail,
        InputKind::Date,
        InputKind::Reference,
        InputKind::Group,
        InputKind::Number,
    ];
    for kind in kinds {
        let inputs = vec![InputFact { kind, seen: seen.clone() }];
        found.push(Candidate { inputs, ..fixture::rich() });
    }
    for (number, candidate) in (0u32..).zip(&mut found) {
        candidate.id = CandidateId(format!("c-{number:04x}"));
    }
    found
}

#[test]
fn every_map_has_six_rows_and_every_sentence_is_whole_in_both_languages() {
    let discovery = fixture::discovery(varied());
    let policy = Policy::default();
    let assessment = assess(&discovery, &policy);
    for assessed in &assessment.candidates {
        let candidate = discovery.candidates.iter().find(|c| c.id == assessed.id).unwrap();
        let map = process_map(candidate, assessed, &policy);
        let kinds: Vec<MapRowKind> = map.rows.iter().map(|row| row.kind).collect();
        let order = [
            MapRowKind::Trigger,
            MapRowKind::Input,
            MapRowKind::StepsNow,
            MapRowKind::Pain,
            MapRowKind::StepsThen,
            MapRowKind::Gain,
        ];
        assert_eq!(kinds, order);
        assert!(map.rows.iter().all(|row| !row.lines.is_empty()));
        let lines = map.rows.iter().flat_map(|row| &row.lines).map(|line| &line.says);
        let verdicts = &assessed.criteria;
        let reasons = [
            &verdicts.frequency.reason,
            &verdicts.systems.reason,
            &verdicts.human_factor.reason,
            &verdicts.errors.reason,
        ];
        let factors = assessed.gain.factors.iter().chain(&assessed.ease.parts);
        let factors = factors.chain(&assessed.certainty_parts);
        let origins = assessed.origins.iter().map(|origin| &origin.says);
        let phrases = lines.chain(reasons).chain(origins);
        for phrase in phrases.chain(factors.clone().map(|factor| &factor.origin)) {
            assert!(!Wording::dutch().say(phrase).is_empty());
            assert!(!Wording::english().say(phrase).is_empty());
        }
        for factor in factors {
            let name = Phrase::new(&factor.name);
            assert_ne!(Wording::dutch().say(&name), Wording::english().say(&name));
        }
    }
}

/// The A4 in words, one line a sentence, blanks marked.
fn in_words(wording: &Wording, candidate: &Candidate) -> String {
    let policy = Policy::default();
    let assessment = assess(&fixture::discovery(vec![candidate.clone()]), &policy);
    let assessed = &assessment.candidates[0];
    let map = process_map(candidate, assessed, &policy);
    let mut said = String::new();
    for row in &map.rows {
        said.push_str(&format!("{:?}\n", row.kind));
        for line in &row.lines {
            let mark = if line.blank { "____" } else { "-" };
            let keys: Vec<&str> = line.evidence.iter().map(|e| &*e.key).collect();
            said.push_str(&format!("  {mark} {} {}\n", wording.say(&line.says), keys.join(" ")));
        }
    }
    said.push_str("Origins\n");
    for origin in &assessed.origins {
        said.push_str(&format!("  {}: {}\n", origin.path, wording.say(&origin.says)));
    }
    said
}

#[test]
fn a_rich_map_in_words() {
    insta::assert_snapshot!("rich_nl", in_words(&Wording::dutch(), &fixture::rich()));
    insta::assert_snapshot!("rich_en", in_words(&Wording::english(), &fixture::rich()));
}

#[test]
fn a_map_from_one_answer_in_words() {
    insta::assert_snapshot!("claimed_nl", in_words(&Wording::dutch(), &fixture::claimed()));
    insta::assert_snapshot!("claimed_en", in_words(&Wording::english(), &fixture::claimed()));
}
