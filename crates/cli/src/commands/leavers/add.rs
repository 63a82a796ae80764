//! `kompel leavers add`: starts the offboarding of a person, once.

use chrono::NaiveDate;
use clap::Args;
use kompel_domains::leavers::{OFFBOARDING, RunFacts, same_person};
use kompel_model::{LeaverPerson, Phrase};
use kompel_runtime::NewWork;
use serde_json::{Map, Value, json};

use super::facts::{self, Names};
use crate::{
    args::Global, diagnostics::Failure, exit::Exit, orchestra::Orchestra, output::Output,
    playbooks, session::Session, stories,
};

#[derive(Debug, Args)]
pub(super) struct AddArgs {
    #[arg(long, value_name = "NAME")]
    name: String,
    #[arg(long, value_name = "ADDRESS", required_unless_present = "login")]
    mail: Vec<String>,
    #[arg(long, value_name = "LOGIN")]
    login: Vec<String>,
    #[arg(long, value_name = "YYYY-MM-DD")]
    last_day: Option<NaiveDate>,
    #[arg(long, value_name = "PERSON")]
    by: String,
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[arg(long)]
    again: bool,
}

pub(super) fn run(args: &AddArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "leavers add")?;
    let orchestra = Orchestra::open(&mut session)?;
    let names = Names::of(&session);
    let tenant = session.tenant().clone();
    let person = LeaverPerson {
        name: Some(args.name.clone()),
        mails: args.mail.clone(),
        logins: args.login.clone(),
    };
    // Whoever adds the same person at the same time looks only after this one has begun.
    let turn = session.workspace.turn("leavers")?;
    let known = facts::all(&orchestra, &tenant, &names, output)?;
    if let Some(before) = under_way(&known, &person).filter(|_| !args.again) {
        return tell(&orchestra, &session, &before.run.id, false, output);
    }
    let kept = playbooks::find(&session.workspace, OFFBOARDING)?;
    let playbook = kept.checked(&orchestra.runtime.registry().catalogue())?;
    if args.last_day.is_some() && !facts::takes(&playbook, "lastDay") {
        let says = Phrase::new("fail-no-last-day").text("playbook", &kept.name);
        return Err(Failure::new(Exit::Playbook, says).advise(Phrase::new("advice-no-last-day")));
    }
    let work = NewWork {
        tenant: tenant.clone(),
        source: kept.source(&playbook),
        input: input(args, &person),
        requester: args.by.clone(),
        trigger: "kompel leavers add".to_owned(),
    };
    let id = orchestra.wait(orchestra.runtime.start(work))?;
    drop(turn);
    crate::commands::run::drive(&orchestra, &tenant, &id)?;
    tell(&orchestra, &session, &id, true, output)
}

/// The offboarding of this person that is under way, or the last that was completed.
fn under_way<'a>(runs: &'a [RunFacts], person: &LeaverPerson) -> Option<&'a RunFacts> {
    let theirs = runs.iter().filter(|run| {
        run.playbook == OFFBOARDING
            && same_person(&run.person, person)
            && matches!(run.run.state.as_str(), "running" | "waiting" | "completed")
    });
    theirs.max_by_key(|run| (run.run.ended.is_none(), run.run.started))
}

fn input(args: &AddArgs, person: &LeaverPerson) -> Value {
    let mut input = Map::new();
    let person = json!({"name": person.name, "mails": person.mails, "logins": person.logins});
    input.insert("person".to_owned(), person);
    if let Some(day) = args.last_day {
        input.insert("lastDay".to_owned(), Value::from(day.to_string()));
    }
    if let Some(reason) = &args.reason {
        input.insert("reason".to_owned(), Value::from(reason.as_str()));
    }
    Value::Object(input)
}

/// Says whether a run was started, and how it stands; the exit code is the run's.
fn tell(
    orchestra: &Orchestra,
    session: &Session<'_>,
    run: &str,
    started: bool,
    output: &Output,
) -> Result<Exit, Failure> {
    let story = orchestra.runtime.show(session.tenant(), run)?;
    let state = story.status.word();
    if output.is_json() {
        output.json(&json!({"run": run, "started": started, "state": state}))?;
    } else {
        let id = if started { "leavers-started" } else { "leavers-started-before" };
        let word = output.wording().word(&format!("state-{state}"));
        output.say(&Phrase::new(id).text("run", run).text("state", word));
        stories::print(&story, false, output);
    }
    Ok(stories::exit(&story.status))
}
