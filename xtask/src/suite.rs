//! The one test command: installs what the tests need, checks the house, runs every test.

use std::{
    collections::BTreeSet,
    fmt,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{install::Installed, world::say};

/// Runs everything; fails at the first part that fails.
pub(crate) fn run(root: &Path) -> Result<()> {
    let installed = crate::install::run()?;
    house(root)?;
    heading("lints");
    cargo(root, &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])?;
    heading("licences, bans, sources");
    if has("deny") {
        // Advisories need a database from the network, so they are for a person to check.
        cargo(root, &["deny", "--all-features", "check", "licenses", "bans", "sources"])?;
    } else {
        say("not run: cargo-deny");
    }
    heading("tests");
    tests(root, &installed)
}

/// What takes seconds and compiles nothing: all that a commit can break without a line of logic.
pub(crate) fn house(root: &Path) -> Result<()> {
    heading("layers");
    crate::layers::check()?;
    heading("tidy");
    crate::tidy::check(root)?;
    heading("format");
    crate::format::check(root)
}

/// True if cargo has this subcommand.
fn has(subcommand: &str) -> bool {
    let mut cargo = Command::new("cargo");
    cargo.args([subcommand, "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    cargo.status().is_ok_and(|status| status.success())
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<()> {
    let status = Command::new("cargo")
        .args(arguments)
        .current_dir(root)
        .status()
        .context("running cargo")?;
    if !status.success() {
        bail!("cargo {} failed", arguments.join(" "));
    }
    Ok(())
}

/// Runs the tests and closes with their sum; a peer that was installed may not be missing.
fn tests(root: &Path, installed: &Installed) -> Result<()> {
    let mut command = Command::new("cargo");
    command.env("KOMPEL_PEERS", &installed.folder);
    if installed.complete {
        command.env("PEERS_REQUIRED", "1");
    }
    let mut child = command
        .args(["test", "--workspace", "--locked", "--no-fail-fast", "--lib", "--bins", "--tests"])
        .args(["--", "--show-output"])
        .current_dir(root)
        .stdout(Stdio::piped())
        .spawn()
        .context("running cargo test")?;
    let out = child.stdout.take().context("cargo test without output")?;
    let mut sum = Sum::default();
    for line in BufReader::new(out).lines() {
        let line = line.context("reading cargo test")?;
        if sum.add(&line) {
            say(&line);
        }
    }
    let status = child.wait().context("waiting for cargo test")?;
    for reason in &sum.not_run {
        say(reason);
    }
    say(&sum.to_string());
    if !status.success() || sum.failed > 0 {
        bail!("tests failed");
    }
    if sum.passed == 0 {
        bail!("no test ran");
    }
    Ok(())
}

/// The totals of the runner's own `test result:` lines; who says `not run` has not passed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sum {
    passed: u64,
    failed: u64,
    ignored: u64,
    /// Tests that said `not run`; the runner counts them among the passed.
    unrun: u64,
    /// What was not run and why, each once.
    not_run: BTreeSet<String>,
    /// Within the output of tests that passed.
    in_successes: bool,
    /// The test whose output this is has said so before.
    counted: bool,
}

impl Sum {
    /// Takes in a line; true if a person should see it now.
    fn add(&mut self, line: &str) -> bool {
        if line == "successes:" || line == "failures:" {
            self.in_successes = line == "successes:";
        }
        if let Some(rest) = line.strip_prefix("test result:") {
            self.in_successes = false;
            self.add_result(rest);
        }
        if self.in_successes {
            self.add_output(line);
        }
        !self.in_successes
    }

    fn add_output(&mut self, line: &str) {
        if line.starts_with("---- ") {
            self.counted = false;
        } else if line.starts_with("not run:") {
            self.not_run.insert(line.to_owned());
            if !self.counted {
                self.unrun += 1;
            }
            self.counted = true;
        }
    }

    fn add_result(&mut self, rest: &str) {
        for part in rest.split([';', '.']) {
            let mut words = part.split_whitespace();
            let (Some(count), Some(what)) = (words.next(), words.next()) else { continue };
            let Ok(count) = count.parse::<u64>() else { continue };
            match what {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.ignored += count,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let passed = self.passed.saturating_sub(self.unrun);
        let (failed, skipped) = (self.failed, self.ignored + self.unrun);
        write!(f, "tests: {passed} passed, {failed} failed, {skipped} skipped")
    }
}

fn heading(text: &str) {
    say(&format!("== {text}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(lines: &[&str]) -> (Sum, usize) {
        let mut sum = Sum::default();
        let shown = lines.iter().filter(|line| sum.add(line)).count();
        (sum, shown)
    }

    #[test]
    fn the_runners_lines_add_up() {
        let (sum, shown) = sum(&[
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out",
            "test a::b ... ok",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured",
        ]);
        assert_eq!(sum.to_string(), "tests: 15 passed, 2 failed, 1 skipped");
        assert_eq!(shown, 3);
    }

    #[test]
    fn a_test_that_says_not_run_is_skipped_once_and_told() {
        let (sum, shown) = sum(&[
            "successes:",
            "---- a stdout ----",
            "not run: samba is absent",
            "not run: samba is absent",
            "---- b stdout ----",
            "read 12 rows",
            "successes:",
            "    a",
            "    b",
            "failures:",
            "---- c stdout ----",
            "not run: what a failed test says is its own affair",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured",
        ]);
        assert_eq!(sum.to_string(), "tests: 1 passed, 1 failed, 1 skipped");
        assert_eq!(sum.not_run.iter().collect::<Vec<_>>(), ["not run: samba is absent"]);
        assert_eq!(shown, 4);
    }
}
