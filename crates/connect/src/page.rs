//! A connector's page for people, from what it declares.
//!
//! Owns the form of `docs/peers`; a test holds those pages against it, so they can't drift.

use std::collections::BTreeMap;

use kompel_model::{ActionEffect, ActionSpec, Repeat};
use serde_json::Value;

use crate::Connector;

/// The page in Markdown: settings, actions with what they promise and need, limits.
pub fn page(connector: &dyn Connector) -> String {
    let mut page = format!(
        "# {}\n\n<!-- Made from the code: UPDATE_PAGES=1 cargo test -p kompel-connect page -->\n",
        connector.name()
    );
    section(&mut page, "## Settings of a connection\n");
    page.push_str(&properties(&connector.settings()));
    section(&mut page, "## Actions\n");
    page.push_str("| action | does | effect | repeat | needs |\n|:--|:--|:--|:--|:--|\n");
    let specs: Vec<ActionSpec> = connector.actions().iter().map(|one| one.spec()).collect();
    for spec in &specs {
        line(
            &mut page,
            &[
                &format!("`{}`", spec.name),
                &spec.summary,
                &effect(&spec.effect),
                repeat(spec.repeat),
                &spec.permissions.join("; "),
            ],
        );
    }
    for spec in &specs {
        section(&mut page, &format!("### Input of `{}`\n", spec.name));
        page.push_str(&properties(&spec.input));
    }
    if !connector.limits().is_empty() {
        section(&mut page, "## Limits\n");
        for limit in connector.limits() {
            page.push_str("- ");
            page.push_str(limit);
            page.push('\n');
        }
    }
    page
}

fn section(page: &mut String, heading: &str) {
    page.push('\n');
    page.push_str(heading);
    page.push('\n');
}

fn effect(effect: &ActionEffect) -> String {
    match effect {
        ActionEffect::Read => "reads".to_owned(),
        ActionEffect::Reversible { undo } => format!("changes; undone by `{undo}`"),
        ActionEffect::Irreversible => "changes for good".to_owned(),
        ActionEffect::Notice => "tells people".to_owned(),
    }
}

fn repeat(repeat: Repeat) -> &'static str {
    match repeat {
        Repeat::Natural => "harmless",
        Repeat::Keyed => "the peer drops a second one",
        Repeat::Look => "looks first",
        Repeat::Never => "a person decides",
    }
}

/// A table of an object schema's properties.
fn properties(schema: &Value) -> String {
    let mut table = "| property | type | must | what |\n|:--|:--|:--|:--|\n".to_owned();
    let required = schema["required"].as_array();
    // By name, whatever order this build of serde_json keeps.
    let all: BTreeMap<_, _> = schema["properties"].as_object().into_iter().flatten().collect();
    for (name, property) in all {
        let must = required.is_some_and(|all| all.iter().any(|one| one == name.as_str()));
        let mut what = property["description"].as_str().unwrap_or_default().to_owned();
        if let Some(default) = property.get("default") {
            let apart = if what.is_empty() { "" } else { "; " };
            what.push_str(&format!("{apart}default `{default}`"));
        }
        let name = format!("`{name}`");
        line(&mut table, &[&name, &kind(property), if must { "yes" } else { "" }, &what]);
    }
    if let Some(more) = schema.get("additionalProperties").filter(|more| more.is_object()) {
        let what = more["description"].as_str().unwrap_or_default();
        line(&mut table, &["any other name", &kind(more), "", what]);
    }
    table
}

fn kind(property: &Value) -> String {
    if property["format"] == "secret" {
        return "secret".to_owned();
    }
    if let Some(choices) = property["enum"].as_array() {
        let words: Vec<String> = choices.iter().map(|one| format!("`{one}`")).collect();
        return words.join(" or ");
    }
    match &property["type"] {
        Value::String(one) => one.clone(),
        Value::Array(several) => {
            several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
        }
        _ if property["oneOf"].is_array() => {
            let several = property["oneOf"].as_array().into_iter().flatten();
            several.map(kind).collect::<Vec<_>>().join(" or ")
        }
        _ => "any".to_owned(),
    }
}

fn line(table: &mut String, cells: &[&str]) {
    for cell in cells {
        table.push_str("| ");
        // A bar would begin another cell.
        table.push_str(&cell.replace('|', "\\|"));
        table.push(' ');
    }
    table.push_str("|\n");
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, env, fs, path::Path};

    use super::*;
    use crate::connectors;

    #[test]
    fn the_pages_in_docs_are_what_the_connectors_declare() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/peers");
        let mut names = BTreeSet::new();
        for connector in connectors() {
            let name = format!("{}.md", connector.name());
            let (file, page) = (folder.join(&name), page(connector.as_ref()));
            names.insert(name.clone());
            if env::var_os("UPDATE_PAGES").is_some() {
                fs::create_dir_all(&folder).unwrap();
                fs::write(&file, &page).unwrap();
            }
            let there = fs::read_to_string(&file).unwrap_or_default();
            assert!(there == page, "docs/peers/{name} is stale: set UPDATE_PAGES=1 and run again");
        }
        for entry in fs::read_dir(&folder).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            assert!(names.contains(&name), "docs/peers/{name} is of no connector");
        }
    }
}
