//! `kompel leavers`: all leavers in all systems.

use comfy_table::{Cell, Color};
use kompel_domains::leavers;
use kompel_model::{LeaverMatrix, LeaverRow, OpenItem, OpenKind, Phrase, Standing};
use kompel_report::Wording;

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

/// What is open and whose turn it is, in a sentence.
pub(super) fn in_words(item: &OpenItem, wording: Wording) -> String {
    let id = match item.what {
        OpenKind::Account => "leavers-open-account",
        OpenKind::Kept => "leavers-open-kept",
        OpenKind::Unknown => "leavers-open-unknown",
        OpenKind::ByHand => "leavers-open-by-hand",
        OpenKind::NoAnswer => "leavers-open-no-answer",
        OpenKind::Approval => "leavers-open-approval",
        OpenKind::Run => "leavers-open-run",
    };
    let place = item.connection.clone().or_else(|| item.system.clone()).unwrap_or_default();
    let says = Phrase::new(id)
        .text("system", place)
        .text("login", item.login.clone().unwrap_or_default());
    let because = item.because.iter().map(|because| format!(": {because}"));
    let because: String = because.collect();
    let turn: Vec<&str> =
        item.turn.iter().map(|who| who.name.as_deref().unwrap_or(&who.id)).collect();
    let turn = if turn.is_empty() {
        wording.word("leavers-turn-operator")
    } else {
        wording.say(&Phrase::new("leavers-turn").text("people", turn.join(", ")))
    };
    let command = item.approval.iter().map(|id| format!(" (kompel approve {id})"));
    format!("{}{because}. {turn}{}", wording.say(&says), command.collect::<String>())
}
