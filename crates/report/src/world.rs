//! Typst's world: embedded fonts, our templates and one data file. Nothing else exists in it.
//!
//! Text from records reaches a template only through `/data.json`, as strings, so it is never
//! read as markup.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::fonts::FontStore;

/// The templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Report {
    /// One process on one A4.
    Map,
    /// The top three on one A4.
    Pitch,
    /// One leaver, on as many pages as it takes.
    Leaver,
}

impl Report {
    /// The template's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Map => "map.typ",
            Self::Pitch => "pitch.typ",
            Self::Leaver => "leaver.typ",
        }
    }

    /// How many of the densities, the tightest ones, make a difference to it: the pitch's blanks
    /// have one size.
    pub(crate) fn densities(self) -> usize {
        match self {
            Self::Map => 13,
            Self::Pitch => 11,
            Self::Leaver => 1,
        }
    }
}

/// One report's world: the shared house and this report's data.
pub(crate) struct Desk {
    main: FileId,
    data: Bytes,
}

impl Desk {
    /// The world in which `report` sees `data` (JSON) as `/data.json`.
    pub(crate) fn new(report: Report, data: Vec<u8>) -> Self {
        let main = match report {
            Report::Map => HOUSE.map.id(),
            Report::Pitch => HOUSE.pitch.id(),
            Report::Leaver => HOUSE.leaver.id(),
        };
        Self { main, data: Bytes::new(data) }
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &HOUSE.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        HOUSE.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [&HOUSE.map, &HOUSE.pitch, &HOUSE.leaver, &HOUSE.style]
            .into_iter()
            .find(|source| source.id() == id)
            .cloned()
            .ok_or_else(|| absent(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == HOUSE.data { Ok(self.data.clone()) } else { Err(absent(id)) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        HOUSE.fonts.font(index)
    }

    /// There is no today: dates are data.
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// What all reports share: made once in a process.
struct House {
    library: LazyHash<Library>,
    fonts: FontStore,
    map: Source,
    pitch: Source,
    leaver: Source,
    style: Source,
    data: FileId,
}

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let mut fonts = FontStore::new();
    fonts.extend(typst_kit::fonts::embedded());
    House {
        library: LazyHash::new(Library::builder().build()),
        fonts,
        map: source("map.typ", include_str!("../../../reports/map.typ")),
        pitch: source("pitch.typ", include_str!("../../../reports/pitch.typ")),
        leaver: source("leaver.typ", include_str!("../../../reports/leaver.typ")),
        style: source("style.typ", include_str!("../../../reports/style.typ")),
        data: file_id("data.json"),
    }
});

fn source(name: &str, text: &str) -> Source {
    Source::new(file_id(name), text.to_owned())
}

fn file_id(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("our file names are plain");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

fn absent(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}
