//! A small set of words that answers "surely not" or "perhaps", faster than a map answers.

/// A set that may say yes to a word that was not added, never no to one that was.
#[derive(Debug)]
pub(super) struct Sieve(Vec<u64>);

impl Default for Sieve {
    fn default() -> Self {
        Self(vec![0; 1 << (BITS - 6)])
    }
}

impl Sieve {
    /// Adds a folded word.
    pub(super) fn add(&mut self, word: &str) {
        let (slot, bit) = place(word.bytes());
        self.0[slot] |= bit;
    }

    /// False if no word of these bytes was added.
    pub(super) fn may_hold(&self, word: impl Iterator<Item = u8>) -> bool {
        let (slot, bit) = place(word);
        self.0[slot] & bit != 0
    }
}

fn place(word: impl Iterator<Item = u8>) -> (usize, u64) {
    let mixed =
        word.fold(SEED, |sum, byte| (sum.rotate_left(5) ^ u64::from(byte)).wrapping_mul(SEED));
    let place = mixed >> (u64::BITS - BITS);
    ((place >> 6) as usize, 1 << (place & 63))
}

const BITS: u32 = 18;
const SEED: u64 = 0x517c_c1b7_2722_0a95;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_held_and_most_else_is_not() {
        let mut sieve = Sieve::default();
        let words: Vec<String> = (0..4_000).map(|n| format!("name{n}")).collect();
        words.iter().for_each(|word| sieve.add(word));
        assert!(words.iter().all(|word| sieve.may_hold(word.bytes())));
        let strangers = (0..4_000).filter(|n| sieve.may_hold(format!("word{n}").bytes())).count();
        assert!(strangers < 200, "{strangers}");
    }
}
