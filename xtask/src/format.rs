//! rustfmt over every tracked Rust file, also those that only a macro declares.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};

/// Fails if a file is not formatted.
pub(crate) fn check(root: &Path) -> Result<()> {
    run(root, &["--check"])
}

/// Formats every file.
pub(crate) fn write(root: &Path) -> Result<()> {
    run(root, &[])
}

fn run(root: &Path, options: &[&str]) -> Result<()> {
    let listed = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["ls-files", "*.rs"])
        .output()
        .context("running git ls-files")?;
    let names = String::from_utf8_lossy(&listed.stdout).into_owned();
    let files: Vec<&str> = names.lines().filter(|name| root.join(name).is_file()).collect();
    let status = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .args(options)
        .args(&files)
        .current_dir(root)
        .status()
        .context("running rustfmt")?;
    if !status.success() {
        bail!("some files are not formatted: run `cargo xtask fmt`");
    }
    Ok(())
}
