//! The functions that are written in `jq` itself.

use std::{collections::BTreeMap, sync::OnceLock};

use jaq_core::load;

use super::compile::{self, Node};

/// A definition: the names of its parameters, all of them filters, and what it does.
pub(super) struct Definition {
    pub(super) parameters: Vec<&'static str>,
    pub(super) body: Node,
}

/// The definition's key, if there is one with this name and so many parameters.
pub(super) fn find(name: &str, arity: usize) -> Option<&'static str> {
    let wanted = format!("{name}/{arity}");
    names().get(wanted.as_str()).copied()
}

/// The definition with a key that [`find`] gave.
pub(super) fn get(key: &str) -> Option<&'static Definition> {
    static BODIES: OnceLock<BTreeMap<String, Definition>> = OnceLock::new();
    let bodies = BODIES.get_or_init(|| {
        let read = |def: &load::parse::Def<&'static str>| {
            let body = compile::compile_definition(def).expect("the prelude compiles");
            (key_of(def), Definition { parameters: def.args.clone(), body })
        };
        definitions().iter().map(read).collect()
    });
    bodies.get(key)
}

fn key_of(def: &load::parse::Def<&str>) -> String {
    format!("{}/{}", def.name, def.args.len())
}

fn names() -> &'static BTreeMap<&'static str, &'static str> {
    static NAMES: OnceLock<BTreeMap<&'static str, &'static str>> = OnceLock::new();
    static KEYS: OnceLock<Vec<String>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let keys = KEYS.get_or_init(|| definitions().iter().map(key_of).collect());
        keys.iter().map(|key| (key.as_str(), key.as_str())).collect()
    })
}

fn definitions() -> Vec<load::parse::Def<&'static str>> {
    load::parse(PRELUDE, |parser| parser.defs()).expect("the prelude is jq")
}

const PRELUDE: &str = include_str!("prelude.jq");
