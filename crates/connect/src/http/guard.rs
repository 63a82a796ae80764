//! Which addresses a playbook may make us speak to.
//!
//! Owns two lines of defence: the tenant's list of allowed addresses, and the ranges that are never
//! meant (a cloud machine's metadata service lives on a link-local address).

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::{Error, ErrorKind};

/// True for addresses that no connection is meant to reach: link-local (cloud metadata among
/// them), unspecified, multicast and broadcast, in IPv4, IPv6 or the one within the other.
pub fn unreachable_on_purpose(address: IpAddr) -> bool {
    let v4 = |ip: Ipv4Addr| {
        ip.is_link_local() || ip.is_unspecified() || ip.is_multicast() || ip.is_broadcast()
    };
    match address {
        IpAddr::V4(ip) => v4(ip),
        IpAddr::V6(ip) => {
            // AWS answers on this one too.
            let metadata = ip == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
            let within = ip.to_ipv4_mapped().is_some_and(v4);
            ip.is_unicast_link_local()
                || ip.is_unspecified()
                || ip.is_multicast()
                || metadata
                || within
        }
    }
}

/// Resolves names, without the addresses that are never meant and without this machine itself
/// unless it is named as such: an allowed name that suddenly leads to loopback is an attack.
pub(super) struct Guard;

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let here = host == "localhost" || host.ends_with(".localhost");
            let fit: Vec<SocketAddr> = found
                .iter()
                .copied()
                .filter(|one| !unreachable_on_purpose(one.ip()))
                .filter(|one| here || !one.ip().is_loopback())
                .collect();
            if fit.is_empty() && !found.is_empty() {
                let why = "the name leads to an address that is never spoken to \
                           (link-local, or this machine under another name)";
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, why).into());
            }
            Ok(Box::new(fit.into_iter()) as Addrs)
        })
    }
}

/// The addresses that a connection allows, each a URL that what is asked for must start with.
#[derive(Debug, Clone, Default)]
pub struct AllowList(Vec<Url>);

impl AllowList {
    /// The list from a connection's `allow`.
    ///
    /// # Errors
    /// `Invalid` with the first entry that is no `http(s)` URL with a host, or has a user, a query
    /// or a fragment.
    pub fn parse(entries: &[String]) -> Result<Self, Error> {
        let parse = |entry: &String| match Url::parse(entry) {
            Ok(url)
                if matches!(url.scheme(), "http" | "https")
                    && url.has_host()
                    && plain(&url)
                    && url.query().is_none()
                    && url.fragment().is_none() =>
            {
                Ok(url)
            }
            _ => {
                let example = "write it as \"https://api.example.com/path/\"";
                Err(Error::new(
                    ErrorKind::Invalid,
                    format!("setting `allow`: {entry:?} is no address: {example}"),
                ))
            }
        };
        entries.iter().map(parse).collect::<Result<_, _>>().map(Self)
    }

    /// The address as a URL, if an entry allows it.
    ///
    /// # Errors
    /// `Invalid` if it is no `http(s)` URL; `Denied` with what to add if nothing allows it.
    pub fn admit(&self, address: &str, connection: &str) -> Result<Url, Error> {
        let url = Url::parse(address)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host() && plain(url))
            .ok_or_else(|| {
                Error::new(ErrorKind::Invalid, "the endpoint is no plain http or https address")
            })?;
        if let Some(address) = literal(&url)
            && unreachable_on_purpose(address)
        {
            let why = format!("{address} is an address that is never spoken to (link-local)");
            return Err(Error::new(ErrorKind::Denied, why));
        }
        if self.0.iter().any(|allowed| covers(allowed, &url)) {
            return Ok(url);
        }
        let origin = url.origin().ascii_serialization();
        Err(Error::new(
            ErrorKind::Denied,
            format!(
                "{origin} is not allowed: add \"{origin}/\" to `allow` of connection {connection:?}"
            ),
        ))
    }
}

fn plain(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}

fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(ip) => Some(ip.into()),
        Host::Ipv6(ip) => Some(ip.into()),
        Host::Domain(_) => None,
    }
}

/// True if `url` is at or below `allowed`: same scheme, host and port, and the path on a boundary.
fn covers(allowed: &Url, url: &Url) -> bool {
    // A server may read `%2e%2e%2f` as a way out of the allowed path.
    let climbs = || {
        let path = url.path().to_ascii_lowercase();
        path.contains("%2e") || path.contains("%2f") || path.contains("%5c")
    };
    let below = match url.path().strip_prefix(allowed.path()) {
        Some(rest) => {
            allowed.path() == "/"
                || (!climbs()
                    && (rest.is_empty() || rest.starts_with('/') || allowed.path().ends_with('/')))
        }
        None => false,
    };
    allowed.origin() == url.origin() && below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_an_entry_covers_is_admitted() {
        let list = AllowList::parse(&[
            "https://api.example/".to_owned(),
            "https://desk.example/rest/v2".to_owned(),
            "http://127.0.0.1:8080/".to_owned(),
            "http://169.254.169.254/".to_owned(),
        ])
        .unwrap();
        for (address, kind) in [
            ("https://api.example/x?y=1", None),
            ("https://API.example:443/a%2Fb", None),
            ("https://desk.example/rest/v2/issue", None),
            ("https://desk.example/rest/v2", None),
            ("http://127.0.0.1:8080/a", None),
            ("https://desk.example/rest/v20", Some(ErrorKind::Denied)),
            ("https://desk.example/rest/v2/../../admin", Some(ErrorKind::Denied)),
            ("https://desk.example/rest/v2/%2e%2e/admin", Some(ErrorKind::Denied)),
            ("https://desk.example/rest/v2/..%2f..%2fadmin", Some(ErrorKind::Denied)),
            ("http://api.example/", Some(ErrorKind::Denied)),
            ("https://api.example.evil.test/", Some(ErrorKind::Denied)),
            ("https://api.example:444/", Some(ErrorKind::Denied)),
            ("https://api.example@evil.test/", Some(ErrorKind::Invalid)),
            ("http://169.254.169.254/latest/meta-data", Some(ErrorKind::Denied)),
            ("http://2852039166/latest/meta-data", Some(ErrorKind::Denied)),
            ("http://127.0.0.1:8081/", Some(ErrorKind::Denied)),
            ("file:///etc/passwd", Some(ErrorKind::Invalid)),
            ("nonsense", Some(ErrorKind::Invalid)),
        ] {
            let refused = list.admit(address, "web").err().map(|error| error.kind);
            assert_eq!(refused, kind, "{address}");
        }
        let told = list.admit("https://new.example/a", "web").unwrap_err().detail;
        assert!(told.contains("add \"https://new.example/\" to `allow`"), "{told}");
    }

    #[test]
    fn addresses_that_are_never_meant_are_known_in_every_dress() {
        for (address, never) in [
            ("169.254.169.254", true),
            ("0.0.0.0", true),
            ("224.0.0.1", true),
            ("::ffff:169.254.169.254", true),
            ("fe80::1", true),
            ("fd00:ec2::254", true),
            ("10.0.0.1", false),
            ("127.0.0.1", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(unreachable_on_purpose(address.parse().unwrap()), never, "{address}");
        }
    }
}
