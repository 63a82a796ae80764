//! Where a reader puts its tickets: texts cleaned, dates read, doubles merged, rows counted.

use std::cmp::Ordering;

use kompel_model::{
    Comment, Counts, Effect, EventLog, FindingCode, Name, Party, PersonId, Phrase, Reading,
    SourceKind, Ticket, Timestamp,
};
use rustc_hash::FxHashMap;

use crate::{
    Input, Options,
    dates::{self, DateColumn, DateOrder},
    findings::Findings,
    names::Names,
    text::{self, Markup},
};

/// Rows between two calls of the progress function.
const STRIDE: u64 = 1_000;

/// The work table of one reading.
pub(super) struct Desk<'o> {
    pub(super) options: &'o Options<'o>,
    pub(super) findings: Findings,
    pub(super) names: Names,
    pub(super) order: DateOrder,
    source: SourceKind,
    rows: u64,
    beyond: u64,
    tickets: Vec<Ticket>,
    by_key: FxHashMap<Name, usize>,
    log: EventLog,
}

impl<'o> Desk<'o> {
    /// An empty desk.
    pub(super) fn new(source: SourceKind, input: &Input, options: &'o Options<'o>) -> Self {
        Self {
            options,
            findings: Findings::new(input.name()),
            names: Names::default(),
            order: DateOrder::default(),
            source,
            rows: 0,
            beyond: 0,
            tickets: Vec::new(),
            by_key: FxHashMap::default(),
            log: EventLog::default(),
        }
    }

    /// Counts a row; `false` if it lies beyond the limit and must be passed over.
    pub(super) fn begin_row(&mut self) -> bool {
        self.rows += 1;
        if self.rows.is_multiple_of(STRIDE) {
            (self.options.progress)(self.rows);
        }
        let within = self.rows <= self.options.limits.rows;
        self.beyond += u64::from(!within);
        within
    }

    /// A fresh ticket.
    pub(super) fn ticket(&self, key: &str) -> Ticket {
        Ticket::new(self.source, key)
    }

    /// A text, cleaned; what was left out becomes findings.
    pub(super) fn text(&mut self, row: u64, column: &str, raw: &str, markup: Markup) -> String {
        let cleaned = text::clean(raw, markup, &self.options.limits);
        self.note(row, column, raw, &cleaned);
        cleaned.text
    }

    /// A comment, cleaned; `None` if there is no text.
    pub(super) fn comment(
        &mut self,
        (row, column): (u64, &str),
        at: Option<Timestamp>,
        author: Option<PersonId>,
        raw: &str,
        markup: Markup,
    ) -> Option<Comment> {
        if raw.trim().is_empty() {
            return None;
        }
        let cleaned = text::clean(raw, markup, &self.options.limits);
        self.note(row, column, raw, &cleaned);
        let (text, automatic) = (cleaned.text, cleaned.automatic);
        (!text.is_empty()).then_some(Comment { at, author, text, automatic })
    }

    fn note(&mut self, row: u64, column: &str, raw: &str, cleaned: &text::Cleaned) {
        let mut add = |code, effect, detail: Phrase| {
            self.findings.add(row, column, code, effect, detail);
        };
        if cleaned.cut {
            let limit = self.options.limits.text_bytes;
            let detail = shortened(raw, limit);
            add(FindingCode::TooLong, Effect::Repaired, detail);
        }
        if cleaned.automatic {
            add(FindingCode::AutoReply, Effect::Kept, Phrase::new("detail-auto-reply"));
        }
        if cleaned.quote {
            add(FindingCode::Quote, Effect::Repaired, Phrase::new("detail-quote"));
        }
        if cleaned.signature {
            add(FindingCode::Signature, Effect::Repaired, Phrase::new("detail-signature"));
        }
    }

    /// A short field as it stands, bounded.
    pub(super) fn plain(&mut self, row: u64, column: &str, raw: &str) -> String {
        let (text, cut) = text::shorten(raw.trim(), self.options.limits.text_bytes);
        if cut {
            let detail = shortened(raw, self.options.limits.text_bytes);
            self.findings.add(row, column, FindingCode::TooLong, Effect::Repaired, detail);
        }
        text.to_owned()
    }

    /// A date, if there is one; what can't be read becomes a finding.
    pub(super) fn date(&mut self, row: u64, column: &str, raw: &str) -> Option<Timestamp> {
        let raw = raw.trim();
        if is_void(raw) {
            return None;
        }
        let moment = dates::parse(raw, self.order, self.options.timezone);
        if moment.is_none() {
            let (shown, _) = text::shorten(raw, 40);
            let detail = Phrase::new("detail-date").text("value", format!("{shown:?}"));
            self.findings.add(row, column, FindingCode::BadDate, Effect::Repaired, detail);
        }
        moment
    }

    /// A whole number of seconds, times or the like.
    pub(super) fn number(&mut self, row: u64, column: &str, raw: &str) -> Option<u64> {
        let raw = raw.trim();
        if is_void(raw) {
            return None;
        }
        let whole = raw.strip_suffix(".0").unwrap_or(raw);
        let number = whole.parse().ok();
        if number.is_none() {
            let (shown, _) = text::shorten(raw, 40);
            let detail = Phrase::new("detail-number").text("value", format!("{shown:?}"));
            self.findings.add(row, column, FindingCode::BadNumber, Effect::Repaired, detail);
        }
        number
    }

    /// Settles the order of day and month for what follows, and says so if nothing tells it.
    pub(super) fn settle_dates(&mut self, column: &str, seen: DateColumn) {
        self.order = seen.order();
        let times = seen.ambiguous();
        if times > 0 {
            let order = match self.order {
                DateOrder::DayFirst => "day",
                DateOrder::MonthFirst => "month",
            };
            let detail = if seen.is_mixed() {
                Phrase::new("detail-dates-mixed").text("order", order)
            } else {
                Phrase::new("detail-dates-open").text("order", order)
            };
            let code = FindingCode::AmbiguousDate;
            self.findings.add_many(None, column, code, Effect::Kept, times, detail);
        }
    }

    /// Gives up a row.
    pub(super) fn skip(&mut self, row: u64, column: &str, code: FindingCode, detail: Phrase) {
        self.findings.add(row, column, code, Effect::Skipped, detail);
    }

    /// Marks a person as a robot.
    pub(super) fn robot(&mut self, person: &PersonId) {
        let party = Party { robot: true, role: None };
        self.log.people.entry(person.clone()).or_default().merge(party);
    }

    /// Keeps a ticket; of two with one key the later updated stays.
    pub(super) fn keep(&mut self, row: u64, mut ticket: Ticket) {
        self.tidy(row, &mut ticket);
        let Some(&index) = self.by_key.get(&ticket.id.key) else {
            self.by_key.insert(ticket.id.key.clone(), self.tickets.len());
            self.tickets.push(ticket);
            return;
        };
        let known = &mut self.tickets[index];
        let same = *known == ticket;
        if !same && compare(&ticket, known) == Ordering::Greater {
            *known = ticket;
        }
        let detail =
            if same { Phrase::new("detail-same-row") } else { Phrase::new("detail-same-key") };
        self.findings.add(row, "", FindingCode::Duplicate, Effect::Merged, detail);
    }

    /// Says that `rows` rows were joined to records that other rows began.
    pub(super) fn joined(&mut self, rows: u64) {
        let detail = Phrase::new("detail-rows-joined");
        self.findings.add_many(None, "", FindingCode::Duplicate, Effect::Merged, rows, detail);
    }

    /// Makes a person known who stands in a field only, so that texts are scrubbed of the name.
    pub(super) fn know(&mut self, name: &str) {
        if let Some(person) = self.names.person(name) {
            self.log.people.entry(person).or_default();
        }
    }

    /// Puts a ticket's parts in order and within bounds.
    fn tidy(&mut self, row: u64, ticket: &mut Ticket) {
        ticket.comments.sort_by(|a, b| (a.at, &a.author, &a.text).cmp(&(b.at, &b.author, &b.text)));
        ticket.comments.dedup();
        ticket.changes.sort_by(|a, b| {
            (a.at, &a.field, &a.from, &a.to).cmp(&(b.at, &b.field, &b.from, &b.to))
        });
        ticket.activities.sort_by(|a, b| {
            (a.at, a.started, &a.name, &a.resource).cmp(&(b.at, b.started, &b.name, &b.resource))
        });
        ticket
            .worked
            .sort_by(|a, b| (a.at, &a.author, a.seconds).cmp(&(b.at, &b.author, b.seconds)));
        for names in [&mut ticket.labels, &mut ticket.components] {
            names.sort();
            names.dedup();
        }
        ticket.links.sort();
        ticket.links.dedup();
        if ticket.creator == ticket.reporter {
            ticket.creator = None;
        }
        let limit = self.options.limits.comments;
        let counts = [
            ticket.comments.len(),
            ticket.changes.len(),
            ticket.activities.len(),
            ticket.worked.len(),
        ];
        if let Some(count) = counts.into_iter().filter(|count| *count > limit).max() {
            let detail = Phrase::new("detail-entries-cut")
                .count("count", count as u64)
                .count("limit", limit as u64);
            let row = (row > 0).then_some(row);
            self.findings.add(row, "", FindingCode::TooMany, Effect::Repaired, detail);
            ticket.comments.truncate(limit);
            ticket.changes.truncate(limit);
            ticket.activities.truncate(limit);
            ticket.worked.truncate(limit);
        }
    }

    /// The reading: tickets in order of their keys.
    pub(super) fn finish(mut self) -> Reading {
        if self.beyond > 0 {
            let detail = Phrase::new("detail-limit-rows").count("limit", self.options.limits.rows);
            let code = FindingCode::TooMany;
            self.findings.add_many(None, "", code, Effect::Skipped, self.beyond, detail);
        }
        (self.options.progress)(self.rows);
        let textless =
            |t: &&Ticket| t.title.is_empty() && t.description.is_empty() && t.activities.is_empty();
        let textless = self.tickets.iter().filter(textless).count() as u64;
        let timeless = self.tickets.iter().filter(|t| t.created.is_none()).count() as u64;
        let mut add = |code, times, detail: Phrase| {
            self.findings.add_many(None, "", code, Effect::Kept, times, detail);
        };
        add(
            FindingCode::MissingText,
            textless,
            Phrase::new("detail-records-no-text").count("count", textless),
        );
        add(
            FindingCode::MissingTime,
            timeless,
            Phrase::new("detail-records-no-time").count("count", timeless),
        );
        self.log.tickets = self.tickets;
        self.log.tickets.sort_by(|a, b| a.id.cmp(&b.id));
        let records = self.log.tickets.len() as u64;
        let counts = Counts { rows: self.rows, records };
        Reading { log: self.log, findings: self.findings.finish(), counts }
    }
}

/// Says that a text was cut.
fn shortened(raw: &str, limit: usize) -> Phrase {
    Phrase::new("detail-cut").count("size", raw.len() as u64).count("limit", limit as u64)
}

/// Cells that stand for nothing.
pub(super) fn is_void(text: &str) -> bool {
    matches!(text, "" | "?" | "-" | "null" | "NULL" | "None" | "nan" | "NaN" | "N/A" | "(empty)")
}

/// Which of two records of one key is the later; content decides where times do not.
pub(super) fn compare(a: &Ticket, b: &Ticket) -> Ordering {
    let whole = |ticket: &Ticket| format!("{ticket:?}");
    a.updated.cmp(&b.updated).then_with(|| whole(a).cmp(&whole(b)))
}
