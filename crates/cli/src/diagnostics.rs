//! Failures as the user sees them: what, where, and what to do; drawn by miette at the edge.

use std::fmt;

use kompel_model::Phrase;
use kompel_report::{Wording, reason_in_words};
use miette::{Diagnostic, LabeledSpan, NamedSource, SourceSpan};

use crate::exit::Exit;

/// Why a command could not do what was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    says: Phrase,
    advice: Option<Box<Phrase>>,
    causes: Vec<String>,
    spot: Option<Box<Spot>>,
}

/// A place in a file that a person wrote.
#[derive(Debug)]
pub(crate) struct Spot {
    /// The file's name.
    pub(crate) name: String,
    /// Its text.
    pub(crate) text: String,
    /// The bytes concerned.
    pub(crate) bytes: std::ops::Range<usize>,
    /// What is wrong there.
    pub(crate) label: Phrase,
}

impl Failure {
    pub(crate) fn new(exit: Exit, says: Phrase) -> Self {
        Self { exit, says, advice: None, causes: Vec::new(), spot: None }
    }

    #[must_use]
    pub(crate) fn advise(mut self, advice: Phrase) -> Self {
        self.advice = Some(Box::new(advice));
        self
    }

    /// Adds why, from the error and all that caused it.
    #[must_use]
    pub(crate) fn because(mut self, error: &dyn std::error::Error) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            self.causes.push(error.to_string());
            next = error.source();
        }
        self
    }

    #[must_use]
    pub(crate) fn at(mut self, spot: Spot) -> Self {
        self.spot = Some(Box::new(spot));
        self
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// The failure in plain sentences.
    pub(crate) fn sentences(&self, wording: Wording) -> Vec<String> {
        let spot = self.spot.iter().map(|spot| wording.say(&spot.label));
        let advice = self.advice.iter().map(|advice| wording.say(advice));
        let says = std::iter::once(wording.say(&self.says));
        says.chain(spot).chain(self.causes(wording)).chain(advice).collect()
    }

    /// The failure as JSON.
    pub(crate) fn json(&self, wording: Wording) -> serde_json::Value {
        serde_json::json!({"error": {
            "exit": self.exit.number(),
            "code": self.exit.code(),
            "message": wording.say(&self.says),
            "advice": self.advice.as_ref().map(|advice| wording.say(advice)),
            "mistake": self.spot.as_ref().map(|spot| wording.say(&spot.label)),
            "causes": self.causes(wording),
        }})
    }

    fn causes(&self, wording: Wording) -> Vec<String> {
        self.causes.iter().map(|cause| reason_in_words(cause, wording)).collect()
    }

    /// The failure in words, for miette to draw.
    pub(crate) fn worded(&self, wording: Wording) -> Worded<'_> {
        Worded {
            failure: self,
            says: wording.say(&self.says),
            advice: self.advice.as_ref().map(|advice| wording.say(advice)),
            label: self.spot.as_ref().map(|spot| wording.say(&spot.label)),
            cause: Cause::chain(&self.causes(wording)),
            source: self.spot.as_ref().map(|s| NamedSource::new(&s.name, s.text.clone())),
        }
    }
}

impl From<kompel_runtime::Error> for Failure {
    fn from(error: kompel_runtime::Error) -> Self {
        use kompel_runtime::Error;
        let failure = match &error {
            Error::NoWorkspace(folder) => {
                let says =
                    Phrase::new("fail-no-workspace").text("folder", crate::args::shown(folder));
                return Self::new(Exit::Workspace, says).advise(Phrase::new("advice-init"));
            }
            Error::Missing(path) => {
                let says = Phrase::new("fail-missing").text("file", crate::args::shown(path));
                return Self::new(Exit::Workspace, says).advise(Phrase::new("advice-doctor"));
            }
            error => {
                let (exit, says, advice) = sorted(error);
                Self::new(exit, Phrase::new(says)).advise(Phrase::new(advice))
            }
        };
        failure.because(&error)
    }
}

/// What an error of the runtime means to the user: exit code, sentence, advice.
fn sorted(error: &kompel_runtime::Error) -> (Exit, &'static str, &'static str) {
    use kompel_runtime::Error;
    if let Some(trouble) = error.disk() {
        return of_disk(trouble);
    }
    match error {
        Error::TooNew { .. } => (Exit::Workspace, "fail-too-new", "advice-upgrade"),
        Error::Exists(_) => (Exit::Output, "fail-exists", "advice-exists"),
        Error::DamagedBackup { .. } => (Exit::Unsound, "fail-backup", "advice-backup"),
        Error::UnsoundTrail | Error::UnreadableEntry(_) => {
            (Exit::Unsound, "fail-trail", "advice-trail")
        }
        Error::UnusableVerifierKey => (Exit::Usage, "fail-audit-key", "advice-audit-no-key"),
        Error::UnusableSecretName => (Exit::Usage, "fail-secret-name", "advice-secret-name"),
        Error::UnknownSecret { .. } => (Exit::NotFound, "fail-secret", "advice-secret-set"),
        Error::SecretTooShort { .. } => (Exit::Input, "fail-secret-short", "advice-secret-short"),
        Error::MisplacedReference(_) => {
            (Exit::Configuration, "fail-secret-place", "advice-secret-place")
        }
        Error::WrongSecretsKey(_) => (Exit::Workspace, "fail-secrets-key", "advice-secrets-key"),
        _ => (Exit::Workspace, "fail-workspace", "advice-doctor"),
    }
}

/// What a full or read-only disk means to the user.
fn of_disk(trouble: kompel_runtime::DiskTrouble) -> (Exit, &'static str, &'static str) {
    use kompel_runtime::DiskTrouble;
    match trouble {
        DiskTrouble::Full => (Exit::Workspace, "fail-disk-full", "advice-disk-full"),
        DiskTrouble::ReadOnly => (Exit::Workspace, "fail-read-only", "advice-read-only"),
    }
}

impl From<kompel_runtime::RuntimeError> for Failure {
    fn from(error: kompel_runtime::RuntimeError) -> Self {
        use kompel_runtime::RuntimeError;
        match error {
            RuntimeError::Store(error) => error.into(),
            RuntimeError::NotDriver => Self::new(Exit::Workspace, Phrase::new("fail-driven"))
                .advise(Phrase::new("advice-driven")),
            RuntimeError::Playbook(_) => {
                Self::new(Exit::Playbook, Phrase::new("fail-run")).because(&error)
            }
            RuntimeError::Journal(_) | RuntimeError::Run(_) => {
                let trouble = match &error {
                    RuntimeError::Journal(error) => error.disk(),
                    _ => None,
                };
                let (exit, says, advice) =
                    trouble.map_or((Exit::Workspace, "fail-run", "advice-doctor"), of_disk);
                Self::new(exit, Phrase::new(says)).advise(Phrase::new(advice)).because(&error)
            }
        }
    }
}

/// A failure in the user's language.
#[derive(Debug)]
pub(crate) struct Worded<'a> {
    failure: &'a Failure,
    says: String,
    advice: Option<String>,
    label: Option<String>,
    cause: Option<Box<Cause>>,
    source: Option<NamedSource<String>>,
}

impl fmt::Display for Worded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)
    }
}

impl std::error::Error for Worded<'_> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

impl Diagnostic for Worded<'_> {
    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.advice.as_ref().map(|advice| Box::new(advice) as Box<dyn fmt::Display + '_>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.source.as_ref().map(|source| source as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let spot = self.failure.spot.as_ref()?;
        let span = SourceSpan::from(spot.bytes.clone());
        let label = LabeledSpan::new_primary_with_span(self.label.clone(), span);
        Some(Box::new(std::iter::once(label)))
    }
}

/// One cause and what caused that.
#[derive(Debug)]
struct Cause {
    says: String,
    next: Option<Box<Self>>,
}

impl Cause {
    fn chain(causes: &[String]) -> Option<Box<Self>> {
        let (first, rest) = causes.split_first()?;
        Some(Box::new(Self { says: first.clone(), next: Self::chain(rest) }))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.next.as_deref().map(|next| next as _)
    }
}
