use serde_json::{Value, json};

use super::driver::{CHANGED, Driver, cloud_event, fault, playbook};
use crate::{
    Effect, Ending, Input, jq,
    machine::{Program, state::TRANSITIONS},
};

fn ending(driver: &Driver) -> &Ending {
    driver.run.ending().expect("an end")
}

fn completed(driver: &Driver) -> &Value {
    match ending(driver) {
        Ending::Completed { output } => output,
        other => panic!("{other:?}"),
    }
}

/// The kind (its last part), status and instance of the fault a run ended in.
fn faulted(driver: &Driver) -> (String, u16, String) {
    match ending(driver) {
        Ending::Faulted { fault } => {
            let kind = fault.kind.rsplit('/').next().unwrap().to_owned();
            (kind, fault.status, fault.instance.clone().unwrap_or_default())
        }
        other => panic!("{other:?}"),
    }
}

fn run(tasks: &str, input: Value) -> Driver {
    let mut driver = Driver::new(&playbook(tasks), input);
    driver.drive(&mut |_| None);
    driver
}

#[test]
fn tasks_without_questions_give_what_the_standard_says() {
    for (name, tasks, input, expected) in [
        ("data flow", r"
- a: {input: {from: .user}, set: {name: '${ .name }', all: '${ $task.input.user.name }', w: '${ $workflow.input.x }'},
      output: {as: '{n: .name, i: $input.name, all: .all, w: .w}'}, export: {as: '$context + {seen: $output.n}'}}
- b: {set: {n: '${ .n }', i: '${ .i }', all: '${ .all }', w: '${ .w }', c: '${ $context.seen }', x: '${ $context.x }'}}",
            json!({"user": {"name": "Jan"}, "x": 1}),
            json!({"n": "Jan", "i": "Jan", "all": "Jan", "w": 1, "c": "Jan", "x": 1})),
        ("skip", "
- a: {if: .no, set: {a: 1}, then: end}
- b: {set: '${ . + {b: 1} }'}", json!({"no": false}), json!({"no": false, "b": 1})),
        ("exit leaves its list only", "
- a: {do: [{x: {set: {x: 1}, then: exit}}, {y: {set: {y: 1}}}]}
- b: {set: '${ . + {b: 1} }'}", json!({}), json!({"x": 1, "b": 1})),
        ("end ends all", "
- a: {do: [{x: {set: {x: 1}, then: end}}, {y: {set: {y: 1}}}]}
- b: {set: {b: 1}}", json!({}), json!({"x": 1})),
        ("a task by its name", "
- a: {set: '${ .n + 1 | {n: .} }'}
- b: {switch: [{again: {when: .n < 5, then: a}}, {done: {then: c}}]}
- never: {set: {never: 1}}
- c: {set: '${ .n }'}", json!({"n": 0}), json!(5)),
        ("for with while", "
- a: {for: {each: x, in: '.items', at: i}, while: '$x < 3', do: [{b: {set: {sum: '${ (.sum // 0) + $x + $i }'}}}]}",
            json!({"items": [1, 2, 3, 1]}), json!({"sum": 4})),
        ("for without items", "
- a: {for: {in: '[]'}, do: [{b: {set: {b: 1}}}]}", json!({"x": 1}), json!({"x": 1})),
        ("fork keeps the order of its branches", "
- a: {fork: {branches: [{x: {wait: PT5S}}, {y: {set: {y: 1}}}, {z: {do: [{w: {wait: PT1S}}, {v: {set: {v: 2}}}]}}]}}",
            json!(0), json!([0, {"y": 1}, {"v": 2}])),
        ("compete: the first one wins", "
- a: {fork: {compete: true, branches: [{x: {wait: PT5S}}, {z: {do: [{w: {wait: PT1S}}, {v: {set: {v: 2}}}]}}]}}",
            json!(0), json!({"v": 2})),
        ("caught with its variable", "
- a: {try: [{b: {raise: {error: {type: 'https://x.test/e', status: 418, title: '${ .t }'}}}}],
      catch: {as: e, when: '$e.status == 418', do: [{c: {set: '${ [$e.title, $e.instance] }'}}], then: d}}
- never: {set: {never: 1}}
- d: {set: '${ . + [1] }'}", json!({"t": "Tea"}), json!(["Tea", "/do/0/a/try/0/b", 1])),
        ("caught without do gives the input", "
- a: {try: [{b: {raise: {error: {type: 'https://x.test/e', status: 418}}}}], catch: {errors: {with: {status: 418}}}}",
            json!({"x": 1}), json!({"x": 1})),
        ("both hosts of an error type", "
- a: {try: [{b: {set: {x: '${ error }'}}}], catch: {errors: {with: {type: 'https://serverlessworkflow.io/spec/1.0.0/errors/expression'}},
      do: [{c: {set: '${ $error.status }'}}]}}", json!({"x": 1}), json!(400)),
        ("wait for a time that is evaluated", "
- a: {wait: '${ .for }'}", json!({"for": "PT5S"}), json!({"for": "PT5S"})),
    ] {
        let driver = run(tasks, input);
        assert_eq!(*completed(&driver), expected, "{name}");
    }
}

#[test]
fn errors_end_a_run_and_say_where() {
    for (name, tasks, input, expected) in [
        ("input schema", "
- a: {input: {schema: {document: {type: object, required: [x]}}}, set: {a: 1}}", json!({}),
            ("validation", 400, "/do/0/a")),
        ("output schema", "
- a: {set: {a: 1}, output: {schema: {document: {type: object, required: [x]}}}}", json!({}),
            ("validation", 400, "/do/0/a")),
        ("export schema", "
- a: {set: {a: 1}, export: {as: '.', schema: {document: {type: object, required: [x]}}}}", json!({}),
            ("validation", 400, "/do/0/a")),
        ("expression", "
- a: {do: [{b: {set: {x: '${ .a.b }'}}}]}", json!({"a": 1}), ("expression", 400, "/do/0/a/do/0/b")),
        ("timeout", "
- a: {do: [{b: {wait: PT1H}}], timeout: {after: PT1M}}", json!({}), ("timeout", 408, "/do/0/a")),
        ("a branch", "
- a: {fork: {branches: [{x: {wait: PT1H}}, {y: {raise: {error: {type: 'https://x.test/bad', status: 500}}}}]}}",
            json!({}), ("bad", 500, "/do/0/a/fork/branches/1/y")),
        ("in catch.do", "
- a: {try: [{b: {raise: {error: {type: 'https://x.test/one', status: 500}}}}],
      catch: {do: [{c: {raise: {error: {type: 'https://x.test/two', status: 501}}}}]}}",
            json!({}), ("two", 501, "/do/0/a/catch/do/0/c")),
        ("not caught: except", "
- a: {try: [{b: {raise: {error: {type: 'https://x.test/one', status: 500}}}}], catch: {exceptWhen: '$error.status == 500'}}",
            json!({}), ("one", 500, "/do/0/a/try/0/b")),
        ("an endless loop", "
- a: {set: {x: 1}, then: a}", json!({}), ("runtime", 500, "/")),
        ("an endless expression", "
- a: {set: {x: '${ [repeat(1)] }'}}", json!({}), ("expression", 400, "/do/0/a")),
        ("a loop over no array", "
- a: {for: {in: '1'}, do: [{b: {set: {x: 1}}}]}", json!({}), ("expression", 400, "/do/0/a")),
        ("when itself", "
- a: {try: [{b: {raise: {error: {type: 'https://x.test/one', status: 500}}}}], catch: {when: '$error | keys | .a'}}",
            json!({}), ("expression", 400, "/do/0/a")),
    ] {
        let driver = run(tasks, input);
        let (kind, status, instance) = faulted(&driver);
        assert_eq!((kind.as_str(), status, instance.as_str()), expected, "{name}");
        assert_eq!(driver.run.pending(), [], "{name}");
    }
}

#[test]
fn the_playbook_as_a_whole_has_an_input_an_output_and_a_time() {
    for rule in [
        "input: {schema: {document: {required: [x]}}}",
        "input: {from: '.a.b.c | error'}",
        "output: {schema: {document: {required: [y]}}}",
        "output: {as: '. + 1'}",
    ] {
        let text = format!("{}\n{rule}\n", playbook("- a: {set: {a: 1}}"));
        let mut driver = Driver::new(&text, json!({}));
        driver.drive(&mut |_| None);
        let (kind, status, instance) = faulted(&driver);
        assert!(["validation", "expression"].contains(&kind.as_str()), "{rule}");
        assert_eq!((status, instance.as_str()), (400, "/"), "{rule}");
    }
    let whole = "input: {from: '.user'}\noutput: {as: '. + {c: $context.n, w: $workflow.definition.document.name}'}";
    let text = format!("{}\n{whole}\n", playbook("- a: {set: {a: '${ $input.n }'}}"));
    let output = Driver::output(&text, json!({"user": {"n": 1}}));
    assert_eq!(output, json!({"a": 1, "c": 1, "w": "p"}));
    let text = format!("{}timeout: {{after: PT30S}}\n", playbook("- a: {wait: PT1H}\n"));
    let mut driver = Driver::new(&text, json!({}));
    driver.drive(&mut |_| None);
    assert_eq!(faulted(&driver), ("timeout".to_owned(), 408, "/".to_owned()));
    assert_eq!(driver.elapsed().num_seconds(), 30);
}

#[test]
fn a_repeat_waits_as_its_policy_says_and_then_gives_up() {
    for (policy, calls, seconds) in [
        ("{delay: PT2S, limit: {attempt: {count: 3}}}", 4, 2 + 2 + 2),
        ("{delay: PT2S, backoff: {linear: {}}, limit: {attempt: {count: 3}}}", 4, 2 + 4 + 6),
        (
            "{delay: PT2S, backoff: {exponential: {}}, limit: {attempt: {count: 4}}}",
            5,
            2 + 4 + 8 + 16,
        ),
        ("{delay: PT10S, limit: {duration: PT35S}}", 4, 30),
        ("{delay: PT2S, when: '$error.status == 404'}", 1, 0),
        ("{delay: PT2S, exceptWhen: '$error.status == 503'}", 1, 0),
    ] {
        let tasks = format!("
- a: {{try: [{{b: {{call: sys.act}}}}], catch: {{errors: {{with: {{status: 503}}}}, retry: {policy}}}}}");
        let mut driver = Driver::new(&playbook(&tasks), json!({}));
        let mut count = 0;
        driver.drive(&mut |effect| {
            let Effect::Act { step, .. } = effect else { panic!() };
            assert_eq!(step.0, "/do/0/a/try/0/b#1");
            count += 1;
            Some(Err(fault("communication", 503)))
        });
        assert_eq!((count, driver.elapsed().num_seconds()), (calls, seconds), "{policy}");
        assert_eq!(
            faulted(&driver),
            ("communication".to_owned(), 503, "/do/0/a/try/0/b".to_owned())
        );
    }
}

#[test]
fn jitter_follows_from_the_seed_and_attempts_have_their_own_limit() {
    let tasks = "
- a: {try: [{b: {call: sys.act}}], catch: {do: [{c: {set: {gave: up}}}], retry: {delay: PT1S,
      jitter: {from: PT1S, to: PT9S}, limit: {attempt: {count: 3, duration: PT4S}}}}}";
    let elapsed = || {
        let mut driver = Driver::new(&playbook(tasks), json!({}));
        driver.drive(&mut |_| None);
        assert_eq!(*completed(&driver), json!({"gave": "up"}));
        driver.elapsed()
    };
    assert_eq!(elapsed(), elapsed());
    assert!((4 * 4 + 3 * 2..=4 * 4 + 3 * 10).contains(&elapsed().num_seconds()));
}

#[test]
fn a_step_key_names_the_rounds_and_the_visit() {
    let tasks = "
- each: {for: {in: '[5, 6]'}, do: [{act: {call: sys.act, with: {i: '${ $item }'}}}]}
- again: {call: sys.act}
- more: {switch: [{yes: {when: .n < 2, then: again}}]}
- shared: {call: shared}
- both: {fork: {branches: [{x: {call: sys.act}}, {y: {call: sys.act}}]}}";
    let text = format!("use: {{functions: {{shared: {{call: sys.act}}}}}}\n{}", playbook(tasks));
    let mut driver = Driver::new(&text, json!({}));
    let (mut keys, mut n) = (Vec::new(), 0);
    driver.drive(&mut |effect| {
        let Effect::Act { step, .. } = effect else { panic!() };
        keys.push(step.0.clone());
        n += 1;
        Some(Ok(json!({"n": n - 2})))
    });
    assert_eq!(
        keys,
        [
            "/do/0/each/do[0]/0/act#1",
            "/do/0/each/do[1]/0/act#1",
            "/do/1/again#1",
            "/do/1/again#2",
            "/do/3/shared/call#1",
            "/do/4/both/fork/branches/0/x#1",
            "/do/4/both/fork/branches/1/y#1",
        ]
    );
}

#[test]
fn a_concurrent_loop_runs_so_many_rounds_at_a_time() {
    let tasks = "
- each: {for: {in: '[0, 1, 2, 3, 4]'}, metadata: {maxConcurrency: 2},
         do: [{act: {call: sys.act, with: {i: '${ $item }'}}}]}";
    let mut driver = Driver::new(&playbook(tasks), json!({}));
    let mut seen = 0;
    while driver.run.ending().is_none() {
        let calls = driver.calls();
        assert!(calls.len() <= 2);
        seen = seen.max(calls.len());
        // The last one first.
        driver.done(calls.last().unwrap().0, json!(calls.last().unwrap().2));
    }
    assert_eq!(seen, 2);
    assert_eq!(*completed(&driver), json!("/do/0/each/do[4]/0/act#1"));
}

#[test]
fn what_is_no_longer_wanted_is_withdrawn() {
    let tasks = "
- a: {fork: {compete: true, branches: [{x: {call: sys.act, timeout: {after: PT9S}}}, {y: {call: sys.act}},
      {z: {listen: {to: {one: {with: {type: a}}}}}}]}}
- b: {call: sys.act}";
    let mut driver = Driver::new(&playbook(tasks), json!({}));
    let (x, y) = (driver.calls()[0].0, driver.calls()[1].0);
    let effects = driver.done(y, json!({"y": 1}));
    assert!(effects.contains(&Effect::AbandonCall(crate::CallId(x))));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::DropTimer(_))));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::DropListener(_))));
    let before = driver.run.clone();
    assert_eq!(driver.done(x, json!({"late": 1})), []);
    assert_eq!(driver.done(y, json!({"twice": 1})), []);
    assert_eq!(driver.run, before);
    let effects = driver.tell(Input::Cancel { by: "an".to_owned(), why: "stop".to_owned() });
    assert!(matches!(effects[..], [Effect::AbandonCall(_), Effect::End(Ending::Cancelled { .. })]));
    assert_eq!(driver.tell(Input::Cancel { by: "an".to_owned(), why: "stop".to_owned() }), []);
}

#[test]
fn listening_takes_the_events_it_is_meant_for_and_each_once() {
    let one = |tasks: &str, events: &[(&str, &str, Value)]| {
        let mut driver = Driver::new(&playbook(tasks), json!({"want": "k1"}));
        for (id, kind, data) in events {
            driver.event(cloud_event(id, kind, data.clone()));
        }
        driver.run.ending().cloned()
    };
    let done = |output: Value| Some(Ending::Completed { output });
    let (a, b) = (json!({"k": "k1", "n": 1}), json!({"k": "k2", "n": 2}));
    let twice = "
- a: {listen: {to: {one: {with: {type: a}}}}}
- b: {listen: {to: {one: {with: {type: a}}}}}";
    assert_eq!(one(twice, &[("1", "a", a.clone()), ("1", "a", a.clone())]), None);
    assert_eq!(one(twice, &[("1", "a", a.clone()), ("2", "a", b.clone())]), done(json!([b])));
    let all = "- a: {listen: {to: {all: [{with: {type: a}}, {with: {type: b}}]}}}";
    assert_eq!(one(all, &[("1", "a", json!(1)), ("2", "a", json!(2))]), None);
    assert_eq!(one(all, &[("1", "b", json!(1)), ("2", "a", json!(2))]), done(json!([1, 2])));
    let filter = "- a: {listen: {to: {any: [{with: {type: a, data: '${ .n > 1 }'}}]}, read: envelope}, output: {as: '.[0].id'}}";
    assert_eq!(one(filter, &[("1", "a", a.clone()), ("2", "a", b.clone())]), done(json!("2")));
    let expect = "- a: {listen: {to: {one: {with: {type: a}, correlate: {k: {from: .data.k, expect: '${ .want }'}}}}}}";
    assert_eq!(one(expect, &[("1", "a", b.clone())]), None);
    assert_eq!(one(expect, &[("1", "a", b.clone()), ("2", "a", a.clone())]), done(json!([a])));
    let bound = "
- a: {listen: {to: {all: [{with: {type: a}, correlate: {k: {from: .data.k}}}, {with: {type: b}, correlate: {k: {from: .data.k}}}]}}}";
    assert_eq!(one(bound, &[("1", "a", a.clone()), ("2", "b", b.clone())]), None);
    assert_eq!(
        one(bound, &[("1", "a", a.clone()), ("2", "b", b.clone()), ("3", "b", a.clone())]),
        done(json!([a, a]))
    );
    let until = "- a: {listen: {to: {any: [{with: {type: a}}], until: 'length == 2'}}}";
    assert_eq!(one(until, &[("1", "a", json!(1)), ("2", "a", json!(2))]), done(json!([1, 2])));
    let consumed = "
- a: {listen: {to: {any: [{with: {type: a}}], until: {one: {with: {type: stop}}}}},
      foreach: {item: e, at: i, do: [{x: {set: '${ [$e, $i, .] }'}}], output: {as: '.[:2]'}}}";
    assert_eq!(
        one(consumed, &[("1", "a", json!(7)), ("2", "a", json!(8)), ("3", "stop", json!(9))]),
        done(json!([[7, 0], [8, 1]]))
    );
    let empty = "- a: {listen: {to: {any: []}}}";
    assert_eq!(one(empty, &[("1", "whatever", json!(1))]), done(json!([1])));
}

#[test]
fn rounds_of_foreach_follow_each_other_and_the_listener_goes_when_it_is_enough() {
    let tasks = "
- a: {listen: {to: {any: [{with: {type: a}}], until: 'length == 2'}}, foreach: {do: [{x: {call: sys.act, with: {n: '${ . }'}}}]}}";
    let mut driver = Driver::new(&playbook(tasks), json!({}));
    driver.event(cloud_event("1", "a", json!(1)));
    let effects = driver.event(cloud_event("2", "a", json!(2)));
    assert!(matches!(effects[..], [Effect::DropListener(_)]));
    assert_eq!(driver.calls().len(), 1);
    driver.done(driver.calls()[0].0, json!("one"));
    assert_eq!(driver.calls()[0].2, "/do/0/a/foreach/do[1]/0/x#1");
    driver.done(driver.calls()[0].0, json!("two"));
    assert_eq!(*completed(&driver), json!(["one", "two"]));
}

#[test]
fn secrets_stay_references_and_addresses_are_filled() {
    let tasks = "
- a: {call: http, with: {method: post, endpoint: {uri: 'https://h.test/{id}', authentication: {use: desk}},
      body: {x: '${ .id }'}, headers: {h: v}}}";
    let text = format!(
        "use: {{secrets: [token], authentications: {{desk: {{bearer: {{use: token}}}}}}}}\n{}",
        playbook(tasks)
    );
    let driver = Driver::new(&text, json!({"id": 7}));
    let Effect::Act { action, input, .. } = &driver.run.pending()[0] else { panic!() };
    assert_eq!(action.as_str(), "http.request");
    assert_eq!(
        *input,
        json!({
            "method": "POST", "endpoint": "https://h.test/7", "headers": {"h": "v"}, "body": {"x": 7},
            "output": "content", "redirect": false, "authentication": {"bearer": {"use": "token"}},
        })
    );
}

#[test]
fn emitted_events_and_other_playbooks_are_asked_for_once_and_the_same_at_every_replay() {
    let tasks = "
- a: {emit: {event: {with: {type: t, data: {x: '${ .x }'}}}}}
- b: {run: {workflow: {namespace: n, name: o, version: '1.0.0', input: {y: '${ .data.x }'}}, await: false}}";
    let emitted = || {
        let mut driver = Driver::new(&playbook(tasks), json!({"x": 1}));
        let first = driver.run.pending();
        driver.drive(&mut |effect| {
            let Effect::RunPlaybook { input, wait, .. } = effect else { panic!() };
            assert_eq!((input, *wait), (&json!({"y": 1}), false));
            Some(Ok(json!({"started": "r-2"})))
        });
        assert_eq!(completed(&driver)["type"], "t");
        first
    };
    assert_eq!(emitted(), emitted());
    let Effect::Emit { event, .. } = &emitted()[0] else { panic!() };
    assert_eq!(event["source"], "/n/p/1.0.0");
    assert_eq!(event["id"].as_str().map(str::len), Some(36));
}

#[test]
fn expressions_that_do_not_compile_are_mistakes_with_a_place() {
    let text = playbook("- a: {set: {x: '${ . | nope }'}}\n");
    let playbook = crate::language::parse(&text, "p.yaml").unwrap();
    let mistakes = Program::new(playbook).unwrap_err();
    assert_eq!((mistakes.len(), mistakes[0].line), (1, 3));
    let unknown = jq::Error::UnknownFunction { name: "nope".to_owned(), arity: 0 };
    assert_eq!(mistakes[0].message(), unknown.to_string());
}

#[test]
fn a_program_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Program>();
    shared::<jq::Expression>();
    let text = playbook("- a: {set: {x: 1}}\n");
    assert_eq!(Driver::output(&text, json!({})), json!({"x": 1}));
}

#[test]
fn every_change_of_state_in_the_table_is_one_that_happens() {
    CHANGED.with_borrow_mut(std::collections::BTreeSet::clear);
    let tasks = "
- a: {wait: PT1S}
- b: {for: {in: '[1]'}, do: [{x: {emit: {event: {with: {type: t}}}}}]}
- c: {fork: {branches: [{x: {set: {x: 1}}}]}}
- d: {try: [{x: {raise: {error: {type: 'https://x.test/e', status: 500}}}}],
      catch: {retry: {limit: {attempt: {count: 1}}}, do: [{y: {set: {y: 1}}}]}}
- e: {listen: {to: {one: {with: {type: a}}}}}";
    let mut driver = run(tasks, json!({}));
    assert_eq!(driver.run.pending().len(), 1);
    driver.event(cloud_event("1", "a", json!(1)));
    assert_eq!(*completed(&driver), json!([1]));
    assert_eq!(CHANGED.take(), TRANSITIONS.into_iter().collect());
}
