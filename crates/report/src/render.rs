//! A view to a PDF: of one page, or of as many as it takes.

use serde::Serialize;
use sha2::{Digest, Sha256};
use typst::diag::SourceDiagnostic;
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use crate::{
    Error,
    world::{Desk, Report},
};

/// How tightly a page is set; tried from the loosest until all fits on one page.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Density {
    /// Factor on every size.
    pub(crate) scale: f64,
    /// Lines a row may have before the rest becomes "+3 more".
    pub(crate) lines: usize,
    /// Characters a sentence may have.
    pub(crate) letters: usize,
    /// Lines to write on at each blank.
    pub(crate) blanks: usize,
    /// True if what still does not fit is cut at the page's foot.
    pub(crate) clip: bool,
}

/// From loose to tight. The last clips, so that it takes one page whatever the data.
pub(crate) const DENSITIES: [Density; 13] = [
    Density { scale: 1.0, lines: 12, letters: 260, blanks: 3, clip: false },
    Density { scale: 1.0, lines: 12, letters: 260, blanks: 2, clip: false },
    Density { scale: 1.0, lines: 12, letters: 260, blanks: 1, clip: false },
    Density { scale: 0.95, lines: 10, letters: 200, blanks: 1, clip: false },
    Density { scale: 0.9, lines: 9, letters: 160, blanks: 1, clip: false },
    Density { scale: 0.86, lines: 9, letters: 130, blanks: 1, clip: false },
    Density { scale: 0.84, lines: 8, letters: 120, blanks: 1, clip: false },
    Density { scale: 0.82, lines: 7, letters: 110, blanks: 1, clip: false },
    Density { scale: 0.8, lines: 6, letters: 100, blanks: 1, clip: false },
    Density { scale: 0.78, lines: 6, letters: 85, blanks: 1, clip: false },
    Density { scale: 0.78, lines: 5, letters: 85, blanks: 1, clip: false },
    Density { scale: 0.78, lines: 4, letters: 75, blanks: 1, clip: false },
    Density { scale: 0.78, lines: 3, letters: 70, blanks: 1, clip: true },
];

/// Sets `report` with the view of the loosest density that fits, and writes it as PDF.
///
/// # Errors
/// [`Error`] if a template is at fault.
pub(crate) fn one_page<V: Serialize>(
    report: Report,
    view: impl Fn(Density) -> V,
) -> Result<Vec<u8>, Error> {
    let mut pages = 0;
    for density in DENSITIES.into_iter().skip(DENSITIES.len() - report.densities()) {
        let json = serde_json::to_vec(&view(density))
            .map_err(|source| Error::View { report: report.name(), source })?;
        let ident = fingerprint(&json);
        let document = compile(report, json)?;
        pages = document.pages().len();
        if pages == 1 {
            let pdf = write(report, &document, ident);
            typst::comemo::evict(KEPT_ROUNDS);
            return pdf;
        }
    }
    Err(Error::TooLong { report: report.name(), pages })
}

/// Sets `report` with the view on as many pages as it takes, and writes it as PDF.
///
/// # Errors
/// [`Error`] if a template is at fault.
pub(crate) fn pages<V: Serialize>(report: Report, view: &V) -> Result<Vec<u8>, Error> {
    let json =
        serde_json::to_vec(view).map_err(|source| Error::View { report: report.name(), source })?;
    let ident = fingerprint(&json);
    let document = compile(report, json)?;
    let pdf = write(report, &document, ident);
    typst::comemo::evict(KEPT_ROUNDS);
    pdf
}

/// The first twelve hexadecimal digits of the data's SHA-256, for the page's foot.
pub(crate) fn short_fingerprint(data: &[u8]) -> String {
    fingerprint(data).chars().take(12).collect()
}

fn fingerprint(data: &[u8]) -> String {
    Sha256::digest(data).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn compile(report: Report, json: Vec<u8>) -> Result<PagedDocument, Error> {
    typst::compile(&Desk::new(report, json))
        .output
        .map_err(|faults| Error::Template { report: report.name(), messages: join(&faults) })
}

fn write(report: Report, document: &PagedDocument, ident: String) -> Result<Vec<u8>, Error> {
    let options = PdfOptions {
        ident: Smart::Custom(ident),
        creator: Smart::Custom(Some(concat!("Kompel ", env!("CARGO_PKG_VERSION")).to_owned())),
        ..PdfOptions::default()
    };
    typst_pdf::pdf(document, &options)
        .map_err(|faults| Error::Pdf { report: report.name(), messages: join(&faults) })
}

fn join(faults: &[SourceDiagnostic]) -> String {
    let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
    messages.join("; ")
}

/// For how many documents Typst's memory of earlier layouts is kept.
const KEPT_ROUNDS: usize = 3;
