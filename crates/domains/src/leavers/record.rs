//! The report of one leaver: requested, approved, done, read back, open.

use std::collections::BTreeMap;

use kompel_model::{
    AccountReading, Deed, LEAVER_REPORT, LeaverAccount, LeaverAnswer, LeaverApproval, LeaverByHand,
    LeaverPlace, LeaverReport, LeaverSystem, LeaverTenant, LeaverTrail, Standing, Who,
};

use super::{
    Found,
    ledger::{DELETION, LeaverFile, Reading, is_about},
};

/// The report of this leaver, as of the last thing that happened.
pub fn report(
    leaver: &LeaverFile<'_>,
    tenant: LeaverTenant,
    trail: Option<LeaverTrail>,
) -> LeaverReport {
    let run = leaver.run;
    let as_of = leaver.later.iter().map(|later| later.as_of).fold(run.as_of, Ord::max);
    let (own, last) = (leaver.own_readings(), leaver.last_reading());
    let open = leaver.open();
    let mut deeds: Vec<Option<Deed>> = run.calls.iter().map(|call| call.deed.clone()).collect();
    let accounts = accounts(leaver, &own, last.as_ref(), &mut deeds);
    let place = |connection: &str, system: &str, because: Option<String>| LeaverPlace {
        connection: connection.to_owned(),
        system: system.to_owned(),
        because,
    };
    let asked = last.iter().flat_map(|last| &last.found.asked);
    let not_there = asked
        .filter(|asked| standing(leaver, &asked.connection, &asked.system) == Standing::NotThere)
        .map(|asked| place(&asked.connection, &asked.system, None));
    let silent = last.iter().flat_map(|last| &last.found.unreachable);
    LeaverReport {
        format: LEAVER_REPORT.to_owned(),
        tenant,
        person: leaver.person(),
        reason: run.reason.clone(),
        last_day: leaver.last_day().map(str::to_owned),
        as_of,
        all_closed: run.run.state == "completed" && open.is_empty() && !leaver.is_taken_back(),
        run: run.run.clone(),
        approvals: approvals(leaver),
        accounts,
        by_hand: by_hand(leaver, &own, last.as_ref()),
        not_there: not_there.collect(),
        no_answer: silent
            .map(|it| place(&it.connection, &it.connection, Some(it.because.clone())))
            .collect(),
        other_deeds: deeds.into_iter().flatten().collect(),
        open,
        trail,
    }
}

fn standing(leaver: &LeaverFile<'_>, connection: &str, system: &str) -> Standing {
    let (id, system) = (connection.to_owned(), system.to_owned());
    leaver.cell(&LeaverSystem { by_hand: false, id, system }).standing
}

/// Every account that any reading showed; takes its writes out of `deeds`.
fn accounts(
    leaver: &LeaverFile<'_>,
    own: &[Reading],
    last: Option<&Reading>,
    deeds: &mut [Option<Deed>],
) -> Vec<LeaverAccount> {
    let mut all: BTreeMap<(String, String), (&Found, &Reading)> = BTreeMap::new();
    for reading in own.iter().chain(last) {
        for found in &reading.found.accounts {
            all.entry(found.key()).or_insert((found, reading));
        }
    }
    let of = |(found, first): (&Found, &Reading)| {
        let after = last.filter(|last| last.at > first.at).map(|last| after(found, last));
        let silent = last.is_some_and(|last| {
            last.found.unreachable.iter().any(|it| it.connection == found.connection)
        });
        let mut mine: Vec<Deed> = leaver
            .run
            .calls
            .iter()
            .zip(deeds.iter_mut())
            .filter(|(call, _)| is_about(&call.input, found))
            .filter(|(_, deed)| {
                let through = deed.as_ref().and_then(|deed| deed.connection.as_deref());
                through == Some(&found.connection)
            })
            .filter_map(|(_, deed)| deed.take())
            .collect();
        let deletions = leaver.deletions(found).filter(|(_, later)| *later);
        mine.extend(deletions.map(|(deed, _)| deed.clone()));
        let kept = mine.iter().any(|deed| !deed.kept.is_empty());
        let again = last.filter(|last| last.at > first.at);
        let (now, read) = match again {
            Some(last) => (same_account(found, last), last),
            None => (Some(found), first),
        };
        let usable = now.is_some_and(|now| {
            leaver.is_open(now, read.at)
                || !leaver.left(now, read).is_empty()
                || read.found.ambiguous.contains(&now.connection)
        });
        LeaverAccount {
            system: found.system.clone(),
            connector: found.connector.clone(),
            connection: found.connection.clone(),
            id: found.account.id.clone(),
            login: found.account.login.clone(),
            before: before(found, first),
            deeds: mine,
            after: after.filter(|_| !silent),
            standing: match (silent, usable || kept && now.is_some()) {
                (true, _) => Standing::NoAnswer,
                (false, true) => Standing::Open,
                (false, false) => Standing::Closed,
            },
        }
    };
    all.into_values().map(of).collect()
}

fn before(found: &Found, reading: &Reading) -> AccountReading {
    let account = &found.account;
    AccountReading {
        at: reading.at,
        found: true,
        enabled: account.enabled,
        sessions: account.sessions,
    }
}

fn same_account<'r>(found: &Found, last: &'r Reading) -> Option<&'r Found> {
    let accounts = last.found.accounts.iter();
    accounts
        .filter(|other| other.connection == found.connection)
        .find(|other| other.account.id == found.account.id)
}

fn after(found: &Found, last: &Reading) -> AccountReading {
    let gone = || AccountReading {
        at: last.gone.get(&found.key()).copied().unwrap_or(last.at),
        found: false,
        enabled: None,
        sessions: None,
    };
    same_account(found, last).map_or_else(gone, |again| before(again, last))
}

/// The approvals about the run's plan, those about a later deletion, and other questions that name
/// no system.
fn approvals(leaver: &LeaverFile<'_>) -> Vec<LeaverApproval> {
    let later = leaver.later.iter().filter(|run| run.playbook == DELETION);
    let asked = std::iter::once(&leaver.run).chain(later).flat_map(|run| &run.calls);
    asked
        .flat_map(|call| &call.approvals)
        .filter(|(approval, about)| approval.binds_plan || about["system"].is_null())
        .map(|(approval, _)| approval.clone())
        .collect()
}

fn by_hand(leaver: &LeaverFile<'_>, own: &[Reading], last: Option<&Reading>) -> Vec<LeaverByHand> {
    let mut owners: BTreeMap<&str, Option<&String>> = BTreeMap::new();
    for known in own.iter().chain(last).flat_map(|reading| &reading.found.unconnected) {
        owners.insert(&known.system, known.owner.as_ref());
    }
    let of = |(system, owner): (&str, Option<&String>)| {
        let word = leaver.word_of_owner(system);
        let named = word.iter().flat_map(|(asked, _)| &asked.people);
        let known = named.filter(|who| Some(&who.id) == owner).find_map(|who| who.name.clone());
        let answers = word.map(|(asked, _)| asked.answers.as_slice()).unwrap_or_default();
        let before = last.and_then(|last| last.said_before(system)).filter(|_| word.is_none());
        let before = before.map(|said| LeaverAnswer {
            who: Who { id: said.by.clone(), name: None },
            yes: true,
            at: said.at,
            through: format!("run {}", said.run),
            why: said.proof.clone(),
        });
        let system_of =
            LeaverSystem { by_hand: true, id: system.to_owned(), system: system.to_owned() };
        LeaverByHand {
            system: system.to_owned(),
            owner: owner.map(|id| Who { id: id.clone(), name: known }),
            asked: word.map(|(asked, _)| asked.asked),
            answer: answers.last().cloned().or(before),
            standing: leaver.cell(&system_of).standing,
        }
    };
    owners.into_iter().map(of).collect()
}
