//! The rows of the map that say what is: trigger, input, steps now, pain.

use kompel_mining::{Candidate, InputKind, Tally, TriggerFact, TriggerKind};
use kompel_model::Phrase;

use super::{MapLine, blank, line};
use crate::Policy;
use crate::criteria::{is_claimed, most_waited_for, percent, round, runs_a_year};

/// A kind of trigger or input is shown if at least this share of the records shows it.
const SHOWN_SHARE: f64 = 0.1;
/// At most so many steps on the page.
const MAX_STEPS: usize = 7;
/// At most so many triggers, and so many inputs.
const MAX_TRIGGERS: usize = 3;
const MAX_INPUTS: usize = 6;

/// What starts it, and how often.
pub(super) fn trigger(candidate: &Candidate) -> Vec<MapLine> {
    let shown = |fact: &&TriggerFact| fact.seen.share().is_none_or(|s| s >= SHOWN_SHARE);
    let mut facts: Vec<&TriggerFact> =
        candidate.triggers.iter().filter(shown).take(MAX_TRIGGERS).collect();
    if facts.is_empty() {
        facts.extend(candidate.triggers.first());
    }
    let mut lines: Vec<MapLine> =
        facts.into_iter().map(|fact| line(trigger_says(fact), &fact.seen.examples)).collect();
    if lines.is_empty() {
        lines.push(blank("blank-trigger"));
    }
    lines.push(rate(candidate));
    lines.push(blank("blank-owner"));
    lines
}

fn trigger_says(fact: &TriggerFact) -> Phrase {
    let id = match (fact.kind, fact.detail.as_deref()) {
        (TriggerKind::Ticket, None) => "trigger-ticket",
        (TriggerKind::Ticket, Some(_)) => "trigger-ticket-from",
        (TriggerKind::Mail, None) => "trigger-mail",
        (TriggerKind::Mail, Some(_)) => "trigger-mail-from",
        (TriggerKind::Alert, _) => "trigger-alert",
        (TriggerKind::ChatAsk, _) => "trigger-chat-ask",
        (TriggerKind::ChatReport, _) => "trigger-chat-report",
        (TriggerKind::Calendar, Some(day)) if day.parse::<u8>().is_ok() => {
            "trigger-calendar-monthday"
        }
        (TriggerKind::Calendar, Some(_)) => "trigger-calendar-weekday",
        (TriggerKind::Calendar, None) => "trigger-calendar",
        (TriggerKind::Answer, _) => "trigger-answer",
    };
    let says = tally(id, &fact.seen);
    match &fact.detail {
        Some(detail) if fact.kind == TriggerKind::Calendar => says.text("detail", detail.clone()),
        Some(detail) => says.text("who", detail.strip_prefix("role:").unwrap_or(detail)),
        None => says,
    }
}

fn rate(candidate: &Candidate) -> MapLine {
    let rate = &candidate.rate;
    let claims = || candidate.answers.iter().map(|answer| &answer.what.of);
    match (runs_a_year(rate), is_claimed(rate)) {
        (None, _) => blank("blank-rate"),
        (Some(per_year), true) => {
            line(Phrase::new("trigger-rate-claimed").number("per_year", per_year), claims())
        }
        (Some(per_year), false) => {
            let says = Phrase::new("trigger-rate")
                .number("per_year", round(per_year, 0))
                .number("runs", rate.counted)
                .number("days", rate.days);
            super::derived(says)
        }
    }
}

/// What one must know.
pub(super) fn input(candidate: &Candidate) -> Vec<MapLine> {
    let mut lines: Vec<MapLine> = candidate
        .inputs
        .iter()
        .filter(|fact| fact.seen.share().is_none_or(|share| share >= SHOWN_SHARE))
        .take(MAX_INPUTS)
        .map(|fact| line(tally(input_id(fact.kind), &fact.seen), &fact.seen.examples))
        .collect();
    if lines.is_empty() {
        lines.push(blank("blank-input"));
    }
    lines.push(blank("blank-rights"));
    lines
}

fn input_id(kind: InputKind) -> &'static str {
    match kind {
        InputKind::Person => "input-person",
        InputKind::Client => "input-client",
        InputKind::Host => "input-host",
        InputKind::Domain => "input-domain",
        InputKind::Address => "input-address",
        InputKind::Port => "input-port",
        InputKind::Mail => "input-mail",
        InputKind::Date => "input-date",
        InputKind::Reference => "input-reference",
        InputKind::Group => "input-group",
        InputKind::Number => "input-number",
    }
}

/// What people do, in order.
pub(super) fn steps(candidate: &Candidate) -> Vec<MapLine> {
    let mut lines = Vec::new();
    for (number, step) in (1u32..).zip(candidate.steps.iter().take(MAX_STEPS)) {
        let id = match (step.waiting, step.systems.is_empty()) {
            (true, _) => "step-now-waiting",
            (false, true) => "step-now",
            (false, false) => "step-now-in",
        };
        let says = tally(id, &step.seen)
            .number("number", number)
            .text("text", step.text.text.clone())
            .text("systems", step.systems.join(", "));
        lines.push(line(says, &step.seen.examples));
    }
    if lines.is_empty() {
        lines.push(blank("blank-steps-now"));
    }
    let ends = &candidate.resolution;
    if let Some(dominant) = &ends.dominant {
        let says = tally("step-end", &ends.alike).text("text", dominant.text.clone());
        lines.push(line(says, [&dominant.of].into_iter().chain(&ends.alike.examples)));
    }
    push_seen(&mut lines, "step-done-manual", &ends.done_manual);
    lines.push(blank("blank-done"));
    lines
}

/// Where it goes wrong.
pub(super) fn pain(candidate: &Candidate, policy: &Policy) -> Vec<MapLine> {
    let (human, errors) = (&candidate.human, &candidate.errors);
    let mut lines = Vec::new();
    if human.waiting.count > 0 {
        let hours = human.waiting_hours_median.filter(|hours| hours.is_finite());
        let working = human.waiting_working_hours_median.filter(|hours| hours.is_finite());
        let id = match (hours, working) {
            (Some(_), Some(_)) => "pain-waiting-working",
            (Some(_), None) => "pain-waiting",
            (None, _) => "pain-waiting-untimed",
        };
        let says = tally(id, &human.waiting)
            .text("who", most_waited_for(human, policy).unwrap_or("someone"))
            .number("hours", round(hours.unwrap_or(0.0), 1))
            .number("working", round(working.unwrap_or(0.0), 1));
        lines.push(line(says, &human.waiting.examples));
    }
    push_seen(&mut lines, "pain-copying", &human.copy_paste);
    push_seen(&mut lines, "pain-handovers", &human.handovers);
    push_seen(&mut lines, "pain-ping-pong", &human.ping_pong);
    if errors.rework.count > 0 {
        let says = tally("pain-rework", &errors.rework)
            .number("share", percent(errors.rework.share().unwrap_or(0.0)))
            .number("reopened", errors.reopened.count)
            .number("corrected", errors.corrected.count);
        lines.push(line(says, &errors.rework.examples));
    }
    push_seen(&mut lines, "pain-escalated", &errors.escalated);
    lines.extend(forgetting(candidate));
    if lines.is_empty() {
        lines.push(blank("blank-pain"));
    }
    lines
}

/// Work of the calendar that was not seen in some of the weeks or months it was due.
fn forgetting(candidate: &Candidate) -> Option<MapLine> {
    let first = candidate.triggers.first().filter(|t| t.kind == TriggerKind::Calendar)?;
    let rate = &candidate.rate;
    let monthly = first.detail.as_ref()?.parse::<u8>().is_ok();
    let (id, missed, of) = if monthly {
        // The outer months may have been observed in part only.
        let inner = rate.months.get(1..rate.months.len().saturating_sub(1)).unwrap_or_default();
        let empty = inner.iter().filter(|month| month.runs == 0).count();
        ("pain-missed-months", crate::gain::count(empty), crate::gain::count(inner.len()))
    } else {
        let missed = rate.weeks_observed.saturating_sub(rate.weeks_with_run);
        ("pain-missed-weeks", missed, rate.weeks_observed)
    };
    let says = Phrase::new(id).number("count", missed).number("of", of);
    (missed > 0 && missed * 2 < of).then(|| line(says, &first.seen.examples))
}

fn push_seen(lines: &mut Vec<MapLine>, id: &str, seen: &Tally) {
    if seen.count > 0 {
        lines.push(line(tally(id, seen), &seen.examples));
    }
}

/// A phrase with a tally's count and total.
fn tally(id: &str, seen: &Tally) -> Phrase {
    Phrase::new(id).number("count", seen.count).number("of", seen.of)
}
