//! Help in the user's language: every text of the command line comes from `locales/*/cli.ftl`.
//!
//! Ids: `help-about` and `help-long` for `kompel` itself; `help-<command>` and
//! `help-<command>-long` for a command; `help-<command>--<argument>` for its arguments, and
//! `help--<argument>` for the global ones. A message that is missing leaves the text empty; a test
//! sees to it that none is.

use clap::{Arg, Command};
use kompel_report::Wording;

use crate::exit::Exit;

/// The command with all its texts in the language of `wording`.
pub(crate) fn worded(command: Command, wording: Wording) -> Command {
    let codes = Exit::ALL.map(|exit| {
        format!("  {}  {}", exit.number(), wording.word(&format!("exit-{}", exit.code())))
    });
    let after = format!("{}\n{}", wording.word("help-exit-codes"), codes.join("\n"));
    let command = frame(command, wording)
        .about(wording.word("help-about"))
        .long_about(wording.word("help-long"))
        .after_help(wording.word("help-examples"))
        .after_long_help(format!("{}\n\n{after}", wording.word("help-examples")));
    below(command, "help", wording)
}

fn below(command: Command, prefix: &str, wording: Wording) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let command = command.mut_args(|arg| argument(arg, prefix, wording));
    names.into_iter().fold(command, |command, name| {
        let id = format!("{prefix}-{name}");
        command.mut_subcommand(name, |sub| {
            let sub = frame(sub, wording)
                .about(wording.word(&id))
                .long_about(wording.word(&format!("{id}-long")));
            below(sub, &id, wording)
        })
    })
}

fn argument(arg: Arg, prefix: &str, wording: Wording) -> Arg {
    let name = arg.get_id().to_string();
    let id = if arg.is_global_set() || prefix == "help" || name == "help" {
        format!("help--{name}")
    } else {
        format!("{prefix}--{name}")
    };
    let heading = match (arg.is_positional(), arg.is_global_set()) {
        (true, _) => "help-head-arguments",
        (false, false) => "help-head-options",
        (false, true) => "help-head-global",
    };
    arg.help(wording.word(&id)).help_heading(wording.word(heading))
}

fn frame(command: Command, wording: Wording) -> Command {
    command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(clap::ArgAction::Help)
                .help(wording.word("help--help"))
                .help_heading(wording.word("help-head-options")),
        )
        .subcommand_help_heading(wording.word("help-head-commands"))
        .help_template(format!(
            "{{about-with-newline}}\n{}: {{usage}}\n\n{{all-args}}{{after-help}}",
            wording.word("help-head-usage")
        ))
}

/// Prints what clap has to say, help or a mistake, and gives the exit code.
pub(crate) fn refuse(error: &clap::Error) -> Exit {
    // A closed pipe must not turn help into a failure.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Done }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use kompel_model::Language;

    use super::*;
    use crate::args::Cli;

    fn texts(command: &Command, into: &mut Vec<String>) {
        let mut push = |text: Option<&clap::builder::StyledStr>| {
            into.push(text.map(ToString::to_string).unwrap_or_default());
        };
        push(command.get_about());
        push(command.get_long_about());
        command.get_arguments().for_each(|arg| push(arg.get_help()));
        command.get_subcommands().for_each(|sub| texts(sub, into));
    }

    #[test]
    fn every_command_and_argument_is_explained_in_both_languages() {
        for language in [Language::Nl, Language::En] {
            let mut all = Vec::new();
            texts(&worded(Cli::command(), kompel_report::wording(language)), &mut all);
            assert!(all.len() > 30);
            for text in all {
                assert!(!text.is_empty() && !text.starts_with('['), "{language}: {text:?}");
            }
        }
    }
}
