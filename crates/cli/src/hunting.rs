//! The hunt's course: read inputs, keep their records, discover, keep what was found.
//!
//! `kompel hunt` and `kompel demo` both go through here.

use std::path::PathBuf;

use chrono_tz::Tz;
use kompel_ingest::{ColumnMapping, Format, Input, Limits, MappedBy, Options, redact::Redactor};
use kompel_mining::{Candidate, Discovery, Lexicon, Settings, Stage};
use kompel_model::{Counts, EventLog, Phrase, Reading, SourceClass};
use kompel_runtime::{HuntInput, KeptCandidate, KeptDiscovery, Written, clock};
use serde::Serialize;

use crate::{
    answer_files,
    args::shown,
    config::Kind,
    diagnostics::Failure,
    exit::Exit,
    findings::{self, FindingGroup},
    reading::{self, Bytes},
    session::{Found, Session},
};

/// An input to read.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// What the user says it holds.
    pub(crate) kind: Kind,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// The format, if the user names it.
    pub(crate) format: Option<String>,
    /// The user's columns by field.
    pub(crate) map: ColumnMapping,
    /// The zone of times without one, if not the workspace's.
    pub(crate) timezone: Option<Tz>,
}

/// What became of an input.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct InputReport {
    /// The path as the user gave it.
    pub(crate) name: String,
    /// The format it was read as.
    pub(crate) format: String,
    /// SHA-256 of its bytes.
    pub(crate) sha256: String,
    /// Rows in, records out.
    #[serde(flatten)]
    pub(crate) counts: Counts,
    /// What the store did with the records; nothing in a dry run.
    pub(crate) stored: Option<Written>,
    /// Findings by kind.
    pub(crate) findings: Vec<FindingGroup>,
    /// The columns used, for tables of one's own.
    pub(crate) mapping: Option<Vec<Column>>,
}

/// What one column was taken for.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Column {
    /// Its header.
    pub(crate) column: String,
    /// The field, as `--map` takes it; `None` if it is kept under its header.
    pub(crate) field: Option<&'static str>,
    /// How sure that is, 0..1.
    pub(crate) confidence: f64,
    /// Whose word it is: `user`, `header`, `content` or `nothing`.
    pub(crate) by: &'static str,
}

/// Whether records are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// Kept.
    Store,
    /// Only read and counted.
    DryRun,
}

/// Reads the inputs one by one and keeps their records.
pub(crate) fn read_all(
    session: &mut Session<'_>,
    wanted: &[Wanted],
    keeping: Keeping,
    mut tell: impl FnMut(&InputReport),
) -> Result<Vec<InputReport>, Failure> {
    let known_before = session.people_known()?;
    let others = wanted.len() > 1 || !session.is_empty()?;
    let hunt = match keeping {
        Keeping::Store => Some(session.scope().begin_hunt(clock::now())?),
        Keeping::DryRun => None,
    };
    let mut reports = Vec::new();
    for wanted in wanted {
        let report = read_one(session, wanted, hunt)?;
        tell(&report);
        reports.push(report);
    }
    if keeping == Keeping::Store && others {
        rescrub(session, known_before)?;
    }
    Ok(reports)
}

fn read_one(
    session: &mut Session<'_>,
    wanted: &Wanted,
    hunt: Option<i64>,
) -> Result<InputReport, Failure> {
    let Bytes { input, sha256 } = reading::load(&wanted.path)?;
    let format = format_of(wanted, &input)?;
    let Reading { mut log, findings, counts } = read(session, wanted, format, &input)?;
    let mapping = mapping(session, wanted, format, &input);
    drop(input);
    let mut report = InputReport {
        name: shown(&wanted.path),
        format: code(format),
        sha256,
        counts,
        stored: None,
        findings: findings::grouped(findings),
        mapping,
    };
    if let Some(hunt) = hunt {
        report.stored = Some(keep(session, &mut log, &report, hunt)?);
    }
    Ok(report)
}

/// The format the user names, or the one the input looks like; it must hold what the user says.
fn format_of(wanted: &Wanted, input: &Input) -> Result<Format, Failure> {
    let file = shown(&wanted.path);
    let format = match &wanted.format {
        Some(name) => named(name).ok_or_else(|| unknown_format(name))?,
        None => likely(wanted.kind, kompel_ingest::detect(input)).ok_or_else(|| {
            let says = Phrase::new("fail-no-format").text("file", &file);
            Failure::new(Exit::Input, says)
                .advise(Phrase::new("advice-format").text("formats", formats()))
        })?,
    };
    if format.class() == SourceClass::from(wanted.kind) {
        return Ok(format);
    }
    let right = match format.class() {
        SourceClass::Tickets => "tickets",
        SourceClass::Chat => "chat",
        SourceClass::Answers => "answers",
        SourceClass::Log => "log",
    };
    let says = Phrase::new("fail-other-kind").text("file", &file).text("format", format.title());
    let advice = Phrase::new("advice-other-kind").text("kind", right).text("file", file);
    Err(Failure::new(Exit::Usage, says).advise(advice))
}

/// What was detected, seen in the light of what the user says: a table is just a table, and whether
/// it holds tickets or answers is the user's to say.
fn likely(kind: Kind, detected: Option<Format>) -> Option<Format> {
    match (kind, detected) {
        (Kind::Answers, None | Some(Format::Table)) => Some(Format::Answers),
        (Kind::Tickets, Some(Format::Answers)) => Some(Format::Table),
        (_, detected) => detected,
    }
}

fn unknown_format(name: &str) -> Failure {
    let says = Phrase::new("fail-unknown-format").text("format", name);
    Failure::new(Exit::Usage, says).advise(Phrase::new("advice-format").text("formats", formats()))
}

/// The formats' names, for messages.
pub(crate) fn formats() -> String {
    Format::ALL.iter().copied().map(code).collect::<Vec<_>>().join(", ")
}

fn named(name: &str) -> Option<Format> {
    Format::ALL.iter().copied().find(|format| code(*format) == name)
}

/// The format's name on the command line: `jira-csv`.
fn code(format: Format) -> String {
    let mut code = String::new();
    for c in format!("{format:?}").chars() {
        if c.is_ascii_uppercase() && !code.is_empty() {
            code.push('-');
        }
        code.push(c.to_ascii_lowercase());
    }
    code
}

fn read(
    session: &Session<'_>,
    wanted: &Wanted,
    format: Format,
    input: &Input,
) -> Result<Reading, Failure> {
    let says = Phrase::new("progress-reading").text("file", shown(&wanted.path));
    let says = session.output.wording().say(&says);
    let bar = session.output.progress().counter(says);
    let options = Options {
        timezone: wanted.timezone.unwrap_or(session.config.timezone.0),
        limits: Limits::default(),
        mapping: &wanted.map,
        progress: &|done| bar.at(done),
    };
    kompel_ingest::read(format, input, &options).map_err(|error| {
        let says = Phrase::new("fail-not-read")
            .text("file", shown(&wanted.path))
            .text("format", format.title());
        Failure::new(Exit::Input, says)
            .advise(Phrase::new("advice-format").text("formats", formats()))
            .because(&error)
    })
}

/// Which column of a table of the user's own was taken for what; `None` for known formats.
fn mapping(
    session: &Session<'_>,
    wanted: &Wanted,
    format: Format,
    input: &Input,
) -> Option<Vec<Column>> {
    if format != Format::Table {
        return None;
    }
    let options = Options {
        timezone: wanted.timezone.unwrap_or(session.config.timezone.0),
        mapping: &wanted.map,
        ..Options::default()
    };
    let columns = kompel_ingest::propose_mapping(input, &options).ok()?;
    let column = |proposed: kompel_ingest::ProposedColumn| Column {
        column: proposed.column,
        field: proposed.field,
        confidence: proposed.confidence,
        by: match proposed.by {
            MappedBy::User => "user",
            MappedBy::Header => "header",
            MappedBy::Content => "content",
            MappedBy::Nothing => "nothing",
        },
    };
    Some(columns.into_iter().map(column).collect())
}

fn keep(
    session: &mut Session<'_>,
    log: &mut EventLog,
    report: &InputReport,
    hunt: i64,
) -> Result<Written, Failure> {
    redact(session, log)?;
    if !log.answers.is_empty() {
        let known = session.scope().read_answers()?;
        let name = report.name.rsplit(['/', '\\']).next().unwrap_or_default();
        answer_files::place(&known, &mut log.answers, name);
        log.sort();
    }
    let wording = session.output.wording();
    let bar = session.output.progress().bar(wording.word("progress-storing"), log.len() as u64);
    let mut scope = session.scope();
    let written = scope.write_log(log, &|done| bar.at(done))?;
    let counts = serde_json::json!({
        "rows": report.counts.rows,
        "records": report.counts.records,
        "stored": written,
    });
    scope.write_hunt_input(
        hunt,
        &HuntInput {
            name: report.name.clone(),
            format: report.format.clone(),
            sha256: report.sha256.clone(),
            counts,
            findings: json(&report.findings)?,
        },
    )?;
    Ok(written)
}

/// Makes people pseudonyms, knowing everyone met before, and keeps the new names sealed.
fn redact(session: &mut Session<'_>, log: &mut EventLog) -> Result<(), Failure> {
    let wording = session.output.wording();
    let _bar = session.output.progress().spinner(wording.word("progress-redacting"));
    let key = session.workspace.read_key()?;
    let known = session.scope().identities(&key)?;
    let redactor = if session.config.privacy.pseudonyms {
        Redactor::new(&session.key.for_purpose("pseudonyms")).with_known(known)
    } else {
        Redactor::off()
    };
    let names = redactor.apply(log);
    log.sort();
    session.scope().write_identities(&names, &key)?;
    Ok(())
}

/// Scrubs what was kept before of the names met since: a person that only the chat names may stand
/// in the text of a ticket read earlier. Does nothing if nobody new was met.
fn rescrub(session: &mut Session<'_>, known_before: usize) -> Result<(), Failure> {
    if !session.config.privacy.pseudonyms || session.people_known()? == known_before {
        return Ok(());
    }
    let mut log = session.scope().read_log(&|_| ())?;
    redact(session, &mut log)?;
    session.scope().write_log(&log, &|_| ())?;
    Ok(())
}

/// Discovers over everything kept, keeps what was found, and judges it.
pub(crate) fn discover(session: &mut Session<'_>) -> Result<Found, Failure> {
    let output = session.output;
    let wording = output.wording();
    let total: u64 = session.scope().record_counts()?.iter().map(|count| count.records).sum();
    let bar = output.progress().bar(wording.word("progress-loading"), total);
    let log = session.scope().read_log(&|done| bar.at(done))?;
    drop(bar);
    let settings = settings(session)?;
    let bar = output.progress().spinner(wording.word("progress-hunting"));
    let discovery = kompel_mining::discover(&log, &settings, &|stage| {
        bar.says(wording.say(&stage_phrase(stage)));
    });
    drop(log);
    drop(bar);
    session.scope().write_discovery(&kept(&discovery)?)?;
    let assessment = kompel_qualify::assess(&discovery, &session.config.qualify);
    Ok(Found { discovery, assessment })
}

fn settings(session: &mut Session<'_>) -> Result<Settings, Failure> {
    let previous = session.scope().previous_candidates()?;
    let config = &session.config;
    let lexicon = match &config.lexicon.concepts {
        None => Lexicon::builtin(),
        Some(path) => {
            let path = session.workspace.root().join(path);
            let says = Phrase::new("fail-lexicon").text("file", shown(&path));
            let fails = |error: &dyn std::error::Error| {
                Failure::new(Exit::Configuration, says.clone())
                    .advise(Phrase::new("advice-lexicon"))
                    .because(error)
            };
            let text = std::fs::read_to_string(&path).map_err(|error| fails(&error))?;
            Lexicon::with_extra(&text).map_err(|error| fails(&error))?
        }
    };
    Ok(Settings {
        lexicon,
        systems: config.systems.gazetteer().map_err(|error| {
            Failure::new(Exit::Configuration, Phrase::new("fail-systems")).because(&error)
        })?,
        timezone: config.timezone.0,
        country: config.calendar.country.0,
        hunt_words: config.lexicon.hunt_words.clone(),
        previous,
        ..Settings::default()
    })
}

#[expect(clippy::cast_precision_loss, reason = "record counts stay far below 2^52")]
fn stage_phrase(stage: Stage) -> Phrase {
    match stage {
        Stage::Words { records } => Phrase::new("stage-words").number("records", records as f64),
        Stage::Groups => Phrase::new("stage-groups"),
        Stage::Facts { groups } => Phrase::new("stage-facts").number("groups", groups as f64),
    }
}

/// A discovery as the store keeps it: the candidates apart from the rest.
fn kept(discovery: &Discovery) -> Result<KeptDiscovery, Failure> {
    let rest = Discovery {
        as_of: discovery.as_of,
        sources: discovery.sources.clone(),
        candidates: Vec::new(),
        rejected: discovery.rejected.clone(),
        unassigned: discovery.unassigned,
    };
    let candidate = |candidate: &Candidate| {
        Ok(KeptCandidate {
            id: candidate.id.clone(),
            members: candidate.members.clone(),
            body: json(candidate)?,
        })
    };
    Ok(KeptDiscovery {
        body: json(&rest)?,
        candidates: discovery.candidates.iter().map(candidate).collect::<Result<_, Failure>>()?,
    })
}

/// A discovery from what the store kept.
pub(crate) fn restored(kept: KeptDiscovery) -> Result<Discovery, Failure> {
    let mut discovery: Discovery = serde_json::from_value(kept.body).map_err(unrestorable)?;
    for candidate in kept.candidates {
        discovery.candidates.push(serde_json::from_value(candidate.body).map_err(unrestorable)?);
    }
    Ok(discovery)
}

#[expect(clippy::needless_pass_by_value, reason = "map_err gives the error away")]
fn unrestorable(error: serde_json::Error) -> Failure {
    Failure::new(Exit::Workspace, Phrase::new("fail-other-version"))
        .advise(Phrase::new("advice-hunt"))
        .because(&error)
}

fn json(value: &impl Serialize) -> Result<serde_json::Value, Failure> {
    serde_json::to_value(value).map_err(|error| {
        Failure::new(Exit::Unexpected, Phrase::new("fail-unexpected")).because(&error)
    })
}
