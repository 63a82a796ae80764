//! What an `approval.ask` asks, read from its input.

use kompel_engine::{
    act::{Ask, AskReason, Escalation, RehearsedPlan},
    language::FixedDuration,
};
use kompel_model::{PlanHash, TenantId, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::{People, Who};

/// `with` of `approval.ask`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wording {
    who: Who,
    #[serde(default = "one")]
    count: u32,
    within: Option<String>,
    #[serde(default)]
    escalate: Vec<Step>,
    #[serde(default)]
    question: String,
    #[serde(default)]
    plan: PlanScope,
    #[serde(default)]
    about: Value,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    after: String,
    to: Who,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PlanScope {
    #[default]
    Rest,
    None,
}

fn one() -> u32 {
    1
}

impl Wording {
    /// Reads the input.
    ///
    /// # Errors
    /// What does not fit.
    pub(crate) fn read(input: &Value) -> Result<Self, String> {
        let input =
            if input.is_null() { Value::Object(serde_json::Map::new()) } else { input.clone() };
        serde_json::from_value(input).map_err(|error| format!("approval.ask: {error}"))
    }

    /// True if the rest of the run is to be planned and bound.
    pub(crate) fn binds_plan(&self) -> bool {
        self.plan == PlanScope::Rest
    }
}

/// Makes the approval that this wording asks for.
///
/// # Errors
/// Whom nobody knows, or why too few are left.
pub(crate) fn from_input(
    wording: &Wording,
    id: String,
    plan: Option<RehearsedPlan>,
    requester: &str,
    (tenant, people): (&TenantId, &People),
    now: Timestamp,
) -> Result<Ask, String> {
    let eligible = |who: &Who| -> Result<Vec<String>, String> {
        let mut found = people.resolve(tenant, who)?;
        found.retain(|person| !is_requester(people, tenant, requester, person));
        found.dedup();
        Ok(found)
    };
    let asked = eligible(&wording.who)?;
    let mut escalations = Vec::new();
    for step in &wording.escalate {
        let at = after(now, &step.after)?;
        escalations.push(Escalation { at, people: eligible(&step.to)? });
    }
    escalations.sort_by_key(|escalation| escalation.at);
    let mut all: Vec<_> =
        asked.iter().chain(escalations.iter().flat_map(|step| &step.people)).collect();
    all.sort_unstable();
    all.dedup();
    if all.len() < wording.count as usize {
        return Err(format!(
            "{} must answer, but only {} can be asked (the requester never counts)",
            wording.count,
            all.len()
        ));
    }
    let plan_hash = plan.as_ref().map_or_else(
        || PlanHash::of(&serde_json::json!({"question": wording.question, "about": wording.about})),
        RehearsedPlan::hash,
    );
    Ok(Ask {
        id,
        reason: AskReason::Playbook,
        asked: now,
        question: wording.question.clone(),
        people: asked,
        count: wording.count.max(1),
        requester: requester.to_owned(),
        deadline: wording.within.as_deref().map(|within| after(now, within)).transpose()?,
        escalations,
        plan,
        plan_hash,
        about: wording.about.clone(),
    })
}

/// The same people asked again, about another plan. Everyone who was asked is asked at once, and
/// has as long as the first time.
pub(crate) fn asked_again(before: &Ask, id: String, plan: RehearsedPlan, now: Timestamp) -> Ask {
    let shifted = |at: Timestamp| now + (at - before.asked);
    Ask {
        id,
        reason: AskReason::PlanChanged,
        asked: now,
        deadline: before.deadline.map(shifted),
        escalations: before
            .escalations
            .iter()
            .map(|step| Escalation { at: shifted(step.at), people: step.people.clone() })
            .collect(),
        plan_hash: plan.hash(),
        plan: Some(plan),
        ..before.clone()
    }
}

fn is_requester(people: &People, tenant: &TenantId, requester: &str, person: &str) -> bool {
    person == requester || people.find(tenant, requester) == Some(person)
}

fn after(now: Timestamp, text: &str) -> Result<Timestamp, String> {
    let duration = FixedDuration::from_value(&Value::from(text))
        .map_err(|_| format!("{text:?} is no ISO 8601 duration (write PT4H)"))?;
    let wait = i64::try_from(duration.milliseconds()).unwrap_or(i64::MAX / 1_000_000);
    now.checked_add_signed(chrono::TimeDelta::milliseconds(wait))
        .ok_or_else(|| format!("{text:?} is too long"))
}
