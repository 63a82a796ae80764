//! `kompel decide`: keeps what was decided about a candidate, by whom and why.

use clap::{ArgGroup, Args};
use kompel_model::Phrase;
use kompel_runtime::{NewDecision, clock};

use crate::{args::Global, diagnostics::Failure, exit::Exit, output::Output, session::Session};

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("decision").required(true).args(["yes", "no"]))]
pub(crate) struct DecideArgs {
    #[arg(value_name = "ID")]
    id: String,
    #[arg(long)]
    yes: bool,
    #[arg(long)]
    no: bool,
    #[arg(long, value_name = "NAME")]
    by: String,
    #[arg(long, value_name = "TEXT")]
    why: String,
}

pub(crate) fn run(args: &DecideArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, &format!("decide {}", args.id))?;
    let found = session.found()?;
    let (facts, assessed) = found.candidate(&args.id)?;
    let decision = NewDecision {
        candidate: assessed.id.clone(),
        yes: args.yes,
        by: args.by.clone(),
        why: args.why.clone(),
    };
    session.scope().decide(&decision, clock::now())?;
    if output.is_json() {
        return output.json(&serde_json::json!({
            "candidate": assessed.id,
            "yes": args.yes,
            "by": args.by,
            "why": args.why,
        }));
    }
    output.say(
        &Phrase::new(if args.yes { "decided-yes" } else { "decided-no" })
            .text("title", &facts.title)
            .text("id", assessed.id.as_str())
            .text("by", &args.by),
    );
    Ok(Exit::Done)
}
