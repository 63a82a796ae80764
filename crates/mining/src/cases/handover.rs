//! Hand-overs and ping-pong: who gives work to whom.
//!
//! For tickets by the holders in turn; for the cases of event logs by activities and resources, as
//! the waiting-time literature defines them.

use std::collections::{BTreeMap, BTreeSet};

use kompel_model::{Activity, ChangedField, Name, Ticket};

/// One activity that enabled another in the same case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Transition<'a> {
    /// The enabling activity and who did it.
    pub from: (&'a str, Option<&'a str>),
    /// The enabled activity and who did it.
    pub to: (&'a str, Option<&'a str>),
}

impl Transition<'_> {
    /// True if the two were done by different people, both known.
    pub fn is_handover(&self) -> bool {
        matches!((self.from.1, self.to.1), (Some(a), Some(b)) if a != b)
    }
}

/// Activities that run beside each other: seen in both orders, and not as a loop of two.
///
/// # Source
/// van der Aalst et al., Workflow mining (alpha+): `a>b` and `b>a` without `aba` or `bab`.
#[derive(Debug, Clone, Default)]
pub struct Concurrency<'a> {
    pairs: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Concurrency<'a> {
    /// Reads a log's cases.
    pub fn of(cases: &[&'a [Activity]]) -> Self {
        let mut follows: BTreeSet<(&str, &str)> = BTreeSet::new();
        let mut loops: BTreeSet<(&str, &str)> = BTreeSet::new();
        for case in cases {
            let names: Vec<&str> = in_order(case).iter().map(|a| a.name.as_ref()).collect();
            follows.extend(names.windows(2).map(|w| (w[0], w[1])));
            let around = names.windows(3).filter(|w| w[0] == w[2] && w[0] != w[1]);
            for w in around {
                loops.extend([(w[0], w[1]), (w[1], w[0])]);
            }
        }
        let beside = |(a, b): &(&'a str, &'a str)| {
            a != b && follows.contains(&(b, a)) && !loops.contains(&(a, b))
        };
        Self { pairs: follows.iter().copied().filter(beside).collect() }
    }

    fn holds(&self, a: &str, b: &str) -> bool {
        self.pairs.contains(&(a, b))
    }
}

/// What enabled what in one case: for each activity the last to end, before it began, of those
/// that don't run beside it.
pub fn transitions<'a>(
    activities: &'a [Activity],
    concurrency: &Concurrency<'_>,
) -> Vec<Transition<'a>> {
    let ordered = in_order(activities);
    let mut out = Vec::new();
    for (place, next) in ordered.iter().enumerate() {
        let begun = next.started.unwrap_or(next.at);
        let enabling = ordered[..place]
            .iter()
            .rev()
            .filter(|prior| prior.at <= begun)
            .find(|prior| !concurrency.holds(&prior.name, &next.name));
        if let Some(prior) = enabling {
            out.push(Transition { from: end(prior), to: end(next) });
        }
    }
    out
}

/// Work given to another person within one case, read by itself.
pub fn handovers(activities: &[Activity]) -> u32 {
    let cases = [activities];
    let found = transitions(activities, &Concurrency::of(&cases));
    count(found.iter().filter(|t| t.is_handover()).count())
}

/// Returns within one case: the same two activities by the same two people in turn,
/// A, B, A, B. Three such rounds are two returns.
pub fn ping_pongs(activities: &[Activity]) -> u32 {
    let ends: Vec<_> = in_order(activities).into_iter().map(end).collect();
    let mut total = 0;
    let mut length = 2;
    for place in 2..=ends.len() {
        let alternates = place < ends.len() && ends[place] == ends[place - 2];
        if alternates && ends[place].1.is_some() && ends[place].1 != ends[place - 1].1 {
            length += 1;
            continue;
        }
        total += (length - 2) / 2;
        length = 2;
    }
    count(total)
}

fn end(activity: &Activity) -> (&str, Option<&str>) {
    (&activity.name, activity.resource.as_ref().map(|who| who.as_str()))
}

fn in_order(activities: &[Activity]) -> Vec<&Activity> {
    let mut ordered: Vec<&Activity> = activities.iter().collect();
    ordered.sort_by_key(|a| (a.at, a.started.unwrap_or(a.at)));
    ordered
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// How a ticket went from hand to hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Hands {
    /// Times given to another person or team.
    pub(crate) handovers: u32,
    /// Times given back to one who had it before.
    pub(crate) returns: u32,
}

/// Reads a ticket's history, its counts and its activities.
pub(crate) fn hands(ticket: &Ticket) -> Hands {
    let person = turns(ticket, &ChangedField::Assignee);
    let team = turns(ticket, &ChangedField::Group);
    // A change of team and of person at once is one hand-over.
    let said = ticket.reassignment_count.unwrap_or_default();
    let mut out = Hands {
        handovers: person.handovers.max(team.handovers).max(said),
        returns: person.returns.max(team.returns),
    };
    if !ticket.activities.is_empty() {
        out.handovers = out.handovers.max(handovers(&ticket.activities));
        out.returns = out.returns.max(ping_pongs(&ticket.activities));
    }
    out
}

fn turns(ticket: &Ticket, field: &ChangedField) -> Hands {
    let mut holders: Vec<&Name> = Vec::new();
    for change in ticket.changes.iter().filter(|c| c.field == *field) {
        if holders.is_empty() {
            holders.extend(&change.from);
        }
        if let Some(to) = &change.to
            && holders.last() != Some(&to)
        {
            holders.push(to);
        }
    }
    let mut seen: BTreeMap<&Name, ()> = BTreeMap::new();
    let mut out = Hands { handovers: count(holders.len().saturating_sub(1)), returns: 0 };
    for holder in holders {
        if seen.insert(holder, ()).is_some() {
            out.returns += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, path::PathBuf};

    use chrono::{DateTime, NaiveDateTime};
    use kompel_model::{Change, PersonId, SourceKind, Timestamp};

    use super::*;

    fn folder() -> Option<PathBuf> {
        super::super::fixture::shared("waiting-time-handoff-logs")
    }

    fn moment(text: &str) -> Timestamp {
        let zoned = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%:z").map(|at| at.to_utc());
        let plain =
            || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|at| at.and_utc());
        zoned.or_else(|_| plain()).unwrap()
    }

    /// The cases of a file by their ids.
    fn cases(folder: &std::path::Path, file: &str) -> BTreeMap<String, Vec<Activity>> {
        let mut reader = csv::Reader::from_path(folder.join(file)).unwrap();
        let headers = reader.headers().unwrap().clone();
        let column =
            |names: &[&str]| headers.iter().position(|header| names.contains(&header)).unwrap();
        let case = column(&["case:concept:name", "case_id"]);
        let (name, who) = (column(&["Activity"]), column(&["Resource"]));
        let from = column(&["start_timestamp", "start_time"]);
        let to = column(&["time:timestamp", "end_time"]);
        let mut out: BTreeMap<String, Vec<Activity>> = BTreeMap::new();
        for row in reader.records().map(|row| row.unwrap()) {
            out.entry(row[case].to_owned()).or_default().push(Activity {
                name: row[name].into(),
                started: Some(moment(&row[from])),
                at: moment(&row[to]),
                resource: Some(PersonId::new(&row[who])),
                group: None,
                transition: None,
            });
        }
        out
    }

    #[test]
    fn the_ping_pong_cases_hold_as_many_as_their_names_say() {
        let Some(folder) = folder() else { return };
        let check = |file: &str, expected: u32| {
            let found: u32 = cases(&folder, file).values().map(|case| ping_pongs(case)).sum();
            assert_eq!(found, expected, "{file}");
        };
        check("ping_pong_case.csv", 1);
        check("ping_pong_case_fake.csv", 0);
        check("two_ping_pongs_case.csv", 2);
        check("double_ping_pong_case.csv", 2);
    }

    #[test]
    fn the_hand_off_logs_give_their_known_transitions() {
        let Some(folder) = folder() else { return };
        for name in [
            "handoff-test",
            "manual_log_1",
            "manual_log_2",
            "manual_log_3",
            "manual_log_4",
            "manual_log_5",
        ] {
            let cases = cases(&folder, &format!("icpm__handoff-logs__{name}.csv"));
            let all: Vec<&[Activity]> = cases.values().map(Vec::as_slice).collect();
            let concurrency = Concurrency::of(&all);
            let mut found: BTreeMap<String, f64> = BTreeMap::new();
            for t in all.iter().flat_map(|case| transitions(case, &concurrency)) {
                let key = [t.from.0, t.from.1.unwrap(), t.to.0, t.to.1.unwrap()].join(",");
                *found.entry(key).or_default() += 1.0;
            }
            let file = folder.join(format!("icpm__handoff-logs__{name}_expected.csv"));
            let expected: BTreeMap<String, f64> = csv::Reader::from_path(file)
                .unwrap()
                .records()
                .map(|row| row.unwrap())
                .map(|row| {
                    ([&row[0], &row[1], &row[2], &row[3]].join(","), row[4].parse().unwrap())
                })
                .collect();
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn a_ticket_that_comes_back_was_handed_over_twice() {
        let mut ticket = Ticket::new(SourceKind::Jira, "OPS-1");
        let change = |minute: i64, from: Option<&str>, to: &str| Change {
            at: Timestamp::from_timestamp(minute * 60, 0).unwrap(),
            author: None,
            field: ChangedField::Assignee,
            from: from.map(Into::into),
            to: Some(to.into()),
        };
        ticket.changes =
            vec![change(1, None, "a"), change(2, Some("a"), "b"), change(3, Some("b"), "a")];
        assert_eq!(hands(&ticket), Hands { handovers: 2, returns: 1 });
        ticket.changes.truncate(1);
        assert_eq!(hands(&ticket), Hands::default());
    }
}
