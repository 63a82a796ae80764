//! The order of things: schemas, then each example through each case, then the connection's check.

use std::{collections::BTreeSet, sync::Arc};

use futures::{FutureExt as _, future::LocalBoxFuture};
use kompel_model::ActionSpec;

use super::{
    Bench, Outcome, Report, Verdict,
    cases::{self, Stop, Tried},
    schemas,
    trial::Trial,
};
use crate::Action;

type Case = for<'a> fn(&'a Trial<'a>) -> LocalBoxFuture<'a, Tried>;

/// The cases, each with the sentence that it holds an action to.
const CASES: &[(&str, Case)] = &[
    ("a plan changes nothing", |trial| cases::plan_changes_nothing(trial).boxed_local()),
    ("what is done verifies", |trial| cases::done_verifies(trial).boxed_local()),
    ("once done, nothing is left to plan", |trial| cases::plan_after_is_empty(trial).boxed_local()),
    ("a repeat does no harm", |trial| cases::repeat_is_safe(trial).boxed_local()),
    ("a peer that is gone is unreachable", |trial| cases::gone(trial).boxed_local()),
    ("a lost answer is an unknown outcome", |trial| cases::answer_lost(trial).boxed_local()),
    ("a lost request does no harm", |trial| cases::request_lost(trial).boxed_local()),
    ("a peer's limit is respected", |trial| cases::limited(trial).boxed_local()),
    ("a peer's failure is not taken for a refusal", |trial| cases::peer_fails(trial).boxed_local()),
    ("undo brings back what was", |trial| cases::undo(trial).boxed_local()),
    ("without permission nothing is done", |trial| cases::denied(trial).boxed_local()),
];

/// Tries every action of a connector by what it declares.
pub async fn run(bench: &dyn Bench) -> Report {
    let connector = bench.connector();
    let (actions, examples) = (connector.actions(), bench.examples());
    let mut report = Report::default();
    for action in &actions {
        let spec = action.spec();
        let of_action = || examples.iter().filter(|one| one.action == spec.name.as_str());
        let verdict = verdict(schemas::check(&spec, of_action()));
        report.push(&spec, "", "its schemas are right and its examples fit", verdict);
    }
    let peer = match bench.start().await {
        Ok(peer) => peer,
        Err(not_run) => {
            report.not_started = Some(not_run.0);
            return report;
        }
    };
    let mut heard = BTreeSet::new();
    for example in &examples {
        let Some(action) = find(&actions, example.action) else { continue };
        let trial = Trial::new(peer.as_ref(), &actions, action, example);
        for (sentence, case) in CASES {
            let tried = case(&trial).await;
            report.push(&action.spec(), example.name, sentence, verdict(tried));
        }
        heard.append(&mut trial.heard());
    }
    let check = cases::check_changes_nothing(connector.as_ref(), peer.as_ref(), examples.first());
    report.outcomes.push(Outcome {
        action: connector.name().to_owned(),
        example: "",
        case: "a connection's check changes nothing and sees what is wrong",
        verdict: verdict(check.await),
    });
    report.outcomes.push(Outcome {
        action: connector.name().to_owned(),
        example: "",
        case: "no secret is told",
        verdict: verdict(cases::no_secret_is_told(peer.as_ref(), &heard)),
    });
    report
}

pub(super) fn find<'a>(actions: &'a [Arc<dyn Action>], name: &str) -> Option<&'a dyn Action> {
    actions.iter().map(AsRef::as_ref).find(|action| action.spec().name.as_str() == name)
}

fn verdict(tried: Tried) -> Verdict {
    match tried {
        Ok(()) => Verdict::Pass,
        Err(Stop::Broken(why)) => Verdict::Fail(why),
        Err(Stop::NotRun(why)) => Verdict::NotRun(why),
    }
}

impl Report {
    fn push(
        &mut self,
        spec: &ActionSpec,
        example: &'static str,
        case: &'static str,
        verdict: Verdict,
    ) {
        self.outcomes.push(Outcome { action: spec.name.to_string(), example, case, verdict });
    }
}
