//! Who is who: the many forms of one person's name, and which names are robots'.
//!
//! Owns the normal form that the keyed hash is taken of. Knows nothing of texts.

use rustc_hash::FxHashMap;

use super::words::{fold, word};

/// A person's name taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ParsedName {
    /// The folded words, given name first where that can be told, particles joined to the surname.
    pub(super) tokens: Vec<String>,
}

impl ParsedName {
    /// Takes a display name, a mail address or a login apart.
    pub(super) fn parse(clear: &str) -> Self {
        let bare = bare_name(clear);
        let mut tokens: Vec<String> = bare
            .split(|c: char| c.is_whitespace() || matches!(c, '.' | '_' | ',' | '/'))
            .map(fold)
            .map(|t| t.chars().filter(|c| c.is_alphanumeric()).collect::<String>())
            .filter(|t| !t.is_empty())
            .collect();
        if tokens.len() > 2 && word(&tokens[0]).title {
            tokens.remove(0);
        }
        let mut tokens = join_particles(tokens);
        if tokens.len() == 2 && !word(&tokens[0]).first && word(&tokens[1]).first {
            tokens.swap(0, 1);
        }
        if tokens.is_empty() {
            tokens.push(clear.trim().to_lowercase());
        }
        Self { tokens }
    }

    /// The form in which all spellings of one name are equal: order, case and accents don't count.
    pub(super) fn canonical(&self) -> String {
        let mut sorted = self.tokens.clone();
        sorted.sort();
        sorted.join(" ")
    }

    /// True for a given name with a surname, all letters.
    pub(super) fn is_full(&self) -> bool {
        self.tokens.len() >= 2
            && self.tokens.iter().all(|t| t.chars().all(char::is_alphabetic))
            && self.tokens.iter().any(|t| t.chars().count() > 2)
    }

    /// True if no word of it is a word of the trade ("Service Desk" is no person).
    pub(super) fn reads_as_person(&self) -> bool {
        self.tokens.iter().all(|t| !word(t).common || word(t).first)
    }

    /// The given name.
    pub(super) fn first(&self) -> &str {
        self.tokens.first().map_or("", String::as_str)
    }

    /// The surname, its words joined.
    pub(super) fn last(&self) -> String {
        self.tokens.get(1..).unwrap_or_default().concat()
    }

    /// The logins commonly made of a full name.
    fn logins(&self) -> Vec<String> {
        let (first, last) = (self.first(), self.last());
        let Some(initial) = first.chars().next() else { return Vec::new() };
        let last_initial: String = last.chars().take(1).collect();
        let mut forms = vec![
            format!("{first}{last}"),
            format!("{last}{first}"),
            format!("{initial}{last}"),
            format!("{last}{initial}"),
            format!("{first}{last_initial}"),
        ];
        forms.retain(|form| form.chars().count() >= 4);
        forms
    }
}

/// The logins that belong to exactly one of the full names given, to that name's canonical form.
pub(super) fn login_owners<'a>(
    names: impl Iterator<Item = &'a ParsedName>,
) -> FxHashMap<String, String> {
    let mut owners: FxHashMap<String, Option<String>> = FxHashMap::default();
    for name in names.filter(|n| n.is_full()) {
        let canonical = name.canonical();
        let mut initial_forms = name.logins();
        let split_initial: String = name.first().chars().take(1).collect();
        let mut dotted = [split_initial, name.last()];
        dotted.sort();
        initial_forms.push(dotted.join(" "));
        for form in initial_forms {
            owners
                .entry(form)
                .and_modify(|owner| {
                    if owner.as_ref() != Some(&canonical) {
                        *owner = None;
                    }
                })
                .or_insert_with(|| Some(canonical.clone()));
        }
    }
    owners.into_iter().filter_map(|(form, owner)| Some((form, owner?))).collect()
}

/// True if the name is a bot's, an integration's or a service account's.
pub(super) fn is_robot(clear: &str) -> bool {
    let lower = clear.trim().to_lowercase();
    if ROBOT_PREFIXES.iter().any(|p| lower.starts_with(p))
        || ROBOT_PARTS.iter().any(|p| lower.contains(p))
    {
        return true;
    }
    lower.split(|c: char| !c.is_alphanumeric()).any(|token| {
        ROBOT_WORDS.contains(&token)
            || (token.ends_with("bot") && !PEOPLE_ENDING_IN_BOT.contains(&token))
    })
}

/// True if `a` is the better clear form of a name to show than `b`.
pub(super) fn better_form(a: &str, b: &str) -> bool {
    let plain = |s: &str| {
        s.split_whitespace().all(|w| {
            let mut letters = w.chars().filter(|c| c.is_alphabetic());
            letters.next();
            let rest: String = letters.collect();
            rest.is_empty() || rest.chars().any(char::is_lowercase)
        })
    };
    let marked = |s: &str| s.contains(['@', ',', '(', '<', '\\']) || s.contains("  ");
    let rank = |s: &str| (!s.contains(' '), marked(s), !plain(s), s.to_lowercase() == s);
    (rank(a), a) < (rank(b), b)
}

fn bare_name(clear: &str) -> String {
    let mut text = clear.trim();
    if let Some((display, rest)) = text.split_once('<') {
        let display = display.trim().trim_matches('"');
        text = if display.is_empty() { rest.trim_end_matches('>') } else { display };
    }
    while let Some(open) = text.rfind(['(', '[']) {
        let closes = text.ends_with(')') || text.ends_with(']');
        if !closes || open == 0 {
            break;
        }
        text = text[..open].trim_end();
    }
    if let Some((local, _)) = text.split_once('@')
        && !local.is_empty()
        && !local.contains(char::is_whitespace)
    {
        text = local.split('+').next().unwrap_or(local);
    }
    if let Some((_, user)) = text.rsplit_once('\\') {
        text = user;
    }
    match text.split_once(',') {
        Some((last, first)) if !first.contains(',') => format!("{} {}", first.trim(), last.trim()),
        _ => text.to_owned(),
    }
}

fn join_particles(tokens: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(tokens.len());
    let mut prefix = String::new();
    let count = tokens.len();
    for (at, token) in tokens.into_iter().enumerate() {
        let particle = word(&token).particle && token.len() <= 5 && at + 1 < count;
        if particle && (at > 0 || token != "ben") {
            prefix.push_str(&token);
        } else {
            joined.push(std::mem::take(&mut prefix) + &token);
        }
    }
    joined
}

const ROBOT_PREFIXES: &[&str] =
    &["svc-", "svc_", "svc.", "sa-", "sa_", "srv-", "srv_", "app-", "robot-", "gmsa-", "s-svc"];

const ROBOT_PARTS: &[&str] = &[
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "mailer-daemon",
    "service account",
    "serviceaccount",
    "github-actions",
    "power automate",
    "jira service",
    "automation for",
];

const ROBOT_WORDS: &[&str] = &[
    "robot",
    "automation",
    "nagios",
    "zabbix",
    "monitoring",
    "monitor",
    "jenkins",
    "daemon",
    "system",
    "integration",
    "webhook",
    "alertmanager",
    "grafana",
    "prometheus",
    "icinga",
    "icinga2",
    "prtg",
    "scheduler",
    "cron",
    "workflow",
    "postmaster",
    "root",
    "alerts",
    "alerting",
    "datadog",
    "pagerduty",
    "opsgenie",
    "logbot",
    "rss",
    "systeem",
    "svc",
    "script",
    "sccm",
    "ansible",
    "rundeck",
    "zapier",
    "checkmk",
    "solarwinds",
    "splunk",
    "orchestrator",
    "uptimerobot",
];

const PEOPLE_ENDING_IN_BOT: &[&str] =
    &["talbot", "abbot", "cabot", "rambot", "herbot", "turbot", "cobot"];
