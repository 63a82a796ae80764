//! `kompel audit`: shows, exports, signs and verifies the audit trail.

use std::{
    fs,
    io::{BufReader, BufWriter},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use kompel_model::Phrase;
use kompel_runtime::{
    audit::{Entry, Problem, Report, Trouble, VerifierKey, verify},
    clock,
};

use crate::{
    args::{Global, shown},
    commands::map::wrote,
    diagnostics::Failure,
    exit::Exit,
    output::Output,
    session::{Session, find, write_file},
};

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    #[command(subcommand)]
    action: AuditAction,
}

#[derive(Debug, Subcommand)]
enum AuditAction {
    Show(ShowArgs),
    Export(ExportArgs),
    Checkpoint(CheckpointArgs),
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
struct ShowArgs {
    #[arg(long, value_name = "N", default_value_t = 20)]
    last: usize,
}

#[derive(Debug, Args)]
struct ExportArgs {
    #[arg(long)]
    all: bool,
    #[arg(value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Args)]
struct CheckpointArgs {
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct VerifyArgs {
    #[arg(value_name = "FILE")]
    export: Option<PathBuf>,
    #[arg(long, value_name = "KEY|FILE")]
    key: Option<String>,
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
}

pub(crate) fn run(args: &AuditArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    match &args.action {
        AuditAction::Show(args) => show(args, global, output),
        AuditAction::Export(args) => export(args, global, output),
        AuditAction::Checkpoint(args) => checkpoint(args, global, output),
        AuditAction::Verify(args) => checked(args, global, output),
    }
}

fn show(args: &ShowArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "audit show")?;
    let entries = session.scope().audit_entries(args.last)?;
    if output.is_json() {
        return output.json(&serde_json::json!({ "entries": entries }));
    }
    if entries.is_empty() {
        output.say(&Phrase::new("audit-empty"));
    }
    entries.iter().for_each(|entry| show_entry(entry, output));
    Ok(Exit::Done)
}

fn show_entry(entry: &Entry, output: &Output) {
    let at = entry.at.get(..19).unwrap_or(&entry.at).replace('T', " ");
    let who = entry.who.as_deref().unwrap_or("-");
    let run = entry.run.iter().map(|run| format!(" {run}")).collect::<String>();
    output.line(&format!("{:>6}  {at}  {}  {who}{run}", entry.place, entry.kind));
    for (name, value) in &entry.details {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        output.line(&format!("        {name}: {value}"));
    }
    for (name, text) in &entry.texts {
        let erased = || output.wording().word("audit-erased");
        output.line(&format!("        {name}: {}", text.clone().unwrap_or_else(erased)));
    }
}

fn export(args: &ExportArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "audit export")?;
    let key = session.audit_key()?;
    let fails = |error: &dyn std::error::Error| unwritable(&args.out, error);
    let file = fs::File::create(&args.out).map_err(|error| fails(&error))?;
    let mut writer = BufWriter::new(file);
    let count = if args.all {
        session.store().trail().export(&key, &mut writer)?
    } else {
        session.scope().export_audit(&key, &mut writer)?
    };
    let file = writer.into_inner().map_err(|error| fails(&error))?;
    file.sync_all().map_err(|error| fails(&error))?;
    if output.is_json() {
        let key = key.verifier().to_string();
        return output.json(&serde_json::json!({
            "file": shown(&args.out), "entries": count, "key": key,
        }));
    }
    wrote(&args.out, output)?;
    output.say(
        &Phrase::new("audit-exported")
            .text("count", count.to_string())
            .text("key", key.verifier().to_string()),
    );
    Ok(Exit::Done)
}

fn checkpoint(args: &CheckpointArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "audit checkpoint")?;
    let key = session.audit_key()?;
    let report = session.store().trail().check(key.verifier(), None)?;
    if !report.is_sound() {
        return judged(&report, None, output);
    }
    let note = session.store().trail().checkpoint(&key, clock::now())?;
    if let Some(out) = &args.out {
        write_file(out, note.as_bytes())?;
    }
    if output.is_json() {
        let key = key.verifier().to_string();
        return output.json(&serde_json::json!({
            "checkpoint": note, "size": report.size, "key": key,
        }));
    }
    match &args.out {
        Some(out) => drop(wrote(out, output)?),
        None => output.line(note.trim_end()),
    }
    output.remark(&Phrase::new("audit-checkpoint-keep"));
    Ok(Exit::Done)
}

fn checked(args: &VerifyArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let key = verifier(args.key.as_deref(), global)?;
    let kept = args.checkpoint.as_ref().map(|path| text_of(path)).transpose()?;
    let report = match &args.export {
        Some(path) => {
            let file = fs::File::open(path).map_err(|error| unreadable(path, &error))?;
            verify(&mut BufReader::new(file), &key, kept.as_deref())
                .map_err(|error| unreadable(path, &error))?
        }
        None => find(global)?.inspect_store()?.trail().check(&key, kept.as_deref())?,
    };
    judged(&report, args.export.as_deref(), output)
}

/// The public key: the one given, as text or in a file, else the workspace's own.
fn verifier(given: Option<&str>, global: &Global) -> Result<VerifierKey, Failure> {
    let Some(given) = given else {
        return Ok(find(global)
            .map_err(|_| {
                Failure::new(Exit::Usage, Phrase::new("fail-audit-no-key"))
                    .advise(Phrase::new("advice-audit-no-key"))
            })?
            .read_public_audit_key()?);
    };
    let path = Path::new(given);
    let text = if path.is_file() { text_of(path)? } else { given.to_owned() };
    Ok(text.trim_end().parse::<VerifierKey>()?)
}

fn text_of(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

fn judged(report: &Report, export: Option<&Path>, output: &Output) -> Result<Exit, Failure> {
    let exit = if report.is_sound() { Exit::Done } else { Exit::Unsound };
    if output.is_json() {
        let sound = report.is_sound();
        output.json(&serde_json::json!({ "sound": sound, "report": report }))?;
        return Ok(exit);
    }
    let of = export.map_or_else(|| report.origin.clone(), shown);
    if report.is_sound() {
        output.say(
            &Phrase::new("audit-sound")
                .text("of", of)
                .text("size", report.size.to_string())
                .text("shown", report.shown.to_string())
                .text("hidden", report.hidden.to_string())
                .text("erased", report.erased.to_string()),
        );
        output.remark(&match report.kept {
            Some(size) => Phrase::new("audit-kept").text("size", size.to_string()),
            None => Phrase::new("audit-no-kept"),
        });
        return Ok(exit);
    }
    output.say(&Phrase::new("audit-unsound").text("of", of));
    for problem in &report.problems {
        output.line(&format!("  {}", worded(problem, output)));
    }
    Ok(exit)
}

fn worded(problem: &Problem, output: &Output) -> String {
    let number = |number: Option<u64>| number.map_or_else(|| "none".to_owned(), |n| n.to_string());
    let place = Phrase::new("audit-problem-where")
        .text("line", number(problem.line))
        .text("place", number(problem.place));
    let (id, expected) = match problem.trouble {
        Trouble::Unreadable => ("audit-unreadable", None),
        Trouble::OtherKey => ("audit-other-key", None),
        Trouble::WrongPlace { expected } => ("audit-wrong-place", Some(expected)),
        Trouble::WrongTurn { expected } => ("audit-wrong-turn", Some(expected)),
        Trouble::WrongLeaf => ("audit-wrong-leaf", None),
        Trouble::WrongText => ("audit-wrong-text", None),
        Trouble::WrongTenant => ("audit-wrong-tenant", None),
        Trouble::WrongRoot => ("audit-wrong-root", None),
        Trouble::WrongSize { expected } => ("audit-wrong-size", Some(expected)),
        Trouble::BadCheckpoint => ("audit-bad-checkpoint", None),
        Trouble::BadSeal => ("audit-bad-seal", None),
        Trouble::CutOff => ("audit-cut-off", None),
        Trouble::Trailing => ("audit-trailing", None),
        Trouble::BadKept => ("audit-bad-kept", None),
        Trouble::ShorterThanKept => ("audit-shorter-than-kept", None),
        Trouble::OtherThanKept => ("audit-other-than-kept", None),
    };
    let says = Phrase::new(id).text("expected", number(expected));
    format!("{}{}", output.wording().say(&place), output.wording().say(&says))
}

fn unwritable(path: &Path, error: &dyn std::error::Error) -> Failure {
    let says = Phrase::new("fail-write").text("file", shown(path));
    Failure::new(Exit::Output, says).advise(Phrase::new("advice-write")).because(error)
}

fn unreadable(path: &Path, error: &dyn std::error::Error) -> Failure {
    let says = Phrase::new("fail-unreadable").text("file", shown(path));
    Failure::new(Exit::Input, says).advise(Phrase::new("advice-no-such-file")).because(error)
}
