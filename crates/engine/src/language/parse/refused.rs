//! Parts of the standard that we refuse, each with what to write instead.

use kompel_model::Phrase;

/// A member of `what` that the standard knows and we don't: what is wrong, and the hint.
pub(super) fn field(what: &str, key: &str) -> Option<(Phrase, Phrase)> {
    let found = FIELDS.iter().find(|(where_, name, ..)| *where_ == what && *name == key)?;
    let says = match (what, key) {
        ("part-event-filter", "data") => Phrase::new("mistake-data-here"),
        ("part-task", "schedule") => Phrase::new("mistake-schedule-of-task"),
        ("part-task", "catch") => Phrase::new("mistake-catch-alone"),
        _ => Phrase::new("mistake-refused").text("what", found.2),
    };
    Some((says, Phrase::new(found.3)))
}

/// A kind of call that the standard knows and we don't.
pub(super) fn call(kind: &str) -> Option<Phrase> {
    CALLS.iter().find(|(name, _)| *name == kind).map(|(_, hint)| Phrase::new(hint))
}

/// Where, key, how it is called in the sentence, the hint's id.
const FIELDS: [(&str, &str, &str, &str); 12] = [
    ("`run`", "script", "run.script", NO_CODE),
    ("`run`", "shell", "run.shell", NO_CODE),
    ("`run`", "container", "run.container", NO_CODE),
    ("`run`", "return", "run.return", "instead-run-return"),
    ("`use`", "extensions", "use.extensions", "instead-extensions"),
    ("`use`", "catalogs", "use.catalogs", "instead-catalogs"),
    ("part-schema", "resource", "schema.resource", "instead-schema-resource"),
    ("part-authentication", "oidc", "oidc", "instead-oidc"),
    ("part-authentication", "certificate", "certificate", "instead-certificate"),
    ("part-event-filter", "data", "data", "instead-data"),
    ("part-task", "schedule", "schedule", "instead-schedule"),
    ("part-task", "catch", "catch", "instead-try"),
];

const CALLS: [(&str, &str); 4] = [
    ("grpc", HTTP_OR_FUNCTION),
    ("asyncapi", "instead-asyncapi"),
    ("a2a", HTTP_OR_FUNCTION),
    ("mcp", HTTP_OR_FUNCTION),
];

const HTTP_OR_FUNCTION: &str = "instead-http-or-function";
const NO_CODE: &str = "instead-no-code";
