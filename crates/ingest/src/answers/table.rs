//! The table of answers: which column holds what, and its rows.
//!
//! Owns finding the columns and the rows; what words say of times is `phrases`'.

use kompel_model::{Answer, Counts, Effect, FindingCode, MemberRef, Phrase, Reading, SourceKind};

use super::phrases;
use crate::{
    Error, Input, Options,
    dates::{self, DateOrder},
    findings::Findings,
    formats::Sample,
    input::Part,
    names::Names,
    text::shorten,
    tickets::rows::{Row, Rows, check_row},
};

/// True for a table whose header asks what, how often and how long.
pub(crate) fn recognise(sample: &Sample) -> bool {
    let columns = Columns::of_header(sample.header());
    columns.what.is_some() && columns.often.is_some() && columns.long.is_some()
}

/// Reads the answers of every table in the input; a table without a header is understood too.
///
/// # Errors
/// If a table can't be opened.
pub(crate) fn read(input: &Input, options: &Options<'_>) -> Result<Reading, Error> {
    let mut findings = Findings::new(input.name());
    let parts = input.parts(&options.limits, &mut findings)?;
    let mut reading = Reading::default();
    let many = parts.len() > 1;
    for part in &parts {
        findings.in_file(&part.name);
        let prefix = if many { format!("{}/", part.name) } else { String::new() };
        read_table(part, &prefix, &mut reading, &mut findings, options)?;
    }
    reading.findings = findings.finish();
    reading.log.sort();
    Ok(reading)
}

fn read_table(
    part: &Part<'_>,
    prefix: &str,
    reading: &mut Reading,
    findings: &mut Findings,
    options: &Options<'_>,
) -> Result<(), Error> {
    let rows = match Rows::open(part, options) {
        Err(Error::Empty { .. }) if !prefix.is_empty() => return Ok(()),
        opened => opened?,
    };
    let mut columns = Columns::of_header(&lower(&rows.header));
    let headed = columns.what.is_some() || columns.often.is_some() || columns.long.is_some();
    if !headed || columns.what.is_none() {
        columns = Columns::of_content(&rows, options, headed, columns)?;
    }
    let mut names = Names::default();
    let Counts { rows: mut met, records: mut taken } = reading.counts;
    let mut overflow = 0;
    let mut take = |number: u64, row: &Row| {
        met += 1;
        if met > options.limits.rows {
            overflow += 1;
            return true;
        }
        check_row(&rows, number, row, findings);
        match columns.answer(number, prefix, row, &mut names, findings, options) {
            Some(answer) => {
                reading.log.answers.push(answer);
                taken += 1;
            }
            None => {
                let (code, effect) = (FindingCode::MissingText, Effect::Skipped);
                findings.add(number, "", code, effect, Phrase::new("detail-no-chore"));
            }
        }
        true
    };
    let offset = u64::from(!headed);
    if !headed {
        take(1, &rows.header.iter().collect());
    }
    rows.each(options, &mut |number, row| take(number + offset, row))?;
    reading.counts = Counts { rows: met, records: taken };
    let detail = Phrase::new("detail-limit-rows").count("limit", options.limits.rows);
    findings.add_many(None, "", FindingCode::TooMany, Effect::Skipped, overflow, detail);
    Ok(())
}

/// Which column holds what.
#[derive(Debug, Clone, Default)]
struct Columns {
    what: Option<usize>,
    often: Option<usize>,
    long: Option<usize>,
    name: Option<usize>,
    date: Option<usize>,
}

impl Columns {
    fn of_header(header: &[String]) -> Self {
        let mut columns = Self::default();
        for (index, title) in header.iter().enumerate() {
            let has = |words: &[&str]| words.iter().any(|word| speaks_of(title, word));
            let exact = |words: &[&str]| words.contains(&title.as_str());
            let slot = if has(OFTEN) {
                &mut columns.often
            } else if has(DATE) || exact(&["at", "op"]) {
                &mut columns.date
            } else if has(LONG) {
                &mut columns.long
            } else if has(WHAT) {
                &mut columns.what
            } else if has(NAME) {
                &mut columns.name
            } else {
                continue;
            };
            slot.get_or_insert(index);
        }
        columns
    }

    /// Tells the columns by what stands in them.
    fn of_content(
        rows: &Rows<'_>,
        options: &Options<'_>,
        headed: bool,
        mut known: Self,
    ) -> Result<Self, Error> {
        let width = rows.header.len().min(MAX_COLUMNS);
        let mut seen = vec![Score::default(); width];
        let mut look = |row: &Row| {
            for (score, cell) in seen.iter_mut().zip(row.iter()) {
                score.observe(cell.trim());
            }
        };
        if !headed {
            look(&rows.header.iter().collect());
        }
        rows.each(options, &mut |number, row| {
            look(row);
            number < LOOKED_AT
        })?;
        let mut free: Vec<usize> = (0..width).filter(|index| !known.holds(*index)).collect();
        let mut pick = |slot: &mut Option<usize>, worth: &dyn Fn(&Score) -> usize| {
            if slot.is_some() {
                return;
            }
            let best = free.iter().copied().max_by_key(|i| (worth(&seen[*i]), width - i));
            if let Some(index) = best.filter(|i| worth(&seen[*i]) > 0) {
                *slot = Some(index);
                free.retain(|i| *i != index);
            }
        };
        pick(&mut known.date, &|s| if s.dates * 2 > s.filled { s.dates } else { 0 });
        pick(&mut known.often, &|s| if s.often * 3 > s.filled { s.often } else { 0 });
        pick(&mut known.long, &|s| if s.long * 3 > s.filled { s.long } else { 0 });
        pick(&mut known.what, &|s| s.letters);
        Ok(known)
    }

    fn holds(&self, index: usize) -> bool {
        [self.what, self.often, self.long, self.name, self.date].contains(&Some(index))
    }

    fn answer(
        &self,
        number: u64,
        prefix: &str,
        row: &Row,
        names: &mut Names,
        findings: &mut Findings,
        options: &Options<'_>,
    ) -> Option<Answer> {
        let cell = |index: Option<usize>| index.and_then(|i| row.get(i)).unwrap_or("").trim();
        let (what, cut) = shorten(cell(self.what), options.limits.text_bytes);
        if !what.chars().any(char::is_alphabetic) {
            return None;
        }
        if cut {
            let detail =
                Phrase::new("detail-cut-at").count("limit", options.limits.text_bytes as u64);
            findings.add(number, "what", FindingCode::TooLong, Effect::Repaired, detail);
        }
        let often = shorten(cell(self.often), options.limits.text_bytes).0;
        let long = shorten(cell(self.long), options.limits.text_bytes).0;
        let date = cell(self.date);
        let at = dates::parse(date, DateOrder::DayFirst, options.timezone);
        if at.is_none() && !date.is_empty() {
            let (code, effect) = (FindingCode::BadDate, Effect::Repaired);
            findings.add(number, "date", code, effect, Phrase::new("detail-no-date"));
        }
        let key = format!("{prefix}{number}");
        Some(Answer {
            id: MemberRef { source: SourceKind::Survey, key: key.as_str().into() },
            author: names.person(cell(self.name)),
            at,
            what: what.to_owned(),
            how_often: often.to_owned(),
            how_long: long.to_owned(),
            per_year: if often.is_empty() {
                phrases::in_text_per_year(what)
            } else {
                phrases::per_year(often)
            },
            minutes: if long.is_empty() {
                phrases::in_text_minutes(what)
            } else {
                phrases::minutes(long)
            },
        })
    }
}

/// How a column's cells read.
#[derive(Debug, Clone, Default)]
struct Score {
    filled: usize,
    dates: usize,
    often: usize,
    long: usize,
    letters: usize,
}

impl Score {
    fn observe(&mut self, cell: &str) {
        if cell.is_empty() {
            return;
        }
        self.filled += 1;
        self.letters += cell.chars().take(400).filter(|c| c.is_alphabetic()).count();
        self.dates += usize::from(dates::is_date(cell));
        let short = cell.len() <= 60;
        self.often += usize::from(short && phrases::per_year(cell).is_some());
        self.long += usize::from(short && phrases::in_text_minutes(cell).is_some());
    }
}

/// True if a word of the title begins so ("tijd" in "tijdsduur", not in "altijd"), or if the title
/// holds the whole phrase.
fn speaks_of(title: &str, word: &str) -> bool {
    if word.contains(' ') {
        return title.contains(word);
    }
    title.split(|c: char| !c.is_alphanumeric()).any(|part| part.starts_with(word))
}

fn lower(header: &[String]) -> Vec<String> {
    header.iter().map(|title| title.to_lowercase()).collect()
}

const MAX_COLUMNS: usize = 64;
const LOOKED_AT: u64 = 200;

const OFTEN: &[&str] = &[
    "often",
    "vaak",
    "frequen",
    "hoeveel keer",
    "hoe dikwijls",
    "dikwijls",
    "combien de fois",
    "souvent",
    "wie oft",
    "häufig",
    "haeufig",
    "many times",
    "times per",
    "times a",
    "keren",
    "fréquence",
    "hoeveel maal",
];
const LONG: &[&str] = &[
    "long",
    "lang",
    "duur",
    "tijd",
    "minut",
    "durée",
    "duree",
    "combien de temps",
    "dauer",
    "time",
    "hours",
    "uren",
    "zeit",
    "duration",
];
const DATE: &[&str] =
    &["date", "datum", "tijdstempel", "timestamp", "ingevuld op", "when", "wanneer"];
const WHAT: &[&str] = &[
    "what",
    "wat",
    "chore",
    "klus",
    "taak",
    "task",
    "quoi",
    "tâche",
    "tache",
    "corvée",
    "was ",
    "aufgabe",
    "job",
    "answer",
    "antwoord",
    "saai",
    "boring",
    "quelle",
    "welk",
    "omschrijving",
    "description",
    "werk",
];
const NAME: &[&str] = &["name", "naam", "nom", "wie", "who", "mail", "qui", "medewerker", "wer"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_told_apart_by_their_words() {
        let columns = |titles: &[&str]| {
            let header: Vec<String> = titles.iter().map(|t| t.to_lowercase()).collect();
            let found = Columns::of_header(&header);
            (found.date, found.name, found.what, found.often, found.long)
        };
        for (titles, expected) in [
            (
                &[
                    "Tijdstempel",
                    "Naam",
                    "Wat is het saaiste klusje dat je altijd moet doen voor je naar huis mag?",
                    "Hoe vaak?",
                    "Hoe lang duurt het?",
                ][..],
                (Some(0), Some(1), Some(2), Some(3), Some(4)),
            ),
            (
                &["Timestamp", "What", "How many times?", "Time needed"][..],
                (Some(0), None, Some(1), Some(2), Some(3)),
            ),
            (&["wat", "hoe vaak", "hoe lang"][..], (None, None, Some(0), Some(1), Some(2))),
        ] {
            assert_eq!(columns(titles), expected, "{titles:?}");
        }
    }
}
