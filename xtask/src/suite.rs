//! The one test command: installs what the tests need, checks the house, runs every test.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{install::Installed, world::say};

/// Runs everything; fails at the first part that fails.
pub(crate) fn run(root: &Path) -> Result<()> {
    let installed = crate::install::run()?;
    heading("layers");
    crate::layers::check()?;
    heading("tidy");
    crate::tidy::check(root)?;
    heading("format");
    crate::format::check(root)?;
    heading("lints");
    cargo(root, &["clippy", "--workspace", "--all-targets", "--locked"])?;
    heading("tests");
    tests(root, &installed)
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
        .current_dir(root)
        .stdout(Stdio::piped())
        .spawn()
        .context("running cargo test")?;
    let out = child.stdout.take().context("cargo test without output")?;
    let mut sum = Sum::default();
    for line in BufReader::new(out).lines() {
        let line = line.context("reading cargo test")?;
        sum.add(&line);
        say(&line);
    }
    let status = child.wait().context("waiting for cargo test")?;
    say(&format!("tests: {} passed, {} failed, {} skipped", sum.passed, sum.failed, sum.ignored));
    if !status.success() || sum.failed > 0 {
        bail!("tests failed");
    }
    if sum.passed == 0 {
        bail!("no test ran");
    }
    Ok(())
}

/// The totals of the runner's own `test result:` lines.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sum {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Sum {
    fn add(&mut self, line: &str) {
        let Some(rest) = line.strip_prefix("test result:") else { return };
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

fn heading(text: &str) {
    say(&format!("== {text}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runners_lines_add_up() {
        let mut sum = Sum::default();
        sum.add("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out");
        sum.add("test a::b ... ok");
        sum.add("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured");
        assert_eq!(sum, Sum { passed: 15, failed: 2, ignored: 1 });
    }
}
