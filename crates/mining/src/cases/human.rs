//! Human: waiting for approval or an answer and for whom, hand-overs, copying by hand.

use std::collections::BTreeMap;

use kompel_model::{Answer, MemberRef, PersonId, Timestamp};

use super::{
    Knowledge, Thread,
    handover::hands,
    median,
    runs::{Event, Place, Run, What},
};
use crate::{
    HumanFacts, Quote, Tally, WaitsFor,
    quote::quote,
    signs::{Awaited, Sign, SignSet, StatusClass},
    tally::Tallied,
};

/// Words quoted.
const QUOTES: usize = 3;

/// Below this share of the waits, the roles that texts and sources name are too few to speak for
/// the rest.
const ROLES_SPEAK: f64 = 0.2;

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    Approval,
    Answer,
}

/// One wait for a person.
#[derive(Debug)]
struct Wait<'a> {
    awaited: For,
    /// Roles that the texts or the source name.
    roles: Vec<String>,
    /// Who answered, or who is named.
    person: Option<&'a PersonId>,
    /// From the asking to the answer, where both have a time.
    span: Option<(Timestamp, Timestamp)>,
    /// The words that show it.
    quote: Option<(&'a str, &'a MemberRef)>,
}

/// A process known by answers alone shows what the answers say of it; silence shows nothing.
fn of_answers(answers: &[&Answer], knowledge: &Knowledge<'_>) -> HumanFacts {
    let [mut waiting, mut touched, mut copy_paste] = std::array::from_fn(|_| Tallied::default());
    for answer in answers {
        let signs = knowledge.words.signs.read(&answer.what);
        let waits = signs.has(Sign::WaitingApproval) || signs.has(Sign::WaitingAnswer);
        let copies = signs.has(Sign::CopyPaste) || signs.has(Sign::DoneManual);
        waiting.see(&answer.id, answer.at, waits);
        copy_paste.see(&answer.id, answer.at, copies);
        touched.see(&answer.id, answer.at, waits || copies);
    }
    let touched: Tally = touched.into();
    HumanFacts {
        observable: touched.count > 0,
        waiting: waiting.into(),
        copy_paste: copy_paste.into(),
        touched,
        ..HumanFacts::default()
    }
}

/// Reads what the runs show of people.
pub(crate) fn human(
    runs: &[&Run<'_>],
    answers: &[&Answer],
    knowledge: &Knowledge<'_>,
) -> HumanFacts {
    if runs.is_empty() {
        return of_answers(answers, knowledge);
    }
    let observable = runs.iter().any(|run| run.can_show());
    let [mut waiting, mut touched, mut copy_paste, mut handovers, mut ping_pong] =
        std::array::from_fn(|_| Tallied::default());
    let (mut hours, mut working) = (Vec::new(), Vec::new());
    let mut quotes: Vec<Quote> = Vec::new();
    let mut whom = Whom::default();
    let mut copied_at_all = false;
    for run in runs {
        let waits = waits(run, knowledge);
        let copied = copies(run);
        copied_at_all |= copied;
        let hands = run.ticket.map(hands).unwrap_or_default();
        let said = run
            .said()
            .any(|(_, _, signs, place)| place != Place::Opening && signs.has(Sign::HandedOver));
        waiting.see(run.id, run.at, !waits.is_empty());
        touched.see(run.id, run.at, !waits.is_empty() || copied);
        copy_paste.see(run.id, run.at, copied);
        handovers.see(run.id, run.at, hands.handovers > 0 || said);
        ping_pong.see(run.id, run.at, hands.returns > 0);
        if let Some((elapsed, at_work)) = length(&waits, knowledge) {
            hours.push(elapsed);
            working.push(at_work);
        }
        if quotes.len() < QUOTES
            && let Some((text, of)) = waits.iter().find_map(|wait| wait.quote)
        {
            let new = quote(text, of);
            if quotes.iter().all(|q| q.text != new.text) {
                quotes.push(new);
            }
        }
        whom.see(run, &waits);
    }
    HumanFacts {
        observable: observable || copied_at_all || !hours.is_empty(),
        waiting: waiting.into(),
        touched: touched.into(),
        waiting_hours_median: median(hours),
        waiting_working_hours_median: median(working),
        waits_for: whom.settle(),
        copy_paste: copy_paste.into(),
        handovers: handovers.into(),
        ping_pong: ping_pong.into(),
        quotes,
    }
}

/// True if someone says on the run that he copied by hand; a request that speaks of copying is
/// no such sign, an incident's reporter pastes too.
fn copies(run: &Run<'_>) -> bool {
    run.said().any(|(_, _, signs, place)| place != Place::Opening && signs.has(Sign::CopyPaste))
}

/// Hours waited in all, elapsed and at work; `None` where no wait has both ends.
fn length(waits: &[Wait<'_>], knowledge: &Knowledge<'_>) -> Option<(f64, f64)> {
    let spans: Vec<_> = waits.iter().filter_map(|wait| wait.span).collect();
    if spans.is_empty() {
        return None;
    }
    let elapsed = spans.iter().map(|(from, to)| (*to - *from).num_seconds() as f64 / 3_600.0).sum();
    let at_work =
        spans.iter().map(|(from, to)| knowledge.calendar.working_hours_between(*from, *to)).sum();
    Some((elapsed, at_work))
}

/// An asking that is not answered yet.
struct Open<'a> {
    wait: Wait<'a>,
    since: Option<Timestamp>,
    by: Option<&'a PersonId>,
    by_status: bool,
    /// The first word of another person after it, which may be the answer.
    perhaps: Option<(Option<Timestamp>, Option<&'a PersonId>)>,
    /// The first sign that work went on after it.
    resumed: Option<Timestamp>,
}

/// The waits of a run, in order.
fn waits<'a>(run: &Run<'a>, knowledge: &Knowledge<'_>) -> Vec<Wait<'a>> {
    let mut done: Vec<Wait<'_>> = Vec::new();
    let mut open: Option<Open<'_>> = None;
    for event in run.events.iter().filter(|event| !event.robot) {
        match &event.what {
            What::Said { text, signs, of, place } => {
                said(run, event, (text, *signs, of, *place), &mut open, &mut done, knowledge);
            }
            What::Status { to, .. } => status(event, *to, &mut open, &mut done),
        }
    }
    if let Some(open) = open {
        let Open { mut wait, since, perhaps, resumed, .. } = open;
        if let Some((at, person)) = perhaps {
            wait.person = wait.person.or(person);
            wait.span = since.zip(at);
        } else {
            wait.span = since.zip(resumed);
        }
        done.push(wait);
    }
    if done.is_empty() {
        done.extend(run.threads.iter().find_map(|thread| permission(thread, knowledge)));
    }
    if done.is_empty() {
        done.extend(outsider(run, knowledge));
    }
    done
}

/// The wait that shows in who speaks, whatever the words: between two words of those who work, and
/// before the work is done, somebody speaks who neither asked for it nor works on any ticket.
fn outsider<'a>(run: &Run<'a>, knowledge: &Knowledge<'_>) -> Option<Wait<'a>> {
    let ticket = run.ticket?;
    let comments: Vec<_> = run
        .events
        .iter()
        .filter(|event| !event.robot)
        .filter_map(|event| match &event.what {
            What::Said { text, signs, of, place: Place::Comment } => {
                Some((event, *text, *signs, *of))
            }
            What::Said { .. } | What::Status { .. } => None,
        })
        .collect();
    let works = |at: usize| comments.get(at).is_some_and(|c| knowledge.is_worker(c.0.author));
    (1..comments.len()).find_map(|at| {
        let (event, _, signs, _) = comments[at];
        let who = event.author?;
        let stranger = !knowledge.is_worker(Some(who)) && Some(who) != run.asker();
        let talks = signs.has(Sign::AutoReply) || signs.has(Sign::Thanks);
        let (asked, text, said, of) = comments[at - 1];
        let done = said.has(Sign::ChatReport) || said.has(Sign::DoneManual);
        let before = ticket.resolved.is_none_or(|end| event.at.is_none_or(|at| at <= end));
        (stranger && !talks && !done && before && works(at - 1) && works(at + 1)).then(|| Wait {
            awaited: For::Answer,
            roles: role_of(who, knowledge).into_iter().collect(),
            person: Some(who),
            span: asked.at.zip(event.at),
            quote: Some((text, of)),
        })
    })
}

/// The wait of someone who asks in chat whether he may do a thing, gets a yes from another (a word
/// or a reaction) and goes on himself. That he goes on himself tells it from a request to others.
fn permission<'a>(thread: &Thread<'a>, knowledge: &Knowledge<'_>) -> Option<Wait<'a>> {
    let signs = &knowledge.words.signs;
    let (first, replies) = thread.messages.split_first()?;
    let asker = first.author.as_ref()?;
    let means_yes = |text: &str| {
        let said = signs.read(text);
        said.has(Sign::Consent) || said.has(Sign::ApprovalGiven)
    };
    let goes_on = |from: usize| {
        replies[from..].iter().filter(|m| m.author.as_ref() == Some(asker)).any(|m| {
            let said = signs.read(&m.text);
            !said.has(Sign::Thanks) && !said.has(Sign::Ack) && !m.text.contains('?')
        })
    };
    if first.robot || !first.text.contains('?') {
        return None;
    }
    let wait = |person, span| Wait {
        awaited: For::Approval,
        roles: vec![],
        person,
        span,
        quote: Some((first.text.as_str(), &first.id)),
    };
    let spoken = replies
        .iter()
        .position(|m| m.author.as_ref().is_some_and(|who| who != asker) && means_yes(&m.text));
    if let Some(place) = spoken.filter(|place| goes_on(*place)) {
        let yes = replies[place];
        return Some(wait(yes.author.as_ref(), Some((first.at, yes.at))));
    }
    let reacted = first
        .reactions
        .iter()
        .filter(|reaction| means_yes(&reaction.name.replace('_', " ")))
        .flat_map(|reaction| &reaction.by)
        .find(|who| *who != asker)?;
    goes_on(0).then(|| wait(Some(reacted), None))
}

/// What a text asks a person for.
fn asks(run: &Run<'_>, event: &Event<'_>, signs: SignSet, place: Place) -> Option<For> {
    if signs.has(Sign::ApprovalAsk) || signs.has(Sign::WaitingApproval) {
        return Some(For::Approval);
    }
    let by_worker = place != Place::Opening && run.is_worker(event.author);
    (by_worker && signs.has(Sign::WaitingAnswer)).then_some(For::Answer)
}

fn said<'a>(
    run: &Run<'a>,
    event: &Event<'a>,
    (text, signs, of, place): (&'a str, SignSet, &'a MemberRef, Place),
    open: &mut Option<Open<'a>>,
    done: &mut Vec<Wait<'a>>,
    knowledge: &Knowledge<'_>,
) {
    let gives = place != Place::Opening
        && (signs.has(Sign::ApprovalGiven) || signs.has(Sign::ApprovalRefused));
    let asked = asks(run, event, signs, place);
    if let Some(state) = open.as_mut() {
        let other = event.author.is_some() && event.author != state.by;
        let answered = gives || (other && asked.is_none() && state.wait.awaited == For::Answer);
        if answered {
            let person = if other { event.author } else { None };
            close(open, done, event.at, person);
        } else if asked.is_some() {
            name_awaited(&mut state.wait, text, knowledge);
            state.wait.quote.get_or_insert((text, of));
        } else if other && place != Place::Opening {
            state.perhaps.get_or_insert((event.at, event.author));
        } else if place != Place::Opening && event.at > state.since {
            state.resumed = state.resumed.or(event.at);
        }
        return;
    }
    let first = done.is_empty();
    let Some(awaited) = asked.or((gives && first).then_some(For::Approval)) else { return };
    let mut wait =
        Wait { awaited, roles: vec![], person: None, span: None, quote: Some((text, of)) };
    name_awaited(&mut wait, text, knowledge);
    if gives {
        // The approval is there already; how long it took is not told.
        wait.person = event.author;
        done.push(wait);
        return;
    }
    let (since, by) = (event.at, event.author);
    *open = Some(Open { wait, since, by, by_status: false, perhaps: None, resumed: None });
}

fn status<'a>(
    event: &Event<'a>,
    to: StatusClass,
    open: &mut Option<Open<'a>>,
    done: &mut Vec<Wait<'a>>,
) {
    let awaited = match to {
        StatusClass::WaitingApproval => Some(For::Approval),
        StatusClass::WaitingPerson => Some(For::Answer),
        StatusClass::Open
        | StatusClass::Active
        | StatusClass::Done
        | StatusClass::Reopened
        | StatusClass::Cancelled => None,
    };
    match (open.as_mut(), awaited) {
        (Some(state), None) if state.by_status => {
            let person = if event.author == state.by { None } else { event.author };
            close(open, done, event.at, person);
        }
        (Some(state), None) => state.resumed = state.resumed.or(event.at),
        (Some(state), Some(_)) => state.by_status = true,
        (None, Some(awaited)) => {
            let wait = Wait { awaited, roles: vec![], person: None, span: None, quote: None };
            let (since, by) = (event.at, event.author);
            *open = Some(Open { wait, since, by, by_status: true, perhaps: None, resumed: None });
        }
        (None, None) => {}
    }
}

fn close<'a>(
    open: &mut Option<Open<'a>>,
    done: &mut Vec<Wait<'a>>,
    at: Option<Timestamp>,
    person: Option<&'a PersonId>,
) {
    if let Some(Open { mut wait, since, .. }) = open.take() {
        wait.person = wait.person.or(person);
        wait.span = since.zip(at).filter(|(from, to)| from <= to);
        done.push(wait);
    }
}

/// Notes whom a text says is waited for.
fn name_awaited(wait: &mut Wait<'_>, text: &str, knowledge: &Knowledge<'_>) {
    match knowledge.words.signs.awaited(text) {
        Some(Awaited::Role(role)) => wait.roles.push(role),
        Some(Awaited::Person(name)) => {
            wait.roles.extend(role_of(&PersonId::new(&name), knowledge));
        }
        None => {}
    }
}

/// The role a source gives a person, in the words of the signs where they know it.
fn role_of(who: &PersonId, knowledge: &Knowledge<'_>) -> Option<String> {
    let title = knowledge.words.people.get(who)?.role.as_ref()?;
    if let Some(Awaited::Role(role)) =
        knowledge.words.signs.awaited(&format!("waiting for approval from the {title}"))
    {
        return Some(role);
    }
    let slug: Vec<String> = title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    (!slug.is_empty()).then(|| slug.join("-"))
}

/// Whom the runs wait for.
#[derive(Debug, Default)]
struct Whom {
    /// Runs by role that a text or a source names.
    named: BTreeMap<String, u32>,
    /// Runs by a role that only the part played tells.
    inferred: BTreeMap<&'static str, u32>,
    runs: u32,
}

impl Whom {
    fn see(&mut self, run: &Run<'_>, waits: &[Wait<'_>]) {
        if waits.is_empty() {
            return;
        }
        self.runs += 1;
        let mut named: Vec<&String> = waits.iter().flat_map(|wait| &wait.roles).collect();
        named.sort();
        named.dedup();
        for role in &named {
            *self.named.entry(format!("role:{role}")).or_default() += 1;
        }
        if !named.is_empty() {
            return;
        }
        let asker = run.asker();
        let part = waits.iter().find_map(|wait| match (wait.awaited, wait.person) {
            (For::Approval, _) => Some("role:approver"),
            (For::Answer, Some(who)) if Some(who) == asker => Some("role:requester"),
            (For::Answer, Some(_)) => Some("role:colleague"),
            (For::Answer, None) => None,
        });
        if let Some(part) = part {
            *self.inferred.entry(part).or_default() += 1;
        }
    }

    /// Most frequent first; parts played only where the named roles are too few.
    fn settle(self) -> Vec<WaitsFor> {
        let named: u32 = self.named.values().sum();
        let mut all: Vec<WaitsFor> =
            self.named.into_iter().map(|(who, runs)| WaitsFor { who, runs }).collect();
        if f64::from(named) < ROLES_SPEAK * f64::from(self.runs) || all.is_empty() {
            let inferred = self.inferred.into_iter();
            all.extend(inferred.map(|(who, runs)| WaitsFor { who: who.to_owned(), runs }));
        }
        all.sort_by(|a, b| b.runs.cmp(&a.runs).then_with(|| a.who.cmp(&b.who)));
        all
    }
}

#[cfg(test)]
mod tests {
    use kompel_model::{Change, ChangedField, Reaction, Ticket};

    use super::super::fixture::{at, comment, facts, log, message, person, ticket};
    use super::*;

    fn human_of(tickets: Vec<Ticket>) -> HumanFacts {
        let count = tickets.len();
        facts(&log(tickets, vec![]), count).human
    }

    fn with(comments: Vec<kompel_model::Comment>) -> Ticket {
        let mut ticket = ticket(1, at("2025-03-03T08:00:00Z"));
        ticket.comments = comments;
        ticket
    }

    #[test]
    fn a_wait_runs_from_the_asking_to_the_approval() {
        let found = human_of(vec![with(vec![
            comment("2025-03-03T09:00:00Z", "worker", "Wachten op goedkeuring van de manager."),
            comment("2025-03-04T09:00:00Z", "boss", "Akkoord"),
            comment("2025-03-04T10:00:00Z", "worker", "Wachtwoord gereset."),
        ])]);
        assert_eq!((found.waiting.count, found.waiting.of), (1, 1));
        assert_eq!(found.waiting_hours_median, Some(24.0));
        assert_eq!(found.waiting_working_hours_median, Some(8.5));
        assert_eq!(found.waits_for, [WaitsFor { who: "role:manager".to_owned(), runs: 1 }]);
        assert_eq!(found.quotes.len(), 1);
    }

    #[test]
    fn an_outsider_who_speaks_between_two_words_of_the_workers_was_waited_for() {
        let said = |first: &str, who: &str, then: &str| {
            human_of(vec![with(vec![
                comment("2025-03-03T09:00:00Z", "worker", first),
                comment("2025-03-04T09:00:00Z", who, "Ge meugt."),
                comment("2025-03-04T10:00:00Z", then, "Groep Financiën erbij."),
            ])])
        };
        let found = said("Briefke naar de kapitein.", "captain", "worker");
        assert_eq!((found.waiting.count, found.waiting_hours_median), (1, Some(24.0)));
        // The asker, a colleague, work that is done already, and nobody who goes on after it.
        for (first, who, then) in [
            ("Briefke naar de kapitein.", "asker1", "worker"),
            ("Briefke naar de kapitein.", "worker", "worker"),
            ("Manueel gedaan.", "captain", "worker"),
            ("Briefke naar de kapitein.", "captain", "captain"),
        ] {
            assert_eq!(said(first, who, then).waiting.count, 0, "{first} {who} {then}");
        }
    }

    #[test]
    fn a_status_that_waits_is_a_wait() {
        let mut ticket = with(vec![]);
        let change = |when: &str, from: &str, to: &str, who: &str| Change {
            at: at(when),
            author: Some(person(who)),
            field: ChangedField::Status,
            from: Some(from.into()),
            to: Some(to.into()),
        };
        ticket.changes = vec![
            change("2025-03-03T09:00:00Z", "Open", "Waiting for approval", "worker"),
            change("2025-03-03T15:00:00Z", "Waiting for approval", "In Progress", "boss"),
        ];
        let found = human_of(vec![ticket]);
        assert_eq!((found.waiting.count, found.waiting_hours_median), (1, Some(6.0)));
        assert_eq!(found.waits_for[0].who, "role:approver");
    }

    #[test]
    fn a_bare_request_shows_nothing_of_waiting() {
        let found = human_of(vec![with(vec![])]);
        assert!(!found.observable);
        let worked = human_of(vec![with(vec![comment(
            "2025-03-03T09:00:00Z",
            "worker",
            "Wachtwoord gereset.",
        )])]);
        assert!(worked.observable);
        assert_eq!(worked.touched.count, 0);
    }

    #[test]
    fn copying_counts_where_a_worker_says_so() {
        let said = with(vec![comment(
            "2025-03-03T09:00:00Z",
            "worker",
            "Alles overgetypt uit het formulier.",
        )]);
        let found = human_of(vec![said]);
        assert_eq!((found.copy_paste.count, found.touched.count, found.waiting.count), (1, 1, 0));
        let mut asked = with(vec![]);
        asked.description = "De foutmelding heb ik overgetypt.".to_owned();
        assert_eq!(human_of(vec![asked]).copy_paste.count, 0);
    }

    /// Chat in which `a` asks `question`; replies as (who, text); reactions of `b` on the question.
    fn chat(question: &str, replies: &[(&str, &str)], reaction: Option<&str>) -> HumanFacts {
        let mut first = message("1.0", "2025-03-03T09:00:00Z", "a", question, None);
        first.reactions = reaction
            .map(|name| Reaction { name: name.into(), by: vec![person("b")] })
            .into_iter()
            .collect();
        let later = replies.iter().enumerate().map(|(i, (who, text))| {
            let when = format!("2025-03-03T10:0{i}:00Z");
            message(&format!("2.{i}"), &when, who, text, Some("1.0"))
        });
        let messages = std::iter::once(first).chain(later).collect();
        facts(&log(vec![], messages), 0).human
    }

    #[test]
    fn who_asks_whether_he_may_and_goes_on_after_a_yes_has_waited() {
        let question = "cluster db-01 hapert, omzetten naar db-02?";
        let check = |replies: &[(&str, &str)], reaction, waited: bool| {
            let found = chat(question, replies, reaction);
            assert_eq!(found.waiting.count == 1, waited, "{replies:?} {reaction:?}");
        };
        let done = ("a", "omgezet naar db-02");
        check(&[("b", "ja, doe maar"), done], None, true);
        check(&[done], Some("white_check_mark"), true);
        check(&[done], Some("thumbsup"), true);
        check(&[done], Some("joy"), false);
        check(&[done], None, false);
        // Who was asked does it: a request, no permission.
        check(&[("b", "ja"), ("b", "omgezet"), ("a", "merci!")], None, false);
        check(&[("b", "omgezet")], Some("thumbsup"), false);
    }
}
