//! Spelling repair: rare unknown words one slip away from a frequent one.

use kompel_model::EventLog;
use rustc_hash::FxHashMap;

use crate::{
    lexicon::{Lexicon, Meaning, WordCache},
    text::{Token, tokens},
};

/// Bytes of each text that are looked at.
const BYTES: usize = 300;
/// A shorter word has too many neighbours to be repaired.
const LEAST_LETTERS: usize = 5;

/// Which misspelt word stands for which.
#[derive(Debug, Default)]
pub(crate) struct Spelling {
    repairs: FxHashMap<String, String>,
}

impl Spelling {
    /// Learns from the short texts of a log.
    ///
    /// A word that neither the lexicon nor many records know becomes the most frequent known word
    /// that differs by one letter left out, put in, changed, or two changed over.
    pub(crate) fn learn(log: &EventLog, lexicon: &Lexicon) -> Self {
        let counts = count(log);
        let mut known: FxHashMap<String, (u32, &str)> = FxHashMap::default();
        let mut rare: Vec<&str> = Vec::new();
        let mut cache = WordCache::default();
        let mut sorted: Vec<(&String, &u32)> = counts.iter().collect();
        sorted.sort_unstable();
        for (word, count) in sorted {
            if word.len() < LEAST_LETTERS || word.bytes().any(|b| b.is_ascii_digit()) {
                continue;
            }
            let mut units = Vec::new();
            lexicon.annotate_with(&[word.as_str()], &mut cache, &mut units);
            let is_known = !units.iter().any(|u| matches!(u.meaning, Meaning::Unknown));
            if (is_known && *count >= 3) || *count >= 25 {
                for key in deletions(word) {
                    offer(&mut known, key, *count, word);
                }
            } else if !is_known && *count <= 8 {
                rare.push(word);
            }
        }
        let repairs = rare
            .into_iter()
            .filter_map(|word| {
                let best = deletions(word)
                    .filter_map(|key| known.get(&key))
                    .filter(|(count, right)| *count >= 3 * counts[word] && is_one_slip(word, right))
                    .max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(a.1)))?;
                Some((word.to_owned(), best.1.to_owned()))
            })
            .collect();
        Self { repairs }
    }

    /// The word as it was meant.
    pub(crate) fn repair(&self, word: String) -> String {
        self.repairs.get(&word).cloned().unwrap_or(word)
    }
}

fn count(log: &EventLog) -> FxHashMap<String, u32> {
    let mut counts: FxHashMap<String, u32> = FxHashMap::default();
    let titles = log.tickets.iter().map(|t| t.title.as_str());
    let messages = log.messages.iter().map(|m| m.text.as_str());
    let answers = log.answers.iter().map(|a| a.what.as_str());
    for text in titles.chain(messages).chain(answers) {
        for token in tokens(text, BYTES) {
            if let Token::Word(word) = token {
                *counts.entry(word).or_default() += 1;
            }
        }
    }
    counts
}

fn offer<'a>(
    known: &mut FxHashMap<String, (u32, &'a str)>,
    key: String,
    count: u32,
    word: &'a str,
) {
    let entry = known.entry(key).or_insert((count, word));
    if count > entry.0 || (count == entry.0 && word < entry.1) {
        *entry = (count, word);
    }
}

/// The word itself and the word with each one letter left out.
fn deletions(word: &str) -> impl Iterator<Item = String> {
    let without = word.char_indices().map(|(i, c)| {
        let mut shorter = String::with_capacity(word.len());
        shorter.push_str(&word[..i]);
        shorter.push_str(&word[i + c.len_utf8()..]);
        shorter
    });
    std::iter::once(word.to_owned()).chain(without)
}

/// True if one letter left out, put in or changed, or two neighbours changed over, tells the two
/// apart; the first letter must be the same, as people rarely slip there.
fn is_one_slip(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.first() != b.first() || a == b {
        return false;
    }
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (ra, rb) = (&a[head..], &b[head..]);
    match ra.len().cmp(&rb.len()) {
        std::cmp::Ordering::Equal => {
            ra[1..] == rb[1..]
                || ra.len() >= 2 && ra[0] == rb[1] && ra[1] == rb[0] && ra[2..] == rb[2..]
        }
        std::cmp::Ordering::Greater => ra.len() == rb.len() + 1 && ra[1..] == *rb,
        std::cmp::Ordering::Less => rb.len() == ra.len() + 1 && rb[1..] == *ra,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_recognised() {
        for (a, b, expected) in [
            ("wachtwoord", "wachtwoodr", true),
            ("wachtwoord", "wachtwoord", false),
            ("pasword", "password", true),
            ("passwordd", "password", true),
            ("firewall", "firewell", true),
            ("firewall", "mirewall", false),
            ("mailbox", "mailboten", false),
        ] {
            assert_eq!(is_one_slip(a, b), expected, "{a} {b}");
        }
    }
}
