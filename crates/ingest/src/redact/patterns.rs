//! Finding what is personal or secret by its form: mail, phone, address, number, secret.
//!
//! Owns the patterns and their checks (IBAN, card, national number). Names are `names`' business.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;

/// What takes the place of a range of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// Cut out: a query string that carries a token.
    Cut,
    /// A password, token or key.
    Secret,
    /// A mail address.
    Mail,
    /// A national register, account or card number.
    Number,
    /// A postal address.
    Address,
    /// A phone number.
    Phone,
}

impl Mark {
    /// What is written in its place.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Cut => "",
            Self::Secret => "[secret]",
            Self::Mail => "[mail]",
            Self::Number => "[number]",
            Self::Address => "[address]",
            Self::Phone => "[phone]",
        }
    }
}

/// Finds everything by its form; ranges may overlap, the caller prefers the smaller [`Mark`].
///
/// Each pattern is tried only on the lines, or in the texts, that hold what it can't do without.
pub(super) fn find(text: &str, out: &mut Vec<(Range<usize>, Mark)>) {
    let bytes = text.as_bytes();
    if bytes.contains(&b'@') {
        let at_signs = bytes.iter().enumerate().filter(|(_, b)| **b == b'@').map(|(at, _)| at);
        in_lines(text, at_signs, |line, start| {
            let found = MAIL.find_iter(line);
            out.extend(found.map(|m| (start + m.start()..start + m.end(), Mark::Mail)));
        });
    }
    let numeric = Numeric::of(bytes);
    if numeric.phone {
        phones(text, out);
    }
    if numeric.number {
        numbers(text, out);
    }
    if numeric.any {
        addresses(text, out);
    }
    secrets(text, out);
}

/// What the digits of a text leave possible.
#[derive(Debug, Default, PartialEq, Eq)]
struct Numeric {
    any: bool,
    phone: bool,
    number: bool,
}

impl Numeric {
    fn of(bytes: &[u8]) -> Self {
        let mut numeric = Self::default();
        let (mut digits, mut dialled, mut coded, mut dial_start) = (0, 0, 0, false);
        for (at, &byte) in bytes.iter().enumerate() {
            match byte {
                b'0'..=b'9' => {
                    dialled += 1;
                    coded += 1;
                    digits += 1;
                    dial_start |= byte == b'0';
                    numeric.phone |= dialled >= 9 && dial_start;
                    numeric.number |= coded >= 11 || is_iban_head(bytes, at);
                }
                b' ' | b'.' | b'-' => {}
                b'+' | b'(' => {
                    dial_start = true;
                    coded = 0;
                }
                b'/' | b')' => coded = 0,
                b'A'..=b'Z' => (dialled, dial_start) = (0, false),
                _ => (dialled, coded, dial_start) = (0, 0, false),
            }
        }
        numeric.any = digits > 0;
        numeric.number &= digits >= 10;
        numeric
    }
}

/// True if "BE12" and one more letter or digit stand here, the digit `at` being the second.
fn is_iban_head(bytes: &[u8], at: usize) -> bool {
    let head = at.checked_sub(3).map(|start| &bytes[start..at]);
    let follows = bytes.get(at + 1).is_some_and(|b| *b == b' ' || b.is_ascii_alphanumeric());
    follows
        && head.is_some_and(|head| {
            head[..2].iter().all(u8::is_ascii_uppercase) && head[2].is_ascii_digit()
        })
}

/// Calls `look` with every line on which one of `places` stands, once, and the line's start.
fn in_lines(text: &str, places: impl Iterator<Item = usize>, mut look: impl FnMut(&str, usize)) {
    let mut done = 0;
    for place in places {
        if place < done {
            continue;
        }
        let start = text[..place].rfind('\n').map_or(0, |at| at + 1);
        done = text[place..].find('\n').map_or(text.len(), |at| place + at + 1);
        look(&text[start..done], start);
    }
}

fn phones(text: &str, out: &mut Vec<(Range<usize>, Mark)>) {
    for found in PHONE.find_iter(text) {
        let digits = found.as_str().bytes().filter(u8::is_ascii_digit).count();
        if (9..=15).contains(&digits) && free(text, &found.range(), &['-', '.', '/', ':', '#', '='])
        {
            out.push((found.range(), Mark::Phone));
        }
    }
}

fn numbers(text: &str, out: &mut Vec<(Range<usize>, Mark)>) {
    for found in NUMBER.find_iter(text) {
        let compact: String = found.as_str().chars().filter(char::is_ascii_alphanumeric).collect();
        let national = compact.len() == 11 && found.as_str().contains('.') || is_national(&compact);
        let sure = if compact.starts_with(|c: char| c.is_ascii_alphabetic()) {
            is_iban(&compact)
        } else {
            national || is_card(&compact)
        };
        if sure && free(text, &found.range(), &['-', '/']) {
            out.push((found.range(), Mark::Number));
        }
    }
}

fn addresses(text: &str, out: &mut Vec<(Range<usize>, Mark)>) {
    let bytes = text.as_bytes();
    let clue = STREET_CLUES.find_overlapping_iter(text).any(|clue| {
        let after = bytes.get(clue.end()).copied().unwrap_or_default();
        let before = clue.start().checked_sub(2).map(|at| (bytes[at], bytes[at + 1]));
        match clue.pattern().as_usize() {
            kind if kind < NUMBER_FOLLOWS.len() => after.is_ascii_digit(),
            kind if kind < NUMBER_FOLLOWS.len() + OTHER_STREETS.len() => true,
            _ => before.is_some_and(|(far, near)| {
                near == b' ' && (far.is_ascii_digit() || far.is_ascii_uppercase())
            }),
        }
    });
    if !clue {
        return;
    }
    for pattern in [&*STREET, &*RUE, &*ROAD, &*CITY] {
        out.extend(pattern.find_iter(text).map(|m| (m.range(), Mark::Address)));
    }
}

fn secrets(text: &str, out: &mut Vec<(Range<usize>, Mark)>) {
    let (mut tokens, mut links, mut keywords) = (Vec::new(), Vec::new(), Vec::new());
    let last = CLUES.patterns_len() - 1;
    let mut block = false;
    // A clue that hides in another's letters can begin no token: those begin at a word's edge.
    for clue in CLUES.find_iter(text) {
        match clue.pattern().as_usize() {
            kind if kind < KEYWORD_CLUES.len() => keywords.push(clue.start()),
            kind if kind < KEYWORD_CLUES.len() + LINK_CLUES.len() => links.push(clue.start()),
            _ => {
                block |= clue.pattern().as_usize() == last;
                tokens.push(clue.start());
            }
        }
    }
    if block {
        out.extend(TOKEN.find_iter(text).map(|found| (found.range(), Mark::Secret)));
    } else {
        in_lines(text, tokens.into_iter(), |line, start| {
            let found = TOKEN.find_iter(line);
            out.extend(found.map(|m| (start + m.start()..start + m.end(), Mark::Secret)));
        });
    }
    in_lines(text, links.into_iter(), |line, start| {
        for found in LOGIN_IN_URL.captures_iter(line).filter_map(|c| c.get(1)) {
            if found.as_str() != Mark::Secret.text() {
                out.push((start + found.start()..start + found.end(), Mark::Secret));
            }
        }
        for found in QUERY.captures_iter(line).filter_map(|c| c.get(1)) {
            out.push((start + found.start()..start + found.end(), Mark::Cut));
        }
    });
    in_lines(text, keywords.into_iter(), |line, start| passwords(text, line, start, out));
}

/// Secrets that a keyword announces on one line of the text, which begins at `start`.
fn passwords(text: &str, line: &str, start: usize, out: &mut Vec<(Range<usize>, Mark)>) {
    for captures in KEYWORD.captures_iter(line) {
        let (Some(link), Some(value)) = (captures.get(2), captures.get(3)) else { continue };
        let range = trimmed(value.as_str(), start + value.start());
        let value = &text[range.clone()];
        if !value.is_empty() && is_secret(value, link.as_str(), &text[range.end..]) {
            out.push((range, Mark::Secret));
        }
    }
}

/// The value without the quotes and the punctuation that a sentence puts around it.
fn trimmed(value: &str, start: usize) -> Range<usize> {
    let left = value.len() - value.trim_start_matches(['"', '\'', '`', '“', '‘', '<']).len();
    let kept = value.trim_end_matches(['"', '\'', '`', '”', '’', ',', ';', '.', ')', '>']);
    start + left.min(kept.len())..start + kept.len().max(left.min(kept.len()))
}

/// True if the word after a keyword is a secret and no part of the sentence.
fn is_secret(value: &str, link: &str, rest: &str) -> bool {
    if value.starts_with('[') || super::names::is_pseudonym_start(value) || value.contains("://") {
        return false;
    }
    let letters = value.chars().all(char::is_alphabetic);
    let lower = value.to_lowercase();
    let digit = value.bytes().any(|b| b.is_ascii_digit());
    let inner_capital = value.chars().skip(1).any(char::is_uppercase);
    let shout = value.chars().all(|c| !c.is_lowercase());
    let mark = value.chars().any(|c| "!@#$%^&*+=?~|".contains(c));
    let link = link.trim();
    let mixed =
        digit && (value.chars().any(char::is_alphabetic) || mark) || mark && value.len() > 3;
    if link == "=" || link == ":=" {
        return !NO_SECRET.contains(&lower.as_str()) && !value.starts_with(['$', '%', '{']);
    }
    if link.starts_with(':') || link == "->" || link == "=>" {
        let ends = rest.trim_start_matches(['"', '\'', '.', ' ']).is_empty()
            || rest.trim_start_matches(['"', '\'', ' ']).starts_with(['\n', '\r', ',', ';']);
        return !NO_SECRET.contains(&lower.as_str())
            && (mixed || !letters || inner_capital && !shout || ends && value.len() >= 4);
    }
    let key = TICKET_KEY.is_match(value);
    if link.is_empty() {
        return mixed
            && !key
            && value.len() >= 6
            && (mark || value.chars().any(char::is_uppercase));
    }
    !key && value.len() >= 4 && (mixed || digit || letters && inner_capital && !shout)
}

/// True if no letter, digit or mark of a longer code touches the range.
fn free(text: &str, range: &Range<usize>, marks: &[char]) -> bool {
    let touches = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let before = text[..range.start].chars().next_back();
    let mut rest = text[range.end..].chars();
    let after = rest.next();
    let runs_on = after.is_some_and(|c| marks.contains(&c) && c != ':' && c != '=')
        && rest.next().is_some_and(char::is_alphanumeric);
    let label = before == Some(':') || before == Some('=') || before == Some('/');
    !touches(before)
        && !touches(after)
        && !runs_on
        && (label || !before.is_some_and(|c| marks.contains(&c)))
}

/// The IBAN's own check (ISO 13616, mod 97).
fn is_iban(compact: &str) -> bool {
    if !(15..=34).contains(&compact.len()) {
        return false;
    }
    let (head, tail) = compact.split_at(4);
    let rest = tail.chars().chain(head.chars()).try_fold(0_u32, |rest, c| {
        let value = c.to_digit(36)?;
        Some(if value > 9 { rest * 100 + value } else { rest * 10 + value } % 97)
    });
    rest == Some(1)
}

/// The card number's own check (Luhn).
fn is_card(compact: &str) -> bool {
    if !(15..=19).contains(&compact.len()) || !compact.starts_with(['3', '4', '5', '6']) {
        return false;
    }
    let sum: u32 = compact
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let value = u32::from(digit.wrapping_sub(b'0'));
            if at % 2 == 0 { value } else { value * 2 / 10 + value * 2 % 10 }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The Belgian national register number's own check (mod 97, two centuries).
fn is_national(compact: &str) -> bool {
    if compact.len() != 11 || !compact.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let (Ok(body), Ok(check)) = (compact[..9].parse::<u64>(), compact[9..].parse::<u64>()) else {
        return false;
    };
    let month = compact[2..4].parse::<u64>().unwrap_or(99);
    month <= 12 && (97 - body % 97 == check || 97 - (2_000_000_000 + body) % 97 == check)
}

/// The pattern; its digits are those of ASCII, which is what [`Numeric`] counts.
fn pattern(source: &str) -> Regex {
    Regex::new(&source.replace(r"\d", "[0-9]"))
        .expect("the pattern is a constant that a test compiles")
}

static MAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"[A-Za-z0-9._%+'-]*[A-Za-z0-9_%+-]@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
});

static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:\+|00)(?:32|31|33|49|352|44|1|41|43|48|90|212|34|39|351|353|45|46|47)",
        r"[ ./-]?(?:\(0\)[ ./-]?)?\d{1,4}(?:[ ./-]{1,3}\d{2,4}|\d{2,4}){2,4}",
        r"|0[4][5-9]\d[ ./-]{0,3}\d{2}[ .-]?\d{2}[ .-]?\d{2}",
        r"|0[4][5-9]\d[ ./-]{1,3}\d{3}[ .-]?\d{3}",
        r"|0[67][ -]?\d{8}|0[67](?: \d{2}){4}",
        r"|0[1-9](?: \d{2}){4}|0[1-9](?:\.\d{2}){4}",
        r"|0[2349][ ./-]{1,3}\d{3}[ .]\d{2}[ .]\d{2}",
        r"|0[1-9]\d[ ./-]{1,3}\d{2}[ .]\d{2}[ .]\d{2}",
        r"|0[1-9]\d{1,2}-\d{6,7}|0[1-9]\d{2,4}[ ]?/[ ]?\d{5,8}",
        r"|\(0[1-9]\d{1,4}\)[ ]?\d{2,8}(?:[ .-]?\d{2,4}){1,3}",
    ))
});

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?",
        r"|\d{2}\.\d{2}\.\d{2}[ -]\d{3}[ .-]\d{2}",
        r"|\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}|\d{15,19}|\d{11}",
    ))
});

/// Ends of street names that mean an address only before a number.
const NUMBER_FOLLOWS: &[&str] = &[
    "straat ", "laan ", "weg ", "plein ", "dreef ", "kaai ", "gracht ", "singel ", "baan ",
    "dijk ", "lei ", "markt ", "straße ", "strasse ", "allee ", "platz ", "gasse ", "str. ",
];

/// Other words without which no address pattern can match.
const OTHER_STREETS: &[&str] = &[
    "rue ",
    "avenue ",
    "boulevard ",
    "chaussée ",
    "place ",
    "quai ",
    "allée ",
    "impasse ",
    " street",
    " road",
    " avenue",
    " lane",
    " square",
    "b-1",
    "b-2",
    "b-3",
    "b-4",
    "b-5",
    "b-6",
    "b-7",
    "b-8",
    "b-9",
];

/// Words without which no address pattern can match: those above, then the cities.
static STREET_CLUES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let clues = NUMBER_FOLLOWS.iter().chain(OTHER_STREETS).copied().chain(cities());
    automaton(clues)
});

fn automaton(words: impl Iterator<Item = &'static str>) -> AhoCorasick {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(words)
        .expect("constant words")
}

static STREET: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        concat!(
            r"\p{{Lu}}[\p{{L}}'-]{{2,}}(?:straat|laan|[ns]weg|rweg|kweg|dweg|plein|dreef|kaai|gracht",
            r"|singel|baan|dijk|selei|emarkt|straße|strasse|allee|platz|gasse|str\.)",
            r" \d{{1,4}}[a-zA-Z]?\b(?:,? (?:bus|bte|boîte) ?\w{{1,5}})?{}"
        ),
        TOWN
    ))
});

static RUE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        concat!(
            r"\b\d{{1,4}}(?: ?bis)?,? (?:rue|avenue|boulevard|chaussée|place|quai|allée|impasse)",
            r"(?: (?:de la|de l'|de|du|des|la|le|d'|l'))? ?\p{{Lu}}[\p{{L}}'-]+{}",
            r"|\b(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]haussée|[Pp]lace|[Qq]uai|[Aa]llée",
            r"|[Ii]mpasse)(?: (?:de la|de l'|de|du|des|la|le|d'|l'))? ?\p{{Lu}}[\p{{L}}'-]+",
            r"(?: \p{{Lu}}[\p{{L}}'-]+){{0,2}},? \d{{1,4}}[a-zA-Z]?\b(?:,? (?:bus|bte|boîte) ?\w{{1,5}})?{}"
        ),
        TOWN, TOWN
    ))
});

static ROAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b\d{1,4}[a-zA-Z]? \p{Lu}\p{L}+ (?:Street|Road|Avenue|Lane|Square)\b")
});

static CITY: LazyLock<Regex> = LazyLock::new(|| {
    let names: Vec<String> = cities().map(regex::escape).collect();
    pattern(&format!(
        r"\b(?:[BFDL]-)?[1-9]\d{{3,4}}(?: [A-Z]{{2}})? (?:{})\b|\b[BFDL]-[1-9]\d{{3,4}} \p{{Lu}}\p{{L}}+",
        names.join("|")
    ))
});

const TOWN: &str = r"(?:,? (?:[BFDL]-)?[1-9]\d{3,4}(?: [A-Z]{2})? \p{Lu}[\p{L}-]+)?";

fn cities() -> impl Iterator<Item = &'static str> {
    include_str!("data/cities.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
}

/// Parts of the keywords that announce a secret.
const KEYWORD_CLUES: &[&str] = &[
    "wachtwoord",
    "paswoord",
    "pass",
    "kennwort",
    "mot de passe",
    "mdp",
    "pwd",
    "pw",
    "pin",
    "key",
    "secret",
    "token",
    "bearer",
    "basic ",
    "sleutel",
];

/// What every address of a web page holds.
const LINK_CLUES: &[&str] = &["://"];

/// How well-known kinds of tokens begin.
const TOKEN_CLUES: &[&str] = &[
    "akia",
    "asia",
    "xox",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "sk-",
    "eyj",
    "aiza",
    KEY_BLOCK,
];

/// How a key of several lines begins.
const KEY_BLOCK: &str = "-----begin ";

/// Words without which no secret pattern can match.
static CLUES: LazyLock<AhoCorasick> =
    LazyLock::new(|| automaton([KEYWORD_CLUES, LINK_CLUES, TOKEN_CLUES].concat().into_iter()));

static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\z)",
        r"|\b(?:AKIA|ASIA)[0-9A-Z]{12,20}\b|\bxox[abeprs]-[A-Za-z0-9-]{8,}",
        r"|\bgh[pousr]_[A-Za-z0-9]{10,}|\bgithub_pat_\w{10,}|\bglpat-[\w-]{10,}|\bsk-[A-Za-z0-9_-]{16,}",
        r"|\beyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]+){1,4}|\bAIza[\w-]{30,}",
    ))
});

static LOGIN_IN_URL: LazyLock<Regex> = LazyLock::new(|| pattern(r"[a-z]://([^/\s:@]+:[^/\s@]+)@"));

static QUERY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)[a-z]://[^\s?#]+(\?(?:[^\s#]*&)?[^\s#=&]*",
        r"(?:token|sig|signature|key|secret|passw|pwd|auth|session|code|ticket|otp|sas)",
        r"[^\s#=&]*=[^\s]*)"
    ))
});

static KEYWORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(wachtwoord|paswoord|pass(?:word|wd|wort|phrase|code)?|kennwort|mot de passe|mdp|pwd|pw",
        r"|pin(?:code)?|api[ _-]?(?:key|sleutel)|(?:client|shared|app)[ _-]?secret|secret(?:[ _-]?key)?",
        r"|(?:access|private|secret|sas)[ _-]?key|(?:[a-z]+[_-])?token|bearer|authorization: basic)",
        r#"("?[ \t]*(?::=|:|=>|=|->| is | wordt | was | werd | naar | to | est | ist | lautet )[ \t]*|[ \t]+)"#,
        r#"([^\s,;<>]{3,})"#
    ))
});

static TICKET_KEY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:[A-Z]{2,10}-?\d+|[vV]?\d+(?:\.\d+)*|T\d+)$"));

/// Words that say what became of a password, and are none.
const NO_SECRET: &[&str] = &[
    "reset",
    "resetten",
    "expired",
    "verlopen",
    "vergeten",
    "forgotten",
    "gereset",
    "changed",
    "gewijzigd",
    "ok",
    "okay",
    "yes",
    "no",
    "ja",
    "nee",
    "none",
    "null",
    "true",
    "false",
    "zie",
    "see",
    "unknown",
    "onbekend",
    "invalid",
    "ongeldig",
    "required",
    "nodig",
    "please",
    "graag",
    "done",
    "gedaan",
    "new",
    "nieuw",
    "lost",
    "kwijt",
    "locked",
    "blocked",
    "geblokkeerd",
    "oublié",
    "expiré",
    "abgelaufen",
    "vergessen",
    "failed",
    "mislukt",
    "sent",
    "verstuurd",
    "doorgegeven",
    "verified",
    "error",
    "request",
    "aanvraag",
    "missing",
    "ontbreekt",
    "n/a",
    "nvt",
    "pending",
];
