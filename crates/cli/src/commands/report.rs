//! `kompel report`: the whole hunt as one HTML file that opens without a network.

use std::path::PathBuf;

use clap::Args;
use kompel_model::Finding;
use kompel_qualify::process_map;
use kompel_report::HuntView;

use crate::{
    args::Global,
    commands::{
        findings::last_findings,
        map::{context, unprintable, wrote},
    },
    diagnostics::Failure,
    exit::Exit,
    output::Output,
    session::{Found, Session, write_file},
};

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[arg(long, value_name = "FILE", default_value = "kompel-report.html")]
    out: PathBuf,
}

pub(crate) fn run(args: &ReportArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "report")?;
    let found = session.found()?;
    let html = html(&mut session, &found, global)?;
    write_file(&args.out, html.as_bytes())?;
    wrote(&args.out, output)
}

/// The report of what was found.
pub(crate) fn html(
    session: &mut Session<'_>,
    found: &Found,
    global: &Global,
) -> Result<String, Failure> {
    let policy = &session.config.qualify;
    let maps: Vec<_> = found
        .assessment
        .candidates
        .iter()
        .filter_map(|assessed| Some(process_map(found.facts(&assessed.id)?, assessed, policy)))
        .collect();
    let pitch = kompel_qualify::pitch(&found.discovery, &found.assessment, policy);
    let findings: Vec<Finding> = last_findings(session)?
        .into_iter()
        .flat_map(|(_, groups)| groups)
        .flat_map(|group| group.first)
        .collect();
    let view = HuntView {
        context: &context(found, global),
        discovery: &found.discovery,
        assessment: &found.assessment,
        maps: &maps,
        pitch: &pitch,
        findings: &findings,
    };
    kompel_report::hunt_html(&view, session.output.wording().language())
        .map_err(|error| unprintable(&error))
}
