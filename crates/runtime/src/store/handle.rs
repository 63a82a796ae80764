//! A connection to the database, opened and closed in turn.
//!
//! In SQLite 3.51.0 and 3.51.1 a thread that opens a database and one that closes it, or that turns
//! it to a write-ahead log, can wait for each other for ever (the detection of broken POSIX locks
//! takes two mutexes in the other order; mended in 3.51.2, which needs a later rusqlite than
//! process_mining lets us have). So nobody in this process opens while somebody closes.

use std::{
    ops::{Deref, DerefMut},
    sync::{Mutex, PoisonError},
};

use rusqlite::Connection;

/// A connection that is closed in its turn when dropped.
pub(crate) struct Handle(Option<Connection>);

static TURN: Mutex<()> = Mutex::new(());

impl Handle {
    /// Opens one; `how` also sets the journal's mode, if it is to be set.
    ///
    /// # Errors
    /// As `how` does.
    pub(crate) fn open(
        how: impl FnOnce() -> rusqlite::Result<Connection>,
    ) -> rusqlite::Result<Self> {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Self(Some(how()?)))
    }
}

impl Deref for Handle {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.0.as_ref().expect("it is there until it is dropped")
    }
}

impl DerefMut for Handle {
    fn deref_mut(&mut self) -> &mut Connection {
        self.0.as_mut().expect("it is there until it is dropped")
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.0.take());
    }
}

#[cfg(test)]
mod tests {
    use std::{path::Path, sync::mpsc, thread, time::Duration};

    use super::*;

    /// Opens, reads and closes again and again; whoever closes last takes the lock that matters.
    fn come_and_go(path: &Path) {
        for _ in 0..4_000 {
            let handle = Handle::open(|| Connection::open(path)).unwrap();
            handle.busy_timeout(Duration::from_secs(30)).unwrap();
            handle.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0)).unwrap();
        }
    }

    #[test]
    fn threads_that_open_and_close_never_wait_for_each_other_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.db");
        let made = Handle::open(|| Connection::open(&path)).unwrap();
        made.pragma_update(None, "journal_mode", "WAL").unwrap();
        made.execute_batch("CREATE TABLE t (x)").unwrap();
        drop(made);
        let (tell, told) = mpsc::channel();
        for _ in 0..3 {
            let (path, tell) = (path.clone(), tell.clone());
            thread::spawn(move || {
                come_and_go(&path);
                let _ = tell.send(());
            });
        }
        for _ in 0..3 {
            let done = told.recv_timeout(Duration::from_secs(120));
            assert!(done.is_ok(), "they wait for each other");
        }
    }
}
