//! `kompel map`: the process map of one candidate, on the screen or as a PDF of one A4.

use std::path::PathBuf;

use clap::Args;
use kompel_model::Phrase;
use kompel_qualify::{MapRowKind, ProcessMap, process_map};
use kompel_report::MapContext;

use crate::{
    args::{Global, shown},
    diagnostics::Failure,
    exit::Exit,
    output::Output,
    session::{Found, Session, write_file},
};

#[derive(Debug, Args)]
pub(crate) struct MapArgs {
    #[arg(value_name = "ID")]
    id: String,
    #[arg(long)]
    pdf: bool,
    #[arg(long, value_name = "FILE", requires = "pdf")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &MapArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, &format!("map {}", args.id))?;
    let found = session.found()?;
    let (facts, assessed) = found.candidate(&args.id)?;
    let map = process_map(facts, assessed, &session.config.qualify);
    if !args.pdf {
        return if output.is_json() { output.json(&map) } else { show(&map, output) };
    }
    let path = args.out.clone().unwrap_or_else(|| PathBuf::from(file_name(&map)));
    let bytes = pdf(&map, &context(&found, global), output)?;
    write_file(&path, &bytes)?;
    wrote(&path, output)
}

/// Says that a file was written.
pub(crate) fn wrote(path: &std::path::Path, output: &Output) -> Result<Exit, Failure> {
    if output.is_json() {
        return output.json(&serde_json::json!({ "written": shown(path) }));
    }
    output.say(&Phrase::new("wrote").text("file", shown(path)));
    Ok(Exit::Done)
}

/// The A4 as PDF.
pub(crate) fn pdf(
    map: &ProcessMap,
    context: &MapContext,
    output: &Output,
) -> Result<Vec<u8>, Failure> {
    kompel_report::map_pdf(map, output.wording().language(), context)
        .map_err(|error| unprintable(&error))
}

/// The failure of a report that could not be made.
pub(crate) fn unprintable(error: &kompel_report::Error) -> Failure {
    Failure::new(Exit::Unexpected, Phrase::new("fail-report"))
        .advise(Phrase::new("advice-report"))
        .because(error)
}

/// What the pages say of themselves.
pub(crate) fn context(found: &Found, global: &Global) -> MapContext {
    let tenant = global.tenant.as_str();
    MapContext {
        tenant: (tenant != "default").then(|| tenant.to_owned()),
        as_of: found.discovery.as_of.map(|at| at.date_naive()),
        sources: found.discovery.sources.clone(),
    }
}

/// `01-wachtwoord-reset-vpn.pdf`.
pub(crate) fn file_name(map: &ProcessMap) -> String {
    format!("{:02}-{}.pdf", map.rank, slug(&map.title))
}

fn slug(title: &str) -> String {
    let mut slug = String::new();
    for c in title.to_lowercase().chars() {
        match plain(c) {
            Some(c) => slug.push(c),
            None if slug.is_empty() || slug.ends_with('-') => {}
            None => slug.push('-'),
        }
        if slug.len() >= LONGEST_SLUG {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "map".to_owned() } else { slug.to_owned() }
}

fn plain(c: char) -> Option<char> {
    match c {
        'a'..='z' | '0'..='9' => Some(c),
        'à' | 'á' | 'â' | 'ä' => Some('a'),
        'è' | 'é' | 'ê' | 'ë' => Some('e'),
        'ì' | 'í' | 'î' | 'ï' => Some('i'),
        'ò' | 'ó' | 'ô' | 'ö' => Some('o'),
        'ù' | 'ú' | 'û' | 'ü' => Some('u'),
        'ç' => Some('c'),
        'ñ' => Some('n'),
        _ => None,
    }
}

fn show(map: &ProcessMap, output: &Output) -> Result<Exit, Failure> {
    let wording = output.wording();
    output.heading(&format!("{}  {}", map.id, map.title));
    for row in &map.rows {
        output.line("");
        output.heading(&wording.word(row_name(row.kind)));
        for line in &row.lines {
            let keys: Vec<&str> = line.evidence.iter().map(|member| &*member.key).collect();
            let keys =
                if keys.is_empty() { String::new() } else { format!("  [{}]", keys.join(", ")) };
            let says = wording.say(&line.says);
            let mark = match says.chars().next() {
                _ if line.blank => "☐ ",
                // A step has its number.
                Some('0'..='9')
                    if matches!(row.kind, MapRowKind::StepsNow | MapRowKind::StepsThen) =>
                {
                    ""
                }
                _ => "• ",
            };
            output.line(&format!("  {mark}{says}{keys}"));
        }
    }
    output.gap();
    output.remark(&Phrase::new("map-next").text("id", map.id.as_str()));
    Ok(Exit::Done)
}

fn row_name(kind: MapRowKind) -> &'static str {
    match kind {
        MapRowKind::Trigger => "map-row-trigger",
        MapRowKind::Input => "map-row-input",
        MapRowKind::StepsNow => "map-row-steps-now",
        MapRowKind::Pain => "map-row-pain",
        MapRowKind::StepsThen => "map-row-steps-then",
        MapRowKind::Gain => "map-row-gain",
    }
}

const LONGEST_SLUG: usize = 48;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_plain_whatever_the_title() {
        for (title, name) in [
            ("Wachtwoord reset VPN", "wachtwoord-reset-vpn"),
            ("Certificaat é & co: vernieuwen…", "certificaat-e-co-vernieuwen"),
            ("../../etc/passwd", "etc-passwd"),
            ("日本", "map"),
        ] {
            assert_eq!(slug(title), name);
        }
        assert!(slug(&"lang ".repeat(40)).len() <= LONGEST_SLUG);
    }
}
