//! `kompel leavers`: everyone who leaves in every system, and what is still open.

mod add;
mod facts;
mod matrix;

use clap::{Args, Subcommand};

use crate::{args::Global, diagnostics::Failure, exit::Exit, output::Output};

#[derive(Debug, Args)]
pub(crate) struct LeaversArgs {
    #[command(subcommand)]
    action: Option<LeaversAction>,
    #[arg(long)]
    open: bool,
}

#[derive(Debug, Subcommand)]
enum LeaversAction {
    Add(add::AddArgs),
}

pub(crate) fn run(args: &LeaversArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    match &args.action {
        None => matrix::run(args.open, global, output),
        Some(LeaversAction::Add(args)) => add::run(args, global, output),
    }
}
