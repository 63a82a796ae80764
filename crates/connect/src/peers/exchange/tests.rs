//! Exchange under the contract, against the stub, and what only Exchange has.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use kompel_peers::{How, Microsoft365, World, guid};
use serde_json::{Value, json};

use super::connector;
use crate::{
    Connector, ErrorKind, Verified,
    contract::{Bench, Example, NotRun, Peer},
    peers::graph::trying::{CloudPeer, Service, Step},
};

/// The bench, for the contract tests.
pub(in crate::peers) fn bench() -> Box<dyn Bench> {
    Box::new(ExchangeBench)
}

struct ExchangeBench;

#[async_trait]
impl Bench for ExchangeBench {
    fn connector(&self) -> Arc<dyn Connector> {
        connector()
    }

    fn examples(&self) -> Vec<Example> {
        let jan = || json!({"mailbox": "jan@contoso.test"});
        let closed = || json!({"mailbox": guid(4)});
        let with = |mut input: Value, more: Value| {
            let input_members = input.as_object_mut().unwrap();
            input_members.extend(more.as_object().cloned().unwrap());
            input
        };
        let reply =
            json!({"state": "Enabled", "internal": "Jan is <b>weg</b>.", "audience": "None"});
        let rights = json!({"to": guid(5), "rights": ["FullAccess", "SendAs"]});
        let some = || {
            json!({"rights": [
                {"mailbox": guid(4), "name": "Closed Person", "rights": ["FullAccess", "SendOnBehalf"]},
                {"mailbox": "piet@contoso.test", "rights": ["SendAs"]},
            ]})
        };
        vec![
            Example::new("exchange.find-mailbox", jan()),
            Example::new("exchange.convert-to-shared", jan()),
            Example::new("exchange.convert-to-user", closed()),
            Example::new("exchange.set-litigation-hold", with(jan(), json!({"on": true}))),
            Example::new(
                "exchange.set-forwarding",
                with(jan(), json!({"to": "boss@contoso.test", "keepCopy": true})),
            ),
            Example::new("exchange.set-forwarding", jan()).named("off"),
            Example::new("exchange.set-out-of-office", with(jan(), reply)),
            Example::new("exchange.hide-from-address-list", jan()),
            Example::new("exchange.show-in-address-list", closed()),
            Example::new("exchange.remove-inbox-rules", jan()),
            Example::new("exchange.remove-mobile-devices", jan()),
            Example::new("exchange.leave-distribution-groups", jan()),
            Example::new(
                "exchange.join-distribution-groups",
                json!({"mailbox": guid(5), "groups": [guid(105)]}),
            ),
            Example::new("exchange.grant-access", with(jan(), rights.clone())),
            Example::new("exchange.revoke-access", with(jan(), rights)),
            Example::new("exchange.find-rights-elsewhere", jan()),
            Example::new("exchange.drop-rights-elsewhere", jan()),
            Example::new("exchange.drop-rights-elsewhere", with(jan(), some())).named("some"),
            Example::new("exchange.give-rights-elsewhere", with(jan(), some())),
        ]
    }

    async fn start(&self) -> Result<Box<dyn Peer>, NotRun> {
        let stub = Microsoft365::start();
        Ok(Box::new(CloudPeer { stub, service: EXCHANGE, touch: without_kinds }))
    }
}

const EXCHANGE: Service = Service { connector, url: "exchange_url", beginning };

/// The world in which an example begins.
fn beginning(example: &Example) -> World {
    let mut world = World::sample();
    if example.action == "exchange.revoke-access" {
        for right in ["FullAccess", "SendAs"] {
            let login = "jan.janssens@contoso.test".to_owned();
            world.rights.push((guid(1), login, right.to_owned()));
        }
    }
    if matches!(example.action, "exchange.drop-rights-elsewhere" | "exchange.find-rights-elsewhere")
    {
        world.rights.extend(rights_of_jan());
    }
    if example.name == "off" {
        let jan = world.mailboxes.get_mut(&guid(1)).unwrap();
        jan["ForwardingSmtpAddress"] = "smtp:me@gmail.test".into();
    }
    world
}

/// What Jan may do in other people's mailboxes, and another in his.
fn rights_of_jan() -> Vec<(String, String, String)> {
    let jan = "jan@contoso.test";
    [
        (guid(4), jan, "FullAccess"),
        (guid(4), jan, "SendOnBehalf"),
        (guid(2), jan, "SendAs"),
        (guid(5), jan, "FullAccess"),
        (guid(105), jan, "SendAs"),
        (guid(1), "piet@contoso.test", "FullAccess"),
    ]
    .map(|(of, who, right)| (of, who.to_owned(), right.to_owned()))
    .to_vec()
}

/// The kind of address before a forwarding address is Exchange's own affair.
fn without_kinds(snapshot: &mut Value) {
    for mailbox in snapshot["mailboxes"].as_object_mut().unwrap().values_mut() {
        if let Some(address) = mailbox["ForwardingSmtpAddress"].as_str() {
            mailbox["ForwardingSmtpAddress"] = address.trim_start_matches("smtp:").into();
        }
    }
}

fn step_at(stub: &Microsoft365, action: &str, input: Value) -> Step {
    EXCHANGE.step(stub, action, input)
}

#[tokio::test]
async fn strange_answers_end_in_errors() {
    EXCHANGE.takes_no_strange_answer(&bench().examples()).await;
}

#[tokio::test]
async fn whatever_goes_wrong_with_a_write_is_never_told_as_done() {
    EXCHANGE.tells_no_failure_as_done(&bench().examples(), "/adminapi/").await;
}

#[tokio::test]
async fn a_mailbox_that_needs_its_licence_says_so_before_anybody_approves() {
    let stub = Microsoft365::start();
    let large = json!({"TotalItemSize": "60 GB (64,424,509,440 bytes)"});
    for (property, value, because) in [
        ("DisplayName", json!("Jan"), None),
        ("statistics", large, Some("it is larger than 50 GB")),
        ("statistics", json!({"TotalItemSize": null}), Some("its size is not known")),
        ("ArchiveStatus", json!("Active"), Some("it has an archive")),
        ("LitigationHoldEnabled", json!(true), Some("it is on hold")),
        ("InPlaceHolds", json!(["mbx1"]), Some("it is on hold")),
    ] {
        stub.reset(World::sample());
        stub.change(|world| world.mailboxes.get_mut(&guid(1)).unwrap()[property] = value);
        let step = step_at(&stub, "exchange.convert-to-shared", json!({"mailbox": guid(1)}));
        let plan = step.plan().await.unwrap();
        let remark = because.map(|why| format!("licenceStays: {why}; keep its licence."));
        assert_eq!(plan.remarks, Vec::from_iter(remark), "{property}");
        let output = step.perform().await.unwrap();
        assert_eq!(output["licenceStays"], because.is_some(), "{property}");
        assert_eq!(output["because"], json!(Vec::from_iter(because)), "{property}");
    }
}

#[tokio::test]
async fn what_active_directory_masters_is_refused_or_kept_with_its_reason() {
    let stub = Microsoft365::start();
    let step = step_at(&stub, "exchange.hide-from-address-list", json!({"mailbox": guid(2)}));
    let refused = step.plan().await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Conflict);
    assert!(refused.detail.contains("msExchHideFromAddressLists"), "{refused}");

    let step = step_at(&stub, "exchange.leave-distribution-groups", json!({"mailbox": guid(1)}));
    let output = step.perform().await.unwrap();
    assert_eq!(output["removed"][0]["name"], "News");
    // By this id, whoever asked Graph first sees that it is no longer kept.
    assert_eq!(output["removed"][0]["id"], guid(105));
    assert!(!stub.world().members.contains(&(guid(105), guid(1))));
    assert_eq!(output["kept"][0]["name"], "Board");
    assert!(output["kept"][0]["because"].as_str().unwrap().contains("Active Directory"));
    for (action, input, kind) in [
        ("exchange.convert-to-shared", json!({"mailbox": "x@contoso.test"}), ErrorKind::Absent),
        (
            "exchange.grant-access",
            json!({"mailbox": guid(1), "to": "x", "rights": ["SendAs"]}),
            ErrorKind::Absent,
        ),
    ] {
        assert_eq!(step_at(&stub, action, input).plan().await.unwrap_err().kind, kind);
    }
    let step = step_at(&stub, "exchange.find-mailbox", json!({"mailbox": "x@contoso.test"}));
    assert_eq!(step.perform().await.unwrap(), json!({"found": false}));
}

#[tokio::test]
async fn a_write_that_is_seen_later_is_not_yet_and_one_that_never_was_differs() {
    let stub = Microsoft365::start();
    for example in bench().examples() {
        let action = example.action;
        if action.starts_with("exchange.find-") {
            continue;
        }
        stub.reset(beginning(&example));
        stub.lag(12);
        let step = step_at(&stub, action, example.input.clone());
        let output = step.perform().await.unwrap();
        let soon = TimeDelta::seconds(5);
        assert_eq!(step.verify(&output, soon).await, Verified::NotYet { seconds: 5 }, "{action}");
        let mut looks = 1;
        while step.verify(&output, soon).await == (Verified::NotYet { seconds: 5 }) {
            looks += 1;
            assert!(looks < 20, "{action} is never seen");
        }
        assert!(matches!(step.verify(&output, soon).await, Verified::Holds(_)), "{action}");

        stub.reset(beginning(&example));
        for on in ["Set-", "Remove-", "Add-"] {
            stub.trouble(on, How::Deaf, 99);
        }
        let output = step.perform().await.unwrap();
        assert!(matches!(step.verify(&output, soon).await, Verified::NotYet { .. }), "{action}");
        let found = step.verify(&output, TimeDelta::minutes(4)).await;
        assert!(matches!(found, Verified::Differs { .. }), "{action}: {found:?}");
    }
}

#[tokio::test]
async fn rights_in_other_peoples_mailboxes_are_found_wherever_they_are_and_dropped() {
    let stub = Microsoft365::start();
    stub.change(|world| world.rights.extend(rights_of_jan()));
    let step = |action, input| step_at(&stub, action, input);
    let found = step("exchange.find-rights-elsewhere", json!({"mailbox": guid(1)}));
    let found = found.perform().await.unwrap();
    let place = |id: u32, name: &str, rights: Value| json!({"mailbox": guid(id), "name": name, "rights": rights});
    let expected = json!([
        place(2, "Piet Pieters", json!(["SendAs"])),
        place(4, "Closed Person", json!(["FullAccess", "SendOnBehalf"])),
        place(5, "Jan Janssens", json!(["FullAccess"])),
        place(105, "News", json!(["SendAs"])),
    ]);
    assert_eq!(found["rights"], expected);
    assert_eq!((&found["looked"], &found["complete"]), (&json!(3), &json!(true)));
    // What it found may be handed on as it is.
    let input = json!({"mailbox": guid(1), "rights": found["rights"]});
    let drop = step("exchange.drop-rights-elsewhere", input);
    let objects = drop.plan().await.unwrap().changes.into_iter().map(|change| change.object);
    assert_eq!(
        objects.collect::<Vec<_>>(),
        [
            (2, "Piet Pieters"),
            (4, "Closed Person"),
            (4, "Closed Person"),
            (5, "Jan Janssens"),
            (105, "News")
        ]
        .map(|(id, name)| format!("mailbox {name} ({})", guid(id))),
    );
    drop.perform().await.unwrap();
    let left = vec![(guid(1), "piet@contoso.test".to_owned(), "FullAccess".to_owned())];
    assert_eq!(stub.world().rights, left, "what others may do in his stays");
    let none = step("exchange.find-rights-elsewhere", json!({"mailbox": guid(1)}));
    assert_eq!(none.perform().await.unwrap()["rights"], json!([]));
    // A place that is gone gives nobody a right, and can't be given one.
    let gone = json!({"mailbox": guid(1), "rights": [{"mailbox": guid(99), "rights": ["SendAs"]}]});
    let drop = step("exchange.drop-rights-elsewhere", gone.clone());
    assert!(drop.plan().await.unwrap().is_empty());
    let give = step("exchange.give-rights-elsewhere", gone);
    assert_eq!(give.plan().await.unwrap_err().kind, ErrorKind::Absent);
    let nobody = json!({"mailbox": "x@contoso.test"});
    let found = step("exchange.find-rights-elsewhere", nobody).perform().await.unwrap();
    assert_eq!((&found["found"], &found["rights"]), (&json!(false), &json!([])));
}

#[tokio::test]
async fn a_look_that_is_cut_short_says_so_and_drops_nothing_unnamed() {
    let stub = Microsoft365::start();
    stub.change(|world| world.rights.extend(rights_of_jan()));
    let step = |action: &str, input: Value| {
        let mut step = step_at(&stub, action, input);
        let more = json!({"most_mailboxes": 1});
        step.call.connection = EXCHANGE.connection(&stub, stub.address, Microsoft365::CLIENT, more);
        step
    };
    let jan = || json!({"mailbox": guid(1)});
    let found = step("exchange.find-rights-elsewhere", jan()).perform().await.unwrap();
    assert_eq!((&found["looked"], &found["of"]), (&json!(1), &json!(3)));
    assert_eq!(found["complete"], false);
    // What needs one question each is told all the same.
    let places: Vec<&Value> =
        found["rights"].as_array().unwrap().iter().map(|one| &one["mailbox"]).collect();
    assert_eq!(places, [&guid(2), &guid(4), &guid(105)]);
    let refused = step("exchange.drop-rights-elsewhere", jan()).plan().await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Unsupported);
    assert!(refused.detail.contains("most_mailboxes"), "{refused}");
    let named =
        json!({"mailbox": guid(1), "rights": [{"mailbox": guid(5), "rights": ["FullAccess"]}]});
    let drop = step("exchange.drop-rights-elsewhere", named);
    let output = drop.perform().await.unwrap();
    assert!(matches!(drop.verify(&output, TimeDelta::minutes(9)).await, Verified::Holds(_)));
    assert!(!stub.world().rights.iter().any(|(of, _, _)| *of == guid(5)));
}

#[tokio::test]
async fn one_question_of_many_that_fails_is_not_taken_for_no_right() {
    let stub = Microsoft365::start();
    stub.change(|world| world.rights.extend(rights_of_jan()));
    let find = step_at(&stub, "exchange.find-rights-elsewhere", json!({"mailbox": guid(1)}));
    for on in ["Get-MailboxPermission", "Get-RecipientPermission", "Get-Recipient"] {
        stub.trouble(on, How::Failing(500), 1);
        assert_eq!(find.perform().await.unwrap_err().kind, ErrorKind::Unexpected, "{on}");
    }
    assert_eq!(find.perform().await.unwrap()["rights"].as_array().unwrap().len(), 4);
}

/// A step by the other transport, with this program for pwsh.
fn by_program(stub: &Microsoft365, program: &str) -> Step {
    let mut step = step_at(stub, "exchange.find-mailbox", json!({"mailbox": guid(1)}));
    let more = json!({"transport": "powershell", "pwsh": program});
    step.call.connection = EXCHANGE.connection(stub, stub.address, Microsoft365::CLIENT, more);
    step
}

#[tokio::test]
async fn without_pwsh_the_other_transport_is_unreachable() {
    let stub = Microsoft365::start();
    let error = by_program(&stub, "/nonexistent/pwsh").perform().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(error.detail.contains("can't be started"), "{error}");
}

/// A program of this text that stands in for pwsh.
fn stand_in(folder: &std::path::Path, script: &str) -> std::path::PathBuf {
    // Written by another process: a file that this one has open for writing can't be run.
    let program = folder.join("pwsh");
    let mut writer = std::process::Command::new("sh")
        .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
        .arg(&program)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut writer.stdin.take().unwrap(), script.as_bytes()).unwrap();
    assert!(writer.wait().unwrap().success());
    program
}

/// The program stands in for pwsh, which can't be had here: it shows what pwsh would be given, and
/// says nothing of what PowerShell makes of it.
#[tokio::test]
async fn what_differs_goes_to_pwsh_on_its_standard_input_and_nowhere_else() {
    let stub = Microsoft365::start();
    let folder = tempfile::tempdir().unwrap();
    let row = json!({"value": [{
        "ExternalDirectoryObjectId": guid(1), "UserPrincipalName": "jan@contoso.test",
        "TotalItemSize": "2 KB (2,048 bytes)", "ArchiveStatus": "None",
    }]});
    let script = format!(
        "#!/bin/sh\ncd \"$(dirname \"$0\")\"\nprintf '%s\\n' \"$@\" >> arguments\ncat >> input\n\
         echo 'a word of the module'\necho '{row}'\n"
    );
    let program = stand_in(folder.path(), &script);
    let found = by_program(&stub, program.to_str().unwrap()).perform().await.unwrap();
    assert_eq!((&found["found"], &found["sizeBytes"]), (&json!(true), &json!(2048)));
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let (arguments, input) = (read("arguments"), read("input"));
    let commands: Vec<Value> =
        serde_json::Deserializer::from_str(&input).into_iter().collect::<Result<_, _>>().unwrap();
    let cmdlets: Vec<&Value> = commands.iter().map(|one| &one["cmdlet"]).collect();
    assert_eq!(cmdlets, ["Get-Mailbox", "Get-MailboxStatistics"]);
    assert_eq!(commands[0]["parameters"], json!({"Identity": guid(1)}));
    let token = commands[0]["token"].as_str().unwrap();
    for differs in [token, &guid(1), "Get-Mailbox", Microsoft365::DIRECTORY] {
        assert!(!arguments.contains(differs), "{differs} is an argument");
    }
}

/// As above: what PowerShell makes of the loop is not tried.
#[tokio::test]
async fn pwsh_is_asked_of_many_mailboxes_at_once() {
    let stub = Microsoft365::start();
    let folder = tempfile::tempdir().unwrap();
    let person = json!({"value": [{
        "ExternalDirectoryObjectId": guid(1), "UserPrincipalName": "jan@contoso.test",
        "DistinguishedName": "CN=jan",
    }]});
    let all: Vec<Value> = (1..=250)
        .map(|number| json!({"ExternalDirectoryObjectId": guid(number), "DisplayName": "x"}))
        .collect();
    let opens = json!({"rows": [{"User": "jan@contoso.test", "AccessRights": "FullAccess"}]});
    let script = format!(
        "#!/bin/sh\nasked=$(cat); cd \"$(dirname \"$0\")\"; echo \"$asked\" >> input\n\
         case \"$asked\" in\n\
         *'\"each\"'*) rows=$(echo \"$asked\" | grep -o Identity | sed 's/.*/{opens}/' | paste -sd,)\n\
         echo \"{{\\\"value\\\":[$rows]}}\" ;;\n\
         *Trustee*|*Filter*) echo '{{\"value\":[]}}' ;;\n\
         *Unlimited*) echo '{all}' ;;\n\
         *) echo '{person}' ;;\n\
         esac\n",
        all = json!({"value": all}),
    );
    let program = stand_in(folder.path(), &script);
    let mut step = by_program(&stub, program.to_str().unwrap());
    let find = step_at(&stub, "exchange.find-rights-elsewhere", json!({"mailbox": guid(1)}));
    (step.action, step.call.input) = (find.action, find.call.input);
    let found = step.perform().await.unwrap();
    assert_eq!((&found["looked"], &found["complete"]), (&json!(249), &json!(true)));
    assert_eq!(found["rights"].as_array().unwrap().len(), 249);
    let input = std::fs::read_to_string(folder.path().join("input")).unwrap();
    let asked = serde_json::Deserializer::from_str(&input).into_iter::<Value>();
    let asked: Vec<Value> = asked.collect::<Result<_, _>>().unwrap();
    let parts = asked.iter().filter_map(|one| one["each"].as_array());
    let mut sizes: Vec<usize> = parts.clone().map(Vec::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [49, 100, 100]);
    let first = json!({"Identity": guid(2), "User": "jan@contoso.test"});
    assert!(parts.flatten().any(|one| *one == first));
}
