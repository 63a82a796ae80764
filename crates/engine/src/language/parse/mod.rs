//! From text to a playbook, or to everything that is wrong with it.
//!
//! Owns what can be judged from the text alone. What needs the action catalogue or the jq compiler
//! is the checker's.

mod data;
mod document;
mod events;
mod names;
mod reader;
mod refused;
mod task;

pub(super) use reader::nearest;

use std::collections::BTreeMap;

use kompel_model::Phrase;
use reader::{Reader, Spot};

use super::{
    Mistake, Places, Playbook, Severity,
    mistake::{Fault, locate},
    yaml::Node,
};

/// Reads a playbook. `file` is only for the mistakes.
///
/// # Errors
/// Everything that is wrong, in the order of the text; a hundred at most. Warnings alone are no
/// error: they are [`super::check`]'s to tell.
pub fn parse(text: &str, file: &str) -> Result<Playbook, Vec<Mistake>> {
    let places = Places::new(file, text);
    let node = Node::read(text).map_err(|fault| locate(vec![fault], &places))?;
    let mut parts = BTreeMap::new();
    node.places("", None, &mut parts);
    let mut reader = Reader::default();
    let playbook = reader.playbook(&Spot::root(&node));
    let expressions = std::mem::take(&mut reader.expressions);
    let places = places.with(parts, expressions, reader.warnings());
    if let Some(playbook) = &playbook {
        reader.faults.extend(names::faults(playbook, &places));
    }
    reader.faults.extend(secrets_in_expressions(&places));
    match playbook {
        Some(playbook) if reader.faults.iter().all(|fault| fault.severity == Severity::Warning) => {
            Ok(Playbook { places, ..playbook })
        }
        _ => Err(locate(reader.faults, &places)),
    }
}

/// Reads any YAML or JSON text as a value, within the same bounds and by the same YAML 1.2 rules as
/// a playbook. `file` is only for the mistakes.
///
/// # Errors
/// The first thing that is wrong.
pub fn read_value(text: &str, file: &str) -> Result<serde_json::Value, Vec<Mistake>> {
    let node = Node::read(text).map_err(|fault| locate(vec![fault], &Places::new(file, text)))?;
    Ok(node.to_value())
}

fn secrets_in_expressions(places: &Places) -> Vec<Fault> {
    let used = |jq: &str| {
        jq.match_indices("$secrets").any(|(at, name)| {
            !jq[at + name.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        })
    };
    let found = places.expressions().iter().filter(|placed| used(placed.expression.jq()));
    found
        .map(|placed| {
            let span = places.find(&placed.pointer).value;
            let says = Phrase::new("mistake-refused").text("what", "$secrets");
            let code = "`authentication: {basic: {use: <secret>}}`";
            let hint = Phrase::new("instead-secrets").text("code", code);
            Fault::new("refused", span, says).hint(hint)
        })
        .collect()
}
