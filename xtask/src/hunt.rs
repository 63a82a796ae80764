//! `cargo xtask score`: hunts sample worlds with a built `kompel` and prints the measures.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, bail};
use clap::Args;
use kompel_sample::{Catalogue, Measures, Output, Part, Score, Truth, World, WorldOptions, score};

use crate::world::{say, write};

/// Seeds kept out of tuning: they measure how discovery does on worlds nobody looked at. Nobody
/// reads these worlds, nobody changes a rule or a number because of one of them.
const HELD_OUT: std::ops::RangeInclusive<u64> = 1001..=1010;

/// What to score.
#[derive(Debug, Args)]
pub(crate) struct ScoreArguments {
    /// Seeds of the worlds.
    #[arg(long, value_delimiter = ',', default_value = "1,2,3")]
    seeds: Vec<u64>,
    /// The held-out seeds instead: for a final measurement, never for tuning.
    #[arg(long, conflicts_with = "seeds")]
    held_out: bool,
    /// One catalogue; `all` are those that may be tuned on, and with --held-out all there are.
    #[arg(long, value_parser = one_or_all, default_value = "all")]
    catalogue: Wanted,
    /// A folder with jira.csv, slack.zip, answers.csv and truth.json instead.
    #[arg(long)]
    world: Option<PathBuf>,
    /// The kompel to run.
    #[arg(long)]
    kompel: Option<PathBuf>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    /// Leaves out the second run on shuffled rows.
    #[arg(long)]
    no_shuffle: bool,
}

/// One catalogue, or none for all.
#[derive(Debug, Clone)]
struct Wanted(Option<Catalogue>);

fn one_or_all(text: &str) -> Result<Wanted, String> {
    if text == "all" { Ok(Wanted(None)) } else { text.parse().map(|one| Wanted(Some(one))) }
}

/// Scores every world asked for; fails below the project's thresholds.
pub(crate) fn run(arguments: &ScoreArguments) -> anyhow::Result<ExitCode> {
    let kompel = kompel(arguments)?;
    let mut scores = Vec::new();
    if let Some(folder) = &arguments.world {
        scores.push(measure(&kompel, folder, &folder.display().to_string(), arguments)?);
    } else {
        let seeds = if arguments.held_out { HELD_OUT.collect() } else { arguments.seeds.clone() };
        for catalogue in catalogues(arguments)? {
            for seed in &seeds {
                let options = WorldOptions { seed: *seed, catalogue, ..WorldOptions::default() };
                let folder = tempfile::tempdir()?;
                write(&World::generate(&options), folder.path())?;
                let name = format!("{}{seed}", catalogue.code());
                scores.push(measure(&kompel, folder.path(), &name, arguments)?);
            }
        }
    }
    let mut all = Measures::default();
    for score in &scores {
        all.merge(&score.measures);
    }
    let failures = all.failures();
    if arguments.json {
        let value = serde_json::json!({"worlds": scores, "all": all, "failures": failures});
        say(&serde_json::to_string_pretty(&value)?);
    } else {
        // Worlds of the held-out seeds stay unseen: only their sums are shown.
        for score in scores.iter().filter(|_| !arguments.held_out) {
            say(&describe(score));
        }
        for letter in Catalogue::ALL.map(Catalogue::code).iter().filter(|_| arguments.held_out) {
            let mut sum = Measures::default();
            let of = scores.iter().filter(|score| score.world.starts_with(letter));
            of.for_each(|score| sum.merge(&score.measures));
            if sum != Measures::default() {
                say(&format!("catalogue {letter}\n{}", lines(&sum)));
            }
        }
        say(&format!("all {} worlds\n{}", scores.len(), lines(&all)));
        for failure in &failures {
            say(&format!("BELOW: {failure}"));
        }
    }
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The catalogues asked for. Worlds of held-out words are never shown one by one.
fn catalogues(arguments: &ScoreArguments) -> anyhow::Result<Vec<Catalogue>> {
    let Wanted(one) = arguments.catalogue;
    if let Some(catalogue) = one.filter(|one| one.is_held_out() && !arguments.held_out) {
        bail!("catalogue {} is held out: it is scored with --held-out only", catalogue.code());
    }
    let asked = |catalogue: &Catalogue| match one {
        Some(one) => *catalogue == one,
        None => arguments.held_out || !catalogue.is_held_out(),
    };
    Ok(Catalogue::ALL.into_iter().filter(asked).collect())
}

fn kompel(arguments: &ScoreArguments) -> anyhow::Result<PathBuf> {
    let beside = std::env::current_exe()?;
    let target = beside.ancestors().nth(2).unwrap_or(Path::new("target"));
    let path = arguments.kompel.clone().unwrap_or_else(|| target.join("release/kompel"));
    fs::canonicalize(&path).with_context(|| {
        format!("no kompel at {}; build it or name one with --kompel", path.display())
    })
}

fn measure(
    kompel: &Path,
    folder: &Path,
    name: &str,
    arguments: &ScoreArguments,
) -> anyhow::Result<Score> {
    let text = fs::read(folder.join("truth.json"))
        .with_context(|| format!("reading the truth in {}", folder.display()))?;
    let truth: Truth = serde_json::from_slice(&text)?;
    let folder = fs::canonicalize(folder)?;
    let said = hunt(kompel, &folder, &folder.join("jira.csv"))?;
    let output: Output =
        serde_json::from_slice(&said).context("reading kompel candidates --json")?;
    let mut score = score(name, &truth, &output);
    if !arguments.no_shuffle {
        let scratch = tempfile::tempdir()?;
        let shuffled = scratch.path().join("jira.csv");
        reverse_rows(&folder.join("jira.csv"), &shuffled)?;
        let again = hunt(kompel, &folder, &shuffled)?;
        score.measures.row_order = Part { count: usize::from(again == said), of: 1 };
    }
    Ok(score)
}

/// Runs the whole hunt in a workspace of its own; gives `candidates --json` back.
fn hunt(kompel: &Path, folder: &Path, tickets: &Path) -> anyhow::Result<Vec<u8>> {
    let workspace = tempfile::tempdir()?;
    let run = |arguments: &[&std::ffi::OsStr]| -> anyhow::Result<Vec<u8>> {
        let output = Command::new(kompel).args(arguments).current_dir(workspace.path()).output()?;
        if !output.status.success() {
            bail!("kompel {arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(output.stdout)
    };
    run(&["init".as_ref()])?;
    run(&["hunt".as_ref(), "tickets".as_ref(), tickets.as_ref()])?;
    run(&["hunt".as_ref(), "chat".as_ref(), folder.join("slack.zip").as_ref()])?;
    run(&["hunt".as_ref(), "answers".as_ref(), folder.join("answers.csv").as_ref()])?;
    run(&["candidates".as_ref(), "--json".as_ref()])
}

/// The same rows in another order: odd rows backwards, then even rows.
fn reverse_rows(from: &Path, to: &Path) -> anyhow::Result<()> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(from)?;
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>()?;
    let Some((header, body)) = rows.split_first() else { bail!("{} is empty", from.display()) };
    let mut writer = csv::WriterBuilder::new().flexible(true).from_path(to)?;
    writer.write_record(header)?;
    for row in body.iter().skip(1).step_by(2).rev().chain(body.iter().step_by(2)) {
        writer.write_record(row)?;
    }
    Ok(writer.flush()?)
}

fn describe(score: &Score) -> String {
    let mut out = format!(
        "world {}\n{:<20} {:<22} {:<5} {:<5} {:>6} {:>6} {:>7} {:>7}  wrong / title\n",
        score.world, "process", "trap", "true", "says", "recall", "purity", "a year", "says"
    );
    for fate in &score.processes {
        let trap = fate.decoy.map_or(String::new(), |d| format!("{d:?}"));
        let says = fate.says_qualifies.map_or("-", |q| if q { "yes" } else { "no" });
        let rate = fate.says_per_year.map_or("-".to_owned(), |r| format!("{r:.0}"));
        out.push_str(&format!(
            "{:<20} {:<22} {:<5} {:<5} {:>6.2} {:>6.2} {:>7.0} {:>7}  {} / {}\n",
            fate.id,
            trap,
            if fate.qualifies { "yes" } else { "no" },
            says,
            fate.recall,
            fate.purity,
            fate.per_year,
            rate,
            fate.wrong.join(","),
            fate.title
        ));
    }
    for wrong in &score.wrong_candidates {
        out.push_str(&format!("WRONG {wrong}\n"));
    }
    out.push_str(&lines(&score.measures));
    out
}

fn lines(measures: &Measures) -> String {
    let line = |name: &str, part: Part| {
        format!("  {name:<32} {:>3}/{:<3} {:>5.1} %\n", part.count, part.of, part.share() * 100.0)
    };
    let mut out = String::new();
    out.push_str(&line("qualifying processes found", measures.found));
    out.push_str(&line("qualifying candidates right", measures.precision));
    out.push_str(&format!("  {:<32} {}\n", "of the wrong, fragments", measures.fragments));
    out.push_str(&line("first three right", measures.first_three));
    out.push_str(&format!("  {:<32} {}\n", "decoys that qualify", measures.decoys.join(", ")));
    for (name, part) in &measures.verdicts {
        out.push_str(&line(&format!("verdict {name}"), *part));
        let eager = measures.too_eager.get(name).copied().unwrap_or_default();
        if part.count < part.of {
            out.push_str(&format!("  {:<32} {eager}\n", "of the wrong, say met"));
        }
    }
    out.push_str(&line("runs a year within 15 %", measures.rate));
    out.push_str(&line("rework within 3 points", measures.rework));
    out.push_str(&line("chat-only found", measures.chat));
    out.push_str(&line("answers-only found", measures.answers));
    out.push_str(&line("same with rows in another order", measures.row_order));
    out
}
