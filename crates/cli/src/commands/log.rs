//! `kompel log export`: everything kept, as an event log that process-mining tools read.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use kompel_ingest::logs;
use kompel_model::{EventLog, Phrase};

use crate::{
    args::{Global, shown},
    commands::map::wrote,
    diagnostics::Failure,
    exit::Exit,
    output::Output,
    session::{Session, write_file},
};

#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    #[command(subcommand)]
    action: LogAction,
}

#[derive(Debug, Subcommand)]
enum LogAction {
    Export(ExportArgs),
}

#[derive(Debug, Args)]
struct ExportArgs {
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "ocel-json")]
    format: LogFormat,
    #[arg(value_name = "FILE")]
    out: PathBuf,
}

/// What an event log is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    OcelJson,
    OcelXml,
    Xes,
}

pub(crate) fn run(args: &LogArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let LogAction::Export(args) = &args.action;
    let mut session = Session::open(global, output, "log export")?;
    if session.is_empty()? {
        return Err(Failure::new(Exit::NotFound, Phrase::new("fail-no-hunt"))
            .advise(Phrase::new("advice-hunt")));
    }
    let bar = output.progress().spinner(output.wording().word("progress-exporting"));
    let log = session.scope().read_log(&|_| ())?;
    let bytes = written(&log, args.format).map_err(|error| {
        let says = Phrase::new("fail-write").text("file", shown(&args.out));
        Failure::new(Exit::Output, says).advise(Phrase::new("advice-write")).because(&error)
    })?;
    drop(bar);
    write_file(&args.out, &bytes)?;
    wrote(&args.out, output)
}

fn written(log: &EventLog, format: LogFormat) -> std::io::Result<Vec<u8>> {
    match format {
        LogFormat::OcelJson => logs::to_ocel(log).to_json(),
        LogFormat::OcelXml => logs::to_ocel(log).to_xml(),
        LogFormat::Xes => {
            let mut bytes = Vec::new();
            logs::to_xes(log, &mut bytes)?;
            Ok(bytes)
        }
    }
}
