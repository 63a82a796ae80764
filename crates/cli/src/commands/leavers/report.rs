//! `kompel leavers report`: one leaver's report, as JSON, PDF or lines.

use std::path::PathBuf;

use clap::Args;
use kompel_domains::leavers::{self, LeaverFile, OFFBOARDING, RunFacts};
use kompel_model::{LeaverPerson, LeaverReport, Phrase};
use kompel_report::Wording;
use kompel_runtime::Fingerprint;
use serde_json::json;

use super::{
    facts::{self, Names},
    matrix::{in_words, said},
};
use crate::{
    args::{Global, shown},
    commands::map::unprintable,
    diagnostics::Failure,
    exit::Exit,
    orchestra::Orchestra,
    output::Output,
    session::{Session, write_file},
};

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    #[arg(value_name = "RUN|PERSON")]
    whose: String,
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
}

pub(super) fn run(args: &ReportArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut session = Session::open(global, output, "leavers report")?;
    let orchestra = Orchestra::open(&mut session)?;
    let names = Names::of(&session);
    let tenant = session.tenant().clone();
    let runs = facts::all(&orchestra, &tenant, &names, output)?;
    let leaver = find(&args.whose, &runs)?;
    let trail = session.scope().audit_of_run(&leaver.run.run.id)?;
    let mut report = leavers::report(&leaver, facts::tenant(&session), trail);
    names.complete(report.open.iter_mut().flat_map(|item| &mut item.turn));
    names.complete(report.by_hand.iter_mut().filter_map(|one| one.owner.as_mut()));
    names.complete(report.by_hand.iter_mut().filter_map(|one| Some(&mut one.answer.as_mut()?.who)));
    match &args.pdf {
        Some(path) => write(path, &report, output),
        None if output.is_json() => output.json(&report),
        None => {
            print(&report, output);
            Ok(Exit::Done)
        }
    }
}

/// The leaver that the user means: by the run's id or its beginning, an address, a login, a name.
fn find<'a>(whose: &str, runs: &'a [RunFacts]) -> Result<LeaverFile<'a>, Failure> {
    let of_run: Vec<&RunFacts> = runs
        .iter()
        .filter(|run| run.playbook == OFFBOARDING && run.run.id.starts_with(whose))
        .collect();
    if let [only] = of_run.as_slice() {
        return Ok(leavers::leaver_of(only, runs));
    }
    let asked = whose.to_lowercase();
    let is_meant = |person: &LeaverPerson| {
        let known = person.mails.iter().chain(&person.logins).chain(&person.name);
        known.map(|text| text.to_lowercase()).any(|text| text == asked)
    };
    let mut found: Vec<LeaverFile<'a>> =
        leavers::leavers(runs).into_iter().filter(|leaver| is_meant(&leaver.run.person)).collect();
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => {
            let says = Phrase::new("fail-several-leavers").text("name", whose);
            Err(Failure::new(Exit::NotFound, says).advise(Phrase::new("advice-leavers")))
        }
        (None, _) => {
            let says = Phrase::new("fail-no-leaver").text("name", whose);
            Err(Failure::new(Exit::NotFound, says).advise(Phrase::new("advice-leavers")))
        }
    }
}

/// Writes the PDF, and beside it the JSON whose SHA-256 it carries.
fn write(path: &std::path::Path, report: &LeaverReport, output: &Output) -> Result<Exit, Failure> {
    let mut text = serde_json::to_string_pretty(report).map_err(|error| {
        Failure::new(Exit::Unexpected, Phrase::new("fail-unexpected")).because(&error)
    })?;
    // The same bytes as `--json` prints.
    text.push('\n');
    let mut print = Fingerprint::default();
    print.add(text.as_bytes());
    let sha256 = print.finish();
    let language = output.wording().language();
    let pages = in_language(report, output.wording());
    let pdf = kompel_report::leaver_pdf(&pages, &sha256, language)
        .map_err(|error| unprintable(&error))?;
    let beside = path.with_extension("json");
    write_file(path, &pdf)?;
    write_file(&beside, text.as_bytes())?;
    if output.is_json() {
        let (pdf, beside) = (shown(path), shown(&beside));
        return output.json(&json!({"pdf": pdf, "json": beside, "sha256": sha256}));
    }
    output.say(&Phrase::new("wrote").text("file", shown(path)));
    output.say(&Phrase::new("wrote").text("file", shown(&beside)));
    output.remark(&Phrase::new("leavers-report-hash").text("hash", sha256));
    Ok(Exit::Done)
}

/// The report with Kompel's own reasons in the user's language; the JSON keeps them as they stand in
/// the journal.
fn in_language(report: &LeaverReport, wording: Wording) -> LeaverReport {
    let mut report = report.clone();
    let answers = report.approvals.iter_mut().flat_map(|approval| &mut approval.answers);
    let answers = answers.chain(report.by_hand.iter_mut().filter_map(|one| one.answer.as_mut()));
    answers.for_each(|answer| answer.through = said(&answer.through, wording));
    let deeds = report.accounts.iter_mut().flat_map(|account| &mut account.deeds);
    let deeds = deeds.chain(&mut report.other_deeds).map(|deed| &mut deed.because);
    let open = report.open.iter_mut().map(|item| &mut item.because);
    let silent = report.no_answer.iter_mut().map(|place| &mut place.because);
    let reasons = deeds.chain(open).chain(silent).chain([&mut report.run.because]);
    for because in reasons.flatten() {
        *because = said(because, wording);
    }
    report.run.trigger = said(&report.run.trigger, wording);
    report
}

fn print(report: &LeaverReport, output: &Output) {
    let wording = output.wording();
    let report = &in_language(report, wording);
    let run = &report.run;
    let state = wording.word(&format!("state-{}", run.state));
    output.heading(&format!("{}  {}  {state}", report.person.called(), run.id));
    let asked = Phrase::new("story-asked")
        .text("who", run.requester.name.as_ref().unwrap_or(&run.requester.id))
        .text("at", run.started.format("%Y-%m-%d %H:%M:%S").to_string())
        .text("trigger", &run.trigger);
    output.say(&asked);
    for approval in &report.approvals {
        for answer in &approval.answers {
            let id = if answer.yes { "leaver-yes" } else { "leaver-no" };
            let says = Phrase::new(id)
                .text("who", answer.who.name.as_ref().unwrap_or(&answer.who.id))
                .text("at", answer.at.format("%Y-%m-%d %H:%M:%S").to_string())
                .text("through", &answer.through);
            output.line(&format!("{} [{}]", wording.say(&says), approval.plan_hash));
        }
    }
    for account in &report.accounts {
        let word = account.standing.word().replace('_', "-");
        let word = wording.word(&format!("leaver-standing-{word}"));
        output.line(&format!("  {}  {}  {word}", account.connection, account.login));
    }
    for one in &report.by_hand {
        let word = one.standing.word().replace('_', "-");
        output.line(&format!(
            "  {}  {}",
            one.system,
            wording.word(&format!("leaver-standing-{word}"))
        ));
    }
    for item in &report.open {
        output.line(&format!("  ✗ {}", in_words(item, wording)));
    }
    let id = if report.all_closed { "leaver-all-closed" } else { "leaver-not-closed" };
    output.line(&wording.word(id));
    output.remark(&Phrase::new("leavers-report-next").text("run", &run.id));
}
