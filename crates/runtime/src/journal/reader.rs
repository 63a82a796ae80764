//! Reading beside the writer: each question on its own connection, seeing the last commit.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use kompel_engine::{CallId, Entry};
use kompel_model::{TenantId, Timestamp};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, params};
use serde::Serialize;

use super::{InboxItem, JournalError, RunKey, ScheduleRow, from_micros, to_micros};
use crate::store::{Handle, settle};

/// Reads what is on disk about runs. Cloning shares its connections.
///
/// The calls block for as long as SQLite reads: a few rows by key.
#[derive(Clone)]
pub(crate) struct Reader {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Handle>>>,
}

/// A run as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunRow {
    /// Its id.
    pub id: String,
    /// The playbook's namespace.
    pub namespace: String,
    /// The playbook's name.
    pub name: String,
    /// The playbook's version.
    pub version: String,
    /// SHA-256 of the playbook's text.
    pub digest: String,
    /// Who asked for it.
    pub requester: String,
    /// When it began.
    pub started: Timestamp,
    /// When its playbook ended.
    pub ended: Option<Timestamp>,
    /// Its state when the driver last let go of it.
    pub state: String,
    /// The run that started it.
    pub parent: Option<String>,
    /// That run's call, if it waits for this one.
    pub parent_call: Option<u64>,
    /// When it has something to do again.
    pub due: Option<Timestamp>,
}

/// An approval that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenApproval {
    /// Its id.
    pub id: String,
    /// The run that asks.
    pub run: String,
    /// What it asks.
    pub question: String,
    /// Who was asked first.
    pub people: Vec<String>,
    /// Since when.
    pub asked: Timestamp,
    /// Until when.
    pub deadline: Option<Timestamp>,
}

/// A time at which a schedule was to start a run, and nothing drove it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissedTime {
    /// The playbook, as `namespace/name`.
    pub playbook: String,
    /// When.
    pub at: Timestamp,
}

/// An attempt of which a person must say what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenQuestion {
    /// The run.
    pub run: String,
    /// The call.
    pub call: u64,
    /// The write that the call was taking back, if it is about an undo.
    pub of: Option<u64>,
    /// The task.
    pub task: String,
    /// The action.
    pub action: String,
    /// Why nobody else can tell.
    pub because: String,
    /// Since when.
    pub asked: Timestamp,
}

const RUN_COLUMNS: &str = "id, namespace, name, version, digest, requester, started, ended, state,
    parent, parent_call, due";

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self, crate::Error> {
        let reader = Self { path: path.to_owned(), idle: Arc::default() };
        let first = reader.connect()?;
        reader.give_back(first);
        Ok(reader)
    }

    fn connect(&self) -> Result<Handle, crate::Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Handle::open(|| Connection::open_with_flags(&self.path, flags))?;
        settle(&connection)?;
        connection.pragma_update(None, "cache_size", -4_096)?;
        Ok(connection)
    }

    fn give_back(&self, connection: Handle) {
        if let Ok(mut idle) = self.idle.lock()
            && idle.len() < MOST_IDLE
        {
            idle.push(connection);
        }
    }

    fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let connection = match idle {
            Some(connection) => connection,
            None => self.connect().map_err(|error| match error {
                crate::Error::Database(error) => JournalError::from(error),
                _ => JournalError::Closed,
            })?,
        };
        let result = read(&connection);
        self.give_back(connection);
        result
    }

    /// The run's journal, in order.
    ///
    /// # Errors
    /// `Unreadable` if an entry can't be read, `NoRun` if there is none.
    pub(crate) fn entries(&self, key: &RunKey) -> Result<Vec<Entry>, JournalError> {
        let entries = self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT seq, at, body FROM entries WHERE tenant = ?1 AND run = ?2 ORDER BY seq",
            )?;
            let mut rows = statement.query(params![key.tenant.as_str(), key.run])?;
            let mut entries = Vec::new();
            while let Some(row) = rows.next()? {
                let seq = row.get::<_, i64>(0)?.unsigned_abs();
                let body = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
                let record = serde_json::from_str(body).map_err(|source| {
                    JournalError::Unreadable { run: key.run.clone(), seq, source }
                })?;
                entries.push(Entry { seq, at: from_micros(row.get(1)?), record });
            }
            Ok(entries)
        })?;
        if entries.is_empty() { Err(JournalError::NoRun(key.run.clone())) } else { Ok(entries) }
    }

    /// The run's row.
    ///
    /// # Errors
    /// `NoRun` if there is none of this tenant.
    pub(crate) fn run(&self, key: &RunKey) -> Result<RunRow, JournalError> {
        let sql = format!("SELECT {RUN_COLUMNS} FROM runs WHERE tenant = ?1 AND id = ?2");
        self.with(|connection| {
            let found = connection
                .prepare_cached(&sql)?
                .query_row(params![key.tenant.as_str(), key.run], run_row)
                .optional()?;
            found.ok_or_else(|| JournalError::NoRun(key.run.clone()))
        })
    }

    /// The tenant's runs, the newest first.
    ///
    /// # Errors
    /// As the database refuses.
    pub(crate) fn runs(&self, tenant: &TenantId, most: usize) -> Result<Vec<RunRow>, JournalError> {
        let sql = format!(
            "SELECT {RUN_COLUMNS} FROM runs WHERE tenant = ?1
             ORDER BY started DESC, id DESC LIMIT ?2"
        );
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.with(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map(params![tenant.as_str(), most], run_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The tenant's runs of playbooks with this name, the newest first.
    ///
    /// # Errors
    /// As the database refuses.
    pub(crate) fn runs_of(
        &self,
        tenant: &TenantId,
        playbook: &str,
        most: usize,
    ) -> Result<Vec<RunRow>, JournalError> {
        let sql = format!(
            "SELECT {RUN_COLUMNS} FROM runs WHERE tenant = ?1 AND name = ?2
             ORDER BY started DESC, id DESC LIMIT ?3"
        );
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.with(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map(params![tenant.as_str(), playbook, most], run_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The runs that this run started.
    ///
    /// # Errors
    /// As the database refuses.
    pub(crate) fn children(&self, key: &RunKey) -> Result<Vec<String>, JournalError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id FROM runs WHERE tenant = ?1 AND parent = ?2 ORDER BY started, id",
            )?;
            let rows =
                statement.query_map(params![key.tenant.as_str(), key.run], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The text of a playbook that a run was started with.
    ///
    /// # Errors
    /// `NoRun` if it is not kept.
    pub(crate) fn playbook(&self, tenant: &TenantId, digest: &str) -> Result<String, JournalError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT body FROM playbooks WHERE tenant = ?1 AND digest = ?2")?
                .query_row(params![tenant.as_str(), digest], |row| row.get(0))
                .optional()?
                .ok_or_else(|| JournalError::NoRun(digest.to_owned()))
        })
    }

    /// The messages that the run has not taken in, the oldest first.
    ///
    /// # Errors
    /// `Unreadable` if one can't be read.
    pub(crate) fn inbox(&self, key: &RunKey) -> Result<Vec<InboxItem>, JournalError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT seq, at, body FROM inbox
                 WHERE tenant = ?1 AND run = ?2 AND handled IS NULL ORDER BY seq",
            )?;
            let mut rows = statement.query(params![key.tenant.as_str(), key.run])?;
            let mut items = Vec::new();
            while let Some(row) = rows.next()? {
                let seq: i64 = row.get(0)?;
                let body: String = row.get(2)?;
                let message =
                    serde_json::from_str(&body).map_err(|source| JournalError::Unreadable {
                        run: key.run.clone(),
                        seq: seq.unsigned_abs(),
                        source,
                    })?;
                items.push(InboxItem { seq, at: from_micros(row.get(1)?), message });
            }
            Ok(items)
        })
    }

    /// What became of a message; `None` while it waits.
    ///
    /// # Errors
    /// As the database refuses.
    pub(crate) fn outcome(
        &self,
        tenant: &TenantId,
        seq: i64,
    ) -> Result<Option<String>, JournalError> {
        self.with(|connection| {
            let outcome = connection
                .prepare_cached("SELECT outcome FROM inbox WHERE tenant = ?1 AND seq = ?2")?
                .query_row(params![tenant.as_str(), seq], |row| row.get(0))
                .optional()?;
            Ok(outcome.flatten())
        })
    }

    /// The tenants that have a run with something to do, now or later.
    pub(crate) fn tenants_with_due(&self) -> Result<Vec<TenantId>, JournalError> {
        self.with(|connection| {
            // A loose scan of the index: one step per tenant, whatever the number of runs.
            let mut statement = connection.prepare_cached(
                "WITH RECURSIVE found (tenant) AS (
                     SELECT min(tenant) FROM runs WHERE due IS NOT NULL
                     UNION ALL
                     SELECT (SELECT min(tenant) FROM runs
                             WHERE due IS NOT NULL AND tenant > found.tenant)
                     FROM found WHERE found.tenant IS NOT NULL)
                 SELECT tenant FROM found WHERE tenant IS NOT NULL",
            )?;
            let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
            let mut tenants = Vec::new();
            for row in rows {
                tenants.extend(row?.parse::<TenantId>());
            }
            Ok(tenants)
        })
    }

    /// The tenant's runs that are due, the longest due first.
    pub(crate) fn due(
        &self,
        tenant: &TenantId,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<String>, JournalError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id FROM runs WHERE tenant = ?1 AND due <= ?2 ORDER BY due LIMIT ?3",
            )?;
            let rows = statement
                .query_map(params![tenant.as_str(), to_micros(now), most], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// When the tenant's next run is due after this time.
    pub(crate) fn next_due(
        &self,
        tenant: &TenantId,
        after: Timestamp,
    ) -> Result<Option<Timestamp>, JournalError> {
        self.with(|connection| {
            let next: Option<i64> = connection
                .prepare_cached("SELECT min(due) FROM runs WHERE tenant = ?1 AND due > ?2")?
                .query_row(params![tenant.as_str(), to_micros(after)], |row| row.get(0))?;
            Ok(next.map(from_micros))
        })
    }

    /// The run that asked (or asks) for an approval.
    ///
    /// # Errors
    /// `NoRun` if there is no such approval of this tenant.
    pub(crate) fn run_of_approval(
        &self,
        tenant: &TenantId,
        id: &str,
    ) -> Result<String, JournalError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT run FROM approvals WHERE tenant = ?1 AND id = ?2")?
                .query_row(params![tenant.as_str(), id], |row| row.get(0))
                .optional()?
                .ok_or_else(|| JournalError::NoRun(id.to_owned()))
        })
    }

    /// The tenant's open approvals, the oldest first.
    ///
    /// # Errors
    /// As the database refuses.
    pub(crate) fn open_approvals(
        &self,
        tenant: &TenantId,
    ) -> Result<Vec<OpenApproval>, JournalError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, run, question, people, asked, deadline FROM approvals
                 WHERE tenant = ?1 AND closed IS NULL ORDER BY asked, id",
            )?;
            let rows = statement.query_map([tenant.as_str()], |row| {
                let people: String = row.get(3)?;
                Ok(OpenApproval {
                    id: row.get(0)?,
                    run: row.get(1)?,
                    question: row.get(2)?,
                    people: people.split_whitespace().map(str::to_owned).collect(),
                    asked: from_micros(row.get(4)?),
                    deadline: row.get::<_, Option<i64>>(5)?.map(from_micros),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What people must say, the oldest first.
    ///
    /// # Errors
    /// As the database refuses.
    pub(crate) fn open_questions(
        &self,
        tenant: &TenantId,
    ) -> Result<Vec<OpenQuestion>, JournalError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT run, call, of, task, action, because, asked FROM questions
                 WHERE tenant = ?1 AND closed IS NULL ORDER BY asked, run, call",
            )?;
            let rows = statement.query_map([tenant.as_str()], |row| {
                Ok(OpenQuestion {
                    run: row.get(0)?,
                    call: row.get::<_, i64>(1)?.unsigned_abs(),
                    of: u64::try_from(row.get::<_, i64>(2)?).ok(),
                    task: row.get(3)?,
                    action: row.get(4)?,
                    because: row.get(5)?,
                    asked: from_micros(row.get(6)?),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// A schedule as it is kept.
    pub(crate) fn schedule(
        &self,
        tenant: &TenantId,
        name: &str,
    ) -> Result<Option<ScheduleRow>, JournalError> {
        self.with(|connection| {
            let row = connection
                .prepare_cached(
                    "SELECT name, rule, last, next FROM schedules WHERE tenant = ?1 AND name = ?2",
                )?
                .query_row(params![tenant.as_str(), name], |row| {
                    Ok(ScheduleRow {
                        name: row.get(0)?,
                        rule: row.get(1)?,
                        last: row.get::<_, Option<i64>>(2)?.map(from_micros),
                        next: row.get::<_, Option<i64>>(3)?.map(from_micros),
                    })
                })
                .optional()?;
            Ok(row)
        })
    }

    /// The times since then that schedules missed, the newest first; at most a thousand.
    ///
    /// # Errors
    /// As the database refuses.
    pub(crate) fn missed(
        &self,
        tenant: &TenantId,
        since: Timestamp,
    ) -> Result<Vec<MissedTime>, JournalError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT name, at FROM missed WHERE tenant = ?1 AND at >= ?2
                 ORDER BY at DESC, name LIMIT 1000",
            )?;
            let rows = statement.query_map(params![tenant.as_str(), to_micros(since)], |row| {
                Ok(MissedTime { playbook: row.get(0)?, at: from_micros(row.get(1)?) })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn run_row(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    Ok(RunRow {
        id: row.get(0)?,
        namespace: row.get(1)?,
        name: row.get(2)?,
        version: row.get(3)?,
        digest: row.get(4)?,
        requester: row.get(5)?,
        started: from_micros(row.get(6)?),
        ended: row.get::<_, Option<i64>>(7)?.map(from_micros),
        state: row.get(8)?,
        parent: row.get(9)?,
        parent_call: row.get::<_, Option<i64>>(10)?.map(i64::unsigned_abs),
        due: row.get::<_, Option<i64>>(11)?.map(from_micros),
    })
}

/// The call of a parent as the engine numbers it.
impl RunRow {
    pub(crate) fn parent_call_id(&self) -> Option<CallId> {
        self.parent_call.map(CallId)
    }
}

const MOST_IDLE: usize = 8;
