//! Systems: what the runs touch, by what their records name.

use std::collections::BTreeMap;

use kompel_model::{Answer, SourceClass};

use super::{
    Knowledge,
    runs::{Run, is_handled},
};
use crate::{
    SystemFact, SystemFacts,
    corpus::is_worked_system,
    systems::{Category, SystemId},
    tally::Tallied,
};

/// Systems shown.
const MOST: usize = 12;

/// Reads which systems the runs touch.
pub(crate) fn systems(
    runs: &[&Run<'_>],
    answers: &[&Answer],
    knowledge: &Knowledge<'_>,
) -> SystemFacts {
    if runs.is_empty() {
        return of_answers(answers, knowledge);
    }
    let catalogue = knowledge.words.systems;
    let mut named: BTreeMap<SystemId, ()> = BTreeMap::new();
    for id in runs.iter().flat_map(|run| &run.systems) {
        if is_worked_system(catalogue.category(*id)) {
            named.insert(*id, ());
        }
    }
    let mut tallies: BTreeMap<SystemId, Tallied> =
        named.into_keys().map(|id| (id, Tallied::default())).collect();
    for run in runs {
        for (id, tally) in &mut tallies {
            tally.see(run.id, run.at, run.systems.binary_search(id).is_ok());
        }
    }
    let mut others: Vec<SystemFact> = tallies
        .into_iter()
        .map(|(id, tally)| SystemFact {
            name: catalogue.name(id).to_owned(),
            seen: tally.into(),
            learned: catalogue.is_learned(id),
        })
        .collect();
    others.sort_by(|a, b| b.seen.count.cmp(&a.seen.count).then_with(|| a.name.cmp(&b.name)));
    others.truncate(MOST);
    SystemFacts { ticket: ticket(runs, knowledge), others, observable: observable(runs) }
}

/// A process known by answers alone touches what the answers name.
fn of_answers(answers: &[&Answer], knowledge: &Knowledge<'_>) -> SystemFacts {
    let catalogue = knowledge.words.systems;
    let mut tallies: BTreeMap<SystemId, Tallied> = BTreeMap::new();
    let named: Vec<Vec<SystemId>> =
        answers.iter().map(|answer| catalogue.find(&answer.what)).collect();
    for id in named.iter().flatten() {
        tallies.entry(*id).or_default();
    }
    let is_ticket = |id: SystemId| catalogue.category(id) == Category::Ticket;
    for (answer, named) in answers.iter().zip(&named) {
        for (id, tally) in &mut tallies {
            tally.see(&answer.id, answer.at, named.contains(id));
        }
    }
    let mut others: Vec<SystemFact> = tallies
        .into_iter()
        .filter(|(id, _)| is_ticket(*id) || is_worked_system(catalogue.category(*id)))
        .map(|(id, tally)| SystemFact {
            name: catalogue.name(id).to_owned(),
            seen: tally.into(),
            learned: catalogue.is_learned(id),
        })
        .collect();
    others.sort_by(|a, b| b.seen.count.cmp(&a.seen.count).then_with(|| a.name.cmp(&b.name)));
    others.truncate(MOST);
    SystemFacts { ticket: None, observable: !others.is_empty(), others }
}

/// The ticket system, if people work most of the tickets there.
fn ticket(runs: &[&Run<'_>], knowledge: &Knowledge<'_>) -> Option<SystemFact> {
    let mut by_name: BTreeMap<&str, Tallied> = BTreeMap::new();
    for run in runs {
        let Some(ticket) = run.ticket else { continue };
        if ticket.id.source.class() == SourceClass::Tickets {
            let handled = is_handled(ticket, knowledge) || has_worker(ticket, knowledge);
            let name = ticket.id.source.title();
            by_name.entry(name).or_default().see(run.id, run.at, handled);
        }
    }
    let facts = by_name.into_iter().map(|(name, tally)| SystemFact {
        name: name.to_owned(),
        seen: tally.into(),
        learned: false,
    });
    facts
        .filter(|fact| fact.seen.share().is_some_and(|share| share >= 0.5))
        .filter(|fact| fact.seen.of as usize * 3 >= runs.len())
        .min_by(|a, b| b.seen.count.cmp(&a.seen.count).then_with(|| a.name.cmp(&b.name)))
}

/// True if a person holds the ticket, be it the one who made it.
fn has_worker(ticket: &kompel_model::Ticket, knowledge: &Knowledge<'_>) -> bool {
    ticket.assignee.as_ref().is_some_and(|who| !knowledge.is_robot(who))
}

/// True if the records say more than the bare request.
fn observable(runs: &[&Run<'_>]) -> bool {
    runs.iter().any(|run| {
        run.ticket.is_none_or(|t| {
            !t.comments.is_empty() || !t.components.is_empty() || !t.resolution_text.is_empty()
        })
    })
}
