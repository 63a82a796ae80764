//! Both languages say the same things of the same variables.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement,
};
use kompel_model::{Language, Phrase};
use kompel_report::wording;

/// Each message's variables and the messages it refers to.
type Messages = BTreeMap<String, BTreeSet<String>>;

fn read(language: &str) -> Messages {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../locales").join(language);
    let mut messages = Messages::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let resource = fluent_syntax::parser::parse(text)
            .unwrap_or_else(|(_, faults)| panic!("{}: {faults:?}", path.display()));
        for entry in resource.body {
            if let Entry::Message(message) = entry {
                let mut uses = BTreeSet::new();
                let pattern = message.value.expect("every message has a value");
                of_pattern(&pattern, &mut uses);
                let before = messages.insert(message.id.name.clone(), uses);
                assert!(before.is_none(), "{language}: {} stands twice", message.id.name);
            }
        }
    }
    messages
}

fn of_pattern(pattern: &Pattern<String>, uses: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, uses);
        }
    }
}

fn of_expression(expression: &Expression<String>, uses: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => of_inline(inline, uses),
        Expression::Select { selector, variants } => {
            of_inline(selector, uses);
            for variant in variants {
                of_pattern(&variant.value, uses);
            }
        }
    }
}

fn of_inline(inline: &InlineExpression<String>, uses: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            uses.insert(format!("${}", id.name));
        }
        InlineExpression::MessageReference { id, .. } => {
            uses.insert(id.name.clone());
        }
        InlineExpression::FunctionReference { arguments, .. } => of_arguments(arguments, uses),
        InlineExpression::Placeable { expression } => of_expression(expression, uses),
        InlineExpression::StringLiteral { .. }
        | InlineExpression::NumberLiteral { .. }
        | InlineExpression::TermReference { .. } => {}
    }
}

fn of_arguments(arguments: &CallArguments<String>, uses: &mut BTreeSet<String>) {
    for argument in &arguments.positional {
        of_inline(argument, uses);
    }
}

#[test]
fn every_message_exists_in_both_languages_with_the_same_variables() {
    let (dutch, english) = (read("nl"), read("en"));
    assert!(dutch.len() > 100, "only {} messages", dutch.len());
    let ids = |messages: &Messages| messages.keys().cloned().collect::<BTreeSet<_>>();
    let differ: Vec<_> = ids(&dutch).symmetric_difference(&ids(&english)).cloned().collect();
    assert!(differ.is_empty(), "in one language only: {differ:?}");
    for (id, uses) in &dutch {
        let only: Vec<_> = uses.symmetric_difference(&english[id]).collect();
        assert!(only.is_empty(), "{id} uses {only:?} in one language only");
    }
}

#[test]
fn every_message_can_be_said_with_all_its_variables() {
    for (language, code) in [(Language::Nl, "nl"), (Language::En, "en")] {
        let messages = read(code);
        for id in messages.keys() {
            let mut phrase = Phrase::new(id);
            for name in variables(id, &messages) {
                phrase = phrase.number(&name, 3);
            }
            let said = wording(language).say(&phrase);
            assert!(!said.contains(&format!("[{id}]")) && !said.contains("{$"), "{code}: {said}");
        }
    }
}

fn variables(id: &str, messages: &Messages) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for used in messages.get(id).into_iter().flatten() {
        match used.strip_prefix('$') {
            Some(name) => {
                found.insert(name.to_owned());
            }
            None => found.extend(variables(used, messages)),
        }
    }
    found
}
