//! The workspace's playbooks: where they stand, and those that come with Kompel as a start.
//!
//! A playbook is a folder `playbooks/<name>/` with `playbook.yaml`, `cases/*.yaml` and `README.md`.
//! Nothing registers it: it is there.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use include_dir::{Dir, DirEntry, include_dir};
use kompel_domains::leavers::{Asking, OFFBOARDING, asks_no_sooner};
use kompel_engine::{
    PlaybookRef,
    language::{self, Mistake, Playbook, Severity},
};
use kompel_model::{Catalogue, Phrase, TenantId};
use kompel_runtime::{Library, Source, Workspace};
use serde_json::Value;

use crate::{
    args::shown,
    diagnostics::{Failure, Spot},
    exit::Exit,
    session::write_file,
};

/// The playbooks that come with Kompel.
static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../playbooks");

/// A playbook's file, read.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// Its folder's name.
    pub(crate) name: String,
    /// The file.
    pub(crate) path: PathBuf,
    /// Its text.
    pub(crate) text: String,
}

impl Kept {
    /// The playbook that this text is.
    pub(crate) fn parse(&self) -> Result<Playbook, Failure> {
        language::parse(&self.text, &shown(&self.path)).map_err(|mistakes| self.refuse(&mistakes))
    }

    /// The playbook, with the first of its errors as failure if it has any.
    pub(crate) fn checked(&self, catalogue: &Catalogue) -> Result<Playbook, Failure> {
        let playbook = self.parse()?;
        let wrong: Vec<Mistake> = mistakes(&playbook, catalogue)
            .into_iter()
            .filter(|mistake| mistake.severity == Severity::Error)
            .collect();
        if wrong.is_empty() { Ok(playbook) } else { Err(self.refuse(&wrong)) }
    }

    /// The playbook as a run starts it.
    pub(crate) fn source(&self, playbook: &Playbook) -> Source {
        let document = &playbook.document;
        let text = self.text.clone();
        Source::new(&document.namespace, &document.name, &document.version, text)
    }

    /// The files of its cases, in order of their names.
    pub(crate) fn cases(&self) -> Result<Vec<PathBuf>, Failure> {
        let folder = self.path.with_file_name("cases");
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut files = Vec::new();
        for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))? {
            let path = entry.map_err(|error| unreadable(&folder, &error))?.path();
            if path.extension().is_some_and(|kind| kind == "yaml" || kind == "yml") {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }

    fn refuse(&self, mistakes: &[Mistake]) -> Failure {
        let says = Phrase::new("fail-playbook")
            .text("file", shown(&self.path))
            .number("count", u32::try_from(mistakes.len()).unwrap_or(u32::MAX));
        let failure = Failure::new(Exit::Playbook, says);
        match mistakes.first() {
            Some(mistake) => failure.at(spot(mistake, &self.text)),
            None => failure,
        }
    }
}

/// What is wrong with a playbook that could be read.
pub(crate) fn mistakes(playbook: &Playbook, catalogue: &Catalogue) -> Vec<Mistake> {
    language::check(playbook, catalogue, &kompel_engine::jq::compiles)
}

/// What is wrong, and what to write instead.
pub(crate) fn what(mistake: &Mistake) -> Phrase {
    match &mistake.instead {
        None => mistake.says.clone(),
        Some(instead) => Phrase::new("mistake-with-hint")
            .arg("says", mistake.says.clone())
            .arg("instead", instead.clone()),
    }
}

/// A mistake as a place in the text.
pub(crate) fn spot(mistake: &Mistake, text: &str) -> Spot {
    Spot {
        name: format!("{}:{}:{}", mistake.file, mistake.line, mistake.column),
        text: text.to_owned(),
        bytes: mistake.span.start..mistake.span.end,
        label: what(mistake),
    }
}

/// The folder of the workspace's playbooks.
pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root().join("playbooks")
}

/// The playbook that the user named: a file, a folder, or a name in the workspace.
pub(crate) fn find(workspace: &Workspace, name: &str) -> Result<Kept, Failure> {
    let given = Path::new(name);
    let candidates = [
        given.to_owned(),
        given.join("playbook.yaml"),
        folder(workspace).join(name).join("playbook.yaml"),
    ];
    match candidates.into_iter().find(|path| path.is_file()) {
        Some(path) => read(path),
        None => {
            let says = Phrase::new("fail-no-playbook").text("name", name);
            let advice = if shipped().contains(&name.to_owned()) {
                Phrase::new("advice-playbook-shipped").text("name", name)
            } else {
                Phrase::new("advice-playbooks")
            };
            Err(Failure::new(Exit::NotFound, says).advise(advice))
        }
    }
}

/// All playbooks of the workspace, by name.
pub(crate) fn all(workspace: &Workspace) -> Result<Vec<Kept>, Failure> {
    let folder = folder(workspace);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))? {
        let path = entry.map_err(|error| unreadable(&folder, &error))?.path();
        let file = path.join("playbook.yaml");
        if file.is_file() {
            found.push(read(file)?);
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn read(path: PathBuf) -> Result<Kept, Failure> {
    let size = fs::metadata(&path).map_err(|error| unreadable(&path, &error))?.len();
    if size > MOST_BYTES {
        let says = Phrase::new("fail-too-large").text("file", shown(&path));
        return Err(Failure::new(Exit::Playbook, says));
    }
    let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
    let name = path.parent().and_then(Path::file_name).unwrap_or_default();
    Ok(Kept { name: name.to_string_lossy().into_owned(), path, text })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Playbook, Phrase::new("fail-unreadable").text("file", shown(path)))
        .because(error)
}

/// The names of the playbooks that come with Kompel.
pub(crate) fn shipped() -> Vec<String> {
    SHIPPED.dirs().filter_map(|dir| dir.path().file_name()?.to_str().map(str::to_owned)).collect()
}

/// Copies a shipped playbook into the workspace, under this name; gives the files written.
pub(crate) fn unpack(
    workspace: &Workspace,
    from: &str,
    name: &str,
) -> Result<Vec<PathBuf>, Failure> {
    let dir = SHIPPED.get_dir(from).ok_or_else(|| {
        let says = Phrase::new("fail-no-playbook").text("name", from);
        Failure::new(Exit::NotFound, says).advise(Phrase::new("advice-playbooks"))
    })?;
    let target = vacant(workspace, name)?;
    let mut written = Vec::new();
    let mut left = vec![dir];
    while let Some(dir) = left.pop() {
        for entry in dir.entries() {
            match entry {
                DirEntry::Dir(inner) => left.push(inner),
                DirEntry::File(file) => {
                    let inside = file.path().strip_prefix(from).unwrap_or_else(|_| file.path());
                    let path = target.join(inside);
                    write_file(&path, file.contents())?;
                    written.push(path);
                }
            }
        }
    }
    written.sort();
    Ok(written)
}

/// The folder of a playbook that does not exist yet.
pub(crate) fn vacant(workspace: &Workspace, name: &str) -> Result<PathBuf, Failure> {
    let plain = (1..=64).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !plain {
        let says = Phrase::new("fail-playbook-name").text("name", name);
        return Err(Failure::new(Exit::Usage, says));
    }
    let target = folder(workspace).join(name);
    if target.exists() {
        let says = Phrase::new("fail-playbook-exists").text("folder", shown(&target));
        return Err(Failure::new(Exit::Output, says).advise(Phrase::new("advice-playbook-exists")));
    }
    Ok(target)
}

/// The workspace's playbooks, for those that run others. Every tenant may run all of them: what a
/// tenant may reach is in its connections.
pub(crate) struct Shelf(BTreeMap<(String, String), Vec<Source>>);

impl Shelf {
    /// Takes in every playbook that can be read.
    pub(crate) fn of(playbooks: &[(Kept, Playbook)]) -> Self {
        let mut shelf: BTreeMap<_, Vec<Source>> = BTreeMap::new();
        for (kept, playbook) in playbooks {
            let document = &playbook.document;
            let key = (document.namespace.clone(), document.name.clone());
            shelf.entry(key).or_default().push(kept.source(playbook));
        }
        Self(shelf)
    }
}

impl Library for Shelf {
    fn find(&self, _: &TenantId, namespace: &str, name: &str, version: &str) -> Option<Source> {
        let versions = self.0.get(&(namespace.to_owned(), name.to_owned()))?;
        let fits = |source: &&Source| version == "latest" || source.reference.version == version;
        versions.iter().filter(fits).max_by(|a, b| newer(a, b)).cloned()
    }

    /// Whoever leaves, leaves once, however many tickets, mails and forms say so.
    fn does_already(&self, playbook: &PlaybookRef, under_way: &Value, asked: &Value) -> bool {
        let asking = (Asking::of(under_way), Asking::of(asked));
        playbook.name == OFFBOARDING
            && matches!(asking, (Some(first), Some(second)) if asks_no_sooner(&first, &second))
    }
}

/// Orders by the numbers of the versions.
fn newer(a: &Source, b: &Source) -> std::cmp::Ordering {
    let numbers = |source: &Source| -> Vec<u64> {
        source.reference.version.split(['.', '-']).map(|n| n.parse().unwrap_or(0)).collect()
    };
    numbers(a).cmp(&numbers(b))
}

const MOST_BYTES: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use kompel_engine::{
        cases::{TestCase, play},
        machine::Program,
    };

    use super::*;
    use crate::orchestra;

    fn text(path: &Path) -> &'static str {
        SHIPPED.get_file(path).and_then(include_dir::File::contents_utf8).unwrap()
    }

    #[test]
    fn what_comes_with_kompel_has_no_mistakes_and_its_cases_hold() {
        let catalogue = orchestra::catalogue();
        let mut played = 0;
        for name in shipped() {
            let path = Path::new(&name).join("playbook.yaml");
            let playbook = language::parse(text(&path), &name).unwrap();
            assert_eq!(mistakes(&playbook, &catalogue), Vec::new(), "{name}");
            assert!(
                SHIPPED.get_file(format!("{name}/README.md")).is_some(),
                "{name}: no README.md"
            );
            let source = Source::new("kompel", &name, "1.0.0", text(&path).to_owned());
            let program = Program::new(playbook).unwrap();
            let cases = SHIPPED.get_dir(format!("{name}/cases")).unwrap();
            for file in cases.files() {
                let file_name = file.path().display().to_string();
                let case = TestCase::parse(file.contents_utf8().unwrap(), &file_name).unwrap();
                let outcome = play(&program, source.reference.clone(), &case);
                assert_eq!(outcome.mismatches, Vec::new(), "{file_name}");
                played += 1;
            }
        }
        assert!(played >= 10, "{played} cases");
    }

    #[test]
    fn the_newest_version_is_the_one_with_the_highest_numbers() {
        let source = |version: &str| Source::new("a", "b", version, String::new());
        let (old, new) = (source("1.9.0"), source("1.10.0"));
        assert_eq!(newer(&old, &new), std::cmp::Ordering::Less);
    }
}
