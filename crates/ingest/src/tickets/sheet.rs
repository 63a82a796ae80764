//! A table's rows to tickets, by the fields of its columns.

use kompel_model::{
    Activity, Change, ChangedField, FindingCode, Link, Name, Phrase, SourceKind, Ticket, Worked,
};

use crate::{
    Error, Options,
    dates::{self, DateColumn},
    text::Markup,
    tickets::{
        desk::{Desk, is_void},
        headers::{self, Field},
        rows::{self, Row, Rows},
    },
};

/// What each column of a table holds.
pub(super) struct Sheet {
    pub(super) columns: Vec<Column>,
    /// How its texts are written.
    pub(super) markup: Markup,
    /// Makes a row's number, behind this, its key where the row has none.
    pub(super) keys_by_row: Option<String>,
}

/// One column.
pub(super) struct Column {
    pub(super) field: Field,
    pub(super) header: Name,
}

impl Sheet {
    /// The columns by what exports call them.
    pub(super) fn by_header(header: &[String], markup: Markup) -> Self {
        Self::of(header, fields_by_header(header), markup)
    }

    /// The columns with their fields given.
    pub(super) fn of(header: &[String], fields: Vec<Field>, markup: Markup) -> Self {
        let columns = header.iter().zip(fields);
        let column = |(name, field): (&String, Field)| {
            let field =
                if name.is_empty() && field == Field::Other { Field::Ignored } else { field };
            Column { field, header: headers::inner(name).into() }
        };
        Self { columns: columns.map(column).collect(), markup, keys_by_row: None }
    }

    /// True if a column holds this field.
    pub(super) fn has(&self, field: &Field) -> bool {
        self.columns.iter().any(|column| column.field == *field)
    }

    /// Looks over all dates of the table for the order of day and month, and how often keys recur.
    pub(super) fn survey(&self, rows: &Rows<'_>, options: &Options<'_>) -> Result<Survey, Error> {
        let mut survey = Survey::default();
        let mut keys = rustc_hash::FxHashSet::default();
        rows.each(options, &mut |_, row| {
            survey.rows += 1;
            for (column, cell) in self.columns.iter().zip(row) {
                match column.field {
                    Field::Created
                    | Field::Updated
                    | Field::Resolved
                    | Field::Started
                    | Field::Ended => survey.dates.observe(cell),
                    Field::Comment | Field::History => {
                        let first = cell.split(';').next().unwrap_or_default();
                        survey.dates.observe(first);
                    }
                    Field::Key if !cell.is_empty() => {
                        use std::hash::{BuildHasher, BuildHasherDefault};
                        let hasher = BuildHasherDefault::<rustc_hash::FxHasher>::default();
                        survey.repeated += u64::from(!keys.insert(hasher.hash_one(cell)));
                    }
                    _ => {}
                }
            }
            true
        })?;
        Ok(survey)
    }

    /// Makes each row a ticket and hands it to `take`; rows without a key are skipped.
    pub(super) fn read(
        &self,
        rows: &Rows<'_>,
        desk: &mut Desk<'_>,
        take: &mut dyn FnMut(&mut Desk<'_>, u64, Ticket),
    ) -> Result<(), Error> {
        let options = desk.options;
        rows.each(options, &mut |number, row| {
            if desk.begin_row() {
                rows::check_row(rows, number, row, &mut desk.findings);
                if let Some(ticket) = self.ticket(number, row, desk) {
                    take(desk, number, ticket);
                }
            }
            true
        })
    }

    fn ticket(&self, number: u64, row: &Row, desk: &mut Desk<'_>) -> Option<Ticket> {
        let cell = |field: &Field| {
            let cells = self.columns.iter().zip(row).filter(|(c, _)| c.field == *field);
            cells.map(|(_, cell)| cell.trim()).find(|cell| !is_void(cell))
        };
        let by_row = || self.keys_by_row.as_ref().map(|file| format!("{file}row-{number}"));
        let key = cell(&Field::Key).or_else(|| cell(&Field::Id)).map(str::to_owned).or_else(by_row);
        let Some(key) = key.filter(|key| key.len() <= 256) else {
            desk.skip(number, "", FindingCode::MissingKey, Phrase::new("detail-row-no-key"));
            return None;
        };
        let mut ticket = desk.ticket(&key);
        for (column, cell) in self.columns.iter().zip(row) {
            if !is_void(cell.trim()) {
                self.fill(&mut ticket, column, cell, number, desk);
            }
        }
        if ticket.title.is_empty() {
            ticket.title = first_line(&ticket.description);
        }
        Some(ticket)
    }

    pub(super) fn fill(
        &self,
        t: &mut Ticket,
        column: &Column,
        cell: &str,
        row: u64,
        desk: &mut Desk<'_>,
    ) {
        let header = &*column.header;
        match &column.field {
            Field::Key | Field::Id | Field::Ignored => {}
            Field::Title => t.title = desk.plain(row, header, cell),
            Field::Description => t.description = desk.text(row, header, cell, self.markup),
            Field::ResolutionText => t.resolution_text = desk.text(row, header, cell, self.markup),
            Field::Status => t.status = desk.names.name(cell),
            Field::Resolution => t.resolution = desk.names.name(cell),
            Field::Priority => t.priority = desk.names.name(cell),
            Field::Kind => t.kind = desk.names.name(cell),
            Field::Client => t.client = t.client.take().or_else(|| desk.names.name(cell)),
            Field::Group => t.group = t.group.take().or_else(|| desk.names.name(cell)),
            Field::Reporter => t.reporter = desk.names.person(cell),
            Field::Creator => t.creator = desk.names.person(cell),
            Field::Assignee => t.assignee = desk.names.person(cell),
            Field::Created => t.created = desk.date(row, header, cell),
            Field::Updated => t.updated = desk.date(row, header, cell),
            Field::Resolved => t.resolved = desk.date(row, header, cell),
            Field::Comment => self.comments(t, header, cell, row, desk),
            Field::Labels => t.labels.extend(list(cell, desk)),
            Field::Components => t.components.extend(list(cell, desk)),
            Field::Spent => t.spent_seconds = desk.number(row, header, cell),
            Field::SumSpent => {
                t.spent_seconds = t.spent_seconds.or(desk.number(row, header, cell));
            }
            Field::LogWork => t.worked.extend(worked(header, cell, row, desk)),
            Field::Reopened => {
                let flag = yes_or_no(cell).map(u64::from);
                t.reopen_count = small(flag.or_else(|| desk.number(row, header, cell)));
            }
            Field::Reassigned => t.reassignment_count = small(desk.number(row, header, cell)),
            Field::Link(kind) => {
                let to = desk.names.name(cell);
                t.links.extend(to.map(|to| Link { kind: kind.clone(), to }));
            }
            Field::History => match changes(cell, desk) {
                Some(changes) => t.changes.extend(changes),
                None => other(t, column, cell, row, desk),
            },
            Field::Person => {
                desk.know(cell);
                other(t, column, cell, row, desk);
            }
            Field::Activity
            | Field::Started
            | Field::Ended
            | Field::Resource
            | Field::Transition
            | Field::Other => other(t, column, cell, row, desk),
        }
    }

    fn comments(&self, t: &mut Ticket, header: &str, cell: &str, row: u64, desk: &mut Desk<'_>) {
        if t.id.source == SourceKind::ServiceNow || looks_like_journal(cell) {
            for (at, author, text) in journal(cell, desk) {
                let author = author.and_then(|name| desk.names.person(name));
                t.comments.extend(desk.comment((row, header), at, author, text, self.markup));
            }
            return;
        }
        let mut pieces = cell.splitn(3, ';');
        let date = pieces.next().unwrap_or_default().trim();
        let at = dates::parse(date, desk.order, desk.options.timezone);
        let (author, text) = match (at, pieces.next(), pieces.next()) {
            (Some(_), Some(author), Some(text)) => (desk.names.person(author), text),
            (Some(_), Some(text), None) => (None, text),
            _ => (None, cell),
        };
        t.comments.extend(desk.comment((row, header), at, author, text, self.markup));
    }
}

/// A cell that only says whether ("True", "nee").
fn yes_or_no(cell: &str) -> Option<bool> {
    match cell.trim().to_lowercase().as_str() {
        "true" | "yes" | "ja" | "oui" => Some(true),
        "false" | "no" | "nee" | "nein" | "non" => Some(false),
        _ => None,
    }
}

/// The fields of a header; of columns for one single field the most usual name wins.
pub(super) fn fields_by_header(header: &[String]) -> Vec<Field> {
    let known: Vec<_> = header.iter().map(|name| headers::known(name)).collect();
    let wins = |index: usize, field: &Field, rank: usize| {
        let rivals = known.iter().enumerate().filter_map(|(i, k)| k.as_ref().map(|k| (i, k)));
        let mut rivals = rivals.filter(|(_, (other, _))| other == field);
        rivals.all(|(i, (_, r))| (rank, index) <= (*r, i))
    };
    let field = |(index, known): (usize, &Option<(Field, usize)>)| match known {
        Some((field, rank)) if is_repeatable(field) || wins(index, field, *rank) => field.clone(),
        Some((Field::Reporter | Field::Creator | Field::Assignee, _)) => Field::Person,
        Some((Field::Activity | Field::Resource | Field::Transition, _)) => Field::Ignored,
        Some(_) | None => Field::Other,
    };
    known.iter().enumerate().map(field).collect()
}

/// What a first pass over the rows tells.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) dates: DateColumn,
    pub(super) rows: u64,
    /// Rows whose key an earlier row had.
    pub(super) repeated: u64,
}

impl Survey {
    /// True if most records stand on several rows: a history rather than a list.
    pub(super) fn is_history(&self) -> bool {
        self.repeated * 5 > self.rows
    }
}

/// Fields that more than one column may hold.
pub(super) fn is_repeatable(field: &Field) -> bool {
    matches!(
        field,
        Field::Comment
            | Field::Labels
            | Field::Components
            | Field::Client
            | Field::Group
            | Field::LogWork
            | Field::History
            | Field::Link(_)
            | Field::Person
            | Field::Other
            | Field::Ignored
    )
}

/// The first line of a text, for want of a title.
pub(super) fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    crate::text::shorten(line, 200).0.to_owned()
}

fn other(t: &mut Ticket, column: &Column, cell: &str, row: u64, desk: &mut Desk<'_>) {
    let value = desk.plain(row, &column.header, cell);
    let known = t.fields.entry(column.header.clone()).or_default();
    if known.is_empty() {
        *known = value;
    } else if known.split(", ").all(|one| one != value) && known.len() < 4_096 {
        known.push_str(", ");
        known.push_str(&value);
    }
}

fn list<'d>(cell: &'d str, desk: &'d mut Desk<'_>) -> impl Iterator<Item = Name> + 'd {
    let parts = cell.split([',', ';']).filter(|part| !is_void(part.trim()));
    parts.filter_map(|part| desk.names.name(part))
}

fn small(number: Option<u64>) -> Option<u32> {
    number.and_then(|number| u32::try_from(number).ok())
}

/// Jira's `comment;date;author;seconds`; the comment may hold semicolons.
fn worked(header: &str, cell: &str, row: u64, desk: &mut Desk<'_>) -> Option<Worked> {
    let mut pieces = cell.rsplitn(4, ';');
    let seconds = desk.number(row, header, pieces.next()?)?;
    let author = pieces.next().and_then(|name| desk.names.person(name));
    let at = pieces.next().and_then(|date| desk.date(row, header, date));
    let text = pieces.next().unwrap_or_default();
    let text = desk.text(row, header, text, Markup::Jira);
    Some(Worked { at, author, seconds, text })
}

/// Lines of `date;author;from;to` or `date;author;from -> to`; `None` if any is another thing.
fn changes(cell: &str, desk: &mut Desk<'_>) -> Option<Vec<Change>> {
    let mut changes = Vec::new();
    for line in cell.lines().filter(|line| !line.trim().is_empty()) {
        let mut pieces = line.splitn(3, ';');
        let date = pieces.next()?.trim();
        let at = dates::parse(date, desk.order, desk.options.timezone)?;
        let author = pieces.next().and_then(|name| desk.names.person(name));
        let rest = pieces.next()?;
        let arrow = ["->", "→", "=>", ";"].into_iter().find_map(|mark| rest.split_once(mark))?;
        let (from, to) = (desk.names.name(arrow.0), desk.names.name(arrow.1));
        changes.push(Change { at, author, field: ChangedField::Status, from, to });
    }
    Some(changes)
}

fn looks_like_journal(cell: &str) -> bool {
    let first = cell.lines().next().unwrap_or_default();
    journal_head(first).is_some()
}

/// `2025-01-03 10:00:00 - Jan Janssens (Work notes)`: date, author.
fn journal_head(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    if !line.ends_with(')') || line.len() > 300 {
        return None;
    }
    let (date, rest) = line.split_once(" - ")?;
    let (author, _) = rest.rsplit_once('(')?;
    dates::is_date(date).then_some((date, author.trim()))
}

/// A journal's entries: time, author, text. Text before the first head stands alone.
pub(super) fn journal<'c>(
    cell: &'c str,
    desk: &Desk<'_>,
) -> Vec<(Option<kompel_model::Timestamp>, Option<&'c str>, &'c str)> {
    let mut entries = Vec::new();
    let mut head: (Option<kompel_model::Timestamp>, Option<&str>) = (None, None);
    let (mut from, mut position) = (0, 0);
    for line in cell.split_inclusive('\n') {
        if let Some((date, author)) = journal_head(line) {
            if !cell[from..position].trim().is_empty() {
                entries.push((head.0, head.1, cell[from..position].trim()));
            }
            let at = dates::parse(date, desk.order, desk.options.timezone);
            head = (at, Some(author).filter(|author| !author.is_empty()));
            from = position + line.len();
        }
        position += line.len();
    }
    if !cell[from..].trim().is_empty() {
        entries.push((head.0, head.1, cell[from..].trim()));
    }
    entries
}

/// The activity of an event log's row, from the cells that [`Sheet::read`] put into the fields.
pub(super) fn activity(
    sheet: &Sheet,
    t: &mut Ticket,
    row: u64,
    desk: &mut Desk<'_>,
) -> Option<Activity> {
    let mut cell = |field: Field| {
        let column = sheet.columns.iter().find(|column| column.field == field)?;
        Some((column.header.clone(), t.fields.remove(&column.header)?))
    };
    let name = cell(Field::Activity);
    let (started, ended) = (cell(Field::Started), cell(Field::Ended));
    let resource = cell(Field::Resource);
    let transition = cell(Field::Transition);
    let mut date = |cell: Option<(Name, String)>| {
        cell.and_then(|(header, text)| desk.date(row, &header, &text))
    };
    let (started, ended) = (date(started), date(ended));
    let at = ended.or(started)?;
    let name = name.and_then(|(_, name)| desk.names.name(&name))?;
    let resource = resource.and_then(|(_, name)| desk.names.person(&name));
    let transition = transition.and_then(|(_, name)| desk.names.name(&name));
    Some(Activity { name, started, at, resource, group: t.group.clone(), transition })
}
