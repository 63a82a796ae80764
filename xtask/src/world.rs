//! `cargo xtask world`: a sample world as files.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::Args;
use kompel_sample::{Catalogue, Truth, World, WorldOptions};

/// Which world, and where to.
#[derive(Debug, Args)]
pub(crate) struct WorldArguments {
    /// The folder to write into; made if it is not there.
    #[arg(long)]
    out: PathBuf,
    /// The world's seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The catalogue of processes.
    #[arg(long, default_value = "a")]
    catalogue: Catalogue,
    /// Multiplies the number of runs: 200 gives about a million tickets.
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// Another number gives the same rows in another order.
    #[arg(long, default_value_t = 0)]
    row_order: u64,
    /// Also writes jira.json (REST v3 with changelog).
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &WorldArguments) -> anyhow::Result<ExitCode> {
    let options = WorldOptions {
        seed: arguments.seed,
        catalogue: arguments.catalogue,
        scale: arguments.scale,
        row_order: arguments.row_order,
    };
    let world = World::generate(&options);
    write(&world, &arguments.out)?;
    if arguments.json {
        world.jira_json(create(&arguments.out.join("jira.json"))?)?;
    }
    say(&world.description());
    Ok(ExitCode::SUCCESS)
}

/// Writes the three exports and the truth; gives the truth back.
pub(crate) fn write(world: &World, folder: &Path) -> anyhow::Result<Truth> {
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let truth = world.truth();
    world.jira_csv(create(&folder.join("jira.csv"))?)?;
    world.slack_zip(create(&folder.join("slack.zip"))?)?;
    world.answers_csv(create(&folder.join("answers.csv"))?)?;
    serde_json::to_writer_pretty(create(&folder.join("truth.json"))?, &truth)?;
    Ok(truth)
}

fn create(path: &Path) -> anyhow::Result<BufWriter<File>> {
    let file = File::create(path).with_context(|| format!("making {}", path.display()))?;
    Ok(BufWriter::with_capacity(1 << 18, file))
}

/// Prints a line for the person who runs the chore.
pub(crate) fn say(line: &str) {
    // A closed pipe is the reader's choice, not a failure of the chore.
    let _ = writeln!(std::io::stdout(), "{line}");
}
