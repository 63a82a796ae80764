//! What a message says, however it was put together: bounded, and never a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{Address, HeaderName, HeaderValue, Message, MessageParser};
use serde_json::{Value, json};

/// What is read of a message.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    /// Its `Message-ID`; empty if it has none.
    pub(super) message_id: String,
    /// The sender's address; empty unless there is exactly one.
    pub(super) from: String,
    /// The subject on one line.
    pub(super) subject: String,
    /// The text, made from HTML if need be.
    pub(super) text: String,
    /// What the own mail server found of the sender.
    pub(super) found: Found,
    /// The `Message-ID` that it answers; empty if it answers none.
    pub(super) in_reply_to: String,
    /// True if a program sent it by itself, or to a list.
    pub(super) automatic: bool,
}

/// Results of SPF, DKIM and DMARC as the own mail server wrote them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    spf: Option<String>,
    dkim: Option<String>,
    dmarc: Option<String>,
}

impl Found {
    pub(super) fn shown(&self) -> Value {
        json!({"spf": self.spf, "dkim": self.dkim, "dmarc": self.dmarc})
    }
}

impl Read {
    /// Reads a message or the beginning of one; `authserv` names the server whose results are
    /// believed.
    pub(super) fn of(bytes: &[u8], authserv: Option<&str>) -> Self {
        // The parser is made for hostile mail. Were one to break it, the mail would be empty, and
        // the run would go on.
        let read = catch_unwind(AssertUnwindSafe(|| read(bytes, authserv)));
        read.unwrap_or_default()
    }
}

fn read(bytes: &[u8], authserv: Option<&str>) -> Read {
    let Some(message) = MessageParser::default().parse(bytes) else { return Read::default() };
    let text = message.body_text(0).unwrap_or_default();
    Read {
        message_id: one_line(message.message_id().unwrap_or_default(), MOST_NAME),
        from: sender(&message),
        subject: one_line(message.subject().unwrap_or_default(), MOST_SUBJECT),
        text: cut(text.trim(), MOST_TEXT).trim_end().to_owned(),
        found: authserv.map(|name| found(&message, name)).unwrap_or_default(),
        in_reply_to: answered(&message),
        automatic: is_automatic(&message),
    }
}

fn answered(message: &Message<'_>) -> String {
    let first = match message.in_reply_to() {
        HeaderValue::TextList(all) => all.first().map(AsRef::as_ref),
        other => other.as_text(),
    };
    one_line(first.unwrap_or_default(), MOST_NAME)
}

/// True if no person waits for an answer to this.
///
/// # Source
/// RFC 3834 §2 and §5
fn is_automatic(message: &Message<'_>) -> bool {
    message.headers_raw().any(|(name, value)| {
        let value = value.trim().to_ascii_lowercase();
        match name.to_ascii_lowercase().as_str() {
            "auto-submitted" => !value.starts_with("no"),
            "precedence" => matches!(value.as_str(), "bulk" | "list" | "junk" | "auto_reply"),
            "return-path" => value == "<>",
            "list-id" | "list-unsubscribe" | "x-autoreply" | "x-auto-response-suppress" => true,
            _ => false,
        }
    })
}

/// What the sender wrote above what they quote, as mail programs mark that; with nothing above it,
/// nothing.
pub(super) fn own_words(text: &str) -> &str {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if opens_quotation(line.trim()) {
            return text[..at].trim_end();
        }
        at += line.len();
    }
    text
}

/// A line by which a mail program begins to quote: `> …`, `Op 2 maart om 10:00 schreef …`,
/// `Van: …`, `-----Oorspronkelijk bericht-----`, a rule of underscores.
fn opens_quotation(line: &str) -> bool {
    let lower = line.to_lowercase();
    let says = ["schreef", "geschreven", "wrote", "écrit", "schrieb"];
    let begins = |words: &[&str]| words.iter().any(|word| lower.starts_with(word));
    let has_clock = lower.as_bytes().windows(5).any(|five| match five {
        [a, b, b':' | b'.' | b'h', c, d] => [a, b, c, d].iter().all(|sign| sign.is_ascii_digit()),
        _ => false,
    });
    let said = says.iter().any(|word| lower.contains(word)) || has_clock;
    line.starts_with('>')
        || (begins(&["op ", "on ", "le ", "am "]) && said)
        || begins(&["van:", "from:", "von:", "de :", "de:", "*van:*", "*from:*"])
        || (line.starts_with("--") && (lower.contains("bericht") || lower.contains("message")))
        || (line.len() > 9 && line.bytes().all(|sign| sign == b'_'))
}

/// The one address of the one `From`. A message with two is made to be read in two ways.
fn sender(message: &Message<'_>) -> String {
    let mut headers = message.header_values(HeaderName::From);
    let (Some(first), None) = (headers.next(), headers.next()) else { return String::new() };
    let addresses: Vec<&str> = match first.as_address() {
        Some(Address::List(list)) => list.iter().filter_map(|one| one.address()).collect(),
        Some(Address::Group(_)) | None => return String::new(),
    };
    match addresses.as_slice() {
        [only] if only.contains('@') => one_line(only, MOST_NAME),
        _ => String::new(),
    }
}

/// The results in the topmost `Authentication-Results` of this server. A sender can write the same
/// header; the server that is named takes those out, as RFC 8601 §5 wants, and puts its own on top.
fn found(message: &Message<'_>, authserv: &str) -> Found {
    let ours = message
        .headers_raw()
        .filter(|(name, _)| name.eq_ignore_ascii_case("Authentication-Results"))
        .map(|(_, value)| without_comments(value))
        .find(|value| {
            let first = value.split(';').next().unwrap_or_default();
            let name = first.split_whitespace().next().unwrap_or_default();
            name.eq_ignore_ascii_case(authserv)
        });
    let mut found = Found::default();
    for result in ours.iter().flat_map(|value| value.split(';').skip(1)) {
        let Some((method, rest)) = result.split_once('=') else { continue };
        let word = rest.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
        if word.is_empty() || word.len() > 20 || !word.bytes().all(|byte| byte.is_ascii_lowercase())
        {
            continue;
        }
        let place = match method.trim().to_ascii_lowercase().as_str() {
            "spf" => &mut found.spf,
            "dkim" => &mut found.dkim,
            "dmarc" => &mut found.dmarc,
            _ => continue,
        };
        // One signature that holds is enough, and several may be told.
        if place.as_deref() != Some("pass") {
            *place = Some(word);
        }
    }
    found
}

/// A header's value without its comments, quoted texts left as they are.
fn without_comments(value: &str) -> String {
    let (mut kept, mut depth, mut quoted, mut escaped) = (String::new(), 0_u32, false, false);
    for sign in value.chars().take(MOST_HEADER) {
        if escaped {
            escaped = false;
        } else {
            match sign {
                '\\' => escaped = true,
                '"' if depth == 0 => quoted = !quoted,
                '(' if !quoted => depth += 1,
                ')' if !quoted && depth > 0 => {
                    depth -= 1;
                    continue;
                }
                // A `;` in a quoted text is none.
                ';' if quoted => continue,
                _ => {}
            }
        }
        if depth == 0 {
            kept.push(sign);
        }
    }
    kept
}

fn one_line(text: &str, most: usize) -> String {
    let line: String =
        text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    cut(line.trim(), most).to_owned()
}

fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

const MOST_TEXT: usize = 16 << 10;
const MOST_SUBJECT: usize = 1000;
const MOST_NAME: usize = 320;
const MOST_HEADER: usize = 8 << 10;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Read {
        Read::of(text.replace('\n', "\r\n").as_bytes(), Some("mx.acme.test"))
    }

    #[test]
    fn a_message_is_read_in_its_own_charset_and_from_html() {
        for (mail, subject, text) in [
            (
                "Subject: =?iso-8859-1?q?Caf=E9_dicht?=\nContent-Type: text/plain; charset=iso-8859-1\n\
                 Content-Transfer-Encoding: quoted-printable\n\nJos=E9 gaat weg\n",
                "Café dicht",
                "José gaat weg",
            ),
            (
                "Subject: twee delen\nContent-Type: multipart/alternative; boundary=x\n\n--x\n\
                 Content-Type: text/html; charset=utf-8\n\n<p>Jan <b>gaat</b> weg</p><script>x()</script>\n--x--\n",
                "twee delen",
                "Jan gaat weg",
            ),
            (
                "Subject: =?utf-8?b?w6k=?=\n =?utf-8?b?w6k=?=\nContent-Type: text/plain; charset=no-such\n\ntoch tekst\n",
                "éé",
                "toch tekst",
            ),
            ("", "", ""),
            ("Subject: only a head\n", "only a head", ""),
        ] {
            let read = of(mail);
            assert_eq!((read.subject.as_str(), read.text.as_str()), (subject, text), "{mail}");
        }
    }

    #[test]
    fn a_sender_is_one_address_or_nobody() {
        for (head, from) in [
            ("From: HR <hr@client.test>\n", "hr@client.test"),
            ("From: \"ceo@client.test\" <evil@x.test>\n", "evil@x.test"),
            ("From: hr@client.test, evil@x.test\n", ""),
            ("From: hr@client.test\nFrom: evil@x.test\n", ""),
            ("From: team: hr@client.test;\n", ""),
            ("From: nobody\n", ""),
            ("", ""),
        ] {
            assert_eq!(of(&format!("{head}Subject: x\n\nx\n")).from, from, "{head}");
        }
    }

    #[test]
    fn only_the_own_servers_topmost_results_are_believed() {
        let shown = |mail: &str| of(mail).found.shown();
        let none = json!({"spf": null, "dkim": null, "dmarc": null});
        let ours = "Authentication-Results: mx.acme.test 1; spf=pass smtp.mailfrom=a.test;\n \
                    dkim=fail (bad; dmarc=pass) header.d=b.test; dkim=pass header.d=a.test; dmarc=fail\n";
        let forged = "Authentication-Results: mx.acme.test; dmarc=pass\n";
        let other = "Authentication-Results: mx.evil.test; dmarc=pass\n";
        let body = "\nAuthentication-Results: mx.acme.test; dmarc=pass\n";
        let expected = json!({"spf": "pass", "dkim": "pass", "dmarc": "fail"});
        assert_eq!(shown(&format!("{ours}{forged}{body}")), expected);
        assert_eq!(shown(&format!("{other}{ours}{body}")), expected);
        assert_eq!(shown(&format!("{other}{body}")), none);
        let quoted = "Authentication-Results: mx.acme.test; spf=fail reason=\"x; dmarc=pass\"\n";
        assert_eq!(shown(&format!("{quoted}{body}"))["dmarc"], Value::Null);
        let unnamed = Read::of(format!("{forged}{body}").as_bytes(), None);
        assert_eq!(unnamed.found.shown(), none);
    }

    #[test]
    fn an_answer_is_told_from_what_it_quotes_and_from_what_a_program_sends() {
        for (text, own) in [
            ("Jan gaat weg.\n> - nobody\n", "Jan gaat weg."),
            ("Jan.\n\nOp ma 2 mrt 2026 om 10:00 schreef Kompel <k@a.test>:\n> x", "Jan."),
            ("Jan.\n\nOn Mon, 2 Mar 2026 at 10:00, Kompel\n<k@a.test> wrote:\n> x", "Jan."),
            ("Jan.\nVan: Kompel <k@a.test>\nVerzonden: 2 maart 2026", "Jan."),
            ("Jan.\n-----Oorspronkelijk bericht-----\nVan: x", "Jan."),
            ("Jan.\n________________________________\nFrom: x", "Jan."),
            ("Op 31 maart is zijn laatste dag.\nMvg", "Op 31 maart is zijn laatste dag.\nMvg"),
            ("-- \nEls", "-- \nEls"),
            ("> only a quotation", ""),
            ("", ""),
        ] {
            assert_eq!(own_words(text), own, "{text}");
        }
        for (head, automatic) in [
            ("", false),
            ("Auto-Submitted: no\n", false),
            ("Auto-Submitted: auto-replied\n", true),
            ("Precedence: bulk\n", true),
            ("Return-Path: <>\n", true),
            ("List-Id: <x.test>\n", true),
        ] {
            let read = of(&format!("{head}In-Reply-To: <a@b.test>\nSubject: x\n\nx\n"));
            assert_eq!(
                (read.automatic, read.in_reply_to.as_str()),
                (automatic, "a@b.test"),
                "{head}"
            );
        }
        assert_eq!(of("Subject: x\n\nx").in_reply_to, "");
    }

    #[test]
    fn hostile_mail_is_read_within_bounds() {
        let nested = (0..2000).map(|number| {
            format!("Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n")
        });
        let forwarded = "Content-Type: message/rfc822\n\n".repeat(5000);
        let entities = format!("Content-Type: text/html\n\n{}", "&#x41;<b>".repeat(40_000));
        let long = format!("Subject: {}\n\n{}", "é".repeat(100_000), "ü".repeat(100_000));
        let control = "Subject: a\u{7}\u{1b}[31mb\nMessage-ID: <x\u{0}y>\n\nx";
        let broken = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n/////w==";
        for mail in [
            nested.collect::<String>(),
            forwarded,
            entities,
            long,
            control.to_owned(),
            broken.to_owned(),
            "(".repeat(50_000),
            format!("From: {}\n\nx", "<".repeat(50_000)),
            format!("Authentication-Results: {}\n\nx", "(".repeat(50_000)),
        ] {
            let read = of(&mail);
            assert!(read.text.len() <= MOST_TEXT && read.subject.len() <= MOST_SUBJECT);
            assert!(!read.subject.chars().any(char::is_control), "{:?}", read.subject);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(
            head in "(Subject|From|Content-Type|Authentication-Results): [ -~\n\t=?;()<>\"]{0,80}\n",
            kind in "text/html|text/plain|multipart/mixed; boundary=x|message/rfc822",
            body in proptest::collection::vec(any::<u8>(), 0..400),
        ) {
            let mut mail = format!("{head}Content-Type: {kind}\n\n--x\n").into_bytes();
            mail.extend(body);
            // Beside what `Read::of` catches: the parser itself must not break.
            let read = read(&mail, Some("mx.acme.test"));
            prop_assert!(read.text.len() <= MOST_TEXT);
        }
    }
}
