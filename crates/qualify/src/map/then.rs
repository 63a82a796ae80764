//! The rows of the map that say what would be: the steps with the orchestrator, and the gain.
//!
//! The steps follow from the facts: start as now, collect the input, ask where people are asked
//! now, act per system, read back, close. They name no rule that the records don't show.

use kompel_mining::{Candidate, TriggerKind};
use kompel_model::Phrase;

use super::{MapLine, blank, derived, line};
use crate::criteria::{counted, most_waited_for, percent, round};
use crate::{Assessed, Policy};

/// At most so many systems get a step of their own.
const MAX_SYSTEMS: usize = 5;

/// What the orchestrator would do, numbered.
pub(super) fn steps(candidate: &Candidate, policy: &Policy) -> Vec<MapLine> {
    let mut says = vec![start(candidate), Phrase::new(input(candidate))];
    let waits = candidate.human.waiting.count > 0;
    if waits {
        let who = most_waited_for(&candidate.human, policy).unwrap_or("someone");
        says.push(Phrase::new("then-approval").text("who", who));
    }
    let ticket = candidate.systems.ticket.as_ref().map(|fact| fact.name.as_str());
    let others: Vec<&str> = counted(&candidate.systems, policy)
        .into_iter()
        .map(|fact| fact.name.as_str())
        .filter(|name| Some(*name) != ticket)
        .collect();
    for system in others.iter().take(MAX_SYSTEMS) {
        says.push(action(system, policy));
    }
    if others.is_empty() {
        says.push(Phrase::new("then-action-unknown"));
    } else {
        says.push(verify(&others, policy));
    }
    says.push(match ticket {
        Some(ticket) => Phrase::new("then-close").text("system", ticket),
        None => Phrase::new("then-report"),
    });
    let mut lines: Vec<MapLine> =
        (1u32..).zip(says).map(|(number, says)| derived(says.number("number", number))).collect();
    lines.push(blank("blank-exceptions"));
    lines
}

fn start(candidate: &Candidate) -> Phrase {
    let Some(first) = candidate.triggers.first() else {
        return Phrase::new("then-start-unknown");
    };
    match first.kind {
        TriggerKind::Ticket => Phrase::new("then-start-ticket"),
        TriggerKind::Mail => Phrase::new("then-start-mail"),
        TriggerKind::Alert => Phrase::new("then-start-alert"),
        TriggerKind::ChatAsk | TriggerKind::ChatReport => Phrase::new("then-start-chat"),
        TriggerKind::Calendar => Phrase::new("then-start-calendar"),
        TriggerKind::Answer => Phrase::new("then-start-unknown"),
    }
}

/// A request holds the input; what starts without one must collect it.
fn input(candidate: &Candidate) -> &'static str {
    match candidate.triggers.first().map(|first| first.kind) {
        Some(
            TriggerKind::Ticket | TriggerKind::Mail | TriggerKind::Alert | TriggerKind::ChatAsk,
        ) => "then-input",
        Some(TriggerKind::ChatReport | TriggerKind::Calendar | TriggerKind::Answer) | None => {
            "then-input-collect"
        }
    }
}

fn action(system: &str, policy: &Policy) -> Phrase {
    match policy.ease.connector(system) {
        Some(connector) => {
            Phrase::new("then-action").text("system", system).text("connector", connector)
        }
        None => Phrase::new("then-action-by-hand").text("system", system),
    }
}

/// Reads back where a connector can; elsewhere the proof is what is checked.
fn verify(systems: &[&str], policy: &Policy) -> Phrase {
    let first = systems.iter().copied().take(MAX_SYSTEMS);
    let readable: Vec<&str> = first.filter(|s| policy.ease.connector(s).is_some()).collect();
    if readable.is_empty() {
        return Phrase::new("then-verify-proof");
    }
    Phrase::new("then-verify").text("systems", readable.join(", "))
}

/// What it brings.
pub(super) fn gain(candidate: &Candidate, assessed: &Assessed) -> Vec<MapLine> {
    let mut lines = Vec::new();
    match assessed.gain.hours_per_month {
        Some(hours) => {
            let assumed = candidate.effort.touch_minutes.is_none();
            let id = if assumed { "gain-hours-assumed" } else { "gain-hours" };
            let says = Phrase::new(id)
                .number("low", round(hours.low, 1))
                .number("likely", round(hours.likely, 1))
                .number("high", round(hours.high, 1));
            lines.push(derived(says));
        }
        None => lines.push(blank("blank-hours")),
    }
    let human = &candidate.human;
    if let (Some(hours), true) = (human.waiting_hours_median, human.waiting.count > 0) {
        let says = Phrase::new("gain-waiting")
            .number("hours", round(hours, 1))
            .number("count", human.waiting.count)
            .number("of", human.waiting.of);
        lines.push(line(says, &human.waiting.examples));
    }
    let rework = &candidate.errors.rework;
    if let (Some(share), true) = (rework.share(), rework.count > 0) {
        let says = Phrase::new("gain-errors").number("share", percent(share));
        lines.push(line(says, &rework.examples));
    }
    if assessed.script_may_do {
        lines.push(derived(Phrase::new("gain-script-may-do")));
    }
    lines.push(blank("blank-worth"));
    lines
}
