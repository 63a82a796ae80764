//! The redactor at its boundary: sentences, whole logs, and texts of any kind.

use kompel_model::{Comment, EventLog, PersonId, SourceKind, Ticket};
use proptest::prelude::*;

use super::redactor::{Redactor, is_pseudonym};

const KEY: [u8; 32] = [7; 32];

fn scrub_in(people: &[&str], text: &str) -> String {
    let mut log = EventLog::default();
    for (index, person) in people.iter().enumerate() {
        let mut ticket = Ticket::new(SourceKind::Jira, &format!("P-{index}"));
        ticket.reporter = Some(PersonId::new(person));
        log.tickets.push(ticket);
    }
    let mut ticket = Ticket::new(SourceKind::Jira, "Z-1");
    ticket.client = Some("Mertens Logistics".into());
    ticket.title = text.to_owned();
    log.tickets.push(ticket);
    Redactor::new(&KEY).apply(&mut log);
    log.tickets.last().unwrap().title.clone()
}

/// Pseudonyms as `P`, so that tables can be read.
fn shown(text: &str) -> String {
    regex::Regex::new(r"p-[0-9a-f]{8}").unwrap().replace_all(text, "P").into_owned()
}

#[test]
fn sentences_lose_people_and_secrets_and_keep_the_work() {
    let failed: Vec<String> = SENTENCES
        .iter()
        .filter_map(|(text, expected)| {
            let got = shown(&scrub_in(PEOPLE, text));
            (got != *expected).then(|| format!("{text}\n   got {got}\n  want {expected}"))
        })
        .collect();
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), SENTENCES.len(), failed.join("\n"));
}

const PEOPLE: &[&str] = &["Jan Janssens", "Will Smith", "Sofie van den Broeck", "Xander Maes"];

const SENTENCES: &[(&str, &str)] = &[
    // known people
    ("Wachten op goedkeuring van Xander", "Wachten op goedkeuring van P"),
    ("Offboarding Jan Janssens", "Offboarding P"),
    ("janssens jan is uit dienst", "P is uit dienst"),
    ("Janssens, Jan: account blokkeren", "P: account blokkeren"),
    ("account jan.janssens is gelockt", "account P is gelockt"),
    ("CORP\\jjanssens is locked out", "CORP\\P is locked out"),
    ("@jan kan jij dit nakijken?", "@P kan jij dit nakijken?"),
    ("Sofie Van den Broeck vraagt toegang", "P vraagt toegang"),
    ("toegang voor Sofie's laptop", "toegang voor P's laptop"),
    ("Jan's laptop is stuk", "P's laptop is stuk"),
    ("Jan opgebeld, belt terug", "P opgebeld, belt terug"),
    ("Gesprek met Van Den Broeck gehad", "Gesprek met P gehad"),
    ("thanks Will", "thanks P"),
    ("vraag aan Jan of het mag", "vraag aan P of het mag"),
    ("JAN JANSSENS heeft gebeld", "P heeft gebeld"),
    ("C:\\Users\\jan.janssens\\Desktop", "C:\\Users\\P\\Desktop"),
    // unknown people
    ("Nieuwe medewerker Katrien Peeters start maandag", "Nieuwe medewerker P start maandag"),
    ("Onboarding Fatima El Amrani", "Onboarding P"),
    ("Reset password for Michael O'Brien please", "Reset password for P please"),
    ("Pieter-Jan De Smet kan niet inloggen", "P kan niet inloggen"),
    ("Compte de Amélie Lefebvre bloqué", "Compte de P bloqué"),
    ("Passwort von Jürgen Müller zurücksetzen", "Passwort von P zurücksetzen"),
    ("Mevr. Claes belt terug", "Mevr. P belt terug"),
    ("Dhr. Van Hove heeft toegang nodig", "Dhr. P heeft toegang nodig"),
    ("Mr. Brown called", "Mr. P called"),
    ("Herr Schmidt braucht Zugriff", "Herr P braucht Zugriff"),
    ("Mme Dubois demande un accès", "Mme P demande un accès"),
    ("gevraagd door Katrien", "gevraagd door P"),
    ("Mark Peeters heeft geen toegang", "P heeft geen toegang"),
    ("Groetjes,\nKatrien", "Groetjes,\nP"),
    ("Agnieszka Nowak needs a laptop", "P needs a laptop"),
    ("Mehmet Yilmaz: VPN werkt niet", "P: VPN werkt niet"),
    ("login katrien.peeters vergrendeld", "login P vergrendeld"),
    // what only looks like people
    ("Exchange Online licentie toekennen", "Exchange Online licentie toekennen"),
    ("Will restart the server tonight", "Will restart the server tonight"),
    ("Mark as done", "Mark as done"),
    ("Grant access to SharePoint", "Grant access to SharePoint"),
    ("Rose gold iPhone besteld", "Rose gold iPhone besteld"),
    ("vervalt op 12 Jan 2025", "vervalt op 12 Jan 2025"),
    ("Max sessions reached on vpn01", "Max sessions reached on vpn01"),
    ("Chris", "Chris"),
    ("update Jenkins en Grafana", "update Jenkins en Grafana"),
    ("Ticket voor Mertens Logistics", "Ticket voor Mertens Logistics"),
    ("Factuur van Janssens NV", "Factuur van Janssens NV"),
    ("Reset MFA for Service Desk", "Reset MFA for Service Desk"),
    ("De server van de klant is traag", "De server van de klant is traag"),
    ("Ruby 3.2 en Julia 1.9 installeren", "Ruby 3.2 en Julia 1.9 installeren"),
    (
        "OPS-1234 op srv-web-01.klant.be (10.0.12.34)",
        "OPS-1234 op srv-web-01.klant.be (10.0.12.34)",
    ),
    ("root@misc2:/srv/redis# rm dump.rdb", "root@misc2:/srv/redis# rm dump.rdb"),
    ("@here iemand beschikbaar?", "@here iemand beschikbaar?"),
    // mail, phone, address, number
    ("mail naar jan.janssens@klant.be sturen", "mail naar [mail] sturen"),
    ("bel +32 470 12 34 56", "bel [phone]"),
    ("gsm 0470/12.34.56 of 02 123 45 67", "gsm [phone] of [phone]"),
    ("tel 0032 2 123 45 67", "tel [phone]"),
    ("appelez le 06 12 34 56 78", "appelez le [phone]"),
    ("Tel. +49 30 1234567", "Tel. [phone]"),
    ("NL: 06-12345678", "NL: [phone]"),
    ("om 10:30 op 01-02-2024 herstart", "om 10:30 op 01-02-2024 herstart"),
    ("versie 10.0.19045.3448 build 20240131", "versie 10.0.19045.3448 build 20240131"),
    ("woont Kerkstraat 12, 9000 Gent", "woont [address]"),
    ("12 rue de la Loi, 1000 Bruxelles", "[address]"),
    ("Rijksregisternummer 85.07.30-033.28", "Rijksregisternummer [number]"),
    ("IBAN BE68 5390 0754 7034", "IBAN [number]"),
    ("kaart 4111 1111 1111 1111", "kaart [number]"),
    // secrets
    ("wachtwoord: Zomer2024!", "wachtwoord: [secret]"),
    ("het pw is Welkom01", "het pw is [secret]"),
    ("password=hunter2", "password=[secret]"),
    ("Passwort: Geheim!1", "Passwort: [secret]"),
    ("mot de passe : Ete2024!", "mot de passe : [secret]"),
    ("wachtwoord is verlopen", "wachtwoord is verlopen"),
    ("password reset for the VPN", "password reset for the VPN"),
    ("key AKIAIOSFODNN7EXAMPLE gelekt", "key [secret] gelekt"),
    ("token xoxb-123456789012-abcdefGHIJ", "token [secret]"),
    ("ghp_abcdefghijklmnopqrst0123", "[secret]"),
    ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "Bearer [secret]"),
    ("https://x.be/cb?token=abc123 werkt", "https://x.be/cb werkt"),
    ("https://wiki.klant.be/page?id=12", "https://wiki.klant.be/page?id=12"),
];

#[test]
fn first_names_of_known_people_go_where_a_sentence_treats_them_as_people() {
    let people = ["Emma Claes", "Jan Maes", "An Mertens", "Ward Aerts", "Noor Benali"];
    for (text, expected) in [
        ("Nog geen antwoord, Emma gebeld", "Nog geen antwoord, P gebeld"),
        ("Jan is nog niet terug", "P is nog niet terug"),
        ("badge voor Ward van hierboven", "badge voor P van hierboven"),
        ("toevoegen: Noor, Jan en An, graag", "toevoegen: P, P en P, graag"),
        ("mag van Noor, ok", "mag van P, ok"),
        ("12 Jan 2024 herstart", "12 Jan 2024 herstart"),
        ("factuur van Jan 2024", "factuur van Jan 2024"),
        ("An error occurred", "An error occurred"),
        ("Round Robin staat aan", "Round Robin staat aan"),
    ] {
        assert_eq!(shown(&scrub_in(&people, text)), expected);
    }
}

#[test]
fn full_names_in_lower_case_go_and_ordinary_words_stay() {
    for (text, expected) in [
        ("vpn van hanne mertens resetten", "vpn van P resetten"),
        ("mfa voor wout van de velde aub", "mfa voor P aub"),
        ("account voor chloe.hendrickx graag", "account voor P graag"),
        ("hanne mertens nv meldt een storing", "hanne mertens nv meldt een storing"),
        ("tom staat op de lijst", "tom staat op de lijst"),
        ("mark kok als klaar", "mark kok als klaar"),
        ("/home/tom/jansen/bin", "/home/tom/jansen/bin"),
        ("sessie van S. El Idrissi en D. Leroy", "sessie van P en P"),
        ("vraag het aan Raes Ilse, dank", "vraag het aan P, dank"),
        ("Transport Goossens Tom Peeters belt", "Transport Goossens P belt"),
        ("optie A. Server herstarten", "optie A. Server herstarten"),
        ("Mila van Bakkerij Molenhoek belt", "P van Bakkerij Molenhoek belt"),
    ] {
        assert_eq!(shown(&scrub_in(&[], text)), expected);
    }
}

#[test]
fn all_spellings_of_a_name_are_one_person() {
    let forms = [
        "Jan Janssens",
        "Janssens, Jan",
        "JANSSENS Jan",
        "jan.janssens@klant.be",
        "jan.janssens",
        "KLANT\\jan.janssens",
        "Jan Janssens (Klant)",
        "jjanssens",
        "Jan  Janssens <j@k.be>",
    ];
    let mut log = EventLog::default();
    for (index, form) in forms.iter().enumerate() {
        let mut ticket = Ticket::new(SourceKind::Jira, &format!("P-{index}"));
        ticket.reporter = Some(PersonId::new(form));
        log.tickets.push(ticket);
    }
    let identities = Redactor::new(&KEY).apply(&mut log);
    let ids: Vec<_> = log.tickets.iter().filter_map(|t| t.reporter.clone()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert!(is_pseudonym(ids[0].as_str()));
    assert_eq!(identities.into_values().collect::<Vec<_>>(), ["Jan Janssens"]);
}

#[test]
fn robots_are_pseudonyms_too_and_marked() {
    for (name, robot) in [
        ("Automation for Jira", true),
        ("nagios", true),
        ("svc-backup", true),
        ("noreply@klant.be", true),
        ("deploybot", true),
        ("Jan Talbot", false),
        ("Robbe", false),
    ] {
        let mut log = EventLog::default();
        let mut ticket = Ticket::new(SourceKind::Jira, "A-1");
        ticket.creator = Some(PersonId::new(name));
        log.tickets.push(ticket);
        Redactor::new(&KEY).apply(&mut log);
        let id = log.tickets[0].creator.clone().unwrap();
        assert!(is_pseudonym(id.as_str()), "{name}");
        assert_eq!(log.people.get(&id).is_some_and(|p| p.robot), robot, "{name}");
    }
}

#[test]
fn another_key_gives_other_pseudonyms_and_off_changes_nothing() {
    let text = "Offboarding Jan Janssens";
    let mut log = EventLog::default();
    log.tickets.push(Ticket { title: text.to_owned(), ..Ticket::new(SourceKind::Jira, "A-1") });
    let (mut one, mut other, mut off) = (log.clone(), log.clone(), log.clone());
    Redactor::new(&[1; 32]).apply(&mut one);
    Redactor::new(&[2; 32]).apply(&mut other);
    assert!(Redactor::off().apply(&mut off).is_empty());
    assert_ne!(one, other);
    assert_eq!(off, log);
}

#[test]
fn known_people_of_an_earlier_reading_are_recognised() {
    let mut first = EventLog::default();
    let mut ticket = Ticket::new(SourceKind::Jira, "A-1");
    ticket.reporter = Some(PersonId::new("Zorblax Quuxian"));
    first.tickets.push(ticket);
    let known = Redactor::new(&KEY).apply(&mut first);
    let id = first.tickets[0].reporter.clone().unwrap();
    let mut next = EventLog::default();
    let text = "vraag het aan zorblax quuxian".to_owned();
    next.tickets.push(Ticket { title: text, ..Ticket::new(SourceKind::Jira, "A-2") });
    Redactor::new(&KEY).with_known(known).apply(&mut next);
    assert_eq!(next.tickets[0].title, format!("vraag het aan {id}"));
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(SENTENCES).prop_map(|(text, _)| text.to_owned()),
        proptest::sample::select(PEOPLE).prop_map(str::to_owned),
        "[ -~éßŁ]{0,12}",
        "(van|de|p-|\\[mail\\]|0470|Dhr\\.|wachtwoord:|@|Jan) ?",
    ]
}

proptest! {
    #[test]
    fn scrubbing_twice_is_scrubbing_once(pieces in proptest::collection::vec(piece(), 1..6)) {
        let mut log = EventLog::default();
        for (index, person) in PEOPLE.iter().enumerate() {
            let mut ticket = Ticket::new(SourceKind::Jira, &format!("P-{index}"));
            ticket.reporter = Some(PersonId::new(person));
            ticket.description = pieces.join(" ");
            let text = pieces.concat();
            ticket.comments.push(Comment { at: None, author: None, text, automatic: false });
            log.tickets.push(ticket);
        }
        Redactor::new(&KEY).apply(&mut log);
        let once = log.clone();
        Redactor::new(&KEY).apply(&mut log);
        prop_assert_eq!(once, log);
    }

    #[test]
    fn the_key_decides_which_pseudonym_and_nothing_else(
        pieces in proptest::collection::vec(piece(), 1..6), key in any::<[u8; 32]>(),
    ) {
        let redacted = |key: &[u8; 32]| {
            let mut log = EventLog::default();
            for (index, person) in PEOPLE.iter().enumerate() {
                let mut ticket = Ticket::new(SourceKind::Jira, &format!("P-{index}"));
                ticket.reporter = Some(PersonId::new(person));
                ticket.description = pieces.join(" ");
                ticket.title = pieces.concat();
                log.tickets.push(ticket);
            }
            Redactor::new(key).apply(&mut log);
            let ticket = log.tickets.first().unwrap();
            (shown(&ticket.title), shown(&ticket.description))
        };
        prop_assert_eq!(redacted(&KEY), redacted(&key));
    }
}
