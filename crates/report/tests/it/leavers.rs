//! The report of one leaver.

use kompel_model::{Language, LeaverReport};
use kompel_report::leaver_pdf;
use serde_json::{Value, json};

use crate::pdf;

const HASH: &str = "5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592";

fn deed(step: u64, action: &str, state: &str, property: &str, from: Value, to: Value) -> Value {
    let connection = if action.starts_with("ad.") { "corp" } else { "vpn-gent" };
    let read_back = (state == "verified").then_some("2026-11-27T16:31:12Z");
    let because = (state == "failed").then_some("insufficient access rights (50)");
    json!({
        "step": step, "action": action, "connection": connection, "state": state,
        "at": "2026-11-27T16:31:09Z",
        "changes": [{"object": "CN=Jan Janssen,OU=Staff,DC=corp,DC=test", "property": property,
            "from": from, "to": to, "irreversible": false}],
        "plan_hash": HASH, "approval": "a-3f1c22d0b1a94e77", "attempts": 1, "read_back": read_back,
        "because": because, "kept": [],
    })
}

fn account(system: &str, connection: &str, login: &str, standing: &str, deeds: Value) -> Value {
    json!({
        "system": system, "connector": "x", "connection": connection, "id": login, "login": login,
        "before": {"at": "2026-11-27T09:02:11Z", "found": true, "enabled": true,
            "sessions": if connection == "vpn-gent" { json!(1) } else { json!(null) }},
        "deeds": deeds,
        "after": {"at": "2026-11-27T16:32:40Z", "found": true, "enabled": standing != "closed",
            "sessions": null},
        "standing": standing,
    })
}

fn answer(id: &str, name: &str, at: &str, why: &str) -> Value {
    json!({"who": {"id": id, "name": name}, "yes": true, "at": at, "through": "command line",
        "why": why})
}

/// A leaver with five accounts, everything closed.
fn sample() -> Value {
    let groups = deed(
        4,
        "ad.remove-from-groups",
        "verified",
        "member of CN=VPN users",
        json!(true),
        json!(false),
    );
    json!({
        "format": "kompel-leaver-report/1",
        "tenant": {"id": "acme", "name": "Brugwacht NV"},
        "person": {"name": "Jan Janssen", "mails": ["jan.janssen@brugwacht.example"],
            "logins": ["jjanssen"]},
        "reason": "Contract loopt af; vervanger is ingewerkt.",
        "last_day": "2026-11-27",
        "as_of": "2026-11-27T16:40:02Z",
        "all_closed": true,
        "run": {"id": "r-7f3a9c1e22b04d55", "playbook": "kompel/offboarding", "version": "1.0.0",
            "digest": HASH, "state": "completed", "because": null, "trigger": "kompel leavers add",
            "requester": {"id": "hilde", "name": "Hilde Roels"},
            "started": "2026-11-27T09:02:10Z", "ended": "2026-11-27T16:40:02Z"},
        "approvals": [{"id": "a-3f1c22d0b1a94e77",
            "question": "Close every account of Jan Janssen (5 open)", "binds_plan": true,
            "plan_changed": false, "plan_hash": HASH, "steps": 6,
            "asked": "2026-11-27T09:02:14Z", "until": "2026-12-04T09:02:14Z",
            "people": [{"id": "xander", "name": "Xander Peeters"}, {"id": "an", "name": "An Maes"}],
            "needed": 1,
            "answers": [answer("xander", "Xander Peeters", "2026-11-27T16:31:02Z", "akkoord, na 16u30")],
            "closed": "approved"}],
        "accounts": [
            account("Active Directory", "corp", "jjanssen", "closed", json!([
                deed(3, "ad.disable", "verified", "enabled", json!(true), json!(false)), groups])),
            account("Wiki", "saas", "jan.janssen@brugwacht.example", "closed", json!([
                deed(7, "scim.deactivate", "verified", "active", json!(true), json!(false))])),
            account("VPN", "vpn-gent", "jjanssen", "closed", json!([
                deed(5, "ocserv.block", "verified", "locked", json!(false), json!(true))])),
            account("VPN", "vpn-luik", "jjanssen", "closed", json!([
                deed(6, "openvpn.block", "already", "blocked", json!(true), json!(true))])),
        ],
        "by_hand": [{"system": "Payroll", "owner": {"id": "petra", "name": "Petra Claes"},
            "asked": "2026-11-27T16:31:20Z",
            "answer": answer("petra", "Petra Claes", "2026-11-27T16:39:58Z", "afgesloten in Officient, schermafdruk bij PAY-71"),
            "standing": "closed_by_hand"}],
        "not_there": [{"connection": "jump", "system": "FreeRADIUS", "because": null}],
        "no_answer": [], "other_deeds": [], "open": [],
        "trail": {"entries": [
            {"place": 118, "at": "2026-11-27T09:02:10Z", "kind": "run.started", "who": "hilde", "leaf": HASH},
            {"place": 119, "at": "2026-11-27T09:02:14Z", "kind": "approval.asked", "who": null, "leaf": HASH},
            {"place": 121, "at": "2026-11-27T16:31:02Z", "kind": "approval.answered", "who": "xander", "leaf": HASH},
            {"place": 126, "at": "2026-11-27T16:40:02Z", "kind": "run.ended", "who": null, "leaf": HASH}],
            "size": 127, "root": "q1Zt0oOcdZ1r2yM0m1zXo8t7s3T1m9b0hYk3XvJq0uM=",
            "checkpoint": "kompel/brugwacht\n127\nq1Zt0oOcdZ1r2yM0m1zXo8t7s3T1m9b0hYk3XvJq0uM=\n\n— kompel/brugwacht Zk3XvJq0uMq1Zt0oOcdZ1r2yM0m1zXo8t7s3T1m9b0hYk3XvJq0uMAAA=\n"},
    })
}

/// The same, with what went wrong.
fn unfinished() -> Value {
    let mut report = sample();
    report["all_closed"] = json!(false);
    report["run"]["state"] = json!("failed");
    report["run"]["because"] = json!("Not everything is closed: corp: jjanssen");
    report["accounts"][0] = account(
        "Active Directory",
        "corp",
        "jjanssen",
        "open",
        json!([
            deed(3, "ad.disable", "failed", "enabled", json!(true), json!(false)),
            deed(
                4,
                "ad.remove-from-groups",
                "unknown",
                "member of CN=VPN",
                json!(true),
                json!(false)
            )
        ]),
    );
    report["open"] = json!([
        {"system": "Active Directory", "connection": "corp", "login": "jjanssen", "what": "account",
            "because": "insufficient access rights (50)", "turn": [], "approval": null, "until": null},
        {"system": "Payroll", "connection": null, "login": null, "what": "by_hand", "because": null,
            "turn": [{"id": "petra", "name": "Petra Claes"}], "approval": "a-77", "until": null}]);
    report["by_hand"][0]["answer"] = json!(null);
    report["by_hand"][0]["standing"] = json!("open_by_hand");
    report["no_answer"] =
        json!([{"connection": "jump", "system": "jump", "because": "no route to host"}]);
    report["not_there"] = json!([]);
    report["trail"]["checkpoint"] = json!(null);
    report
}

fn made(report: &Value, language: Language) -> Vec<u8> {
    let report: LeaverReport = serde_json::from_value(report.clone()).unwrap();
    leaver_pdf(&report, HASH, language).unwrap()
}

fn has_all(name: &str, bytes: &[u8], wanted: &[&str]) {
    let Some(text) = pdf::words(name, bytes) else { return };
    for words in wanted {
        assert!(text.contains(words), "{name} lacks {words:?}:\n{text}");
    }
}

#[test]
fn the_pages_tell_who_asked_approved_did_and_what_proves_it() {
    let dutch = made(&sample(), Language::Nl);
    has_all(
        "leaver-nl",
        &dutch,
        &[
            "Jan Janssen",
            "Brugwacht NV",
            "Elk account is gesloten, en gesloten teruggelezen",
            "Hilde Roels (hilde)",
            "Xander Peeters (xander) zei ja, 27 nov 2026 16:31:02",
            "akkoord, na 16u30",
            "5d41402a bc4b2a76 b9719d91 1017c592",
            "ad.disable",
            "enabled: ja → nee",
            "afgesloten in Officient, schermafdruk bij PAY-71",
            "FreeRADIUS (jump)",
            "blad 1 van",
            HASH,
            "run.ended",
            "127",
        ],
    );
    let english = made(&sample(), Language::En);
    has_all(
        "leaver-en",
        &english,
        &["Every account is closed, and was read back closed", "said yes", "page 1 of", "Nothing."],
    );
}

#[test]
fn what_is_open_stands_first_with_whose_turn_it_is() {
    let bytes = made(&unfinished(), Language::En);
    has_all(
        "leaver-open",
        &bytes,
        &[
            "Not closed: something is still open",
            "corp: the account jjanssen can still be used: insufficient access rights (50).",
            "Turn of Petra Claes",
            "no route to host",
            "nobody knows",
            "meant: enabled: yes → no",
            "No checkpoint",
        ],
    );
    let Some(text) = pdf::words("leaver-open-order", &bytes) else { return };
    assert!(text.find("Still open").unwrap() < text.find("Requested").unwrap());
    assert!(!text.contains("Every account is closed"));
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let first = made(&sample(), Language::Nl);
    made(&unfinished(), Language::En);
    assert_eq!(first, made(&sample(), Language::Nl));
}

#[test]
fn foreign_text_is_text_and_much_of_it_takes_more_pages() {
    let mut report = sample();
    let evil = "#import \"/etc/passwd\" $x$ *bold* \u{202E}txt \u{1b}[31m ".repeat(30);
    report["reason"] = json!(evil);
    report["person"]["name"] = json!(format!("{evil}{}", "W".repeat(3000)));
    report["approvals"][0]["question"] = json!("x".repeat(9000));
    report["by_hand"][0]["answer"]["why"] = json!(evil);
    report["trail"]["checkpoint"] = json!("y\n".repeat(4000));
    let many: Vec<Value> = (0..400)
        .map(|n| {
            let deeds: Vec<Value> = (0..3)
                .map(|step| deed(step, &evil, "verified", &evil, json!(evil), json!([1, 2])))
                .collect();
            account(&evil, &format!("c{n}"), &"l".repeat(500), "closed", json!(deeds))
        })
        .collect();
    report["accounts"] = json!(many);
    let bytes = made(&report, Language::En);
    let Some(pages) = pdf::pages("leaver-much", &bytes) else { return };
    assert!(pages > 10, "{pages}");
    has_all("leaver-much-text", &bytes, &["#import", "$x$ *bold*"]);
}

#[test]
fn an_open_account_to_which_nothing_was_done_is_not_told_as_needing_nothing() {
    for (standing, says, other) in [
        ("open", "Nothing was done to it", "Nothing had to be changed"),
        ("closed", "Nothing had to be changed", "Nothing was done to it"),
    ] {
        let mut report = sample();
        report["accounts"] = json!([account("Wiki", "saas", "jan", standing, json!([]))]);
        let bytes = made(&report, Language::En);
        has_all("leaver-idle", &bytes, &[says]);
        assert!(!pdf::words("leaver-idle", &bytes).unwrap_or_default().contains(other));
    }
}

#[test]
fn a_report_of_a_run_that_just_began_is_a_page_too() {
    let mut report = sample();
    for list in ["approvals", "accounts", "by_hand", "not_there"] {
        report[list] = json!([]);
    }
    report["trail"] = json!(null);
    report["all_closed"] = json!(false);
    report["run"]["ended"] = json!(null);
    report["run"]["state"] = json!("running");
    report["open"] = json!([{"system": null, "connection": null, "login": null, "what": "run",
        "because": null, "turn": [], "approval": null, "until": null}]);
    let bytes = made(&report, Language::En);
    has_all(
        "leaver-early",
        &bytes,
        &["Under way", "No system that was asked", "no entry of this run"],
    );
}
