//! Parts of the standard that we refuse, each with what to write instead.

/// A member of `what` that the standard knows and we don't: what is wrong, and the hint.
pub(super) fn field(what: &str, key: &str) -> Option<(String, &'static str)> {
    let found = FIELDS.iter().find(|(where_, name, ..)| *where_ == what && *name == key)?;
    Some((format!("`{}` is not supported", found.2), found.3))
}

/// A kind of call that the standard knows and we don't.
pub(super) fn call(kind: &str) -> Option<&'static str> {
    CALLS.iter().find(|(name, _)| *name == kind).map(|(_, hint)| *hint)
}

/// Where, key, how it is called in the message, hint.
const FIELDS: [(&str, &str, &str, &str); 12] = [
    ("`run`", "script", "run.script", NO_CODE),
    ("`run`", "shell", "run.shell", NO_CODE),
    ("`run`", "container", "run.container", NO_CODE),
    (
        "`run`",
        "return",
        "run.return",
        "a playbook's output is its output: leave `return` out, or shape it with `output.as`",
    ),
    (
        "`use`",
        "extensions",
        "use.extensions",
        "write the tasks where they are to run, or once under `use.functions` and `call` them",
    ),
    (
        "`use`",
        "catalogs",
        "use.catalogs",
        "functions come from the built-in catalogue only: `call: <connector>.<action>`",
    ),
    (
        "a schema",
        "resource",
        "schema.resource",
        "write the schema in place under `document`: checking must not need the network",
    ),
    (
        "an authentication",
        "oidc",
        "oidc",
        "write `oauth2` with the provider's `authority` and `endpoints.token`",
    ),
    (
        "an authentication",
        "certificate",
        "certificate",
        "use basic, bearer, digest or oauth2, or a function of the catalogue",
    ),
    ("an event filter", "data", "data here", "write it under `with`"),
    ("a task", "schedule", "schedule on a task", "it belongs at the top of the playbook"),
    ("a task", "catch", "catch without try", "write `try: [...]` beside it"),
];

const CALLS: [(&str, &str); 4] = [
    ("grpc", "use `call: http`, or a function of the catalogue that speaks to the peer"),
    ("asyncapi", "use `listen` and `emit` for events, or `call: http`"),
    ("a2a", "use `call: http`, or a function of the catalogue that speaks to the peer"),
    ("mcp", "use `call: http`, or a function of the catalogue that speaks to the peer"),
];

const NO_CODE: &str = "a playbook runs no code of its own: use a function of the catalogue \
    (`call: <connector>.<action>`) or `run.workflow`";
