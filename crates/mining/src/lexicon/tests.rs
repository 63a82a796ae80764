//! The lexicon's tests.

use std::collections::BTreeSet;

use kompel_model::Language;

use super::*;
use crate::fold::{fold, words};

fn names(lexicon: &Lexicon, text: &str) -> BTreeSet<String> {
    let folded = fold(text);
    let words: Vec<&str> = words(&folded).collect();
    let mut units = Vec::new();
    lexicon.annotate(&words, &mut units);
    units
        .iter()
        .filter_map(|unit| match unit.meaning {
            Meaning::Concept(id) if lexicon.kind(id) != ConceptKind::Filler => {
                Some(lexicon.name(id).to_owned())
            }
            Meaning::Unknown => Some(format!(
                "?{}",
                words[unit.range.start as usize..unit.range.end as usize].join(" ")
            )),
            Meaning::Concept(_) | Meaning::Stop => None,
        })
        .collect()
}

#[test]
fn one_request_in_any_language_gives_the_same_concepts() {
    let lexicon = Lexicon::builtin();
    let mut wrong = Vec::new();
    for (one, other) in ALIKE {
        let (a, b) = (names(&lexicon, one), names(&lexicon, other));
        if a != b {
            wrong.push(format!("{one:?} {a:?}\n    {other:?} {b:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), ALIKE.len(), wrong.join("\n"));
}

#[test]
fn different_requests_keep_different_concepts() {
    let lexicon = Lexicon::builtin();
    for (one, other) in DIFFERENT {
        assert_ne!(names(&lexicon, one), names(&lexicon, other), "{one:?} {other:?}");
    }
}

#[test]
fn every_word_is_in_a_unit() {
    let lexicon = Lexicon::builtin();
    let words = ["maak", "vandaag", "nog", "een", "account", "aan", "wachtwoordreset", "xyzzy"];
    let mut units = Vec::new();
    lexicon.annotate(&words, &mut units);
    let covered: BTreeSet<u32> = units.iter().flat_map(|u| u.range.clone()).collect();
    assert_eq!(covered, (0..8).collect());
    assert_eq!(units.last().map(|u| u.meaning), Some(Meaning::Unknown));
}

#[test]
fn no_form_is_claimed_twice_in_one_language() {
    let file = load::read(include_str!("../../data/concepts.toml")).unwrap();
    let mut claimed = std::collections::BTreeMap::new();
    for concept in &file.concepts {
        for (language, form) in &concept.forms {
            let key = (*language, words(&fold(form)).collect::<Vec<_>>().join(" "));
            let first = claimed.entry(key.clone()).or_insert(&concept.name);
            assert_eq!(*first, &concept.name, "{key:?}");
        }
    }
}

#[test]
fn mistakes_name_their_line_and_the_remedy() {
    for (text, line, says) in [
        ("[thing]\nfoo = \"a | b | c\"", 2, "write four"),
        ("[thng]\nfoo = \"a|b|c|d\"", 1, "[action], [thing]"),
        ("[thing]\n\nfoo = \"a | ... | | \"", 3, "separate forms by commas"),
        ("[stop]\nit = \"il lo\"", 2, "use nl, en, fr or de"),
        ("[thing]\nfoo = 3", 2, "lines such as"),
    ] {
        let error = Lexicon::with_extra(text).unwrap_err();
        assert_eq!(error.line, line, "{text} {error}");
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[test]
fn a_users_file_adds_and_overrides() {
    let extra = "[thing]\nrocket = \"raket | | fusée | rakete\"\ngroup = \"bende | | | \"";
    let lexicon = Lexicon::with_extra(extra).unwrap();
    assert_eq!(names(&lexicon, "raketten toevoegen"), names(&lexicon, "add the rocket"));
    assert_eq!(names(&lexicon, "bende"), names(&lexicon, "groep"));
}

#[test]
fn the_language_is_told_by_its_words() {
    let lexicon = Lexicon::builtin();
    for (text, expected) in [
        ("Kan iemand het wachtwoord van de vpn resetten?", Some(Language::Nl)),
        ("Please reset the password for the VPN of this user", Some(Language::En)),
        ("Merci de réinitialiser le mot de passe de cet utilisateur", Some(Language::Fr)),
        ("Bitte das Kennwort für den Benutzer zurücksetzen", Some(Language::De)),
        ("Wachtwoord vergeten", Some(Language::Nl)),
        ("vpn", None),
        ("12345", None),
    ] {
        let folded = fold(text);
        let words: Vec<&str> = words(&folded).collect();
        assert_eq!(lexicon.language(&words), expected, "{text}");
    }
}

const ALIKE: &[(&str, &str)] = &[
    ("Wachtwoord reset VPN", "reset password for vpn"),
    ("Wachtwoord reset VPN", "VPN Kennwort zurücksetzen"),
    ("mot de passe VPN oublié", "VPN wachtwoord vergeten"),
    ("Graag account aanmaken voor nieuwe medewerker", "Konto für neuen Mitarbeiter anlegen"),
    ("Kan je een mailbox aanmaken?", "please create a mailbox"),
    ("maak een mailbox aan", "create mailbox"),
    ("mailbox aan te maken aub", "mailbox aangemaakt"),
    ("créer une boîte mail", "Postfach erstellen"),
    ("wachtwoordreset", "password reset"),
    ("firewallregel toevoegen", "add firewall rule"),
    ("vpntoegang", "VPN access"),
    ("mailboxrechten", "mailbox permissions"),
    ("Toegang geven tot map", "grant access to folder"),
    ("SSL certificaat vernieuwen", "renew TLS certificate"),
    ("certificaatvernieuwing", "certificate renewal"),
    ("renouvellement du certificat", "Zertifikat erneuern"),
    ("server herstarten", "reboot the server"),
    ("server heropgestart", "Server neu starten"),
    ("redémarrer le serveur", "restarted server"),
    ("schakel de account uit", "disable account"),
    ("account uitgeschakeld", "deactivate the account"),
    ("compte désactivé", "Konto deaktivieren"),
    ("voeg gebruiker toe", "add user"),
    ("gebruikers toegevoegd", "user hinzugefügt"),
    ("ajouter un utilisateur", "Benutzer hinzufügen"),
    ("account geblokkeerd", "account blocked"),
    ("deblokkeren account", "unlock account"),
    ("Konto entsperren", "débloquer le compte"),
    ("licentie toewijzen", "assign a licence"),
    ("Lizenz zuweisen", "attribuer une licence"),
    ("laptop bestellen", "order a laptop"),
    ("commander un ordinateur portable", "Laptop bestellen"),
    ("printer defect", "printer not working"),
    ("imprimante en panne", "Drucker funktioniert nicht"),
    ("bestand terugzetten vanuit backup aub", "bestand resetten vanuit back-up"),
    ("restore file from backup", "Datei aus Sicherung wiederherstellen"),
    ("DNS record toevoegen", "add a DNS record"),
    ("DNS Eintrag hinzufügen", "ajouter un enregistrement DNS"),
    ("distributielijst aanpassen", "change distribution list"),
    ("modifier la liste de distribution", "Verteilerliste ändern"),
    ("gedeelde mailbox aanmaken", "create shared mailbox"),
    ("phishingmail gemeld", "notify: phishing"),
    ("verdachte mail onderzoeken", "investigate suspicious email"),
    ("MFA resetten", "reset 2FA"),
    ("authentification à deux facteurs réinitialiser", "tweestapsverificatie resetten"),
    ("factuur betalen", "pay invoice"),
    ("facture à payer", "Rechnung bezahlen"),
    ("onkostennota goedkeuren", "approve expense claim"),
    ("approuver la note de frais", "Spesenabrechnung genehmigen"),
    ("verlof aanvragen", "leave request_verb"),
    ("badge activeren", "activate the badge"),
    ("simkaart vervangen", "replace sim card"),
    ("remplacer la carte SIM", "SIM-Karte ersetzen"),
    ("naamswijziging gebruiker", "rename user"),
    ("gebruiker hernoemen", "Benutzer umbenennen"),
    ("software installeren", "install software"),
    ("logiciel à installer", "Software installieren"),
    ("installatie van software", "software geïnstalleerd"),
    ("schijfruimte uitbreiden", "extend disk space"),
    ("Festplattenspeicher erweitern", "étendre l'espace disque"),
    ("netwerkschijf koppelen", "mount"),
    ("wifi traag", "wireless network slow"),
    ("réseau sans fil lent", "WLAN langsam"),
    ("database migreren", "migrate database"),
    ("migratie van de databank", "Datenbank migrieren"),
    ("rapport opmaken", "create the report"),
    ("maandelijks rapport versturen", "send monthly report"),
    ("envoyer le rapport mensuel", "monatlichen Bericht senden"),
    ("IP adres blokkeren", "block IP address"),
    ("bloquer l'adresse IP", "IP-Adresse sperren"),
    ("url whitelisten", "whitelist URL"),
    ("out of office instellen", "Abwesenheitsnotiz einrichten"),
    ("message d'absence configurer", "configure out-of-office"),
    ("groepslidmaatschap aanpassen", "change group membership"),
    ("lokale admin rechten", "local administrator"),
    ("kwetsbaarheden patchen", "patch vulnerabilities"),
    ("bewijsmateriaal verzamelen voor audit", "collect evidence for audit"),
    ("Nachweise sammeln für das Audit", "collecter les preuves pour l'audit"),
    ("toegang intrekken", "revoke access"),
    ("Zugriff entziehen", "révoquer l'accès"),
    ("nieuwe medewerker start", "onboarding start"),
    ("uitdiensttreding", "offboarding"),
    ("virus gevonden op laptop", "malware found on notebook"),
    ("stuur de facturen door", "facturen doorgestuurd"),
    ("backupjob mislukt", "backup job failed"),
    ("geheugen uitbreiden VM", "extend RAM virtual machine"),
    ("gebruikersaccount verwijderen", "delete user account"),
    ("Benutzerkonto löschen", "supprimer le compte utilisateur"),
    ("Passwort zuruecksetzen", "Passwort zurückgesetzt"),
    ("setze das Passwort zurück", "password reset"),
    ("zending ophalen", "pick up shipment"),
    ("leverbon afdrukken", "print delivery note"),
    ("contract ondertekenen", "sign contract"),
    ("signer le contrat", "Vertrag unterschreiben"),
];

const DIFFERENT: &[(&str, &str)] = &[
    ("account aanmaken", "account verwijderen"),
    ("VPN traag", "wifi traag"),
    ("mailbox aanmaken", "distributielijst aanmaken"),
    ("mailbox aanmaken", "gedeelde mailbox aanmaken"),
    ("firewall aanpassen", "proxy aanpassen"),
    ("block account", "unblock account"),
    ("enable user", "disable user"),
    ("onboarding", "offboarding"),
    ("certificaat vernieuwen", "certificaat intrekken"),
    ("restore backup", "check backup"),
    ("server herstarten", "server installeren"),
    ("laptop bestellen", "laptop herstellen"),
    ("laptop", "gsm"),
    ("printer toner", "printer installeren"),
    ("facture", "note de crédit"),
    ("wachtwoord resetten", "wachtwoord delen"),
    ("dns record", "dhcp"),
    ("licentie toevoegen", "licentie verwijderen"),
    ("add user to group", "remove user from group"),
    ("Konto anlegen", "Konto löschen"),
    ("Konto sperren", "Konto entsperren"),
    ("phishing", "spam"),
    ("upload report", "download report"),
    ("import data", "export data"),
    ("approve request", "reject request"),
    ("verlof", "ziekte"),
    ("leverancier aanmaken", "klant aanmaken"),
    ("mfa resetten", "wachtwoord resetten"),
    ("vpn toegang", "vpn wachtwoord"),
    ("account vergrendeld", "account verlopen"),
    ("install software", "uninstall software"),
    ("mount share", "unmount share"),
    ("schakel in", "schakel uit"),
    ("sim card", "badge"),
];
