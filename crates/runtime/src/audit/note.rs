//! Signed notes: a text, a blank line, and signatures of the text.
//!
//! # Source
//! <https://c2sp.org/signed-note@v1.0.0>, signature type 0x01 (Ed25519).

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::key::{AuditKey, VerifierKey};

/// Signs a text, which must end its last line and hold no control character.
pub(super) fn sign(text: &str, key: &AuditKey) -> String {
    let mut signature = key.verifier().id().to_vec();
    signature.extend_from_slice(&key.sign(text.as_bytes()));
    format!("{text}\n\u{2014} {} {}\n", key.verifier().name(), STANDARD.encode(signature))
}

/// The text of a note, if this key signed it. Signatures of other keys count for nothing.
pub(super) fn open<'a>(note: &'a str, key: &VerifierKey) -> Option<&'a str> {
    if note.len() > LONGEST || note.chars().any(|c| c < ' ' && c != '\n') {
        return None;
    }
    let split = note.rfind("\n\n")?;
    let (text, signatures) = (&note[..=split], &note[split + 2..]);
    let mut signed = false;
    for line in signatures.strip_suffix('\n')?.split('\n') {
        let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let bytes = STANDARD.decode(encoded).ok()?;
        let (id, signature) = bytes.split_at_checked(4)?;
        if name != key.name() || id != key.id() {
            continue;
        }
        if !key.signed(text.as_bytes(), signature) {
            return None;
        }
        signed = true;
    }
    signed.then_some(text)
}

/// How many signatures a note carries, whoever made them.
pub(super) fn signatures(note: &str) -> usize {
    note.rsplit_once("\n\n").map_or(0, |(_, signatures)| signatures.lines().count())
}

/// The longest note that is looked at, in bytes; room for many witnesses.
const LONGEST: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo \
        Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    #[test]
    fn a_published_note_opens_with_its_published_key() {
        let key: VerifierKey = VERIFIER.parse().unwrap();
        assert_eq!(open(NOTE, &key), Some("This is an example message.\n"));
        assert_eq!(key.to_string(), VERIFIER);
    }

    #[test]
    fn a_note_with_any_bit_changed_does_not_open_as_itself() {
        let key: VerifierKey = VERIFIER.parse().unwrap();
        for bit in 0..NOTE.len() * 8 {
            let mut bytes = NOTE.as_bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            assert_eq!(open(&changed, &key), None, "bit {bit}: {changed:?}");
        }
    }

    #[test]
    fn signatures_of_others_neither_help_nor_hurt() {
        let (ours, theirs) = (AuditKey::from_seed([1; 32]), AuditKey::from_seed([2; 32]));
        let note = sign("text\n", &ours);
        let witnessed = format!("{note}{}", sign("text\n", &theirs).rsplit_once("\n\n").unwrap().1);
        assert_eq!(open(&note, ours.verifier()), Some("text\n"));
        assert_eq!(open(&note, theirs.verifier()), None);
        for key in [&ours, &theirs] {
            assert_eq!(open(&witnessed, key.verifier()), Some("text\n"));
        }
        let forged = witnessed.replacen("text", "next", 1);
        assert_eq!(open(&forged, ours.verifier()), None);
    }
}
