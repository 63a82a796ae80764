//! One-time codes: random, handed to one person, kept only as a hash.

use sha2::{Digest as _, Sha256};

use crate::{Error, key::to_hex};

/// A new code: 80 random bits as four groups of four letters and digits that are hard to mistake.
pub(crate) fn new_code() -> Result<String, Error> {
    let mut bytes = [0u8; 10];
    getrandom::fill(&mut bytes).map_err(|error| Error::NoRandomness(error.to_string()))?;
    let whole = bytes.iter().fold(0u128, |whole, byte| whole << 8 | u128::from(*byte));
    let letters: Vec<char> = (0..16)
        .rev()
        .map(|place| char::from(ALPHABET[(whole >> (5 * place)) as usize & 31]))
        .collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

/// The hash of a code as a person typed it: case, spaces and dashes don't matter.
pub fn code_hash(code: &str) -> String {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    to_hex(&Sha256::digest(format!("kompel code {plain}").as_bytes()))
}

/// Crockford's: without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_differ_and_are_recognised_however_they_are_typed() {
        let (one, other) = (new_code().unwrap(), new_code().unwrap());
        assert_eq!(one.len(), 19);
        assert_ne!(one, other);
        assert_eq!(code_hash(&one), code_hash(&one.to_lowercase().replace('-', " ")));
        assert_ne!(code_hash(&one), code_hash(&other));
    }
}
