//! Habits: authors that no source marks as robots and that behave like one, and who works on tickets.
//!
//! Round the clock, nights and weekends alike, and always in the same few words. Either alone is
//! not enough: people work in shifts, and people have their standing phrases.

use std::collections::{BTreeSet, hash_map::Entry};

use chrono::{Datelike, Timelike, Weekday};
use kompel_model::{EventLog, PersonId, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};

use super::calendar::Calendar;

/// Fewest comments by which a habit is known.
const LEAST: u32 = 50;

/// Distinct openings that are remembered of one author.
const OPENINGS: usize = 256;

#[derive(Debug, Default)]
struct Habit {
    count: u32,
    night: u32,
    weekend: u32,
    hours: u32,
    openings: FxHashSet<String>,
}

impl Habit {
    fn see(&mut self, at: Timestamp, text: &str, calendar: &Calendar) {
        let local = calendar.local(at);
        self.count += 1;
        self.night += u32::from(local.hour() < 6);
        self.weekend += u32::from(matches!(local.weekday(), Weekday::Sat | Weekday::Sun));
        self.hours |= 1 << local.hour();
        if self.openings.len() < OPENINGS {
            self.openings.insert(opening(text));
        }
    }

    fn is_robots(&self) -> bool {
        let few_words = self.openings.len() <= (self.count as usize / 20).clamp(3, OPENINGS - 1);
        self.count >= LEAST
            && self.hours.count_ones() >= 20
            && self.night * 8 >= self.count
            && self.weekend * 7 >= self.count
            && few_words
    }
}

/// The first two words, without figures.
fn opening(text: &str) -> String {
    let words = text.split_whitespace().filter(|w| !w.bytes().any(|b| b.is_ascii_digit()));
    words.take(2).flat_map(|word| word.chars().take(20)).collect()
}

/// The authors whose comments look like a robot's.
pub(crate) fn robots(log: &EventLog, calendar: &Calendar) -> BTreeSet<PersonId> {
    let mut habits: FxHashMap<&PersonId, Habit> = FxHashMap::default();
    for comment in log.tickets.iter().flat_map(|ticket| &ticket.comments) {
        let (Some(author), Some(at)) = (&comment.author, comment.at) else { continue };
        let habit = match habits.entry(author) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(Habit::default()),
        };
        habit.see(at, &comment.text, calendar);
    }
    let found = habits.into_iter().filter(|(_, habit)| habit.is_robots());
    found.map(|(author, _)| author.clone()).collect()
}

/// The people who hold a ticket, or log work on one.
pub(crate) fn workers(log: &EventLog) -> BTreeSet<PersonId> {
    let holders = log.tickets.iter().filter_map(|ticket| ticket.assignee.as_ref());
    let logged = log.tickets.iter().flat_map(|ticket| &ticket.worked);
    let all: FxHashSet<&PersonId> =
        holders.chain(logged.filter_map(|worked| worked.author.as_ref())).collect();
    all.into_iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use kompel_model::{Comment, SourceKind, Ticket};

    use super::*;

    fn check(hours: i64, text: fn(i64) -> String, robot: bool) {
        let start: Timestamp = "2025-01-06T08:00:00Z".parse().unwrap();
        let who = PersonId::new("p-00000001");
        let mut ticket = Ticket::new(SourceKind::Jira, "OPS-1");
        ticket.comments = (0..200)
            .map(|n| Comment {
                at: Some(start + TimeDelta::hours(n * hours)),
                author: Some(who.clone()),
                text: text(n),
                automatic: false,
            })
            .collect();
        let log = EventLog { tickets: vec![ticket], ..EventLog::default() };
        let found = robots(&log, &Calendar::new(chrono_tz::Europe::Brussels, crate::Country::Be));
        assert_eq!(found.contains(&who), robot);
    }

    #[test]
    fn a_robot_writes_the_same_at_any_hour() {
        let same: fn(i64) -> String = |n| format!("RECOVERED: host {n} is fine");
        let differs: fn(i64) -> String = |n| {
            let letter = |n: i64| char::from(b'a' + u8::try_from(n % 26).unwrap());
            format!("{}{} checked", letter(n), letter(n / 26))
        };
        check(7, same, true);
        check(7, differs, false);
        check(24, same, false);
    }
}
