//! Any tenant: random systems, accounts, shared names and logins, nested groups.
//!
//! Each person can be known by an address and a login that stand together in the first directory, as
//! in companies that have one; nothing else is regular.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    office::{Office, is_completed},
    world::{Account, NOBODY, World},
};

const NAMES: [&str; 4] = ["Jan Janssen", "Jan Janssens", "Piet Janssen", "Noël De Smet"];

const CONNECTIONS: [(&str, &str); 6] = [
    ("corp", "ad"),
    ("lab", "ad"),
    ("saas", "scim"),
    ("wiki", "scim"),
    ("vpn", "ocserv"),
    ("wifi", "radius"),
];

/// What is random about one account of one person.
#[derive(Debug, Clone)]
struct Drawn {
    there: bool,
    enabled: bool,
    sessions: usize,
    groups: Vec<usize>,
    /// How it is named and linked where that may differ.
    style: u8,
}

#[derive(Debug, Clone)]
struct Someone {
    name: usize,
    accounts: Vec<Drawn>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let groups = prop::collection::vec(0..6usize, 0..4);
    (any::<bool>(), prop::bool::weighted(0.8), 0..3usize, groups, 0..4u8).prop_map(
        |(there, enabled, sessions, groups, style)| Drawn {
            there,
            enabled,
            sessions,
            groups,
            style,
        },
    )
}

fn someone() -> impl Strategy<Value = Someone> {
    let accounts = prop::collection::vec(drawn(), CONNECTIONS.len());
    (0..NAMES.len(), accounts).prop_map(|(name, accounts)| Someone { name, accounts })
}

fn built(people: &[Someone], systems: usize) -> Arc<World> {
    let world = Arc::new(World::default());
    for group in 0..6usize {
        let outer = [format!("group {}", (group + 1) % 6), format!("group {}", (group * 2) % 6)];
        world.nested.lock().unwrap().insert(format!("group {group}"), outer.into());
    }
    for (owner, person) in people.iter().enumerate() {
        let (login, mail) = (format!("user{owner}"), format!("user{owner}@acme.test"));
        for (at, (connection, connector)) in CONNECTIONS[..systems].iter().enumerate() {
            let drawn = &person.accounts[at];
            if at > 0 && !drawn.there {
                continue;
            }
            let mut account = Account::new(owner, &login, NAMES[person.name], Some(&mail));
            match (*connector, drawn.style) {
                _ if at == 0 => {}
                ("ad", 0) => account.mail = None,
                // The login of somebody else, as separate namespaces allow.
                ("scim", 0) if !people[(owner + 1) % people.len()].accounts[at].there => {
                    account.login = format!("user{}", (owner + 1) % people.len());
                }
                ("scim", 1) => account.login.clone_from(&mail),
                ("scim", 2) => account.mail = None,
                ("scim", _) => "Janssen, J.".clone_into(&mut account.name),
                _ => {}
            }
            if *connector == "scim" && drawn.style == 3 && person.name == 3 {
                "De Smet, N.".clone_into(&mut account.name);
            }
            account.enabled = drawn.enabled;
            if *connector == "ocserv" {
                account.sessions = drawn.sessions;
            }
            if *connector == "ad" {
                account.groups = drawn.groups.iter().map(|g| format!("group {g}")).collect();
            }
            let logins_only = matches!(*connector, "ocserv" | "radius");
            let id = if logins_only { login.clone() } else { format!("{connection}-{owner}") };
            world.add(connection, &id, account);
        }
    }
    world
}

/// How the request calls them; and what an approver would answer who knows them.
fn called(how: u8, leaver: usize, person: &Someone) -> (Value, String) {
    let (login, mail) = (format!("user{leaver}"), format!("user{leaver}@acme.test"));
    let name = NAMES[person.name];
    let asked = match how {
        0 => json!({"name": name}),
        1 => json!({"mails": [mail]}),
        2 => json!({"logins": [login]}),
        3 => json!({"name": name, "mails": [mail.to_uppercase()]}),
        _ => json!({"name": name, "mails": [mail], "logins": [login]}),
    };
    (asked, mail)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn after_completed_nothing_of_that_person_is_open_and_nobody_else_has_changed(
        people in prop::collection::vec(someone(), 1..6),
        systems in 1..=CONNECTIONS.len(),
        leaver in any::<prop::sample::Index>(),
        how in 0..5u8,
    ) {
        let leaver = leaver.index(people.len());
        let world = built(&people, systems);
        let before = world.seen();
        let (asked, meant) = called(how, leaver, &people[leaver]);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let story = runtime.block_on(async {
            let mut office = Office::open(&world, &CONNECTIONS[..systems], &[]);
            office.meant = meant;
            office.offboard(asked).await
        });
        // Whoever can be told apart is closed, and by an approver who knows them everybody can.
        prop_assert!(is_completed(&story), "{:?}", story.status);
        prop_assert_eq!(world.open_of(leaver), Vec::<String>::new());
        for (key, account) in world.seen() {
            if account.owner == NOBODY {
                prop_assert_eq!(key.1, format!("user{leaver}"), "a login of nobody's is blocked");
            } else if account.owner != leaver {
                prop_assert_eq!(&before[&key], &account, "{:?} is somebody else's", key);
            }
        }
    }
}
