use crate::language::{Mistake, parse};

const HEAD: &str = "document: {dsl: '1.0.3', namespace: n, name: p, version: '1.0.0'}\n";

fn mistakes(body: &str) -> Vec<Mistake> {
    match parse(&format!("{HEAD}{body}"), "p.yaml") {
        Ok(_) => Vec::new(),
        Err(mistakes) => mistakes,
    }
}

/// The body of a playbook, its one mistake's code, the text it points at, and a part of its hint.
#[test]
fn each_mistake_says_where_it_is_and_what_would_be_right() {
    for &(body, code, at, hint) in CASES {
        let found = mistakes(body);
        let text = format!("{HEAD}{body}");
        let [mistake] = found.as_slice() else { panic!("{body}: {found:#?}") };
        assert_eq!(mistake.code, code, "{body}: {mistake}");
        assert_eq!(text[mistake.span.start..mistake.span.end].trim_end(), at, "{body}: {mistake}");
        assert!(mistake.hint().contains(hint), "{body}: {mistake}");
        let line_start = text[..mistake.span.start].rfind('\n').map_or(0, |at| at + 1);
        assert_eq!(mistake.line, text[..mistake.span.start].matches('\n').count() + 1, "{body}");
        assert_eq!(mistake.column, mistake.span.start - line_start + 1, "{body}");
    }
}

#[test]
fn all_mistakes_come_at_once_in_the_order_of_the_text() {
    let found = mistakes("do:\n  - a: {wait: x}\n  - b: {sett: 1}\n  - c: {wait: PT1S, then: d}\n");
    let codes: Vec<_> = found.iter().map(|mistake| (mistake.line, mistake.code)).collect();
    assert_eq!(codes, [(3, "duration"), (4, "unknown-field")]);
    assert_eq!(found[0].to_string().split(':').next(), Some("p.yaml"));
}

#[test]
fn a_playbook_has_bounds() {
    let tasks: String = (0..2_001).map(|n| format!("  - t{n}: {{wait: PT1S}}\n")).collect();
    let found = mistakes(&format!("do:\n{tasks}"));
    assert_eq!((found.len(), found[0].code), (1, "too-large"));
    let long = format!("do:\n  - a: {{set: {{x: '{}'}}}}", "x".repeat(1024 * 1024));
    assert_eq!(mistakes(&long)[0].code, "too-large");
    let many: String = (0..500).map(|n| format!("  - t{n}: {{wait: x}}\n")).collect();
    assert_eq!(mistakes(&format!("do:\n{many}")).len(), 100);
}

const CASES: &[(&str, &str, &str, &str)] = &[
    ("do:\n  - a: {sett: {x: 1}}", "unknown-field", "sett", "did you mean `set`?"),
    ("do:\n  - a: {call: http, wiht: {}}", "unknown-field", "wiht", "did you mean `with`?"),
    ("do:\n  - a: {set: {x: 1}}\ndoo: 1", "unknown-field", "doo", "did you mean `do`?"),
    ("do:\n  - a: {wait: PT1S, foo: 1}", "unknown-field", "foo", "known here: `export`"),
    ("do:\n  - a: {if: .x}", "no-kind", "a", "known here: `call`"),
    ("do:\n  - a: {call: x.y, set: {x: 1}}", "several-kinds", "a", "two tasks"),
    ("do:\n  - a: {wait: PT1S}\n    b: {wait: PT1S}", "several-tasks", "b", "`- `"),
    ("do:\n  - a: {wait: PT1S}\n  - a: {wait: PT1S}", "repeated-name", "a", "own name"),
    ("do:\n  - a: {wait: PT1S, then: c}\n  - b: {wait: PT1S}", "then", "c", "known here"),
    (
        "do:\n  - first: {wait: PT1S, then: secnd}\n  - second: {wait: PT1S}",
        "then",
        "secnd",
        "`second`",
    ),
    (
        "do:\n  - a: {fork: {branches: [{b: {wait: PT1S, then: c}}, {c: {wait: PT1S}}]}}",
        "then",
        "c",
        "side by side",
    ),
    ("do:\n  - end: {wait: PT1S}", "task-name", "end", "another name"),
    ("do: []", "empty", "do", "at least one task"),
    ("doc: 1", "unknown-field", "doc", ""),
    ("do:\n  - a: {wait: 30}", "duration", "30", "PT30S"),
    ("do:\n  - a: {wait: P1M}", "duration", "P1M", "write days"),
    ("do:\n  - a: {if: true, wait: PT1S}", "kind", "true", "'${ true }'"),
    ("do:\n  - a: {call: 1}", "kind", "1", "'1'"),
    ("do:\n  - a: {call: http, with: {method: get}}", "missing-field", "with", "endpoint: https"),
    ("do:\n  - a: {call: http}", "missing-field", "a", "`with`"),
    ("do:\n  - a: {call: note}", "unknown-name", "note", "use.functions"),
    ("do:\n  - a: {try: [{b: {wait: PT1S}}]}", "missing-field", "a", "`catch`"),
    (
        "do:\n  - a: {try: [{b: {wait: PT1S}}], catch: {retry: r}}",
        "unknown-name",
        "r",
        "use.retries",
    ),
    ("do:\n  - a: {raise: {error: e}}", "unknown-name", "e", "use.errors"),
    ("do:\n  - a: {wait: PT1S, timeout: t}", "unknown-name", "t", "use.timeouts"),
    (
        "do:\n  - a: {for: {in: .x, each: $y}, do: [{b: {wait: PT1S}}]}",
        "variable",
        "$y",
        "without `$`",
    ),
    ("do:\n  - a: {for: {in: .x}}", "missing-field", "a", "beside `for`"),
    ("do:\n  - a: {set: {x: '${ $secrets.k }'}}", "refused", "'${ $secrets.k }'", "authentication"),
    ("do:\n  - a: {run: {shell: {command: ls}}}", "refused", "shell", "no code of its own"),
    ("do:\n  - a: {run: {script: {code: x}}}", "refused", "script", "no code of its own"),
    ("do:\n  - a: {run: {container: {image: x}}}", "refused", "container", "no code of its own"),
    ("do:\n  - a: {call: grpc, with: {}}", "refused", "grpc", "`call: http`"),
    ("do:\n  - a: {call: a2a, with: {}}", "refused", "a2a", "`call: http`"),
    ("do:\n  - a: {call: mcp, with: {}}", "refused", "mcp", "`call: http`"),
    ("do:\n  - a: {call: asyncapi, with: {}}", "refused", "asyncapi", "`listen`"),
    (
        "do:\n  - a: {call: 'log:1.0.0@global'}",
        "refused",
        "'log:1.0.0@global'",
        "<connector>.<action>",
    ),
    ("use: {extensions: []}\ndo: [{a: {wait: PT1S}}]", "refused", "extensions", "use.functions"),
    ("use: {catalogs: {}}\ndo: [{a: {wait: PT1S}}]", "refused", "catalogs", "<connector>.<action>"),
    (
        "input: {schema: {resource: {endpoint: x}}}\ndo: [{a: {wait: PT1S}}]",
        "refused",
        "resource",
        "in place",
    ),
    ("evaluate: {mode: loose}\ndo: [{a: {wait: PT1S}}]", "refused", "loose", "`strict`"),
    ("schedule: {cron: 0 25 * * *}\ndo: [{a: {wait: PT1S}}]", "cron", "0 25 * * *", "five fields"),
    (
        "schedule: {cron: '0 0 7 * * *'}\ndo: [{a: {wait: PT1S}}]",
        "cron",
        "'0 0 7 * * *'",
        "five fields",
    ),
    (
        "schedule: {on: {all: [{with: {type: a}}, {with: {type: b}}]}}\ndo: [{a: {wait: PT1S}}]",
        "event-start",
        "on",
        "`listen`",
    ),
    (
        "schedule: {read: data, every: P1D}\ndo: [{a: {wait: PT1S}}]",
        "read-without-on",
        "read",
        "`on`",
    ),
    ("schedule: {every: '${ .x }'}\ndo: [{a: {wait: PT1S}}]", "duration", "'${ .x }'", "P1D"),
    ("do:\n  - a: {listen: {to: {one: {with: {}}}}}", "empty", "with", "`type`"),
    ("do:\n  - a: {listen: {to: {all: [], until: .x}}}", "until", "until", "`any` only"),
    ("do:\n  - a: {emit: {event: {with: {source: x}}}}", "missing-field", "with", "kind of event"),
    (
        "do:\n  - a: {call: http, with: {method: get, endpoint: {uri: x, authentication: {oidc: {}}}}}",
        "refused",
        "oidc",
        "oauth2",
    ),
    (
        "do:\n  - a: {call: http, with: {method: get, endpoint: {uri: x, authentication: {basic: {use: s}}}}}",
        "unknown-name",
        "s",
        "use.secrets",
    ),
    (
        "do:\n  - a: {call: http, with: {method: get, endpoint: 'https://h/${ .x }'}}",
        "uri",
        "'https://h/${ .x }'",
        "one expression",
    ),
    ("do:\n  - a: {wait: PT1S, metadata: {maxConcurrency: 0}}", "kind", "0", "from 1 to 1000"),
    ("do: {a: {wait: PT1S}}", "kind", "{a: {wait: PT1S}}", "`- `"),
    ("schedule: {every: PT0S}\ndo: [{a: {wait: PT1S}}]", "too-often", "PT0S", "PT1S"),
    (
        "schedule: {after: {milliseconds: 5}}\ndo: [{a: {wait: PT1S}}]",
        "too-often",
        "{milliseconds: 5}",
        "PT1S",
    ),
];
