//! What may fail while writing an export: only the place written to.

/// An export could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The CSV's destination failed.
    #[error("writing CSV")]
    Csv(#[from] csv::Error),
    /// The JSON's destination failed.
    #[error("writing JSON")]
    Json(#[from] serde_json::Error),
    /// The archive's destination failed.
    #[error("writing a zip archive")]
    Zip(#[from] zip::result::ZipError),
    /// The destination failed.
    #[error("writing")]
    Io(#[from] std::io::Error),
}
