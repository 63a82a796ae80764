//! Foreign text made fit for a page: no control characters, no direction tricks, bounded length.

/// `text` on one line, without control characters and without marks that reorder what follows,
/// cut at `limit` characters with an ellipsis.
pub(crate) fn clean(text: &str, limit: usize) -> String {
    let mut words = String::new();
    let mut letters = 0;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let word: String = word.chars().filter(|c| !reorders(*c)).take(limit + 1).collect();
        if word.is_empty() {
            continue;
        }
        if !words.is_empty() {
            words.push(' ');
            letters += 1;
        }
        letters += word.chars().count();
        words.push_str(&word);
        if letters > limit {
            return cut(&words, limit);
        }
    }
    words
}

/// [`clean`], with places to break in words that are too long for a column.
pub(crate) fn breakable(text: &str, limit: usize) -> String {
    let mut broken = String::new();
    let mut since_break = 0;
    for letter in clean(text, limit).replace(" %", "\u{A0}%").chars() {
        since_break = if letter == ' ' || letter == '-' { 0 } else { since_break + 1 };
        if since_break > LONGEST_WORD {
            broken.push('\u{200B}');
            since_break = 1;
        }
        broken.push(letter);
    }
    broken
}

fn cut(text: &str, limit: usize) -> String {
    let mut kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// True of embedding, override and isolate marks, and of the byte order mark.
fn reorders(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// The most letters a word may have without a place to break.
const LONGEST_WORD: usize = 26;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cleaned_and_cut() {
        let cases = [
            ("plain", 10, "plain"),
            ("  two \n\t words\u{0} ", 20, "two words"),
            ("a\u{202E}txt.exe", 20, "atxt.exe"),
            ("abcdefghij", 10, "abcdefghij"),
            ("abcdefghijk", 10, "abcdefghi…"),
            ("abcd efgh ijkl", 10, "abcd efgh…"),
            ("", 10, ""),
            ("\u{1b}[31mred", 10, "[31mred"),
        ];
        for (given, limit, expected) in cases {
            assert_eq!(clean(given, limit), expected, "{given:?}");
        }
    }

    #[test]
    fn long_words_get_places_to_break_and_short_ones_do_not() {
        assert_eq!(breakable("een gewone zin", 50), "een gewone zin");
        let broken = breakable(&"x".repeat(60), 100);
        assert_eq!(broken.chars().filter(|c| *c == '\u{200B}').count(), 2);
    }
}
