//! The one writer: a thread that takes what has queued up and commits it together.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::{AuditSink, JournalError, Reader};
use crate::store::{Handle, PATIENCE, migrate, settle};

/// The journal of all runs. Cloning gives another handle on the same writer.
#[derive(Clone)]
pub(crate) struct Journal {
    queue: mpsc::Sender<Job>,
    path: PathBuf,
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests of crashes"))]
    counts: Arc<Counts>,
    _writer: Arc<Writer>,
}

/// How much the writer has done.
#[derive(Debug, Default)]
struct Counts {
    commits: AtomicU64,
    jobs: AtomicU64,
    /// The commit after which the writer stops; for tests of a crash at every append.
    last_commit: AtomicU64,
}

struct Writer(std::sync::Mutex<Option<JoinHandle<()>>>);

/// Something to do within the transaction that is being collected.
type Work = Box<dyn FnOnce(&Transaction<'_>, &dyn AuditSink) -> Result<Ack, JournalError> + Send>;

/// Tells whoever waits, once the transaction is on disk or has failed.
type Ack = Box<dyn FnOnce(Result<(), JournalError>) + Send>;

struct Job {
    work: Work,
    /// Tells whoever waits that the work itself failed and was taken back.
    failed: Box<dyn FnOnce(JournalError) + Send>,
}

impl Journal {
    /// Opens the database, bringing it to this version's form, and starts the writer.
    ///
    /// # Errors
    /// As the database refuses.
    pub(crate) fn open(path: &Path, audit: Arc<dyn AuditSink>) -> Result<Self, crate::Error> {
        let mut connection = Handle::open(|| {
            let connection = Connection::open(path)?;
            connection.busy_timeout(PATIENCE)?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            Ok(connection)
        })?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        settle(&connection)?;
        // Entries hold no secrets and are never deleted: overwriting freed pages buys nothing.
        connection.pragma_update(None, "secure_delete", "OFF")?;
        connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
        connection.set_prepared_statement_cache_capacity(64);
        migrate::bring_up(&mut connection)?;
        let (queue, jobs) = mpsc::channel(QUEUE);
        let counts = Arc::new(Counts::default());
        counts.last_commit.store(u64::MAX, Ordering::Relaxed);
        let seen = Arc::clone(&counts);
        let thread = std::thread::Builder::new()
            .name("kompel-journal".to_owned())
            .spawn(move || write_all(connection, jobs, audit.as_ref(), &seen))
            .map_err(|source| crate::Error::File { path: path.to_owned(), source })?;
        let writer = Arc::new(Writer(std::sync::Mutex::new(Some(thread))));
        Ok(Self { queue, path: path.to_owned(), counts, _writer: writer })
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// As the database refuses.
    pub(crate) fn reader(&self) -> Result<Reader, crate::Error> {
        Reader::open(&self.path)
    }

    /// Does `work` within one transaction and returns once that is on disk.
    ///
    /// # Errors
    /// `work`'s own, then nothing of it is kept; or the commit's.
    ///
    /// # Cancel safety
    /// Dropping the future does not take the work back.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>, &dyn AuditSink) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        let (tell, told) = oneshot::channel::<Result<T, JournalError>>();
        // The one sender goes to whichever of the two closures comes to speak.
        let tell = Arc::new(std::sync::Mutex::new(Some(tell)));
        let teller = Arc::clone(&tell);
        let take = |tell: &std::sync::Mutex<Option<oneshot::Sender<_>>>| {
            tell.lock().ok().and_then(|mut tell| tell.take())
        };
        let job = Job {
            work: Box::new(move |transaction, audit| {
                let result = work(transaction, audit)?;
                let ack: Ack = Box::new(move |commit| {
                    if let Some(tell) = take(&teller) {
                        // Whoever no longer listens does not mind.
                        let _ = tell.send(commit.map(|()| result));
                    }
                });
                Ok(ack)
            }),
            failed: Box::new(move |error| {
                if let Some(tell) = take(&tell) {
                    let _ = tell.send(Err(error));
                }
            }),
        };
        self.queue.send(job).await.map_err(|_| JournalError::Closed)?;
        told.await.map_err(|_| JournalError::Closed)?
    }

    /// How many commits and how many pieces of work the writer has done.
    #[cfg(test)]
    pub(crate) fn counts(&self) -> (u64, u64) {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (read(&self.counts.commits), read(&self.counts.jobs))
    }

    /// The writer stops after this many commits in all, as if the program had been killed there.
    #[cfg(test)]
    pub(crate) fn stop_after(&self, commits: u64) {
        self.counts.last_commit.store(commits, Ordering::Relaxed);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // The queue's last sender is gone by now or goes with us: the thread ends by itself. It is
        // joined only where that can't block the very thread it would have to run on.
        let Ok(mut thread) = self.0.lock() else { return };
        drop(thread.take());
    }
}

fn write_all(
    mut connection: Handle,
    mut jobs: mpsc::Receiver<Job>,
    audit: &dyn AuditSink,
    counts: &Counts,
) {
    while let Some(first) = jobs.blocking_recv() {
        if counts.commits.load(Ordering::Relaxed) >= counts.last_commit.load(Ordering::Relaxed) {
            return;
        }
        let mut batch = vec![first];
        while batch.len() < LARGEST_GROUP
            && let Ok(job) = jobs.try_recv()
        {
            batch.push(job);
        }
        counts.jobs.fetch_add(batch.len() as u64, Ordering::Relaxed);
        commit(&mut connection, batch, audit);
        counts.commits.fetch_add(1, Ordering::Relaxed);
    }
}

/// Does the batch in one transaction. A job that fails is taken back alone; if the transaction as a
/// whole fails, nobody hears that it went well.
fn commit(connection: &mut Connection, batch: Vec<Job>, audit: &dyn AuditSink) {
    let mut acks = Vec::with_capacity(batch.len());
    let committed = (|| {
        let mut jobs = batch.into_iter();
        let mut transaction =
            match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
                Ok(transaction) => transaction,
                Err(error) => return refuse_all(jobs, error),
            };
        for job in jobs.by_ref() {
            match attempt(&mut transaction, job.work, audit) {
                Ok(ack) => acks.push(ack),
                Err(error) => (job.failed)(error),
            }
        }
        transaction.commit().map_err(JournalError::from)
    })();
    match committed {
        Ok(()) => acks.into_iter().for_each(|ack| ack(Ok(()))),
        Err(error) => {
            tracing::error!(error = %error, "journal.commit_failed");
            acks.into_iter().for_each(|ack| ack(Err(again(&error))));
        }
    }
}

fn refuse_all(jobs: impl Iterator<Item = Job>, error: rusqlite::Error) -> Result<(), JournalError> {
    let error = JournalError::from(error);
    jobs.for_each(|job| (job.failed)(again(&error)));
    Err(error)
}

fn attempt(
    transaction: &mut Transaction<'_>,
    work: Work,
    audit: &dyn AuditSink,
) -> Result<Ack, JournalError> {
    transaction.execute_batch("SAVEPOINT job")?;
    match work(transaction, audit) {
        Ok(ack) => {
            transaction.execute_batch("RELEASE job")?;
            Ok(ack)
        }
        Err(error) => {
            // After a full disk SQLite may have rolled everything back already.
            let _ = transaction.execute_batch("ROLLBACK TO job; RELEASE job");
            Err(error)
        }
    }
}

/// The same error for each who waited.
fn again(error: &JournalError) -> JournalError {
    let copy = |error: &rusqlite::Error| match error {
        rusqlite::Error::SqliteFailure(code, text) => {
            rusqlite::Error::SqliteFailure(*code, text.clone())
        }
        _ => rusqlite::Error::ExecuteReturnedResults,
    };
    match error {
        JournalError::Full(source) => JournalError::Full(copy(source)),
        JournalError::ReadOnly(source) => JournalError::ReadOnly(copy(source)),
        JournalError::Database(source) => JournalError::Database(copy(source)),
        _ => JournalError::Closed,
    }
}

/// Work that may wait before whoever brings more has to wait too.
const QUEUE: usize = 1_024;

/// The most that goes into one commit.
const LARGEST_GROUP: usize = 512;
