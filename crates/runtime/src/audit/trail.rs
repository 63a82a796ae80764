//! The log in the database: adding to it, reading it, signing it, and checking it against itself.

use std::collections::BTreeMap;

use kompel_model::{TenantId, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{
    checkpoint::Checkpoint,
    event::{AuditEvent, Body, Entry, Salted},
    export::Exporter,
    key::{AuditKey, VerifierKey},
    tree::{Edge, Hash, leaf_hash, peaks},
    verify::{Report, Trouble},
};
use crate::{Error, Scope, Store};

/// The trail of an installation.
pub struct Trail<'a> {
    pub(super) connection: &'a Connection,
}

impl Trail<'_> {
    /// Adds an event and gives its place. It is kept if and only if the transaction is; start that
    /// with `TransactionBehavior::Immediate`, so that two processes take turns.
    ///
    /// # Errors
    /// `UnfitEvent` if it is larger than 64 KiB, `Database` if SQLite refuses.
    pub fn append(
        transaction: &Transaction<'_>,
        tenant: &TenantId,
        event: &AuditEvent,
    ) -> Result<u64, Error> {
        let place = Trail { connection: transaction }.size()?;
        let turn: i64 = transaction
            .prepare_cached(
                "SELECT coalesce(max(turn) + 1, 0) FROM audit_entries WHERE tenant = ?1",
            )?
            .query_row([tenant.as_str()], |row| row.get(0))?;
        let texts = event.salted()?;
        let body = event.body(tenant, turn.unsigned_abs(), &texts)?;
        transaction
            .prepare_cached(
                "INSERT INTO audit_entries (place, tenant, turn, body) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![signed(place), tenant.as_str(), turn, body])?;
        for (name, text) in &texts {
            transaction
                .prepare_cached(
                    "INSERT INTO audit_texts (tenant, place, name, salt, text)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    tenant.as_str(),
                    signed(place),
                    name,
                    text.salt.as_bytes(),
                    text.text
                ])?;
        }
        let mut edge = Trail { connection: transaction }.edge(place)?;
        let mut keep = transaction.prepare_cached(
            "INSERT INTO audit_nodes (level, position, hash) VALUES (?1, ?2, ?3)",
        )?;
        for (level, hash) in (0u32..).zip(edge.push(leaf_hash(body.as_bytes()))) {
            keep.execute(params![level, signed(place >> level), hash])?;
        }
        Ok(place)
    }

    /// Removes a text of an entry for good and adds an entry that says so; the tree stays as it is.
    /// False if there was no such text of this tenant.
    ///
    /// # Errors
    /// `Database` if SQLite refuses.
    pub fn erase(
        transaction: &Transaction<'_>,
        tenant: &TenantId,
        place: u64,
        name: &str,
        event: AuditEvent,
    ) -> Result<bool, Error> {
        let gone = transaction.execute(
            "DELETE FROM audit_texts WHERE tenant = ?1 AND place = ?2 AND name = ?3",
            params![tenant.as_str(), signed(place), name],
        )?;
        if gone > 0 {
            let event = event.detail("place", place).detail("text", name);
            Self::append(transaction, tenant, &event)?;
        }
        Ok(gone > 0)
    }

    /// How many entries there are, of all tenants.
    ///
    /// # Errors
    /// `Database` if SQLite refuses.
    pub fn size(&self) -> Result<u64, Error> {
        let size: i64 = self
            .connection
            .prepare_cached("SELECT coalesce(max(place) + 1, 0) FROM audit_entries")?
            .query_row([], |row| row.get(0))?;
        Ok(size.unsigned_abs())
    }

    /// Signs the log as it is now and keeps the checkpoint; gives the signed note.
    ///
    /// # Errors
    /// `UnsoundTrail` if the last checkpoint does not fit the log any more: a log that was bent is
    /// never signed.
    pub fn checkpoint(&self, key: &AuditKey, at: Timestamp) -> Result<String, Error> {
        if let Some((note, _)) = self.last_checkpoint()? {
            let last = Checkpoint::open(&note, key.verifier()).ok_or(Error::UnsoundTrail)?;
            let fits = last.size <= self.size()?
                && Checkpoint::of(&self.edge(last.size)?).root == last.root;
            if !fits {
                return Err(Error::UnsoundTrail);
            }
        }
        let edge = self.edge(self.size()?)?;
        let note = Checkpoint::of(&edge).sign(key);
        self.connection
            .prepare_cached(
                "INSERT INTO audit_checkpoints (size, at, note) VALUES (?1, ?2, ?3)
                 ON CONFLICT (size) DO NOTHING",
            )?
            .execute(params![signed(edge.size()), at.to_rfc3339(), note])?;
        Ok(note)
    }

    /// The last checkpoint that was signed, and when.
    ///
    /// # Errors
    /// `Database` if SQLite refuses.
    pub fn last_checkpoint(&self) -> Result<Option<(String, String)>, Error> {
        Ok(self
            .connection
            .prepare_cached("SELECT note, at FROM audit_checkpoints ORDER BY size DESC LIMIT 1")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?)
    }

    /// Writes the whole log, of all tenants, with a checkpoint.
    ///
    /// # Errors
    /// `Export` if the writer fails, `Database` if SQLite does.
    pub fn export(&self, key: &AuditKey, writer: &mut dyn std::io::Write) -> Result<u64, Error> {
        Exporter::new(self, None).write(key, writer)
    }

    /// Checks the database's own log: every entry, its hash, the tree, the texts and every
    /// checkpoint; and the kept checkpoint, if one is given.
    ///
    /// # Errors
    /// `Database` if SQLite refuses.
    pub fn check(&self, key: &VerifierKey, kept: Option<&str>) -> Result<Report, Error> {
        let snapshot = self.connection.unchecked_transaction()?;
        let trail = Trail { connection: &snapshot };
        let mut report = Report::new(key.name(), None);
        let mut marks = trail.checkpoints(key, &mut report)?;
        report.take_kept(kept, key, &mut marks);
        let mut edge = Edge::default();
        let mut turns: BTreeMap<String, u64> = BTreeMap::new();
        report.compare(&edge, &mut marks);
        trail.each(None, |row| {
            let place = edge.size();
            if row.place != place {
                report.find(None, Some(row.place), Trouble::WrongPlace { expected: place });
            }
            match Body::read(&row.body) {
                Some(body) => {
                    let turn = turns.entry(body.tenant.clone()).or_default();
                    if body.turn != *turn || body.tenant != row.tenant {
                        report.find(None, Some(row.place), Trouble::WrongTurn { expected: *turn });
                    }
                    *turn = body.turn + 1;
                    report.see_texts(None, row.place, &body, &row.texts);
                }
                None => report.find(None, Some(row.place), Trouble::Unreadable),
            }
            for (level, hash) in (0u32..).zip(edge.push(leaf_hash(row.body.as_bytes()))) {
                if trail.node(level, place >> level)? != Some(hash) {
                    report.find(None, Some(row.place), Trouble::WrongLeaf);
                }
            }
            report.compare(&edge, &mut marks);
            report.shown += 1;
            Ok(())
        })?;
        report.close(&edge, &marks);
        Ok(report)
    }

    fn checkpoints(
        &self,
        key: &VerifierKey,
        report: &mut Report,
    ) -> Result<BTreeMap<u64, Vec<Hash>>, Error> {
        let mut marks: BTreeMap<u64, Vec<Hash>> = BTreeMap::new();
        let mut statement =
            self.connection.prepare("SELECT note FROM audit_checkpoints ORDER BY size")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            match Checkpoint::open(&row.get::<_, String>(0)?, key) {
                Some(found) => marks.entry(found.size).or_default().push(found.root),
                None => report.find(None, None, Trouble::BadCheckpoint),
            }
        }
        Ok(marks)
    }

    /// The tree's edge when it had this size.
    pub(super) fn edge(&self, size: u64) -> Result<Edge, Error> {
        let peaks: Result<Vec<Hash>, Error> = peaks(size)
            .map(|(level, position)| self.node(level, position)?.ok_or(Error::UnsoundTrail))
            .collect();
        Ok(Edge::new(size, peaks?))
    }

    fn node(&self, level: u32, position: u64) -> Result<Option<Hash>, Error> {
        Ok(self
            .connection
            .prepare_cached("SELECT hash FROM audit_nodes WHERE level = ?1 AND position = ?2")?
            .query_row(params![level, signed(position)], |row| row.get(0))
            .optional()?)
    }

    /// Goes through the entries in order. With a tenant, the others' come without body and texts.
    pub(super) fn each(
        &self,
        tenant: Option<&TenantId>,
        mut see: impl FnMut(Row) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut entries = self.connection.prepare_cached(
            "SELECT place, tenant, body FROM audit_entries WHERE ?1 IS NULL OR tenant = ?1
             ORDER BY place",
        )?;
        let mut rows = entries.query([tenant.map(TenantId::as_str)])?;
        while let Some(row) = rows.next()? {
            let place: i64 = row.get(0)?;
            let texts = self.texts(place)?;
            see(Row {
                place: place.unsigned_abs(),
                tenant: row.get(1)?,
                body: row.get(2)?,
                texts,
            })?;
        }
        Ok(())
    }

    pub(super) fn leaf(&self, place: u64) -> Result<Hash, Error> {
        self.node(0, place)?.ok_or(Error::UnsoundTrail)
    }

    /// The trail as it is at this moment, whatever others add meanwhile.
    pub(super) fn still<T>(
        &self,
        work: impl FnOnce(&Trail<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let snapshot = self.connection.unchecked_transaction()?;
        work(&Trail { connection: &snapshot })
    }

    fn texts(&self, place: i64) -> Result<BTreeMap<String, Salted>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT name, salt, text FROM audit_texts WHERE place = ?1")?;
        let rows = statement.query_map([place], |row| {
            let salt = String::from_utf8_lossy(&row.get::<_, Vec<u8>>(1)?).into_owned();
            Ok((row.get(0)?, Salted { salt, text: row.get(2)? }))
        })?;
        rows.map(|row| Ok(row?)).collect()
    }
}

/// An entry as it stands in the database.
pub(super) struct Row {
    pub(super) place: u64,
    tenant: String,
    pub(super) body: String,
    pub(super) texts: BTreeMap<String, Salted>,
}

impl Store {
    /// The audit trail of the whole installation.
    pub fn trail(&self) -> Trail<'_> {
        Trail { connection: &self.connection }
    }
}

impl Scope<'_> {
    /// Adds an event to the audit trail, in a transaction of its own.
    ///
    /// # Errors
    /// As [`Trail::append`].
    pub fn audit(&mut self, event: &AuditEvent) -> Result<u64, Error> {
        let transaction = self.immediate()?;
        let place = Trail::append(&transaction.0, transaction.1, event)?;
        transaction.0.commit()?;
        Ok(place)
    }

    /// The tenant's last entries, the oldest of them first; at most `most`.
    ///
    /// # Errors
    /// `UnreadableEntry` if another program wrote one.
    pub fn audit_entries(&mut self, most: usize) -> Result<Vec<Entry>, Error> {
        let trail = Trail { connection: self.connection };
        let mut statement = trail.connection.prepare_cached(
            "SELECT place, body FROM audit_entries WHERE tenant = ?1 ORDER BY turn DESC LIMIT ?2",
        )?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let mut rows = statement.query(params![self.tenant.as_str(), most])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            let place: i64 = row.get(0)?;
            let body = Body::read(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)
                .ok_or(Error::UnreadableEntry(place.unsigned_abs()))?;
            let mut texts = trail.texts(place)?;
            entries.push(Entry {
                place: place.unsigned_abs(),
                at: body.at,
                kind: body.kind,
                who: body.who,
                run: body.run,
                details: body.details,
                texts: body
                    .texts
                    .into_keys()
                    .map(|name| {
                        let text = texts.remove(&name).map(|text| text.text);
                        (name, text)
                    })
                    .collect(),
            });
        }
        entries.reverse();
        Ok(entries)
    }

    /// Writes the log with this tenant's entries; of the others' only the hashes, so that it can be
    /// verified and tells nothing of them but how many there are.
    ///
    /// # Errors
    /// As [`Trail::export`].
    pub fn export_audit(
        &mut self,
        key: &AuditKey,
        writer: &mut dyn std::io::Write,
    ) -> Result<u64, Error> {
        let trail = Trail { connection: self.connection };
        Exporter::new(&trail, Some(&self.tenant)).write(key, writer)
    }
}

/// A number as SQLite keeps it; no log grows past `i64::MAX`.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
