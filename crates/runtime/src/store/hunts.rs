//! Hunts: when what was read, from which file, and what the reader found odd in it.

use kompel_model::Timestamp;
use rusqlite::{OptionalExtension as _, params};
use serde_json::Value;

use super::Scope;
use crate::Error;

/// One input of a hunt.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct HuntInput {
    /// The file or folder, as the user named it.
    pub name: String,
    /// The format it was read as.
    pub format: String,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// Rows in, records out, as the caller gave it.
    pub counts: Value,
    /// Findings, as the caller gave it.
    pub findings: Value,
}

impl Scope<'_> {
    /// Begins a hunt and gives its number.
    ///
    /// # Errors
    /// `Database` if SQLite refuses.
    pub fn begin_hunt(&mut self, at: Timestamp) -> Result<i64, Error> {
        self.connection
            .prepare_cached("INSERT INTO hunts (tenant, at) VALUES (?1, ?2)")?
            .execute(params![self.tenant.as_str(), at.to_rfc3339()])?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Keeps what a hunt read.
    ///
    /// # Errors
    /// `Database` if SQLite refuses, as it does for a hunt that was not begun.
    pub fn write_hunt_input(&mut self, hunt: i64, input: &HuntInput) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO hunt_inputs (tenant, hunt, name, format, sha256, counts, findings)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                self.tenant.as_str(),
                hunt,
                input.name,
                input.format,
                input.sha256,
                input.counts.to_string(),
                input.findings.to_string(),
            ])?;
        Ok(())
    }

    /// The last hunt that read something: when, and its inputs in the order they were read.
    ///
    /// # Errors
    /// `UnreadableTime` or `UnreadableRow` if another program wrote it.
    pub fn last_hunt(&mut self) -> Result<Option<(Timestamp, Vec<HuntInput>)>, Error> {
        let tenant = self.tenant.as_str();
        let last: Option<(i64, String)> = self
            .connection
            .prepare_cached(
                "SELECT id, at FROM hunts WHERE tenant = ?1
                 AND EXISTS (SELECT 1 FROM hunt_inputs i WHERE i.tenant = ?1 AND i.hunt = hunts.id)
                 ORDER BY id DESC LIMIT 1",
            )?
            .query_row([tenant], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((hunt, at)) = last else { return Ok(None) };
        let mut statement = self.connection.prepare_cached(
            "SELECT name, format, sha256, counts, findings FROM hunt_inputs
             WHERE tenant = ?1 AND hunt = ?2 ORDER BY id",
        )?;
        let mut rows = statement.query(params![tenant, hunt])?;
        let mut inputs = Vec::new();
        while let Some(row) = rows.next()? {
            let name: String = row.get(0)?;
            let json = |at: usize| -> Result<Value, Error> {
                let text: String = row.get(at)?;
                serde_json::from_str(&text).map_err(|source| Error::UnreadableRow {
                    what: "hunt",
                    key: name.clone(),
                    source,
                })
            };
            inputs.push(HuntInput {
                format: row.get(1)?,
                sha256: row.get(2)?,
                counts: json(3)?,
                findings: json(4)?,
                name,
            });
        }
        Ok(Some((super::decisions::moment(&at)?, inputs)))
    }
}
