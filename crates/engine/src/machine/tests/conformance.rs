//! The standard's own scenarios, read from the clone beside this one.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::driver::{Answer, BEGUN, Driver, fault};
use crate::{Effect, Ending};

struct Scenario {
    name: String,
    steps: Vec<Step>,
}

/// A sentence and the text in quotes below it.
struct Step {
    sentence: String,
    text: String,
}

fn scenarios(feature: &str) -> Vec<Scenario> {
    let mut scenarios: Vec<Scenario> = Vec::new();
    let mut lines = feature.lines();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if let Some(name) = trimmed.strip_prefix("Scenario: ") {
            scenarios.push(Scenario { name: name.to_owned(), steps: Vec::new() });
        } else if trimmed.starts_with("\"\"\"") {
            let indent = line.len() - line.trim_start().len();
            let body = lines.by_ref().take_while(|line| line.trim() != "\"\"\"");
            let text: Vec<&str> = body.map(|line| line.get(indent..).unwrap_or("")).collect();
            let step = scenarios.last_mut().and_then(|scenario| scenario.steps.last_mut());
            step.expect("a sentence above the text").text = text.join("\n");
        } else if let Some(sentence) = ["Given ", "And given ", "When ", "Then ", "And "]
            .iter()
            .find_map(|word| trimmed.strip_prefix(word))
            && let Some(scenario) = scenarios.last_mut()
        {
            let sentence = sentence.trim_end_matches(':').to_owned();
            scenario.steps.push(Step { sentence, text: String::new() });
        }
    }
    scenarios
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

/// Stands in for the pet store and for httpbin.
fn stand_in(effect: &Effect) -> Answer {
    let Effect::Act { action, input, .. } = effect else { return None };
    let (address, method) = match action.as_str() {
        "http.request" => (input["endpoint"].as_str()?.to_owned(), input["method"].clone()),
        "openapi.call" => {
            assert_eq!(
                input["document"]["endpoint"],
                "https://petstore.swagger.io/v2/swagger.json"
            );
            let parameters = &input["parameters"];
            let path = match input["operationId"].as_str()? {
                "findPetsByStatus" => {
                    format!("findByStatus?status={}", parameters["status"].as_str()?)
                }
                "getPetById" => parameters["petId"].to_string(),
                other => panic!("{other}"),
            };
            (format!("https://petstore.swagger.io/v2/pet/{path}"), json!("GET"))
        }
        other => panic!("{other}"),
    };
    let pet = |id: i64| json!({"id": id, "name": "Rex", "status": "available"});
    let pets = "https://petstore.swagger.io/v2/pet/";
    let content = match address.strip_prefix(pets) {
        Some("findByStatus?status=available") => json!([pet(1), pet(2)]),
        Some(id) if id.parse::<i64>().is_ok() => pet(id.parse().unwrap()),
        Some("getPetByName/Milou") => return Some(Err(fault("communication", 404))),
        _ => {
            let parts = address.strip_prefix("https://httpbin.org/basic-auth/")?;
            let (username, password) = parts.split_once('/')?;
            let given = json!({"username": username, "password": password});
            if input["authentication"]["basic"] != given {
                return Some(Err(fault("authentication", 401)));
            }
            json!({"authenticated": true, "user": username})
        }
    };
    Some(Ok(match input["output"].as_str()? {
        "response" => json!({
            "request": {"method": method, "uri": address, "headers": {}},
            "statusCode": 200,
            "headers": {"content-type": "application/json"},
            "content": content,
        }),
        _ => content,
    }))
}

fn member<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, name| value.get(name))
}

fn quoted(sentence: &str) -> Vec<&str> {
    sentence.split('\'').skip(1).step_by(2).collect()
}

#[expect(clippy::too_many_lines, reason = "one arm for each kind of sentence")]
fn check(scenario: &Scenario) {
    let given = |start: &str| {
        let step = scenario.steps.iter().find(|step| step.sentence.starts_with(start));
        step.map(|step| step.text.as_str())
    };
    let text = given("a workflow with definition").unwrap();
    let input = given("the workflow input is").map_or(json!({}), yaml);
    let mut driver = Driver::new(text, input);
    let ending = driver.drive(&mut stand_in).expect("an end").clone();
    let begun = BEGUN.take();
    let place = |name: &str| begun.iter().position(|task| task.ends_with(&format!("/{name}")));
    for Step { sentence, text } in &scenario.steps {
        let told = format!("{}: {sentence}: {ending:?}", scenario.name);
        let output = match &ending {
            Ending::Completed { output } => output,
            _ => &Value::Null,
        };
        let words: Vec<&str> = sentence.split(' ').collect();
        match words[..] {
            ["a", "workflow", "with", "definition"]
            | ["the", "workflow", "input", "is"]
            | ["the", "workflow", "is", "executed"] => {}
            ["the", "workflow", "should", "complete"] => {
                assert!(matches!(ending, Ending::Completed { .. }), "{told}");
            }
            ["the", "workflow", "should", "complete", "with", "output"] => {
                assert_eq!(*output, yaml(text), "{told}");
            }
            ["the", "workflow", "should", "fault"] => {
                assert!(matches!(ending, Ending::Faulted { .. }), "{told}");
            }
            ["the", "workflow", "should", "fault", "with", "error"] => {
                let Ending::Faulted { fault } = &ending else { panic!("{told}") };
                assert_eq!(serde_json::to_value(fault).unwrap(), yaml(text), "{told}");
            }
            ["the", "workflow", "output", "should", "have", "properties", ..] => {
                for path in quoted(sentence) {
                    assert!(member(output, path).is_some(), "{told}: {path}");
                }
            }
            [
                "the",
                "workflow",
                "output",
                "should",
                "have",
                "a",
                _,
                "property",
                "with",
                "value",
            ] => {
                let found = member(output, quoted(sentence)[0]);
                assert_eq!(found, Some(&yaml(text)), "{told}");
            }
            [.., "property", "containing", count, "items"] => {
                let found = member(output, quoted(sentence)[0]).and_then(Value::as_array);
                assert_eq!(found.map(Vec::len), count.parse().ok(), "{told}");
            }
            [name, "should", "run", "first"] => assert_eq!(place(name), Some(0), "{told}"),
            [name, "should", "run", "last"] => {
                assert_eq!(place(name), Some(begun.len() - 1), "{told}");
            }
            [name, "should", "run", "after", other] => {
                assert!(place(name).unwrap() > place(other).unwrap(), "{told}");
            }
            _ => panic!("unknown sentence: {sentence}"),
        }
    }
}

fn features() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = |base: &Path| base.join("shared/open-workflow/ctk/features");
    here.ancestors().map(found).find(|path| path.is_dir())
}

#[test]
fn all_scenarios_of_the_conformance_kit_pass() {
    let Some(folder) = features() else {
        println!("not run: no shared/open-workflow/ctk/features beside the clone");
        return;
    };
    let mut count = 0;
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    for file in files {
        for scenario in scenarios(&std::fs::read_to_string(file).unwrap()) {
            check(&scenario);
            count += 1;
        }
    }
    assert_eq!(count, 21);
}
