//! The JSON Schemas that a playbook holds.

use jsonschema::ValidationError;
use kompel_model::Phrase;

use crate::language::{InputRule, OutputRule, Playbook, Schema, TaskKind, mistake::Fault, walk};

pub(super) fn faults(playbook: &Playbook) -> Vec<Fault> {
    let mut schemas: Vec<(String, &Schema)> = Vec::new();
    schemas.extend(input(playbook.input.as_ref()).map(|schema| ("/input".to_owned(), schema)));
    schemas.extend(output(playbook.output.as_ref()).map(|schema| ("/output".to_owned(), schema)));
    for task in walk::tasks(playbook) {
        let (at, base) = (&task.reference, &task.base);
        let found = [
            ("input", input(base.input.as_ref())),
            ("output", output(base.output.as_ref())),
            ("export", output(base.export.as_ref())),
        ];
        let found = found.into_iter().filter_map(|(part, schema)| Some((part, schema?)));
        schemas.extend(found.map(|(part, schema)| (format!("{at}/{part}"), schema)));
        if let TaskKind::Listen(listen) = &task.kind
            && let Some(foreach) = &listen.foreach
        {
            let found = [("output", &foreach.output), ("export", &foreach.export)];
            schemas.extend(found.into_iter().filter_map(|(part, rule)| {
                Some((format!("{at}/foreach/{part}"), output(rule.as_ref())?))
            }));
        }
    }
    schemas.into_iter().filter_map(|(pointer, schema)| fault(playbook, &pointer, schema)).collect()
}

fn input(rule: Option<&InputRule>) -> Option<&Schema> {
    rule.and_then(|rule| rule.schema.as_ref())
}

fn output(rule: Option<&OutputRule>) -> Option<&Schema> {
    rule.and_then(|rule| rule.schema.as_ref())
}

fn fault(playbook: &Playbook, pointer: &str, schema: &Schema) -> Option<Fault> {
    let error = jsonschema::validator_for(&schema.document).err()?;
    let document = format!("{pointer}/schema/document");
    let span = playbook.places.find(&format!("{document}{}", error.instance_path())).value;
    Some(Fault::new("schema", span, no_schema(&error)).hint(Phrase::new("instead-schema")))
}

/// What keeps a value from being a JSON Schema.
pub(crate) fn no_schema(error: &ValidationError<'_>) -> Phrase {
    let value: String = error.instance().to_string().chars().take(SHOWN).collect();
    Phrase::new("mistake-schema").text("value", value)
}

const SHOWN: usize = 80;
