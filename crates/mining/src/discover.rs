//! The hunt: from the log to candidates, in one pass from top to bottom.

use std::collections::{BTreeMap, BTreeSet};

use kompel_model::{CandidateId, EventLog, Language, MemberRef, Timestamp};
use rayon::prelude::*;

use crate::{
    Candidate, Discovery, Rejected, RejectedWhy, RequestFacts, ResolutionFacts, Settings,
    Unassigned,
    cases::{self, CaseFacts, Group, Knowledge, Nature},
    corpus::{Corpus, TermClass, Words},
    drafts::{Draft, drafts},
    fold::fold,
    identity, resolution,
    threads::{self, ThreadRef},
    title::{self, Wording},
};

/// Where a hunt stands, for whoever shows progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading the words of so many records.
    Words {
        /// Records in the log.
        records: usize,
    },
    /// Grouping like requests.
    Groups,
    /// Looking at each of so many groups.
    Facts {
        /// Groups.
        groups: usize,
    },
}

/// Finds the processes in a log.
///
/// The same records and settings give the same result, whatever order the records were read in.
pub fn discover(
    log: &EventLog,
    settings: &Settings,
    progress: &(dyn Fn(Stage) + Sync),
) -> Discovery {
    progress(Stage::Words { records: log.len() });
    let mut systems = settings.systems.clone();
    systems.learn(log, &settings.lexicon, &settings.signs);
    let words = Words {
        lexicon: &settings.lexicon,
        signs: &settings.signs,
        systems: &systems,
        people: &log.people,
    };
    let corpus = Corpus::read(log, &words, |ticket| resolution::work_texts(ticket, &words));
    let threads = threads::threads(log, &words);
    progress(Stage::Groups);
    let all = drafts(log, &corpus, &threads);
    let hunt = Hunt { log, settings, words: &words, corpus: &corpus, threads: &threads };
    let kept: Vec<Draft> = all.into_iter().filter(|draft| hunt.is_worth_a_look(draft)).collect();
    progress(Stage::Facts { groups: kept.len() });
    let knowledge = Knowledge::new(log, &words, settings.timezone, settings.country);
    let judged: Vec<Judged> = kept.par_iter().map(|draft| hunt.judge(draft, &knowledge)).collect();
    hunt.settle(judged, &knowledge)
}

struct Hunt<'a> {
    log: &'a EventLog,
    settings: &'a Settings,
    words: &'a Words<'a>,
    corpus: &'a Corpus,
    threads: &'a [ThreadRef],
}

/// A draft with its facts, before it has an id.
struct Judged {
    members: Vec<MemberRef>,
    title: String,
    languages: BTreeMap<Language, u32>,
    request: RequestFacts,
    resolution: ResolutionFacts,
    outcome: Outcome,
}

enum Outcome {
    Candidate(Box<CaseFacts>),
    Rejected(RejectedWhy),
}

impl Hunt<'_> {
    fn is_worth_a_look(&self, draft: &Draft) -> bool {
        let cases = draft.tickets.len() + draft.threads.len();
        cases >= self.settings.least_records as usize || !draft.answers.is_empty()
    }

    fn judge(&self, draft: &Draft, knowledge: &Knowledge<'_>) -> Judged {
        let group = self.group(draft);
        let resolution =
            resolution::sameness(&draft.tickets, &self.log.tickets, self.corpus, self.words);
        let outcome = match self.reason_against(draft, &resolution, &group, knowledge) {
            Some(why) => Outcome::Rejected(why),
            None => Outcome::Candidate(Box::new(cases::describe(&group, knowledge))),
        };
        let languages = self.languages(draft);
        Judged {
            members: self.members(draft),
            title: self.title(draft, &languages),
            request: self.request(draft),
            languages,
            resolution,
            outcome,
        }
    }

    fn reason_against(
        &self,
        draft: &Draft,
        resolution: &ResolutionFacts,
        group: &Group<'_>,
        knowledge: &Knowledge<'_>,
    ) -> Option<RejectedWhy> {
        let Nature { burst, import, robot, of } = cases::nature(group, knowledge);
        let most = |records: u32| {
            of > 0 && f64::from(records) / f64::from(of) > self.settings.most_unnatural
        };
        if most(robot) {
            return Some(RejectedWhy::Robot { records: robot });
        }
        if most(import) {
            return Some(RejectedWhy::Import { records: import });
        }
        if most(burst) {
            return Some(RejectedWhy::Burst { records: burst });
        }
        let sameness = resolution.sameness?;
        let mostly_tickets = draft.tickets.len() >= draft.threads.len();
        (mostly_tickets && sameness < self.settings.least_sameness)
            .then_some(RejectedWhy::ResolutionsDiffer { sameness })
    }

    fn group(&self, draft: &Draft) -> Group<'_> {
        let tickets = draft.tickets.iter().map(|i| &self.log.tickets[*i as usize]).collect();
        let threads = draft
            .threads
            .iter()
            .map(|i| {
                let thread = &self.threads[*i as usize];
                cases::Thread {
                    messages: thread
                        .messages
                        .iter()
                        .map(|m| &self.log.messages[*m as usize])
                        .collect(),
                    signs: thread.signs,
                    tickets: thread
                        .tickets
                        .iter()
                        .map(|t| &self.log.tickets[*t as usize])
                        .collect(),
                }
            })
            .collect();
        let answers = draft.answers.iter().map(|i| &self.log.answers[*i as usize]).collect();
        Group { tickets, threads, answers }
    }

    fn members(&self, draft: &Draft) -> Vec<MemberRef> {
        let tickets = draft.tickets.iter().map(|i| &self.log.tickets[*i as usize].id);
        let messages = draft
            .threads
            .iter()
            .flat_map(|i| &self.threads[*i as usize].messages)
            .map(|m| &self.log.messages[*m as usize].id);
        let answers = draft.answers.iter().map(|i| &self.log.answers[*i as usize].id);
        let all: BTreeSet<&MemberRef> = tickets.chain(messages).chain(answers).collect();
        all.into_iter().cloned().collect()
    }

    fn languages(&self, draft: &Draft) -> BTreeMap<Language, u32> {
        let mut out = BTreeMap::new();
        for doc in self.docs(draft) {
            if let Some(language) = doc.2.language {
                *out.entry(language).or_default() += 1;
            }
        }
        out
    }

    /// Texts of the requests with their terms: tickets, then first messages, then answers.
    fn docs<'s>(
        &'s self,
        draft: &'s Draft,
    ) -> impl Iterator<Item = (&'s str, &'s MemberRef, &'s crate::corpus::Doc)> {
        let tickets = draft.tickets.iter().map(|i| {
            let ticket = &self.log.tickets[*i as usize];
            (ticket.title.as_str(), &ticket.id, &self.corpus.tickets[*i as usize])
        });
        let messages = draft.threads.iter().map(|i| {
            let first = self.threads[*i as usize].messages[0] as usize;
            let message = &self.log.messages[first];
            (message.text.as_str(), &message.id, &self.corpus.messages[first])
        });
        let answers = draft.answers.iter().map(|i| {
            let answer = &self.log.answers[*i as usize];
            (answer.what.as_str(), &answer.id, &self.corpus.answers[*i as usize])
        });
        let has_tickets = !draft.tickets.is_empty();
        let has_chat = has_tickets || !draft.threads.is_empty();
        tickets
            .chain(messages.filter(move |_| !has_tickets))
            .chain(answers.filter(move |_| !has_chat))
    }

    fn title(&self, draft: &Draft, languages: &BTreeMap<Language, u32>) -> String {
        let language = main_language(languages);
        let clients = self.client_words();
        let wordings: Vec<Wording<'_>> = self
            .docs(draft)
            .take(3_000)
            .map(|(text, _, doc)| Wording {
                text,
                nearness: draft.request.dot(&self.corpus.request(doc)),
                language: doc.language,
            })
            .collect();
        title::title(&wordings, language, &clients).unwrap_or_else(|| self.field_title(draft))
    }

    /// For records without words: the values of their fields.
    fn field_title(&self, draft: &Draft) -> String {
        let names: Vec<&str> = draft
            .request
            .parts()
            .iter()
            .map(|(term, _)| self.corpus.term(*term).name.as_str())
            .take(3)
            .collect();
        if names.is_empty() { "?".to_owned() } else { names.join(", ") }
    }

    fn client_words(&self) -> BTreeSet<String> {
        self.log
            .tickets
            .iter()
            .filter_map(|t| t.client.as_deref())
            .collect::<BTreeSet<&str>>()
            .into_iter()
            .flat_map(|client| client.split(|c: char| !c.is_alphanumeric()))
            .filter(|word| word.len() > 2)
            .map(fold)
            .collect()
    }

    fn request(&self, draft: &Draft) -> RequestFacts {
        let mut parts = draft.request.parts().to_vec();
        parts.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let words = parts
            .iter()
            .map(|(term, _)| self.corpus.term(*term))
            .filter(|term| term.class != TermClass::Tag)
            .take(8)
            .map(|term| term.name.clone())
            .collect();
        let mut near: Vec<(f32, &str, &MemberRef)> = self
            .docs(draft)
            .take(3_000)
            .map(|(text, id, doc)| (draft.request.dot(&self.corpus.request(doc)), text, id))
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(b.2)));
        let mut seen = BTreeSet::new();
        near.retain(|(_, text, _)| !text.trim().is_empty() && seen.insert(fold(text)));
        RequestFacts {
            words,
            examples: near
                .iter()
                .take(3)
                .map(|(_, text, id)| crate::quote::quote(text, id))
                .collect(),
            lexicon: self.hunt_words(draft),
        }
    }

    /// The hunt's own words that at least a fifth of the requests hold.
    fn hunt_words(&self, draft: &Draft) -> Vec<String> {
        let texts: Vec<String> = self.docs(draft).take(500).map(|(text, ..)| fold(text)).collect();
        let mut found: Vec<String> = self
            .settings
            .hunt_words
            .iter()
            .filter(|word| {
                let word = fold(word);
                texts.iter().filter(|text| text.contains(&word)).count() * 5 >= texts.len().max(1)
            })
            .cloned()
            .collect();
        found.sort();
        found
    }

    fn settle(&self, judged: Vec<Judged>, knowledge: &Knowledge<'_>) -> Discovery {
        let (good, bad): (Vec<Judged>, Vec<Judged>) =
            judged.into_iter().partition(|j| matches!(j.outcome, Outcome::Candidate(_)));
        let good_ids = self.ids(&good, 'c');
        let bad_ids = self.ids(&bad, 'g');
        let unassigned = self.unassigned(good.iter().chain(&bad));
        let mut candidates: Vec<Candidate> =
            good.into_iter().zip(good_ids).filter_map(candidate).collect();
        let mut rejected: Vec<Rejected> =
            bad.into_iter().zip(bad_ids).filter_map(rejection).collect();
        candidates.sort_by(|a, b| a.id.cmp(&b.id));
        rejected.sort_by(|a, b| a.id.cmp(&b.id));
        Discovery {
            as_of: newest(self.log),
            sources: knowledge.windows(),
            candidates,
            rejected,
            unassigned,
        }
    }

    fn ids(&self, judged: &[Judged], prefix: char) -> Vec<CandidateId> {
        let members: Vec<&[MemberRef]> = judged.iter().map(|j| j.members.as_slice()).collect();
        identity::ids(&members, prefix, &self.settings.previous)
    }

    fn unassigned<'j>(&self, judged: impl Iterator<Item = &'j Judged>) -> Unassigned {
        let placed: BTreeSet<&MemberRef> = judged.flat_map(|j| &j.members).collect();
        let count = |ids: &mut dyn Iterator<Item = &MemberRef>| {
            ids.filter(|id| !placed.contains(id)).count() as u64
        };
        Unassigned {
            tickets: count(&mut self.log.tickets.iter().map(|t| &t.id)),
            messages: count(&mut self.log.messages.iter().map(|m| &m.id)),
            answers: count(&mut self.log.answers.iter().map(|a| &a.id)),
        }
    }
}

fn main_language(languages: &BTreeMap<Language, u32>) -> Language {
    languages
        .iter()
        .max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)))
        .map(|(language, _)| *language)
        .unwrap_or_default()
}

fn candidate((judged, id): (Judged, CandidateId)) -> Option<Candidate> {
    let Outcome::Candidate(facts) = judged.outcome else { return None };
    Some(Candidate {
        id,
        title: judged.title,
        language: main_language(&judged.languages),
        languages: judged.languages,
        members: judged.members,
        request: judged.request,
        resolution: judged.resolution,
        runs: facts.runs,
        rate: facts.rate,
        systems: facts.systems,
        human: facts.human,
        errors: facts.errors,
        effort: facts.effort,
        triggers: facts.triggers,
        inputs: facts.inputs,
        steps: facts.steps,
        chat: facts.chat,
        answers: facts.answers,
    })
}

fn rejection((judged, id): (Judged, CandidateId)) -> Option<Rejected> {
    let Outcome::Rejected(why) = judged.outcome else { return None };
    Some(Rejected {
        id,
        title: judged.title,
        why,
        resolution: judged.resolution,
        members: judged.members,
    })
}

fn newest(log: &EventLog) -> Option<Timestamp> {
    let tickets = log.tickets.iter().flat_map(|t| {
        let comments = t.comments.iter().filter_map(|c| c.at);
        let activities = t.activities.iter().map(|a| a.at);
        [t.created, t.updated, t.resolved].into_iter().flatten().chain(comments).chain(activities)
    });
    let messages = log.messages.iter().map(|m| m.at);
    let answers = log.answers.iter().filter_map(|a| a.at);
    tickets.chain(messages).chain(answers).max()
}
