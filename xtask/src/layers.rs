//! Who may import whom (style.md §2), held against `cargo metadata`.

use std::{collections::BTreeMap, process::Command};

use anyhow::{Context, Result, bail};

/// A crate of ours, and what it may import of ours.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("kompel-model", &[]),
    ("kompel-ingest", &["kompel-model"]),
    ("kompel-mining", &["kompel-model"]),
    ("kompel-qualify", &["kompel-model", "kompel-mining"]),
    ("kompel-sample", &["kompel-model"]),
    ("kompel-engine", &["kompel-model"]),
    ("kompel-connect", &["kompel-model"]),
    ("kompel-runtime", &["kompel-model", "kompel-engine", "kompel-connect"]),
    ("kompel-domains", &["kompel-model", "kompel-connect"]),
    ("kompel-web", &["kompel-model", "kompel-runtime", "kompel-report"]),
    ("kompel-report", &["kompel-model", "kompel-mining", "kompel-qualify"]),
    (
        "kompel",
        &[
            "kompel-model",
            "kompel-ingest",
            "kompel-mining",
            "kompel-qualify",
            "kompel-sample",
            "kompel-runtime",
            "kompel-engine",
            "kompel-connect",
            "kompel-web",
            "kompel-domains",
            "kompel-report",
        ],
    ),
];

/// Crates that take bytes, time and randomness as arguments.
const PURE: &[&str] = &[
    "kompel-model",
    "kompel-ingest",
    "kompel-mining",
    "kompel-qualify",
    "kompel-engine",
    "kompel-sample",
];

/// What a pure crate must not name: runtimes, sockets, stores, file watchers.
const IMPURE: &[&str] = &["tokio", "reqwest", "hyper", "ureq", "rusqlite", "sqlx", "notify"];

/// Edges that an ADR allows: `ingest` reads SQLite as a file format, in memory only
/// (docs/adr/0004-one-sqlite.md).
const EXCEPT: &[(&str, &str)] = &[("kompel-ingest", "rusqlite")];

/// Crates that are not part of the product.
const OUTSIDE: &[&str] = &["xtask", "kompel-tests", "kompel-peers"];

/// Fails with every edge that the table does not allow.
pub(crate) fn check() -> Result<()> {
    let wrong = violations(&imports()?);
    if wrong.is_empty() {
        return Ok(());
    }
    bail!("layers: {} wrong edges\n  {}", wrong.len(), wrong.join("\n  "))
}

fn violations(imports: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for (name, uses) in imports {
        if OUTSIDE.contains(&name.as_str()) {
            continue;
        }
        let Some(may) = allowed.get(name.as_str()) else {
            wrong.push(format!("{name} is not in the table of xtask/src/layers.rs"));
            continue;
        };
        for used in uses {
            let ours = used.starts_with("kompel");
            if ours && !may.contains(&used.as_str()) {
                wrong.push(format!("{name} may not import {used}"));
            }
            let excepted = EXCEPT.contains(&(name.as_str(), used.as_str()));
            if PURE.contains(&name.as_str()) && IMPURE.contains(&used.as_str()) && !excepted {
                wrong.push(format!("{name} is pure and may not name {used}"));
            }
        }
    }
    wrong
}

/// Each workspace crate with its normal and build dependencies.
fn imports() -> Result<BTreeMap<String, Vec<String>>> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .output()
        .context("running cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    }
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).context("reading cargo metadata")?;
    let packages = metadata["packages"].as_array().context("cargo metadata without packages")?;
    let mut imports = BTreeMap::new();
    for package in packages {
        let name = package["name"].as_str().context("a package without a name")?;
        let uses = package["dependencies"]
            .as_array()
            .context("a package without dependencies")?
            .iter()
            .filter(|d| d["kind"].as_str() != Some("dev"))
            .filter_map(|d| d["name"].as_str().map(str::to_owned))
            .collect();
        imports.insert(name.to_owned(), uses);
    }
    Ok(imports)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_edge_and_an_impure_crate_are_found() {
        let imports = BTreeMap::from([
            ("kompel-mining".to_owned(), vec!["kompel-ingest".to_owned(), "serde".to_owned()]),
            ("kompel-ingest".to_owned(), vec!["tokio".to_owned()]),
            ("kompel-new".to_owned(), Vec::new()),
            ("kompel-report".to_owned(), vec!["kompel-qualify".to_owned()]),
        ]);
        let wrong = violations(&imports);
        assert_eq!(wrong.len(), 3, "{wrong:?}");
    }
}
