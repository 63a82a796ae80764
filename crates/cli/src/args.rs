//! The command line: global options, commands, and the language its help is in.
//!
//! Help texts are not here but in `locales/*/cli.ftl`; see `help`.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use kompel_model::{Language, TenantId};
use kompel_report::Wording;
use kompel_runtime::Workspace;

use crate::{commands, config, help};

#[derive(Debug, Parser)]
#[command(name = "kompel", version, disable_help_subcommand = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) workspace: Option<PathBuf>,
    #[arg(long, global = true, value_name = "nl|en")]
    pub(crate) lang: Option<Lang>,
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[arg(long, global = true, value_name = "NAME", default_value = "default")]
    pub(crate) tenant: TenantId,
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    #[arg(long, global = true)]
    pub(crate) reveal: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    Nl,
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Nl => Self::Nl,
            Lang::En => Self::En,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(commands::demo::DemoArgs),
    Init(commands::init::InitArgs),
    Hunt(commands::hunt::HuntArgs),
    Candidates(commands::candidates::CandidatesArgs),
    Explain(commands::explain::ExplainArgs),
    Map(commands::map::MapArgs),
    Pitch(commands::pitch::PitchArgs),
    Decide(commands::decide::DecideArgs),
    Report(commands::report::ReportArgs),
    Findings(commands::findings::FindingsArgs),
    #[command(subcommand_required = true, arg_required_else_help = true)]
    Log(commands::log::LogArgs),
    Reveal(commands::reveal::RevealArgs),
    #[command(subcommand_required = true, arg_required_else_help = true)]
    Audit(commands::audit::AuditArgs),
    #[command(subcommand_required = true, arg_required_else_help = true)]
    Secret(commands::secret::SecretArgs),
    Backup(commands::backup::BackupArgs),
    Restore(commands::restore::RestoreArgs),
    #[command(subcommand_required = true, arg_required_else_help = true)]
    Playbook(commands::playbook::PlaybookArgs),
    Rehearse(commands::run::RehearseArgs),
    Run(commands::run::RunArgs),
    Runs(commands::runs::RunsArgs),
    Show(commands::runs::ShowArgs),
    Approve(commands::answer::AnswerArgs),
    Reject(commands::answer::AnswerArgs),
    Cancel(commands::steer::CancelArgs),
    Resume(commands::steer::ResumeArgs),
    Retry(commands::steer::RetryArgs),
    Leavers(commands::leavers::LeaversArgs),
    Serve(commands::serve::ServeArgs),
    Doctor(commands::doctor::DoctorArgs),
    Completions(commands::completions::CompletionsArgs),
}

impl Cli {
    /// Reads the arguments, with help in the language of `wording`.
    pub(crate) fn read(arguments: &[OsString], wording: Wording) -> Result<Self, clap::Error> {
        let command = help::worded(Self::command(), wording);
        let matches = command.try_get_matches_from(arguments)?;
        Self::from_arg_matches(&matches)
    }
}

/// What must be known before the arguments are read: the language and where to look for it.
pub(crate) struct Preview {
    lang: Option<String>,
    workspace: Option<PathBuf>,
}

impl Preview {
    /// Looks for `--lang` and `--workspace`, without judging the rest.
    pub(crate) fn of(arguments: &[OsString]) -> Self {
        let value = |name: &str| {
            let mut rest = arguments.iter().skip(1).map(|a| a.to_string_lossy());
            while let Some(argument) = rest.next() {
                if argument == name {
                    return rest.next().map(|value| value.into_owned());
                }
                if let Some(value) =
                    argument.strip_prefix(name).and_then(|rest| rest.strip_prefix('='))
                {
                    return Some(value.to_owned());
                }
            }
            None
        };
        Self { lang: value("--lang"), workspace: value("--workspace").map(PathBuf::from) }
    }

    /// The language: `--lang`, else the workspace's, else the environment's, else English.
    pub(crate) fn language(&self) -> Language {
        self.lang
            .as_deref()
            .and_then(spoken)
            .or_else(|| self.configured())
            .or_else(environment)
            .unwrap_or(Language::En)
    }

    fn configured(&self) -> Option<Language> {
        let found = match &self.workspace {
            Some(root) => Workspace::at(root).ok(),
            None => Workspace::above(&std::env::current_dir().ok()?).ok(),
        };
        config::language_of(&found?.config())
    }
}

fn spoken(text: &str) -> Option<Language> {
    match text.parse() {
        Ok(Language::Nl) => Some(Language::Nl),
        Ok(Language::En) => Some(Language::En),
        Ok(Language::Fr | Language::De) | Err(_) => None,
    }
}

#[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
fn environment() -> Option<Language> {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .and_then(|value| spoken(value.get(..2)?))
}

/// A path as the user gave it, for messages.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preview(line: &str) -> Preview {
        let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        Preview::of(&arguments)
    }

    #[test]
    fn the_language_is_known_before_the_arguments_are_read() {
        for (line, lang) in [
            ("kompel --lang nl --help", Some("nl")),
            ("kompel hunt --lang=en", Some("en")),
            ("kompel hunt --lang", None),
            ("kompel", None),
        ] {
            assert_eq!(preview(line).lang.as_deref(), lang, "{line}");
        }
        assert_eq!(preview("kompel --lang nl").language(), Language::Nl);
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
