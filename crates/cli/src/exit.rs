//! The exit codes, as `kompel --help` lists them.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Something went wrong that should not; worth a report to the makers.
    Unexpected = 1,
    /// The command line can't be understood.
    Usage = 2,
    /// An input can't be read at all, or in no known format.
    Input = 3,
    /// What was asked for is not there: a candidate, a pseudonym, a first hunt.
    NotFound = 4,
    /// There is no workspace, or its database or key can't be used.
    Workspace = 5,
    /// `kompel.toml` holds a mistake.
    Configuration = 6,
    /// An output can't be written.
    Output = 7,
    /// The audit trail or a backup is not what it was when it was written.
    Unsound = 8,
    /// A playbook has a mistake, or one of its cases fails.
    Playbook = 9,
    /// The run ended, but not as completed.
    NotCompleted = 10,
    /// The run waits for a person, a time or a system.
    Waiting = 11,
    /// The answer does not count, or the run can't do that now.
    Refused = 12,
    /// An account of someone who left can still be used, or it can't be told whether one can.
    StillOpen = 13,
}

impl Exit {
    /// All, in order of their numbers.
    pub(crate) const ALL: [Self; 14] = [
        Self::Done,
        Self::Unexpected,
        Self::Usage,
        Self::Input,
        Self::NotFound,
        Self::Workspace,
        Self::Configuration,
        Self::Output,
        Self::Unsound,
        Self::Playbook,
        Self::NotCompleted,
        Self::Waiting,
        Self::Refused,
        Self::StillOpen,
    ];

    /// The number the shell sees.
    pub(crate) fn number(self) -> u8 {
        self as u8
    }

    /// The word for it in JSON and in the ids of its messages.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Unexpected => "unexpected",
            Self::Usage => "usage",
            Self::Input => "input",
            Self::NotFound => "not-found",
            Self::Workspace => "workspace",
            Self::Configuration => "configuration",
            Self::Output => "output",
            Self::Unsound => "unsound",
            Self::Playbook => "playbook",
            Self::NotCompleted => "not-completed",
            Self::Waiting => "waiting",
            Self::Refused => "refused",
            Self::StillOpen => "still-open",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}
