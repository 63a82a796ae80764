//! What a directory's refusal means.

use ldap3::{LdapError, LdapResult};

use crate::{Error, ErrorKind, RetryAdvice};

/// What was under way when it went wrong: after a write was sent, silence is no failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Connecting,
    Reading,
    Writing,
}

/// An answer with a result code other than success.
///
/// The directory's own text names objects, so of it only the error numbers are kept.
///
/// # Source
/// RFC 4511 appendix A; for the numbers in the text, MS-ADTS §3.1.1.3.1.9 and winerror.h
pub(super) fn refused(result: &LdapResult) -> Error {
    let kind = match result.rc {
        7 | 8 | 13 | 48 | 49 | 50 => ErrorKind::Denied,
        32 => ErrorKind::Absent,
        16 | 20 | 66 | 68 => ErrorKind::Conflict,
        3 | 4 | 11 | 51 => ErrorKind::Limited,
        52 => ErrorKind::Unreachable,
        10 | 12 | 17 | 71 => ErrorKind::Unsupported,
        18 | 19 | 21 | 34 | 53 | 64 | 65 | 67 | 69 => ErrorKind::Invalid,
        _ => ErrorKind::Unexpected,
    };
    let mut detail = format!("the directory answered {} ({})", result.rc, meaning(result.rc));
    if let Some(more) = told(result) {
        detail.push_str(": ");
        detail.push_str(&more);
    }
    let mut error = Error::new(kind, detail).with_code(result.rc);
    // The wrong state may be gone at the next look: another administrator was at work.
    if matches!(result.rc, 16 | 20) {
        error.retry = RetryAdvice::Soon;
    }
    error
}

/// A failure of the connection or of the protocol.
pub(super) fn failed(error: LdapError, doing: Doing) -> Error {
    if let LdapError::LdapResult { result } = &error {
        return refused(result);
    }
    let (kind, detail) = match (&error, doing) {
        (LdapError::UnknownScheme(_) | LdapError::UrlParsing { .. }, _) => {
            (ErrorKind::Invalid, "the setting `url` is not an LDAP address".to_owned())
        }
        (LdapError::FilterParsing, _) => {
            (ErrorKind::Invalid, "the search filter can't be written".to_owned())
        }
        (LdapError::AddNoValues, _) => (ErrorKind::Invalid, "a property has no value".to_owned()),
        (LdapError::Io { source }, Doing::Connecting) => {
            (ErrorKind::Unreachable, format!("the directory can't be reached: {}", source.kind()))
        }
        (LdapError::Rustls { .. } | LdapError::DNSName { .. }, _) => {
            (ErrorKind::Unreachable, format!("no trusted connection: {error}"))
        }
        (_, Doing::Connecting | Doing::Reading) => {
            (ErrorKind::Unreachable, "the directory did not answer in time or hung up".to_owned())
        }
        (_, Doing::Writing) => (
            ErrorKind::OutcomeUnknown,
            "the change was sent, and the directory did not answer".to_owned(),
        ),
    };
    Error::new(kind, detail).because(error)
}

fn meaning(code: u32) -> &'static str {
    match code {
        3 => "time limit exceeded",
        4 => "size limit exceeded",
        8 | 13 => "it wants a stronger or an encrypted connection",
        10 => "the object is in another domain, which this connection does not follow",
        11 => "administrative limit exceeded",
        12 | 17 => "it does not know this property or control",
        16 => "the value to be changed is not there",
        19 => "a rule of the directory forbids the value",
        20 => "the value is there already",
        21 | 34 => "it can't read the value",
        32 => "no such object",
        49 => "it does not accept these credentials",
        50 => "no permission",
        51 => "busy",
        52 => "unavailable",
        53 => "unwilling to do this",
        64 | 65 | 67 | 69 => "the change would break its schema",
        66 => "the object has others under it",
        68 => "an object with this name exists",
        71 => "the change would touch several servers",
        _ => "an unusual answer",
    }
}

/// What the numbers in the text say: "data 533" of a refused bind, "0000052D" of a refused write.
fn told(result: &LdapResult) -> Option<String> {
    let text = &result.text;
    if result.rc == 49 {
        let data = text.split("data ").nth(1)?;
        let code: String = data.chars().take_while(char::is_ascii_hexdigit).take(8).collect();
        let meaning = match code.as_str() {
            "525" => "no such account",
            "52e" => "wrong name or password",
            "530" => "not allowed at this time",
            "531" => "not allowed from here",
            "532" => "the password has expired",
            "533" => "the account is disabled",
            "701" => "the account has expired",
            "773" => "the password must be changed first",
            "775" => "the account is locked out",
            _ => "see the directory's own list",
        };
        return Some(format!("data {code}, {meaning}"));
    }
    let code = text.split(|c: char| !c.is_ascii_hexdigit()).find(|word| word.len() == 8)?;
    let code = code.to_ascii_uppercase();
    Some(match code.as_str() {
        "00000005" => "access is denied".to_owned(),
        "0000052D" => "the password does not meet the domain's policy".to_owned(),
        "00000524" => "an account with this name exists".to_owned(),
        "00000561" => "a group can't leave the account's primary group".to_owned(),
        "00000528" => "it is a member already".to_owned(),
        "00000529" => "it is no member".to_owned(),
        _ => format!("error {code}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(rc: u32, text: &str) -> LdapResult {
        LdapResult {
            rc,
            matched: String::new(),
            text: text.to_owned(),
            refs: Vec::new(),
            ctrls: Vec::new(),
        }
    }

    #[test]
    fn every_answer_has_one_meaning() {
        for (rc, text, kind, says) in [
            (
                49,
                "80090308: LdapErr: DSID-0C09042F, data 533, v2580",
                ErrorKind::Denied,
                "disabled",
            ),
            (
                49,
                "80090308: LdapErr: DSID-0C09042F, data 52e, v2580",
                ErrorKind::Denied,
                "password",
            ),
            (50, "00000005: for CN=Jan Janssen,DC=t", ErrorKind::Denied, "access is denied"),
            (32, "", ErrorKind::Absent, "no such object"),
            (53, "0000001F: SvcErr", ErrorKind::Invalid, "unwilling"),
            (19, "0000052D: Constraint violation", ErrorKind::Invalid, "policy"),
            (68, "", ErrorKind::Conflict, "exists"),
            (51, "", ErrorKind::Limited, "busy"),
            (52, "", ErrorKind::Unreachable, "unavailable"),
            (10, "", ErrorKind::Unsupported, "another domain"),
            (80, "", ErrorKind::Unexpected, "unusual"),
        ] {
            let error = refused(&result(rc, text));
            assert_eq!((error.kind, error.code), (kind, Some(rc)), "{rc}");
            assert!(error.detail.contains(says), "{}", error.detail);
            assert!(!error.detail.contains("Janssen"), "{}", error.detail);
        }
    }

    #[test]
    fn silence_after_a_write_is_an_unknown_outcome_and_after_a_read_is_not() {
        for (doing, kind) in [
            (Doing::Connecting, ErrorKind::Unreachable),
            (Doing::Reading, ErrorKind::Unreachable),
            (Doing::Writing, ErrorKind::OutcomeUnknown),
        ] {
            assert_eq!(failed(LdapError::EndOfStream, doing).kind, kind);
        }
    }
}
