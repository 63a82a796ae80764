//! The cases: each holds one sentence of the contract against what the action does.

use std::{collections::BTreeSet, net::SocketAddr, time::Duration};

use kompel_model::{ActionEffect, Plan, Repeat};
use serde_json::Value;
use tokio::net::TcpListener;

use super::{Example, Fault, Mishap, Peer, Proxy, Way, trial::Trial};
use crate::{Call, CheckState, Connector, Error, ErrorKind, Look, RetryAdvice};

/// What trying a case came to.
pub(super) type Tried<T = ()> = Result<T, Stop>;

/// Why a case did not pass.
#[derive(Debug)]
pub(super) enum Stop {
    /// The promise is broken.
    Broken(String),
    /// It can't be tried.
    NotRun(String),
}

pub(super) fn broken<T>(why: impl Into<String>) -> Tried<T> {
    Err(Stop::Broken(why.into()))
}

pub(super) fn not_run<T>(why: impl Into<String>) -> Tried<T> {
    Err(Stop::NotRun(why.into()))
}

fn same(before: &Value, after: &Value, what: &str) -> Tried {
    if before == after {
        return Ok(());
    }
    broken(format!("{what}\n  before {before}\n  after  {after}"))
}

pub(super) async fn plan_changes_nothing(trial: &Trial<'_>) -> Tried {
    let before = trial.prepare().await;
    let call = trial.call(Way::Direct).await?;
    let plan = match trial.plan(&call).await {
        Ok(plan) => plan,
        Err(error) => return broken(format!("the plan failed: {:?}: {error}", error.kind)),
    };
    same(&before, &trial.peer.snapshot().await, "planning changed the peer")?;
    if plan.is_empty() == trial.effect().writes() {
        return broken("a write plans at least one change, a read none");
    }
    match plan.changes.iter().find(|change| change.from == change.to) {
        Some(change) => broken(format!("a planned change changes nothing: {change:?}")),
        None => Ok(()),
    }
}

pub(super) async fn done_verifies(trial: &Trial<'_>) -> Tried {
    let before = trial.prepare().await;
    let call = trial.call(Way::Direct).await?;
    let (_, output) = trial.done(&call).await?;
    trial.verified(trial.action, &call, &output).await?;
    let after = trial.peer.snapshot().await;
    match (trial.effect().writes(), before == after) {
        (true, true) => broken("the write left no trace in the snapshot"),
        (false, false) => broken("the read changed the peer"),
        (true, false) | (false, true) => Ok(()),
    }
}

pub(super) async fn plan_after_is_empty(trial: &Trial<'_>) -> Tried {
    if !trial.effect().writes() || trial.repeat() != Repeat::Natural {
        return not_run("promised only by writes that repeat naturally");
    }
    if trial.example.blind {
        return not_run("its plan does not look at the peer");
    }
    trial.prepare().await;
    let call = trial.call(Way::Direct).await?;
    let (_, output) = trial.done(&call).await?;
    trial.verified(trial.action, &call, &output).await?;
    let again = trial.call(Way::Direct).await?;
    match trial.plan(&again).await {
        Ok(plan) if plan.is_empty() => Ok(()),
        Ok(plan) => broken(format!("it plans to do again: {:?}", plan.changes)),
        Err(error) => broken(format!("the plan failed: {:?}: {error}", error.kind)),
    }
}

pub(super) async fn repeat_is_safe(trial: &Trial<'_>) -> Tried {
    trial.prepare().await;
    let call = trial.call(Way::Direct).await?;
    let rule = trial.repeat();
    if rule == Repeat::Look
        && let look = trial.look(&call).await?
        && look != Look::NotDone
    {
        return broken(format!("before it was done a look says {look:?}"));
    }
    let (_, output) = trial.done(&call).await?;
    trial.verified(trial.action, &call, &output).await?;
    let once = trial.peer.snapshot().await;
    settled(trial, &call, &once).await
}

/// Brings a step whose outcome is unknown, but which was done, to its end as the runtime would, and
/// holds the peer's state against what doing it once makes of it.
async fn settled(trial: &Trial<'_>, call: &Call, once: &Value) -> Tried {
    match trial.repeat() {
        Repeat::Natural | Repeat::Keyed => {
            let output = match trial.perform(call).await {
                Ok(output) => output,
                Err(error) => return broken(format!("the repeat failed: {error}")),
            };
            trial.verified(trial.action, call, &output).await?;
        }
        Repeat::Look => match trial.look(call).await? {
            Look::Done(output) => trial.verified(trial.action, call, &output).await?,
            other => return broken(format!("after it was done a look says {other:?}")),
        },
        Repeat::Never => {
            if trial.look(call).await? == Look::NotDone {
                return broken("after it was done a look says that it was not");
            }
        }
    }
    same(once, &trial.peer.snapshot().await, "it was done twice")
}

pub(super) async fn gone(trial: &Trial<'_>) -> Tried {
    let way = match trial.peer.address() {
        Some(peer) => Way::Through(nobody(peer).await?),
        None => Way::Mishap(Mishap::Gone),
    };
    let before = trial.prepare().await;
    let call = trial.call(way).await?;
    // The plan of a read need not ask anybody.
    let blind = trial.example.blind || !trial.effect().writes();
    for (said, blind) in [
        (trial.plan(&call).await.map(|_| ()), blind),
        (trial.perform(&call).await.map(|_| ()), false),
    ] {
        match said {
            Ok(()) if blind => {}
            Err(error) if error.kind == ErrorKind::Unreachable => {}
            other => return broken(format!("the peer is gone and it says {}", words(&other))),
        }
    }
    same(&before, &trial.peer.snapshot().await, "it changed the peer that was gone")
}

/// An address where nobody listens.
async fn nobody(peer: SocketAddr) -> Tried<SocketAddr> {
    let free = async { TcpListener::bind((peer.ip(), 0)).await?.local_addr() };
    free.await.or_else(|error| not_run(error.to_string()))
}

pub(super) async fn answer_lost(trial: &Trial<'_>) -> Tried {
    if !trial.effect().writes() {
        return not_run("it only reads");
    }
    if trial.peer.address().is_some() {
        let changed = sweep(trial, Fault::CutAfter).await?;
        return if changed { Ok(()) } else { broken("no cut met the write: is it ever sent?") };
    }
    let once = once(trial).await?;
    trial.prepare().await;
    let call = trial.call(Way::Mishap(Mishap::AnswerLost)).await?;
    match trial.perform(&call).await {
        Err(error) if error.kind == ErrorKind::OutcomeUnknown => {}
        other => return broken(format!("the answer was lost and it says {}", words(&other))),
    }
    settled(trial, &trial.again(&call).await?, &once).await
}

pub(super) async fn request_lost(trial: &Trial<'_>) -> Tried {
    sweep(trial, Fault::CutBefore).await.map(drop)
}

pub(super) async fn limited(trial: &Trial<'_>) -> Tried {
    only_http(trial)?;
    sweep(trial, Fault::AnswerInstead(429)).await?;
    sweep(trial, Fault::AnswerInstead(503)).await.map(drop)
}

pub(super) async fn peer_fails(trial: &Trial<'_>) -> Tried {
    only_http(trial)?;
    sweep(trial, Fault::AnswerAfter(500)).await.map(drop)
}

fn only_http(trial: &Trial<'_>) -> Tried {
    if trial.peer.address().is_some() && trial.peer.speaks_plain_http() {
        return Ok(());
    }
    not_run("the proxy can answer for plain HTTP only")
}

/// The peer's state after the example was done once, undisturbed.
async fn once(trial: &Trial<'_>) -> Tried<Value> {
    trial.prepare().await;
    let call = trial.call(Way::Direct).await?;
    let (_, output) = trial.done(&call).await?;
    trial.verified(trial.action, &call, &output).await?;
    Ok(trial.peer.snapshot().await)
}

/// More exchanges than any one action has.
const MOST_EXCHANGES: usize = 64;

/// Performs the example again and again, each time with the next exchange broken, until it comes
/// through without meeting the fault. Says whether a broken exchange was the one that changed the
/// peer.
async fn sweep(trial: &Trial<'_>, fault: Fault) -> Tried<bool> {
    let Some(peer) = trial.peer.address() else {
        return not_run("the peer has no socket to put a proxy before");
    };
    let proxy = match Proxy::start(peer).await {
        Ok(proxy) => proxy,
        Err(error) => return not_run(format!("no proxy: {error}")),
    };
    let once = once(trial).await?;
    let mut met_the_write = false;
    for exchange in 0..MOST_EXCHANGES {
        let before = trial.prepare().await;
        let direct = trial.call(Way::Direct).await?;
        if let Err(error) = trial.plan(&direct).await {
            return broken(format!("the plan failed: {error}"));
        }
        let broken_way = trial.call(Way::Through(proxy.address())).await?;
        let call = Call { key: direct.key.clone(), ..broken_way };
        proxy.arm(exchange, fault);
        let said = trial.perform(&call).await;
        if !proxy.fired() {
            return match said {
                Ok(_) => Ok(met_the_write),
                Err(error) => broken(format!("through a sound proxy it says {error}")),
            };
        }
        let changed = before != trial.peer.snapshot().await;
        met_the_write |= changed;
        let place = format!("exchange {exchange}, {fault:?}");
        sorted(fault, &said, changed && trial.effect().writes(), &place)?;
        if said.is_err() {
            recovered(trial, &direct, changed, &once).await.map_err(|stop| at(stop, &place))?;
        } else if trial.effect().writes() {
            let what = format!("{place}: it says that all is well, and it was not done");
            same(&once, &trial.peer.snapshot().await, &what)?;
        }
    }
    broken(format!("more than {MOST_EXCHANGES} exchanges for one action"))
}

fn at(stop: Stop, place: &str) -> Stop {
    match stop {
        Stop::Broken(why) => Stop::Broken(format!("{place}: {why}")),
        Stop::NotRun(why) => Stop::NotRun(why),
    }
}

/// Holds what an action said of a broken exchange against what it may say.
fn sorted(fault: Fault, said: &Result<Value, Error>, changed: bool, place: &str) -> Tried {
    let Err(error) = said else { return Ok(()) };
    let fine = match (fault, error.kind) {
        (_, ErrorKind::OutcomeUnknown) if changed => true,
        (Fault::AnswerInstead(_), ErrorKind::Limited) => {
            error.retry == RetryAdvice::After(Duration::from_secs(7))
        }
        _ if changed => false,
        (Fault::AnswerInstead(_), _) => false,
        (Fault::AnswerAfter(_), kind) => {
            matches!(kind, ErrorKind::Unexpected | ErrorKind::OutcomeUnknown)
        }
        (_, kind) => matches!(kind, ErrorKind::Unreachable | ErrorKind::OutcomeUnknown),
    };
    if fine {
        return Ok(());
    }
    let state = if changed { "changed" } else { "not changed" };
    broken(format!("{place}: the peer was {state} and it says {} {:?}", words(said), error.retry))
}

/// What the runtime would do next must end in the state that doing it once gives.
async fn recovered(trial: &Trial<'_>, call: &Call, changed: bool, once: &Value) -> Tried {
    if !trial.effect().writes() {
        return Ok(());
    }
    let now = trial.peer.snapshot().await;
    if changed && now == *once {
        return settled(trial, call, once).await;
    }
    // Not done, or done in part.
    match trial.repeat() {
        Repeat::Never => Ok(()),
        Repeat::Look => match trial.look(call).await? {
            Look::NotDone => finished(trial, call, once).await,
            Look::CannotTell(_) if changed => Ok(()),
            other => broken(format!("it was not done and a look says {other:?}")),
        },
        Repeat::Natural | Repeat::Keyed => finished(trial, call, once).await,
    }
}

async fn finished(trial: &Trial<'_>, call: &Call, once: &Value) -> Tried {
    let (_, output) = trial.done(call).await?;
    trial.verified(trial.action, call, &output).await?;
    same(once, &trial.peer.snapshot().await, "a second attempt ends elsewhere")
}

pub(super) async fn undo(trial: &Trial<'_>) -> Tried {
    match trial.effect() {
        ActionEffect::Reversible { .. } => {}
        ActionEffect::Read | ActionEffect::Irreversible | ActionEffect::Notice => {
            return not_run("it promises no undo");
        }
    }
    let nothing = trial.action.undo_input(&trial.example.input, &Plan::default(), &Value::Null);
    if let Some(input) = nothing {
        return broken(format!("nothing was planned and it would undo {input}"));
    }
    let before = trial.prepare().await;
    let call = trial.call(Way::Direct).await?;
    let (plan, output) = trial.done(&call).await?;
    let Some((action, input)) = trial.undo(&plan, &output)? else { return Ok(()) };
    let fresh = trial.call(Way::Direct).await?;
    let back = Call { input, key: format!("{}/undo", call.key), ..fresh };
    let planned = action.plan(&back).await;
    trial.hear(&planned);
    match planned {
        Ok(plan) if !plan.is_empty() => {}
        Ok(_) => return broken("the undo's plan is empty"),
        Err(error) => return broken(format!("the undo's plan failed: {error}")),
    }
    let undone = action.perform(&back).await;
    trial.hear(&undone);
    match undone {
        Ok(output) => trial.verified(action, &back, &output).await?,
        Err(error) => return broken(format!("the undo failed: {:?}: {error}", error.kind)),
    }
    same(&before, &trial.peer.snapshot().await, "undo did not bring back what was")
}

pub(super) async fn denied(trial: &Trial<'_>) -> Tried {
    if !trial.effect().writes() {
        return not_run("it only reads");
    }
    let before = trial.prepare().await;
    let call = trial.call(Way::Powerless).await?;
    let planned = trial.plan(&call).await;
    if let Err(error) = &planned
        && error.kind != ErrorKind::Denied
    {
        return broken(format!("without permission the plan says {}", words(&planned)));
    }
    let said = trial.perform(&call).await;
    if said.as_ref().err().map(|error| error.kind) != Some(ErrorKind::Denied) {
        return broken(format!("without permission it says {}", words(&said)));
    }
    same(&before, &trial.peer.snapshot().await, "it changed the peer without permission")
}

pub(super) async fn check_changes_nothing(
    connector: &dyn Connector,
    peer: &dyn Peer,
    example: Option<&Example>,
) -> Tried {
    let Some(example) = example else { return not_run("the bench has no example") };
    peer.prepare(example).await;
    let before = peer.snapshot().await;
    let Some(direct) = peer.connection(Way::Direct).await else {
        return broken("the bench has no direct connection");
    };
    let checks = connector.check(&direct).await;
    if checks.is_empty() || checks.iter().any(|one| matches!(one.state, CheckState::Bad(_))) {
        return broken(format!("a good connection is checked as {checks:?}"));
    }
    let absent = match peer.address() {
        Some(address) => Way::Through(nobody(address).await?),
        None => Way::Mishap(Mishap::Gone),
    };
    for (way, what) in [(absent, "a peer that is gone"), (Way::Powerless, "a lack of permission")] {
        let Some(connection) = peer.connection(way).await else { continue };
        let checks = connector.check(&connection).await;
        if checks.iter().all(|one| one.state == CheckState::Good) {
            return broken(format!("{what} is checked as {checks:?}"));
        }
    }
    same(&before, &peer.snapshot().await, "checking changed the peer")
}

pub(super) fn no_secret_is_told(peer: &dyn Peer, heard: &BTreeSet<String>) -> Tried {
    let secrets = peer.secrets();
    if secrets.is_empty() {
        return not_run("its connections have no secret");
    }
    for said in heard {
        if secrets.iter().any(|secret| said.contains(secret.reveal())) {
            // Not quoted: this very message would tell it.
            return broken(format!("a secret is in something of {} characters", said.len()));
        }
    }
    Ok(())
}

fn words<T>(said: &Result<T, Error>) -> String {
    match said {
        Ok(_) => "that all is well".to_owned(),
        Err(error) => format!("{:?} ({error})", error.kind),
    }
}
