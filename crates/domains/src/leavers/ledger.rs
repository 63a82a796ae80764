//! The ledger: how every leaver stands in every system, from what the runs' journals tell.
//!
//! Owns what counts as closed: the last reading says so, or the owner of a system that nobody can
//! ask. Knows no journal: whoever calls brings its facts ([`RunFacts`]).

use std::collections::{BTreeMap, BTreeSet};

use kompel_model::{
    Deed, DeedState, LeaverApproval, LeaverCell, LeaverMatrix, LeaverPerson, LeaverRow, LeaverRun,
    LeaverSystem, OpenItem, OpenKind, Standing, Timestamp, Who,
};
use serde::Deserialize;
use serde_json::Value;

use super::{Found, Inventory};

/// The playbook whose runs make a person a leaver.
pub const OFFBOARDING: &str = "offboarding";
/// Takes back what was closed by mistake.
pub const UNBLOCK: &str = "emergency-unblock";
/// Deletes what was closed, after the client's retention.
pub(super) const DELETION: &str = "offboarding-delete";
/// Playbooks that read the same systems for the same person, before or after.
pub const RELATED: [&str; 4] = ["offboarding-recheck", DELETION, "emergency-block", UNBLOCK];

/// What a run's journal tells of a leaver.
#[derive(Debug, Clone, PartialEq)]
pub struct RunFacts {
    /// The run.
    pub run: LeaverRun,
    /// The playbook's name, without its namespace.
    pub playbook: String,
    /// Who leaves.
    pub person: LeaverPerson,
    /// Why.
    pub reason: Option<String>,
    /// From when on.
    pub last_day: Option<String>,
    /// The moment at which it closes everything; `None`: at once. See [`super::Asking`].
    pub close_at: Option<String>,
    /// When the last thing happened to it.
    pub as_of: Timestamp,
    /// When it goes on by itself, if it waits for a moment.
    pub until: Option<Timestamp>,
    /// Its calls, in the order of asking.
    pub calls: Vec<CallFacts>,
}

/// One call of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct CallFacts {
    /// The action.
    pub action: String,
    /// The input.
    pub input: Value,
    /// What it gave, and when.
    pub output: Option<(Timestamp, Value)>,
    /// The write that it is, if it is one.
    pub deed: Option<Deed>,
    /// The approvals that were asked for it, with what they were about.
    pub approvals: Vec<(LeaverApproval, Value)>,
}

/// One answer of every system, at one moment.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) at: Timestamp,
    pub(super) found: Inventory,
    /// What accounts that may be closed still hold, by connection and id: groups, say.
    left: BTreeMap<(String, String), Vec<String>>,
    /// What people said in earlier runs to have closed by hand.
    pub(super) by_hand: Vec<SaidBefore>,
    /// Accounts that were deleted since, by connection and id, and when they were read as gone.
    pub(super) gone: BTreeMap<(String, String), Timestamp>,
}

/// The word of someone who closed a system by hand for this person in an earlier run.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct SaidBefore {
    pub(super) system: String,
    pub(super) by: String,
    pub(super) at: Timestamp,
    pub(super) proof: String,
    pub(super) run: String,
}

/// A leaver: the run that closes their accounts, and later runs about the same person.
#[derive(Debug, Clone)]
pub struct LeaverFile<'a> {
    /// The offboarding run.
    pub run: &'a RunFacts,
    /// Runs about the same person that began later, the oldest first.
    pub later: Vec<&'a RunFacts>,
    /// Offboarding runs of the same person that began earlier, the newest first.
    pub earlier: Vec<&'a RunFacts>,
}

/// True if both mean the same person: an address or a login in common, or the same name where one
/// of them has nothing better.
pub fn same_person(a: &LeaverPerson, b: &LeaverPerson) -> bool {
    let keys = |person: &LeaverPerson| -> BTreeSet<String> {
        person.mails.iter().chain(&person.logins).map(|key| key.to_lowercase()).collect()
    };
    let (of_a, of_b) = (keys(a), keys(b));
    if of_a.is_empty() || of_b.is_empty() {
        let name = |person: &LeaverPerson| person.name.as_ref().map(|name| name.to_lowercase());
        return name(a).is_some() && name(a) == name(b);
    }
    !of_a.is_disjoint(&of_b)
}

/// The leavers of these runs, the newest first: each person once, by their newest offboarding run.
pub fn leavers(runs: &[RunFacts]) -> Vec<LeaverFile<'_>> {
    let mut sorted: Vec<&RunFacts> = runs.iter().collect();
    sorted.sort_by(|a, b| (b.run.started, &b.run.id).cmp(&(a.run.started, &a.run.id)));
    let mut found: Vec<LeaverFile<'_>> = Vec::new();
    for run in sorted.iter().filter(|run| run.playbook == OFFBOARDING) {
        if !found.iter().any(|leaver| same_person(&leaver.run.person, &run.person)) {
            found.push(leaver(run, &sorted));
        }
    }
    found
}

/// The leaver of this one run, with what began later about the same person.
pub fn leaver_of<'a>(run: &'a RunFacts, runs: &'a [RunFacts]) -> LeaverFile<'a> {
    let mut sorted: Vec<&RunFacts> = runs.iter().collect();
    sorted.sort_by(|a, b| (b.run.started, &b.run.id).cmp(&(a.run.started, &a.run.id)));
    leaver(run, &sorted)
}

fn leaver<'a>(run: &'a RunFacts, newest_first: &[&'a RunFacts]) -> LeaverFile<'a> {
    let theirs = newest_first
        .iter()
        .filter(|other| other.run.id != run.run.id && same_person(&other.person, &run.person));
    let (mut later, earlier): (Vec<&RunFacts>, Vec<&RunFacts>) =
        theirs.partition(|other| other.run.started >= run.run.started);
    later.reverse();
    let earlier = earlier.into_iter().filter(|other| other.playbook == OFFBOARDING).collect();
    LeaverFile { run, later, earlier }
}

/// All leavers in all systems; `known` are the systems that the tenant has now.
pub fn matrix(runs: &[RunFacts], known: &[LeaverSystem]) -> LeaverMatrix {
    let leavers = leavers(runs);
    let mut systems: BTreeMap<(bool, String), LeaverSystem> = BTreeMap::new();
    let seen = leavers.iter().flat_map(LeaverFile::systems);
    for system in seen.chain(known.iter().cloned()) {
        let key = (system.by_hand, system.id.clone());
        // One that did not answer is known by its connection's name only.
        let nameless = system.system == system.id && systems.contains_key(&key);
        if !nameless {
            systems.insert(key, system);
        }
    }
    let systems: Vec<LeaverSystem> = systems.into_values().collect();
    let leavers = leavers.iter().map(|leaver| row(leaver, &systems)).collect();
    LeaverMatrix { systems, leavers }
}

fn row(leaver: &LeaverFile<'_>, systems: &[LeaverSystem]) -> LeaverRow {
    let mut runs: Vec<String> = leaver.later.iter().rev().map(|run| run.run.id.clone()).collect();
    runs.push(leaver.run.run.id.clone());
    runs.extend(leaver.earlier.iter().map(|run| run.run.id.clone()));
    LeaverRow {
        person: leaver.person(),
        last_day: leaver.last_day().map(str::to_owned),
        run: leaver.run.run.id.clone(),
        state: leaver.run.run.state.clone(),
        runs,
        taken_back: leaver.is_taken_back(),
        cells: systems.iter().map(|system| leaver.cell(system)).collect(),
        open: leaver.open(),
    }
}

impl LeaverFile<'_> {
    /// The person as the run was given them; the name also as another run about them has it.
    pub fn person(&self) -> LeaverPerson {
        let mut person = self.run.person.clone();
        if person.name.is_none() {
            let others = self.later.iter().rev().chain(&self.earlier);
            person.name = others.filter_map(|run| run.person.name.clone()).next();
        }
        person
    }

    /// Their last day, by this run or else by the newest other one that has it.
    pub fn last_day(&self) -> Option<&str> {
        let all = std::iter::once(&self.run).chain(self.later.iter().rev()).chain(&self.earlier);
        all.filter_map(|run| run.last_day.as_deref()).next()
    }

    /// True if the last run about this person gave their accounts back.
    pub fn is_taken_back(&self) -> bool {
        let last = self.later.last();
        last.is_some_and(|run| run.playbook == UNBLOCK && run.run.state == "completed")
    }

    /// The readings of the offboarding run itself, the oldest first.
    pub(super) fn own_readings(&self) -> Vec<Reading> {
        readings(self.run)
    }

    /// The last reading of all, without the accounts that were deleted since.
    pub(super) fn last_reading(&self) -> Option<Reading> {
        let later = self.later.iter().flat_map(|run| readings(run));
        let mut last = self.own_readings().into_iter().chain(later).max_by_key(|one| one.at)?;
        for found in std::mem::take(&mut last.found.accounts) {
            let gone = self.deletions(&found).filter_map(|(deed, _)| deed.read_back);
            match gone.filter(|at| *at > last.at).max() {
                Some(at) => drop(last.gone.insert(found.key(), at)),
                None => last.found.accounts.push(found),
            }
        }
        Some(last)
    }

    /// The writes that deleted this account, and were read back so; true for those of a later run.
    pub(super) fn deletions<'f>(
        &'f self,
        found: &'f Found,
    ) -> impl Iterator<Item = (&'f Deed, bool)> {
        let later = self.later.iter().flat_map(|run| calls(run)).map(|call| (call, true));
        let all = calls(self.run).map(|call| (call, false)).chain(later);
        all.filter(|(call, _)| is_about(&call.input, found)).filter_map(|(call, later)| {
            let deed = call.deed.as_ref()?;
            let same = deed.connection.as_deref() == Some(&found.connection);
            let gone = call.output.as_ref()?.1["deleted"] == true && deed.read_back.is_some();
            (same && gone).then_some((deed, later))
        })
    }

    /// The systems that these runs name.
    fn systems(&self) -> Vec<LeaverSystem> {
        let mut systems = Vec::new();
        let mut add = |by_hand: bool, id: &str, system: &str| {
            systems.push(LeaverSystem { by_hand, id: id.to_owned(), system: system.to_owned() });
        };
        for reading in self.own_readings().into_iter().chain(self.last_reading()) {
            let Inventory { asked, accounts, unconnected, unreachable, .. } = &reading.found;
            unreachable.iter().for_each(|it| add(false, &it.connection, &it.connection));
            asked.iter().for_each(|it| add(false, &it.connection, &it.system));
            accounts.iter().for_each(|it| add(false, &it.connection, &it.system));
            unconnected.iter().for_each(|it| add(true, &it.system, &it.system));
        }
        systems
    }

    /// How the person stands in this system.
    pub(super) fn cell(&self, system: &LeaverSystem) -> LeaverCell {
        let id = system.id.clone();
        let last = self.last_reading();
        if system.by_hand {
            let asked = last.as_ref().is_some_and(|last| {
                last.found.unconnected.iter().any(|known| known.system == system.id)
            });
            let before = last.as_ref().and_then(|last| last.said_before(&system.id));
            let (standing, at) = match (self.word_of_owner(&system.id), before) {
                (Some((_, Some(at))), _) => (Standing::ClosedByHand, Some(at)),
                (Some((_, None)), _) => (Standing::OpenByHand, None),
                (None, Some(before)) => (Standing::ClosedByHand, Some(before.at)),
                (None, None) if asked => (Standing::OpenByHand, None),
                (None, None) => (Standing::NotAsked, None),
            };
            return LeaverCell { id, standing, logins: Vec::new(), at };
        }
        let Some(last) = last else {
            return LeaverCell { id, standing: Standing::NotAsked, logins: Vec::new(), at: None };
        };
        let mut logins: BTreeSet<String> = BTreeSet::new();
        for reading in self.own_readings().iter().chain([&last]) {
            logins.extend(reading.on(&system.id).map(|found| found.account.login.clone()));
        }
        let standing = if last.found.unreachable.iter().any(|it| it.connection == system.id) {
            Standing::NoAnswer
        } else if last.on(&system.id).any(|found| self.is_open(found, last.at))
            || last.found.ambiguous.contains(&system.id)
            || last.on(&system.id).next().is_some() && !self.kept(&system.id).is_empty()
            || last.on(&system.id).any(|found| !self.left(found, &last).is_empty())
        {
            Standing::Open
        } else if last.on(&system.id).next().is_some() {
            Standing::Closed
        } else if last.found.asked.iter().any(|it| it.connection == system.id) {
            // Gone altogether is closed too; never there is never there.
            if logins.is_empty() { Standing::NotThere } else { Standing::Closed }
        } else {
            Standing::NotAsked
        };
        let shut = last.on(&system.id).filter_map(|found| self.shut_since(found, last.at));
        let gone = last.gone.iter().filter(|((connection, _), _)| *connection == system.id);
        let shut = shut.chain(gone.map(|(_, at)| *at));
        let at = (standing != Standing::NotAsked).then(|| shut.fold(last.at, Ord::max));
        LeaverCell { id, standing, logins: logins.into_iter().collect(), at }
    }

    /// The last question to the owner of a system that is closed by hand; with the moment of the
    /// yes that closed it, if there was one.
    pub(super) fn word_of_owner(
        &self,
        system: &str,
    ) -> Option<(&LeaverApproval, Option<Timestamp>)> {
        let all = std::iter::once(self.run).chain(self.later.iter().copied());
        let asked = all.flat_map(RunFacts::approvals).filter(|(approval, about)| {
            !approval.binds_plan && about["system"].as_str() == Some(system)
        });
        let (last, _) = asked.max_by_key(|(approval, _)| approval.asked)?;
        let yes = last.answers.iter().find(|answer| answer.yes).map(|answer| answer.at);
        Some((last, yes.filter(|_| last.closed.as_deref() == Some("approved"))))
    }

    /// What the last writes of each action to this connection had to leave as it was, but for what
    /// another write took away: a distribution group has the same id in Graph and in Exchange.
    fn kept(&self, connection: &str) -> Vec<(&Deed, &Value)> {
        let all = || std::iter::once(self.run).chain(self.later.iter().copied()).flat_map(calls);
        let mut last: BTreeMap<(&str, String), &Deed> = BTreeMap::new();
        let mut gone: BTreeSet<&str> = BTreeSet::new();
        for call in all() {
            let Some(deed) = &call.deed else { continue };
            if let (DeedState::Verified, Some((_, output))) = (deed.state, &call.output) {
                let removed = output["removed"].as_array().into_iter().flatten();
                gone.extend(removed.filter_map(|item| item["id"].as_str()));
            }
            if deed.connection.as_deref() == Some(connection) {
                last.insert((&deed.action, call.input.to_string()), deed);
            }
        }
        let kept = last.into_values().flat_map(|deed| deed.kept.iter().map(move |one| (deed, one)));
        kept.filter(|(_, one)| !one["id"].as_str().is_some_and(|id| gone.contains(id))).collect()
    }

    /// What is open, and whose turn it is; nothing if all was taken back.
    pub fn open(&self) -> Vec<OpenItem> {
        if self.is_taken_back() {
            return Vec::new();
        }
        let mut open = Vec::new();
        let newest = self.newest_run();
        let waits: Vec<&LeaverApproval> = newest
            .waiting()
            .filter(|(_, about)| about["system"].is_null())
            .map(|it| it.0)
            .collect();
        let asked = waits.first();
        let turn = asked.map(|approval| not_answered(approval)).unwrap_or_default();
        let approval = asked.map(|approval| approval.id.clone());
        if let Some(last) = self.last_reading() {
            self.open_in(&last, &turn, approval.as_deref(), &mut open);
        }
        for deed in calls(newest).filter_map(|call| call.deed.as_ref()) {
            if deed.state == DeedState::Unknown {
                let item = item(OpenKind::Unknown, deed.connection.as_deref());
                open.push(OpenItem { because: deed.because.clone(), ..item });
            }
        }
        if open.iter().all(|item| item.approval.is_none()) {
            open.extend(waits.iter().map(|approval| OpenItem {
                because: Some(approval.question.clone()),
                turn: not_answered(approval),
                approval: Some(approval.id.clone()),
                ..item(OpenKind::Approval, None)
            }));
        }
        for item in open.iter_mut().filter(|item| {
            item.approval.is_none() && matches!(item.what, OpenKind::Account | OpenKind::ByHand)
        }) {
            item.until = newest.until;
        }
        let ended = newest.run.ended.is_some();
        if (open.is_empty() || ended) && newest.run.state != "completed" {
            let because = newest.run.because.clone();
            let until = newest.until;
            open.push(OpenItem { because, until, ..item(OpenKind::Run, None) });
        }
        open
    }

    fn open_in(
        &self,
        last: &Reading,
        turn: &[Who],
        approval: Option<&str>,
        open: &mut Vec<OpenItem>,
    ) {
        for found in last.found.accounts.iter().filter(|found| self.is_open(found, last.at)) {
            open.push(OpenItem {
                system: Some(found.system.clone()),
                login: Some(found.account.login.clone()),
                because: self.trouble_with(found),
                turn: turn.to_vec(),
                approval: approval.map(str::to_owned),
                ..item(OpenKind::Account, Some(&found.connection))
            });
        }
        for found in &last.found.accounts {
            let left = self.left(found, last);
            open.extend((!left.is_empty()).then(|| OpenItem {
                system: Some(found.system.clone()),
                login: Some(found.account.login.clone()),
                because: Some(left.join("; ")),
                ..item(OpenKind::Kept, Some(&found.connection))
            }));
        }
        let connections: BTreeSet<&str> =
            last.found.accounts.iter().map(|found| found.connection.as_str()).collect();
        for (deed, kept) in connections.iter().flat_map(|connection| self.kept(connection)) {
            open.push(OpenItem {
                because: Some(in_words(kept)),
                ..item(OpenKind::Kept, deed.connection.as_deref())
            });
        }
        for connection in &last.found.ambiguous {
            open.push(OpenItem {
                turn: turn.to_vec(),
                approval: approval.map(str::to_owned),
                ..item(OpenKind::Doubtful, Some(connection))
            });
        }
        for silent in &last.found.unreachable {
            let because = Some(silent.because.clone());
            let item = item(OpenKind::NoAnswer, Some(&silent.connection));
            open.push(OpenItem { system: Some(silent.connection.clone()), because, ..item });
        }
        for known in &last.found.unconnected {
            let word = self.word_of_owner(&known.system);
            let before = last.said_before(&known.system);
            if word.is_some_and(|(_, yes)| yes.is_some()) || word.is_none() && before.is_some() {
                continue;
            }
            let asked = word.map(|(asked, _)| asked).filter(|asked| asked.closed.is_none());
            let owner = known.owner.iter().map(|id| Who { id: id.clone(), name: None });
            open.push(OpenItem {
                system: Some(known.system.clone()),
                turn: asked.map_or_else(|| owner.collect(), not_answered),
                approval: asked.map(|asked| asked.id.clone()),
                ..item(OpenKind::ByHand, None)
            });
        }
    }

    /// What this account still holds although it is to hold nothing: what the last reading shows,
    /// unless that is the one before anything was done.
    pub(super) fn left<'r>(&self, found: &Found, last: &'r Reading) -> &'r [String] {
        let first = self.own_readings().first().map(|reading| reading.at);
        let left =
            last.left.get(&found.key()).filter(|_| first.is_some_and(|first| first < last.at));
        left.map(Vec::as_slice).unwrap_or_default()
    }

    /// True if this account, as it was read then, can be used now for all that is known.
    pub(super) fn is_open(&self, found: &Found, read: Timestamp) -> bool {
        found.is_open() && self.shut_since(found, read).is_none()
    }

    /// When a write since this reading was read back with the account closed, as long as no later
    /// write opened it again.
    pub(super) fn shut_since(&self, found: &Found, read: Timestamp) -> Option<Timestamp> {
        let all = std::iter::once(self.run).chain(self.later.iter().copied()).flat_map(calls);
        let told = all.filter(|call| is_about(&call.input, found)).filter_map(|call| {
            let deed = call.deed.as_ref()?;
            let same = deed.connection.as_deref() == Some(&found.connection);
            let at = deed.read_back.filter(|at| same && *at > read)?;
            Some((at, shuts(&call.output.as_ref()?.1)?))
        });
        told.max_by_key(|(at, _)| *at).filter(|(_, shut)| *shut).map(|(at, _)| at)
    }

    /// What the last write to this account that went wrong says of itself.
    fn trouble_with(&self, found: &Found) -> Option<String> {
        let of_it = calls(self.newest_run()).filter(|call| {
            let deed = call.deed.as_ref();
            deed.is_some_and(|deed| deed.connection.as_deref() == Some(&found.connection))
                && is_about(&call.input, found)
        });
        of_it.filter_map(|call| call.deed.as_ref()?.because.clone()).next_back()
    }

    /// The newest run that closes accounts: the offboarding run, or a later one that writes.
    fn newest_run(&self) -> &RunFacts {
        let writes = |run: &&&RunFacts| run.calls.iter().any(|call| call.deed.is_some());
        self.later.iter().rev().find(writes).copied().unwrap_or(self.run)
    }
}

impl RunFacts {
    fn approvals(&self) -> impl Iterator<Item = (&LeaverApproval, &Value)> {
        let all = self.calls.iter().flat_map(|call| &call.approvals);
        all.map(|(approval, about)| (approval, about))
    }

    /// The approvals that wait for people.
    fn waiting(&self) -> impl Iterator<Item = (&LeaverApproval, &Value)> {
        self.approvals().filter(|(approval, _)| approval.closed.is_none())
    }
}

impl Reading {
    /// What an earlier run knows of a system that is closed by hand.
    pub(super) fn said_before(&self, system: &str) -> Option<&SaidBefore> {
        self.by_hand.iter().find(|said| said.system == system)
    }

    /// The accounts on this connection.
    pub(super) fn on<'a>(&'a self, connection: &'a str) -> impl Iterator<Item = &'a Found> {
        self.found.accounts.iter().filter(move |found| found.connection == connection)
    }
}

fn calls(run: &RunFacts) -> std::slice::Iter<'_, CallFacts> {
    run.calls.iter()
}

/// The answers of every system in this run, the oldest first.
pub(super) fn readings(run: &RunFacts) -> Vec<Reading> {
    let asked = run.calls.iter().filter(|call| READINGS.contains(&call.action.as_str()));
    let read = asked.filter_map(|call| {
        let (at, output) = call.output.as_ref()?;
        let found = serde_json::from_value(output.clone()).ok()?;
        let accounts = output["accounts"].as_array().map(Vec::as_slice).unwrap_or_default();
        let left = accounts.iter().filter_map(|account| {
            let text = |name: &str| account[name].as_str().map(str::to_owned);
            let held = account["left"].as_array()?.iter().take(MOST_LEFT);
            let held = held.filter_map(|held| held.as_str().map(str::to_owned));
            Some(((text("connection")?, text("id")?), held.collect()))
        });
        let by_hand = serde_json::from_value(output["byHand"].clone()).unwrap_or_default();
        let (left, gone) = (left.collect(), BTreeMap::new());
        Some(Reading { at: *at, found, left, by_hand, gone })
    });
    let mut all: Vec<Reading> = read.collect();
    all.sort_by_key(|reading| reading.at);
    all
}

/// True if this input names the account: by its id, login or address.
pub(super) fn is_about(input: &Value, found: &Found) -> bool {
    let account = &found.account;
    let names = [Some(&account.id), Some(&account.login), account.mail.as_ref()];
    let texts = input.as_object().into_iter().flatten();
    texts
        .filter(|(name, _)| *name != "connection")
        .filter_map(|(_, value)| value.as_str())
        .any(|text| names.iter().flatten().any(|name| name.eq_ignore_ascii_case(text)))
}

/// Whether an action's output says that nobody can use the account; `None` if it does not speak of
/// that.
fn shuts(output: &Value) -> Option<bool> {
    let says = |names: &[&str]| names.iter().find_map(|name| output[*name].as_bool());
    let closed = says(&["enabled", "active"]).map(|open| !open);
    let closed = closed.or_else(|| says(&["locked", "blocked", "rejected"]))?;
    let live = &output["sessions"];
    let live = live.as_array().is_some_and(|all| !all.is_empty()) || live.as_u64() > Some(0);
    Some(closed && !live)
}

fn not_answered(approval: &LeaverApproval) -> Vec<Who> {
    let answered = |who: &&Who| !approval.answers.iter().any(|answer| answer.who.id == who.id);
    approval.people.iter().filter(answered).cloned().collect()
}

fn item(what: OpenKind, connection: Option<&str>) -> OpenItem {
    OpenItem {
        system: None,
        connection: connection.map(str::to_owned),
        login: None,
        what,
        because: None,
        turn: Vec::new(),
        approval: None,
        until: None,
    }
}

/// What an action had to leave, on one line: its texts in their order.
fn in_words(kept: &Value) -> String {
    match kept {
        Value::String(text) => text.clone(),
        Value::Object(members) => {
            let texts: Vec<&str> = members.values().filter_map(Value::as_str).collect();
            texts.join(": ")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => kept.to_string(),
    }
}

/// The actions that ask every system.
const READINGS: [&str; 2] = ["leavers.inventory", "leavers.prove"];
/// The most that one account is told to hold.
const MOST_LEFT: usize = 100;
