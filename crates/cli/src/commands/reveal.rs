//! `kompel reveal`: shows the name behind a pseudonym, and keeps that it was shown.

use clap::Args;
use kompel_model::{PersonId, Phrase};
use kompel_runtime::clock;

use crate::{args::Global, diagnostics::Failure, exit::Exit, output::Output, session::Session};

#[derive(Debug, Args)]
pub(crate) struct RevealArgs {
    #[arg(value_name = "PSEUDONYM")]
    pseudonym: String,
    #[arg(long, value_name = "TEXT")]
    why: String,
}

pub(crate) fn run(args: &RevealArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "reveal")?;
    let person = PersonId::new(&args.pseudonym);
    let key = session.workspace.read_key()?;
    let name = session.scope().identity(&person, &key)?.ok_or_else(|| {
        let says = Phrase::new("fail-no-person").text("pseudonym", &args.pseudonym);
        Failure::new(Exit::NotFound, says).advise(Phrase::new("advice-no-person"))
    })?;
    session.scope().write_reveal(&person, &args.why, clock::now())?;
    if output.is_json() {
        return output.json(&serde_json::json!({ "pseudonym": person, "name": name }));
    }
    output.line(&name);
    output.remark(&Phrase::new("reveal-kept"));
    Ok(Exit::Done)
}
