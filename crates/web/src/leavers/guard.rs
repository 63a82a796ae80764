//! Who gets in, from where, how often, and what a browser is told about every page.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};
use kompel_model::{Language, Secret, TenantId, Timestamp};
use sha2::{Digest as _, Sha256};

/// What the browser holds, out of its cookies.
pub(super) fn held(headers: &HeaderMap) -> Option<Secret> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|all| all.split(';')).filter_map(|one| one.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim() == COOKIE)?;
    is_ticket(value.trim()).then(|| Secret::new(value.trim().to_owned()))
}

/// True if a text has the form of what links and cookies hold.
pub(super) fn is_ticket(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The cookie that leaves this with the browser, for these seconds; 0 takes it back.
pub(super) fn cookie(
    tenant: &TenantId,
    value: &str,
    seconds: i64,
    headers: &HeaderMap,
) -> Option<HeaderValue> {
    let secure = if is_here(headers) { "" } else { "; Secure" };
    let path = format!("/leavers/{tenant}");
    HeaderValue::from_str(&format!(
        "{COOKIE}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    ))
    .ok()
}

/// True if the browser speaks to its own machine: only there may the cookie go without TLS.
fn is_here(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok());
    let name = name.map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// What a page holds so that only it can be sent back: nothing to those who don't hold `held`.
pub(super) fn csrf(held: &Secret) -> String {
    let digest = Sha256::digest(format!("kompel page {}", held.reveal()));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// True if a form comes from a page of ours, as far as the browser tells, and holds what our page
/// held. Digests are compared, so that the time it takes tells nothing.
pub(super) fn is_own(headers: &HeaderMap, held: Option<&Secret>, sent: &str) -> bool {
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    let from = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    from.is_none_or(|site| site == "same-origin")
        && held.is_none_or(|held| digest(&csrf(held)) == digest(sent))
}

/// The language of the page: the one asked for, else the first of the browser's that is spoken.
pub(super) fn language(asked: &str, headers: &HeaderMap, usual: Language) -> Language {
    let spoken = |tag: &str| match tag.trim().split(['-', ';']).next().unwrap_or_default() {
        "nl" => Some(Language::Nl),
        "en" => Some(Language::En),
        _ => None,
    };
    let accepts = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let mut wanted: Vec<(f32, &str)> = accepts
        .unwrap_or_default()
        .split(',')
        .take(MOST_LANGUAGES)
        .map(|tag| {
            (tag.split_once(";q=").map_or(1.0, |(_, q)| q.trim().parse().unwrap_or(0.0)), tag)
        })
        .collect();
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    spoken(asked).or_else(|| wanted.iter().find_map(|(_, tag)| spoken(tag))).unwrap_or(usual)
}

/// Tells the browser to keep the page to itself and to take nothing in from elsewhere.
pub(super) fn sealed(mut response: Response) -> Response {
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; \
             base-uri 'none'",
        ),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // With `no-referrer` browsers would also keep from us where a form comes from.
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Counts what each asker sends.
#[derive(Default)]
pub(super) struct Turnstile(Mutex<BTreeMap<(TenantId, String), (i64, u32)>>);

impl Turnstile {
    /// Lets an asker through, or tells in how many seconds they may try again.
    pub(super) fn admits(&self, tenant: &TenantId, asker: &str, now: Timestamp) -> Result<(), i64> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let second = now.timestamp();
        if counts.len() >= MOST_COUNTED {
            counts.retain(|_, (since, _)| second - *since < WITHIN_SECONDS);
        }
        let count = counts.entry((tenant.clone(), asker.to_owned())).or_insert((second, 0));
        if second - count.0 >= WITHIN_SECONDS || second < count.0 {
            *count = (second, 0);
        }
        if count.1 >= MOST_SENT {
            return Err(count.0 + WITHIN_SECONDS - second);
        }
        count.1 += 1;
        Ok(())
    }
}

const COOKIE: &str = "kompel_form";
const MOST_LANGUAGES: usize = 16;
const MOST_COUNTED: usize = 10_000;
/// How many forms somebody sends within ten minutes: enough for a whole team that leaves.
const MOST_SENT: u32 = 60;
const WITHIN_SECONDS: i64 = 600;

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.parse().unwrap(), v.parse().unwrap())).collect()
    }

    #[test]
    fn the_cookie_is_found_among_others_and_is_sent_without_tls_to_this_machine_only() {
        let ticket = "a".repeat(64);
        let of = |cookies: &str| held(&headers(&[("cookie", cookies)]));
        let found = of(&format!("a=b; kompel_form={ticket}; c=d")).unwrap();
        assert_eq!(found.reveal(), ticket);
        for none in ["", "a=b", "kompel_form=", "kompel_form=x", "xkompel_form=y"] {
            assert!(of(none).is_none(), "{none}");
        }
        let acme = "acme".parse().unwrap();
        for (host, secure) in [
            ("kompel.msp.example", true),
            ("127.evil.example", true),
            ("localhost.evil.example", true),
            ("127.0.0.1:7411", false),
            ("localhost", false),
            ("[::1]:7411", false),
        ] {
            let made = cookie(&acme, &ticket, 60, &headers(&[("host", host)])).unwrap();
            let made = made.to_str().unwrap();
            assert_eq!(made.contains("; Secure"), secure, "{host}");
            assert!(made.contains("HttpOnly; SameSite=Lax") && made.contains("Path=/leavers/acme"));
        }
    }

    #[test]
    fn a_form_from_elsewhere_or_without_what_the_page_held_is_not_ours() {
        let ticket = Secret::new("b".repeat(64));
        let (right, wrong) = (csrf(&ticket), csrf(&Secret::new("c".repeat(64))));
        for (site, sent, own) in [
            (None, right.as_str(), true),
            (Some("same-origin"), right.as_str(), true),
            (Some("same-origin"), wrong.as_str(), false),
            (Some("cross-site"), right.as_str(), false),
            (Some("same-site"), right.as_str(), false),
            (None, "", false),
        ] {
            let headers =
                site.map_or_else(HeaderMap::new, |site| headers(&[("sec-fetch-site", site)]));
            assert_eq!(is_own(&headers, Some(&ticket), sent), own, "{site:?} {sent}");
        }
    }

    #[test]
    fn the_page_speaks_what_is_asked_for_and_spoken() {
        for (asked, accepts, spoken) in [
            ("", "nl-BE,nl;q=0.9,en;q=0.8", Language::Nl),
            ("", "fr, en;q=0.5, nl;q=0.7", Language::Nl),
            ("en", "nl", Language::En),
            ("xx", "de", Language::Nl),
            ("", "", Language::Nl),
            ("", "en-GB", Language::En),
        ] {
            let told = language(asked, &headers(&[("accept-language", accepts)]), Language::Nl);
            assert_eq!(told, spoken, "{asked} {accepts}");
        }
    }

    #[test]
    fn who_sends_too_much_waits_and_others_do_not() {
        let (turnstile, acme) = (Turnstile::default(), "acme".parse::<TenantId>().unwrap());
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let begin = at("2026-03-01T09:00:00Z");
        for _ in 0..MOST_SENT {
            assert_eq!(turnstile.admits(&acme, "els", begin), Ok(()));
        }
        assert_eq!(turnstile.admits(&acme, "els", at("2026-03-01T09:09:00Z")), Err(60));
        assert_eq!(turnstile.admits(&acme, "an", begin), Ok(()));
        assert_eq!(turnstile.admits(&"globex".parse().unwrap(), "els", begin), Ok(()));
        assert_eq!(turnstile.admits(&acme, "els", at("2026-03-01T09:10:00Z")), Ok(()));
    }
}
