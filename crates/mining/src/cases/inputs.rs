//! Inputs: what one must know to do the process, by its pattern in the requests; and the objects
//! by which a message and a ticket are known to be about the same thing.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use super::runs::Run;
use crate::{InputFact, InputKind, tally::Tallied};

/// Characters of a request that are looked at.
const LOOKED_AT: usize = 4_000;

/// Share of the requests that must state a thing.
const LEAST_SHARE: f64 = 0.15;

const KINDS: [(InputKind, &str); 10] = [
    (InputKind::Person, r"(?i)\bp-[0-9a-f]{8}\b|\[(?:naam|name|persoon|person)\]"),
    (
        InputKind::Host,
        r"(?i)\b(?:[a-z]{2,12}-)+[a-z]{0,8}\d{1,4}\b|\b(?:srv|vm|pc|nb|lt|sw|fw|dc|host|db|web|app)[-_]?[a-z]*\d{1,4}\b|\b[a-z]{2,}\d{3,4}\b|\[host\]",
    ),
    (
        InputKind::Domain,
        r"(?i)\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:be|com|net|org|eu|nl|fr|de|io|local|lan|example|internal|brussels|vlaanderen|gent)\b|https?://|\[url\]",
    ),
    (
        InputKind::Address,
        r"(?i)\b\d{1,3}\.\d{1,3}\.\d{1,3}\.(?:\d{1,3}|x)(?:/\d{1,2})?\b|\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b|\[ip\]",
    ),
    (
        InputKind::Port,
        r"(?i)\b(?:tcp|udp)\s*[/:]?\s*\d{1,5}\b|\b\d{2,5}\s*/\s*(?:tcp|udp)\b|\b(?:port|poort|ports|poorten)\s+\d{1,5}\b|\b(?:https|ssh|rdp|sftp|smtp|ldaps)\b",
    ),
    (InputKind::Mail, r"(?i)\b[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}\b|\[(?:e-?mail|mail)\]"),
    (
        InputKind::Date,
        r"(?i)\b(?:0?[1-9]|[12]\d|3[01])[/-](?:0?[1-9]|1[0-2])(?:[/-](?:\d{4}|\d{2}))?\b|\b\d{1,2}\.\d{1,2}\.\d{4}\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}\s+(?:jan|feb|maa|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]*\b",
    ),
    (
        InputKind::Reference,
        r"\b[A-Z][A-Z0-9]{1,9}-\d{1,7}\b|\b(?:CHG|INC|RITM|REQ|TASK|PRB|RFC|SR)\d{4,}\b|#\d{3,}\b",
    ),
    (
        InputKind::Group,
        r"(?i)\b(?:groep|group|groupe|gruppe|rol|role|licentie|license|licence|lizenz|gg|sg|dl)[-_ :]+[a-z0-9][\w-]*|\b(?:E[135]|F[13]|GG_\w+|SG-\w+)\b",
    ),
    (
        InputKind::Number,
        r"(?i)\b\d+(?:[.,]\d+)?\s*(?:gb|mb|tb|euro|eur|€|%|stuks|users|gebruikers|licenties|licenses|seats)(?:\b|\s|$)",
    ),
];

static PATTERNS: LazyLock<Option<RegexSet>> =
    LazyLock::new(|| RegexSet::new(KINDS.iter().map(|(_, pattern)| *pattern)).ok());

/// What counts as the object a record is about: people, hosts, names, addresses, mail.
static OBJECTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let kinds = KINDS.iter().filter(|(kind, _)| {
        use InputKind as K;
        matches!(kind, K::Person | K::Host | K::Domain | K::Address | K::Mail)
    });
    let all: Vec<&str> = kinds.map(|(_, pattern)| *pattern).collect();
    Regex::new(&all.join("|")).ok()
});

/// The first so many bytes of a text, cut between characters.
pub(crate) fn head(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The objects a text names, in lower case, sorted, without doubles and placeholders.
pub(crate) fn objects(text: &str) -> Vec<String> {
    let Some(pattern) = OBJECTS.as_ref() else { return Vec::new() };
    let mut out: Vec<String> = pattern
        .find_iter(head(text, LOOKED_AT))
        .map(|found| found.as_str().to_lowercase())
        .filter(|found| !found.starts_with('[') && !found.starts_with("http"))
        .take(50)
        .collect();
    out.sort();
    out.dedup();
    out
}

/// What the requests state, most frequent first.
pub(crate) fn inputs(runs: &[&Run<'_>]) -> Vec<InputFact> {
    let Some(patterns) = PATTERNS.as_ref() else { return Vec::new() };
    let mut tallies: Vec<(InputKind, Tallied)> =
        KINDS.iter().map(|(kind, _)| (*kind, Tallied::default())).collect();
    let mut clients = Tallied::default();
    for run in runs {
        let mut stated = [false; KINDS.len()];
        for text in run.request_texts() {
            for place in patterns.matches(head(text, LOOKED_AT)) {
                stated[place] = true;
            }
        }
        for ((_, tally), stated) in tallies.iter_mut().zip(stated) {
            tally.see(run.id, run.at, stated);
        }
        clients.see(run.id, run.at, run.ticket.is_some_and(|t| t.client.is_some()));
    }
    tallies.push((InputKind::Client, clients));
    let mut out: Vec<InputFact> = tallies
        .into_iter()
        .map(|(kind, tally)| InputFact { kind, seen: tally.into() })
        .filter(|fact| fact.seen.share().is_some_and(|share| share >= LEAST_SHARE))
        .collect();
    out.sort_by(|a, b| b.seen.count.cmp(&a.seen.count).then(a.kind.cmp(&b.kind)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_sound() {
        assert!(PATTERNS.is_some() && OBJECTS.is_some());
    }

    #[test]
    fn inputs_are_known_by_their_pattern() {
        let check = |text: &str, expected: &[InputKind]| {
            let found: Vec<InputKind> = PATTERNS
                .as_ref()
                .unwrap()
                .matches(text)
                .iter()
                .map(|place| KINDS[place].0)
                .collect();
            assert_eq!(found, expected, "{text}");
        };
        check("Reset graag het wachtwoord van p-1f3a9c20", &[InputKind::Person]);
        check("poort 443 open naar 10.1.2.0/24", &[InputKind::Address, InputKind::Port]);
        check(
            "certificaat voor portaal.klant.be verloopt 12/06",
            &[InputKind::Domain, InputKind::Date],
        );
        check("herstart zrg-file01 aub", &[InputKind::Host]);
        check("zie OPS-12", &[InputKind::Host, InputKind::Reference]);
        check("mijn laptop is traag", &[]);
    }

    #[test]
    fn objects_are_what_a_record_is_about() {
        assert_eq!(objects("Herstart ZRG-FILE01 en 10.0.0.1"), ["10.0.0.1", "zrg-file01"]);
        assert_eq!(objects("niets bijzonders"), Vec::<String>::new());
    }
}
