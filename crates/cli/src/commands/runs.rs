//! `kompel runs` and `kompel show`: what is going on, and the story of one run.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use clap::Args;
use comfy_table::{Cell, Color};
use kompel_model::Phrase;
use kompel_report::reason;
use kompel_runtime::{MissedTime, clock};
use serde_json::json;

use crate::{
    args::Global, diagnostics::Failure, exit::Exit, orchestra::Orchestra, output::Output,
    session::Session, stories,
};

#[derive(Debug, Args)]
pub(crate) struct RunsArgs {
    #[arg(long)]
    open: bool,
    #[arg(long, value_name = "N", default_value_t = 30)]
    most: usize,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    #[arg(value_name = "RUN")]
    run: String,
    #[arg(long)]
    all: bool,
}

pub(crate) fn run(args: &RunsArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "runs")?;
    let orchestra = Orchestra::open(&mut session)?;
    let tenant = session.tenant().clone();
    let mut rows = orchestra.runtime.runs(&tenant, args.most.clamp(1, 10_000))?;
    if args.open {
        rows.retain(|row| row.ended.is_none());
    }
    let approvals = orchestra.runtime.approvals(&tenant)?;
    let questions = orchestra.runtime.questions(&tenant)?;
    let missed = orchestra.runtime.missed(&tenant, clock::now() - MISSED_IS_NEWS)?;
    if output.is_json() {
        return output.json(&json!({
            "runs": rows, "approvals": approvals, "questions": questions, "missed": missed,
        }));
    }
    let head = ["run", "playbook", "state", "requester", "started"];
    let head = head.map(|name| output.wording().word(&format!("runs-head-{name}")));
    let cells = rows.iter().map(|row| {
        let word = output.wording().word(&format!("state-{}", row.state));
        vec![
            Cell::new(&row.id),
            Cell::new(format!("{} {}", row.name, row.version)),
            output.cell(word, colour(&row.state)),
            Cell::new(&row.requester),
            Cell::new(row.started.format("%Y-%m-%d %H:%M").to_string()),
        ]
    });
    output.table(&head, cells.collect(), &[]);
    for approval in &approvals {
        let says = Phrase::new("runs-approval").text("id", &approval.id).text("run", &approval.run);
        let says = says.text("people", approval.people.join(", "));
        output.say(&says.text("question", &approval.question));
    }
    for question in &questions {
        let says = Phrase::new("runs-question").text("run", &question.run);
        let says = says.text("step", question.call.to_string()).text("task", &question.task);
        output.say(&says.arg("because", reason(&question.because)));
    }
    tell_missed(&missed, output);
    Ok(Exit::Done)
}

/// One line for each playbook.
fn tell_missed(missed: &[MissedTime], output: &Output) {
    let mut last: BTreeMap<&str, (u64, &MissedTime)> = BTreeMap::new();
    for one in missed {
        last.entry(&one.playbook).or_insert((0, one)).0 += 1;
    }
    for (playbook, (count, newest)) in last {
        let says = Phrase::new("runs-missed").text("playbook", playbook);
        output.say(
            &says.count("count", count).text("at", newest.at.format("%Y-%m-%d %H:%M").to_string()),
        );
    }
}

/// How long a time that a schedule missed is told of.
const MISSED_IS_NEWS: TimeDelta = TimeDelta::days(7);

pub(crate) fn show(args: &ShowArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, &format!("show {}", args.run))?;
    let orchestra = Orchestra::open(&mut session)?;
    let tenant = session.tenant().clone();
    let run = stories::known(&orchestra, &tenant, &args.run)?;
    let story = orchestra.runtime.show(&tenant, &run)?;
    if output.is_json() {
        return output.json(&story);
    }
    stories::print(&story, args.all, output);
    let trail = session.scope().audit_of_run(&run)?;
    let entries = trail.iter().flat_map(|trail| &trail.entries);
    for entry in entries.filter(|entry| entry.kind == "run.asked-again") {
        let says =
            Phrase::new("story-asked-again").text("who", entry.who.as_deref().unwrap_or("?"));
        let at = entry.at.get(..19).unwrap_or(&entry.at).replace('T', " ");
        output.say(&says.text("at", at));
    }
    stories::tell_whether_it_goes_on(&orchestra, &story, output);
    Ok(Exit::Done)
}

fn colour(state: &str) -> Color {
    match state {
        "completed" => Color::Green,
        "failed" | "incomplete" => Color::Red,
        "waiting" | "running" => Color::Yellow,
        _ => Color::Reset,
    }
}
