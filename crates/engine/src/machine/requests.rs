//! Requests to the world: opening, answering and withdrawing them.

use kompel_model::Timestamp;

use super::{
    state::{Purpose, Request},
    stepper::Stepper,
};
use crate::{CallId, Effect, ListenerId, TimerId};

impl Stepper<'_> {
    pub(super) fn number(&mut self) -> u64 {
        let number = self.run.next;
        self.run.next += 1;
        number
    }

    /// Asks the world for something; `effect` is made of the request's number.
    pub(super) fn ask(
        &mut self,
        activity: Option<u64>,
        purpose: Purpose,
        effect: impl FnOnce(u64) -> Effect,
    ) {
        let number = self.number();
        let effect = effect(number);
        self.effects.push(effect.clone());
        self.run.requests.insert(number, Request { activity, purpose, effect });
    }

    pub(super) fn wake(&mut self, activity: Option<u64>, purpose: Purpose, after_ms: u64) {
        let at = later(self.now, after_ms);
        self.ask(activity, purpose, |number| Effect::Wake { timer: TimerId(number), at });
    }

    /// Withdraws a request; one that this very step made was never made.
    pub(super) fn withdraw(&mut self, number: u64) {
        let Some(request) = self.run.requests.remove(&number) else { return };
        if let Some(at) = self.effects.iter().position(|effect| *effect == request.effect) {
            self.effects.remove(at);
            return;
        }
        self.effects.push(match request.effect {
            Effect::Wake { timer, .. } => Effect::DropTimer(timer),
            Effect::Listen { listener, .. } => Effect::DropListener(listener),
            _ => Effect::AbandonCall(CallId(number)),
        });
    }

    /// Withdraws an activity's requests of one purpose.
    pub(super) fn withdraw_purpose(&mut self, activity: u64, purpose: Purpose) {
        let open = self.run.requests.iter();
        let numbers: Vec<u64> = open
            .filter(|(_, request)| request.activity == Some(activity) && request.purpose == purpose)
            .map(|(number, _)| *number)
            .collect();
        numbers.into_iter().for_each(|number| self.withdraw(number));
    }

    /// Ends an activity with everything below it, and withdraws their requests.
    pub(super) fn remove(&mut self, activity: u64) {
        let mut gone = vec![activity];
        let mut at = 0;
        while let Some(parent) = gone.get(at).copied() {
            let children = self.run.activities.iter().filter(|(_, a)| a.parent == Some(parent));
            gone.extend(children.map(|(child, _)| *child));
            at += 1;
        }
        for activity in &gone {
            self.run.activities.remove(activity);
        }
        let of_gone = |request: &Request| request.activity.is_some_and(|a| gone.contains(&a));
        let open = self.run.requests.iter().filter(|(_, request)| of_gone(request));
        let numbers: Vec<u64> = open.map(|(number, _)| *number).collect();
        numbers.into_iter().for_each(|number| self.withdraw(number));
    }

    /// Ends an activity's children.
    pub(super) fn remove_children(&mut self, activity: u64) {
        let children = self.run.activities.iter().filter(|(_, a)| a.parent == Some(activity));
        let children: Vec<u64> = children.map(|(child, _)| *child).collect();
        children.into_iter().for_each(|child| self.remove(child));
    }

    pub(super) fn listen(&mut self, activity: u64, filters: Vec<crate::EventFilter>) {
        self.ask(Some(activity), Purpose::Events, |number| Effect::Listen {
            listener: ListenerId(number),
            filters,
        });
    }
}

/// A time so many milliseconds later; the end of time at most.
pub(super) fn later(now: Timestamp, milliseconds: u64) -> Timestamp {
    let span = i64::try_from(milliseconds).ok().and_then(chrono::TimeDelta::try_milliseconds);
    span.and_then(|span| now.checked_add_signed(span)).unwrap_or(Timestamp::MAX_UTC)
}
