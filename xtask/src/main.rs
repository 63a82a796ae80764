//! Chores of the project: checks of the house, the one test command, sample worlds, the score.

mod format;
mod hunt;
mod install;
mod layers;
mod needs;
mod scale;
mod suite;
mod tidy;
mod world;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "xtask", about = "Chores of the project")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Checks the house and runs every test: what CI runs.
    Test,
    /// Checks layers, tidiness and format in seconds: run it before each commit.
    House,
    /// Installs the peers and tools that tests need, and lists where they are.
    Peers,
    /// Formats every tracked Rust file.
    Fmt,
    /// Checks who imports whom.
    Layers,
    /// Checks file lengths, paths in documents, Fluent twins.
    Tidy,
    /// Writes a sample world: jira.csv, slack.zip, answers.csv, truth.json.
    World(world::WorldArguments),
    /// Times one hunt over a large export, and fails above the limits.
    Scale(scale::ScaleArguments),
    /// Measures discovery against the truth of sample worlds.
    Score(hunt::ScoreArguments),
}

fn main() -> anyhow::Result<ExitCode> {
    let root = root();
    match Arguments::parse().chore {
        Chore::Test => suite::run(&root)?,
        Chore::House => suite::house(&root)?,
        Chore::Peers => install::list(&install::run()?),
        Chore::Fmt => format::write(&root)?,
        Chore::Layers => layers::check()?,
        Chore::Tidy => tidy::check(&root)?,
        Chore::World(arguments) => return world::run(&arguments),
        Chore::Scale(arguments) => return scale::run(&arguments),
        Chore::Score(arguments) => return hunt::run(&arguments),
    }
    Ok(ExitCode::SUCCESS)
}

/// The workspace's folder: the parent of this crate's.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
