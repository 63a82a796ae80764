//! The workspace: a folder with `kompel.toml`, `kompel.db`, `kompel.key` and `kompel.audit-key`.
//!
//! Owns where its files stand. What `kompel.toml` means is the command line's matter.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    Error, Key, Store,
    audit::{AuditKey, VerifierKey, public_beside},
};

/// A folder that is a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace in this folder itself.
    ///
    /// # Errors
    /// `NoWorkspace` if it holds no `kompel.toml`.
    pub fn at(root: &Path) -> Result<Self, Error> {
        let found = Self { root: root.to_owned() };
        if found.config().is_file() { Ok(found) } else { Err(Error::NoWorkspace(root.to_owned())) }
    }

    /// The workspace in this folder or the nearest above it.
    ///
    /// # Errors
    /// `NoWorkspace` if none of them holds a `kompel.toml`.
    pub fn above(folder: &Path) -> Result<Self, Error> {
        folder
            .ancestors()
            .find_map(|root| Self::at(root).ok())
            .ok_or_else(|| Error::NoWorkspace(folder.to_owned()))
    }

    /// Makes a workspace, with this text as its configuration; says which files it made. Never
    /// overwrites: a file that exists stays as it is.
    ///
    /// # Errors
    /// `File` if folder or files can't be written, and whatever opening the store gives.
    pub fn init(root: &Path, config: &str) -> Result<(Self, Vec<PathBuf>), Error> {
        let workspace = Self { root: root.to_owned() };
        let fails = |path: &Path| {
            let path = path.to_owned();
            move |source| Error::File { path, source }
        };
        fs::create_dir_all(root).map_err(fails(root))?;
        let mut made = Vec::new();
        if !workspace.key().exists() {
            Key::create(&workspace.key())?;
            made.push(workspace.key());
        }
        if !workspace.database().exists() {
            made.push(workspace.database());
        }
        let store = workspace.open_store()?;
        if !workspace.audit_key().exists() {
            workspace.new_audit_key(&store)?;
            made.extend([workspace.audit_key(), workspace.public_audit_key()]);
        }
        if !workspace.config().exists() {
            fs::write(workspace.config(), config).map_err(fails(&workspace.config()))?;
            made.push(workspace.config());
        }
        Ok((workspace, made))
    }

    /// Waits until no other process has its turn at this; the turn ends when the file is dropped.
    ///
    /// # Errors
    /// `File` if the lock can't be made.
    pub fn turn(&self, at: &str) -> Result<fs::File, Error> {
        let path = self.database().with_extension(format!("{at}.lock"));
        let fails = |source| Error::File { path: path.clone(), source };
        let file = fs::File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(fails)?;
        file.lock().map_err(fails)?;
        Ok(file)
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The configuration.
    pub fn config(&self) -> PathBuf {
        self.root.join("kompel.toml")
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.root.join("kompel.db")
    }

    /// The key.
    pub fn key(&self) -> PathBuf {
        self.root.join("kompel.key")
    }

    /// The key that signs the audit trail's checkpoints.
    pub fn audit_key(&self) -> PathBuf {
        self.root.join("kompel.audit-key")
    }

    /// Its public half, for auditors.
    pub fn public_audit_key(&self) -> PathBuf {
        public_beside(&self.audit_key())
    }

    /// The secrets, encrypted.
    pub fn secrets(&self) -> PathBuf {
        self.root.join("kompel.secrets.age")
    }

    /// The key that opens them.
    pub fn secrets_key(&self) -> PathBuf {
        self.root.join("kompel.age-key")
    }

    /// Reads the key that signs checkpoints; makes it for a workspace from before there was one.
    ///
    /// # Errors
    /// `Missing` if it is gone: a trail that was ever signed is not signed on with another key.
    pub fn open_audit_key(&self, store: &Store) -> Result<AuditKey, Error> {
        match AuditKey::read(&self.audit_key()) {
            Err(Error::Missing(_)) => self.new_audit_key(store),
            read => read,
        }
    }

    fn new_audit_key(&self, store: &Store) -> Result<AuditKey, Error> {
        if store.trail().last_checkpoint()?.is_some() {
            return Err(Error::Missing(self.audit_key()));
        }
        AuditKey::create(&self.audit_key())
    }

    /// Reads the public half of that key.
    ///
    /// # Errors
    /// `Missing` or `File` if it can't be read, `UnusableVerifierKey` if it holds none.
    pub fn read_public_audit_key(&self) -> Result<VerifierKey, Error> {
        let path = self.public_audit_key();
        let text = fs::read_to_string(&path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => Error::Missing(path),
            _ => Error::File { path, source },
        })?;
        text.trim_end().parse()
    }

    /// Reads the key.
    ///
    /// # Errors
    /// As [`Key::read`].
    pub fn read_key(&self) -> Result<Key, Error> {
        Key::read(&self.key())
    }

    /// Opens the store, making or migrating the database where needed.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_store(&self) -> Result<Store, Error> {
        Store::open(&self.database())
    }

    /// Opens the store without changing anything.
    ///
    /// # Errors
    /// As [`Store::inspect`].
    pub fn inspect_store(&self) -> Result<Store, Error> {
        Store::inspect(&self.database())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn init_makes_its_files_and_a_second_init_none() {
        let folder = tempfile::tempdir().unwrap();
        let (workspace, made) = Workspace::init(folder.path(), "# one\n").unwrap();
        assert_eq!(made.len(), 5);
        assert!(made.iter().all(|path| path.is_file()));
        let key = fs::read(workspace.key()).unwrap();
        let (_, again) = Workspace::init(folder.path(), "# two\n").unwrap();
        assert!(again.is_empty());
        assert_eq!(fs::read(workspace.key()).unwrap(), key);
        assert_eq!(fs::read_to_string(workspace.config()).unwrap(), "# one\n");
    }

    #[test]
    fn a_workspace_is_found_from_a_folder_inside_it() {
        let folder = tempfile::tempdir().unwrap();
        Workspace::init(folder.path(), "").unwrap();
        let inner = folder.path().join("a/b");
        fs::create_dir_all(&inner).unwrap();
        assert_eq!(Workspace::above(&inner).unwrap().root(), folder.path());
        assert!(matches!(Workspace::at(&inner), Err(Error::NoWorkspace(_))));
    }
}
