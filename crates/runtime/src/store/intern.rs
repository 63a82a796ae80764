//! Short texts that recur in many records share their memory again after reading.

use std::collections::BTreeMap;

use kompel_model::{Answer, ChangedField, Message, Name, PersonId, Ticket};
use rustc_hash::FxHashSet;

/// Every short text met so far, once.
#[derive(Default)]
pub(super) struct Interner {
    names: FxHashSet<Name>,
}

impl Interner {
    pub(super) fn ticket(&mut self, ticket: &mut Ticket) {
        for name in [
            &mut ticket.client,
            &mut ticket.kind,
            &mut ticket.status,
            &mut ticket.resolution,
            &mut ticket.priority,
            &mut ticket.group,
        ] {
            self.maybe(name);
        }
        self.all(&mut ticket.labels);
        self.all(&mut ticket.components);
        if !ticket.fields.is_empty() {
            let fields = std::mem::take(&mut ticket.fields);
            ticket.fields = fields
                .into_iter()
                .map(|(mut name, value)| {
                    self.share(&mut name);
                    (name, value)
                })
                .collect::<BTreeMap<_, _>>();
        }
        for person in [&mut ticket.reporter, &mut ticket.creator, &mut ticket.assignee] {
            self.person(person);
        }
        for comment in &mut ticket.comments {
            self.person(&mut comment.author);
        }
        self.history(ticket);
    }

    fn history(&mut self, ticket: &mut Ticket) {
        for change in &mut ticket.changes {
            self.person(&mut change.author);
            self.maybe(&mut change.from);
            self.maybe(&mut change.to);
            if let ChangedField::Other(name) = &mut change.field {
                self.share(name);
            }
        }
        for activity in &mut ticket.activities {
            self.share(&mut activity.name);
            self.person(&mut activity.resource);
            self.maybe(&mut activity.group);
            self.maybe(&mut activity.transition);
        }
        for work in &mut ticket.worked {
            self.person(&mut work.author);
        }
        for link in &mut ticket.links {
            self.share(&mut link.kind);
        }
    }

    pub(super) fn message(&mut self, message: &mut Message) {
        self.share(&mut message.channel);
        self.person(&mut message.author);
        for reaction in &mut message.reactions {
            self.share(&mut reaction.name);
            for PersonId(name) in &mut reaction.by {
                self.share(name);
            }
        }
    }

    pub(super) fn answer(&mut self, answer: &mut Answer) {
        self.person(&mut answer.author);
    }

    fn all(&mut self, names: &mut [Name]) {
        for name in names {
            self.share(name);
        }
    }

    fn maybe(&mut self, name: &mut Option<Name>) {
        if let Some(name) = name {
            self.share(name);
        }
    }

    fn person(&mut self, person: &mut Option<PersonId>) {
        if let Some(PersonId(name)) = person {
            self.share(name);
        }
    }

    fn share(&mut self, name: &mut Name) {
        match self.names.get(name) {
            Some(known) => *name = Name::clone(known),
            None => {
                self.names.insert(Name::clone(name));
            }
        }
    }
}
