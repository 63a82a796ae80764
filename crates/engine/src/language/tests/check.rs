use kompel_model::{ActionEffect, ActionSpec, Catalogue, Phrase, Repeat};
use serde_json::{Value, json};

use super::{FULL, standard};
use crate::language::{
    Mistake,
    Severity::{self, Error, Warning},
    check, parse, schema,
};

const HEAD: &str = "document: {dsl: '1.0.3', namespace: n, name: p, version: '1.0.0'}\n";

fn action(name: &str, effect: ActionEffect, input: Value) -> ActionSpec {
    ActionSpec {
        name: name.parse().unwrap(),
        summary: format!("Does {name}"),
        effect,
        repeat: Repeat::Natural,
        permissions: Vec::new(),
        systems: Vec::new(),
        input,
        output: json!({}),
    }
}

pub(super) fn catalogue() -> Catalogue {
    let account = json!({
        "type": "object",
        "required": ["account"],
        "additionalProperties": false,
        "properties": {
            "account": {"type": "string", "description": "its login name"},
            "days": {"type": "integer", "minimum": 1},
            "groups": {"type": "array", "items": {"$ref": "#/$defs/group"}},
            "mode": {"enum": ["soft", "hard"]},
            "to": {"oneOf": [{"required": ["role"]}, {"required": ["people"]}]},
        },
        "$defs": {"group": {"type": "string"}},
    });
    let undo = ActionEffect::Reversible { undo: "ad.enable".parse().unwrap() };
    [
        action("ad.disable", undo, account.clone()),
        action("ad.enable", ActionEffect::Irreversible, account.clone()),
        action("ad.delete", ActionEffect::Irreversible, account),
        action("undo.step", ActionEffect::Read, json!({"type": "object", "required": ["step"]})),
        action("approval.ask", ActionEffect::Notice, json!({"type": "object"})),
    ]
    .into_iter()
    .collect()
}

/// Stands in for the jq compiler: names that begin with `$`, and no `((`.
fn variables(jq: &str) -> Result<Vec<String>, Phrase> {
    if jq.contains("((") {
        return Err(Phrase::new("mistake-jq-too-nested"));
    }
    let names = jq
        .split('$')
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric()).collect::<String>());
    Ok(names.collect())
}

fn judged(body: &str) -> Vec<Mistake> {
    let text = format!("{HEAD}{body}");
    let playbook =
        parse(&text, "p.yaml").unwrap_or_else(|mistakes| panic!("{body}: {mistakes:#?}"));
    check(&playbook, &catalogue(), &variables)
}

/// A body, the code of its one mistake, whether it is an error, the text it points at, a part of
/// its hint.
#[test]
fn what_only_the_checker_can_see_is_found_where_it_is() {
    for &(body, severity, code, at, hint) in CASES {
        let found = judged(body);
        let text = format!("{HEAD}{body}");
        let [mistake] = found.as_slice() else { panic!("{body}: {found:#?}") };
        assert_eq!((mistake.severity, mistake.code), (severity, code), "{body}: {mistake}");
        assert_eq!(&text[mistake.span.start..mistake.span.end], at, "{body}: {mistake}");
        assert!(mistake.hint().contains(hint), "{body}: {mistake}");
    }
}

#[test]
fn what_is_right_is_left_alone() {
    for body in [
        "do:\n  - a: {call: ad.disable, with: {account: x, connection: corp}}",
        "do:\n  - a: {call: ad.disable, with: {account: '${ .a }', days: '${ .d }', groups: '${ .g }', mode: '${ .m }', to: '${ .t }'}}",
        "do:\n  - a: {call: ad.disable, with: {account: x, to: {role: '${ .r }'}}}",
        "do:\n  - ask: {call: approval.ask}\n  - a: {call: ad.delete, with: {account: x}}",
        "do:\n  - a: {if: .x, wait: PT1S, then: end}\n  - b: {wait: PT1S}",
        "do:\n  - a: {switch: [{c: {when: .x, then: end}}]}\n  - b: {wait: PT1S}",
        "do:\n  - a: {wait: PT1S, then: c}\n  - b: {wait: PT1S, then: end}\n  - c: {wait: PT1S, then: b}",
        "do:\n  - a: {for: {in: .x}, do: [{b: {set: {y: '${ $item.y }'}}}, {c: {set: {z: '${ .y }'}}}], metadata: {maxConcurrency: 2}}",
        "do:\n  - a: {for: {in: .x}, do: [{b: {input: {from: $item}, set: {y: '${ .y }'}}}], metadata: {maxConcurrency: 2}}",
        "do:\n  - a: {for: {in: .x}, do: [{b: {call: ad.disable, with: {account: '${ $item }'}, output: {as: .done}}}], metadata: {maxConcurrency: 2}}",
        "do:\n  - a: {for: {in: .x}, do: [{b: {set: {y: '${ .y + 1 }'}}}]}",
    ] {
        let found = judged(body);
        assert!(found.is_empty(), "{body}: {found:#?}");
    }
    let playbook = parse(FULL, "full.yaml").unwrap();
    let errors: Vec<_> = check(&playbook, &catalogue(), &variables)
        .into_iter()
        .filter(|mistake| mistake.severity == Error)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// The page for engineers shows what works.
#[test]
fn the_guides_playbook_is_read_and_has_no_mistake_of_form() {
    let guide = include_str!("../../../../../docs/guides/playbook-language.md");
    let text = guide.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let playbook = parse(text, "guide").unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
    let found = check(&playbook, &catalogue(), &variables);
    assert!(found.is_empty(), "{found:#?}");
}

fn fits_schema(text: &str) -> bool {
    let schema = schema(&catalogue());
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    super::as_yaml(text).is_ok_and(|value| validator.is_valid(&value))
}

#[test]
fn the_schema_takes_what_the_parser_takes_and_refuses_what_it_refuses() {
    let schema = schema(&catalogue());
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let mut texts = vec![("full".to_owned(), FULL.to_owned())];
    texts.extend(standard("examples"));
    texts.extend(standard("invalid"));
    texts.extend(super::scenarios().into_iter().map(|text| ("scenario".to_owned(), text)));
    for (name, text) in texts {
        let value = super::as_yaml(&text);
        let fits = value.as_ref().is_ok_and(|value| validator.is_valid(value));
        let why = || {
            value
                .as_ref()
                .ok()
                .and_then(|value| validator.validate(value).err().map(|e| e.to_string()))
        };
        assert_eq!(fits, parse(&text, &name).is_ok(), "{name}: {:?}", why());
    }
}

#[test]
fn the_schema_knows_each_function_and_its_input() {
    for (task, fits) in [
        ("{call: ad.disable, with: {account: x}}", true),
        ("{call: ad.disable, with: {account: '${ .a }', days: '${ .d }', connection: corp}}", true),
        ("{call: ad.disable, with: {account: x, groups: [a, '${ .b }']}}", true),
        ("{call: ad.disable, with: {account: x, groups: '${ .b }'}}", true),
        ("{call: note, with: {any: thing}}", true),
        ("{call: ad.disable, with: {account: 5}}", false),
        ("{call: ad.disable, with: {account: x, groups: [5]}}", false),
        ("{call: ad.disable, with: {acount: x}}", false),
        ("{call: ad.disable, with: {account: x, mode: mild}}", false),
        ("{call: ad.disable}", false),
        ("{call: ad.unknown}", false),
        ("{call: grpc, with: {}}", false),
        ("{wait: PT1S, foo: 1}", false),
        ("{wait: P1M}", false),
        ("{wait: PT}", false),
        ("{set: {}}", false),
    ] {
        assert_eq!(fits_schema(&format!("{HEAD}do:\n  - a: {task}")), fits, "{task}");
    }
}

const CASES: &[(&str, Severity, &str, &str, &str)] = &[
    (
        "do:\n  - a: {call: ad.disabel, with: {account: x}}",
        Error,
        "unknown-function",
        "ad.disabel",
        "`ad.disable`",
    ),
    (
        "do:\n  - a: {call: ad.nothing-like-it}",
        Error,
        "unknown-function",
        "ad.nothing-like-it",
        "`ad` has: ad.delete",
    ),
    ("do:\n  - a: {call: no.thing}", Error, "unknown-function", "no.thing", "playbook schema"),
    ("do:\n  - a: {call: ad.disable}", Error, "input", "ad.disable", "its login name"),
    ("do:\n  - a: {call: ad.disable, with: {days: 1}}", Error, "input", "with", "`account: …`"),
    (
        "do:\n  - a: {call: ad.disable, with: {acount: x, account: y}}",
        Error,
        "input",
        "acount",
        "`account`",
    ),
    ("do:\n  - a: {call: ad.disable, with: {account: 5}}", Error, "input", "5", ""),
    ("do:\n  - a: {call: ad.disable, with: {account: x, days: 0}}", Error, "input", "0", ""),
    ("do:\n  - a: {call: ad.disable, with: {account: x, groups: [1]}}", Error, "input", "1", ""),
    ("do:\n  - a: {call: ad.disable, with: {account: x, mode: mild}}", Error, "input", "mild", ""),
    ("do:\n  - a: {set: {x: '${ (( }'}}", Error, "expression", "'${ (( }'", ""),
    (
        "do:\n  - a: {set: {x: '${ $contxt.y }'}}",
        Error,
        "unknown-variable",
        "'${ $contxt.y }'",
        "`$context`",
    ),
    (
        "do:\n  - a: {if: $input.x, wait: PT1S}",
        Error,
        "unknown-variable",
        "$input.x",
        "known here: `$context`",
    ),
    ("do:\n  - a: {set: {x: '${ $item }'}}", Error, "unknown-variable", "'${ $item }'", ""),
    (
        "do:\n  - a: {set: {x: .customer.name}}",
        Warning,
        "bare-expression",
        ".customer.name",
        "${ .customer.name }",
    ),
    (
        "do:\n  - a: {set: {x: 'Dear ${ .name }'}}",
        Warning,
        "part-expression",
        "'Dear ${ .name }'",
        "one expression",
    ),
    (
        "do:\n  - a: {wait: PT1S, then: end}\n  - b: {wait: PT1S}",
        Warning,
        "unreachable",
        "b",
        "`then`",
    ),
    (
        "do:\n  - a: {raise: {error: {type: x, status: 500}}}\n  - b: {wait: PT1S}",
        Warning,
        "unreachable",
        "b",
        "`then`",
    ),
    (
        "do:\n  - a: {switch: [{c: {then: end}}]}\n  - b: {wait: PT1S}",
        Warning,
        "unreachable",
        "b",
        "`then`",
    ),
    (
        "do:\n  - a: {fork: {branches: [{b: {wait: PT1S, export: {as: .}}}]}}",
        Error,
        "export-in-fork",
        "export",
        "ends last",
    ),
    (
        "do:\n  - a: {fork: {branches: [{b: {do: [{c: {wait: PT1S, export: {as: .}}}]}}]}}",
        Error,
        "export-in-fork",
        "export",
        "ends last",
    ),
    (
        "do:\n  - a: {call: ad.delete, with: {account: x}}",
        Warning,
        "no-approval",
        "ad.delete",
        "approval.ask",
    ),
    (
        "use: {functions: {f: {call: ad.delete, with: {account: x}}}}\ndo:\n  - a: {call: f}",
        Warning,
        "no-approval",
        "ad.delete",
        "approval.ask",
    ),
    (
        "use: {functions: {f: {call: f}}}\ndo:\n  - a: {call: f}",
        Error,
        "endless-function",
        "f",
        "`for`",
    ),
    (
        "input: {schema: {document: {type: strin}}}\ndo:\n  - a: {wait: PT1S}",
        Error,
        "schema",
        "strin",
        "2020-12",
    ),
    (
        "do:\n  - a: {call: http, with: {method: get, endpoint: {uri: x, authentication: {bearer: {token: abc}}}}}",
        Warning,
        "written-secret",
        "token",
        "use.secrets",
    ),
    (
        "do:\n  - a: {wait: PT1S, metadata: {maxConcurrency: 2}}",
        Warning,
        "concurrency",
        "maxConcurrency",
        "`for`",
    ),
    (
        "do:\n  - a: {for: {in: .x}, while: $index < 3, do: [{b: {set: {y: '${ $item }'}}}], metadata: {maxConcurrency: 2}}",
        Error,
        "concurrency",
        "while",
        "one of them",
    ),
    (
        "do:\n  - a: {for: {in: .x}, do: [{b: {set: {y: '${ .y + 1 }'}}}], metadata: {maxConcurrency: 2}}",
        Error,
        "concurrency",
        "'${ .y + 1 }'",
        "from: $item",
    ),
    (
        "do:\n  - a: {for: {in: .x}, do: [{b: {wait: PT1S}}, {c: {set: {y: '${ .y }'}}}], metadata: {maxConcurrency: 2}}",
        Error,
        "concurrency",
        "'${ .y }'",
        "from: $item",
    ),
    (
        "do:\n  - a: {for: {in: .x}, do: [{d: {do: [{b: {set: {y: '${ .y }'}}}]}}], metadata: {maxConcurrency: 2}}",
        Error,
        "concurrency",
        "'${ .y }'",
        "from: $item",
    ),
    (
        "do:\n  - a: {for: {in: .x}, do: [{b: {set: {y: 1}, export: {as: .}}}], metadata: {maxConcurrency: 2}}",
        Error,
        "concurrency",
        "export",
        "`export`",
    ),
    (
        "do:\n  - disable: {wait: PT1S}\n  - a: {call: undo.step, with: {step: disabel}}",
        Error,
        "unknown-name",
        "disabel",
        "`disable`",
    ),
    (
        "do:\n  - a: {try: [{b: {wait: PT1S}}], catch: {errors: {with: {type: https://serverlessworkflow.io/spec/1.0.0/errors/comunication}}}}",
        Warning,
        "error-type",
        "https://serverlessworkflow.io/spec/1.0.0/errors/comunication",
        "`communication`",
    ),
    (
        "do:\n  - a: {try: [{b: {wait: PT1S}}], catch: {retry: {delay: PT1S, limit: {attempt: {duration: PT1S}}}}}",
        Warning,
        "endless-retry",
        "retry",
        "count: 5",
    ),
    (
        "use: {retries: {r: {delay: PT1S}}}\ndo:\n  - a: {try: [{b: {wait: PT1S}}], catch: {retry: r}}",
        Warning,
        "endless-retry",
        "r",
        "count: 5",
    ),
];
