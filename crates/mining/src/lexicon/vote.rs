//! Which language a text is in, by vote of its words.

use kompel_model::Language;

use super::Lexicon;
use super::load::LANGUAGES;

/// Texts below this many words are not given to the statistical fallback.
const FALLBACK_WORDS: usize = 6;
/// Words that are read at most.
const READ_WORDS: usize = 300;

impl Lexicon {
    /// The language of `words` (folded), by function words and lexicon forms; `None` if they
    /// do not tell.
    ///
    /// A function word of one language only weighs most; what several languages share weighs
    /// little. Longer texts without a winner are left to letter statistics.
    pub fn language(&self, words: &[&str]) -> Option<Language> {
        self.vote(words)
            .or_else(|| if words.len() >= FALLBACK_WORDS { by_letters(words) } else { None })
    }

    /// The language with most votes; `None` if two have equally many.
    pub(super) fn vote(&self, words: &[&str]) -> Option<Language> {
        let mut votes = [0_u32; 4];
        for word in words.iter().take(READ_WORDS) {
            let stop = self.stops.get(*word).copied().unwrap_or(0);
            let listed = self.exact.get(*word).map_or(0, |(_, bits)| *bits);
            for (bits, weight) in [(stop, 6), (listed, 3)] {
                let share = weight / bits.count_ones().max(1);
                for (number, vote) in votes.iter_mut().enumerate() {
                    *vote += share * u32::from(bits >> number & 1);
                }
            }
        }
        let best = (0..4).rev().max_by_key(|n| votes[*n])?;
        let second = (0..4).filter(|n| *n != best).map(|n| votes[n]).max().unwrap_or(0);
        (votes[best] > second).then_some(LANGUAGES[best])
    }
}

fn by_letters(words: &[&str]) -> Option<Language> {
    use whatlang::{Detector, Lang};
    let text = words.iter().take(READ_WORDS).copied().collect::<Vec<_>>().join(" ");
    let known = vec![Lang::Nld, Lang::Eng, Lang::Fra, Lang::Deu];
    let info = Detector::with_allowlist(known).detect(&text)?;
    match info.lang() {
        Lang::Nld => Some(Language::Nl),
        Lang::Eng => Some(Language::En),
        Lang::Fra => Some(Language::Fr),
        Lang::Deu => Some(Language::De),
        _ => None,
    }
}
