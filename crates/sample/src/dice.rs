//! Randomness as a value: SplitMix64, seeded, the same on every machine.
//!
//! Owns drawing; knows nothing of what is drawn. No system randomness anywhere in this crate.

/// A stream of pseudo-random numbers (SplitMix64, Steele, Lea and Flood, OOPSLA 2014).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// A stream for this seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own for a purpose, so that one part's draws don't shift another's.
    pub(crate) fn branch(seed: u64, purpose: &str) -> Self {
        Self(mix(seed ^ hash(purpose)))
    }

    /// The next 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number in `0..n`; 0 if `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.bits() % n as u64) as usize }
    }

    /// A number in `0.0..1.0`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with this probability.
    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// A number between the two.
    pub(crate) fn between(&mut self, span: [f64; 2]) -> f64 {
        span[0] + (span[1] - span[0]) * self.unit()
    }

    /// A whole number between the two, both included.
    pub(crate) fn whole(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as usize) as i64
    }

    /// One of these; the empty text if there are none.
    pub(crate) fn pick<'a>(&mut self, of: &'a [String]) -> &'a str {
        if of.is_empty() { "" } else { &of[self.below(of.len())] }
    }

    /// An exponentially distributed number with this mean: waiting times, long tails.
    pub(crate) fn wait(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Puts a list in random order (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.below(i + 1));
        }
    }
}

/// SplitMix64's finaliser: spreads every bit over the whole word.
pub(crate) fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// FNV-1a: a stable number for a name.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_published_numbers() {
        let mut dice = Dice::new(1_234_567);
        assert_eq!(dice.bits(), 6_457_827_717_110_365_317);
        assert_eq!(dice.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn draws_stay_in_their_bounds() {
        let mut dice = Dice::new(3);
        for _ in 0..2_000 {
            assert!(dice.below(7) < 7);
            assert!((2..=4).contains(&dice.whole(2, 4)));
            assert!((0.5..=0.9).contains(&dice.between([0.5, 0.9])));
            assert!(dice.wait(3.0) >= 0.0);
        }
    }
}
