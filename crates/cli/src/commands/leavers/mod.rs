//! `kompel leavers`: everyone who leaves in every system, and what is still open.

mod add;
mod audit;
mod begin;
mod facts;
mod form;
mod matrix;
mod reception;
mod report;

use clap::{Args, Subcommand};

pub(crate) use reception::Desk;

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
    Report(report::ReportArgs),
    Audit(audit::AuditArgs),
    Form(form::FormArgs),
}

pub(crate) fn run(args: &LeaversArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    match &args.action {
        None => matrix::run(args.open, global, output),
        Some(LeaversAction::Add(args)) => add::run(args, global, output),
        Some(LeaversAction::Report(args)) => report::run(args, global, output),
        Some(LeaversAction::Audit(args)) => audit::run(args, global, output),
        Some(LeaversAction::Form(args)) => form::run(args, global, output),
    }
}
