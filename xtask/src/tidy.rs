//! House rules that no compiler checks: file lengths, paths named in documents, Fluent twins.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

/// Lines of a Rust file, tests included, above which it must be split or listed.
const MOST_LINES: usize = 600;

/// Files that may be longer, each with its reason.
const LONG: &[(&str, &str)] = &[];

/// Documents whose named paths must exist.
const DOCUMENTS: &[&str] = &["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];

/// Fails with everything out of order.
pub(crate) fn check(root: &Path) -> Result<()> {
    let files = tracked(root)?;
    let mut wrong = Vec::new();
    for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "rs")) {
        wrong.extend(too_long(root, file)?);
    }
    for document in DOCUMENTS {
        wrong.extend(missing_paths(root, document)?);
    }
    wrong.extend(unequal_locales(root)?);
    if wrong.is_empty() {
        return Ok(());
    }
    bail!("tidy: {} things\n  {}", wrong.len(), wrong.join("\n  "))
}

fn tracked(root: &Path) -> Result<Vec<PathBuf>> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["ls-files", "-z"])
        .output()
        .context("running git ls-files")?;
    Ok(String::from_utf8_lossy(&output.stdout)
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(PathBuf::from)
        .filter(|name| root.join(name).is_file())
        .collect())
}

fn too_long(root: &Path, file: &Path) -> Result<Option<String>> {
    let name = file.display().to_string();
    if LONG.iter().any(|(long, _)| *long == name) {
        return Ok(None);
    }
    let text = fs::read_to_string(root.join(file)).with_context(|| name.clone())?;
    let lines = text.lines().count();
    Ok((lines > MOST_LINES).then(|| format!("{name}: {lines} lines, at most {MOST_LINES}")))
}

/// Paths in backticks of a document that do not exist.
fn missing_paths(root: &Path, document: &str) -> Result<Vec<String>> {
    let path = root.join(document);
    if !path.is_file() {
        return Ok(vec![format!("{document} is missing")]);
    }
    let text = fs::read_to_string(path).with_context(|| document.to_owned())?;
    Ok(named_paths(&text)
        .into_iter()
        .filter(|named| !root.join(named).exists())
        .map(|named| format!("{document} names {named}, which does not exist"))
        .collect())
}

/// Words in backticks that look like paths of this repository.
fn named_paths(text: &str) -> BTreeSet<String> {
    const ROOTS: [&str; 11] = [
        "crates/",
        "xtask/",
        "tests/",
        "docs/",
        "locales/",
        "reports/",
        "ui/",
        "migrations/",
        "fuzz/",
        ".ci/",
        "benches/",
    ];
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| ROOTS.iter().any(|head| word.starts_with(head)))
        .filter(|word| !word.contains(['*', '<', '{', ' ', '…']))
        .map(|word| word.trim_end_matches('/').to_owned())
        .collect()
}

/// Message ids that one language has and the other lacks.
fn unequal_locales(root: &Path) -> Result<Vec<String>> {
    let folder = root.join("locales");
    let mut wrong = Vec::new();
    let Ok(files) = fs::read_dir(folder.join("en")) else {
        return Ok(vec!["locales/en is missing".to_owned()]);
    };
    for file in files {
        let name = file?.file_name();
        let english = message_ids(&fs::read_to_string(folder.join("en").join(&name))?);
        let dutch = fs::read_to_string(folder.join("nl").join(&name)).unwrap_or_default();
        let dutch = message_ids(&dutch);
        let name = name.to_string_lossy();
        for id in english.symmetric_difference(&dutch) {
            let lacking = if english.contains(id) { "nl" } else { "en" };
            wrong.push(format!("locales/{lacking}/{name} lacks {id}"));
        }
    }
    Ok(wrong)
}

fn message_ids(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-'))
        .filter_map(|line| line.split_once('=').map(|(id, _)| id.trim().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_paths_are_found_in_backticks_only() {
        let text = "See `crates/model/src/lib.rs` and crates/none, `docs/adr/` and `kompel run`.";
        let expected: Vec<&str> = vec!["crates/model/src/lib.rs", "docs/adr"];
        assert_eq!(named_paths(text).into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn message_ids_skip_comments_and_continuations() {
        let ids = message_ids("# note\nhello = Hi\n    more = text\nbye = Bye\n");
        assert_eq!(ids, BTreeSet::from(["hello".to_owned(), "bye".to_owned()]));
    }
}
