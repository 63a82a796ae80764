//! `try`: attempts, which errors are caught, repeats, `catch.do`.

use serde_json::{Value, json};

use super::{
    data::Scope,
    requests::later,
    state::{Activity, Attempts, Purpose, State, Todo},
    stepper::Stepper,
};
use crate::{
    Fault,
    language::{Backoff, Catch, ErrorFilter, Retry, RetryPolicy, TaskKind, Try, same_error_type},
};

/// A repeat's delay never grows beyond this.
const LONGEST_DELAY_MS: u64 = 366 * 86_400_000;

impl Stepper<'_> {
    fn trial(&self, activity: u64) -> Option<&'_ Try> {
        let reference = &self.performance(activity)?.task;
        match &self.program.task(reference)?.kind {
            TaskKind::Try(trial) => Some(trial),
            _ => None,
        }
    }

    fn policy<'c>(&'c self, catch: &'c Catch) -> Option<&'c RetryPolicy> {
        match catch.retry.as_ref()? {
            Retry::Policy(policy) => Some(policy),
            Retry::Named(name) => self.program.playbook().use_.retries.get(name),
        }
    }

    /// Begins an attempt: the first one, or the one after a pause.
    pub(super) fn attempt_again(&mut self, activity: u64) {
        let Some(task) = self.performance(activity) else { return };
        let State::Pausing(attempts) = &task.state else { return };
        let (mut attempts, input) = (attempts.clone(), task.input.clone());
        let limit = self
            .trial(activity)
            .and_then(|trial| self.policy(&trial.catch)?.limit.as_ref()?.attempt_duration.clone());
        if let (Some(limit), Some(whole)) = (limit, self.run.activities.get(&activity)) {
            match self.milliseconds(&limit, &input, &Scope::of(whole)) {
                Ok(after) => self.wake(Some(activity), Purpose::AttemptTimeout, after),
                Err(fault) => {
                    self.todo.push(Todo::Failed { activity, fault });
                    return;
                }
            }
        }
        self.begin_inner(activity, "try", input);
        if let Some(Todo::List { child, .. }) = self.todo.last() {
            attempts.attempt = Some(*child);
        }
        self.set_state(activity, State::Trying(attempts));
    }

    /// An attempt's time is over: what it was doing is abandoned, and its error may be caught.
    pub(super) fn attempt_timed_out(&mut self, activity: u64, fault: Fault) {
        let instance = self.performance(activity).map(|task| task.task.clone());
        self.remove_children(activity);
        let fault = Fault { instance, ..fault };
        if let Err(fault) = self.caught(activity, activity, fault) {
            self.fail_task(activity, fault);
        }
    }

    /// A child of this activity failed: takes care of it, or gives the error back.
    pub(super) fn caught(&mut self, activity: u64, _child: u64, fault: Fault) -> Result<(), Fault> {
        let Some(task) = self.performance(activity) else { return Err(fault) };
        let State::Trying(attempts) = &task.state else { return Err(fault) };
        let (attempts, input) = (attempts.clone(), task.input.clone());
        let Some(trial) = self.trial(activity) else { return Err(fault) };
        let catch = trial.catch.clone();
        let Some(whole) = self.run.activities.get(&activity) else { return Err(fault) };
        if !self.catches(&catch, whole, &input, &fault)? {
            return Err(fault);
        }
        self.withdraw_purpose(activity, Purpose::AttemptTimeout);
        if let Some(policy) = self.policy(&catch).cloned() {
            if let Some(after) = self.repeat_after(activity, &policy, &catch, &attempts, &fault)? {
                let attempts =
                    Attempts { repeats: attempts.repeats + 1, attempt: None, ..attempts };
                self.set_state(activity, State::Pausing(attempts));
                self.wake(Some(activity), Purpose::Pause, after);
                return Ok(());
            }
            if catch.tasks.is_none() {
                return Err(fault);
            }
        }
        self.set_state(activity, State::Handling);
        if catch.tasks.is_some() {
            self.begin_inner(activity, "catch/do", input);
            if let Some(Todo::List { variables, .. }) = self.todo.last_mut() {
                variables.insert(catch.error_variable().to_owned(), json!(fault));
            }
        } else {
            self.handled(activity, input);
        }
        Ok(())
    }

    fn catches(
        &self,
        catch: &Catch,
        whole: &Activity,
        input: &Value,
        fault: &Fault,
    ) -> Result<bool, Fault> {
        if catch.errors.as_ref().is_some_and(|filter| !fits(filter, fault)) {
            return Ok(false);
        }
        let scope = Scope::of(whole).with(catch.error_variable(), json!(fault));
        if let Some(when) = &catch.when
            && !self.is_true(when, input, &scope)?
        {
            return Ok(false);
        }
        match &catch.except_when {
            Some(except) => Ok(!self.is_true(except, input, &scope)?),
            None => Ok(true),
        }
    }

    /// How long to wait before the next attempt; none if there is to be none.
    fn repeat_after(
        &self,
        activity: u64,
        policy: &RetryPolicy,
        catch: &Catch,
        attempts: &Attempts,
        fault: &Fault,
    ) -> Result<Option<u64>, Fault> {
        let Some(whole) = self.run.activities.get(&activity) else { return Ok(None) };
        let Some(task) = self.performance(activity) else { return Ok(None) };
        let (input, scope) = (&task.input, Scope::of(whole));
        let scope = scope.with(catch.error_variable(), json!(fault));
        if let Some(when) = &policy.when
            && !self.is_true(when, input, &scope)?
        {
            return Ok(None);
        }
        if let Some(except) = &policy.except_when
            && self.is_true(except, input, &scope)?
        {
            return Ok(None);
        }
        let limit = policy.limit.clone().unwrap_or_default();
        if limit.attempt_count.is_some_and(|most| attempts.repeats >= most) {
            return Ok(None);
        }
        let delay = match &policy.delay {
            Some(delay) => self.milliseconds(delay, input, &scope)?,
            None => 0,
        };
        let mut after = match policy.backoff {
            Some(Backoff::Constant) | None => delay,
            Some(Backoff::Linear) => delay.saturating_mul(u64::from(attempts.repeats) + 1),
            Some(Backoff::Exponential) => {
                delay.saturating_mul(1_u64.checked_shl(attempts.repeats).unwrap_or(u64::MAX))
            }
        };
        if let Some((least, most)) = &policy.jitter {
            let least = self.milliseconds(least, input, &scope)?;
            let most = self.milliseconds(most, input, &scope)?;
            after = after.saturating_add(self.jitter(activity, attempts.repeats, least, most));
        }
        let after = after.min(LONGEST_DELAY_MS);
        if let Some(longest) = &limit.duration {
            let longest = self.milliseconds(longest, input, &scope)?;
            if later(self.now, after) > later(attempts.since, longest) {
                return Ok(None);
            }
        }
        Ok(Some(after))
    }

    fn jitter(&self, activity: u64, repeats: u32, least: u64, most: u64) -> u64 {
        let (_, step) = self.names(activity);
        let random = self.random(&format!("jitter {} {repeats}", step.0));
        let mut first = [0; 8];
        first.copy_from_slice(&random[..8]);
        let width = most.saturating_sub(least).saturating_add(1);
        least.saturating_add(u64::from_be_bytes(first) % width)
    }

    /// The error has been dealt with.
    pub(super) fn handled(&mut self, activity: u64, output: Value) {
        let then = self.trial(activity).and_then(|trial| trial.catch.then.clone());
        self.todo.push(Todo::Finish { activity, output, then });
    }
}

fn fits(filter: &ErrorFilter, fault: &Fault) -> bool {
    let same =
        |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
    filter.kind.as_ref().is_none_or(|kind| same_error_type(kind, &fault.kind))
        && filter.status.is_none_or(|status| status == fault.status)
        && same(&filter.instance, &fault.instance)
        && same(&filter.title, &fault.title)
        && same(&filter.detail, &fault.detail)
}
