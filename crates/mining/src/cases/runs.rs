//! Runs: a ticket with the chat about it, or a thread of its own, with all that happened in order.
//!
//! Owns which records are one run and which are none; what the runs show is the other files'.

use std::collections::{BTreeMap, BTreeSet};

use kompel_model::{
    Change, ChangedField, Comment, MemberRef, Message, PersonId, SourceClass, SourceKind, Ticket,
    Timestamp,
};
use rayon::prelude::*;

use super::{
    Group, Knowledge, Thread,
    approvals::{Approval, approval},
    bursts,
    bursts::Mark,
    inputs::objects,
    phrases::Standing,
    window::start,
};
use crate::{
    Burst, BurstKind,
    signs::{Sign, SignSet, StatusClass},
    systems::SystemId,
};

/// Days between a ticket and a thread about the same object.
const SAME_OBJECT_DAYS: i64 = 3;

/// Working days between a ticket and a thread that nothing else ties.
const SAME_TIME_DAYS: u32 = 2;

/// Hours within which one author's messages about one object are one run.
const SAME_MESSAGE_HOURS: i64 = 1;

/// Where something was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The request itself.
    Opening,
    /// A comment on the ticket.
    Comment,
    /// The resolution field.
    Resolution,
    /// The first message of a thread.
    ChatOpening,
    /// A reply in a thread.
    ChatReply,
}

/// Something that happened in a run.
#[derive(Debug, Clone)]
pub(crate) struct Event<'a> {
    /// When, if known.
    pub(crate) at: Option<Timestamp>,
    /// By whom.
    pub(crate) author: Option<&'a PersonId>,
    /// True if by a robot.
    pub(crate) robot: bool,
    /// Its words beside what this desk's workers say again and again.
    pub(crate) standing: Standing,
    /// What.
    pub(crate) what: What<'a>,
}

impl<'a> Event<'a> {
    fn new(
        at: Option<Timestamp>,
        author: Option<&'a PersonId>,
        robot: bool,
        what: What<'a>,
    ) -> Self {
        let unusual = match what {
            What::Said { signs, .. } => signs,
            What::Status { .. } => SignSet::default(),
        };
        Self { at, author, robot, standing: Standing { unusual, ..Standing::default() }, what }
    }
}

/// What happened.
#[derive(Debug, Clone)]
pub(crate) enum What<'a> {
    /// Words.
    Said {
        /// The words.
        text: &'a str,
        /// What they show.
        signs: SignSet,
        /// The record.
        of: &'a MemberRef,
        /// Where.
        place: Place,
    },
    /// A change of status.
    Status {
        /// What the status before means.
        from: Option<StatusClass>,
        /// What the new one means.
        to: StatusClass,
        /// The new one's name.
        name: &'a str,
    },
}

/// One performance of the process.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    /// The record it goes by.
    pub(crate) id: &'a MemberRef,
    /// When it began.
    pub(crate) at: Option<Timestamp>,
    /// Its ticket.
    pub(crate) ticket: Option<&'a Ticket>,
    /// Its chat.
    pub(crate) threads: Vec<&'a Thread<'a>>,
    /// All that happened, in order.
    pub(crate) events: Vec<Event<'a>>,
    /// The systems it names, sorted.
    pub(crate) systems: Vec<SystemId>,
    /// The peak it belongs to.
    pub(crate) peak: Option<usize>,
}

impl<'a> Run<'a> {
    /// The person who asked.
    pub(crate) fn asker(&self) -> Option<&'a PersonId> {
        let first = || self.threads.first()?.messages.first()?.author.as_ref();
        self.ticket.map_or_else(first, |ticket| ticket.reporter.as_ref())
    }

    /// True if this person does the work rather than asks for it.
    pub(crate) fn is_worker(&self, who: Option<&PersonId>) -> bool {
        let assignee = self.ticket.and_then(|t| t.assignee.as_ref());
        who.is_none() || who == assignee || who != self.asker()
    }

    /// The words of the request.
    pub(crate) fn request_texts(&self) -> Vec<&'a str> {
        if let Some(ticket) = self.ticket {
            return vec![&ticket.title, &ticket.description];
        }
        self.threads.iter().filter_map(|t| t.messages.first()).map(|m| m.text.as_str()).collect()
    }

    /// What people (no robots) said, the opening included.
    pub(crate) fn said(&self) -> impl Iterator<Item = (&Event<'a>, &'a str, SignSet, Place)> {
        self.events.iter().filter(|event| !event.robot).filter_map(|event| match event.what {
            What::Said { text, signs, place, .. } => Some((event, text, signs, place)),
            What::Status { .. } => None,
        })
    }

    /// True if the records could show waiting or rework at all.
    pub(crate) fn can_show(&self) -> bool {
        let replies = self.threads.iter().any(|t| t.messages.len() > 1);
        let history = |t: &Ticket| {
            t.comments.iter().any(|c| !c.automatic)
                || t.changes.iter().any(|c| c.field == ChangedField::Status)
                || t.activities.len() > 1
                || t.reopen_count.is_some()
        };
        replies || self.ticket.is_some_and(history)
    }
}

/// The runs of a group, the peaks among its records, and what each run is to the rate.
#[derive(Debug)]
pub(crate) struct Runs<'a> {
    /// All runs, in order of time and id.
    pub(crate) all: Vec<Run<'a>>,
    /// The peaks.
    pub(crate) bursts: Vec<Burst>,
}

impl<'a> Runs<'a> {
    /// Runs that show how the process goes: all but imports and robots' rounds.
    pub(crate) fn real(&self) -> Vec<&Run<'a>> {
        self.all
            .iter()
            .filter(|run| !matches!(self.kind(run), Some(BurstKind::Import | BurstKind::Robot)))
            .collect()
    }

    /// Runs that count: the real ones, an outage's as one.
    pub(crate) fn counted(&self) -> Vec<&Run<'a>> {
        let mut outages = BTreeSet::new();
        let mut out = self.real();
        out.retain(|run| run.peak.is_none_or(|peak| outages.insert(peak)));
        out
    }

    fn kind(&self, run: &Run<'_>) -> Option<BurstKind> {
        run.peak.map(|peak| self.bursts[peak].kind)
    }
}

/// Reads a group: ties chat to tickets and puts what happened in order.
pub(crate) fn runs<'a>(group: &'a Group<'a>, knowledge: &Knowledge<'_>) -> Runs<'a> {
    let mut tickets: Vec<&Ticket> = group.tickets.clone();
    tickets.sort_by(|a, b| (start(a), &a.id).cmp(&(start(b), &b.id)));
    tickets.dedup_by(|a, b| a.id == b.id);
    let mut threads: Vec<&Thread<'_>> =
        group.threads.iter().filter(|t| !t.messages.is_empty()).collect();
    threads.sort_by(|a, b| {
        let key = |t: &Thread<'_>| (t.messages[0].at, t.messages[0].id.clone());
        key(a).cmp(&key(b))
    });
    let (tied, loose) = tie(&tickets, &threads, knowledge);
    let mut plans: Vec<(Option<&Ticket>, Vec<&Thread<'_>>)> =
        tickets.iter().zip(tied).map(|(ticket, threads)| (Some(*ticket), threads)).collect();
    plans.extend(loose.into_iter().map(|threads| (None, threads)));
    let mut all: Vec<Run<'_>> = plans
        .into_par_iter()
        .filter_map(|(ticket, threads)| run(ticket, threads, knowledge))
        .collect();
    all.sort_by(|a, b| (a.at.is_none(), a.at, a.id).cmp(&(b.at.is_none(), b.at, b.id)));
    let bursts = mark_peaks(&mut all, group, knowledge);
    Runs { all, bursts }
}

/// Finds the peaks among the runs and notes on each run which it belongs to.
fn mark_peaks(all: &mut [Run<'_>], group: &Group<'_>, knowledge: &Knowledge<'_>) -> Vec<Burst> {
    let (places, marks): (Vec<usize>, Vec<Mark<'_>>) = all
        .iter()
        .enumerate()
        .filter_map(|(place, run)| {
            let first = run.threads.first().and_then(|t| t.messages.first().copied());
            match (run.ticket, first) {
                (Some(ticket), _) => Some((place, ticket_mark(ticket, knowledge)?)),
                (None, Some(first)) => {
                    Some((place, message_mark(first, run.threads[0], knowledge)))
                }
                (None, None) => None,
            }
        })
        .unzip();
    let weeks = knowledge.observed(group).days() / 7;
    let found = bursts::find(&marks, weeks, &knowledge.calendar);
    for (place, peak) in places.into_iter().zip(found.of) {
        all[place].peak = peak;
    }
    found.bursts
}

/// A ticket as a mark on the line of time.
pub(crate) fn ticket_mark<'a>(ticket: &'a Ticket, knowledge: &Knowledge<'_>) -> Option<Mark<'a>> {
    let at = start(ticket)?;
    let maker = ticket.creator.as_ref().or(ticket.reporter.as_ref());
    let imported = ticket.labels.iter().any(|label| {
        let label = label.to_lowercase();
        label.contains("import") || label.contains("migrat")
    });
    Some(Mark {
        at,
        maker,
        asker: ticket.reporter.as_ref(),
        robot: maker.is_some_and(|who| knowledge.is_robot(who)),
        handled: is_handled(ticket, knowledge),
        imported,
    })
}

/// A thread's first message as a mark on the line of time.
pub(crate) fn message_mark<'a>(
    first: &'a Message,
    thread: &Thread<'a>,
    knowledge: &Knowledge<'_>,
) -> Mark<'a> {
    let maker = first.author.as_ref();
    let by_hand =
        |m: &&Message| !m.robot && m.author.as_ref().is_none_or(|a| !knowledge.is_robot(a));
    Mark {
        at: first.at,
        maker,
        asker: maker,
        robot: !by_hand(&first),
        // A person who says he did something has had his hand on it.
        handled: thread.messages.iter().any(by_hand),
        imported: false,
    }
}

/// True if a person's hand is seen on a ticket after it was made.
pub(crate) fn is_handled(ticket: &Ticket, knowledge: &Knowledge<'_>) -> bool {
    let maker = ticket.creator.as_ref().or(ticket.reporter.as_ref());
    let made = ticket.created;
    let person = |who: &PersonId| Some(who) != maker && !knowledge.is_robot(who);
    let after = |at: Option<Timestamp>| match (at, made) {
        (Some(at), Some(made)) => (at - made).num_seconds() > 60,
        _ => true,
    };
    let by_hand = |comment: &Comment| {
        !comment.automatic
            && after(comment.at)
            && comment.author.as_ref().is_none_or(person)
            && !speaks_as_robot(knowledge.words.signs.read(&comment.text))
    };
    let resource = |who: &PersonId| !knowledge.is_robot(who);
    ticket.assignee.as_ref().is_some_and(person)
        || ticket.comments.iter().any(by_hand)
        || ticket.changes.iter().any(|c| after(Some(c.at)) && c.author.as_ref().is_some_and(person))
        || ticket.worked.iter().any(|w| w.author.as_ref().is_none_or(person))
        || ticket.activities.iter().any(|a| a.resource.as_ref().is_some_and(resource))
}

fn speaks_as_robot(signs: SignSet) -> bool {
    signs.has(Sign::AutoReply) || signs.has(Sign::AutoClosed)
}

/// For each ticket the threads about it; and the threads about none, repeated ones together.
fn tie<'a>(
    tickets: &[&'a Ticket],
    threads: &[&'a Thread<'a>],
    knowledge: &Knowledge<'_>,
) -> (Vec<Vec<&'a Thread<'a>>>, Vec<Vec<&'a Thread<'a>>>) {
    let mut tied: Vec<Vec<&Thread<'_>>> = vec![Vec::new(); tickets.len()];
    let place_of: BTreeMap<&MemberRef, usize> =
        tickets.iter().enumerate().map(|(place, t)| (&t.id, place)).collect();
    let mut rest = Vec::new();
    for thread in threads {
        let named = thread.tickets.iter().find_map(|t| place_of.get(&t.id));
        match named {
            Some(place) => tied[*place].push(thread),
            None => rest.push(*thread),
        }
    }
    if rest.is_empty() {
        return (tied, Vec::new());
    }
    let rest = tie_by_object(tickets, rest, &mut tied);
    let rest = tie_by_time(tickets, rest, &mut tied, knowledge);
    (tied, repeated(rest))
}

/// Ties threads to the nearest ticket within days that is about the same object or client.
fn tie_by_object<'a>(
    tickets: &[&'a Ticket],
    threads: Vec<&'a Thread<'a>>,
    tied: &mut [Vec<&'a Thread<'a>>],
) -> Vec<&'a Thread<'a>> {
    let mut about: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, ticket) in tickets.iter().enumerate() {
        let mut names = objects(&format!("{} {}", ticket.title, head(&ticket.description)));
        names.extend(ticket.client.as_ref().map(|client| client.to_lowercase()));
        for name in names {
            about.entry(name).or_default().push(place);
        }
    }
    let clients: BTreeSet<String> =
        tickets.iter().filter_map(|t| t.client.as_ref()).map(|c| c.to_lowercase()).collect();
    let mut rest = Vec::new();
    for thread in threads {
        let text: String =
            thread.messages.iter().take(20).map(|m| head(&m.text)).collect::<Vec<_>>().join(" ");
        let lower = text.to_lowercase();
        let named = clients.iter().filter(|client| lower.contains(client.as_str())).cloned();
        let names: Vec<String> = objects(&text).into_iter().chain(named).collect();
        let at = thread.messages[0].at;
        let nearest = names
            .iter()
            .filter_map(|name| nearest(tickets, about.get(name)?, at, tied))
            .min_by_key(|(distance, place)| (*distance, *place));
        match nearest {
            Some((distance, place)) if distance <= SAME_OBJECT_DAYS * 86_400 => {
                tied[place].push(thread);
            }
            _ => rest.push(thread),
        }
    }
    rest
}

/// The nearest in time of some tickets that has no thread yet: its distance in seconds and place.
fn nearest(
    tickets: &[&Ticket],
    places: &[usize],
    at: Timestamp,
    tied: &[Vec<&Thread<'_>>],
) -> Option<(i64, usize)> {
    let after = places.partition_point(|p| start(tickets[*p]).is_none_or(|t| t < at));
    let free = |p: &&usize| tied[**p].is_empty();
    let distance = |p: &usize| Some(((start(tickets[*p])? - at).num_seconds().abs(), *p));
    let near = |p: &&usize| distance(p).is_some_and(|(d, _)| d <= 30 * 86_400);
    let later = places[after..].iter().take_while(near).find(free);
    let sooner = places[..after].iter().rev().take_while(near).find(free);
    [later, sooner].into_iter().flatten().filter_map(distance).min()
}

/// Ties at most one thread to each ticket within working days, the nearest pairs first.
fn tie_by_time<'a>(
    tickets: &[&'a Ticket],
    threads: Vec<&'a Thread<'a>>,
    tied: &mut [Vec<&'a Thread<'a>>],
    knowledge: &Knowledge<'_>,
) -> Vec<&'a Thread<'a>> {
    let places: Vec<usize> = (0..tickets.len()).filter(|p| start(tickets[*p]).is_some()).collect();
    let mut rest = Vec::new();
    for thread in threads {
        let at = thread.messages[0].at;
        let found = nearest(tickets, &places, at, tied).filter(|(_, place)| {
            start(tickets[*place])
                .is_some_and(|t| knowledge.calendar.working_days_apart(t, at) <= SAME_TIME_DAYS)
        });
        match found {
            Some((_, place)) => tied[place].push(thread),
            None => rest.push(thread),
        }
    }
    rest
}

/// One author's messages about one object within an hour are one run.
fn repeated<'a>(threads: Vec<&'a Thread<'a>>) -> Vec<Vec<&'a Thread<'a>>> {
    let mut out: Vec<Vec<&Thread<'_>>> = Vec::new();
    let mut last: BTreeMap<(&PersonId, Vec<String>), usize> = BTreeMap::new();
    for thread in threads {
        let first = thread.messages[0];
        let mut about = objects(&first.text);
        if about.is_empty() {
            about.push(first.text.to_lowercase());
        }
        let key = first.author.as_ref().map(|author| (author, about));
        let before = key.as_ref().and_then(|key| last.get(key).copied());
        if let Some(place) = before
            && let Some(run) = out.get_mut(place)
            && (first.at - run[run.len() - 1].messages[0].at).num_hours() < SAME_MESSAGE_HOURS
        {
            run.push(thread);
            continue;
        }
        if let Some(key) = key {
            last.insert(key, out.len());
        }
        out.push(vec![thread]);
    }
    out
}

fn head(text: &str) -> &str {
    super::inputs::head(text, 4_000)
}

fn run<'a>(
    ticket: Option<&'a Ticket>,
    threads: Vec<&'a Thread<'a>>,
    knowledge: &Knowledge<'_>,
) -> Option<Run<'a>> {
    let first: Option<&Message> = threads.first().and_then(|t| t.messages.first().copied());
    let id = ticket.map(|t| &t.id).or(first.map(|m| &m.id))?;
    let at = ticket.and_then(start).or(first.map(|m| m.at));
    let mut events = Vec::new();
    let mut systems = Vec::new();
    if let Some(ticket) = ticket {
        read_ticket(ticket, knowledge, &mut events);
        for name in ticket.components.iter().map(AsRef::as_ref).chain(fields(ticket)) {
            systems.extend(knowledge.words.systems.find(name));
        }
    }
    for message in threads.iter().flat_map(|t| t.messages.iter().enumerate()) {
        events.push(said_in_chat(message, knowledge));
    }
    for event in &events {
        if let What::Said { text, signs, .. } = event.what
            && !(event.robot && speaks_as_robot(signs))
        {
            systems.extend(knowledge.words.systems.find(head(text)));
        }
    }
    systems.sort_unstable();
    systems.dedup();
    in_time(&mut events);
    Some(Run { id, at, ticket, threads, events, systems, peak: None })
}

/// Short values of other fields, which may name a system (category, configuration item).
fn fields(ticket: &Ticket) -> impl Iterator<Item = &str> {
    ticket.fields.values().map(String::as_str).filter(|value| (2..=60).contains(&value.len()))
}

fn said_in_chat<'a>(
    (place, message): (usize, &&'a Message),
    knowledge: &Knowledge<'_>,
) -> Event<'a> {
    let signs = knowledge.words.signs.read(head(&message.text));
    let author = message.author.as_ref();
    let place = if place == 0 { Place::ChatOpening } else { Place::ChatReply };
    let robot = message.robot || author.is_some_and(|who| knowledge.is_robot(who));
    let what = What::Said { text: &message.text, signs, of: &message.id, place };
    Event::new(Some(message.at), author, robot, what)
}

fn read_ticket<'a>(ticket: &'a Ticket, knowledge: &Knowledge<'_>, events: &mut Vec<Event<'a>>) {
    let signs = &knowledge.words.signs;
    let robot = |who: Option<&PersonId>| who.is_some_and(|who| knowledge.is_robot(who));
    let said = |text: &'a str, place| What::Said {
        text,
        signs: signs.read(head(text)),
        of: &ticket.id,
        place,
    };
    let asker = ticket.reporter.as_ref();
    for text in [&ticket.title, &ticket.description] {
        if !text.is_empty() {
            let what = said(text, Place::Opening);
            events.push(Event::new(start(ticket), asker, false, what));
        }
    }
    for comment in &ticket.comments {
        let what = said(&comment.text, Place::Comment);
        let author = comment.author.as_ref();
        let auto = matches!(what, What::Said { signs, .. } if speaks_as_robot(signs));
        let robot = comment.automatic || auto || robot(author);
        let mut event = Event::new(comment.at, author, robot, what);
        if !robot {
            let all = event.standing.unusual;
            event.standing = knowledge.phrases.stand(&comment.text, all, signs);
        }
        events.push(event);
    }
    if !ticket.resolution_text.is_empty() {
        let what = said(&ticket.resolution_text, Place::Resolution);
        let at = ticket.resolved.or(ticket.updated);
        events.push(Event::new(at, ticket.assignee.as_ref(), false, what));
    }
    for change in &ticket.changes {
        if let Some(what) = status(change, knowledge) {
            let author = change.author.as_ref();
            events.push(Event::new(Some(change.at), author, robot(author), what));
        }
    }
    if let Some(what) = standing(ticket, knowledge) {
        events.push(Event::new(ticket.updated, None, false, what));
    }
}

fn status<'a>(change: &'a Change, knowledge: &Knowledge<'_>) -> Option<What<'a>> {
    let class = |name: &str| knowledge.words.signs.status(name);
    let name = change.to.as_deref()?;
    match change.field {
        ChangedField::Status => {
            Some(What::Status { from: change.from.as_deref().map(class), to: class(name), name })
        }
        ChangedField::Approval => {
            let to = match approval(name) {
                Some(Approval::Awaited) => StatusClass::WaitingApproval,
                Some(Approval::Given) => StatusClass::Active,
                None => return None,
            };
            Some(What::Status { from: None, to, name })
        }
        ChangedField::Assignee
        | ChangedField::Group
        | ChangedField::Resolution
        | ChangedField::Priority
        | ChangedField::Other(_) => None,
    }
}

/// The waiting that only the present status or a field of the ticket tells of.
fn standing<'a>(ticket: &'a Ticket, knowledge: &Knowledge<'_>) -> Option<What<'a>> {
    let has_history = ticket.changes.iter().any(|c| c.field == ChangedField::Status);
    let name = ticket.status.as_deref().unwrap_or_default();
    let class = knowledge.words.signs.status(name);
    let waits = matches!(class, StatusClass::WaitingApproval | StatusClass::WaitingPerson);
    if waits && !has_history && !name.is_empty() {
        return Some(What::Status { from: None, to: class, name });
    }
    let asked = ticket.fields.iter().any(|(field, value)| {
        let field = field.to_lowercase();
        let people = field.contains("approver") || field.contains("goedkeurder");
        let state = field.contains("approval") || field.contains("goedkeuring");
        (people && !value.trim().is_empty()) || (state && approval(value).is_some())
    });
    let to = StatusClass::WaitingApproval;
    asked.then_some(What::Status { from: None, to, name: "approval" })
}

/// In order of time; an event without time stays behind the one before it.
fn in_time(events: &mut Vec<Event<'_>>) {
    let mut last = None;
    let mut timed: Vec<(Option<Timestamp>, Event<'_>)> = Vec::with_capacity(events.len());
    for event in events.drain(..) {
        last = event.at.or(last);
        timed.push((last, event));
    }
    timed.sort_by_key(|(at, _)| *at);
    events.extend(timed.into_iter().map(|(_, event)| event));
}

/// True for the kinds of source whose records are tickets or cases.
pub(crate) fn holds_tickets(kind: SourceKind) -> bool {
    matches!(kind.class(), SourceClass::Tickets | SourceClass::Log)
}
