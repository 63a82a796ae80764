//! `kompel candidates`: what was found, by rank.

use std::collections::BTreeMap;

use clap::Args;
use comfy_table::{Cell, Color};
use kompel_model::{CandidateId, Phrase};
use kompel_qualify::{Assessed, CandidateOut, Verdict, candidates_out};
use kompel_runtime::Decision;
use serde::Serialize;

use crate::{
    args::Global,
    diagnostics::Failure,
    exit::Exit,
    output::Output,
    session::{Found, Session},
};

#[derive(Debug, Args)]
pub(crate) struct CandidatesArgs {
    #[arg(long)]
    qualifying: bool,
    #[arg(long)]
    all: bool,
    #[arg(long, conflicts_with_all = ["qualifying", "all"])]
    rejected: bool,
}

/// The contract of `kompel candidates --json`, with the decisions taken.
#[derive(Debug, Serialize)]
pub(crate) struct Listed {
    generated_at: String,
    candidates: Vec<Decided>,
    rejected: Vec<kompel_qualify::RejectedOut>,
    unassigned: kompel_mining::Unassigned,
}

#[derive(Debug, Serialize)]
struct Decided {
    #[serde(flatten)]
    candidate: CandidateOut,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionOut>,
}

#[derive(Debug, Serialize)]
struct DecisionOut {
    yes: bool,
    by: String,
    why: String,
    at: String,
}

pub(crate) fn run(
    args: &CandidatesArgs,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "candidates")?;
    let found = session.found()?;
    let decisions = latest(session.scope().decisions()?);
    if output.is_json() {
        let mut listed = listed(&found, &decisions);
        if args.qualifying {
            listed.candidates.retain(|decided| decided.candidate.qualifies);
        }
        return output.json(&listed);
    }
    if args.rejected {
        show_rejected(&found, output);
        return Ok(Exit::Done);
    }
    let which = match (args.qualifying, args.all) {
        (true, _) => Which::Qualifying,
        (false, true) => Which::All,
        (false, false) => Which::First,
    };
    table(&found, &decisions, which, output);
    output.remark(&Phrase::new("candidates-legend"));
    output.gap();
    summarise(&found, output);
    output.gap();
    output.remark(&Phrase::new("candidates-next"));
    Ok(Exit::Done)
}

/// Everything found, as other programs read it.
pub(crate) fn listed(found: &Found, decisions: &BTreeMap<CandidateId, Decision>) -> Listed {
    let out = candidates_out(&found.discovery, &found.assessment);
    let decided = |candidate: CandidateOut| {
        let decision = decisions.get(&CandidateId(candidate.id.clone())).map(|d| DecisionOut {
            yes: d.yes,
            by: d.by.clone(),
            why: d.why.clone(),
            at: d.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        });
        Decided { candidate, decision }
    };
    Listed {
        generated_at: out.generated_at,
        candidates: out.candidates.into_iter().map(decided).collect(),
        rejected: out.rejected,
        unassigned: out.unassigned,
    }
}

/// The decision that holds for each candidate: the last one.
pub(crate) fn latest(decisions: Vec<Decision>) -> BTreeMap<CandidateId, Decision> {
    decisions.into_iter().map(|decision| (decision.candidate.clone(), decision)).collect()
}

/// Which candidates the table shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those that qualify.
    Qualifying,
    /// Those that qualify, and of the others the first.
    First,
    /// All.
    All,
}

/// Candidates that the table shows at most if not all are asked for and fewer qualify.
const FIRST: usize = 20;

/// The table a person reads.
pub(crate) fn table(
    found: &Found,
    decisions: &BTreeMap<CandidateId, Decision>,
    which: Which,
    output: &Output,
) {
    let wording = output.wording();
    let head: Vec<String> = [
        "list-rank",
        "list-id",
        "list-title",
        "list-rate",
        "list-hours",
        "list-criteria",
        "list-qualifies",
        "list-decision",
    ]
    .iter()
    .map(|id| wording.word(id))
    .collect();
    let shown: Vec<&Assessed> = found
        .assessment
        .candidates
        .iter()
        .enumerate()
        .filter(|(at, assessed)| match which {
            Which::Qualifying => assessed.qualifies,
            Which::First => assessed.qualifies || *at < FIRST,
            Which::All => true,
        })
        .map(|(_, assessed)| assessed)
        .collect();
    let more = found.assessment.candidates.len() - shown.len();
    let rows = shown
        .into_iter()
        .filter_map(|assessed| row(assessed, found, decisions.get(&assessed.id), output))
        .collect();
    output.table(&head, rows, &[0, 3, 4]);
    if which == Which::First && more > 0 {
        output.remark(&Phrase::new("candidates-more").number("more", more as f64));
    }
}

fn row(
    assessed: &Assessed,
    found: &Found,
    decision: Option<&Decision>,
    output: &Output,
) -> Option<Vec<Cell>> {
    let wording = output.wording();
    let facts = found.facts(&assessed.id)?;
    let number = |value: Option<f64>| value.map_or("?".to_owned(), |v| wording.number(v));
    let hours = assessed.gain.hours_per_month.map(|hours| hours.likely);
    let criteria = &assessed.criteria;
    let signs = [&criteria.frequency, &criteria.systems, &criteria.human_factor, &criteria.errors]
        .map(|criterion| sign(criterion.verdict));
    let (mark, colour) =
        if assessed.qualifies { ("✓", Color::Green) } else { ("✗", Color::DarkGrey) };
    let decided = match decision {
        None => String::new(),
        Some(decision) if decision.yes => wording.word("decision-yes"),
        Some(_) => wording.word("decision-no"),
    };
    Some(vec![
        Cell::new(assessed.rank),
        Cell::new(assessed.id.as_str()),
        Cell::new(&facts.title),
        Cell::new(number(facts.rate.per_year)),
        Cell::new(number(hours)),
        Cell::new(signs.join(" ")),
        output.cell(mark, colour),
        Cell::new(decided),
    ])
}

/// `✓`, `✗` or `?`.
pub(crate) fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "✓",
        Verdict::NotMet => "✗",
        Verdict::Unknown => "?",
    }
}

/// How many were found, qualify, were rejected, and what is left over.
pub(crate) fn summarise(found: &Found, output: &Output) {
    let candidates = &found.assessment.candidates;
    let qualify = candidates.iter().filter(|candidate| candidate.qualifies).count();
    let left = found.discovery.unassigned;
    output.say(
        &Phrase::new("candidates-summary")
            .number("candidates", candidates.len() as f64)
            .number("qualify", qualify as f64)
            .number("rejected", found.discovery.rejected.len() as f64),
    );
    output.remark(
        &Phrase::new("candidates-left")
            .number("tickets", left.tickets as f64)
            .number("messages", left.messages as f64)
            .number("answers", left.answers as f64),
    );
}

fn show_rejected(found: &Found, output: &Output) {
    let wording = output.wording();
    let head = ["list-id", "list-title", "list-records", "list-why"];
    let rows = found
        .discovery
        .rejected
        .iter()
        .map(|group| {
            vec![
                Cell::new(group.id.as_str()),
                Cell::new(&group.title),
                Cell::new(wording.number(group.members.len() as f64)),
                Cell::new(wording.say(&why(&group.why))),
            ]
        })
        .collect();
    output.table(&head.map(|id| wording.word(id)), rows, &[2]);
}

fn why(why: &kompel_mining::RejectedWhy) -> Phrase {
    use kompel_mining::RejectedWhy;
    let records = |id: &str, records: u32| Phrase::new(id).number("records", records);
    match why {
        RejectedWhy::ResolutionsDiffer { sameness } => {
            Phrase::new("rejected-resolutions-differ").number("share", (sameness * 100.0).round())
        }
        RejectedWhy::Burst { records: n } => records("rejected-burst", *n),
        RejectedWhy::Import { records: n } => records("rejected-import", *n),
        RejectedWhy::Robot { records: n } => records("rejected-robot", *n),
        RejectedWhy::Noise => Phrase::new("rejected-noise"),
    }
}
