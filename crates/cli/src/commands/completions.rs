//! `kompel completions`: the completion script of a shell.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::{args::Cli, diagnostics::Failure, exit::Exit, help, output::Output};

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(crate) fn run(args: &CompletionsArgs, output: &Output) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    let mut command = help::worded(Cli::command(), output.wording());
    clap_complete::generate(args.shell, &mut command, "kompel", &mut script);
    output.line(String::from_utf8_lossy(&script).trim_end());
    Ok(Exit::Done)
}
