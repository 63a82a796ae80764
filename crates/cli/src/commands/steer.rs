//! `kompel cancel`, `resume` and `retry`: a person's word on a run that is under way.

use clap::{Args, ValueEnum};
use kompel_engine::{CallId, act::Decision};
use kompel_model::Phrase;
use kompel_report::reason;
use kompel_runtime::Outcome;
use serde_json::json;

use crate::{
    args::Global, diagnostics::Failure, exit::Exit, orchestra::Orchestra, output::Output,
    session::Session, stories,
};

#[derive(Debug, Args)]
pub(crate) struct CancelArgs {
    #[arg(value_name = "RUN")]
    run: String,
    #[arg(long, value_name = "TEXT")]
    why: String,
}

#[derive(Debug, Args)]
pub(crate) struct ResumeArgs {
    #[arg(value_name = "RUN")]
    run: String,
}

#[derive(Debug, Args)]
pub(crate) struct RetryArgs {
    #[arg(value_name = "RUN")]
    run: String,
    #[arg(long, value_name = "N")]
    step: u64,
    #[arg(long, value_name = "N")]
    undo_of: Option<u64>,
    #[arg(long, value_enum)]
    it_was: Became,
    #[arg(long, value_name = "TEXT")]
    why: String,
}

/// What became of an attempt of which nobody else can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Became {
    /// It was done.
    Done,
    /// It was not done: try again.
    NotDone,
    /// Leave it open.
    GivenUp,
}

pub(crate) fn cancel(args: &CancelArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    steer(&args.run, "cancel", global, output, |orchestra, tenant, run, by| {
        orchestra.wait(orchestra.runtime.cancel(tenant, run, by, &args.why))
    })
}

pub(crate) fn resume(args: &ResumeArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    steer(&args.run, "resume", global, output, |orchestra, tenant, run, by| {
        orchestra.wait(orchestra.runtime.resume(tenant, run, by))
    })
}

pub(crate) fn retry(args: &RetryArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let decision = match args.it_was {
        Became::Done => Decision::Done { output: None },
        Became::NotDone => Decision::NotDone,
        Became::GivenUp => Decision::GiveUp,
    };
    let call = (CallId(args.step), args.undo_of.map(CallId));
    steer(&args.run, "retry", global, output, |orchestra, tenant, run, by| {
        let decided =
            orchestra.runtime.decide_open_call((tenant, run), call, by, decision, &args.why);
        orchestra.wait(decided)
    })
}

fn steer(
    run: &str,
    what: &str,
    global: &Global,
    output: &Output,
    says: impl FnOnce(
        &Orchestra,
        &kompel_model::TenantId,
        &str,
        &str,
    ) -> Result<Outcome, kompel_runtime::RuntimeError>,
) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, what)?;
    let orchestra = Orchestra::open(&mut session)?;
    let tenant = session.tenant().clone();
    let run = stories::known(&orchestra, &tenant, run)?;
    let by = crate::login::name().unwrap_or_else(|| "unknown".to_owned());
    let outcome = says(&orchestra, &tenant, &run, &by)?;
    if let Outcome::Refused(why) = &outcome {
        let says = Phrase::new("fail-steer").text("run", &run).arg("why", reason(why));
        return Err(
            Failure::new(Exit::Refused, says).advise(Phrase::new("advice-show").text("run", &run))
        );
    }
    super::run::drive(&orchestra, &tenant, &run)?;
    if output.is_json() && outcome == Outcome::Pending {
        return output.json(&json!({ "run": run, "outcome": "pending" }));
    }
    stories::tell(&orchestra, &tenant, &run, output)
}
