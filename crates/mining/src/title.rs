//! Titles: the most typical request of a group, without its particulars.

use std::collections::{BTreeMap, BTreeSet};

use kompel_model::Language;

use crate::{fold::fold, quote::shorten, text::is_pseudonym};

/// Characters of a title.
const LENGTH: usize = 70;

/// One request that may lend its words: the text, how near it is to the middle of the group, and
/// its language.
pub(crate) struct Wording<'a> {
    pub(crate) text: &'a str,
    pub(crate) nearness: f32,
    pub(crate) language: Option<Language>,
}

/// The title: of the wordings in `language`, cleaned, the one that most use, nearness weighing in.
pub(crate) fn title(
    wordings: &[Wording<'_>],
    language: Language,
    clients: &BTreeSet<String>,
) -> Option<String> {
    let mut votes: BTreeMap<String, (f32, BTreeMap<String, u32>)> = BTreeMap::new();
    for wording in wordings {
        let plain = clean(wording.text, clients);
        if plain.chars().filter(|c| c.is_alphabetic()).count() < 3 {
            continue;
        }
        let same_language = if wording.language == Some(language) { 1.0 } else { 0.3 };
        let words = plain.split_whitespace().count() as f32;
        let brevity = 1.0 / (1.0 + (words - 4.0).abs() / 8.0);
        let vote = wording.nearness.max(0.05).powi(2) * same_language * brevity;
        let entry = votes.entry(fold(&plain)).or_default();
        entry.0 += vote;
        *entry.1.entry(plain).or_default() += 1;
    }
    let best = votes.into_iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0).then(b.0.cmp(&a.0)))?;
    let (spelling, _) = best.1.1.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))?;
    Some(shorten(&spelling, LENGTH))
}

/// The text without reply marks, bracketed prefixes, clients, people, hosts, numbers and dates.
fn clean(text: &str, clients: &BTreeSet<String>) -> String {
    let mut text = text.trim();
    loop {
        let before = text;
        for mark in ["re:", "fw:", "fwd:", "tr:", "antw:", "wg:", "aw:"] {
            if text.get(..mark.len()).is_some_and(|head| head.eq_ignore_ascii_case(mark)) {
                text = text[mark.len()..].trim_start();
            }
        }
        if let Some((head, tail)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']'))
            && head.len() < 40
            && !tail.trim().is_empty()
        {
            text = tail.trim_start();
        }
        if text == before {
            break;
        }
    }
    let words: Vec<&str> =
        text.split_whitespace().filter(|word| !is_particular(word, clients)).collect();
    trim_edges(&words)
}

fn is_particular(word: &str, clients: &BTreeSet<String>) -> bool {
    let core = word.trim_matches(|c: char| !c.is_alphanumeric());
    let letters = core.chars().filter(|c| c.is_alphabetic()).count();
    let digits = core.chars().filter(char::is_ascii_digit).count();
    is_pseudonym(core)
        || clients.contains(&fold(core))
        || matches!(core, "mail" | "phone" | "address" | "number" | "secret") && word.contains('[')
        || core.contains('@')
        || core.contains("://")
        || (digits > 0 && (letters == 0 || digits >= 2 && core.len() > 4))
        || (core.contains('.') && core.split('.').all(|part| part.len() >= 2) && letters > 4)
}

/// Joins the words and takes away what hangs loose at either end.
fn trim_edges(words: &[&str]) -> String {
    const LOOSE: &[&str] = &[
        "voor", "van", "bij", "op", "aan", "met", "en", "de", "het", "een", "in", "te", "naar",
        "for", "of", "at", "on", "to", "with", "and", "the", "a", "from", "pour", "de", "le", "la",
        "für", "von", "door", "per", "om", "aub", "graag", "svp", "pls", "please", "dd", "tot",
    ];
    let is_loose = |word: &&str| {
        let core = word.trim_matches(|c: char| !c.is_alphanumeric());
        core.is_empty() || LOOSE.contains(&fold(core).as_str())
    };
    let mut words = words;
    while words.len() > 1 && words.last().is_some_and(is_loose) {
        words = &words[..words.len() - 1];
    }
    while words.first().is_some_and(|w| !w.chars().any(char::is_alphanumeric)) {
        words = &words[1..];
    }
    let joined = words.join(" ");
    let trimmed = joined.trim_matches(|c: char| !c.is_alphanumeric() && c != ')' && c != '(');
    let mut letters = trimmed.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().collect::<String>() + letters.as_str(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn particulars_leave_the_title() {
        let clients = BTreeSet::from(["acme".to_owned()]);
        for (text, expected) in [
            ("RE: [ACME] Wachtwoord reset VPN voor p-1a2b3c4d", "Wachtwoord reset VPN"),
            ("FW: reboot srv-db01 bij Acme", "Reboot"),
            ("certificaat www.acme.be verloopt 03/02/2025", "Certificaat verloopt"),
            ("Nieuwe gebruiker - [mail]", "Nieuwe gebruiker"),
            ("M365 licentie toekennen", "M365 licentie toekennen"),
        ] {
            assert_eq!(clean(text, &clients), expected, "{text}");
        }
    }

    #[test]
    fn the_wording_most_use_wins() {
        let wording = |text, language| Wording { text, nearness: 0.8, language: Some(language) };
        let list = [
            wording("VPN reset", Language::En),
            wording("Wachtwoord reset VPN", Language::Nl),
            wording("Wachtwoord reset VPN", Language::Nl),
            wording("vpn kapot aub", Language::Nl),
        ];
        let title = title(&list, Language::Nl, &BTreeSet::new());
        assert_eq!(title.as_deref(), Some("Wachtwoord reset VPN"));
    }
}
