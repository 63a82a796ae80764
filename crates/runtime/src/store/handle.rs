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
    use std::{path::Path, sync::Arc, thread};

    use crate::{
        Store,
        journal::{Journal, NoAudit},
    };

    /// Opens and closes the database as a run and a command do.
    fn comes_and_goes(path: &Path) {
        let store = Store::open(path).unwrap();
        let journal = Journal::open(path, Arc::new(NoAudit)).unwrap();
        drop(store);
        let reader = journal.reader().unwrap();
        drop((journal, reader));
    }

    #[test]
    fn threads_that_open_and_close_never_wait_for_each_other_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kompel.db");
        drop(Store::open(&path).unwrap());
        let others: Vec<_> = (0..4)
            .map(|_| {
                let path = path.clone();
                thread::spawn(move || (0..40).for_each(|_| comes_and_goes(&path)))
            })
            .collect();
        others.into_iter().for_each(|other| other.join().unwrap());
    }
}
