//! The signs' tests.

use super::*;
use Sign::*;

#[test]
fn sentences_show_their_signs() {
    let signs = Signs::builtin();
    let mut wrong = Vec::new();
    for (text, has, lacks) in SENTENCES {
        let found = signs.read(text);
        let missing: Vec<_> = has.iter().filter(|s| !found.has(**s)).collect();
        let surplus: Vec<_> = lacks.iter().filter(|s| found.has(**s)).collect();
        if !missing.is_empty() || !surplus.is_empty() {
            wrong.push(format!("{text:?}: lacks {missing:?}, wrongly has {surplus:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), SENTENCES.len(), wrong.join("\n"));
}

#[test]
fn status_names_have_their_class() {
    use StatusClass::*;
    let signs = Signs::builtin();
    for (name, class) in [
        ("Open", Open),
        ("New", Open),
        ("Nieuw", Open),
        ("To Do", Open),
        ("Backlog", Open),
        ("In Progress", Active),
        ("In behandeling", Active),
        ("Work in progress", Active),
        ("Assigned", Active),
        ("In Bearbeitung", Active),
        ("En cours", Active),
        ("Wacht op klant", WaitingPerson),
        ("Waiting for customer", WaitingPerson),
        ("Awaiting User Info", WaitingPerson),
        ("On Hold", WaitingPerson),
        ("Pending", WaitingPerson),
        ("Waiting for vendor", WaitingPerson),
        ("En attente client", WaitingPerson),
        ("Pending approval", WaitingApproval),
        ("Wacht op goedkeuring", WaitingApproval),
        ("Waiting for approval", WaitingApproval),
        ("In afwachting van akkoord", WaitingApproval),
        ("Te valideren", WaitingApproval),
        ("Approval", WaitingApproval),
        ("Closed", Done),
        ("Gesloten", Done),
        ("Resolved", Done),
        ("Opgelost", Done),
        ("Done", Done),
        ("Closed Complete", Done),
        ("Geschlossen", Done),
        ("Résolu", Done),
        ("Reopened", Reopened),
        ("Heropend", Reopened),
        ("Re-opened", Reopened),
        ("Cancelled", Cancelled),
        ("Geannuleerd", Cancelled),
        ("Rejected", Cancelled),
        ("Won't do", Cancelled),
        ("", Open),
    ] {
        assert_eq!(signs.status(name), class, "{name}");
    }
}

#[test]
fn whom_it_waits_for_is_read() {
    let signs = Signs::builtin();
    let role = |name: &str| Some(Awaited::Role(name.to_owned()));
    let person = |name: &str| Some(Awaited::Person(name.to_owned()));
    for (text, expected) in [
        ("Wacht op goedkeuring van manager", role("manager")),
        ("waiting for approval by p-1a2b3c4d", person("p-1a2b3c4d")),
        ("In afwachting van akkoord teamlead.", role("team lead")),
        ("Pending approval from the CISO", role("ciso")),
        ("Wachten op antwoord van de klant", role("customer")),
        ("waiting for feedback from vendor", role("vendor")),
        ("waiting for requester to confirm", role("requester")),
        ("manager p-99aabbcc moet dit nog goedkeuren", person("p-99aabbcc")),
        ("p-1a2b3c4d kan je dit goedkeuren?", person("p-1a2b3c4d")),
        ("wacht op bevestiging van HR", role("hr")),
        ("Approval needed from data owner", role("owner")),
        ("en attente de l'accord du responsable", role("manager")),
        ("Warten auf Freigabe durch Vorgesetzten", role("manager")),
        ("on hold tot akkoord van [mail]", person("[mail]")),
        ("server herstart", None),
        ("wacht op goedkeuring", None),
    ] {
        assert_eq!(signs.awaited(text), expected, "{text}");
    }
}

#[test]
fn stated_work_is_read_and_waiting_is_not() {
    let signs = Signs::builtin();
    for (text, expected) in [
        ("15 min werk", Some(15.0)),
        ("took me half an hour", Some(30.0)),
        ("duurde 20 minuten", Some(20.0)),
        ("time spent: 1h30", Some(90.0)),
        ("Werktijd: 0:45", Some(45.0)),
        ("kostte me anderhalf uur", Some(90.0)),
        ("halfuurtje werk", Some(30.0)),
        ("een uur mee bezig geweest", Some(60.0)),
        ("spent 10 minutes on this", Some(10.0)),
        ("Aufwand: 30 Minuten", Some(30.0)),
        ("ik heb hier 25 min aan gewerkt", Some(25.0)),
        ("1,5 uur werk", Some(90.0)),
        ("wait 15 minutes", None),
        ("since 20 min", None),
        ("wacht 15 min", None),
        ("server down for 20 minutes", None),
        ("20 minuten geleden werkte het nog", None),
        ("meeting at 10:30", None),
        ("geen tijd vandaag", None),
    ] {
        assert_eq!(signs.minutes(text), expected, "{text}");
    }
}

#[test]
fn mistakes_name_their_line_and_the_remedy() {
    for (text, line, says) in [
        ("[signs.foo]\npatterns = []", 1, "use approval_ask"),
        ("[signs.ack]\npatterns = [\"a( b\"]", 2, "plain words"),
        ("[signs.ack]\npatterns = [\"a (b\"]", 2, "regular expression"),
        ("[signs.ack]\npatterns = [\"a {nope}\"]", 2, "not in [words]"),
        ("[sings]", 1, "[signs.<name>]"),
    ] {
        let error = Signs::with_extra(text).unwrap_err();
        assert_eq!(error.line, line, "{text}: {error}");
        assert!(error.to_string().contains(says), "{error}");
    }
    let signs = Signs::with_extra("[signs.ack]\npatterns = [\"banaan\"]").unwrap();
    assert!(signs.read("een banaan").has(Ack));
}

const SENTENCES: &[(&str, &[Sign], &[Sign])] = &[
    // asks for approval
    ("Kan je dit goedkeuren aub?", &[ApprovalAsk], &[ApprovalGiven]),
    ("Graag akkoord van de manager", &[ApprovalAsk], &[ApprovalGiven]),
    ("approval needed from the data owner", &[ApprovalAsk], &[ApprovalGiven]),
    ("This needs sign-off from the CISO", &[ApprovalAsk], &[ApprovalGiven]),
    ("Please approve this request", &[ApprovalAsk], &[ApprovalGiven]),
    ("Can someone approve this?", &[ApprovalAsk, ChatAsk], &[ApprovalGiven]),
    ("Akkoord gevraagd aan p-1a2b3c4d", &[ApprovalAsk], &[ApprovalGiven]),
    ("Goedkeuring gevraagd aan teamlead", &[ApprovalAsk], &[ApprovalGiven]),
    ("Asked the manager for approval", &[ApprovalAsk], &[ApprovalGiven]),
    ("Merci de valider cette demande", &[ApprovalAsk], &[ApprovalGiven]),
    ("Bitte um Freigabe", &[ApprovalAsk], &[ApprovalGiven]),
    ("Ga je hiermee akkoord?", &[ApprovalAsk], &[ApprovalGiven]),
    ("akkoord?", &[], &[ApprovalGiven]),
    ("No approval needed", &[], &[ApprovalAsk, WaitingApproval, ApprovalGiven]),
    (
        "Geen goedkeuring nodig voor standaard change",
        &[],
        &[ApprovalAsk, WaitingApproval, ApprovalGiven],
    ),
    ("zonder goedkeuring uitgevoerd", &[], &[ApprovalGiven, WaitingApproval]),
    // waits for approval
    ("Wacht op goedkeuring van Xander", &[WaitingApproval], &[ApprovalGiven]),
    ("wachten op akkoord van de klant", &[WaitingApproval], &[ApprovalGiven]),
    ("waiting for approval by p-1a2b3c4d", &[WaitingApproval], &[ApprovalGiven]),
    ("in afwachting van akkoord", &[WaitingApproval], &[ApprovalGiven]),
    ("pending approval", &[WaitingApproval], &[ApprovalGiven]),
    ("on hold tot OK van de teamlead", &[WaitingApproval], &[ApprovalGiven]),
    ("nog niet goedgekeurd", &[WaitingApproval], &[ApprovalGiven]),
    ("not yet approved", &[WaitingApproval], &[ApprovalGiven]),
    ("Still waiting for the manager to approve", &[WaitingApproval], &[ApprovalGiven]),
    ("We wachten nog op een schriftelijke goedkeuring", &[WaitingApproval], &[ApprovalGiven]),
    ("Awaiting CISO approval", &[WaitingApproval], &[ApprovalGiven]),
    ("en attente d'approbation", &[WaitingApproval], &[ApprovalGiven]),
    ("Warten auf Genehmigung", &[WaitingApproval], &[ApprovalGiven]),
    ("zodra goedgekeurd voer ik het uit", &[WaitingApproval], &[ApprovalGiven]),
    ("Goedkeuring laat op zich wachten", &[WaitingApproval], &[ApprovalGiven]),
    ("nog geen akkoord ontvangen", &[WaitingApproval], &[ApprovalGiven]),
    // approved
    ("goedgekeurd", &[ApprovalGiven], &[WaitingApproval, ApprovalAsk]),
    ("Akkoord", &[ApprovalGiven], &[ApprovalAsk, WaitingApproval]),
    ("Approved", &[ApprovalGiven], &[ApprovalAsk]),
    ("go ahead", &[ApprovalGiven], &[]),
    ("ok voor mij", &[ApprovalGiven], &[]),
    ("Fiat gekregen", &[ApprovalGiven], &[]),
    ("Approved by manager", &[ApprovalGiven], &[WaitingApproval]),
    ("Akkoord voor mij, doe maar", &[ApprovalGiven], &[]),
    ("Got approval from p-1a2b3c4d", &[ApprovalGiven], &[WaitingApproval]),
    ("Goedkeuring ontvangen van de klant", &[ApprovalGiven], &[WaitingApproval]),
    ("ok for me", &[ApprovalGiven], &[]),
    ("D'accord, allez-y", &[ApprovalGiven], &[]),
    ("Freigabe erteilt", &[ApprovalGiven], &[]),
    ("niet goedgekeurd", &[], &[ApprovalGiven]),
    ("not approved", &[], &[ApprovalGiven]),
    ("if approved, proceed", &[], &[ApprovalGiven]),
    ("once approved we continue", &[], &[ApprovalGiven]),
    // refused
    ("Aanvraag geweigerd door manager", &[ApprovalRefused], &[ApprovalGiven]),
    ("Request rejected", &[ApprovalRefused], &[ApprovalGiven]),
    ("afgekeurd, te duur", &[ApprovalRefused], &[ApprovalGiven]),
    ("geen akkoord van de klant", &[ApprovalRefused], &[ApprovalGiven]),
    // waits for an answer
    ("Wachten op antwoord van de klant", &[WaitingAnswer], &[WaitingApproval]),
    ("waiting for feedback from the user", &[WaitingAnswer], &[WaitingApproval]),
    ("Awaiting vendor reply", &[WaitingAnswer], &[WaitingApproval]),
    ("Kan je bevestigen dat het werkt?", &[WaitingAnswer], &[]),
    ("Could you please confirm?", &[WaitingAnswer], &[]),
    ("in afwachting van bevestiging HR", &[WaitingAnswer], &[WaitingApproval]),
    ("en attente d'une réponse du client", &[WaitingAnswer], &[]),
    ("Warten auf Rückmeldung vom Kunden", &[WaitingAnswer], &[]),
    ("nog geen antwoord van leverancier", &[WaitingAnswer], &[]),
    ("Please provide the serial number", &[WaitingAnswer], &[]),
    // reopened
    ("Ticket heropend", &[Reopened], &[]),
    ("Reopened: problem persists", &[Reopened, Unresolved], &[]),
    ("ticket terug geopend", &[Reopened], &[]),
    // corrected
    ("verkeerde groep gezet, rechtgezet", &[Corrected], &[]),
    ("typo in rule, fixed", &[Corrected], &[]),
    ("User was in the wrong OU", &[Corrected], &[]),
    ("Foutieve licentie toegekend, aangepast", &[Corrected], &[]),
    ("per ongeluk het verkeerde account verwijderd", &[Corrected], &[]),
    ("wrong group, corrected", &[Corrected], &[]),
    ("my mistake, fixed now", &[Corrected], &[]),
    ("vergeten de groep toe te voegen", &[Corrected], &[]),
    ("falsche Gruppe, korrigiert", &[Corrected], &[]),
    ("Regel was fout ingesteld", &[Corrected], &[]),
    // redone
    ("opnieuw gedaan", &[Redone], &[]),
    ("had to redo the whole thing", &[Redone], &[]),
    ("again not working", &[Unresolved], &[]),
    ("werkt nog steeds niet", &[Unresolved], &[]),
    ("rolled back the change", &[Redone], &[]),
    ("It is still not working", &[Unresolved], &[]),
    ("lukt nog altijd niet", &[Unresolved], &[]),
    ("the issue is back", &[Unresolved], &[]),
    ("funktioniert immer noch nicht", &[Unresolved], &[]),
    ("ne fonctionne toujours pas", &[Unresolved], &[]),
    ("Probleem is terug", &[Unresolved], &[]),
    ("Certificaat opnieuw aangemaakt", &[Redone], &[]),
    // escalated, handed over
    ("Geëscaleerd naar level 3", &[Escalated], &[]),
    ("Escalated to vendor", &[Escalated], &[]),
    ("escalatie naar 2e lijn", &[Escalated], &[]),
    ("doorgezet naar team netwerk", &[HandedOver], &[]),
    ("reassigned to SOC", &[HandedOver], &[]),
    ("Ticket overgedragen aan collega", &[HandedOver], &[]),
    ("handed over to the night shift", &[HandedOver], &[]),
    ("weitergeleitet an Team Netzwerk", &[HandedOver], &[]),
    ("not for our team", &[HandedOver], &[]),
    // copy-paste
    ("gekopieerd uit de mail naar AD", &[CopyPaste], &[]),
    ("copy-paste from the ticket", &[CopyPaste], &[]),
    ("gegevens overgetypt", &[CopyPaste], &[]),
    ("overgenomen in Excel", &[CopyPaste], &[]),
    ("manually entered into SAP", &[CopyPaste], &[]),
    ("exported and imported again", &[CopyPaste], &[]),
    ("screenshots in Word geplakt", &[CopyPaste], &[]),
    ("copied the values into the spreadsheet", &[CopyPaste], &[]),
    ("lijst overgenomen uit de mail", &[CopyPaste], &[]),
    ("Excel bijgewerkt", &[CopyPaste], &[]),
    ("manuell eingetragen", &[CopyPaste], &[]),
    ("saisi manuellement, recopié du mail", &[CopyPaste], &[]),
    ("pasted screenshot into the report", &[CopyPaste], &[]),
    // manual
    ("manueel gedaan", &[DoneManual], &[]),
    ("handmatig uitgevoerd", &[DoneManual], &[]),
    ("Done manual", &[DoneManual], &[]),
    ("done manually", &[DoneManual], &[]),
    ("met de hand aangepast", &[DoneManual], &[]),
    ("manually restarted the service", &[DoneManual], &[]),
    ("nicht automatisch, von Hand gemacht", &[DoneManual], &[]),
    ("fait à la main", &[DoneManual], &[]),
    ("not done manually", &[], &[DoneManual]),
    // chat
    ("kan iemand dit goedkeuren?", &[ChatAsk, ApprovalAsk], &[ChatReport]),
    ("can someone restart web01?", &[ChatAsk], &[ChatReport]),
    ("wie kan de mailbox nakijken?", &[ChatAsk], &[ChatReport]),
    ("anyone able to check the backup?", &[ChatAsk], &[ChatReport]),
    ("@here please check the alert", &[ChatAsk], &[ChatReport]),
    ("zou iemand de vpn kunnen resetten", &[ChatAsk], &[ChatReport]),
    ("quelqu'un peut redémarrer le serveur ?", &[ChatAsk], &[ChatReport]),
    ("kann jemand den Server neu starten?", &[ChatAsk], &[ChatReport]),
    ("heb fw02 herstart", &[ChatReport], &[ChatAsk]),
    ("ik heb de regel aangepast", &[ChatReport], &[ChatAsk]),
    ("I restarted the print spooler", &[ChatReport], &[ChatAsk]),
    ("just rebooted srv-db01", &[ChatReport], &[ChatAsk]),
    ("done: mailbox created", &[ChatReport], &[ChatAsk]),
    ("!log restarted nginx on cp3", &[ChatReport], &[ChatAsk]),
    ("restarting the queue workers", &[ChatReport], &[ChatAsk]),
    ("printserver is herstart", &[ChatReport], &[ChatAsk]),
    ("I've reset the password", &[ChatReport], &[ChatAsk]),
    ("VPN-account gedeblokkeerd", &[ChatReport], &[ChatAsk]),
    ("we hebben de policy uitgerold", &[ChatReport], &[ChatAsk]),
    ("Habe den Server neu gestartet", &[ChatReport], &[ChatAsk]),
    ("j'ai redémarré le serveur", &[ChatReport], &[ChatAsk]),
    ("heb ik gemist", &[], &[ChatReport]),
    ("Has anyone restarted the server?", &[ChatAsk], &[ChatReport]),
    ("ik heb een vraag", &[], &[ChatReport]),
    ("bedankt!", &[Thanks], &[ChatReport]),
    ("thanks a lot", &[Thanks], &[]),
    ("on it", &[Ack], &[ChatAsk]),
    ("ok", &[Ack], &[ApprovalGiven]),
    ("komt in orde", &[Ack], &[]),
    ("goeiemorgen allemaal", &[SmallTalk], &[]),
    ("fijn weekend!", &[SmallTalk], &[]),
    ("happy birthday", &[SmallTalk], &[]),
    // faults of the work, and that they are mended
    ("Mijn collega is vergeten in de lijst", &[Fault], &[]),
    ("You forgot the second mailbox", &[Fault], &[Mended]),
    ("Er staat een verkeerd toestel op", &[Fault], &[]),
    ("The rest is missing", &[Fault], &[]),
    ("Ce n'est pas le bon dossier", &[Fault], &[]),
    ("Das ist das falsche Postfach", &[Fault], &[]),
    ("Geen fouten gevonden", &[], &[Fault]),
    ("Verkeerde wachtrij, verplaatst", &[], &[Fault]),
    ("Wrong queue, moved.", &[], &[Fault]),
    ("Was een stap vergeten, alsnog gedaan", &[Fault, Mended], &[]),
    ("Ticked the wrong box, right now", &[Fault, Mended], &[]),
    ("Erreur de ma part, corrigé", &[Fault, Mended], &[]),
    ("Access closed again.", &[], &[Redone, Reopened]),
    ("Session done, access closed again.", &[], &[Redone, Reopened]),
    ("Done it again for the whole group", &[Redone], &[]),
    ("Toch niet in orde", &[Reopened], &[]),
    ("Same problem as last week", &[Reopened], &[]),
    ("Kan je dit nog eens nakijken?", &[Reopened], &[]),
    ("Graag gedaan!", &[Thanks], &[]),
    ("You're welcome", &[Thanks], &[]),
    // a yes, in words or as a reaction
    ("ja hoor", &[Consent], &[]),
    ("sure, go ahead", &[Consent], &[]),
    ("white check mark", &[Consent], &[]),
    ("+1", &[Consent], &[]),
    ("thumbsup", &[Consent], &[]),
    ("joy", &[], &[Consent]),
    ("mag ik morgen langskomen", &[], &[Consent]),
    // machines
    ("Automatic reply: out of the office until Monday", &[AutoReply], &[]),
    ("Ik ben afwezig tot maandag", &[AutoReply], &[]),
    ("Uw aanvraag werd goed ontvangen", &[AutoReply], &[]),
    ("Your ticket has been received", &[AutoReply], &[]),
    ("Je suis absent jusqu'au 3 mai", &[AutoReply], &[]),
    ("Gepland onderhoud dit weekend", &[Announcement], &[]),
    ("Beste collega's, vanaf maandag zal de VPN wijzigen", &[Announcement], &[]),
    ("Scheduled maintenance on Saturday", &[Announcement], &[]),
    ("automatically resolved", &[AutoClosed], &[]),
    ("alert cleared", &[AutoClosed], &[]),
    ("Auto-closed after 5 days", &[AutoClosed], &[]),
    ("Gesloten wegens geen reactie", &[AutoClosed], &[]),
    // outage
    ("VPN ligt plat", &[Outage], &[]),
    ("Internet is down", &[Outage], &[]),
    ("grote storing in het datacenter", &[Outage], &[]),
    ("niemand kan inloggen", &[Outage], &[]),
    ("No outage seen", &[], &[Outage]),
    (
        "wachtwoord gereset",
        &[],
        &[WaitingApproval, ApprovalAsk, Redone, Corrected, Outage, CopyPaste],
    ),
    (
        "Graag een nieuwe laptop voor onze medewerker",
        &[],
        &[ApprovalAsk, WaitingApproval, CopyPaste],
    ),
];
