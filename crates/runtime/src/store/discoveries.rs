//! What the last discovery found: the whole without its candidates, and each candidate.

use kompel_model::{CandidateId, MemberRef};
use rusqlite::{OptionalExtension as _, params};
use serde_json::Value;

use super::Scope;
use crate::Error;

/// A discovery as it is kept; the values are the JSON of `mining`'s types.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptDiscovery {
    /// Everything but the candidates.
    pub body: Value,
    /// The candidates in order of id.
    pub candidates: Vec<KeptCandidate>,
}

/// One candidate as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptCandidate {
    /// Its id.
    pub id: CandidateId,
    /// Its records.
    pub members: Vec<MemberRef>,
    /// All that was found of it.
    pub body: Value,
}

impl Scope<'_> {
    /// Keeps a discovery in place of the one before.
    ///
    /// # Errors
    /// `Database` if SQLite refuses; then the one before stays.
    pub fn write_discovery(&mut self, discovery: &KeptDiscovery) -> Result<(), Error> {
        let tenant = self.tenant.as_str();
        let transaction = self.connection.transaction()?;
        transaction.execute(
            "INSERT INTO discoveries (tenant, body) VALUES (?1, ?2)
             ON CONFLICT (tenant) DO UPDATE SET body = excluded.body",
            params![tenant, discovery.body.to_string()],
        )?;
        transaction.execute("DELETE FROM candidates WHERE tenant = ?1", [tenant])?;
        {
            let mut statement = transaction.prepare_cached(
                "INSERT INTO candidates (tenant, id, members, body) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for candidate in &discovery.candidates {
                let members = serde_json::to_string(&candidate.members)
                    .map_err(|source| Error::Unwritable { what: "members", source })?;
                let body = candidate.body.to_string();
                statement.execute(params![tenant, candidate.id.as_str(), members, body])?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// The last discovery; `None` before the first.
    ///
    /// # Errors
    /// `UnreadableRow` if another program wrote it.
    pub fn read_discovery(&mut self) -> Result<Option<KeptDiscovery>, Error> {
        let tenant = self.tenant.as_str();
        let body: Option<String> = self
            .connection
            .prepare_cached("SELECT body FROM discoveries WHERE tenant = ?1")?
            .query_row([tenant], |row| row.get(0))
            .optional()?;
        let Some(body) = body else { return Ok(None) };
        let body = parse("discovery", tenant, &body)?;
        let mut statement = self.connection.prepare_cached(
            "SELECT id, members, body FROM candidates WHERE tenant = ?1 ORDER BY id",
        )?;
        let mut rows = statement.query([tenant])?;
        let mut candidates = Vec::new();
        while let Some(row) = rows.next()? {
            let id: String = row.get(0)?;
            let members = parse("members", &id, row.get_ref(1)?.as_str().map_err(odd)?)?;
            let body = parse("candidate", &id, row.get_ref(2)?.as_str().map_err(odd)?)?;
            candidates.push(KeptCandidate { id: CandidateId(id), members, body });
        }
        Ok(Some(KeptDiscovery { body, candidates }))
    }

    /// The last discovery's candidates with their records only: what keeps ids stable.
    ///
    /// # Errors
    /// As [`Scope::read_discovery`].
    pub fn previous_candidates(&mut self) -> Result<Vec<(CandidateId, Vec<MemberRef>)>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id, members FROM candidates WHERE tenant = ?1 ORDER BY id")?;
        let mut rows = statement.query([self.tenant.as_str()])?;
        let mut previous = Vec::new();
        while let Some(row) = rows.next()? {
            let id: String = row.get(0)?;
            let members = parse("members", &id, row.get_ref(1)?.as_str().map_err(odd)?)?;
            previous.push((CandidateId(id), members));
        }
        Ok(previous)
    }
}

fn odd(error: rusqlite::types::FromSqlError) -> Error {
    Error::Database(error.into())
}

fn parse<T: serde::de::DeserializeOwned>(
    what: &'static str,
    key: &str,
    text: &str,
) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|source| Error::UnreadableRow {
        what,
        key: key.to_owned(),
        source,
    })
}
