//! How much security a process touches: a documented table of words, each with a weight.
//!
//! The weight of a candidate is the highest of its systems and words, plus a tenth of the second
//! highest of another theme. It says nothing of how well the work is done.

use kompel_mining::Candidate;

/// The themes with their weight, and the word beginnings that show them in a system's name, the
/// title or the request's words. Dutch and English, general terms of IT.
const THEMES: &[(&str, f64, &[&str])] = &[
    ("leavers", 1.0, &["offboard", "uit dienst", "uitdienst", "leaver", "terminat", "deprovision"]),
    ("firewall", 0.9, &["firewall", "fortigate", "palo alto", "security group", "waf"]),
    ("access", 0.85, &["toegang", "access", "rechten", "permission", "privilege", "admin right"]),
    (
        "identity",
        0.8,
        &[
            "active directory",
            "entra",
            "azure ad",
            "iam",
            "okta",
            "ldap",
            "identity",
            "account",
            "mfa",
            "wachtwoord",
            "password",
            "onboard",
        ],
    ),
    ("certificates", 0.8, &["certifica", "ssl", "tls", "pki", "acme", "let's encrypt"]),
    ("evidence", 0.7, &["audit", "evidence", "bewijs", "compliance", "iso 27001", "soc 2", "soc2"]),
    ("backup", 0.65, &["backup", "back-up", "veeam", "restore"]),
    ("patching", 0.6, &["patch", "vulnerab", "kwetsbaar", "antivirus", "defender"]),
    ("vpn", 0.6, &["vpn"]),
];

/// The strongest theme and the weight, 0..1; `None` if no theme shows.
pub(super) fn weight(candidate: &Candidate, systems: &[String]) -> Option<(&'static str, f64)> {
    let mut text = format!(" {} ", candidate.title.to_lowercase());
    for word in systems.iter().chain(&candidate.request.words) {
        text.push_str(&word.to_lowercase());
        text.push(' ');
    }
    let mut shown: Vec<(&str, f64)> = THEMES
        .iter()
        .filter(|(_, _, words)| words.iter().any(|word| begins_a_word(&text, word)))
        .map(|(theme, weight, _)| (*theme, *weight))
        .collect();
    shown.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (theme, first) = *shown.first()?;
    let second = shown.get(1).map_or(0.0, |(_, weight)| weight / 10.0);
    Some((theme, (first + second).min(1.0)))
}

fn begins_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn theme(title: &str, systems: &[&str]) -> Option<&'static str> {
        let mut candidate = fixture::rich();
        candidate.title = title.to_owned();
        candidate.request.words.clear();
        let systems: Vec<String> = systems.iter().map(|s| (*s).to_owned()).collect();
        weight(&candidate, &systems).map(|(theme, _)| theme)
    }

    #[test]
    fn a_theme_shows_in_title_or_system() {
        let cases: [(&str, &[&str], Option<&str>); 6] = [
            ("Offboarding medewerker", &["Jira"], Some("leavers")),
            ("Poort openzetten", &["FortiGate"], Some("firewall")),
            ("Certificaat vernieuwen", &[], Some("certificates")),
            ("Maandrapport", &["SharePoint"], None),
            ("Diagram of miami", &[], None),
            ("Backup nakijken", &["Veeam"], Some("backup")),
        ];
        for (title, systems, expected) in cases {
            assert_eq!(theme(title, systems), expected, "{title}");
        }
    }
}
