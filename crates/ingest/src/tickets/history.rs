//! One ticket of many rows: an audit log with the state after each change, or an event log.

use std::collections::BTreeMap;

use kompel_model::{Change, ChangedField, Name, PersonId, Ticket};

use crate::tickets::desk::{Desk, compare};

/// Rows by the key of their record.
#[derive(Default)]
pub(super) struct History(BTreeMap<Name, Vec<Ticket>>);

impl History {
    /// Adds a row as a ticket of its own.
    pub(super) fn add(&mut self, ticket: Ticket) {
        self.0.entry(ticket.id.key.clone()).or_default().push(ticket);
    }

    /// Makes each key's rows one ticket.
    pub(super) fn settle(self, desk: &mut Desk<'_>) {
        let mut joined = 0;
        for (_, mut rows) in self.0 {
            joined += rows.len() as u64 - 1;
            rows.sort_by(|a, b| {
                (a.updated, count_of(a)).cmp(&(b.updated, count_of(b))).then_with(|| compare(a, b))
            });
            if let Some(ticket) = rows.into_iter().reduce(join) {
                desk.keep(0, ticket);
            }
        }
        desk.joined(joined);
    }
}

/// The number of changes so far, where the system counts them.
fn count_of(ticket: &Ticket) -> u64 {
    ticket.fields.get("sys_mod_count").and_then(|count| count.parse().ok()).unwrap_or(0)
}

/// The later row with what the earlier ones tell.
fn join(mut earlier: Ticket, mut later: Ticket) -> Ticket {
    if let Some(at) = later.updated {
        let person = |t: &Ticket| t.assignee.as_ref().map(|p| p.0.clone());
        let assignees = (person(&earlier), person(&later));
        let states = [later.status.clone(), later.group.clone(), later.priority.clone()];
        let [status, group, priority] = states;
        let by = later.fields.get("sys_updated_by").map(|name| PersonId::new(name));
        let mut change = |field: ChangedField, from: Option<Name>, to: Option<Name>| {
            if from != to && to.is_some() {
                later.changes.push(Change { at, author: by.clone(), field, from, to });
            }
        };
        change(ChangedField::Status, earlier.status.clone(), status);
        change(ChangedField::Group, earlier.group.clone(), group);
        change(ChangedField::Assignee, assignees.0, assignees.1);
        change(ChangedField::Priority, earlier.priority.clone(), priority);
    }
    let (first, second) = (earlier.created, later.created);
    later.created = first.into_iter().chain(second).min();
    later.resolved = match later.activities.is_empty() {
        true => later.resolved.or(earlier.resolved),
        false => later.resolved.max(earlier.resolved),
    };
    later.group = later.group.or(earlier.group);
    later.assignee = later.assignee.or(earlier.assignee);
    later.reporter = later.reporter.or(earlier.reporter);
    later.client = later.client.or(earlier.client);
    later.kind = later.kind.or(earlier.kind);
    if later.title.is_empty() {
        later.title = earlier.title;
    }
    if later.description.is_empty() {
        later.description = earlier.description;
    }
    later.reopen_count = later.reopen_count.max(earlier.reopen_count);
    later.reassignment_count = later.reassignment_count.max(earlier.reassignment_count);
    // Kept in order by the desk; the earlier parts are moved, not copied, row after row.
    earlier.changes.append(&mut later.changes);
    earlier.comments.append(&mut later.comments);
    earlier.activities.append(&mut later.activities);
    later.changes = earlier.changes;
    later.comments = earlier.comments;
    later.activities = earlier.activities;
    later
}
