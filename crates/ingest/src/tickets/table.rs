//! Any other table of tickets or events: CSV or workbook, with the columns' meaning proposed.

use kompel_model::{FindingCode, Phrase, Reading, SourceKind, Ticket};

use crate::{
    Error, Input, Options,
    findings::Findings,
    formats::Sample,
    input::Part,
    text::Markup,
    tickets::{
        desk::Desk,
        headers::Field,
        history::History,
        proposal::{self, ProposedColumn},
        rows::Rows,
        sheet::{self, Sheet},
    },
};

/// A workbook, a text whose header has two columns or more, or a CSV by its name.
pub(crate) fn recognise(sample: &Sample) -> bool {
    if sample.is_workbook() {
        return true;
    }
    let header = sample.header();
    let cells = header.iter().filter(|cell| !cell.is_empty() && cell.len() <= 80).count();
    let name = sample.name.to_lowercase();
    let is_named = name.trim_end_matches(".gz").ends_with(".csv");
    let enough = header.len() >= 2 || is_named && cells == 1;
    enough && header.len() <= 1_000 && cells * 2 > header.len()
}

/// Proposes what each column of a table holds; the user's mapping goes first.
///
/// # Errors
/// If the table can't be read, or the mapping names a field or column that does not exist.
pub fn propose_mapping(input: &Input, options: &Options<'_>) -> Result<Vec<ProposedColumn>, Error> {
    let mut unused = Findings::new(input.name());
    let parts = input.parts(&options.limits, &mut unused)?;
    let Some(part) = parts.first() else {
        return Err(Error::Empty { file: input.name().to_owned() });
    };
    let rows = Rows::open(part, options)?;
    Ok(propose(part, &rows, options)?.columns)
}

fn propose(
    part: &Part<'_>,
    rows: &Rows<'_>,
    options: &Options<'_>,
) -> Result<proposal::Proposal, Error> {
    proposal::propose(rows, options).map_err(|error| match error {
        Error::UnknownColumn { field, column, columns, .. } => {
            Error::UnknownColumn { file: part.name.clone(), field, column, columns }
        }
        other => other,
    })
}

/// Reads every table of the input.
pub(crate) fn read(input: &Input, options: &Options<'_>) -> Result<Reading, Error> {
    let mut desk = Desk::new(SourceKind::Table, input, options);
    let parts = input.parts(&options.limits, &mut desk.findings)?;
    for part in &parts {
        desk.findings.in_file(&part.name);
        let rows = Rows::open(part, options)?;
        let fields = propose(part, &rows, options)?.fields;
        let file = if parts.len() > 1 { format!("{}/", part.name) } else { String::new() };
        read_table(&rows, fields, file, &mut desk)?;
    }
    Ok(desk.finish())
}

fn read_table(
    rows: &Rows<'_>,
    fields: Vec<Field>,
    file: String,
    desk: &mut Desk<'_>,
) -> Result<(), Error> {
    let mut sheet = Sheet::of(&rows.header, fields, Markup::Plain);
    let has_key = sheet.has(&Field::Key) || sheet.has(&Field::Id);
    sheet.keys_by_row = (!has_key).then_some(file);
    let survey = sheet.survey(rows, desk.options)?;
    desk.settle_dates("", survey.dates);
    let is_log = sheet.has(&Field::Activity) && sheet.has(&Field::Key);
    if is_log {
        let mut history = History::default();
        sheet.read(rows, desk, &mut |desk, row, mut ticket| {
            event(&sheet, &mut ticket, row, desk);
            if ticket.activities.is_empty() {
                desk.skip(row, "", FindingCode::BadRow, Phrase::new("detail-event-empty"));
            } else {
                history.add(ticket);
            }
        })?;
        history.settle(desk);
        return Ok(());
    }
    if survey.is_history() && sheet.has(&Field::Updated) {
        let mut history = History::default();
        sheet.read(rows, desk, &mut |_, _, ticket| history.add(ticket))?;
        history.settle(desk);
        return Ok(());
    }
    sheet.read(rows, desk, &mut |desk, row, ticket| desk.keep(row, ticket))
}

/// One row of an event log: its activity, and the case's time as far as this row tells.
fn event(sheet: &Sheet, ticket: &mut Ticket, row: u64, desk: &mut Desk<'_>) {
    let Some(activity) = sheet::activity(sheet, ticket, row, desk) else { return };
    let began = activity.started.unwrap_or(activity.at);
    ticket.created = Some(ticket.created.map_or(began, |created| created.min(began)));
    ticket.resolved = Some(activity.at);
    ticket.activities.push(activity);
}
