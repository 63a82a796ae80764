//! `ad` against Samba's domain controller.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use kompel_connect::{ErrorKind, Verified};
use kompel_peers::{SambaAd, free_port};
use serde_json::{Value, json};

use crate::bench::Bench;

const STAFF: &str = "OU=Staff,DC=corp,DC=test";
const LEAVERS: &str = "OU=Leavers\\, closed,DC=corp,DC=test";
const PASSWORD: &str = "Zomer-2026-x";

/// A domain with two units, nested groups and Jan, who is in two of them.
fn domain() -> Option<SambaAd> {
    let ad = SambaAd::start()?;
    ad.ldif(&format!(
        "dn: {STAFF}\nobjectClass: organizationalUnit\n\n\
         dn: {LEAVERS}\nobjectClass: organizationalUnit\n\n\
         dn: CN=VPN,{STAFF}\nobjectClass: group\nsAMAccountName: VPN\n\n\
         dn: CN=Everyone,{STAFF}\nobjectClass: group\nsAMAccountName: Everyone\n\
         member: CN=VPN,{STAFF}\n\n\
         dn: CN=All of it,{STAFF}\nobjectClass: group\nsAMAccountName: all-of-it\n\
         member: CN=Everyone,{STAFF}\n\n\
         dn: CN=Sales (Gent),{STAFF}\nobjectClass: group\nsAMAccountName: sales-gent\n\n"
    ));
    ad.user(&format!("CN=Jan Janssen,{STAFF}"), "jan", "Jan Janssen", PASSWORD);
    for group in ["VPN", "Sales (Gent)"] {
        ad.ldif(&format!(
            "dn: CN={group},{STAFF}\nchangetype: modify\nadd: member\n\
             member: CN=Jan Janssen,{STAFF}\n\n"
        ));
    }
    Some(ad)
}

fn connect(ad: &SambaAd) -> Bench {
    let settings = json!({"url": ad.url(), "bind": SambaAd::ADMIN, "ca_file": ad.ca_file});
    Bench::new("ad", settings, &[("password", SambaAd::PASSWORD)])
}

fn names(groups: &Value) -> Vec<&str> {
    groups.as_array().unwrap().iter().map(|group| group["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_leaver_is_closed_proven_closed_and_can_be_opened_again_as_before() {
    let Some(ad) = domain() else { return };
    let bench = connect(&ad);
    assert_eq!((ad.bind("jan@corp.test", PASSWORD), ad.kinit("jan", PASSWORD)), (Ok(()), Ok(())));

    let before = bench.read("ad.inventory", json!({"user": "jan"})).await;
    assert_eq!(
        names(&before["groups"]),
        ["All of it", "Domain Users", "Everyone", "Sales (Gent)", "Users", "VPN"]
    );
    let user = &before["id"];
    let disabled = bench.write("ad.disable", json!({"user": user})).await;
    assert_eq!(disabled.plan.changes.len(), 1);
    let left = bench.write("ad.remove-from-groups", json!({"user": user})).await;
    assert_eq!(left.plan.changes.len(), 2);
    assert!(left.plan.remarks[0].contains("Domain Users"), "{:?}", left.plan.remarks);
    let ends = json!({"user": user, "at": "2026-11-24T18:00:00.1234567Z"});
    let expiry = bench.write("ad.set-expiry", ends).await;
    let moved = bench.write("ad.move", json!({"user": user, "to": LEAVERS})).await;

    let refusal = ad.bind("jan@corp.test", PASSWORD).unwrap_err();
    assert!(refusal.contains("data 533"), "{refusal}");
    let refusal = ad.kinit("jan", PASSWORD).unwrap_err();
    assert!(refusal.contains("revoked"), "{refusal}");
    let after = bench.read("ad.inventory", json!({"user": "jan"})).await;
    assert_eq!(after["ou"], LEAVERS);
    assert_eq!(names(&after["groups"]), ["Domain Users", "Users"]);

    // The plan of a second offboarding is empty, by whichever name.
    for (action, input) in [
        ("ad.disable", json!({"user": "jan@corp.test"})),
        ("ad.remove-from-groups", json!({"user": "jan"})),
        ("ad.move", json!({"user": format!("CN=Jan Janssen,{STAFF}"), "to": LEAVERS})),
    ] {
        assert!(bench.plan(action, input).await.unwrap().is_empty(), "{action}");
    }

    for done in [&moved, &expiry, &left, &disabled] {
        bench.undo(done).await;
    }
    assert_eq!(bench.read("ad.inventory", json!({"user": "jan"})).await, before);
    assert_eq!((ad.bind("jan@corp.test", PASSWORD), ad.kinit("jan", PASSWORD)), (Ok(()), Ok(())));
}

#[tokio::test]
async fn a_change_behind_our_back_is_seen() {
    let Some(ad) = domain() else { return };
    let bench = connect(&ad);
    let disabled = bench.write("ad.disable", json!({"user": "jan"})).await;
    // A directory sync turns the account on again, and sets another bit.
    ad.ldif(&format!(
        "dn: CN=Jan Janssen,{STAFF}\nchangetype: modify\nreplace: userAccountControl\n\
         userAccountControl: 66048\n\n"
    ));
    let Verified::Differs { because, .. } = bench.verify(&disabled).await else {
        panic!("an account that is open again was verified as closed")
    };
    assert!(because.contains("enabled"), "{because}");
    // Closing it again leaves the other bit alone.
    bench.write("ad.disable", json!({"user": "jan"})).await;
    assert!(ad.read("(sAMAccountName=jan)", &["userAccountControl"]).contains(": 66050"));
    let inventory = bench.read("ad.inventory", json!({"user": "jan"})).await;
    assert_eq!(inventory["passwordNeverExpires"], true);
}

#[tokio::test]
async fn names_with_every_special_sign_are_found_and_changed() {
    let Some(ad) = domain() else { return };
    let bench = connect(&ad);
    let name = r"Müller, Jürgen (ext) \ +test";
    let new = json!({
        "account": "jmuller", "name": name, "ou": STAFF, "upn": "j.muller@corp.test",
        "givenName": "Jürgen", "surname": "Müller", "mail": "j*m@corp.test", "manager": "jan",
        "employeeId": "E-1*(7)",
    });
    let made = bench.write("ad.create-user", new).await;
    let id = &made.output["id"];
    for (by, query) in [
        ("name", name),
        ("anything", name),
        ("mail", "J*M@corp.test"),
        ("employee-id", "E-1*(7)"),
        ("upn", "j.muller@corp.test"),
    ] {
        let found = bench.read("ad.find-user", json!({"query": query, "by": by})).await;
        assert_eq!(&found["user"]["id"], id, "{by} {query}: {found}");
    }
    // A filter that is not escaped would find everybody.
    for query in ["*", "*)(objectClass=*", "jan)(|(cn=*", "\\2a", "\u{0}", "nobody"] {
        let found = bench.read("ad.find-user", json!({"query": query})).await;
        assert_eq!(found["count"], 0, "{query:?}: {found}");
    }
    let user = json!({"user": made.output["dn"]});
    bench.write("ad.disable", user.clone()).await;
    let groups = json!({"user": made.output["dn"], "groups": ["Sales (Gent)", "VPN"]});
    bench.write("ad.add-to-groups", groups).await;
    let inventory = bench.read("ad.inventory", user.clone()).await;
    assert_eq!(inventory["name"], name);
    assert!(names(&inventory["groups"]).contains(&"All of it"), "{}", inventory["groups"]);
    bench.write("ad.remove-from-groups", user).await;
    let to = json!({"user": made.output["dn"], "to": LEAVERS});
    let moved = bench.write("ad.move", to).await;
    assert_eq!(moved.output["ou"], LEAVERS);
    bench.undo(&moved).await;
    let gone = bench.undo(&made).await;
    assert!(bench.plan("ad.delete", gone.input).await.unwrap().is_empty());
    let error = bench.plan("ad.delete", json!({"user": "jmuller"})).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Absent, "a slip of the pen would count as deleted");
}

#[tokio::test]
async fn several_of_one_name_are_all_listed_and_none_is_guessed() {
    let Some(ad) = domain() else { return };
    let bench = connect(&ad);
    ad.user(&format!("CN=Jan Janssen,{LEAVERS}"), "jan2", "Jan Janssen", PASSWORD);
    let found = bench.read("ad.find-user", json!({"query": "jan janssen"})).await;
    assert_eq!((&found["count"], &found["user"]), (&json!(2), &Value::Null), "{found}");
    let found = bench.read("ad.find-user", json!({"query": "Janssen Jan"})).await;
    assert_eq!((&found["exact"], &found["user"]), (&json!(false), &Value::Null), "{found}");
    let taken = json!({"account": "jan", "name": "Jan Peeters", "ou": STAFF});
    let error = bench.plan("ad.create-user", taken).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict, "{error:?}");
}

#[tokio::test]
async fn all_of_1500_accounts_are_listed_and_a_big_group_is_left() {
    let Some(ad) = domain() else { return };
    let bench = connect(&ad);
    let mut ldif = String::new();
    let mut members = format!("dn: CN=Sales (Gent),{STAFF}\nchangetype: modify\nadd: member\n");
    for n in 0..1500 {
        let dn = format!("CN=Person {n:04},{STAFF}");
        ldif.push_str(&format!("dn: {dn}\nobjectClass: user\nsAMAccountName: p{n:04}\n\n"));
        members.push_str(&format!("member: {dn}\n"));
    }
    ad.ldif(&ldif);
    ad.ldif(&members);
    let listed = bench.read("ad.list-users", json!({"under": STAFF})).await;
    assert_eq!(listed["count"], 1501);
    let enabled = bench.read("ad.list-users", json!({"under": STAFF, "only": "enabled"})).await;
    assert_eq!(enabled["count"], 1, "accounts without a password are made disabled");
    let left = bench.write("ad.remove-from-groups", json!({"user": "p1499"})).await;
    assert_eq!(left.plan.changes.len(), 1);
}

#[tokio::test]
async fn a_password_is_reset_once_and_seen_nowhere() {
    let Some(ad) = domain() else { return };
    let bench = connect(&ad);
    let done = bench.write("ad.reset-password", json!({"user": "jan"})).await;
    assert!(done.plan.changes[0].irreversible);
    assert!(ad.bind("jan@corp.test", PASSWORD).is_err());
    let since = json!({"user": "jan", "unlessSetAfter": "2020-01-01T00:00:00Z"});
    assert!(bench.plan("ad.reset-password", since).await.unwrap().is_empty());
    let must = bench.write("ad.reset-password", json!({"user": "jan", "mustChange": true})).await;
    assert_eq!(must.output["passwordSet"], Value::Null);
}

#[tokio::test]
async fn a_password_to_hand_over_is_readable_to_one_person_and_works() {
    let Some(ad) = domain() else { return };
    let bench = connect(&ad);
    let desk = age::x25519::Identity::generate();
    let seal_for = desk.to_public().to_string();
    let told = |output: &Value| {
        let sealed = STANDARD.decode(output["sealed"].as_str().unwrap()).unwrap();
        String::from_utf8(age::decrypt(&desk, &sealed).unwrap()).unwrap()
    };
    let reset = bench.write("ad.reset-password", json!({"user": "jan", "sealFor": seal_for})).await;
    let password = told(&reset.output);
    ad.bind("jan@corp.test", &password).unwrap();
    assert!(ad.bind("jan@corp.test", PASSWORD).is_err());
    assert!(!format!("{:?} {}", reset.plan, reset.output).contains(&password));

    let new = json!({
        "account": "nieuw", "name": "Nieuw, Kim", "ou": STAFF, "upn": "nieuw@corp.test",
        "groups": ["VPN"], "sealFor": seal_for,
    });
    let made = bench.perform("ad.create-user", new.clone()).await.unwrap();
    ad.bind("nieuw@corp.test", &told(&made)).unwrap();
    let inventory = bench.read("ad.inventory", json!({"user": "nieuw"})).await;
    assert!(names(&inventory["groups"]).contains(&"VPN"), "{}", inventory["groups"]);
    assert!(bench.plan("ad.create-user", new.clone()).await.unwrap().is_empty());

    // A first attempt that died between the account and its groups is finished by the second; an
    // account that was there before is not deleted by an undo.
    bench.write("ad.remove-from-groups", json!({"user": "nieuw", "groups": ["VPN"]})).await;
    let plan = bench.plan("ad.create-user", new.clone()).await.unwrap();
    assert_eq!(plan.changes.len(), 1);
    let rest = bench.perform("ad.create-user", new.clone()).await.unwrap();
    assert_eq!(rest["sealed"], Value::Null);
    assert!(bench.plan("ad.create-user", new.clone()).await.unwrap().is_empty());
    let create = bench.action("ad.create-user");
    assert_eq!(create.undo_input(&new, &plan, &rest), None);

    let both =
        json!({"user": "jan", "sealFor": seal_for, "unlessSetAfter": "2020-01-01T00:00:00Z"});
    let nobody = format!("age1{}", "q".repeat(58));
    for input in [both, json!({"user": "jan", "sealFor": nobody})] {
        let error = bench.plan("ad.reset-password", input).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid, "{error}");
    }
}

#[tokio::test]
async fn what_the_directory_refuses_is_said_as_what_it_is() {
    let Some(ad) = domain() else { return };
    let bench = connect(&ad);
    assert!(!bench.check().await.contains("Bad"), "{}", bench.check().await);
    for (action, input, kind) in [
        ("ad.disable", json!({"user": "nobody"}), ErrorKind::Absent),
        ("ad.disable", json!({"user": "CN=No,DC=corp,DC=test"}), ErrorKind::Absent),
        ("ad.disable", json!({"user": "a=b,c=d"}), ErrorKind::Absent),
        ("ad.move", json!({"user": "jan", "to": "OU=No,DC=corp,DC=test"}), ErrorKind::Absent),
        ("ad.add-to-groups", json!({"user": "jan", "groups": ["No"]}), ErrorKind::Absent),
        ("ad.hide-from-address-list", json!({"user": "jan"}), ErrorKind::Unsupported),
    ] {
        let error = bench.perform(action, input.clone()).await.unwrap_err();
        assert_eq!(error.kind, kind, "{action} {input}: {error:?}");
    }
    // Jan may read, and nothing else.
    let settings = json!({"url": ad.url(), "bind": "jan@corp.test", "ca_file": ad.ca_file});
    let weak = Bench::new("ad", settings.clone(), &[("password", PASSWORD)]);
    let error = weak.perform("ad.disable", json!({"user": "Administrator"})).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Denied, "{error:?}");
    assert!(weak.check().await.contains("Warning"), "{}", weak.check().await);
    let error = weak.perform("ad.remove-from-groups", json!({"user": "jan"})).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Denied, "{error:?}");

    let wrong = Bench::new("ad", settings, &[("password", "wrong")]);
    let error = wrong.plan("ad.disable", json!({"user": "jan"})).await.unwrap_err();
    assert_eq!((error.kind, error.code), (ErrorKind::Denied, Some(49)));
    assert!(error.detail.contains("52e"), "{error:?}");
    assert!(wrong.check().await.contains("Bad"));
}

#[tokio::test]
async fn only_a_server_with_a_trusted_certificate_gets_the_password() {
    let Some(ad) = domain() else { return };
    let bind = SambaAd::ADMIN;
    let secret = [("password", SambaAd::PASSWORD)];
    let folder = tempfile::tempdir().unwrap();
    let other = kompel_peers::Certificates::write(folder.path(), &["localhost"]);
    let nowhere = free_port(std::net::Ipv4Addr::LOCALHOST);
    for (settings, kind) in [
        (json!({"url": ad.url(), "bind": bind, "ca_file": other.ca_file}), ErrorKind::Unreachable),
        (json!({"url": ad.url(), "bind": bind}), ErrorKind::Unreachable),
        (json!({"url": ad.url(), "bind": bind, "ca_file": "/nowhere"}), ErrorKind::Invalid),
        (json!({"url": format!("ldap://{}", ad.address), "bind": bind}), ErrorKind::Invalid),
        (
            json!({"url": format!("ldaps://127.0.0.1:{nowhere}"), "bind": bind}),
            ErrorKind::Unreachable,
        ),
    ] {
        let bench = Bench::new("ad", settings.clone(), &secret);
        let error = bench.plan("ad.disable", json!({"user": "jan"})).await.unwrap_err();
        assert_eq!(error.kind, kind, "{settings}: {error:?}");
    }
    let settings = json!({
        "url": format!("ldap://{}", ad.address), "start_tls": true,
        "bind": bind, "ca_file": ad.ca_file,
    });
    Bench::new("ad", settings, &secret).write("ad.disable", json!({"user": "jan"})).await;
}
