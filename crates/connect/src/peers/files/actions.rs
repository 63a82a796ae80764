//! The actions on a folder, one for each kind of promise.

use async_trait::async_trait;
use kompel_model::{ActionEffect, ActionSpec, Plan, PlannedChange, Repeat};
use serde::Deserialize;
use serde_json::{Value, json};

use super::folder::{Folder, MOST_BYTES};
use crate::{Action, Call, Error, ErrorKind, Look, Verified};

/// `files.read`: the text of a file.
pub(super) struct Read;
/// `files.write`: makes a file hold a text; reversible, looks before a repeat.
pub(super) struct Write;
/// `files.append-line`: adds a line; the line carries the key, so a look finds it.
pub(super) struct AppendLine;
/// `files.deliver`: adds a line unless the folder had this key; keyed.
pub(super) struct Deliver;
/// `files.count`: counts one up; nothing tells whether it was done.
pub(super) struct Count;
/// `files.remove`: removes a file for good; natural.
pub(super) struct Remove;

#[derive(Deserialize)]
struct Input {
    path: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    line: String,
}

fn input(call: &Call) -> Result<Input, Error> {
    serde_json::from_value(call.input.clone())
        .map_err(|error| Error::new(ErrorKind::Invalid, error.to_string()))
}

fn spec(
    name: &str,
    summary: &str,
    effect: ActionEffect,
    repeat: Repeat,
    more: &[(&str, Value)],
    output: &[(&str, Value)],
) -> ActionSpec {
    let object = |members: &[(&str, Value)]| {
        let all: serde_json::Map<String, Value> =
            members.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
        let required: Vec<&String> = all.keys().collect();
        json!({
            "type": "object", "required": required, "additionalProperties": false,
            "properties": all,
        })
    };
    let path = json!({"type": "string", "description": "below the folder", "maxLength": 255});
    let access = if effect.writes() { "write" } else { "read" };
    ActionSpec {
        name: name.parse().expect("a constant that the registry's test parses"),
        summary: summary.to_owned(),
        effect,
        repeat,
        permissions: vec![access.to_owned()],
        systems: vec!["file system".to_owned()],
        input: object(&[&[("path", path)], more].concat()),
        output: object(output),
    }
}

fn text_schema() -> Value {
    json!({"type": ["string", "null"], "maxLength": MOST_BYTES, "description": "null: no file"})
}

fn line_schema() -> Value {
    json!({"type": "string", "maxLength": 4096, "pattern": "^[^\\n\\t]*$"})
}

fn change(path: String, property: &str, from: Value, to: Value) -> PlannedChange {
    PlannedChange { object: path, property: property.to_owned(), from, to, irreversible: false }
}

fn differs(found: Value, because: &str) -> Verified {
    Verified::Differs { found, because: because.to_owned() }
}

#[async_trait]
impl Action for Read {
    fn spec(&self) -> ActionSpec {
        let output = [("text", json!({"type": "string"}))];
        spec("files.read", "Reads a file's text", ActionEffect::Read, Repeat::Natural, &[], &output)
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        Ok(Plan { predicted: self.perform(call).await?, ..Plan::default() })
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let Input { path, .. } = input(call)?;
        let text = Folder::of(&call.connection)?.text(&path)?;
        let absent = || Error::new(ErrorKind::Absent, format!("{path} is not there"));
        Ok(json!({"text": text.ok_or_else(absent)?}))
    }

    async fn look(&self, _call: &Call) -> Result<Look, Error> {
        Ok(Look::NotDone)
    }

    async fn verify(&self, _call: &Call, output: &Value) -> Result<Verified, Error> {
        Ok(Verified::Holds(output.clone()))
    }
}

#[async_trait]
impl Action for Write {
    fn spec(&self) -> ActionSpec {
        let effect = ActionEffect::Reversible { undo: Write::name() };
        let output = [("bytes", json!({"type": "integer"}))];
        let more = [("text", text_schema())];
        spec("files.write", "Makes a file hold a text", effect, Repeat::Look, &more, &output)
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let Input { path, text, .. } = input(call)?;
        let now = Folder::of(&call.connection)?.text(&path)?;
        let predicted = Self::output(text.as_ref());
        let changes = match now == text {
            true => Vec::new(),
            false => vec![change(path, "text", json!(now), json!(text))],
        };
        Ok(Plan { changes, predicted, remarks: Vec::new() })
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let Input { path, text, .. } = input(call)?;
        let folder = Folder::of(&call.connection)?;
        folder.change(call, "files.write", || match &text {
            Some(text) => folder.put(&path, text),
            None => folder.remove(&path),
        })?;
        Ok(Self::output(text.as_ref()))
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        let Input { path, text, .. } = input(call)?;
        let now = Folder::of(&call.connection)?.text(&path)?;
        Ok(if now == text { Look::Done(Self::output(text.as_ref())) } else { Look::NotDone })
    }

    async fn verify(&self, call: &Call, _output: &Value) -> Result<Verified, Error> {
        let Input { path, text, .. } = input(call)?;
        let now = Folder::of(&call.connection)?.text(&path)?;
        let found = json!({"text": now});
        Ok(match now == text {
            true => Verified::Holds(found),
            false => differs(found, "the file holds another text"),
        })
    }

    fn undo_input(&self, _input: &Value, plan: &Plan, _output: &Value) -> Option<Value> {
        let change = plan.changes.first()?;
        Some(json!({"path": change.object, "text": change.from}))
    }
}

impl Write {
    fn name() -> kompel_model::ActionName {
        "files.write".parse().expect("a constant that the registry's test parses")
    }

    fn output(text: Option<&String>) -> Value {
        json!({"bytes": text.map_or(0, String::len)})
    }
}

/// The line as it stands in the file: with the key of the step that added it.
fn signed(line: &str, key: &str) -> String {
    format!("{line}\t{key}")
}

fn has_line(folder: &Folder, path: &str, signed: &str) -> Result<bool, Error> {
    Ok(folder.text(path)?.is_some_and(|text| text.lines().any(|line| line == signed)))
}

fn line_plan(call: &Call) -> Result<Plan, Error> {
    let Input { path, line, .. } = input(call)?;
    let folder = Folder::of(&call.connection)?;
    let there = has_line(&folder, &path, &signed(&line, &call.key))?;
    let mut added = change(path, "last line", Value::Null, json!(line));
    added.irreversible = true;
    let changes = if there { Vec::new() } else { vec![added] };
    Ok(Plan { changes, predicted: json!({"added": true}), remarks: Vec::new() })
}

fn line_verified(call: &Call) -> Result<Verified, Error> {
    let Input { path, line, .. } = input(call)?;
    let there = has_line(&Folder::of(&call.connection)?, &path, &signed(&line, &call.key))?;
    Ok(match there {
        true => Verified::Holds(json!({"line": line})),
        false => differs(json!({"line": null}), "the line is not in the file"),
    })
}

#[async_trait]
impl Action for AppendLine {
    fn spec(&self) -> ActionSpec {
        spec(
            "files.append-line",
            "Adds a line at the end of a file",
            ActionEffect::Irreversible,
            Repeat::Look,
            &[("line", line_schema())],
            &[("added", json!({"type": "boolean"}))],
        )
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        line_plan(call)
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let Input { path, line, .. } = input(call)?;
        let folder = Folder::of(&call.connection)?;
        folder.change(call, "files.append-line", || {
            folder.add_line(&path, &signed(&line, &call.key))
        })?;
        Ok(json!({"added": true}))
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        let Input { path, line, .. } = input(call)?;
        let there = has_line(&Folder::of(&call.connection)?, &path, &signed(&line, &call.key))?;
        Ok(if there { Look::Done(json!({"added": true})) } else { Look::NotDone })
    }

    async fn verify(&self, call: &Call, _output: &Value) -> Result<Verified, Error> {
        line_verified(call)
    }
}

#[async_trait]
impl Action for Deliver {
    fn spec(&self) -> ActionSpec {
        spec(
            "files.deliver",
            "Adds a line at the end of a file unless this step already did",
            ActionEffect::Irreversible,
            Repeat::Keyed,
            &[("line", line_schema())],
            &[("added", json!({"type": "boolean"}))],
        )
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        line_plan(call)
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let Input { path, line, .. } = input(call)?;
        let folder = Folder::of(&call.connection)?;
        folder.change(call, "files.deliver", || {
            let signed = signed(&line, &call.key);
            match has_line(&folder, &path, &signed)? {
                true => Ok(()),
                false => folder.add_line(&path, &signed),
            }
        })?;
        Ok(json!({"added": true}))
    }

    async fn look(&self, _call: &Call) -> Result<Look, Error> {
        Ok(Look::CannotTell("the folder itself drops a second delivery".to_owned()))
    }

    async fn verify(&self, call: &Call, _output: &Value) -> Result<Verified, Error> {
        line_verified(call)
    }
}

fn counted(folder: &Folder, path: &str) -> Result<u64, Error> {
    let text = folder.text(path)?.unwrap_or_else(|| "0".to_owned());
    text.trim()
        .parse()
        .map_err(|_| Error::new(ErrorKind::Invalid, format!("{path} holds no whole number")))
}

#[async_trait]
impl Action for Count {
    fn spec(&self) -> ActionSpec {
        spec(
            "files.count",
            "Counts the number in a file one up",
            ActionEffect::Irreversible,
            Repeat::Never,
            &[],
            &[("count", json!({"type": "integer"}))],
        )
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let Input { path, .. } = input(call)?;
        let now = counted(&Folder::of(&call.connection)?, &path)?;
        let mut up = change(path, "number", json!(now), json!(now.saturating_add(1)));
        up.irreversible = true;
        let predicted = json!({"count": now.saturating_add(1)});
        Ok(Plan { changes: vec![up], predicted, remarks: Vec::new() })
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let Input { path, .. } = input(call)?;
        let folder = Folder::of(&call.connection)?;
        let next = counted(&folder, &path)?.saturating_add(1);
        folder.change(call, "files.count", || folder.put(&path, &next.to_string()))?;
        Ok(json!({"count": next}))
    }

    async fn look(&self, _call: &Call) -> Result<Look, Error> {
        Ok(Look::CannotTell("a number does not tell who counted".to_owned()))
    }

    async fn verify(&self, call: &Call, output: &Value) -> Result<Verified, Error> {
        let Input { path, .. } = input(call)?;
        let now = counted(&Folder::of(&call.connection)?, &path)?;
        let found = json!({"count": now});
        // Others may have counted since.
        Ok(match output["count"].as_u64().is_none_or(|promised| now >= promised) {
            true => Verified::Holds(found),
            false => differs(found, "the number is lower than it was counted to"),
        })
    }
}

#[async_trait]
impl Action for Remove {
    fn spec(&self) -> ActionSpec {
        let output = [("removed", json!({"type": "boolean"}))];
        let effect = ActionEffect::Irreversible;
        spec("files.remove", "Removes a file for good", effect, Repeat::Natural, &[], &output)
    }

    async fn plan(&self, call: &Call) -> Result<Plan, Error> {
        let Input { path, .. } = input(call)?;
        let now = Folder::of(&call.connection)?.text(&path)?;
        let changes = now.map(|text| {
            let gone = change(path, "text", json!(text), Value::Null);
            PlannedChange { irreversible: true, ..gone }
        });
        let changes: Vec<_> = changes.into_iter().collect();
        Ok(Plan { changes, predicted: json!({"removed": true}), remarks: Vec::new() })
    }

    async fn perform(&self, call: &Call) -> Result<Value, Error> {
        let Input { path, .. } = input(call)?;
        let folder = Folder::of(&call.connection)?;
        folder.change(call, "files.remove", || folder.remove(&path))?;
        Ok(json!({"removed": true}))
    }

    async fn look(&self, call: &Call) -> Result<Look, Error> {
        let Input { path, .. } = input(call)?;
        let there = Folder::of(&call.connection)?.text(&path)?.is_some();
        Ok(if there { Look::NotDone } else { Look::Done(json!({"removed": true})) })
    }

    async fn verify(&self, call: &Call, _output: &Value) -> Result<Verified, Error> {
        let Input { path, .. } = input(call)?;
        Ok(match Folder::of(&call.connection)?.text(&path)? {
            None => Verified::Holds(json!({"text": null})),
            Some(_) => differs(json!({}), "the file is still there"),
        })
    }
}
