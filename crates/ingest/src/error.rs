//! What makes an input unreadable as a whole; bad data inside it is a finding instead.

/// Why an input could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes could not be fetched or unpacked.
    #[error("{file} can't be read")]
    Unreadable {
        /// The file.
        file: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The content is not of the format asked for.
    #[error("{file} is no {expected}")]
    WrongFormat {
        /// The file.
        file: String,
        /// What it should have been, with what marks it.
        expected: String,
    },
    /// The input is larger than the limit.
    #[error("{file} holds more than {limit} {what}: split it, or raise the limit")]
    TooLarge {
        /// The file.
        file: String,
        /// The limit.
        limit: u64,
        /// What there is too much of.
        what: &'static str,
    },
    /// A JSON document that breaks off or is malformed.
    #[error("{file} is broken JSON: export it again, whole")]
    Json {
        /// The file.
        file: String,
        /// The cause, with line and column.
        #[source]
        source: serde_json::Error,
    },
    /// An archive that can't be opened.
    #[error("{file} is a broken or encrypted archive: unpack it, or export it again")]
    Archive {
        /// The file.
        file: String,
        /// The cause.
        #[source]
        source: zip::result::ZipError,
    },
    /// A workbook that can't be opened.
    #[error("{file} is a broken or encrypted workbook: save it as XLSX or CSV")]
    Workbook {
        /// The file.
        file: String,
        /// The cause.
        #[source]
        source: calamine::Error,
    },
    /// A file without a single row.
    #[error("{file} is empty")]
    Empty {
        /// The file.
        file: String,
    },
    /// The user's mapping names a column that the table does not have.
    #[error("{file} has no column {column:?} for {field}: it has {columns}")]
    UnknownColumn {
        /// The file.
        file: String,
        /// The field that was mapped.
        field: String,
        /// The column that is missing.
        column: String,
        /// The columns there are.
        columns: String,
    },
    /// The user's mapping names a field that records do not have.
    #[error("unknown field {field:?}: use one of {fields}")]
    UnknownField {
        /// The field.
        field: String,
        /// The fields there are.
        fields: String,
    },
}
