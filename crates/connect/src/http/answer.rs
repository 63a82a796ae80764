//! A peer's whole answer, and what its status means.

use std::time::Duration;

use chrono::DateTime;
use kompel_model::Timestamp;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;

use super::Stake;
use crate::{Error, ErrorKind, RetryAdvice};

/// An answer that came whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
    pub(super) stake: Stake,
}

impl Answer {
    /// True for 2xx.
    pub fn succeeded(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header as text, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// `Unexpected`, or `OutcomeUnknown` after a write, if it is not such JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let kind = match self.stake {
                Stake::Read => ErrorKind::Unexpected,
                Stake::Write => ErrorKind::OutcomeUnknown,
            };
            // serde's words may quote the body, which may be personal.
            let place = format!("line {}, column {}", error.line(), error.column());
            Error::new(kind, format!("the answer is not the JSON that was expected ({place})"))
                .with_code(self.status.into())
        })
    }

    /// What a status that is not 2xx means; `now` reads a `Retry-After` date without a `Date`.
    ///
    /// A 5xx to a write is `OutcomeUnknown`: the peer or something in front of it failed after it
    /// had the request, and a half-done write that is repeated blindly may be done twice. 503 and
    /// 429 say that it was turned away.
    pub fn refusal(&self, now: Timestamp) -> Error {
        let (kind, what) = match self.status {
            401 => (ErrorKind::Denied, "the credentials were refused"),
            403 | 407 => (ErrorKind::Denied, "not allowed"),
            404 | 410 => (ErrorKind::Absent, "not there"),
            409 | 412 | 423 => (ErrorKind::Conflict, "not in the expected state"),
            425 | 429 => (ErrorKind::Limited, "too many requests"),
            503 => (ErrorKind::Limited, "turned away for now"),
            408 => (ErrorKind::Unreachable, "the peer got no whole request"),
            405 | 406 | 501 | 505 => (ErrorKind::Unsupported, "not offered"),
            400..=499 => (ErrorKind::Invalid, "the request was refused as wrong"),
            500..=599 => match self.stake {
                Stake::Read => (ErrorKind::Unexpected, "the peer failed"),
                Stake::Write => (ErrorKind::OutcomeUnknown, "the peer failed after the request"),
            },
            300..=399 => (ErrorKind::Unexpected, "redirected elsewhere, which is not followed"),
            _ => (ErrorKind::Unexpected, "an answer that makes no sense"),
        };
        let mut error = Error::new(kind, format!("{what} (HTTP {})", self.status))
            .with_code(self.status.into());
        if !matches!(self.status, 400..=599) {
            error.retry = RetryAdvice::Never;
        }
        match self.retry_after(now) {
            Some(wait) if kind == ErrorKind::Limited => error.retry_after(wait),
            _ => error,
        }
    }

    /// How long the peer wants to be left alone, at most a day.
    ///
    /// # Source
    /// RFC 9110 §10.2.3: seconds or a date, which is held against the answer's own `Date`.
    pub fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        let wait = match text.parse::<u64>() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => {
                let until = DateTime::parse_from_rfc2822(text).ok()?;
                let sent = self
                    .headers
                    .get(DATE)
                    .and_then(|value| DateTime::parse_from_rfc2822(value.to_str().ok()?).ok());
                let from = sent.map_or(now, |sent| sent.to_utc());
                (until.to_utc() - from).to_std().unwrap_or_default()
            }
        };
        Some(wait.min(LONGEST_WAIT))
    }
}

const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn answer(status: u16, stake: Stake, headers: &[(&'static str, &str)]) -> Answer {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap()))
            .collect();
        Answer { status, headers, body: b"{\"secret\": \"x\"}".to_vec(), stake }
    }

    #[test]
    fn a_status_says_what_the_refusal_means() {
        use ErrorKind::{
            Absent, Conflict, Denied, Invalid, Limited, OutcomeUnknown, Unexpected, Unreachable,
            Unsupported,
        };
        for (status, to_read, to_write) in [
            (400, Invalid, Invalid),
            (401, Denied, Denied),
            (403, Denied, Denied),
            (404, Absent, Absent),
            (405, Unsupported, Unsupported),
            (408, Unreachable, Unreachable),
            (409, Conflict, Conflict),
            (410, Absent, Absent),
            (412, Conflict, Conflict),
            (418, Invalid, Invalid),
            (422, Invalid, Invalid),
            (429, Limited, Limited),
            (500, Unexpected, OutcomeUnknown),
            (501, Unsupported, Unsupported),
            (502, Unexpected, OutcomeUnknown),
            (503, Limited, Limited),
            (504, Unexpected, OutcomeUnknown),
            (302, Unexpected, Unexpected),
        ] {
            for (stake, kind) in [(Stake::Read, to_read), (Stake::Write, to_write)] {
                let refusal = answer(status, stake, &[]).refusal(Timestamp::UNIX_EPOCH);
                assert_eq!(refusal.kind, kind, "{status} {stake:?}");
                assert_eq!(refusal.code, Some(status.into()));
            }
        }
        let redirected = answer(302, Stake::Read, &[]).refusal(Timestamp::UNIX_EPOCH);
        assert_eq!(redirected.retry, RetryAdvice::Never);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        const DATE: &str = "Fri, 31 Dec 1999 23:59:00 GMT";
        let now = DateTime::parse_from_rfc3339("1999-12-31T23:58:00Z").unwrap().to_utc();
        let soon = RetryAdvice::Soon;
        let after = |seconds| RetryAdvice::After(Duration::from_secs(seconds));
        for (value, date, retry) in [
            ("7", None, after(7)),
            (" 120 ", None, after(120)),
            ("99999999999", None, after(86_400)),
            (DATE, None, after(60)),
            (DATE, Some("Fri, 31 Dec 1999 23:58:50 GMT"), after(10)),
            (DATE, Some("Sat, 01 Jan 2000 00:00:00 GMT"), after(0)),
            ("-1", None, soon),
            ("tomorrow", None, soon),
            ("", None, soon),
        ] {
            let mut headers = vec![("retry-after", value)];
            headers.extend(date.map(|date| ("date", date)));
            let refusal = answer(429, Stake::Write, &headers).refusal(now);
            assert_eq!(refusal.retry, retry, "{value} {date:?}");
        }
    }

    #[test]
    fn a_body_that_does_not_fit_is_not_quoted() {
        let error = answer(200, Stake::Write, &[]).json::<Vec<u8>>().unwrap_err();
        assert_eq!(error.kind, ErrorKind::OutcomeUnknown);
        assert!(!format!("{error:?} {error}").contains("secret"), "{error:?}");
    }
}
