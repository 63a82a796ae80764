//! The language against the standard's own documents, and against broken ones.

mod check;
mod documents;
mod mistakes;
mod random;

use std::path::PathBuf;

/// Every part of the language once.
pub(super) const FULL: &str = include_str!("full.yaml");

/// The standard's documents; says so where they are not here.
pub(super) fn standard(folder: &str) -> Vec<(String, String)> {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let near = manifest.ancestors().map(|folder| folder.join("shared"));
    let given = option_env!("KOMPEL_SHARED").map(PathBuf::from);
    let found = given
        .into_iter()
        .chain(near)
        .map(|shared| shared.join("open-workflow").join(folder))
        .find(|folder| folder.is_dir());
    let Some(found) = found else {
        eprintln!("not run: no shared/open-workflow/{folder} here");
        return Vec::new();
    };
    let mut files: Vec<_> = std::fs::read_dir(found)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "yaml" || end == "feature"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// The workflow definitions in the conformance kit.
pub(super) fn scenarios() -> Vec<String> {
    let mut found = Vec::new();
    for (_, text) in standard("ctk/features") {
        for part in text.split("workflow with definition:").skip(1) {
            let block = part.split("\"\"\"").nth(1).unwrap().trim_start_matches("yaml");
            let lines = block.lines().map(|line| line.strip_prefix("    ").unwrap_or(line));
            found.push(lines.collect::<Vec<_>>().join("\n"));
        }
    }
    found
}

/// The text as another reader of YAML 1.2 sees it.
pub(super) fn as_yaml(text: &str) -> Result<serde_json::Value, serde_saphyr::Error> {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options)
}
