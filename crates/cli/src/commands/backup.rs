//! `kompel backup`: a checked copy of the workspace, made while others work in it.

use std::path::PathBuf;

use clap::Args;
use kompel_model::Phrase;
use kompel_runtime::{
    audit::AuditEvent,
    backup::{Keys, back_up},
    clock,
};

use crate::{
    args::{Global, shown},
    diagnostics::Failure,
    exit::Exit,
    output::Output,
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    #[arg(value_name = "BACKUP")]
    out: PathBuf,
    #[arg(long)]
    with_keys: bool,
}

pub(crate) fn run(args: &BackupArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "backup")?;
    if args.out.exists() {
        return Err(kompel_runtime::Error::Exists(args.out.clone()).into());
    }
    session.audit_key()?;
    let now = clock::now();
    let event =
        AuditEvent::new("backup.made", now).by("operator").detail("with_keys", args.with_keys);
    session.scope().audit(&event)?;
    let keys = if args.with_keys { Keys::Included } else { Keys::LeftOut };
    let bar = output.progress().spinner(output.wording().word("progress-backup"));
    let manifest = back_up(&session.workspace, &args.out, keys, now)?;
    drop(bar);
    if output.is_json() {
        return output
            .json(&serde_json::json!({ "backup": shown(&args.out), "manifest": manifest }));
    }
    output.say(
        &Phrase::new("backup-made")
            .text("folder", shown(&args.out))
            .text("files", manifest.files.len().to_string())
            .text("entries", manifest.audit_entries.to_string()),
    );
    let next = if args.with_keys { "backup-with-keys" } else { "backup-without-keys" };
    output.remark(&Phrase::new(next));
    Ok(Exit::Done)
}
