//! `kompel approve` and `kompel reject`: a person's answer.

use clap::Args;
use kompel_model::Phrase;
use kompel_report::reason;
use kompel_runtime::{Answer, JournalError, Outcome, Proof, RuntimeError};
use serde_json::json;

use crate::{
    args::Global, diagnostics::Failure, exit::Exit, orchestra::Orchestra, output::Output,
    session::Session, stories,
};

#[derive(Debug, Args)]
pub(crate) struct AnswerArgs {
    #[arg(value_name = "APPROVAL")]
    approval: String,
    #[arg(long = "as", value_name = "PERSON")]
    person: Option<String>,
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    #[arg(long, value_name = "HASH")]
    plan: Option<String>,
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
}

pub(crate) fn approve(
    args: &AnswerArgs,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    answer(args, true, global, output)
}

pub(crate) fn reject(args: &AnswerArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    answer(args, false, global, output)
}

fn answer(args: &AnswerArgs, yes: bool, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "answer")?;
    let orchestra = Orchestra::open(&mut session)?;
    let tenant = session.tenant().clone();
    let login = crate::login::name().unwrap_or_default();
    let who = match &args.person {
        Some(person) => person.clone(),
        None => session
            .config
            .tenant
            .get(&tenant)
            .and_then(|t| t.people.iter().find(|(_, p)| p.logins.contains(&login)))
            .map(|(id, _)| id.clone())
            .unwrap_or_else(|| login.clone()),
    };
    let (approval, run) = approval(&args.approval, &who, &orchestra, &tenant)?;
    let proof = args.code.clone().map_or(Proof::Login(login), Proof::Code);
    let through = "command line".to_owned();
    let why = args.why.clone();
    let answer = Answer { who: who.clone(), proof, plan_hash: args.plan.clone(), through, why };
    let runtime = &orchestra.runtime;
    let outcome = orchestra.wait(async {
        if yes {
            runtime.approve(&tenant, &approval, answer).await
        } else {
            runtime.reject(&tenant, &approval, answer).await
        }
    });
    let outcome = outcome.map_err(|error| match error {
        RuntimeError::Journal(JournalError::NoRun(id)) => {
            let says = Phrase::new("fail-no-approval").text("id", id);
            Failure::new(Exit::NotFound, says).advise(Phrase::new("advice-runs"))
        }
        other => other.into(),
    })?;
    let exit = tell(&outcome, yes, (&approval, run.as_deref()), &who, output)?;
    match run.filter(|_| exit == Exit::Done) {
        Some(run) => {
            super::run::drive(&orchestra, &tenant, &run)?;
            stories::tell_briefly(&orchestra, &tenant, &run, output)?;
        }
        None if runtime.is_driver() => {
            orchestra.wait(runtime.run_until_idle())?;
        }
        None => {}
    }
    Ok(exit)
}

/// The approval that the user means, and its run: its id, the beginning of it, or the run's only open
/// one, of several the only one that asks this person.
fn approval(
    given: &str,
    who: &str,
    orchestra: &Orchestra,
    tenant: &kompel_model::TenantId,
) -> Result<(String, Option<String>), Failure> {
    let open = orchestra.runtime.approvals(tenant)?;
    let fits = |approval: &&kompel_runtime::OpenApproval| {
        approval.id.starts_with(given) || approval.run.starts_with(given)
    };
    let mut fitting: Vec<_> = open.iter().filter(fits).collect();
    let asks = |one: &kompel_runtime::OpenApproval| one.people.iter().any(|person| person == who);
    if fitting.len() > 1 && fitting.iter().any(|one| asks(one)) {
        fitting.retain(|one| asks(one));
    }
    match fitting.as_slice() {
        [only] => Ok((only.id.clone(), Some(only.run.clone()))),
        // Closed or never asked: the runtime says, and records, what is wrong with an answer to it.
        [] => Ok((given.to_owned(), None)),
        _ => {
            let says = Phrase::new("fail-several-approvals").text("id", given);
            Err(Failure::new(Exit::NotFound, says).advise(Phrase::new("advice-runs")))
        }
    }
}

fn tell(
    outcome: &Outcome,
    yes: bool,
    (approval, run): (&str, Option<&str>),
    who: &str,
    output: &Output,
) -> Result<Exit, Failure> {
    let (word, why) = match outcome {
        Outcome::Taken => ("taken", None),
        Outcome::Refused(why) => ("refused", Some(why.clone())),
        Outcome::Pending => ("pending", None),
    };
    let exit = if matches!(outcome, Outcome::Refused(_)) { Exit::Refused } else { Exit::Done };
    if output.is_json() {
        output.json(&json!({
            "approval": approval, "run": run, "who": who, "yes": yes, "outcome": word, "why": why,
        }))?;
        return Ok(exit);
    }
    let says = match outcome {
        Outcome::Taken if yes => Phrase::new("answer-approved"),
        Outcome::Taken => Phrase::new("answer-rejected"),
        Outcome::Refused(_) => Phrase::new("answer-refused"),
        Outcome::Pending => Phrase::new("answer-pending"),
    };
    output.say(
        &says.text("who", who).text("id", approval).arg("why", reason(&why.unwrap_or_default())),
    );
    Ok(exit)
}
