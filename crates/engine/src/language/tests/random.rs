use proptest::prelude::*;

use std::sync::OnceLock;

use super::{FULL, check::catalogue, standard};
use crate::language::{Mistake, check, parse, schema};

fn validator() -> &'static jsonschema::Validator {
    static VALIDATOR: OnceLock<jsonschema::Validator> = OnceLock::new();
    VALIDATOR.get_or_init(|| jsonschema::draft202012::new(&schema(&catalogue())).unwrap())
}

const PIECES: [&str; 22] = [
    ": ", "- ", "\n", "\n  ", "&a ", "*a", "${", "}", "'", "\"", "{", "[", "]", "é", "\u{feff}",
    "\t", "do:", "<<: ", "!!str ", "|\n", "\r", "#",
];

#[derive(Debug, Clone)]
enum Edit {
    Insert(usize, usize),
    Delete(usize, usize),
    Repeat(usize, usize),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit =
        (0..3_usize, 0..100_000_usize, 0..1_000_usize).prop_map(|(kind, at, n)| match kind {
            0 => Edit::Insert(at, n),
            1 => Edit::Delete(at, n % 40),
            _ => Edit::Repeat(at, n % 200),
        });
    prop::collection::vec(edit, 0..6)
}

fn border(text: &str, at: usize) -> usize {
    let mut at = at % (text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn apply(mut text: String, edits: &[Edit]) -> String {
    for edit in edits {
        match *edit {
            Edit::Insert(at, n) => text.insert_str(border(&text, at), PIECES[n % PIECES.len()]),
            Edit::Delete(at, n) | Edit::Repeat(at, n) => {
                let start = border(&text, at);
                let end = border(&text, (start + n).min(text.len()));
                let part = text[start..end.max(start)].to_owned();
                if matches!(edit, Edit::Delete(..)) {
                    text.replace_range(start..start + part.len(), "");
                } else {
                    text.insert_str(start, &part);
                }
            }
        }
    }
    text
}

fn holds(text: &str) {
    match parse(text, "p.yaml") {
        Ok(playbook) => {
            let written = playbook.to_yaml().unwrap();
            let again = parse(&written, "p.yaml").unwrap();
            assert_eq!(again.to_value(), playbook.to_value());
            let judged = check(&playbook, &catalogue(), &|_| Ok(Vec::new()));
            let unfit = |mistake: &&Mistake| {
                ["unknown-function", "input", "schema"].contains(&mistake.code)
            };
            if !judged.iter().any(|mistake| unfit(&mistake)) {
                let errors: Vec<_> =
                    validator().iter_errors(&playbook.to_value()).map(|e| e.to_string()).collect();
                assert!(errors.is_empty(), "{errors:?}\n{written}");
            }
        }
        Err(mistakes) => {
            assert!(!mistakes.is_empty());
            for mistake in mistakes {
                let span = mistake.span;
                assert!(text.get(span.start..span.end).is_some(), "{mistake:?}");
                assert_eq!(mistake.line, text[..span.start].matches('\n').count() + 1);
                assert!(mistake.column >= 1);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_broken_playbook_is_read_or_its_mistakes_lie_within_its_text(
        which in 0..1_000_usize,
        edits in edits(),
    ) {
        let mut texts: Vec<String> = standard("examples").into_iter().map(|(_, text)| text).collect();
        texts.push(FULL.to_owned());
        let text = texts.swap_remove(which % texts.len());
        holds(&apply(text, &edits));
    }

    #[test]
    fn any_text_is_read_or_its_mistakes_lie_within_it(text in "\\PC{0,200}") {
        holds(&text);
        holds(&format!("do:\n  - a: {text}"));
    }
}
