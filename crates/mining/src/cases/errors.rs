//! Errors: runs reopened, done again, put right, escalated.
//!
//! "Does not work" in a request is what the request is about; it is rework only once someone had
//! worked on the run.

use kompel_model::{MemberRef, PersonId, Timestamp};

use super::{
    Knowledge,
    runs::{Event, Place, Run, What},
};
use crate::{
    ErrorFacts, Quote,
    quote::quote,
    signs::{Sign, SignSet, StatusClass},
    tally::Tallied,
};

/// Words quoted.
const QUOTES: usize = 3;

/// Least working hours from the work to a word that comes late.
const LATE_HOURS: f64 = 2.0;

/// The same after a word that ends tickets.
const AFTER_END_HOURS: f64 = 1.0;

/// How many times the usual time between two words of those who work.
const LATE_TIMES: f64 = 4.0;

/// Above this share of the runs, speaking late of faults is how the process ends, and no error.
const LATE_MOST: f64 = 0.2;

/// What one run shows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Shown {
    reopened: bool,
    corrected: bool,
    redone: bool,
    escalated: bool,
}

impl Shown {
    fn is_rework(self) -> bool {
        self.reopened || self.corrected || self.redone
    }
}

/// Reads the runs' errors.
pub(crate) fn errors(runs: &[&Run<'_>], knowledge: &Knowledge<'_>) -> ErrorFacts {
    let [mut rework, mut reopened, mut corrected, mut escalated] =
        std::array::from_fn(|_| Tallied::default());
    let mut quotes: Vec<Quote> = Vec::new();
    let late = put_right_late(runs, knowledge);
    for (run, late) in runs.iter().zip(late) {
        let (mut shown, words) = read(run);
        shown.corrected |= late.is_some();
        let words = words.or(late);
        rework.see(run.id, run.at, shown.is_rework());
        reopened.see(run.id, run.at, shown.reopened);
        corrected.see(run.id, run.at, shown.corrected);
        escalated.see(run.id, run.at, shown.escalated);
        if let Some(words) = words
            && quotes.len() < QUOTES
            && quotes.iter().all(|q| q.text != words.text)
        {
            quotes.push(words);
        }
    }
    ErrorFacts {
        observable: runs.iter().any(|run| run.can_show()),
        rework: rework.into(),
        reopened: reopened.into(),
        corrected: corrected.into(),
        escalated: escalated.into(),
        quotes,
    }
}

/// For each run the word with which a worker, long after he told of the work and unasked, speaks
/// again: of a fault, or after words that end tickets here. Soon after it such a word is how work
/// ends; that it comes late makes it a second end.
fn put_right_late(runs: &[&Run<'_>], knowledge: &Knowledge<'_>) -> Vec<Option<Quote>> {
    let lasts: Vec<Option<Last<'_>>> = runs.iter().map(|run| last_word(run, knowledge)).collect();
    let mut gaps: Vec<f64> = lasts.iter().flatten().map(|last| last.gap).collect();
    gaps.sort_unstable_by(f64::total_cmp);
    let usual = gaps.get(gaps.len() / 2).copied().unwrap_or_default();
    let late: Vec<Option<Quote>> = lasts
        .into_iter()
        .map(|last| last.filter(|last| last.is_late(usual)))
        .map(|last| last.map(|last| quote(last.text, last.of)))
        .collect();
    let count = late.iter().flatten().count();
    if count as f64 > LATE_MOST * runs.len() as f64 { vec![None; runs.len()] } else { late }
}

/// The last word of who works on a ticket, where it follows his own and nobody spoke in between.
struct Last<'a> {
    /// Working hours between the two.
    gap: f64,
    text: &'a str,
    of: &'a MemberRef,
    /// It is about the work, after the work was told.
    unasked: bool,
    /// It speaks of a fault.
    fault: bool,
    /// What he said before is how tickets end here.
    after_end: bool,
}

impl Last<'_> {
    fn is_late(&self, usual: f64) -> bool {
        let least = if self.after_end { AFTER_END_HOURS } else { LATE_HOURS };
        let late = self.gap >= least.max(usual * LATE_TIMES);
        self.unasked && late && (self.fault || self.after_end)
    }
}

fn last_word<'a>(run: &Run<'a>, knowledge: &Knowledge<'_>) -> Option<Last<'a>> {
    let ticket = run.ticket?;
    let mut before = None;
    let mut last = None;
    let mut told = false;
    for event in run.events.iter().filter(|event| !event.robot) {
        let What::Said { text, signs, of, place: Place::Comment } = event.what else { continue };
        let any = |all: &[Sign]| all.iter().any(|sign| signs.has(*sign));
        if any(&[Sign::AutoReply]) {
            continue;
        }
        let (at, who) = (event.at?, event.author);
        let talk = any(&[
            Sign::Thanks,
            Sign::Ack,
            Sign::HandedOver,
            Sign::CopyPaste,
            Sign::WaitingAnswer,
            Sign::WaitingApproval,
        ]);
        last = before.filter(|(_, by, _)| *by == who).map(|(since, _, ended)| Last {
            gap: knowledge.calendar.working_hours_between(since, at),
            text,
            of,
            unasked: (told || ended)
                && !talk
                && (who.is_none() || who != ticket.reporter.as_ref())
                && !speaks_of_another(run, text),
            fault: told && any(&[Sign::Fault]),
            after_end: ended && !event.standing.usual,
        });
        told |= run.is_worker(who) && any(&[Sign::ChatReport, Sign::DoneManual, Sign::Mended]);
        before = Some((at, who, event.standing.ends));
    }
    last
}

/// True if the run was reopened, done again or put right.
pub(crate) fn has_rework(run: &Run<'_>) -> bool {
    let (shown, _) = read(run);
    shown.is_rework()
}

/// The place among the run's events at which the first rework shows.
pub(crate) fn first_rework(run: &Run<'_>) -> Option<usize> {
    let mut course = Course::of(run);
    (0..run.events.len()).find(|place| {
        course.see(run, *place);
        course.shown.is_rework()
    })
}

fn read(run: &Run<'_>) -> (Shown, Option<Quote>) {
    let mut course = Course::of(run);
    let mut words = None;
    for (place, event) in run.events.iter().enumerate() {
        let before = course.shown;
        course.see(run, place);
        let again = Shown { escalated: before.escalated, ..course.shown } != before;
        if again
            && words.is_none()
            && let What::Said { text, of, .. } = event.what
        {
            words = Some(quote(text, of));
        }
    }
    let mut shown = course.shown;
    if let Some(ticket) = run.ticket {
        shown.reopened |= ticket.reopen_count.is_some_and(|times| times > 0);
        shown.redone |= comes_again(ticket);
    }
    (shown, words)
}

/// A run while its events are read in order.
#[derive(Debug, Default)]
struct Course<'a> {
    shown: Shown,
    /// Someone told of work, or the ticket was done.
    worked: bool,
    /// A worker told of something that he did, or the ticket was done.
    told: bool,
    /// The last that a worker said asks something, so that what follows is an answer.
    asked: bool,
    /// When a worker last spoke, and whether what he said before it asks something.
    spoke: (Option<Timestamp>, bool),
    /// After the work the asker came back with something other than thanks or an answer.
    came_back: bool,
    /// There is no ticket: who began the chat may be who works.
    alone: bool,
    /// In a chat without ticket, who told of work last.
    teller: Option<&'a PersonId>,
}

impl<'a> Course<'a> {
    fn of(run: &Run<'_>) -> Self {
        Self { alone: run.ticket.is_none(), ..Self::default() }
    }

    fn see(&mut self, run: &Run<'a>, place: usize) {
        let event = &run.events[place];
        match event.what {
            What::Status { from, to, .. } => {
                let was_done = from == Some(StatusClass::Done);
                let again = matches!(
                    to,
                    StatusClass::Open
                        | StatusClass::Active
                        | StatusClass::Reopened
                        | StatusClass::WaitingApproval
                        | StatusClass::WaitingPerson
                );
                self.shown.reopened |= to == StatusClass::Reopened || (was_done && again);
                self.worked |= to == StatusClass::Done;
                self.told |= to == StatusClass::Done;
            }
            What::Said { text, signs, place, .. } => {
                let opens = matches!(place, Place::Opening | Place::ChatOpening);
                if event.robot || opens {
                    self.hear(event, text, signs);
                    return;
                }
                self.shown.escalated |= signs.has(Sign::Escalated);
                let own = self.teller.is_some() && self.teller == event.author;
                let by_worker = own || (self.teller.is_none() && run.is_worker(event.author));
                // Exports tell minutes: of two words in one minute the answer may stand last.
                self.asked |= !by_worker && self.spoke == (event.at, true);
                if !speaks_of_another(run, text) {
                    let unusual = if by_worker { event.standing.unusual } else { signs };
                    self.said((signs, unusual), by_worker, own);
                }
                let asked = self.asked;
                self.go_on(text, signs, by_worker);
                if by_worker {
                    self.spoke = (event.at, asked);
                }
                self.hear(event, text, signs);
            }
        }
    }

    /// Remembers who tells of work in a chat without a ticket.
    fn hear(&mut self, event: &Event<'a>, text: &str, signs: SignSet) {
        let any = |of: &[Sign]| of.iter().any(|sign| signs.has(*sign));
        let asks = text.contains('?') || any(&[Sign::ApprovalAsk, Sign::ChatAsk]);
        let tells = !asks && any(&[Sign::ChatReport, Sign::DoneManual, Sign::Mended]);
        if self.alone && !event.robot && tells {
            self.teller = event.author;
            (self.worked, self.told) = (true, true);
        }
    }

    /// What a comment or reply shows, after all that was said before it; `own` where who told of
    /// the work in a chat says it, `unusual` what of it does not belong to the work.
    fn said(&mut self, (signs, unusual): (SignSet, SignSet), by_worker: bool, own: bool) {
        let shown = &mut self.shown;
        let types_over = signs.has(Sign::CopyPaste);
        let unresolved = !by_worker && signs.has(Sign::Unresolved);
        let again = signs.has(Sign::Reopened) && !(by_worker && types_over);
        shown.reopened |= self.worked && (again || unresolved);
        // Who asked puts right what he asked ("sorry, forgot the name"), which is no rework.
        shown.corrected |= (by_worker || self.alone) && unusual.has(Sign::Corrected);
        // What is done again before the work was told is a reminder, say.
        let worked = if by_worker { self.told } else { self.worked };
        shown.redone |= worked && unusual.has(Sign::Redone) && !types_over;
        let fault =
            self.worked && unusual.has(Sign::Fault) && !signs.has(Sign::HandedOver) && !types_over;
        if by_worker {
            shown.corrected |= fault && (own || signs.has(Sign::Mended));
            let talk = [Sign::Thanks, Sign::Ack, Sign::HandedOver, Sign::WaitingAnswer];
            let acts = self.told && !talk.iter().any(|sign| signs.has(*sign));
            // In chat many a word of thanks is unknown.
            let over = !self.alone && !types_over && (acts || signs.has(Sign::Mended));
            shown.redone |= self.came_back && (fault || over);
        } else {
            shown.reopened |= fault && !self.asked;
        }
    }

    /// Remembers what the next comments are held against.
    fn go_on(&mut self, text: &str, signs: SignSet, by_worker: bool) {
        let any = |of: &[Sign]| of.iter().any(|sign| signs.has(*sign));
        let asks = any(&[Sign::ApprovalAsk, Sign::WaitingApproval, Sign::WaitingAnswer]);
        if by_worker {
            self.worked |= !asks && !signs.has(Sign::Ack);
            self.told |= any(&[Sign::ChatReport, Sign::DoneManual, Sign::Mended]);
            self.asked = asks || text.contains('?');
            self.came_back = false;
        } else {
            let content = [Sign::Thanks, Sign::Ack, Sign::ApprovalGiven, Sign::AutoReply];
            self.came_back |= self.worked && !self.asked && !any(&content);
        }
    }
}

/// True if a text names another ticket than the run's own: what went wrong there is not here.
fn speaks_of_another(run: &Run<'_>, text: &str) -> bool {
    let own = run.ticket.map(|t| t.id.key.as_ref()).unwrap_or_default();
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).any(|word| {
        word != own
            && word.split_once('-').is_some_and(|(project, number)| {
                project.len() >= 2
                    && project.starts_with(|c: char| c.is_ascii_uppercase())
                    && project.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
                    && !number.is_empty()
                    && number.bytes().all(|b| b.is_ascii_digit())
            })
    })
}

/// True if an activity of an event log's case recurs after another one.
fn comes_again(ticket: &kompel_model::Ticket) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    let mut last = None;
    let completed = ticket
        .activities
        .iter()
        .filter(|a| a.transition.as_ref().is_none_or(|t| t.eq_ignore_ascii_case("complete")));
    for activity in completed {
        if last != Some(&activity.name) && !seen.insert(&activity.name) {
            return true;
        }
        last = Some(&activity.name);
    }
    false
}

#[cfg(test)]
mod tests {
    use kompel_model::{Change, ChangedField, Comment};

    use super::super::fixture::{at, comment, facts, log, message, ticket};

    fn check(description: &str, comments: Vec<Comment>, reworked: bool) {
        let mut record = ticket(1, at("2025-03-03T08:00:00Z"));
        record.description = description.to_owned();
        record.comments = comments;
        let found = facts(&log(vec![record], vec![]), 1).errors;
        assert_eq!(found.rework.count == 1, reworked, "{description}: {found:?}");
    }

    fn done() -> Comment {
        comment("2025-03-03T09:00:00Z", "worker", "Wachtwoord gereset.")
    }

    #[test]
    fn only_what_fails_after_the_work_is_rework() {
        let again = |text| comment("2025-03-03T10:00:00Z", "asker1", text);
        check("Mijn vpn werkt nog niet", vec![], false);
        check("Mijn vpn werkt nog niet", vec![done()], false);
        check("", vec![done(), again("Het werkt nog niet")], true);
        let early = comment("2025-03-03T08:30:00Z", "asker1", "Het werkt nog niet");
        check("", vec![early, done()], false);
        check("", vec![done(), again("Werkt nog niet, opnieuw hetzelfde als OPS-12")], false);
    }

    #[test]
    fn a_ticket_that_was_done_and_is_open_again_was_reopened() {
        let mut record = ticket(1, at("2025-03-03T08:00:00Z"));
        let change = |when: &str, from: &str, to: &str| Change {
            at: at(when),
            author: None,
            field: ChangedField::Status,
            from: Some(from.into()),
            to: Some(to.into()),
        };
        record.changes = vec![change("2025-03-03T09:00:00Z", "In Progress", "Done")];
        assert_eq!(facts(&log(vec![record.clone()], vec![]), 1).errors.reopened.count, 0);
        record.changes.push(change("2025-03-04T09:00:00Z", "Done", "In Progress"));
        assert_eq!(facts(&log(vec![record], vec![]), 1).errors.reopened.count, 1);
    }

    #[test]
    fn a_late_unasked_word_of_a_fault_is_rework_unless_work_ends_so() {
        let run = |number: usize, late: &str| {
            let mut record = ticket(number, at("2025-03-03T08:00:00Z"));
            record.comments = vec![
                comment("2025-03-03T09:00:00Z", "worker", "Groep toegevoegd."),
                comment("2025-03-03T09:20:00Z", "worker", "Gedaan."),
            ];
            if !late.is_empty() {
                record.comments.push(comment("2025-03-03T17:00:00Z", "worker", late));
            }
            record
        };
        let reworked = |words: &[&str]| {
            let runs = words.iter().enumerate().map(|(n, late)| run(n, late)).collect();
            facts(&log(runs, vec![]), words.len()).errors.rework.count
        };
        let mut words = vec![""; 10];
        assert_eq!(reworked(&words), 0);
        words[3] = "De einddatum was onjuist";
        assert_eq!(reworked(&words), 1);
        // That he goes on late says nothing, and what all do is the process.
        words[3] = "Mail gestuurd naar Els";
        assert_eq!(reworked(&words), 0);
        assert_eq!(reworked(&["De einddatum was onjuist"; 10]), 0);
    }

    #[test]
    fn what_follows_late_on_the_words_that_end_tickets_is_a_second_end() {
        let run = |number: usize, last: &str| {
            let mut record = ticket(number, at("2025-03-03T08:00:00Z"));
            record.comments = vec![
                comment("2025-03-03T09:00:00Z", "worker", "Kim zit nu in de lijst, klaar."),
                comment("2025-03-03T09:20:00Z", "worker", "Bezorgd aan Els"),
            ];
            if !last.is_empty() {
                record.comments.push(comment("2025-03-03T15:00:00Z", "worker", last));
            }
            record
        };
        let reworked = |runs: usize, words: &str| {
            let others = (0..runs).map(|n| run(n, if n == 3 { words } else { "" })).collect();
            facts(&log(others, vec![]), runs).errors.rework.count
        };
        // Words that no list knows; what ends this desk's tickets is learned from the others.
        assert_eq!(reworked(12, "Pff, dat moest Piet zijn"), 1);
        assert_eq!(reworked(4, "Pff, dat moest Piet zijn"), 0);
        assert_eq!(reworked(12, "Dankjewel allemaal"), 0);
    }

    #[test]
    fn what_belongs_to_the_work_here_is_no_error_whatever_its_words() {
        let run = |number: usize, late: &str| {
            let mut record = ticket(number, at("2025-03-03T08:00:00Z"));
            record.comments = vec![
                comment("2025-03-03T09:00:00Z", "worker", "Telefoonnummer gewijzigd."),
                comment("2025-03-03T09:20:00Z", "worker", "MFA opnieuw ingesteld. Tot zover"),
                comment("2025-03-03T09:40:00Z", "worker", late),
            ];
            record
        };
        let reworked = |runs: usize, late: &str| {
            let all = (0..runs).map(|n| run(n, if n == 3 { late } else { "Dicht." })).collect();
            facts(&log(all, vec![]), runs).errors.rework.count
        };
        assert_eq!(reworked(4, "Dicht."), 4, "nothing is known of the desk yet");
        assert_eq!(reworked(12, "Dicht."), 0);
        // Without a full stop it is that phrase still, and what follows is not.
        assert_eq!(reworked(12, "MFA opnieuw ingesteld nu voor iedereen"), 0);
        assert_eq!(reworked(12, "MFA opnieuw ingesteld bij de verkeerde gebruiker, rechtgezet"), 1);
    }

    #[test]
    fn in_chat_who_told_of_the_work_owns_up_to_its_faults() {
        let reworked = |who: &str, last: &str| {
            let opening = message("1", "2025-03-03T09:00:00Z", "a", "srv-app1 herstart", None);
            let said = |ts, who, text| message(ts, "2025-03-03T09:20:00Z", who, text, Some("1"));
            let thread = vec![opening, said("2", "b", "bedankt"), said("3", who, last)];
            facts(&log(vec![], thread), 0).errors.rework.count
        };
        assert_eq!(reworked("a", "oei, dat was de foute"), 1);
        assert_eq!(reworked("a", "hmm dat was de verkeerde"), 1, "nothing tells that he mended it");
        assert_eq!(reworked("a", "en nu naar huis"), 0);
        assert_eq!(reworked("a", "weer alles gekopieerd en geplakt"), 0);
        assert_eq!(reworked("b", "dat was toch de foute server"), 1);
    }

    #[test]
    fn a_fault_of_the_work_is_rework_and_a_fault_that_is_the_request_is_not() {
        let later = |who: &str, text: &str| comment("2025-03-03T10:00:00Z", who, text);
        let last = |who: &str, text: &str| comment("2025-03-03T11:00:00Z", who, text);
        check("De naam is verkeerd gespeld", vec![done()], false);
        check("", vec![done(), later("asker1", "Jullie zijn de tweede vergeten")], true);
        check("", vec![done(), later("asker1", "Merci, alles werkt")], false);
        // An answer to a question is no complaint.
        let question = later("worker", "Welke naam is verkeerd?");
        check("", vec![done(), question, last("asker1", "De voornaam is verkeerd")], false);
        let own = last("asker1", "Sorry, vergeten erbij te zetten: voor Els");
        check("", vec![later("worker", "Voor wie is dit?"), own], false);
        check("", vec![done(), later("worker", "Stap vergeten, alsnog gedaan.")], true);
        check("", vec![done(), later("worker", "Verkeerde wachtrij, verplaatst.")], false);
        // The answer in the minute in which the worker goes on.
        let same = comment("2025-03-03T10:00:00Z", "worker", "Doorgegeven aan de leverancier.");
        let question = comment("2025-03-03T09:30:00Z", "worker", "Welke naam is het?");
        check("", vec![done(), question, same, later("asker1", "Sorry, vergeten: Els")], false);
        // The asker came back, and the worker did it over, whatever words the asker used.
        let back = later("asker1", "Bij ons is er niets te zien.");
        let over = last("worker", "Nu is het in orde.");
        check("", vec![done(), back.clone(), over.clone()], true);
        check("", vec![done(), later("asker1", "Bedankt!"), over], false);
        check(
            "",
            vec![done(), back.clone(), last("worker", "Gelukt met een ander profiel.")],
            true,
        );
        check("", vec![done(), back, last("worker", "Graag gedaan!")], false);
    }
}
