//! The folder itself: names that stay inside it, bounded texts, whole writes.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Component, Path, PathBuf},
};

use serde::Deserialize;

use crate::{Call, Connection, Error, ErrorKind};

/// The largest text that is read or written, in bytes.
pub(super) const MOST_BYTES: usize = 256 << 10;

#[derive(Deserialize)]
struct Configured {
    folder: PathBuf,
    #[serde(default)]
    access: Access,
    #[serde(default)]
    log: Option<PathBuf>,
    #[serde(default)]
    mishap: Option<Mishap>,
}

#[derive(Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Access {
    Read,
    #[default]
    Write,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Mishap {
    Gone,
    AnswerLost,
}

/// A connection's folder.
pub(super) struct Folder {
    root: PathBuf,
    access: Access,
    log: Option<PathBuf>,
    mishap: Option<Mishap>,
}

impl Folder {
    /// The folder of this connection.
    ///
    /// # Errors
    /// `Unreachable` if it is not there.
    pub(super) fn of(connection: &Connection) -> Result<Self, Error> {
        let Configured { folder, access, log, mishap } = connection.settings.read()?;
        let gone = || Error::new(ErrorKind::Unreachable, "the folder is not there");
        if mishap == Some(Mishap::Gone) {
            return Err(gone());
        }
        let root = folder.canonicalize().map_err(|error| gone().because(error))?;
        if !root.is_dir() {
            return Err(gone());
        }
        Ok(Self { root, access, log, mishap })
    }

    /// True if its files may be changed.
    pub(super) fn may_write(&self) -> bool {
        self.access == Access::Write
    }

    /// The text of a file; `None` if there is none.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Error> {
        let path = self.inside(name)?;
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(name, error)),
        };
        let mut bytes = Vec::new();
        file.take(MOST_BYTES as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| failed(name, error))?;
        if bytes.len() > MOST_BYTES {
            let detail = format!("{name} is larger than {MOST_BYTES} bytes");
            return Err(Error::new(ErrorKind::Unsupported, detail));
        }
        String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| Error::new(ErrorKind::Unsupported, format!("{name} is no text in UTF-8")))
    }

    /// Notes that it was asked to do this, then does it, then tells the answer, unless the
    /// connection's mishap has it that the answer is lost.
    ///
    /// # Errors
    /// `Denied` if the folder may only be read.
    pub(super) fn change(
        &self,
        call: &Call,
        action: &str,
        change: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        if !self.may_write() {
            return Err(Error::new(ErrorKind::Denied, "the folder may only be read"));
        }
        if let Some(log) = &self.log {
            let line = format!("{}\t{action}\n", call.key);
            append(log, &line).map_err(|error| failed("the log", error))?;
        }
        change()?;
        match self.mishap {
            Some(Mishap::AnswerLost) => {
                Err(Error::new(ErrorKind::OutcomeUnknown, "the answer was lost"))
            }
            Some(Mishap::Gone) | None => Ok(()),
        }
    }

    /// Makes the file hold this text; whoever looks sees the old text or the new one, never a part.
    pub(super) fn put(&self, name: &str, text: &str) -> Result<(), Error> {
        let path = self.inside(name)?;
        let whole = || -> io::Result<()> {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            let new = path.with_extension("kompel-new");
            let mut file = File::create(&new)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, &path)
        };
        whole().map_err(|error| failed(name, error))
    }

    /// Adds a line at the end of a file.
    pub(super) fn add_line(&self, name: &str, line: &str) -> Result<(), Error> {
        let path = self.inside(name)?;
        append(&path, &format!("{line}\n")).map_err(|error| failed(name, error))
    }

    /// Removes a file, if it is there.
    pub(super) fn remove(&self, name: &str) -> Result<(), Error> {
        match fs::remove_file(self.inside(name)?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(name, error)),
            Err(_) | Ok(()) => Ok(()),
        }
    }

    /// The path of a name, if it surely stays inside the folder.
    fn inside(&self, name: &str) -> Result<PathBuf, Error> {
        let wrong = |why: &str| {
            let detail = format!("path {name:?} {why}: use a plain path below the folder");
            Error::new(ErrorKind::Invalid, detail)
        };
        if name.is_empty() || name.len() > 255 || name.contains(['\0', '\\']) {
            return Err(wrong("is empty, too long or has characters that are not allowed"));
        }
        if name.ends_with(".kompel-new") || name.ends_with('/') {
            return Err(wrong("is no name of a file"));
        }
        let mut path = self.root.clone();
        for part in Path::new(name).components() {
            let Component::Normal(part) = part else { return Err(wrong("leads outside")) };
            path.push(part);
            match fs::symlink_metadata(&path) {
                Ok(found) if found.is_symlink() => return Err(wrong("goes over a symbolic link")),
                Ok(_) | Err(_) => {}
            }
        }
        Ok(path)
    }
}

/// One write of the whole line, so that two writers never mix within a line.
fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(line.as_bytes())?;
    file.sync_data()
}

fn failed(name: &str, error: io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorKind::Denied,
        io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => ErrorKind::Invalid,
        _ => ErrorKind::Unexpected,
    };
    Error::new(kind, format!("{name}: {}", error.kind())).because(error)
}
