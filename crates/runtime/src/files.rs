//! Writing files so that a crash leaves the old one or the new one, never half of either.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use crate::Error;

/// Makes a file that only its owner can read; fails if it exists.
pub(crate) fn create_private(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let fails = |source| Error::File { path: path.to_owned(), source };
    let mut file = private().create_new(true).open(path).map_err(fails)?;
    file.write_all(bytes).map_err(fails)?;
    file.sync_all().map_err(fails)?;
    sync_folder_of(path)
}

/// Puts these bytes in place of the file, or makes it.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    put(path, bytes, fs::OpenOptions::new().write(true))
}

/// As [`replace`]; only its owner can read the file.
pub(crate) fn replace_private(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    put(path, bytes, &mut private())
}

fn put(path: &Path, bytes: &[u8], options: &mut fs::OpenOptions) -> Result<(), Error> {
    let fails = |source| Error::File { path: path.to_owned(), source };
    let beside = beside(path);
    // What a crash left here is no use to anyone, and must not lend its permissions.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(fails(error)),
        _ => {}
    }
    let mut file = options.create_new(true).open(&beside).map_err(fails)?;
    file.write_all(bytes).map_err(fails)?;
    file.sync_all().map_err(fails)?;
    drop(file);
    fs::rename(&beside, path).map_err(fails)?;
    sync_folder_of(path)
}

/// Makes what was renamed in this file's folder last through a power cut.
pub(crate) fn sync_folder_of(path: &Path) -> Result<(), Error> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        fs::File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| Error::File { path: folder.to_owned(), source })?;
    }
    Ok(())
}

/// The name under which a file is made before it takes its place.
pub(crate) fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

fn private() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
