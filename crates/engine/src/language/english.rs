//! What a mistake says in English, for where nobody asks for another language: errors, logs, tests.
//!
//! The sentences are those of `locales/en/mistakes.ftl`, which keeps to what is read here: one line
//! each, and nothing between braces but arguments.

use std::{collections::BTreeMap, sync::OnceLock};

use kompel_model::{Arg, Phrase};

/// The sentence; for an id without one, the id in brackets.
pub(crate) fn english(phrase: &Phrase) -> String {
    static SENTENCES: OnceLock<BTreeMap<&str, &str>> = OnceLock::new();
    let sentences =
        SENTENCES.get_or_init(|| TEXT.lines().filter_map(|line| line.split_once(" = ")).collect());
    let Some(sentence) = sentences.get(phrase.id.as_str()) else {
        return format!("[{}]", phrase.id);
    };
    let mut said = String::new();
    let mut rest = *sentence;
    while let Some((before, after)) = rest.split_once("{ $") {
        let (name, after) = after.split_once(" }").unwrap_or((after, ""));
        said.push_str(before);
        match phrase.args.get(name) {
            Some(Arg::Text(text)) => said.push_str(text),
            Some(Arg::Number(number)) => said.push_str(&number.to_string()),
            Some(Arg::Phrase(phrase)) => said.push_str(&english(phrase)),
            None => said.push('?'),
        }
        rest = after;
    }
    said + rest
}

const TEXT: &str = include_str!("../../../../locales/en/mistakes.ftl");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_has_nothing_but_arguments_between_braces() {
        for line in TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (id, sentence) = line.split_once(" = ").unwrap_or_else(|| panic!("{line}"));
            let mut phrase = Phrase::new(id);
            for (at, _) in sentence.match_indices("{ $") {
                let name = sentence[at + 3..].split(' ').next().unwrap();
                phrase = phrase.text(name, "x");
            }
            let said = english(&phrase);
            assert!(!said.contains(['{', '}', '?']) || sentence.contains('?'), "{line}: {said}");
        }
        assert_eq!(english(&Phrase::new("no-such")), "[no-such]");
    }
}
