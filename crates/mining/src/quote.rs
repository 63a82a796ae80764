//! Quotes: a record's words, on one line, shortened.

use kompel_model::MemberRef;

use crate::Quote;

/// Characters of a quote.
const LENGTH: usize = 200;

/// The text on one line, cut at a word after at most [`LENGTH`] characters.
pub(crate) fn quote(text: &str, of: &MemberRef) -> Quote {
    Quote { text: shorten(text, LENGTH), of: of.clone() }
}

/// The text on one line, cut at a word after at most `length` characters.
pub(crate) fn shorten(text: &str, length: usize) -> String {
    let mut out = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        let letters = word.chars().count();
        let space = usize::from(!out.is_empty());
        if count + space + letters > length {
            if out.is_empty() {
                out.extend(word.chars().take(length));
            }
            out.push('…');
            return out;
        }
        if space == 1 {
            out.push(' ');
        }
        out.push_str(word);
        count += space + letters;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_at_a_word() {
        assert_eq!(shorten("een  twee\ndrie", 9), "een twee…");
        assert_eq!(shorten("een twee", 20), "een twee");
        assert_eq!(shorten("abcdefgh", 3), "abc…");
    }
}
