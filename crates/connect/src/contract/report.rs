//! What the suite found, case by case.

use std::{env, fmt};

/// What one case showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The promise was kept.
    Pass,
    /// It was not: how it showed.
    Fail(String),
    /// It could not be tried: why.
    NotRun(String),
}

/// One case of one example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The action, or the connector for its `check`.
    pub action: String,
    /// The example's name, if it has one.
    pub example: &'static str,
    /// The case, as a sentence.
    pub case: &'static str,
    /// What it showed.
    pub verdict: Verdict,
}

/// All outcomes of a connector.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// In the order in which they were run.
    pub outcomes: Vec<Outcome>,
    /// Why the peer could not be started, if so; then only the schemas were looked at.
    pub not_started: Option<String>,
}

impl Report {
    /// The outcomes that broke a promise.
    pub fn broken(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes.iter().filter(|one| matches!(one.verdict, Verdict::Fail(_)))
    }

    /// Prints the report, for whoever runs a test with its output shown.
    ///
    /// # Panics
    /// If a promise was broken, or if the peer is missing where the environment has
    /// `PEERS_REQUIRED`.
    #[expect(clippy::print_stdout, reason = "the report is the test's output")]
    pub fn expect_kept(&self) {
        println!("{self}");
        let broken: Vec<String> = self.broken().map(ToString::to_string).collect();
        assert!(broken.is_empty(), "{} promises broken:\n{}", broken.len(), broken.join("\n"));
        if let Some(why) = &self.not_started {
            assert!(env::var_os("PEERS_REQUIRED").is_none(), "the peer is required here: {why}");
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, why) = match &self.verdict {
            Verdict::Pass => ("pass", ""),
            Verdict::Fail(why) => ("FAIL", why.as_str()),
            Verdict::NotRun(why) => ("not run", why.as_str()),
        };
        write!(f, "{word:7}  {}", self.action)?;
        if !self.example.is_empty() {
            write!(f, " ({})", self.example)?;
        }
        write!(f, ": {}", self.case)?;
        if why.is_empty() { Ok(()) } else { write!(f, ": {why}") }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = &self.not_started {
            writeln!(f, "not run: {why}")?;
        }
        for outcome in &self.outcomes {
            writeln!(f, "{outcome}")?;
        }
        let count = |fits: fn(&Verdict) -> bool| {
            self.outcomes.iter().filter(|one| fits(&one.verdict)).count()
        };
        write!(
            f,
            "{} passed, {} failed, {} not run",
            count(|verdict| matches!(verdict, Verdict::Pass)),
            count(|verdict| matches!(verdict, Verdict::Fail(_))),
            count(|verdict| matches!(verdict, Verdict::NotRun(_))),
        )
    }
}
