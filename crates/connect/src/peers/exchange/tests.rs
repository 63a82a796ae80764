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
    if example.name == "off" {
        let jan = world.mailboxes.get_mut(&guid(1)).unwrap();
        jan["ForwardingSmtpAddress"] = "smtp:me@gmail.test".into();
    }
    world
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
        if action == "exchange.find-mailbox" {
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

/// The program stands in for pwsh, which can't be had here: it shows what pwsh would be given, and
/// says nothing of what PowerShell makes of it.
#[tokio::test]
async fn what_differs_goes_to_pwsh_on_its_standard_input_and_nowhere_else() {
    let stub = Microsoft365::start();
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("pwsh");
    let row = json!({"value": [{
        "ExternalDirectoryObjectId": guid(1), "UserPrincipalName": "jan@contoso.test",
        "TotalItemSize": "2 KB (2,048 bytes)", "ArchiveStatus": "None",
    }]});
    let script = format!(
        "#!/bin/sh\ncd \"$(dirname \"$0\")\"\nprintf '%s\\n' \"$@\" >> arguments\ncat >> input\n\
         echo 'a word of the module'\necho '{row}'\n"
    );
    // Written by another process: a file that this one has open for writing can't be run.
    let mut writer = std::process::Command::new("sh")
        .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
        .arg(&program)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut writer.stdin.take().unwrap(), script.as_bytes()).unwrap();
    assert!(writer.wait().unwrap().success());
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
