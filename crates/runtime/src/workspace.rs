//! The workspace: a folder with `kompel.toml`, `kompel.db` and `kompel.key`.
//!
//! Owns where its files stand. What `kompel.toml` means is the command line's matter.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{Error, Key, Store};

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
        workspace.open_store()?;
        if !workspace.config().exists() {
            fs::write(workspace.config(), config).map_err(fails(&workspace.config()))?;
            made.push(workspace.config());
        }
        Ok((workspace, made))
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
    fn init_makes_three_files_and_a_second_init_none() {
        let folder = tempfile::tempdir().unwrap();
        let (workspace, made) = Workspace::init(folder.path(), "# one\n").unwrap();
        assert_eq!(made.len(), 3);
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
