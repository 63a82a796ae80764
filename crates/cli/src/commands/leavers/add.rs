//! `kompel leavers add`: starts the offboarding of a person, once.

use chrono::NaiveDate;
use clap::Args;
use kompel_model::{LeaverPerson, Phrase};
use serde_json::json;

use super::{
    begin::{Unless, Wish, begin},
    facts::{self, Names},
};
use crate::{
    args::Global, diagnostics::Failure, exit::Exit, orchestra::Orchestra, output::Output,
    session::Session, stories,
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
    let wish = Wish {
        person: LeaverPerson {
            name: Some(args.name.clone()),
            mails: args.mail.clone(),
            logins: args.login.clone(),
        },
        last_day: args.last_day,
        reason: args.reason.clone(),
        by: args.by.clone(),
        trigger: "kompel leavers add",
    };
    let unless = if args.again { Unless::Never } else { Unless::BeganBefore };
    let known = || facts::all(&orchestra, &tenant, &names, output);
    let whose = (&session.workspace, &tenant);
    let begun = orchestra.wait(begin(&orchestra.runtime, whose, &wish, unless, known))?;
    if begun.new {
        crate::commands::run::drive(&orchestra, &tenant, &begun.run)?;
    }
    tell(&orchestra, &session, &begun.run, begun.new, output)
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
