//! The bounds that every reader keeps to, whatever the input claims.

/// How much of anything a reader takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one text field; what is longer is cut, with a finding.
    pub text_bytes: usize,
    /// Rows, array elements or messages of one input.
    pub rows: u64,
    /// Comments (and, counted apart, changes, activities, work entries) of one ticket.
    pub comments: usize,
    /// Files of a folder or an archive.
    pub files: usize,
    /// Bytes of one file, and of all files of an archive after unpacking.
    pub unpacked_bytes: u64,
    /// Columns of a table.
    pub columns: usize,
    /// Depth of nested documents (ADF, HTML).
    pub nesting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            text_bytes: 64 * 1024,
            rows: 5_000_000,
            comments: 2_000,
            files: 100_000,
            unpacked_bytes: 4 * 1024 * 1024 * 1024,
            columns: 4_096,
            nesting: 64,
        }
    }
}
