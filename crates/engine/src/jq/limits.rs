//! How much an expression may cost.

/// The most of everything; steps stand for time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Steps: one for each operation, each item copied and each sixteen bytes of text made.
    pub steps: u64,
    /// Bytes of a value, as JSON, roughly; a value used twice in another counts twice.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { steps: 1_000_000, bytes: 4 << 20 }
    }
}

/// Bytes of the text of an expression.
pub(super) const TEXT_BYTES: usize = 16 << 10;

/// Levels of brackets in the text.
pub(super) const BRACKETS: usize = 48;

/// Operators and keywords in the text; each can be a level of the parser's recursion.
pub(super) const OPERATORS: usize = 200;

/// Commas in the text; a long list nests in the parser's tree, though shallowly.
pub(super) const COMMAS: usize = 800;

/// Levels of arrays and objects in a value; `serde_json` reads as many.
pub(super) const VALUE_DEPTH: u32 = 128;

/// Levels of the evaluator's own recursion: what fits in the stack of any thread.
pub(super) const EVAL_DEPTH: usize = 256;
