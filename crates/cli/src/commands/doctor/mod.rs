//! `kompel doctor`: checks the workspace and changes nothing.

mod connections;
mod trust;

use std::path::Path;

use clap::Args;
use kompel_model::Phrase;
use kompel_runtime::{Key, Workspace};
use serde::Serialize;

use crate::{
    args::Global, config::Config, diagnostics::Failure, exit::Exit, output::Output, reading,
    session,
};

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {}

/// One thing that was checked.
#[derive(Debug, Serialize)]
struct Check {
    /// What.
    name: &'static str,
    /// Which file or source.
    of: String,
    /// True if all is well.
    well: bool,
    /// What is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    wrong: Vec<String>,
    /// What works and should be known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    known: Vec<String>,
}

pub(crate) fn run(_: &DoctorArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let workspace = session::find(global)?;
    let config = Config::read(&workspace.config());
    let mut checks = vec![
        check("config", &workspace.config(), wrong(config.as_ref().err(), output)),
        check("key", &workspace.key(), key(&workspace)),
        check("database", &workspace.database(), database(&workspace)),
    ];
    checks.extend(trust::checks(&workspace, output));
    for source in config.iter().flat_map(|config| &config.source) {
        let path = workspace.root().join(&source.path);
        checks.push(check("source", &path, wrong(reading::readable(&path).err().as_ref(), output)));
    }
    if let Ok(config) = &config {
        checks.extend(connections::checks(&workspace, config, output));
    }
    let well = checks.iter().all(|check| check.well);
    if output.is_json() {
        output.json(&serde_json::json!({ "well": well, "checks": checks }))?;
    } else {
        checks.iter().for_each(|check| show(check, output));
        output.remark(&Phrase::new(if well { "doctor-well" } else { "doctor-unwell" }));
    }
    Ok(match config {
        Ok(_) if well => Exit::Done,
        Ok(_) => Exit::Workspace,
        Err(_) => Exit::Configuration,
    })
}

fn check(name: &'static str, path: &Path, wrong: Vec<String>) -> Check {
    Check { name, of: crate::args::shown(path), well: wrong.is_empty(), wrong, known: Vec::new() }
}

fn named(name: &'static str, of: String, wrong: Vec<String>) -> Check {
    Check { name, of, well: wrong.is_empty(), wrong, known: Vec::new() }
}

fn wrong(failure: Option<&Failure>, output: &Output) -> Vec<String> {
    failure.map(|failure| failure.sentences(output.wording())).unwrap_or_default()
}

fn key(workspace: &Workspace) -> Vec<String> {
    let mut wrong = Vec::new();
    if let Err(error) = Key::read(&workspace.key()) {
        wrong.push(error.to_string());
    }
    wrong.extend(too_open(&workspace.key()));
    wrong
}

/// Complains if others than its owner can read a file.
fn too_open(path: &Path) -> Option<String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
        (mode & 0o077 != 0).then(|| format!("mode {mode:o}: chmod 600 {}", path.display()))
    }
    #[cfg(not(unix))]
    None
}

fn database(workspace: &Workspace) -> Vec<String> {
    match workspace.inspect_store().and_then(|store| store.damage()) {
        Ok(damage) => damage,
        Err(error) => vec![error.to_string()],
    }
}

fn show(check: &Check, output: &Output) {
    let name = output.wording().word(&format!("doctor-{}", check.name));
    output.line(&format!("{} {name}: {}", if check.well { "✓" } else { "✗" }, check.of));
    for line in &check.wrong {
        output.line(&format!("    {line}"));
    }
    for line in &check.known {
        output.line(&format!("    ! {line}"));
    }
}
