//! `kompel demo`: an imaginary provider, hunted from its exports to the pitch.
//!
//! Makes the world, writes it as the real products would export it, and from there on does what a
//! user does: `init`, `hunt`, `candidates`, `map`, `pitch`, `report`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;
use kompel_model::{Phrase, TenantId};
use kompel_qualify::process_map;
use kompel_runtime::Workspace;
use kompel_sample::{Truth, World, WorldOptions};

use crate::{
    args::{Global, shown},
    commands::{
        candidates::{self, Which},
        hunt, map, pitch, report,
    },
    config::{self, Kind},
    diagnostics::Failure,
    exit::Exit,
    hunting::{self, Keeping, Wanted},
    output::Output,
    session::{Found, Session, write_file},
};

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    #[arg(long, value_name = "DIR", default_value = "kompel-demo")]
    out: PathBuf,
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

pub(crate) fn run(args: &DemoArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let root = args.out.as_path();
    clear(root)?;
    let (truth, says) = write_world(root, args.seed, output)?;
    output.remark(&says);
    let workspace = workspace(root, output)?;
    let mut session = Session::at(&workspace, TenantId::default(), output)?;
    let reports = hunting::read_all(&mut session, &inputs(root), Keeping::Store, |report| {
        if !output.is_json() {
            hunt::show(report, output);
        }
    })?;
    let found = hunting::discover(&mut session)?;
    let pages = write_results(root, &mut session, &found, global)?;
    if output.is_json() {
        return output.json(&serde_json::json!({
            "folder": shown(root),
            "inputs": reports,
            "maps": pages,
            "truth": Score::of(&truth, &found),
        }));
    }
    output.gap();
    candidates::table(&found, &std::collections::BTreeMap::new(), Which::First, output);
    output.remark(&Phrase::new("candidates-legend"));
    output.gap();
    candidates::summarise(&found, output);
    output.say(&Score::of(&truth, &found).phrase());
    output.gap();
    output.say(&Phrase::new("demo-written").text("folder", shown(root)).number("maps", pages));
    output.gap();
    output.remark(&Phrase::new("demo-next").text("folder", shown(root)).text("id", first(&found)));
    Ok(Exit::Done)
}

/// Empties a folder that an earlier demo made; refuses any other folder that holds something.
fn clear(root: &Path) -> Result<(), Failure> {
    let says = |error: &io::Error| {
        Failure::new(Exit::Output, Phrase::new("fail-write").text("file", shown(root)))
            .advise(Phrase::new("advice-write"))
            .because(error)
    };
    if root.join(MARK).is_file() {
        fs::remove_dir_all(root).map_err(|error| says(&error))?;
    } else if root.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        let says = Phrase::new("fail-demo-folder").text("folder", shown(root));
        return Err(Failure::new(Exit::Output, says).advise(Phrase::new("advice-demo-folder")));
    }
    write_file(&root.join(MARK), b"Made by `kompel demo`, which may replace this folder.\n")
}

/// Writes the exports and the truth; gives the truth, and a sentence about the world.
fn write_world(root: &Path, seed: u64, output: &Output) -> Result<(Truth, Phrase), Failure> {
    let _bar = output.progress().spinner(output.wording().word("progress-world"));
    let world = World::generate(&WorldOptions { seed, ..WorldOptions::default() });
    let mut jira = Vec::new();
    let mut slack = io::Cursor::new(Vec::new());
    let mut answers = Vec::new();
    world
        .jira_csv(&mut jira)
        .and_then(|()| world.slack_zip(&mut slack))
        .and_then(|()| world.answers_csv(&mut answers))
        .map_err(|error| {
            Failure::new(Exit::Unexpected, Phrase::new("fail-unexpected")).because(&error)
        })?;
    let exports = root.join("exports");
    write_file(&exports.join("jira.csv"), &jira)?;
    write_file(&exports.join("slack.zip"), slack.get_ref())?;
    write_file(&exports.join("answers.csv"), &answers)?;
    let truth = world.truth();
    write_file(&root.join("truth.json"), &pretty(&truth)?)?;
    Ok((truth, about(&world, output)))
}

fn about(world: &World, output: &Output) -> Phrase {
    let (from, to) = world.window();
    Phrase::new("demo-world")
        .text("provider", world.provider())
        .number("clients", world.client_count() as f64)
        .text("from", output.wording().date(from))
        .text("to", output.wording().date(to))
        .number("tickets", world.ticket_count() as f64)
        .number("messages", world.message_count() as f64)
        .number("answers", world.answer_count() as f64)
}

fn workspace(root: &Path, output: &Output) -> Result<Workspace, Failure> {
    let mut config = config::template(output.wording().language()).to_owned();
    for (kind, file) in EXPORTS {
        let kind = crate::findings::json_word(&kind);
        config.push_str(&format!("\n[[source]]\nkind = \"{kind}\"\npath = \"exports/{file}\"\n"));
    }
    Ok(Workspace::init(root, &config)?.0)
}

fn inputs(root: &Path) -> Vec<Wanted> {
    EXPORTS
        .iter()
        .map(|(kind, file)| Wanted {
            kind: *kind,
            path: root.join("exports").join(file),
            format: None,
            map: Default::default(),
            timezone: None,
        })
        .collect()
}

/// Writes maps, pitch, report and candidates; gives the number of maps.
fn write_results(
    root: &Path,
    session: &mut Session<'_>,
    found: &Found,
    global: &Global,
) -> Result<u32, Failure> {
    let output = session.output;
    let wording = output.wording();
    let context = map::context(found, global);
    let qualifying: Vec<_> =
        found.assessment.candidates.iter().filter(|assessed| assessed.qualifies).collect();
    let bar = output.progress().bar(wording.word("progress-pages"), qualifying.len() as u64 + 2);
    let mut pages = 0;
    for assessed in qualifying {
        let Some(facts) = found.facts(&assessed.id) else { continue };
        let map = process_map(facts, assessed, &session.config.qualify);
        let bytes = map::pdf(&map, &context, output)?;
        write_file(&root.join("maps").join(map::file_name(&map)), &bytes)?;
        pages += 1;
        bar.at(u64::from(pages));
    }
    let pitch = kompel_qualify::pitch(&found.discovery, &found.assessment, &session.config.qualify);
    if !pitch.entries.is_empty() {
        write_file(&root.join("pitch.pdf"), &pitch::pdf(&pitch, found, global, output)?)?;
    }
    let html = report::html(session, found, global)?;
    write_file(&root.join("report.html"), html.as_bytes())?;
    let listed = candidates::listed(found, &std::collections::BTreeMap::new());
    write_file(&root.join("candidates.json"), &pretty(&listed)?)?;
    Ok(pages)
}

fn pretty(value: &impl serde::Serialize) -> Result<Vec<u8>, Failure> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| {
        Failure::new(Exit::Unexpected, Phrase::new("fail-unexpected")).because(&error)
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn first(found: &Found) -> String {
    found.assessment.candidates.first().map_or("c-…".to_owned(), |first| first.id.0.clone())
}

/// How what was found compares with what was planted.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
struct Score {
    /// Planted processes that qualify.
    planted: u32,
    /// Of those, found by one candidate that qualifies: at least 60 % of its records, at least
    /// 80 % pure.
    found: u32,
    /// Candidates that qualify.
    claimed: u32,
    /// Of those, at least 80 % records of one planted process that qualifies.
    right: u32,
}

impl Score {
    fn of(truth: &Truth, found: &Found) -> Self {
        let claims: Vec<&kompel_mining::Candidate> = found
            .assessment
            .candidates
            .iter()
            .filter(|assessed| assessed.qualifies)
            .filter_map(|assessed| found.facts(&assessed.id))
            .collect();
        let planted: Vec<_> = truth.processes.iter().filter(|process| process.qualifies).collect();
        let shared = |process: &kompel_sample::TruthProcess, claim: &kompel_mining::Candidate| {
            claim.members.iter().filter(|m| process.records.binary_search(m).is_ok()).count()
        };
        let pure = |shared: usize, claim: &kompel_mining::Candidate| {
            shared > 0 && shared * 10 >= claim.members.len() * 8
        };
        let is_found = |process: &&&kompel_sample::TruthProcess| {
            claims.iter().any(|claim| {
                let shared = shared(process, claim);
                pure(shared, claim) && shared * 10 >= process.records.len() * 6
            })
        };
        let is_right = |claim: &&&kompel_mining::Candidate| {
            planted.iter().any(|process| pure(shared(process, claim), claim))
        };
        Self {
            planted: count(planted.len()),
            found: count(planted.iter().filter(is_found).count()),
            claimed: count(claims.len()),
            right: count(claims.iter().filter(is_right).count()),
        }
    }

    fn phrase(&self) -> Phrase {
        Phrase::new("demo-truth")
            .number("planted", self.planted)
            .number("found", self.found)
            .number("claimed", self.claimed)
            .number("right", self.right)
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

const MARK: &str = ".kompel-demo";

const EXPORTS: [(Kind, &str); 3] =
    [(Kind::Tickets, "jira.csv"), (Kind::Chat, "slack.zip"), (Kind::Answers, "answers.csv")];
