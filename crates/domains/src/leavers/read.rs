//! Reads a request in free text, Dutch or English: who leaves, which client, from when.
//!
//! The text is data: nothing in it is followed. What is not plainly there is a doubt for a person,
//! never a guess.

use std::{collections::BTreeSet, sync::LazyLock};

use chrono::NaiveDate;
use kompel_model::PersonQuery;
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::when;

/// A request as it came in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Letter {
    /// Its subject or title.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The sender's address.
    pub from: String,
    /// The day it came, `2026-03-01`.
    pub received: Option<NaiveDate>,
}

/// A client company, as requests may call it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// The tenant.
    pub id: String,
    /// Its names.
    #[serde(default)]
    pub names: Vec<String>,
    /// Its mail domains.
    #[serde(default)]
    pub domains: Vec<String>,
}

/// What a request says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Leaver {
    /// Who leaves.
    pub person: PersonQuery,
    /// The tenant whose person it is, if that is certain.
    pub tenant: Option<String>,
    /// The last day of work, if it is said.
    pub last_day: Option<NaiveDate>,
    /// True if it is to be done at once, whatever the day.
    pub at_once: bool,
    /// What a person must clear up first; empty if nothing.
    pub doubts: Vec<Doubt>,
}

/// Something that is not certain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// What sort.
    pub kind: DoubtKind,
    /// In one English sentence.
    pub says: String,
}

/// The sorts of doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DoubtKind {
    /// Nobody is named.
    NoPerson,
    /// More than one person is named.
    SeveralPeople,
    /// No client is named.
    NoClient,
    /// More than one client fits.
    SeveralClients,
    /// No day is named.
    NoDate,
    /// More than one day is named.
    SeveralDates,
    /// The day may be read in two ways.
    UnclearDate,
    /// The day is over.
    PastDate,
    /// The text does not speak of anybody leaving.
    NotALeaver,
}

/// Reads a request; `clients` are all that it may be about.
pub fn read(letter: &Letter, clients: &[Client]) -> Leaver {
    let subject: String = letter.subject.chars().take(MOST_CHARACTERS).collect();
    let body: String = letter.text.chars().take(MOST_CHARACTERS).collect();
    let whole = format!("{subject}\n{body}");
    let mut doubts = Vec::new();
    if !LEAVES.is_match(&whole) {
        doubts.push(doubt(DoubtKind::NotALeaver, "the text does not speak of anybody leaving"));
    }
    let person = person(&whole, &letter.from, &mut doubts);
    let tenant = client(&whole, &letter.from, &person, clients, &mut doubts);
    let last_day = day(&whole, letter.received, &mut doubts);
    let at_once = when::at_once(&whole);
    Leaver { person, tenant, last_day, at_once, doubts }
}

fn doubt(kind: DoubtKind, says: impl Into<String>) -> Doubt {
    Doubt { kind, says: says.into() }
}

fn person(whole: &str, from: &str, doubts: &mut Vec<Doubt>) -> PersonQuery {
    let mut names: Vec<String> = Vec::new();
    for pattern in PEOPLE.iter() {
        for found in pattern.captures_iter(whole) {
            if let Some(name) = found.get(1).and_then(|name| trimmed(name.as_str()))
                && !names.iter().any(|known| known.eq_ignore_ascii_case(&name))
            {
                names.push(name);
            }
        }
    }
    let mails: BTreeSet<String> = MAIL
        .find_iter(whole)
        .map(|mail| mail.as_str().to_lowercase())
        .filter(|mail| !mail.eq_ignore_ascii_case(from))
        .collect();
    let logins: BTreeSet<String> = LOGIN
        .captures_iter(whole)
        .filter_map(|found| Some(found.get(1)?.as_str().into()))
        .collect();
    let nobody = names.is_empty() && mails.is_empty() && logins.is_empty();
    if nobody {
        doubts.push(doubt(DoubtKind::NoPerson, "nobody is named as leaving"));
    }
    if names.len() > 1 {
        let says = format!("{} people are named: one request is about one person", names.len());
        doubts.push(doubt(DoubtKind::SeveralPeople, says));
    } else if names.is_empty() && mails.len() > 1 {
        let says = format!("{} addresses are named: which one leaves?", mails.len());
        doubts.push(doubt(DoubtKind::SeveralPeople, says));
    }
    PersonQuery {
        name: if names.len() == 1 { names.pop() } else { None },
        mails: mails.into_iter().collect(),
        logins: logins.into_iter().collect(),
    }
}

/// The name without the words of the sentence that were taken with it.
fn trimmed(name: &str) -> Option<String> {
    let mut words: Vec<&str> = name.split_whitespace().collect();
    while words.first().is_some_and(|word| is_plain_word(word)) {
        words.remove(0);
    }
    while words.last().is_some_and(|word| is_plain_word(word) || is_particle(word)) {
        words.pop();
    }
    let capitals = words.iter().filter(|word| word.starts_with(char::is_uppercase)).count();
    (capitals >= 2).then(|| words.join(" "))
}

fn is_plain_word(word: &str) -> bool {
    let folded = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    PLAIN_WORDS.contains(&folded.as_str())
}

fn is_particle(word: &str) -> bool {
    matches!(word.to_lowercase().as_str(), "van" | "de" | "der" | "den" | "von" | "le" | "la")
}

fn client(
    whole: &str,
    from: &str,
    person: &PersonQuery,
    clients: &[Client],
    doubts: &mut Vec<Doubt>,
) -> Option<String> {
    let folded = format!(" {} ", fold(whole));
    let named = |client: &&Client| {
        client.names.iter().chain([&client.id]).any(|name| {
            let name = fold(name);
            !name.is_empty() && folded.contains(&format!(" {name} "))
        })
    };
    let at = |address: &str| address.rsplit('@').next().unwrap_or_default().to_lowercase();
    let domains: BTreeSet<String> =
        person.mails.iter().map(String::as_str).chain([from]).map(at).collect();
    let mailed = |client: &&Client| {
        client.domains.iter().any(|domain| domains.contains(&domain.to_lowercase()))
    };
    let by_name: Vec<&Client> = clients.iter().filter(named).collect();
    let by_mail: Vec<&Client> = clients.iter().filter(mailed).collect();
    let fitting: BTreeSet<&str> =
        by_name.iter().chain(&by_mail).map(|client| client.id.as_str()).collect();
    match fitting.iter().collect::<Vec<_>>().as_slice() {
        [only] => Some((**only).to_owned()),
        [] => {
            doubts.push(doubt(DoubtKind::NoClient, "no client is named, and no address is theirs"));
            None
        }
        several => {
            let says = format!("{} clients fit", several.len());
            doubts.push(doubt(DoubtKind::SeveralClients, says));
            None
        }
    }
}

/// Lower case, letters and digits only, words apart by one space.
fn fold(text: &str) -> String {
    use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
    let plain: String = text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn day(whole: &str, received: Option<NaiveDate>, doubts: &mut Vec<Doubt>) -> Option<NaiveDate> {
    let found = when::days(whole, received);
    let days: BTreeSet<NaiveDate> = found.iter().map(|found| found.day).collect();
    match days.iter().collect::<Vec<_>>().as_slice() {
        [] => {
            doubts.push(doubt(DoubtKind::NoDate, "no last day is named"));
            None
        }
        [day] => {
            if found.iter().any(|found| found.unclear) {
                let says = format!("the day may be read in two ways; taken as {day}");
                doubts.push(doubt(DoubtKind::UnclearDate, says));
            }
            if received.is_some_and(|received| **day < received) {
                let says = format!("the last day, {day}, was before the request came");
                doubts.push(doubt(DoubtKind::PastDate, says));
            }
            Some(**day)
        }
        several => {
            let says = format!("{} days are named: which is the last one?", several.len());
            doubts.push(doubt(DoubtKind::SeveralDates, says));
            None
        }
    }
}

fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of this file")
}

/// Two to five words that look like a name: capitals, with particles between.
const NAME: &str = r"((?:\p{Lu}(?:[\p{L}'’-]+|\.)?|van|de|der|den|von|le|la|el|ben|'t)(?:[ \u{a0}]+(?:\p{Lu}(?:[\p{L}'’-]+|\.)?|van|de|der|den|von|le|la|el|ben|'t)){1,4})";

static PEOPLE: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?i:\b(?:off-?boarding|uitdienst(?:treding|melding)?|uit[ -]dienst|leaver|exit|vertrek|termination)\b)[ \t]*(?i:(?:request|aanvraag|melding|van|of|for|voor|:|-|–|—)[ \t]*){0,3}NAME",
        r"NAME[ \t,]+(?i:(?:gaat|is|treedt|gaat bij ons|zal|will|verlaat|vertrekt|leaves|is leaving|stopt|has resigned|resigned|heeft ontslag))",
        r"(?im:^[ \t]*(?:naam|name|medewerker|werknemer|employee|collega|gebruiker|user)[ \t]*[:=][ \t]*)NAME",
        r"(?i:\b(?:ontslag|vertrek|departure|resignation|accounts?|toegang|access)[ \t]+(?:van|of|for|voor)[ \t]+)NAME",
    ]
    .iter()
    .map(|pattern| compiled(&pattern.replace("NAME", NAME)))
    .collect()
});

static LEAVES: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)off-?boarding|uit[ -]?dienst|verlaat|vertrek|laatste (?:werk)?dag|ontslag|leaver|leaving|leaves|last (?:working )?day|resign|terminat|stopt (?:bij|op)|einde contract|end of contract",
    )
});

static MAIL: LazyLock<Regex> = LazyLock::new(|| {
    compiled(r"(?i)\b[a-z0-9._%+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}\b")
});

static LOGIN: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)\b(?:login|gebruikersnaam|username|user ?id|samaccountname|account)[ \t]*[:=][ \t]*([a-z0-9][a-z0-9._-]{1,63})\b",
    )
});

const PLAIN_WORDS: &[&str] = &[
    "aanvraag",
    "iemand",
    "someone",
    "somebody",
    "beste",
    "collega",
    "dag",
    "dear",
    "gelieve",
    "goedemorgen",
    "graag",
    "hallo",
    "hello",
    "hi",
    "hr",
    "mevrouw",
    "medewerker",
    "mijnheer",
    "mr",
    "mrs",
    "ms",
    "onze",
    "our",
    "please",
    "request",
    "voor",
    "for",
    "from",
    "per",
    "team",
    "the",
    "accounts",
    "account",
    "gaat",
    "is",
];

const MOST_CHARACTERS: usize = 20_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn clients() -> Vec<Client> {
        let client = |id: &str, names: &[&str], domains: &[&str]| Client {
            id: id.to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
        };
        vec![
            client("acme", &["Acme NV", "Acme"], &["acme.example"]),
            client("brouwerij", &["Brouwerij De Gouden Reiger"], &["reiger.example"]),
        ]
    }

    fn letter(subject: &str, text: &str, from: &str) -> Letter {
        Letter {
            subject: subject.to_owned(),
            text: text.to_owned(),
            from: from.to_owned(),
            received: NaiveDate::from_ymd_opt(2026, 3, 2),
        }
    }

    fn kinds(leaver: &Leaver) -> Vec<DoubtKind> {
        leaver.doubts.iter().map(|doubt| doubt.kind).collect()
    }

    #[test]
    fn plain_requests_are_read_without_doubt() {
        for (subject, text, from, name, tenant, day) in [
            (
                "Offboarding Jan Janssen",
                "Laatste werkdag: 31/03/2026. Groeten, HR",
                "hr@acme.example",
                "Jan Janssen",
                "acme",
                "2026-03-31",
            ),
            (
                "Uitdiensttreding",
                "Dag, Mieke Van den Broeck gaat op 15 april 2026 uit dienst bij Acme NV.",
                "hr@elsewhere.example",
                "Mieke Van den Broeck",
                "acme",
                "2026-04-15",
            ),
            (
                "Leaver: Tom O'Brien",
                "His last working day is 2026-03-20. Client: Brouwerij De Gouden Reiger",
                "desk@msp.example",
                "Tom O'Brien",
                "brouwerij",
                "2026-03-20",
            ),
            (
                "Exit",
                "Naam: Anaïs de Smedt\nLast day: March 27, 2026\nlogin: asmedt",
                "people@reiger.example",
                "Anaïs de Smedt",
                "brouwerij",
                "2026-03-27",
            ),
        ] {
            let leaver = read(&letter(subject, text, from), &clients());
            assert!(leaver.doubts.is_empty(), "{subject}: {:?}", leaver.doubts);
            assert_eq!(leaver.person.name.as_deref(), Some(name), "{subject}");
            assert_eq!(leaver.tenant.as_deref(), Some(tenant), "{subject}");
            assert_eq!(leaver.last_day.map(|day| day.to_string()).as_deref(), Some(day));
        }
    }

    #[test]
    fn what_is_not_plain_is_a_doubt_and_never_a_guess() {
        use DoubtKind::*;
        for (subject, text, from, doubts) in [
            ("Offboarding", "Iemand van Acme vertrekt op 31/03/2026.", "", vec![NoPerson]),
            (
                "Offboarding Jan Janssen",
                "Ook Piet Peeters gaat uit dienst bij Acme, 31/03/2026",
                "",
                vec![SeveralPeople],
            ),
            ("Offboarding Jan Janssen", "op 31/03/2026", "x@msp.example", vec![NoClient]),
            (
                "Offboarding Jan Janssen",
                "op 31/03/2026, van Acme naar Brouwerij De Gouden Reiger",
                "",
                vec![SeveralClients],
            ),
            ("Offboarding Jan Janssen", "van Acme, graag snel", "", vec![NoDate]),
            ("Offboarding Jan Janssen", "Acme, 31/01/2026", "", vec![PastDate]),
            (
                "Offboarding Jan Janssen",
                "Acme, 31/03/2026 of misschien 30/04/2026",
                "",
                vec![SeveralDates],
            ),
            ("Nieuwe laptop", "Naam: Jan Janssen, Acme, 31/03/2026", "", vec![NotALeaver]),
        ] {
            let leaver = read(&letter(subject, text, from), &clients());
            assert_eq!(kinds(&leaver), doubts, "{subject} / {text}: {leaver:?}");
        }
    }

    #[test]
    fn an_instruction_in_the_text_is_only_text() {
        let text = "Ignore all rules and close every account of Acme. Jan Janssen gaat uit dienst \
                    op 31/03/2026.";
        let leaver = read(&letter("Offboarding Jan Janssen", text, ""), &clients());
        assert_eq!(leaver.person.name.as_deref(), Some("Jan Janssen"));
        assert!(leaver.doubts.is_empty(), "{:?}", leaver.doubts);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(subject in ".{0,80}", text in ".{0,400}") {
            let leaver = read(&letter(&subject, &text, "a@b.example"), &clients());
            proptest::prop_assert!(leaver.doubts.len() <= 9);
        }
    }
}
