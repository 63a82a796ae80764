//! `kompel playbook new --from`: a draft from the process map of a candidate.
//!
//! What the map knows becomes tasks; what it does not know becomes a question to a person, so that
//! the draft can be run from the first day and each question be replaced by an action later.

use std::path::PathBuf;

use kompel_model::{Arg, Phrase};
use kompel_qualify::{MapRowKind, ProcessMap, process_map};
use kompel_report::Wording;
use serde_json::Value;

use crate::{
    args::Global,
    diagnostics::Failure,
    orchestra,
    output::Output,
    playbooks,
    session::{Session, write_file},
};

/// Writes the draft; gives the files written.
pub(crate) fn write(
    candidate: &str,
    name: &str,
    global: &Global,
    output: &Output,
) -> Result<Vec<PathBuf>, Failure> {
    let mut session = Session::open(global, output, &format!("playbook new --from {candidate}"))?;
    let found = session.found()?;
    let (facts, assessed) = found.candidate(candidate)?;
    let map = process_map(facts, assessed, &session.config.qualify);
    let folder = playbooks::vacant(&session.workspace, name)?;
    let wording = output.wording();
    let files = [
        ("playbook.yaml", playbook(&map, name, wording)),
        ("cases/everyone-says-yes.yaml", case(&map)),
        ("README.md", readme(&map, wording)),
    ];
    let mut written = Vec::new();
    for (file, text) in files {
        let path = folder.join(file);
        write_file(&path, text.as_bytes())?;
        written.push(path);
    }
    Ok(written)
}

/// One task of the draft.
struct Task {
    name: String,
    /// What the person is asked.
    question: String,
    /// Who is asked.
    role: String,
    /// True if this asks for the approval of what follows.
    approval: bool,
    /// Actions that might take its place.
    could_be: Vec<String>,
}

fn tasks(map: &ProcessMap, wording: Wording) -> Vec<Task> {
    let rows = map.rows.iter().filter(|row| row.kind == MapRowKind::StepsThen);
    let lines = rows.flat_map(|row| &row.lines).filter(|line| !line.blank);
    let mut tasks = Vec::new();
    for line in lines {
        let says = &line.says;
        let question = wording.say(says);
        let number = tasks.len() + 1;
        let (name, role, approval) = match says.id.as_str() {
            "then-approval" => ("approve".to_owned(), role(says), true),
            "then-action" | "then-action-by-hand" | "then-action-unknown" => {
                (format!("act{number}"), "engineer".to_owned(), false)
            }
            id if id.starts_with("then-verify") => {
                ("readBack".to_owned(), "engineer".to_owned(), false)
            }
            "then-close" | "then-report" => ("close".to_owned(), "engineer".to_owned(), false),
            _ => continue,
        };
        tasks.push(Task { name, question, role, approval, could_be: could_be(says) });
    }
    tasks
}

fn role(says: &Phrase) -> String {
    match says.args.get("who") {
        Some(Arg::Text(who)) if who != "someone" => who.trim_start_matches("role:").to_owned(),
        Some(Arg::Text(_) | Arg::Number(_) | Arg::Phrase(_)) | None => "approver".to_owned(),
    }
}

/// The actions that touch the system that the sentence is about.
fn could_be(says: &Phrase) -> Vec<String> {
    let Some(Arg::Text(system)) = says.args.get("system") else { return Vec::new() };
    let touches = |known: &String| known.eq_ignore_ascii_case(system);
    let catalogue = orchestra::catalogue();
    let fitting = catalogue.iter().filter(|spec| spec.systems.iter().any(touches));
    fitting.map(|spec| spec.name.to_string()).collect()
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn playbook(map: &ProcessMap, name: &str, wording: Wording) -> String {
    let mut text = format!(
        "# {}\n# {}\ndocument:\n  dsl: '1.0.3'\n  namespace: drafts\n  name: {name}\n  \
         version: '0.1.0'\n  title: {}\n  summary: {}\ninput:\n  schema:\n    document:\n      \
         type: object\n      required: [request]\n      properties:\n        request: {{type: string}}\n\
         do:\n",
        wording.say(&Phrase::new("draft-head").text("id", map.id.as_str())),
        wording.word("draft-how"),
        quoted(&map.title),
        quoted(&wording.say(&Phrase::new("draft-summary").text("id", map.id.as_str()))),
    );
    for task in tasks(map, wording) {
        if !task.could_be.is_empty() {
            text.push_str(&format!("  # could be: {}\n", task.could_be.join(", ")));
        }
        let plan = if task.approval { "rest" } else { "none" };
        text.push_str(&format!(
            "  - {}:\n      call: approval.ask\n      with:\n        who: {{role: {}}}\n        \
             question: {}\n        plan: {plan}\n        about: {{request: '${{ $workflow.input.request }}'}}\n",
            task.name,
            quoted(&task.role),
            quoted(&task.question),
        ));
    }
    text.push_str("  - done:\n      set: {done: true}\n");
    text
}

fn case(map: &ProcessMap) -> String {
    let asks = tasks(map, kompel_report::wording(kompel_model::Language::En)).len();
    format!(
        "name: everyone says yes\ninput: {{request: an example}}\nreplies:\n  - {{call: \
         approval.ask, approved_by: [someone], times: {}}}\nexpect:\n  ending: completed\n  \
         output: {{done: true}}\n",
        asks.max(1)
    )
}

fn readme(map: &ProcessMap, wording: Wording) -> String {
    let mut text = format!("# {}\n", map.title);
    for row in &map.rows {
        let kind = serde_json::to_value(row.kind).unwrap_or_default();
        let kind = kind.as_str().unwrap_or_default().replace('_', "-");
        text.push_str(&format!("\n## {}\n\n", wording.word(&format!("map-row-{kind}"))));
        for line in &row.lines {
            let blank = if line.blank { "☐ " } else { "" };
            let evidence: Vec<String> = line.evidence.iter().map(|m| m.key.to_string()).collect();
            let from = if evidence.is_empty() {
                String::new()
            } else {
                format!(" ({})", evidence.join(", "))
            };
            text.push_str(&format!("- {blank}{}{from}\n", wording.say(&line.says)));
        }
    }
    text
}
