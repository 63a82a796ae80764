//! `cargo xtask scale`: one whole `kompel hunt` over a large export, its time and its memory.
//!
//! Owns the limits that the product must keep to; the parts are measured by the benches.

use std::{
    fs::{self, File},
    io::BufWriter,
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use clap::Args;
use kompel_sample::{World, WorldOptions};

use crate::world::say;

/// How large a world, and whose binary.
#[derive(Debug, Args)]
pub(crate) struct ScaleArguments {
    /// About how many tickets the export holds.
    #[arg(long, default_value_t = 100_000)]
    tickets: u32,
    /// The world's seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The release binary; by default the one beside this chore's own build.
    #[arg(long)]
    kompel: Option<PathBuf>,
}

/// What one hunt may take.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Limit {
    tickets: u32,
    seconds: f64,
    gibibytes: f64,
}

/// On two cores, release build; a world between two sizes keeps to the larger's limit.
const LIMITS: [Limit; 2] = [
    Limit { tickets: 100_000, seconds: 20.0, gibibytes: 1.0 },
    Limit { tickets: 1_000_000, seconds: 240.0, gibibytes: 6.0 },
];

/// What one hunt took.
#[derive(Debug, Clone, Copy)]
struct Taken {
    seconds: f64,
    /// Of all cores together: on a busy machine it tells more than `seconds`.
    core_seconds: f64,
    gibibytes: f64,
}

pub(crate) fn run(arguments: &ScaleArguments) -> anyhow::Result<ExitCode> {
    let kompel = kompel(arguments)?;
    let folder = tempfile::tempdir()?;
    let export = folder.path().join("jira.csv");
    let tickets = write(arguments, &export)?;
    let mebibytes = fs::metadata(&export)?.len() >> 20;
    say(&format!("{tickets} tickets, {mebibytes} MiB of CSV"));
    finish(Command::new(&kompel).arg("init").current_dir(folder.path()), "kompel init")?;
    let mut hunt = Command::new(&kompel);
    hunt.args(["hunt", "tickets", "jira.csv", "--json"]).current_dir(folder.path());
    let taken = finish(&mut hunt, "kompel hunt")?;
    let limit = limit(tickets);
    say(&format!(
        "hunt: {:.1} s of {:.0} s ({:.1} s of work on all cores), peak {:.2} GiB of {:.0} GiB",
        taken.seconds, limit.seconds, taken.core_seconds, taken.gibibytes, limit.gibibytes
    ));
    let within = taken.seconds <= limit.seconds && taken.gibibytes <= limit.gibibytes;
    Ok(if within { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn kompel(arguments: &ScaleArguments) -> anyhow::Result<PathBuf> {
    let beside = std::env::current_exe()?;
    let target = beside.ancestors().nth(2).unwrap_or(Path::new("target"));
    let path = arguments.kompel.clone().unwrap_or_else(|| target.join("release/kompel"));
    fs::canonicalize(&path).with_context(|| {
        format!(
            "no kompel at {}; `cargo build --release -p kompel`, or name one with --kompel",
            path.display()
        )
    })
}

/// Streams a world of about the size asked for; gives its number of tickets.
fn write(arguments: &ScaleArguments, export: &Path) -> anyhow::Result<u32> {
    let options = WorldOptions { seed: arguments.seed, ..WorldOptions::default() };
    let usual = World::generate(&options).ticket_count().max(1);
    let scale = f64::from(arguments.tickets) / usual as f64;
    let world = World::generate(&WorldOptions { scale, ..options });
    let file = File::create(export).with_context(|| format!("making {}", export.display()))?;
    world.jira_csv(BufWriter::with_capacity(1 << 18, file))?;
    Ok(u32::try_from(world.ticket_count())?)
}

fn limit(tickets: u32) -> Limit {
    // A world is drawn, not cut: a little over the size asked for is still that size.
    let size = tickets - tickets / 10;
    let [.., largest] = LIMITS;
    LIMITS.into_iter().find(|limit| size <= limit.tickets).unwrap_or(largest)
}

/// Runs a command to its end, watching its memory.
#[expect(clippy::disallowed_methods, reason = "the chore's purpose is to time a process")]
fn finish(command: &mut Command, name: &str) -> anyhow::Result<Taken> {
    let began = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .with_context(|| format!("starting {name}"))?;
    let (mut peak, mut worked) = (0, 0);
    let status = loop {
        worked = core_ticks(&child).max(worked);
        peak = peak_kibibytes(&child).max(peak);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(Duration::from_millis(20));
    };
    let seconds = began.elapsed().as_secs_f64();
    if !status.success() {
        bail!("{name} failed: {status}");
    }
    let core_seconds = f64::from(worked) / TICKS_PER_SECOND;
    Ok(Taken { seconds, core_seconds, gibibytes: f64::from(peak) / f64::from(1 << 20) })
}

/// The most memory the process held so far, as Linux counts it; 0 once it has ended.
fn peak_kibibytes(child: &Child) -> u32 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    kibibytes(&status).unwrap_or(0)
}

/// Linux counts a process's work in these (`USER_HZ`, the same on all its platforms).
const TICKS_PER_SECOND: f64 = 100.0;

/// The work of all its threads so far; 0 once it has ended.
fn core_ticks(child: &Child) -> u32 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
    ticks(&stat).unwrap_or(0)
}

/// Fields 14 and 15 of proc(5)'s `stat`; the name before them may hold anything.
fn ticks(stat: &str) -> Option<u32> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    Some(fields.next()?.parse::<u32>().ok()? + fields.next()?.parse::<u32>().ok()?)
}

fn kibibytes(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_keeps_to_the_limit_of_its_size() {
        for (tickets, seconds) in
            [(5_000, 20.0), (100_000, 20.0), (104_000, 20.0), (500_000, 240.0), (2_000_000, 240.0)]
        {
            assert_eq!(limit(tickets).seconds, seconds, "{tickets}");
        }
    }

    #[test]
    fn peak_and_work_are_read_as_linux_writes_them() {
        assert_eq!(kibibytes("VmPeak:\t  90 kB\nVmHWM:\t   10344 kB\n"), Some(10_344));
        assert_eq!(kibibytes(""), None);
        let stat = "42 (a) b) S 1 42 42 0 -1 4194304 99 0 1 0 250 31 0 0 20 0 3 0 8 9 10";
        assert_eq!((ticks(stat), ticks("")), (Some(281), None));
    }
}
