//! A path to an input: a file as a stream, or the bytes of all files of a folder, bounded.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use kompel_ingest::Input;
use kompel_model::Phrase;
use kompel_runtime::Fingerprint;

use crate::{args::shown, diagnostics::Failure, exit::Exit};

/// What stands behind a path, and its fingerprint.
pub(crate) struct Bytes {
    pub(crate) input: Input,
    pub(crate) sha256: String,
}

/// Opens a file, or reads all files of a folder and its folders in order of their names.
pub(crate) fn load(path: &Path) -> Result<Bytes, Failure> {
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let mut print = Fingerprint::default();
    if metadata.is_dir() {
        let files = folder(path)?;
        for (name, bytes) in &files {
            print.add(name.as_bytes());
            print.add(bytes);
        }
        let input = Input::Folder { name, files };
        return Ok(Bytes { input, sha256: print.finish() });
    }
    let mut file = fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk).map_err(|error| unreadable(path, &error))? {
            0 => break,
            some => print.add(&chunk[..some]),
        }
    }
    let path = path.to_owned();
    let open = Box::new(move || {
        fs::File::open(&path).map(|file| Box::new(file) as Box<dyn io::Read + Send>)
    });
    Ok(Bytes { input: Input::Stream { name, open }, sha256: print.finish() })
}

/// Fails if the path is not there or can't be opened; reads nothing of it.
pub(crate) fn readable(path: &Path) -> Result<(), Failure> {
    let opened = match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::read_dir(path).map(drop),
        Ok(_) => fs::File::open(path).map(drop),
        Err(error) => Err(error),
    };
    opened.map_err(|error| unreadable(path, &error))
}

fn folder(root: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut files = Vec::new();
    let mut bytes_left = MOST_BYTES;
    for path in paths(root)? {
        let bytes = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
        bytes_left = bytes_left.checked_sub(bytes.len() as u64).ok_or_else(|| too_large(root))?;
        let inside = path.strip_prefix(root).unwrap_or(&path);
        let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
        files.push((parts.join("/"), bytes));
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(files)
}

/// The files below a folder; links are not followed, so that no circle traps us.
fn paths(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut folders = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&folder, &error))?;
            let kind = entry.file_type().map_err(|error| unreadable(&entry.path(), &error))?;
            if kind.is_dir() && depth < DEEPEST {
                folders.push((entry.path(), depth + 1));
            } else if kind.is_file() {
                found.push(entry.path());
            }
            if found.len() > MOST_FILES {
                return Err(too_large(root));
            }
        }
    }
    Ok(found)
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let says = Phrase::new("fail-unreadable").text("file", shown(path));
    let advice = match error.kind() {
        io::ErrorKind::NotFound => "advice-no-such-file",
        io::ErrorKind::PermissionDenied => "advice-no-permission",
        _ => "advice-read-again",
    };
    Failure::new(Exit::Input, says).advise(Phrase::new(advice)).because(error)
}

fn too_large(path: &Path) -> Failure {
    let says = Phrase::new("fail-too-large").text("file", shown(path));
    Failure::new(Exit::Input, says).advise(Phrase::new("advice-too-large"))
}

const MOST_FILES: usize = 200_000;
const MOST_BYTES: u64 = 8 << 30;
const DEEPEST: usize = 16;
const CHUNK_BYTES: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_read_in_order_of_its_names() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        fs::write(folder.path().join("b/2.json"), "2").unwrap();
        fs::write(folder.path().join("a.json"), "1").unwrap();
        let read = load(folder.path()).unwrap();
        let Input::Folder { files, .. } = read.input else { panic!("a folder") };
        let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a.json", "b/2.json"]);
    }

    #[test]
    fn a_path_that_is_not_there_is_an_unreadable_input() {
        let failure = load(Path::new("/nowhere/at/all.csv")).err().unwrap();
        assert_eq!(failure.exit(), Exit::Input);
    }
}
