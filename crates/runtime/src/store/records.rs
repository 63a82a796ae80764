//! Records: tickets, messages, answers, each once, the newer one kept.

use kompel_model::{Answer, EventLog, Message, SourceKind, Ticket, Timestamp};
use rusqlite::{Connection, params};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use super::{Scope, intern::Interner};
use crate::Error;

/// What became of the records given to [`Scope::write_log`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Written {
    /// Records that were not there.
    pub new: u64,
    /// Records that replaced an older form.
    pub updated: u64,
    /// Records that were there already, the same or newer.
    pub unchanged: u64,
}

/// How many records of one kind a source gave.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RecordCount {
    /// The source.
    pub source: SourceKind,
    /// `ticket`, `message` or `answer`.
    pub kind: String,
    /// How many.
    pub records: u64,
}

impl Scope<'_> {
    /// Keeps the log's records and what it knows of people. Of two forms of a record the one that
    /// changed last is kept; where times don't tell, the one written last. `progress` hears how
    /// many records are done.
    ///
    /// # Errors
    /// `Database` if SQLite refuses; what was committed before stays, and writing again is safe.
    pub fn write_log(&mut self, log: &EventLog, progress: &dyn Fn(u64)) -> Result<Written, Error> {
        let mut written = Written::default();
        let mut done = 0;
        for batch in log.tickets.chunks(BATCH) {
            written.add(self.write_batch(batch, &mut done, progress)?);
        }
        for batch in log.messages.chunks(BATCH) {
            written.add(self.write_batch(batch, &mut done, progress)?);
        }
        for batch in log.answers.chunks(BATCH) {
            written.add(self.write_batch(batch, &mut done, progress)?);
        }
        self.write_people(&log.people)?;
        Ok(written)
    }

    fn write_batch<R: Record>(
        &mut self,
        batch: &[R],
        done: &mut u64,
        progress: &dyn Fn(u64),
    ) -> Result<Written, Error> {
        let tenant = self.tenant.as_str();
        let transaction = self.connection.transaction()?;
        let before = count(&transaction, tenant, R::KIND)?;
        let mut changed = 0;
        {
            let mut statement = transaction.prepare_cached(UPSERT)?;
            let mut body = Vec::new();
            for record in batch {
                body.clear();
                serde_json::to_writer(&mut body, record)
                    .map_err(|source| Error::Unwritable { what: R::KIND, source })?;
                let text = std::str::from_utf8(&body).expect("JSON is UTF-8");
                let hash: [u8; 32] = Sha256::digest(&body).into();
                let (source, key) = record.identity();
                let stamp = record.stamp().map(|at| at.timestamp_micros());
                changed += statement.execute(params![
                    tenant,
                    R::KIND,
                    source.code(),
                    key,
                    stamp,
                    hash,
                    text
                ])? as u64;
                *done += 1;
                if done.is_multiple_of(1_000) {
                    progress(*done);
                }
            }
        }
        let new = count(&transaction, tenant, R::KIND)? - before;
        transaction.commit()?;
        let updated = changed - new;
        Ok(Written { new, updated, unchanged: batch.len() as u64 - changed })
    }

    /// Reads everything kept back as one event log, records in order of their ids.
    ///
    /// # Errors
    /// `UnreadableRow` or `UnknownSource` if a newer or broken program wrote it.
    pub fn read_log(&mut self, progress: &dyn Fn(u64)) -> Result<EventLog, Error> {
        let mut interner = Interner::default();
        let mut done = 0;
        Ok(EventLog {
            tickets: self.read_kind(&mut done, progress, |t| interner.ticket(t))?,
            messages: self.read_kind(&mut done, progress, |m| interner.message(m))?,
            answers: self.read_kind(&mut done, progress, |a| interner.answer(a))?,
            people: self.read_people()?,
        })
    }

    /// The answers kept, in order of their ids.
    ///
    /// # Errors
    /// Like [`Self::read_log`].
    pub fn read_answers(&mut self) -> Result<Vec<Answer>, Error> {
        let mut interner = Interner::default();
        self.read_kind(&mut 0, &|_| (), |answer| interner.answer(answer))
    }

    fn read_kind<R: Record>(
        &mut self,
        done: &mut u64,
        progress: &dyn Fn(u64),
        mut tidy: impl FnMut(&mut R),
    ) -> Result<Vec<R>, Error> {
        let mut records = Vec::new();
        for source in self.sources_of(R::KIND)? {
            let mut statement = self.connection.prepare_cached(
                "SELECT body, ref FROM records
                 WHERE tenant = ?1 AND kind = ?2 AND source = ?3 ORDER BY ref",
            )?;
            let mut rows =
                statement.query(params![self.tenant.as_str(), R::KIND, source.code()])?;
            while let Some(row) = rows.next()? {
                let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
                let mut record: R = match serde_json::from_str(body) {
                    Ok(record) => record,
                    Err(source) => {
                        let key = row.get(1)?;
                        return Err(Error::UnreadableRow { what: R::KIND, key, source });
                    }
                };
                tidy(&mut record);
                records.push(record);
                *done += 1;
                if done.is_multiple_of(1_000) {
                    progress(*done);
                }
            }
        }
        Ok(records)
    }

    /// How many records each source gave, in order of source and kind.
    ///
    /// # Errors
    /// `UnknownSource` if a newer program wrote it.
    pub fn record_counts(&mut self) -> Result<Vec<RecordCount>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT source, kind, count(*) FROM records WHERE tenant = ?1 GROUP BY source, kind",
        )?;
        let rows = statement.query_map([self.tenant.as_str()], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, i64>(2)?.unsigned_abs(),
            ))
        })?;
        let mut counts = Vec::new();
        for row in rows {
            let (source, kind, records) = row?;
            counts.push(RecordCount { source: source_kind(&source)?, kind, records });
        }
        counts.sort_by(|a, b| (a.source, &a.kind).cmp(&(b.source, &b.kind)));
        Ok(counts)
    }

    fn sources_of(&mut self, kind: &str) -> Result<Vec<SourceKind>, Error> {
        let counts = self.record_counts()?;
        Ok(counts.into_iter().filter(|c| c.kind == kind).map(|c| c.source).collect())
    }
}

impl Written {
    /// Adds another count.
    pub fn add(&mut self, other: Self) {
        self.new += other.new;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
    }
}

/// What the three kinds of record have in common.
trait Record: Serialize + DeserializeOwned {
    const KIND: &'static str;
    fn identity(&self) -> (SourceKind, &str);
    fn stamp(&self) -> Option<Timestamp>;
}

impl Record for Ticket {
    const KIND: &'static str = "ticket";

    fn identity(&self) -> (SourceKind, &str) {
        (self.id.source, &self.id.key)
    }

    fn stamp(&self) -> Option<Timestamp> {
        self.updated
    }
}

impl Record for Message {
    const KIND: &'static str = "message";

    fn identity(&self) -> (SourceKind, &str) {
        (self.id.source, &self.id.key)
    }

    fn stamp(&self) -> Option<Timestamp> {
        Some(self.edited.unwrap_or(self.at))
    }
}

impl Record for Answer {
    const KIND: &'static str = "answer";

    fn identity(&self) -> (SourceKind, &str) {
        (self.id.source, &self.id.key)
    }

    fn stamp(&self) -> Option<Timestamp> {
        self.at
    }
}

fn count(connection: &Connection, tenant: &str, kind: &str) -> Result<u64, Error> {
    let mut statement = connection
        .prepare_cached("SELECT count(*) FROM records WHERE tenant = ?1 AND kind = ?2")?;
    Ok(statement.query_row([tenant, kind], |row| row.get::<_, i64>(0))?.unsigned_abs())
}

fn source_kind(code: &str) -> Result<SourceKind, Error> {
    serde_json::from_value(serde_json::Value::from(code))
        .map_err(|_| Error::UnknownSource(code.to_owned()))
}

/// Records in one transaction.
const BATCH: usize = 10_000;

const UPSERT: &str = "
    INSERT INTO records (tenant, kind, source, ref, stamp, hash, body)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (tenant, kind, source, ref) DO UPDATE
    SET stamp = excluded.stamp, hash = excluded.hash, body = excluded.body
    WHERE excluded.hash <> records.hash
      AND (excluded.stamp IS NULL OR records.stamp IS NULL OR excluded.stamp >= records.stamp)";
