//! `listen`: which events are consumed, when it is enough, and the rounds of `foreach`.

use std::collections::BTreeMap;

use kompel_model::PlanHash;
use serde_json::{Value, json};

use super::{
    data::Scope,
    state::{Listening, Purpose, State, Todo},
    stepper::Stepper,
};
use crate::{
    EventFilter, Fault,
    language::{
        Correlation, EventConsumption, EventPattern, Expression, Foreach, Listen, ReadAs, TaskKind,
        Until, embedded_expression,
    },
};

impl Stepper<'_> {
    fn listen_task(&self, activity: u64) -> Option<&'_ Listen> {
        match &self.program.task(&self.performance(activity)?.task)?.kind {
            TaskKind::Listen(listen) => Some(listen),
            _ => None,
        }
    }

    fn listening_mut(&mut self, activity: u64) -> Option<&mut Listening> {
        match self.state_mut(activity)? {
            State::Listening(listening) => Some(listening),
            _ => None,
        }
    }

    pub(super) fn begin_listening(&mut self, activity: u64, listen: &Listen) -> Result<(), Fault> {
        let listening = Listening {
            met: Default::default(),
            until_met: Default::default(),
            correlations: BTreeMap::new(),
            read: Vec::new(),
            queue: Default::default(),
            round: None,
            rounds: 0,
            outputs: Vec::new(),
            enough: false,
        };
        self.set_state(activity, State::Listening(Box::new(listening)));
        let mut filters = Vec::new();
        worth_bringing(&listen.to, &mut filters);
        self.listen(activity, filters);
        Ok(())
    }

    /// An event has come: every `listen` that waits for it consumes it; none does so twice.
    pub(super) fn event(&mut self, event: &Value) {
        let key = event_key(event);
        if self.run.consumed.contains(&key) {
            return;
        }
        let waits = |request: &&super::state::Request| request.purpose == Purpose::Events;
        let waiting: Vec<u64> =
            self.run.requests.values().filter(waits).filter_map(|r| r.activity).collect();
        for activity in waiting.into_iter().rev() {
            match self.offer(activity, event) {
                Ok(true) => {
                    self.run.consumed.insert(key.clone());
                    self.todo.push(Todo::Events { activity });
                }
                Ok(false) => {}
                Err(fault) => self.todo.push(Todo::Failed { activity, fault }),
            }
        }
    }

    /// True if the event was consumed.
    fn offer(&mut self, activity: u64, event: &Value) -> Result<bool, Fault> {
        let Some(listen) = self.listen_task(activity).cloned() else { return Ok(false) };
        let (consumed, enough) = match &listen.to {
            EventConsumption::Any { until: Some(Until::Consumed(until)), .. }
                if self.consumes(activity, until, event, true)?.0 =>
            {
                let enough = self.consumes_enough(activity, until);
                if enough {
                    self.enough(activity);
                }
                return Ok(true);
            }
            to => {
                let (consumed, _) = self.consumes(activity, to, event, false)?;
                (consumed, consumed && self.is_enough(activity, to))
            }
        };
        if !consumed {
            return Ok(false);
        }
        let item = read(event, listen.read.unwrap_or_default());
        let goes_through = listen.foreach.is_some();
        let Some(listening) = self.listening_mut(activity) else { return Ok(false) };
        listening.read.push(item.clone());
        if goes_through {
            listening.queue.push_back(item);
        } else {
            listening.outputs.push(item);
        }
        let so_far = Value::from(listening.read.clone());
        let enough = match &listen.to {
            EventConsumption::Any { until: Some(Until::Condition(condition)), .. } => {
                let Some(whole) = self.run.activities.get(&activity) else { return Ok(true) };
                self.is_true(condition, &so_far, &Scope::of(whole))?
            }
            _ => enough,
        };
        if enough {
            self.enough(activity);
        }
        Ok(true)
    }

    fn enough(&mut self, activity: u64) {
        if let Some(listening) = self.listening_mut(activity) {
            listening.enough = true;
        }
        self.withdraw_purpose(activity, Purpose::Events);
    }

    /// Whether a strategy takes this event, and by which of its patterns; notes it if so.
    fn consumes(
        &mut self,
        activity: u64,
        to: &EventConsumption,
        event: &Value,
        until: bool,
    ) -> Result<(bool, usize), Fault> {
        let Some(listening) = self.listening_mut(activity) else { return Ok((false, 0)) };
        let met = if until { listening.until_met.clone() } else { listening.met.clone() };
        let all = matches!(to, EventConsumption::All(_));
        let patterns = patterns(to);
        if patterns.is_empty() {
            return Ok((true, 0));
        }
        for (index, pattern) in patterns.iter().enumerate() {
            if all && met.contains(&index) {
                continue;
            }
            let Some(bound) = self.fits(activity, pattern, event)? else { continue };
            if let Some(listening) = self.listening_mut(activity) {
                listening.correlations.extend(bound);
                let met = if until { &mut listening.until_met } else { &mut listening.met };
                met.insert(index);
            }
            return Ok((true, index));
        }
        Ok((false, 0))
    }

    fn is_enough(&mut self, activity: u64, to: &EventConsumption) -> bool {
        match to {
            EventConsumption::All(patterns) => {
                self.listening_mut(activity).is_some_and(|l| l.met.len() == patterns.len())
            }
            EventConsumption::Any { until, .. } => until.is_none(),
            EventConsumption::One(_) => true,
        }
    }

    fn consumes_enough(&mut self, activity: u64, until: &EventConsumption) -> bool {
        match until {
            EventConsumption::All(patterns) => {
                self.listening_mut(activity).is_some_and(|l| l.until_met.len() == patterns.len())
            }
            EventConsumption::Any { .. } | EventConsumption::One(_) => true,
        }
    }

    /// The correlations that the event binds, if it fits the pattern.
    fn fits(
        &self,
        activity: u64,
        pattern: &EventPattern,
        event: &Value,
    ) -> Result<Option<BTreeMap<String, Value>>, Fault> {
        let Some(whole) = self.run.activities.get(&activity) else { return Ok(None) };
        let Some(task) = self.performance(activity) else { return Ok(None) };
        let State::Listening(listening) = &task.state else { return Ok(None) };
        let scope = Scope::of(whole);
        for (name, wanted) in &pattern.with {
            let found = event.get(name).unwrap_or(&Value::Null);
            let fits = match wanted.as_str().and_then(embedded_expression) {
                Some(text) => match self.expression(&Expression::new(text), found, &scope) {
                    Ok(Value::Bool(fits)) => fits,
                    Ok(value) => !value.is_null() && value == *found,
                    // An event of another shape does not fit; it does not break the run.
                    Err(_) => false,
                },
                None => self.fill(wanted, &task.input, &scope)? == *found,
            };
            if !fits {
                return Ok(None);
            }
        }
        let mut bound = BTreeMap::new();
        for (name, correlation) in &pattern.correlate {
            let Ok(value) = self.expression(&correlation.from, event, &scope) else {
                return Ok(None);
            };
            let expected = self.expected(correlation, &task.input, &scope)?;
            match expected.as_ref().or_else(|| listening.correlations.get(name)) {
                _ if value.is_null() => return Ok(None),
                Some(expected) if !same(expected, &value) => return Ok(None),
                Some(_) => {}
                None => drop(bound.insert(name.clone(), value)),
            }
        }
        Ok(Some(bound))
    }

    fn expected(
        &self,
        correlation: &Correlation,
        input: &Value,
        scope: &Scope<'_>,
    ) -> Result<Option<Value>, Fault> {
        let expect = correlation.expect.as_ref();
        expect.map(|expect| self.fill(&json!(expect), input, scope)).transpose()
    }

    /// Begins the next round of `foreach`, or ends the `listen` if it has enough.
    pub(super) fn next_event(&mut self, activity: u64) -> Result<(), Fault> {
        let program = self.program;
        let Some(task) = self.performance(activity) else { return Ok(()) };
        let reference = task.task.clone();
        let foreach = match program.task(&reference).map(|task| &task.kind) {
            Some(TaskKind::Listen(listen)) => listen.foreach.as_ref(),
            _ => None,
        };
        let Some(listening) = self.listening_mut(activity) else { return Ok(()) };
        if listening.round.is_some() {
            return Ok(());
        }
        let Some(item) = listening.queue.front().cloned() else {
            if listening.enough {
                let outputs = Value::from(std::mem::take(&mut listening.outputs));
                self.set_state(activity, State::Body);
                self.finish_with(activity, outputs);
            }
            return Ok(());
        };
        let Some(foreach) = foreach else { return Ok(()) };
        let index = listening.rounds;
        if foreach.tasks.as_ref().is_none_or(Vec::is_empty) {
            return self.round_ended(activity, foreach, item);
        }
        let Some(whole) = self.run.activities.get(&activity) else { return Ok(()) };
        let mut variables = whole.variables.clone();
        variables.insert(foreach.item().to_owned(), item.clone());
        variables.insert(foreach.at().to_owned(), json!(index));
        let key = format!("{}/foreach/do[{index}]", whole.key);
        let list = format!("{reference}/foreach/do");
        let child = self.number();
        if let Some(listening) = self.listening_mut(activity) {
            listening.round = Some(child);
        }
        let (parent, input) = (Some(activity), item);
        self.todo.push(Todo::List { parent, child, list, key, input, variables });
        Ok(())
    }

    /// A round of `foreach` has ended with this output.
    pub(super) fn or_fail_round(&mut self, activity: u64, child: u64, output: Value) {
        let Some(listening) = self.listening_mut(activity) else { return };
        if listening.round != Some(child) {
            return;
        }
        let foreach = self.listen_task(activity).and_then(|listen| listen.foreach.clone());
        let Some(foreach) = foreach else { return };
        if let Err(fault) = self.round_ended(activity, &foreach, output) {
            self.todo.push(Todo::Failed { activity, fault });
        }
    }

    fn round_ended(&mut self, activity: u64, foreach: &Foreach, raw: Value) -> Result<(), Fault> {
        let Some(listening) = self.listening_mut(activity) else { return Ok(()) };
        let item = listening.queue.pop_front().unwrap_or(Value::Null);
        let index = json!(listening.rounds);
        listening.round = None;
        listening.rounds += 1;
        let Some(whole) = self.run.activities.get(&activity) else { return Ok(()) };
        let scope = || {
            let scope = Scope { raw_output: Some(&raw), ..Scope::of(whole) };
            scope.with(foreach.item(), item.clone()).with(foreach.at(), index.clone())
        };
        let output = self.given(foreach.output.as_ref(), &raw, &scope(), "output")?;
        let exports = foreach.export.as_ref().filter(|export| export.as_.is_some());
        let context = match exports {
            Some(export) => {
                let scope = Scope { output: Some(&output), ..scope() };
                Some(self.given(Some(export), &output, &scope, "exported context")?)
            }
            None => None,
        };
        if let Some(context) = context {
            self.run.context = context;
        }
        if let Some(listening) = self.listening_mut(activity) {
            listening.outputs.push(output);
        }
        self.todo.push(Todo::Events { activity });
        Ok(())
    }
}

fn patterns(to: &EventConsumption) -> &[EventPattern] {
    match to {
        EventConsumption::All(patterns) => patterns,
        EventConsumption::Any { filters, .. } => filters,
        EventConsumption::One(pattern) => std::slice::from_ref(pattern),
    }
}

fn worth_bringing(to: &EventConsumption, filters: &mut Vec<EventFilter>) {
    let patterns = patterns(to);
    if patterns.is_empty() {
        filters.push(EventFilter::default());
    }
    for pattern in patterns {
        let plain = |value: &Value| match value {
            Value::String(text) => embedded_expression(text).is_none(),
            Value::Null | Value::Bool(_) | Value::Number(_) => true,
            Value::Array(_) | Value::Object(_) => false,
        };
        let plain = pattern.with.iter().filter(|(_, value)| plain(value));
        let exactly = plain.map(|(name, value)| (name.clone(), value.clone())).collect();
        filters.push(EventFilter { exactly });
    }
    if let EventConsumption::Any { until: Some(Until::Consumed(until)), .. } = to {
        worth_bringing(until, filters);
    }
}

fn read(event: &Value, how: ReadAs) -> Value {
    match how {
        ReadAs::Envelope => event.clone(),
        ReadAs::Data => event.get("data").cloned().unwrap_or(Value::Null),
        ReadAs::Raw => {
            let raw = event.get("data_base64").or_else(|| event.get("data"));
            raw.cloned().unwrap_or(Value::Null)
        }
    }
}

/// What makes an event the same event: `source` and `id`, or its whole content if it has no id.
fn event_key(event: &Value) -> String {
    let text = |name| event.get(name).and_then(Value::as_str);
    match text("id") {
        Some(id) => format!("{} {id}", text("source").unwrap_or_default()),
        None => PlanHash::of(event).as_str().to_owned(),
    }
}

/// Equal, a number and its text included: a plain `expect` is always a text.
fn same(one: &Value, other: &Value) -> bool {
    let plain = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    one == other || plain(one).is_some_and(|text| plain(other) == Some(text))
}
