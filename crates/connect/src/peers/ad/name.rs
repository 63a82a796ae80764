//! How a directory writes things: distinguished names, GUIDs, SIDs, passwords and its own clock.

use chrono::{DateTime, TimeZone as _, Utc};
use kompel_model::{Secret, Timestamp};

/// "Never" as the directory writes it in `accountExpires`.
pub(super) const NEVER: i64 = i64::MAX;

/// Splits a distinguished name into its first part and its parent, as they are written.
///
/// # Source
/// RFC 4514 §2.4, §3: a comma behind a backslash belongs to the value.
pub(super) fn split(dn: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, byte) in dn.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b',' => return Some((&dn[..at], &dn[at + 1..])),
            _ => {}
        }
    }
    None
}

/// The value of a first part, as people read it: "CN=Jan\, Piet" gives "Jan, Piet".
pub(super) fn readable(rdn: &str) -> String {
    let value = rdn.split_once('=').map_or(rdn, |(_, value)| value);
    String::from_utf8_lossy(&unescaped(value)).into_owned()
}

/// True if both name the same object: letter case, the way of escaping and spaces around the
/// separators don't count.
pub(super) fn same(one: &str, other: &str) -> bool {
    folded(one) == folded(other)
}

/// True if the name lies under (or is) this parent.
pub(super) fn lies_under(dn: &str, parent: &str) -> bool {
    let (dn, parent) = (folded(dn), folded(parent));
    dn.ends_with(&parent)
}

/// A name's parts in a form in which equal names are equal.
fn folded(dn: &str) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    let mut rest = Some(dn);
    while let Some(text) = rest {
        let (rdn, tail) = split(text).map_or((text, None), |(rdn, tail)| (rdn, Some(tail)));
        let (kind, value) = rdn.split_once('=').unwrap_or((rdn, ""));
        let value = String::from_utf8_lossy(&unescaped(value.trim())).to_lowercase();
        parts.push((kind.trim().to_ascii_lowercase(), value));
        rest = tail;
    }
    parts
}

fn unescaped(value: &str) -> Vec<u8> {
    let bytes = value.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let pair = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        let hex = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (byte, hex, bytes.get(at + 1)) {
            (b'\\', Some(code), _) => {
                out.push(code);
                at += 3;
            }
            (b'\\', None, Some(&next)) => {
                out.push(next);
                at += 2;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// True if the text has the form of a distinguished name.
pub(super) fn is_dn(text: &str) -> bool {
    split(text).is_some_and(|(rdn, parent)| rdn.contains('=') && parent.contains('='))
}

/// A GUID's text from its 16 bytes: the first three groups are little-endian.
pub(super) fn guid_text(bytes: &[u8]) -> Option<String> {
    let b: [u8; 16] = bytes.try_into().ok()?;
    Some(format!(
        "{:02x}{:02x}{:02x}{:02x}-{:02x}{:02x}-{:02x}{:02x}-{:02x}{:02x}-\
         {:02x}{:02x}{:02x}{:02x}{:02x}{:02x}",
        b[3],
        b[2],
        b[1],
        b[0],
        b[5],
        b[4],
        b[7],
        b[6],
        b[8],
        b[9],
        b[10],
        b[11],
        b[12],
        b[13],
        b[14],
        b[15]
    ))
}

/// A GUID's 16 bytes from its text; `None` if the text is no GUID.
pub(super) fn guid_bytes(text: &str) -> Option<[u8; 16]> {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    if lengths != [8, 4, 4, 4, 12] || !text.is_ascii() {
        return None;
    }
    let digits = groups.concat();
    let mut bytes = [0; 16];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    bytes[..4].reverse();
    bytes[4..6].reverse();
    bytes[6..8].reverse();
    Some(bytes)
}

/// Bytes as a filter wants them.
///
/// # Source
/// RFC 4515 §3
pub(super) fn filter_bytes(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}

/// The SID of another object of the same domain: the same but for its last 32 bits.
pub(super) fn sibling_sid(sid: &[u8], relative: u32) -> Option<Vec<u8>> {
    let keep = sid.len().checked_sub(4).filter(|keep| *keep >= 8)?;
    let mut sibling = sid[..keep].to_vec();
    sibling.extend(relative.to_le_bytes());
    Some(sibling)
}

/// A moment from the directory's count of 100 ns since 1601; `None` for "never" and "not yet".
pub(super) fn moment(ticks: i64) -> Option<Timestamp> {
    if ticks <= 0 || ticks == NEVER {
        return None;
    }
    let since_1970 = ticks.checked_sub(EPOCH)?;
    let nanos = u32::try_from(since_1970.rem_euclid(SECOND) * 100).ok()?;
    DateTime::from_timestamp(since_1970.div_euclid(SECOND), nanos)
}

/// The directory's count of a moment.
pub(super) fn ticks(moment: Timestamp) -> i64 {
    moment.timestamp() * SECOND + i64::from(moment.timestamp_subsec_nanos() / 100) + EPOCH
}

/// A moment from generalized time ("20261124194129.0Z").
pub(super) fn generalized(text: &str) -> Option<Timestamp> {
    let digits = text.get(..14)?;
    let naive = chrono::NaiveDateTime::parse_from_str(digits, "%Y%m%d%H%M%S").ok()?;
    Some(Utc.from_utc_datetime(&naive))
}

const SECOND: i64 = 10_000_000;
const EPOCH: i64 = 116_444_736_000_000_000;

/// A password as `unicodePwd` wants it: quoted, in UTF-16.
///
/// # Source
/// MS-ADTS §3.1.1.3.1.5
pub(super) fn password(password: &Secret) -> Vec<u8> {
    format!("\"{}\"", password.reveal()).encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_written_as_the_directory_wants_it() {
        assert_eq!(password(&Secret::new("aé".to_owned())), b"\"\0a\0\xe9\0\"\0");
    }

    #[test]
    fn a_name_is_cut_at_its_first_comma_that_is_not_escaped() {
        for (dn, parts) in [
            ("CN=Jan,OU=Staff,DC=t", Some(("CN=Jan", "OU=Staff,DC=t"))),
            (
                r"CN=M\C3\BCller\, J (ext) \\ \+x,OU=A",
                Some((r"CN=M\C3\BCller\, J (ext) \\ \+x", "OU=A")),
            ),
            (r"CN=end\\,OU=A", Some((r"CN=end\\", "OU=A"))),
            ("DC=t", None),
            ("", None),
        ] {
            assert_eq!(split(dn), parts, "{dn}");
        }
        assert_eq!(readable(r"CN=M\C3\BCller\, J\2b"), "Müller, J+");
        assert_eq!(readable("CN=trailing\\"), "trailing\\");
    }

    #[test]
    fn names_are_the_same_however_they_are_written() {
        for (one, other, equal) in [
            ("CN=Jan,DC=t", "cn=jan, dc=T", true),
            (r"CN=A\, B,DC=t", r"CN=A\2c B,DC=t", true),
            ("CN=Müller,DC=t", r"CN=M\c3\bcller,DC=t", true),
            ("CN=A,DC=t", "CN=B,DC=t", false),
            (r"CN=A\,DC=t", "CN=A,DC=t", false),
        ] {
            assert_eq!(same(one, other), equal, "{one} {other}");
        }
        assert!(lies_under("CN=A,OU=Leavers,DC=t", "ou=leavers,dc=t"));
        assert!(!lies_under(r"CN=A\,OU=Leavers,DC=t", "OU=Leavers,DC=t"));
    }

    #[test]
    fn guids_sids_and_moments_come_back_as_they_went() {
        let text = "01020304-0506-0708-090a-0b0c0d0e0f10";
        let bytes = guid_bytes(text).unwrap();
        assert_eq!(bytes[..4], [4, 3, 2, 1]);
        assert_eq!(guid_text(&bytes).unwrap(), text);
        for wrong in ["jan", "01020304-0506-0708-090a-0b0c0d0e0f1g", "é1020304-0506-0708-090a-0b"]
        {
            assert_eq!(guid_bytes(wrong), None, "{wrong}");
        }
        assert_eq!(
            sibling_sid(&[1, 1, 0, 0, 0, 0, 0, 5, 9, 0, 0, 0], 513).unwrap()[8..],
            [1, 2, 0, 0]
        );
        assert_eq!(sibling_sid(&[1, 2], 513), None);

        let at = "2026-11-24T19:41:29.1234567Z".parse::<Timestamp>().unwrap();
        assert_eq!(moment(ticks(at)), Some(at));
        assert_eq!((moment(0), moment(NEVER), moment(-5)), (None, None, None));
        assert_eq!(
            generalized("20261124194129.0Z").unwrap().to_rfc3339(),
            "2026-11-24T19:41:29+00:00"
        );
        assert_eq!(generalized("yesterday"), None);
    }
}
