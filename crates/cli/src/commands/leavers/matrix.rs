//! `kompel leavers`: all leavers in all systems.

use comfy_table::{Cell, Color};
use kompel_domains::leavers;
use kompel_model::{LeaverMatrix, LeaverRow, OpenItem, Phrase, Standing};
use kompel_report::{Wording, reason_in_words};

use super::facts::{self, Names};
use crate::{
    args::Global, diagnostics::Failure, exit::Exit, orchestra::Orchestra, output::Output,
    session::Session,
};

pub(super) fn run(only_open: bool, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "leavers")?;
    let orchestra = Orchestra::open(&mut session)?;
    let names = Names::of(&session);
    let tenant = session.tenant().clone();
    let runs = facts::all(&orchestra, &tenant, &names, output)?;
    let mut matrix = leavers::matrix(&runs, &facts::systems(&session, &orchestra));
    for row in &mut matrix.leavers {
        names.complete(row.open.iter_mut().flat_map(|item| &mut item.turn));
    }
    if only_open {
        matrix.leavers.retain(|row| !row.open.is_empty());
    }
    if output.is_json() {
        return output.json(&matrix);
    }
    print(&matrix, output);
    Ok(Exit::Done)
}

fn print(matrix: &LeaverMatrix, output: &Output) {
    let wording = output.wording();
    if matrix.leavers.is_empty() {
        return output.say(&Phrase::new("leavers-none"));
    }
    let mut head: Vec<String> = ["leavers-head-name", "leavers-head-state", "leavers-head-run"]
        .map(|id| wording.word(id))
        .to_vec();
    head.extend(matrix.systems.iter().map(|system| system.id.clone()));
    let rows = matrix.leavers.iter().map(|row| {
        let id = if row.taken_back { "taken-back" } else { row.state.as_str() };
        let mut cells = vec![
            Cell::new(row.person.called()),
            Cell::new(wording.word(&format!("state-{id}"))),
            Cell::new(&row.run),
        ];
        cells.extend(row.cells.iter().map(|cell| {
            let (sign, colour) = sign(cell.standing);
            output.cell(sign, colour)
        }));
        cells
    });
    output.table(&head, rows.collect(), &[]);
    output.remark(&Phrase::new("leavers-legend"));
    for row in &matrix.leavers {
        print_open(row, output);
    }
}

fn print_open(row: &LeaverRow, output: &Output) {
    if row.open.is_empty() {
        return;
    }
    output.line("");
    output.heading(&format!("{}  {}", row.person.called(), row.run));
    for item in &row.open {
        output.line(&format!("  ✗ {}", in_words(item, output.wording())));
    }
}

fn sign(standing: Standing) -> (&'static str, Color) {
    match standing {
        Standing::Closed => ("✓", Color::Green),
        Standing::ClosedByHand => ("✓ʰ", Color::Green),
        Standing::NotThere => ("–", Color::Reset),
        Standing::Open => ("✗", Color::Red),
        Standing::OpenByHand => ("✗ʰ", Color::Red),
        Standing::NoAnswer => ("!", Color::Yellow),
        Standing::NotAsked => ("?", Color::Yellow),
    }
}

/// A reason that may be Kompel's own, or a title of its own before another reason.
pub(super) fn said(text: &str, wording: Wording) -> String {
    let whole = reason_in_words(text, wording);
    match text.split_once(": ") {
        Some((title, rest)) if whole == text => {
            format!("{}: {}", reason_in_words(title, wording), reason_in_words(rest, wording))
        }
        _ => whole,
    }
}

/// What is open, whose turn it is, and by which command.
pub(super) fn in_words(item: &OpenItem, wording: Wording) -> String {
    let because = item.because.as_ref().map(|because| said(because, wording));
    let item = &OpenItem { because, ..item.clone() };
    let command = item.approval.iter().map(|id| format!(" kompel approve {id}"));
    format!("{}{}", kompel_report::open_in_words(item, wording), command.collect::<String>())
}
