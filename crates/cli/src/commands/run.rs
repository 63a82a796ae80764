//! `kompel run` and `kompel rehearse`: start a playbook, or see what it would do.

use std::{io::Read as _, path::Path, time::Duration};

use clap::Args;
use kompel_model::Phrase;
use kompel_runtime::{NewWork, RunStatus};
use serde_json::{Map, Value, json};

use crate::{
    args::{Global, shown},
    diagnostics::Failure,
    exit::Exit,
    orchestra::Orchestra,
    output::Output,
    plans, playbooks,
    session::Session,
    stories,
};

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    work: WorkArgs,
    #[arg(long)]
    detach: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RehearseArgs {
    #[command(flatten)]
    work: WorkArgs,
}

/// What is to be done.
#[derive(Debug, Args)]
pub(crate) struct WorkArgs {
    #[arg(value_name = "PLAYBOOK")]
    playbook: String,
    #[arg(long, value_name = "FILE")]
    input: Option<String>,
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    #[arg(long = "as", value_name = "PERSON")]
    requester: Option<String>,
}

pub(crate) fn run(args: &RunArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "run")?;
    let orchestra = Orchestra::open(&mut session)?;
    let work = work(&args.work, &session, &orchestra)?;
    let tenant = work.tenant.clone();
    let id = orchestra.wait(orchestra.runtime.start(work))?;
    output.remark(&Phrase::new("run-started").text("run", &id));
    if args.detach {
        return if output.is_json() { output.json(&json!({ "run": id })) } else { Ok(Exit::Done) };
    }
    drive(&orchestra, &tenant, &id)?;
    stories::tell(&orchestra, &tenant, &id, output)
}

/// Drives until nothing is due, or waits for the process that drives to come that far.
pub(crate) fn drive(
    orchestra: &Orchestra,
    tenant: &kompel_model::TenantId,
    run: &str,
) -> Result<(), Failure> {
    if orchestra.runtime.is_driver() {
        orchestra.wait(orchestra.runtime.run_until_idle())?;
        // A run that was let go because of a full disk is not one that goes on.
        let troubles = orchestra.wait(orchestra.runtime.troubles());
        return match troubles.into_iter().find(|(key, _)| key.run == run) {
            None => Ok(()),
            Some((_, because)) => {
                let says = Phrase::new("fail-held").text("run", run).text("why", because);
                Err(Failure::new(Exit::Workspace, says).advise(Phrase::new("advice-held")))
            }
        };
    }
    orchestra.wait(async {
        for _ in 0..MOST_LOOKS {
            let status = orchestra.runtime.status(tenant, run)?;
            if !matches!(status, RunStatus::Running) {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    })
}

pub(crate) fn rehearse(
    args: &RehearseArgs,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "rehearse")?;
    let orchestra = Orchestra::open(&mut session)?;
    let work = work(&args.work, &session, &orchestra)?;
    let plan = orchestra.wait(orchestra.runtime.rehearse(work))?;
    if output.is_json() {
        return output.json(&json!({ "plan": plan, "hash": plan.hash() }));
    }
    output.heading(&output.wording().word("rehearsed"));
    for line in plans::lines(&plan, output.wording()) {
        output.line(&line);
    }
    output.remark(&Phrase::new("rehearsed-nothing-done").text("hash", plan.hash().to_string()));
    Ok(Exit::Done)
}

fn work(args: &WorkArgs, session: &Session<'_>, orchestra: &Orchestra) -> Result<NewWork, Failure> {
    let kept = playbooks::find(&session.workspace, &args.playbook)?;
    let playbook = kept.checked(&orchestra.runtime.registry().catalogue())?;
    let login = crate::login::name();
    let tenant = session.tenant().clone();
    let known = session.config.tenant.get(&tenant);
    let theirs = known.and_then(|tenant| {
        let mut people = tenant.people.iter();
        people.find(|(_, person)| login.as_ref().is_some_and(|l| person.logins.contains(l)))
    });
    let requester = args
        .requester
        .clone()
        .or_else(|| theirs.map(|(id, _)| id.clone()))
        .or(login)
        .unwrap_or_else(|| "unknown".to_owned());
    Ok(NewWork {
        tenant,
        source: kept.source(&playbook),
        input: input(args)?,
        requester,
        trigger: "command line".to_owned(),
    })
}

/// The input: a file (YAML or JSON), and single values over it.
fn input(args: &WorkArgs) -> Result<Value, Failure> {
    let mut input = match &args.input {
        Some(path) => file(path)?,
        None => Value::Object(Map::new()),
    };
    for pair in &args.set {
        let wrong = || {
            let says = Phrase::new("fail-set").text("pair", pair);
            Failure::new(Exit::Usage, says).advise(Phrase::new("advice-set"))
        };
        let (path, text) = pair.split_once('=').ok_or_else(wrong)?;
        let value = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
        put(&mut input, path, value).ok_or_else(wrong)?;
    }
    Ok(input)
}

fn file(path: &str) -> Result<Value, Failure> {
    let fails = |error: &dyn std::error::Error| {
        let says = Phrase::new("fail-unreadable").text("file", path);
        Failure::new(Exit::Input, says).because(error)
    };
    let mut text = String::new();
    if path == "-" {
        let mut stdin = std::io::stdin().lock().take(MOST_INPUT);
        stdin.read_to_string(&mut text).map_err(|error| fails(&error))?;
    } else {
        let opened = std::fs::File::open(Path::new(path)).map_err(|error| fails(&error))?;
        opened.take(MOST_INPUT).read_to_string(&mut text).map_err(|error| fails(&error))?;
    }
    kompel_engine::language::read_value(&text, path).map_err(|mistakes| {
        let says = Phrase::new("fail-input").text("file", shown(Path::new(path)));
        let failure = Failure::new(Exit::Input, says);
        match mistakes.first() {
            Some(mistake) => failure.at(playbooks::spot(mistake, &text)),
            None => failure,
        }
    })
}

/// Puts a value at a dotted path; nothing if something on the way is no object.
fn put(into: &mut Value, path: &str, value: Value) -> Option<()> {
    let mut at = into;
    let mut names = path.split('.').peekable();
    while let Some(name) = names.next() {
        let members = at.as_object_mut().filter(|_| !name.is_empty())?;
        if names.peek().is_none() {
            members.insert(name.to_owned(), value);
            return Some(());
        }
        at = members.entry(name).or_insert_with(|| Value::Object(Map::new()));
    }
    None
}

const MOST_INPUT: u64 = 4 << 20;
const MOST_LOOKS: u32 = 1_200;
const LOOK_EVERY: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_values_go_where_their_path_leads() {
        let mut input = json!({"a": {"b": 1}, "c": 2});
        for (path, value, goes) in [
            ("a.b", json!(3), true),
            ("d.e.f", json!("x"), true),
            ("c.x", json!(1), false),
            ("", json!(1), false),
        ] {
            assert_eq!(put(&mut input, path, value).is_some(), goes, "{path}");
        }
        assert_eq!(input, json!({"a": {"b": 3}, "c": 2, "d": {"e": {"f": "x"}}}));
    }
}
