//! Rows of CSV files and workbooks, with their encoding and delimiter found.

use std::io::Read;

use calamine::{Data, Reader as _, open_workbook_auto_from_rs};
use kompel_model::{Effect, FindingCode, Phrase};

use crate::{
    Error, Options,
    encoding::{self, Utf8Reader},
    findings::Findings,
    input::{HEAD, Part, is_workbook},
};

/// One table: its header, and its rows as often as they are asked for.
pub(crate) struct Rows<'a> {
    /// The header, trimmed; columns without a name are empty.
    pub(crate) header: Vec<String>,
    /// True if cells may hold U+FFFD where the file holds bad bytes.
    pub(crate) has_bad_bytes: bool,
    source: Source<'a>,
}

enum Source<'a> {
    Csv { part: &'a Part<'a>, encoding: &'static encoding_rs::Encoding, delimiter: u8 },
    Sheet(Vec<csv::StringRecord>),
}

/// Cells from this length on are looked at for rows that an open quote swallowed.
const SUSPECT_BYTES: usize = 2_000;

/// The cells of one row.
pub(crate) type Row = csv::StringRecord;

impl<'a> Rows<'a> {
    /// Opens a CSV or a workbook's first sheet that holds a table.
    pub(crate) fn open(part: &'a Part<'a>, options: &Options<'_>) -> Result<Self, Error> {
        let head = part.head(HEAD)?;
        if is_workbook(&head) {
            return Self::of_workbook(part, options);
        }
        let found = encoding::survey(part.open()?).map_err(|source| part.unreadable(source))?;
        let text = found.encoding.decode_with_bom_removal(&head).0;
        let delimiter = delimiter_of(&text);
        let mut rows = Self {
            header: Vec::new(),
            has_bad_bytes: found.has_bad_bytes,
            source: Source::Csv { part, encoding: found.encoding, delimiter },
        };
        let mut header = None;
        rows.each_raw(options, &mut |record| {
            header = Some(record.clone());
            false
        })?;
        let header = header.ok_or_else(|| Error::Empty { file: part.name.clone() })?;
        rows.header = trimmed(&header, options);
        Ok(rows)
    }

    fn of_workbook(part: &Part<'_>, options: &Options<'_>) -> Result<Self, Error> {
        let broken = |source| Error::Workbook { file: part.name.clone(), source };
        let bytes = part.bytes(&options.limits)?;
        let cursor = std::io::Cursor::new(bytes.as_ref());
        let mut book = open_workbook_auto_from_rs(cursor).map_err(broken)?;
        for name in book.sheet_names() {
            let Ok(range) = book.worksheet_range(&name) else { continue };
            let cells = |row: &[Data]| row.iter().map(cell).collect::<Row>();
            let filled = |row: &Row| row.iter().filter(|c| !c.is_empty()).count();
            let mut records = range.rows().map(cells).skip_while(|row| filled(row) < 2);
            if let Some(header) = records.next() {
                let header = trimmed(&header, options);
                let sheet = records.filter(|row| filled(row) > 0).collect();
                return Ok(Self { header, has_bad_bytes: false, source: Source::Sheet(sheet) });
            }
        }
        Err(Error::Empty { file: part.name.clone() })
    }

    /// Calls `take` with each data row and its number (1 = the first) until it says `false`.
    pub(crate) fn each(
        &self,
        options: &Options<'_>,
        take: &mut dyn FnMut(u64, &Row) -> bool,
    ) -> Result<(), Error> {
        let mut number = 0;
        match &self.source {
            Source::Sheet(records) => {
                for record in records {
                    number += 1;
                    if !take(number, record) {
                        break;
                    }
                }
                Ok(())
            }
            Source::Csv { .. } => {
                let mut header = true;
                self.each_raw(options, &mut |record| {
                    if std::mem::take(&mut header) {
                        return true;
                    }
                    number += 1;
                    take(number, record)
                })
            }
        }
    }

    /// How many rows of this table a cell seems to hold.
    fn swallowed(&self, cell: &str) -> usize {
        let Source::Csv { delimiter, .. } = self.source else { return 0 };
        let delimiters = |line: &str| line.bytes().filter(|byte| *byte == delimiter).count();
        let enough = (self.header.len() / 2).max(2);
        let rows = cell.lines().filter(|line| delimiters(line) >= enough).count();
        if rows > 10 { rows } else { 0 }
    }

    fn each_raw(
        &self,
        options: &Options<'_>,
        take: &mut dyn FnMut(&Row) -> bool,
    ) -> Result<(), Error> {
        let Source::Csv { part, encoding, delimiter } = &self.source else { return Ok(()) };
        let bounded = part.open()?.take(options.limits.unpacked_bytes);
        let mut reader = csv_reader(Utf8Reader::new(bounded, encoding), *delimiter);
        let mut record = Row::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {
                    if !take(&record) {
                        return Ok(());
                    }
                }
                Ok(false) => return Ok(()),
                Err(error) => {
                    let source = std::io::Error::other(error);
                    return Err(part.unreadable(source));
                }
            }
        }
    }
}

/// The header of a CSV's beginning, in lower case.
pub(crate) fn header_of(text: &str) -> Vec<String> {
    let mut reader = csv_reader(text.as_bytes(), delimiter_of(text));
    let mut record = Row::new();
    match reader.read_record(&mut record) {
        Ok(true) => record.iter().map(|cell| cell.trim().to_lowercase()).collect(),
        Ok(false) | Err(_) => Vec::new(),
    }
}

/// Notes bad bytes and a wrong number of cells of a row.
pub(crate) fn check_row(rows: &Rows<'_>, number: u64, row: &Row, findings: &mut Findings) {
    let (width, cells) = (rows.header.len(), row.len());
    let surplus = row.iter().skip(width).any(|cell| !cell.trim().is_empty());
    if cells < width || surplus {
        let detail =
            Phrase::new("detail-cells").count("cells", cells as u64).count("header", width as u64);
        findings.add(number, "", FindingCode::BadRow, Effect::Repaired, detail);
    }
    for (index, cell) in row.iter().enumerate().filter(|(_, cell)| cell.len() > SUSPECT_BYTES) {
        let swallowed = rows.swallowed(cell);
        if swallowed > 0 {
            let column = rows.header.get(index).map_or("", String::as_str);
            let detail = Phrase::new("detail-open-quote").count("rows", swallowed as u64);
            findings.add(number, column, FindingCode::BadRow, Effect::Repaired, detail);
        }
    }
    if rows.has_bad_bytes {
        for (index, _) in row.iter().enumerate().filter(|(_, cell)| cell.contains('\u{fffd}')) {
            let column = rows.header.get(index).map_or("", String::as_str);
            let detail = Phrase::new("detail-no-utf8");
            findings.add(number, column, FindingCode::BadEncoding, Effect::Repaired, detail);
        }
    }
}

fn csv_reader<R: Read>(reader: R, delimiter: u8) -> csv::Reader<R> {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter).buffer_capacity(256 * 1024);
    builder.from_reader(reader)
}

/// The delimiter with which the first rows have most often as many cells as the first.
fn delimiter_of(text: &str) -> u8 {
    let score = |delimiter: u8| {
        let mut reader = csv_reader(text.as_bytes(), delimiter);
        let widths: Vec<usize> = reader.records().take(20).flatten().map(|r| r.len()).collect();
        let width = widths.first().copied().unwrap_or(0);
        let alike = widths.iter().filter(|w| **w == width).count();
        if width < 2 { (0, 0) } else { (alike * 100 / widths.len(), width) }
    };
    // Of equals the last wins: the comma.
    let found = b"|\t;,".iter().copied().max_by_key(|delimiter| score(*delimiter));
    found.unwrap_or(b',')
}

fn trimmed(header: &Row, options: &Options<'_>) -> Vec<String> {
    header.iter().take(options.limits.columns).map(|cell| cell.trim().to_owned()).collect()
}

fn cell(data: &Data) -> String {
    match data {
        Data::Empty => String::new(),
        Data::DateTime(time) if time.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        }
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        other => other.to_string(),
    }
}
