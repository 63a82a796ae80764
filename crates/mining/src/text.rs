//! Text to tokens: lower-cased, diacritics folded, particulars masked.
//!
//! A request's names, numbers, hosts and dates say which case it is, never which process; each
//! becomes a mask that keeps only its kind. Knows no language and no lexicon.

use crate::{InputKind, fold::fold};

/// One token of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A word: lower case, diacritics folded, letters only, or letters and digits (`m365`).
    Word(String),
    /// A particular of the case.
    Mask(InputKind),
}

/// Splits a text into tokens; looks at no more than the first `limit` bytes.
pub(crate) fn tokens(text: &str, limit: usize) -> Vec<Token> {
    let text = cut(text, limit);
    let mut out = Vec::with_capacity(text.len() / 6 + 1);
    let mut chunks = text.split_whitespace().peekable();
    while let Some(chunk) = chunks.next() {
        if chunk.eq_ignore_ascii_case("sudo") {
            // As whom a command runs says nothing of what it does: `sudo -u www-data php …`.
            if chunks.next_if_eq(&"-u").is_some() {
                chunks.next();
            }
            continue;
        }
        chunk_tokens(chunk, &mut out);
    }
    out
}

/// The first `limit` bytes of a text, at a character boundary.
pub(crate) fn cut(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let mut end = limit;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn chunk_tokens(chunk: &str, out: &mut Vec<Token>) {
    if chunk.contains('@') && chunk.ends_with(['$', '#']) {
        out.push(Token::Mask(InputKind::Host)); // A shell's prompt: `root@db4:/srv#`.
        return;
    }
    if let Some(file) = file_of_path(chunk) {
        return file_tokens(file, out);
    }
    let core = chunk.trim_matches(|c: char| !c.is_alphanumeric() && c != '[' && c != ']');
    if core.is_empty() {
        return;
    }
    if let Some(kind) = bracketed(core) {
        out.push(Token::Mask(kind));
        return;
    }
    let core = core.trim_matches(|c: char| !c.is_alphanumeric());
    if core.is_empty() {
        return;
    }
    if let Some(kind) = particular(core) {
        out.push(Token::Mask(kind));
        return;
    }
    for part in core.split(|c: char| !c.is_alphanumeric()) {
        if part.is_empty() {
            continue;
        }
        if part.bytes().all(|b| b.is_ascii_digit()) {
            out.push(Token::Mask(InputKind::Number));
        } else {
            out.push(Token::Word(fold(part)));
        }
    }
}

/// What an absolute path leads to; the folders on the way say where, not what.
fn file_of_path(chunk: &str) -> Option<&str> {
    let path = chunk.trim_start_matches(['"', '\'', '(', '`', '~', '.']);
    let end = |c: char| !c.is_alphanumeric();
    let (folders, file) = path.strip_prefix('/')?.trim_end_matches(end).rsplit_once('/')?;
    (!folders.is_empty() && !file.is_empty()).then_some(file)
}

/// The words of a file's name: `importDump.php` is "import", "dump", "php".
fn file_tokens(file: &str, out: &mut Vec<Token>) {
    if let Some(kind) = particular(file) {
        out.push(Token::Mask(kind));
        return;
    }
    let mut word = String::new();
    let mut was_small = false;
    for c in file.chars().chain(['.']) {
        if !c.is_alphanumeric() || (was_small && c.is_uppercase()) {
            if word.bytes().all(|b| b.is_ascii_digit()) {
                word.clear();
            } else {
                out.push(Token::Word(fold(&std::mem::take(&mut word))));
            }
        }
        if c.is_alphanumeric() {
            word.push(c);
        }
        was_small = c.is_lowercase();
    }
}

fn bracketed(core: &str) -> Option<InputKind> {
    match core {
        "[mail]" => Some(InputKind::Mail),
        "[phone]" | "[number]" | "[secret]" => Some(InputKind::Number),
        "[address]" => Some(InputKind::Person),
        _ => None,
    }
}

/// The kind of particular a chunk is as a whole, if it is one.
fn particular(core: &str) -> Option<InputKind> {
    if is_pseudonym(core) {
        return Some(InputKind::Person);
    }
    if core.contains('@') && core.contains('.') {
        return Some(InputKind::Mail);
    }
    if core.contains("://") || starts_with_www(core) {
        return Some(InputKind::Domain);
    }
    let bytes = core.as_bytes();
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = core.chars().filter(|c| c.is_alphabetic()).count();
    if letters == 0 {
        return Some(numeric(core));
    }
    if is_key(core) {
        return Some(InputKind::Reference);
    }
    if is_clock(core, digits) {
        return Some(InputKind::Date);
    }
    if is_host(core) {
        return Some(InputKind::Host);
    }
    if digits == 0 && is_domain(core) {
        return Some(InputKind::Domain);
    }
    None
}

/// True for `p-` and eight hexadecimal digits, with an ending such as `'s` or `-` after it.
pub(crate) fn is_pseudonym(core: &str) -> bool {
    let Some(rest) = core.strip_prefix("p-").or_else(|| core.strip_prefix("P-")) else {
        return false;
    };
    rest.len() >= 8
        && rest.as_bytes()[..8].iter().all(u8::is_ascii_hexdigit)
        && !rest[8..].starts_with(|c: char| c.is_ascii_alphanumeric())
}

fn starts_with_www(core: &str) -> bool {
    core.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("www."))
}

fn numeric(core: &str) -> InputKind {
    let dots = core.matches('.').count();
    if dots == 3 {
        return InputKind::Address;
    }
    if core.contains(':') && dots == 0 {
        return InputKind::Date;
    }
    let separators = core.chars().filter(|c| matches!(c, '/' | '-' | '.')).count();
    if separators == 2 { InputKind::Date } else { InputKind::Number }
}

/// A ticket key: two or more capitals, a hyphen, digits.
fn is_key(core: &str) -> bool {
    let core = core.trim_start_matches('#');
    core.split_once('-').is_some_and(|(head, tail)| {
        head.len() >= 2
            && head.len() <= 12
            && head.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            && head.as_bytes()[0].is_ascii_uppercase()
            && !tail.is_empty()
            && tail.len() <= 8
            && tail.bytes().all(|b| b.is_ascii_digit())
            && tail.len() + head.len() > 4
    })
}

/// A time of day such as `14u30`, `9h`, `3pm`.
fn is_clock(core: &str, digits: usize) -> bool {
    digits >= 1 && core.len() <= 7 && core.as_bytes()[0].is_ascii_digit() && {
        let letters: String = core.chars().filter(|c| c.is_alphabetic()).collect();
        matches!(fold(&letters).as_str(), "u" | "h" | "am" | "pm" | "uur")
    }
}

/// A machine's name such as `srv-db01` or `fw_bru_2`: joined parts, the last with a digit.
fn is_host(core: &str) -> bool {
    let mut parts = core.split(['-', '_', '.']);
    let has_digit = |part: &str| part.bytes().any(|b| b.is_ascii_digit());
    let (Some(first), Some(last)) = (parts.next(), parts.next_back()) else { return false };
    !core.contains('/')
        && (has_digit(last) || parts.any(has_digit))
        && first.chars().any(char::is_alphabetic)
}

/// A dotted name whose last label looks like a top-level domain.
fn is_domain(core: &str) -> bool {
    let Some((head, tail)) = core.rsplit_once('.') else { return false };
    let known = ["be", "com", "net", "org", "eu", "nl", "local", "lan", "io", "fr", "de", "corp"];
    head.len() >= 2 && known.contains(&fold(tail).as_str()) && !head.contains(',')
}

/// The sites that a text names, each by the last two labels of its name.
pub(crate) fn sites(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || "<>()[]{}\"'|,".contains(c))
        .filter(|chunk| chunk.contains('.') && !chunk.contains('@'))
        .filter_map(|chunk| {
            let after = chunk.split_once("://").map_or(chunk, |(_, rest)| rest);
            let name = after.split(['/', ':', '?', '#']).next()?;
            let name = name.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
            let plain = name.chars().all(|c| c.is_alphanumeric() || "-.".contains(c));
            let labels: Vec<&str> = name.rsplitn(3, '.').collect();
            (plain && is_domain(&name)).then(|| format!("{}.{}", labels[1], labels[0]))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        tokens(text, 1000)
            .into_iter()
            .map(|t| match t {
                Token::Word(w) => w,
                Token::Mask(kind) => format!("<{kind:?}>"),
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn particulars_become_masks() {
        for (text, expected) in [
            ("Wachtwoord reset p-1a2b3c4d's VPN", "wachtwoord reset <Person> vpn"),
            ("OPS-1234: reboot srv-db01 aub", "<Reference> reboot <Host> aub"),
            ("open 10.1.2.3 -> 10.0.0.0/24 poort 443", "open <Address> <Address> poort <Number>"),
            ("cert www.klant.be verloopt 03/02/2025", "cert <Domain> verloopt <Date>"),
            ("bel [mail] om 14u30", "bel <Mail> om <Date>"),
            ("Réinitialiser l'accès", "reinitialiser l acces"),
            ("M365-licentie", "m365 licentie"),
            ("sudo -u www-data php x", "php x"),
            ("sudo reboot", "reboot"),
            ("AD/VPN/mail", "ad vpn mail"),
            ("php /srv/www/maintenance/importDump.php.", "php import dump php"),
            ("root@db4:/srv# rm /var/log/app1/2024.log", "<Host> rm log"),
            ("", ""),
            ("...", ""),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn a_text_is_cut_at_a_character() {
        assert_eq!(cut("aé", 2), "a");
    }

    #[test]
    fn sites_go_by_their_last_two_labels() {
        let check = |text: &str, expected: &[&str]| assert_eq!(sites(text), expected, "{text}");
        check("dict.leo.org renders blank", &["leo.org"]);
        check("see https://addons.thunderbird.net/en-US/?x=1.", &["thunderbird.net"]);
        check("Works on (www.example.com), not on example.be!", &["example.com", "example.be"]);
        check("version 2.53.1, a@b.com, file.txt, e.g. this", &[]);
    }
}
