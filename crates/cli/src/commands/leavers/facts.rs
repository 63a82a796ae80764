//! What the ledger needs to know of a run, out of its story.

use std::collections::BTreeMap;

use kompel_domains::leavers::{self, Asking, CallFacts, OFFBOARDING, RELATED, RunFacts};
use kompel_engine::{
    act::{ActRecord, ApprovalState, Closing, Phase},
    language::Playbook,
};
use kompel_model::{
    ActionEffect, Deed, DeedState, LeaverAnswer, LeaverApproval, LeaverPerson, LeaverRun,
    LeaverSystem, LeaverTenant, TenantId, Timestamp, Who,
};
use kompel_runtime::{RunStatus, Runtime, StepStory, Story, Waiting};
use serde_json::Value;

use crate::{
    config::Config, diagnostics::Failure, orchestra::Orchestra, output::Output, session::Session,
};

/// The people of a tenant by their short names.
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    pub(super) fn of(session: &Session<'_>) -> Self {
        Self::among(&session.config, session.tenant())
    }

    pub(super) fn among(config: &Config, tenant: &TenantId) -> Self {
        let tenant = config.tenant.get(tenant);
        let people = tenant.into_iter().flat_map(|tenant| &tenant.people);
        Self(people.map(|(id, person)| (id.clone(), person.name.clone())).collect())
    }

    /// This person, with their name if it is known.
    pub(super) fn who(&self, id: &str) -> Who {
        Who { id: id.to_owned(), name: self.0.get(id).cloned() }
    }

    /// Gives these people their names.
    pub(super) fn complete<'a>(&self, people: impl IntoIterator<Item = &'a mut Who>) {
        for who in people {
            if who.name.is_none() {
                who.name = self.0.get(&who.id).cloned();
            }
        }
    }
}

/// Whose leavers they are.
pub(super) fn tenant(session: &Session<'_>) -> LeaverTenant {
    let id = session.tenant();
    let name = session.config.tenant.get(id).and_then(|tenant| tenant.name.clone());
    LeaverTenant { id: id.to_string(), name }
}

/// The systems that the tenant has now: those that hold people's accounts, and those closed by hand.
pub(super) fn systems(session: &Session<'_>, orchestra: &Orchestra) -> Vec<LeaverSystem> {
    let tenant = session.tenant();
    let mut found = Vec::new();
    for (connector, connection) in orchestra.runtime.registry().connections(tenant) {
        let Some(connector) = orchestra.runtime.registry().connector(connector) else { continue };
        let actions = connector.actions();
        let Some(finder) = actions.iter().find(|a| a.spec().name.action() == "find-user") else {
            continue;
        };
        let id = connection.name.clone();
        let system = finder.spec().systems.first().cloned().unwrap_or_else(|| id.clone());
        found.push(LeaverSystem { by_hand: false, id, system });
    }
    let table = session.config.tenant.get(tenant);
    for system in table.into_iter().flat_map(|table| table.system.keys()) {
        let (id, system) = (system.clone(), system.clone());
        found.push(LeaverSystem { by_hand: true, id, system });
    }
    found
}

/// Every run of the tenant that says something about a leaver.
pub(super) fn all(
    orchestra: &Orchestra,
    tenant: &TenantId,
    names: &Names,
    output: &Output,
) -> Result<Vec<RunFacts>, Failure> {
    let mut rows = Vec::new();
    for playbook in std::iter::once(OFFBOARDING).chain(RELATED) {
        rows.extend(orchestra.runtime.runs_of(tenant, playbook, MOST_RUNS)?);
    }
    let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let bar = output.progress().bar(output.wording().word("leavers-reading"), count);
    let mut facts = Vec::new();
    for (row, at) in rows.iter().zip(1..) {
        facts.extend(of(&orchestra.runtime.show(tenant, &row.id)?, names));
        bar.at(at);
    }
    Ok(facts)
}

/// The tenant's offboardings alone.
pub(super) fn offboardings(
    runtime: &Runtime,
    tenant: &TenantId,
    names: &Names,
) -> Result<Vec<RunFacts>, Failure> {
    let mut facts = Vec::new();
    for row in runtime.runs_of(tenant, OFFBOARDING, MOST_RUNS)? {
        facts.extend(of(&runtime.show(tenant, &row.id)?, names));
    }
    Ok(facts)
}

/// The facts of this run; `None` if its input names no person.
pub(super) fn of(story: &Story, names: &Names) -> Option<RunFacts> {
    let start = &story.start;
    let input = leavers::asked(&start.input);
    let Asking { mut person, at: close_at } = Asking::of(&start.input)?;
    learn(&mut person, story);
    let text = |name: &str| input[name].as_str().filter(|t| !t.is_empty()).map(str::to_owned);
    let moments = story.steps.iter().flat_map(|step| &step.happened).map(|told| told.at);
    let told = story.told.iter().map(|told| told.at);
    let last = moments.chain(told).chain(story.ended).fold(story.started, Ord::max);
    Some(RunFacts {
        run: LeaverRun {
            id: start.run.clone(),
            playbook: format!("{}/{}", start.playbook.namespace, start.playbook.name),
            version: start.playbook.version.clone(),
            digest: start.playbook.digest.clone(),
            state: story.status.word().to_owned(),
            because: because(&story.status),
            trigger: start.trigger.clone(),
            requester: names.who(&start.requester),
            started: story.started,
            ended: story.ended,
        },
        playbook: start.playbook.name.clone(),
        person,
        reason: text("reason"),
        last_day: text("lastDay"),
        close_at,
        as_of: last,
        until: until(&story.status),
        calls: story.steps.iter().map(|step| call(step, names)).collect(),
    })
}

/// Takes in by which addresses the systems know the person, and by which logins if the run was given
/// a name only.
fn learn(person: &mut LeaverPerson, story: &Story) {
    let nameless = person.mails.is_empty() && person.logins.is_empty();
    for found in story.steps.iter().filter_map(|step| step.output.as_ref()?.get("person")) {
        let Ok(found) = serde_json::from_value::<LeaverPerson>(found.clone()) else { continue };
        person.mails.extend(found.mails);
        if nameless {
            person.logins.extend(found.logins);
        }
    }
    for keys in [&mut person.mails, &mut person.logins] {
        let mut seen = std::collections::BTreeSet::new();
        keys.retain(|key| seen.insert(key.to_lowercase()));
    }
}

/// When the run goes on by itself, if it waits for nothing else.
fn until(status: &RunStatus) -> Option<Timestamp> {
    let RunStatus::Waiting { on } = status else { return None };
    match on.as_slice() {
        [Waiting::Time { until }] => Some(*until),
        _ => None,
    }
}

fn because(status: &RunStatus) -> Option<String> {
    match status {
        RunStatus::Running | RunStatus::Waiting { .. } | RunStatus::Completed => None,
        RunStatus::Incomplete { open } => open.first().map(|open| open.because.clone()),
        RunStatus::Failed { fault, .. } => {
            let told = [&fault.title, &fault.detail];
            let told: Vec<&str> = told.into_iter().flatten().map(String::as_str).collect();
            Some(if told.is_empty() { fault.kind.clone() } else { told.join(": ") })
        }
        RunStatus::Rejected { because, .. } => Some(because.clone()),
        RunStatus::Cancelled { by, why, .. } => Some(format!("{by}: {why}")),
    }
}

fn call(step: &StepStory, names: &Names) -> CallFacts {
    let when = |wanted: fn(&ActRecord) -> bool| {
        step.happened.iter().filter(|told| wanted(&told.what)).map(|told| told.at).next_back()
    };
    let answered = when(|what| matches!(what, ActRecord::Answered { .. }));
    let asks_only = step.action.as_str().starts_with("leavers.");
    let effect = step.terms.as_ref().map(|terms| &terms.effect);
    let writes = effect.is_some_and(|effect| !matches!(effect, ActionEffect::Read)) && !asks_only;
    // What was read last counts, also where it was not what it should be.
    let read = step.happened.iter().rev().find_map(|told| match &told.what {
        ActRecord::Verified { found } | ActRecord::Differs { found, .. } => {
            Some((told.at, found.clone()))
        }
        _ => None,
    });
    let read = read.filter(|_| asks_only);
    let asks = step.approvals.iter().map(|state| approval(state, names));
    CallFacts {
        action: step.action.to_string(),
        input: step.input.clone(),
        output: read.or_else(|| answered.zip(step.output.clone())),
        deed: writes.then(|| deed(step, &when)),
        approvals: asks.collect(),
    }
}

fn deed(step: &StepStory, when: &impl Fn(fn(&ActRecord) -> bool) -> Option<Timestamp>) -> Deed {
    let plan = step.plan.as_ref();
    let already = plan.is_some_and(|plan| plan.is_empty());
    let state = match step.phase {
        _ if step.undone => DeedState::TakenBack,
        Phase::Done if already => DeedState::Already,
        Phase::Done if step.verified => DeedState::Verified,
        Phase::Done => DeedState::NotVerified,
        Phase::Asking => DeedState::Unknown,
        Phase::Failed | Phase::Dropped => ended_badly(step),
        Phase::New
        | Phase::Reading
        | Phase::Planning
        | Phase::Gate
        | Phase::Ready
        | Phase::Sent
        | Phase::Lost
        | Phase::Checking => DeedState::UnderWay,
    };
    let sent = when(|what| matches!(what, ActRecord::Attempting { .. }));
    let planned = when(|what| matches!(what, ActRecord::Planned { .. }));
    let verified = when(|what| matches!(what, ActRecord::Verified { .. }));
    let went_well = matches!(state, DeedState::Verified | DeedState::Already);
    let kept = step.output.as_ref().and_then(|output| output["kept"].as_array());
    Deed {
        step: step.call.0,
        action: step.action.to_string(),
        connection: step.terms.as_ref().and_then(|terms| terms.connection.clone()),
        state,
        at: sent.or(planned.filter(|_| already)),
        changes: plan.map(|plan| plan.changes.clone()).unwrap_or_default(),
        plan_hash: step.plan_hash.as_ref().map(ToString::to_string),
        approval: step.approval.clone(),
        attempts: step.attempts,
        read_back: verified.filter(|_| step.verified),
        because: if went_well { None } else { trouble(step) },
        kept: kept.cloned().unwrap_or_default(),
    }
}

/// A call that failed: was it surely not done?
fn ended_badly(step: &StepStory) -> DeedState {
    let last = step.happened.iter().rev().map(|told| &told.what).find(|what| {
        matches!(
            what,
            ActRecord::Unknown { .. } | ActRecord::Differs { .. } | ActRecord::Refused { .. }
        )
    });
    match last {
        Some(ActRecord::Unknown { .. }) => DeedState::Unknown,
        Some(ActRecord::Differs { .. }) => DeedState::NotVerified,
        _ => DeedState::Failed,
    }
}

fn trouble(step: &StepStory) -> Option<String> {
    step.happened.iter().rev().find_map(|told| match &told.what {
        ActRecord::Refused { refusal } => Some(refusal.detail.clone()),
        ActRecord::Unknown { because } | ActRecord::Differs { because, .. } => {
            Some(because.clone())
        }
        ActRecord::Decided { by, why, .. } => Some(format!("{by}: {why}")),
        _ => None,
    })
}

fn approval(state: &ApprovalState, names: &Names) -> (LeaverApproval, Value) {
    let ask = &state.ask;
    let steps = ask.plan.as_ref().map_or(0, |plan| plan.bound().count());
    let answers = state.answers.iter().map(|answer| LeaverAnswer {
        who: names.who(&answer.who),
        yes: answer.yes,
        at: answer.when,
        through: answer.through.clone(),
        why: answer.why.clone(),
    });
    let approval = LeaverApproval {
        id: ask.id.clone(),
        question: ask.question.clone(),
        binds_plan: ask.plan.is_some(),
        plan_changed: ask.reason == kompel_engine::act::AskReason::PlanChanged,
        plan_hash: ask.plan_hash.to_string(),
        steps: u32::try_from(steps).unwrap_or(u32::MAX),
        asked: ask.asked,
        until: ask.deadline,
        people: state.asked.keys().map(|id| names.who(id)).collect(),
        needed: ask.count,
        answers: answers.collect(),
        closed: state.closed.as_ref().map(|(how, _)| closing(*how).to_owned()),
    };
    (approval, ask.about.clone())
}

fn closing(how: Closing) -> &'static str {
    match how {
        Closing::Approved => "approved",
        Closing::Rejected => "rejected",
        Closing::NoAnswer => "no_answer",
        Closing::Impossible => "impossible",
        Closing::Withdrawn => "withdrawn",
    }
}

/// True if the playbook takes an input of this name.
pub(super) fn takes(playbook: &Playbook, name: &str) -> bool {
    let schema = playbook.input.as_ref().and_then(|input| input.schema.as_ref());
    schema.is_some_and(|schema| {
        let whole = std::iter::once(&schema.document);
        let forms = schema.document["anyOf"].as_array().into_iter().flatten();
        whole.chain(forms).any(|form| form["properties"][name].is_object())
    })
}

const MOST_RUNS: usize = 100_000;
