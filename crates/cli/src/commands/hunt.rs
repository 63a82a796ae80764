//! `kompel hunt`: reads exports, keeps their records, and looks for processes in all of them.

use std::path::PathBuf;

use chrono_tz::Tz;
use clap::Args;
use kompel_ingest::ColumnMapping;
use kompel_model::Phrase;
use serde_json::json;

use crate::{
    args::Global,
    commands::candidates,
    config::Kind,
    diagnostics::Failure,
    exit::Exit,
    findings,
    hunting::{self, Column, InputReport, Keeping, Wanted},
    output::Output,
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct HuntArgs {
    #[arg(value_enum, value_name = "KIND", requires = "path")]
    kind: Option<Kind>,
    #[arg(value_name = "PATH")]
    path: Vec<PathBuf>,
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    #[arg(long, value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    #[arg(long, value_name = "ZONE")]
    timezone: Option<Tz>,
    #[arg(long)]
    dry_run: bool,
    #[arg(long)]
    no_discover: bool,
}

pub(crate) fn run(args: &HuntArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "hunt")?;
    let wanted = wanted(args, &mut session)?;
    let keeping = if args.dry_run { Keeping::DryRun } else { Keeping::Store };
    let reports = hunting::read_all(&mut session, &wanted, keeping, |report| {
        if !output.is_json() {
            show(report, output);
        }
    })?;
    if args.dry_run || args.no_discover {
        return finish_without_discovery(args, &reports, output);
    }
    let found = hunting::discover(&mut session)?;
    if output.is_json() {
        return output.json(&json!({
            "inputs": inputs(&reports, output),
            "candidates": found.assessment.candidates.len(),
            "qualify": found.assessment.candidates.iter().filter(|c| c.qualifies).count(),
            "rejected": found.discovery.rejected.len(),
            "unassigned": found.discovery.unassigned,
        }));
    }
    output.gap();
    candidates::summarise(&found, output);
    output.gap();
    output.remark(&Phrase::new("hunt-next"));
    Ok(Exit::Done)
}

fn wanted(args: &HuntArgs, session: &mut Session<'_>) -> Result<Vec<Wanted>, Failure> {
    if let Some(kind) = args.kind {
        let mut map = ColumnMapping::default();
        for text in &args.map {
            map.add(text).map_err(|error| bad_mapping(&error))?;
        }
        let of = |path: &PathBuf| Wanted {
            kind,
            path: path.clone(),
            format: args.format.clone(),
            map: map.clone(),
            timezone: args.timezone,
        };
        return Ok(args.path.iter().map(of).collect());
    }
    let root = session.workspace.root();
    let configured: Vec<Wanted> = session
        .config
        .source
        .iter()
        .map(|source| Wanted {
            kind: source.kind,
            path: root.join(&source.path),
            format: source.format.clone(),
            map: ColumnMapping(source.map.clone()),
            timezone: args.timezone,
        })
        .collect();
    if configured.is_empty() && session.is_empty()? {
        return Err(Failure::new(Exit::Usage, Phrase::new("fail-no-sources"))
            .advise(Phrase::new("advice-no-sources")));
    }
    Ok(configured)
}

fn finish_without_discovery(
    args: &HuntArgs,
    reports: &[InputReport],
    output: &Output,
) -> Result<Exit, Failure> {
    if output.is_json() {
        return output.json(&json!({ "inputs": inputs(reports, output) }));
    }
    output.gap();
    output.remark(&Phrase::new(if args.dry_run { "hunt-dry" } else { "hunt-not-discovered" }));
    Ok(Exit::Done)
}

/// The reports as others read them.
fn inputs(reports: &[InputReport], output: &Output) -> Vec<serde_json::Value> {
    let input = |report: &InputReport| {
        let mut input = json!(report);
        input["findings"] = findings::told(&report.findings, output.wording()).into();
        input
    };
    reports.iter().map(input).collect()
}

/// What was read, in a few lines.
pub(crate) fn show(report: &InputReport, output: &Output) {
    let wording = output.wording();
    let read = Phrase::new("hunt-read")
        .text("file", &report.name)
        .text("format", &report.format)
        .number("rows", report.counts.rows as f64)
        .number("records", report.counts.records as f64);
    output.say(&read);
    if let Some(mapping) = &report.mapping {
        output.line(&format!("  {}", wording.word("hunt-mapping")));
        show_mapping(mapping, output);
    }
    if let Some(stored) = report.stored {
        let stored = Phrase::new("hunt-stored")
            .number("new", stored.new as f64)
            .number("updated", stored.updated as f64)
            .number("unchanged", stored.unchanged as f64);
        output.line(&format!("  {}", wording.say(&stored)));
    }
    findings::summarise(output, &report.findings, EXAMPLES);
}

fn show_mapping(columns: &[Column], output: &Output) {
    let wording = output.wording();
    for column in columns {
        let says = Phrase::new("hunt-column")
            .text("column", &column.column)
            .text("field", column.field.unwrap_or_default())
            .text("by", column.by)
            .text("sure", wording.percent(column.confidence));
        output.line(&format!("    {}", wording.say(&says)));
    }
}

fn bad_mapping(error: &kompel_ingest::BadMapping) -> Failure {
    Failure::new(Exit::Usage, Phrase::new("fail-mapping"))
        .advise(Phrase::new("advice-mapping"))
        .because(error)
}

const EXAMPLES: usize = 2;
