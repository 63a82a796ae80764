//! A run's story in words.

use kompel_engine::{
    Ending,
    act::{ActRecord, ApprovalRecord, Leftover, Phase, Standing},
};
use kompel_model::{Phrase, TenantId, Timestamp};
use kompel_report::reason;
use kompel_runtime::{RunStatus, StepStory, Story, Waiting};

use crate::{diagnostics::Failure, exit::Exit, orchestra::Orchestra, output::Output, plans};

/// Prints the story of a run as it stands now, and gives the exit code that goes with it.
pub(crate) fn tell(
    orchestra: &Orchestra,
    tenant: &TenantId,
    run: &str,
    output: &Output,
) -> Result<Exit, Failure> {
    let story = orchestra.runtime.show(tenant, run)?;
    if output.is_json() {
        output.json(&story)?;
    } else {
        print(&story, false, output);
        tell_whether_it_goes_on(orchestra, &story, output);
    }
    Ok(exit(&story.status))
}

/// Says how a run stands now, without its story.
pub(crate) fn tell_briefly(
    orchestra: &Orchestra,
    tenant: &TenantId,
    run: &str,
    output: &Output,
) -> Result<(), Failure> {
    if output.is_json() {
        return Ok(());
    }
    let story = orchestra.runtime.show(tenant, run)?;
    print_head(&story, output);
    print_end(&story, output);
    tell_whether_it_goes_on(orchestra, &story, output);
    Ok(())
}

/// A run that waits for a moment or a system goes on only while something drives.
pub(crate) fn tell_whether_it_goes_on(orchestra: &Orchestra, story: &Story, output: &Output) {
    let RunStatus::Waiting { on } = &story.status else { return };
    let by_itself = |on: &Waiting| matches!(on, Waiting::Time { .. } | Waiting::Peer { .. });
    if orchestra.runtime.is_driver() && on.iter().any(by_itself) {
        let says = Phrase::new("story-nothing-drives").text("run", &story.start.run);
        output.remark(&says);
    }
}

/// The exit code of a run that stands so.
pub(crate) fn exit(status: &RunStatus) -> Exit {
    match status {
        RunStatus::Completed => Exit::Done,
        RunStatus::Running | RunStatus::Waiting { .. } => Exit::Waiting,
        RunStatus::Incomplete { .. }
        | RunStatus::Failed { .. }
        | RunStatus::Rejected { .. }
        | RunStatus::Cancelled { .. } => Exit::NotCompleted,
    }
}

/// The run with this id, or the only one whose id begins so.
pub(crate) fn known(
    orchestra: &Orchestra,
    tenant: &TenantId,
    given: &str,
) -> Result<String, Failure> {
    let runs = orchestra.runtime.runs(tenant, MOST_RUNS)?;
    let fitting: Vec<_> = runs.iter().filter(|run| run.id.starts_with(given)).collect();
    match fitting.as_slice() {
        [only] => Ok(only.id.clone()),
        _ => match fitting.iter().find(|run| run.id == given) {
            Some(exact) => Ok(exact.id.clone()),
            None => {
                let says = Phrase::new("fail-no-run").text("id", given);
                Err(Failure::new(Exit::NotFound, says).advise(Phrase::new("advice-runs")))
            }
        },
    }
}

/// Prints a story; with `all`, everything that happened.
pub(crate) fn print(story: &Story, all: bool, output: &Output) {
    let start = &story.start;
    print_head(story, output);
    output.say(
        &Phrase::new("story-asked")
            .text("who", &start.requester)
            .text("at", moment(story.started))
            .arg("trigger", reason(&start.trigger)),
    );
    for step in &story.steps {
        print_step(step, all, output);
    }
    print_end(story, output);
    if let Some(ended) = story.ended {
        output.say(&Phrase::new("story-ended").text("at", moment(ended)));
    }
    for child in &story.children {
        output.say(&Phrase::new("story-child").text("run", child));
    }
}

fn print_head(story: &Story, output: &Output) {
    let start = &story.start;
    let word = output.wording().word(&format!("state-{}", story.status.word()));
    output.heading(&format!(
        "{}  {} {}  {word}",
        start.run, start.playbook.name, start.playbook.version
    ));
}

fn print_end(story: &Story, output: &Output) {
    for line in status(story, output) {
        output.line(&line);
    }
    // What the playbook itself says of its end, in its own words.
    if let Some(Ending::Completed { output: end }) = &story.ending
        && let Some(says) = end["says"].as_str()
    {
        output.line(says);
    }
}

fn print_step(step: &StepStory, all: bool, output: &Output) {
    let mark = mark(step);
    let task = step.task.0.rsplit('/').next().unwrap_or_default();
    output.line(&format!("{:>4} {mark} {task}  {}", step.call.0, step.action));
    let say = |phrase: &Phrase| output.line(&format!("       {}", output.wording().say(phrase)));
    for change in step.plan.iter().flat_map(|plan| &plan.changes) {
        output.line(&format!("       {}", plans::line(change, output.wording())));
    }
    if step.plan.as_ref().is_some_and(|plan| plan.is_empty()) {
        say(&Phrase::new("plan-already-so"));
    }
    if step.attempts > 1 {
        say(&Phrase::new("story-attempts").number("count", step.attempts));
    }
    if let Some(approval) = &step.approval {
        say(&Phrase::new("story-under").text("id", approval));
    }
    for undo in &step.undos {
        say(&Phrase::new("story-undo")
            .text("step", undo.of.0.to_string())
            .text("action", undo.action.as_str()));
    }
    for told in &step.happened {
        if let Some(line) = happened(&told.what, all, output) {
            output.line(&format!("       {}  {line}", moment(told.at)));
        }
    }
}

fn mark(step: &StepStory) -> &'static str {
    if step.undone {
        return "↶";
    }
    if matches!(step.phase, Phase::Done) {
        "✓"
    } else if step.phase.is_over() {
        "✗"
    } else {
        "…"
    }
}

/// A line for what happened, if it is worth one.
fn happened(record: &ActRecord, all: bool, output: &Output) -> Option<String> {
    let say = |phrase: Phrase| Some(output.wording().say(&phrase));
    match record {
        ActRecord::Approval(record) => approval(record, output),
        ActRecord::Refused { refusal } => {
            say(Phrase::new("story-refused").arg("why", reason(&refusal.detail)))
        }
        ActRecord::Unknown { because } => {
            say(Phrase::new("story-unknown").arg("why", reason(because)))
        }
        ActRecord::Differs { because, .. } => {
            say(Phrase::new("story-differs").arg("why", reason(because)))
        }
        ActRecord::Verified { .. } => say(Phrase::new("story-verified")),
        ActRecord::Decided { by, why, decision } => {
            let decision = match decision {
                kompel_engine::act::Decision::Done { .. } => "done",
                kompel_engine::act::Decision::NotDone => "not-done",
                kompel_engine::act::Decision::GiveUp => "given-up",
            };
            let says = Phrase::new(&format!("story-decided-{decision}"));
            say(says.text("who", by).text("why", why))
        }
        ActRecord::LeftAsIs { of, because } => say(Phrase::new("story-left")
            .text("step", of.0.to_string())
            .arg("why", reason(because))),
        ActRecord::Attempting { number, .. } if all => {
            say(Phrase::new("story-attempt").number("number", *number))
        }
        ActRecord::Undo { of, record } => {
            let line = happened(record, all, output)?;
            Some(format!("↶ {}: {line}", of.0))
        }
        other if all => serde_json::to_string(other).ok(),
        _ => None,
    }
}

fn approval(record: &ApprovalRecord, output: &Output) -> Option<String> {
    let says = match record {
        ApprovalRecord::Asked(ask) => Phrase::new("story-asked-people")
            .text("people", ask.people.join(", "))
            .number("count", ask.count)
            .text("question", &ask.question)
            .text("id", &ask.id)
            .text("hash", ask.plan_hash.as_str().get(..12).unwrap_or_default()),
        ApprovalRecord::Notified { person, trouble: Some(trouble), .. } => {
            Phrase::new("story-not-told").text("who", person).arg("why", reason(trouble))
        }
        ApprovalRecord::Notified { person, trouble: None, .. } => {
            Phrase::new("story-told").text("who", person)
        }
        ApprovalRecord::Escalated { people, .. } => {
            Phrase::new("story-escalated").text("people", people.join(", "))
        }
        ApprovalRecord::Answered { answer, .. } => {
            let id = if answer.yes { "story-yes" } else { "story-no" };
            let says =
                Phrase::new(id).text("who", &answer.who).arg("through", reason(&answer.through));
            says.text("why", &answer.why)
        }
        ApprovalRecord::Closed { because, .. } => {
            Phrase::new("story-closed").arg("why", reason(because))
        }
        ApprovalRecord::Invited { .. } => return None,
    };
    Some(output.wording().say(&says))
}

fn status(story: &Story, output: &Output) -> Vec<String> {
    let say = |phrase: Phrase| output.wording().say(&phrase);
    match &story.status {
        RunStatus::Running => vec![say(Phrase::new("status-running"))],
        RunStatus::Waiting { on } => {
            on.iter().map(|on| say(waits(on).text("run", &story.start.run))).collect()
        }
        RunStatus::Completed => vec![say(Phrase::new("status-completed"))],
        RunStatus::Incomplete { open } => {
            let mut lines = vec![say(Phrase::new("status-incomplete"))];
            lines.extend(open.iter().map(|open| say(left(open))));
            lines
        }
        RunStatus::Failed { fault, done, open } => {
            let detail = fault.detail.clone().or_else(|| fault.title.clone());
            let says = Phrase::new("status-failed")
                .text("at", fault.instance.clone().unwrap_or_default())
                .arg("why", reason(&detail.unwrap_or_else(|| fault.kind.clone())));
            let mut lines = vec![say(says)];
            lines.extend(done_before(done, output));
            lines.extend(open.iter().map(|open| say(left(open))));
            lines
        }
        RunStatus::Rejected { because, done } => {
            let mut lines = vec![say(Phrase::new("status-rejected").arg("why", reason(because)))];
            lines.extend(done_before(done, output));
            lines
        }
        RunStatus::Cancelled { by, why, done, open } => {
            let says = Phrase::new("status-cancelled").text("who", by).text("why", why);
            let mut lines = vec![say(says)];
            lines.extend(done_before(done, output));
            lines.extend(open.iter().map(|open| say(left(open))));
            lines
        }
    }
}

fn done_before(done: &[String], output: &Output) -> Option<String> {
    let says = Phrase::new("status-done-before").text("tasks", done.join(", "));
    (!done.is_empty()).then(|| output.wording().say(&says))
}

fn left(open: &Leftover) -> Phrase {
    let id = match open.standing {
        Standing::AskedPerson => "left-asked-person",
        Standing::Unknown => "left-unknown",
        Standing::NotVerified => "left-not-verified",
        Standing::NotDone => "left-not-done",
        Standing::NotUndone => "left-not-undone",
    };
    Phrase::new(id)
        .text("step", open.call.0.to_string())
        .text("task", &open.task.0)
        .text("action", open.action.as_str())
        .arg("why", reason(&open.because))
}

fn waits(on: &Waiting) -> Phrase {
    match on {
        Waiting::Approval { id, people, until } => {
            Phrase::new("waits-approval").text("id", id).text("people", people.join(", ")).text(
                "until",
                until.map(|at| format!("{} UTC", moment(at))).unwrap_or_else(|| "–".to_owned()),
            )
        }
        Waiting::Decision { call, of, task, because } => Phrase::new("waits-decision")
            .text("step", call.to_string())
            .text("undo", of.map(|of| format!(" --undo-of {of}")).unwrap_or_default())
            .text("task", task)
            .arg("why", reason(because)),
        Waiting::Time { until } => Phrase::new("waits-time").text("until", moment(*until)),
        Waiting::Peer { action, until } => {
            Phrase::new("waits-peer").text("action", action).text("until", moment(*until))
        }
        Waiting::Event { types } => Phrase::new("waits-event").text("types", types.join(", ")),
        Waiting::Run { playbook } => Phrase::new("waits-run").text("playbook", playbook),
    }
}

fn moment(at: Timestamp) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

const MOST_RUNS: usize = 10_000;
