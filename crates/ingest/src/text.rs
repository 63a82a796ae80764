//! Request and comment texts: markup, quoted threads, signatures and automatic replies removed.
//!
//! Takes away what is not the writer's own words, and never all of a text. Names and secrets are
//! the business of `redact`.

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;

use crate::Limits;

/// How a source writes its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Markup {
    /// Plain text, or HTML if it plainly is that.
    Plain,
    /// HTML.
    Html,
    /// Jira's wiki markup.
    Jira,
}

/// A cleaned text and what was done to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cleaned {
    /// The text.
    pub(crate) text: String,
    /// A quoted thread was left out.
    pub(crate) quote: bool,
    /// A mail signature or disclaimer was left out.
    pub(crate) signature: bool,
    /// It is an automatic reply.
    pub(crate) automatic: bool,
    /// It was longer than the limit and was cut.
    pub(crate) cut: bool,
}

/// Cleans a text; never leaves nothing of a text that said something.
pub(crate) fn clean(raw: &str, markup: Markup, limits: &Limits) -> Cleaned {
    // Markup is bulkier than its text: cut it generously first, the text exactly after.
    let (raw, far_too_long) = shorten(raw, limits.text_bytes.saturating_mul(4));
    let plain = match markup {
        Markup::Html => of_html(raw, limits),
        Markup::Plain | Markup::Jira if is_html(raw) => of_html(raw, limits),
        Markup::Jira => of_wiki(raw),
        Markup::Plain => Cow::Borrowed(raw),
    };
    let (plain, cut) = shorten(plain.trim(), limits.text_bytes);
    let mut cleaned =
        Cleaned { automatic: is_automatic(plain), cut: cut || far_too_long, ..Cleaned::default() };
    if !plain.contains('\n') {
        plain.clone_into(&mut cleaned.text);
        return cleaned;
    }
    let mut lines: Vec<&str> = plain.lines().map(str::trim_end).collect();
    cleaned.quote = cut_quotes(&mut lines);
    cleaned.signature = cut_signature(&mut lines);
    cleaned.text = joined(&lines);
    cleaned
}

/// The beginning of a text that fits in so many bytes, and if anything was cut.
pub(crate) fn shorten(text: &str, bytes: usize) -> (&str, bool) {
    if text.len() <= bytes {
        return (text, false);
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    (&text[..end], true)
}

/// Lines with runs of blank ones made one.
fn joined(lines: &[&str]) -> String {
    let mut text = String::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
    let mut blank = true;
    for line in lines {
        if line.is_empty() && std::mem::replace(&mut blank, true) {
            continue;
        }
        blank = line.is_empty();
        text.push_str(line);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

fn is_html(text: &str) -> bool {
    static TAG: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)</?(p|br|div|html|body|span|table|td|tr|li|ul|ol|b|strong|font|a)(\s[^<>]*)?/?>",
        )
    });
    text.contains('<') && TAG.is_match(text)
}

/// HTML as text. What nests too deep is stripped of its tags without regard to its structure.
fn of_html<'t>(raw: &'t str, limits: &Limits) -> Cow<'t, str> {
    static TAGS: LazyLock<Regex> = LazyLock::new(|| pattern(r"<[^<>]*>"));
    if !raw.contains(['<', '&']) {
        return Cow::Borrowed(raw);
    }
    let raw = raw.replace("[code]", "").replace("[/code]", "");
    if depth(&raw) > limits.nesting {
        return Cow::Owned(TAGS.replace_all(&raw, " ").into_owned());
    }
    let config = html2text::config::plain_no_decorate()
        .link_footnotes(false)
        .no_table_borders()
        .raw_mode(true)
        .allow_width_overflow();
    match config.string_from_read(raw.as_bytes(), 2_000) {
        Ok(text) => Cow::Owned(text),
        Err(_) => Cow::Owned(TAGS.replace_all(&raw, " ").into_owned()),
    }
}

/// The deepest nesting of elements, unclosed ones counted as nested.
fn depth(html: &str) -> usize {
    let (mut now, mut deepest) = (0_usize, 0);
    let bytes = html.as_bytes();
    for (at, _) in html.match_indices('<') {
        match bytes.get(at + 1) {
            Some(b'/') => now = now.saturating_sub(1),
            Some(next) if next.is_ascii_alphabetic() => {
                let rest = &html[at + 1..];
                let name = rest.split(|c: char| !c.is_ascii_alphanumeric()).next();
                let name = name.unwrap_or_default().to_ascii_lowercase();
                let empty = ["br", "img", "hr", "meta", "link", "input", "p", "li", "td", "tr"];
                now += usize::from(!empty.contains(&name.as_str()));
            }
            _ => {}
        }
        deepest = deepest.max(now);
    }
    deepest
}

/// Jira's wiki markup as text.
fn of_wiki(raw: &str) -> Cow<'_, str> {
    static QUOTE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)\{quote\}(.*?)\{quote\}"));
    static MACRO: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"\{(code|noformat|color|panel|quote|anchor|toc|adf)([:#][^{}\n]*)?\}")
    });
    static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[~accountid:[^\]\n]*\]"));
    static MENTION: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[~([^\]\n]+)\]"));
    static LINK: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"\[([^\[\]|\n]*)\|((?:https?|mailto|file|ftp):[^\]|\n]*)(?:\|[^\]\n]*)?\]")
    });
    static BARE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[((?:https?|ftp)://[^\]|\n]*)\]"));
    static IMAGE: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"!([^!\s|]+\.(?i:png|jpe?g|gif|bmp|svg))(\|[^!\n]*)?!"));
    static HEADING: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^\s*(h[1-6]|bq)\.\s+"));
    static MONO: LazyLock<Regex> = LazyLock::new(|| pattern(r"\{\{([^{}\n]*)\}\}"));
    let mut text = Cow::Borrowed(raw);
    let mut replace = |rule: &Regex, by: &str| {
        if let Cow::Owned(changed) = rule.replace_all(&text, by) {
            text = Cow::Owned(changed);
        }
    };
    if raw.contains('{') {
        replace(&MONO, "$1");
        replace(&QUOTE, "\n> $1\n");
        replace(&MACRO, "");
    }
    if raw.contains('[') {
        replace(&ACCOUNT, "");
        replace(&MENTION, "$1");
        replace(&LINK, "$1 $2");
        replace(&BARE, "$1");
    }
    if raw.contains('!') {
        replace(&IMAGE, "");
    }
    if raw.contains("h") || raw.contains("bq.") {
        replace(&HEADING, "");
    }
    text
}

/// Takes out quoted lines and the thread below a mail; `true` if anything went.
fn cut_quotes(lines: &mut Vec<&str>) -> bool {
    let before = lines.len();
    let start = (0..lines.len()).find(|&index| opens_quote(lines, index));
    if let Some(start) = start {
        if lines[..start].iter().any(|line| !line.trim().is_empty()) {
            lines.truncate(start);
        } else {
            // A forwarded mail is the request itself: only its head goes.
            let head = |line: &&str| line.is_empty() || is_mail_head(line) || opens_thread(line);
            let body = lines[start..].iter().skip_while(|line| head(line)).count();
            if body > 0 {
                lines.drain(..before - body);
            }
        }
    }
    let is_quoted = |line: &&str| line.trim_start().starts_with('>');
    if lines.iter().any(|line| !line.trim().is_empty() && !is_quoted(line)) {
        lines.retain(|line| !is_quoted(line));
    }
    lines.len() != before
}

fn opens_quote(lines: &[&str], index: usize) -> bool {
    let line = lines[index].trim();
    if line.is_empty() {
        return false;
    }
    if opens_thread(line) {
        return true;
    }
    let next = lines.get(index + 1).map_or("", |line| line.trim());
    if is_attribution(line) || (line.len() < 160 && is_attribution(&format!("{line} {next}"))) {
        return true;
    }
    let starts = |line: &str, words: &[&str]| {
        let lower = line.trim_start_matches(['*', '_']).to_lowercase();
        words.iter().any(|word| lower.starts_with(word))
    };
    starts(line, &["from:", "van:", "de :", "de:", "von:"])
        && lines.iter().skip(index + 1).take(4).any(|line| {
            let sent = ["sent:", "verzonden:", "envoyé", "gesendet:", "date:", "datum:"];
            starts(line.trim(), &sent)
        })
}

fn opens_thread(line: &str) -> bool {
    let line = line.trim();
    if !line.starts_with("--") {
        return false;
    }
    let words = line.trim_matches(['-', ' ']).to_lowercase();
    let known = [
        "original message",
        "oorspronkelijk bericht",
        "message d'origine",
        "message d’origine",
        "ursprüngliche nachricht",
        "forwarded message",
        "doorgestuurd bericht",
        "message transféré",
        "weitergeleitete nachricht",
        "original appointment",
    ];
    known.iter().any(|known| words.starts_with(known))
}

/// `On 3 March Jan wrote:` in four languages.
fn is_attribution(line: &str) -> bool {
    if line.len() > 300 || !line.trim_end().ends_with(':') {
        return false;
    }
    let forms = [("On ", "wrote"), ("Op ", "schreef"), ("Le ", "a écrit"), ("Am ", "schrieb")];
    forms.iter().any(|(start, verb)| line.starts_with(start) && line.contains(verb))
        && line.bytes().any(|b| b.is_ascii_digit())
}

fn is_mail_head(line: &str) -> bool {
    let heads = [
        "from:",
        "to:",
        "cc:",
        "sent:",
        "subject:",
        "date:",
        "van:",
        "aan:",
        "verzonden:",
        "onderwerp:",
        "datum:",
        "de :",
        "de:",
        "à :",
        "envoyé",
        "objet",
        "von:",
        "an:",
        "gesendet:",
        "betreff:",
    ];
    let lower = line.trim_start_matches(['*', '_']).to_lowercase();
    heads.iter().any(|head| lower.starts_with(head)) || line.chars().all(|c| c == '_')
}

/// Takes out what follows a closing; `true` if anything went.
fn cut_signature(lines: &mut Vec<&str>) -> bool {
    let before = lines.len();
    let said = |lines: &[&str]| lines.iter().any(|line| !line.trim().is_empty());
    if let Some(at) = lines.iter().position(|line| starts_with_any(line, DISCLAIMERS))
        && said(&lines[..at])
    {
        lines.truncate(at);
    }
    if let Some(at) = lines.iter().position(|line| is_closing(line))
        && said(&lines[..at])
    {
        // A signature is short; what is longer holds the rest of a conversation.
        let rest = lines.len() - at;
        let end = if rest <= 16 {
            lines.len()
        } else {
            let blank = lines.iter().skip(at + 1).position(|line| line.trim().is_empty());
            at + 1 + blank.unwrap_or(0)
        };
        lines.drain(at..end);
    }
    let devices = lines.iter().filter(|line| starts_with_any(line, DEVICES)).count();
    if devices > 0 && devices < lines.iter().filter(|line| !line.trim().is_empty()).count() {
        lines.retain(|line| !starts_with_any(line, DEVICES));
    }
    while lines.last().is_some_and(|line| line.trim().is_empty()) && lines.len() > 1 {
        lines.pop();
        if lines.len() + 1 == before {
            return false;
        }
    }
    lines.len() != before
}

fn starts_with_any(line: &str, starts: &[&str]) -> bool {
    let line = line.trim_start();
    if !line.starts_with(char::is_alphabetic) {
        return false;
    }
    let lower = shorten(line, 80).0.to_lowercase();
    starts.iter().any(|start| lower.starts_with(start))
}

/// A closing alone on its line, at most with a short name behind it.
fn is_closing(line: &str) -> bool {
    if line == "--" || line == "-- " {
        return true;
    }
    let line = line.trim();
    if line.len() > 72 || line.is_empty() {
        return false;
    }
    let lower = line.to_lowercase();
    CLOSINGS.iter().any(|closing| {
        lower.strip_prefix(closing).is_some_and(|rest| {
            let name = rest.trim_start_matches([',', '.', '!', ' ']);
            let apart = rest.is_empty() || rest.starts_with([',', '.', '!', ' ']);
            apart && name.split_whitespace().count() <= 3 && !name.contains(['?', ':'])
        })
    })
}

/// True for an automatic reply: it says so itself, in the first person or in so many words.
pub(crate) fn is_automatic(text: &str) -> bool {
    static SAYS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?i)^\s*(re:\s*)?(automatic reply|automatisch antwoord|automatische antwort|",
            r"réponse automatique|abwesenheitsnotiz|auto-?reply|out of office)\s*:|",
            r"\bik ben (momenteel |tijdelijk |nu )?(afwezig|niet op kantoor|met verlof|met vakantie)|",
            r"\bi(’|'| a)m (currently |temporarily )?out of (the )?office|",
            r"\bi will be out of (the )?office|",
            r"\bich bin (derzeit |zurzeit |momentan |aktuell )?(abwesend|nicht im (büro|haus))|",
            r"\bje suis (actuellement )?absente?\b|",
            r"\b(this is an automat(ed|ic) (reply|response|message)|",
            r"dit is een automatisch(e)? (antwoord|bericht|mail)|",
            r"ceci est (une réponse|un message) automatique|",
            r"dies ist eine automatische (antwort|nachricht))"
        ))
    });
    SAYS.is_match(shorten(text, 400).0)
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is a constant that the tests compile")
}

const CLOSINGS: &[&str] = &[
    "met vriendelijke groeten",
    "met vriendelijke groet",
    "vriendelijke groeten",
    "vriendelijke groet",
    "mvg",
    "m.v.g",
    "groeten",
    "groetjes",
    "grtz",
    "grts",
    "hoogachtend",
    "met hartelijke groeten",
    "kind regards",
    "best regards",
    "kindest regards",
    "warm regards",
    "regards",
    "best wishes",
    "sincerely",
    "yours sincerely",
    "yours faithfully",
    "cheers",
    "cordialement",
    "bien cordialement",
    "bien à vous",
    "sincères salutations",
    "salutations distinguées",
    "salutations",
    "mit freundlichen grüßen",
    "mit freundlichen gruessen",
    "mit freundlichem gruß",
    "mit besten grüßen",
    "mfg",
    "viele grüße",
    "beste grüße",
    "freundliche grüße",
    "liebe grüße",
];

const DEVICES: &[&str] = &[
    "sent from my ",
    "verzonden vanaf mijn ",
    "verstuurd vanaf mijn ",
    "verzonden met ",
    "envoyé de mon ",
    "envoyé depuis mon ",
    "von meinem ",
    "get outlook for ",
    "gesendet von meinem ",
    "outlook voor ",
    "download outlook",
];

const DISCLAIMERS: &[&str] = &[
    "disclaimer",
    "this e-mail and any",
    "this email and any",
    "this message and any",
    "this e-mail is confidential",
    "this email is confidential",
    "dit bericht is uitsluitend",
    "deze e-mail en ",
    "deze mail en ",
    "dit e-mailbericht",
    "de informatie in dit bericht",
    "de informatie verzonden",
    "ce message et ",
    "ce courriel et ",
    "diese e-mail enthält",
    "diese nachricht ist vertraulich",
    "confidentiality notice",
    "vertrouwelijkheidsclausule",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, markup: Markup, expected: &str, quote: bool, signature: bool) {
        let cleaned = clean(raw, markup, &Limits::default());
        assert_eq!(cleaned.text, expected, "{raw}");
        assert_eq!((cleaned.quote, cleaned.signature), (quote, signature), "{raw}");
    }

    #[test]
    fn quoted_threads_and_signatures_go_and_the_request_stays() {
        use Markup::Plain;
        let cases = [
            ("Herstart de server.", "Herstart de server.", false, false),
            (
                "Gelieve te resetten.\n\nMet vriendelijke groeten,\nJan\nIT",
                "Gelieve te resetten.",
                false,
                true,
            ),
            ("Please reset\nMvg, Jan", "Please reset", false, true),
            ("Done.\n\nOn 3 Mar 2025, at 10:00, Jan wrote:\n> old\n> text", "Done.", true, false),
            (
                "Gedaan.\n\nOp ma 3 mrt. 2025 om 10:00 schreef Jan\n<jan@x.be>:\n\n> oud",
                "Gedaan.",
                true,
                false,
            ),
            ("Ok\n-----Oorspronkelijk bericht-----\nVan: Jan\nweg", "Ok", true, false),
            ("Ok\n\nVan: Jan\nVerzonden: maandag\nAan: Piet\nweg", "Ok", true, false),
            ("> nog bezig?\nJa, morgen", "Ja, morgen", true, false),
            ("Kan dit?\nSent from my iPhone", "Kan dit?", false, true),
            ("Kan dit?\n-- \nJan\n0470", "Kan dit?", false, true),
            (
                "From: Jan\nSent: today\nTo: desk\nSubject: vpn\n\nVPN broken",
                "VPN broken",
                true,
                false,
            ),
            ("Groeten", "Groeten", false, false),
            ("Regards, Jan\nIT", "Regards, Jan\nIT", false, false),
            ("> only\n> quoted", "> only\n> quoted", false, false),
            ("Regards the new host:\nadd it", "Regards the new host:\nadd it", false, false),
            ("een\n\n\n\ntwee", "een\n\ntwee", false, false),
        ];
        for (raw, expected, quote, signature) in cases {
            check(raw, Plain, expected, quote, signature);
        }
    }

    #[test]
    fn markup_becomes_text() {
        let wiki = "h1. Titel\n{code:java}x=1{code} zie [wiki|https://w.be/a] [~jan] {{df -h}}";
        check(wiki, Markup::Jira, "Titel\nx=1 zie wiki https://w.be/a jan df -h", false, false);
        check("{quote}oud{quote}\nnieuw", Markup::Jira, "nieuw", true, false);
        check(
            "<p>Hallo <b>allen</b></p><p>Reset &amp; klaar</p>",
            Markup::Html,
            "Hallo allen\n\nReset & klaar",
            false,
            false,
        );
        check("Een <br> twee", Markup::Plain, "Een\ntwee", false, false);
        check("a < b en c > d", Markup::Plain, "a < b en c > d", false, false);
    }

    #[test]
    fn automatic_replies_are_told_from_requests_about_them() {
        let automatic = [
            "Automatic reply: vpn",
            "Ik ben afwezig tot maandag.",
            "I'm out of the office until 3/4",
            "Ich bin derzeit nicht im Büro",
            "Je suis actuellement absent",
            "Dit is een automatisch bericht",
        ];
        for text in automatic {
            assert!(is_automatic(text), "{text}");
        }
        for text in ["Out of office instellen voor Jan", "Zet mijn automatisch antwoord aan"] {
            assert!(!is_automatic(text), "{text}");
        }
    }

    #[test]
    fn long_and_deep_texts_are_bounded() {
        let limits = Limits { text_bytes: 100, ..Limits::default() };
        let cleaned = clean(&"é".repeat(1_000), Markup::Plain, &limits);
        assert_eq!((cleaned.text.len(), cleaned.cut), (100, true));
        let deep = format!("{}tekst", "<div>".repeat(50_000));
        let cleaned = clean(&deep, Markup::Html, &Limits::default());
        assert!(cleaned.cut && cleaned.text.is_empty() || cleaned.text.contains("tekst"));
    }
}
