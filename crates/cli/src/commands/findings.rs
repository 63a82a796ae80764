//! `kompel findings`: what the last hunt could not take as it stood.

use clap::Args;
use kompel_model::Phrase;
use kompel_runtime::HuntInput;

use crate::{
    args::Global,
    diagnostics::Failure,
    exit::Exit,
    findings::{self, FindingGroup},
    output::Output,
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct FindingsArgs {
    #[arg(long)]
    all: bool,
}

pub(crate) fn run(args: &FindingsArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "findings")?;
    let inputs = last_findings(&mut session)?;
    if output.is_json() {
        let inputs: Vec<_> = inputs
            .iter()
            .map(|(input, groups)| {
                serde_json::json!({
                    "name": input.name,
                    "format": input.format,
                    "sha256": input.sha256,
                    "counts": input.counts,
                    "findings": findings::told(groups, output.wording()),
                })
            })
            .collect();
        return output.json(&serde_json::json!({ "inputs": inputs }));
    }
    let examples = if args.all { usize::MAX } else { EXAMPLES };
    for (input, groups) in &inputs {
        let id = if groups.is_empty() { "findings-none" } else { "findings-of" };
        output.say(&Phrase::new(id).text("file", &input.name));
        findings::show(output, groups, examples);
    }
    Ok(Exit::Done)
}

/// The last hunt's inputs with their findings.
pub(crate) fn last_findings(
    session: &mut Session<'_>,
) -> Result<Vec<(HuntInput, Vec<FindingGroup>)>, Failure> {
    let Some((_, inputs)) = session.scope().last_hunt()? else {
        return Err(Failure::new(Exit::NotFound, Phrase::new("fail-no-hunt"))
            .advise(Phrase::new("advice-hunt")));
    };
    inputs
        .into_iter()
        .map(|input| {
            let groups = serde_json::from_value(input.findings.clone()).map_err(|error| {
                Failure::new(Exit::Workspace, Phrase::new("fail-other-version")).because(&error)
            })?;
            Ok((input, groups))
        })
        .collect()
}

const EXAMPLES: usize = 5;
