//! The commands, one file each: its arguments, what it does, what it prints.

pub(crate) mod answer;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod candidates;
pub(crate) mod completions;
pub(crate) mod decide;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod draft;
pub(crate) mod explain;
pub(crate) mod findings;
pub(crate) mod hunt;
pub(crate) mod init;
pub(crate) mod leavers;
pub(crate) mod log;
pub(crate) mod map;
pub(crate) mod pitch;
pub(crate) mod playbook;
pub(crate) mod report;
pub(crate) mod restore;
pub(crate) mod reveal;
pub(crate) mod run;
pub(crate) mod runs;
pub(crate) mod secret;
pub(crate) mod serve;
pub(crate) mod steer;

use crate::{
    args::{Cli, Command},
    diagnostics::Failure,
    exit::Exit,
    output::Output,
};

/// Runs the command that the user asked for.
pub(crate) fn run(cli: Cli, output: &Output) -> Result<Exit, Failure> {
    let global = &cli.global;
    match cli.command {
        Command::Demo(args) => demo::run(&args, global, output),
        Command::Init(args) => init::run(&args, global, output),
        Command::Hunt(args) => hunt::run(&args, global, output),
        Command::Candidates(args) => candidates::run(&args, global, output),
        Command::Explain(args) => explain::run(&args, global, output),
        Command::Map(args) => map::run(&args, global, output),
        Command::Pitch(args) => pitch::run(&args, global, output),
        Command::Decide(args) => decide::run(&args, global, output),
        Command::Report(args) => report::run(&args, global, output),
        Command::Findings(args) => findings::run(&args, global, output),
        Command::Log(args) => log::run(&args, global, output),
        Command::Reveal(args) => reveal::run(&args, global, output),
        Command::Audit(args) => audit::run(&args, global, output),
        Command::Secret(args) => secret::run(&args, global, output),
        Command::Backup(args) => backup::run(&args, global, output),
        Command::Restore(args) => restore::run(&args, global, output),
        Command::Playbook(args) => playbook::run(&args, global, output),
        Command::Rehearse(args) => run::rehearse(&args, global, output),
        Command::Run(args) => run::run(&args, global, output),
        Command::Runs(args) => runs::run(&args, global, output),
        Command::Show(args) => runs::show(&args, global, output),
        Command::Approve(args) => answer::approve(&args, global, output),
        Command::Reject(args) => answer::reject(&args, global, output),
        Command::Cancel(args) => steer::cancel(&args, global, output),
        Command::Resume(args) => steer::resume(&args, global, output),
        Command::Retry(args) => steer::retry(&args, global, output),
        Command::Leavers(args) => leavers::run(&args, global, output),
        Command::Serve(args) => serve::run(&args, global, output),
        Command::Doctor(args) => doctor::run(&args, global, output),
        Command::Completions(args) => completions::run(&args, output),
    }
}
