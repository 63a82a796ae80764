//! Effort: how long people work on a run, by the best evidence there is.
//!
//! Logged work goes before stated durations, those before what people answered, and all before
//! the estimate from activity, which is rough: so many minutes for each thing a worker did.

use kompel_model::{PersonId, Ticket, Timestamp};

use super::{
    Group, Knowledge,
    errors::{first_rework, has_rework},
    median, quantile,
    runs::{Place, Run, What},
};
use crate::{Effort, EffortBasis, Spread};

/// Runs that must show a basis before it is taken.
const LEAST: usize = 3;

/// Minutes for one thing a worker did, where nothing else tells.
const MINUTES_PER_ACT: f64 = 5.0;

/// Minutes between two acts of one worker that are still one stretch of work.
const STRETCH: f64 = 20.0;

/// Most minutes of work that activity alone makes believed of one run.
const MOST: f64 = 120.0;

/// Most minutes a text or a log is believed about one run: three working days.
const MOST_STATED: f64 = 1_440.0;

/// Reads the effort.
pub(crate) fn effort(runs: &[&Run<'_>], group: &Group<'_>, knowledge: &Knowledge<'_>) -> Effort {
    let elapsed = runs.iter().filter_map(|run| elapsed(run)).collect();
    let (basis, minutes) = touch(runs, group, knowledge);
    let mut values: Vec<f64> = minutes.iter().map(|(_, minutes)| *minutes).collect();
    let touch_minutes = spread(&mut values);
    Effort {
        touch_minutes,
        basis,
        samples: u32::try_from(values.len()).unwrap_or(u32::MAX),
        redo_minutes: redo(&minutes, runs, basis),
        elapsed_hours_median: median(elapsed),
    }
}

/// Minutes by place of the run (for answers: of no run).
type Minutes = Vec<(Option<usize>, f64)>;

fn touch(
    runs: &[&Run<'_>],
    group: &Group<'_>,
    knowledge: &Knowledge<'_>,
) -> (EffortBasis, Minutes) {
    let by_run = |measure: &dyn Fn(&Run<'_>) -> Option<f64>| -> Minutes {
        let measured = runs.iter().enumerate();
        measured.filter_map(|(place, run)| Some((Some(place), measure(run)?))).collect()
    };
    let logged = by_run(&|run| run.ticket.and_then(logged));
    if logged.len() >= LEAST.min(runs.len().max(1)) {
        return (EffortBasis::Worklog, logged);
    }
    let stated = by_run(&|run| stated(run, knowledge));
    if stated.len() >= LEAST {
        return (EffortBasis::Stated, stated);
    }
    let answered: Minutes = group
        .answers
        .iter()
        .filter_map(|answer| answer.minutes)
        .filter(|minutes| minutes.is_finite() && *minutes > 0.0)
        .map(|minutes| (None, minutes))
        .collect();
    if !answered.is_empty() {
        return (EffortBasis::Answers, answered);
    }
    let active = by_run(&|run| active(run));
    if active.is_empty() {
        return (EffortBasis::None, active);
    }
    (EffortBasis::Activity, active)
}

fn spread(values: &mut [f64]) -> Option<Spread> {
    Some(Spread {
        low: quantile(values, 0.25)?,
        likely: quantile(values, 0.5)?,
        high: quantile(values, 0.75)?,
    })
}

fn logged(ticket: &Ticket) -> Option<f64> {
    let sum: u64 = ticket.worked.iter().map(|w| w.seconds).fold(0, u64::saturating_add);
    let seconds = if sum > 0 { sum } else { ticket.spent_seconds.unwrap_or_default() };
    (seconds > 0).then(|| (seconds as f64 / 60.0).min(MOST_STATED))
}

/// Minutes that workers state, added up.
fn stated(run: &Run<'_>, knowledge: &Knowledge<'_>) -> Option<f64> {
    let sum: f64 = run
        .said()
        .filter(|(event, _, _, place)| *place != Place::Opening && run.is_worker(event.author))
        .filter_map(|(_, text, _, _)| knowledge.words.signs.minutes(text))
        .filter(|minutes| minutes.is_finite() && *minutes > 0.0)
        .sum();
    (sum > 0.0).then(|| sum.min(MOST_STATED))
}

/// An estimate from what workers did and when; for event logs the length of the activities.
fn active(run: &Run<'_>) -> Option<f64> {
    if let Some(ticket) = run.ticket
        && !ticket.activities.is_empty()
    {
        let seconds: i64 = ticket
            .activities
            .iter()
            .filter_map(|a| Some((a.at - a.started?).num_seconds().max(0)))
            .sum();
        return (seconds > 0).then(|| (seconds as f64 / 60.0).min(MOST_STATED));
    }
    let mut last: Option<(Option<&PersonId>, Timestamp)> = None;
    let mut minutes = 0.0;
    for event in run.events.iter().filter(|event| !event.robot && run.is_worker(event.author)) {
        if let What::Said { place: Place::Opening, .. } = event.what {
            continue;
        }
        let Some(at) = event.at else {
            minutes += MINUTES_PER_ACT;
            continue;
        };
        let gap = last
            .filter(|(who, _)| *who == event.author)
            .map(|(_, before)| (at - before).num_seconds() as f64 / 60.0);
        minutes += gap.filter(|gap| *gap <= STRETCH).unwrap_or(MINUTES_PER_ACT);
        last = Some((event.author, at));
    }
    (minutes > 0.0).then(|| minutes.min(MOST))
}

/// Minutes of a redo: logged after the rework showed, else how much longer such runs take.
fn redo(minutes: &Minutes, runs: &[&Run<'_>], basis: EffortBasis) -> Option<f64> {
    let after: Vec<f64> = runs.iter().filter_map(|run| logged_after_rework(run)).collect();
    if after.len() >= LEAST {
        return median(after);
    }
    if matches!(basis, EffortBasis::None | EffortBasis::Answers) {
        return None;
    }
    let (mut again, mut once) = (Vec::new(), Vec::new());
    for (place, minutes) in minutes {
        let reworked = place.is_some_and(|place| has_rework(runs[place]));
        if reworked { again.push(*minutes) } else { once.push(*minutes) }
    }
    if again.len() < LEAST || once.len() < LEAST {
        return None;
    }
    let more = median(again)? - median(once)?;
    (more > 0.0).then_some(more)
}

fn logged_after_rework(run: &Run<'_>) -> Option<f64> {
    let ticket = run.ticket?;
    let from = run.events[first_rework(run)?].at?;
    let seconds: u64 = ticket
        .worked
        .iter()
        .filter(|w| w.at.is_some_and(|at| at > from))
        .map(|w| w.seconds)
        .fold(0, u64::saturating_add);
    (seconds > 0).then(|| seconds as f64 / 60.0)
}

/// Hours from the request to the end.
fn elapsed(run: &Run<'_>) -> Option<f64> {
    let from = run.at?;
    let last_activity = |ticket: &Ticket| ticket.activities.iter().map(|a| a.at).max();
    let last_reply = || {
        let replies = run.threads.iter().flat_map(|t| t.messages.iter().skip(1));
        replies.map(|m| m.at).max()
    };
    let to = match run.ticket {
        Some(ticket) => ticket.resolved.or_else(|| last_activity(ticket))?,
        None => last_reply()?,
    };
    (to >= from).then(|| (to - from).num_seconds() as f64 / 3_600.0)
}

#[cfg(test)]
mod tests {
    use kompel_model::Worked;

    use super::super::fixture::{at, comment, facts, log, ticket};
    use super::*;

    fn read(change: impl Fn(usize, &mut Ticket)) -> Effort {
        let tickets: Vec<Ticket> = (0..5)
            .map(|n| {
                let mut record = ticket(n, at("2025-03-03T08:00:00Z"));
                change(n, &mut record);
                record
            })
            .collect();
        facts(&log(tickets, vec![]), 5).effort
    }

    #[test]
    fn logged_work_goes_before_all_else() {
        let found = read(|n, record| {
            let seconds = 600 * (n as u64 + 1);
            record.worked = vec![Worked { at: None, author: None, seconds, text: String::new() }];
            record.comments = vec![comment("2025-03-03T09:00:00Z", "worker", "Gedaan in 99 min")];
            record.resolved = Some(at("2025-03-03T10:00:00Z"));
        });
        assert_eq!(found.basis, EffortBasis::Worklog);
        assert_eq!(found.touch_minutes, Some(Spread { low: 20.0, likely: 30.0, high: 40.0 }));
        assert_eq!((found.samples, found.elapsed_hours_median), (5, Some(2.0)));
    }

    #[test]
    fn without_any_words_activity_is_an_estimate() {
        let found = read(|_, record| {
            record.comments =
                vec![comment("2025-03-03T09:00:00Z", "worker", "Wachtwoord gereset.")];
        });
        assert_eq!(
            (found.basis, found.touch_minutes.map(|s| s.likely)),
            (EffortBasis::Activity, Some(5.0))
        );
        assert_eq!(read(|_, _| ()).basis, EffortBasis::None);
    }
}
