//! `kompel restore`: a workspace from a backup, after checking it; overwrites nothing.

use std::path::PathBuf;

use clap::Args;
use kompel_model::Phrase;
use kompel_runtime::{Workspace, audit::AuditEvent, backup::restore, clock};

use crate::{
    args::{Global, shown},
    diagnostics::Failure,
    exit::Exit,
    output::Output,
};

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(crate) fn run(args: &RestoreArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let here = PathBuf::from(".");
    let root = args.folder.as_ref().or(global.workspace.as_ref()).unwrap_or(&here);
    let restored = restore(&args.backup, root)?;
    let event = AuditEvent::new("workspace.restored", clock::now())
        .by("operator")
        .detail("backup_of", restored.manifest.at.as_str());
    Workspace::at(root)?.open_store()?.tenant(global.tenant.clone()).audit(&event)?;
    if output.is_json() {
        return output.json(&restored);
    }
    output.say(
        &Phrase::new("restored")
            .text("folder", shown(root))
            .text("at", restored.manifest.at.get(..19).unwrap_or_default().replace('T', " "))
            .text("entries", restored.manifest.audit_entries.to_string()),
    );
    for path in &restored.lacking {
        output.say(&Phrase::new("restored-lacking").text("file", shown(path)));
    }
    output.remark(&Phrase::new("restored-next"));
    Ok(Exit::Done)
}
