//! `kompel playbook`: the author's loop. New, check, test, schema, list.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use comfy_table::Cell;
use kompel_engine::{
    cases::{Mismatch, Played, TestCase, play},
    language::{self, Mistake, Severity},
    machine::Program,
};
use kompel_model::Phrase;
use kompel_report::Wording;
use serde_json::json;

use crate::{
    args::{Global, shown},
    diagnostics::{Failure, Spot},
    exit::Exit,
    orchestra,
    output::Output,
    playbooks::{self, Kept},
    session,
};

#[derive(Debug, Args)]
pub(crate) struct PlaybookArgs {
    #[command(subcommand)]
    command: PlaybookCommand,
}

#[derive(Debug, Subcommand)]
enum PlaybookCommand {
    New(NewArgs),
    Check(NamesArgs),
    Test(NamesArgs),
    Schema(SchemaArgs),
    List(ListArgs),
}

#[derive(Debug, Args)]
struct NewArgs {
    #[arg(value_name = "NAME")]
    name: String,
    #[arg(long, value_name = "CANDIDATE")]
    from: Option<String>,
    #[arg(long, value_name = "NAME")]
    like: Option<String>,
}

#[derive(Debug, Args)]
struct NamesArgs {
    #[arg(value_name = "PLAYBOOK")]
    names: Vec<String>,
}

#[derive(Debug, Args)]
struct SchemaArgs {
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct ListArgs {}

pub(crate) fn run(args: &PlaybookArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    match &args.command {
        PlaybookCommand::New(args) => new(args, global, output),
        PlaybookCommand::Check(args) => check(args, global, output),
        PlaybookCommand::Test(args) => test(args, global, output),
        PlaybookCommand::Schema(args) => schema(args, output),
        PlaybookCommand::List(_) => list(global, output),
    }
}

fn new(args: &NewArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let workspace = session::find(global)?;
    let written = match &args.from {
        Some(candidate) => super::draft::write(candidate, &args.name, global, output)?,
        None => {
            let like = args.like.clone().unwrap_or_else(|| {
                let known = playbooks::shipped().contains(&args.name);
                if known { args.name.clone() } else { "access-request".to_owned() }
            });
            playbooks::unpack(&workspace, &like, &args.name)?
        }
    };
    if output.is_json() {
        let files: Vec<String> = written.iter().map(|path| shown(path)).collect();
        return output.json(&json!({ "name": args.name, "files": files }));
    }
    for path in &written {
        output.say(&Phrase::new("wrote").text("file", shown(path)));
    }
    output.remark(&Phrase::new("playbook-new-next").text("name", &args.name));
    Ok(Exit::Done)
}

/// The playbooks that the user named, or all.
fn named(args: &NamesArgs, global: &Global) -> Result<Vec<Kept>, Failure> {
    let workspace = session::find(global)?;
    if args.names.is_empty() {
        let all = playbooks::all(&workspace)?;
        if all.is_empty() {
            let says = Phrase::new("fail-no-playbooks");
            return Err(Failure::new(Exit::NotFound, says).advise(Phrase::new("advice-playbooks")));
        }
        return Ok(all);
    }
    args.names.iter().map(|name| playbooks::find(&workspace, name)).collect()
}

fn check(args: &NamesArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let catalogue = orchestra::catalogue();
    let mut all = Vec::new();
    for kept in named(args, global)? {
        let found = match language::parse(&kept.text, &shown(&kept.path)) {
            Ok(playbook) => playbooks::mistakes(&playbook, &catalogue),
            Err(mistakes) => mistakes,
        };
        if !output.is_json() {
            tell(&kept, &found, output);
        }
        all.push((kept, found));
    }
    let wrong = all.iter().flat_map(|(_, found)| found).any(|m| m.severity == Severity::Error);
    if output.is_json() {
        let books: Vec<_> = all
            .iter()
            .map(|(kept, found)| {
                json!({
                    "name": kept.name,
                    "file": shown(&kept.path),
                    "mistakes": found
                        .iter()
                        .map(|mistake| mistake_json(mistake, output.wording()))
                        .collect::<Vec<_>>(),
                })
            })
            .collect();
        output.json(&json!({ "well": !wrong, "playbooks": books }))?;
    }
    Ok(if wrong { Exit::Playbook } else { Exit::Done })
}

fn tell(kept: &Kept, found: &[Mistake], output: &Output) {
    for mistake in found {
        let id = match mistake.severity {
            Severity::Error => "playbook-mistake",
            Severity::Warning => "playbook-warning",
        };
        let spot: Spot = playbooks::spot(mistake, &kept.text);
        output.complain(&Failure::new(Exit::Playbook, Phrase::new(id)).at(spot));
    }
    let errors = found.iter().filter(|m| m.severity == Severity::Error).count();
    let warnings = found.len() - errors;
    let says = Phrase::new(if errors == 0 { "playbook-well" } else { "playbook-unwell" });
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let says = says.text("name", &kept.name).number("errors", count(errors));
    output.say(&says.number("warnings", count(warnings)));
}

fn mistake_json(mistake: &Mistake, wording: Wording) -> serde_json::Value {
    json!({
        "severity": match mistake.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "code": mistake.code,
        "line": mistake.line,
        "column": mistake.column,
        "message": wording.say(&mistake.says),
        "hint": mistake.instead.as_ref().map(|hint| wording.say(hint)).unwrap_or_default(),
    })
}

/// One case, played.
struct Tried {
    playbook: String,
    file: PathBuf,
    name: String,
    played: Option<Played>,
    wrong: Vec<String>,
}

fn test(args: &NamesArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let catalogue = orchestra::catalogue();
    let mut tried = Vec::new();
    for kept in named(args, global)? {
        let playbook = kept.checked(&catalogue)?;
        let reference = kept.source(&playbook).reference;
        let program = Program::new(playbook).map_err(|mistakes| {
            let says = Phrase::new("fail-playbook").text("file", shown(&kept.path));
            let says = says.number("count", u32::try_from(mistakes.len()).unwrap_or(u32::MAX));
            let failure = Failure::new(Exit::Playbook, says);
            match mistakes.first() {
                Some(mistake) => failure.at(playbooks::spot(mistake, &kept.text)),
                None => failure,
            }
        })?;
        for file in kept.cases()? {
            let text = std::fs::read_to_string(&file).map_err(|error| {
                let says = Phrase::new("fail-unreadable").text("file", shown(&file));
                Failure::new(Exit::Playbook, says).because(&error)
            })?;
            tried.push(one(&kept, &program, &reference, file, &text));
        }
    }
    report(&tried, output)
}

fn one(
    kept: &Kept,
    program: &Program,
    reference: &kompel_engine::PlaybookRef,
    file: PathBuf,
    text: &str,
) -> Tried {
    let playbook = kept.name.clone();
    match TestCase::parse(text, &shown(&file)) {
        Ok(case) => {
            let played = play(program, reference.clone(), &case);
            let wrong = played.mismatches.iter().map(Mismatch::to_string).collect();
            Tried { playbook, file, name: case.name, played: Some(played), wrong }
        }
        Err(error) => Tried {
            playbook,
            name: shown(&file),
            file,
            played: None,
            wrong: vec![error.to_string()],
        },
    }
}

fn report(tried: &[Tried], output: &Output) -> Result<Exit, Failure> {
    let failed = tried.iter().filter(|case| !case.wrong.is_empty()).count();
    if output.is_json() {
        let cases: Vec<_> = tried
            .iter()
            .map(|case| {
                json!({
                    "playbook": case.playbook,
                    "file": shown(&case.file),
                    "name": case.name,
                    "passed": case.wrong.is_empty(),
                    "steps": case.played.as_ref().map(|played| played.steps.len()),
                    "wrong": case.wrong,
                })
            })
            .collect();
        output
            .json(&json!({ "passed": tried.len() - failed, "failed": failed, "cases": cases }))?;
    } else {
        for case in tried {
            let mark = if case.wrong.is_empty() { "✓" } else { "✗" };
            output.line(&format!("{mark} {}: {}", case.playbook, case.name));
            for wrong in &case.wrong {
                output.line(&format!("    {wrong}"));
            }
            if !case.wrong.is_empty() {
                output.line(&format!("    {}", shown(&case.file)));
            }
        }
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let says = Phrase::new("playbook-tested").number("passed", count(tried.len() - failed));
        output.say(&says.number("failed", count(failed)));
    }
    Ok(if failed > 0 { Exit::Playbook } else { Exit::Done })
}

fn schema(args: &SchemaArgs, output: &Output) -> Result<Exit, Failure> {
    let schema = language::schema(&orchestra::catalogue());
    let Some(path) = &args.out else { return output.json(&schema) };
    let text = format!("{schema:#}\n");
    session::write_file(path, text.as_bytes())?;
    output.say(&Phrase::new("wrote").text("file", shown(path)));
    Ok(Exit::Done)
}

fn list(global: &Global, output: &Output) -> Result<Exit, Failure> {
    let workspace = session::find(global)?;
    let here = playbooks::all(&workspace)?;
    let rows: Vec<(String, Option<language::Playbook>)> = here
        .iter()
        .map(|kept| (kept.name.clone(), language::parse(&kept.text, &shown(&kept.path)).ok()))
        .collect();
    if output.is_json() {
        let books: Vec<_> = rows
            .iter()
            .map(|(name, playbook)| {
                let document = playbook.as_ref().map(|playbook| &playbook.document);
                json!({
                    "name": name,
                    "version": document.map(|document| &document.version),
                    "title": document.and_then(|document| document.title.as_ref()),
                    "readable": document.is_some(),
                })
            })
            .collect();
        return output.json(&json!({ "playbooks": books, "shipped": playbooks::shipped() }));
    }
    let head = ["playbook-head-name", "playbook-head-version", "playbook-head-title"];
    let head = head.map(|id| output.wording().word(id));
    let cells = rows.iter().map(|(name, playbook)| {
        let (version, title) = match playbook {
            Some(playbook) => (
                playbook.document.version.clone(),
                playbook.document.title.clone().unwrap_or_default(),
            ),
            None => ("?".to_owned(), output.wording().word("playbook-unreadable")),
        };
        vec![Cell::new(name), Cell::new(version), Cell::new(title)]
    });
    output.table(&head, cells.collect(), &[]);
    output.remark(&Phrase::new("playbook-shipped").text("names", playbooks::shipped().join(", ")));
    Ok(Exit::Done)
}
