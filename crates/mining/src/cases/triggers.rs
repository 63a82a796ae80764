//! Triggers: what starts a run.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use kompel_model::Ticket;

use super::{Group, Knowledge, runs::Run};
use crate::{TriggerFact, TriggerKind, signs::Sign, tally::Tallied};

/// Share of the runs that one weekday or day of the month must hold to be the calendar's.
const CALENDAR_SHARE: f64 = 0.6;

/// Fewest runs by which a calendar is known.
const LEAST: usize = 6;

/// Share of the runs a trigger must start to be shown.
const LEAST_SHARE: f64 = 0.05;

/// Reads what starts the runs, most frequent first.
pub(crate) fn triggers(
    runs: &[&Run<'_>],
    group: &Group<'_>,
    knowledge: &Knowledge<'_>,
) -> Vec<TriggerFact> {
    let mut tallies: BTreeMap<TriggerKind, Tallied> = BTreeMap::new();
    let kinds: Vec<TriggerKind> = runs.iter().map(|run| kind(run, knowledge)).collect();
    for kind in &kinds {
        tallies.entry(*kind).or_default();
    }
    for (run, own) in runs.iter().zip(&kinds) {
        for (kind, tally) in &mut tallies {
            tally.see(run.id, run.at, kind == own);
        }
    }
    let mut out: Vec<TriggerFact> = tallies
        .into_iter()
        .map(|(kind, tally)| TriggerFact { kind, seen: tally.into(), detail: None })
        .filter(|fact| fact.seen.share().is_some_and(|share| share >= LEAST_SHARE))
        .collect();
    out.sort_by(|a, b| b.seen.count.cmp(&a.seen.count).then(a.kind.cmp(&b.kind)));
    if let Some(calendar) = calendar(runs, knowledge) {
        out.insert(0, calendar);
    }
    if out.is_empty() && !group.answers.is_empty() {
        out.push(answered(group));
    }
    out
}

fn kind(run: &Run<'_>, knowledge: &Knowledge<'_>) -> TriggerKind {
    let first = run
        .threads
        .iter()
        .filter_map(|t| Some((t.signs, t.messages.first()?)))
        .min_by_key(|(_, message)| message.at);
    let Some(ticket) = run.ticket else {
        return match first {
            Some((_, message)) if message.robot => TriggerKind::Alert,
            Some((signs, _)) if signs.has(Sign::ChatAsk) => TriggerKind::ChatAsk,
            Some((signs, _)) if signs.has(Sign::ChatReport) => TriggerKind::ChatReport,
            _ => TriggerKind::ChatAsk,
        };
    };
    if let Some((signs, message)) = first
        && signs.has(Sign::ChatAsk)
        && ticket.created.is_some_and(|at| message.at < at)
    {
        return TriggerKind::ChatAsk;
    }
    if by_mail(ticket) {
        return TriggerKind::Mail;
    }
    let robot = |who: Option<&_>| who.is_some_and(|who| knowledge.is_robot(who));
    // A robot that writes a person's request down (a mailbox, a portal) does not start it.
    let asked = ticket.reporter.is_some() && ticket.reporter != ticket.creator;
    let starts = if asked { ticket.reporter.as_ref() } else { ticket.creator.as_ref() };
    if robot(starts.or(ticket.reporter.as_ref())) {
        return TriggerKind::Alert;
    }
    TriggerKind::Ticket
}

fn by_mail(ticket: &Ticket) -> bool {
    ticket.fields.iter().any(|(field, value)| {
        let (field, value) = (field.to_lowercase(), value.trim().to_lowercase());
        let way = ["channel", "contact_type", "contact type", "source", "kanaal", "mode", "via"];
        way.iter().any(|word| field.ends_with(word))
            && ["email", "e-mail", "mail"].contains(&value.as_str())
    })
}

/// The calendar, where most runs fall on one weekday or on one day of the month.
fn calendar(runs: &[&Run<'_>], knowledge: &Knowledge<'_>) -> Option<TriggerFact> {
    let days: Vec<(NaiveDate, &Run<'_>)> =
        runs.iter().filter_map(|run| Some((knowledge.calendar.day(run.at?), *run))).collect();
    if days.len() < LEAST {
        return None;
    }
    let mut weeks: Vec<_> = days.iter().map(|(day, _)| day.iso_week()).collect();
    weeks.dedup();
    let (weekday, on_weekday) =
        fullest(days.iter().map(|(day, _)| day.weekday().num_days_from_monday()));
    let (date, on_date) = fullest(days.iter().map(|(day, _)| batch_day(*day)));
    let share = |n: usize| n as f64 / days.len() as f64;
    let fits: Box<dyn Fn(NaiveDate) -> bool>;
    let detail;
    if share(on_weekday) >= CALENDAR_SHARE && weeks.len() >= 4 {
        fits = Box::new(move |day| day.weekday().num_days_from_monday() == weekday);
        detail = WEEKDAYS[weekday as usize % 7].to_owned();
    } else if share(on_date) >= CALENDAR_SHARE && months(&days) >= 3 {
        fits = Box::new(move |day| batch_day(day) == date);
        detail = date.to_string();
    } else {
        return None;
    }
    let mut tally = Tallied::default();
    for (day, run) in &days {
        tally.see(run.id, run.at, fits(*day));
    }
    Some(TriggerFact { kind: TriggerKind::Calendar, seen: tally.into(), detail: Some(detail) })
}

const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The start of the stretch of four days it falls in (1, 5, 9 …): a first of the month that is a
/// Sunday, or a batch worked off over days, is still the first's.
fn batch_day(day: NaiveDate) -> u32 {
    day.day0() / 4 * 4 + 1
}

fn fullest(values: impl Iterator<Item = u32>) -> (u32, usize) {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts.into_iter().min_by_key(|(value, n)| (std::cmp::Reverse(*n), *value)).unwrap_or_default()
}

fn months(days: &[(NaiveDate, &Run<'_>)]) -> usize {
    let mut months: Vec<(i32, u32)> =
        days.iter().map(|(day, _)| (day.year(), day.month())).collect();
    months.dedup();
    months.len()
}

fn answered(group: &Group<'_>) -> TriggerFact {
    let mut tally = Tallied::default();
    for answer in &group.answers {
        tally.see(&answer.id, answer.at, true);
    }
    TriggerFact { kind: TriggerKind::Answer, seen: tally.into(), detail: None }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::fixture::{at, facts, log, person, ticket};
    use super::*;

    fn first(
        times: impl Iterator<Item = kompel_model::Timestamp>,
        maker: &str,
    ) -> (TriggerKind, Option<String>) {
        let tickets: Vec<Ticket> = times
            .enumerate()
            .map(|(n, at)| {
                let mut record = ticket(n, at);
                record.reporter = Some(person(maker));
                record
            })
            .collect();
        let count = tickets.len();
        let found = facts(&log(tickets, vec![]), count).triggers.swap_remove(0);
        (found.kind, found.detail)
    }

    #[test]
    fn the_calendar_a_robot_or_a_person_starts_it() {
        let start = at("2025-01-03T14:00:00Z");
        let every = |days: i64| (0..30).map(move |n| start + TimeDelta::days(days * n));
        assert_eq!(first(every(7), "a"), (TriggerKind::Calendar, Some("friday".to_owned())));
        assert_eq!(first(every(5), "a"), (TriggerKind::Ticket, None));
        assert_eq!(first(every(5), "robot1"), (TriggerKind::Alert, None));
    }
}
