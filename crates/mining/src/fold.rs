//! Folding of text: lower case, no diacritics. One folding for lexicon, signs and gazetteer.
//!
//! Owns the spelling that words are compared in; knows nothing of their meaning.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// `text` in lower case and without diacritics (`ß` is `ss`, `œ` is `oe`).
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Like [`fold`], added to the end of `out`.
pub fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        out[start..].make_ascii_lowercase();
        return;
    }
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else {
            fold_char(c, out);
        }
    }
}

/// The words of a folded text: runs of letters and digits.
pub fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn fold_char(c: char, out: &mut String) {
    match c {
        'ß' | 'ẞ' => out.push_str("ss"),
        'œ' | 'Œ' => out.push_str("oe"),
        'æ' | 'Æ' => out.push_str("ae"),
        'ø' | 'Ø' => out.push('o'),
        '\u{2018}' | '\u{2019}' | '\u{b4}' => out.push('\''),
        '\u{201c}' | '\u{201d}' | '«' | '»' => out.push('"'),
        '\u{2013}' | '\u{2014}' | '\u{2010}' | '\u{2011}' => out.push('-'),
        '\u{a0}' | '\u{202f}' | '\u{2009}' => out.push(' '),
        _ => out.extend(
            std::iter::once(c)
                .nfd()
                .filter(|c| !is_combining_mark(*c))
                .flat_map(char::to_lowercase),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_diacritics_disappear() {
        for (text, expected) in [
            ("Wachtwoord RESET", "wachtwoord reset"),
            ("Zurücksetzen", "zurucksetzen"),
            ("oublié Œuvre", "oublie oeuvre"),
            ("Straße", "strasse"),
            ("don’t – ok", "don't - ok"),
            ("Coördinatie", "coordinatie"),
        ] {
            assert_eq!(fold(text), expected, "{text}");
        }
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        let found: Vec<&str> = words("e-mail: fw02/vpn, 's avonds").collect();
        assert_eq!(found, ["e", "mail", "fw02", "vpn", "s", "avonds"]);
    }
}
