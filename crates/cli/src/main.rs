//! The binary `kompel`: reads its arguments and configuration, wires the crates, sets exit codes.
//!
//! Holds no rule of discovery or qualification. Each command is a file in `commands/`; what a
//! person reads is in `locales/*/cli.ftl`.

mod answer_files;
mod args;
mod commands;
mod config;
mod diagnostics;
mod exit;
mod findings;
mod handwork;
mod help;
mod hunting;
mod invitations;
mod login;
mod orchestra;
mod output;
mod plans;
mod playbooks;
mod progress;
mod reading;
mod session;
mod stories;
mod tenants;

use std::process::ExitCode;

use crate::{
    args::{Cli, Preview},
    diagnostics::Failure,
    exit::Exit,
    output::Output,
};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let preview = Preview::of(&arguments);
    let wording = kompel_report::wording(preview.language());
    let cli = match Cli::read(&arguments, wording) {
        Ok(cli) => cli,
        Err(error) => return help::refuse(&error).into(),
    };
    let output = Output::new(&cli.global, wording);
    match commands::run(cli, &output) {
        Ok(exit) => exit.into(),
        Err(failure) => report(&failure, &output).into(),
    }
}

fn report(failure: &Failure, output: &Output) -> Exit {
    output.complain(failure);
    failure.exit()
}
