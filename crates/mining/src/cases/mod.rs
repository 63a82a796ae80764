//! Cases: what the records of one group show of its process: rate, waiting, errors, effort, steps.
//!
//! Takes a group as given; which requests are alike and how alike their ends are is decided
//! elsewhere. Every file owns one of the facts of [`crate::Candidate`].

mod approvals;
mod bursts;
mod calendar;
mod chat;
mod effort;
mod errors;
#[cfg(test)]
mod fixture;
mod habits;
mod handover;
mod human;
mod inputs;
mod phrases;
mod rate;
mod runs;
mod steps;
mod touched;
mod triggers;
mod window;

use std::collections::BTreeSet;

use chrono_tz::Tz;
use kompel_model::{Answer, EventLog, Message, PersonId, SourceKind, Ticket};

pub use handover::{Concurrency, Transition, handovers, ping_pongs, transitions};

use self::{
    calendar::Calendar,
    phrases::Phrases,
    runs::holds_tickets,
    window::{Observed, Windows},
};
use crate::{
    AnswerFact, BurstKind, ChatFacts, Effort, ErrorFacts, HumanFacts, InputFact, RateFacts,
    SourceWindow, StepFact, SystemFacts, TriggerFact, corpus::Words, holidays::Country,
    signs::SignSet,
};

/// Records that are taken for one process.
pub(crate) struct Group<'a> {
    /// Its tickets.
    pub(crate) tickets: Vec<&'a Ticket>,
    /// Its chat.
    pub(crate) threads: Vec<Thread<'a>>,
    /// Its answers.
    pub(crate) answers: Vec<&'a Answer>,
}

/// A first message and its replies.
#[derive(Debug)]
pub(crate) struct Thread<'a> {
    /// The first message, then the replies in order of time.
    pub(crate) messages: Vec<&'a Message>,
    /// Signs of the first message.
    pub(crate) signs: SignSet,
    /// Tickets that its messages name.
    pub(crate) tickets: Vec<&'a Ticket>,
}

/// How many of a group's records are no runs of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Nature {
    /// Records in an outage's bursts.
    pub(crate) burst: u32,
    /// Records of bulk imports.
    pub(crate) import: u32,
    /// Records of a robot's rounds.
    pub(crate) robot: u32,
    /// Records looked at: tickets and threads.
    pub(crate) of: u32,
}

/// What the facts are read with.
pub(crate) struct Knowledge<'a> {
    words: &'a Words<'a>,
    calendar: Calendar,
    windows: Windows,
    /// People that no source calls robots and that behave like one.
    robots: BTreeSet<PersonId>,
    /// People who hold tickets or log work on them.
    workers: BTreeSet<PersonId>,
    /// What its workers say again and again.
    phrases: Phrases,
}

impl<'a> Knowledge<'a> {
    /// Looks at the whole log once.
    pub(crate) fn new(log: &EventLog, words: &'a Words<'a>, zone: Tz, country: Country) -> Self {
        let calendar = Calendar::new(zone, country);
        let windows = Windows::of(log, &calendar);
        let robots = habits::robots(log, &calendar);
        let workers = habits::workers(log);
        let phrases = Phrases::default();
        let mut out = Self { words, calendar, windows, robots, workers, phrases };
        out.phrases = Phrases::learn(log, |who| who.is_some_and(|who| out.is_robot(who)));
        out
    }

    /// Over which time each source was observed.
    pub(crate) fn windows(&self) -> Vec<SourceWindow> {
        self.windows.facts()
    }

    fn is_robot(&self, who: &PersonId) -> bool {
        self.words.people.get(who).is_some_and(|party| party.robot) || self.robots.contains(who)
    }

    /// True if this person holds tickets or logs work.
    fn is_worker(&self, who: Option<&PersonId>) -> bool {
        who.is_some_and(|who| self.workers.contains(who))
    }

    /// The observed time that a group is measured by: of its tickets' sources, else of its chat's.
    fn observed(&self, group: &Group<'_>) -> Observed {
        let mut kinds: Vec<SourceKind> = group.tickets.iter().map(|t| t.id.source).collect();
        let chat = group.threads.iter().flat_map(|t| t.messages.first());
        kinds.extend(chat.map(|m| m.id.source));
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.iter().any(|kind| holds_tickets(*kind)) {
            kinds.retain(|kind| holds_tickets(*kind));
        }
        let all = kinds.iter().filter_map(|kind| self.windows.get(*kind));
        all.fold(Observed::default(), |sum, one| sum.union(one))
    }
}

/// Everything of a candidate that its records show.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct CaseFacts {
    pub(crate) runs: u32,
    pub(crate) rate: RateFacts,
    pub(crate) systems: SystemFacts,
    pub(crate) human: HumanFacts,
    pub(crate) errors: ErrorFacts,
    pub(crate) effort: Effort,
    pub(crate) triggers: Vec<TriggerFact>,
    pub(crate) inputs: Vec<InputFact>,
    pub(crate) steps: Vec<StepFact>,
    pub(crate) chat: ChatFacts,
    pub(crate) answers: Vec<AnswerFact>,
}

/// Reads all facts of a group.
pub(crate) fn describe(group: &Group<'_>, knowledge: &Knowledge<'_>) -> CaseFacts {
    let read = runs::runs(group, knowledge);
    let real = read.real();
    let counted = read.counted();
    CaseFacts {
        runs: u32::try_from(counted.len()).unwrap_or(u32::MAX),
        rate: rate::rate(&counted, &read.bursts, &knowledge.observed(group), group, knowledge),
        systems: touched::systems(&real, &group.answers, knowledge),
        human: human::human(&real, &group.answers, knowledge),
        errors: errors::errors(&real, knowledge),
        effort: effort::effort(&real, group, knowledge),
        triggers: triggers::triggers(&counted, group, knowledge),
        inputs: inputs::inputs(&real),
        steps: steps::steps(&real, knowledge),
        chat: chat::chat(group),
        answers: chat::answers(group),
    }
}

/// Tells how much of a group is outage, import or robot, from its times and makers alone.
pub(crate) fn nature(group: &Group<'_>, knowledge: &Knowledge<'_>) -> Nature {
    let tickets = group
        .tickets
        .iter()
        .filter_map(|ticket| Some((runs::ticket_mark(ticket, knowledge)?, &ticket.id)));
    let threads = group.threads.iter().filter_map(|thread| {
        let first = thread.messages.first()?;
        Some((runs::message_mark(first, thread, knowledge), &first.id))
    });
    let mut marks: Vec<_> = tickets.chain(threads).collect();
    marks.sort_by(|a, b| (a.0.at, a.1).cmp(&(b.0.at, b.1)));
    let marks: Vec<bursts::Mark<'_>> = marks.into_iter().map(|(mark, _)| mark).collect();
    let weeks = knowledge.observed(group).days() / 7;
    let records = group.tickets.len() + group.threads.len();
    let mut out = Nature { of: u32::try_from(records).unwrap_or(u32::MAX), ..Nature::default() };
    for burst in bursts::find(&marks, weeks, &knowledge.calendar).bursts {
        match burst.kind {
            BurstKind::Outage => out.burst += burst.records,
            BurstKind::Import => out.import += burst.records,
            BurstKind::Robot => out.robot += burst.records,
        }
    }
    out
}

/// The middle value of some numbers; `None` of none.
fn median(mut values: Vec<f64>) -> Option<f64> {
    quantile(&mut values, 0.5)
}

/// The value below which a share of the numbers lies, between the two nearest.
fn quantile(values: &mut [f64], share: f64) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let place = share * (values.len() - 1) as f64;
    let (below, above) = (values[place.floor() as usize], values[place.ceil() as usize]);
    Some(below + (above - below) * place.fract())
}
