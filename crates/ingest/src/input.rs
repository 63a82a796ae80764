//! What a reader is given: bytes in memory, a folder, or a stream that can be opened again.

use std::{
    borrow::Cow,
    fmt,
    io::{self, Cursor, Read},
};

use chrono_tz::Tz;
use kompel_model::{Effect, FindingCode, Phrase};
use zip::ZipArchive;

use crate::{ColumnMapping, Error, Limits, findings::Findings};

/// Opens a stream from its beginning; readers go over large files more than once.
pub type Opener = Box<dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync>;

/// One export, however it arrives. Gzip and zip are unpacked by the readers, bounded.
pub enum Input {
    /// A file in memory.
    File {
        /// The name as the user knows it.
        name: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// A folder's files in memory, by their paths below it.
    Folder {
        /// The folder's name.
        name: String,
        /// Path with `/`, and bytes.
        files: Vec<(String, Vec<u8>)>,
    },
    /// A file too large to hold: `open` is called for each pass over it.
    Stream {
        /// The name as the user knows it.
        name: String,
        /// Opens it from the beginning.
        open: Opener,
    },
}

impl Input {
    /// A file in memory.
    pub fn file(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self::File { name: name.into(), bytes: bytes.into() }
    }

    /// The name as the user knows it.
    pub fn name(&self) -> &str {
        match self {
            Self::File { name, .. } | Self::Folder { name, .. } | Self::Stream { name, .. } => name,
        }
    }

    /// The files in it, in order of their names: itself, a folder's files, an archive's entries.
    ///
    /// Workbooks, though zip archives, are one file. Hidden files and `__MACOSX` are left out.
    pub(crate) fn parts(
        &self,
        limits: &Limits,
        findings: &mut Findings,
    ) -> Result<Vec<Part<'_>>, Error> {
        let mut parts = match self {
            Self::Folder { files, .. } => {
                let visible = files.iter().filter(|(name, _)| !is_hidden(name));
                visible.map(|(name, bytes)| Part::new(name, Content::Borrowed(bytes))).collect()
            }
            Self::File { name, bytes } if is_archive(bytes) => {
                unzip(name, Cow::Borrowed(bytes), limits, findings)?
            }
            Self::File { name, bytes } => vec![Part::new(name, Content::Borrowed(bytes))],
            Self::Stream { name, open } => {
                let part = Part::new(name, Content::Stream(open));
                if is_archive(&part.head(HEAD)?) {
                    let bytes = part.bytes(limits)?.into_owned();
                    unzip(name, Cow::Owned(bytes), limits, findings)?
                } else {
                    vec![part]
                }
            }
        };
        if parts.len() > limits.files {
            let error = Error::TooLarge {
                file: self.name().to_owned(),
                limit: limits.files as u64,
                what: "files",
            };
            return Err(error);
        }
        parts.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(parts)
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Input").field(&self.name()).finish()
    }
}

/// How to read.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The zone of times that carry none.
    pub timezone: Tz,
    /// The bounds.
    pub limits: Limits,
    /// The user's own column mapping.
    pub mapping: &'a ColumnMapping,
    /// Called now and then with the number of rows read so far.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            timezone: Tz::Europe__Brussels,
            limits: Limits::default(),
            mapping: ColumnMapping::NONE,
            progress: &|_| {},
        }
    }
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Options");
        debug.field("timezone", &self.timezone).field("limits", &self.limits);
        debug.field("mapping", &self.mapping).finish_non_exhaustive()
    }
}

/// How much of a file its format is told by.
pub(crate) const HEAD: usize = 64 * 1024;

/// One file of an input.
pub(crate) struct Part<'a> {
    /// Its path in the folder or archive, or the input's name.
    pub(crate) name: String,
    content: Content<'a>,
}

enum Content<'a> {
    Borrowed(&'a [u8]),
    Owned(Vec<u8>),
    Stream(&'a Opener),
}

impl<'a> Part<'a> {
    fn new(name: &str, content: Content<'a>) -> Self {
        Self { name: name.to_owned(), content }
    }

    /// Opens it from the beginning, unpacked if it is gzip.
    pub(crate) fn open(&self) -> Result<Box<dyn Read + '_>, Error> {
        let mut raw = self.open_raw()?;
        let mut magic = Vec::new();
        let taken = raw.by_ref().take(2).read_to_end(&mut magic);
        taken.map_err(|source| self.unreadable(source))?;
        let is_gzip = magic == [0x1F, 0x8B];
        let whole = Cursor::new(magic).chain(raw);
        Ok(if is_gzip {
            Box::new(flate2::read::MultiGzDecoder::new(whole))
        } else {
            Box::new(whole)
        })
    }

    fn open_raw(&self) -> Result<Box<dyn Read + '_>, Error> {
        Ok(match &self.content {
            Content::Borrowed(bytes) => Box::new(*bytes),
            Content::Owned(bytes) => Box::new(bytes.as_slice()),
            Content::Stream(open) => open().map_err(|source| self.unreadable(source))?,
        })
    }

    /// The first bytes, unpacked.
    pub(crate) fn head(&self, size: usize) -> Result<Vec<u8>, Error> {
        let mut head = Vec::new();
        let read = self.open()?.take(size as u64).read_to_end(&mut head);
        // What is readable of a broken archive still tells its format.
        match read {
            Err(source) if head.is_empty() => Err(self.unreadable(source)),
            Ok(_) | Err(_) => Ok(head),
        }
    }

    /// All of it, unpacked and bounded.
    pub(crate) fn bytes(&self, limits: &Limits) -> Result<Cow<'_, [u8]>, Error> {
        let plain = match &self.content {
            Content::Borrowed(bytes) => Some(*bytes),
            Content::Owned(bytes) => Some(bytes.as_slice()),
            Content::Stream(_) => None,
        };
        if let Some(bytes) = plain.filter(|bytes| !bytes.starts_with(&[0x1F, 0x8B])) {
            return Ok(Cow::Borrowed(bytes));
        }
        let mut bytes = Vec::new();
        let read = self.open()?.take(limits.unpacked_bytes + 1).read_to_end(&mut bytes);
        read.map_err(|source| self.unreadable(source))?;
        if bytes.len() as u64 > limits.unpacked_bytes {
            return Err(too_many_bytes(&self.name, limits));
        }
        Ok(Cow::Owned(bytes))
    }

    /// The error for bytes that can't be fetched.
    pub(crate) fn unreadable(&self, source: io::Error) -> Error {
        Error::Unreadable { file: self.name.clone(), source }
    }
}

fn too_many_bytes(file: &str, limits: &Limits) -> Error {
    Error::TooLarge { file: file.to_owned(), limit: limits.unpacked_bytes, what: "bytes" }
}

fn is_hidden(path: &str) -> bool {
    path.ends_with('/') || path.split('/').any(|step| step.starts_with('.') || step == "__MACOSX")
}

/// True for a zip archive that is no workbook.
fn is_archive(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") && !is_workbook(head)
}

/// True for the zip archive of an XLSX, XLSB or ODS workbook, or the older XLS.
pub(crate) fn is_workbook(head: &[u8]) -> bool {
    let holds = |name: &[u8]| head.windows(name.len()).any(|window| window == name);
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return true;
    }
    head.starts_with(b"PK\x03\x04")
        && (holds(b"[Content_Types].xml")
            || holds(b"xl/")
            || holds(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"))
}

fn unzip(
    name: &str,
    bytes: Cow<'_, [u8]>,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Vec<Part<'static>>, Error> {
    let broken = |source| Error::Archive { file: name.to_owned(), source };
    let mut archive = ZipArchive::new(Cursor::new(bytes.as_ref())).map_err(broken)?;
    if archive.len() > limits.files {
        let (file, limit) = (name.to_owned(), limits.files as u64);
        return Err(Error::TooLarge { file, limit, what: "files" });
    }
    let mut left = limits.unpacked_bytes;
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(broken)?;
        let path = entry.name().replace('\\', "/");
        if entry.is_dir() || is_hidden(&path) {
            continue;
        }
        let mut content = Vec::new();
        if let Err(error) = entry.take(left + 1).read_to_end(&mut content) {
            findings.in_file(&path);
            let detail = Phrase::new("detail-archive-damaged").text("error", error.to_string());
            findings.add(None, "", FindingCode::BadEncoding, Effect::Repaired, detail);
        }
        let size = content.len() as u64;
        left = left.checked_sub(size).ok_or_else(|| too_many_bytes(name, limits))?;
        parts.push(Part { name: path, content: Content::Owned(content) });
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn parts(input: &Input, limits: &Limits) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let parts = input.parts(limits, &mut Findings::new(input.name()))?;
        parts.iter().map(|p| Ok((p.name.clone(), p.bytes(limits)?.into_owned()))).collect()
    }

    #[test]
    fn archives_streams_and_gzip_are_opened_alike() {
        let limits = Limits::default();
        let zip = zip_of(&[("b.csv", b"two"), ("a/x.csv", b"one"), ("__MACOSX/a", b"no")]);
        let expected =
            vec![("a/x.csv".to_owned(), b"one".to_vec()), ("b.csv".to_owned(), b"two".to_vec())];
        assert_eq!(parts(&Input::file("a.zip", zip.clone()), &limits).unwrap(), expected);
        let open = Box::new(move || Ok(Box::new(Cursor::new(zip.clone())) as Box<dyn Read + Send>));
        let stream = Input::Stream { name: "a.zip".to_owned(), open };
        assert_eq!(parts(&stream, &limits).unwrap(), expected);

        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"three").unwrap();
        let input = Input::file("c.csv.gz", gzip.finish().unwrap());
        assert_eq!(parts(&input, &limits).unwrap()[0].1, b"three");
    }

    #[test]
    fn an_archive_that_unpacks_beyond_the_limit_is_refused() {
        let limits = Limits { unpacked_bytes: 1_000, ..Limits::default() };
        let zip = zip_of(&[("a", &[0; 600]), ("b", &[0; 600])]);
        let error = parts(&Input::file("bomb.zip", zip), &limits).unwrap_err();
        assert!(matches!(error, Error::TooLarge { what: "bytes", .. }), "{error}");
    }
}
