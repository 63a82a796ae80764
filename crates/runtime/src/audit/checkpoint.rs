//! Checkpoints: how large the log was and what its root was, signed.
//!
//! # Source
//! <https://c2sp.org/tlog-checkpoint@v1.0.0>

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    key::{AuditKey, VerifierKey},
    note,
    tree::{Edge, Hash},
};

/// What a signed checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many entries the log had.
    pub size: u64,
    pub(super) root: Hash,
}

impl Checkpoint {
    /// Reads a signed checkpoint; `None` unless this key signed it as the log's own.
    pub fn open(note: &str, key: &VerifierKey) -> Option<Self> {
        let text = note::open(note, key)?;
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        if origin != key.name() || lines.any(str::is_empty) {
            return None;
        }
        let root = STANDARD.decode(root).ok()?.try_into().ok()?;
        let found = Self { size: size.parse().ok()?, root };
        (found.size.to_string() == size).then_some(found)
    }

    /// The root of the tree, in base64.
    pub fn root(&self) -> String {
        STANDARD.encode(self.root)
    }

    pub(super) fn of(edge: &Edge) -> Self {
        Self { size: edge.size(), root: edge.root() }
    }

    pub(super) fn sign(&self, key: &AuditKey) -> String {
        let text = format!("{}\n{}\n{}\n", key.verifier().name(), self.size, self.root());
        note::sign(&text, key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_a_note_of_three_lines_that_only_its_log_can_sign() {
        let (key, other) = (AuditKey::from_seed([1; 32]), AuditKey::from_seed([2; 32]));
        let checkpoint = Checkpoint { size: 20, root: [9; 32] };
        let note = checkpoint.sign(&key);
        assert_eq!(note.lines().count(), 5);
        assert_eq!(Checkpoint::open(&note, key.verifier()), Some(checkpoint));
        assert_eq!(Checkpoint::open(&note, other.verifier()), None);
        let name = key.verifier().name();
        let root = STANDARD.encode([9; 32]);
        for text in [
            format!("{name}\n020\n{root}\n"),
            format!("{name}\n20\n{}\n", &root[4..]),
            format!("other\n20\n{root}\n"),
            format!("{name}\n20\n"),
            format!("{name}\n20\n{root}\n\nx\n"),
        ] {
            assert_eq!(Checkpoint::open(&note::sign(&text, &key), key.verifier()), None, "{text}");
        }
        let extended = note::sign(&format!("{name}\n20\n{root}\nmore\n"), &key);
        assert!(Checkpoint::open(&extended, key.verifier()).is_some());
    }
}
