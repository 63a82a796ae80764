//! Begins the offboarding of a person, once, whoever asks: the command or the form.

use chrono::NaiveDate;
use kompel_domains::leavers::{Asking, OFFBOARDING, RunFacts, asks_no_sooner};
use kompel_model::{LeaverPerson, Phrase, TenantId};
use kompel_runtime::{Begun, NewWork, Runtime, Workspace};
use serde_json::{Map, Value, json};

use super::facts;
use crate::{diagnostics::Failure, exit::Exit, playbooks};

/// What is asked.
pub(super) struct Wish {
    /// Who leaves.
    pub(super) person: LeaverPerson,
    /// From when on; `None`: at once.
    pub(super) last_day: Option<NaiveDate>,
    /// Why.
    pub(super) reason: Option<String>,
    /// Who asks, by the short name in the configuration.
    pub(super) by: String,
    /// Through what.
    pub(super) trigger: &'static str,
}

/// What keeps an offboarding from beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unless {
    /// One that is under way and closes no later, or that was completed.
    BeganBefore,
    /// One that is under way and closes no later.
    UnderWay,
    /// Nothing.
    Never,
}

/// Begins it, or gives the run that does it already. Waits for whoever begins one for this workspace
/// at the same moment.
pub(super) async fn begin(
    runtime: &Runtime,
    (workspace, tenant): (&Workspace, &TenantId),
    wish: &Wish,
    unless: Unless,
    facts: impl FnOnce() -> Result<Vec<RunFacts>, Failure>,
) -> Result<Begun, Failure> {
    // Whoever adds the same person at the same time looks only after this one has begun. Those who
    // ask by an event take no turn: of them the store itself sees to it that one run begins.
    let _turn = workspace.turn("leavers")?;
    if unless != Unless::Never
        && let Some(before) = before(&facts()?, wish, unless)
    {
        return Ok(Begun { run: before.run.id.clone(), new: false });
    }
    let kept = playbooks::find(workspace, OFFBOARDING)?;
    let playbook = kept.checked(&runtime.registry().catalogue())?;
    if wish.last_day.is_some() && !facts::takes(&playbook, "lastDay") {
        let says = Phrase::new("fail-no-last-day").text("playbook", &kept.name);
        return Err(Failure::new(Exit::Playbook, says).advise(Phrase::new("advice-no-last-day")));
    }
    let work = NewWork {
        tenant: tenant.clone(),
        source: kept.source(&playbook),
        input: input(wish),
        requester: wish.by.clone(),
        trigger: wish.trigger.to_owned(),
    };
    Ok(match unless {
        Unless::Never => Begun { run: runtime.start(work).await?, new: true },
        Unless::BeganBefore | Unless::UnderWay => runtime.start_once(work).await?,
    })
}

/// The offboarding that keeps this one from beginning: one under way, else the last completed.
pub(super) fn before<'a>(
    runs: &'a [RunFacts],
    wish: &Wish,
    unless: Unless,
) -> Option<&'a RunFacts> {
    let asked = Asking::of(&input(wish))?;
    let counts = |run: &&RunFacts| {
        let mut first = Asking { person: run.person.clone(), at: run.close_at.clone() };
        match run.run.state.as_str() {
            "running" | "waiting" if unless != Unless::Never => {}
            "completed" if unless == Unless::BeganBefore => first.at = None,
            _ => return false,
        }
        run.playbook == OFFBOARDING && asks_no_sooner(&first, &asked)
    };
    runs.iter().filter(counts).max_by_key(|run| (run.run.ended.is_none(), run.run.started))
}

fn input(wish: &Wish) -> Value {
    let mut input = Map::new();
    let LeaverPerson { name, mails, logins } = &wish.person;
    input.insert("person".to_owned(), json!({"name": name, "mails": mails, "logins": logins}));
    if let Some(day) = wish.last_day {
        input.insert("lastDay".to_owned(), Value::from(day.to_string()));
    }
    if let Some(reason) = &wish.reason {
        input.insert("reason".to_owned(), Value::from(reason.as_str()));
    }
    Value::Object(input)
}
