//! The ledger on runs as a journal tells them.

use kompel_model::{
    Deed, DeedState, LeaverAnswer, LeaverApproval, LeaverPerson, LeaverReport, LeaverRun,
    LeaverSystem, LeaverTenant, LeaverTrail, OpenKind, PlannedChange, Standing, Timestamp,
    TrailEntry, Who,
};
use serde_json::{Value, json};

use super::*;

fn at(minute: u32) -> Timestamp {
    format!("2026-11-28T08:{minute:02}:00Z").parse().unwrap()
}

fn who(id: &str) -> Who {
    Who { id: id.to_owned(), name: Some(format!("{id} by name")) }
}

fn jan() -> LeaverPerson {
    LeaverPerson {
        name: Some("Jan Janssen".to_owned()),
        mails: vec!["jan@acme.test".to_owned()],
        logins: Vec::new(),
    }
}

/// A run of this playbook, begun at this minute.
fn run(id: &str, playbook: &str, minute: u32, calls: Vec<CallFacts>) -> RunFacts {
    RunFacts {
        run: LeaverRun {
            id: id.to_owned(),
            playbook: format!("kompel/{playbook}"),
            version: "1.0.0".to_owned(),
            digest: "d1".repeat(32),
            state: "completed".to_owned(),
            because: None,
            trigger: "kompel leavers add".to_owned(),
            requester: who("hr"),
            started: at(minute),
            ended: Some(at(minute + 9)),
        },
        playbook: playbook.to_owned(),
        person: jan(),
        reason: Some("contract ends".to_owned()),
        last_day: None,
        close_at: None,
        as_of: at(minute + 9),
        until: None,
        calls,
    }
}

fn read(minute: u32, output: Value) -> CallFacts {
    CallFacts {
        action: "leavers.inventory".to_owned(),
        input: json!({}),
        output: Some((at(minute), output)),
        deed: None,
        approvals: Vec::new(),
    }
}

fn disabled(minute: u32, state: DeedState, kept: Vec<Value>) -> CallFacts {
    let change = PlannedChange {
        object: "CN=Jan".to_owned(),
        property: "enabled".to_owned(),
        from: json!(true),
        to: json!(false),
        irreversible: false,
    };
    let deed = Deed {
        step: 3,
        action: "ad.disable".to_owned(),
        connection: Some("corp".to_owned()),
        state,
        at: Some(at(minute)),
        changes: vec![change],
        plan_hash: Some("aa".repeat(32)),
        approval: Some("a-1".to_owned()),
        attempts: 1,
        read_back: (state == DeedState::Verified).then(|| at(minute)),
        because: (state != DeedState::Verified).then(|| "insufficient rights".to_owned()),
        kept,
    };
    let input = json!({"connection": "corp", "user": "g1"});
    let (action, approvals) = (deed.action.clone(), Vec::new());
    CallFacts { action, input, output: None, deed: Some(deed), approvals }
}

/// A question; `said` is the answer, if there is one.
fn asked(id: &str, about: Value, binds_plan: bool, said: Option<bool>) -> CallFacts {
    let person = if binds_plan { "xander" } else { "petra" };
    let answer = |yes| LeaverAnswer {
        who: who(person),
        yes,
        at: at(4),
        through: "command line".to_owned(),
        why: "see PAY-7".to_owned(),
    };
    let approval = LeaverApproval {
        id: id.to_owned(),
        question: "Close it?".to_owned(),
        binds_plan,
        plan_changed: false,
        plan_hash: "bb".repeat(32),
        steps: u32::from(binds_plan),
        asked: at(3),
        until: None,
        people: vec![who(person)],
        needed: 1,
        answers: said.map(answer).into_iter().collect(),
        closed: said.map(|yes| if yes { "approved" } else { "rejected" }.to_owned()),
    };
    CallFacts {
        action: "approval.ask".to_owned(),
        input: json!({}),
        output: None,
        deed: None,
        approvals: vec![(approval, about)],
    }
}

fn account(connection: &str, enabled: Value) -> Value {
    json!({"system": "Active Directory", "connector": "ad", "connection": connection, "id": "g1",
        "login": "jjanssen", "mail": "jan@acme.test", "enabled": enabled, "facts": {}})
}

fn inventory(accounts: Value, silent: Value) -> Value {
    json!({
        "asked": [{"connection": "corp", "system": "Active Directory"},
            {"connection": "saas", "system": "SCIM"}],
        "accounts": accounts, "unreachable": silent, "ambiguous": [], "open": 0,
        "unconnected": [{"system": "Payroll", "owner": "petra"}],
    })
}

/// A run that closes Jan's account and whose last reading is this one.
fn closing(last: Value) -> Vec<CallFacts> {
    vec![
        read(1, inventory(json!([account("corp", json!(true))]), json!([]))),
        asked("a-1", json!({"accounts": []}), true, Some(true)),
        disabled(5, DeedState::Verified, Vec::new()),
        asked("a-2", json!({"system": "Payroll"}), false, Some(true)),
        read(8, last),
    ]
}

fn closed() -> Value {
    inventory(json!([account("corp", json!(false))]), json!([]))
}

fn known() -> Vec<LeaverSystem> {
    let system = |by_hand, id: &str, system: &str| LeaverSystem {
        by_hand,
        id: id.to_owned(),
        system: system.to_owned(),
    };
    vec![system(false, "new", "New"), system(true, "Payroll", "Payroll")]
}

fn standings(runs: &[RunFacts]) -> Vec<(String, Standing)> {
    let matrix = matrix(runs, &known());
    assert_eq!(matrix.leavers.len(), 1);
    matrix.leavers[0].cells.iter().map(|cell| (cell.id.clone(), cell.standing)).collect()
}

fn of(runs: &[RunFacts]) -> LeaverReport {
    let tenant = LeaverTenant { id: "acme".to_owned(), name: Some("Acme NV".to_owned()) };
    let entry = TrailEntry {
        place: 4,
        at: "2026-11-28T08:00:00Z".to_owned(),
        kind: "run.started".to_owned(),
        who: Some("hr".to_owned()),
        leaf: "cc".repeat(32),
    };
    let (root, checkpoint) = ("cm9vdA==".to_owned(), None);
    let trail = LeaverTrail { entries: vec![entry], size: 5, root, checkpoint };
    report(&leavers(runs)[0], tenant, Some(trail))
}

#[test]
fn a_cell_says_what_the_last_reading_says() {
    let runs = [run("r-1", OFFBOARDING, 0, closing(closed()))];
    let all: Vec<_> = standings(&runs);
    let expected = [
        ("corp", Standing::Closed),
        ("new", Standing::NotAsked),
        ("saas", Standing::NotThere),
        ("Payroll", Standing::ClosedByHand),
    ];
    let expected: Vec<_> = expected.map(|(id, standing)| (id.to_owned(), standing)).to_vec();
    assert_eq!(all, expected);
    assert!(of(&runs).all_closed);

    let silent = json!([{"connection": "corp", "because": "no route"}]);
    let mut doubtful = closed();
    doubtful["ambiguous"] = json!(["corp"]);
    let mut sessions = account("corp", json!(false));
    sessions["sessions"] = json!(1);
    for (last, standing) in [
        (inventory(json!([account("corp", json!(true))]), json!([])), Standing::Open),
        (inventory(json!([account("corp", json!(null))]), json!([])), Standing::Open),
        (inventory(json!([sessions]), json!([])), Standing::Open),
        (inventory(json!([]), json!([])), Standing::Closed),
        (inventory(json!([]), silent), Standing::NoAnswer),
        (doubtful, Standing::Open),
    ] {
        let runs = [run("r-1", OFFBOARDING, 0, closing(last.clone()))];
        assert_eq!(standings(&runs)[0].1, standing, "{last}");
        let report = of(&runs);
        assert_eq!(report.accounts[0].standing, standing, "{last}");
        assert_eq!(report.all_closed, standing == Standing::Closed, "{last}");
    }
}

#[test]
fn an_account_that_came_back_is_open_although_the_run_was_completed() {
    let back = inventory(json!([account("corp", json!(true))]), json!([]));
    let runs = [
        run("r-1", OFFBOARDING, 0, closing(closed())),
        run("r-2", "offboarding-recheck", 20, vec![read(21, back)]),
    ];
    assert_eq!(standings(&runs)[0].1, Standing::Open);
    let report = of(&runs);
    assert!(!report.all_closed);
    assert_eq!(report.open[0].what, OpenKind::Account);
    assert_eq!((report.as_of, report.accounts[0].after.as_ref().unwrap().at), (at(29), at(21)));
}

#[test]
fn an_account_is_closed_as_soon_as_its_write_was_read_back() {
    for (output, standing) in [
        (json!({"enabled": false}), Standing::Closed),
        (json!({"enabled": true}), Standing::Open),
        (json!({"locked": true, "sessions": [{"id": 1}]}), Standing::Open),
        (json!({"groups": []}), Standing::Open),
    ] {
        let mut calls = closing(closed());
        calls.truncate(3);
        calls[2].output = Some((at(5), output.clone()));
        let mut under_way = run("r-1", OFFBOARDING, 0, calls);
        "waiting".clone_into(&mut under_way.run.state);
        let runs = [under_way];
        assert_eq!(standings(&runs)[0].1, standing, "{output}");
        let report = of(&runs);
        assert_eq!(report.accounts[0].standing, standing, "{output}");
        assert!(!report.all_closed && !report.open.is_empty(), "the owner of Payroll is not asked");
    }
}

#[test]
fn what_an_action_had_to_leave_is_open() {
    let mut calls = closing(closed());
    calls[2] =
        disabled(5, DeedState::Verified, vec![json!({"group": "Dynamic", "why": "by rule"})]);
    let runs = [run("r-1", OFFBOARDING, 0, calls)];
    assert_eq!(standings(&runs)[0].1, Standing::Open);
    let report = of(&runs);
    let told: Vec<_> = report.open.iter().map(|it| (it.what, it.because.as_deref())).collect();
    assert_eq!(told, [(OpenKind::Kept, Some("Dynamic: by rule"))]);
}

#[test]
fn what_one_action_had_to_leave_and_another_took_is_not_open() {
    for (id, open) in [("g-news", 0), ("g-other", 1)] {
        let mut calls = closing(closed());
        calls[2] = disabled(5, DeedState::Verified, vec![json!({"id": "g-news", "why": "mail"})]);
        let mut left = disabled(6, DeedState::Verified, Vec::new());
        "exchange.leave-distribution-groups".clone_into(&mut left.action);
        left.output = Some((at(6), json!({"removed": [{"id": id, "name": "News"}]})));
        if let Some(deed) = &mut left.deed {
            (deed.action, deed.connection) = (left.action.clone(), Some("post".to_owned()));
        }
        calls.insert(3, left);
        let report = of(&[run("r-1", OFFBOARDING, 0, calls)]);
        assert_eq!(report.open.len(), open, "{id}: {:?}", report.open);
    }
}

#[test]
fn only_the_owners_yes_closes_a_system_by_hand() {
    for (said, standing) in [
        (None, Standing::OpenByHand),
        (Some(false), Standing::OpenByHand),
        (Some(true), Standing::ClosedByHand),
    ] {
        let mut calls = closing(closed());
        calls[3] = asked("a-2", json!({"system": "Payroll"}), false, said);
        let runs = [run("r-1", OFFBOARDING, 0, calls)];
        let report = of(&runs);
        assert_eq!(report.by_hand[0].standing, standing, "{said:?}");
        assert_eq!(report.all_closed, said == Some(true));
        let turn: Vec<_> = report.open.iter().flat_map(|it| &it.turn).map(|w| &w.id).collect();
        assert_eq!(turn.len(), usize::from(said != Some(true)), "{said:?}");
    }
}

#[test]
fn a_proof_is_a_reading_and_what_it_shows_decides() {
    let mut holds = account("corp", json!(false));
    holds["left"] = json!(["member of CN=VPN"]);
    for (last, standing, because) in [
        (closed(), Standing::Closed, None),
        (inventory(json!([holds]), json!([])), Standing::Open, Some("member of CN=VPN")),
        (inventory(json!([account("corp", json!(true))]), json!([])), Standing::Open, None),
    ] {
        let mut calls = closing(last);
        "leavers.prove".clone_into(&mut calls[4].action);
        let report = of(&[run("r-1", OFFBOARDING, 0, calls)]);
        assert_eq!(report.accounts[0].standing, standing);
        assert_eq!(report.all_closed, standing == Standing::Closed);
        let told = report.open.first().and_then(|item| item.because.as_deref());
        assert_eq!(told, because);
    }
}

#[test]
fn what_was_closed_by_hand_in_an_earlier_run_stays_closed_with_its_proof() {
    let mut last = closed();
    last["byHand"] = json!([{"system": "Payroll", "by": "petra", "at": "2026-11-20T08:00:00Z",
        "proof": "see PAY-1", "run": "r-0"}]);
    let calls = vec![read(1, last)];
    let report = of(&[run("r-1", OFFBOARDING, 0, calls)]);
    assert_eq!(report.by_hand[0].standing, Standing::ClosedByHand);
    let answer = report.by_hand[0].answer.as_ref().unwrap();
    assert_eq!((answer.why.as_str(), answer.through.as_str()), ("see PAY-1", "run r-0"));
    assert!(report.all_closed);
}

#[test]
fn while_people_are_asked_it_is_their_turn() {
    let calls = vec![
        read(1, inventory(json!([account("corp", json!(true))]), json!([]))),
        asked("a-1", json!({"accounts": []}), true, None),
    ];
    let mut asking = run("r-1", OFFBOARDING, 0, calls);
    "waiting".clone_into(&mut asking.run.state);
    asking.run.ended = None;
    let report = of(&[asking]);
    let account = &report.open[0];
    assert_eq!((account.what, account.turn[0].id.as_str()), (OpenKind::Account, "xander"));
    assert_eq!(account.approval.as_deref(), Some("a-1"));
    assert_eq!((report.accounts[0].standing, &report.accounts[0].after), (Standing::Open, &None));
}

#[test]
fn what_waits_for_the_agreed_moment_is_nobodys_turn() {
    let calls = vec![
        read(1, inventory(json!([account("corp", json!(true))]), json!([]))),
        asked("a-1", json!({"accounts": []}), true, Some(true)),
    ];
    let mut waiting = run("r-1", OFFBOARDING, 0, calls);
    "waiting".clone_into(&mut waiting.run.state);
    waiting.run.ended = None;
    waiting.until = Some(at(59));
    let report = of(&[waiting]);
    let told: Vec<_> = report.open.iter().map(|item| (item.what, item.until)).collect();
    assert_eq!(told, [(OpenKind::Account, Some(at(59))), (OpenKind::ByHand, Some(at(59)))]);
    assert!(report.open[0].turn.is_empty());
}

#[test]
fn a_run_that_never_read_anything_is_open_as_a_whole() {
    let mut failed = run("r-1", OFFBOARDING, 0, Vec::new());
    "failed".clone_into(&mut failed.run.state);
    failed.run.because = Some("no such person".to_owned());
    let report = of(&[failed]);
    assert!(!report.all_closed);
    assert_eq!(report.open[0].what, OpenKind::Run);
    assert_eq!(report.open[0].because.as_deref(), Some("no such person"));
}

#[test]
fn a_person_stands_in_one_row_whatever_the_number_of_runs() {
    let mut first = run("r-1", OFFBOARDING, 0, closing(closed()));
    "failed".clone_into(&mut first.run.state);
    first.last_day = Some("2026-11-20".to_owned());
    let mut second = run("r-2", OFFBOARDING, 20, closing(closed()));
    second.person.name = None;
    let mut other = run("r-3", OFFBOARDING, 10, Vec::new());
    other.person.mails = vec!["an@acme.test".to_owned()];
    let matrix = matrix(&[first, other, second], &[]);
    let newest = &matrix.leavers[0];
    assert_eq!(newest.person.name.as_deref(), Some("Jan Janssen"), "what another run knows");
    assert_eq!(newest.last_day.as_deref(), Some("2026-11-20"));
    let rows: Vec<_> = matrix.leavers.iter().map(|row| row.runs.clone()).collect();
    assert_eq!(rows, [vec!["r-2".to_owned(), "r-1".to_owned()], vec!["r-3".to_owned()]]);
}

#[test]
fn people_are_the_same_by_address_or_login_and_by_name_only_for_want_of_better() {
    let person = |name: &str, mail: &str, login: &str| LeaverPerson {
        name: (!name.is_empty()).then(|| name.to_owned()),
        mails: (!mail.is_empty()).then(|| mail.to_owned()).into_iter().collect(),
        logins: (!login.is_empty()).then(|| login.to_owned()).into_iter().collect(),
    };
    for (a, b, same) in [
        (person("Jan", "j@a.test", ""), person("J", "J@A.test", ""), true),
        (person("Jan", "j@a.test", ""), person("Jan", "k@a.test", ""), false),
        (person("Jan", "", "jj"), person("", "j@a.test", "jj"), true),
        (person("Jan", "", ""), person("jan", "j@a.test", ""), true),
        (person("", "", ""), person("", "", ""), false),
    ] {
        assert_eq!(same_person(&a, &b), same, "{a:?} {b:?}");
    }
}

#[test]
fn a_completed_unblock_takes_the_offboarding_back() {
    let open = inventory(json!([account("corp", json!(true))]), json!([]));
    let mut undo = run("r-2", UNBLOCK, 20, vec![read(21, open)]);
    let first = run("r-1", OFFBOARDING, 0, closing(closed()));
    let today = at(0).date_naive();
    for (state, back) in [("completed", true), ("failed", false)] {
        state.clone_into(&mut undo.run.state);
        let runs = [first.clone(), undo.clone()];
        let row = matrix(&runs, &[]).leavers.remove(0);
        assert_eq!((row.taken_back, row.open.is_empty()), (back, back), "{state}");
        assert!(!of(&runs).all_closed);
        assert_eq!(gone(&leavers(&runs), Vec::new(), today).is_empty(), back);
    }
}

#[test]
fn the_report_has_the_shape_that_others_rely_on() {
    insta::assert_json_snapshot!(of(&[run("r-1", OFFBOARDING, 0, closing(closed()))]));
}

#[test]
fn an_account_that_was_deleted_since_is_gone_and_holds_nothing_open() {
    let mut kept = closing(closed());
    kept[2] = disabled(5, DeedState::Verified, vec![json!({"id": "x", "name": "Everybody"})]);
    // Looked at once more at 20, deleted and read back at 25.
    let later = |output: Value, state| {
        let mut deletion = disabled(25, state, Vec::new());
        deletion.deed.as_mut().unwrap().action = "ad.delete".to_owned();
        deletion.output = Some((at(25), output));
        let last = inventory(json!([account("corp", json!(false))]), json!([]));
        let calls = vec![asked("a-9", json!({}), true, Some(true)), read(20, last), deletion];
        [run("r-1", OFFBOARDING, 0, kept.clone()), run("r-2", "offboarding-delete", 15, calls)]
    };
    let gone = json!({"id": "g1", "deleted": true});
    let runs = later(gone.clone(), DeedState::Verified);
    assert_eq!(standings(&runs)[0], ("corp".to_owned(), Standing::Closed));
    let report = of(&runs);
    assert!(report.all_closed, "{:?}", report.open);
    let [account] = report.accounts.as_slice() else { panic!("{:?}", report.accounts) };
    let after = account.after.as_ref().unwrap();
    assert_eq!((account.standing, after.found, after.at), (Standing::Closed, false, at(25)));
    assert_eq!(account.deeds.len(), 2);
    let asked: Vec<&str> = report.approvals.iter().map(|one| one.id.as_str()).collect();
    assert!(asked.contains(&"a-1") && asked.contains(&"a-9"), "{asked:?}");

    // Not read back as gone, or another write altogether: it is there, and so is what it holds.
    let unsure = later(gone, DeedState::NotVerified);
    for runs in [unsure, later(json!({"enabled": false}), DeedState::Verified)] {
        assert_eq!(standings(&runs)[0].1, Standing::Open);
        let report = of(&runs);
        assert!(!report.all_closed && report.accounts[0].after.as_ref().unwrap().found);
        assert_eq!(report.accounts[0].deeds.len(), 1);
    }
}
