//! A stand-in for `kompel_engine::machine` until it is merged: steps one after the other, in JSON.

use kompel_engine::*;
use kompel_model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub struct Program { steps: Vec<Value> }
impl Program {
    pub fn compile(text: &str) -> Result<Self, String> {
        let v: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
        let mut steps = vec![];
        flatten(&v["do"], None, &mut steps);
        Ok(Self { steps })
    }
}
fn flatten(list: &Value, catch: Option<usize>, out: &mut Vec<Value>) -> Vec<usize> {
    let mut made = vec![];
    for item in list.as_array().into_iter().flatten() {
        let (name, t) = item.as_object().unwrap().iter().next().unwrap();
        if let Some(inner) = t.get("try") {
            let at = flatten(inner, catch, out);
            let goto = out.len();
            out.push(json!({}));
            for i in at { if out[i].get("catch_at").is_none() { out[i]["catch_at"] = json!(goto + 1); } }
            made.extend(flatten(&t["catch"]["do"], catch, out));
            out[goto] = json!({"goto": out.len()});
            continue;
        }
        let mut step = json!({"name": name});
        if let Some(c) = t.get("call") { step["call"] = c.clone(); step["with"] = t.get("with").cloned().unwrap_or(json!({})); }
        if let Some(s) = t.pointer("/timeout/after/seconds") { step["timeout"] = s.clone(); }
        if let Some(s) = t.pointer("/wait/seconds") { step["wait"] = s.clone(); }
        if let Some(s) = t.pointer("/listen/to/one/with/type") { step["listen"] = s.clone(); }
        if let Some(s) = t.pointer("/emit/event/with") { step["emit"] = s.clone(); step["emit"]["specversion"] = json!("1.0"); }
        if let Some(s) = t.pointer("/run/workflow/name") { step["run"] = s.clone(); }
        made.push(out.len());
        out.push(step);
    }
    made
}
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run { id: String, at: usize, next: u64, pending: Vec<Effect>, ending: Option<Ending>, seen: Vec<Value>, outputs: BTreeMap<String, Value> }
impl Run {
    pub fn start(program: &Program, start: &Start, now: Timestamp) -> (Self, Vec<Effect>) {
        let mut run = Self { id: start.run.clone(), at: 0, next: 0, pending: vec![], ending: None, seen: vec![], outputs: BTreeMap::new() };
        run.outputs.insert("input".into(), start.input.clone());
        let e = run.go(program, now);
        (run, e)
    }
    fn id(&mut self) -> u64 { self.next += 1; self.next - 1 }
    fn go(&mut self, program: &Program, now: Timestamp) -> Vec<Effect> {
        let Some(step) = program.steps.get(self.at) else {
            let e = Effect::End(Ending::Completed { output: json!(self.outputs) });
            self.ending = Some(Ending::Completed { output: json!(self.outputs) });
            return vec![e];
        };
        if let Some(to) = step["goto"].as_u64() { self.at = to as usize; return self.go(program, now); }
        let name = step["name"].as_str().unwrap_or("x").to_owned();
        let task = TaskRef(format!("/do/{}/{name}", self.at));
        let key = StepKey(format!("{}#1", task.0));
        let mut out = vec![];
        if let Some(a) = step["call"].as_str() {
            let call = CallId(self.id());
            out.push(Effect::Act { call, task, step: key, action: a.parse().unwrap(), input: self.fill(&step["with"]) });
            if let Some(s) = step["timeout"].as_i64() {
                let timer = TimerId(self.id());
                out.push(Effect::Wake { timer, at: now + chrono::TimeDelta::seconds(s) });
            }
        } else if let Some(s) = step["wait"].as_i64() {
            let timer = TimerId(self.id());
            out.push(Effect::Wake { timer, at: now + chrono::TimeDelta::seconds(s) });
        } else if let Some(t) = step["listen"].as_str() {
            if let Some(i) = self.seen.iter().position(|e| e["type"] == t) {
                self.seen.remove(i);
                self.at += 1;
                return self.go(program, now);
            }
            let listener = ListenerId(self.id());
            out.push(Effect::Listen { listener, filters: vec![EventFilter { exactly: BTreeMap::from([("type".to_owned(), json!(t))]) }] });
        } else if step["emit"].is_object() {
            let call = CallId(self.id());
            let mut event = step["emit"].clone();
            event["id"] = json!(format!("{}-{}", self.id, call.0));
            out.push(Effect::Emit { call, task, step: key, event });
        } else if let Some(n) = step["run"].as_str() {
            let call = CallId(self.id());
            out.push(Effect::RunPlaybook { call, task, step: key, namespace: "test".into(), name: n.into(), version: "latest".into(), input: json!({}), wait: true });
        } else { self.at += 1; return self.go(program, now); }
        self.pending = out.clone();
        out
    }
    fn fill(&self, v: &Value) -> Value {
        match v {
            Value::String(s) if s.starts_with("$") => self.outputs.get(&s[1..]).cloned().unwrap_or(Value::Null),
            Value::Object(m) => Value::Object(m.iter().map(|(k, v)| (k.clone(), self.fill(v))).collect()),
            Value::Array(a) => Value::Array(a.iter().map(|v| self.fill(v)).collect()),
            o => o.clone(),
        }
    }
    fn clear(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.pending).into_iter().filter_map(|e| match e {
            Effect::Act { call, .. } | Effect::RunPlaybook { call, .. } | Effect::Emit { call, .. } => Some(Effect::AbandonCall(call)),
            Effect::Wake { timer, .. } => Some(Effect::DropTimer(timer)),
            Effect::Listen { listener, .. } => Some(Effect::DropListener(listener)),
            _ => None }).collect()
    }
    fn fault(&mut self, program: &Program, now: Timestamp, fault: Fault) -> Vec<Effect> {
        let step = &program.steps[self.at];
        let mut out = self.clear();
        if let Some(to) = step["catch_at"].as_u64() {
            self.at = to as usize;
            out.extend(self.go(program, now));
        } else {
            self.ending = Some(Ending::Faulted { fault: fault.clone() });
            out.push(Effect::End(Ending::Faulted { fault }));
        }
        out
    }
    pub fn step(&mut self, program: &Program, now: Timestamp, input: &Input) -> Vec<Effect> {
        if self.ending.is_some() { return vec![]; }
        let waits = |c: &CallId| self.pending.iter().any(|e| matches!(e, Effect::Act { call, .. } | Effect::RunPlaybook { call, .. } | Effect::Emit { call, .. } if call == c));
        match input {
            Input::Done { call, output } if waits(call) => {
                let name = program.steps[self.at]["name"].as_str().unwrap_or("x").to_owned();
                self.outputs.insert(name, output.clone());
                let mut out: Vec<_> = self.clear().into_iter().filter(|e| !matches!(e, Effect::AbandonCall(_))).collect();
                if program.steps[self.at]["end"] == json!(true) { self.at = usize::MAX - 1; }
                self.at += 1;
                out.extend(self.go(program, now));
                out
            }
            Input::Failed { call, fault } if waits(call) => {
                self.pending.retain(|e| !matches!(e, Effect::Act { .. } | Effect::RunPlaybook { .. }));
                self.fault(program, now, fault.clone())
            }
            Input::Woke { timer } if self.pending.iter().any(|e| matches!(e, Effect::Wake { timer: t, .. } if t == timer)) => {
                self.pending.retain(|e| !matches!(e, Effect::Wake { .. }));
                if program.steps[self.at]["wait"].is_number() { self.at += 1; return self.go(program, now); }
                let fault = Fault { kind: "timeout".into(), status: 408, title: None, detail: None, instance: None };
                self.fault(program, now, fault)
            }
            Input::Event { event } => {
                if let Some(t) = program.steps.get(self.at).and_then(|s| s["listen"].as_str()) && event["type"] == t {
                    let out = self.clear();
                    self.at += 1;
                    return [out, self.go(program, now)].concat();
                }
                self.seen.push(event.clone());
                vec![]
            }
            Input::Cancel { by, why } => {
                let mut out = self.clear();
                let e = Ending::Cancelled { by: by.clone(), why: why.clone() };
                self.ending = Some(e.clone());
                out.push(Effect::End(e));
                out
            }
            _ => vec![],
        }
    }
    pub fn pending(&self) -> Vec<Effect> { if self.ending.is_some() { vec![] } else { self.pending.clone() } }
    pub fn ending(&self) -> Option<&Ending> { self.ending.as_ref() }
}
