//! People: what is known of each pseudonym, and the sealed names.

use std::collections::BTreeMap;

use kompel_model::{Party, PersonId};
use rusqlite::{OptionalExtension as _, params};

use super::Scope;
use crate::{Error, Key, Sealed};

impl Scope<'_> {
    pub(super) fn write_people(&mut self, people: &BTreeMap<PersonId, Party>) -> Result<(), Error> {
        let tenant = self.tenant.as_str();
        let transaction = self.connection.transaction()?;
        {
            let mut statement = transaction.prepare_cached(
                "INSERT INTO people (tenant, pseudonym, robot, role) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (tenant, pseudonym) DO UPDATE
                 SET robot = max(robot, excluded.robot), role = coalesce(role, excluded.role)",
            )?;
            for (person, party) in people {
                statement.execute(params![tenant, person.as_str(), party.robot, party.role])?;
            }
        }
        Ok(transaction.commit()?)
    }

    pub(super) fn read_people(&mut self) -> Result<BTreeMap<PersonId, Party>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT pseudonym, robot, role FROM people WHERE tenant = ?1")?;
        let rows = statement.query_map([self.tenant.as_str()], |row| {
            let person = PersonId::new(row.get_ref(0)?.as_str()?);
            Ok((person, Party { robot: row.get(1)?, role: row.get(2)? }))
        })?;
        rows.map(|row| Ok(row?)).collect()
    }

    /// Keeps the names behind pseudonyms, sealed; a pseudonym that has a name keeps it.
    ///
    /// # Errors
    /// `Database` if SQLite refuses, `NoRandomness` without random bytes.
    pub fn write_identities(
        &mut self,
        identities: &BTreeMap<PersonId, String>,
        key: &Key,
    ) -> Result<(), Error> {
        let tenant = self.tenant.as_str();
        let transaction = self.connection.transaction()?;
        {
            let mut known = transaction
                .prepare_cached("SELECT 1 FROM identities WHERE tenant = ?1 AND pseudonym = ?2")?;
            let mut keep = transaction.prepare_cached(
                "INSERT INTO identities (tenant, pseudonym, sealed) VALUES (?1, ?2, ?3)",
            )?;
            for (person, name) in identities {
                if !known.exists([tenant, person.as_str()])? {
                    let sealed = key.seal(&context(tenant, person), name)?;
                    keep.execute(params![tenant, person.as_str(), sealed.0])?;
                }
            }
        }
        Ok(transaction.commit()?)
    }

    /// The name behind a pseudonym; `None` if none is kept. Whoever shows it writes a reveal first.
    ///
    /// # Errors
    /// `WrongKey` if it was sealed with another key.
    pub fn identity(&mut self, person: &PersonId, key: &Key) -> Result<Option<String>, Error> {
        let tenant = self.tenant.as_str();
        let sealed = self
            .connection
            .prepare_cached("SELECT sealed FROM identities WHERE tenant = ?1 AND pseudonym = ?2")?
            .query_row([tenant, person.as_str()], |row| row.get(0).map(Sealed))
            .optional()?;
        sealed.map(|sealed| open(tenant, person, &sealed, key)).transpose()
    }

    /// How many pseudonyms have a name.
    ///
    /// # Errors
    /// `Database` if SQLite refuses.
    pub fn identity_count(&mut self) -> Result<usize, Error> {
        let count: i64 = self
            .connection
            .prepare_cached("SELECT count(*) FROM identities WHERE tenant = ?1")?
            .query_row([self.tenant.as_str()], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// All names by pseudonym.
    ///
    /// # Errors
    /// `WrongKey` if one was sealed with another key.
    pub fn identities(&mut self, key: &Key) -> Result<BTreeMap<PersonId, String>, Error> {
        let tenant = self.tenant.as_str();
        let mut statement = self
            .connection
            .prepare_cached("SELECT pseudonym, sealed FROM identities WHERE tenant = ?1")?;
        let rows = statement.query_map([tenant], |row| {
            Ok((PersonId::new(row.get_ref(0)?.as_str()?), Sealed(row.get(1)?)))
        })?;
        let mut names = BTreeMap::new();
        for row in rows {
            let (person, sealed) = row?;
            let name = open(tenant, &person, &sealed, key)?;
            names.insert(person, name);
        }
        Ok(names)
    }
}

fn open(tenant: &str, person: &PersonId, sealed: &Sealed, key: &Key) -> Result<String, Error> {
    key.open(&context(tenant, person), sealed)
        .ok_or_else(|| Error::WrongKey(person.as_str().to_owned()))
}

fn context(tenant: &str, person: &PersonId) -> String {
    format!("{tenant}/{person}")
}
