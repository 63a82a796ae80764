//! `kompel explain`: where every number of a candidate came from.

use clap::Args;
use kompel_mining::{Candidate, Quote, Spread};
use kompel_model::{MemberRef, Phrase};
use kompel_qualify::{Assessed, Criterion, Factor};
use serde_json::json;

use crate::{
    args::Global, commands::candidates::sign, diagnostics::Failure, exit::Exit, output::Output,
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    #[arg(value_name = "ID")]
    id: String,
}

pub(crate) fn run(args: &ExplainArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, &format!("explain {}", args.id))?;
    let found = session.found()?;
    let (facts, assessed) = found.candidate(&args.id)?;
    if output.is_json() {
        return output.json(&json!({ "assessment": assessed, "facts": facts }));
    }
    head(facts, assessed, output);
    criteria(assessed, output);
    resolution(facts, output);
    numbers(assessed, output);
    origins(assessed, output);
    output.gap();
    output.remark(&Phrase::new("explain-next").text("id", assessed.id.as_str()));
    Ok(Exit::Done)
}

fn head(facts: &Candidate, assessed: &Assessed, output: &Output) {
    let wording = output.wording();
    output.heading(&format!("{}  {}", assessed.id, facts.title));
    output.say(
        &Phrase::new("explain-head")
            .number("rank", assessed.rank)
            .text("score", wording.number(assessed.score))
            .text("qualifies", if assessed.qualifies { "yes" } else { "no" })
            .number("records", facts.members.len() as f64)
            .number("runs", facts.runs),
    );
}

fn criteria(assessed: &Assessed, output: &Output) {
    let wording = output.wording();
    let all = &assessed.criteria;
    let named: [(&str, &Criterion); 4] = [
        ("criterion-frequency", &all.frequency),
        ("criterion-systems", &all.systems),
        ("criterion-human", &all.human_factor),
        ("criterion-errors", &all.errors),
    ];
    output.line("");
    output.heading(&wording.word("explain-criteria"));
    for (id, criterion) in named {
        let (name, reason) = (wording.word(id), wording.say(&criterion.reason));
        output.line(&format!("  {} {name:18} {reason}", sign(criterion.verdict)));
        keys(&criterion.evidence, output);
    }
}

fn resolution(facts: &Candidate, output: &Output) {
    let wording = output.wording();
    let ends = &facts.resolution;
    output.line("");
    output.heading(&wording.word("explain-resolution"));
    match ends.sameness {
        Some(share) => output.line(&format!(
            "  {}",
            wording.say(
                &Phrase::new("explain-sameness")
                    .text("share", wording.percent(share))
                    .number("alike", ends.alike.count)
                    .number("of", ends.alike.of)
            )
        )),
        None => output.line(&format!("  {}", wording.word("explain-sameness-unknown"))),
    }
    if let Some(quote) = &ends.dominant {
        quoted(quote, output);
    }
    for (quote, count) in &ends.others {
        output.line(&format!("    {count} × “{}” ({})", quote.text, quote.of.key));
    }
}

fn quoted(quote: &Quote, output: &Output) {
    output.line(&format!("    “{}” ({})", quote.text, quote.of.key));
}

fn numbers(assessed: &Assessed, output: &Output) {
    let wording = output.wording();
    output.line("");
    output.heading(&wording.word("explain-gain"));
    if let Some(hours) = assessed.gain.hours_per_month {
        let says = Phrase::new("explain-hours")
            .text("low", wording.number(hours.low))
            .text("likely", wording.number(hours.likely))
            .text("high", wording.number(hours.high));
        output.line(&format!("  {}", wording.say(&says)));
    }
    assessed.gain.factors.iter().for_each(|factor| factor_line(factor, output));
    output.line("");
    output.heading(&wording.word("explain-ease"));
    let whole = Phrase::new("explain-share").text("share", wording.percent(assessed.ease.share));
    output.line(&format!("  {}", wording.say(&whole)));
    assessed.ease.parts.iter().for_each(|factor| factor_line(factor, output));
}

fn factor_line(factor: &Factor, output: &Output) {
    let wording = output.wording();
    let value = factor.value.map_or("?".to_owned(), |spread| spread_of(spread, output));
    let (name, origin) = (wording.word(&factor.name), wording.say(&factor.origin));
    output.line(&format!("  {name}: {value}  ({origin})"));
}

fn spread_of(spread: Spread, output: &Output) -> String {
    let wording = output.wording();
    let [low, likely, high] =
        [spread.low, spread.likely, spread.high].map(|value| wording.number(value));
    if low == high { likely } else { format!("{low} – {likely} – {high}") }
}

fn origins(assessed: &Assessed, output: &Output) {
    output.line("");
    output.heading(&output.wording().word("explain-origins"));
    let mut path = "";
    for origin in &assessed.origins {
        if origin.path != path {
            path = &origin.path;
            output.line(&format!("  {path}"));
        }
        output.line(&format!("      {}", output.wording().say(&origin.says)));
        keys(&origin.evidence, output);
    }
}

fn keys(evidence: &[MemberRef], output: &Output) {
    if !evidence.is_empty() {
        let keys: Vec<&str> = evidence.iter().map(|member| &*member.key).collect();
        output.line(&format!("      → {}", keys.join(", ")));
    }
}
