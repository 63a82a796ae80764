//! Migrations: numbered, forward only, counted in SQLite's `user_version`.

use rusqlite::Connection;

use crate::Error;

const STEPS: &[&str] = &[
    include_str!("../../../../migrations/0001_records.sql"),
    include_str!("../../../../migrations/0002_runs.sql"),
    include_str!("../../../../migrations/0003_audit.sql"),
];

/// Runs the steps that the database lacks, each in its own transaction.
pub(super) fn bring_up(connection: &mut Connection) -> Result<(), Error> {
    let done = known(connection)?;
    for (number, step) in (1u32..).zip(STEPS).skip(done as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}

/// The database's version, if this Kompel knows it.
pub(super) fn known(connection: &Connection) -> Result<u32, Error> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = u32::try_from(STEPS.len()).expect("there are few migrations");
    if found > known { Err(Error::TooNew { found, known }) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_brought_up_once_and_a_newer_one_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        bring_up(&mut connection).unwrap();
        bring_up(&mut connection).unwrap();
        assert_eq!(known(&connection).unwrap() as usize, STEPS.len());
        connection.pragma_update(None, "user_version", 999).unwrap();
        assert!(matches!(bring_up(&mut connection), Err(Error::TooNew { found: 999, .. })));
    }
}
