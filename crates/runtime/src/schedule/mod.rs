//! Playbooks that start by themselves: at times, at intervals, after their last run, at events.
//!
//! Owns when. A rule's next time is kept in the database; a time that passed while nothing drove is
//! *missed*. The policy: if the last missed time is within the grace period (an hour unless said
//! otherwise), one run makes up for it; every other missed time is recorded and not made up for.

mod rule;

use kompel_engine::{
    Start,
    language::{EventConsumption, Schedule as Written},
};
use kompel_model::{TenantId, Timestamp};
use serde_json::{Value, json};

pub use rule::{Rule, UnusableRule};

use crate::{
    driver::{NewWork, Runtime, RuntimeError, Source},
    journal::{
        JournalError, NewRun, Once, Origin, ScheduleRow, create, keep_schedule, note_missed,
        set_fired, whole_micros,
    },
    key::to_hex,
};

/// One playbook that starts by itself.
#[derive(Debug, Clone)]
pub struct Scheduled {
    /// Whose.
    pub tenant: TenantId,
    /// The playbook.
    pub source: Source,
    /// At which times; `None`: at events only.
    pub rule: Option<Rule>,
    /// At which events: an event starts a run if it has all attributes of one of these.
    pub on: Vec<serde_json::Map<String, Value>>,
    /// Who counts as having asked for it.
    pub requester: String,
    /// How late a missed time is still made up for.
    pub grace: chrono::TimeDelta,
}

/// All playbooks that start by themselves.
#[derive(Debug, Clone, Default)]
pub struct Schedules(Vec<Scheduled>);

impl Scheduled {
    /// A playbook with its `schedule`, as it is written; `zone` is the time zone of its cron.
    ///
    /// # Errors
    /// What can't be scheduled, and why.
    pub fn new(
        tenant: TenantId,
        source: Source,
        schedule: &Written,
        zone: chrono_tz::Tz,
    ) -> Result<Self, UnusableRule> {
        let rule = Rule::from_written(schedule, zone)?;
        let on = schedule.on.as_ref().map(patterns).transpose()?.unwrap_or_default();
        let requester = "schedule".to_owned();
        Ok(Self { tenant, source, rule, on, requester, grace: chrono::TimeDelta::hours(1) })
    }

    fn name(&self) -> String {
        format!("{}/{}", self.source.reference.namespace, self.source.reference.name)
    }

    fn work(&self, trigger: String, input: Value) -> NewWork {
        NewWork {
            tenant: self.tenant.clone(),
            source: self.source.clone(),
            input,
            requester: self.requester.clone(),
            trigger,
        }
    }
}

/// The attributes of what a `schedule.on` listens to. One event starts one run: whatever of the
/// standard would need an event to be held back or evaluated first is refused, not read otherwise.
fn patterns(on: &EventConsumption) -> Result<Vec<serde_json::Map<String, Value>>, UnusableRule> {
    if !on.is_plain() {
        let says = "`schedule.on` starts at one event with plain values: let the run itself `listen` \
                    for more";
        return Err(UnusableRule(says.to_owned()));
    }
    let filters = match on {
        EventConsumption::One(pattern) => std::slice::from_ref(pattern),
        EventConsumption::Any { filters, .. } if filters.is_empty() => {
            return Ok(vec![serde_json::Map::new()]);
        }
        EventConsumption::Any { filters, .. } | EventConsumption::All(filters) => filters,
    };
    Ok(filters.iter().map(|filter| filter.with.clone()).collect())
}

impl Schedules {
    /// Adds a playbook.
    pub fn add(&mut self, scheduled: Scheduled) {
        self.0.push(scheduled);
    }

    /// Starts what is due, notes what was missed.
    pub(crate) async fn fire(&self, runtime: &Runtime) -> Result<(), RuntimeError> {
        for scheduled in &self.0 {
            if let Some(rule) = &scheduled.rule {
                fire_one(runtime, scheduled, rule).await?;
            }
        }
        Ok(())
    }

    /// When the next one is due.
    pub(crate) fn next_due(&self, runtime: &Runtime) -> Result<Option<Timestamp>, JournalError> {
        let mut next = Vec::new();
        for scheduled in self.0.iter().filter(|scheduled| scheduled.rule.is_some()) {
            let row = runtime.world.reader.schedule(&scheduled.tenant, &scheduled.name())?;
            next.extend(row.and_then(|row| row.next));
        }
        Ok(next.into_iter().min())
    }

    /// The runs that an event starts. The same event starts the same runs, however often it comes.
    pub(crate) fn started_by(
        &self,
        tenant: &TenantId,
        (event, from): (&Value, Origin),
        at: Timestamp,
    ) -> Vec<NewRun> {
        let fits = |pattern: &serde_json::Map<String, Value>| {
            pattern.iter().all(|(name, wanted)| event.get(name) == Some(wanted))
        };
        let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
        let trigger = format!("event {} of {}", text("id"), text("source"));
        let start = |scheduled: &Scheduled| {
            let (name, source) = (scheduled.name(), from.known_as(text("source")));
            let digest = <sha2::Sha256 as sha2::Digest>::digest(
                json!([scheduled.tenant, name, source, text("id")]).to_string(),
            );
            let seed = digest[8..16].iter().fold(0, |seed, byte| seed << 8 | u64::from(*byte));
            // The standard: the input is the array of the events that started the run.
            let work = scheduled.work(trigger.clone(), json!([event]));
            let start = Start {
                run: format!("r-{}", to_hex(&digest[..8])),
                tenant: work.tenant,
                playbook: work.source.reference,
                input: work.input,
                requester: work.requester,
                trigger: work.trigger,
                seed,
                flags: Vec::new(),
            };
            NewRun { start, text: work.source.text, parent: None, at, once: Once::default() }
        };
        self.0
            .iter()
            .filter(|scheduled| scheduled.tenant == *tenant && scheduled.on.iter().any(fits))
            .map(start)
            .collect()
    }
}

async fn fire_one(
    runtime: &Runtime,
    scheduled: &Scheduled,
    rule: &Rule,
) -> Result<(), RuntimeError> {
    let now = whole_micros(runtime.world.clock.now());
    let (tenant, name) = (scheduled.tenant.clone(), scheduled.name());
    let kept = runtime.world.reader.schedule(&tenant, &name)?;
    let Some(row) = kept.filter(|row| row.rule == rule.as_text()) else {
        let next = rule.first(now);
        let row = ScheduleRow { name, rule: rule.as_text(), last: None, next };
        let keep = move |transaction: &rusqlite::Transaction<'_>, _: &dyn crate::AuditSink| {
            keep_schedule(transaction, &tenant, &row)
        };
        return Ok(runtime.world.journal.write(keep).await?);
    };
    let due = match (row.next, rule) {
        (Some(next), _) => next,
        (None, Rule::After(wait)) => {
            let Some(ended) = last_ended(runtime, scheduled, row.last)? else { return Ok(()) };
            ended + *wait
        }
        (None, _) => return Ok(()),
    };
    if due > now {
        if row.next.is_none() {
            let moved = ScheduleRow { next: Some(due), ..row };
            let keep = move |transaction: &rusqlite::Transaction<'_>, _: &dyn crate::AuditSink| {
                keep_schedule(transaction, &tenant, &moved)
            };
            runtime.world.journal.write(keep).await?;
        }
        return Ok(());
    }
    start_due(runtime, scheduled, rule, row, due, now).await
}

async fn start_due(
    runtime: &Runtime,
    scheduled: &Scheduled,
    rule: &Rule,
    row: ScheduleRow,
    due: Timestamp,
    now: Timestamp,
) -> Result<(), RuntimeError> {
    let passed = rule.passed(due, now, MOST_MISSED);
    let (last, missed) = passed.split_last().map_or((due, &[][..]), |(last, rest)| (*last, rest));
    let in_time = now - last <= scheduled.grace;
    let mut missed = missed.to_vec();
    if !in_time {
        missed.push(last);
    }
    let mut run =
        runtime.new_run(scheduled.work(format!("schedule {}", last.to_rfc3339()), json!({})))?;
    // The same time starts the same run, however often this is tried.
    let digest = <sha2::Sha256 as sha2::Digest>::digest(format!(
        "{} {} {}",
        scheduled.tenant,
        scheduled.name(),
        last.timestamp_micros()
    ));
    run.start.run = format!("r-{}", to_hex(&digest[..8]));
    let (tenant, name) = (scheduled.tenant.clone(), scheduled.name());
    let next = if in_time { rule.next(last, now) } else { rule.next(last, now).or(Some(now)) };
    let work = move |transaction: &rusqlite::Transaction<'_>, _: &dyn crate::AuditSink| {
        if !set_fired(transaction, &tenant, &row, Some(last), next)? && row.next.is_some() {
            return Ok(());
        }
        for at in &missed {
            note_missed(transaction, &tenant, &name, *at, now)?;
        }
        if in_time {
            create(transaction, &run)?;
        }
        Ok(())
    };
    Ok(runtime.world.journal.write(work).await?)
}

/// When the run that the schedule started last ended; `None` while it has not.
fn last_ended(
    runtime: &Runtime,
    scheduled: &Scheduled,
    last: Option<Timestamp>,
) -> Result<Option<Timestamp>, JournalError> {
    let reference = &scheduled.source.reference;
    let runs = runtime.world.reader.runs(&scheduled.tenant, 1_000)?;
    let found =
        runs.iter().find(|run| run.namespace == reference.namespace && run.name == reference.name);
    Ok(found.map_or(last, |run| run.ended))
}

/// The most missed times that are noted one by one.
const MOST_MISSED: usize = 1_000;

#[cfg(test)]
mod tests {
    use kompel_engine::language;

    use super::*;

    fn playbook(on: &str) -> Result<language::Playbook, Vec<language::Mistake>> {
        let text = format!(
            "document: {{dsl: '1.0.3', namespace: t, name: p, version: '1.0.0'}}\n\
             schedule: {{on: {on}}}\ndo:\n  - one: {{set: {{x: 1}}}}\n"
        );
        language::parse(&text, "p.yaml")
    }

    #[test]
    fn one_event_starts_a_run_and_what_would_need_more_is_refused() {
        for (on, count) in [
            ("{one: {with: {type: a}}}", 1),
            ("{any: [{with: {type: a}}, {with: {type: b, source: /x}}]}", 2),
            ("{any: []}", 1),
            ("{all: [{with: {type: a}}]}", 1),
        ] {
            let schedule = playbook(on).unwrap().schedule.unwrap();
            assert_eq!(patterns(schedule.on.as_ref().unwrap()).unwrap().len(), count, "{on}");
        }
        for on in [
            "{all: [{with: {type: a}}, {with: {type: b}}]}",
            "{one: {with: {type: a, subject: '${ . == \"x\" }'}}}",
            "{one: {with: {type: a}, correlate: {k: {from: .data.k}}}}",
            "{any: [{with: {type: a}}], until: '${ true }'}",
        ] {
            let mistakes = playbook(on).unwrap_err();
            assert_eq!(mistakes[0].code, "event-start", "{on}: {mistakes:?}");
        }
        let one = playbook("{one: {with: {type: a}}}").unwrap().schedule.unwrap().on.unwrap();
        let EventConsumption::One(pattern) = one else { panic!("it is one") };
        assert!(patterns(&EventConsumption::All(vec![pattern.clone(), pattern])).is_err());
    }
}
