//! `ocserv`, `openvpn` and `radius` against real gateways with live clients.

use kompel_connect::{ErrorKind, Verified};
use kompel_peers::{Cookies, FreeRadius, Ocserv, OpenVpn, wait_until};
use serde_json::json;

use crate::bench::Bench;

fn ocserv(gateway: &Ocserv, guarded: bool) -> Bench {
    let settings = json!({
        "socket": gateway.socket(),
        "password_file": gateway.password_file(),
        "guarded": guarded,
    });
    Bench::new("ocserv", settings, &[])
}

#[tokio::test]
async fn a_live_vpn_session_is_cut_and_cannot_come_back() {
    let Some(gateway) = Ocserv::start(Cookies::Guarded) else { return };
    let bench = ocserv(&gateway, true);
    let user = json!({"user": "jdoe"});
    let cookie = gateway.sign_in().unwrap();
    let mut live = gateway.connect(&cookie);
    assert!(live.runs(), "{}", live.said());
    let seen = bench.read("ocserv.find-user", user.clone()).await;
    assert_eq!((&seen["locked"], seen["sessions"].as_array().unwrap().len()), (&json!(false), 1));

    let blocked = bench.write("ocserv.block", user.clone()).await;
    assert_eq!(blocked.plan.changes.len(), 2, "{:?}", blocked.plan);
    wait_until("the client is thrown out", || !live.runs());
    let mut back = gateway.connect(&cookie);
    wait_until("the cookie is refused", || !back.runs());
    assert!(gateway.sign_in().is_none());
    assert!(matches!(bench.verify(&blocked).await, Verified::Holds(_)));

    bench.undo(&blocked).await;
    let cookie = gateway.sign_in().unwrap();
    let mut again = gateway.connect(&cookie);
    assert!(again.runs(), "{}", again.said());
}

#[tokio::test]
async fn a_locked_account_with_a_live_cookie_is_not_called_blocked() {
    let Some(gateway) = Ocserv::start(Cookies::Usual) else { return };
    let bench = ocserv(&gateway, false);
    assert!(bench.check().await.contains("cookie"), "{}", bench.check().await);
    let user = json!({"user": "jdoe"});
    // A phone that lost its line: no session to cut, a cookie that still opens.
    let cookie = gateway.sign_in().unwrap();
    gateway.connect(&cookie).lose_the_line();
    let gone = || async {
        let seen = bench.read("ocserv.find-user", user.clone()).await;
        seen["sessions"].as_array().unwrap().is_empty()
    };
    for _ in 0..100 {
        if gone().await {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let plan = bench.plan("ocserv.block", user.clone()).await.unwrap();
    assert!(plan.remarks[0].contains("cookie"), "{plan:?}");
    let output = bench.perform("ocserv.block", user.clone()).await.unwrap();
    let done =
        crate::bench::Done { action: "ocserv.block".to_owned(), input: user.clone(), plan, output };
    let verified = bench.verify(&done).await;
    assert!(matches!(verified, Verified::NotYet { .. }), "{verified:?}");
    // And it does come back.
    let mut back = gateway.connect(&cookie);
    assert!(back.runs(), "{}", back.said());
    let Verified::Differs { because, .. } = bench.verify(&done).await else {
        panic!("a live session was verified as cut")
    };
    assert!(because.contains("cookie"), "{because}");
    // A second attempt cuts it, and with it the cookie: the gateway keeps none of a cut session.
    bench.perform("ocserv.block", user).await.unwrap();
    wait_until("the client is thrown out", || !back.runs());
    assert!(matches!(bench.verify(&done).await, Verified::Holds(_)));
    assert!(!gateway.connect(&cookie).runs());
}

#[tokio::test]
async fn a_live_openvpn_client_is_cut_and_refused_from_then_on() {
    let Some(gateway) = OpenVpn::start() else { return };
    let settings = json!({
        "management": gateway.management.to_string(),
        "client_config_dir": gateway.client_config_dir(),
    });
    let bench = Bench::new("openvpn", settings.clone(), &[("password", OpenVpn::PASSWORD)]);
    let mut client = gateway.connect("jdoe");
    assert_eq!(client.connections(), 1, "{}", client.said());
    let user = json!({"user": "jdoe"});
    let seen = bench.read("openvpn.find-user", user.clone()).await;
    assert_eq!(seen["sessions"].as_array().unwrap().len(), 1, "{seen}");
    // Another client of a similar name stays.
    let other = gateway.connect("jdoe2");

    let blocked = bench.write("openvpn.block", user.clone()).await;
    assert_eq!(blocked.plan.changes.len(), 2, "{:?}", blocked.plan);
    wait_until("the client is refused", || client.said().contains("AUTH_FAILED") || !client.runs());
    assert_eq!(client.connections(), 1, "{}", client.said());
    let seen = bench.read("openvpn.find-user", json!({"user": "jdoe2"})).await;
    assert_eq!(seen["sessions"].as_array().unwrap().len(), 1, "{}", other.said());

    bench.undo(&blocked).await;
    drop(client);
    assert_eq!(gateway.connect("jdoe").connections(), 1);

    let wrong = Bench::new("openvpn", settings, &[("password", "wrong")]);
    let error = wrong.plan("openvpn.block", user).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Denied, "{error:?}");
}

#[tokio::test]
async fn a_right_password_is_rejected_once_blocked_and_a_server_that_did_not_reread_is_seen() {
    let Some(server) = FreeRadius::start() else { return };
    let (user, password) = FreeRadius::USER;
    let settings = |reload: serde_json::Value| {
        json!({
            "server": server.address().to_string(),
            "block_file": server.block_file(),
            "reload": reload,
        })
    };
    let secret = [("secret", FreeRadius::SECRET)];
    let bench = Bench::new("radius", settings(json!([server.restart()])), &secret);
    assert!(server.accepts(user, password));
    let blocked = bench.write("radius.block", json!({"user": user})).await;
    assert!(!server.accepts(user, password));
    assert!(server.accepts("gone", password), "another person was rejected too");
    bench.undo(&blocked).await;
    assert!(server.accepts(user, password));

    // A reload that does nothing, as HUP does: the file says blocked, the server lets in.
    let idle = Bench::new("radius", settings(json!(["true"])), &secret);
    let output = idle.perform("radius.block", json!({"user": user})).await.unwrap();
    let done = crate::bench::Done {
        action: "radius.block".to_owned(),
        input: json!({"user": user}),
        plan: kompel_model::Plan::default(),
        output,
    };
    let Verified::Differs { because, .. } = idle.verify(&done).await else {
        panic!("a person whom the server lets in was verified as blocked")
    };
    assert!(because.contains("rejected"), "{because}");
    assert!(server.accepts(user, password));

    let stranger = Bench::new("radius", settings(json!(["true"])), &[("secret", "wrong")]);
    let error = stranger.plan("radius.block", json!({"user": user})).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable, "{error:?}");
}
