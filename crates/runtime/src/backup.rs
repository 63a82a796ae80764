//! Backup and restore: a folder with a consistent copy of the workspace, checked after writing.
//!
//! The database is copied while others go on writing. Secrets go along as they are, encrypted;
//! private keys only where the operator says so. Everything is written beside the folder's name and
//! takes it only when it is whole.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use kompel_model::Timestamp;
use rusqlite::{
    Connection,
    backup::{Backup, StepResult},
};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Fingerprint, Store, Workspace, audit::VerifierKey, files, secrets::Vault, store::Handle,
};

/// What a backup holds, and the SHA-256 of each file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The form of the backup.
    pub kompel_backup: u32,
    /// When it was made.
    pub at: String,
    /// How many entries its audit trail has.
    pub audit_entries: u64,
    /// The public key of its audit trail.
    pub audit_key: Option<String>,
    /// Files by their paths in the backup, with their SHA-256.
    pub files: BTreeMap<String, String>,
}

/// Whether private keys go along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// They do: whoever has the backup can open names and secrets and sign the trail.
    Included,
    /// They stay; without them sealed names and secrets of the backup open nowhere.
    LeftOut,
}

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// The backup's manifest.
    pub manifest: Manifest,
    /// The files that were made.
    pub made: Vec<PathBuf>,
    /// Private keys that neither the backup nor the folder has.
    pub lacking: Vec<PathBuf>,
}

/// Makes a backup in a new folder and checks it.
///
/// # Errors
/// `Exists` if the folder is there; `DamagedBackup` if the copy does not check out, and then the
/// folder is not there either.
pub fn back_up(
    workspace: &Workspace,
    folder: &Path,
    keys: Keys,
    at: Timestamp,
) -> Result<Manifest, Error> {
    if folder.exists() {
        return Err(Error::Exists(folder.to_owned()));
    }
    let beside = files::beside(folder);
    if beside.exists() {
        fs::remove_dir_all(&beside).map_err(cannot(&beside))?;
    }
    fs::create_dir_all(&beside).map_err(cannot(&beside))?;
    private_folder(&beside)?;
    let made = fill(workspace, &beside, keys, at);
    let manifest = made.inspect_err(|_| {
        // The error that led here says more than one about the clearing away.
        let _ = fs::remove_dir_all(&beside);
    })?;
    fs::rename(&beside, folder).map_err(cannot(folder))?;
    files::sync_folder_of(folder)?;
    Ok(manifest)
}

fn fill(
    workspace: &Workspace,
    folder: &Path,
    keys: Keys,
    at: Timestamp,
) -> Result<Manifest, Error> {
    let database = folder.join(DATABASE);
    copy_database(&workspace.database(), &database)?;
    let mut manifest = Manifest {
        kompel_backup: VERSION,
        at: at.to_rfc3339(),
        audit_entries: 0,
        audit_key: None,
        files: BTreeMap::new(),
    };
    manifest.files.insert(DATABASE.to_owned(), fingerprint(&database)?);
    // Without a rotation in between, so that file and key belong together.
    let vault = Vault::new(workspace.secrets(), workspace.secrets_key());
    let turn = if vault.file().exists() { Some(vault.turn()?) } else { None };
    for (name, private) in PARTS {
        let from = workspace.root().join(name);
        if from.is_file() && (!private || keys == Keys::Included) {
            let bytes = fs::read(&from).map_err(cannot(&from))?;
            let to = folder.join(name);
            files::create_private(&to, &bytes)?;
            manifest.files.insert((*name).to_owned(), fingerprint(&to)?);
        }
    }
    drop(turn);
    for tree in TREES {
        copy_tree(workspace.root(), Path::new(tree), folder, &mut manifest.files)?;
    }
    let key = match workspace.read_public_audit_key() {
        Ok(key) => Some(key),
        Err(Error::Missing(_)) => None,
        Err(error) => return Err(error),
    };
    manifest.audit_entries = sound_database(&database, key.as_ref())?;
    manifest.audit_key = key.map(|key| key.to_string());
    let text = serde_json::to_string_pretty(&manifest)
        .map_err(|source| Error::Unwritable { what: "manifest", source })?;
    files::create_private(&folder.join(MANIFEST), text.as_bytes())?;
    check(folder)
}

/// Checks a backup: every file against its SHA-256, the database, its audit trail.
///
/// # Errors
/// `Missing` without a manifest, `DamagedBackup` with what does not hold.
pub fn check(folder: &Path) -> Result<Manifest, Error> {
    let path = folder.join(MANIFEST);
    let text = fs::read_to_string(&path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => Error::Missing(path.clone()),
        _ => Error::File { path: path.clone(), source },
    })?;
    let damaged = |what: String| Error::DamagedBackup { folder: folder.to_owned(), what };
    let manifest: Manifest =
        serde_json::from_str(&text).map_err(|error| damaged(format!("{MANIFEST}: {error}")))?;
    if manifest.kompel_backup != VERSION {
        return Err(damaged(format!("form {}", manifest.kompel_backup)));
    }
    for (name, expected) in &manifest.files {
        let plain =
            Path::new(name).components().all(|c| matches!(c, std::path::Component::Normal(_)));
        if !plain {
            return Err(damaged(format!("unusable path {name:?}")));
        }
        if fingerprint(&folder.join(name))? != *expected {
            return Err(damaged(format!("{name} was changed")));
        }
    }
    let key = manifest.audit_key.as_deref().map(str::parse).transpose()?;
    let entries = sound_database(&folder.join(DATABASE), key.as_ref())?;
    if entries != manifest.audit_entries {
        return Err(damaged(format!("{entries} audit entries, not {}", manifest.audit_entries)));
    }
    Ok(manifest)
}

/// Puts a backup's files into a folder that has no database, after checking it. Files that are
/// there with the same content stay.
///
/// # Errors
/// As [`check`]; `Exists` if a file is there with other content: then nothing was written.
pub fn restore(backup: &Path, root: &Path) -> Result<Restored, Error> {
    let manifest = check(backup)?;
    let mut wanted = Vec::new();
    for name in manifest.files.keys() {
        let (from, to) = (backup.join(name), root.join(name));
        if !to.exists() {
            wanted.push((from, to));
        } else if name == DATABASE || fingerprint(&to)? != manifest.files[name] {
            return Err(Error::Exists(to));
        }
    }
    // The database comes last: a folder without one is no workspace yet, and can be restored again.
    wanted.sort_by_key(|(_, to)| to.ends_with(DATABASE));
    for (from, to) in &wanted {
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(cannot(folder))?;
        }
        let bytes = fs::read(from).map_err(cannot(from))?;
        files::replace_private(to, &bytes)?;
    }
    let private = PARTS.iter().filter(|(_, private)| *private).map(|(name, _)| root.join(name));
    let needed = |path: &PathBuf| !path.ends_with(AGE_KEY) || root.join(AGE_FILE).exists();
    Ok(Restored {
        manifest,
        made: wanted.into_iter().map(|(_, to)| to).collect(),
        lacking: private.filter(|path| !path.exists() && needed(path)).collect(),
    })
}

/// Copies the database as it is at one moment. All pages go in one step: the copy reads one state
/// of the write-ahead log, and writers neither wait for it nor make it begin again.
fn copy_database(from: &Path, to: &Path) -> Result<(), Error> {
    if !from.is_file() {
        return Err(Error::Missing(from.to_owned()));
    }
    let source = Handle::open(|| Connection::open(from))?;
    source.busy_timeout(Duration::from_secs(10))?;
    let mut target = Handle::open(|| Connection::open(to))?;
    let copied = Backup::new(&source, &mut target)?.step(-1)?;
    if copied != StepResult::Done {
        return Err(Error::BusyDatabase(from.to_owned()));
    }
    // One file, without a log beside it that could be left behind.
    target.pragma_update(None, "journal_mode", "DELETE")?;
    drop(target);
    fs::File::open(to).and_then(|file| file.sync_all()).map_err(cannot(to))
}

/// Checks a copied database as a whole; gives the number of its audit entries.
fn sound_database(path: &Path, key: Option<&VerifierKey>) -> Result<u64, Error> {
    let folder = path.parent().unwrap_or(path).to_owned();
    let damaged = |what: String| Error::DamagedBackup { folder: folder.clone(), what };
    let store = Store::inspect(path)?;
    if let Some(line) = store.damage()?.into_iter().next() {
        return Err(damaged(line));
    }
    let trail = store.trail();
    if let Some(key) = key {
        let report = trail.check(key, None)?;
        if let Some(problem) = report.problems.first() {
            return Err(damaged(format!("audit trail: {problem:?}")));
        }
    }
    trail.size()
}

fn copy_tree(
    root: &Path,
    inside: &Path,
    to: &Path,
    seen: &mut BTreeMap<String, String>,
) -> Result<(), Error> {
    let from = root.join(inside);
    if !from.is_dir() || inside.components().count() > DEEPEST {
        return Ok(());
    }
    let folder = to.join(inside);
    fs::create_dir_all(&folder).map_err(cannot(&folder))?;
    for entry in fs::read_dir(&from).map_err(cannot(&from))? {
        let entry = entry.map_err(cannot(&from))?;
        let inside = inside.join(entry.file_name());
        let kind = entry.file_type().map_err(cannot(&from))?;
        if kind.is_dir() {
            copy_tree(root, &inside, to, seen)?;
        } else if kind.is_file() {
            let target = to.join(&inside);
            fs::copy(entry.path(), &target).map_err(cannot(&target))?;
            seen.insert(inside.to_string_lossy().replace('\\', "/"), fingerprint(&target)?);
        }
    }
    Ok(())
}

fn fingerprint(path: &Path) -> Result<String, Error> {
    use std::io::Read as _;
    let mut file = fs::File::open(path).map_err(cannot(path))?;
    let mut print = Fingerprint::default();
    let mut bytes = vec![0; 1 << 20];
    loop {
        match file.read(&mut bytes).map_err(cannot(path))? {
            0 => return Ok(print.finish()),
            read => print.add(&bytes[..read]),
        }
    }
}

fn private_folder(path: &Path) -> Result<(), Error> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))
        .map_err(cannot(path))?;
    Ok(())
}

fn cannot(path: &Path) -> impl Fn(std::io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |source| Error::File { path: path.clone(), source }
}

/// The files of a workspace beside its database, and whether each is a private key.
const PARTS: &[(&str, bool)] = &[
    ("kompel.toml", false),
    ("kompel.audit-key.pub", false),
    (AGE_FILE, false),
    ("kompel.key", true),
    ("kompel.audit-key", true),
    (AGE_KEY, true),
];

/// Folders of a workspace that go along whole.
const TREES: &[&str] = &["playbooks", "files"];

const AGE_FILE: &str = "kompel.secrets.age";
const AGE_KEY: &str = "kompel.age-key";
const DATABASE: &str = "kompel.db";
const MANIFEST: &str = "manifest.json";
const VERSION: u32 = 1;
const DEEPEST: usize = 16;

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use kompel_model::{Secret, TenantId};

    use super::*;
    use crate::audit::AuditEvent;

    fn now() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn workspace() -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().unwrap();
        let (workspace, _) = Workspace::init(&folder.path().join("desk"), "# desk\n").unwrap();
        fs::create_dir_all(workspace.root().join("playbooks/leaver/cases")).unwrap();
        fs::write(workspace.root().join("playbooks/leaver/cases/one.yaml"), "a: 1\n").unwrap();
        let vault = Vault::new(workspace.secrets(), workspace.secrets_key());
        let value = Secret::new("hunter2-hunter2".to_owned());
        vault.set(&TenantId::default(), &"ad".parse().unwrap(), value, now()).unwrap();
        add(&workspace, 1);
        (folder, workspace)
    }

    fn add(workspace: &Workspace, entries: usize) {
        let mut store = workspace.open_store().unwrap();
        for _ in 0..entries {
            let event = AuditEvent::new("step.done", now());
            store.tenant(TenantId::default()).audit(&event).unwrap();
        }
    }

    #[test]
    fn a_copy_made_while_others_write_is_whole() {
        let (folder, workspace) = workspace();
        let (begun, done) = (AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    add(&workspace, 1);
                    begun.store(true, Ordering::Relaxed);
                }
            });
            while !begun.load(Ordering::Relaxed) {
                std::thread::yield_now();
            }
            let mut last = 0;
            for number in 0..10 {
                let target = folder.path().join(format!("backup-{number}"));
                let manifest = back_up(&workspace, &target, Keys::LeftOut, now()).unwrap();
                assert!(manifest.audit_entries >= last);
                last = manifest.audit_entries;
                assert_eq!(check(&target).unwrap(), manifest);
            }
            done.store(true, Ordering::Relaxed);
        });
        assert!(workspace.open_store().unwrap().trail().size().unwrap() > 1);
    }

    #[test]
    fn a_backup_comes_back_as_it_was() {
        let (folder, workspace) = workspace();
        let target = folder.path().join("backup");
        back_up(&workspace, &target, Keys::Included, now()).unwrap();
        add(&workspace, 3);
        let root = folder.path().join("again");
        let restored = restore(&target, &root).unwrap();
        assert!(restored.lacking.is_empty(), "{:?}", restored.lacking);
        let again = Workspace::at(&root).unwrap();
        assert_eq!(again.open_store().unwrap().trail().size().unwrap(), 1);
        let vault = Vault::new(again.secrets(), again.secrets_key());
        assert_eq!(vault.count().unwrap(), 1);
        assert!(root.join("playbooks/leaver/cases/one.yaml").is_file());
        assert!(matches!(restore(&target, &root), Err(Error::Exists(_))));
    }

    #[test]
    fn keys_go_along_only_if_asked_for() {
        let (folder, workspace) = workspace();
        let target = folder.path().join("backup");
        back_up(&workspace, &target, Keys::LeftOut, now()).unwrap();
        let seed = fs::read(workspace.key()).unwrap();
        for name in ["kompel.key", "kompel.audit-key", "kompel.age-key"] {
            assert!(!target.join(name).exists(), "{name}");
        }
        for entry in fs::read_dir(&target).unwrap() {
            let path = entry.unwrap().path();
            let held = if path.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
            assert!(!held.windows(64).any(|bytes| *bytes == seed[..64]), "{}", path.display());
        }
        let restored = restore(&target, &folder.path().join("again")).unwrap();
        assert_eq!(restored.lacking.len(), 3);
    }

    #[test]
    fn a_damaged_backup_is_found_and_nothing_written() {
        let (folder, workspace) = workspace();
        let good = folder.path().join("backup");
        let manifest = back_up(&workspace, &good, Keys::LeftOut, now()).unwrap();
        let root = folder.path().join("again");
        for name in manifest.files.keys() {
            let path = good.join(name);
            let bytes = fs::read(&path).unwrap();
            let mut changed = bytes.clone();
            changed[bytes.len() / 2] ^= 1;
            fs::write(&path, &changed).unwrap();
            assert!(restore(&good, &root).is_err(), "{name} changed");
            fs::remove_file(&path).unwrap();
            assert!(restore(&good, &root).is_err(), "{name} gone");
            fs::write(&path, &bytes).unwrap();
            assert!(!root.exists());
        }
        let text = fs::read_to_string(good.join(MANIFEST)).unwrap();
        fs::write(good.join(MANIFEST), text.replace("kompel.toml", "../outside")).unwrap();
        assert!(matches!(restore(&good, &root), Err(Error::DamagedBackup { .. })));
        fs::write(good.join(MANIFEST), text).unwrap();
        assert!(restore(&good, &root).is_ok());
    }

    #[test]
    fn a_folder_that_is_there_is_not_written_to() {
        let (folder, workspace) = workspace();
        let refused = back_up(&workspace, folder.path(), Keys::LeftOut, now());
        assert!(matches!(refused, Err(Error::Exists(_))));
    }
}
