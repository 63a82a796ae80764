//! Jira's CSV export: repeated columns, comments as `date;author;text`, dates by locale.

use std::collections::BTreeMap;

use kompel_model::{EventLog, PersonId, Reading, SourceKind};

use crate::{
    Error, Input, Options,
    formats::Sample,
    text::Markup,
    tickets::{desk::Desk, headers::Field, rows::Rows, sheet::Sheet},
};

/// A CSV with an issue key or id and a summary.
pub(crate) fn recognise(sample: &Sample) -> bool {
    let any = |names: &[&str]| names.iter().any(|name| sample.has_columns(&[name]));
    any(&SUMMARIES) && any(&KEYS)
}

/// Reads every CSV of the input as one export.
pub(crate) fn read(input: &Input, options: &Options<'_>) -> Result<Reading, Error> {
    let mut desk = Desk::new(SourceKind::Jira, input, options);
    let mut names = BTreeMap::new();
    for part in input.parts(&options.limits, &mut desk.findings)? {
        desk.findings.in_file(&part.name);
        let rows = Rows::open(&part, options)?;
        let sheet = Sheet::by_header(&rows.header, Markup::Jira);
        if !sheet.has(&Field::Key) && !sheet.has(&Field::Id) {
            let expected = "Jira CSV export: no column \"Issue key\"".to_owned();
            return Err(Error::WrongFormat { file: part.name.clone(), expected });
        }
        note_names(&rows, options, &mut names)?;
        let survey = sheet.survey(&rows, options)?;
        desk.settle_dates("", survey.dates);
        sheet.read(&rows, &mut desk, &mut |desk, row, ticket| desk.keep(row, ticket))?;
    }
    let mut reading = desk.finish();
    name_accounts(&mut reading.log, &names);
    Ok(reading)
}

/// Notes whose account each id is: `Reporter Id` beside `Reporter`, and so on. Of several names of
/// one id the first by the alphabet, so that the order of rows decides nothing.
fn note_names(
    rows: &Rows<'_>,
    options: &Options<'_>,
    names: &mut BTreeMap<String, String>,
) -> Result<(), Error> {
    let header: Vec<String> = rows.header.iter().map(|name| name.to_lowercase()).collect();
    let place = |name: &str| header.iter().position(|known| known == name);
    let pairs: Vec<(usize, usize)> = header
        .iter()
        .enumerate()
        .filter(|(_, name)| PEOPLE.iter().any(|person| name.starts_with(person)))
        .filter_map(|(id, name)| {
            let person = name.strip_suffix(" id").or_else(|| name.strip_suffix("-id"))?;
            Some((id, place(person)?))
        })
        .collect();
    if pairs.is_empty() {
        return Ok(());
    }
    rows.each(options, &mut |_, row| {
        for (id, name) in &pairs {
            let (id, name) =
                (row.get(*id).unwrap_or("").trim(), row.get(*name).unwrap_or("").trim());
            if id.is_empty() || name.is_empty() {
                continue;
            }
            match names.get_mut(id) {
                Some(known) if name < known.as_str() => name.clone_into(known),
                Some(_) => {}
                None => {
                    names.insert(id.to_owned(), name.to_owned());
                }
            }
        }
        true
    })
}

/// Comments and work logs state accounts, the other columns names: one person is one person.
fn name_accounts(log: &mut EventLog, names: &BTreeMap<String, String>) {
    let name = |author: &mut Option<PersonId>| {
        if let Some(known) = author.as_ref().and_then(|id| names.get(id.as_str())) {
            *author = Some(PersonId::new(known));
        }
    };
    for ticket in &mut log.tickets {
        ticket.comments.iter_mut().for_each(|comment| name(&mut comment.author));
        ticket.worked.iter_mut().for_each(|worked| name(&mut worked.author));
    }
}

/// Columns that name a person, in Jira's four languages that are read.
const PEOPLE: [&str; 12] = [
    "reporter",
    "assignee",
    "creator",
    "melder",
    "rapporteur",
    "toegewezen",
    "aangemaakt door",
    "auteur",
    "attribution",
    "autor",
    "zugewiesen",
    "ersteller",
];

const SUMMARIES: [&str; 4] = ["summary", "samenvatting", "résumé", "zusammenfassung"];

const KEYS: [&str; 10] = [
    "issue key",
    "key",
    "issue id",
    "sleutel",
    "issuesleutel",
    "issue-sleutel",
    "clé",
    "clé de ticket",
    "schlüssel",
    "vorgangsschlüssel",
];
