//! What many waiting runs cost on this machine: memory, and the time of a restart with them. Prints
//! it; decides nothing. How fast runs go is `cargo bench --bench runs`.
//!
//! `cargo run --release -p kompel-tests --example figures -- [waiting]`

mod instant;

use kompel_runtime::clock::Stopwatch;
use serde_json::json;

use instant::{open, work};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example that prints figures")]
async fn main() -> anyhow::Result<()> {
    let waiting = std::env::args().nth(1).map(|text| text.parse()).transpose()?.unwrap_or(10_000);
    let folder = tempfile::tempdir()?;
    let database = folder.path().join("kompel.db");
    let runtime = open(&database)?;

    let wait = work(&[json!({"rest": {"wait": {"hours": 1}}})]);
    let watch = Stopwatch::start();
    for _ in 0..waiting {
        runtime.start(wait.clone()).await?;
    }
    runtime.run_until_idle().await?;
    println!("{waiting} runs brought to waiting in {:.1} s", watch.elapsed().as_secs_f64());
    drop(runtime);
    let watch = Stopwatch::start();
    let runtime = open(&database)?;
    runtime.run_until_idle().await?;
    println!("restart with them: {:.2} s", watch.elapsed().as_secs_f64());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status.lines().filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS"))
    {
        println!("{line}");
    }
    Ok(())
}
