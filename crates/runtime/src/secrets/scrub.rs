//! Scrubbing: no text that leaves holds a secret, whatever form a peer or a library gave it.

use std::{borrow::Cow, collections::BTreeSet, fmt::Write as _, io};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use kompel_model::Secret;
use serde_json::Value;

use crate::key::to_hex;

/// Replaces known secrets in texts: as they are, in Base64 (also inside something longer, such as
/// `user:password`), in hexadecimal digits, and as URLs, JSON, XML and UTF-16 write them.
///
/// Holds the secrets' forms in memory; make it when texts are to be written, and drop it.
#[derive(Clone)]
pub struct Scrubber {
    forms: Option<AhoCorasick>,
}

impl Scrubber {
    /// A scrubber of these secrets.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut forms = BTreeSet::new();
        for secret in secrets {
            forms_of(secret.reveal(), &mut forms);
            // A key in several lines may be quoted line by line.
            let lines = secret.reveal().lines().map(str::trim);
            lines.filter(|line| line.len() >= 16).for_each(|line| forms_of(line, &mut forms));
        }
        let forms = AhoCorasickBuilder::new()
            .match_kind(MatchKind::LeftmostLongest)
            .build(forms.iter().filter(|form| form.len() >= SHORTEST))
            .ok()
            .filter(|found| found.patterns_len() > 0);
        Self { forms }
    }

    /// The text without secrets.
    pub fn scrub<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match &self.forms {
            Some(forms) if forms.is_match(text) => {
                let mut clean = String::with_capacity(text.len());
                forms.replace_all_with(text, &mut clean, |_, _, clean| {
                    clean.push_str(INSTEAD);
                    true
                });
                Cow::Owned(clean)
            }
            _ => Cow::Borrowed(text),
        }
    }

    /// Replaces secrets in every text and every name of a JSON value.
    pub fn scrub_json(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Cow::Owned(clean) = self.scrub(text) {
                    *text = clean;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.scrub_json(item)),
            Value::Object(members) => {
                let old = std::mem::take(members);
                for (name, mut member) in old {
                    self.scrub_json(&mut member);
                    members.insert(self.scrub(&name).into_owned(), member);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// A writer that scrubs whole lines before it passes them on: what logs are written through.
pub struct Scrubbed<W: io::Write> {
    writer: W,
    scrubber: Scrubber,
    line: Vec<u8>,
}

impl<W: io::Write> Scrubbed<W> {
    /// Scrubs what goes to `writer`.
    pub fn new(writer: W, scrubber: Scrubber) -> Self {
        Self { writer, scrubber, line: Vec::new() }
    }

    fn pass_on(&mut self, bytes: usize) -> io::Result<()> {
        let rest = self.line.split_off(bytes);
        let line = std::mem::replace(&mut self.line, rest);
        self.writer.write_all(self.scrubber.scrub(&String::from_utf8_lossy(&line)).as_bytes())
    }
}

impl<W: io::Write> io::Write for Scrubbed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        if let Some(end) = self.line.iter().rposition(|byte| *byte == b'\n') {
            self.pass_on(end + 1)?;
        }
        Ok(bytes.len())
    }

    /// Passes on what was written, also of an unfinished line: a secret in two parts of one line
    /// with a flush between them is not recognised.
    fn flush(&mut self) -> io::Result<()> {
        self.pass_on(self.line.len())?;
        self.writer.flush()
    }
}

impl<W: io::Write> Drop for Scrubbed<W> {
    fn drop(&mut self) {
        // Nobody is left who could be told.
        let _ = io::Write::flush(self);
    }
}

fn forms_of(secret: &str, forms: &mut BTreeSet<String>) {
    forms.insert(secret.to_owned());
    let json = Value::from(secret).to_string();
    forms.insert(json[1..json.len() - 1].to_owned());
    let debug = format!("{secret:?}");
    forms.insert(debug[1..debug.len() - 1].to_owned());
    for (amp, quote) in [("&#34;", "&#39;"), ("&quot;", "&apos;"), ("&quot;", "&#x27;")] {
        let xml = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        forms.insert(xml.replace('"', amp).replace('\'', quote));
        forms.insert(xml);
    }
    for keep in ["-._~", "-._*", "-_.!~*'()", "-._~!$&'()*+,;=:@/"] {
        let url = percent(secret, keep);
        forms.insert(lowered(&url));
        forms.insert(url.replace("%20", "+"));
        forms.insert(url);
    }
    let utf16: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [secret.as_bytes(), &utf16] {
        let hex = to_hex(bytes);
        forms.insert(hex.to_ascii_uppercase());
        forms.insert(hex);
        for shift in 0..3 {
            let core = base64_within(bytes, shift);
            forms.insert(core.replace('+', "-").replace('/', "_"));
            forms.insert(core);
        }
    }
}

/// The Base64 characters that tell of these bytes alone, where `shift` bytes (mod 3) stand before
/// them.
fn base64_within(bytes: &[u8], shift: usize) -> String {
    let padded = [&[0; 2][..shift], bytes].concat();
    let all = STANDARD_NO_PAD.encode(&padded);
    all[(shift * 8).div_ceil(6)..padded.len() * 8 / 6].to_owned()
}

fn percent(text: &str, keep: &str) -> String {
    text.bytes().fold(String::new(), |mut url, byte| {
        if byte.is_ascii_alphanumeric() || keep.contains(char::from(byte)) && byte.is_ascii() {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
        url
    })
}

/// The same with the digits of its escapes in lower case.
fn lowered(url: &str) -> String {
    let mut parts = url.split('%');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        let _ = write!(text, "%{}{rest}", digits.to_ascii_lowercase());
    }
    text
}

/// What stands where a secret stood.
const INSTEAD: &str = "[secret]";

/// Forms shorter than this would strike ordinary text.
const SHORTEST: usize = 4;

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use proptest::prelude::*;

    use super::*;

    fn scrubbed(secret: &str, text: &str) -> String {
        Scrubber::new([&Secret::new(secret.to_owned())]).scrub(text).into_owned()
    }

    #[test]
    fn a_secret_is_found_in_every_form() {
        let secret = "p@ss \"wörd\"&<1>/+";
        for text in [
            secret.to_owned(),
            format!("bind failed for {secret:?}"),
            Value::from(secret).to_string(),
            STANDARD.encode(secret),
            STANDARD.encode(format!("admin:{secret}")),
            STANDARD.encode(format!("ab:{secret}, and more")),
            URL_SAFE.encode(format!("a:{secret}")),
            to_hex(secret.as_bytes()),
            to_hex(secret.as_bytes()).to_ascii_uppercase(),
            "https://a/?p=p%40ss%20%22w%C3%B6rd%22%26%3C1%3E%2F%2B".to_owned(),
            "p=p%40ss+%22w%C3%B6rd%22%26%3C1%3E%2F%2B".to_owned(),
            "p=p%40ss%20%22w%c3%b6rd%22%26%3c1%3e%2f%2b".to_owned(),
            "<p>p@ss &quot;wörd&quot;&amp;&lt;1&gt;/+</p>".to_owned(),
            STANDARD.encode(secret.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()),
        ] {
            let clean = scrubbed(secret, &text);
            assert!(clean.contains(INSTEAD), "{text} became {clean}");
            assert!(!clean.contains("rd"), "{text} became {clean}");
        }
    }

    #[test]
    fn other_text_stays_as_it_is() {
        let text = "the peer said no: 49, invalid credentials for CN=svc-kompel";
        assert_eq!(scrubbed("hunter2-hunter2", text), text);
        assert_eq!(Scrubber::new([]).scrub(text), text);
    }

    #[test]
    fn json_is_scrubbed_inside_and_lines_of_a_key_each() {
        let key =
            "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\nAAAAAAAAAAAAAAAA12345678\n-----END";
        let scrubber = Scrubber::new([&Secret::new(key.to_owned())]);
        let mut value = serde_json::json!({
            "error": [key, "near MIIEvQIBADANBgkqhkiG9w0BAQ"],
            "MIIEvQIBADANBgkqhkiG9w0BAQ": 1,
        });
        scrubber.scrub_json(&mut value);
        assert!(!value.to_string().contains("MIIE"), "{value}");
        assert_eq!(value["[secret]"], 1);
    }

    proptest! {
        #[test]
        fn no_secret_survives_scrubbing(
            secret in "[ -~]{6,40}",
            before in "[ -~]{0,20}",
            after in "[ -~]{0,20}",
        ) {
            let text = format!("{before}{secret}{after}");
            prop_assume!(!INSTEAD.contains(&secret));
            for form in [text.clone(), STANDARD.encode(&text), to_hex(text.as_bytes())] {
                let clean = scrubbed(&secret, &form);
                prop_assert!(clean.contains(INSTEAD), "{} became {}", form, clean);
            }
        }
    }
}
