//! One conversation with a directory: connect, bind, search in pages, change.

use std::{
    collections::{BTreeMap, HashSet},
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use futures::FutureExt as _;
use ldap3::{
    Ldap, LdapConnAsync, LdapConnSettings, LdapError, LdapResult, Mod, ResultEntry, Scope,
    SearchEntry,
    adapters::{Adapter, EntriesOnly, PagedResults},
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use tokio::task::JoinSet;

use super::{
    config::Config,
    error::{Doing, failed, refused},
};
use crate::{Connection, Error, ErrorKind};

/// A bound connection. Ends when dropped.
pub(super) struct Session {
    ldap: Ldap,
    base: String,
    timeout: Duration,
    /// Moves the bytes; stopped with the session.
    _driver: JoinSet<()>,
}

impl Session {
    /// Connects and binds with the connection's service account.
    pub(super) async fn open(connection: &Connection) -> Result<Self, Error> {
        let config = Config::read(connection)?;
        let password = connection
            .settings
            .secret("password")
            .map_err(|error| Error::new(ErrorKind::Invalid, error.to_string()))?;
        let mut session = Self::connect(&config).await?;
        let mut ldap = session.ldap.clone();
        ldap.with_timeout(session.timeout);
        // An empty password would be an anonymous bind, which "succeeds".
        if password.reveal().is_empty() {
            return Err(Error::new(ErrorKind::Invalid, "setting `password` is empty"));
        }
        let bound = guarded(ldap.simple_bind(&config.bind, password.reveal()), Doing::Connecting);
        succeeded(&bound.await?)?;
        session.base = match config.base {
            Some(base) => base,
            None => session.default_base().await?,
        };
        Ok(session)
    }

    async fn connect(config: &Config) -> Result<Self, Error> {
        let timeout = config.timeout();
        let mut settings =
            LdapConnSettings::new().set_conn_timeout(timeout).set_starttls(config.start_tls);
        if let Some(path) = &config.ca_file {
            let pem = tokio::fs::read(path).await.map_err(|error| {
                let detail = format!("setting `ca_file`: {} can't be read", path.display());
                Error::new(ErrorKind::Invalid, detail).because(error)
            })?;
            settings = settings.set_config(Arc::new(trusting(&pem)?));
        }
        let opened = LdapConnAsync::with_settings(settings, &config.url);
        let (conn, ldap) = guarded(opened, Doing::Connecting).await?;
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            if let Err(error) = conn.drive().await {
                tracing::debug!(error = %error, "connect.ad.connection_ended");
            }
        });
        Ok(Self { ldap, base: String::new(), timeout, _driver: driver })
    }

    async fn default_base(&mut self) -> Result<String, Error> {
        let root = self.entry("", &["defaultNamingContext"]).await?;
        root.and_then(|entry| entry.text("defaultNamingContext").map(str::to_owned)).ok_or_else(
            || {
                let detail = "the directory names no domain: set `base`";
                Error::new(ErrorKind::Unsupported, detail)
            },
        )
    }

    /// Where accounts and groups are looked for.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Every entry under the base that fits the filter, page by page.
    pub(super) async fn search(
        &mut self,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>, Error> {
        let base = self.base.clone();
        self.search_under(&base, filter, attributes).await
    }

    /// Every entry under this one that fits the filter, page by page. References to other
    /// domains are passed over.
    pub(super) async fn search_under(
        &mut self,
        base: &str,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>, Error> {
        let attributes: Vec<String> = attributes.iter().map(|name| (*name).to_owned()).collect();
        let adapters: Vec<Box<dyn Adapter<'_, String, Vec<String>>>> =
            vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(PAGE_ROWS))];
        let mut ldap = self.ldap.clone();
        ldap.with_timeout(self.timeout);
        let opening =
            ldap.streaming_search_with(adapters, base, Scope::Subtree, filter, attributes);
        let mut stream = guarded(opening, Doing::Reading).await?;
        let mut entries = Vec::new();
        while let Some(row) = guarded(stream.next(), Doing::Reading).await? {
            if entries.len() == MAX_ROWS {
                let detail = format!("more than {MAX_ROWS} entries: set a smaller `base`");
                return Err(Error::new(ErrorKind::Unsupported, detail));
            }
            entries.push(Entry::of(row)?);
        }
        succeeded(&stream.finish().await)?;
        Ok(entries)
    }

    /// One entry by its name; `None` if it is not there.
    pub(super) async fn entry(
        &mut self,
        dn: &str,
        attributes: &[&str],
    ) -> Result<Option<Entry>, Error> {
        self.entry_if(dn, "(objectClass=*)", attributes).await
    }

    /// One entry by its name, if it fits the filter.
    pub(super) async fn entry_if(
        &mut self,
        dn: &str,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Option<Entry>, Error> {
        let mut ldap = self.ldap.clone();
        ldap.with_timeout(self.timeout);
        let found = guarded(ldap.search(dn, Scope::Base, filter, attributes), Doing::Reading);
        let found = found.await?;
        // 34: what was given as a name can't be one, so there is no such entry.
        if matches!(found.1.rc, 32 | 34) {
            return Ok(None);
        }
        succeeded(&found.1)?;
        found.0.into_iter().next().map(Entry::of).transpose()
    }

    /// Changes properties of one entry.
    pub(super) async fn modify(&mut self, dn: &str, changes: Vec<Change>) -> Result<(), Error> {
        let mut ldap = self.ldap.clone();
        ldap.with_timeout(self.timeout);
        let mods = changes.into_iter().map(Change::into_mods).collect::<Vec<_>>().concat();
        succeeded(&guarded(ldap.modify(dn, mods), Doing::Writing).await?)
    }

    /// Gives an entry another parent; its own name stays.
    pub(super) async fn move_to(&mut self, dn: &str, rdn: &str, parent: &str) -> Result<(), Error> {
        let mut ldap = self.ldap.clone();
        ldap.with_timeout(self.timeout);
        let moved = guarded(ldap.modifydn(dn, rdn, true, Some(parent)), Doing::Writing);
        succeeded(&moved.await?)
    }

    /// Makes an entry.
    pub(super) async fn add(
        &mut self,
        dn: &str,
        properties: Vec<(&str, Vec<u8>)>,
    ) -> Result<(), Error> {
        let mut by_name: BTreeMap<&str, HashSet<Vec<u8>>> = BTreeMap::new();
        for (name, value) in properties {
            by_name.entry(name).or_default().insert(value);
        }
        let attributes =
            by_name.into_iter().map(|(name, values)| (name.as_bytes().to_vec(), values)).collect();
        let mut ldap = self.ldap.clone();
        ldap.with_timeout(self.timeout);
        succeeded(&guarded(ldap.add(dn, attributes), Doing::Writing).await?)
    }

    /// Deletes an entry.
    pub(super) async fn delete(&mut self, dn: &str) -> Result<(), Error> {
        let mut ldap = self.ldap.clone();
        ldap.with_timeout(self.timeout);
        succeeded(&guarded(ldap.delete(dn), Doing::Writing).await?)
    }
}

/// One change of one property.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// Takes the old value out and puts the new one in: refused by the directory (16) if the old
    /// one is not there any more. Samba's does not refuse it.
    Exchange { property: &'static str, from: Vec<u8>, to: Vec<u8> },
    /// Sets the only value, whatever it was.
    Set { property: &'static str, to: Vec<u8> },
    /// Adds one value.
    Add { property: &'static str, value: Vec<u8> },
    /// Takes one value out.
    Remove { property: &'static str, value: Vec<u8> },
    /// Takes all values out.
    Clear { property: &'static str },
}

impl Change {
    fn into_mods(self) -> Vec<Mod<Vec<u8>>> {
        let name = |property: &str| property.as_bytes().to_vec();
        match self {
            Self::Exchange { property, from, to } => vec![
                Mod::Delete(name(property), HashSet::from([from])),
                Mod::Add(name(property), HashSet::from([to])),
            ],
            Self::Set { property, to } => vec![Mod::Replace(name(property), HashSet::from([to]))],
            Self::Add { property, value } => vec![Mod::Add(name(property), HashSet::from([value]))],
            Self::Remove { property, value } => {
                vec![Mod::Delete(name(property), HashSet::from([value]))]
            }
            Self::Clear { property } => vec![Mod::Replace(name(property), HashSet::new())],
        }
    }
}

/// What the directory told of one object; property names don't depend on letter case.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    /// Its distinguished name, as the directory writes it.
    pub(super) dn: String,
    properties: BTreeMap<String, Vec<Vec<u8>>>,
}

impl Entry {
    fn of(row: ResultEntry) -> Result<Self, Error> {
        // The library panics on an entry that breaks the protocol.
        let parsed = catch_unwind(AssertUnwindSafe(|| SearchEntry::construct(row)))
            .map_err(|_| nonsense())?;
        let texts = parsed.attrs.into_iter().map(|(name, values)| {
            (name, values.into_iter().map(String::into_bytes).collect::<Vec<_>>())
        });
        let mut properties = BTreeMap::new();
        for (name, values) in texts.chain(parsed.bin_attrs) {
            properties.insert(name.to_ascii_lowercase(), values);
        }
        Ok(Self { dn: parsed.dn, properties })
    }

    /// All values of a property, as bytes.
    pub(super) fn all(&self, property: &str) -> &[Vec<u8>] {
        self.properties.get(&property.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// All values of a property that are texts.
    pub(super) fn texts(&self, property: &str) -> Vec<String> {
        let texts = self.all(property).iter();
        texts.filter_map(|value| String::from_utf8(value.clone()).ok()).collect()
    }

    /// The first value, as bytes.
    pub(super) fn bytes(&self, property: &str) -> Option<&[u8]> {
        self.all(property).first().map(Vec::as_slice)
    }

    /// The first value, as text.
    pub(super) fn text(&self, property: &str) -> Option<&str> {
        std::str::from_utf8(self.bytes(property)?).ok()
    }

    /// The first value, as a number.
    pub(super) fn number(&self, property: &str) -> Option<i64> {
        self.text(property)?.parse().ok()
    }
}

/// Success, or what the refusal means.
fn succeeded(result: &LdapResult) -> Result<(), Error> {
    if result.rc == 0 { Ok(()) } else { Err(refused(result)) }
}

/// The library panics on answers that break the protocol: that is the peer's failure, not ours.
async fn guarded<T>(
    exchange: impl Future<Output = Result<T, LdapError>>,
    doing: Doing,
) -> Result<T, Error> {
    match AssertUnwindSafe(exchange).catch_unwind().await {
        Ok(answer) => answer.map_err(|error| failed(error, doing)),
        Err(_) if doing == Doing::Writing => {
            Err(Error::new(ErrorKind::OutcomeUnknown, "the directory's answer makes no sense"))
        }
        Err(_) => Err(nonsense()),
    }
}

fn nonsense() -> Error {
    Error::new(ErrorKind::Unexpected, "the directory's answer makes no sense")
}

/// TLS that trusts only the authorities in this file.
fn trusting(pem: &[u8]) -> Result<ClientConfig, Error> {
    let unusable = || Error::new(ErrorKind::Invalid, "setting `ca_file`: no usable certificate");
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| unusable().because(error))?;
        roots.add(certificate).map_err(|error| unusable().because(error))?;
    }
    if roots.is_empty() {
        return Err(unusable());
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable().because(error))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

const PAGE_ROWS: i32 = 500;
const MAX_ROWS: usize = 200_000;
