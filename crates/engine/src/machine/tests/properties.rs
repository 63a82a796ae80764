use kompel_model::Timestamp;
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};

use super::driver::{Driver, cloud_event, fault, program};
use crate::{CallId, Effect, Input, TimerId, machine::Run};

/// A task of a random playbook, still without its name.
fn task() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({"set": {"n": "${ (.n // 0) + 1 }"}})),
        Just(json!({"set": "${ $context }"})),
        Just(json!({"call": "sys.act", "with": {"n": "${ .n }"}})),
        Just(
            json!({"call": "sys.act", "output": {"as": ".x"}, "export": {"as": "$context + {x: .}"}})
        ),
        Just(json!({"call": "shared"})),
        Just(json!({"wait": "PT5S"})),
        Just(json!({"emit": {"event": {"with": {"type": "a", "data": "${ . }"}}}})),
        Just(json!({"listen": {"to": {"one": {"with": {"type": "a"}}}}})),
        Just(json!({"listen": {"to": {"any": [{"with": {"type": "b"}}],
            "until": "length > 1"}, "read": "envelope"}})),
        Just(json!({"listen": {"to": {"all": [{"with": {"type": "a"}}, {"with": {"type": "b"},
            "correlate": {"k": {"from": ".data.k"}}}]}}, "timeout": {"after": "PT20S"}})),
        Just(json!({"raise": {"error": {"type": "https://x.test/e", "status": 400}}})),
        Just(json!({"run": {"workflow": {"namespace": "n", "name": "o", "version": "1.0.0"}}})),
        Just(json!({"set": {"wrong": "${ .n | error }"}})),
        Just(
            json!({"switch": [{"a": {"when": ".n == 1", "then": "exit"}}, {"b": {"then": "continue"}}]})
        ),
        Just(json!({"switch": [{"a": {"when": ".n == 3", "then": "end"}}]})),
        Just(json!({"if": ".n == 2", "call": "sys.act", "timeout": {"after": "PT3S"}})),
    ];
    leaf.prop_recursive(3, 24, 3, |inner| {
        let list = prop::collection::vec(inner, 1..4);
        (list, 0..9_u8).prop_map(|(tasks, kind)| {
            let list = Value::from(tasks);
            match kind {
                0 => json!({"do": list}),
                1 => json!({"do": list, "timeout": {"after": "PT8S"}}),
                2 => json!({"for": {"in": "[1, 2]"}, "do": list}),
                3 => json!({"for": {"each": "e", "in": "[1, 2, 3]"}, "do": list,
                    "metadata": {"maxConcurrency": 2}}),
                4 => json!({"fork": {"branches": list}}),
                5 => json!({"fork": {"compete": true, "branches": list}}),
                6 => json!({"try": list, "catch": {"retry": {"delay": "PT1S",
                    "backoff": {"exponential": {}}, "jitter": {"from": "PT0S", "to": "PT2S"},
                    "limit": {"attempt": {"count": 2, "duration": "PT9S"}}}}}),
                7 => json!({"try": list.clone(), "catch": {"as": "e", "when": "$e.status == 400",
                    "do": list}}),
                _ => json!({"listen": {"to": {"any": [{"with": {"type": "a"}}],
                    "until": {"one": {"with": {"type": "stop"}}}}}, "foreach": {"do": list}}),
            }
        })
    })
}

/// Gives every task a name.
fn named(task: &Value, count: &mut usize) -> Value {
    let mut task = task.clone();
    for pointer in ["/do", "/fork/branches", "/try", "/catch/do", "/foreach/do"] {
        let Some(list) = task.pointer(pointer).and_then(Value::as_array).cloned() else { continue };
        let list = list.iter().map(|task| {
            *count += 1;
            let name = format!("t{count}");
            json!({ name: named(task, count) })
        });
        let list: Vec<Value> = list.collect();
        *task.pointer_mut(pointer).unwrap() = Value::from(list);
    }
    task
}

fn text(tasks: &[Value]) -> String {
    let whole = json!({
        "document": {"dsl": "1.0.3", "namespace": "n", "name": "p", "version": "1.0.0"},
        "use": {"functions": {"shared": {"call": "sys.act", "with": {"s": "${ . }"}}}},
        "timeout": {"after": "PT60S"},
    });
    let mut whole = whole;
    whole["do"] = named(&json!({"do": tasks}), &mut 0)["do"].clone();
    serde_json::to_string_pretty(&whole).unwrap()
}

/// What a world that does as it pleases tells next.
fn told(run: &Run, now: Timestamp, choice: &Index, what: u8) -> (Timestamp, Input) {
    let pending = run.pending();
    let stray = what == 255 || pending.is_empty();
    if stray {
        return (
            now,
            match choice.index(4) {
                0 => Input::Done { call: CallId(9999), output: json!(1) },
                1 => Input::Woke { timer: TimerId(choice.index(50) as u64) },
                2 => Input::Failed {
                    call: CallId(choice.index(50) as u64),
                    fault: fault("timeout", 408),
                },
                _ => Input::Event { event: cloud_event("stray", "none", json!(0)) },
            },
        );
    }
    if what == 254 {
        return (now, Input::Cancel { by: "jan".to_owned(), why: "enough".to_owned() });
    }
    match &pending[choice.index(pending.len())] {
        Effect::Act { call, .. } | Effect::RunPlaybook { call, .. } | Effect::Emit { call, .. } => {
            let call = *call;
            (
                now,
                match what % 4 {
                    0 => Input::Failed { call, fault: fault("communication", 503) },
                    _ => Input::Done { call, output: json!({"x": what, "n": what % 3}) },
                },
            )
        }
        Effect::Wake { timer, at } => (now.max(*at), Input::Woke { timer: *timer }),
        Effect::Listen { .. } => {
            let kind = ["a", "b", "stop"][usize::from(what % 3)];
            let event = cloud_event(&format!("e{}", what / 3 % 20), kind, json!({"k": what % 2}));
            (now, Input::Event { event })
        }
        other => panic!("{other:?} is not to be pending"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_run_equals_its_saved_copy_and_its_replay_and_ends_or_waits_for_something(
        tasks in prop::collection::vec(task(), 1..5),
        choices in prop::collection::vec((any::<Index>(), any::<u8>()), 0..60),
    ) {
        let program = program(&text(&tasks));
        let mut driver = Driver::of(program, json!({"n": 0}));
        let mut states = vec![driver.run.clone()];
        for (choice, what) in &choices {
            let (now, input) = told(&driver.run, driver.now, choice, *what);
            driver.now = now;
            driver.tell(input);
            let saved = serde_json::to_string(&driver.run).unwrap();
            let loaded: Run = serde_json::from_str(&saved).unwrap();
            prop_assert_eq!(&loaded, &driver.run);
            driver.run = loaded;
            states.push(driver.run.clone());
        }
        for (entries, state) in states.iter().enumerate() {
            prop_assert_eq!(state.ending().is_some(), state.pending().is_empty());
            if entries % 7 == 0 || entries + 1 == states.len() {
                let replayed = driver.replay(entries);
                prop_assert_eq!(replayed.pending(), state.pending());
                prop_assert_eq!(&replayed, state);
            }
        }
        // What the run has said so far, and no more, is what it still wants.
        let mut wanted: Vec<Effect> = Vec::new();
        for effect in &driver.effects {
            match effect {
                Effect::AbandonCall(gone) => wanted.retain(|e| call(e) != Some(*gone)),
                Effect::DropTimer(gone) => {
                    wanted.retain(|e| !matches!(e, Effect::Wake { timer, .. } if timer == gone));
                }
                Effect::DropListener(gone) => {
                    wanted.retain(|e| !matches!(e, Effect::Listen { listener, .. } if listener == gone));
                }
                Effect::End(_) => prop_assert!(driver.run.ending().is_some()),
                other => wanted.push(other.clone()),
            }
        }
        for pending in driver.run.pending() {
            prop_assert!(wanted.contains(&pending));
        }
    }
}

fn call(effect: &Effect) -> Option<CallId> {
    match effect {
        Effect::Act { call, .. } | Effect::RunPlaybook { call, .. } | Effect::Emit { call, .. } => {
            Some(*call)
        }
        _ => None,
    }
}
