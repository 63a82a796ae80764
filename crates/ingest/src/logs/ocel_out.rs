//! The event log as OCEL 2.0: tickets, people, groups, systems, messages and answers as objects.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use kompel_model::{ChangedField, EventLog, Message, PersonId, Ticket, Timestamp};
use process_mining::core::event_data::object_centric::{
    OCEL, OCELAttributeValue, OCELEvent, OCELEventAttribute, OCELObject, OCELObjectAttribute,
    OCELRelationship, OCELType, OCELTypeAttribute, ocel_json::export_ocel_json_to_vec,
    ocel_xml::xml_ocel_export::export_ocel_xml,
};

/// An OCEL 2.0 log, ready to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct OcelLog(pub(super) OCEL);

impl OcelLog {
    /// How many events it holds.
    pub fn events(&self) -> usize {
        self.0.events.len()
    }

    /// How many objects it holds.
    pub fn objects(&self) -> usize {
        self.0.objects.len()
    }

    /// OCEL 2.0 JSON.
    ///
    /// # Errors
    /// If it can't be serialised.
    pub fn to_json(&self) -> std::io::Result<Vec<u8>> {
        export_ocel_json_to_vec(&self.0)
    }

    /// OCEL 2.0 XML.
    ///
    /// # Errors
    /// If it can't be serialised.
    pub fn to_xml(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        export_ocel_xml(&mut bytes, &self.0).map_err(std::io::Error::other)?;
        Ok(bytes)
    }

    /// OCEL 2.0 SQLite.
    ///
    /// # Errors
    /// If the database can't be made.
    pub fn to_sqlite(&self) -> std::io::Result<Vec<u8>> {
        super::ocel_sqlite::export(&self.0)
    }
}

/// One thing that happened to a ticket.
#[derive(Debug)]
pub(super) struct Step<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) at: Timestamp,
    pub(super) started: Option<Timestamp>,
    pub(super) by: Option<&'a PersonId>,
    pub(super) group: Option<&'a str>,
    pub(super) transition: Option<&'a str>,
    detail: Option<(&'a str, &'a str)>,
}

/// What happened to a ticket, in order of time: its activities, else what its history says.
pub(super) fn steps(ticket: &Ticket) -> Vec<Step<'_>> {
    let step = |name: &'static str, at, by| Step {
        name: Cow::Borrowed(name),
        at,
        started: None,
        by,
        group: None,
        transition: None,
        detail: None,
    };
    if !ticket.activities.is_empty() {
        let of_activity = ticket.activities.iter().map(|activity| Step {
            name: Cow::Borrowed(&*activity.name),
            at: activity.at,
            started: activity.started,
            by: activity.resource.as_ref(),
            group: activity.group.as_deref(),
            transition: activity.transition.as_deref(),
            detail: None,
        });
        return of_activity.collect();
    }
    let mut steps = Vec::new();
    let maker = ticket.creator.as_ref().or(ticket.reporter.as_ref());
    steps.extend(ticket.created.map(|at| step("ticket created", at, maker)));
    for comment in &ticket.comments {
        steps.extend(comment.at.map(|at| step("ticket commented", at, comment.author.as_ref())));
    }
    for change in &ticket.changes {
        let name = match &change.field {
            ChangedField::Status => "status changed",
            ChangedField::Assignee | ChangedField::Group => "ticket assigned",
            ChangedField::Resolution => "resolution changed",
            ChangedField::Priority => "priority changed",
            ChangedField::Approval => "approval changed",
            ChangedField::Other(_) => "field changed",
        };
        let detail = change.to.as_deref().map(|to| ("to", to));
        steps.push(Step { detail, ..step(name, change.at, change.author.as_ref()) });
    }
    for worked in &ticket.worked {
        steps.extend(worked.at.map(|at| step("work logged", at, worked.author.as_ref())));
    }
    let last = ticket.assignee.as_ref();
    steps.extend(ticket.resolved.map(|at| step("ticket resolved", at, last)));
    steps.sort_by_key(|step| step.at);
    steps
}

/// The whole log as OCEL 2.0. Deterministic: objects in order of type and id, events of time.
pub fn to_ocel(log: &EventLog) -> OcelLog {
    let mut out = Out::default();
    let keys: BTreeSet<&str> = log.tickets.iter().map(|t| &*t.id.key).collect();
    for ticket in &log.tickets {
        out.ticket(ticket, &keys);
    }
    for message in &log.messages {
        out.message(message);
    }
    for answer in &log.answers {
        let id = format!("answer/{}/{}", answer.id.source, answer.id.key);
        let at = answer.at.unwrap_or(DateTime::UNIX_EPOCH);
        let texts = [
            ("what", answer.what.as_str()),
            ("how_often", answer.how_often.as_str()),
            ("how_long", answer.how_long.as_str()),
        ];
        let mut links = vec![OCELRelationship::new(&id, "answer")];
        out.by(answer.author.as_ref(), "by", &mut links);
        out.object("answer", &id, at, &texts, Vec::new());
        out.event("answered", at, Vec::new(), links);
    }
    OcelLog(out.finish())
}

#[derive(Default)]
struct Out {
    objects: BTreeMap<(&'static str, String), OCELObject>,
    events: Vec<OCELEvent>,
    object_attributes: BTreeMap<&'static str, BTreeSet<String>>,
    event_attributes: BTreeMap<String, BTreeSet<String>>,
}

impl Out {
    fn ticket(&mut self, ticket: &Ticket, keys: &BTreeSet<&str>) {
        let id = ticket_id(ticket.id.source.code(), &ticket.id.key);
        let at = ticket.created.unwrap_or(DateTime::UNIX_EPOCH);
        let mut texts = vec![
            ("source", ticket.id.source.code()),
            ("key", &*ticket.id.key),
            ("title", ticket.title.as_str()),
            ("description", ticket.description.as_str()),
            ("client", ticket.client.as_deref().unwrap_or("")),
            ("kind", ticket.kind.as_deref().unwrap_or("")),
            ("status", ticket.status.as_deref().unwrap_or("")),
            ("resolution", ticket.resolution.as_deref().unwrap_or("")),
            ("priority", ticket.priority.as_deref().unwrap_or("")),
        ];
        texts.extend(ticket.fields.iter().map(|(name, value)| (&**name, value.as_str())));
        let mut links = Vec::new();
        self.by(ticket.reporter.as_ref(), "requested by", &mut links);
        self.by(ticket.assignee.as_ref(), "assigned to", &mut links);
        self.thing("group", ticket.group.as_deref(), "held by", &mut links);
        for component in &ticket.components {
            self.thing("system", Some(component), "touches", &mut links);
        }
        for link in ticket.links.iter().filter(|link| keys.contains(&*link.to)) {
            links.push(OCELRelationship::new(
                ticket_id(ticket.id.source.code(), &link.to),
                &link.kind,
            ));
        }
        self.object("ticket", &id, at, &texts, links);
        for step in steps(ticket) {
            let mut links = vec![OCELRelationship::new(&id, "ticket")];
            self.by(step.by, "by", &mut links);
            self.thing("group", step.group, "in", &mut links);
            let started = step.started.map(|at| at.to_rfc3339());
            let resource = step.by.map(PersonId::as_str);
            let pairs = [
                step.detail,
                step.transition.map(|t| ("lifecycle", t)),
                started.as_deref().map(|s| ("started", s)),
                resource.map(|r| ("resource", r)),
                step.group.map(|g| ("group", g)),
            ];
            let pairs = pairs.into_iter().flatten().map(|(n, v)| (n, v.to_owned())).collect();
            self.event(&step.name, step.at, pairs, links);
        }
    }

    fn message(&mut self, message: &Message) {
        let id = format!("message/{}/{}", message.id.source, message.id.key);
        let texts = [("channel", &*message.channel), ("text", message.text.as_str())];
        let mut links = Vec::new();
        if let Some(thread) = message.thread.as_ref().filter(|t| **t != message.id.key) {
            let first = format!("message/{}/{thread}", message.id.source);
            links.push(OCELRelationship::new(first, "replies to"));
        }
        self.object("message", &id, message.at, &texts, links);
        let mut links = vec![OCELRelationship::new(&id, "message")];
        self.by(message.author.as_ref(), "by", &mut links);
        self.event("message posted", message.at, Vec::new(), links);
        for reaction in &message.reactions {
            let mut links = vec![OCELRelationship::new(&id, "message")];
            for person in &reaction.by {
                self.by(Some(person), "by", &mut links);
            }
            // A reaction carries no time of its own: it stands at the message's.
            let pairs = vec![("reaction", reaction.name.to_string())];
            self.event("message reacted", message.at, pairs, links);
        }
    }

    fn by(&mut self, person: Option<&PersonId>, how: &str, links: &mut Vec<OCELRelationship>) {
        self.thing("person", person.map(PersonId::as_str), how, links);
    }

    /// An object that is only a name, and the relation to it.
    fn thing(
        &mut self,
        kind: &'static str,
        name: Option<&str>,
        how: &str,
        links: &mut Vec<OCELRelationship>,
    ) {
        let Some(name) = name.filter(|name| !name.is_empty()) else { return };
        let id = format!("{kind}/{name}");
        links.push(OCELRelationship::new(&id, how));
        self.object(kind, &id, DateTime::UNIX_EPOCH, &[("name", name)], Vec::new());
    }

    fn object(
        &mut self,
        kind: &'static str,
        id: &str,
        at: Timestamp,
        texts: &[(&str, &str)],
        relationships: Vec<OCELRelationship>,
    ) {
        let key = (kind, id.to_owned());
        if self.objects.contains_key(&key) {
            return;
        }
        let mut attributes = Vec::new();
        for (name, value) in texts.iter().filter(|(_, value)| !value.is_empty()) {
            self.object_attributes.entry(kind).or_default().insert((*name).to_owned());
            let value = OCELAttributeValue::String(legal(value));
            attributes.push(OCELObjectAttribute::new(name, value, at.fixed_offset()));
        }
        self.object_attributes.entry(kind).or_default();
        let object = OCELObject {
            id: id.to_owned(),
            object_type: kind.to_owned(),
            attributes,
            relationships,
        };
        self.objects.insert(key, object);
    }

    fn event(
        &mut self,
        kind: &str,
        at: Timestamp,
        pairs: Vec<(&str, String)>,
        links: Vec<OCELRelationship>,
    ) {
        let names = self.event_attributes.entry(kind.to_owned()).or_default();
        let mut attributes = Vec::new();
        for (name, value) in pairs {
            names.insert(name.to_owned());
            let value = OCELAttributeValue::String(legal(&value));
            attributes.push(OCELEventAttribute { name: name.to_owned(), value });
        }
        self.events.push(OCELEvent::new("", kind, at.fixed_offset(), attributes, links));
    }

    fn finish(mut self) -> OCEL {
        self.events.sort_by_key(|event| event.time);
        for (index, event) in self.events.iter_mut().enumerate() {
            event.id = format!("e{index}");
        }
        let typed = |names: &BTreeSet<String>| {
            names
                .iter()
                .map(|name| OCELTypeAttribute {
                    name: name.clone(),
                    value_type: "string".to_owned(),
                })
                .collect()
        };
        let object_types = self
            .object_attributes
            .iter()
            .map(|(name, names)| OCELType { name: (*name).to_owned(), attributes: typed(names) });
        let event_types = self
            .event_attributes
            .iter()
            .map(|(name, names)| OCELType { name: name.clone(), attributes: typed(names) });
        OCEL {
            event_types: event_types.collect(),
            object_types: object_types.collect(),
            events: self.events,
            objects: self.objects.into_values().collect(),
        }
    }
}

fn ticket_id(source: &str, key: &str) -> String {
    format!("ticket/{source}/{key}")
}

/// Text without the control characters that XML can't hold.
fn legal(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}
