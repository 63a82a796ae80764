//! Why something failed, was refused or waits, in the user's language.
//!
//! A run's journal keeps reasons as English texts: replaying it must give the same bytes for ever.
//! Those that Kompel itself writes are known here, and worded; what a peer, a library or a person
//! said is shown as it stands.

use kompel_model::{Arg, Phrase};

use crate::Wording;

/// The reason as part of a sentence; several, with semicolons between, if all are known.
pub fn reason(text: &str) -> Arg {
    if text.len() > LONGEST {
        return text.into();
    }
    let all: Option<Vec<Phrase>> = text.split("; ").map(known).collect();
    let joined = all
        .into_iter()
        .flatten()
        .reduce(|before, next| Phrase::new("reason-and").arg("first", before).arg("second", next));
    joined.map_or_else(|| text.into(), Arg::Phrase)
}

/// One reason that is known, or what a schema asks of a place (`/group: …`).
fn known(text: &str) -> Option<Phrase> {
    let part = |text: &str| known(text).map_or_else(|| text.into(), Arg::Phrase);
    let mut all = REASONS.iter().chain(SCHEMA);
    if let Some((id, found)) = all.find_map(|(id, pattern)| Some((id, holes(pattern, text)?))) {
        let names = NAMES.iter().zip(found);
        return Some(names.fold(Phrase::new(id), |says, (name, hole)| says.arg(name, part(hole))));
    }
    let (place, what) = text.split_once(": ").filter(|_| text.starts_with('/'))?;
    Some(Phrase::new("reason-at").text("place", place).arg("what", known(what)?))
}

/// The reason by itself.
pub fn reason_in_words(text: &str, wording: Wording) -> String {
    match reason(text) {
        Arg::Phrase(phrase) => wording.say(&phrase),
        Arg::Text(_) | Arg::Number(_) => text.to_owned(),
    }
}

/// What stands in the holes `{}` of the pattern, if the text is of its form.
fn holes<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut parts = pattern.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut found = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let end = match (part.is_empty(), parts.peek()) {
            (true, _) => rest.len(),
            (false, Some(_)) => rest.find(part)?,
            (false, None) => rest.strip_suffix(part)?.len(),
        };
        let (hole, after) = rest.split_at(end);
        found.push(hole);
        rest = &after[part.len()..];
    }
    (rest.is_empty() && found.iter().all(|hole| !hole.is_empty())).then_some(found)
}

/// Longer texts are shown as they stand; a bound on how often a reason can hold another.
const LONGEST: usize = 2_000;

/// The arguments that stand for the holes, in their order.
const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// The message of each reason, and the text that is kept.
const REASONS: &[(&str, &str)] = &[
    ("reason-not-open", "no such approval is open"),
    ("reason-requester", "the requester can't approve their own request"),
    ("reason-not-asked", "this person was not asked"),
    ("reason-answered-before", "this person has answered already"),
    ("reason-wrong-code", "the code is not the one that was sent to this person"),
    ("reason-other-plan", "the answer is about another plan"),
    ("reason-too-late", "the answer came too late"),
    ("reason-run-ended", "the run has ended"),
    ("reason-nothing-waits", "nothing waits for it"),
    ("reason-nobody-waits", "nobody waits for it"),
    ("reason-nothing-to-decide", "nothing is to be decided there"),
    ("reason-no-reason", "{}: no reason given"),
    ("reason-answered-of", "{} of {} answered"),
    ("reason-unknown-person", "nobody is called {}: write [tenant.{}.people.<id>] in kompel.toml"),
    ("reason-no-role", "nobody has the role {}: give it under [tenant.{}.people.<id>]"),
    ("reason-no-manager", "{} has no manager: write `manager` in [tenant.{}.people.{}]"),
    ("reason-not-approved-before", "nothing was approved before"),
    ("reason-not-wanted", "no longer wanted"),
    ("reason-notifier-failed", "the notifier failed"),
    ("reason-no-notifier", "no way to reach people is configured"),
    ("reason-no-iso-duration", "{} is no ISO 8601 duration (write PT4H)"),
    ("reason-program-stopped", "the program stopped before the answer came"),
    ("reason-no-answer", "no answer within {} s"),
    ("reason-connector-failed", "the connector failed while it was at it"),
    ("reason-not-shown", "the target still does not show it"),
    ("reason-given-up", "given up by {}: {}"),
    ("reason-not-taken-back", "not taken back: {}"),
    ("reason-cannot-take-back", "it can't be taken back"),
    ("reason-nobody-knows", "nobody knows whether it was done"),
    ("reason-nothing-to-take-back", "there was nothing to take back"),
    ("reason-no-action", "no action {} exists here"),
    ("reason-input-unfit", "the input of {} does not fit at {} ({})"),
    ("reason-no-playbook", "no playbook {} exists here"),
    ("reason-too-deep", "playbooks start each other too deep at {}"),
    ("reason-no-call", "no such call"),
    ("reason-parent-gone", "the run that started it no longer wants it"),
    ("reason-plan-too-long", "the plan is too long to be foreseen whole"),
    ("reason-would-fail", "the run would fail at {}: {}"),
    ("reason-not-planned", "{} is not planned, {} refuses: {}"),
    ("reason-would-take-back", "{} would take back what was done before"),
    ("reason-array", "for.in must give an array"),
    ("reason-no-error", "there is no use.errors.{}"),
    ("reason-no-authentication", "there is no use.authentications.{}"),
    ("reason-no-timeout", "there is no use.timeouts.{}"),
    ("reason-address", "an address must be a text, not {}"),
    ("reason-text", "{} must give a text, not {}"),
    ("reason-many-tasks", "more than {} tasks without waiting for anything"),
    ("reason-time-over", "the time given is over"),
    ("reason-http-cannot-tell", "an HTTP interface does not tell whether it had a request"),
    ("reason-smtp-cannot-tell", "SMTP does not tell which mails were delivered"),
    (
        "reason-no-connection-named",
        "no connection {} of connector {}: write [tenant.{}.connection.{}] in kompel.toml",
    ),
    (
        "reason-no-connection",
        "no connection for {}: write [tenant.{}.connection.<name>] with connector = {} in kompel.toml",
    ),
    (
        "reason-several-connections",
        "several connections for {}: write `connection:` with one of {}",
    ),
    ("reason-no-mail-connection", "tenant {} has no mail connection"),
    ("reason-no-mail-address", "{} has no mail address in kompel.toml"),
    ("reason-setting", "setting {}: {}"),
    ("reason-command-line", "command line"),
    ("reason-form", "form"),
    ("reason-schedule", "schedule {}"),
    ("reason-peer-credentials", "the credentials were refused (HTTP {})"),
    ("reason-peer-not-allowed", "not allowed (HTTP {})"),
    ("reason-peer-not-there", "not there (HTTP {})"),
    ("reason-peer-state", "not in the expected state (HTTP {})"),
    ("reason-peer-too-many", "too many requests (HTTP {})"),
    ("reason-peer-turned-away", "turned away for now (HTTP {})"),
    ("reason-peer-not-offered", "not offered (HTTP {})"),
    ("reason-peer-refused", "the request was refused as wrong (HTTP {})"),
    ("reason-peer-failed", "the peer failed (HTTP {})"),
    ("reason-peer-failed-after", "the peer failed after the request (HTTP {})"),
    ("reason-peer-unreachable", "the peer can't be reached"),
    ("reason-peer-late", "no answer in time after the request was sent"),
    ("reason-peer-broke-off", "the answer broke off after the request was sent"),
    ("reason-folder-not-there", "the folder is not there"),
    ("reason-file-not-there", "{} is not there"),
    ("reason-folder-read-only", "the folder may only be read"),
    ("reason-answer-lost", "the answer was lost"),
    ("reason-no-account", "no account has this id, name or principal name"),
    ("reason-no-user", "no account has this id or user name"),
    ("reason-account-to-come", "the synchronisation has not brought the account yet"),
    ("reason-account-unseen", "the account is not seen yet"),
    ("reason-account-taken", "another account has this user principal name or address already"),
    (
        "reason-account-not-synchronised",
        "an account of this name is there that Active Directory does not master: it may be \
         somebody else's",
    ),
    ("reason-account-changes", "others keep changing the account"),
    ("reason-primary-group", "{} is the primary group and stays"),
    ("reason-no-group", "no group {}"),
    ("reason-no-ticket", "no such ticket, or it may not be seen"),
    ("reason-mail-unreachable", "the mail server can't be reached or broke off"),
    ("reason-mail-late", "no answer from the mail server in time"),
    ("reason-mail-login", "the login was refused (SMTP {})"),
    ("reason-mail-address", "a recipient or the sender was refused (SMTP {})"),
    ("reason-mail-refused", "the mail was refused (SMTP {})"),
    ("reason-still-sign-in-sessions", "{}: {} can sign in, {} live sessions"),
    ("reason-still-sign-in", "{}: {} can sign in"),
    ("reason-still-unknown", "{}: {} does not tell whether it can sign in"),
    ("reason-still-comes-back", "{}: {} a session can come back"),
    ("reason-still-sessions", "{}: {} {} live sessions"),
    ("reason-still-closed", "{}: {} is still closed"),
    ("reason-not-found", "{}: {} is not found"),
    ("reason-silent", "{}: no answer ({})"),
    ("reason-doubtful", "{}: {} may be theirs too"),
    ("reason-not-confirmed", "{}: nobody confirmed to have closed it"),
    ("reason-no-secret", "no secret {} of tenant {}"),
    ("reason-unusable", "it can't be used: `kompel doctor` tells why"),
    ("reason-count-cannot-tell", "a number does not tell who counted"),
];

/// What the JSON Schema library says of a value, which it calls just that.
const SCHEMA: &[(&str, &str)] = &[
    ("reason-schema-required", "{} is a required property"),
    ("reason-schema-shorter", "value is shorter than {} characters"),
    ("reason-schema-shorter-one", "value is shorter than {} character"),
    ("reason-schema-longer", "value is longer than {} characters"),
    ("reason-schema-longer-one", "value is longer than {} character"),
    ("reason-schema-type", "value is not of type {}"),
    ("reason-schema-enum", "value is not one of {}"),
    ("reason-schema-pattern", "value does not match {}"),
    ("reason-schema-less", "value is less than the minimum of {}"),
    ("reason-schema-greater", "value is greater than the maximum of {}"),
    ("reason-schema-more-items", "value has more than {} items"),
    ("reason-schema-fewer-items", "value has less than {} items"),
    ("reason-schema-fewer-items-one", "value has less than {} item"),
    ("reason-schema-non-unique", "value has non-unique elements"),
    ("reason-schema-format", "value is not a {}"),
    (
        "reason-schema-any-of",
        "value is not valid under any of the schemas listed in the {} keyword",
    ),
    ("reason-schema-unexpected", "Additional properties are not allowed ({} was unexpected)"),
    ("reason-schema-unexpected-more", "Additional properties are not allowed ({} were unexpected)"),
];

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use kompel_model::Language;

    use super::*;
    use crate::wording;

    /// The texts of the sources, with every hole as `{}`.
    fn sources() -> String {
        let mut found = String::new();
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut folders = ["engine", "runtime", "connect", "domains", "cli"]
            .map(|name| crates.join(name).join("src"))
            .to_vec();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.ends_with("reasons.rs") {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push_str(&fs::read_to_string(path).unwrap());
                }
            }
        }
        let continued = found.split("\\\n").enumerate();
        let found: String =
            continued.map(|(at, part)| if at == 0 { part } else { part.trim_start() }).collect();
        let mut plain = String::new();
        for (at, part) in found.split('{').enumerate() {
            let end = part.find('}').filter(|end| {
                at > 0
                    && part[..*end].chars().all(|c| c.is_ascii_alphanumeric() || "_:?".contains(c))
            });
            plain.push_str(if at > 0 { "{" } else { "" });
            plain.push_str(&part[end.unwrap_or(0)..]);
        }
        plain
    }

    #[test]
    fn every_reason_is_one_that_the_code_keeps_and_reads_the_same_in_english() {
        let sources = sources();
        for (id, pattern) in REASONS {
            // Some are put together: from three names, from what happened and when, with a status.
            let written = pattern
                .replace("no playbook {} exists", "no playbook {}/{} {} exists")
                .replace("{}: no reason", "no reason")
                .replace("no answer in time after", "{} after")
                .replace("the answer broke off after", "{} after")
                .replace(" (HTTP {})", "")
                .replace(" (SMTP {})", "")
                .replace("{}: {} can sign in, {}", "{}")
                .replace("{}: {} {}", "{}")
                .replace("{}: {} can", "can")
                .replace("{}: {} is still", "is still")
                .replace("{}: {} does", "does")
                .replace("{}: {} a session", "a session");
            let ways = [written.clone(), format!("refused: {written}")];
            let said = ways.iter().any(|text| sources.contains(&format!("\"{text}\"")));
            assert!(said, "no code says {pattern:?}");
            reads_the_same(id, pattern);
        }
        for (id, pattern) in SCHEMA {
            reads_the_same(id, pattern);
        }
    }

    fn reads_the_same(id: &str, pattern: &str) {
        let values = ["x7", "y8", "z9", "w6"];
        let fill = |text: String, value: &&str| text.replacen("{}", value, 1);
        let text = values.iter().fold(pattern.to_owned(), fill);
        assert_eq!(reason_in_words(&text, wording(Language::En)), text, "{id}");
        let dutch = reason_in_words(&text, wording(Language::Nl));
        assert_ne!(dutch, text, "{id}");
        for value in values {
            assert_eq!(dutch.contains(value), text.contains(value), "{id}: {dutch}");
        }
    }

    #[test]
    fn what_others_said_stands_as_it_is() {
        let dutch = wording(Language::Nl);
        for text in
            ["", "the tree is broken", "nobody answered in time", "{}", "no answer within  s"]
        {
            assert_eq!(reason_in_words(text, dutch), text);
        }
        let inner = "the run would fail at /do/0/a: no answer within 30 s";
        let told = "de uitvoering zou mislukken bij /do/0/a: geen antwoord binnen 30 s";
        assert_eq!(reason_in_words(inner, dutch), told);
        let inner = "/group: \"a\" is a required property; /: value is shorter than 5 characters";
        let told = "/group: \"a\" ontbreekt; /: de waarde is korter dan 5 tekens";
        assert_eq!(reason_in_words(inner, dutch), told);
        assert_eq!(reason_in_words(inner, wording(Language::En)), inner);
        let both = "ad: jan can sign in, 2 live sessions; mail: no answer (no answer within 30 s)";
        let told = "ad: jan kan nog aanmelden, 2 lopende sessies; mail: geen antwoord (geen antwoord \
                    binnen 30 s)";
        assert_eq!(reason_in_words(both, dutch), told);
        let half = "ad: jan can sign in; the tree is broken";
        assert_eq!(reason_in_words(half, dutch), half);
        let long = "x: no reason given".repeat(1_000_000);
        assert_eq!(reason_in_words(&long, dutch), long);
    }
}
