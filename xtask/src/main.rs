//! Chores of the project: `cargo xtask world` writes sample worlds, `cargo xtask score` measures
//! discovery against their truth.

mod hunt;
mod score;
mod world;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "xtask", about = "Chores of the project")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Writes a sample world: jira.csv, slack.zip, answers.csv, truth.json.
    World(world::WorldArguments),
    /// Measures discovery against the truth of sample worlds.
    Score(hunt::ScoreArguments),
}

fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().chore {
        Chore::World(arguments) => world::run(&arguments),
        Chore::Score(arguments) => hunt::run(&arguments),
    }
}
