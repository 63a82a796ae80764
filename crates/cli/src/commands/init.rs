//! `kompel init`: makes a workspace.

use std::path::PathBuf;

use clap::Args;
use kompel_model::Phrase;
use kompel_runtime::Workspace;

use crate::{
    args::{Global, shown},
    config,
    diagnostics::Failure,
    exit::Exit,
    output::Output,
};

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(crate) fn run(args: &InitArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let here = PathBuf::from(".");
    let root = args.folder.as_ref().or(global.workspace.as_ref()).unwrap_or(&here);
    let (workspace, made) = Workspace::init(root, config::template(output.wording().language()))
        .map_err(|error| {
            let says = Phrase::new("fail-init").text("folder", shown(root));
            Failure::new(Exit::Workspace, says).advise(Phrase::new("advice-write")).because(&error)
        })?;
    if output.is_json() {
        let made: Vec<String> = made.iter().map(|path| shown(path)).collect();
        return output.json(&serde_json::json!({
            "workspace": shown(workspace.root()),
            "made": made,
        }));
    }
    let folder = shown(root);
    if made.is_empty() {
        output.say(&Phrase::new("init-nothing").text("folder", folder));
        return Ok(Exit::Done);
    }
    output.say(&Phrase::new("init-done").text("folder", folder));
    for path in &made {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let about = output.wording().word(&format!("init-{}", name.replace('.', "-")));
        output.line(&format!("  {name:20} {about}"));
    }
    output.gap();
    output.remark(&Phrase::new("init-next"));
    Ok(Exit::Done)
}
