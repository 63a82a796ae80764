//! Links by which people ask for something in the browser: made for one person, opened once.
//!
//! What the link holds is good for one opening; what the browser then holds is good until it
//! expires or is revoked. Only hashes of both are kept, and each change stands in the audit trail.

use kompel_model::{Secret, TenantId, Timestamp};
use rusqlite::{OptionalExtension as _, Transaction, params};
use sha2::{Digest as _, Sha256};

use super::Scope;
use crate::{
    Error,
    audit::{AuditEvent, Trail},
    journal::{from_micros, to_micros},
    key::{random, to_hex},
};

/// A link as it is listed; nothing in it lets anybody in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FormLink {
    /// Whose, by the short name in the configuration.
    pub person: String,
    /// When it was made.
    pub made: Timestamp,
    /// When what it opens ends.
    pub expires: Timestamp,
    /// When it was opened.
    pub opened: Option<Timestamp>,
    /// When it, or what it opened, was revoked.
    pub revoked: Option<Timestamp>,
}

/// A new secret for a browser: 256 random bits as text.
///
/// # Errors
/// `NoRandomness` without random bytes.
pub fn new_ticket() -> Result<Secret, Error> {
    let mut bytes = [0u8; 32];
    random(&mut bytes)?;
    Ok(Secret::new(to_hex(&bytes)))
}

/// What is kept of it.
fn hash(ticket: &Secret) -> String {
    to_hex(&Sha256::digest(format!("kompel form {}", ticket.reveal()).as_bytes()))
}

impl Scope<'_> {
    /// Keeps a link for this person, good for what it opens until `expires`.
    ///
    /// # Errors
    /// `Database` if SQLite refuses.
    pub fn make_form_link(
        &mut self,
        person: &str,
        link: &Secret,
        at: Timestamp,
        expires: Timestamp,
    ) -> Result<(), Error> {
        let (transaction, tenant) = self.immediate()?;
        transaction.execute(
            "INSERT INTO form_links (tenant, person, link, made, expires)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![tenant.as_str(), person, hash(link), to_micros(at), to_micros(expires)],
        )?;
        let event = AuditEvent::new("form.link-made", at)
            .by("operator")
            .detail("person", person)
            .detail("expires", expires.to_rfc3339());
        Trail::append(&transaction, tenant, &event)?;
        Ok(transaction.commit()?)
    }

    /// Opens a link, once, for the browser that holds `session`; gives whose it is, and until when.
    /// `None` if it was opened, revoked, or made too long ago.
    ///
    /// # Errors
    /// `Database` if SQLite refuses.
    pub fn open_form_link(
        &mut self,
        link: &Secret,
        session: &Secret,
        at: Timestamp,
    ) -> Result<Option<(String, Timestamp)>, Error> {
        let (transaction, tenant) = self.immediate()?;
        let person = openable(&transaction, tenant, link, at)?;
        let Some(person) = person else { return Ok(None) };
        let expires: i64 = transaction.query_row(
            "UPDATE form_links SET opened = ?3, session = ?4 WHERE tenant = ?1 AND link = ?2
             RETURNING expires",
            params![tenant.as_str(), hash(link), to_micros(at), hash(session)],
            |row| row.get(0),
        )?;
        let event = AuditEvent::new("form.link-opened", at).by(&person);
        Trail::append(&transaction, tenant, &event)?;
        transaction.commit()?;
        Ok(Some((person, from_micros(expires))))
    }

    /// Whose link this is, if it can still be opened; opens nothing.
    ///
    /// # Errors
    /// `Database` if SQLite refuses.
    pub fn form_link_of(&mut self, link: &Secret, at: Timestamp) -> Result<Option<String>, Error> {
        let (transaction, tenant) = (self.connection.unchecked_transaction()?, &self.tenant);
        openable(&transaction, tenant, link, at)
    }

    /// Who asks from the browser that holds this.
    ///
    /// # Errors
    /// `Database` if SQLite refuses.
    pub fn form_asker(&mut self, session: &Secret, at: Timestamp) -> Result<Option<String>, Error> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT person FROM form_links
                 WHERE tenant = ?1 AND session = ?2 AND revoked IS NULL AND expires > ?3",
            )?
            .query_row(params![self.tenant.as_str(), hash(session), to_micros(at)], |row| {
                row.get(0)
            });
        Ok(found.optional()?)
    }

    /// Every link that still lets somebody in or could, the oldest first.
    ///
    /// # Errors
    /// `Database` if SQLite refuses.
    pub fn form_links(&mut self, at: Timestamp) -> Result<Vec<FormLink>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT person, made, expires, opened, revoked FROM form_links
             WHERE tenant = ?1 AND revoked IS NULL AND expires > ?2 ORDER BY id",
        )?;
        let moment = |micros: Option<i64>| micros.map(from_micros);
        let rows = statement.query_map(params![self.tenant.as_str(), to_micros(at)], |row| {
            Ok(FormLink {
                person: row.get(0)?,
                made: from_micros(row.get(1)?),
                expires: from_micros(row.get(2)?),
                opened: moment(row.get(3)?),
                revoked: moment(row.get(4)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Revokes all links of a person and everything that they opened; gives how many.
    ///
    /// # Errors
    /// `Database` if SQLite refuses.
    pub fn revoke_form_links(&mut self, person: &str, at: Timestamp) -> Result<usize, Error> {
        let (transaction, tenant) = self.immediate()?;
        let count = transaction.execute(
            "UPDATE form_links SET revoked = ?3
             WHERE tenant = ?1 AND person = ?2 AND revoked IS NULL AND expires > ?3",
            params![tenant.as_str(), person, to_micros(at)],
        )?;
        if count > 0 {
            let event = AuditEvent::new("form.links-revoked", at)
                .by("operator")
                .detail("person", person)
                .detail("count", count);
            Trail::append(&transaction, tenant, &event)?;
        }
        transaction.commit()?;
        Ok(count)
    }

    /// Ends what this browser holds.
    ///
    /// # Errors
    /// `Database` if SQLite refuses.
    pub fn close_form(&mut self, session: &Secret, at: Timestamp) -> Result<(), Error> {
        let (transaction, tenant) = self.immediate()?;
        let person: Option<String> = transaction
            .query_row(
                "UPDATE form_links SET revoked = ?3
                 WHERE tenant = ?1 AND session = ?2 AND revoked IS NULL RETURNING person",
                params![tenant.as_str(), hash(session), to_micros(at)],
                |row| row.get(0),
            )
            .optional()?;
        if let Some(person) = person {
            let event = AuditEvent::new("form.closed", at).by(person);
            Trail::append(&transaction, tenant, &event)?;
        }
        Ok(transaction.commit()?)
    }
}

/// Whose link this is, if nobody opened or revoked it and it is not too old.
fn openable(
    transaction: &Transaction<'_>,
    tenant: &TenantId,
    link: &Secret,
    at: Timestamp,
) -> Result<Option<String>, Error> {
    let oldest = at - OPENED_WITHIN;
    let found = transaction
        .prepare_cached(
            "SELECT person FROM form_links
             WHERE tenant = ?1 AND link = ?2 AND opened IS NULL AND revoked IS NULL
                 AND expires > ?3 AND made > ?4",
        )?
        .query_row(params![tenant.as_str(), hash(link), to_micros(at), to_micros(oldest)], |row| {
            row.get(0)
        });
    Ok(found.optional()?)
}

/// How long a link waits to be opened.
const OPENED_WITHIN: chrono::TimeDelta = chrono::TimeDelta::days(7);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    #[test]
    fn a_link_lets_one_browser_in_until_it_expires_or_is_revoked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kompel.db");
        let mut store = Store::open(&path).unwrap();
        let mut acme = store.tenant("acme".parse().unwrap());
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let (made, expires) = (at("2026-03-01T09:00:00Z"), at("2026-05-30T09:00:00Z"));
        let (link, session, thief) =
            (new_ticket().unwrap(), new_ticket().unwrap(), new_ticket().unwrap());
        acme.make_form_link("els", &link, made, expires).unwrap();
        let soon = at("2026-03-02T09:00:00Z");
        assert_eq!(acme.form_link_of(&link, soon).unwrap().as_deref(), Some("els"));
        assert_eq!(acme.form_link_of(&link, at("2026-03-09T09:00:00Z")).unwrap(), None, "too old");
        assert_eq!(acme.form_asker(&link, soon).unwrap(), None, "a link is not what it opens");
        assert_eq!(acme.open_form_link(&session, &thief, soon).unwrap(), None);
        let opened = acme.open_form_link(&link, &session, soon).unwrap();
        assert_eq!(opened, Some(("els".to_owned(), expires)));
        assert_eq!(acme.open_form_link(&link, &thief, soon).unwrap(), None, "once");
        let asker = |scope: &mut Scope<'_>, at| scope.form_asker(&session, at).unwrap();
        assert_eq!(asker(&mut acme, soon).as_deref(), Some("els"));
        assert_eq!(asker(&mut acme, at("2026-05-29T09:00:00Z")).as_deref(), Some("els"));
        assert_eq!(asker(&mut acme, expires), None);
        assert_eq!(acme.form_links(soon).unwrap().len(), 1);
        drop(acme);
        let other = &mut store.tenant("globex".parse().unwrap());
        assert_eq!(asker(other, soon), None, "another tenant's");
        assert_eq!(other.revoke_form_links("els", soon).unwrap(), 0);
        let mut acme = store.tenant("acme".parse().unwrap());
        assert_eq!(acme.revoke_form_links("els", soon).unwrap(), 1);
        assert_eq!((asker(&mut acme, soon), acme.form_links(soon).unwrap()), (None, vec![]));
        let kinds: Vec<_> =
            acme.audit_entries(9).unwrap().into_iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds.len(), 3, "{kinds:?}");
        drop(store);
        for bytes in [std::fs::read(&path).unwrap()] {
            for secret in [&link, &session] {
                let held = bytes.windows(64).any(|part| part == secret.reveal().as_bytes());
                assert!(!held, "only its hash is kept");
            }
        }
    }
}
