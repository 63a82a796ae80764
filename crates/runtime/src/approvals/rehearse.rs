//! Foreseeing what a run would do: its machine goes on in a copy, reads are performed, writes only
//! planned, approvals taken as given, timers jump.
//!
//! Changes nothing anywhere: it calls no `perform` but that of reads, publishes nothing, asks
//! nobody and writes no journal.

use std::collections::BTreeSet;

use kompel_connect::Call;
use kompel_engine::{
    CallId, Effect, Fault, Input, StepKey, TaskRef, TimerId,
    act::{Book, PlannedStep, Refusal, RehearsedPlan, fault_of},
    machine::{Program, Run},
};
use kompel_model::{ActionName, Plan, TenantId, Timestamp};
use serde_json::{Value, json};

use crate::driver::{
    ASK, UNDO_ALL, UNDO_STEP, World, call_with_limits, refusal_of, start_of_child,
};

/// What to rehearse.
pub(crate) struct Rehearsal<'a> {
    world: &'a World,
    tenant: &'a TenantId,
    run: &'a str,
    now: Timestamp,
    plan: RehearsedPlan,
    /// Calls that are under way in the real run already: not foreseen, but done.
    under_way: BTreeSet<CallId>,
    steps_left: u32,
    depth: u32,
}

/// What the rest of the run would do, from where its machine stands.
pub(crate) async fn rehearse(
    world: &World,
    (tenant, run): (&TenantId, &str),
    program: &Program,
    machine: Run,
    book: Option<&Book>,
    now: Timestamp,
) -> RehearsedPlan {
    let under_way = book.into_iter().flat_map(Book::calls);
    let under_way =
        under_way.filter(|call| call.act.attempts() > 0).map(|call| call.call).collect();
    let mut rehearsal = Rehearsal {
        world,
        tenant,
        run,
        now,
        plan: RehearsedPlan::default(),
        under_way,
        steps_left: MOST_STEPS,
        depth: 0,
    };
    let book = book.cloned().unwrap_or_default();
    let whole = rehearsal.go(program, machine, &book).await.is_ok();
    rehearsal.plan.whole = whole;
    rehearsal.plan
}

/// The plan ends here; why stands among its remarks.
struct EndOfPlan;

impl Rehearsal<'_> {
    /// Goes on until the machine ends or nothing can be foreseen; gives its output or fault.
    async fn go(
        &mut self,
        program: &Program,
        mut machine: Run,
        book: &Book,
    ) -> Result<Result<Value, Fault>, EndOfPlan> {
        loop {
            if let Some(ending) = machine.ending() {
                return Ok(self.ended(ending.clone()));
            }
            let pending = machine.pending();
            let input = match self.answer_first(&pending, book).await? {
                Some(input) => input,
                None => self.jump(&pending)?,
            };
            self.steps_left = self.steps_left.checked_sub(1).ok_or_else(|| {
                self.plan.remarks.push("the plan is too long to be foreseen whole".to_owned());
                EndOfPlan
            })?;
            machine.step(program, self.now, &input);
        }
    }

    fn ended(&mut self, ending: kompel_engine::Ending) -> Result<Value, Fault> {
        match ending {
            kompel_engine::Ending::Completed { output } => Ok(output),
            kompel_engine::Ending::Faulted { fault } => {
                let detail = fault.detail.clone().or_else(|| fault.title.clone());
                let at = fault.instance.clone().unwrap_or_default();
                let detail = detail.unwrap_or_else(|| fault.kind.clone());
                self.plan.remarks.push(format!("the run would fail at {at}: {detail}"));
                Err(fault)
            }
            kompel_engine::Ending::Cancelled { why, .. } => {
                Err(kompel_engine::act::kompel_fault("cancelled", 409, "cancelled", &why))
            }
        }
    }

    /// Answers the first request among what is pending.
    async fn answer_first(
        &mut self,
        pending: &[Effect],
        book: &Book,
    ) -> Result<Option<Input>, EndOfPlan> {
        for effect in pending {
            match effect {
                Effect::Act { call, task, step, action, input } => {
                    let place = (task, step);
                    return self.act(*call, place, action, input, book).await.map(Some);
                }
                Effect::RunPlaybook { call, namespace, name, version, input, wait, .. } => {
                    let wanted = (namespace.as_str(), name.as_str(), version.as_str());
                    let answer = Box::pin(self.child(wanted, input)).await?;
                    let answer = if *wait { answer } else { Ok(Value::Null) };
                    return Ok(Some(input_of(*call, answer)));
                }
                Effect::Emit { call, .. } => {
                    return Ok(Some(Input::Done { call: *call, output: Value::Null }));
                }
                Effect::Wake { .. }
                | Effect::Listen { .. }
                | Effect::AbandonCall(_)
                | Effect::DropTimer(_)
                | Effect::DropListener(_)
                | Effect::End(_) => {}
            }
        }
        Ok(None)
    }

    /// Nothing but waiting is left: the earliest timer, unless an event might come first.
    fn jump(&mut self, pending: &[Effect]) -> Result<Input, EndOfPlan> {
        let listens = pending.iter().any(|effect| matches!(effect, Effect::Listen { .. }));
        let first: Option<(Timestamp, TimerId)> = pending
            .iter()
            .filter_map(|effect| match effect {
                Effect::Wake { timer, at } => Some((*at, *timer)),
                _ => None,
            })
            .min();
        match first {
            Some((at, timer)) if !listens => {
                self.now = self.now.max(at);
                Ok(Input::Woke { timer })
            }
            Some(_) | None => {
                let remark = "the run waits for an event here; what comes after it is not planned";
                self.plan.remarks.push(remark.to_owned());
                Err(EndOfPlan)
            }
        }
    }

    async fn act(
        &mut self,
        call: CallId,
        (task, step): (&TaskRef, &StepKey),
        action: &ActionName,
        input: &Value,
        book: &Book,
    ) -> Result<Input, EndOfPlan> {
        match action.as_str() {
            ASK => {
                let output = json!({"approved": true, "answers": [], "planHash": ""});
                return Ok(Input::Done { call, output });
            }
            UNDO_ALL | UNDO_STEP => {
                self.plan.remarks.push(format!("{task} would take back what was done before"));
                let output = json!({"undone": [], "remaining": []});
                return Ok(Input::Done { call, output });
            }
            _ => {}
        }
        if self.depth == 0 && self.under_way.contains(&call) {
            return Ok(self.already_sent(call, book));
        }
        let resolved = match self.world.registry.resolve(self.tenant, action, input) {
            Ok(resolved) => resolved,
            Err(refusal) => return Ok(self.unplanned(call, task, action, &refusal)),
        };
        let request = Call {
            connection: resolved.connection.clone(),
            input: resolved.input.clone(),
            key: format!("{}/{}", self.run, step.0),
            at: self.now,
        };
        let world = self.world;
        if !resolved.spec.effect.writes() {
            let answer =
                call_with_limits(world, &resolved, resolved.action.perform(&request)).await;
            return Ok(match answer {
                Ok(output) => Input::Done { call, output },
                Err(error) => failed(call, &refusal_of(&error)),
            });
        }
        match call_with_limits(world, &resolved, resolved.action.plan(&request)).await {
            Ok(plan) => Ok(self.planned(call, (task, step), action, &resolved, plan)),
            Err(error) => Ok(self.unplanned(call, task, action, &refusal_of(&error))),
        }
    }

    /// A write that can't be planned: who approves should know that it is not among the steps, even
    /// where the playbook goes on without it.
    fn unplanned(
        &mut self,
        call: CallId,
        task: &TaskRef,
        action: &ActionName,
        refusal: &Refusal,
    ) -> Input {
        let fault = fault_of(refusal);
        let why = fault.detail.as_ref().or(fault.title.as_ref()).unwrap_or(&fault.kind);
        self.plan.remarks.push(format!("{task} is not planned, {action} refuses: {why}"));
        Input::Failed { call, fault }
    }

    fn already_sent(&self, call: CallId, book: &Book) -> Input {
        let found = book.call(call);
        let output = found.and_then(|call| {
            let predicted = call.act.plan().map(|(plan, _)| plan.predicted.clone());
            call.act.output().cloned().or(predicted)
        });
        Input::Done { call, output: output.unwrap_or(Value::Null) }
    }

    fn planned(
        &mut self,
        call: CallId,
        (task, step): (&TaskRef, &StepKey),
        action: &ActionName,
        resolved: &crate::driver::Resolved,
        plan: Plan,
    ) -> Input {
        let output = plan.predicted.clone();
        self.plan.steps.push(PlannedStep {
            task: task.clone(),
            step: step.clone(),
            action: action.clone(),
            connection: Some(resolved.connection.name.clone()),
            effect: resolved.spec.effect.clone(),
            hash: plan.hash(self.tenant, action, &resolved.bound),
            plan,
        });
        Input::Done { call, output }
    }

    async fn child(
        &mut self,
        (namespace, name, version): (&str, &str, &str),
        input: &Value,
    ) -> Result<Result<Value, Fault>, EndOfPlan> {
        let world = self.world;
        let found = world.library.find(self.tenant, namespace, name, version);
        let Some(source) = found else {
            let detail = format!("no playbook {namespace}/{name} {version} exists here");
            return Ok(Err(fault_of(&crate::driver::not_configured(detail))));
        };
        if self.depth >= DEEPEST {
            self.plan.remarks.push(format!("playbooks start each other too deep at {name}"));
            return Err(EndOfPlan);
        }
        let program = match world.programs.compiled(&source.reference.digest, &source.text) {
            Ok(program) => program,
            Err(why) => {
                self.plan.remarks.push(format!("{name} can't be read: {why}"));
                return Err(EndOfPlan);
            }
        };
        let start = start_of_child(self.tenant, self.run, &source, input);
        let (machine, _) = Run::start(&program, &start, self.now);
        self.depth += 1;
        let answer = self.go(&program, machine, &Book::default()).await;
        self.depth -= 1;
        answer
    }
}

fn failed(call: CallId, refusal: &Refusal) -> Input {
    Input::Failed { call, fault: fault_of(refusal) }
}

fn input_of(call: CallId, answer: Result<Value, Fault>) -> Input {
    match answer {
        Ok(output) => Input::Done { call, output },
        Err(fault) => Input::Failed { call, fault },
    }
}

/// The most steps that are foreseen.
const MOST_STEPS: u32 = 10_000;

/// How deep playbooks may start each other.
const DEEPEST: u32 = 8;
