//! Looking into a PDF.

use std::path::PathBuf;
use std::process::Command;

/// How many pages the PDF has, by its own page objects.
///
/// The page tree's count stands in an object that may be compressed, so poppler is asked where it
/// is installed; `map_pdf` itself refuses more than one page.
pub(crate) fn pages(name: &str, pdf: &[u8]) -> Option<usize> {
    let info = poppler("pdfinfo", name, pdf, &[])?;
    let line = info.lines().find_map(|line| line.strip_prefix("Pages:"))?;
    line.trim().parse().ok()
}

/// The text of the PDF in reading order; `None`, said aloud, where poppler is not installed.
pub(crate) fn words(name: &str, pdf: &[u8]) -> Option<String> {
    let text = poppler("pdftotext", name, pdf, &["-"])?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What `pdfinfo` says.
pub(crate) fn info(name: &str, pdf: &[u8]) -> Option<String> {
    poppler("pdfinfo", name, pdf, &[])
}

/// Keeps the PDF under the target folder, for looking at.
pub(crate) fn keep(name: &str, bytes: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).expect("the target folder can be written");
    path
}

fn poppler(tool: &str, name: &str, pdf: &[u8], after: &[&str]) -> Option<String> {
    let path = keep(&format!("{name}.pdf"), pdf);
    match Command::new(tool).arg(path).args(after).output() {
        Ok(output) if output.status.success() => {
            Some(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Ok(output) => panic!("{tool} refuses {name}: {}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => {
            eprintln!("NOT RUN: {tool} is not installed; the text of {name} was not looked at");
            None
        }
    }
}
