//! Which column of an unknown table holds what: by the user, by its header, by its content.

use std::hash::{BuildHasher, BuildHasherDefault};

use rustc_hash::{FxHashSet, FxHasher};

use crate::{
    Error, Options, dates,
    tickets::{
        desk::is_void,
        headers::Field,
        rows::Rows,
        sheet::{self, is_repeatable},
    },
};

/// How a column came by its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappedBy {
    /// The user said so.
    User,
    /// Its header is a known word.
    Header,
    /// Its cells look like it.
    Content,
    /// Nothing: it is kept under its header.
    Nothing,
}

/// What Kompel takes a column for.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedColumn {
    /// The column's header.
    pub column: String,
    /// The field, by the name that `--map` takes; `None` if it is kept under its header.
    pub field: Option<&'static str>,
    /// How sure that is, 0..1.
    pub confidence: f64,
    /// Where it comes from.
    pub by: MappedBy,
}

/// The fields of all columns, with how sure each is.
pub(super) struct Proposal {
    pub(super) fields: Vec<Field>,
    pub(super) columns: Vec<ProposedColumn>,
}

/// Distinct values counted of a column; more are many.
const DISTINCT: usize = 20_000;

/// Proposes a field for each column; looks at every row, so that their order does not matter.
pub(super) fn propose(rows: &Rows<'_>, options: &Options<'_>) -> Result<Proposal, Error> {
    let header = &rows.header;
    let mut proposal = Proposal {
        fields: sheet::fields_by_header(header),
        columns: header.iter().map(|column| unmapped(column)).collect(),
    };
    for (field, column) in proposal.fields.iter().zip(&mut proposal.columns) {
        if *field != Field::Other {
            (column.field, column.confidence, column.by) = (name(field), 0.9, MappedBy::Header);
        }
    }
    proposal.obey(header, options)?;
    let mut profiles: Vec<Profile> = header.iter().map(|_| Profile::default()).collect();
    let mut count = 0;
    rows.each(options, &mut |_, row| {
        count += 1;
        for (profile, cell) in profiles.iter_mut().zip(row) {
            profile.observe(cell.trim());
        }
        true
    })?;
    proposal.guess(&profiles, count);
    Ok(proposal)
}

fn unmapped(column: &str) -> ProposedColumn {
    ProposedColumn {
        column: column.to_owned(),
        field: None,
        confidence: 0.0,
        by: MappedBy::Nothing,
    }
}

impl Proposal {
    /// Puts the user's mapping above the rest.
    fn obey(&mut self, header: &[String], options: &Options<'_>) -> Result<(), Error> {
        for (wish, column) in &options.mapping.0 {
            let Some((_, field)) = FIELDS.iter().find(|(name, _)| name == wish) else {
                let fields: Vec<_> = FIELDS.iter().map(|(name, _)| *name).collect();
                let (field, fields) = (wish.clone(), fields.join(", "));
                return Err(Error::UnknownField { field, fields });
            };
            let same = |h: &&String| h.trim().to_lowercase() == column.trim().to_lowercase();
            let Some(index) = header.iter().position(|h| same(&h)) else {
                let (field, column) = (wish.clone(), column.clone());
                let columns = header.join(", ");
                return Err(Error::UnknownColumn { file: String::new(), field, column, columns });
            };
            if !is_repeatable(field) {
                let columns = self.fields.iter_mut().zip(&mut self.columns).zip(header);
                for ((mapped, column), name) in
                    columns.filter(|((mapped, _), _)| **mapped == *field)
                {
                    *mapped = Field::Other;
                    *column = unmapped(name);
                }
            }
            self.set(index, field.clone(), 1.0, MappedBy::User);
        }
        Ok(())
    }

    fn set(&mut self, index: usize, field: Field, confidence: f64, by: MappedBy) {
        let column = &mut self.columns[index];
        (column.field, column.confidence, column.by) = (name(&field), confidence, by);
        self.fields[index] = field;
    }

    fn has(&self, field: &Field) -> bool {
        self.fields.contains(field)
    }

    /// Fills what headers left open from what the cells look like.
    fn guess(&mut self, profiles: &[Profile], rows: u64) {
        if rows == 0 {
            return;
        }
        let is_log =
            self.has(&Field::Activity) && (self.has(&Field::Ended) || self.has(&Field::Started));
        if !is_log {
            self.demote_log_fields();
        }
        if !self.has(&Field::Key) && !self.has(&Field::Id) {
            self.best(profiles, &Field::Key, |p| p.key_likeness(rows));
        }
        if !is_log && !self.has(&Field::Created) {
            self.best(profiles, &Field::Created, Profile::date_likeness);
        }
        if is_log {
            return;
        }
        if !self.has(&Field::Description) && !self.has(&Field::Title) {
            self.best(profiles, &Field::Description, |p| p.text_likeness(60.0));
        }
        if !self.has(&Field::Title) {
            self.best(profiles, &Field::Title, |p| p.text_likeness(12.0));
        }
        if !self.has(&Field::Status) {
            self.best(profiles, &Field::Status, Profile::status_likeness);
        }
        if !self.has(&Field::Reporter) {
            self.best(profiles, &Field::Reporter, Profile::person_likeness);
        }
    }

    /// Without activities, a timestamp is when the record was made and a resource who holds it.
    fn demote_log_fields(&mut self) {
        for index in 0..self.fields.len() {
            let (to, free) = match self.fields[index] {
                Field::Started | Field::Ended => (Field::Created, !self.has(&Field::Created)),
                Field::Resource => (Field::Assignee, !self.has(&Field::Assignee)),
                Field::Activity => (Field::Title, !self.has(&Field::Title)),
                Field::Transition => (Field::Other, false),
                _ => continue,
            };
            if self.columns[index].by == MappedBy::User {
                continue;
            }
            if free {
                self.set(index, to, 0.6, MappedBy::Header);
            } else {
                self.fields[index] = Field::Other;
                self.columns[index] = unmapped(&self.columns[index].column.clone());
            }
        }
    }

    /// Gives a field to the free column that is most like it, the first of equals.
    fn best(&mut self, profiles: &[Profile], field: &Field, likeness: impl Fn(&Profile) -> f64) {
        let mut best: Option<(usize, f64)> = None;
        for (index, profile) in profiles.iter().enumerate() {
            let like = likeness(profile);
            let better = best.is_none_or(|(_, most)| like > most);
            if self.fields[index] == Field::Other && like >= 0.4 && better {
                best = Some((index, like));
            }
        }
        if let Some((index, like)) = best {
            self.set(index, field.clone(), (like * 0.8).min(0.8), MappedBy::Content);
        }
    }
}

/// What the cells of a column look like.
#[derive(Debug, Default)]
struct Profile {
    filled: u64,
    bytes: u64,
    dates: u64,
    keys: u64,
    people: u64,
    texts: u64,
    states: u64,
    distinct: FxHashSet<u64>,
}

impl Profile {
    fn observe(&mut self, cell: &str) {
        if is_void(cell) {
            return;
        }
        self.filled += 1;
        self.bytes += cell.len() as u64;
        self.dates += u64::from(cell.len() < 40 && dates::is_date(cell));
        let words = cell.split_whitespace().take(4).count();
        let has_digit = cell.bytes().any(|b| b.is_ascii_digit());
        self.keys += u64::from(words == 1 && has_digit && cell.len() <= 32 && !cell.contains('@'));
        self.texts += u64::from(words >= 3 || cell.len() > 60);
        self.people += u64::from(is_person(cell));
        self.states += u64::from(STATES.contains(&cell.to_lowercase().as_str()));
        if self.distinct.len() < DISTINCT {
            let hasher = BuildHasherDefault::<FxHasher>::default();
            self.distinct.insert(hasher.hash_one(cell));
        }
    }

    fn share(&self, part: u64) -> f64 {
        if self.filled == 0 { 0.0 } else { part as f64 / self.filled as f64 }
    }

    fn key_likeness(&self, rows: u64) -> f64 {
        let all = self.filled == rows && self.dates == 0;
        let distinct = self.distinct.len() as u64 >= rows.min(DISTINCT as u64);
        if all && distinct { self.share(self.keys) } else { 0.0 }
    }

    fn date_likeness(&self) -> f64 {
        let share = self.share(self.dates);
        if share >= 0.8 { share } else { 0.0 }
    }

    /// How much like running text, best at or above a mean length.
    fn text_likeness(&self, length: f64) -> f64 {
        let mean = self.share(self.bytes);
        let various = (self.distinct.len() as f64 / self.filled.max(1) as f64 * 4.0).min(1.0);
        self.share(self.texts) * various * (mean / length).min(1.0)
    }

    fn status_likeness(&self) -> f64 {
        if self.distinct.len() <= 20 { self.share(self.states) } else { 0.0 }
    }

    fn person_likeness(&self) -> f64 {
        let share = self.share(self.people);
        if share >= 0.8 && self.distinct.len() >= 25 { share * 0.7 } else { 0.0 }
    }
}

/// Two or three capitalised words, or a mail address.
fn is_person(cell: &str) -> bool {
    if cell.len() > 60 || cell.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    if cell.contains('@') {
        return !cell.contains(' ');
    }
    let words: Vec<&str> = cell.split_whitespace().collect();
    let capital = |word: &&str| word.starts_with(char::is_uppercase);
    (2..=4).contains(&words.len())
        && words.first().is_some_and(capital)
        && words.last().is_some_and(capital)
}

const STATES: &[&str] = &[
    "open",
    "closed",
    "resolved",
    "done",
    "new",
    "in progress",
    "pending",
    "cancelled",
    "canceled",
    "on hold",
    "waiting",
    "nieuw",
    "gesloten",
    "afgesloten",
    "opgelost",
    "in behandeling",
    "afgehandeld",
    "wachtend",
    "geannuleerd",
    "ouvert",
    "fermé",
    "résolu",
    "clôturé",
    "en cours",
    "nouveau",
    "offen",
    "geschlossen",
    "erledigt",
    "gelöst",
    "neu",
    "in bearbeitung",
    "active",
];

fn name(field: &Field) -> Option<&'static str> {
    FIELDS.iter().find(|(_, known)| known == field).map(|(name, _)| *name)
}

/// The fields that `--map` takes.
const FIELDS: &[(&str, Field)] = &[
    ("key", Field::Key),
    ("id", Field::Id),
    ("title", Field::Title),
    ("description", Field::Description),
    ("status", Field::Status),
    ("resolution", Field::Resolution),
    ("resolution_text", Field::ResolutionText),
    ("priority", Field::Priority),
    ("kind", Field::Kind),
    ("reporter", Field::Reporter),
    ("creator", Field::Creator),
    ("assignee", Field::Assignee),
    ("created", Field::Created),
    ("updated", Field::Updated),
    ("resolved", Field::Resolved),
    ("comment", Field::Comment),
    ("labels", Field::Labels),
    ("components", Field::Components),
    ("client", Field::Client),
    ("group", Field::Group),
    ("spent_seconds", Field::Spent),
    ("reopen_count", Field::Reopened),
    ("reassignment_count", Field::Reassigned),
    ("history", Field::History),
    ("activity", Field::Activity),
    ("started", Field::Started),
    ("ended", Field::Ended),
    ("resource", Field::Resource),
    ("transition", Field::Transition),
    ("ignore", Field::Ignored),
];
