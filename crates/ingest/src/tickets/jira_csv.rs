//! Jira's CSV export: repeated columns, comments as `date;author;text`, dates by locale.

use kompel_model::{Reading, SourceKind};

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
    for part in input.parts(&options.limits, &mut desk.findings)? {
        desk.findings.in_file(&part.name);
        let rows = Rows::open(&part, options)?;
        let sheet = Sheet::by_header(&rows.header, Markup::Jira);
        if !sheet.has(&Field::Key) && !sheet.has(&Field::Id) {
            let expected = "Jira CSV export: no column \"Issue key\"".to_owned();
            return Err(Error::WrongFormat { file: part.name.clone(), expected });
        }
        let survey = sheet.survey(&rows, options)?;
        desk.settle_dates("", survey.dates);
        sheet.read(&rows, &mut desk, &mut |desk, row, ticket| desk.keep(row, ticket))?;
    }
    Ok(desk.finish())
}

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
