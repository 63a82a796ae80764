//! The gazetteer's tests.

use chrono::{TimeZone, Utc};
use kompel_model::{Answer, Comment, EventLog, MemberRef, PersonId, SourceKind, Ticket};

use super::*;
use crate::{lexicon::Lexicon, signs::Signs};

fn names(systems: &Systems, text: &str) -> Vec<String> {
    let mut names: Vec<String> =
        systems.find(text).into_iter().map(|id| systems.name(id).to_owned()).collect();
    names.sort();
    names
}

#[test]
fn texts_name_their_systems() {
    let systems = Systems::builtin();
    let mut wrong = Vec::new();
    for (text, expected) in TEXTS {
        let found = names(&systems, text);
        if found != *expected {
            wrong.push(format!("{text:?}: {found:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn systems_know_their_category() {
    let systems = Systems::builtin();
    for (name, category) in [
        ("Active Directory", "directory"),
        ("Exchange Online", "mail"),
        ("Jira", "ticket"),
        ("Slack", "chat"),
        ("Excel", "office"),
    ] {
        let id = systems.named(name).unwrap();
        assert_eq!(systems.category_name(id), category, "{name}");
    }
}

#[test]
fn mistakes_name_their_line_and_the_remedy() {
    for (text, line, says) in [
        ("[vpn]\n\"X\" = \"xx ! foo\"", 2, "use generic"),
        ("[vpn]\n\"Xyz\" = \"é\"", 2, "plain ASCII"),
        ("[vpn]\nx = 3", 2, "a section is a category"),
    ] {
        let error = Systems::with_extra(text).unwrap_err();
        assert_eq!(error.line, line, "{text}: {error}");
        assert!(error.to_string().contains(says), "{error}");
    }
    let systems = Systems::with_extra("[erp]\n\"Zorro\" = \"zorroweb\"").unwrap();
    assert_eq!(names(&systems, "in zorroweb aangemaakt"), ["Zorro"]);
}

fn ticket(number: u32, comment: &str, component: Option<&str>) -> Ticket {
    let mut ticket = Ticket::new(SourceKind::Jira, &format!("OPS-{number}"));
    ticket.created = Utc.with_ymd_and_hms(2025, 1 + number % 6, 3, 9, 0, 0).single();
    ticket.client = Some("Brouwerij Kastaar".into());
    ticket.title = "Aanvraag".to_owned();
    ticket.components = component.map(Into::into).into_iter().collect();
    ticket.comments.push(Comment {
        at: ticket.created,
        author: Some(PersonId::new(&format!("p-0000000{}", number % 4))),
        text: comment.to_owned(),
        automatic: false,
    });
    ticket
}

#[test]
fn names_behind_words_of_place_are_learned_and_others_not() {
    let mut log = EventLog::default();
    for number in 0..8 {
        let text = "Gebruiker aangemaakt in Zorbatec en doorgegeven aan p-1a2b3c4d. Daarna naar \
                    Kastaar gestuurd op Dinsdag via FW02 en naar Brugge, op Kantoor gezet. \
                    Nagekeken in het Mondriaan portaal";
        log.tickets.push(ticket(number, text, Some("Palletizer")));
    }
    log.tickets.push(ticket(50, "eenmalig in Quuxor gezet", Some("Eenmalig")));
    let mut systems = Systems::builtin();
    let before = systems.len();
    systems.learn(&log, &Lexicon::builtin(), &Signs::builtin());
    let learned: Vec<&str> =
        (before..systems.len()).map(|n| systems.name(SystemId(n as u16))).collect();
    assert_eq!(learned, ["Mondriaan", "Palletizer", "Zorbatec"]);
    assert_eq!(names(&systems, "gezet in Zorbatec"), ["Zorbatec"]);
    assert!(systems.is_learned(systems.named("Zorbatec").unwrap()));

    log.tickets.reverse();
    let mut again = Systems::builtin();
    again.learn(&log, &Lexicon::builtin(), &Signs::builtin());
    assert_eq!(again.len(), systems.len());
}

#[test]
fn what_is_copied_between_two_names_makes_them_systems_and_what_is_moved_does_not() {
    let learned = |what: &str| {
        let mut log = EventLog::default();
        log.answers.push(Answer {
            id: MemberRef { source: SourceKind::Survey, key: "1".into() },
            author: None,
            at: None,
            what: what.to_owned(),
            how_often: String::new(),
            how_long: String::new(),
            per_year: None,
            minutes: None,
        });
        let mut systems = Systems::builtin();
        let before = systems.len();
        systems.learn(&log, &Lexicon::builtin(), &Signs::builtin());
        let all = before..systems.len();
        all.map(|n| systems.name(SystemId(n as u16)).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(learned("Wachtrooster overtypen uit Zorbatec in de Quuxor"), ["Quuxor", "Zorbatec"]);
    assert_eq!(learned("Wachtrooster overtypen uit excel naar Quuxor"), ["Quuxor"]);
    assert!(learned("Een toestel verhuizen van Zorbatec naar Quuxor").is_empty());
}

const TEXTS: &[(&str, &[&str])] = &[
    ("Wachtwoord reset VPN", &["VPN"]),
    ("vpntoegang voor nieuwe medewerker", &["VPN"]),
    ("VPN werkt niet met Cisco AnyConnect", &["Cisco AnyConnect"]),
    ("AD-account gedeblokkeerd", &["Active Directory"]),
    ("user disabled in AD and M365", &["Active Directory", "Microsoft 365"]),
    ("an ad in the newspaper", &[]),
    ("Azure AD groep aangepast", &["Entra ID"]),
    ("VM gestart in Azure", &["Azure"]),
    ("firewallregel toegevoegd", &["Firewall"]),
    ("firewallregel op de FortiGate", &["FortiGate"]),
    ("geboekt in SAP", &["SAP"]),
    ("das sap ist kalt", &[]),
    ("Gelogd in ServiceNow en Jira", &["Jira", "ServiceNow"]),
    ("vraag gesteld via Teams", &["Microsoft Teams"]),
    ("Teams are working on it", &[]),
    ("toegang tot mailbox en account", &[]),
    ("overgenomen in Excel", &["Excel"]),
    ("excelbestand aangevuld", &["Excel"]),
    ("certificaat van Let's Encrypt op HAProxy", &["HAProxy", "Let's Encrypt"]),
    ("cert geplaatst op de load balancer", &["Load balancer"]),
    ("EC2 instance restarted via AWS console", &["AWS"]),
    ("screenshot naar SharePoint", &["SharePoint"]),
    ("mailbox aangemaakt in Exchange Online", &["Exchange Online"]),
    ("in exchange for", &[]),
    ("DNS record bij Combell", &["Combell"]),
    ("dns record aangepast", &["DNS"]),
    ("leave approved on Monday", &[]),
    ("Word document gemaakt", &["Word"]),
    ("Access granted", &[]),
];
