//! `kompel pitch`: the top three and the question to the decider.

use std::path::PathBuf;

use clap::Args;
use kompel_model::Phrase;
use kompel_qualify::{Pitch, PitchEntry, PitchRole};

use crate::{
    args::Global,
    commands::map::{context, unprintable, wrote},
    diagnostics::Failure,
    exit::Exit,
    output::Output,
    session::{Found, Session, write_file},
};

#[derive(Debug, Args)]
pub(crate) struct PitchArgs {
    #[arg(long)]
    pdf: bool,
    #[arg(long, value_name = "FILE", requires = "pdf")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &PitchArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "pitch")?;
    let found = session.found()?;
    let pitch = kompel_qualify::pitch(&found.discovery, &found.assessment, &session.config.qualify);
    if pitch.entries.is_empty() {
        return Err(Failure::new(Exit::NotFound, Phrase::new("fail-no-pitch"))
            .advise(Phrase::new("advice-no-pitch")));
    }
    if !args.pdf {
        return if output.is_json() { output.json(&pitch) } else { show(&pitch, output) };
    }
    let path = args.out.clone().unwrap_or_else(|| PathBuf::from("pitch.pdf"));
    write_file(&path, &pdf(&pitch, &found, global, output)?)?;
    wrote(&path, output)
}

/// The pitch as PDF.
pub(crate) fn pdf(
    pitch: &Pitch,
    found: &Found,
    global: &Global,
    output: &Output,
) -> Result<Vec<u8>, Failure> {
    kompel_report::pitch_pdf(pitch, output.wording().language(), &context(found, global))
        .map_err(|error| unprintable(&error))
}

fn show(pitch: &Pitch, output: &Output) -> Result<Exit, Failure> {
    let wording = output.wording();
    for entry in &pitch.entries {
        show_entry(entry, output);
        output.line("");
    }
    output.heading(&wording.say(&pitch.question));
    output.gap();
    output.remark(&Phrase::new("pitch-next"));
    Ok(Exit::Done)
}

fn show_entry(entry: &PitchEntry, output: &Output) {
    let wording = output.wording();
    let number = |value: Option<f64>| value.map_or("?".to_owned(), |v| wording.number(v));
    output.heading(&format!("{}  {}  {}", entry.letter, entry.id, entry.title));
    for role in &entry.roles {
        let name = wording.word(match role {
            PitchRole::MostVisible => "pitch-role-most-visible",
            PitchRole::QuickestWin => "pitch-role-quickest-win",
            PitchRole::MostSecure => "pitch-role-most-secure",
        });
        output.line(&format!("   ★ {name}"));
    }
    let says = Phrase::new("pitch-numbers")
        .text("rate", number(entry.per_year))
        .text("hours", number(entry.hours_per_month.map(|hours| hours.likely)))
        .text("ease", wording.percent(entry.ease))
        .text("systems", entry.systems.join(", "));
    output.line(&format!("   {}", wording.say(&says)));
    for reason in &entry.reasons {
        output.line(&format!("   • {}", wording.say(reason)));
    }
}
