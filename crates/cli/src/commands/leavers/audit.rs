//! `kompel leavers audit`: everyone who left, asked after again in every system.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use clap::Args;
use comfy_table::Cell;
use kompel_domains::leavers::{self, Audit, Lingering, RowTrouble, UnusableRow};
use kompel_model::Phrase;
use kompel_report::Wording;
use kompel_runtime::clock;

use super::{
    facts::{self, Names},
    matrix::said,
};
use crate::{
    args::{Global, shown},
    diagnostics::Failure,
    exit::Exit,
    orchestra::{self, Orchestra},
    output::Output,
    session::Session,
};

#[derive(Debug, Args)]
pub(super) struct AuditArgs {
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

pub(super) fn run(args: &AuditArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "leavers audit")?;
    let orchestra = Orchestra::open(&mut session)?;
    let names = Names::of(&session);
    let tenant = session.tenant().clone();
    let now = clock::now();
    let (listed, unusable) = match &args.from {
        Some(path) => leavers::read_list(&bytes(path)?),
        None => (Vec::new(), Vec::new()),
    };
    let runs = facts::all(&orchestra, &tenant, &names, output)?;
    let people = leavers::gone(&leavers::leavers(&runs), listed, now.date_naive());
    let (systems, _) = orchestra::systems(orchestra.runtime.registry(), &session.config);
    let count = u64::try_from(people.len()).unwrap_or(u64::MAX);
    let bar = output.progress().bar(output.wording().word("leavers-asking"), count);
    let asked = leavers::audit(&systems, &tenant, people, now, |done| {
        bar.at(u64::try_from(done).unwrap_or(u64::MAX));
    });
    let audit = Audit { unusable, ..orchestra.wait(asked) };
    drop(bar);
    let exit = if audit.is_clean() { Exit::Done } else { Exit::StillOpen };
    if output.is_json() {
        output.json(&audit)?;
    } else {
        print(&audit, args.from.as_deref(), output);
    }
    Ok(exit)
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let fails = |error: &dyn std::error::Error| {
        let says = Phrase::new("fail-unreadable").text("file", shown(path));
        Failure::new(Exit::Input, says).advise(Phrase::new("advice-no-such-file")).because(error)
    };
    let file = std::fs::File::open(path).map_err(|error| fails(&error))?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| fails(&error))?;
    if bytes.len() as u64 > MOST_BYTES {
        let says = Phrase::new("fail-too-large").text("file", shown(path));
        return Err(Failure::new(Exit::Input, says));
    }
    Ok(bytes)
}

fn print(audit: &Audit, list: Option<&Path>, output: &Output) {
    let wording = output.wording();
    if !audit.open.is_empty() {
        let head = ["name", "days", "last-day", "system", "login", "state"];
        let head = head.map(|name| wording.word(&format!("leavers-audit-head-{name}")));
        let rows = audit.open.iter().map(|it| row(it, wording)).collect();
        output.table(&head, rows, &[1]);
        output.line("");
    }
    for it in &audit.untold {
        let id = if it.because.is_some() { "leavers-audit-silent" } else { "leavers-audit-two" };
        let says = Phrase::new(id).text("name", it.person.called());
        let says = says.text("connection", &it.connection);
        let because = it.because.as_ref().map(|because| said(because, wording));
        output.say(&says.text("because", because.unwrap_or_default()));
    }
    let file = list.map(shown).unwrap_or_default();
    audit.unusable.iter().for_each(|row| output.say(&unusable(row, &file)));
    if !audit.not_connected.is_empty() {
        let names = audit.not_connected.join(", ");
        output.remark(&Phrase::new("leavers-audit-not-connected").text("systems", names));
    }
    output.say(
        &Phrase::new("leavers-audit-counts")
            .number("people", number(audit.people.len()))
            .number("closed", number(audit.closed))
            .number("open", number(audit.open.len())),
    );
}

fn row(it: &Lingering, wording: Wording) -> Vec<Cell> {
    let id = match it.enabled {
        Some(true) => "leaver-account-enabled",
        Some(false) => "leaver-account-disabled",
        None => "leaver-account-unknown",
    };
    let sessions = it.sessions.filter(|count| *count > 0).map(|count| {
        format!(", {}", wording.say(&Phrase::new("leaver-sessions").number("count", count)))
    });
    vec![
        Cell::new(it.person.called()),
        Cell::new(it.days.map_or_else(|| "?".to_owned(), |days| days.to_string())),
        Cell::new(it.last_day.map_or_else(|| "?".to_owned(), |day| day.to_string())),
        Cell::new(format!("{} ({})", it.system, it.connection)),
        Cell::new(&it.login),
        Cell::new(format!("{}{}", wording.word(id), sessions.unwrap_or_default())),
    ]
}

fn unusable(row: &UnusableRow, file: &str) -> Phrase {
    let id = match row.because {
        RowTrouble::Unreadable => "leavers-row-unreadable",
        RowTrouble::NoColumns => "leavers-row-no-columns",
        RowTrouble::Nobody => "leavers-row-nobody",
        RowTrouble::NoDate => "leavers-row-no-date",
        RowTrouble::TooMany => "leavers-row-too-many",
    };
    Phrase::new(id).text("file", file).text("row", row.row.to_string())
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

const MOST_BYTES: u64 = 16 << 20;
